"""The rules of permits without a database: risk, deadlines, places of practice, validity, numbers (gawe.md section 10)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pendopo import N_, InvalidInput
from pendopo.kit.calendar import Calendar

SLA_DEFAULT_HK = 5  # UU 30/2014 Pasal 53 as changed by UU Cipta Kerja, where a permit names no time of its own

RISKS = {
    "rendah": N_("Rendah"),
    "menengah_rendah": N_("Menengah rendah"),
    "menengah_tinggi": N_("Menengah tinggi"),
    "tinggi": N_("Tinggi"),
}
SCALES = {"mikro": N_("Mikro"), "kecil": N_("Kecil"), "menengah": N_("Menengah"), "besar": N_("Besar")}
AUTHORITIES = {"kabupaten": N_("Kabupaten"), "provinsi": N_("Provinsi"), "pusat": N_("Pusat")}
ENVIRONMENT = {
    "sppl": N_("SPPL (surat pernyataan kesanggupan pengelolaan lingkungan)"),
    "ukl_upl": N_("UKL-UPL (upaya pengelolaan dan pemantauan lingkungan)"),
    "amdal": N_("AMDAL (analisis mengenai dampak lingkungan)"),
}
CHANNELS = {"lokal": N_("Simponie (DPMPTSP)"), "oss": N_("OSS (oss.go.id)"), "simbg": N_("SIMBG (simbg.pu.go.id)")}


@dataclass(frozen=True)
class Paper:
    """A paper that a business needs. `before`: it must be there before the business runs, not before it is prepared."""

    code: str
    title: str
    how: str
    before: bool = False


NIB = Paper("nib", N_("NIB (nomor induk berusaha)"), N_("Terbit langsung di OSS setelah data usaha diisi."))
STANDARD = Paper("sertifikat_standar", N_("Sertifikat standar (pernyataan mandiri)"), N_("Terbit di OSS setelah Anda menyatakan sanggup memenuhi standar."))
VERIFIED = Paper(
    "sertifikat_standar_terverifikasi",
    N_("Sertifikat standar terverifikasi"),
    N_("Usaha boleh disiapkan setelah menyatakan sanggup; baru boleh berjalan setelah diverifikasi."),
    True,
)
LICENCE = Paper("izin", N_("Izin usaha"), N_("Usaha baru boleh berjalan setelah izin terbit di OSS."), True)

_OF_RISK = {  # PP 28/2025
    "rendah": (NIB,),
    "menengah_rendah": (NIB, STANDARD),
    "menengah_tinggi": (NIB, VERIFIED),
    "tinggi": (NIB, LICENCE),
}


def papers_for(risk: str) -> tuple[Paper, ...]:
    """What a business of this risk needs beside the basic requirements. Raises LookupError for an unknown risk."""
    return _OF_RISK[risk]


def basic_requirements(environment: str, *, builds: bool) -> tuple[Paper, ...]:
    """Persyaratan dasar: KKPR, persetujuan lingkungan, and PBG/SLF when something is built."""
    found = [
        Paper("kkpr", N_("KKPR (kesesuaian kegiatan pemanfaatan ruang)"), N_("Diurus di OSS; letak usaha harus sesuai rencana tata ruang."), True),
        Paper("lingkungan", ENVIRONMENT[environment], N_("Persetujuan lingkungan sesuai besarnya dampak."), environment != "sppl"),
    ]
    if builds:
        found.append(Paper("pbg", N_("PBG dan SLF"), N_("Persetujuan bangunan gedung di SIMBG; retribusinya dapat dihitung dan dibayar di sini."), True))
    return tuple(found)


# ---------------------------------------------------------------------------------------------------------- deadlines


def decision_due(calendar: Calendar, submitted: datetime, days: int, stopped_days: int = 0) -> date:
    """The last day for a decision: `days` working days after the day of receipt, later by the working days for which the clock stood still."""
    return calendar.add_days(calendar.due_date(submitted, days), stopped_days)


def is_deemed_granted(calendar: Calendar, due: datetime, now: datetime) -> bool:
    """Fiktif positif: the day after the last one has begun on the regency's clock (PP 28/2025; UU 30/2014 Pasal 53)."""
    return calendar.local(now).date() > calendar.local(due).date()


def repair_ends(asked: datetime, days: int) -> datetime:
    """Until when an applicant may complete: calendar days, since the applicant knows no office hours."""
    return asked + timedelta(days=days)


