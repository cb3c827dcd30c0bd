"""Live voices: a short queue for each line, evened out, mixed with a fader."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np

from ..microphones import LiveState, Voice
from .mixing import BLOCK, BLOCK_S, SPOKEN_DBFS, Glide, db, factor, rms

BLOCK_BYTES = BLOCK * 2
MOST_BLOCKS = 3  # 60 ms: what waits longer would only make the voice late
FIRST_BLOCKS = 2
MOST_LIFT_DB, MOST_CUT_DB = 9.0, -9.0
LEVEL_S = 1.5
FADE_S = 0.04
GATE = factor(-45)


class Leveller:
    """Brings a voice slowly to an even loudness; silence between words leaves it as it is."""

    def __init__(self) -> None:
        self.gain_db = 0.0
        self._pace = 1 - float(np.exp(-BLOCK_S / LEVEL_S))

    def block(self, sound: np.ndarray) -> np.ndarray:
        level = rms(sound)
        before = self.gain_db
        if level > GATE:
            wanted = min(MOST_LIFT_DB, max(MOST_CUT_DB, SPOKEN_DBFS - db(level)))
            self.gain_db += (wanted - self.gain_db) * self._pace
        return sound * np.linspace(factor(before), factor(self.gain_db), sound.shape[-1], dtype=np.float32)


class Line:
    """The sound of one microphone: put in from any thread, read by the mixer."""

    def __init__(self) -> None:
        self.fresh = False  # something came since the mixer looked
        self.last = np.zeros(BLOCK, np.float32)
        self._blocks: deque[bytes] = deque(maxlen=MOST_BLOCKS)
        self._flows = False
        self._leveller = Leveller()
        self._fader = Glide(0.0)

    def put(self, pcm: bytes) -> None:
        for at in range(0, len(pcm) - BLOCK_BYTES + 1, BLOCK_BYTES):
            self._blocks.append(pcm[at : at + BLOCK_BYTES])
        self.fresh = True

    def set(self, voice: Voice) -> None:
        self._fader.to(factor(voice.gain_db) if voice.sounds else 0.0, FADE_S)

    def read(self) -> np.ndarray | None:
        """The next block, mono, as it goes on the air; None while nothing of it is heard."""
        self._flows = len(self._blocks) >= (1 if self._flows else FIRST_BLOCKS)
        if not self._flows:
            self.last = np.zeros(BLOCK, np.float32)
            self._fader.block()
            return None
        self.last = self._leveller.block(np.frombuffer(self._blocks.popleft(), "<i2").astype(np.float32) / 32768)
        gain = self._fader.block()
        return None if isinstance(gain, float) and gain == 0.0 else self.last * gain


class Lines:
    """All lines, by channel."""

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}
        self._calls: set[str] = set()

    def set(self, live: LiveState) -> None:
        self.lines = {voice.channel: self.lines.get(voice.channel, Line()) for voice in live.voices}
        self._calls = {voice.channel for voice in live.voices if voice.kind == "call"}
        for voice in live.voices:
            self.lines[voice.channel].set(voice)

    def put(self, channel: str, pcm: bytes) -> None:
        line = self.lines.get(channel)
        if line is not None:
            line.put(pcm)

    def fresh(self) -> Iterable[str]:
        """The channels from which something came since the last time."""
        for channel, line in self.lines.items():
            if line.fresh:
                line.fresh = False
                yield channel

    def read(self) -> tuple[np.ndarray | None, np.ndarray | None]:
        """(everybody, everybody but the callers) of the next block, mono."""
        everybody = studio = None
        for channel, line in self.lines.items():
            block = line.read()
            if block is None:
                continue
            everybody = block if everybody is None else everybody + block
            if channel not in self._calls:
                studio = block if studio is None else studio + block
        return everybody, studio

    def levels(self) -> tuple[float, dict[str, float]]:
        """(the microphone, each caller) in dBFS, before the fader."""
        levels = {channel: round(db(rms(line.last)), 1) for channel, line in self.lines.items()}
        return max([-120.0, *(level for channel, level in levels.items() if channel not in self._calls)]), {
            channel: level for channel, level in levels.items() if channel in self._calls
        }
