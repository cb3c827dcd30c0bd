"""Sound from memory as files that Liquidsoap can be shown."""

from __future__ import annotations

import asyncio
import wave
from pathlib import Path

import av
import numpy as np

from ...tracks import Track
from ..decks import ToneSource
from ..mixing import RATE_HZ

RESTS_S = 30.0
MONO_DB = 3.01


class Spool:
    """Short-lived files in `folder`. Nothing in it is worth keeping over a start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    def clear(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.glob("*.wav"):
            old.unlink()

    def put(self, name: str, sound: np.ndarray) -> Path:
        """Mono sound of 48 kHz."""
        path = self.folder / f"{name}.wav"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            with wave.open(str(path), "wb") as file:
                file.setnchannels(2)
                file.setsampwidth(2)
                file.setframerate(RATE_HZ)
                file.writeframes(pcm(np.repeat(sound, 2)))
        return path

    def tone(self, seconds: float) -> Path:
        """The last rung of the ladder."""
        source, blocks = ToneSource(seconds or 5.0), []
        while (block := source.read()) is not None:
            blocks.append(block[0])
        return self.put(f"tone{seconds:.0f}", np.concatenate(blocks))

    def drop(self, name: str) -> None:
        """It was read; a reader may still be at its end."""
        path = self.folder / f"{name}.wav"
        asyncio.get_running_loop().call_later(RESTS_S, lambda: path.unlink(missing_ok=True))


def gain_of(path: Path, track: Track) -> str:
    """The annotation that brings a file to the station's loudness. FFmpeg makes two channels of one 3 dB softer: not so here."""
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            one = bool(container.streams.audio) and container.streams.audio[0].layout.nb_channels == 1
    except (OSError, ValueError, av.FFmpegError):
        one = False  # Liquidsoap will say that it can't be read
    return f"{track.gain_db + (MONO_DB if one else 0.0):.2f} dB"


def pcm(sound: np.ndarray) -> bytes:
    return (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()
