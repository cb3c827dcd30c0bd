"""Who holds the microphone, decided with a clock of the test's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pendopo_stream.announcements import Announcement
from pendopo_stream.microphones import LEASE_S, MOST_CALLS, Full, Held, Microphones
from pendopo_stream.on_air import OnAir, Pause, SetLive, Speak, Start, Tell
from pendopo_stream.rundown import Station, Track

NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
MUSIC = tuple(Track(f"m{n}", f"m{n}", f"Lagu {n}", f"Penyanyi {n}", 180) for n in range(4))


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def word(name: str, priority: str = "penting") -> Announcement:
    return Announcement(name, {"id": "Perhatian."}, priority)


def talking(mode: str = "talk_over") -> tuple[OnAir, str]:
    """A station on which somebody speaks."""
    station = OnAir(Station(MUSIC))
    station.begin(NOON)
    channel, _ = station.live_open("7", "Sari", "mic", NOON)
    station.live_heard(channel.id, NOON)
    station.live_set(channel.id, NOON, on=True, mode=mode)
    return station, channel.id


def of_kind(messages, kind):
    return [message for message in messages if isinstance(message, kind)]


def told(messages):
    return {message.kind: message.data for message in of_kind(messages, Tell)}


def test_a_second_announcer_is_told_who_holds_the_microphone():
    microphones = Microphones()
    microphones.open("7", "Sari", "mic", NOON)
    with pytest.raises(Held) as held:
        microphones.open("8", "Budi", "mic", later(1))
    assert (held.value.channel.name, held.value.channel.since) == ("Sari", NOON)


def test_who_was_offered_the_microphone_takes_it_and_nobody_else():
    station, mine = talking()
    station.live_give(mine, "8", later(1))
    with pytest.raises(Held):
        station.live_open("9", "Tono", "mic", later(2))
    channel, messages = station.live_open("8", "Budi", "mic", later(2))
    assert told(messages)["live_closed"] == {"channel": mine, "holder": "7", "name": "Sari", "kind": "mic", "reason": "taken"}
    assert (told(messages)["live"]["holder"], told(messages)["live"]["reason"]) == ("8", "taken")
    assert station.microphones.microphone.id == channel.id


def test_a_producer_takes_it_from_anybody():
    station, mine = talking()
    station.live_open("1", "Produser", "mic", later(1), take=True)
    assert mine not in station.microphones.channels


def test_four_may_call_and_a_fifth_is_told_that_all_lines_are_taken():
    microphones = Microphones()
    for number in range(MOST_CALLS):
        microphones.open(str(number), "Warga", "call", NOON)
    with pytest.raises(Full):
        microphones.open("5", "Warga", "call", NOON)


def test_a_line_without_sound_counts_as_silent_after_0_4_s_and_is_closed_after_ten():
    station, _ = talking()
    assert station.live.on_air
    assert station.live_check(later(0.3)) == []
    assert of_kind(station.live_check(later(0.5)), SetLive)[0].live.on_air is False
    assert told(station.live_check(later(LEASE_S + 0.5)))["live_closed"]["reason"] == "lease"
    assert station.live_open("8", "Budi", "mic", later(12))


def test_a_line_that_comes_back_is_on_the_air_again():
    station, channel = talking()
    station.live_check(later(2))
    station.live_heard(channel, later(3))
    assert of_kind(station.live_check(later(3)), SetLive)[0].live.on_air


def test_a_solo_voice_sends_the_programme_away_and_its_end_brings_the_next_item():
    station, channel = talking("solo")
    assert station.waiting
    assert station.track_ending(later(5)) == []
    assert of_kind(station.live_set(channel, later(9), on=False), Start)


def test_solo_is_told_once_as_a_pause():
    station = OnAir(Station(MUSIC))
    station.begin(NOON)
    channel, _ = station.live_open("7", "Sari", "mic", NOON)
    station.live_heard(channel.id, NOON)
    assert of_kind(station.live_set(channel.id, NOON, on=True, mode="solo"), Pause)
    assert not of_kind(station.live_set(channel.id, NOON, gain_db=3.0), Pause)


def test_music_is_back_when_a_solo_line_drops():
    station, _ = talking("solo")
    assert of_kind(station.live_check(later(0.5)), Start)


def test_with_live_assist_nothing_new_starts_while_somebody_speaks():
    station, channel = talking()
    station.hold(True, later(1))
    station.live_heard(channel, later(170))
    station.live_check(later(170))
    assert not of_kind(station.track_ending(later(170)), Start)
    assert of_kind(station.live_close(channel, later(171)), Start)


def test_without_live_assist_the_next_item_follows_under_the_voice():
    station, _ = talking()
    assert of_kind(station.track_ending(later(0.2)), Start)


def test_important_words_wait_for_a_live_voice_but_not_longer_than_two_minutes():
    station, channel = talking()
    assert not of_kind(station.announce(word("a"), later(0.1)), Speak)
    for second in range(119):
        station.live_heard(channel, later(second))
        station.live_check(later(second))
        assert not of_kind(station.tick(later(second)), Speak)
    station.live_heard(channel, later(121))
    station.live_check(later(121))
    assert of_kind(station.tick(later(121)), Speak)


def test_what_waited_for_a_live_voice_is_said_when_it_ends():
    station, channel = talking()
    station.announce(word("a"), later(0.1))
    assert of_kind(station.live_set(channel, later(0.3), on=False), Speak)


def test_an_emergency_breaks_in_over_a_live_voice_at_once():
    station, _ = talking("solo")
    assert of_kind(station.announce(word("d", "darurat"), later(0.1)), Speak)[0].mode == "break_in"


def test_an_unknown_cart_is_refused_and_a_known_one_is_logged():
    station = OnAir(Station((*MUSIC, Track("j", "j", "Jingle", kind="jingle"))))
    station.begin(NOON)
    assert told(station.cart("j", NOON))["cart"]["track"]["title"] == "Jingle"
    with pytest.raises(KeyError):
        station.cart("x", NOON)


steps = st.lists(st.one_of(
    st.tuples(st.just("open"), st.sampled_from("123"), st.sampled_from(["mic", "call", "source"]), st.booleans()),
    st.tuples(st.just("set"), st.integers(1, 9), st.booleans(), st.sampled_from(["talk_over", "solo"])),
    st.tuples(st.just("heard"), st.integers(1, 9)), st.tuples(st.just("close"), st.integers(1, 9)), st.tuples(st.just("wait"), st.floats(0.05, 12)),
    st.tuples(st.just("ending")), st.tuples(st.just("hold"), st.booleans()), st.tuples(st.just("silence")),
), max_size=40)


@settings(max_examples=150, deadline=None)
@given(steps)
def test_whatever_happens_one_person_holds_it_and_the_programme_waits_only_for_a_voice(what):
    station, now, messages = OnAir(Station(MUSIC)), NOON, []
    station.begin(now)
    opened, closed = set(), set()
    for step in what:
        do, given_ = step[0], step[1:]
        if do == "wait":
            now += timedelta(seconds=given_[0])
            messages = [*station.live_check(now), *station.tick(now)]
        elif do == "open":
            try:
                channel, messages = station.live_open(given_[0], "Nama", given_[1], now, take=given_[2])
                opened.add(channel.id)
            except (Held, Full):
                continue
        elif do == "ending":
            messages = station.track_ending(now)
        elif do == "hold":
            messages = station.hold(given_[0], now)
        elif do == "silence":
            messages = station.silence(now, 8.0)
        elif str(given_[0]) in station.microphones.channels:
            name = str(given_[0])
            if do == "set":
                messages = station.live_set(name, now, on=given_[1], mode=given_[2])
            elif do == "heard":
                station.live_heard(name, now)
                messages = station.live_check(now)
            else:
                messages = station.live_close(name, now)
        closed |= {message.data["channel"] for message in of_kind(messages, Tell) if message.kind == "live_closed"}
        assert len([channel for channel in station.microphones.channels.values() if channel.kind != "call"]) <= 1
        assert len(station.microphones.calls) <= MOST_CALLS
        if station.waiting:
            assert station.live.solo or (station.held and station.live.on_air)
        assert opened - closed == set(station.microphones.channels)
    now += timedelta(seconds=LEASE_S + 1)
    station.live_check(now)
    assert not station.microphones.channels
    assert not station.waiting
