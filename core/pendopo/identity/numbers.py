"""Numbers of people: nik, nip, npwp, phone. All are text; leading zeros count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from ..errors import InvalidInput
from ..i18n import N_

NIK = re.compile(r"\d{16}")
NIP = re.compile(r"\d{18}")
PHONE = re.compile(r"(?:\+62|62|0)(8\d{8,11})")
OLDEST_YEARS = 110
YOUNGEST_CPNS_YEARS = 18


class InvalidNik(InvalidInput):
    message = N_("NIK terdiri dari 16 angka dengan tanggal lahir di dalamnya. Periksa lagi KTP Anda.")


class InvalidNip(InvalidInput):
    message = N_("NIP terdiri dari 18 angka: tanggal lahir, bulan pengangkatan, jenis kelamin, dan nomor urut.")


@dataclass(frozen=True)
class NikParts:
    """What a nik says. `wilayah` is where it was first issued, not where the holder lives (PP 40/2019)."""

    wilayah: str  # "360430"
    birth_date: date
    sex: str  # L or P
    serial: str


def clean_digits(text: str) -> str:
    return re.sub(r"[\s.\-]", "", text or "")


def parse_nik(nik: str, *, today: date | None = None, invented: bool = False) -> NikParts:
    """Read a nik. Raises InvalidNik for another shape, an impossible date or the serial 0000.

    `invented` allows the serial 0000, which no real nik has: for example people only. The century is chosen so that the
    age lies between 0 and 110 years, the younger one when both would do.
    """
    nik = clean_digits(nik)
    if not NIK.fullmatch(nik):
        raise InvalidNik()
    today = today or date.today()
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    sex = "P" if day > 40 else "L"
    day -= 40 if day > 40 else 0
    for century in (2000, 1900):
        try:
            born = date(century + year, month, day)
        except ValueError:
            continue
        if born <= today and today.year - born.year <= OLDEST_YEARS:
            break
    else:
        raise InvalidNik()
    if nik[12:] == "0000" and not invented:
        raise InvalidNik()
    return NikParts(nik[:6], born, sex, nik[12:])


def mask_nik(nik: str) -> str:
    """`3604••••••••0001`: for the holder's own eyes and for officers."""
    return f"{nik[:4]}{'•' * 8}{nik[12:]}"


@dataclass(frozen=True)
class NipParts:
    """`status`: PNS or PPPK. `appointed`: year and month for PNS, year and number of the agreement for PPPK."""

    birth_date: date
    status: str
    appointed: tuple[int, int]
    sex: str
    serial: str


def parse_nip(nip: str) -> NipParts:
    """Read a nip. Raises InvalidNip.

    Positions 13 and 14 are a month (01-12) for PNS and the agreement number (21-99) for PPPK (kerja.md section 2).
    """
    nip = clean_digits(nip)
    if not NIP.fullmatch(nip):
        raise InvalidNip()
    try:
        born = date(int(nip[:4]), int(nip[4:6]), int(nip[6:8]))
    except ValueError as error:
        raise InvalidNip() from error
    year, part = int(nip[8:12]), int(nip[12:14])
    status = "PNS" if 1 <= part <= 12 else "PPPK" if part >= 21 else ""
    if not status or nip[14] not in "12" or year - born.year < YOUNGEST_CPNS_YEARS:
        raise InvalidNip()
    return NipParts(born, status, (year, part), "L" if nip[14] == "1" else "P", nip[15:])


def parse_phone(text: str) -> str:
    """A mobile number as E.164 (`+628123456789`). Raises InvalidInput."""
    match = PHONE.fullmatch(re.sub(r"[\s().\-]", "", text or ""))
    if not match:
        raise InvalidInput(N_("Nomor telepon ditulis seperti 0812-3456-7890."), field="phone")
    return f"+62{match[1]}"


def show_phone(phone: str | None) -> str:
    """`+6281234567890` as `0812-3456-7890`, the way people write it."""
    if not phone:
        return ""
    digits = "0" + phone.removeprefix("+62") if phone.startswith("+62") else phone
    return "-".join(part for part in (digits[:4], digits[4:8], digits[8:]) if part)


def parse_npwp(text: str) -> str:
    """15 or 16 digits. Raises InvalidInput."""
    digits = clean_digits(text)
    if len(digits) not in (15, 16) or not digits.isdigit():
        raise InvalidInput(N_("NPWP terdiri dari 15 atau 16 angka."), field="npwp")
    return digits


def show_npwp(npwp: str) -> str:
    """The old form as `99.999.999.9-999.999`; the new one as it is."""
    if len(npwp) != 15:
        return npwp
    return f"{npwp[:2]}.{npwp[2:5]}.{npwp[5:8]}.{npwp[8]}-{npwp[9:12]}.{npwp[12:]}"


def hide_numbers(text: str) -> str:
    """`text` with every run of 16 digits hidden: nothing of a nik reaches a log or the audit trail."""
    return re.sub(r"(?<!\d)\d{16}(?!\d)", "•" * 16, text)
