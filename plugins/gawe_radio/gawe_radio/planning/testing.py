"""A sound to hand in, for tests."""

from __future__ import annotations

import io
import wave

import numpy as np


def wav(seconds: float = 1.0, pitch_hz: float = 440.0, rate_hz: int = 8_000) -> bytes:
    """A tone as a WAV file."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((np.sin(np.arange(int(rate_hz * seconds)) * pitch_hz * 2 * np.pi / rate_hz) * 9_000).astype("<i2").tobytes())
    return held.getvalue()
