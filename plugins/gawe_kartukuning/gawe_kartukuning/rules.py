"""Dates, states and words of the job seeker's card. Pure: no database, no clock, no request."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pendopo import N_, InvalidInput
from pendopo.kit.dates import add_months

SEX = {"L": N_("Laki-laki"), "P": N_("Perempuan")}
MARITAL = {"belum": N_("Belum kawin"), "kawin": N_("Kawin"), "cerai_hidup": N_("Cerai hidup"), "cerai_mati": N_("Cerai mati")}
RELIGION = {
    "islam": N_("Islam"),
    "kristen": N_("Kristen"),
    "katolik": N_("Katolik"),
    "hindu": N_("Hindu"),
    "buddha": N_("Buddha"),
    "khonghucu": N_("Khonghucu"),
    "kepercayaan": N_("Kepercayaan terhadap Tuhan YME"),
}
DISABILITY = {
    "fisik": N_("Fisik"),
    "netra": N_("Penglihatan"),
    "rungu": N_("Pendengaran atau wicara"),
    "intelektual": N_("Intelektual"),
    "mental": N_("Mental"),
}
LEVELS = {  # jenjang, lowest first
    "TS": N_("Tidak tamat SD"),
    "SD": N_("SD atau sederajat"),
    "SMP": N_("SMP atau sederajat"),
    "SMA": N_("SMA atau sederajat"),
    "SMK": N_("SMK"),
    "D1": N_("Diploma 1"),
    "D2": N_("Diploma 2"),
    "D3": N_("Diploma 3"),
    "D4": N_("Diploma 4"),
    "S1": N_("Sarjana (S1)"),
    "S2": N_("Magister (S2)"),
    "S3": N_("Doktor (S3)"),
}
RANK = {"TS": 0, "SD": 1, "SMP": 2, "SMA": 3, "SMK": 3, "D1": 4, "D2": 5, "D3": 6, "D4": 7, "S1": 7, "S2": 8, "S3": 9}
PLACES = {
    "kabupaten": N_("Dalam kabupaten"),
    "akl": N_("Antarkerja lokal (AKL)"),
    "akad": N_("Antarkerja antardaerah (AKAD)"),
    "akan": N_("Antarkerja antarnegara (AKAN)"),
}
LANGUAGES = {
    "id": N_("Indonesia"),
    "en": N_("Inggris"),
    "zh": N_("Mandarin"),
    "ja": N_("Jepang"),
    "ko": N_("Korea"),
    "ar": N_("Arab"),
}
SITUATIONS = {  # keadaan, as a holder reports it
    "mencari": N_("Masih mencari kerja"),
    "bekerja": N_("Sudah bekerja"),
    "wirausaha": N_("Berusaha sendiri"),
    "sekolah": N_("Sekolah atau pelatihan"),
}
WORKING = ("bekerja", "wirausaha")
STATUS = {
    "aktif": N_("Aktif"),
    "perlu_lapor": N_("Perlu lapor"),
    "bekerja": N_("Bekerja"),
    "kedaluwarsa": N_("Kedaluwarsa"),
    "dicabut": N_("Dicabut"),
}
TONES = {"aktif": "ok", "perlu_lapor": "warn", "bekerja": "info", "kedaluwarsa": "muted", "dicabut": "error"}
ICONS = {"aktif": "badge-check", "perlu_lapor": "bell-ring", "bekerja": "briefcase-business", "kedaluwarsa": "calendar-x", "dicabut": "ban"}
TYPES = {"baru": N_("Kartu baru"), "perpanjangan": N_("Perpanjangan"), "penggantian": N_("Penggantian kartu rusak, hilang, atau salah")}
CONTRACTS = {"tetap": N_("Tetap"), "kontrak": N_("Kontrak"), "paruh": N_("Paruh waktu"), "harian": N_("Harian"), "magang": N_("Magang")}
REMIND = (30, 7, 1)  # days before a report

# ------------------------------------------------------------------------------------------------------------- dates


def report_dates(issued: date, *, months: int = 24, every: int = 6) -> tuple[date, ...]:
    """The days by which a holder reports; the last one is the end of the card. Each is counted from the issue, so no day is lost twice."""
    return tuple(add_months(issued, n) for n in range(every, months + 1, every))


def age_on(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@dataclass(frozen=True)
class CardFacts:
    """What decides how a card stands. `last_report`: number of the newest report, 0 before the first."""

    dues: tuple[date, ...]
    last_report: int = 0
    situation: str = "mencari"
    revoked: bool = False

    @property
    def ends(self) -> date:
        return self.dues[-1]

    @property
    def next_due(self) -> date | None:
        """The report that is due next or was missed; None when all were given."""
        return self.dues[self.last_report] if self.last_report < len(self.dues) else None


def status_on(card: CardFacts, on: date) -> str:
    """How the card stands on a day. Its last day still belongs to it, and so does the day of a report."""
    if card.revoked:
        return "dicabut"
    if on > card.ends:
        return "kedaluwarsa"
    if card.situation in WORKING:
        return "bekerja"
    return "perlu_lapor" if card.next_due is not None and on > card.next_due else "aktif"


def is_usable(card: CardFacts, on: date, *, grace_days: int = 30) -> bool:
    """May it be used for work? In the grace after a missed report still, then only after reporting."""
    status = status_on(card, on)
    return status == "aktif" or (status == "perlu_lapor" and card.next_due is not None and on <= card.next_due + timedelta(days=grace_days))


def report_number(card: CardFacts, on: date, *, early_days: int = 30) -> int:
    """Which report is given on a day; 0 when none is open yet. Missed ones stay missed: the newest open one counts."""
    opened = [number for number, due in enumerate(card.dues, 1) if due - timedelta(days=early_days) <= on]
    return opened[-1] if opened and opened[-1] > card.last_report else 0


def report_opens(card: CardFacts, *, early_days: int = 30) -> date | None:
    return card.next_due - timedelta(days=early_days) if card.next_due is not None else None


def reminder_due(next_due: date, on: date, told: int | None, steps: Sequence[int] = REMIND) -> int | None:
    """Which reminder to send today: the nearest step that has come and was not told yet. None when there is none."""
    left = (next_due - on).days
    come = [step for step in steps if left <= step]
    if left < 0 or not come:
        return None
    step = min(come)
    return step if told is None or step < told else None


# ------------------------------------------------------------------------------------------------------------ people

_NIB = re.compile(r"\d{13}")
_NPSN = re.compile(r"[A-Z0-9]\d{7}")
YOUNGEST = 15
ADULT = 18


def parse_nib(text: str) -> str:
    """13 digits from OSS. Raises InvalidInput."""
    digits = re.sub(r"[\s.\-]", "", text or "")
    if not _NIB.fullmatch(digits):
        raise InvalidInput(N_("NIB terdiri dari 13 angka, tertulis pada dokumen OSS."), field="nib")
    return digits


def parse_npsn(text: str) -> str:
    """The national number of a school: 8 signs. Raises InvalidInput."""
    code = re.sub(r"\s", "", text or "").upper()
    if not _NPSN.fullmatch(code):
        raise InvalidInput(N_("NPSN terdiri dari 8 angka."), field="npsn")
    return code


def check_age(born: date, on: date, *, youngest: int = YOUNGEST) -> None:
    """Raises InvalidInput for someone too young to look for work, or a day that cannot be."""
    if born > on or age_on(born, on) > 110:
        raise InvalidInput(N_("Periksa lagi tanggal lahirnya."), field="tanggal_lahir")
    if age_on(born, on) < youngest:
        raise InvalidInput(N_("Pencari kerja paling muda berumur %(n)s tahun."), field="tanggal_lahir", n=youngest)


def check_graduation(born: date, year: int, on: date) -> None:
    """The year of leaving school lies five years after the birth at least, and not in the future. Raises InvalidInput."""
    if year > on.year or year < born.year + 5:
        raise InvalidInput(N_("Tahun lulus tidak cocok dengan tanggal lahir."), field="tahun_lulus")


def check_period(start: date, end: date | None, on: date) -> None:
    """Raises InvalidInput unless the work began before it ended, and not in the future."""
    if start > on:
        raise InvalidInput(N_("Mulai bekerja tidak boleh di waktu yang akan datang."), field="mulai")
    if end is not None and start >= end:
        raise InvalidInput(N_("Selesai harus setelah mulai."), field="selesai")


def is_minor(born: date, on: date) -> bool:
    """Under 18: flagged, since special care is due (UU 27/2022 Pasal 25; UU 13/2003 Pasal 68-69)."""
    return age_on(born, on) < ADULT


def initials(name: str) -> str:
    """`Siti Nur Aminah` as `S. N. A.`: what the public sees of a holder."""
    return " ".join(f"{word[0].upper()}." for word in re.findall(r"[^\W\d_]+", name)[:4])


def age_group(age: int) -> str:
    for top, name in ((17, "15-17"), (19, "18-19"), (24, "20-24"), (29, "25-29"), (34, "30-34"), (44, "35-44"), (54, "45-54")):
        if age <= top:
            return name
    return "55+"


AGE_GROUPS = ("15-17", "18-19", "20-24", "25-29", "30-34", "35-44", "45-54", "55+")


def months_worked(periods: Sequence[tuple[date, date | None]], on: date) -> int:
    """Whole months of experience; overlapping jobs count once."""
    days, reached = 0, date.min
    for start, end in sorted((start, end or on) for start, end in periods):
        first = max(start, reached)
        if end > first:
            days += (end - first).days
            reached = end
    return int(days / 30.4375)
