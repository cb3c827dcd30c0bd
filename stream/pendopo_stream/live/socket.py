"""A microphone by websocket, where WebRTC can't pass: PCM, or Opus in WebM or Ogg as MediaRecorder makes it."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import av

log = logging.getLogger("pendopo_stream.live")
FORMATS = ("pcm", "webm", "ogg")
RATE_HZ, BLOCK = 48_000, 960
MOST_WAITING = 200  # pieces that the decoder has not read: several seconds, it has hung or is being flooded


class BadSound(ValueError):
    """What came is not the sound that was announced."""


class Decoder(Protocol):
    def feed(self, data: bytes) -> None: ...
    def close(self) -> None: ...


class Plain:
    """16-bit mono PCM at 48 kHz, as the page's AudioWorklet makes it: handed on as it is."""

    def __init__(self, on_sound: Callable[[bytes], None]) -> None:
        self._on_sound = on_sound

    def feed(self, data: bytes) -> None:
        if len(data) % 2:
            raise BadSound("half a sample")
        self._on_sound(data)

    def close(self) -> None:
        pass


class _Pipe:
    """What FFmpeg reads from: it waits for the next piece, and an empty one is the end."""

    def __init__(self) -> None:
        self.pieces: queue.Queue[bytes] = queue.Queue(MOST_WAITING)
        self.ended = False
        self._rest = b""

    def read(self, size: int) -> bytes:
        if self.ended:
            return b""
        data = self._rest or self.pieces.get()
        self._rest = data[size:]
        return data[:size]


class Container:
    """Opus in WebM or Ogg, decoded in a thread as it comes. `on_sound` is called on the loop."""

    def __init__(self, form: str, on_sound: Callable[[bytes], None]) -> None:
        self.error = ""
        self._form = {"webm": "matroska", "ogg": "ogg"}[form]
        self._on_sound = on_sound
        self._loop = asyncio.get_running_loop()
        self._pipe = _Pipe()
        self._closed = False
        self._thread = threading.Thread(target=self._decode, name="microphone", daemon=True)
        self._thread.start()

    def feed(self, data: bytes) -> None:
        """Raises BadSound when the decoder gave up, or does not keep up."""
        if self.error:
            raise BadSound(self.error)
        if data:
            try:
                self._pipe.pieces.put_nowait(data)
            except queue.Full as error:
                raise BadSound("too much at once") from error

    def close(self) -> None:
        self._closed = self._pipe.ended = True
        with suppress(queue.Full):  # then it has pieces enough to see that it is closed
            self._pipe.pieces.put_nowait(b"")

    def _decode(self) -> None:
        options = {"fflags": "nobuffer", "probesize": "32", "analyzeduration": "0"}
        try:
            with av.open(self._pipe, format=self._form, options=options, buffer_size=4096) as container:
                resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ, frame_size=BLOCK)
                for packet in container.demux(audio=0):
                    for frame in packet.decode():
                        frame.pts = None
                        for block in resampler.resample(frame):
                            self._loop.call_soon_threadsafe(self._give, bytes(block.planes[0])[: block.samples * 2])
        except (OSError, ValueError, IndexError, RuntimeError, av.FFmpegError) as error:  # RuntimeError: the loop ended
            self.error = f"{type(error).__name__}: {error}"[:200]
        else:
            self.error = "the recording ended"

    def _give(self, pcm: bytes) -> None:
        if not self._closed:
            self._on_sound(pcm)


def decoder(form: str, on_sound: Callable[[bytes], None]) -> Decoder:
    """Raises BadSound on an unknown form."""
    if form == "pcm":
        return Plain(on_sound)
    if form in FORMATS:
        return Container(form, on_sound)
    raise BadSound("unknown form")
