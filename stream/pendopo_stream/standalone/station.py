"""The engine under supervision, and what passes between it and the station's clients."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from ..announcements import Announcement
from ..relay import EngineAway, Hub, Refused
from ..sockets import Sockets
from .settings import read_settings, token, write_plan
from .words import Words

PLAN_EVERY_S = 600.0
LONGEST_PAUSE_S = 10.0


class StationAlone:
    """Everything of one home, for one web process."""

    def __init__(self, home: Path, engine: str = "") -> None:
        self.home, self.engine = home, engine
        self.settings = read_settings(home)
        self.token = token(home)
        self.words = Words(home / "announcements.json")
        self.hub = Hub(home)
        self.sockets = Sockets(self.greeting)
        self.hub.on_event.append(self._hear)
        self._run = ""
        self._later: set[asyncio.Task[Any]] = set()

    @contextlib.asynccontextmanager
    async def life(self, app: Starlette) -> AsyncIterator[None]:
        write_plan(self.home, self.settings, datetime.now(UTC))
        self.hub.start()
        chores = [asyncio.create_task(self._supervise()), asyncio.create_task(self._plan())]
        try:
            yield
        finally:
            for chore in chores:
                chore.cancel()
            await asyncio.gather(*chores, return_exceptions=True)
            await self.hub.stop()

    async def _supervise(self) -> None:
        """The engine runs, or is started again, a little later each time."""
        pause = 0.2
        command = [sys.executable, "-m", "pendopo_stream.engine", "--home", str(self.home), *(["--engine", self.engine] if self.engine else [])]
        while True:
            began = asyncio.get_running_loop().time()
            process = await asyncio.create_subprocess_exec(*command, env={**os.environ, "OMP_NUM_THREADS": "1"})
            try:
                await process.wait()
            except asyncio.CancelledError:
                process.terminate()
                await process.wait()
                raise
            pause = 0.2 if asyncio.get_running_loop().time() - began > 60 else min(pause * 2, LONGEST_PAUSE_S)
            await asyncio.sleep(pause)

    async def _plan(self) -> None:
        while True:
            await asyncio.sleep(PLAN_EVERY_S)
            if write_plan(self.home, self.settings, datetime.now(UTC)) and self.hub.connected:
                with contextlib.suppress(EngineAway, Refused):  # it reads the plan when it begins
                    await self.hub.ask({"do": "reload"})

    # ------------------------------------------------------------------ what is on the air

    def _hear(self, event: dict[str, Any]) -> None:
        kind = event.get("event")
        if kind == "hello" and event.get("run") != self._run:
            self._run = str(event.get("run"))
            task = asyncio.get_running_loop().create_task(self._say_again())
            self._later.add(task)
            task.add_done_callback(self._later.discard)
        if kind in ("track", "programme", "spoken"):
            self.sockets.tell({"type": "now_playing", **self.now()})
        elif kind == "speaking":
            self.sockets.tell({"type": "speaking", **{key: value for key, value in event.items() if key != "event"}})

    async def _say_again(self) -> None:
        """A fresh engine is told what is still to be said."""
        for item in self.words.holding(datetime.now(UTC)):
            with contextlib.suppress(EngineAway, Refused):  # another hello follows, or the item itself is told as unspoken
                await self.hub.ask({"do": "announce", "announcement": item.as_json(), "wait": False})

    def now(self) -> dict[str, Any]:
        now = self.hub.now if self.hub.connected else {}
        return {
            "on_air": bool(now), "title": self.hub.title if now else "", "programme": now.get("programme"), "next_programme": now.get("next_programme"),
            "listeners": self.hub.listeners,
        }

    def greeting(self) -> dict[str, Any]:
        words = [item.as_json() for item in self.words.holding(datetime.now(UTC))]
        return {"protocol": 1, "station": self.settings.name, "now_playing": self.now(), "announcements": words}

    # ------------------------------------------------------------------ words

    async def announce(self, item: Announcement) -> dict[str, Any]:
        """Keep it, show it, say it. An engine that is away says it when it is back."""
        self.words.keep(item, datetime.now(UTC))
        self.sockets.tell({"type": "announcement", "announcement": item.as_json()})
        try:
            return await self.hub.ask({"do": "announce", "announcement": item.as_json()})
        except EngineAway:
            return {"voice": False, "why": "the engine is away; it is said when it is back"}

    async def cancel(self, name: str) -> bool:
        known = self.words.drop(name)
        self.sockets.tell({"type": "cancel", "id": name})
        with contextlib.suppress(EngineAway):  # a fresh engine is not told of it
            await self.hub.ask({"do": "cancel", "id": name})
        return known
