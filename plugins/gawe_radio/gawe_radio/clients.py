"""`/radio/ws`: announcements and what plays, as JSON for any client. The protocol stands in docs/radio-websocket.md.

It rides on the portal's live wire: one message is written once, has an id, and is kept for a day, so that a client that
was away asks for what it missed by the last id that it saw.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from starlette.websockets import WebSocket

from pendopo.kit.places import find_place
from pendopo.live import REPLAY_MOST, Listener, as_message
from pendopo.settings import Settings
from pendopo.sockets import listening, straight_of, text_frame

from . import companion, wire
from .announcements import active_announcements, as_json
from .listening import heard

PROTOCOL = 1
MOST_BYTES = 4096
MOST_AREAS = 64
MOST_ERRORS = 5
WHAT = ("announcements", "now_playing", "speaking")
AIR_ID = re.compile(r"p(\d+)v(\d+)")
ERRORS = {
    "not_json": "The message is not a JSON object.",
    "too_long": f"A message has at most {MOST_BYTES} bytes.",
    "not_text": "Send text frames; binary ones are not read.",
    "unknown_type": 'Send {"type": "subscribe"} or {"type": "ping"}.',
    "bad_areas": f"`areas` is a list of at most {MOST_AREAS} kecamatan codes, such as 36.04.30; an empty list is everywhere.",
    "bad_what": "`what` is a list of: announcements, now_playing, speaking.",
    "bad_last": "`last` is the id of the last message that you saw.",
}


class Wrong(Exception):
    """What the client sent can't be read. `code` names why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(ERRORS[code])

    def as_json(self) -> str:
        return json.dumps({"type": "error", "code": self.code, "message": ERRORS[self.code]})


def read_wish(text: str) -> dict[str, Any]:
    """A message of a client, checked: `{"type": "ping"}` or `{"type": "subscribe", "areas", "what", "last"}`. Raises Wrong."""
    if len(text.encode()) > MOST_BYTES:
        raise Wrong("too_long")
    try:
        wish = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Wrong("not_json") from error
    if not isinstance(wish, dict):
        raise Wrong("not_json")
    if wish.get("type") == "ping":
        return {"type": "ping"}
    if wish.get("type") != "subscribe":
        raise Wrong("unknown_type")
    areas, what, last = wish.get("areas", []), wish.get("what", list(WHAT)), wish.get("last")
    if not isinstance(areas, list) or len(areas) > MOST_AREAS or not all(isinstance(code, str) and _is_kecamatan(code) for code in areas):
        raise Wrong("bad_areas")
    if not isinstance(what, list) or not all(isinstance(name, str) and name in WHAT for name in what):
        raise Wrong("bad_what")
    if last is not None and (not isinstance(last, int) or isinstance(last, bool) or not 0 <= last < 2**53):
        raise Wrong("bad_last")
    return {"type": "subscribe", "areas": frozenset(areas), "what": frozenset(what), "last": last}


def _is_kecamatan(code: str) -> bool:
    place = find_place(code)
    return place is not None and place.kind == "kecamatan"


HEARTBEAT = '{"type": "heartbeat"}'
HEARTBEAT_FRAME = text_frame(HEARTBEAT)
KIND_OF = {"announcement": "announcements", "update": "announcements", "cancel": "announcements", "now_playing": "now_playing", "speaking": "speaking"}


@lru_cache(maxsize=256)
def _unpacked(message: str) -> tuple[int, str, str, bytes, frozenset[str], bool]:
    """`(id, kind, text, the same as a frame, areas, everyone's)` of a message of the live wire; read once for all clients."""
    wire_message = json.loads(message)
    if "data" not in wire_message:
        return 0, "", "", b"", frozenset(), False
    data = wire_message["data"]
    if data.get("kind") == "speaking":
        data = _speaking(data)
    if data.get("type") not in KIND_OF:
        return 0, "", "", b"", frozenset(), False
    word = data if data["type"] == "speaking" else data.get("announcement", {})
    text = json.dumps({**data, "id": wire_message["id"]}, ensure_ascii=False)
    return wire_message["id"], KIND_OF[data["type"]], text, text_frame(text), frozenset(word.get("areas", ())), word.get("priority") == "darurat"


def _speaking(cue: dict[str, Any]) -> dict[str, Any]:
    """What pages are told when words begin to be spoken, as other clients get it."""
    named = AIR_ID.fullmatch(str(cue.get("id", "")))
    return {
        "type": "speaking", "announcement": {"id": int(named[1]), "version": int(named[2])} if named else None, "areas": cue.get("areas") or [],
        **{key: cue[key] for key in ("run", "voice_at_ms", "ends_at_ms", "title", "text", "priority", "drill")},
    }


