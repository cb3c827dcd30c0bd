"""What is heard while Liquidsoap is away: the piece that was on, from where it was; then the reserve; else the tone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ...tracks import Track
from ..decks import FileSource, Source, ToneSource
from ..mixing import BLOCK, CHANNELS


class Bridge:
    """Blocks without an end. A file that can't be read is followed by the next one, and the last by the tone."""

    def __init__(self, media: Path, tracks: Iterable[Track]) -> None:
        self._media = media
        self._waiting = list(tracks)
        self._source: Source | None = None

    def block(self) -> np.ndarray:
        for _ in range(len(self._waiting) + 2):
            if self._source is None:
                self._source = self._next()
            block = self._source.read()
            if block is not None:
                return block
            self.close()
        return np.zeros((CHANNELS, BLOCK), np.float32)

    def _next(self) -> Source:
        if not self._waiting:
            return ToneSource()
        track = self._waiting.pop(0)
        return FileSource(self._media / track.path, track.gain_db, from_s=track.cue_in_s, to_s=track.cue_out_s)

    def close(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None
