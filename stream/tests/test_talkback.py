"""A producer's line to a caller, and the level of the music under a voice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from pendopo_stream.live import Line
from pendopo_stream.live.talkback import TalkBack
from pendopo_stream.live.whep import Forwarded
from pendopo_stream.microphones import MUSIC_DB, Microphones

NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)


def test_a_producers_line_keeps_nobody_from_the_microphone_and_is_never_on_the_air():
    lines = Microphones()
    cue, _ = lines.open("produser:1", "Nina", "cue", NOON)
    microphone, _ = lines.open("7", "Rara", "mic", NOON)
    lines.open("produser:2", "Budi", "cue", NOON)
    assert lines.microphone == microphone
    assert lines.calls == []
    with pytest.raises(ValueError, match="never on the air"):
        lines.set(cue.id, on=True)
    with pytest.raises(ValueError, match="no microphone"):
        lines.offer(cue.id, "7")
    lines.heard(cue.id, NOON)
    assert not lines.state(NOON).on_air


def test_the_music_under_a_voice_is_as_loud_as_whoever_holds_the_microphone_wants():
    lines = Microphones()
    assert lines.state(NOON).music_db == MUSIC_DB
    channel, _ = lines.open("7", "Rara", "mic", NOON)
    lines.set(channel.id, on=True, music_db=-20.0)
    assert lines.state(NOON).music_db == -20.0
    with pytest.raises(ValueError, match="music_db"):
        lines.set(channel.id, music_db=3.0)
    assert not lines.drop_dead(NOON + timedelta(seconds=1))


def test_what_is_said_into_one_line_is_heard_through_the_engine_as_packets(engine):
    async def work() -> tuple[int, int]:
        producer, caller = Line(engine.home), Line(engine.home)  # as in two web processes
        for line in (producer, caller):
            line.start()
        async with asyncio.timeout(10):
            while not (producer.connected and caller.connected):
                await asyncio.sleep(0.02)
        channel = await producer.open(holder="produser:1", name="Nina", kind="cue")
        track = Forwarded()
        back = TalkBack(caller, channel.number, track)
        await asyncio.sleep(0.1)
        tone = (np.sin(np.arange(960) / 20) * 9000).astype(np.int16).tobytes()
        heard = 0
        async with asyncio.timeout(10):
            while heard < 10:
                channel.send(tone)
                if track._packets:
                    heard += len(bytes(await track.recv())) > 3
                await asyncio.sleep(0.02)
        back.stop()
        await asyncio.sleep(0.2)
        while track._packets:
            await track.recv()
        channel.send(tone)
        await asyncio.sleep(0.3)
        after = len(track._packets)
        track.stop()
        for line in (producer, caller):
            await line.stop()
        return heard, after

    assert asyncio.run(work()) == (10, 0)
