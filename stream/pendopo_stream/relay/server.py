"""The station's own listener port: a plain protocol that carries thousands of listeners in one small process."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from . import hls
from .ears import Ears
from .formats import audio_headers, playlist_m3u, playlist_pls, status_json
from .hearing import Hearing
from .icy import IcyWriter
from .ring import FellBehind

BACKLOG = 4096
LONGEST_REQUEST = 8192
REQUEST_S = 10.0
FIRST_SOUND_S = 6.0
STREAMS = {
    "/stream.mp3": "mp3", "/radio/stream.mp3": "mp3", "/low.opus": "opus", "/low.ogg": "opus", "/radio/low.opus": "opus", "/radio/low.ogg": "opus",
}
REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}


@dataclass
class About:
    """What players are told of the station. `url`: the address of this port as listeners know it."""

    name: str = "Radio"
    url: str = ""
    genre: str = ""
    description: str = ""
    admin: str = ""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)


class Connection(Hearing):
    """One connection: a request, then the stream or one short answer."""

    __slots__ = ("about", "buffer", "timer")

    def __init__(self, ears: Ears, about: About) -> None:
        super().__init__(ears)
        self.about = about
        self.buffer: bytes | None = b""
        self.timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.timer = asyncio.get_running_loop().call_later(REQUEST_S, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        if self.buffer is None:
            return  # a listener has nothing more to say
        self.buffer += data
        head, end, _ = self.buffer.partition(b"\r\n\r\n")
        if end:
            self.buffer = None
            self._settled()
            self._request(head)
        elif len(self.buffer) > LONGEST_REQUEST:
            self.buffer = None
            self._answer(400, b"")

    def _settled(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def connection_lost(self, error: Exception | None) -> None:
        self._settled()
        super().connection_lost(error)

    # ------------------------------------------------------------------ requests

    def _request(self, head: bytes) -> None:
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            return self._answer(400, b"")
        if words[0] not in ("GET", "HEAD"):
            return self._answer(405, b"")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        parts = urlsplit(words[1])
        path, query = unquote(parts.path), parse_qs(parts.query)
        mount = STREAMS.get(path) or _area(path)
        if mount is not None and self.ears.offers(mount):
            icy = headers.get("icy-metadata") == "1" and mount.startswith("mp3")
            if words[0] == "HEAD":
                return self._head(self._stream_head(mount, icy, ""))
            return self._later(self._listen(mount, icy, query))
        self._later(self._other(path, words[0] == "HEAD", headers.get("host", "")))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        """A task for as long as an answer is being made; a listener has none."""
        task = asyncio.get_running_loop().create_task(work)
        self.about.tasks.add(task)
        task.add_done_callback(self.about.tasks.discard)

    def _stream_head(self, mount: str, icy: bool, position: str) -> bytes:
        about = self.about
        headers = audio_headers(mount, name=about.name, url=about.url, genre=about.genre, icy=icy)
        lines = [f"{name}: {value}\r\n" for name, value in {**headers, **({"X-Posisi": position} if position else {})}.items()]
        return f"HTTP/1.0 200 OK\r\nConnection: close\r\n{''.join(lines)}\r\n".encode("latin-1")

    def _head(self, head: bytes) -> None:
        self.transport.write(head)
        self.transport.close()

    async def _listen(self, mount: str, icy: bool, query: dict[str, list[str]]) -> None:
        """Give the burst; from then on the hub writes, and no task is left."""
        if not await self.ears.wait_for_sound(mount, FIRST_SOUND_S):
            return self._answer(503, b"", retry=True)
        if self.transport.is_closing():
            return
        live = query.get("live") == ["1"]
        at = self.ears.join_at(mount, *position_of(query.get("posisi", [""])[0]), live=live)
        ring = self.ears.rings[mount]
        head = self._stream_head(mount, icy, f"{ring.run_of(at)}:{ring.position_ms(at)}")
        try:
            data, at = ring.begin(at)
        except FellBehind:
            return self._answer(503, b"", retry=True)
        writer = IcyWriter() if icy else None
        self.transport.write(head + (writer.feed(data, self.ears.title) if writer else data))
        self.hear(mount, live, at, icy=writer)

    async def _other(self, path: str, head_only: bool, host: str) -> None:
        about, base = self.about, self.about.url or f"http://{host}"
        addresses = {mount: base + path for path, mount in (("/stream.mp3", "mp3"), ("/low.opus", "opus")) if self.ears.offers(mount)}
        if path == "/status-json.xsl":
            status = status_json(
                self.ears, name=about.name, description=about.description, genre=about.genre, admin=about.admin, host=host.partition(":")[0],
                mounts=addresses, url=about.url,
            )
            return self._answer(200, json.dumps(status).encode(), "application/json", head_only=head_only)
        if path == "/healthz":
            ok = self.ears.connected
            return self._answer(200 if ok else 503, b"ok\n" if ok else b"no sound\n", head_only=head_only)
        if path in ("/", "/dengar.m3u", "/dengar.pls"):
            streams = [(about.name, address) for address in addresses.values()]
            text, kind = (playlist_pls(streams), "audio/x-scpls") if path.endswith(".pls") else (playlist_m3u(streams), "audio/x-mpegurl")
            return self._answer(200, text.encode(), kind, head_only=head_only)
        for prefix in ("/hls/", "/radio/hls/"):
            if path.startswith(prefix):
                found = await hls.answer(self.ears, path.removeprefix(prefix))
                return self._answer(found.status, found.body, found.kind, found.cache, head_only=head_only)
        self._answer(404, b"Not found\n", head_only=head_only)

    def _answer(self, status: int, body: bytes, kind: str = "text/plain", cache: str = "no-store", *, head_only: bool = False, retry: bool = False) -> None:
        if self.transport.is_closing():
            return
        head = (
            f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nCache-Control: {cache}\r\n"
            f"Access-Control-Allow-Origin: *\r\n{'Retry-After: 5' + chr(13) + chr(10) if retry else ''}Connection: close\r\n\r\n"
        )
        self.transport.write(head.encode("latin-1") + (b"" if head_only else body))
        self.transport.close()


def _area(path: str) -> str | None:
    """The mount of `/area/<code>.mp3`."""
    code = path.removeprefix("/radio").removeprefix("/area/").removesuffix(".mp3")
    return f"mp3@{code}" if path.endswith(f"/area/{code}.mp3") and code.replace(".", "").isdigit() else None


def position_of(text: str) -> tuple[str, int]:
    """(run, milliseconds) of `posisi=<run>:<ms>`; ("", 0) where it says nothing."""
    run, _, ms = text.partition(":")
    return (run, int(ms)) if run and ms.isascii() and ms.isdigit() and len(ms) < 16 else ("", 0)


async def serve(ears: Ears, about: About, sockets: list[socket.socket]) -> list[asyncio.Server]:
    """Serve on bound sockets until the servers are closed."""
    loop = asyncio.get_running_loop()
    return [await loop.create_server(lambda: Connection(ears, about), sock=one, backlog=BACKLOG) for one in sockets]


def listen(host: str, port: int) -> socket.socket:
    listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=BACKLOG)
    listener.setblocking(False)
    return listener
