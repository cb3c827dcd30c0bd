"""One upstream, many ears: the connection of one web process to the engine."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..wire import MOUNTS, BadFrame, Chunk, pack_json, read_frame
from .client import EngineAway, connect
from .ring import Ring

log = logging.getLogger("pendopo_stream.relay")
TICK_S = 0.5
LONG_TICK_S = 1.0
MANY_LISTENERS = 5000
SHORTEST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 2.0
DEAF_S = 5.0  # an engine says something each second; after this long it is as good as gone


class Hub:
    """Start it on the loop that serves listeners; it lives until `stop`.

    `rings`: sound per mount. `now`: what plays, as the engine last said. `on_event`: called on the loop for each event.
    """

    def __init__(self, home: Path, *, tick_s: float = TICK_S) -> None:
        self.home = home
        self.tick_s = tick_s
        self.rings = {mount: Ring(mount) for mount in MOUNTS}
        self.ears = 0
        self.connected = False
        self.ended = False
        self.state: dict[str, Any] = {}
        self.on_event: list[Callable[[dict[str, Any]], None]] = []
        self._wanted: set[str] = set()
        self._run = ""
        self._writer: asyncio.StreamWriter | None = None
        self._tick: asyncio.Future[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self.ended = False
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._stay_connected(), name="radio upstream"), asyncio.create_task(self._tick_on(), name="radio tick")]

    async def stop(self) -> None:
        """End the connection to the engine, and every listener's answer."""
        self.ended = True
        if self._tick is not None and not self._tick.done():
            self._tick.set_result(None)
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ------------------------------------------------------------------ ears

    async def tick(self) -> None:
        """Wait for the next moment at which listeners are given what came in; one future for all of them."""
        if self._tick is None or self._tick.done():
            self._tick = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._tick)

    async def _tick_on(self) -> None:
        while True:
            await asyncio.sleep(self.tick_s if self.ears < MANY_LISTENERS else max(self.tick_s, LONG_TICK_S))
            if self._tick is not None and not self._tick.done():
                self._tick.set_result(None)

    def want(self, mount: str) -> Ring:
        """Ask the engine for `mount` from now on, and return its ring."""
        if mount not in self._wanted:
            self._wanted.add(mount)
            self._send({"do": "listen", "mount": mount})
        return self.rings[mount]

    async def wait_for_sound(self, mount: str, timeout_s: float) -> bool:
        """Wait until there is something to hear. False when there is nothing after `timeout_s`."""
        ring = self.want(mount)
        deadline = asyncio.get_running_loop().time() + timeout_s
        while ring.end == 0 or not self.connected:
            if asyncio.get_running_loop().time() > deadline:
                return ring.end > 0
            await asyncio.sleep(0.05)
        return True

    def count(self, change: int) -> None:
        """A listener came (+1) or went (-1)."""
        self.ears += change
        self._send({"do": "ears", "count": self.ears})

    @property
    def now(self) -> dict[str, Any]:
        return self.state.get("now", {})

    @property
    def listeners(self) -> int:
        """Of all processes, by the engine's last word; this process's alone while it is away."""
        return max(self.ears, self.state.get("listeners", 0)) if self.connected else self.ears

    @property
    def title(self) -> str:
        """What a player shows: an announcement while one is spoken, else the track."""
        speaking = self.now.get("speaking")
        if speaking:
            return speaking.get("title") or "Pengumuman"
        return self.now.get("track", {}).get("label", "")

    # ------------------------------------------------------------------ upstream

    def _send(self, command: dict[str, Any]) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(pack_json(command))

    async def _stay_connected(self) -> None:
        pause = SHORTEST_PAUSE_S
        while True:
            try:
                reader, self._writer = await connect(self.home)
                pause = SHORTEST_PAUSE_S
                await self._hear(reader)
            except (EngineAway, ConnectionError, asyncio.IncompleteReadError, TimeoutError):
                pass  # it ended or is not there yet: the next try follows
            except BadFrame as error:
                log.error("the engine speaks another protocol: %s", error)
                pause = LONGEST_PAUSE_S
            finally:
                self._lost()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    def _lost(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if self.connected:
            self.connected = False
            self._tell({"event": "away"})

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        while True:
            async with asyncio.timeout(DEAF_S):  # not wait_for, which can lose a cancellation before Python 3.12
                frame = await read_frame(reader)
            if isinstance(frame, Chunk):
                self.rings[frame.mount].put(frame)
            elif frame.get("event") == "hello":
                self._greet(frame)
            elif "event" in frame:
                if frame["event"] == "state":
                    self.state = frame
                elif frame["event"] == "track":
                    self._renew(frame)
                elif frame["event"] in ("speaking", "spoken", "unspoken", "cancelled"):
                    self._speaking(frame)
                self._tell(frame)

    def _greet(self, hello: dict[str, Any]) -> None:
        self.connected = True
        self.state = hello
        if hello.get("run") != self._run:
            self._run = str(hello.get("run"))
            for ring in self.rings.values():
                ring.new_run()
        for mount in self._wanted:
            self._send({"do": "listen", "mount": mount})
        self._send({"do": "ears", "count": self.ears})
        self._tell(hello)

    def _renew(self, event: dict[str, Any]) -> None:
        now = {key: value for key, value in event.items() if key not in ("event", "run", "at")}
        self.state = {**self.state, "now": {**self.now, **now}}

    def _speaking(self, event: dict[str, Any]) -> None:
        """Between two states a second apart, the title already follows the voice."""
        speaking = self.now.get("speaking")
        if event["event"] == "speaking":
            speaking = {key: event.get(key) for key in ("id", "title", "priority")}
        elif speaking and speaking.get("id") == event.get("id"):
            speaking = None
        self.state = {**self.state, "now": {**self.now, "speaking": speaking}}

    def _tell(self, event: dict[str, Any]) -> None:
        for listener in list(self.on_event):
            listener(event)
