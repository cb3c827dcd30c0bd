"""For tests of listeners: an engine's wire with known sound on it, a web server with a hub, and ears that are bare sockets."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..testing import RATE_HZ, sine
from ..wire import Chunk, pack_chunk, pack_json, read_frame
from . import AudioResponse, Hub, ReplayResponse, hls
from .ears import Ears
from .http import moment
from .server import About, listen, position_of, serve

SEGMENT_MS = 2000
BLOCK = RATE_HZ // 50


def encoded(mount: Any, pitch_hz: float, seconds: float) -> list[Chunk]:
    """A tone as `mount`, an encoder of the engine, makes it."""
    sound = np.broadcast_to(sine(pitch_hz, seconds), (2, int(seconds * RATE_HZ)))
    return [chunk for at in range(0, sound.shape[1], BLOCK) for chunk in mount.feed(sound[:, at : at + BLOCK], at * 1000 // RATE_HZ)]


def segments(folder: Path, pitch_hz: float, count: int, *, first: int, kind: str = "fmp4") -> list[Chunk]:
    """A tone as HLS segments of two seconds, made by ffmpeg: `fmp4` with a header, or `mpegts` without one."""
    folder.mkdir(parents=True)
    subprocess.run([  # noqa: S607  found by name, as in every test
        "ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", f"sine={pitch_hz}:r={RATE_HZ}:d={count * 2 + 1}", "-c:a", "aac", "-b:a", "64k",
        "-f", "hls", "-hls_time", "2", "-hls_list_size", "0", "-hls_segment_type", kind, "-start_number", "10000", "out.m3u8",
    ], cwd=folder, check=True)
    made = [Chunk("hls", first, 0, (folder / "init.mp4").read_bytes(), header=True)] if kind == "fmp4" else []
    files = sorted(path for path in folder.glob("out1*"))[:count]
    return made + [Chunk("hls", first + n, n * SEGMENT_MS, path.read_bytes(), duration_ms=SEGMENT_MS) for n, path in enumerate(files)]


class InThread(ABC):
    """Something that lives on an event loop of its own thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(15)

    @abstractmethod
    async def begin(self) -> None:
        """Start on the loop."""

    @abstractmethod
    async def finish(self) -> None:
        """End on the loop."""

    def __enter__(self) -> Self:
        self._thread.start()
        self.do(self.begin())
        return self

    def __exit__(self, *_: object) -> None:
        self.do(self._finish())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()

    async def _finish(self) -> None:
        await self.finish()
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)


class StubEngine(InThread):
    """Speaks as the engine of `home`: what is put on a mount travels at the speed of sound, from when the run began.

    `commands`: everything that was asked, in order.
    """

    def __init__(self, home: Path, sounds: dict[str, list[Chunk]], run: str = "run1", *, ahead_s: float = 0.0) -> None:
        super().__init__()
        self.home, self.sounds, self.run, self.ahead_s = home, sounds, run, ahead_s
        self.title = "Penala - Nada A"
        self.commands: list[dict[str, Any]] = []
        self._writers: dict[asyncio.StreamWriter, set[str]] = {}
        self._server: asyncio.Server | None = None
        self._speaker: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        self.began = datetime.now(UTC)
        self._start = time.monotonic() - self.ahead_s
        self._given = dict.fromkeys(self.sounds, 0)
        (self.home / "engine.sock").unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, str(self.home / "engine.sock"))
        self._speaker = asyncio.create_task(self._speak())

    async def finish(self) -> None:
        if self._server is not None and self._speaker is not None:
            self._server.close()
            self._speaker.cancel()
            for writer in list(self._writers):
                writer.transport.abort()
            (self.home / "engine.sock").unlink(missing_ok=True)

    def kill(self) -> None:
        self.do(self.finish())

    def restart(self, run: str, sounds: dict[str, list[Chunk]]) -> None:
        self.run, self.sounds = run, sounds
        self.do(self.begin())

    def hurry(self, seconds: float) -> None:
        """Give the next `seconds` of sound at once to whoever hears."""
        self._start -= seconds

    def tell(self, event: dict[str, Any]) -> None:
        async def send() -> None:
            for writer in self._writers:
                writer.write(pack_json({"run": self.run, **event}))

        self.do(send())

    def state(self) -> dict[str, Any]:
        return {"run": self.run, "began": self.began.isoformat(), "now": {"track": {"label": self.title}}, "listeners": {}}

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers[writer] = set()
        writer.write(pack_json({"event": "hello", "mounts": list(self.sounds), **self.state()}))
        try:
            while True:
                command = await read_frame(reader)
                if not isinstance(command, dict):
                    continue
                self.commands.append(command)
                if command["do"] == "listen":
                    self._listen(writer, command["mount"])
                if "re" in command:
                    writer.write(pack_json({"re": command["re"], "ok": command["do"] != "refuse", "error": "no", "echo": command["do"]}))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            self._writers.pop(writer, None)
            writer.close()

    def _listen(self, writer: asyncio.StreamWriter, mount: str) -> None:
        given = self.sounds[mount][: self._given[mount]]
        newest = given[-1].position_ms if given else 0
        for chunk in given:
            if chunk.header or newest - chunk.position_ms <= 4000 or mount == "hls":
                writer.write(pack_chunk(chunk))
        self._writers[writer].add(mount)

    async def _speak(self) -> None:
        said = 0.0
        while True:
            now = time.monotonic()
            for mount, chunks in self.sounds.items():
                while self._given[mount] < len(chunks) and chunks[self._given[mount]].position_ms <= (now - self._start) * 1000:
                    packed = pack_chunk(chunks[self._given[mount]])
                    self._given[mount] += 1
                    for writer, mounts in self._writers.items():
                        if mount in mounts:
                            writer.write(packed)
            if now - said > 1:
                said = now
                for writer in self._writers:
                    writer.write(pack_json({"event": "state", **self.state()}))
            await asyncio.sleep(0.02)


