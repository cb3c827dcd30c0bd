"""`/live`: the websocket of a page. It joins topics and is told what is published to them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from .live import MOST_BYTES, MOST_TOPICS, Hub, Listener, as_message
from .sockets import listening, straight_of

if TYPE_CHECKING:
    from .app import Portal


class _Wrong(Exception):
    """The other side said something that is no message of ours."""


def _read_wish(text_: str) -> tuple[list[str], list[str], int | None]:
    if len(text_) > MOST_BYTES:
        raise _Wrong("too long")
    try:
        wish = json.loads(text_)
    except (ValueError, RecursionError) as error:
        raise _Wrong("not JSON") from error
    if not isinstance(wish, dict):
        raise _Wrong("not an object")
    join, leave, last = wish.get("join", []), wish.get("leave", []), wish.get("last")
    for topics in (join, leave):
        if not isinstance(topics, list) or len(topics) > MOST_TOPICS or not all(isinstance(t, str) and 0 < len(t) <= 120 for t in topics):
            raise _Wrong("topics must be a short list of names")
    if last is not None and (not isinstance(last, int) or isinstance(last, bool) or last < 0 or last > 2**53):
        raise _Wrong("last must be the id of a message")
    return join, leave, last


async def live_socket(websocket: WebSocket) -> None:
    """`/live`. In: `{"join": [...], "leave": [...], "last": id}`. Out: `{"id", "topic", "html"|"data"|"refresh"}`,
    `{"joined": [...]}`, `{"refused": [...]}`, `{"reset": true}` when too much was missed, `{"hb": 1}`.
    """
    portal: Portal = websocket.app.state.portal
    hub: Hub | None = portal.background.hub if portal.background else None
    await websocket.accept()
    if hub is None:
        await websocket.close(1013)
        return
    listener = Listener(websocket.scope["user"], websocket.scope["state"]["language"], websocket.send_text)
    listener.straight = straight_of(websocket)
    if listener.actor.session_id is not None:
        hub.join(listener, f"session:{listener.actor.session_id}")
    async with listening(hub, websocket, listener):
        while True:
            try:
                wish = _read_wish(await websocket.receive_text())
            except _Wrong as error:
                await websocket.send_text(json.dumps({"error": str(error)}))
                return await websocket.close(1008)
            except KeyError:  # a binary frame
                return await websocket.close(1003)
            await _grant(websocket, hub, listener, *wish)


async def _grant(websocket: WebSocket, hub: Hub, listener: Listener, join: list[str], leave: list[str], last: int | None) -> None:
    in_thread = hub.portal.answering.in_thread
    for topic in leave:
        if topic in listener.topics and not topic.startswith("session:"):
            hub.leave(listener, topic)
    wanted = [topic for topic in dict.fromkeys(join) if topic not in listener.topics]
    allowed = await in_thread(hub.allowed, listener.actor, wanted[: MOST_TOPICS - len(listener.topics)]) if wanted else []
    if last is not None and allowed:
        listener.held = []
    for topic in allowed:
        hub.join(listener, topic)
    await websocket.send_text(json.dumps({"joined": allowed, "refused": [t for t in wanted if t not in allowed], "last": hub.last}))
    if listener.held is not None:
        await _replay(websocket, hub, listener, allowed, last or 0)


async def _replay(websocket: WebSocket, hub: Hub, listener: Listener, topics: list[str], last: int) -> None:
    """First what was missed, then what came meanwhile: in the order of the ids, each once."""
    too_old, rows = await hub.portal.answering.in_thread(hub.missed, topics, last)
    if too_old:
        await websocket.send_text('{"reset": true}')
    seen = {message_id for message_id, _, _ in rows}
    for message_id, topic, payload in rows:
        await websocket.send_text(as_message(message_id, topic, payload, listener.language))
    while listener.held:
        message_id, message = listener.held.pop(0)
        if message_id not in seen:
            await websocket.send_text(message)
    listener.held = None


routes = [WebSocketRoute("/live", live_socket, name="live")]
