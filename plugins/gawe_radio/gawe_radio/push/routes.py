"""The page on which a device asks for announcements, and the worker that shows them."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from pendopo import InvalidInput
from pendopo.http import body_of, page
from pendopo.kit.places import kecamatan_list

from .. import banners
from . import services

WORKER = __file__.replace("push/routes.py", "static/gawe_radio/push-worker.js")


def devices(request: Request) -> Response:
    from . import secrecy

    return page(
        request, "gawe_radio/push/devices.html", key=secrecy.encode(secrecy.point(services.key().public_key())), kecamatan=kecamatan_list(),
        mine=banners.kecamatan_of(request.state.db, request.user),
    )


def join(request: Request) -> Response:
    given = _json(request)
    services.join(
        request.state.db, given.get("subscription") or {}, kecamatan=str(given.get("kecamatan", "")), language=request.state.language, now=request.state.now,
    )
    return JSONResponse({"ok": True}, 201)


def leave(request: Request) -> Response:
    endpoint = _json(request).get("endpoint")
    if not endpoint or not isinstance(endpoint, str):
        raise InvalidInput(field="endpoint")
    services.leave(request.state.db, endpoint)
    return JSONResponse({"ok": True})


def _json(request: Request) -> dict:
    try:
        given = json.loads(body_of(request) or b"{}")
    except (ValueError, RecursionError) as error:
        raise InvalidInput() from error
    if not isinstance(given, dict):
        raise InvalidInput()
    return given


async def worker(request: Request) -> Response:
    """At this address and not among the static files, so that it may serve the pages of the radio."""
    return FileResponse(WORKER, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


routes = [
    Route("/pemberitahuan/", devices, name="radio:pemberitahuan"),
    Route("/pemberitahuan/perangkat", join, methods=["POST"], name="radio:pemberitahuan.ikut"),
    Route("/pemberitahuan/perangkat/penghapusan", leave, methods=["POST"], name="radio:pemberitahuan.henti"),
    Route("/pekerja.js", worker, name="radio:pekerja"),
]
