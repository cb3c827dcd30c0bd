"""Arithmetic on blocks of sound: gains that glide, ducking, limiting, metering. numpy only; 20 ms of 48 kHz stereo float32.

A block is an array of shape (2, 960).
"""

from __future__ import annotations

import numpy as np

RATE_HZ = 48_000
CHANNELS = 2
BLOCK = 960
BLOCK_S = BLOCK / RATE_HZ
DUCK_DB = -14.0
DUCK_ATTACK_S = 0.05
DUCK_HOLD_S = 0.6
DUCK_RELEASE_S = 0.5
VOICE_GATE = 10 ** (-45 / 20)
CEILING = 10 ** (-1.5 / 20)
SILENCE_DBFS = -50.0
SPOKEN_DBFS = -15.5  # heard as loud as music of -16 LUFS


def db(level: float) -> float:
    """A factor as decibel; -120 for nothing."""
    return 20 * float(np.log10(max(level, 1e-6)))


def factor(decibel: float) -> float:
    return float(10 ** (decibel / 20))


def rms(block: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(block, dtype=np.float64)))) if block.size else 0.0


def speech_level_db(voice: np.ndarray) -> float:
    """How loud somebody speaks (mono), pauses left out; -120 for nobody."""
    whole = voice[: len(voice) // BLOCK * BLOCK].reshape(-1, BLOCK)
    power = np.mean(np.square(whole, dtype=np.float64), axis=1)
    power = power[power > VOICE_GATE**2]
    if not power.size:
        return -120.0
    return 10 * float(np.log10(power[power > power.mean() / 10].mean()))


class Glide:
    """A gain that moves in a straight line to its target, without a click."""

    def __init__(self, value: float = 1.0) -> None:
        self.value = value
        self.target = value
        self._step = 0.0

    def to(self, target: float, seconds: float) -> None:
        self.target = target
        if seconds <= 0:
            self.value, self._step = target, 0.0
        else:
            self._step = (target - self.value) / (seconds * RATE_HZ)

    def block(self, count: int = BLOCK) -> np.ndarray | float:
        """The gain over the next `count` samples: a number while it rests, else an array."""
        if self.value == self.target:
            return self.value
        line = self.value + self._step * np.arange(1, count + 1)
        line = np.minimum(line, self.target) if self._step > 0 else np.maximum(line, self.target)
        self.value = float(line[-1])
        return line.astype(np.float32)


class Ducker:
    """Softens the music under a voice: -14 dB within 50 ms, kept for 600 ms after the last word, back in 500 ms."""

    def __init__(self, hold_s: float = DUCK_HOLD_S) -> None:
        self.gain = Glide(1.0)
        self.depth_db = DUCK_DB
        self._hold_s = hold_s
        self._quiet_s = 1e9

    def release(self) -> None:
        """Nobody will go on speaking: do not wait for more."""
        self._quiet_s = 1e9

    def block(self, voice: np.ndarray | None, *, hold: bool = False) -> np.ndarray | float:
        """The gain of the music in this block, given the voice in it (None: nobody speaks). `hold`: it will go on speaking."""
        loud = voice is not None and (hold or rms(voice) > VOICE_GATE)
        self._quiet_s = 0.0 if loud else self._quiet_s + BLOCK_S
        if loud and self.gain.target != factor(self.depth_db):
            self.gain.to(factor(self.depth_db), DUCK_ATTACK_S)
        elif not loud and self._quiet_s > self._hold_s and self.gain.target != 1.0:
            self.gain.to(1.0, DUCK_RELEASE_S)
        return self.gain.block()


class Bus:
    """A way out: music under a voice, which softens it or silences it, below a ceiling. `like`: it goes on as that one does."""

    def __init__(self, like: Bus | None = None) -> None:
        self.ducker = Ducker()
        self.bed = Glide(1.0)
        self.limiter = Limiter()
        if like is not None:
            self.limiter.like(like.limiter)

    @property
    def rests(self) -> bool:
        """Nothing but music comes out, as it went in."""
        return self.ducker.gain.value == self.ducker.gain.target == self.bed.value == self.bed.target == 1.0

    def block(self, music: np.ndarray, voice: np.ndarray | None, *, hold: bool = False) -> np.ndarray:
        """`hold`: the voice will go on speaking."""
        sound = music * self.ducker.block(voice, hold=hold) * self.bed.block()
        if voice is not None:
            sound = sound + voice
        return self.limiter.block(np.asarray(sound, np.float32))


class Limiter:
    """Keeps peaks below -1.5 dBFS. It looks one block ahead: the sound comes out 20 ms later, and its gain is down before a
    peak comes, without a click.
    """

    def __init__(self, ceiling: float = CEILING, release_s: float = 0.2) -> None:
        self.ceiling = ceiling
        self.gain = 1.0
        self._release = 1 - float(np.exp(-BLOCK_S / release_s))
        self._held = np.zeros((CHANNELS, BLOCK), np.float32)
        self._bearable = 1.0

    def like(self, other: Limiter) -> None:
        """Go on where `other` is."""
        self.gain, self._held, self._bearable = other.gain, other._held, other._bearable

    def block(self, sound: np.ndarray) -> np.ndarray:
        """Take a block, and give the one before."""
        peak = float(np.abs(sound).max())
        bearable = min(1.0, self.ceiling / peak) if peak > 0 else 1.0
        before, wanted = self.gain, min(self._bearable, bearable)
        self.gain = wanted if wanted < before else min(wanted, before + (1.0 - before) * self._release)
        held, self._held, self._bearable = self._held, sound, bearable
        if before == self.gain == 1.0:
            return held
        return held * np.linspace(before, self.gain, held.shape[-1], dtype=np.float32)


class Meter:
    """How loud it is, and for how long nothing was heard."""

    def __init__(self) -> None:
        self.level_dbfs = -120.0
        self.silent_s = 0.0

    def block(self, sound: np.ndarray) -> None:
        level = db(rms(sound))
        self.level_dbfs = max(level, self.level_dbfs - 1.0)
        self.silent_s = self.silent_s + BLOCK_S if level < SILENCE_DBFS else 0.0
