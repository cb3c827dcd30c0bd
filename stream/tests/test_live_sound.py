"""Live voices, carts and areas, as they sound."""

from __future__ import annotations

import numpy as np
import pytest

from pendopo_stream.announcements import Announcement
from pendopo_stream.engine.voices import Leveller, Line
from pendopo_stream.microphones import Voice
from pendopo_stream.testing import RATE_HZ, Studio, sine, tone_db, write_audio

SECOND = RATE_HZ
AREA = "36.04.30"


@pytest.fixture
def studio(station_home):
    studio = Studio(station_home, areas=(AREA,), mounts=("mp3",))
    studio.render(1)
    return studio


def word(name: str, priority: str = "penting", **more: object) -> Announcement:
    return Announcement(name, {"id": "Perhatian."}, priority, title="Awas", **more)


def on_the_air(studio: Studio, mode: str = "talk_over", kind: str = "mic", pitch_hz: float = 1000) -> str:
    channel = studio.mixer.live_open(kind, "Sari", kind)
    studio.talk(channel, pitch_hz)
    studio.render(0.2)
    studio.mixer.live_set(channel, on=True, mode=mode)
    return channel


def test_a_voice_is_heard_at_once_over_music_softened_by_fourteen_decibels(studio):
    before = tone_db(studio.render(1), 440)
    on_the_air(studio)
    sound = studio.render(3)
    assert tone_db(sound[: SECOND // 4], 1000) > -25
    assert tone_db(sound[-SECOND:], 1000) > -20
    assert before - tone_db(sound[-SECOND:], 440) == pytest.approx(14, abs=1)


def test_the_music_under_a_voice_is_as_soft_as_the_announcer_wants_it(studio):
    before = tone_db(studio.render(1), 440)
    channel = on_the_air(studio)
    studio.mixer.live_set(channel, music_db=-24.0)
    assert before - tone_db(studio.render(3)[-SECOND:], 440) == pytest.approx(24, abs=1)


def test_before_the_fader_is_opened_nobody_hears_the_microphone(studio):
    channel = studio.mixer.live_open("7", "Sari", "mic")
    studio.talk(channel, 1000)
    sound = studio.render(2)
    assert tone_db(sound, 1000) < -60
    assert studio.mixer.levels()["mic"] > -20


def test_when_the_line_is_cut_music_is_back_within_a_second(studio):
    loud = tone_db(studio.render(1), 440)
    channel = on_the_air(studio, "solo")
    assert tone_db(studio.render(3)[-SECOND:], 440) < -60
    studio.talk(channel, None)
    sound = studio.render(2)
    assert tone_db(sound[SECOND : SECOND + SECOND // 2], 440) == pytest.approx(loud, abs=2)


def test_a_talk_over_voice_that_ends_gives_the_music_back(studio):
    before = tone_db(studio.render(1), 440)
    channel = on_the_air(studio)
    studio.render(2)
    studio.mixer.live_set(channel, on=False)
    assert tone_db(studio.render(3)[-SECOND // 2 :], 440) == pytest.approx(before, abs=0.5)


def test_an_emergency_silences_the_announcer_too(studio):
    on_the_air(studio)
    studio.render(1)
    studio.mixer.announce(word("d", "darurat"), sine(1500, 2, 0.5))
    sound = studio.render(6)
    assert tone_db(sound[SECOND : 3 * SECOND], 1000) < -45
    assert tone_db(sound[SECOND : 3 * SECOND], 853) > -25


def test_a_caller_does_not_hear_himself_and_everyone_else_does(studio):
    studio.mixer.want("call", True)
    on_the_air(studio)
    on_the_air(studio, kind="call", pitch_hz=1900)
    sound = studio.render(3)
    packets = [chunk for chunk in studio.chunks if chunk.mount == "call"]
    assert [chunk.duration_ms for chunk in packets[:3]] == [20, 20, 20]
    call = opus_packets(packets)[-SECOND:]
    assert tone_db(sound[-SECOND:], 1900) > -20
    assert tone_db(call, 1900) < -50
    assert tone_db(call, 1000) > -20


def opus_packets(chunks) -> np.ndarray:
    import av

    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = 48_000, "mono"
    return np.concatenate([frame.to_ndarray().astype(np.float32).ravel() / 32768 for chunk in chunks for frame in decoder.decode(av.Packet(chunk.data))])


def test_a_mount_on_demand_is_made_only_while_it_is_wanted_and_goes_on_counting(studio):
    assert not [chunk for chunk in studio.chunks if chunk.mount == "rtc"]
    studio.mixer.want("rtc", True)
    studio.render(1)
    first = [chunk.sequence for chunk in studio.chunks if chunk.mount == "rtc"]
    studio.mixer.want("rtc", False)
    studio.render(1)
    assert [chunk.sequence for chunk in studio.chunks if chunk.mount == "rtc"] == first
    studio.mixer.want("rtc", True)
    studio.render(1)
    assert [chunk.sequence for chunk in studio.chunks if chunk.mount == "rtc"][len(first)] > first[-1]


def test_what_is_said_in_one_area_is_heard_only_there(studio):
    studio.mixer.want(f"mp3@{AREA}", True)
    studio.render(1)
    studio.mixer.announce(word("a", areas=(AREA,), only_areas=True), sine(1500, 3, 0.5))
    main = studio.render(6)
    area = studio.heard(f"mp3@{AREA}")
    assert tone_db(main[2 * SECOND : 4 * SECOND], 1500) < -60
    assert tone_db(main[2 * SECOND : 4 * SECOND], 440) > -20
    assert tone_db(area[3 * SECOND : 5 * SECOND], 1500) > -20
    assert tone_db(area[3 * SECOND : 5 * SECOND], 440) < -20
    assert studio.of("speaking")[0]["areas"] == [AREA]
    studio.render(2)
    assert tone_db(studio.heard(f"mp3@{AREA}")[-SECOND:], 440) > -20


def test_what_is_meant_for_another_area_leaves_this_one_to_its_music(studio):
    studio.mixer.want(f"mp3@{AREA}", True)
    studio.mixer.announce(word("a", areas=("36.04.01",)), sine(1500, 3, 0.5))
    main = studio.render(5)
    area = studio.heard(f"mp3@{AREA}")
    assert tone_db(main[2 * SECOND : 4 * SECOND], 1500) > -20
    assert tone_db(area[2 * SECOND : 4 * SECOND], 1500) < -60
    assert tone_db(area[2 * SECOND : 4 * SECOND], 440) > -20


def test_words_for_an_area_without_a_mount_are_rather_heard_by_all_than_by_none(studio):
    studio.mixer.announce(word("a", areas=("36.04.01",), only_areas=True), sine(1500, 3, 0.5))
    assert tone_db(studio.render(5)[2 * SECOND : 4 * SECOND], 1500) > -20


def test_a_cart_is_heard_at_once_and_can_be_stopped(station_home):
    write_audio(station_home / "media/jingle/j.wav", sine(2500, 5))
    studio = Studio(station_home)
    studio.render(1)
    studio.mixer.cart("jingle/j.wav")
    assert tone_db(studio.render(1), 2500) > -20
    studio.mixer.cart_stop()
    assert tone_db(studio.render(2)[SECOND:], 2500) < -60
    assert studio.of("cart")[0]["track"]["id"] == "jingle/j.wav"


def test_a_line_never_keeps_more_than_sixty_milliseconds():
    line = Line()
    line.set(Voice("1", "mic", 0.0, True))
    line.put(bytes(1920) * 50)
    blocks = 0
    while line.read() is not None:
        blocks += 1
    assert blocks == 3


def test_a_soft_and_a_loud_voice_come_near_to_each_other():
    levels = []
    for level in (0.05, 0.6):
        leveller, voice = Leveller(), sine(300, 8, level)
        for number in range(400):
            out = leveller.block(voice[number * 960 : (number + 1) * 960])
        levels.append(20 * np.log10(np.sqrt(np.mean(out**2))))
    assert abs(levels[1] - levels[0]) < 8
    silence = Leveller()
    silence.block(np.zeros(960, np.float32))
    assert silence.gain_db == 0
