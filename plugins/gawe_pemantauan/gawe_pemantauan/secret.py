"""Numbers that only few may read: kept encrypted, compared by a keyed mark, shown masked."""

from __future__ import annotations

from pendopo.identity import decrypt_nik, encrypt_nik, nik_lookup


def hide(text: str) -> bytes | None:
    """`text` encrypted with the installation's secret; None for nothing."""
    return encrypt_nik(text) if text else None


def reveal(cipher: bytes | None) -> str:
    return decrypt_nik(cipher) if cipher else ""


def nik_mark(nik: str) -> str:
    """Equal for equal nik in this installation, useless without its secret; "" for nothing."""
    return nik_lookup(nik) if nik else ""


def mark(purpose: str, text: str) -> str:
    """The same for a family card or an account number; `purpose` keeps the sorts apart."""
    return nik_lookup(f"{purpose}:{text}") if text else ""
