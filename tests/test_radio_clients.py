"""Five thousand clients of `/radio/ws` get each announcement of their area once, also across a restart of the server."""

from __future__ import annotations

import asyncio
import json
import resource
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gawe_radio.announcements import Words, cancel_announcement, write_announcement
from pendopo.app import Portal
from pendopo.identity import as_system
from pendopo.testing.server import Server

CLIENTS = 5000
AREAS = ["36.04.30", "36.04.31", "36.04.09", ""]
PATIENCE_S = 60

pytestmark = pytest.mark.slow


class Ear(asyncio.Protocol):
    """A websocket client of a few hundred bytes: asks for its area, counts what it is told."""

    def __init__(self, area: str, last: int | None, counts: Counter[int]) -> None:
        self.area, self.last, self.counts = area, last, counts
        self.buffer = bytearray()
        self.open = self.subscribed = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(
            b"GET /radio/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.open:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            assert self.buffer.startswith(b"HTTP/1.1 101"), bytes(self.buffer[:200])
            del self.buffer[: end + 4]
            self.open = True
            self._subscribe()
        while (text := self._frame()) is not None:
            self._hear(json.loads(text))

    def _subscribe(self) -> None:
        wish = {"type": "subscribe", "areas": [self.area] if self.area else [], "what": ["announcements"]}
        text = json.dumps(wish if self.last is None else wish | {"last": self.last}).encode()
        assert len(text) < 65_536
        head = bytes([0x81, 0x80 | len(text)]) if len(text) < 126 else bytes([0x81, 0xFE, len(text) >> 8, len(text) & 255])
        assert self.transport is not None
        self.transport.write(head + bytes(4) + text)  # a mask of zeros

    def _frame(self) -> bytes | None:
        buffer = self.buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1] & 127, 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4], "big"), 4
        elif length == 127:
            length, start = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < start or len(buffer) < start + length:
            return None
        text, kind = bytes(buffer[start : start + length]), buffer[0] & 15
        del buffer[: start + length]
        return text if kind == 1 else self._frame()

    def _hear(self, message: dict) -> None:
        if message["type"] in ("announcement", "update", "cancel"):
            self.counts[message["id"]] += 1
            self.last = message["id"]
        elif message["type"] == "subscribed":
            self.subscribed = True
            self.last = message["last"] if self.last is None else self.last


async def until(what, *, patience_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + patience_s
    while not what():
        assert time.monotonic() < deadline, "it took too long"
        await asyncio.sleep(0.02)


async def connect(port: int, people: list[tuple[str, int | None, Counter[int]]]) -> list[Ear]:
    loop, ears, gate = asyncio.get_running_loop(), [], asyncio.Semaphore(100)

    async def one(area: str, last: int | None, counts: Counter[int]) -> None:
        async with gate:
            _transport, ear = await loop.create_connection(lambda: Ear(area, last, counts), "127.0.0.1", port)
            ears.append(ear)
            await until(lambda: ear.subscribed)

    await asyncio.gather(*(one(*person) for person in people))
    return ears


def say(portal: Portal, title: str, priority: str, *areas: str) -> int:
    with portal.db.session() as db:
        words = Words(title, {"id": f"{title}."}, priority, areas, datetime.now(UTC) + timedelta(hours=1))
        return write_announcement(db, as_system("uji"), words, now=datetime.now(UTC), released=True).id


def withdraw(portal: Portal, announcement_id: int) -> None:
    with portal.db.session() as db:
        cancel_announcement(db, as_system("uji"), announcement_id, "selesai", now=datetime.now(UTC))


@pytest.fixture
def served(portal: Portal, tmp_path: Path, request: pytest.FixtureRequest):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < CLIENTS + 500:
        pytest.skip("too few open files are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    request.addfinalizer(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)))
    server = Server(tmp_path, str(portal.db.engine.url.render_as_string(hide_password=False)))
    yield server.start()
    server.kill()


def test_each_announcement_reaches_each_client_of_its_area_once_across_a_restart(portal: Portal, served: Server) -> None:
    with ThreadPoolExecutor(1) as pool:  # a browser of another test may keep this thread's loop
        pool.submit(lambda: asyncio.run(_tell_them_all(portal, served))).result()


async def _tell_them_all(portal: Portal, served: Server) -> None:
    counts = [Counter() for _ in range(CLIENTS)]
    areas = [AREAS[n % len(AREAS)] for n in range(CLIENTS)]
    ears = await connect(served.port, [(area, None, count) for area, count in zip(areas, counts, strict=True)])

    def heard(times: dict[str, int]) -> bool:
        return all(sum(count.values()) >= times[area] for area, count in zip(areas, counts, strict=True))

    told = dict.fromkeys(AREAS, 0)

    def expect(*here: str) -> None:
        for area in here or AREAS:
            told[area] += 1

    withdrawn = await asyncio.to_thread(say, portal, "Anyar", "penting", "36.04.30")
    expect("36.04.30", "")
    await asyncio.to_thread(say, portal, "Semua", "info")
    expect()
    await asyncio.to_thread(say, portal, "Darurat di Ciruas", "darurat", "36.04.09")
    expect()
    await until(lambda: heard(told))

    served.kill()  # in the middle of everything
    await until(lambda: all(ear.transport.is_closing() for ear in ears))
    await asyncio.to_thread(withdraw, portal, withdrawn)
    expect("36.04.30", "")
    await asyncio.to_thread(say, portal, "Cinangka", "penting", "36.04.31")
    expect("36.04.31", "")
    await asyncio.to_thread(served.start)
    again = await connect(served.port, [(ear.area, ear.last, ear.counts) for ear in ears])
    await asyncio.to_thread(say, portal, "Sesudah", "info")
    expect()
    await until(lambda: heard(told))
    await asyncio.sleep(0.5)  # nothing comes twice
    assert [sum(count.values()) for count in counts] == [told[area] for area in areas]
    assert max(max(count.values()) for count in counts) == 1
    for ear in again:
        assert ear.transport is not None
        ear.transport.abort()