class Port(InThread):
    """The listener port in this process."""

    def __init__(self, make_ears: Callable[[], Ears], about: About | None = None) -> None:
        super().__init__()
        self._make_ears, self.about = make_ears, about or About("Gawe FM")

    async def begin(self) -> None:
        self.ears = self._make_ears()
        self.ears.start()
        bound = listen("127.0.0.1", 0)
        self.port: int = bound.getsockname()[1]
        self._servers = await serve(self.ears, self.about, [bound])

    async def finish(self) -> None:
        for server in self._servers:
            server.close()
        await self.ears.stop()


class Web:
    """One web process in a thread, with a hub: `/mp3`, `/opus`, `/ulang.mp3`, `/hls/...`, `/now.json`."""

    def __init__(self, home: Path, **config: Any) -> None:
        self.hub = Hub(home)

        @contextlib.asynccontextmanager
        async def life(app: Starlette) -> Any:
            self.loop = asyncio.get_running_loop()
            self.hub.start()
            yield
            await self.hub.stop()

        async def segment(request: Any) -> Response:
            found = await hls.answer(self.hub, request.path_params["path"])
            return Response(found.body, found.status, {"Cache-Control": found.cache, "Access-Control-Allow-Origin": "*"}, found.kind)

        async def now(request: Any) -> Response:
            return JSONResponse(self.hub.where())

        async def stream(request: Any) -> Response:
            return AudioResponse(
                self.hub, request.path_params["mount"], live=request.query_params.get("live") == "1", name="Gawe FM",
                start=position_of(request.query_params.get("posisi", "")), icy=request.headers.get("icy-metadata") == "1",
            )

        async def replay(request: Any) -> Response:
            ago = int(request.query_params["detik"])
            return ReplayResponse(self.hub, home, moment(datetime.now(UTC), seconds_ago=ago, since=None, most_minutes=120), name="Gawe FM")

        routes = [Route("/hls/{path:path}", segment), Route("/now.json", now), Route("/ulang.mp3", replay), Route("/{mount}", stream)]
        app = Starlette(routes=routes, lifespan=life)
        self.socket = listen("127.0.0.1", 0)
        self.port: int = self.socket.getsockname()[1]
        self.server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1, ws="none", **config))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join(8)
        self.socket.close()


class Ear:
    """A listener with nothing but a socket."""

    def __init__(self, port: int, path: str, version: str = "1.1", method: str = "GET", **headers: str) -> None:
        self.wire = socket.create_connection(("127.0.0.1", port), 15)
        lines = [f"{method} {path} HTTP/{version}", "Host: x", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
        self.wire.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.buffer, self.ended = b"", False
        while b"\r\n\r\n" not in self.buffer:
            piece = self.wire.recv(65536)
            assert piece, self.buffer
            self.buffer += piece
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        status, *rest = head.decode("latin-1").split("\r\n")
        self.status = int(status.split()[1])
        self.headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in rest)}

    def hear(self, seconds: float) -> bytes:
        """The bytes of the body that come within `seconds`."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self.ended:
            self.wire.settimeout(left)
            try:
                piece = self.wire.recv(65536)
            except TimeoutError:
                break
            self.ended = not piece
            self.buffer += piece
        if self.headers.get("transfer-encoding") != "chunked":
            body, self.buffer = self.buffer, b""
            return body
        self.ended = self.ended or self.buffer.endswith(b"0\r\n\r\n")
        body, self.buffer = unchunk(self.buffer)
        return body

    def hear_bytes(self, count: int, seconds: float = 20) -> bytes:
        """At least `count` bytes of the body, as soon as they are there."""
        end, heard = time.monotonic() + seconds, b""
        while len(heard) < count:
            assert time.monotonic() < end and not self.ended, f"{len(heard)} of {count} bytes"
            heard += self.hear(0.1)
        return heard

    def close(self) -> None:
        self.wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def unchunk(data: bytes) -> tuple[bytes, bytes]:
    body = b""
    while b"\r\n" in data:
        size, rest = data.split(b"\r\n", 1)
        length = int(size, 16)
        if len(rest) < length + 2:
            break
        body, data = body + rest[:length], rest[length + 2 :]
    return body, data


def until(true: Callable[[], Any], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)

