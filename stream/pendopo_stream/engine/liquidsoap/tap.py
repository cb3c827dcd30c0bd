"""The programme as Liquidsoap makes it, 20 ms at a time, straight from it (harbor), a tenth of a second after it is mixed.

From this sound the station's own mounts are encoded, by the same encoders as on the embedded engine: so positions are
exact, WebRTC gets it with little delay, and a listener of the portal does not notice when Liquidsoap begins anew.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Callable

import numpy as np

from ..mixing import BLOCK, CHANNELS

BLOCK_BYTES = BLOCK * CHANNELS * 2
WAV_HEADER = 44
QUIET_S = 1.0  # so long without sound: the connection is as good as dead
PAUSE_S = 0.1


class Tap:
    """`heard(block)` is called for each block, `opened()` when sound begins to come, anew after each loss."""

    def __init__(self, port: int, password: str, heard: Callable[[np.ndarray], None], opened: Callable[[], None]) -> None:
        self._port, self._heard, self._opened = port, heard, opened
        self._login = base64.b64encode(f"station:{password}".encode())

    async def run(self) -> None:
        """Listen for ever, connecting again after each loss."""
        while True:
            # It is not there, or went away: the next try follows.
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
                await self._listen()
            await asyncio.sleep(PAUSE_S)

    async def _listen(self) -> None:
        async with asyncio.timeout(QUIET_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(b"GET /tap HTTP/1.0\r\nAuthorization: Basic " + self._login + b"\r\n\r\n")
            async with asyncio.timeout(QUIET_S):
                head = await reader.readuntil(b"\r\n\r\n")
                if b" 200 " not in head.split(b"\r\n", 1)[0]:
                    raise ConnectionError("the tap is closed to us")
                await reader.readexactly(WAV_HEADER)
            first = True
            while True:
                async with asyncio.timeout(QUIET_S):
                    data = await reader.readexactly(BLOCK_BYTES)
                if first:
                    self._opened()
                    first = False
                self._heard(np.frombuffer(data, "<i2").reshape(BLOCK, CHANNELS).T.astype(np.float32) / 32768)
        finally:
            writer.close()
