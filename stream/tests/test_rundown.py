"""What plays, and what plays next."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pendopo_stream.rundown import (
    BadRule,
    Past,
    Played,
    Rule,
    Slot,
    Station,
    Track,
    choose,
    expand,
    gaps,
    occurrences,
    overlaps,
    pick,
    slot_after,
    slot_at,
)

WIB = ZoneInfo("Asia/Jakarta")
MONDAY = datetime(2026, 3, 2, 0, 0, tzinfo=WIB)


def at(hour: float, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


def slot(program: str, start: float, end: float, *tags: str) -> Slot:
    return Slot(program, at(start), at(end), tags=frozenset(tags))


def song(name: str, artist: str = "", kind: str = "music", *tags: str) -> Track:
    return Track(name, name, name, artist, 100, kind=kind, tags=frozenset(tags))


def test_a_weekly_rule_gives_its_days_and_no_other():
    rule = Rule("pagi", at(6), 7200, "FREQ=WEEKLY;BYDAY=MO,WE")
    found = occurrences(rule, at(0), at(0, 7), WIB)
    assert [s.start for s in found] == [at(6), at(6, 2)]
    assert found[0].end == at(8)


def test_a_programme_that_runs_at_the_start_of_the_window_is_in_it():
    rule = Rule("malam", at(22), 4 * 3600, "FREQ=DAILY")
    assert [s.start for s in occurrences(rule, at(1, 1), at(3, 1), WIB)] == [at(22)]


def test_times_given_in_utc_stay_on_the_local_clock():
    rule = Rule("pagi", at(6).astimezone(UTC), 3600, "FREQ=DAILY")
    assert occurrences(rule, at(0, 3).astimezone(UTC), at(0, 4), WIB)[0].start == at(6, 3)


def test_exceptions_and_the_last_day_are_kept():
    rule = Rule("pagi", at(6), 3600, "FREQ=DAILY", frozenset({at(6, 1)}), until=at(0, 3))
    assert [s.start for s in occurrences(rule, at(0), at(0, 7), WIB)] == [at(6), at(6, 2)]


@pytest.mark.parametrize("rule", [
    "FREQ=BESOK", "x", "FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=1", "DTSTART:20200101T000000\nRRULE:FREQ=DAILY", "FREQ=DAILY;BYHOUR=99",
])
def test_a_rule_that_can_not_be_read_is_refused(rule):
    with pytest.raises(BadRule):
        occurrences(Rule("x", at(0), 3600, rule), at(0), at(0, 7), WIB)


@pytest.mark.parametrize("seconds", [0, -5, 86401])
def test_a_programme_lasts_up_to_a_day(seconds):
    with pytest.raises(BadRule):
        occurrences(Rule("x", at(0), seconds), at(0), at(1), WIB)


def test_two_programmes_at_once_are_found():
    pagi, siang, larut = slot("pagi", 6, 9), slot("siang", 8, 10), slot("larut", 10, 12)
    assert overlaps([larut, siang, pagi]) == [(pagi, siang)]
    assert overlaps([pagi, slot("b", 9, 10)]) == []


def test_a_long_programme_overlaps_each_that_it_covers():
    long = slot("panjang", 0, 24)
    assert len(overlaps([long, slot("a", 1, 2), slot("b", 3, 4)])) == 2


def test_gaps_are_seen():
    assert gaps([slot("a", 1, 2), slot("b", 3, 4)], at(0), at(5)) == [(at(0), at(1)), (at(2), at(3)), (at(4), at(5))]
    assert gaps([slot("a", 0, 5)], at(0), at(5)) == []


@given(st.lists(st.tuples(st.integers(0, 47), st.integers(1, 12)), max_size=10))
def test_slots_and_gaps_together_fill_the_day(pairs):
    slots = [slot(str(i), start / 2, (start + length) / 2) for i, (start, length) in enumerate(pairs)]
    free = gaps(slots, at(0), at(24))
    for quarter in range(96):
        moment = at(quarter / 4)
        assert (slot_at(slots, moment) is None) == any(a <= moment < b for a, b in free)


def test_the_next_programme_is_the_one_that_begins_first():
    assert slot_after([slot("b", 9, 10), slot("a", 7, 8)], at(6)).program == "a"
    assert slot_after([slot("a", 6, 8)], at(6)) is None


# ---------------------------------------------------------------- rotation


def test_what_rested_longest_comes_next():
    tracks = [song("a"), song("b")]
    history = [Played("a", "", at(1)), Played("b", "", at(2))]
    assert pick(tracks, Past.of(history), at(3)).id == "a"


def test_an_artist_rests_twenty_minutes():
    tracks = [song("a", "X"), song("b", "X"), song("c", "Y")]
    history = [Played("c", "Y", at(1)), Played("a", "X", at(2))]
    assert pick(tracks, Past.of(history), at(2.1)).id == "c"
    assert pick(tracks, Past.of(history), at(2.5)).id == "b"


def test_when_all_artists_were_just_heard_the_music_goes_on():
    assert pick([song("a", "X")], Past.of([Played("a", "X", at(1))]), at(1.01)).id == "a"


@given(st.integers(2, 8), st.integers(1, 60))
def test_no_piece_comes_twice_in_a_row(count, steps):
    tracks = [song(str(n), f"artist {n % 3}") for n in range(count)]
    history: list[Played] = []
    for step in range(steps):
        now = at(step * 0.05)
        chosen = choose(Station(tuple(tracks)), Past.of(history), now).track
        assert not history or chosen.id != history[-1].track_id
        history.append(Played(chosen.id, chosen.artist, now))


# ---------------------------------------------------------------- the ladder

MUSIC, RESERVE, IDENT = song("m"), song("r", "", "reserve"), song("i", "", "ident")


@pytest.mark.parametrize(("tracks", "rung"), [
    ((MUSIC, RESERVE, IDENT), "playlist"), ((RESERVE, IDENT), "reserve"), ((IDENT,), "ident"), ((), "tone"),
])
def test_the_station_steps_down_until_something_can_play(tracks, rung):
    assert choose(Station(tracks), Past(), at(1)).rung == rung


def test_a_programme_plays_its_own_music():
    station = Station((song("a", "", "music", "pagi"), song("b", "", "music", "sore")), (slot("s", 0, 5, "sore"),))
    choice = choose(station, Past(), at(1))
    assert (choice.track.id, choice.rung, choice.slot.program) == ("b", "scheduled", "s")


def test_a_programme_without_fitting_music_falls_to_the_playlist():
    choice = choose(Station((song("a", "", "music", "pagi"),), (slot("s", 0, 5, "dangdut"),)), Past(), at(1))
    assert (choice.track.id, choice.rung) == ("a", "playlist")


def test_a_failed_track_rests_and_returns():
    station = Station((MUSIC, RESERVE), failed={"m": at(2)})
    assert choose(station, Past(), at(1)).rung == "reserve"
    assert choose(station, Past(), at(2)).rung == "playlist"


def test_a_wish_of_the_editor_comes_first():
    assert choose(Station((MUSIC, song("n")), requested=("n",)), Past.of([Played("n", "", at(0.9))]), at(1)).track.id == "n"


def test_the_station_says_its_name_between_pieces_and_not_twice():
    station = Station((MUSIC, IDENT))
    history = [Played("m", "", at(0)), Played("m", "", at(0.1))]
    assert choose(station, Past.of(history), at(0.2)).track.id == "i"
    history.append(Played("i", "", at(0.2), "ident"))
    assert choose(station, Past.of(history), at(0.21)).track.id == "m"
    history.append(Played("m", "", at(0.21)))
    assert choose(station, Past.of(history), at(0.3)).track.id == "m"
    assert choose(station, Past.of(history), at(0.5)).track.id == "i"


def test_a_year_of_programme_has_no_gap_and_no_overlap():
    rules = [Rule(name, at(start), hours * 3600, "FREQ=DAILY") for name, start, hours in (("pagi", 4, 6), ("siang", 10, 6), ("malam", 16, 12))]
    slots = expand(rules, at(0, 1), at(0, 366), WIB)
    assert len(slots) >= 365 * 3
    assert overlaps(slots) == []
    assert gaps(slots, at(0, 1), at(0, 366)) == []
