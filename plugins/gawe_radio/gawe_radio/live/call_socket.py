"""`/radio/panggilan`: a listener's line. While it waits it costs nothing; in the waiting room it hears the programme without
callers (so that nobody hears an echo of themselves), and on the air it is heard.

In: `{"do": "call", "name", "topic", "consent"}`, `{"do": "offer", "sdp"}`, `{"do": "end"}`.
Out: `{"event": "state", "state"}`, `{"event": "answer", "sdp"}`, `{"event": "refused", "text"}`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from pendopo import DomainError, _
from pendopo.identity import Actor
from pendopo_stream.live import Channel
from pendopo_stream.relay.client import EngineAway, Refused

from . import calls
from . import desk as desks
from .desk import PERMISSION_S, Desk
from .models import Call

if TYPE_CHECKING:
    from pendopo_stream.live.peer import Peer
    from pendopo_stream.live.talkback import TalkBack
    from pendopo_stream.live.whep import Forwarded

SEEN_EVERY = 3  # permission checks


async def call_socket(websocket: WebSocket) -> None:
    portal = websocket.app.state.portal
    actor: Actor = websocket.scope["user"]
    actor.require_signed_in()
    desk = desks.here()
    await websocket.accept()
    await CallSocket(desk, websocket, actor, websocket.cookies.get(portal.session_cookie, "")).run()


class CallSocket:
    def __init__(self, desk: Desk, websocket: WebSocket, actor: Actor, token: str) -> None:
        self.desk, self.websocket, self.actor, self.token = desk, websocket, actor, token
        self.call: Call | None = None
        self.state = ""
        self.channel: Channel | None = None
        self.peer: Peer | None = None
        self._hears: Forwarded | None = None
        self._producer: TalkBack | None = None
        self._over = asyncio.Event()

    async def run(self) -> None:
        work = [asyncio.create_task(part) for part in (self._read_on(), self._keep_asking(), self._over.wait())]
        try:
            done, _others = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            for part in done:
                part.result()
        finally:
            for part in work:
                part.cancel()
            await asyncio.shield(self.desk.begin(self._leave()))

    def end(self) -> None:
        self._over.set()

    async def _leave(self) -> None:
        await self.talk("")
        peer, self.peer = self.peer, None
        channel, self.channel = self.channel, None
        call, self.call = self.call, None
        if peer is not None:
            await peer.close()
        if channel is not None:
            with suppress(EngineAway, Refused):
                await channel.close()
        if call is not None:
            self.desk.calls.pop(call.id, None)
            await self.desk.in_database(lambda db: calls.hang_up(db, call.id, now=datetime.now(UTC)))
        with suppress(RuntimeError, WebSocketDisconnect):
            await self.websocket.close(1000)

    async def tell(self, **event: Any) -> None:
        with suppress(RuntimeError, WebSocketDisconnect):  # the page is gone: reading ends, and the call with it
            await self.websocket.send_text(json.dumps(event, ensure_ascii=False))

    async def _keep_asking(self) -> None:
        """A call is over when its owner is signed out, and stands in the list only while its page is there."""
        for turn in itertools.count(1):
            await asyncio.sleep(PERMISSION_S)
            actor = await self.desk.portal.answering.actor_of(self.token)
            if actor.account_id != self.actor.account_id:
                return self.end()
            if self.call is not None and turn % SEEN_EVERY == 0:
                call_id = self.call.id
                await self.desk.in_database(lambda db, call_id=call_id: calls.still_there(db, call_id, datetime.now(UTC)))

    # ------------------------------------------------------------------ from the page

    async def _read_on(self) -> None:
        while True:
            try:
                wish = json.loads(await self.websocket.receive_text())
                if not isinstance(wish, dict):
                    raise ValueError("not an object")
                if wish.get("do") == "end":
                    return
                if wish.get("do") != "ping":  # which only keeps proxies from closing a quiet line
                    await self._act(wish)
            except WebSocketDisconnect:
                return
            except DomainError as refusal:
                await self.tell(event="refused", text=refusal.sentence())
            except (ValueError, KeyError, RecursionError):
                await self.tell(event="refused", text=_("Permintaan ini tidak dapat dijalankan."))

    async def _act(self, wish: dict[str, Any]) -> None:
        if wish.get("do") == "call" and self.call is None:
            await self._ask(wish)
        elif wish.get("do") == "offer" and self.state in ("diterima", "udara"):
            await self._connect(str(wish["sdp"]))
        else:
            raise ValueError("unknown wish")

    async def _ask(self, wish: dict[str, Any]) -> None:
        name, topic, consent = str(wish.get("name", "")), str(wish.get("topic", "")), wish.get("consent") is True

        def ask(db: Any) -> Call:
            call = calls.ask_to_call(db, self.actor, name=name, topic=topic, consent=consent, now=datetime.now(UTC))
            db.expunge(call)
            return call

        self.call = await self.desk.in_database(ask)
        self.desk.calls[self.call.id] = self
        self.state = "menunggu"
        await self.tell(event="state", state="menunggu")

    async def _connect(self, offer: str) -> None:
        from pendopo_stream.live.peer import BadOffer, Peer

        if self.call is None or self.peer is not None:
            return
        hears = self._hears = (await self.desk.audience()).packets("call").track()
        try:
            self.channel = await self.desk.line.open(holder=calls.holder_of(self.call.id), name=self.call.name, kind="call")
            self.channel.on_closed = lambda reason: self.end()
            self.peer = Peer(on_sound=self.channel.send, sends=hears, servers=await self.desk.servers(), on_state=self._peer_state)
            await self.tell(event="answer", sdp=await self.peer.answer(offer))
        except (BadOffer, EngineAway, Refused):
            hears.stop()
            await self.tell(event="refused", text=_("Sambungan suara tidak berhasil. Coba telepon lagi."))
            return self.end()
        if self.state == "udara":
            await self._fade(True)

    def _peer_state(self, state: str) -> None:
        if state == "closed":
            self.end()

    async def _fade(self, on: bool) -> None:
        if self.channel is not None:
            with suppress(EngineAway, Refused):  # the line opens it again with this fader when the engine is back
                await self.channel.set(on=on)

    # ------------------------------------------------------------------ from the producer

    async def moved(self, state: str) -> None:
        if state == self.state:
            return
        self.state = state
        await self.tell(event="state", state=state)
        if state == "selesai":
            return self.end()
        if self.channel is not None:
            await self._fade(state == "udara")

    async def talk(self, number: str) -> None:
        """Hear the producer instead of the programme; "" is the programme again."""
        from pendopo_stream.live.talkback import TalkBack

        producer, self._producer = self._producer, None
        if producer is not None:
            producer.stop()
        if self._hears is None:
            return
        packets = (await self.desk.audience()).packets("call")
        if number:
            packets.let_go(self._hears)
            self._producer = TalkBack(self.desk.line, number, self._hears)
        elif producer is not None:
            packets.take_back(self._hears)
        if number or producer is not None:
            await self.tell(event="talk", on=bool(number))
