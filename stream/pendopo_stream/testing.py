"""Sound for tests: short pieces written as files, what is heard in a recording, and an engine to be killed."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np

from .engine.embedded import Mixer
from .engine.library import Library
from .engine.mixing import BLOCK
from .plan import Plan
from .rundown import Station
from .wire import Chunk

NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
RATE_HZ = 48_000


def sine(pitch_hz: float, seconds: float, level: float = 0.3) -> np.ndarray:
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return (np.sin(2 * np.pi * pitch_hz * time) * level).astype(np.float32)


def write_audio(path: Path, sound: np.ndarray, **tags: str) -> Path:
    """`sound`: one row is mono, two rows are stereo."""
    layout, samples = ("stereo", sound.T.reshape(1, -1)) if sound.ndim == 2 else ("mono", sound[None, :])
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format="wav") as container:
        container.metadata.update(tags)
        stream = container.add_stream("pcm_s16le", rate=RATE_HZ, layout=layout)
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16), format="s16", layout=layout)
        frame.sample_rate = RATE_HZ
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return path


def decode(data: bytes, form: str = "mp3") -> np.ndarray:
    """Encoded bytes as mono float32 at 48 kHz."""
    with av.open(io.BytesIO(data), format={"opus": "ogg", "hls": "mp4"}.get(form, form)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        parts = []
        for packet in container.demux(audio=0):
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                continue
            for frame in frames:
                frame.pts = None
                parts += [out.to_ndarray()[0] for out in resampler.resample(frame)]
        return np.concatenate(parts)


def tone_db(sound: np.ndarray, pitch_hz: float) -> float:
    """How loud one pitch is, in dB, by correlation with it."""
    time = np.arange(len(sound)) / RATE_HZ
    return 20 * np.log10(abs(np.mean(sound * np.exp(-2j * np.pi * pitch_hz * time))) * 2 + 1e-9)


def where(sound: np.ndarray, clip: np.ndarray) -> tuple[int, float]:
    """Where `clip` is heard best in `sound`, and how alike they are there: 1 is the same, 0 has nothing in common.

    A sound shorter than the clip holds it nowhere: `(0, 0.0)`.
    """
    places = len(sound) - len(clip) + 1
    if places < 1:
        return 0, 0.0
    size = 1 << (len(sound) + len(clip)).bit_length()
    match = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(clip, size)), size)[:places]
    energy = np.concatenate(([0.0], np.cumsum(np.square(sound, dtype=np.float64))))
    around = np.sqrt(np.maximum(energy[len(clip) :] - energy[:-len(clip)], 0.0))
    alike = np.abs(match) / (np.linalg.norm(clip) * around + 1e-9)
    at = int(np.argmax(alike))
    return at, float(alike[at])


class Studio:
    """The embedded engine's sound, rendered faster than real time, with a clock that runs with the sound."""

    def __init__(self, home: Path, *, measure: bool = False, areas: tuple[str, ...] = (), mounts: tuple[str, ...] = ("mp3", "opus")) -> None:
        self.library = Library(home / "media", home / "library.json")
        if measure:
            list(self.library.measure_new())
        self.events: list[dict[str, Any]] = []
        self.chunks: list[Chunk] = []
        self.mixer = Mixer(
            Station.of(self.library.tracks(), Plan()), home / "media", mounts=mounts, areas=areas, tell=self.events.append, give=self.chunks.extend,
            patient=True, clock=lambda: NOON + timedelta(milliseconds=self.mixer.position_ms) if hasattr(self, "mixer") else NOON,
        )
        self._talkers: dict[str, tuple[float, float]] = {}
        self._said = 0

    def talk(self, channel: str, pitch_hz: float | None, level: float = 0.3) -> None:
        """From now on this microphone hears a tone; None: its line is dead."""
        self._talkers[channel] = (pitch_hz or 0.0, level)
        if pitch_hz is None:
            del self._talkers[channel]

    def render(self, seconds: float) -> np.ndarray:
        """Mono sound of the next `seconds`."""
        blocks = []
        for _ in range(int(seconds * RATE_HZ / BLOCK)):
            time = (self._said + np.arange(BLOCK)) / RATE_HZ
            for channel, (pitch_hz, level) in self._talkers.items():
                self.mixer.hear(channel, (np.sin(2 * np.pi * pitch_hz * time) * level * 32767).astype("<i2").tobytes())
            self._said += BLOCK
            blocks.append(self.mixer.render())
        return np.concatenate(blocks, axis=1).mean(axis=0)

    def kinds(self) -> list[str]:
        return [event["event"] for event in self.events]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == kind]

    def heard(self, mount: str) -> np.ndarray:
        """What a listener of `mount` heard so far, mono."""
        return decode(b"".join(chunk.data for chunk in self.chunks if chunk.mount == mount), mount.partition("@")[0])


class EngineChild:
    """The engine as a process, for one test."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "pendopo_stream.engine", "--home", str(self.home)]
        with (self.home / "engine.err").open("ab") as errors:
            self.process = subprocess.Popen(command, stderr=errors, env={**os.environ, "OMP_NUM_THREADS": "1"})
        deadline = time.monotonic() + 15
        while not (self.home / "engine.sock").exists():
            assert self.process.poll() is None, (self.home / "engine.err").read_text()
            assert time.monotonic() < deadline, "the engine did not begin"
            time.sleep(0.05)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(5)

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(8)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(5)
