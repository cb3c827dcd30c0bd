"""One encoder per mount, fed with blocks, giving chunks of whole frames that a listener can begin with."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from ..wire import BITRATES, Chunk
from .mixing import BLOCK, RATE_HZ

PRE_SKIP = 312  # samples that an Opus decoder throws away first
SEGMENT_S = 2


class Mount(ABC):
    """`feed` is given each block with the position at which it begins. Numbers begin at that position, so that a mount that
    ended and is made again goes on growing.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.encoding = name.partition("@")[0]
        self._taken = 0  # samples fed
        self._given = 0  # samples in chunks
        self._sequence = 0
        self._began_ms = -1

    def feed(self, block: np.ndarray, position_ms: int) -> list[Chunk]:
        import av

        if self._began_ms < 0:
            self._began_ms = self._sequence = position_ms
        mono = np.ascontiguousarray(block.mean(axis=0, dtype=np.float32)[None, :])
        frame = av.AudioFrame.from_ndarray(mono, format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._taken, Fraction(1, RATE_HZ)
        self._taken += block.shape[1]
        return self._encode(frame)

    @abstractmethod
    def _encode(self, frame: Any) -> list[Chunk]:
        """What is whole after `frame`."""

    def title(self, title: str) -> list[Chunk]:
        """What is heard from now on is called so; most mounts have no place for it."""
        return []

    def _chunk(self, data: bytes, samples: int, *, header: bool = False) -> Chunk:
        begin, self._given = self._given, self._given + samples
        self._sequence += 1
        return Chunk(self.name, self._sequence, self._began_ms + _ms(begin), data, header, _ms(samples))

    def _codec(self, encoder: str, form: str, options: dict[str, str]) -> Any:
        import av

        codec: Any = av.CodecContext.create(encoder, "w")
        codec.sample_rate, codec.layout, codec.format, codec.bit_rate = RATE_HZ, "mono", form, BITRATES[self.encoding]
        codec.options, codec.time_base = options, Fraction(1, RATE_HZ)
        codec.open()
        return codec


class Mp3Mount(Mount):
    """MP3, 64 kbit/s mono. Bare frames: any frame is a place to join."""

    def __init__(self, name: str = "mp3") -> None:
        import av

        super().__init__(name)
        # Without the bit reservoir each frame stands alone: joining and restarting never glitch.
        self._encoder = self._codec("libmp3lame", "fltp", {"reservoir": "0", "compression_level": "7"})
        self._fifo = av.AudioFifo()
        self._frame_size = self._encoder.frame_size or 1152

    def _encode(self, frame: Any) -> list[Chunk]:
        self._fifo.write(frame)
        packets = []
        while (whole := self._fifo.read(self._frame_size)) is not None:
            packets += [bytes(packet) for packet in self._encoder.encode(whole)]
        return [self._chunk(b"".join(packets), len(packets) * self._frame_size)] if packets else []


class PacketMount(Mount):
    """Opus, 32 kbit/s mono, one packet of 20 ms a chunk: for WebRTC, which has frames of its own."""

    def __init__(self, name: str = "rtc") -> None:
        super().__init__(name)
        self._encoder = self._codec("libopus", "flt", {"application": "audio", "frame_duration": "20"})

    def _encode(self, frame: Any) -> list[Chunk]:
        import av

        packed = av.AudioFrame.from_ndarray(frame.to_ndarray(), format="flt", layout="mono")
        packed.sample_rate, packed.pts, packed.time_base = RATE_HZ, frame.pts, frame.time_base
        return [self._chunk(bytes(packet), BLOCK) for packet in self._encoder.encode(packed)]


class OpusMount(Mount):
    """Ogg Opus, 24 kbit/s mono, in pages of a quarter second. Each title begins a new piece of a chained stream, whose
    first two pages are the header that each listener needs. Time goes on through all pieces, so that no
    player sees a jump.
    """

    def __init__(self, name: str = "opus") -> None:
        super().__init__(name)
        self._title = ""
        self._open()

    def _open(self) -> None:
        import av

        self._sink = _Sink()
        self._container: Any = av.open(self._sink, "w", format="ogg", options={"page_duration": "250000"})
        if self._title:
            self._container.metadata["title"] = self._title
        options = {"application": "audio", "frame_duration": "20", "vbr": "constrained"}
        self._stream = self._container.add_stream("libopus", rate=RATE_HZ, layout="mono", options=options)
        self._stream.bit_rate = BITRATES[self.encoding]
        self._fresh = True

    def _encode(self, frame: Any) -> list[Chunk]:
        import av

        packed = av.AudioFrame.from_ndarray(frame.to_ndarray(), format="flt", layout="mono")
        packed.sample_rate, packed.pts, packed.time_base = RATE_HZ, frame.pts, frame.time_base
        self._fresh = False
        for packet in self._stream.encode(packed):
            self._container.mux(packet)
        return [self._page(page) for page in self._sink.pages()]

    def title(self, title: str) -> list[Chunk]:
        if title == self._title:
            return []
        self._title = title
        if self._fresh:
            self._open()
            return []
        for packet in self._stream.encode(None):
            self._container.mux(packet)
        self._container.close()
        ended = [self._page(page) for page in self._sink.pages()]
        self._given = self._taken
        self._open()
        return ended

    def _page(self, page: bytes) -> Chunk:
        header = page[27 + page[26] :][:8] in (b"OpusHead", b"OpusTags")
        granule = max(0, int.from_bytes(page[6:14], "little", signed=True) - PRE_SKIP)  # where this page's sound ends
        return self._chunk(page, 0 if header else max(0, granule - self._given), header=header)


class HlsMount(Mount):
    """AAC, 64 kbit/s mono, in fragmented MP4: the init segment as header, then one chunk is one media segment of 2 s.

    Segments are numbered from the time of day, so that the numbers of a new run are above those of the run before.
    """

    def __init__(self, name: str = "hls", clock_s: Callable[[], float] = time.time) -> None:
        import av

        super().__init__(name)
        self._clock_s = clock_s
        self._sink = _Sink()
        flags = {"movflags": "empty_moov+default_base_moof+skip_trailer", "frag_duration": str((SEGMENT_S * 1000 - 10) * 1000)}
        self._container: Any = av.open(self._sink, "w", format="mp4", options=flags)
        self._stream = self._container.add_stream("aac", rate=RATE_HZ, layout="mono")
        self._stream.bit_rate = BITRATES[self.encoding]
        self._container.start_encoding()
        self._init_given = False
        self._fifo = av.AudioFifo()
        self._frames = 0  # whole frames in the encoder and the open segment

    def _encode(self, frame: Any) -> list[Chunk]:
        size = self._stream.codec_context.frame_size
        self._fifo.write(frame)
        chunks = []
        while (whole := self._fifo.read(size)) is not None:
            for packet in self._stream.encode(whole):
                self._container.mux(packet)
                self._frames += 1
                chunks += self._segments(size)
        return chunks

    def _segments(self, size: int) -> list[Chunk]:
        chunks = []
        for init, data in self._sink.segments():
            if init:
                chunks.append(self._chunk(data, 0, header=True))
                self._sequence = int(self._clock_s() // SEGMENT_S) - 1
            else:
                # The packet that made the muxer write the segment is the first of the next one.
                chunks.append(self._chunk(data, (self._frames - 1) * size))
                self._frames = 1
        return chunks


class _Sink:
    """A place that can't be seeked; splits what is written into Ogg pages or MP4 segments."""

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

    def segments(self) -> list[tuple[bool, bytes]]:
        """Whole segments: (is it the init segment, bytes). One ends with `moov`, the others with `mdat`."""
        found, at = [], 0
        while len(self._written) >= at + 8:
            length, kind = int.from_bytes(self._written[at : at + 4], "big"), bytes(self._written[at + 4 : at + 8])
            if len(self._written) < at + length:
                break
            at += length
            if kind in (b"moov", b"mdat"):
                found.append((kind == b"moov", bytes(self._written[:at])))
                del self._written[:at]
                at = 0
        return found


MAKERS: dict[str, Callable[[str], Mount]] = {"mp3": Mp3Mount, "opus": OpusMount, "hls": HlsMount, "rtc": PacketMount, "call": PacketMount}


def make_mount(name: str) -> Mount:
    return MAKERS[name.partition("@")[0]](name)


def _ms(samples: int) -> int:
    return samples * 1000 // RATE_HZ
