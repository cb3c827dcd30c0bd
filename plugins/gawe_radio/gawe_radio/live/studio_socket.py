"""`/radio/live`: an open studio page. It hears what the engine says, and its announcer speaks through it.

In: `{"do": name, ...}`, and sound as binary messages where WebRTC can't pass. Out: `{"event": name, ...}`. When the
page goes, the microphone goes with it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from pendopo import DomainError, _
from pendopo.identity import Actor
from pendopo_stream.live import Held
from pendopo_stream.relay.client import EngineAway, Refused

from . import desk as desks
from .booth import Booth
from .desk import PERMISSION_S, Desk, still_may
from .talk import Talk

MOST_UNSENT = 200
TOLD = ("hello", "away", "state", "live", "track", "speaking", "spoken", "cancelled", "programme", "levels", "alarm", "fallback", "silence")


class Said(Exception):
    """What the page is told in answer. `event`: its JSON."""

    def __init__(self, **event: Any) -> None:
        self.event = event
        super().__init__(event.get("event", ""))


async def studio_socket(websocket: WebSocket) -> None:
    portal = websocket.app.state.portal
    actor: Actor = websocket.scope["user"]
    actor.require("radio.studio")
    desk = desks.here()
    await websocket.accept()
    token = websocket.cookies.get(portal.session_cookie, "")
    await StudioSocket(desk, websocket, actor, token).run()


class StudioSocket:
    def __init__(self, desk: Desk, websocket: WebSocket, actor: Actor, token: str) -> None:
        self.desk, self.websocket, self.actor, self.token = desk, websocket, actor, token
        self.booth: Booth | None = None
        self.offered = False  # the microphone was offered to this announcer
        self.talk: Talk | None = None
        self._metering = False
        self._monitor = f"studio-{id(self)}"
        self._out: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(MOST_UNSENT)

    async def run(self) -> None:
        self.desk.studios.add(self)
        self.tell({"event": "welcome", "holder": str(self.actor.account_id), **self._state()})
        work = [asyncio.create_task(part) for part in (self._read_on(), self._write_on(), self._keep_asking())]
        try:
            done, _others = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            for part in done:
                part.result()
        finally:
            self.desk.studios.discard(self)
            for part in work:
                part.cancel()
            await asyncio.shield(self.desk.begin(self._leave()))

    async def _leave(self) -> None:
        self._meter(False)
        await self._end_talk()
        if self.booth is not None:
            await self.booth.close()
        audience = self.desk._audience
        if audience is not None:
            await audience.leave(self._monitor)

    def _state(self) -> dict[str, Any]:
        return {"connected": self.desk.line.connected, "state": {key: value for key, value in self.desk.line.state.items() if key != "event"}}

    # ------------------------------------------------------------------ to the page

    def tell(self, event: dict[str, Any]) -> None:
        try:
            self._out.put_nowait(event)
        except asyncio.QueueFull:
            self.end()  # it does not read; its page comes back by itself

    def end(self) -> None:
        """Close the socket once it was told everything; the microphone follows."""
        while self._out.full():  # it does not read, or this would have gone out
            self._out.get_nowait()
        self._out.put_nowait(None)

    async def _write_on(self) -> None:
        with suppress(WebSocketDisconnect, RuntimeError):
            while (event := await self._out.get()) is not None:
                await self.websocket.send_text(json.dumps(event, ensure_ascii=False))
            await self.websocket.close(1012)

    def engine_said(self, event: dict[str, Any]) -> None:
        if event["event"] in TOLD and (event["event"] != "levels" or self._metering):
            self.tell(event)

    def wanted(self, data: dict[str, Any]) -> None:
        """Another studio asks for the microphone, or gives it."""
        if data["do"] == "give" and data["to"] == str(self.actor.account_id):
            self.offered = True
            self.tell({"event": "offered", "by": data["by"]})
        elif data["do"] == "ask" and self.booth is not None:
            self.tell({"event": "asked", "by": data["by"], "holder": data["holder"]})

    async def _keep_asking(self) -> None:
        """May this person still do this? Whoever may not is off the air at once."""
        while True:
            await asyncio.sleep(PERMISSION_S)
            if not await still_may(self.desk.portal, self.token, "radio.studio"):
                await self._drop("revoked")
                self.end()
            elif self.booth is not None and not await still_may(self.desk.portal, self.token, "radio.live"):
                await self._drop("revoked")

    async def _drop(self, reason: str) -> None:
        booth, self.booth = self.booth, None
        if booth is not None:
            await booth.close(reason)

    def _closed(self, reason: str) -> None:
        self.booth = None
        self.tell({"event": "closed", "reason": reason})

    # ------------------------------------------------------------------ from the page

    async def _read_on(self) -> None:
        while True:
            message = await self.websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if message.get("bytes") is not None:
                await self._sound(message["bytes"])
            else:
                await self._wish(message.get("text") or "")

    async def _sound(self, data: bytes) -> None:
        from pendopo_stream.live.socket import BadSound

        if self.booth is None or self.booth.decoder is None:
            return
        try:
            self.booth.decoder.feed(data)
        except BadSound as error:
            self.tell({"event": "bad_sound", "text": str(error)})
            await self._drop("line")

    async def _wish(self, text: str) -> None:
        wish: dict[str, Any] = {}
        try:
            given = json.loads(text)
            wish = given if isinstance(given, dict) else {}
            act: Callable[[dict[str, Any]], Awaitable[None]] | None = getattr(self, f"_do_{wish.get('do')}", None)
            if act is None:
                raise ValueError("unknown wish")
            await act(wish)
        except Said as said:
            self.tell(said.event)
        except DomainError as refusal:
            self.tell({"event": "refused", "do": wish.get("do"), "text": refusal.sentence()})
        except EngineAway:
            self.tell({"event": "refused", "do": wish.get("do"), "text": _("Mesin siaran belum menjawab. Coba lagi sebentar lagi.")})
        except (ValueError, KeyError, TypeError, RecursionError, Refused) as error:
            self.tell({"event": "refused", "do": wish.get("do"), "text": _("Permintaan ini tidak dapat dijalankan."), "why": str(error)[:200]})

    def _my_booth(self) -> Booth:
        if self.booth is None:
            raise Said(event="closed", reason="none")
        return self.booth

    async def _do_mic(self, wish: dict[str, Any]) -> None:
        """Open the microphone; not yet on the air. `take`: from whoever has it, when it was offered, or by a producer."""
        take = bool(wish.get("take"))
        if take and not self.offered:
            self.actor.require("radio.producer")
        await self._drop("")
        try:
            self.booth = await Booth.open(self.desk, self.actor, take=take, on_closed=self._closed)
        except Held as held:
            raise Said(event="held", by=held.by, since=held.since, may_take=self.actor.can("radio.producer")) from held
        self.offered = False
        self.tell({"event": "open"})

    async def _do_offer(self, wish: dict[str, Any]) -> None:
        from pendopo_stream.live.peer import BadOffer

        try:
            self.tell({"event": "answer", "sdp": await self._my_booth().answer(str(wish["sdp"]))})
        except BadOffer as error:
            raise Said(event="no_way", way="webrtc", why=str(error)) from error

    async def _do_form(self, wish: dict[str, Any]) -> None:
        await self._my_booth().by_socket(str(wish["form"]))

    async def _do_fader(self, wish: dict[str, Any]) -> None:
        mode, gain_db = str(wish.get("mode", "talk_over")), float(wish.get("gain_db", 0))
        music_db = float(wish.get("music_db", -14))
        await self._my_booth().fader(on=wish["on"] is True, mode=mode, gain_db=gain_db, music_db=music_db)
        self.tell({"event": "fader", "on": wish["on"] is True, "mode": mode})

    async def _do_close(self, wish: dict[str, Any]) -> None:
        await self._drop("")
        self.tell({"event": "closed", "reason": ""})

    async def _do_give(self, wish: dict[str, Any]) -> None:
        to = str(wish["to"])
        await self._my_booth().channel.give(to)
        await self.desk.tell_all({"do": "give", "to": to, "by": self.actor.name})

    async def _do_ask(self, wish: dict[str, Any]) -> None:
        self.actor.require("radio.live")
        await self.desk.tell_all({"do": "ask", "by": self.actor.name, "holder": str(self.actor.account_id)})

    async def _do_cart(self, wish: dict[str, Any]) -> None:
        await self.desk.ask("cart", track=str(wish["track"]))

    async def _do_cart_stop(self, wish: dict[str, Any]) -> None:
        await self.desk.ask("cart_stop")

    async def _do_skip(self, wish: dict[str, Any]) -> None:
        await self.desk.ask("skip")

    async def _do_hold(self, wish: dict[str, Any]) -> None:
        self.actor.require("radio.live")
        await self.desk.ask("hold", on=wish["on"] is True)

    async def _do_meters(self, wish: dict[str, Any]) -> None:
        self._meter(wish.get("on") is True)

    def _meter(self, on: bool) -> None:
        if on != self._metering:
            self._metering = on
            self.desk.line.meter(1 if on else -1)

    async def _do_monitor(self, wish: dict[str, Any]) -> None:
        """Hear the programme with little delay."""
        from pendopo_stream.live.peer import BadOffer

        audience = await self.desk.audience()
        await audience.leave(self._monitor)
        if "sdp" not in wish:
            return
        try:
            self.tell({"event": "monitor", "sdp": await audience.join(self._monitor, str(wish["sdp"]), counted=False)})
        except BadOffer as error:
            raise Said(event="no_way", way="monitor", why=str(error)) from error

    async def _do_ping(self, wish: dict[str, Any]) -> None:
        self.tell({"event": "pong"})

    async def _do_play(self, wish: dict[str, Any]) -> None:
        await self.desk.ask("play", track=str(wish["track"]))

    async def _do_talk(self, wish: dict[str, Any]) -> None:
        """Talk with a caller off the air; without an offer, end that."""
        from pendopo_stream.live.peer import BadOffer

        self.actor.require("radio.producer")
        await self._end_talk()
        if "sdp" not in wish:
            return self.tell({"event": "talk", "call": None})
        try:
            self.talk, answer = await Talk.begin(self.desk, self.actor, int(wish["call"]), str(wish["sdp"]))
        except BadOffer as error:
            raise Said(event="no_way", way="talk", why=str(error)) from error
        self.tell({"event": "talk", "call": self.talk.call_id, "sdp": answer})

    async def _end_talk(self) -> None:
        talk, self.talk = self.talk, None
        if talk is not None:
            await talk.end()
