"""A voice for one pair of ears: what comes into one channel of the engine, encoded for one track, never on the air."""

from __future__ import annotations

import av
import numpy as np

from .line import BLOCK_BYTES, Line
from .whep import Forwarded

BITRATE = 32_000


class TalkBack:
    """From now until `stop`, `track` hears the channel `number`."""

    def __init__(self, line: Line, number: str, track: Forwarded) -> None:
        self.line, self.number, self.track = line, number, track
        self._encoder = av.CodecContext.create("libopus", "w")
        self._encoder.sample_rate, self._encoder.layout, self._encoder.format, self._encoder.bit_rate = 48_000, "mono", "s16", BITRATE
        self._pts = 0
        line.hear(number, self._sound)

    def _sound(self, pcm: bytes) -> None:
        for at in range(0, len(pcm) - BLOCK_BYTES + 1, BLOCK_BYTES):
            samples = np.frombuffer(pcm, np.int16, BLOCK_BYTES // 2, at)
            frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
            frame.sample_rate, frame.pts = 48_000, self._pts
            self._pts += len(samples)
            for packet in self._encoder.encode(frame):
                self.track.put(bytes(packet))

    def stop(self) -> None:
        self.line.unhear(self.number)
