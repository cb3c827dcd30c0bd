"""Talking to an engine: `Engine.ask` from plain code (jobs, handlers in threads), `stay_connected` for what lives on a loop."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..wire import _LENGTH, LONGEST, BadFrame, Chunk, pack_json, read_frame

log = logging.getLogger("pendopo_stream.relay")
SOCKET = "engine.sock"
LONGEST_ADDRESS = 100
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0
DEAF_S = 5.0


class EngineAway(ConnectionError):
    """No engine answers in this home."""


class Refused(ValueError):
    """The engine answered that it will not do this."""


@contextmanager
def address(home: Path) -> Iterator[str]:
    """The socket's address, short enough for the kernel wherever `home` lies."""
    path = str((home / SOCKET).absolute())
    if len(path.encode()) <= LONGEST_ADDRESS:
        yield path
        return
    try:
        folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise EngineAway(str(error)) from error
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET}"
    finally:
        os.close(folder)


async def connect(home: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        with address(home) as path:
            return await asyncio.open_unix_connection(path, limit=LONGEST)
    except OSError as error:
        raise EngineAway(str(error)) from error


async def stay_connected(home: Path, hear: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], lost: Callable[[], None]) -> None:
    """Be connected to the engine of `home` for ever: `hear` each connection until it ends, then `lost`, and again a little later."""
    pause = SHORTEST_PAUSE_S
    while True:
        try:
            reader, writer = await connect(home)
            pause = SHORTEST_PAUSE_S
            await hear(reader, writer)
        except (EngineAway, ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            pass  # it ended or is not there yet: the next try follows
        except BadFrame as error:
            log.error("the engine speaks another protocol: %s", error)
            pause = LONGEST_PAUSE_S
        finally:
            lost()
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_S)


async def next_frame(reader: asyncio.StreamReader) -> dict[str, Any] | Chunk:
    """An engine says something each second; after DEAF_S without a word it is as good as gone (TimeoutError)."""
    async with asyncio.timeout(DEAF_S):  # not wait_for, which can lose a cancellation before Python 3.12
        return await read_frame(reader)


class Engine:
    """Commands to the engine of `home`, one connection per command: rare, and nothing to keep alive."""

    def __init__(self, home: Path, timeout_s: float = 10.0) -> None:
        self.home, self.timeout_s = home, timeout_s

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Do `do` and return the answer. Raises EngineAway when nobody answers in time, Refused when it says no."""
        try:
            with socket.socket(socket.AF_UNIX) as wire, address(self.home) as path:
                wire.settimeout(self.timeout_s)
                wire.connect(path)
                wire.sendall(pack_json({"do": do, "re": 1, **arguments}))
                while True:
                    answer = _read(wire)
                    if answer.get("re") == 1:
                        break
        except (OSError, BadFrame) as error:
            raise error if isinstance(error, EngineAway) else EngineAway(str(error)) from error
        if not answer.get("ok"):
            raise Refused(str(answer.get("error", "")))
        return answer

    def status(self) -> dict[str, Any]:
        return self.ask("status")

    def announce(self, announcement: dict[str, Any]) -> dict[str, Any]:
        return self.ask("announce", announcement=announcement)


def _read(wire: socket.socket) -> dict[str, Any]:
    import json

    length, kind = _LENGTH.unpack(_exactly(wire, _LENGTH.size))
    if not 1 <= length <= LONGEST or kind != ord("J"):
        raise BadFrame("no answer of an engine")
    try:
        value = json.loads(_exactly(wire, length - 1))
    except ValueError as error:
        raise BadFrame("not JSON") from error
    if not isinstance(value, dict):
        raise BadFrame("not a JSON object")
    return value


def _exactly(wire: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = wire.recv(count - len(data))
        if not piece:
            raise EngineAway("the engine hung up")
        data += piece
    return data