# -------------------------------------------------------------------------------------------------------------- validity


def add_months(day: date, months: int) -> date:
    """The same day `months` later; the last of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def valid_until(issued: date, months: int | None, *, not_after: date | None = None, most_months: int | None = None) -> date | None:
    """The last day of a permit: `months` from its issue, less one day, never longer than `most_months` or `not_after` (an STR). None is without end."""
    ends = [add_months(issued, m) - timedelta(days=1) for m in (months, most_months) if m]
    if not_after is not None:
        ends.append(not_after)
    return min(ends) if ends else None


def check_rules(rules: list[Mapping[str, Any]], data: Mapping[str, Any], *, today: date, active: int) -> None:
    """Rules that a permit type names as data. `active`: permits of this type that the applicant holds today.

    Raises InvalidInput with the field that breaks one.
    """
    for rule in rules:
        _RULES[rule["nama"]](rule, data, today, active)


def _must_be_valid(rule: Mapping[str, Any], data: Mapping[str, Any], today: date, active: int) -> None:
    """A date in the form that must lie in the future (an STR that is still valid)."""
    value = as_date(data.get(rule["isian"]))
    if value is not None and value < today:
        raise InvalidInput(N_("Tanggal ini sudah lewat; yang diajukan harus masih berlaku."), field=rule["isian"])


def _most_places(rule: Mapping[str, Any], data: Mapping[str, Any], today: date, active: int) -> None:
    """Not more permits of one kind for one person (UU 17/2023: SIP in at most three places of practice)."""
    if active >= int(rule["jumlah"]):
        raise InvalidInput(N_("Anda sudah memegang %(n)s izin sejenis yang berlaku; paling banyak %(most)s."), n=active, most=int(rule["jumlah"]))


def _most_months(rule: Mapping[str, Any], data: Mapping[str, Any], today: date, active: int) -> None:
    """Applied when the permit is issued (`valid_until`): nothing to check before."""


_RULES = {"masih_berlaku": _must_be_valid, "paling_banyak": _most_places, "masa_paling_lama": _most_months}
RULE_FIELDS = {"masih_berlaku": ("isian",), "paling_banyak": ("jumlah",), "masa_paling_lama": ("bulan",)}


def as_date(value: Any) -> date | None:
    """A date as it comes from a form or from stored JSON."""
    return value if isinstance(value, date) or value is None else date.fromisoformat(str(value)) if value else None


# --------------------------------------------------------------------------------------------------------------- numbers

_PLACE = re.compile(r"\{(seq)(?::0(\d))?\}|\{(year|month|roman)\}")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def number_problem(pattern: str) -> str:
    """What is wrong with a number pattern, as a sentence; "" when nothing is."""
    if "{" in _PLACE.sub("", pattern) or "}" in _PLACE.sub("", pattern):
        return N_("Pola nomor hanya mengenal {seq}, {seq:04}, {year}, {month} dan {roman}.")
    if pattern.count("{seq") != 1 or "{year}" not in pattern:
        return N_("Pola nomor harus memuat {seq} satu kali dan {year}.")
    return ""


def number_from(pattern: str, seq: int, day: date) -> str:
    """`503/{seq:04}/SIP-DR/{roman}/{year}` -> `503/0007/SIP-DR/VIII/2026`."""

    def fill(match: re.Match[str]) -> str:
        if match[1]:
            return f"{seq:0{match[2] or 1}d}"
        return {"year": str(day.year), "month": f"{day.month:02d}", "roman": _ROMAN[day.month - 1]}[match[3]]

    return _PLACE.sub(fill, pattern)


NIB_SHAPE = re.compile(r"^\d{13}$")
KBLI_SHAPE = re.compile(r"^\d{5}$")


def read_nib(text: str) -> str:
    """13 digits. Raises InvalidInput."""
    digits = re.sub(r"[\s.-]", "", text)
    if not NIB_SHAPE.match(digits):
        raise InvalidInput(N_("NIB terdiri dari 13 angka."), field="nib")
    return digits


def read_kbli(text: str) -> str:
    """5 digits. Raises InvalidInput."""
    digits = text.strip()
    if not KBLI_SHAPE.match(digits) or not digits.isascii():
        raise InvalidInput(N_("KBLI terdiri dari 5 angka, misalnya 56101."), field="kbli")
    return digits
