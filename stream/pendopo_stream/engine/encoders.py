"""One encoder per mount, fed with blocks, giving chunks of whole frames that a listener can begin with."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from ..wire import BITRATES, Chunk
from .mixing import RATE_HZ

PRE_SKIP = 312  # samples that an Opus decoder throws away first


class Mp3Mount:
    """MP3, 64 kbit/s mono. Bare frames: any frame is a place to join."""

    name = "mp3"

    def __init__(self, bitrate: int = BITRATES["mp3"]) -> None:
        import av

        self._codec: Any = av.CodecContext.create("libmp3lame", "w")
        self._codec.sample_rate = RATE_HZ
        self._codec.layout = "mono"
        self._codec.format = "fltp"
        self._codec.bit_rate = bitrate
        # Without the bit reservoir each frame stands alone: joining and restarting never glitch.
        self._codec.options = {"reservoir": "0", "compression_level": "7"}
        self._codec.time_base = Fraction(1, RATE_HZ)
        self._codec.open()
        self._fifo = av.AudioFifo()
        self._frame_size = self._codec.frame_size or 1152
        self._samples = 0
        self._given = 0  # samples
        self._sequence = 0
        self._began_ms = -1

    def feed(self, block: np.ndarray, position_ms: int) -> list[Chunk]:
        import av

        if self._began_ms < 0:
            self._began_ms = position_ms
        mono = block.mean(axis=0, dtype=np.float32)[None, :]
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(mono), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._samples, Fraction(1, RATE_HZ)
        self._samples += block.shape[1]
        self._fifo.write(frame)
        packets = []
        while (whole := self._fifo.read(self._frame_size)) is not None:
            packets += [bytes(packet) for packet in self._codec.encode(whole)]
        if not packets:
            return []
        self._sequence += 1
        begin_ms, samples = self._began_ms + _ms(self._given), len(packets) * self._frame_size
        self._given += samples
        return [Chunk(self.name, self._sequence, begin_ms, b"".join(packets), duration_ms=_ms(samples))]


class OpusMount:
    """Ogg Opus, 24 kbit/s mono. Pages of a quarter second; the first two are the header that each listener needs."""

    name = "opus"

    def __init__(self, bitrate: int = BITRATES["opus"]) -> None:
        import av

        self._sink = _Sink()
        self._container: Any = av.open(self._sink, "w", format="ogg", options={"page_duration": "250000"})
        options = {"application": "audio", "frame_duration": "20", "vbr": "constrained"}
        self._stream = self._container.add_stream("libopus", rate=RATE_HZ, layout="mono", options=options)
        self._stream.bit_rate = bitrate
        self._samples = 0
        self._sequence = 0
        self._began_ms = -1
        self._given = 0  # samples

    def feed(self, block: np.ndarray, position_ms: int) -> list[Chunk]:
        import av

        if self._began_ms < 0:
            self._began_ms = position_ms
        mono = np.ascontiguousarray(block.mean(axis=0, dtype=np.float32)[None, :])
        frame = av.AudioFrame.from_ndarray(mono, format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._samples, Fraction(1, RATE_HZ)
        self._samples += block.shape[1]
        for packet in self._stream.encode(frame):
            self._container.mux(packet)
        return [self._chunk(page) for page in self._sink.pages()]

    def _chunk(self, page: bytes) -> Chunk:
        header = page[27 + page[26] :][:8] in (b"OpusHead", b"OpusTags")
        granule = max(0, int.from_bytes(page[6:14], "little", signed=True) - PRE_SKIP)  # where this page's sound ends
        begin, self._given = self._given, self._given if header else max(granule, self._given)
        self._sequence += 1
        return Chunk(self.name, self._sequence, self._began_ms + _ms(begin), page, header, _ms(self._given - begin))


class _Sink:
    """A place that can't be seeked; splits what is written into Ogg pages."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def pages(self) -> list[bytes]:
        found = []
        while len(self._written) >= 27 and self._written[:4] == b"OggS":
            segments = self._written[26]
            if len(self._written) < 27 + segments:
                break
            length = 27 + segments + sum(self._written[27 : 27 + segments])
            if len(self._written) < length:
                break
            found.append(bytes(self._written[:length]))
            del self._written[:length]
        return found


def make_mount(name: str) -> Mp3Mount | OpusMount:
    return {"mp3": Mp3Mount, "opus": OpusMount}[name]()


def _ms(samples: int) -> int:
    return samples * 1000 // RATE_HZ
