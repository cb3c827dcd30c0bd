"""Listeners over HTTP in a web process: an endless answer that any player takes."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.responses import Response

from ..playback import BYTES_PER_MS, Playback
from .ears import Ears
from .fan import SLOW_S
from .formats import OLD_LENGTH, audio_headers
from .hearing import take_over
from .icy import IcyWriter
from .ring import FellBehind

FIRST_SOUND_S = 6.0
AHEAD_S = 4.0
AWAY = "Radio sedang tidak mengudara. Coba lagi sebentar lagi.\n"


class _Endless(Response, ABC):
    """What both kinds of sound have in common: headers, players of HTTP/1.0, HEAD, and who hangs up."""

    def __init__(self, mount: str, *, name: str = "", url: str = "", genre: str = "", icy: bool = False, headers: dict[str, str] | None = None) -> None:
        self.mount, self.icy = mount, icy and mount.startswith("mp3")
        super().__init__(None, 200, {**audio_headers(mount, name=name, url=url, genre=genre, icy=self.icy), **(headers or {})})
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
        if not await self._ready():
            away = Response(AWAY, 503, {"Retry-After": "5", "Access-Control-Allow-Origin": "*"}, "text/plain")
            return await away(scope, receive, send)
        try:
            await self._sound(receive, send)
        except (FellBehind, TimeoutError):
            pass  # too slow: the connection is cut without an end, so that a player tries again
        except OSError:
            pass  # the listener hung up while we wrote
        except asyncio.CancelledError:
            pass  # the server ends, and this answer with it: nothing of ours is left to undo

    @abstractmethod
    async def _ready(self) -> bool:
        """Whether there is something to hear."""

    @abstractmethod
    async def _sound(self, receive: Any, send: Any) -> None:
        """The answer itself, until somebody ends it."""

    async def _begin(self, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})

    async def _send(self, send: Any, data: bytes) -> bool:
        """Send `data`; False when the length that was told is used up."""
        if self._left is not None:
            if len(data) > self._left:
                return False
            self._left -= len(data)
        if data:
            async with asyncio.timeout(SLOW_S):
                await send({"type": "http.response.body", "body": data, "more_body": True})
        return True

    async def _end(self, send: Any, gone: asyncio.Future[None]) -> None:
        if not gone.done() and self._left is None:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class AudioResponse(_Endless):
    """The station for one listener: a burst, then what comes, once or twice a second, without an end.

    `live`: no burst and four writes a second, the least delay. `start`: (run, position in ms) where to begin, as long as the
    ring holds it. A listener who does not read for half a minute is dropped.
    """

    def __init__(self, hub: Ears, mount: str = "mp3", *, live: bool = False, start: tuple[str, int] = ("", 0), **about: Any) -> None:
        super().__init__(mount, **about)
        self.hub, self.live, self.start = hub, live, start

    async def _ready(self) -> bool:
        return await self.hub.wait_for_sound(self.mount, FIRST_SOUND_S)

    async def _sound(self, receive: Any, send: Any) -> None:
        ring = self.hub.rings[self.mount]
        at = self.hub.join_at(self.mount, *self.start, live=self.live)
        self.headers["X-Posisi"] = f"{ring.run_of(at)}:{ring.position_ms(at)}"
        await self._begin(send)
        icy = IcyWriter() if self.icy else None
        data, at = ring.begin(at)
        if not await self._send(send, icy.feed(data, self.hub.title) if icy else data):
            return
        taken = take_over(receive, self.hub)
        if taken is None:
            return await self._by_messages(receive, send, at, icy)
        hearing, chunked = taken
        hearing.hear(self.mount, self.live, at, chunked=chunked, icy=icy, left=self._left)

    async def _by_messages(self, receive: Any, send: Any, at: int, icy: IcyWriter | None) -> None:
        ring, gone = self.hub.rings[self.mount], asyncio.ensure_future(_gone(receive))
        self.hub.count(+1, self.mount)
        try:
            while not gone.done() and not self.hub.ended:
                await self.hub.tick()
                data, at = ring.read(at)
                if not await self._send(send, icy.feed(data, self.hub.title) if icy else data):
                    return
            await self._end(send, gone)
        finally:
            self.hub.count(-1, self.mount)
            gone.cancel()


class ReplayResponse(_Endless):
    """The station as it was: from the recording, beginning at `at`, on and on at the speed of sound."""

    def __init__(self, hub: Ears, home: Path, at: datetime, **about: Any) -> None:
        super().__init__("mp3", **about)
        self.hub, self.home, self.at = hub, home, at

    async def _ready(self) -> bool:
        self._playback = await asyncio.to_thread(Playback, self.home, self.at)
        return self._playback.since is not None

    async def _sound(self, receive: Any, send: Any) -> None:
        playback = self._playback
        if playback.since is None:
            return
        self.headers["X-Sejak"] = playback.since.isoformat(timespec="milliseconds")
        self.headers["X-Posisi"] = f"{playback.run}:{playback.position_ms}"
        await self._begin(send)
        icy = IcyWriter() if self.icy else None
        gone = asyncio.ensure_future(_gone(receive))
        self.hub.count(+1, "ulang")
        began, sent = asyncio.get_running_loop().time(), 0
        try:
            while not gone.done() and not self.hub.ended:
                due = int((asyncio.get_running_loop().time() - began + AHEAD_S) * 1000) * BYTES_PER_MS
                data = await asyncio.to_thread(playback.read, due - sent) if due > sent else b""
                sent += len(data)
                if not await self._send(send, icy.feed(data, "") if icy else data):
                    return
                await asyncio.wait((gone,), timeout=1.0)
            await self._end(send, gone)
        finally:
            self.hub.count(-1, "ulang")
            gone.cancel()


def moment(now: datetime, *, seconds_ago: int | None, since: float | None, most_minutes: int) -> datetime:
    """The moment that a listener asked for, at most `most_minutes` back and never ahead of now."""
    oldest = now - timedelta(minutes=most_minutes)
    wanted = now - timedelta(seconds=seconds_ago) if seconds_ago is not None else datetime.fromtimestamp(since or 0, now.tzinfo)
    return min(max(wanted, oldest), now)


async def _gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
