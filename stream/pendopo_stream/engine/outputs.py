"""All that is encoded: mounts that are always made, and those that are made while somebody listens."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from ..wire import MOUNTS, ON_DEMAND, Chunk
from .encoders import Mount, make_mount

AREA = "mp3@"


class Outputs:
    """`areas`: those that have a mount of their own, `mp3@<area>`."""

    def __init__(self, always: Iterable[str] = MOUNTS, areas: Iterable[str] = ()) -> None:
        self.always = {name: make_mount(name) for name in always}
        self.areas = tuple(areas)
        self.wanted: dict[str, Mount] = {}
        self._title = ""

    @property
    def names(self) -> list[str]:
        """Every mount that a listener may ask for."""
        return [*self.always, *ON_DEMAND, *(AREA + area for area in self.areas)]

    @property
    def wanted_areas(self) -> list[str]:
        return [name.removeprefix(AREA) for name in self.wanted if name.startswith(AREA)]

    def want(self, name: str, on: bool) -> None:
        """Begin or end a mount that is made on demand."""
        if name in self.always:
            return
        if not on:
            self.wanted.pop(name, None)
        elif name not in self.wanted and name in self.names:
            self.wanted[name] = make_mount(name)

    def feed(self, main: np.ndarray, position_ms: int, *, call: np.ndarray | None = None, area: Callable[[str], np.ndarray] | None = None) -> list[Chunk]:
        """Encode the block that begins at `position_ms`. `call`: without callers; `area`: what is heard there, where it differs."""
        chunks = [chunk for mount in self.always.values() for chunk in mount.feed(main, position_ms)]
        for name, mount in self.wanted.items():
            block = main
            if name == "call" and call is not None:
                block = call
            elif name.startswith(AREA) and area is not None:
                block = area(name.removeprefix(AREA))
            chunks += mount.feed(block, position_ms)
        return chunks

    def title(self, title: str) -> list[Chunk]:
        """What is heard from now on is called `title`."""
        if title == self._title:
            return []
        self._title = title
        return [chunk for mount in self.always.values() for chunk in mount.title(title)]
