"""Thousands of sockets that are told the same: a frame made once and written straight to each connection, and how each ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.frames import Frame, Opcode
from websockets.protocol import State

if TYPE_CHECKING:
    from .live import Hub, Listener

__all__ = ["Straight", "listening", "straight_of", "text_frame"]

MOST_WAITING = 256 * 1024  # what a socket that does not read may hold before it is dropped: more than one large fragment
SLOW_CODE = 1013
LAST_WORD_S = 2.0


def text_frame(text: str) -> bytes:
    """`text` as a server says it: one frame, not masked, not compressed."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


class Straight:
    """The connection of one socket, past the server's own steps for each message. Every write is a whole frame, so it
    never falls into another one.
    """

    __slots__ = ("_server",)

    def __init__(self, server: Any) -> None:
        self._server = server

    def write(self, frame: bytes) -> bool:
        """False when the other side does not read. Nothing is said after a close."""
        server = self._server
        transport = server.transport
        if server.conn.state is not State.OPEN or server.close_sent or transport.is_closing():
            return True
        if transport.get_write_buffer_size() > MOST_WAITING:
            return False
        transport.write(frame)
        return True


def straight_of(websocket: WebSocket) -> Straight | None:
    """The way past, where the server is uvicorn with the protocol of `websockets`; None elsewhere: send as usual there."""
    try:
        from uvicorn.protocols.websockets.websockets_sansio_impl import (
            WebSocketsSansIOProtocol,
        )
    except ImportError:
        return None
    server = getattr(websocket._receive, "__self__", None)
    if not isinstance(server, WebSocketsSansIOProtocol) or not all(hasattr(server, name) for name in ("conn", "transport", "close_sent")):
        return None
    return Straight(server)


@asynccontextmanager
async def listening(hub: Hub, websocket: WebSocket, listener: Listener) -> AsyncIterator[None]:
    """While inside, `listener` hears the hub. A hang-up ends it quietly; who does not read is told so (1013) and dropped."""
    task = asyncio.current_task()
    assert task is not None
    listener.on_drop = task.cancel
    try:
        yield
    except WebSocketDisconnect:
        return
    except asyncio.CancelledError:
        if not listener.closed:
            raise  # the server stops
        task.uncancel()
        with suppress(TimeoutError, RuntimeError, WebSocketDisconnect):  # it goes either way
            await asyncio.wait_for(websocket.close(SLOW_CODE), LAST_WORD_S)
    finally:
        listener.on_drop = None
        hub.drop(listener)
