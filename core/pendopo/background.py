"""What a web process does beside answering: the live hub, the outbox, jobs, services, noting faults."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog

from .plugins import Fault

if TYPE_CHECKING:
    from .app import Portal

log = structlog.get_logger("pendopo.background")


class FaultKeeper(threading.Thread):
    """Writes faults to the database from a thread of its own, never inside the transaction that failed."""

    def __init__(self, portal: Portal) -> None:
        super().__init__(name="faults", daemon=True)
        self.portal = portal
        self.waiting: queue.Queue[Fault | None] = queue.Queue(maxsize=1000)

    def note(self, fault: Fault) -> None:
        try:
            self.waiting.put_nowait(fault)
        except queue.Full:
            log.warning("fault not kept: too many at once", plugin=fault.plugin)

    def run(self) -> None:
        from .plugin_switches import StoredFault

        while (fault := self.waiting.get()) is not None:
            try:
                with self.portal.db.session() as db:
                    db.add(StoredFault(plugin=fault.plugin, place=fault.where[:200], summary=fault.summary[:400], detail=fault.detail, at=fault.at))
            except Exception:
                log.exception("fault not kept")

    def stop(self) -> None:
        self.waiting.put(None)
        self.join(5)


class Background:
    """Everything that runs beside requests in one web process. `leads`: this is worker 0, which keeps jobs and services."""

    def __init__(self, portal: Portal, *, leads: bool | None = None) -> None:
        import os

        self.portal = portal
        self.leads = os.environ.get("PENDOPO_WORKER", "0") == "0" if leads is None else leads
        self.faults = FaultKeeper(portal)
        self.hub: Any = None
        self.dispatcher: Any = None
        self.queue: Any = None
        self.consumer: Any = None
        self.keeper: Any = None
        self.companions: dict[str, tuple[str, Any]] = {}  # slug -> (plugin, Companion)
        self._deaf: Callable[[], None] = lambda: None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        from . import jobs, live, outbox
        from .plugin_switches import SIGNAL

        self.faults.start()
        self.portal.host.on_fault.append(self.faults.note)
        self.hub = live.Hub(self.portal)
        await self.hub.start()
        self._deaf = live.on_signal(SIGNAL, self._plugins_switched)
        self.queue = jobs.open_queue(self.portal)
        self.dispatcher = outbox.Dispatcher(self.portal)
        self.dispatcher.start()
        if self.leads:
            from .serve import ServiceKeeper

            self.consumer = jobs.Runner(self.queue).start()
            self.keeper = ServiceKeeper(self.portal)
            self.keeper.start()
        self._loop = asyncio.get_running_loop()
        await self._match_companions()

    async def _match_companions(self) -> None:
        """Start what enabled plugins want beside requests, stop what nobody wants any more."""
        host = self.portal.host
        wanted = {companion.slug: (plugin.name, companion) for plugin, given in host.each("companions") for companion in given}
        for slug in [slug for slug in self.companions if slug not in wanted]:
            await self._end_companion(*self.companions.pop(slug))
        for slug, (plugin, companion) in wanted.items():
            if slug in self.companions:
                continue
            try:
                await companion.start(self.portal)
                self.companions[slug] = (plugin, companion)
            except Exception as error:  # noqa: BLE001  the portal serves without it
                host.fault(plugin, f"companion:{slug}", error)

    async def _end_companion(self, plugin: str, companion: Any) -> None:
        try:
            await companion.stop()
        except Exception as error:  # noqa: BLE001
            self.portal.host.fault(plugin, f"companion:{companion.slug}", error)

    def _plugins_switched(self, data: Any) -> None:
        if self.portal.load_switches():
            self.portal.refresh()
            if self.keeper is not None:
                self.keeper.wake()
            if self._loop is not None:
                asyncio.run_coroutine_threadsafe(self._match_companions(), self._loop)

    async def stop(self) -> None:
        while self.companions:
            await self._end_companion(*self.companions.popitem()[1])
        self._deaf()
        await asyncio.to_thread(self._stop_threads)
        if self.hub is not None:
            await self.hub.stop()
        if self.faults.note in self.portal.host.on_fault:
            self.portal.host.on_fault.remove(self.faults.note)
        await asyncio.to_thread(self.faults.stop)
        self.portal.answering.close()
        self.portal.db.dispose()

    def _stop_threads(self) -> None:
        for part in (self.keeper, self.consumer, self.dispatcher):
            if part is not None:
                part.stop()
        if self.queue is not None:
            self.queue.close()
