"""One connection to the engine for all microphones of a process.

A channel lives as long as its owner wants it: when the engine begins anew, the line opens it again with the same fader,
so that an announcer's voice comes back by itself.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..relay.client import EngineAway, Refused, next_frame, stay_connected
from ..wire import Chunk, pack_chunk, pack_json

BLOCK_BYTES = 1920  # 20 ms, mono, 16 bits, 48 kHz
BLOCK_MS = 20
ANSWER_S = 3.0
MOST_UNSENT = 64 * 1024  # a third of a second of sound: what an engine does not take is late already


class Held(Refused):
    """Somebody else holds the microphone. `by`: their name, `since`: ISO time, `holder`: who they are."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.by, self.since, self.holder = str(answer.get("by", "")), answer.get("since"), str(answer.get("holder", ""))
        super().__init__("held")


class Channel:
    """A voice at the engine. `on_closed(reason)`: the engine took it away (`taken`, `lease`, ...)."""

    def __init__(self, line: Line, wish: dict[str, Any]) -> None:
        self.line, self.wish = line, wish
        self.number = ""  # the engine's name of it; another one after it began anew
        self.fader: dict[str, Any] = {}
        self.closed = False
        self.on_closed: Callable[[str], None] = lambda reason: None
        self.blocks = 0
        self._rest = b""

    @property
    def on_air(self) -> bool:
        return bool(self.fader.get("on")) and not self.closed

    def send(self, pcm: bytes) -> None:
        """Sound: 16 bits, mono, 48 kHz, of any length. Never waits; what the engine does not take in time is lost."""
        data = self._rest + pcm
        whole = len(data) - len(data) % BLOCK_BYTES
        self._rest = data[whole:]
        if whole and self.number:
            self.line.carry(self, data[:whole])

    async def set(self, **fader: Any) -> None:
        """Move the fader: `on`, `mode` ("talk_over", "solo"), `gain_db`, `cue`. Raises EngineAway, Refused."""
        self.fader |= fader
        await self.line.ask("live_set", channel=self.number, **self.fader)

    async def give(self, to: str) -> None:
        """Offer the microphone to the holder `to`, who takes it by opening with `take`."""
        await self.line.ask("live_give", channel=self.number, to=to)

    async def close(self) -> None:
        await self.line.close(self)


