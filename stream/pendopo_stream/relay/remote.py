"""A relay of another host: one connection to its stream, titles read from it, and an own ring for the listeners here."""

from __future__ import annotations

import asyncio
import logging
import ssl
from datetime import UTC, datetime
from urllib.parse import urlsplit

from ..playback import BYTES_PER_MS, frame_start
from ..wire import Chunk
from .ears import TICK_S, Ears
from .icy import IcyReader
from .ring import Ring

log = logging.getLogger("pendopo_stream.relay")
SILENT_S = 10.0
SHORTEST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
LONGEST_HEAD = 16 * 1024
PIECE = 4096


class Remote(Ears):
    """The MP3 stream at `url`, connected to again as often as it ends; listeners here stay meanwhile."""

    def __init__(self, url: str, *, tick_s: float = TICK_S) -> None:
        super().__init__(tick_s=tick_s)
        self.url = url
        self._title = ""
        self._began = ""
        self._sequence = 0
        self._sent = 0

    @property
    def title(self) -> str:
        return self._title

    @property
    def began(self) -> str:
        return self._began

    def offers(self, mount: str) -> bool:
        return mount == "mp3"

    def want(self, mount: str) -> Ring:
        return self.rings[mount]

    async def _run_upstream(self) -> None:
        pause = SHORTEST_PAUSE_S
        while True:
            try:
                if await self._relay():
                    pause = SHORTEST_PAUSE_S
            except (OSError, ssl.SSLError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ValueError) as error:
                log.warning("upstream %s: %s", self.url, error or type(error).__name__)
            self.connected = False
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _relay(self) -> bool:
        """Hear the stream until it ends; whether anything was heard."""
        parts = urlsplit(self.url)
        secure = parts.scheme == "https"
        async with asyncio.timeout(SILENT_S):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port or (443 if secure else 80), ssl=secure or None, limit=LONGEST_HEAD)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            # HTTP/1.0: no chunks, the answer is the sound.
            writer.write(f"GET {path} HTTP/1.0\r\nHost: {parts.netloc}\r\nIcy-MetaData: 1\r\nUser-Agent: pendopo-stream\r\n\r\n".encode())
            async with asyncio.timeout(SILENT_S):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            if " 200 " not in f"{head[0]} ":
                raise ValueError(f"it answers {head[0][:80]}")
            names = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            return await self._hear(reader, int(names.get("icy-metaint", "0")))
        finally:
            writer.close()

    async def _hear(self, reader: asyncio.StreamReader, metaint: int) -> bool:
        icy = IcyReader(metaint) if metaint else None
        first, begins = True, b""
        while True:
            async with asyncio.timeout(SILENT_S):
                data = await reader.read(PIECE)
            if not data:
                return not first
            sound = icy.feed(data) if icy else data
            if icy and icy.titles:
                self._title, icy.titles = icy.titles[-1], []
            if first:
                begins += sound
                if len(begins) < PIECE:
                    continue
                sound, first = begins[frame_start(begins) :], False
                self._begin()
            self._put(sound)

    def _begin(self) -> None:
        now = datetime.now(UTC)
        self._began, self._sequence, self._sent = now.isoformat(), 0, 0
        self.rings.new_run(f"{now:%Y%m%dT%H%M%S}")
        self.connected = True

    def _put(self, sound: bytes) -> None:
        if sound:
            self._sequence += 1
            self.rings["mp3"].put(Chunk("mp3", self._sequence, self._sent // BYTES_PER_MS, sound))
            self._sent += len(sound)
