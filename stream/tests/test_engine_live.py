"""Microphones and faults at the engine's own process, through its socket."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest

from pendopo_stream.live import Held, Line
from pendopo_stream.relay import Engine, Hub
from pendopo_stream.relay.client import Refused
from pendopo_stream.testing import RATE_HZ, decode, sine, tone_db

BLOCK_BYTES = 1920


def at_the_station(home, work: Callable[[Hub, list[dict]], Awaitable[Any]]) -> Any:
    async def life() -> Any:
        hub, events = Hub(home), []
        hub.on_event.append(events.append)
        hub.start()
        try:
            assert await hub.wait_for_sound("mp3", 15)
            return await work(hub, events)
        finally:
            await hub.stop()

    return asyncio.run(life())


async def until(true: Callable[[], Any], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.05)


async def talk(channel, seconds: float, pitch_hz: float = 1000) -> None:
    pcm = (sine(pitch_hz, seconds) * 32767).astype("<i2").tobytes()
    due = asyncio.get_running_loop().time()
    for at in range(0, len(pcm), BLOCK_BYTES):
        channel.send(pcm[at : at + BLOCK_BYTES])
        due += 0.02
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))


async def opened(line: Line, **wish: Any):
    line.start()
    await until(lambda: line.connected)
    return await line.open(**wish)


def last_second(hub: Hub) -> np.ndarray:
    ring = hub.rings["mp3"]
    return decode(ring.begin(ring.join(1.2))[0])[-RATE_HZ // 2 :]


def test_a_voice_over_the_socket_is_heard_and_when_its_line_breaks_the_music_is_back(engine):
    async def work(hub: Hub, events: list[dict]) -> tuple[np.ndarray, np.ndarray]:
        line = Line(engine.home)
        channel = await opened(line, holder="7", name="Sari")
        await channel.set(on=True, mode="solo")
        await talk(channel, 4)
        during = last_second(hub)
        line._writer.transport.abort()  # as a network does it: without a word
        begin = hub.rings["mp3"].position_ms(hub.rings["mp3"].end)
        await until(lambda: hub.rings["mp3"].position_ms(hub.rings["mp3"].end) > begin + 2500)
        ring = hub.rings["mp3"]
        sound = decode(ring.begin(ring.find(hub.run, begin + 1000))[0])
        await line.stop()
        live = [(event["name"], event["on"], event["reason"]) for event in events if event["event"] == "live"]
        assert ("Sari", True, "") in live
        assert ("", False, "line") in live
        return during, sound[RATE_HZ // 10 : RATE_HZ]

    during, after = at_the_station(engine.home, work)
    assert tone_db(during, 1000) > -20
    assert tone_db(during, 440) < -40
    assert tone_db(after, 440) > -20


def test_a_second_announcer_is_told_by_whom_the_microphone_is_held_and_may_be_given_it(engine):
    async def work(hub: Hub, events: list[dict]) -> None:
        first, second = Line(engine.home), Line(engine.home)
        sari = await opened(first, holder="7", name="Sari")
        second.start()
        await until(lambda: second.connected)
        with pytest.raises(Held) as held:
            await second.open(holder="8", name="Budi")
        assert held.value.by == "Sari"
        reasons: list[str] = []
        sari.on_closed = reasons.append
        await sari.give("8")
        await second.open(holder="8", name="Budi")
        await until(lambda: reasons)
        assert reasons == ["taken"]
        await until(lambda: hub.state.get("live", {}).get("name") == "Budi")
        await first.stop()
        await second.stop()

    at_the_station(engine.home, work)


def test_nobody_moves_a_fader_that_is_not_his(engine):
    async def work(hub: Hub, events: list[dict]) -> None:
        line = Line(engine.home)
        channel = await opened(line, holder="7", name="Sari")
        with pytest.raises(Refused):
            await hub.ask({"do": "live_set", "channel": channel.number, "on": True})
        for wrong in ({"mode": "loud"}, {"gain_db": 90.0}, {"music_db": 5.0}):
            with pytest.raises(Refused):
                await line.ask("live_set", channel=channel.number, **wrong)
        await line.stop()

    at_the_station(engine.home, work)


def test_meters_move_for_who_looks_at_them(engine):
    async def work(hub: Hub, events: list[dict]) -> None:
        await hub.ask({"do": "meters", "on": True})
        await until(lambda: [event for event in events if event["event"] == "levels" and event["programme"] > -20])

    at_the_station(engine.home, work)


def test_a_full_disk_is_told_and_the_sound_goes_on(engine):
    async def work(hub: Hub, events: list[dict]) -> None:
        await until(lambda: hub.state.get("recording") == "ok" and (engine.home / "archive").exists())
        hard = resource.prlimit(engine.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(engine.process.pid, resource.RLIMIT_FSIZE, (1, hard))  # no file grows any more
        await hub.ask({"do": "skip"})
        await until(lambda: {event["kind"] for event in events if event["event"] == "alarm"} >= {"recording", "log"})
        end = hub.rings["mp3"].end
        await until(lambda: hub.rings["mp3"].end > end + 40)
        assert hub.state["recording"] != "ok"
        resource.prlimit(engine.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        await until(lambda: hub.state["recording"] == "ok")
        assert tone_db(last_second(hub), 440) > -20

    at_the_station(engine.home, work)


def test_an_engine_that_cannot_be_had_says_so(engine, tmp_path_factory):
    import subprocess
    import sys

    home = tmp_path_factory.mktemp("other")
    command = [sys.executable, "-m", "pendopo_stream.engine", "--home", str(home), "--engine"]
    without = subprocess.run([*command, "liquidsoap"], capture_output=True, text=True, timeout=30, check=False, env={"PATH": "/nowhere"})
    assert (without.returncode, "needs liquidsoap and icecast2" in without.stderr) == (4, True)
    unknown = subprocess.run([*command, "kaset"], capture_output=True, text=True, timeout=30, check=False)
    assert (unknown.returncode, "unknown" in unknown.stderr) == (4, True)
    assert Engine(engine.home).status()["engine"] == "embedded"


def test_an_area_of_the_plan_has_a_mount_at_once_and_is_heard(engine):
    async def work(hub: Hub, events: list[dict]) -> np.ndarray:
        assert not hub.offers("mp3@36.04.30")
        (engine.home / "station.json").write_text('{"areas": ["36.04.30"]}')
        await hub.ask({"do": "reload"})
        await until(lambda: hub.offers("mp3@36.04.30"))
        ring = hub.want("mp3@36.04.30")
        await until(lambda: ring.end > 60)
        return decode(ring.begin(ring.first)[0])

    assert tone_db(at_the_station(engine.home, work)[-RATE_HZ // 2 :], 440) > -20
