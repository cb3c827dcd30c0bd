"""One announcer's microphone: a channel at the engine, and the way by which sound comes to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pendopo.identity import Actor, record
from pendopo_stream.live import Channel, Held
from pendopo_stream.relay.client import EngineAway, Refused

from .desk import Desk

if TYPE_CHECKING:
    from pendopo_stream.live.peer import Peer
    from pendopo_stream.live.socket import Decoder


class Booth:
    """`on_closed(reason)`: `taken`, `lease`, `revoked`, `line` (WebRTC broke), `ended`: whoever speaks is told."""

    def __init__(self, desk: Desk, actor: Actor, channel: Channel, on_closed: Callable[[str], None] = lambda reason: None) -> None:
        self.desk, self.actor, self.channel, self.on_closed = desk, actor, channel, on_closed
        self.peer: Peer | None = None
        self.decoder: Decoder | None = None
        self.since: datetime | None = None  # on the air since
        self.closed = False
        channel.on_closed = lambda reason: desk.begin(self.close(reason))

    @classmethod
    async def open(cls, desk: Desk, actor: Actor, *, take: bool = False, on_closed: Callable[[str], None] = lambda reason: None) -> Booth:
        """Raises Held when another person has the microphone, EngineAway, Refused."""
        actor.require("radio.live")
        holder = str(actor.account_id)
        try:
            channel = await desk.line.open(holder=holder, name=actor.name, take=take)
        except Held as error:
            if error.holder != holder:
                raise
            channel = await desk.line.open(holder=holder, name=actor.name, take=True)  # their own line of before, not yet given up
        return cls(desk, actor, channel, on_closed)

    @property
    def on_air(self) -> bool:
        return self.since is not None

    async def answer(self, offer: str) -> str:
        """Take the sound by WebRTC. Raises BadOffer."""
        from pendopo_stream.live.whip import take_microphone

        await self._leave_way()
        self.peer, answer = await take_microphone(offer, self.channel, servers=await self.desk.servers(), on_state=self._peer_state)
        return answer

    def _peer_state(self, state: str) -> None:
        if state == "closed":
            self.peer = None

    async def by_socket(self, form: str) -> None:
        """Take the sound as binary messages from now on. Raises BadSound."""
        from pendopo_stream.live.socket import decoder

        await self._leave_way()
        self.decoder = decoder(form, self.channel.send)

    async def _leave_way(self) -> None:
        peer, self.peer = self.peer, None
        decoder, self.decoder = self.decoder, None
        if decoder is not None:
            decoder.close()
        if peer is not None:
            peer.on_state = lambda state: None
            await peer.close()

    async def fader(self, *, on: bool, mode: str = "talk_over", gain_db: float = 0.0, music_db: float = -14.0) -> None:
        """Raises EngineAway, Refused."""
        await self.channel.set(on=on, mode=mode, gain_db=gain_db, music_db=music_db)
        if on and self.since is None:
            self.since = datetime.now(UTC)
            await self._note("radio.mikrofon_buka", {"mode": mode})
        elif not on:
            await self._went_off("ditutup")

    async def _went_off(self, why: str) -> None:
        since, self.since = self.since, None
        if since is not None:
            await self._note("radio.mikrofon_tutup", {"lama_s": round((datetime.now(UTC) - since).total_seconds()), "sebab": why})

    async def _note(self, action: str, detail: dict[str, Any]) -> None:
        await self.desk.in_database(lambda db: record(db, self.actor, action, "mikrofon studio", detail))

    async def close(self, reason: str = "") -> None:
        """Off the air, and told why when it was not the announcer's own wish."""
        if self.closed:
            return
        self.closed = True
        with suppress(EngineAway, Refused):  # the engine ended it already
            await self.channel.close()
        await self._leave_way()
        await asyncio.shield(self.desk.begin(self._went_off(reason or "ditutup")))
        if reason:
            self.on_closed(reason)
