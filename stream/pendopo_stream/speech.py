"""A voice: text -> sound. espeak-ng (GPL-3) runs in a process of its own, from the wheel `espeakng-loader` or the system.

Nothing of it is linked into this program; without it `synthesize` raises NoVoice and announcements stay text and chime.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import struct
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import numpy as np

from . import takes
from .announcements import Announcement
from .clips import Clips
from .spoken_text import speakable

RATE_HZ = 48_000
VOICES = {"id": "id", "en": "en", "jv": "id", "su": "id"}  # no Javanese or Sundanese voice exists: the Indonesian one reads them
PAUSE_S = 1.0
SPEED_WPM = 138  # 2.3 words a second
LONGEST_TEXT = 4000
TIMEOUT_S = 20.0
DRILL_CALL = "Latihan. Ini hanya latihan."


class NoVoice(RuntimeError):
    """No synthesiser is installed, or it failed."""


def available() -> str:
    """Which synthesiser is here: "espeakng-loader", "espeak-ng" or ""."""
    if importlib.util.find_spec("espeakng_loader"):
        return "espeakng-loader"
    return "espeak-ng" if shutil.which("espeak-ng") else ""


def synthesize(text: str, language: str = "id", *, speed_wpm: int = SPEED_WPM, clips: Clips | None = None) -> np.ndarray:
    """`text` spoken: mono float32 at 48 kHz, trimmed, peak at -3 dBFS. `***` is a second of silence. Raises NoVoice.

    Phrases that `clips` holds are heard from there.
    """
    parts = [part.strip() for part in re.split(r"\*{3,}", speakable(text[:LONGEST_TEXT], language))]
    sounds: list[np.ndarray] = []
    for number, part in enumerate(parts):
        if number:
            sounds.append(np.zeros(int(PAUSE_S * RATE_HZ), np.float32))
        for kind, piece in clips.pieces(part, language) if clips else [("words", part)] if part else []:
            sounds.append(piece if kind == "sound" else _even(_spoken(piece, VOICES.get(language, "en"), speed_wpm)))
    if not sounds or not any(sound.any() for sound in sounds):
        raise NoVoice("nothing to say")
    return _even(np.concatenate(sounds))


def _even(sound: np.ndarray) -> np.ndarray:
    peak = float(np.abs(sound).max(initial=0.0))
    return (sound * (takes.PEAK / peak)).astype(np.float32) if peak else sound


def said(announcement: Announcement, home: Path) -> np.ndarray:
    """Everything that is heard of an announcement, without its tones: its own voice when it has one, else the robot in
    each language, with the clips of this station. A voice that can't be read is spoken by the robot. A drill is called
    one before and after. Raises NoVoice.
    """
    pause = np.zeros(RATE_HZ // 2, np.float32)
    clips = Clips(home / "voices" / "clips")
    own = _own_voice(home / announcement.voice) if announcement.voice else None
    sounds = [own] if own is not None else []
    if not sounds:
        sounds = [synthesize(text, language, clips=clips) for language, text in announcement.texts.items() if text.strip()]
    if announcement.drill:
        call = synthesize(DRILL_CALL, clips=clips)
        sounds = [call, *sounds, call]
    return np.concatenate([part for sound in sounds for part in (sound, pause)][:-1])


def _own_voice(path: Path) -> np.ndarray | None:
    try:
        return takes.read_take(path.read_bytes())
    except (takes.NotATake, OSError):
        return None


def _spoken(text: str, voice: str, speed_wpm: int) -> np.ndarray:
    which = available()
    if which == "espeakng-loader":
        command = [sys.executable, "-m", "pendopo_stream.espeak_child", voice, str(speed_wpm)]
    elif which:
        command = ["espeak-ng", "-v", voice, "-s", str(speed_wpm), "--stdin", "--stdout"]
    else:
        raise NoVoice("espeak-ng is not installed (pip install pendopo-stream[speech])")
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoVoice(str(error)) from error
    if done.returncode or len(done.stdout) < 46:
        raise NoVoice(done.stderr.decode(errors="replace")[-300:] or f"the synthesiser ended with {done.returncode}")
    return _from_wav(done.stdout)


def _from_wav(data: bytes) -> np.ndarray:
    """A WAV of 16-bit mono (its length fields may be wrong: it was streamed) as float32 at 48 kHz."""
    rate = struct.unpack_from("<I", data, 24)[0]
    at = data.index(b"data") + 8
    samples = np.frombuffer(data[at : at + (len(data) - at) // 2 * 2], "<i2").astype(np.float32) / 32768
    return resample(samples, rate)


def resample(samples: np.ndarray, rate_hz: int) -> np.ndarray:
    """Mono float32 from `rate_hz` to 48 kHz."""
    if rate_hz == RATE_HZ:
        return samples
    import av

    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
    frame = av.AudioFrame.from_ndarray(samples[None, :].astype(np.float32), format="flt", layout="mono")
    frame.sample_rate = rate_hz
    frames = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([f.to_ndarray()[0] for f in frames])


@lru_cache
def chime() -> np.ndarray:
    """Three falling bell strokes before an announcement: mono float32, 1.6 s."""
    return _strokes([(0.0, 1174.66), (0.35, 987.77), (0.7, 783.99)], 1.6, 0.35)


@lru_cache
def attention_tone() -> np.ndarray:
    """The two-tone call before an emergency: 853 and 960 Hz together, eight pulses in four seconds."""
    time = np.arange(int(4.0 * RATE_HZ)) / RATE_HZ
    gate = np.clip(np.sin(2 * np.pi * 2 * time) * 20, 0, 1)
    sound = (np.sin(2 * np.pi * 853 * time) + np.sin(2 * np.pi * 960 * time)) * 0.25 * gate
    return sound.astype(np.float32)


def _strokes(strokes: list[tuple[float, float]], length_s: float, level: float) -> np.ndarray:
    sound = np.zeros(int(length_s * RATE_HZ))
    for start_s, pitch_hz in strokes:
        at = int(start_s * RATE_HZ)
        time = np.arange(len(sound) - at) / RATE_HZ
        sound[at:] += (np.sin(2 * np.pi * pitch_hz * time) + 0.3 * np.sin(2 * np.pi * pitch_hz * 2.76 * time) * np.exp(-time * 8)) * np.exp(-time * 4)
    fade = np.minimum(1, np.arange(len(sound))[::-1] / (0.05 * RATE_HZ))
    return (sound * fade * level).astype(np.float32)
