"""Listeners over HTTP, on a real server."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from pathlib import Path
from typing import Self

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from pendopo_stream.relay import (
    AudioResponse,
    Hub,
    playlist_m3u,
    playlist_pls,
)
from pendopo_stream.relay.icy import IcyReader, IcyWriter
from pendopo_stream.relay.ring import FellBehind, Ring
from pendopo_stream.testing import decode, tone_db
from pendopo_stream.wire import Chunk


class Server:
    """One web process in a thread, with a hub."""

    def __init__(self, home: Path) -> None:
        self.hub = Hub(home)
        self.ears: list[Ear] = []

        @contextlib.asynccontextmanager
        async def life(app):
            self.loop = asyncio.get_running_loop()
            self.hub.start()
            yield
            await self.hub.stop()

        async def stream(request):
            return AudioResponse(self.hub, request.path_params["mount"], name="Gawe FM", icy=request.headers.get("icy-metadata") == "1")

        app = Starlette(routes=[Route("/{mount}", stream)], lifespan=life)
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(100)
        self.port = self.socket.getsockname()[1]
        self.server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1, ws="none"))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for ear in self.ears:
            ear.close()
        self.server.should_exit = True
        self.thread.join(8)
        self.socket.close()

    def listen(self, mount: str = "mp3", version: str = "1.1", **headers: str) -> Ear:
        self.ears.append(Ear(self.port, mount, headers, version))
        return self.ears[-1]


class Ear:
    """A listener with nothing but a socket."""

    def __init__(self, port: int, mount: str, headers: dict[str, str], version: str) -> None:
        self.wire = socket.create_connection(("127.0.0.1", port), 15)
        self.wire.settimeout(15)
        lines = [f"GET /{mount} HTTP/{version}", "Host: x", *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items())]
        self.wire.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.buffer, self.ended = b"", False
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.wire.recv(65536)
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        status, *rest = head.decode("latin-1").split("\r\n")
        self.status = int(status.split()[1])
        self.headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in rest)}

    def hear(self, seconds: float) -> bytes:
        """The bytes of the body (chunked) that come within `seconds`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.wire.settimeout(max(0.05, end - time.monotonic()))
            try:
                piece = self.wire.recv(65536)
            except TimeoutError:
                break
            if not piece:
                break
            self.buffer += piece
        self.ended = self.buffer.endswith(b"0\r\n\r\n")
        body, self.buffer = _unchunk(self.buffer) if "transfer-encoding" in self.headers else (self.buffer, b"")
        return body

    def close(self) -> None:
        self.wire.close()


def _unchunk(data: bytes) -> tuple[bytes, bytes]:
    body = b""
    while b"\r\n" in data:
        size, rest = data.split(b"\r\n", 1)
        length = int(size, 16)
        if len(rest) < length + 2:
            break
        body, data = body + rest[:length], rest[length + 2 :]
    return body, data


@pytest.fixture
def server(engine):
    with Server(engine.home) as running:
        yield running


def test_a_listener_hears_two_seconds_at_once_and_then_what_comes(server):
    time.sleep(3)
    ear = server.listen()
    assert (ear.status, ear.headers["content-type"], ear.headers["icy-name"]) == (200, "audio/mpeg", "Gawe FM")
    burst = ear.hear(0.7)
    assert 1.5 < len(burst) / 8000 < 3.5
    sound = decode(burst + ear.hear(2))
    assert tone_db(sound[24_000:96_000], 440) > -20
    ear.close()


def test_titles_come_inside_the_stream_for_those_who_ask(server):
    ear = server.listen(Icy_MetaData="1")
    reader = IcyReader(int(ear.headers["icy-metaint"]))
    sound = b""
    for _ in range(6):
        sound += reader.feed(ear.hear(1))
    assert "Penala - Nada A" in reader.titles
    assert tone_db(decode(sound)[24_000:96_000], 440) > -20
    assert "icy-metaint" not in server.listen().headers


def test_a_player_of_http_1_0_gets_bare_sound_without_chunks(server):
    ear = server.listen(version="1.0")
    assert "transfer-encoding" not in ear.headers
    body = ear.hear(3)
    assert body[0] == 0xFF
    assert tone_db(decode(body)[24_000:96_000], 440) > -20


def test_listeners_are_counted_and_forgotten(server):
    ears = [server.listen() for _ in range(3)]
    _until(lambda: server.hub.listeners == 3)
    for ear in ears:
        ear.close()
    _until(lambda: server.hub.listeners == 0)


def test_a_listener_keeps_the_connection_while_the_engine_is_killed_and_started_again(server, engine):
    ear = server.listen()
    assert ear.hear(1)
    engine.kill()
    ear.hear(1)
    engine.start()
    started = time.monotonic()
    while not ear.hear(0.3):
        assert time.monotonic() - started < 5
    assert tone_db(decode(ear.hear(3))[24_000:96_000], 440) > -20


