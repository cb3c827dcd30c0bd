"""Sound for tests: short pieces written as files, what is heard in a recording, and an engine to be killed."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import numpy as np

RATE_HZ = 48_000


def sine(pitch_hz: float, seconds: float, level: float = 0.3) -> np.ndarray:
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return (np.sin(2 * np.pi * pitch_hz * time) * level).astype(np.float32)


def write_audio(path: Path, sound: np.ndarray, **tags: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format="wav") as container:
        container.metadata.update(tags)
        stream = container.add_stream("pcm_s16le", rate=RATE_HZ, layout="mono")
        frame = av.AudioFrame.from_ndarray((sound[None, :] * 32767).astype(np.int16), format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return path


def decode(data: bytes, form: str = "mp3") -> np.ndarray:
    """Encoded bytes as mono float32 at 48 kHz."""
    with av.open(io.BytesIO(data), format="ogg" if form == "opus" else form) as container:
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
