"""Announcements that our own process says: those of some areas alone, and all of them while Liquidsoap is away."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..decks import MemorySource
from ..desk import BETWEEN_TIMES_S
from ..mixing import Bus

AWAY_S, BACK_S = 0.1, 1.0


class OwnVoice:
    """`over()` is called after the last word. Whatever comes out has run through a limiter, so it is one block late."""

    def __init__(self, over: Callable[[], None]) -> None:
        self._over = over
        self._source: MemorySource | None = None
        self._areas: frozenset[str] = frozenset()
        self._break_in = False
        self._main = Bus()
        self._buses: dict[str, Bus] = {}
        self._block: np.ndarray | None = None

    @property
    def speaks(self) -> bool:
        return self._source is not None

    def say(self, sound: np.ndarray, areas: frozenset[str], *, break_in: bool) -> None:
        """`areas`: where; none is everywhere."""
        self._source, self._areas, self._break_in = MemorySource(sound), areas, break_in

    def stop(self) -> None:
        self._source = None

    def read(self) -> None:
        """Go on to the next block."""
        self._block = self._source.read() if self._source is not None else None
        if self._source is not None and self._block is None:
            self._source = None
            self._over()

    def onto(self, main: np.ndarray) -> np.ndarray:
        """What the main mounts hear."""
        return self._mixed(self._main, main, self._areas == frozenset())

    def onto_area(self, area: str, before: np.ndarray, after: np.ndarray) -> np.ndarray:
        """What an area hears. `before`, `after`: the main sound without and with what `onto` did."""
        here = self._block is not None and area in self._areas
        bus = self._buses.get(area)
        if bus is None:
            if not here:
                return after
            bus = self._buses[area] = Bus(self._main)
        elif not here and bus.rests:
            del self._buses[area]
            return after
        return self._mixed(bus, before, here or self._areas == frozenset())

    def _mixed(self, bus: Bus, music: np.ndarray, here: bool) -> np.ndarray:
        voice = self._block if here else None
        target = 0.0 if voice is not None and self._break_in else 1.0
        if bus.bed.target != target:
            bus.bed.to(target, AWAY_S if target == 0.0 else BACK_S)
        hold = voice is not None and self._source is not None and self._source.left_s > BETWEEN_TIMES_S
        return bus.block(music, voice, hold=hold)