def test_a_hub_that_is_stopped_ends_its_listeners_answers(server):
    ear = server.listen()
    assert ear.hear(1)
    asyncio.run_coroutine_threadsafe(server.hub.stop(), server.loop).result(5)
    ear.hear(1)
    assert ear.ended


def test_without_an_engine_a_listener_is_told_to_come_back(tmp_path, monkeypatch):
    monkeypatch.setattr("pendopo_stream.relay.http.FIRST_SOUND_S", 0.3)
    with Server(tmp_path) as running:
        ear = running.listen()
        ear.close()
        assert (ear.status, ear.headers["retry-after"]) == (503, "5")


def test_a_listener_who_never_reads_costs_nobody_else_anything(server, monkeypatch):
    monkeypatch.setattr("pendopo_stream.relay.http.SLOW_S", 1.0)
    lazy = socket.socket()
    lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    lazy.connect(("127.0.0.1", server.port))
    lazy.sendall(b"GET /mp3 HTTP/1.1\r\nHost: x\r\n\r\n")
    ear = server.listen()
    assert len(ear.hear(3)) > 20_000
    lazy.close()


def _until(true, seconds: float = 8) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


# ---------------------------------------------------------------- without a server


def test_metadata_survive_any_cut():
    writer, reader = IcyWriter(100), IcyReader(100)
    data = bytes(range(256)) * 5
    stream = writer.feed(data[:700], "Lagu 'satu'; dua") + writer.feed(data[700:], "Lagu tiga")
    out = b"".join(reader.feed(stream[i : i + 7]) for i in range(0, len(stream), 7))
    assert out == data[: len(out)]
    assert len(out) == len(data)
    assert reader.titles == ["Lagu \u2019satu\u2019, dua", "Lagu tiga"]


def test_a_very_long_title_fits_a_metadata_block():
    assert IcyWriter(10).feed(b"0123456789", "é" * 9000)[10] <= 255


def test_a_ring_keeps_thirty_seconds_and_tells_who_fell_behind():
    ring = Ring("mp3")
    for number in range(1, 50):
        ring.put(Chunk("mp3", number, number * 1000, bytes([number])))
    assert ring.end - ring.first == 31
    with pytest.raises(FellBehind):
        ring.read(0)
    data, at = ring.read(ring.join(2))
    assert data == bytes([47, 48, 49])
    assert ring.read(at) == (b"", at)


def test_a_new_run_goes_on_in_the_same_ring():
    ring = Ring("opus")
    ring.put(Chunk("opus", 1, 0, b"H1", header=True))
    ring.put(Chunk("opus", 2, 60_000, b"a"))
    at = ring.end
    ring.new_run()
    ring.put(Chunk("opus", 1, 0, b"H2", header=True))
    ring.put(Chunk("opus", 2, 200, b"b"))
    assert ring.headers == [b"H2"]
    assert ring.read(at)[0] == b"H2b"


def test_playlists_name_every_address():
    assert playlist_m3u([("Gawe FM", "http://x/a.mp3")]).splitlines() == ["#EXTM3U", "#EXTINF:-1,Gawe FM", "http://x/a.mp3"]
    assert "File2=http://x/b" in playlist_pls([("Gawe FM", "http://x/a"), ("hemat", "http://x/b")])


def test_who_connects_again_to_the_same_run_hears_nothing_twice():
    ring = Ring("mp3")
    ring.new_run("r1")
    for sequence in (1, 2, 3, 2, 3, 4):
        ring.put(Chunk("mp3", sequence, sequence * 20, bytes([sequence])))
    assert ring.read(0)[0] == bytes([1, 2, 3, 4])
    ring.new_run("r2")
    ring.put(Chunk("mp3", 1, 20, b"new"))
    assert ring.read(4)[0] == b"new"


def test_a_listener_can_begin_at_a_position_of_a_run_while_the_ring_holds_it():
    ring = Ring("mp3")
    for run in ("r1", "r2"):
        ring.new_run(run)
        for sequence in range(10):
            ring.put(Chunk("mp3", sequence, sequence * 24, f"{run}{sequence}".encode()))
    assert ring.read(ring.find("r1", 217))[0].startswith(b"r19r20")
    assert ring.read(ring.find("r2", 95))[0].startswith(b"r23")
    assert ring.find("r0", 50) is None


def test_a_chained_stream_is_joined_with_the_headers_of_the_place():
    ring = Ring("opus")
    ring.new_run("r1")
    for sequence, (data, header) in enumerate([(b"H1", True), (b"T1", True), (b"a", False), (b"H2", True), (b"T2", True), (b"b", False)]):
        ring.put(Chunk("opus", sequence, sequence * 250, data, header))
    assert ring.begin(2)[0] == b"H1T1aH2T2b"
    assert ring.begin(3)[0] == b"H2T2b"
    assert ring.begin(4)[0] == b"H2T2b"
    assert ring.begin(5)[0] == b"H2T2b"
    assert ring.begin(6)[0] == b"H2T2"
