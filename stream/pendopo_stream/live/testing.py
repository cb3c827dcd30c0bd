"""The other side of a WebRTC line for tests and measurements: a microphone that makes a wanted sound, an ear that keeps what it hears."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from fractions import Fraction

import av
import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

RATE_HZ, BLOCK = 48_000, 960


class ToneTrack(MediaStreamTrack):
    """20 ms at a time, in real time: `sound(first_sample)` gives 960 float samples. `began`: loop time of sample 0."""

    kind = "audio"

    def __init__(self, sound: Callable[[int], np.ndarray]) -> None:
        super().__init__()
        self.sound, self.began, self._at = sound, 0.0, 0

    async def recv(self) -> av.AudioFrame:
        if self.readyState != "live":
            raise MediaStreamError
        loop = asyncio.get_running_loop()
        if not self.began:
            self.began = loop.time()
        await asyncio.sleep(self.began + self._at / RATE_HZ - loop.time())
        samples = (np.clip(self.sound(self._at), -1, 1) * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._at, Fraction(1, RATE_HZ)
        self._at += BLOCK
        return frame


def tone(pitch_hz: float, level: float = 0.4) -> Callable[[int], np.ndarray]:
    return lambda first: np.sin(2 * np.pi * pitch_hz * (np.arange(BLOCK) + first) / RATE_HZ) * level


class Caller:
    """A peer that speaks (`sound`), hears (`hears`), or both. `heard`: (loop time, 20 ms of float samples)."""

    def __init__(self, *, sound: Callable[[int], np.ndarray] | None = None, hears: bool = False) -> None:
        self.wire = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.heard: list[tuple[float, np.ndarray]] = []
        self.microphone = ToneTrack(sound) if sound else None
        self._tasks: list[asyncio.Task[None]] = []
        if self.microphone is not None:
            self.wire.addTransceiver(self.microphone, direction="sendrecv" if hears else "sendonly")
        else:
            self.wire.addTransceiver("audio", direction="recvonly")
        self.wire.on("track", lambda track: self._tasks.append(asyncio.create_task(self._hear(track))))

    async def offer(self) -> str:
        await self.wire.setLocalDescription(await self.wire.createOffer())
        return self.wire.localDescription.sdp

    async def accept(self, answer: str) -> None:
        await self.wire.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def connected(self, timeout_s: float = 15.0) -> None:
        async with asyncio.timeout(timeout_s):
            while self.wire.connectionState != "connected":
                await asyncio.sleep(0.02)

    async def _hear(self, track: MediaStreamTrack) -> None:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ, frame_size=BLOCK)
        try:
            while True:
                frame = await track.recv()
                now = asyncio.get_running_loop().time()
                frame.pts = None
                self.heard += [(now, block.to_ndarray()[0]) for block in resampler.resample(frame)]
        except MediaStreamError:
            return

    def sound(self) -> np.ndarray:
        return np.concatenate([block for _, block in self.heard]) if self.heard else np.zeros(0, np.float32)

    async def close(self) -> None:
        await self.wire.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


BURST_S = 0.1


def bursts(pitch_hz: float, every_s: float = 1.0) -> Callable[[int], np.ndarray]:
    """A beep of a tenth of a second at each multiple of `every_s`."""
    steady = tone(pitch_hz, 0.6)
    return lambda first: steady(first) if first / RATE_HZ % every_s < BURST_S else np.zeros(BLOCK)


class Mp3Ear:
    """Decodes an MP3 stream as it comes. `heard` as of a Caller: the time of each block is that of its bytes."""

    def __init__(self) -> None:
        self._decoder = av.CodecContext.create("mp3float", "r")
        self._resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ, frame_size=BLOCK)
        self.heard: list[tuple[float, np.ndarray]] = []

    def feed(self, data: bytes, at_s: float) -> None:
        for packet in self._decoder.parse(data):
            try:
                frames = self._decoder.decode(packet)
            except av.error.InvalidDataError:
                continue  # the first frame may lean on one that came before this ear
            for frame in frames:
                frame.pts = None
                self.heard += [(at_s, block.to_ndarray()[0]) for block in self._resampler.resample(frame)]

    def sound(self) -> np.ndarray:
        return np.concatenate([block for _, block in self.heard]) if self.heard else np.zeros(0, np.float32)


def played(heard: list[tuple[float, np.ndarray]]) -> list[tuple[float, np.ndarray]]:
    """The same blocks at the time when a player that never stops sounds them: as early as it can without running dry."""
    if not heard:
        return []
    step = BLOCK / RATE_HZ
    began = max(at - number * step for number, (at, _) in enumerate(heard))
    return [(began + number * step, block) for number, (_, block) in enumerate(heard)]


def loudness_of(pitch_hz: float, block: np.ndarray) -> float:
    """How loud one pitch is in a block, dB."""
    wave = np.exp(-2j * np.pi * pitch_hz * np.arange(len(block)) / RATE_HZ)
    return float(20 * np.log10(abs(np.mean(block * wave)) * 2 + 1e-9))


def delays(heard: list[tuple[float, np.ndarray]], pitch_hz: float, began_s: float, every_s: float = 1.0, louder_than_db: float = -26.0) -> list[float]:
    """Seconds from each burst of the microphone (which began at `began_s`) to its sounding in `heard`."""
    found, quiet = [], 0
    for at, block in heard:
        if loudness_of(pitch_hz, block) < louder_than_db:
            quiet += 1
            continue
        if quiet >= 10:
            found.append((at - began_s) % every_s)
        quiet = 0
    return found
