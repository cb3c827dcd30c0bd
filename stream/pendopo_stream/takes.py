"""A human voice in a file: known by its content, brought to mono 48 kHz, trimmed and levelled; and written as MP3."""

from __future__ import annotations

import io

import numpy as np

RATE_HZ = 48_000
# Only these are opened at all: FFmpeg's playlist formats would read other files of this machine.
FORMATS = "mp3,ogg,flac,wav,mov,aac,matroska,webm"
LONGEST_S = 95.0
SHORTEST_S = 0.3
PEAK = 0.7
QUIET = 0.003  # -50 dBFS: below it the edges are silence


class NotATake(ValueError):
    """`why`: "unknown" (no sound that is known), "long" (more than 95 s), "short", "silent"."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def read_take(data: bytes) -> np.ndarray:
    """The voice in `data`: mono float32 at 48 kHz, silence cut off its ends, peak at -3 dBFS. Raises NotATake."""
    import av

    try:
        with av.open(io.BytesIO(data), options={"format_whitelist": FORMATS}, metadata_errors="replace") as container:
            if not container.streams.audio:
                raise NotATake("unknown")
            sound = _decoded(container)
    except (av.FFmpegError, OSError) as error:
        raise NotATake("unknown") from error
    return _trimmed(sound)


def _decoded(container) -> np.ndarray:
    import av

    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
    parts: list[np.ndarray] = []
    length = 0
    for frame in container.decode(audio=0):
        for made in resampler.resample(frame):
            parts.append(made.to_ndarray()[0])
            length += len(parts[-1])
        if length > LONGEST_S * RATE_HZ:
            raise NotATake("long")
    parts += [made.to_ndarray()[0] for made in resampler.resample(None)]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _trimmed(sound: np.ndarray) -> np.ndarray:
    loud = np.flatnonzero(np.abs(sound) > QUIET)
    if not len(loud):
        raise NotATake("silent")
    edge = RATE_HZ // 10
    sound = sound[max(0, loud[0] - edge) : loud[-1] + edge]
    if len(sound) < SHORTEST_S * RATE_HZ:
        raise NotATake("short")
    return (sound * (PEAK / float(np.abs(sound).max()))).astype(np.float32)


def as_mp3(sound: np.ndarray) -> bytes:
    """Mono float32 at 48 kHz as MP3 of 64 kbit/s, which every browser plays."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=RATE_HZ, layout="mono")
        stream.bit_rate = 64_000
        frame = av.AudioFrame.from_ndarray(sound[None, :].astype(np.float32), format="fltp", layout="mono")
        frame.sample_rate = RATE_HZ
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()
