"""The producer and one caller, off the air: each hears the other and nobody else does.

Their lines may end in different web processes; what each says reaches the other through the engine.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from pendopo import live
from pendopo.identity import Actor
from pendopo_stream.live import Channel
from pendopo_stream.relay.client import EngineAway, Refused

from . import calls
from .desk import Desk
from .errors import CallOver

if TYPE_CHECKING:
    from pendopo_stream.live.peer import Peer
    from pendopo_stream.live.talkback import TalkBack


class Talk:
    """The producer's side. `channel`: the producer's voice."""

    def __init__(self, desk: Desk, call_id: int, channel: Channel, back: TalkBack, peer: Peer) -> None:
        self.desk, self.call_id, self.channel, self.back, self.peer = desk, call_id, channel, back, peer

    @classmethod
    async def begin(cls, desk: Desk, actor: Actor, call_id: int, offer: str) -> tuple[Talk, str]:
        """The talk and the SDP answer. Raises CallOver when the caller has no line, BadOffer, EngineAway, Refused."""
        from pendopo_stream.live.peer import Peer
        from pendopo_stream.live.talkback import TalkBack
        from pendopo_stream.live.whep import Forwarded

        callers = ((await desk.line.ask("status"))["live"] or {}).get("callers", ())
        line = next((caller["channel"] for caller in callers if caller["holder"] == calls.holder_of(call_id)), None)
        if line is None:
            raise CallOver()
        channel = await desk.line.open(holder=f"produser:{actor.account_id}", name=actor.name, kind="cue")
        track = Forwarded()
        back = TalkBack(desk.line, line, track)
        peer = Peer(on_sound=channel.send, sends=track, servers=await desk.servers())
        talk = cls(desk, call_id, channel, back, peer)
        try:
            answer = await peer.answer(offer)
        except BaseException:
            await talk.end()
            raise
        await talk.tell(channel.number)
        return talk, answer

    async def tell(self, number: str) -> None:
        """Have the caller's process let them hear `number`; "" is the programme again."""
        await self.desk.in_database(lambda db: live.signal(db, calls.SIGNAL, {"id": self.call_id, "talk": number}))

    async def end(self) -> None:
        self.back.stop()
        await self.tell("")
        await self.peer.close()
        with suppress(EngineAway, Refused):
            await self.channel.close()
