"""The engine as a process of its own, heard and steered through its socket."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time

import pytest

from pendopo_stream.engine.log import read_since
from pendopo_stream.relay import Engine, Hub
from pendopo_stream.relay.client import EngineAway, Refused
from pendopo_stream.speech import synthesize
from pendopo_stream.testing import decode, tone_db, where


async def hear(hub: Hub, seconds: float, mount: str = "mp3") -> bytes:
    assert await hub.wait_for_sound(mount, 10)
    ring = hub.rings[mount]
    at, data = ring.join(0), b"".join(ring.headers)
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        await asyncio.sleep(0.2)
        piece, at = ring.read(at)
        data += piece
    return data


def listening(home, work, **options):
    async def life():
        hub = Hub(home, **options)
        hub.start()
        try:
            return await work(hub)
        finally:
            await hub.stop()

    return asyncio.run(life())


def test_what_a_listener_hears_is_the_piece_on_the_air(engine):
    data = listening(engine.home, lambda hub: hear(hub, 3.0))
    sound = decode(data)
    assert 2.0 < len(sound) / 48000 < 4.5
    assert tone_db(sound[24000:72000], 440) > -20


def test_the_low_mount_is_ogg_opus_that_begins_anywhere(engine):
    data = listening(engine.home, lambda hub: hear(hub, 3.0, "opus"))
    assert data[:4] == b"OggS"
    assert tone_db(decode(data, "opus")[24000:72000], 440) > -20


def test_an_announcement_is_found_in_the_recorded_sound_above_softened_music(engine):
    words = "Perhatian. Jalan raya Cinangka ditutup karena longsor."
    voice = synthesize(words)

    async def work(hub: Hub) -> bytes:
        recording = asyncio.create_task(hear(hub, 10.0))
        await asyncio.sleep(2.5)
        answer = await asyncio.to_thread(Engine(engine.home).announce, {"id": "a1", "texts": {"id": words}, "priority": "penting", "title": "Longsor"})
        assert answer["voice"]
        return await recording

    sound = decode(listening(engine.home, work))
    at, alike = where(sound, voice)
    assert alike > 0.75
    before = tone_db(sound[48000 : 2 * 48000], 440)
    under = tone_db(sound[at + 24000 : at + 24000 + 48000], 440)
    assert before - under >= 10, (before, under)


def test_what_was_on_the_air_is_logged_with_ids_of_its_own(engine):
    Engine(engine.home).announce({"id": "b2", "texts": {"id": "Satu dua tiga."}, "priority": "penting"})
    deadline = time.monotonic() + 15
    lines: list[dict] = []
    while not any(line["event"] == "spoken" for line in lines) and time.monotonic() < deadline:
        time.sleep(0.3)
        lines = [line for _, _, found in read_since(engine.home / "log", "", 0) for line in found]
    assert {"began", "track", "speaking", "spoken"} <= {line["event"] for line in lines}
    assert len({line["line"] for line in lines}) == len(lines)


def test_a_killed_engine_is_heard_again_by_the_same_listeners(engine):
    async def work(hub: Hub) -> tuple[int, int, str, str]:
        await hear(hub, 1.0)
        first, run = hub.rings["mp3"].end, hub.state["run"]
        engine.kill()
        await asyncio.sleep(0.3)
        assert not hub.connected
        await asyncio.to_thread(engine.start)
        deadline = asyncio.get_running_loop().time() + 10
        while hub.rings["mp3"].end <= first or not hub.connected:
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.05)
        return first, hub.rings["mp3"].end, run, hub.state["run"]

    first, last, run, new_run = listening(engine.home, work)
    assert last > first
    assert run != new_run


def test_a_second_engine_of_the_same_home_refuses_to_start(engine):
    done = subprocess.run(
        [sys.executable, "-m", "pendopo_stream.engine", "--home", str(engine.home)], capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 3
    assert Engine(engine.home).status()["now"]["track"]["title"] == "Nada A"


def test_being_told_to_stop_it_ends_cleanly_and_says_so(engine):
    assert engine.stop() == 0
    lines = [line for _, _, found in read_since(engine.home / "log", "", 0) for line in found]
    assert lines[-1]["event"] == "ended"
    assert not (engine.home / "engine.sock").exists()
    with pytest.raises(EngineAway):
        Engine(engine.home).status()


@pytest.mark.parametrize("announcement", [
    {}, {"id": "x"}, {"id": "x", "texts": "kata"}, {"id": "", "texts": {"id": "a"}}, {"id": "x", "texts": {"id": "a"}, "priority": "gawat"},
    {"id": "x", "texts": {"id": 3}}, {"id": "x", "texts": {"id": "a"}, "until": "besok"}, {"id": "x", "texts": {"id": "kata " * 230}}, 7, None,
])
def test_a_wrong_announcement_is_refused_with_a_reason(engine, announcement):
    with pytest.raises(Refused):
        Engine(engine.home).ask("announce", announcement=announcement)


def test_who_does_not_wait_for_the_voice_is_answered_at_once_and_finds_it_in_the_queue(engine):
    began = time.monotonic()
    Engine(engine.home).ask("announce", announcement={"id": "c1", "texts": {"id": "kata " * 150}, "priority": "info"}, wait=False)
    assert time.monotonic() - began < 0.5
    for _ in range(20):
        assert [item["id"] for item in Engine(engine.home).ask("queue")["queue"]] == ["c1"]
        time.sleep(0.05)


def test_what_is_withdrawn_while_its_voice_is_made_is_never_said(engine):
    Engine(engine.home).ask("announce", announcement={"id": "c2", "texts": {"id": "kata " * 150}, "priority": "penting"}, wait=False)
    Engine(engine.home).ask("cancel", id="c2")
    time.sleep(2)
    assert Engine(engine.home).ask("queue")["queue"] == []
    assert Engine(engine.home).status()["now"]["speaking"] is None


def test_nonsense_on_the_socket_harms_nobody(engine):
    import socket

    for junk in (b"\0" * 50, b"GET / HTTP/1.0\r\n\r\n", b"\xff" * 9, b"\0\0\0\5J{{{{", b"\0\0\0\2J7"):
        with socket.socket(socket.AF_UNIX) as wire:
            wire.connect(str(engine.home / "engine.sock"))
            wire.sendall(junk)
    for do in ("", "__init__", "listen", 5, None):
        with pytest.raises(Refused):
            Engine(engine.home).ask(do)
    assert Engine(engine.home).status()["ok"]


def test_a_schedule_is_read_again_on_reload(engine):
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC)
    slot = {"program": "p1", "title": "Pagi Gawe", "start": (now - timedelta(minutes=5)).isoformat(), "end": (now + timedelta(minutes=5)).isoformat()}
    (engine.home / "station.json").write_text(json.dumps({"slots": [slot]}))
    assert Engine(engine.home).ask("reload")["slots"] == 1
    deadline = time.monotonic() + 5
    while (Engine(engine.home).status()["now"]["programme"] or {}).get("title") != "Pagi Gawe":
        assert time.monotonic() < deadline
        time.sleep(0.1)
