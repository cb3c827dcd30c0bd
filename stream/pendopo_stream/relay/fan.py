"""Many listeners of one mount: what came in since the last time is joined once and handed to each with one write.

The cost of a listener is the number of writes, so they are few and large. Nothing waits: a transport that does not take
what it is given holds it, and after half a minute of that its listener is dropped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from .icy import IcyWriter
from .ring import FellBehind, Ring

MOST_WAITING = 64 * 1024
SLOW_S = 30.0
AT_ONCE = 256  # so many writes, then others have their turn


class Listener:
    """One who hears, on any transport with `write`, `abort`, `is_closing` and `get_write_buffer_size`."""

    __slots__ = ("at", "chunked", "icy", "left", "slow_since", "transport")

    def __init__(self, transport: Any, at: int, *, chunked: bool = False, icy: IcyWriter | None = None, left: int | None = None) -> None:
        self.transport, self.at, self.chunked, self.icy = transport, at, chunked, icy
        self.left = left  # bytes until the length that a player of HTTP/1.0 was told; None: no end
        self.slow_since = 0.0

    def write(self, data: bytes) -> None:
        """Hand over what is this listener's own, not shared with others."""
        if self.left is not None:
            data = data[: self.left]
            self.left -= len(data)
        if data:
            self.transport.write(chunk(data) if self.chunked else data)
        if self.left == 0:
            self.transport.close()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


class Fan:
    """Listeners of one ring that are served at the same moments."""

    def __init__(self, ring: Ring, title: Callable[[], str]) -> None:
        self.ring, self._title = ring, title
        self.listeners: dict[Listener, None] = {}

    def add(self, listener: Listener) -> None:
        self.listeners[listener] = None

    def remove(self, listener: Listener) -> None:
        self.listeners.pop(listener, None)

    async def give(self, now: float) -> None:
        """Write what came in to everyone, in lots."""
        everyone = list(self.listeners)
        for start in range(0, len(everyone), AT_ONCE):
            self._give(everyone[start : start + AT_ONCE], now)
            if len(everyone) > AT_ONCE:
                await asyncio.sleep(0)

    def _give(self, some: Iterable[Listener], now: float) -> None:
        end, title = self.ring.end, self._title()
        made: dict[tuple[int, bool], bytes] = {}  # most listeners stand at the same place
        for listener in some:
            if listener.at == end or listener.transport.is_closing():
                continue
            shared = (listener.at, listener.chunked and listener.icy is None)
            data = made.get(shared)
            if data is None:
                try:
                    data = self.ring.read(listener.at)[0]
                except FellBehind:
                    listener.transport.abort()
                    continue
                made[shared] = data = chunk(data) if shared[1] else data
            try:
                if listener.icy is not None:
                    listener.write(listener.icy.feed(data, title))
                elif listener.left is not None:
                    listener.write(data)
                else:
                    listener.transport.write(data)
                self._guard(listener, now)
            except (OSError, RuntimeError):  # one connection that broke is no reason to leave the others without sound
                listener.transport.abort()
            listener.at = end

    def _guard(self, listener: Listener, now: float) -> None:
        if listener.transport.get_write_buffer_size() <= MOST_WAITING:
            listener.slow_since = 0.0
        elif not listener.slow_since:
            listener.slow_since = now
        elif now - listener.slow_since > SLOW_S:
            listener.transport.abort()

    def end(self) -> None:
        """Say goodbye to everyone, so that players know it is the end."""
        for listener in list(self.listeners):
            if not listener.transport.is_closing():
                if listener.chunked:
                    listener.transport.write(b"0\r\n\r\n")
                listener.transport.close()
