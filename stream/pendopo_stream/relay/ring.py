"""The last half minute of one mount, for every listener of this process."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import NamedTuple

from ..wire import Chunk

KEEP_MS = 30_000
KEEP_SEGMENTS_MS = 60_000  # players of HLS come back for what they missed


class FellBehind(Exception):
    """The listener is slower than the sound, by more than the ring holds."""


class Entry(NamedTuple):
    chunk: Chunk
    start_ms: int  # since this ring began, by what was put in
    heads: tuple[bytes, ...]  # what a listener who begins here needs first
    run: str


class Ring:
    """Chunks with a number of this ring's own, which goes on growing when the engine begins anew.

    Headers that come between other chunks replace those before: a new engine run, or the next piece of a chained Ogg stream.
    """

    def __init__(self, mount: str) -> None:
        self.mount = mount
        self.run = ""
        self.first = 0
        self.end = 0  # number of the chunk that comes next
        self._keep_ms = KEEP_SEGMENTS_MS if mount == "hls" else KEEP_MS
        self._entries: deque[Entry] = deque()
        self._heads: tuple[bytes, ...] = ()
        self._after_head = False
        self._ms = 0
        self._last_position = self._last_sequence = -1

    def new_run(self, run: str = "") -> None:
        """Another engine run follows: its headers replace the old ones, its counts begin anew."""
        self.run = run
        self._heads, self._after_head = (), False
        self._last_position = self._last_sequence = -1

    def put(self, chunk: Chunk) -> bool:
        """Add `chunk`; False for one that is here already (an engine says its last seconds to whoever connects again)."""
        if chunk.data in self._heads if chunk.header else chunk.sequence <= self._last_sequence:
            return False
        before = self._heads
        if chunk.header:
            before = self._heads if self._after_head else ()
            self._heads = (*before, chunk.data)
        else:
            self._last_sequence = chunk.sequence
        self._after_head = chunk.header
        if self._last_position >= 0:
            self._ms += max(0, chunk.position_ms - self._last_position)
        self._last_position = chunk.position_ms
        self._entries.append(Entry(chunk, self._ms, before, self.run))
        self.end += 1
        while self._ms - self._entries[0].start_ms > self._keep_ms:
            self._entries.popleft()
            self.first += 1
        return True

    @property
    def headers(self) -> list[bytes]:
        return list(self._heads)

    def join(self, burst_s: float) -> int:
        """Where a new listener begins: `burst_s` before the end."""
        if not burst_s:
            return self.end
        for back, entry in enumerate(reversed(self._entries), 1):
            if entry.start_ms <= self._ms - burst_s * 1000:
                return self.end - back
        return self.first

    def join_ms(self, run: str, burst_s: float) -> int | None:
        """The position of `run` where a new listener begins: `burst_s` before the end, or at its first sound here; None without any."""
        found = None
        for entry in reversed(self._entries):
            if entry.run != run:
                break
            found = entry.chunk.position_ms
            if entry.start_ms <= self._ms - burst_s * 1000:
                break
        return found

    def find(self, run: str, position_ms: int) -> int | None:
        """The newest chunk of `run` that begins at or before `position_ms`; None when the ring no longer (or never) held it."""
        for back, entry in enumerate(reversed(self._entries), 1):
            if entry.run == run and not entry.chunk.header and entry.chunk.position_ms <= position_ms:
                return self.end - back
        return None

    def begin(self, at: int) -> tuple[bytes, int]:
        """For a new listener: the headers in force at chunk `at`, everything from there on, and where to go on."""
        data, end = self.read(at)
        heads = self._entries[at - self.first].heads if at < self.end else self._heads
        return b"".join(heads) + data, end

    def read(self, at: int) -> tuple[bytes, int]:
        """Everything from chunk `at` on, and where to go on. Raises FellBehind."""
        if at < self.first:
            raise FellBehind
        return b"".join([entry.chunk.data for entry in self.entries(self.end - at)]), self.end

    def entries(self, count: int) -> list[Entry]:
        """The newest `count`, oldest first."""
        return list(islice(reversed(self._entries), count))[::-1]

    def position_ms(self, at: int) -> int:
        """The engine's position of chunk `at` (or of the newest)."""
        if not self._entries:
            return 0
        return self._entries[min(max(at - self.first, 0), len(self._entries) - 1)].chunk.position_ms

    def run_of(self, at: int) -> str:
        """The engine run of chunk `at` (or of the newest)."""
        if not self._entries:
            return self.run
        return self._entries[min(max(at - self.first, 0), len(self._entries) - 1)].run
