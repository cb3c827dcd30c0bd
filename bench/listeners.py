"""Thousands of open sockets in one process: `python listeners.py PORTAL_PORT BARE_PORT SOCKETS ROUNDS`.

Prints one JSON list: for each round, the seconds from saying a fragment until the last socket has it, on the portal and on the
bare peer, one after the other. Frames are read by hand, so that the listening is cheap and the same for both.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from urllib.parse import urlencode

import uvloop

TEXT = 0x81
PING, PONG = 0x89, 0x8A
WORDS = "Pendaftaran bantuan benih dibuka sampai hari Jumat di kantor kecamatan. " * 3


def frame(kind: int, payload: bytes) -> bytes:
    """A client's frame; masked with zeros, which leaves the payload as it is."""
    size = len(payload)
    return bytes([kind, 0x80 | size] if size < 126 else [kind, 0xFE, size >> 8, size & 255]) + bytes(4) + payload


class Crowd:
    """`join`: what each says once it is open; `joined`: what is in the answer that makes it one of them."""

    def __init__(self, port: int, path: str, join: bytes = b'{"join": ["public:banyak0"]}', joined: bytes = b'"joined"') -> None:
        self.port, self.path, self.join, self.mark = port, path, join, joined
        self.joined = 0
        self.marker = b"\0"
        self.heard = 0
        self.size = 0
        self.first_at = 0.0
        self.last_text = b""
        self.all_heard = asyncio.Event()

    async def gather(self, size: int) -> None:
        self.size = size
        loop = asyncio.get_running_loop()
        for start in range(0, size, 100):
            await asyncio.gather(*(loop.create_connection(lambda: Listener(self), "127.0.0.1", self.port) for _ in range(min(100, size - start))))
            while self.joined < start + min(100, size - start):
                await asyncio.sleep(0.002)

    def expect(self, marker: str) -> None:
        self.marker, self.heard = marker.encode(), 0
        self.all_heard.clear()

    def hear(self, text: bytes) -> None:
        if self.marker in text:
            self.heard += 1
            if self.heard == 1:
                self.first_at = time.perf_counter()
            if self.heard == self.size:
                self.last_text = text
                self.all_heard.set()
        elif self.mark in text:
            self.joined += 1


class Listener(asyncio.Protocol):
    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.waiting = b""
        self.open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        host = f"127.0.0.1:{self.crowd.port}"
        transport.write(
            f"GET {self.crowd.path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://{host}\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        if self.waiting:
            data = self.waiting + data
        if not self.open:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self.waiting = data
                return
            if not data.startswith(b"HTTP/1.1 101"):
                raise RuntimeError(data[:200])
            self.open = True
            data = data[end + 4 :]
            self.transport.write(frame(TEXT, self.crowd.join))
        while len(data) >= 2:
            size, start = data[1], 2
            if size == 126:
                size, start = int.from_bytes(data[2:4]), 4
            if len(data) < start + size:
                break
            payload, kind = data[start : start + size], data[0]
            data = data[start + size :]
            if kind == TEXT:
                self.crowd.hear(payload)
            elif kind == PING:
                self.transport.write(frame(PONG, payload))
        self.waiting = data


class Speaker(asyncio.Protocol):
    """A keep-alive connection that says something; answers are not waited for."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport


async def portal_says(port: int, number: int) -> asyncio.BaseTransport:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(Speaker, "127.0.0.1", port)
    html = f'<p id="kabar" hx-swap-oob="true" data-number="n{number:04d}">{WORDS}</p>'
    body = urlencode({"html": html}).encode()
    head = (
        f"POST /banyak0/kabar HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    transport.write(head.encode() + body)
    return transport


async def timed(crowd: Crowd, marker: str, say) -> float:
    crowd.expect(marker)
    start = time.perf_counter()
    await say()
    await asyncio.wait_for(crowd.all_heard.wait(), 60)
    return time.perf_counter() - start


async def main() -> None:
    portal_port, bare_port, size, rounds = (int(word) for word in sys.argv[1:5])
    portal, bare = Crowd(portal_port, "/live"), Crowd(bare_port, "/")
    await portal.gather(size)
    await bare.gather(size)
    talker = Crowd(bare_port, "/say")
    _, speaker = await asyncio.get_running_loop().create_connection(lambda: Listener(talker), "127.0.0.1", bare_port)
    while not speaker.open:
        await asyncio.sleep(0.01)
    found = []
    for number in range(rounds + 1):  # the first one warms up
        marker = f"n{number:04d}"
        ours = await timed(portal, marker, lambda number=number: portal_says(portal_port, number))
        text = portal.last_text

        async def bare_says(text=text) -> None:
            speaker.transport.write(frame(TEXT, text))

        theirs = await timed(bare, marker, bare_says)
        found.append([ours, theirs])
        await asyncio.sleep(0.3)
    print(json.dumps(found[1:]))


if __name__ == "__main__":
    uvloop.run(main())
