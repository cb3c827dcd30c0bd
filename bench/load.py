"""The load: keep-alive HTTP connections from one process, each asking again as soon as it was answered.

`python load.py` reads one JSON object a line (`url`, `seconds`, `connections`, `headers`) and answers with one (`rps`,
`p50_ms`, `p99_ms`, `bad`). Raw sockets and one shared buffer a connection: on a core of its own it is not the limit (run.py
prints how busy the server was). A server that closes after each answer is connected to again.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from urllib.parse import urlsplit

import uvloop

ROOM = 512 * 1024


class Load:
    """What all connections of one cell share."""

    def __init__(self, job: dict) -> None:
        parts = urlsplit(job["url"])
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.request = "\r\n".join([f"GET {path} HTTP/1.1", f"Host: {parts.netloc}", *job.get("headers", []), "", ""]).encode()
        self.address = (parts.hostname, parts.port)
        self.until = time.perf_counter() + job["seconds"]
        self.times: list[float] = []
        self.bad = 0
        self.open = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def connect(self) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: Caller(self), *self.address)
        except OSError:
            self.bad += 1
            self.ended()

    def ended(self) -> None:
        self.open -= 1
        if not self.open and not self.done.done():
            self.done.set_result(None)


class Caller(asyncio.BufferedProtocol):
    def __init__(self, load: Load) -> None:
        self.load = load
        self.room = bytearray(ROOM)
        self.view = memoryview(self.room)
        self.got = 0
        self.need = 0
        self.sent = time.perf_counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.write(self.load.request)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self.view[self.got :]

    def buffer_updated(self, nbytes: int) -> None:
        self.got += nbytes
        if not self.need:
            end = self.room.find(b"\r\n\r\n", 0, self.got)
            if end < 0:
                return
            if not self.room.startswith(b"HTTP/1.1 200"):
                self.load.bad += 1
            head = bytes(self.room[:end]).lower()
            self.need = end + 4 + int(head.partition(b"content-length:")[2].split(b"\r", 1)[0])
        if self.got >= self.need:
            now = time.perf_counter()
            self.load.times.append(now - self.sent)
            self.got = self.need = 0
            if now < self.load.until:
                self.sent = now
                self.transport.write(self.load.request)
            else:
                self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if time.perf_counter() < self.load.until:
            asyncio.get_running_loop().create_task(self.load.connect())
        else:
            self.load.ended()


async def run(job: dict) -> dict[str, float]:
    load = Load(job)
    load.open = job["connections"]
    start = time.perf_counter()
    for _ in range(job["connections"]):
        await load.connect()
    await load.done
    spent = time.perf_counter() - start
    times = sorted(load.times) or [0.0]
    return {"rps": len(load.times) / spent, "p50_ms": times[len(times) // 2] * 1000, "p99_ms": times[int(len(times) * 0.99)] * 1000, "bad": load.bad}


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(uvloop.run(run(json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()
