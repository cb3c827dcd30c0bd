"""Listeners by WebRTC: the engine encodes once, and each peer is handed the same packets."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import av
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from ..relay import Hub
from ..wire import Chunk
from .peer import Peer

PACKET = 960  # samples of 20 ms
TIME_BASE = Fraction(1, 48_000)
MOST_WAITING = 10  # packets: what is older than 0.2 s is not worth sending
GAP_S = 0.2


class Forwarded(MediaStreamTrack):
    """A track of ready packets."""

    kind = "audio"

    def __init__(self, on_stop: Callable[[Forwarded], None] = lambda track: None) -> None:
        super().__init__()
        self._packets: deque[bytes] = deque(maxlen=MOST_WAITING)
        self._came = asyncio.Event()
        self._on_stop = on_stop
        self._pts = 0
        self._last_s = 0.0

    def put(self, data: bytes) -> None:
        self._packets.append(data)
        self._came.set()

    async def recv(self) -> av.Packet:
        while not self._packets:
            if self.readyState != "live":
                raise MediaStreamError
            self._came.clear()
            await self._came.wait()
        packet = av.Packet(self._packets.popleft())
        now_s = asyncio.get_running_loop().time()
        if self._last_s and now_s - self._last_s > GAP_S:  # the engine was away: to the listener that is silence, not delay
            self._pts += int((now_s - self._last_s) * 48_000) // PACKET * PACKET
        else:
            self._pts += PACKET
        self._last_s = now_s
        packet.pts, packet.time_base = self._pts, TIME_BASE
        return packet

    def stop(self) -> None:
        if self.readyState == "live":
            super().stop()
            self._came.set()
            self._on_stop(self)


class Packets:
    """Hands the packets of one mount to many tracks; the mount is asked for only while somebody hears it."""

    def __init__(self, hub: Hub, mount: str) -> None:
        self.hub, self.mount = hub, mount
        self.tracks: set[Forwarded] = set()
        self._alive: set[Forwarded] = set()  # those that hear something else meanwhile too
        self._end: Callable[[], None] | None = None

    def track(self) -> Forwarded:
        track = Forwarded(self._stopped)
        self.tracks.add(track)
        self._alive.add(track)
        if self._end is None:
            self._end = self.hub.on_chunk(self.mount, self._chunk)
        return track

    def let_go(self, track: Forwarded) -> None:
        """It hears something else for a while."""
        self.tracks.discard(track)

    def take_back(self, track: Forwarded) -> None:
        if track in self._alive:
            self.tracks.add(track)

    def _chunk(self, chunk: Chunk) -> None:
        if not chunk.header:
            for track in self.tracks:
                track.put(chunk.data)

    def _stopped(self, track: Forwarded) -> None:
        self.tracks.discard(track)
        self._alive.discard(track)
        if not self._alive and self._end is not None:
            self._end()
            self._end = None


class Full(Exception):
    """No seat is free, or too many come at once. `retry_s`: when to try again."""

    def __init__(self, retry_s: int) -> None:
        self.retry_s = retry_s
        super().__init__("full")


class Audience:
    """The peers of one process that hear the station by WebRTC.

    `most`: seats. A join costs a handshake (about 10 ms of CPU), so only `joins_per_s` are let in each second.
    """

    def __init__(self, hub: Hub, *, most: int = 50, joins_per_s: float = 5.0, servers: Sequence[str] = ()) -> None:
        self.hub, self.most, self.joins_per_s, self.servers = hub, most, joins_per_s, servers
        self.peers: dict[str, Peer] = {}
        self._packets: dict[str, Packets] = {}
        self._joined: deque[float] = deque()

    def packets(self, mount: str) -> Packets:
        if mount not in self._packets:
            self._packets[mount] = Packets(self.hub, mount)
        return self._packets[mount]

    async def join(self, key: str, offer: str, *, mount: str = "rtc", counted: bool = True) -> str:
        """Let one in and return the SDP answer. `counted=False`: the studio's own monitors need no seat. Raises Full, BadOffer."""
        if counted:
            self._admit()
        peer = Peer(sends=self.packets(mount).track(), servers=self.servers, on_state=lambda state: self._changed(key, state))
        self.peers[key] = peer
        return await peer.answer(offer)

    def _admit(self) -> None:
        now = asyncio.get_running_loop().time()
        if len(self.peers) >= self.most:
            raise Full(30)
        while self._joined and self._joined[0] < now - 1:
            self._joined.popleft()
        if len(self._joined) >= self.joins_per_s:
            raise Full(1)
        self._joined.append(now)

    def _changed(self, key: str, state: str) -> None:
        if state == "closed":
            self.peers.pop(key, None)

    async def leave(self, key: str) -> bool:
        """Let one go; False when there is none of that name here."""
        peer = self.peers.get(key)
        if peer is None:
            return False
        await peer.close()
        return True

    async def close(self) -> None:
        await asyncio.gather(*(peer.close() for peer in list(self.peers.values())))

    def counts(self) -> dict[str, Any]:
        return {"peers": len(self.peers), "most": self.most}
