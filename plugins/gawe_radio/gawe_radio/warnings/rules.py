"""What becomes of a warning of others: decided without I/O or clock (gawe.md section 8).

The Sunda Strait of 22 December 2018 had no warning at all: in doubt people are alarmed, and they decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pendopo import N_
from pendopo.kit.places import distance_m, kecamatan_list

from .. import areas
from .reading import Alert, Area, Info, Quake

GRAVE = ("Severe", "Extreme")
NEAR_KM, QUAKE_MAGNITUDE = 200.0, 5.0
FELT_LEAST = 3
TSUNAMI_DIRECT_KM = 1000.0
OURS = ("serang", "cilegon", "anyer", "anyar")
COAST = ("Anyar", "Cinangka", "Bojonegara", "Pulo Ampel", "Kramatwatu", "Pontang", "Tirtayasa", "Tanara")
WHOLE = re.compile(r"\b(?:banten|serang|selat sunda)\b", re.IGNORECASE)
SPARE_KM = 2.0
ROMAN = {"I": 1, "V": 5, "X": 10}
RANKS = ("catat", "naskah", "alarm", "siar")
FELT = re.compile(r"\b([IVX]+)(?:\s*[-–]\s*([IVX]+))?\s+(?:di\s+)?([^,;()\d]+)")


@dataclass(frozen=True)
class Verdict:
    """`outcome`: siar (announced at once), alarm (the studio is called), naskah (a draft for the announcer), catat (kept).

    `why` is a sentence of ours, `areas` the kecamatan concerned, `priority` that of an announcement made of it.
    """

    outcome: str
    why: str
    areas: tuple[str, ...] = ()
    priority: str = "penting"

    def __gt__(self, other: Verdict) -> bool:
        return RANKS.index(self.outcome) > RANKS.index(other.outcome)


def info_of(alert: Alert, language: str = "id") -> Info | None:
    """What the alert says in a language, else in its first."""
    return next((info for info in alert.infos if info.language.lower().startswith(language)), alert.infos[0] if alert.infos else None)


def expires_at(alert: Alert) -> datetime | None:
    """When the last of its parts ends; None: it does not say."""
    ends = [info.expires for info in alert.infos if info.expires]
    return max(ends) if ends else None


def judge_alert(alert: Alert, now: datetime, *, direct: bool) -> Verdict:
    """`direct`: an extreme warning is announced at once, without a person."""
    info = info_of(alert)
    if alert.status != "Actual":
        return Verdict("catat", N_("Bukan peringatan sungguhan menurut statusnya."))
    if alert.kind in ("Cancel", "Ack", "Error"):
        return Verdict("catat", N_("Pesan ini mencabut atau menjawab peringatan; tidak pernah disiarkan."))
    if info is None:
        return Verdict("catat", N_("Pesan ini tidak berisi peringatan."))
    ends = expires_at(alert)
    if ends is not None and ends <= now:
        return Verdict("catat", N_("Masa berlakunya sudah lewat."))
    codes = kecamatan_of(area for part in alert.infos for area in part.areas)
    if not codes:
        return Verdict("catat", N_("Wilayahnya tidak menyentuh kabupaten ini."))
    severity = max((part.severity for part in alert.infos), key=lambda name: GRAVE.index(name) if name in GRAVE else -1)
    if severity == "Extreme" and direct:
        return Verdict("siar", N_("Peringatan ekstrem untuk wilayah ini disiarkan langsung."), codes, "darurat")
    if severity in GRAVE:
        return Verdict("alarm", N_("Peringatan berat untuk wilayah ini."), codes, "darurat" if severity == "Extreme" else "penting")
    return Verdict("catat", N_("Peringatan ringan: ditampilkan, tidak dibacakan."), codes)


def kecamatan_of(parts: Iterable[Area]) -> tuple[str, ...]:
    """The kecamatan that an alert concerns, by code, by its drawing, and, where it has neither, by the names it gives."""
    codes: set[str] = set()
    known = {place.code: place.name for place in kecamatan_list()}
    for area in parts:
        given = {value[:8] for _name, value in area.geocodes}
        codes |= given & known.keys()
        if any(value in ("36", "36.04", "3604") for value in given):
            codes |= known.keys()
        for polygon in area.polygons:
            codes.update(areas.kecamatan_in(polygon, spare_km=SPARE_KM).codes)
        for lat, lon, radius_km in area.circles:
            codes.update(areas.kecamatan_near(lat, lon, radius_km, spare_km=SPARE_KM).codes)
        if not (area.polygons or area.circles or area.geocodes):
            named = {code for code, name in known.items() if re.search(rf"\b{re.escape(name)}\b", area.description, re.IGNORECASE)}
            codes |= named or (set(known) if WHOLE.search(area.description) else set())
    return tuple(sorted(codes))


def judge_quake(quake: Quake, *, direct: bool) -> Verdict:
    distance = distance_km(quake)
    if may_bring_tsunami(quake.potential):
        coast = tuple(place.code for place in kecamatan_list() if place.name in COAST)
        near = direct and distance <= TSUNAMI_DIRECT_KM
        return Verdict("siar" if near else "alarm", N_("BMKG menyebut potensi tsunami."), coast, "darurat")
    if felt_here(quake.felt) >= FELT_LEAST:
        return Verdict("naskah", N_("Dirasakan III MMI atau lebih di Serang, Cilegon, atau Anyer."))
    if quake.magnitude >= QUAKE_MAGNITUDE and distance <= NEAR_KM:
        return Verdict("naskah", N_("Magnitudo 5 atau lebih dalam jarak 200 km."))
    return Verdict("catat", N_("Jauh atau kecil: hanya dicatat."))


def may_bring_tsunami(potential: str) -> bool:
    """Any mention of a tsunami, but for the plain "tidak berpotensi tsunami"."""
    return "tsunami" in re.sub(r"tidak\s+(?:ber)?potensi\s+(?:menimbulkan\s+)?tsunami", "", potential, flags=re.IGNORECASE).lower()


def distance_km(quake: Quake) -> float:
    """To the nearest kecamatan of the regency."""
    return min(distance_m(quake.lat, quake.lon, place.lat, place.lon) for place in kecamatan_list() if place.lat is not None) / 1000


def felt_here(felt: str) -> int:
    """The highest MMI at our places: "II-III Serang, IV Bandung" is 3."""
    heard = [max(_roman(low), _roman(high)) for low, high, where in FELT.findall(felt) if any(re.search(rf"\b{name}\b", where, re.IGNORECASE) for name in OURS)]
    return max(heard, default=0)


def _roman(text: str) -> int:
    values = [ROMAN[letter] for letter in text]
    return sum(-value if any(later > value for later in values[n + 1 :]) else value for n, value in enumerate(values))
