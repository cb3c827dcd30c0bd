"""What one web process has open: the line to the engine, microphones, callers, listeners by WebRTC, open studios."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog

from pendopo import Companion
from pendopo.kit import settings
from pendopo.live import on_signal, signal
from pendopo_stream.live import Line
from pendopo_stream.relay import Hub
from pendopo_stream.relay.client import EngineAway

from .. import companion
from ..errors import StationAway
from . import calls

if TYPE_CHECKING:
    from pendopo_stream.live.whep import Audience

    from .booth import Booth
    from .call_socket import CallSocket
    from .studio_socket import StudioSocket

log = structlog.get_logger("gawe_radio.live")
SIGNAL = "radio-mikrofon"
PERMISSION_S = 3.0

desk: Desk | None = None


def live_companion() -> Companion:
    return Companion("radio-live", start, stop)


async def start(portal: Any) -> None:
    global desk
    desk = Desk(portal)
    desk.start()


async def stop() -> None:
    global desk
    ended, desk = desk, None
    if ended is not None:
        await ended.stop()


def here() -> Desk:
    """Raises StationAway while there is none."""
    if desk is None or companion.hub is None:
        raise StationAway()
    return desk


class Desk:
    def __init__(self, portal: Any) -> None:
        self.portal = portal
        self.line = Line((portal.settings.home / "radio").absolute())
        self.booths: dict[str, Booth] = {}  # microphones by WHIP, by the name in their address
        self.studios: set[StudioSocket] = set()
        self.calls: dict[int, CallSocket] = {}
        self._audience: Audience | None = None
        self._audience_hub: Hub | None = None
        self._deaf: list[Callable[[], None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.line.on_event.append(self._engine_said)
        self._deaf = [on_signal(calls.SIGNAL, self._signalled(self._call_moved)), on_signal(SIGNAL, self._signalled(self._microphone_wanted))]
        self.line.start()

    async def stop(self) -> None:
        for deaf in self._deaf:
            deaf()
        for socket in [*self.studios, *self.calls.values()]:
            socket.end()
        await asyncio.gather(*(booth.close("ended") for booth in list(self.booths.values())))
        if self._audience is not None:
            await self._audience.close()
        await self.line.stop()
        for task in list(self._tasks):
            task.cancel()

    def begin(self, work: Any) -> asyncio.Task[Any]:
        """Run `work` beside; the desk keeps hold of it."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # ------------------------------------------------------------------ settings and commands

    async def setting(self, name: str) -> Any:
        return await self.portal.answering.in_thread(self._setting, name)

    def _setting(self, name: str) -> Any:
        with self.portal.db.session(write=False) as db:
            return settings.value(db, name)

    async def servers(self) -> list[str]:
        """STUN and TURN servers that the operator set."""
        return (await self.setting("radio.ice")).split()

    async def audience(self) -> Audience:
        from pendopo_stream.live.whep import Audience

        hub = companion.hub
        if hub is None:
            raise StationAway()
        if self._audience is None or self._audience_hub is not hub:
            if self._audience is not None:
                self.begin(self._audience.close())
            self._audience, self._audience_hub = Audience(hub), hub
        self._audience.most, self._audience.servers = await self.setting("radio.whep_batas"), await self.servers()
        return self._audience

    async def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Raises StationAway, and Refused when the engine says no."""
        try:
            return await self.line.ask(do, **arguments)
        except EngineAway as error:
            raise StationAway() from error

    async def in_database(self, work: Callable[[Any], Any]) -> Any:
        """`work(db)` in a transaction of its own, in a thread."""
        return await self.portal.answering.in_thread(self._work, work)

    def _work(self, work: Callable[[Any], Any]) -> Any:
        with self.portal.db.session() as db:
            return work(db)

    async def tell_all(self, data: dict[str, Any]) -> None:
        """Tell the studios of all processes."""
        await self.in_database(lambda db: signal(db, SIGNAL, data))

    # ------------------------------------------------------------------ what happens

    def _engine_said(self, event: dict[str, Any]) -> None:
        for studio in list(self.studios):
            studio.engine_said(event)

    def _signalled(self, act: Callable[[dict[str, Any]], None]) -> Callable[[Any], None]:
        """Signals come in threads; what they mean is done on the loop."""

        def heard(data: Any) -> None:
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(act, data)

        return heard

    def _call_moved(self, data: dict[str, Any]) -> None:
        call = self.calls.get(data["id"])
        if call is not None:
            self.begin(call.moved(data["state"]) if "state" in data else call.talk(data["talk"]))

    def _microphone_wanted(self, data: dict[str, Any]) -> None:
        if data["do"] == "end":
            booth = self.booths.get(data["key"])
            if booth is not None and str(booth.actor.account_id) == data["holder"]:
                del self.booths[data["key"]]
                self.begin(booth.close())
            return
        for studio in list(self.studios):
            studio.wanted(data)


async def still_may(portal: Any, token: str, permission: str) -> bool:
    """Asked again all the time while a microphone is open."""
    actor = await portal.answering.actor_of(token)
    return bool(actor.can(permission))
