"""Numbers that are read aloud, typed and printed: payment codes, virtual accounts, NTPD."""

from __future__ import annotations

import hashlib
import hmac
import re

from ...settings import installation_secret
from ..berkas.register import luhn_digit

__all__ = ["is_kode_bayar", "kode_bayar_in", "luhn_digit", "make_kode_bayar", "make_ntpd", "read_kode_bayar", "show_kode", "va_number"]

LENGTH = 12  # eleven digits and their check digit
NTPD_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUVWXY"  # nothing that is mistaken for something else when read aloud


def _keyed(text: str) -> int:
    return int.from_bytes(hmac.new(installation_secret(), text.encode(), hashlib.sha256).digest(), "big")


def make_kode_bayar(key: str, attempt: int = 0) -> str:
    """The code for the bill `key`: not to be guessed from another, equal for the same key. `attempt` grows when it is taken."""
    digits = str(10 ** (LENGTH - 2) + _keyed(f"kode-bayar:{key}:{attempt}") % (9 * 10 ** (LENGTH - 2)))
    return digits + str(luhn_digit(digits))


def is_kode_bayar(text: str) -> bool:
    return len(text) == LENGTH and text.isascii() and text.isdigit() and luhn_digit(text[:-1]) == int(text[-1])


def read_kode_bayar(text: str) -> str | None:
    """A typed or scanned code as it is kept; None when it can't be one."""
    clean = re.sub(r"[\s.\-]", "", text)
    return clean if is_kode_bayar(clean) else None


def show_kode(code: str) -> str:
    """In groups of four, for people."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def va_number(prefix: str, kode_bayar: str) -> str:
    """The virtual account of a bill: the bank's prefix, the code, and a Luhn digit over both."""
    digits = prefix + kode_bayar
    return digits + str(luhn_digit(digits))


def kode_bayar_in(text: str, prefix: str) -> str | None:
    """The code inside a virtual account number or a line of a bank statement."""
    for digits in re.findall(r"\d+", text):
        if len(digits) == LENGTH and is_kode_bayar(digits):
            return digits
        inner = digits.removeprefix(prefix)[:-1]
        if digits.startswith(prefix) and is_kode_bayar(inner) and digits == va_number(prefix, inner):
            return inner
    return None


def make_ntpd(kode_bayar: str, ref_bank: str) -> str:
    """Nomor Transaksi Penerimaan Daerah: sixteen letters and digits, one for each payment that settled a bill."""
    number = _keyed(f"ntpd:{kode_bayar}:{ref_bank}")
    return "".join(NTPD_LETTERS[number >> 5 * place & 31] for place in range(16))
