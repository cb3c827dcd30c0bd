"""The bare peer of the live wire: `websockets.broadcast` to everyone, whenever one socket says what. `python bare_sockets.py PORT`"""

from __future__ import annotations

import asyncio
import sys

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

connections: set[ServerConnection] = set()


async def one(socket: ServerConnection) -> None:
    if socket.request.path == "/say":
        async for text in socket:
            broadcast(connections, text)
        return
    connections.add(socket)
    try:
        await socket.recv()
        await socket.send('{"joined": ["public:banyak0"]}')
        await socket.wait_closed()
    finally:
        connections.discard(socket)


async def main() -> None:
    async with serve(one, "127.0.0.1", int(sys.argv[1]), compression=None, backlog=4096):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    uvloop.run(main())
