"""Our own MP3 mount as a second source of Icecast: its listeners are moved to it while Liquidsoap's is away, and back."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections import deque
from collections.abc import Iterable

from ...wire import Chunk
from .script import STAND_IN_MOUNT

PAUSE_S = 0.5
ANSWER_S = 5.0
MOST_WAITING = 400  # chunks; what Icecast does not take in ten seconds is late


class StandIn:
    """Give it the sound by `take`; `run` brings it to Icecast for ever, connecting again after each loss."""

    def __init__(self, port: int, password: str) -> None:
        self._port = port
        self._login = base64.b64encode(f"source:{password}".encode()).decode()
        self._waiting: deque[bytes] = deque(maxlen=MOST_WAITING)
        self._came = asyncio.Event()

    def take(self, chunks: Iterable[Chunk]) -> None:
        self._waiting.extend(chunk.data for chunk in chunks if chunk.mount == "mp3")
        self._came.set()

    async def run(self) -> None:
        while True:
            with contextlib.suppress(OSError, TimeoutError):  # Icecast is not there, or went away: the next try follows
                await self._send()
            await asyncio.sleep(PAUSE_S)

    async def _send(self) -> None:
        async with asyncio.timeout(ANSWER_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            async with asyncio.timeout(ANSWER_S):
                writer.write(
                    f"SOURCE {STAND_IN_MOUNT} HTTP/1.0\r\nAuthorization: Basic {self._login}\r\nContent-Type: audio/mpeg\r\nice-public: 0\r\n\r\n".encode()
                )
                if b" 200 " not in await reader.readline():
                    raise ConnectionError("Icecast refuses the stand-in")
            self._waiting.clear()
            while True:
                await self._came.wait()
                self._came.clear()
                writer.write(b"".join(self._waiting))
                self._waiting.clear()
                async with asyncio.timeout(ANSWER_S):
                    await writer.drain()
        finally:
            writer.close()
