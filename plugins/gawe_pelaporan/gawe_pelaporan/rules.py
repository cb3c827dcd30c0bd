"""Classes, lengths, points and what must not be published. Pure: no database, no clock, no request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from pendopo import N_, InvalidInput
from pendopo.kit.calendar import Calendar
from pendopo.kit.places import distance_m

# ------------------------------------------------------------------------------------------------------- SP4N classes

KELAS = {
    "informasi": N_("Permintaan informasi"),
    "aspirasi": N_("Aspirasi"),
    "tidak_berkadar": N_("Pengaduan tidak berkadar pengawasan"),
    "berkadar": N_("Pengaduan berkadar pengawasan"),
}
KELAS_SETTING = {
    "informasi": "pelaporan.sla_informasi_hk",
    "aspirasi": "pelaporan.sla_informasi_hk",
    "tidak_berkadar": "pelaporan.sla_tidak_berkadar_hk",
    "berkadar": "pelaporan.sla_berkadar_hk",
}
KERUSAKAN = {
    "lubang": N_("Berlubang"),
    "retak": N_("Retak"),
    "amblas": N_("Amblas"),
    "longsor": N_("Longsor"),
    "banjir": N_("Tergenang"),
    "bergelombang": N_("Bergelombang"),
}
TINDAK_LANJUT = {
    "survei": N_("Survei lapangan"),
    "penanganan_sementara": N_("Penanganan sementara"),
    "pekerjaan": N_("Pekerjaan"),
    "dianggarkan": N_("Dianggarkan"),
}
AUTHORITY = {
    "nasional": N_("Jalan nasional: Balai Besar Pelaksanaan Jalan Nasional (Kementerian PU)"),
    "provinsi": N_("Jalan provinsi: DPUPR Provinsi Banten"),
    "kabupaten": N_("Jalan kabupaten: DPUPR Kabupaten"),
    "desa": N_("Jalan desa: pemerintah desa"),
}
DEFAULT_POINTS = {"korban": 4, "akses_putus": 4, "jalur_sekolah": 2, "arteri": 1, "dukungan_per": 10, "dukungan_maks": 3}


def class_due(calendar: Calendar, received: datetime, days: int) -> datetime:
    """When a class of `days` working days ends: counted from the receipt, not from the forwarding (PermenPANRB 62/2018)."""
    return calendar.add_working_days(received, days)


def share_used(started: datetime, due: datetime, now: datetime) -> int:
    """How much of the time between `started` and `due` has gone, in percent; beyond 100 once it passed."""
    whole = (due - started).total_seconds()
    return 100 if whole <= 0 else int((now - started).total_seconds() / whole * 100)


# ------------------------------------------------------------------------------------------------------------- roads

STA = re.compile(r"(\d{1,3})\+(\d{3})")


def parse_sta(text: str) -> int:
    """`2+350` as metres (2350). Raises InvalidInput."""
    match = STA.fullmatch(text.strip())
    if not match:
        raise InvalidInput(N_("STA ditulis seperti 2+350 (kilometer+meter)."))
    return int(match[1]) * 1000 + int(match[2])


def sta_length_m(start: str, end: str) -> int:
    """Metres between two STA. Raises InvalidInput when the end does not lie behind the start."""
    length = parse_sta(end) - parse_sta(start)
    if length <= 0:
        raise InvalidInput(N_("STA akhir harus lebih besar daripada STA awal."))
    return length


def area_m2(length_m: float, width_m: float) -> float:
    return length_m * width_m


def pothole_m3(length_m: float, width_m: float, depth_cm: float) -> float:
    return round(length_m * width_m * depth_cm / 100, 3)


def line_length_m(points: list[tuple[float, float]]) -> float:
    """Length of a line of (lat, lon)."""
    return sum(distance_m(*a, *b) for a, b in pairwise(points))


def differs_too_much(measured_m: float, stated_m: float, percent: int) -> bool:
    """Is the stated length more than `percent` away from the measured one?"""
    return measured_m > 0 and abs(stated_m - measured_m) / measured_m * 100 > percent


# ---------------------------------------------------------------------------------------------------------- priority


@dataclass(frozen=True)
class Weight:
    """What makes a report pressing."""

    casualties: bool = False
    access_cut: bool = False
    school_route: bool = False
    arterial: bool = False
    supports: int = 0


def priority_points(weight: Weight, points: dict[str, int] = DEFAULT_POINTS) -> int:
    return (
        points["korban"] * weight.casualties
        + points["akses_putus"] * weight.access_cut
        + points["jalur_sekolah"] * weight.school_route
        + points["arteri"] * weight.arterial
        + min(weight.supports // max(points["dukungan_per"], 1), points["dukungan_maks"])
    )


def priority_of(points: int) -> int:
    """1 is most pressing."""
    return 1 if points >= 6 else 2 if points >= 4 else 3 if points >= 2 else 4


# -------------------------------------------------------------------------------------------------------- duplicates


def bounding_box(lat: float, lon: float, radius_m: float) -> tuple[float, float, float, float]:
    """`(south, north, west, east)` around a point, a little too wide rather than too narrow."""
    dlat = radius_m / 110_000
    return lat - dlat, lat + dlat, lon - dlat * 1.1, lon + dlat * 1.1


def is_near(lat: float, lon: float, other_lat: float, other_lon: float, radius_m: float) -> bool:
    return distance_m(lat, lon, other_lat, other_lon) <= radius_m


def is_recent(then: datetime, now: datetime, days: int) -> bool:
    return now - then <= timedelta(days=days)


def looks_swapped(lat: float, lon: float) -> bool:
    """Are latitude and longitude exchanged? (Indonesia lies between -11 and 6, 95 and 141.)"""
    return 95 <= lat <= 141 and -11 <= lon <= 6


# ----------------------------------------------------------------------------------- what must not be published

_NIK = re.compile(r"(?<!\d)\d(?:[ .\-]?\d){15}(?!\d)")
_PHONE = re.compile(r"(?<![\d+])(?:\+62|62|0)[ .\-]?8(?:[ .\-]?\d){7,11}(?!\d)")
_EMAIL = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
_PLATE = re.compile(r"\b[A-Z]{1,2} ?\d{3,4} ?[A-Z]{2,3}\b")
PERSONAL = (
    ("nik", N_("nomor induk (16 angka)"), _NIK),
    ("email", N_("alamat surel"), _EMAIL),
    ("telepon", N_("nomor telepon"), _PHONE),
    ("plat", N_("nomor kendaraan"), _PLATE),
)


_WHOLE_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s]{2,}")


def check_email(text: str) -> str:
    """`text` when it has the shape of a mail address. Raises InvalidInput."""
    if len(text) > 254 or not _WHOLE_EMAIL.fullmatch(text.strip()):
        raise InvalidInput(N_("Alamat surel ini belum benar."))
    return text.strip()


def find_personal(text: str) -> list[str]:
    """Which kinds of personal data seem to stand in `text`: nik, email, telepon, plat. Never the data themselves."""
    found, rest = [], text
    for slug, _title, pattern in PERSONAL:
        if pattern.search(rest):
            found.append(slug)
            rest = pattern.sub(" ", rest)
    return found


def hide_personal(text: str) -> str:
    """`text` as it may be shown to everyone: what looks like personal data becomes dots."""
    for _slug, _title, pattern in PERSONAL:
        text = pattern.sub("•••", text)
    return text


def public_position(lat: float | None, lon: float | None, *, private: bool, decimals: int = 3) -> tuple[float, float] | None:
    """The position as everyone may see it: rounded for private reports."""
    if lat is None or lon is None:
        return None
    return (round(lat, decimals), round(lon, decimals)) if private else (round(lat, 6), round(lon, 6))
