"""One upstream, many ears: the connection of one web process to the engine."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..wire import Chunk, pack_json
from .client import EngineAway, Refused, next_frame, stay_connected
from .ears import TICK_S, Ears
from .ring import Ring

ANSWER_S = 10.0
IDLE_S = 60.0
FIRST_MOUNTS = ("mp3", "opus", "hls")  # what an engine that was not reached yet is taken to have


class Hub(Ears):
    """Start it on the loop that serves listeners; it lives until `stop`.

    `rings`: sound per mount. `now`: what plays, as the engine last said. `on_event`: called on the loop for each event.
    """

    def __init__(self, home: Path, *, tick_s: float = TICK_S) -> None:
        super().__init__(tick_s=tick_s)
        self.home = home
        self.state: dict[str, Any] = {}
        self.mounts: tuple[str, ...] = FIRST_MOUNTS
        self.on_event: list[Callable[[dict[str, Any]], None]] = []
        self._run_numbers: dict[str, int] = {}
        self._wanted: set[str] = set()
        self._idle: dict[str, float] = {}
        self._on_chunk: dict[str, list[Callable[[Chunk], None]]] = {}
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)
        self._writer: asyncio.StreamWriter | None = None

    # ------------------------------------------------------------------ ears

    def offers(self, mount: str) -> bool:
        return mount in self.mounts

    def want(self, mount: str) -> Ring:
        """Ask the engine for `mount` from now on, and return its ring."""
        if mount not in self._wanted:
            self._wanted.add(mount)
            self._send({"do": "listen", "mount": mount})
        return self.rings[mount]

    def on_chunk(self, mount: str, callback: Callable[[Chunk], None]) -> Callable[[], None]:
        """Have `callback` called for each chunk of `mount` as it comes. Returns what ends that; without anyone left the
        engine is told, so that it need not encode.
        """
        listening = self._on_chunk.setdefault(mount, [])
        listening.append(callback)
        self.want(mount)

        def unsubscribe() -> None:
            if callback in listening:
                listening.remove(callback)
            if not listening and not self.counts[mount] and mount in self._wanted:
                self._wanted.discard(mount)
                self._send({"do": "deaf", "mount": mount})

        return unsubscribe

    async def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        """The engine's answer to `command` (`{"do": ...}`). Raises EngineAway, or Refused when it says no."""
        if self._writer is None or not self.connected:
            raise EngineAway("no engine is connected")
        number = next(self._numbers)
        asked = self._asked[number] = asyncio.get_running_loop().create_future()
        self._send({**command, "re": number})
        try:
            async with asyncio.timeout(ANSWER_S):
                answer = await asked
        except TimeoutError as error:
            raise EngineAway("no answer") from error
        finally:
            self._asked.pop(number, None)
        if not answer.get("ok"):
            raise Refused(str(answer.get("error", "")))
        return answer

    @property
    def now(self) -> dict[str, Any]:
        return self.state.get("now") or {}

    @property
    def listeners(self) -> int:
        """Of all processes, by the engine's last word; this process's alone while it is away."""
        said = self.state.get("listeners", 0) if self.connected else 0
        return max(self.ears, sum(said.values()) if isinstance(said, dict) else said)

    def listeners_of(self, mount: str) -> int:
        said = self.state.get("listeners") if self.connected else None
        return max(self.counts[mount], said.get(mount, 0) if isinstance(said, dict) else 0)

    def run_number(self, run: str) -> int:
        return self._run_numbers.get(run, 0)

    @property
    def began(self) -> str:
        return self.runs.get(self.run, "")

    @property
    def title(self) -> str:
        """What a player shows: an announcement while one is spoken, else the track."""
        speaking = self.now.get("speaking")
        if speaking:
            return speaking.get("title") or "Pengumuman"
        return (self.now.get("track") or {}).get("label", "")

    def _report(self) -> None:
        self._send({"do": "ears", "count": self.ears, "counts": {mount: count for mount, count in self.counts.items() if count}})

    def _rest(self, now: float) -> None:
        """An area's mount is encoded while somebody listens: a minute after the last one left, the engine may stop."""
        for mount in [mount for mount in self._wanted if "@" in mount]:
            if self.counts[mount] or self._on_chunk.get(mount):
                self._idle.pop(mount, None)
            elif now - self._idle.setdefault(mount, now) > IDLE_S:
                del self._idle[mount]
                self._wanted.discard(mount)
                self._send({"do": "deaf", "mount": mount})
                self.forget(mount)

    # ------------------------------------------------------------------ upstream

    def _send(self, command: dict[str, Any]) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(pack_json(command))

    async def _run_upstream(self) -> None:
        await stay_connected(self.home, self._hear, self._lost)

    def _lost(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        for asked in self._asked.values():
            if not asked.done():
                asked.set_exception(EngineAway("the engine went away"))
        if self.connected:
            self.connected = False
            self._tell({"event": "away"})

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        while True:
            frame = await next_frame(reader)
            if isinstance(frame, Chunk):
                self._sound(frame)
            elif frame.get("event") == "hello":
                self._greet(frame)
            elif "event" in frame:
                self._note(frame)
                self._tell(frame)
            elif (asked := self._asked.get(frame.get("re", 0))) is not None and not asked.done():
                asked.set_result(frame)

    def _sound(self, chunk: Chunk) -> None:
        if self.rings[chunk.mount].put(chunk):
            for callback in list(self._on_chunk.get(chunk.mount, ())):
                callback(chunk)

    def _greet(self, hello: dict[str, Any]) -> None:
        self.connected = True
        self.state = hello
        self.mounts = tuple(hello.get("mounts", FIRST_MOUNTS))
        run = str(hello.get("run"))
        if run != self.run:
            self.rings.new_run(run)
        self.runs[run] = str(hello.get("began", ""))
        self._run_numbers[run] = int(hello.get("run_number", 0))
        for old in list(self.runs)[:-5]:
            del self.runs[old], self._run_numbers[old]
        for mount in self._wanted:
            self._send({"do": "listen", "mount": mount})
        self._report()
        self._tell(hello)

    def _note(self, event: dict[str, Any]) -> None:
        """Between two states a second apart, what plays and the title already follow the sound."""
        kind = event["event"]
        if kind == "state":
            self.state = event
            self.mounts = tuple(event.get("mounts", self.mounts))
            self.mounts = tuple(event.get("mounts", self.mounts))  # areas come and go with the plan
        elif kind == "track":
            now = {key: value for key, value in event.items() if key not in ("event", "run", "at")}
            self.state = {**self.state, "now": {**self.now, **now}}
        elif kind == "speaking":
            self.spoken.append(event)
            self._now_speaks({key: event.get(key) for key in ("id", "title", "priority")})
        elif kind in ("spoken", "unspoken", "cancelled") and (self.now.get("speaking") or {}).get("id") == event.get("id"):
            self._now_speaks(None)

    def _now_speaks(self, speaking: dict[str, Any] | None) -> None:
        self.state = {**self.state, "now": {**self.now, "speaking": speaking}}

    def _tell(self, event: dict[str, Any]) -> None:
        for listener in list(self.on_event):
            listener(event)
