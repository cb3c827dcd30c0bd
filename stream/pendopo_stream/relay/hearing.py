"""A connection that hears: whoever opened it, from then on it needs nothing but a place among the listeners."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from .ears import Ears
from .fan import Listener
from .icy import IcyWriter

SEND_BUFFER = 64 * 1024  # the kernel would keep megabytes for one who does not read
UVICORN = "uvicorn.protocols.http.httptools_impl"


class Hearing(asyncio.Protocol):
    """Belongs to one listener of `ears`, once `hear` was called."""

    __slots__ = ("ears", "listener", "place", "transport")

    def __init__(self, ears: Ears) -> None:
        self.ears = ears
        self.transport: Any = None
        self.listener: Listener | None = None
        self.place = ("", False)

    def hear(self, mount: str, live: bool, at: int, *, chunked: bool = False, icy: IcyWriter | None = None, left: int | None = None) -> None:
        """Be written to from chunk `at` on."""
        wire = self.transport.get_extra_info("socket")
        if wire is not None:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.place = (mount, live)
        self.listener = Listener(self.transport, at, chunked=chunked, icy=icy, left=left)
        self.ears.fan(mount, live).add(self.listener)
        self.ears.count(+1, mount)

    def connection_lost(self, error: Exception | None) -> None:
        if self.listener is not None:
            self.ears.fan(*self.place).remove(self.listener)
            self.ears.count(-1, self.place[0])
            self.listener = None


class HandedOver(ConnectionError):
    """What uvicorn is told when it loses a connection that lives on."""


def take_over(receive: Any, ears: Ears) -> tuple[Hearing, bool] | None:
    """Take the connection of this request away from the server, and whether its body is in chunks; None where that can't be.

    A listener who stays for hours then costs neither a task nor a request's memory, and is written to without waking anything.
    Possible where the server is uvicorn on httptools; what is used of it is looked at first.
    """
    cycle = getattr(receive, "__self__", None)
    if type(cycle).__module__ != UVICORN:
        return None
    transport, chunked = getattr(cycle, "transport", None), getattr(cycle, "chunked_encoding", None)
    served = transport.get_protocol() if hasattr(transport, "get_protocol") and hasattr(transport, "set_protocol") else None
    if chunked is None or getattr(served, "cycle", None) is not cycle or transport.is_closing():
        return None
    hearing = Hearing(ears)
    hearing.transport = transport
    transport.set_protocol(hearing)
    served.connection_lost(HandedOver())  # it forgets the connection, without closing it
    return hearing, chunked