class Line:
    """Start it on the loop that serves microphones. `on_event`: called on the loop with each event of the engine."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.channels: list[Channel] = []
        self.on_event: list[Callable[[dict[str, Any]], None]] = []
        self.state: dict[str, Any] = {}
        self._connected = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._task: asyncio.Task[None] | None = None
        self._reopening: asyncio.Task[None] | None = None
        self._metering = 0
        self._hearers: dict[str, Callable[[bytes], None]] = {}

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._stay_connected(), name="radio line")

    async def stop(self) -> None:
        for channel in list(self.channels):
            with suppress(EngineAway, Refused):
                await channel.close()
        tasks = [task for task in (self._task, self._reopening) if task is not None]
        self._task = self._reopening = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def connected(self) -> bool:
        return self._connected.is_set()

    # ------------------------------------------------------------------ what owners of microphones do

    async def open(self, *, holder: str, name: str, kind: str = "mic", take: bool = False) -> Channel:
        """Open a channel. Raises Held when another one holds the microphone, Refused, EngineAway."""
        channel = Channel(self, {"holder": holder, "name": name, "kind": kind})
        await self._open(channel, take)
        self.channels.append(channel)
        return channel

    async def _open(self, channel: Channel, take: bool = False) -> None:
        answer = await self._ask("live_open", {**channel.wish, **({"take": True} if take else {})})
        if not answer.get("ok"):
            raise Held(answer) if "held" in str(answer.get("error", "")) else Refused(str(answer.get("error", "")))
        channel.number = str(answer["channel"])

    async def close(self, channel: Channel) -> None:
        if channel in self.channels:
            self.channels.remove(channel)
        number, channel.number = channel.number, ""
        if not channel.closed:
            channel.closed = True
            if number and self.connected:
                await self.ask("live_close", channel=number)

    def carry(self, channel: Channel, pcm: bytes) -> None:
        writer = self._writer
        if writer is None or writer.is_closing() or writer.transport.get_write_buffer_size() > MOST_UNSENT:
            return
        writer.write(pack_chunk(Chunk(f"in:{channel.number}", channel.blocks, channel.blocks * BLOCK_MS, pcm)))
        channel.blocks += len(pcm) // BLOCK_BYTES

    async def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Have the engine do something. Raises EngineAway, Refused."""
        answer = await self._ask(do, arguments)
        if not answer.get("ok"):
            raise Refused(str(answer.get("error", "")))
        return answer

    async def _ask(self, do: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if self._writer is None or self._writer.is_closing():
            raise EngineAway("the engine is away")
        number = next(self._numbers)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        self._writer.write(pack_json({"do": do, "re": number, **arguments}))
        try:
            async with asyncio.timeout(ANSWER_S):
                return await answer
        except TimeoutError as error:
            raise EngineAway("the engine does not answer") from error
        finally:
            self._answers.pop(number, None)

    def hear(self, number: str, callback: Callable[[bytes], None]) -> None:
        """Have what comes into the channel `number` of anyone, on the air or not."""
        self._hearers[f"in:{number}"] = callback
        self._write({"do": "listen", "mount": f"in:{number}"})

    def unhear(self, number: str) -> None:
        if self._hearers.pop(f"in:{number}", None) is not None:
            self._write({"do": "deaf", "mount": f"in:{number}"})

    def _write(self, command: dict[str, Any]) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(pack_json(command))

    def meter(self, change: int) -> None:
        """Somebody looks at the level meters (+1) or no longer does (-1)."""
        before, self._metering = self._metering, self._metering + change
        if bool(before) != bool(self._metering):
            self._tell_meters()

    def _tell_meters(self) -> None:
        self._write({"do": "meters", "on": bool(self._metering)})

    # ------------------------------------------------------------------ upstream

    async def _stay_connected(self) -> None:
        await stay_connected(self.home, self._hear, self._lost)

    def _lost(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._hearers.clear()  # a new engine numbers its channels anew
        for channel in self.channels:
            channel.number = ""
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(EngineAway("the engine went away"))
        if self.connected:
            self._connected.clear()
            self._tell({"event": "away"})

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        while True:
            frame = await next_frame(reader)
            if isinstance(frame, Chunk):
                hearer = self._hearers.get(frame.mount)
                if hearer is not None:
                    hearer(frame.data)
                continue
            if "re" in frame:
                answer = self._answers.get(frame["re"])
                if answer is not None and not answer.done():
                    answer.set_result(frame)
            elif "event" in frame:
                self._happened(frame)

    def _happened(self, event: dict[str, Any]) -> None:
        if event["event"] in ("hello", "state"):
            self.state = event
        if event["event"] == "hello":
            self._connected.set()
            if self._metering:
                self._tell_meters()
            self._reopening = asyncio.create_task(self._reopen(), name="radio line opens again")
        elif event["event"] == "live_closed":
            self._closed(str(event.get("channel", "")), str(event.get("reason", "")))
        self._tell(event)

    def _closed(self, number: str, reason: str) -> None:
        for channel in [channel for channel in self.channels if channel.number == number]:
            self.channels.remove(channel)
            channel.number, channel.closed = "", True
            channel.on_closed(reason)

    async def _reopen(self) -> None:
        """What was open before the engine began anew is open again, with the same fader."""
        for channel in [channel for channel in self.channels if not channel.number]:
            try:
                await self._open(channel)
                if channel.fader and not channel.closed:
                    await channel.set()
            except Refused as error:
                if channel in self.channels:
                    self.channels.remove(channel)
                channel.closed = True
                channel.on_closed("taken" if isinstance(error, Held) else "refused")
            except EngineAway:
                return  # the next hello tries again

    def _tell(self, event: dict[str, Any]) -> None:
        for listener in list(self.on_event):
            listener(event)
