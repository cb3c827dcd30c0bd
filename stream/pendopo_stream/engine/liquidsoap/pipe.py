"""The pipe through which Liquidsoap hears the studio: voices mixed here, 0.1 s before they are heard."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

import numpy as np

from .spool import pcm

PIPE_BYTES = 4096  # two blocks: what waits longer would only make the voice late


class Pipe:
    """Opened at the first word; both ends are held, so a reader that dies harms nobody."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._end = -1

    def write(self, voice: np.ndarray | None) -> None:
        """A mono block; None: nobody speaks."""
        if voice is None:
            return
        if self._end < 0:
            self._end = os.open(self._path, os.O_RDWR | os.O_NONBLOCK)
            fcntl.fcntl(self._end, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        with contextlib.suppress(BlockingIOError):  # nobody reads: what is late is dropped
            os.write(self._end, pcm(voice))

    def close(self) -> None:
        if self._end >= 0:
            os.close(self._end)
            self._end = -1
