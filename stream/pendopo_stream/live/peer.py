"""One WebRTC peer: an SDP offer answered, sound taken from it, packets forwarded to it, nothing left behind at its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

import av
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.exceptions import InvalidAccessError, InvalidStateError
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

log = logging.getLogger("pendopo_stream.live")
logging.getLogger("aioice").setLevel(logging.WARNING)  # it would write down the address of everyone who speaks or listens
LONGEST_OFFER = 20_000
GATHER_S = 6.0
CONNECT_S = 15.0  # a peer that has not connected by then will not
QUIET_S = 12.0  # a microphone that sends nothing for so long is gone
RATE_HZ, BLOCK = 48_000, 960


class BadOffer(ValueError):
    """The offer can't be answered."""


def ice_servers(addresses: Sequence[str]) -> list[RTCIceServer]:
    """`stun:host:port`, `turn:name:secret@host:port`."""
    servers = []
    for address in addresses:
        scheme, _, rest = address.strip().partition(":")
        login, at, host = rest.rpartition("@")
        name, _, secret = login.partition(":")
        servers.append(RTCIceServer(f"{scheme}:{host}", name, secret) if at else RTCIceServer(f"{scheme}:{rest}"))
    return servers


class Peer:
    """`on_sound`: 20 ms of 16-bit mono PCM at 48 kHz at a time. `sends`: a track whose packets the peer hears.

    `on_state`: "connected", and "closed" once, however it ends.
    """

    def __init__(
        self, *, on_sound: Callable[[bytes], None] | None = None, sends: MediaStreamTrack | None = None, servers: Sequence[str] = (),
        on_state: Callable[[str], None] = lambda state: None,
    ) -> None:
        self.on_sound, self.sends, self.on_state = on_sound, sends, on_state
        self.connected = False
        self.closed = False
        self._wire = RTCPeerConnection(RTCConfiguration(iceServers=ice_servers(servers)))
        self._wire.on("track", self._track)
        self._wire.on("connectionstatechange", self._changed)
        self._tasks: set[asyncio.Task[None]] = set()

    async def answer(self, offer: str) -> str:
        """The SDP answer, with all candidates in it. Raises BadOffer; the peer is closed then."""
        try:
            if len(offer) > LONGEST_OFFER:
                raise BadOffer("too long")
            await self._wire.setRemoteDescription(RTCSessionDescription(offer, "offer"))
            self._use_opus()
            async with asyncio.timeout(GATHER_S):
                await self._wire.setLocalDescription(await self._wire.createAnswer())
        except (ValueError, KeyError, IndexError, AttributeError, TypeError, AssertionError, InvalidAccessError, InvalidStateError, TimeoutError) as error:
            await self.close()  # a client's text can fail aiortc's parser in many ways
            raise error if isinstance(error, BadOffer) else BadOffer(f"{type(error).__name__}") from error
        except BaseException:
            await self.close()
            raise
        self._begin(self._give_up())
        return self._wire.localDescription.sdp

    def _use_opus(self) -> None:
        audio = [transceiver for transceiver in self._wire.getTransceivers() if transceiver.kind == "audio"]
        if not audio:
            raise BadOffer("no sound in it")
        audio[0].setCodecPreferences([codec for codec in RTCRtpSender.getCapabilities("audio").codecs if codec.mimeType == "audio/opus"])
        if self.sends is not None:
            self._wire.addTrack(self.sends)

    def _begin(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _give_up(self) -> None:
        await asyncio.sleep(CONNECT_S)
        if not self.connected:
            self._begin(self.close())

    def _track(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio" and self.on_sound is not None:
            self._begin(self._take(track))

    async def _take(self, track: MediaStreamTrack) -> None:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ, frame_size=BLOCK)
        try:
            while True:
                async with asyncio.timeout(QUIET_S):
                    frame = await track.recv()
                frame.pts = None  # what the line lost is not waited for
                for block in resampler.resample(frame):
                    if self.on_sound is not None:
                        self.on_sound(bytes(block.planes[0])[: block.samples * 2])
        except (MediaStreamError, TimeoutError):
            self._begin(self.close())

    def _changed(self) -> None:
        state = self._wire.connectionState
        if state == "connected":
            self.connected = True
            self.on_state("connected")
        elif state in ("failed", "closed"):
            self._begin(self.close())

    async def close(self) -> None:
        if self.closed:
            return
        self.closed = True
        if self.sends is not None:
            self.sends.stop()
        here = asyncio.current_task()
        for task in list(self._tasks):
            if task is not here:
                task.cancel()
        await self._wire.close()
        self.on_state("closed")
