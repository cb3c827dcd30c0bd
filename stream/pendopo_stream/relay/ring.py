"""The last half minute of one mount, for every listener of this process."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque

from ..wire import BITRATES, Chunk

KEEP_MS = 30_000


class FellBehind(Exception):
    """The listener is slower than the sound, by more than the ring holds."""


class Ring:
    """Chunks with a number of this ring's own, which goes on growing when the engine begins anew."""

    def __init__(self, mount: str) -> None:
        self.mount = mount
        self.headers: list[bytes] = []
        self.first = 0
        self.end = 0  # number of the chunk that comes next
        self._chunks: deque[Chunk] = deque()
        self._starts: deque[int] = deque()  # milliseconds since this ring began, by what was put in
        self._ms = 0
        self._last_position = -1
        self._new_run = True

    def new_run(self) -> None:
        """Another engine run follows: its headers replace the old ones."""
        self._new_run = True
        self._last_position = -1

    def put(self, chunk: Chunk) -> None:
        if chunk.header:
            if self._new_run:
                self.headers, self._new_run = [], False
            self.headers.append(chunk.data)
        if self._last_position >= 0:
            self._ms += max(0, chunk.position_ms - self._last_position)
        self._last_position = chunk.position_ms
        self._chunks.append(chunk)
        self._starts.append(self._ms)
        self.end += 1
        while self._starts and self._ms - self._starts[0] > KEEP_MS:
            self._chunks.popleft()
            self._starts.popleft()
            self.first += 1

    def join(self, burst_s: float) -> int:
        """Where a new listener begins: `burst_s` before the end."""
        if not self._starts:
            return self.end
        return self.first + max(0, bisect_right(self._starts, self._ms - burst_s * 1000) - 1 if burst_s else len(self._starts))

    def read(self, at: int) -> tuple[bytes, int]:
        """Everything from chunk `at` on, and where to go on. Raises FellBehind."""
        if at < self.first:
            raise FellBehind
        if at >= self.end:
            return b"", at
        start = at - self.first
        data = [self._chunks[i].data for i in range(start, len(self._chunks))]
        return b"".join(data), self.end

    def position_ms(self, at: int) -> int:
        """The engine's position of chunk `at` (or of the newest)."""
        if not self._chunks:
            return 0
        return self._chunks[min(max(at - self.first, 0), len(self._chunks) - 1)].position_ms

    @property
    def bitrate(self) -> int:
        return BITRATES[self.mount]
