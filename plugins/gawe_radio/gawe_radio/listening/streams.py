"""The addresses that players know: the streams, HLS, listening later, and what playlists and directories read.

Every web process has its own ear at the engine, and hands it to many.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from pendopo import NotFound, _
from pendopo.http import whole_url
from pendopo.kit import settings
from pendopo_stream.playback import Playback
from pendopo_stream.relay import AudioResponse, Hub, ReplayResponse, hls, playlist_m3u, playlist_pls, status_json
from pendopo_stream.relay.http import moment
from pendopo_stream.relay.server import position_of

from .. import companion
from ..addresses import station_name

OPEN = {"Access-Control-Allow-Origin": "*"}
GENRE = "Pelayanan publik"
PATHS = {"mp3": "/stream.mp3", "opus": "/low.opus"}


def _portal(request: Request) -> Any:
    return request.app.state.portal


def _page(request: Request) -> str:
    return whole_url("/radio/")


def _listeners_url(request: Request) -> str:
    """Where listeners are sent: the station's own port if the operator named one, else here. Without a slash at the end."""
    return (settings.value(request.state.db, "radio.pendengar_url") or _page(request)).rstrip("/")


def _streams(request: Request) -> list[tuple[str, str, str]]:
    """(mount, name, address) of what is offered."""
    hub, base = companion.hub, _listeners_url(request)
    names = {"mp3": station_name(request), "opus": _("%(name)s (hemat data)") % {"name": station_name(request)}}
    return [(mount, name, base + PATHS[mount]) for mount, name in names.items() if hub is None or hub.offers(mount)]


# ------------------------------------------------------------------------------------------------------------- sound


def _sound(request: Request, mount: str) -> Response:
    hub = companion.hub
    if hub is None:
        return PlainTextResponse(_("Radio sedang tidak mengudara. Coba lagi sebentar lagi.") + "\n", 503, {"Retry-After": "5", **OPEN})
    if not hub.offers(mount):
        raise NotFound()
    return AudioResponse(
        hub, mount, live=request.query_params.get("live") == "1", start=position_of(request.query_params.get("posisi", "")), **_about(request)
    )


def _about(request: Request) -> dict[str, Any]:
    return {"name": station_name(request), "url": _page(request), "genre": GENRE, "icy": request.headers.get("icy-metadata") == "1"}


async def stream(request: Request) -> Response:
    return _sound(request, "mp3")


async def low(request: Request) -> Response:
    return _sound(request, "opus")


async def area(request: Request) -> Response:
    """The programme with the announcements of one kecamatan."""
    return _sound(request, f"mp3@{request.path_params['code']}")


async def replay(request: Request) -> Response:
    """Listening later: `detik` seconds ago, or `sejak` a moment (Unix), as far back as the operator allows."""
    hub = companion.hub
    if hub is None:
        return PlainTextResponse(_("Radio sedang tidak mengudara. Coba lagi sebentar lagi.") + "\n", 503, {"Retry-After": "5", **OPEN})
    return ReplayResponse(hub, hub.home, await _asked_moment(request), **_about(request))


async def _asked_moment(request: Request) -> datetime:
    ago, since = _number(request, "detik"), _number(request, "sejak")
    if ago is None and since is None:
        raise NotFound()
    most = await _portal(request).answering.in_thread(_most_minutes, _portal(request))
    return moment(request.state.now, seconds_ago=None if ago is None else int(ago), since=since, most_minutes=most)


def _most_minutes(portal: Any) -> int:
    with portal.db.session(write=False) as db:
        return settings.value(db, "radio.ulang_menit")


def _number(request: Request, name: str) -> float | None:
    text = request.query_params.get(name, "")
    return min(float(text), 4e9) if text.isascii() and text.replace(".", "", 1).isdigit() else None


# --------------------------------------------------------------------------------------------------------------- HLS


async def segments(request: Request) -> Response:
    hub = companion.hub
    if hub is None:
        raise NotFound()
    found = await hls.answer(hub, request.path_params["path"])
    if found.status == 404:
        raise NotFound()
    retry = {"Retry-After": "5"} if found.status == 503 else {}
    return Response(found.body, found.status, {**OPEN, "Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": found.cache, **retry}, found.kind)


# ---------------------------------------------------------------------------------------------------------- machines


def status(request: Request) -> Response:
    """What Icecast answers, so that directories and apps work unchanged. `mount=/stream.mp3` asks for one."""
    hub = companion.hub or Hub(_portal(request).settings.home / "radio")
    asked = request.query_params.get("mount", "").removeprefix("/radio")
    config = _portal(request).settings
    return JSONResponse(status_json(
        hub, name=station_name(request), description=_("Suara warga %(regency)s") % {"regency": config.regency.name}, genre=GENRE, admin=config.mail_from,
        host=urlsplit(config.public_url).hostname or "", url=_page(request),
        mounts={mount: address for mount, _name_of, address in _streams(request) if asked in ("", PATHS[mount])},
    ), headers=OPEN)


async def now_json(request: Request) -> Response:
    """What plays, and where in the sound this process is; with `sejak` or `detik` also where that moment lies in the recording."""
    hub = companion.hub
    answer: dict[str, Any] = companion.now_playing(hub)
    if hub is not None:
        answer = {**answer, **hub.where(), "join_low_ms": hub.where("opus")["join_ms"]}
    if hub is not None and ("sejak" in request.query_params or "detik" in request.query_params):
        heard = await asyncio.to_thread(Playback, hub.home, await _asked_moment(request))
        if heard.since is not None:
            answer["heard"] = {"since": heard.since.astimezone(UTC).isoformat(), "run": heard.run, "position_ms": heard.position_ms}
    return JSONResponse(answer, headers={**OPEN, "Cache-Control": "no-store"})


def m3u(request: Request) -> Response:
    return PlainTextResponse(playlist_m3u([(name, address) for _mount, name, address in _streams(request)]), media_type="audio/x-mpegurl")


def pls(request: Request) -> Response:
    return PlainTextResponse(playlist_pls([(name, address) for _mount, name, address in _streams(request)]), media_type="audio/x-scpls")


routes = [
    Route("/stream.mp3", stream, name="radio:stream"),
    Route("/low.opus", low, name="radio:low"),
    Route("/low.ogg", low),
    Route("/area/{code}.mp3", area, name="radio:area"),
    Route("/ulang.mp3", replay, name="radio:mundur"),
    Route("/hls/{path:path}", segments, name="radio:hls"),
    Route("/status-json.xsl", status, name="radio:status"),
    Route("/now.json", now_json, name="radio:now"),
    Route("/dengar.m3u", m3u, name="radio:m3u"),
    Route("/dengar.pls", pls, name="radio:pls"),
]
