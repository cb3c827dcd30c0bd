"""What is on the air and what is announced, to every open websocket of a station without a portal. JSON text frames.

Each client has a short queue of its own; one who does not read is dropped (1013) and costs no one else.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

LONGEST_QUEUE = 64
SLOW_CODE = 1013


class Sockets:
    """`greeting()` is what a client is told first."""

    def __init__(self, greeting: Callable[[], dict[str, Any]]) -> None:
        self._greeting = greeting
        self._queues: set[asyncio.Queue[str | None]] = set()

    def __len__(self) -> int:
        return len(self._queues)

    def tell(self, message: dict[str, Any]) -> None:
        """Hand `message` to everyone, without waiting for anyone."""
        text = json.dumps(message, ensure_ascii=False)
        for queue in list(self._queues):
            if queue.qsize() >= LONGEST_QUEUE:
                self._queues.discard(queue)
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait(text)

    async def serve(self, websocket: WebSocket) -> None:
        """One client, from its hello to its end."""
        await websocket.accept()
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._queues.add(queue)
        await websocket.send_text(json.dumps({"type": "hello", **self._greeting()}, ensure_ascii=False))
        leaving = asyncio.create_task(_until_gone(websocket))
        try:
            await self._pass_on(websocket, queue, leaving)
        except WebSocketDisconnect:
            pass  # it went away while we wrote
        finally:
            self._queues.discard(queue)
            leaving.cancel()

    async def _pass_on(self, websocket: WebSocket, queue: asyncio.Queue[str | None], leaving: asyncio.Task[None]) -> None:
        while not leaving.done():
            waiting = asyncio.create_task(queue.get())
            await asyncio.wait({waiting, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                waiting.cancel()
                return
            text = waiting.result()
            if text is None:
                return await websocket.close(SLOW_CODE)
            await websocket.send_text(text)


async def _until_gone(websocket: WebSocket) -> None:
    """What clients send is read and left alone; the end of reading is their end."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass
