"""Places of the regency: kecamatan, desa, islands; names, codes, and where a point lies.

Data come from one folder per regency (`home/places/<code>` first, then what ships here): `kecamatan.csv`, `desa.csv`,
`islands.csv` from idn-area-data (ODbL, see NOTICE.md beside them), with coordinates that are schematic until an
operator loads official boundaries. Codes are text.
"""

from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

__all__ = [
    "Place",
    "bps_code",
    "desa_at",
    "desa_list",
    "distance_m",
    "find_place",
    "inside_envelope",
    "islands",
    "kecamatan_at",
    "kecamatan_list",
    "kecamatan_shapes",
    "place_name",
    "search_places",
    "use_regency",
]

EARTH_M = 6_371_008.8
SHIPPED = Path(__file__).parent / "data"
_chosen: tuple[str, Path | None] | None = None


@dataclass(frozen=True)
class Place:
    """`code` is Kemendagri's (36.04.30 or 36.04.30.2001). `lat`, `lon` are schematic centres."""

    code: str
    name: str
    kind: str  # kecamatan, desa, kelurahan, pulau
    parent: str
    lat: float | None = None
    lon: float | None = None
    bps: str = ""


def use_regency(code: str, home: Path | None = None) -> None:
    """Choose whose places these are; unchosen, they are those of the portal's settings."""
    global _chosen
    _chosen = (code, home)


def _folder() -> Path:
    code, home = _chosen or _of_the_portal()
    own = home / "places" / code if home else None
    return own if own and own.is_dir() else SHIPPED / code


def _of_the_portal() -> tuple[str, Path | None]:
    from ... import pages

    if pages._current is None:  # a command or test without a portal
        return "36.04", None
    settings = pages._current.portal.settings
    return settings.regency.code, settings.home


def _load() -> tuple[tuple[Place, ...], tuple[Place, ...], tuple[Place, ...]]:
    return _load_from(_folder())


@lru_cache(maxsize=4)
def _load_from(folder: Path) -> tuple[tuple[Place, ...], tuple[Place, ...], tuple[Place, ...]]:
    def rows(name: str) -> list[dict[str, str]]:
        path = folder / name
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def number(text: str | None) -> float | None:
        return float(text) if text else None

    kecamatan = tuple(
        Place(r["code"], r["name"], "kecamatan", r["code"][:5], number(r.get("lat")), number(r.get("lon")), r.get("bps", "")) for r in rows("kecamatan.csv")
    )
    desa = tuple(
        Place(r["code"], r["name"], "kelurahan" if r["code"][9:10] == "1" else "desa", r["code"][:8], number(r.get("lat")), number(r.get("lon")))
        for r in rows("desa.csv")
    )
    islands = tuple(Place(r["code"], r["name"], "pulau", r["code"][:5], number(r.get("lat")), number(r.get("lon"))) for r in rows("islands.csv"))
    return kecamatan, desa, islands


def _by_code() -> dict[str, Place]:
    return _index(_folder())


@lru_cache(maxsize=4)
def _index(folder: Path) -> dict[str, Place]:
    return {place.code: place for group in _load_from(folder) for place in group}


def kecamatan_list() -> list[Place]:
    return sorted(_load()[0], key=lambda place: place.name)


def kecamatan_shapes() -> dict[str, dict[str, Any]]:
    """Official boundaries by code, as GeoJSON geometries: from `kecamatan.geojson` (property `code`) in the regency's folder.

    {} until an operator loads them: then only points are known.
    """
    return _shapes(_folder())


@lru_cache(maxsize=4)
def _shapes(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / "kecamatan.geojson"
    features = json.loads(path.read_text("utf-8"))["features"] if path.exists() else []
    return {feature["properties"]["code"]: feature["geometry"] for feature in features}


def desa_list(kecamatan: str | None = None) -> list[Place]:
    return sorted((p for p in _load()[1] if kecamatan is None or p.parent == kecamatan), key=lambda place: place.name)


def islands() -> list[Place]:
    return list(_load()[2])


def find_place(code: str | None) -> Place | None:
    return _by_code().get(code or "")


def place_name(code: str | None) -> str:
    """`Desa Mekarsari, Kec. Anyar`: names collide, so the kecamatan always stands beside."""
    place = find_place(code)
    if place is None:
        return ""
    if place.kind == "kecamatan":
        return f"Kec. {place.name}"
    if place.kind == "pulau":
        return place.name
    above = find_place(place.parent)
    return f"{place.kind.capitalize()} {place.name}" + (f", Kec. {above.name}" if above else "")


def bps_code(kecamatan: str) -> str:
    """The seven-digit BPS code of a kecamatan, whose last three digits stand in a NOP."""
    place = find_place(kecamatan)
    return place.bps if place else ""


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _one_letter_apart(a: str, b: str) -> bool:
    """Equal but for one letter changed, missing or too many."""
    if abs(len(a) - len(b)) > 1:
        return False
    i = 0
    while i < min(len(a), len(b)) and a[i] == b[i]:
        i += 1
    return a[i + 1 :] == b[i + 1 :] or a[i + 1 :] == b[i:] or a[i:] == b[i + 1 :]


def search_places(text: str, limit: int = 20) -> list[Place]:
    """Places whose name begins with, contains or all but spells `text`; spaces do not count."""
    wanted = _letters(text)
    if len(wanted) < 2:
        return []
    ranked: list[tuple[int, str, Place]] = []
    for place in (*_load()[0], *_load()[1]):
        name = _letters(place.name)
        rank = (
            0
            if name == wanted
            else 1
            if name.startswith(wanted)
            else 2
            if wanted in name
            else 3
            if len(wanted) > 3 and _one_letter_apart(name, wanted)
            else None
        )
        if rank is not None:
            ranked.append((rank, place.code, place))
    return [place for _rank, _code, place in sorted(ranked)[:limit]]


def distance_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Metres on the sphere (haversine, R = 6,371,008.8 m)."""
    a, b = math.radians(lat1), math.radians(lat2)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(h))


def inside_envelope(lat: float, lon: float) -> bool:
    """Does the point lie in the box around the regency (gawe.md section 1), a little margin included?"""
    points = [place for place in _load()[1] if place.lat is not None and place.lon is not None]
    if not points:
        return -90 <= lat <= 90 and -180 <= lon <= 180
    margin = 0.12
    return (
        min(p.lat for p in points) - margin <= lat <= max(p.lat for p in points) + margin
        and min(p.lon for p in points) - margin <= lon <= max(p.lon for p in points) + margin
    )


def desa_at(lat: float, lon: float) -> Place | None:
    """The desa whose schematic centre is nearest: an approximation until official boundaries are loaded."""
    points = [place for place in _load()[1] if place.lat is not None and place.lon is not None]
    if not points or not inside_envelope(lat, lon):
        return None
    return min(points, key=lambda place: distance_m(lat, lon, place.lat, place.lon))


def kecamatan_at(lat: float, lon: float) -> Place | None:
    desa = desa_at(lat, lon)
    return find_place(desa.parent) if desa else None
