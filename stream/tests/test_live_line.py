"""The line that carries microphones, against a stand-in of the engine's socket: what is asked, sent, and opened again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from pendopo_stream.live import Held, Line
from pendopo_stream.relay.client import EngineAway, Refused
from pendopo_stream.wire import Chunk, pack_json, read_frame


class StandIn:
    """Answers commands as the engine does, and keeps what it was asked and sent. `open` is refused while `held_by` is set."""

    def __init__(self, home: Path) -> None:
        self.home, self.held_by = home, ""
        self.commands: list[dict[str, Any]] = []
        self.sound: list[Chunk] = []
        self.writers: list[asyncio.StreamWriter] = []
        self.server: asyncio.Server | None = None
        self.channels = 0

    async def start(self) -> None:
        self.server = await asyncio.start_unix_server(self._serve, self.home / "engine.sock")

    async def stop(self) -> None:
        assert self.server is not None
        self.server.close()
        for writer in self.writers:
            writer.transport.abort()
        self.writers.clear()
        (self.home / "engine.sock").unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        writer.write(pack_json({"event": "hello", "run": "r", "mounts": []}))
        try:
            while True:
                frame = await read_frame(reader)
                if isinstance(frame, Chunk):
                    self.sound.append(frame)
                else:
                    self.commands.append(frame)
                    writer.write(pack_json({"re": frame.get("re"), **self._answer(frame)}))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, command: dict[str, Any]) -> dict[str, Any]:
        if command["do"] == "live_open":
            if self.held_by and not command.get("take"):
                return {"ok": False, "error": "held", "by": self.held_by, "holder": "9", "since": "2026-11-25T01:00:00+00:00"}
            self.channels += 1
            return {"ok": True, "channel": self.channels}
        return {"ok": command["do"] != "explode", "error": "no such thing"}

    def done(self, do: str) -> list[dict[str, Any]]:
        return [command for command in self.commands if command["do"] == do]


async def until(true: Callable[[], Any], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


@pytest.fixture
def on_line(tmp_path: Path) -> Callable[[Callable[[StandIn, Line], Awaitable[None]]], None]:
    def run(work: Callable[[StandIn, Line], Awaitable[None]]) -> None:
        async def life() -> None:
            engine, line = StandIn(tmp_path), Line(tmp_path)
            await engine.start()
            line.start()
            await until(lambda: line.connected)
            try:
                await work(engine, line)
            finally:
                await line.stop()
                await engine.stop()

        asyncio.run(life())

    return run


def test_sound_goes_in_whole_blocks_under_the_channels_name(on_line):
    async def work(engine: StandIn, line: Line) -> None:
        channel = await line.open(holder="7", name="Rara")
        for piece in (b"\1" * 1000, b"\2" * 1000, b"\3" * 3840):
            channel.send(piece)
        await until(lambda: sum(len(chunk.data) for chunk in engine.sound) == 5760)
        assert [(chunk.mount, chunk.sequence, chunk.position_ms) for chunk in engine.sound] == [("in:1", 0, 0), ("in:1", 1, 20)]
        await channel.set(on=True, mode="solo")
        assert {key: engine.done("live_set")[0][key] for key in ("channel", "on", "mode")} == {"channel": "1", "on": True, "mode": "solo"}
        await channel.give("8")
        await channel.close()
        channel.send(b"\0" * 1920)
        assert engine.done("live_give")[0]["to"] == "8"
        assert engine.done("live_close")[0]["channel"] == "1"
        assert not line.channels

    on_line(work)


def test_a_held_microphone_is_refused_with_the_holders_name_and_may_be_taken(on_line):
    async def work(engine: StandIn, line: Line) -> None:
        engine.held_by = "Budi"
        with pytest.raises(Held) as held:
            await line.open(holder="7", name="Rara")
        assert (held.value.by, held.value.holder) == ("Budi", "9")
        assert not line.channels
        channel = await line.open(holder="7", name="Rara", take=True)
        assert channel.number == "1"

    on_line(work)


def test_an_engine_that_begins_anew_finds_the_same_microphones_with_the_same_fader(on_line):
    async def work(engine: StandIn, line: Line) -> None:
        channel = await line.open(holder="7", name="Rara")
        idle = await line.open(holder="telepon:1", name="Budi", kind="call")
        await channel.set(on=True, mode="talk_over", gain_db=3.0)
        await engine.stop()
        await until(lambda: not line.connected)
        channel.send(b"\0" * 1920)  # lost, and nobody waits
        with pytest.raises(EngineAway):
            await channel.set(on=True)
        await engine.start()
        await until(lambda: len(engine.done("live_set")) == 2)
        assert [command["holder"] for command in engine.done("live_open")] == ["7", "telepon:1", "7", "telepon:1"]
        assert engine.done("live_set")[1]["gain_db"] == 3.0
        assert (channel.number, idle.number) == ("3", "4")
        channel.send(b"\0" * 1920)
        await until(lambda: engine.sound and engine.sound[-1].mount == "in:3")

    on_line(work)


def test_who_has_the_microphone_when_the_engine_is_back_keeps_it(on_line):
    async def work(engine: StandIn, line: Line) -> None:
        channel, told = await line.open(holder="7", name="Rara"), []
        channel.on_closed = told.append
        await engine.stop()
        engine.held_by = "Budi"
        await engine.start()
        await until(lambda: told)
        assert told == ["taken"]
        assert channel.closed
        assert not line.channels

    on_line(work)


def test_what_the_engine_refuses_is_said_and_an_engine_that_is_away_too(on_line):
    async def work(engine: StandIn, line: Line) -> None:
        with pytest.raises(Refused, match="no such thing"):
            await line.ask("explode")
        await engine.stop()
        await until(lambda: not line.connected)
        with pytest.raises(EngineAway):
            await line.open(holder="7", name="Rara")

    on_line(work)


def test_levels_are_asked_for_while_somebody_looks_also_of_a_new_engine(on_line):
    async def work(engine: StandIn, line: Line) -> None:
        for change in (1, 1, -1):
            line.meter(change)
        await until(lambda: [command["on"] for command in engine.done("meters")] == [True])
        await engine.stop()
        await engine.start()
        await until(lambda: len(engine.done("meters")) == 2)
        line.meter(-1)
        await until(lambda: [command["on"] for command in engine.done("meters")] == [True, True, False])

    on_line(work)
