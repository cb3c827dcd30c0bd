"""Makes the schematic map of a regency: cells around kecamatan centres, a point for each desa. Run by hand, with shapely.

`python -m pendopo.kit.places.schematic` writes `lat`, `lon` and BPS codes into `data/36.04/*.csv` and the GeoJSON that
pages draw. The shapes are our own drawing ("skematis, bukan batas resmi"), replaced when an operator loads a real map.
"""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

HERE = Path(__file__).parent
CODE = "36.04"
# Kemendagri suffix -> (BPS code, latitude, longitude of a rough centre)
CENTRES = {
    "05": ("3604220", -6.060, 106.108),
    "06": ("3604180", -6.098, 106.055),
    "07": ("3604210", -5.968, 106.098),
    "08": ("3604211", -5.905, 106.090),
    "09": ("3604240", -6.115, 106.232),
    "11": ("3604130", -6.138, 106.285),
    "12": ("3604250", -6.030, 106.262),
    "13": ("3604270", -6.000, 106.330),
    "14": ("3604271", -6.030, 106.395),
    "15": ("3604120", -6.205, 106.372),
    "16": ("3604121", -6.163, 106.335),
    "17": ("3604260", -6.085, 106.352),
    "18": ("3604261", -6.098, 106.408),
    "19": ("3604060", -6.245, 106.215),
    "20": ("3604061", -6.290, 106.265),
    "22": ("3604050", -6.250, 106.140),
    "23": ("3604080", -6.205, 106.268),
    "24": ("3604090", -6.258, 106.305),
    "25": ("3604110", -6.325, 106.405),
    "26": ("3604100", -6.280, 106.385),
    "27": ("3604030", -6.235, 106.035),
    "28": ("3604040", -6.195, 106.080),
    "29": ("3604020", -6.235, 105.965),
    "30": ("3604200", -6.080, 105.925),
    "31": ("3604010", -6.185, 105.890),
    "32": ("3604190", -6.105, 105.985),
    "33": ("3604041", -6.165, 106.030),
    "34": ("3604091", -6.240, 106.335),
    "35": ("3604251", -6.070, 106.290),
}
NEIGHBOURS = {"Kota Serang": (-6.125, 106.155), "Kota Cilegon": (-6.015, 106.035)}
ROADS = {
    "Jalan nasional Serang–Jakarta": [(106.155, -6.125), (106.232, -6.125), (106.285, -6.145), (106.335, -6.175), (106.372, -6.205), (106.43, -6.215)],
    "Jalan Anyer–Cinangka": [(106.0, -6.03), (105.93, -6.07), (105.885, -6.12), (105.85, -6.18), (105.83, -6.235)],
    "Jalan Serang–Pandeglang": [(106.155, -6.125), (106.14, -6.19), (106.135, -6.25), (106.12, -6.3)],
    "Jalan Ciruas–Pontang–Tirtayasa": [(106.232, -6.12), (106.25, -6.06), (106.262, -6.03), (106.33, -6.005)],
    "Jalan Serang–Bojonegara": [(106.155, -6.1), (106.12, -6.05), (106.1, -5.97), (106.09, -5.91)],
}


def main() -> None:
    from shapely import MultiPoint, Point, Polygon, voronoi_polygons
    from shapely.geometry import mapping
    from shapely.ops import unary_union

    folder = HERE / "data" / CODE
    centres = {f"{CODE}.{suffix}": Point(lon, lat) for suffix, (_bps, lat, lon) in CENTRES.items()}
    others = {name: Point(lon, lat) for name, (lat, lon) in NEIGHBOURS.items()}
    outline = unary_union([point.buffer(0.058, 24) for point in [*centres.values(), *others.values()]]).buffer(0.02).buffer(-0.02).simplify(0.002)
    if not isinstance(outline, Polygon):
        outline = max(outline.geoms, key=lambda part: part.area)
    cells = voronoi_polygons(MultiPoint([*centres.values(), *others.values()]), extend_to=outline.envelope.buffer(0.3))
    shapes = {}
    for name, point in {**centres, **others}.items():
        cell = next(cell for cell in cells.geoms if cell.contains(point))
        shapes[name] = cell.intersection(outline).simplify(0.0005)
    names = _rewrite(
        folder / "kecamatan.csv",
        lambda row: {"bps": CENTRES[row["code"][-2:]][0], "lat": f"{centres[row['code']].y:.5f}", "lon": f"{centres[row['code']].x:.5f}"},
    )
    _place_desa(folder / "desa.csv", shapes, centres)
    features = []
    for name, shape in shapes.items():
        kind = "kecamatan" if name in centres else "tetangga"
        properties = {"kind": kind, "code": name if name in centres else "", "name": names.get(name, name)}
        features.append({"type": "Feature", "properties": properties, "geometry": _rounded(mapping(shape))})
    for name, line in ROADS.items():
        features.append({"type": "Feature", "properties": {"kind": "jalan", "name": name}, "geometry": {"type": "LineString", "coordinates": line}})
    collection = {"type": "FeatureCollection", "note": "Skematis, bukan batas resmi.", "features": features}
    target = HERE.parents[1] / "layout" / "static" / "kit" / "base.geojson"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(collection, ensure_ascii=False, separators=(",", ":")), "utf-8")


def _rewrite(path: Path, more) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [{**{k: row[k] for k in ("code", "name")}, **more(row)} for row in csv.DictReader(file)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return {row["code"]: row["name"] for row in rows}


def _place_desa(path: Path, shapes, centres) -> None:
    """Points on a sunflower inside the cell of their kecamatan, always the same."""
    from shapely import Point

    groups: dict[str, list[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            groups.setdefault(row["code"][:8], []).append(row["code"])
    places: dict[str, tuple[float, float]] = {}
    for kecamatan, codes in groups.items():
        centre, shape = centres[kecamatan], shapes[kecamatan].buffer(-0.004)
        for n, code in enumerate(codes):
            radius, angle = 0.055 * math.sqrt((n + 0.4) / len(codes)), n * 2.399963
            point = Point(centre.x + radius * math.cos(angle), centre.y + radius * math.sin(angle))
            while not shape.contains(point):
                point = Point(centre.x + (point.x - centre.x) * 0.9, centre.y + (point.y - centre.y) * 0.9)
            places[code] = (round(point.y, 5), round(point.x, 5))
    _rewrite(path, lambda row: {"lat": places[row["code"]][0], "lon": places[row["code"]][1]})


def _rounded(geometry: dict) -> dict:
    def go(value):
        return [go(item) for item in value] if isinstance(value, list | tuple) else round(value, 4)

    return {"type": geometry["type"], "coordinates": go(geometry["coordinates"])}


if __name__ == "__main__":
    main()
