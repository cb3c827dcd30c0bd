"""A station as its listeners hear it, for tests: an engine of either kind as a process that is kept running, and all that came out."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..relay import Engine, Hub
from ..relay.server import About, listen, serve
from ..relay.testing import InThread
from ..testing import RATE_HZ, decode, where
from ..wire import Chunk
from .mixing import db
from .process import PROGRAMS

PATIENCE_S = 60.0
CANNOT = 4  # what an engine ends with that is not possible here
WINDOW_MS = 100
SILENT_DBFS = -50.0
LEAD_MS = 500  # a decoder that begins in the middle needs a little before what is looked at
SLICE_MS = 30_000
STATION_KINDS = ("embedded", "liquidsoap")


def possible(kind: str) -> bool:
    """Whether what this engine needs is installed here."""
    return kind == "embedded" or all(map(shutil.which, PROGRAMS))


class Kept(NamedTuple):
    """A piece of sound as the hub got it. `at`: the monotonic clock then."""

    run: str
    chunk: Chunk
    at: float

    @property
    def end_ms(self) -> int:
        return self.chunk.position_ms + self.chunk.duration_ms


class Station(InThread):
    """The engine of `home`, begun again at once when it ends; a hub and a port on which it is heard.

    `kept`: all sound so far by mount. `events`: all that the engine told. Positions are those of the present run.
    """

    def __init__(self, home: Path, engine: str = "embedded") -> None:
        super().__init__()
        self.home, self.engine = home, engine
        self.kept: dict[str, list[Kept]] = defaultdict(list)
        self.events: list[dict[str, Any]] = []
        self._ending = False
        self._keeper = threading.Thread(target=self._keep_running, name="keeper", daemon=True)

    # ------------------------------------------------------------------ life

    async def begin(self) -> None:
        self._keeper.start()
        self.hub = Hub(self.home)
        self.hub.on_event.append(self._note)
        self.hub.start()
        for mount in ("mp3", "hls"):
            self.hub.on_chunk(mount, self._keep)
        bound = listen("127.0.0.1", 0)
        self.port: int = bound.getsockname()[1]
        self._servers = await serve(self.hub, About("Radio Uji"), [bound])

    async def finish(self) -> None:
        self._ending = True
        self.process.send_signal(signal.SIGTERM)
        for server in self._servers:
            server.close()
        await self.hub.stop()
        await asyncio.to_thread(self._keeper.join, 15)
        if self.process.poll() is None:
            self.process.kill()
            raise AssertionError("the engine does not end")

    def _keep_running(self) -> None:
        command = [sys.executable, "-m", "pendopo_stream.engine", "--home", str(self.home), "--engine", self.engine]
        with (self.home / "engine.err").open("ab") as errors:
            while not self._ending:
                self.process = subprocess.Popen(command, stderr=errors, env={**os.environ, "OMP_NUM_THREADS": "1"})
                if self.process.wait() == CANNOT:
                    return

    def _keep(self, chunk: Chunk) -> None:
        self.kept[chunk.mount].append(Kept(self.hub.run, chunk, time.monotonic()))

    def _note(self, event: dict[str, Any]) -> None:
        if event["event"] not in ("state", "levels"):
            self.events.append(event)

    def kill(self) -> None:
        """As a machine without memory does it. The keeper begins another one at once."""
        self.process.kill()

    # ------------------------------------------------------------------ what people do

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        return Engine(self.home, PATIENCE_S).ask(do, **arguments)

    def announce(self, name: str, words: str, priority: str = "penting", **more: Any) -> dict[str, Any]:
        return self.ask("announce", announcement={"id": name, "texts": {"id": words}, "priority": priority, **more})

    def start(self, track: str) -> int:
        """Have `track` on the air; the position at which that was told."""
        seen = len(self.events)
        self.ask("play", track=track)
        self.ask("skip")
        self.until(lambda: any(event["event"] == "track" and event["track"]["id"] == track for event in self.events[seen:]))
        return next(event["position_ms"] for event in self.events[seen:] if event["event"] == "track" and event["track"]["id"] == track)

    def wait_for_programme(self) -> None:
        """Until what makes the sound is there, and not what stands in for it: the meters show its programme."""
        shown: list[dict[str, Any]] = []
        self.hub.on_event.append(shown.append)
        self.do(self.hub.ask({"do": "meters", "on": True}))
        self.until(lambda: any(event["event"] == "levels" and event["programme"] > SILENT_DBFS for event in shown), "a programme on the meters")
        self.do(self.hub.ask({"do": "meters", "on": False}))
        self.hub.on_event.remove(shown.append)

    # ------------------------------------------------------------------ what is seen

    def until(self, true: Callable[[], Any], what: str = "", seconds: float = PATIENCE_S) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert self._keeper.is_alive() and time.monotonic() < end, f"{what or 'what was waited for'} did not come; {self.last_errors()}"
            time.sleep(0.05)

    def last_errors(self) -> str:
        return (self.home / "engine.err").read_text(errors="replace")[-2000:]

    def told(self, kind: str, **like: Any) -> dict[str, Any]:
        """The newest event of this kind with these values; waited for."""

        def found() -> dict[str, Any] | None:
            fits = (event for event in reversed(self.events) if event["event"] == kind and all(event.get(key) == value for key, value in like.items()))
            return next(fits, None)

        self.until(found, f"{kind} {like}")
        return found() or {}

    # ------------------------------------------------------------------ what is heard

    def end_ms(self, mount: str = "mp3") -> int:
        """How far the hub has heard the present run."""
        return self.kept[mount][-1].end_ms if self.kept[mount] and self.kept[mount][-1].run == self.hub.run else 0

    def wait_for(self, position_ms: float, mount: str = "mp3") -> None:
        self.until(lambda: self.end_ms(mount) >= position_ms, f"sound of {mount} at {position_ms}")

    def sound(self, from_ms: float, to_ms: float, mount: str = "mp3") -> np.ndarray:
        """What lies between two positions of the present run, waited for. Mono, 48 kHz."""
        self.wait_for(to_ms, mount)
        run = [kept for kept in self.kept[mount] if kept.run == self.hub.run]
        heads = [kept.chunk.data for kept in run if kept.chunk.header][-1:]
        part = [kept for kept in run if not kept.chunk.header and kept.end_ms > from_ms - LEAD_MS and kept.chunk.position_ms < to_ms + LEAD_MS]
        form = "mpegts" if mount == "hls" and not heads else mount
        heard = decode(b"".join([*heads, *(kept.chunk.data for kept in part)]), form)
        first = len(heard) - round((part[-1].end_ms - from_ms) * RATE_HZ / 1000)
        return heard[max(0, first) : max(0, first) + round((to_ms - from_ms) * RATE_HZ / 1000)]

    def find(self, clip: np.ndarray, from_ms: float, to_ms: float) -> tuple[float, float]:
        """The position where `clip` is heard best, and how alike (1: the same)."""
        at, alike = where(self.sound(from_ms, to_ms), clip)
        return from_ms + at * 1000 / RATE_HZ, alike

    def silent_s(self, from_ms: float, to_ms: float) -> float:
        """The longest time without any sound between two positions."""
        longest = now = 0
        for start in range(round(from_ms), round(to_ms), SLICE_MS):
            for level in levels_dbfs(self.sound(start, min(start + SLICE_MS, to_ms))):
                now = now + 1 if level < SILENT_DBFS else 0
                longest = max(longest, now)
        return longest * WINDOW_MS / 1000


def levels_dbfs(sound: np.ndarray) -> list[float]:
    """The level of each tenth of a second."""
    size = RATE_HZ * WINDOW_MS // 1000
    return [db(float(np.sqrt(np.mean(np.square(sound[at : at + size]))))) for at in range(0, len(sound) - size + 1, size)]
