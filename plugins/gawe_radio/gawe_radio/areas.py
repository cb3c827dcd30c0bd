"""For whom a word is: kecamatan, found from a line drawn around them.

Where official boundaries are loaded (`pendopo.kit.places.kecamatan_shapes`) they decide; until then the points of desa and
kecamatan do, which is less exact at the edges, and whoever uses it says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pendopo import N_, InvalidInput
from pendopo.kit.places import desa_list, kecamatan_at, kecamatan_list, kecamatan_shapes

if TYPE_CHECKING:
    from shapely import Point, Polygon

PAIR = re.compile(r"(-?\d{1,2}(?:\.\d{1,12})?)\s*,\s*(-?\d{1,3}(?:\.\d{1,12})?)")
MOST_CORNERS = 100
DEGREE_KM = 111.0  # of latitude; of longitude nearly the same at the equator

Corners = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Found:
    """Kecamatan that a shape touches. `exact`: by boundaries, not by points."""

    codes: tuple[str, ...]
    exact: bool


def read_polygon(text: str) -> list[list[float]]:
    """Corners as typed or drawn, "lat,lon" with spaces or new lines between them; [] for none. Raises InvalidInput."""
    if not text.strip():
        return []
    if PAIR.sub("", text).strip(" \t\r\n;"):
        raise InvalidInput(N_("Tulis tiap titik sebagai lintang,bujur, misalnya -6.05,105.92, dipisahkan spasi atau baris baru."), field="polygon")
    corners = [[round(float(lat), 5), round(float(lon), 5)] for lat, lon in PAIR.findall(text)]
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    check_polygon(corners)
    return corners


def check_polygon(corners: Corners) -> None:
    """Three to a hundred corners on the globe whose line does not cross itself. Raises InvalidInput."""
    if not 3 <= len(corners) <= MOST_CORNERS or not all(-90 <= lat <= 90 and -180 <= lon <= 180 for lat, lon in corners):
        raise InvalidInput(N_("Garis wilayah perlu 3 sampai 100 titik."), field="polygon")
    drawn = _polygon(corners)
    if not drawn.is_valid or not drawn.area:
        raise InvalidInput(N_("Garis wilayah bersilangan atau tidak punya luas. Gambar ulang."), field="polygon")


def write_polygon(corners: Corners) -> str:
    return "\n".join(f"{lat},{lon}" for lat, lon in corners)


def closed(corners: Corners) -> str:
    """As CAP 1.2 wants it: "lat,lon lat,lon …", the first corner again at the end."""
    return " ".join(f"{lat},{lon}" for lat, lon in [*corners, corners[0]])


def kecamatan_in(corners: Corners, *, spare_km: float = 0.0) -> Found:
    """The kecamatan that a polygon touches. `spare_km`: how much wider it is taken where only points are known."""
    return touching(_polygon(corners), spare_km=spare_km)


def kecamatan_near(lat: float, lon: float, radius_km: float, *, spare_km: float = 0.0) -> Found:
    """The kecamatan that a circle touches."""
    from shapely import Point

    return touching(Point(lon, lat).buffer(max(radius_km, 0.1) / DEGREE_KM), spare_km=spare_km)


def touching(area: Any, *, spare_km: float = 0.0) -> Found:
    from shapely import prepare
    from shapely.geometry import shape

    area = area if area.is_valid else area.buffer(0)  # of others' drawings no one asks to be drawn again
    if shapes := kecamatan_shapes():
        prepare(area)
        return Found(tuple(code for code in sorted(shapes) if area.intersects(shape(shapes[code]))), True)
    codes = _holding_points(area)
    if not codes and (nearest := kecamatan_at(area.centroid.y, area.centroid.x)):
        codes = {nearest.code}
    if spare_km:
        codes |= _holding_points(area.buffer(spare_km / DEGREE_KM))
    return Found(tuple(sorted(codes)), False)


def _holding_points(area: Any) -> set[str]:
    from shapely import prepare

    prepare(area)
    return {code for code, point in _points() if area.intersects(point)}


def _polygon(corners: Corners) -> Polygon:
    from shapely import Polygon

    return Polygon([(lon, lat) for lat, lon in corners])


def _points() -> Iterable[tuple[str, Point]]:
    return _points_of(tuple((place.code[:8], place.lat, place.lon) for place in (*kecamatan_list(), *desa_list()) if place.lat is not None))


@lru_cache(maxsize=4)
def _points_of(places: tuple[tuple[str, float, float], ...]) -> tuple[tuple[str, Point], ...]:
    from shapely import Point

    return tuple((code, Point(lon, lat)) for code, lat, lon in places)
