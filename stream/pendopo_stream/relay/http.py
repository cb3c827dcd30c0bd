"""Listeners over HTTP: an endless answer that any player takes, playlists, and Icecast's status."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from starlette.responses import Response

from ..wire import BITRATES, CONTENT_TYPES
from .hub import Hub
from .icy import METAINT, IcyWriter
from .ring import FellBehind

BURST_S = 2.0
SLOW_S = 30.0
FIRST_SOUND_S = 6.0
OLD_LENGTH = 2**31 - 1


class AudioResponse(Response):
    """The station for one listener: a burst of two seconds, then what comes, twice a second, without an end.

    `burst_s=0` gives the least delay (monitors). A listener who does not read for half a minute is dropped.
    """

    def __init__(self, hub: Hub, mount: str = "mp3", *, name: str = "", url: str = "", genre: str = "", icy: bool = False, burst_s: float = BURST_S) -> None:
        self.hub, self.mount, self.icy, self.burst_s = hub, mount, icy and mount == "mp3", burst_s
        headers = {
            "Content-Type": CONTENT_TYPES[mount], "Cache-Control": "no-store", "Accept-Ranges": "none", "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": "icy-metaint, icy-name, icy-br", "Cross-Origin-Resource-Policy": "cross-origin", "X-Accel-Buffering": "no",
            "icy-name": _latin(name), "icy-url": _latin(url), "icy-genre": _latin(genre), "icy-br": str(BITRATES[mount] // 1000), "icy-pub": "1",
        }
        if self.icy:
            headers["icy-metaint"] = str(METAINT)
        super().__init__(None, 200, headers)
        del self.headers["content-length"]

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        # Players of HTTP/1.0 know no chunks, and servers send chunks where no length is given: so they are given one that
        # lasts three days, as the greatest number that old players can hold.
        self._left = OLD_LENGTH if scope.get("http_version") == "1.0" else None
        if self._left is not None:
            self.headers["Content-Length"] = str(self._left)
        if scope["method"] == "HEAD":
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            return await send({"type": "http.response.body", "body": b""})
        if not await self.hub.wait_for_sound(self.mount, FIRST_SOUND_S):
            away = Response("Radio sedang tidak mengudara. Coba lagi sebentar lagi.\n", 503, {"Retry-After": "5"}, "text/plain")
            return await away(scope, receive, send)
        gone = asyncio.ensure_future(_gone(receive))
        self.hub.count(+1)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await self._stream(send, gone)
            if not gone.done() and self._left is None:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (FellBehind, TimeoutError):
            pass  # too slow: the connection is cut without an end, so that a player tries again
        except OSError:
            pass  # the listener hung up while we wrote
        except asyncio.CancelledError:
            pass  # the server ends, and this answer with it: nothing of ours is left to undo
        finally:
            self.hub.count(-1)
            gone.cancel()

    async def _stream(self, send: Any, gone: asyncio.Future[None]) -> None:
        ring = self.hub.rings[self.mount]
        at = ring.join(self.burst_s)
        icy = IcyWriter() if self.icy else None
        lead = b"".join(ring.headers)
        while not gone.done() and not self.hub.ended:
            data, at = ring.read(at)
            data, lead = lead + data, b""
            if data:
                if icy is not None:
                    data = icy.feed(data, self.hub.title)
                if self._left is not None:
                    if len(data) > self._left:
                        return
                    self._left -= len(data)
                async with asyncio.timeout(SLOW_S):
                    await send({"type": "http.response.body", "body": data, "more_body": True})
            await self.hub.tick()


async def _gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _latin(text: str) -> str:
    return text.encode("latin-1", "replace").decode("latin-1").replace("\r", " ").replace("\n", " ")


def playlist_m3u(name: str, urls: list[str]) -> str:
    lines = ["#EXTM3U"]
    for url in urls:
        lines += [f"#EXTINF:-1,{name}", url]
    return "\n".join(lines) + "\n"


def playlist_pls(name: str, urls: list[str]) -> str:
    lines = ["[playlist]", f"NumberOfEntries={len(urls)}"]
    for number, url in enumerate(urls, 1):
        lines += [f"File{number}={url}", f"Title{number}={name}", f"Length{number}=-1"]
    return "\n".join([*lines, "Version=2"]) + "\n"


def status_json(hub: Hub, *, name: str, description: str, genre: str, admin: str, mounts: dict[str, str]) -> dict[str, Any]:
    """What Icecast answers at /status-json.xsl. `mounts`: mount -> its full address."""
    began = hub.state.get("began", "")
    started = datetime.fromisoformat(began) if began else None
    sources = [
        {
            "bitrate": BITRATES[mount] // 1000, "genre": genre, "listeners": hub.listeners if mount == "mp3" else 0,
            "listenurl": url, "server_description": description, "server_name": name, "server_type": CONTENT_TYPES[mount],
            "stream_start_iso8601": started.strftime("%Y-%m-%dT%H:%M:%S%z") if started else None, "title": hub.title, "channels": 1, "samplerate": 48000,
        }
        for mount, url in mounts.items()
        if hub.connected
    ]
    return {"icestats": {
        "admin": admin, "host": "", "location": name, "server_id": "pendopo-stream",
        "server_start_iso8601": started.strftime("%Y-%m-%dT%H:%M:%S%z") if started else None,
        "source": sources[0] if len(sources) == 1 else sources,
    }}
