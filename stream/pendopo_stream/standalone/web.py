"""The station's addresses."""

from __future__ import annotations

import html
import json
import secrets
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute

from ..announcements import Announcement, TooLong, check_length
from ..relay import AudioResponse, hls, playlist_m3u, status_json
from .station import StationAlone


def make_app(home: Path, engine: str = "") -> Starlette:
    """The ASGI application of a station. Raises BadSettings."""
    station = StationAlone(home.absolute(), engine)

    def about() -> dict[str, str]:
        return {"name": station.settings.name, "url": station.settings.url, "genre": station.settings.genre}

    def mounts(request: Request) -> dict[str, str]:
        root = station.settings.url.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"
        return {"mp3": f"{root}/stream.mp3", "opus": f"{root}/low.opus"}

    async def stream(request: Request) -> Response:
        mount = {"stream.mp3": "mp3", "low.opus": "opus", "low.ogg": "opus"}[request.url.path.strip("/")]
        return AudioResponse(station.hub, mount, icy=request.headers.get("icy-metadata") == "1", live="live" in request.query_params, **about())

    async def pieces(request: Request) -> Response:
        found = await hls.answer(station.hub, request.path_params["path"])
        return Response(found.body, found.status, {"Cache-Control": found.cache, "Access-Control-Allow-Origin": "*"}, found.kind)

    async def status(request: Request) -> Response:
        told = status_json(
            station.hub, name=station.settings.name, description=station.settings.description, genre=station.settings.genre, admin="",
            host=request.url.hostname or "", mounts=mounts(request), url=station.settings.url,
        )
        return JSONResponse(told, headers={"Access-Control-Allow-Origin": "*"})

    async def playlist(request: Request) -> Response:
        streams = [(station.settings.name, address) for address in mounts(request).values()]
        return PlainTextResponse(playlist_m3u(streams), media_type="audio/x-mpegurl")

    async def now(request: Request) -> Response:
        return JSONResponse(station.now(), headers={"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"})

    async def health(request: Request) -> Response:
        return PlainTextResponse("ok\n" if station.hub.connected else "the engine is away\n", 200 if station.hub.connected else 503)

    async def page(request: Request) -> Response:
        return HTMLResponse(_page(station), headers={"Content-Security-Policy": "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'"})

    async def announcement(request: Request) -> Response:
        if not _may(request, station):
            return JSONResponse({"error": "a token is needed"}, 401, {"WWW-Authenticate": "Bearer"})
        if request.method == "DELETE":
            return Response(status_code=204 if await station.cancel(request.path_params["name"]) else 404)
        try:
            data = json.loads(await request.body())
            item = Announcement.from_json({"id": secrets.token_hex(6), **data})
            check_length(item.texts)
        except TooLong as error:
            return JSONResponse({"error": str(error), "reading_s": round(error.reading_s)}, 422)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 422)
        return JSONResponse({"id": item.id, **await station.announce(item)}, 201)

    return Starlette(
        routes=[
            Route("/", page), Route("/stream.mp3", stream), Route("/low.opus", stream), Route("/low.ogg", stream), Route("/hls/{path:path}", pieces),
            Route("/status-json.xsl", status), Route("/dengar.m3u", playlist), Route("/now.json", now), Route("/healthz", health),
            Route("/announcements", announcement, methods=["POST"]), Route("/announcements/{name}", announcement, methods=["DELETE"]),
            WebSocketRoute("/ws", station.sockets.serve),
        ],
        lifespan=station.life,
    )


def _may(request: Request, station: StationAlone) -> bool:
    kind, _, shown = request.headers.get("authorization", "").partition(" ")
    return kind.lower() == "bearer" and secrets.compare_digest(shown.strip().encode(), station.token.encode())


def _page(station: StationAlone) -> str:
    now, name = station.now(), html.escape(station.settings.name)
    held = station.words.holding(datetime.now(UTC))
    words = "".join(f"<li><strong>{html.escape(item.title)}</strong> {html.escape(next(iter(item.texts.values())))}</li>" for item in held)
    return (
        f'<!doctype html><html lang="id"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>{name}</title>'
        "<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;color:#123}audio{width:100%}</style>"
        f"<h1>{name}</h1><p>{html.escape(station.settings.description)}</p><p>{html.escape(now['title'] or 'Sedang tidak mengudara')}</p>"
        f'<audio controls preload="none" src="/stream.mp3"></audio><p><a href="/dengar.m3u">M3U</a> · <a href="/low.opus">24 kbit/s</a> · '
        f'<a href="/hls/live.m3u8">HLS</a></p><ul>{words}</ul>'
    )
