"""Thousands of listeners in one process: `python radio_listeners.py`, one JSON job a line.

`{"port", "path", "count", "at_once", "join_s", "settle_s", "windows", "window_s", "hold"}` opens `count` streams and lets them settle. Then it
prints a line at the beginning and one after each window of `window_s` seconds, with the bytes that came, and at last a
summary. With `"hold": true` they stay until the next line of input. Bytes are counted, not kept, but for a few listeners who
record what they hear, so that it can be seen that none is lost.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from dataclasses import dataclass, field
from itertools import pairwise

ROOM = bytearray(256 * 1024)
AT_ONCE = 200  # handshakes under way
RECORDING = 5


@dataclass
class Crowd:
    """Sockets that hear one stream, watched by one epoll."""

    port: int
    path: str
    sockets: dict[int, socket.socket] = field(default_factory=dict)
    poll: select.epoll = field(default_factory=select.epoll)
    heard: dict[int, int] = field(default_factory=dict)
    kept: dict[int, bytearray] = field(default_factory=dict)
    ended: int = 0

    def join(self, count: int, timeout_s: float, at_once: int) -> tuple[float, int]:
        """Open `count` listeners, `at_once` under way at a time; (seconds until the last has its first sound, how many have none by then).

        One that got no answer within a second (the server's queue was full, and the kernel tries again later) holds up no other.
        """
        began = time.perf_counter()
        under_way: dict[int, float] = {}
        while len(self.heard) < count and (now := time.perf_counter()) - began < timeout_s:
            under_way = {file: since for file, since in under_way.items() if file not in self.heard and now - since < 1.0}
            while len(self.sockets) < count and len(under_way) < at_once:
                under_way[self._open()] = now
            self.listen(0.01)
        return time.perf_counter() - began, count - len(self.heard)

    def _open(self) -> int:
        wire = socket.socket()
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        wire.setblocking(False)
        wire.connect_ex(("127.0.0.1", self.port))
        self.sockets[wire.fileno()] = wire
        if len(self.kept) < RECORDING:
            self.kept[wire.fileno()] = bytearray()
        self.poll.register(wire.fileno(), select.EPOLLOUT)
        return wire.fileno()

    def listen(self, seconds: float) -> int:
        """Read what comes for `seconds`; returns bytes."""
        total, until = 0, time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            for file, event in self.poll.poll(left, 1024):
                wire = self.sockets[file]
                if event & select.EPOLLOUT:
                    wire.send(f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
                    self.poll.modify(file, select.EPOLLIN)
                    continue
                try:
                    got = wire.recv_into(ROOM)
                except OSError:
                    got = 0
                if not got:
                    self._lost(file)
                    continue
                total += got
                if file not in self.heard and ROOM[9:12] != b"200":
                    raise RuntimeError(bytes(ROOM[:200]))
                self.heard[file] = self.heard.get(file, 0) + got
                if file in self.kept:
                    self.kept[file] += ROOM[:got]
        return total

    def _lost(self, file: int) -> None:
        self.poll.unregister(file)
        self.sockets.pop(file).close()
        self.ended += 1

    def recordings(self) -> list[bytes]:
        """What the recording listeners heard, without heads and chunks."""
        return [body(bytes(data)) for file, data in self.kept.items() if file in self.heard]

    def close(self) -> None:
        for wire in self.sockets.values():
            wire.close()
        self.poll.close()


def body(data: bytes) -> bytes:
    head, _, rest = data.partition(b"\r\n\r\n")
    if b"chunked" not in head.lower():
        return rest
    out = b""
    while b"\r\n" in rest:
        size, after = rest.split(b"\r\n", 1)
        length = int(size, 16)
        out += after[:length]
        rest = after[length + 2 :]
    return out


def gaps(sound: bytes) -> int:
    """How often the recorded sound is torn: the bench's sound is numbered, 192 bytes a piece, the number in the first eight."""
    first = sound.find(b"PIECE")
    numbers = [int(sound[at + 5 : at + 13]) for at in range(first, len(sound) - 192, 192) if first >= 0]
    return sum(1 for one, following in pairwise(numbers) if following != one + 1) if len(numbers) > 2 else -1


def say(**values: object) -> None:
    print(json.dumps(values), flush=True)


def run(job: dict, crowd: Crowd) -> None:
    joined_s, missing = crowd.join(job["count"], job.get("join_s", 60), job.get("at_once", AT_ONCE))
    crowd.listen(job.get("settle_s", 4))
    say(listeners=len(crowd.heard) - crowd.ended, joined_s=joined_s, missing=missing)
    for _ in range(job.get("windows", 0)):
        start, busy = time.perf_counter(), time.process_time()
        got = crowd.listen(job["window_s"])
        spent = time.perf_counter() - start
        say(bytes=got, seconds=spent, busy=(time.process_time() - busy) / spent)
    if job.get("hold"):
        while not select.select([sys.stdin], [], [], 0)[0]:
            crowd.listen(0.2)
        sys.stdin.readline()
    torn = [gaps(sound) for sound in crowd.recordings()]
    say(ended=crowd.ended, torn=sum(max(0, count) for count in torn), unheard=sum(count < 0 for count in torn))


def main() -> None:
    while line := sys.stdin.readline():
        job = json.loads(line)
        crowd = Crowd(job["port"], job["path"])
        run(job, crowd)
        crowd.close()


if __name__ == "__main__":
    main()
