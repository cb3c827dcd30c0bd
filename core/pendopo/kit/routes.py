"""Addresses of the kit: files that people handed in, desa of a kecamatan, the desa at a point."""

from __future__ import annotations

import math

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import attachments, places


def show_attachment(request: Request) -> Response:
    return attachments.serve(request, request.path_params["token"])


def show_thumbnail(request: Request) -> Response:
    return attachments.serve(request, request.path_params["token"], small=True)


def place_at(request: Request) -> Response:
    """The desa nearest to `?lat=&lon=`; an empty object where there is none."""
    try:
        lat, lon = float(request.query_params["lat"]), float(request.query_params["lon"])
    except (KeyError, ValueError):
        lat = lon = math.nan
    if not (math.isfinite(lat) and math.isfinite(lon)):
        return JSONResponse({"title": "lat, lon"}, 422)
    desa = places.desa_at(lat, lon)
    return JSONResponse({"code": desa.code, "name": places.place_name(desa.code), "kecamatan": desa.parent} if desa else {})


def search(request: Request) -> Response:
    """Places by name, for `?q=`."""
    found = places.search_places(request.query_params.get("q", "")[:60])
    return JSONResponse([{"code": place.code, "name": places.place_name(place.code), "kind": place.kind} for place in found])


routes = [
    Route("/lampiran/{token}", show_attachment, name="kit:attachment"),
    Route("/lampiran/{token}/kecil", show_thumbnail, name="kit:thumbnail"),
    Route("/wilayah/di", place_at, name="kit:place_at"),
    Route("/wilayah/cari", search, name="kit:places"),
]
