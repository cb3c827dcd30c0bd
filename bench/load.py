"""A keep-alive HTTP load in one process: `python load.py URL SECONDS CONNECTIONS [Header: value ...]` prints requests/s.

Raw sockets, requests one after the other on each connection: cheap enough on the other core not to be the limit.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from urllib.parse import urlsplit


class Caller(asyncio.Protocol):
    def __init__(self, request: bytes, until: float, stats: dict[str, list[float]], done: asyncio.Future[None]) -> None:
        self.request, self.until, self.stats, self.done = request, until, stats, done
        self.buffer = bytearray()
        self.need = -1
        self.bad = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._send()

    def _send(self) -> None:
        self.sent = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.need < 0:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self.buffer[:end]).lower()
            if not head.startswith(b"http/1.1 200"):
                self.stats["bad"].append(1.0)
            at = head.find(b"content-length:")
            self.need = end + 4 + int(head[at + 15 : head.find(b"\r", at) if head.find(b"\r", at) > 0 else None].strip())
        if len(self.buffer) >= self.need:
            now = time.perf_counter()
            self.stats["times"].append(now - self.sent)
            self.buffer.clear()
            self.need = -1
            if now < self.until:
                self._send()
            else:
                self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def run(url: str, seconds: float, connections: int, headers: list[str]) -> dict[str, float]:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    request = "\r\n".join([f"GET {path} HTTP/1.1", f"Host: {parts.netloc}", *headers, "", ""]).encode()
    loop = asyncio.get_running_loop()
    stats: dict[str, list[float]] = {"times": [], "bad": []}
    start = time.perf_counter()
    waits = []
    for _ in range(connections):
        done = loop.create_future()
        await loop.create_connection(lambda done=done: Caller(request, start + seconds, stats, done), parts.hostname, parts.port)
        waits.append(done)
    await asyncio.gather(*waits)
    spent = time.perf_counter() - start
    times = sorted(stats["times"])
    return {"rps": len(times) / spent, "p99_ms": times[int(len(times) * 0.99) - 1] * 1000 if times else 0.0, "bad": len(stats["bad"])}


if __name__ == "__main__":
    try:
        import uvloop

        uvloop.install()
    except ImportError:
        pass
    print(json.dumps(asyncio.run(run(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))))
