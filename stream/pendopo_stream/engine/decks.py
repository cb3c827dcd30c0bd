"""Where sound comes from: files, decoded a little ahead by a thread of their own; a tone; a voice from memory."""

from __future__ import annotations

import queue
import threading
from pathlib import Path
from typing import Protocol

import numpy as np

from .mixing import BLOCK, CHANNELS, RATE_HZ, Glide, factor

AHEAD_BLOCKS = 150  # 3 s


class Source(Protocol):
    """Something that gives blocks. `read` returns None when it is over; `error` says why it ended too early."""

    error: str

    def read(self) -> np.ndarray | None: ...
    def close(self) -> None: ...


class FileSource:
    """A file of any kind that FFmpeg reads, as blocks of 48 kHz stereo."""

    def __init__(self, path: Path, gain_db: float = 0.0, *, from_s: float = 0.0, to_s: float = 0.0, patient: bool = False) -> None:
        self.path = path
        self._from_s = from_s
        self._skip = 0  # blocks
        self._most = round((to_s - from_s) * RATE_HZ / BLOCK) if to_s > from_s else 0
        self._patient = patient  # wait for the decoder: for rendering faster than real time
        self.error = ""
        self.starved_blocks = 0
        self._gain = factor(gain_db)
        self._blocks: queue.Queue[np.ndarray | None] = queue.Queue(AHEAD_BLOCKS)
        self._closed = threading.Event()
        self._over = False
        self._thread = threading.Thread(target=self._decode, name=f"deck {path.name}"[:40], daemon=True)
        self._thread.start()

    def _decode(self) -> None:
        import av

        try:
            with av.open(str(self.path), metadata_errors="replace") as container:
                if not container.streams.audio:
                    raise ValueError("no sound in it")
                self._feed(container)
        except (OSError, ValueError, av.FFmpegError) as error:
            self.error = f"{type(error).__name__}: {error}"[:200]
        self._put(None)

    def _feed(self, container: av.container.InputContainer) -> None:  # noqa: F821
        import av

        # FFmpeg would soften one channel by 3 dB to make two of it; it is doubled as it is instead.
        one = container.streams.audio[0].layout.nb_channels == 1
        resampler = av.AudioResampler(format="fltp", layout="mono" if one else "stereo", rate=RATE_HZ, frame_size=BLOCK)
        if self._from_s > 0:
            container.seek(int(self._from_s * 1_000_000))
        bad = 0
        given = False
        for packet in container.demux(audio=0):
            try:
                frames = packet.decode()
                bad = 0
            except av.error.InvalidDataError:
                bad += 1
                if bad > 50:
                    raise
                continue
            for frame in frames:
                if not given and self._from_s > 0:
                    self._skip = round((self._from_s - (frame.time or 0.0)) * RATE_HZ / BLOCK)
                frame.pts = None
                for out in resampler.resample(frame):
                    given = True
                    if not self._cut(out):
                        return
        for out in resampler.resample(None):
            given = True
            if not self._cut(out):
                return
        if not given:
            raise ValueError("no sound in it")

    def _cut(self, frame: av.AudioFrame) -> bool:  # noqa: F821
        """Put what lies between the cue points; False when that is over."""
        if self._skip > 0:
            self._skip -= 1
            return True
        if not self._put(_padded(_both(frame.to_ndarray()) * self._gain)):
            return False
        self._most -= 1
        return self._most != 0

    def _put(self, block: np.ndarray | None) -> bool:
        while not self._closed.is_set():
            try:
                self._blocks.put(block, timeout=0.5)
                return True
            except queue.Full:
                continue
        return False

    def read(self) -> np.ndarray | None:
        """The next block; silence when the decoder is late, None at the end."""
        if self._over:
            return None
        try:
            block = self._blocks.get(timeout=10) if self._patient else self._blocks.get_nowait()
        except queue.Empty:
            self.starved_blocks += 1
            return np.zeros((CHANNELS, BLOCK), np.float32)
        self._over = block is None
        return block

    def close(self) -> None:
        self._closed.set()


class ToneSource:
    """The last rung: a soft tone, one second on, one off, so that everyone hears that something is wrong."""

    def __init__(self, duration_s: float = 5.0, pitch_hz: float = 440.0) -> None:
        self.error = ""
        self._left = int(duration_s * RATE_HZ / BLOCK)
        self._at = 0
        self._pitch_hz = pitch_hz

    def read(self) -> np.ndarray | None:
        if self._left <= 0:
            return None
        self._left -= 1
        time = (self._at + np.arange(BLOCK)) / RATE_HZ
        self._at += BLOCK
        gate = np.clip(np.sin(np.pi * time) * 50, 0, 1)
        wave = np.sin(2 * np.pi * self._pitch_hz * time) * 0.12 * gate
        return np.broadcast_to(wave.astype(np.float32), (CHANNELS, BLOCK)).copy()

    def close(self) -> None:
        self._left = 0


class MemorySource:
    """Mono sound from memory."""

    def __init__(self, sound: np.ndarray) -> None:
        self.error = ""
        self._sound = np.ascontiguousarray(sound, np.float32)
        self._at = 0

    @property
    def left_s(self) -> float:
        return max(0, len(self._sound) - self._at) / RATE_HZ

    def read(self) -> np.ndarray | None:
        if self._at >= len(self._sound):
            return None
        piece = self._sound[self._at : self._at + BLOCK]
        self._at += BLOCK
        return np.broadcast_to(_padded(piece[None, :]), (CHANNELS, BLOCK))

    def close(self) -> None:
        self._at = len(self._sound)


def _both(block: np.ndarray) -> np.ndarray:
    return np.repeat(block, CHANNELS, axis=0) if block.shape[0] == 1 else block


def _padded(block: np.ndarray) -> np.ndarray:
    short = BLOCK - block.shape[-1]
    return np.pad(block, ((0, 0), (0, short))) if short > 0 else block[:, :BLOCK]


class Deck:
    """A source with a fader."""

    def __init__(self, source: Source, *, track_id: str = "", duration_s: float = 0.0, overlap_s: float = 0.0, fade_in_s: float = 0.0) -> None:
        self.source = source
        self.track_id = track_id
        self.duration_s, self.overlap_s = duration_s, overlap_s
        self.played_s = 0.0
        self.over = False
        self.fader = Glide(0.0 if fade_in_s > 0 else 1.0)
        if fade_in_s > 0:
            self.fader.to(1.0, fade_in_s)

    def read(self) -> np.ndarray | None:
        if self.over:
            return None
        block = self.source.read()
        if block is None or (self.fader.target == 0.0 and self.fader.value == 0.0):
            self.over = True
            self.source.close()
            return None
        self.played_s += BLOCK / RATE_HZ
        return block * self.fader.block()

    def leave(self, seconds: float) -> None:
        """Fade away and end."""
        if seconds <= 0:
            self.over = True
            self.source.close()
        else:
            self.fader.to(0.0, seconds)

    @property
    def left_s(self) -> float:
        """What is left by the known length; unknown lengths never seem to end."""
        return self.duration_s - self.played_s if self.duration_s > 0 else 1e9

    @property
    def nears_end(self) -> bool:
        """It is time for the next one to fade over."""
        return self.overlap_s > 0 and self.duration_s > 3 * self.overlap_s and self.left_s <= self.overlap_s