class Client:
    """One open socket and what it asked for."""

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.areas: frozenset[str] = frozenset()
        self.what: frozenset[str] = frozenset(WHAT)
        self.sent: dict[int, None] = {}  # so that what came by itself is not told again as missed; in order, the oldest goes

    def wants(self, kind: str, areas: frozenset[str], everyone: bool) -> bool:
        if kind not in self.what:
            return False
        return kind == "now_playing" or everyone or not self.areas or not areas or bool(self.areas & areas)

    async def send(self, message: str) -> None:
        """A message of the live wire, when this client wants it."""
        if message.startswith('{"hb"'):
            return await self.websocket.send_text(HEARTBEAT)
        message_id, kind, text, _frame, areas, everyone = _unpacked(message)
        if kind and self.wants(kind, areas, everyone) and message_id not in self.sent:
            self._note(message_id)
            await self.websocket.send_text(text)

    def pick(self, message: str) -> bytes | None:
        """The same as a frame, for a connection that is written to straight; None when it does not want it."""
        if message.startswith('{"hb"'):
            return HEARTBEAT_FRAME
        message_id, kind, _text, frame, areas, everyone = _unpacked(message)
        if not kind or not self.wants(kind, areas, everyone) or message_id in self.sent:
            return None
        self._note(message_id)
        return frame

    def _note(self, message_id: int) -> None:
        self.sent[message_id] = None
        if len(self.sent) > REPLAY_MOST:
            del self.sent[next(iter(self.sent))]


async def radio_socket(websocket: WebSocket) -> None:
    portal = websocket.app.state.portal
    hub = portal.background.hub if portal.background else None
    await websocket.accept()
    if hub is None:
        await websocket.close(1013)
        return
    client = Client(websocket)
    listener = Listener(None, "id", client.send)
    listener.straight, listener.pick = straight_of(websocket), client.pick
    async with listening(hub, websocket, listener):
        listener.held = []
        hub.join(listener, wire.CLIENTS)
        hub.join(listener, heard.TOPIC)
        await websocket.send_text(await portal.answering.in_thread(_hello, portal, hub))
        await _release(client, listener, frozenset())
        await _converse(websocket, portal, hub, client, listener)


async def _release(client: Client, listener: Listener, seen: frozenset[int]) -> None:
    """Send what came while the client was told something longer, in order, each once."""
    while listener.held:
        message_id, message = listener.held.pop(0)
        if message_id not in seen:
            await client.send(message)
    listener.held = None


async def _converse(websocket: WebSocket, portal: Any, hub: Any, client: Client, listener: Listener) -> None:
    errors = 0
    while True:
        try:
            wish = read_wish(await websocket.receive_text())
        except (Wrong, KeyError) as error:  # KeyError: a binary frame
            errors += 1
            await websocket.send_text((error if isinstance(error, Wrong) else Wrong("not_text")).as_json())
            if errors >= MOST_ERRORS:
                return await websocket.close(1008)
            continue
        if wish["type"] == "ping":
            await websocket.send_text('{"type": "pong"}')
            continue
        client.areas, client.what = wish["areas"], wish["what"]
        if wish["last"] is not None:
            listener.held = []
        await websocket.send_text(json.dumps({"type": "subscribed", "areas": sorted(client.areas), "what": sorted(client.what), "last": hub.last}))
        if wish["last"] is not None:
            await _catch_up(portal, hub, client, listener, wish["last"])


async def _catch_up(portal: Any, hub: Any, client: Client, listener: Listener, last: int) -> None:
    """What the client missed since `last`; a reset and a new hello when that is too long ago to tell."""
    too_old, rows = await portal.answering.in_thread(hub.missed, [wire.CLIENTS], last)
    if too_old:
        await client.websocket.send_text(json.dumps({"type": "reset", "message": "Too much was missed. The hello that follows says what holds now."}))
        await client.websocket.send_text(await portal.answering.in_thread(_hello, portal, hub))
    for message_id, topic, payload in rows:
        await client.send(as_message(message_id, topic, payload, "id"))
    await _release(client, listener, frozenset(message_id for message_id, _topic, _payload in rows))


def _hello(portal: Any, hub: Any) -> str:
    now = datetime.now(UTC)
    settings: Settings = portal.settings
    with portal.db.session(write=False) as db:
        words = [as_json(row, now) for row in active_announcements(db, now)]
    return json.dumps({
        "type": "hello", "protocol": PROTOCOL, "station": f"Radio {settings.regency.portal_gawe}", "jurisdiction": settings.regency.code, "last": hub.last,
        "now_playing": companion.now_playing(companion.hub), "announcements": words,
    }, ensure_ascii=False)
