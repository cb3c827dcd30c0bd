"""Who is connected to the engine's socket, and the last seconds of each mount for whoever comes."""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from ..wire import Chunk

log = logging.getLogger("pendopo_stream.engine")
BURST_MS = 4000
SEGMENTS_MS = 12_000
MOST_BUFFERED = 1024 * 1024  # a client that holds more is dropped: about two minutes of sound


class Client:
    """`ears`: its listeners by mount. `channels`: microphones that end with this connection."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.mounts: set[str] = set()
        self.ears: dict[str, int] = {}
        self.channels: set[str] = set()
        self.meters = False

    def send(self, data: bytes) -> None:
        """Hand over without waiting; a client that does not read is cut off."""
        if self.writer.is_closing():
            return
        if self.writer.transport.get_write_buffer_size() > MOST_BUFFERED:
            log.warning("a client does not read, it is dropped")
            self.writer.transport.abort()
            return
        self.writer.write(data)


class Recent:
    """The last seconds of one mount, headers in front of the sound that they belong to."""

    def __init__(self, mount: str) -> None:
        self._keep_ms = SEGMENTS_MS if mount == "hls" else BURST_MS
        self._heads: list[Chunk] = []
        self._after_head = False
        self._chunks: deque[Chunk] = deque()

    def add(self, chunk: Chunk) -> None:
        self._chunks.append(chunk)
        while chunk.position_ms - self._chunks[0].position_ms > self._keep_ms:
            gone = self._chunks.popleft()
            if gone.header:
                self._heads = [*self._heads, gone] if self._after_head else [gone]
            self._after_head = gone.header

    def all(self) -> list[Chunk]:
        """What a new listener needs and what it begins with."""
        begins_anew = bool(self._chunks) and self._chunks[0].header and not self._after_head
        return [*([] if begins_anew else self._heads), *self._chunks]
