"""People at microphones, as listeners hear them."""

from __future__ import annotations

import asyncio

import pytest

from pendopo_stream.engine.testing import Station
from pendopo_stream.live import Channel, Held, Line
from pendopo_stream.testing import RATE_HZ, sine, tone_db

PITCHES_HZ = (440, 550, 660)
LOUD, SOFT = -25, -40
BLOCK_BYTES = 1920


async def line_of(station: Station) -> Line:
    line = Line(station.home)
    line.start()
    async with asyncio.timeout(20):
        while not line.connected:
            await asyncio.sleep(0.05)
    return line


async def talk(channel: Channel, pitch_hz: float, seconds: float) -> None:
    pcm = (sine(pitch_hz, seconds) * 32767).astype("<i2").tobytes()
    due = asyncio.get_running_loop().time()
    for at in range(0, len(pcm), BLOCK_BYTES):
        channel.send(pcm[at : at + BLOCK_BYTES])
        due += 0.02
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))


def music_db(station: Station, from_ms: float, to_ms: float) -> float:
    sound = station.sound(from_ms, to_ms)
    return max(tone_db(sound, pitch) for pitch in PITCHES_HZ)


def test_an_announcer_is_heard_on_mp3_and_hls_and_music_is_back_a_second_after_the_line_is_cut(station: Station):
    async def speak() -> tuple[int, int]:
        line = await line_of(station)
        channel = await line.open(holder="7", name="Sari")
        await channel.set(on=True, mode="solo")
        began = station.end_ms()
        await talk(channel, 1000, 6)
        cut = station.end_ms()
        line._writer.transport.abort()  # as a network does it: without a word
        await line.stop()
        return began, cut

    began, cut = station.do(speak())
    assert tone_db(station.sound(began + 2000, cut - 1000), 1000) > LOUD
    assert music_db(station, began + 2000, cut - 1000) < SOFT
    assert tone_db(station.sound(began + 2000, cut - 1000, "hls"), 1000) > LOUD
    assert music_db(station, cut + 1000, cut + 1500) > LOUD
    assert tone_db(station.sound(cut + 1000, cut + 1500), 1000) < SOFT
    assert station.silent_s(began, cut + 3000) < 2
    assert station.told("live", on=False)["reason"] == "line"


def test_a_second_announcer_is_refused_and_takes_over_when_the_microphone_is_offered(station: Station):
    async def hand_over() -> tuple[int, int, list[str]]:
        first, second = await line_of(station), await line_of(station)
        sari = await first.open(holder="7", name="Sari")
        reasons: list[str] = []
        sari.on_closed = reasons.append
        await sari.set(on=True)
        with pytest.raises(Held) as held:
            await second.open(holder="8", name="Budi")
        assert held.value.by == "Sari"
        with pytest.raises(Held):
            await second.open(holder="9", name="Orang lain", kind="source")
        await talk(sari, 1000, 2)
        given = station.end_ms()
        await sari.give("8")
        budi = await second.open(holder="8", name="Budi")
        await budi.set(on=True)
        await talk(budi, 1500, 4)
        ended = station.end_ms()
        await first.stop()
        await second.stop()
        return given, ended, reasons

    given, ended, reasons = station.do(hand_over())
    assert reasons == ["taken"]
    before, after = station.sound(given - 1000, given), station.sound(given + 2000, ended - 500)
    assert tone_db(before, 1000) > LOUD and tone_db(before, 1500) < SOFT
    assert tone_db(after, 1500) > LOUD and tone_db(after, 1000) < SOFT
    assert len(after) > RATE_HZ
