"""Rules of letters, disposisi and agenda, without database, clock or web."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from pendopo import N_, Conflict, InvalidInput

SIFAT = ("biasa", "terbatas", "rahasia", "sangat_rahasia")
DERAJAT = ("biasa", "penting", "segera", "amat_segera")
SECRET = ("rahasia", "sangat_rahasia")
KLASIFIKASI = re.compile(r"^\d{3}(\.\d{1,2}){0,4}$")  # Permendagri 83/2022

INSTRUKSI = {
    "tindak_lanjuti": N_("Tindak lanjuti"),
    "pelajari": N_("Pelajari dan beri saran"),
    "hadiri": N_("Hadiri atau wakili"),
    "koordinasikan": N_("Koordinasikan"),
    "siapkan_jawaban": N_("Siapkan jawaban"),
    "laporkan": N_("Laporkan hasilnya"),
    "ketahui": N_("Untuk diketahui"),
    "arsipkan": N_("Arsipkan"),
}
SIFAT_TITLES = {"biasa": N_("Biasa"), "terbatas": N_("Terbatas"), "rahasia": N_("Rahasia"), "sangat_rahasia": N_("Sangat rahasia")}
DERAJAT_TITLES = {"biasa": N_("Biasa"), "penting": N_("Penting"), "segera": N_("Segera"), "amat_segera": N_("Amat segera")}
STATUS_TITLES = {
    "dikirim": N_("Belum dibaca"),
    "dibaca": N_("Dibaca"),
    "diproses": N_("Dikerjakan"),
    "diteruskan": N_("Diteruskan"),
    "selesai": N_("Selesai"),
    "dikembalikan": N_("Dikembalikan"),
}

NASKAH = {
    "surat_dinas": N_("Surat dinas"),
    "nota_dinas": N_("Nota dinas"),
    "undangan": N_("Undangan"),
    "surat_tugas": N_("Surat tugas"),
    "surat_edaran": N_("Surat edaran"),
    "berita_acara": N_("Berita acara"),
    "notulen": N_("Notulen"),
    "ralat": N_("Ralat"),
    "pencabutan": N_("Pencabutan"),
}
CORRECTIONS = ("ralat", "pencabutan")


def check_klasifikasi(code: str) -> str:
    """A records classification code such as `800.1.11`. Raises InvalidInput."""
    code = code.strip()
    if not KLASIFIKASI.fullmatch(code):
        raise InvalidInput(N_("Kode klasifikasi ditulis seperti 800.1.11: tiga angka, lalu bagian sesudah titik."), field="klasifikasi")
    return code


class WrongPattern(Conflict):
    message = N_("Pola nomor surat di pengaturan tidak dapat dipakai. Hubungi pengelola portal.")


def letter_number(template: str, *, klasifikasi: str, urut: int, unit: str, year: int, suffix: str = "") -> str:
    """`800.1.11/0042/BKPSDM/2026`; a back-dated letter takes the number before it with a suffix (`0042.a`).

    Raises WrongPattern for a template with unknown places, or without the running number.
    """
    number = f"{urut:04d}{'.' + suffix if suffix else ''}"
    try:
        text = template.format(klasifikasi=klasifikasi, urut=number, unit=unit, tahun=year)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise WrongPattern() from error
    if number not in text:
        raise WrongPattern()
    return text


def suffix_for(n: int) -> str:
    """The `n`-th letter for back-dated numbers, from 1: a, b, ... z, aa."""
    letters = ""
    while n > 0:
        n, rest = divmod(n - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


@dataclass(frozen=True)
class Answering:
    """How long a letter may lie. `hours` runs by the clock, `days` by working days; `at_close` ends at office close."""

    hours: int = 0
    days: int = 0
    at_close: bool = False


def answering_time(derajat: str, days: dict[str, int], hours: int) -> Answering:
    """amat_segera in clock hours, the others in working days, `biasa` ending at close of office."""
    if derajat == "amat_segera":
        return Answering(hours=hours)
    return Answering(days=days[derajat], at_close=derajat == "biasa")


def check_child_due(child: datetime, parent: datetime | None) -> None:
    """A sub-disposisi is due no later than its parent. Raises InvalidInput."""
    if parent is not None and child > parent:
        raise InvalidInput(N_("Batas waktu tidak boleh melewati batas disposisi di atasnya."), field="due")


@dataclass(frozen=True)
class Span:
    """A half-open time `[start, end)` at a place."""

    start: datetime
    end: datetime
    place: str = ""


def overlaps(a: Span, b: Span) -> bool:
    return a.start < b.end and b.start < a.end


def conflicts(new: Span, old: Span, buffer: timedelta = timedelta(0)) -> bool:
    """Do two appointments of one official collide? Between different places they need `buffer` for the way."""
    if overlaps(new, old):
        return True
    if new.place.strip().casefold() == old.place.strip().casefold():
        return False
    gap = old.start - new.end if old.start >= new.end else new.start - old.end
    return gap < buffer


# Who outranks whom when a room is wanted by two: a lower number goes first.
RANK = {"": 99, "IV.b": 8, "IV.a": 7, "III.b": 6, "III.a": 5, "II.b": 4, "II.a": 3, "I.b": 2, "I.a": 1, "kepala_daerah": 0}


def outranks(new_eselon: str | None, old_eselon: str | None) -> bool:
    return RANK.get(new_eselon or "", 99) < RANK.get(old_eselon or "", 99)


DISPOSISI_MOVES = {
    "dibaca": ("dikirim",),
    "diproses": ("dikirim", "dibaca"),
    "diteruskan": ("dikirim", "dibaca", "diproses", "diteruskan"),
    "selesai": ("dikirim", "dibaca", "diproses", "diteruskan"),
    "dikembalikan": ("dikirim", "dibaca", "diproses"),
}


def may_move_disposisi(status: str, to: str) -> bool:
    return status in DISPOSISI_MOVES.get(to, ())


STAND_IN = {"plt": "Plt. ", "plh": "Plh. "}


def acting(kind: str, post: str) -> str:
    """A position as it is written under a letter: `Plh. Sekretaris Daerah` for a stand-in."""
    return STAND_IN.get(kind, "") + post


def stage_of(due: datetime, now: datetime, near: timedelta, escalates: datetime) -> str:
    """Where an open disposisi stands: "", near, late or escalated (its time passed long ago)."""
    if now >= escalates:
        return "escalated"
    if now > due:
        return "late"
    return "near" if now >= due - near else ""
