"""From one moment to the next: exact times, programmes that begin, what comes back, what is promised, what is remembered."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pendopo_stream.on_air import OnAir, Pause, Start, Tell
from pendopo_stream.plan import Plan
from pendopo_stream.rundown import Past, Played, Slot, Station, Track, choose
from pendopo_stream.wheels import Block, Event, Note, Part, Playlist, Rotation

NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
FREE = Rotation(artist_min=0, title_min=0, ident_min=0)
SONGS = tuple(Track(f"m{n}", f"m{n}", f"Lagu {n}", f"Penyanyi {n}", 183, tags=frozenset({"genap" if n % 2 == 0 else "ganjil"})) for n in range(6))
ADZAN = Track("adzan", "adzan", "Azan", "", 200, kind="adzan")
TALK = Track("acara", "acara", "Bincang", "", 1800, kind="programme")
JINGLE = Track("j", "j", "Jingle", "", 20, kind="jingle")


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def on_air(*tracks: Track, **plan: object) -> OnAir:
    plan = {"rotation": FREE, **plan}
    station = OnAir(Station.of(tracks or SONGS, Plan(**plan)))
    station.begin(NOON)
    return station


def started(messages) -> list[str]:
    return [message.track.id for message in messages if isinstance(message, Start)]


def heard(station: OnAir, count: int) -> list[str]:
    """The next `count` pieces, each played to its end."""
    return [started(station.track_ending(station.playing.ends_at))[0] for _ in range(count)]


# ---------------------------------------------------------------- playlists, wheels, blocks


def test_a_listed_playlist_goes_round_and_goes_on_where_it_stopped():
    station = on_air(playlists={"a": Playlist(("m3", "m1", "m2"), "listed")}, slots=(Slot("p", NOON, later(86400), playlist="a"),))
    assert [station.choice.track.id, *heard(station, 4)] == ["m3", "m1", "m2", "m3", "m1"]
    again = on_air(playlists={"a": Playlist(("m3", "m1", "m2"), "listed")}, slots=(Slot("p", later(86400), later(2 * 86400), playlist="a"),))
    again.remember(json.loads(json.dumps(station.memory())))
    assert started(again.skip(later(86401))) == ["m2"]


def test_a_listed_playlist_passes_over_what_has_not_rested():
    past = Past.of([Played("m1", "Penyanyi 1", NOON)])
    plan = Plan(playlists={"a": Playlist(("m0", "m1", "m2"), "listed")}, slots=(Slot("p", NOON, later(9999), playlist="a"),), rotation=Rotation(20, 90, 0))
    past.listed["a"] = "m0"
    assert choose(Station.of(SONGS, plan), past, later(60)).track.id == "m2"


def test_a_wheel_goes_round_part_by_part():
    parts = (Part("track", "m5"), Part("jingle"), Part("block", "genap", 2))
    station = on_air(*SONGS, JINGLE, wheels={"w": parts}, wheel="w", blocks={"genap": Block(frozenset({"genap"}))})
    played = [station.choice.track.id, *heard(station, 8)]
    assert played[0::4] == ["m5"] * 3
    assert played[1::4] == ["j"] * 2
    assert {*played[2:4], *played[6:8]} <= {"m0", "m2", "m4"}


def test_a_part_of_minutes_plays_so_long():
    station = on_air(wheels={"w": (Part("block", "genap", minutes=10), Part("block", "ganjil"))}, wheel="w",
                     blocks={"genap": Block(frozenset({"genap"})), "ganjil": Block(frozenset({"ganjil"}))})
    kinds = [int(name[1]) % 2 for name in [station.choice.track.id, *heard(station, 5)]]
    assert kinds == [0, 0, 0, 0, 1, 0]


def test_a_part_with_nothing_in_it_is_passed_over():
    station = on_air(wheels={"w": (Part("block", "leer"), Part("jingle"), Part("track", "m3"))}, wheel="w", blocks={"leer": Block(frozenset({"tak ada"}))})
    assert station.choice.track.id == "m3"


def test_a_wheel_of_a_programme_begins_anew_each_time():
    slots = (Slot("p", NOON, later(300), wheel="w"), Slot("p", later(300), later(900), wheel="w"))
    station = on_air(wheels={"w": (Part("track", "m1"), Part("track", "m2"), Part("track", "m3"))}, slots=slots)
    assert [station.choice.track.id, *heard(station, 2)] == ["m1", "m2", "m1"]


def test_playlists_are_drawn_by_their_weight():
    plan = Plan(playlists={"sering": Playlist(("m0",), weight=9), "jarang": Playlist(("m1",), weight=1), "tidak": Playlist(("m2",), weight=0)}, rotation=FREE)
    station, past, drawn = Station.of(SONGS, plan), Past(), []
    for turn in range(400):
        drawn.append(choose(station, past, later(turn * 60)).track.id)
        past.add(Played(drawn[-1], "", later(turn * 60)))
    assert 0.82 < drawn.count("m0") / 400 < 0.97
    assert "m2" not in drawn


def test_a_resting_piece_is_not_chosen_but_may_be_ordered():
    station = on_air(SONGS[0], SONGS[1], notes={"m1": Note(resting=True)})
    assert heard(station, 3) == ["m0"] * 3
    station.play("m1", station.started_at)
    assert heard(station, 1) == ["m1"]


def test_what_editors_say_of_a_piece_goes_over_what_the_file_says():
    note = Note("Judul", "Orang", frozenset({"baru"}), 2.0, 100.0)
    track = Station.of(SONGS, Plan(notes={"m0": note})).by_id["m0"]
    assert (track.title, track.artist, track.tags, track.plays_s) == ("Judul", "Orang", {"baru"}, 98)
    assert Station.of(SONGS, Plan(notes={"m0": replace(note, cue_in_s=500.0)})).by_id["m0"].plays_s == 183


# ---------------------------------------------------------------- wishes


def test_a_wish_waits_until_it_keeps_the_rotation():
    rotation = Rotation(artist_min=5, title_min=10, ident_min=0, requests_hour=10)
    station = on_air(rotation=rotation)
    wished = station.choice.track.id
    station.play(wished, later(1), wish=True)
    played = heard(station, 5)
    assert played.index(wished) == 3  # 180 s each: ten minutes after it began
    assert station.station.wishes == ()


def test_in_a_library_too_small_for_the_rotation_wishes_are_heard_all_the_same():
    station = on_air(rotation=Rotation(artist_min=5, title_min=90, ident_min=0))
    heard(station, 5)
    wished = station.history[0].track_id
    station.play(wished, station.started_at, wish=True)
    assert wished in heard(station, 3)


def test_no_more_wishes_are_heard_in_an_hour_than_the_rule_says():
    station = on_air(rotation=Rotation(0, 0, 0, requests_hour=2))
    for name in ("m1", "m2", "m3", "m4"):
        station.play(name, later(1), wish=True)
    heard(station, 25)
    at = [played.at for played in station.history if played.source == "wish"]
    assert len(at) == 4
    assert at[2] - at[0] >= timedelta(hours=1)


def test_an_order_of_the_editor_goes_before_wishes():
    station = on_air()
    station.play("m1", later(1), wish=True)
    station.play("m2", later(2))
    assert heard(station, 2) == ["m2", "m1"]


# ---------------------------------------------------------------- exact times


def adzan_at(seconds: float, **more: object) -> Event:
    return Event(later(seconds), "adzan", "Azan Zuhur", "zuhur", **more)


def test_an_adzan_cuts_the_music_on_its_second():
    station = on_air(*SONGS, ADZAN, events=(adzan_at(100),))
    assert started(station.tick(later(99))) == []
    messages = station.tick(later(100))
    assert started(messages) == ["adzan"] and messages[0].fade_s == 1.0
    assert [m.data["late_s"] for m in messages if isinstance(m, Tell) and m.kind == "exact_time"] == [0]
    assert started(station.tick(later(101))) == []
    assert started(station.track_ending(later(297)))[0].startswith("m")


def test_a_soft_time_waits_for_the_end_of_the_piece():
    station = on_air(*SONGS, JINGLE, events=(Event(later(100), "news", "Warta", track="j", hard=False, wait_s=120),))
    assert all(started(station.tick(later(second))) == [] for second in range(99, 180))
    assert heard(station, 1) == ["j"]


def test_a_soft_time_does_not_wait_for_a_piece_that_goes_on_too_long():
    station = on_air(*SONGS, JINGLE, events=(Event(later(100), "news", "Warta", track="j", hard=False, wait_s=60),))
    assert started(station.tick(later(100))) == ["j"]


def test_a_song_that_was_cut_does_not_come_back_but_a_long_programme_does():
    song = on_air(*SONGS, ADZAN, events=(adzan_at(100),))
    cut = song.choice.track.id
    song.tick(later(100))
    assert heard(song, 1) != [cut]
    talk = on_air(*SONGS, ADZAN, TALK, events=(adzan_at(700),), slots=(Slot("t", NOON, later(3600), recorded="acara"),))
    talk.tick(later(700))
    assert heard(talk, 1) == ["acara"]
    assert talk.choice.track.cue_in_s == 700


def test_an_adzan_whose_file_is_broken_is_heard_from_another_one():
    other = Track("cadangan", "cadangan", "Azan", "", 60, kind="adzan", added_at=NOON - timedelta(days=9))
    station = on_air(*SONGS, replace(ADZAN, added_at=NOON), other, events=(adzan_at(100),))
    assert started(station.tick(later(100))) == ["adzan"]
    assert started(station.track_failed("adzan", later(101), "corrupt")) == ["cadangan"]
    assert started(station.track_failed("cadangan", later(102), "corrupt"))[0].startswith("m")


@pytest.mark.parametrize(("name", "tags", "chosen"), [("zuhur", {"zuhur"}, True), ("zuhur", set(), True), ("zuhur", {"subuh"}, False)])
def test_an_adzan_is_the_one_for_its_time_or_for_any(name, tags, chosen):
    station = on_air(*SONGS, replace(ADZAN, tags=frozenset(tags)), events=(adzan_at(100),))
    assert (started(station.tick(later(100))) == ["adzan"]) is chosen


def test_a_time_that_was_missed_by_minutes_is_left_out():
    station = on_air(*SONGS, ADZAN, events=(adzan_at(-300),))
    assert station.choice.track.id != "adzan"
    assert on_air(*SONGS, ADZAN, events=(adzan_at(-60),)).choice.track.id == "adzan"


def test_an_adzan_is_on_time_while_a_voice_has_the_air_to_itself():
    station = on_air(*SONGS, ADZAN, events=(adzan_at(100),))
    channel, _ = station.live_open("rina", "Rina", "mic", later(1))
    station.live_heard(channel.id, later(2))
    paused = station.live_set(channel.id, later(2), on=True, mode="solo")
    assert any(isinstance(message, Pause) for message in paused)
    assert started(station.tick(later(99))) == []
    assert started(station.tick(later(100))) == ["adzan"]


# ---------------------------------------------------------------- programmes


def test_a_recorded_programme_begins_at_its_time_and_once():
    station = on_air(*SONGS, TALK, slots=(Slot("t", later(60), later(7200), recorded="acara"),))
    assert started(station.tick(later(59))) == []
    assert started(station.tick(later(60))) == ["acara"]
    assert "acara" not in heard(station, 5)


def test_a_piece_that_ends_in_half_a_minute_is_not_cut_for_a_programme():
    station = on_air(*SONGS, TALK, slots=(Slot("t", later(160), later(7200), recorded="acara"),))
    assert started(station.tick(later(165))) == []
    assert heard(station, 1) == ["acara"]


def test_an_engine_that_comes_back_joins_the_recorded_programme_where_it_would_be():
    slot = Slot("t", NOON, later(3600), recorded="acara")
    before = on_air(*SONGS, TALK, slots=(slot,))
    after = OnAir(Station.of((*SONGS, TALK), Plan(slots=(slot,), rotation=FREE)))
    after.remember(json.loads(json.dumps(before.memory())))
    messages = after.begin(later(600))
    assert started(messages) == ["acara"] and messages[0].track.cue_in_s == 600
    much_later = OnAir(Station.of((*SONGS, TALK), Plan(slots=(slot,), rotation=FREE)))
    much_later.remember(json.loads(json.dumps(before.memory())))
    assert started(much_later.begin(later(1790)))[0].startswith("m")


def test_a_programme_without_its_recording_plays_music():
    assert on_air(slots=(Slot("t", NOON, later(3600), recorded="hilang"),)).choice.track.kind == "music"


def test_the_last_piece_of_a_programme_ends_with_it():
    lengths = [Track(f"l{seconds}", "", "", "", seconds + 3) for seconds in (100, 160, 200, 240)]
    station = on_air(*lengths, slots=(Slot("p", NOON, later(300)), Slot("q", later(300), later(9000))))
    ends = [station.playing.ends_at]
    while ends[-1] < later(280):
        heard(station, 1)
        ends.append(station.playing.ends_at)
    assert abs((ends[-1] - later(300)).total_seconds()) <= 5


# ---------------------------------------------------------------- what is next


def test_what_is_next_is_known_and_comes():
    station = on_air()
    for _ in range(5):
        promised = station.now(NOON)["next"]
        assert heard(station, 1) == [promised["id"]]
        assert promised["at"] == station.started_at.isoformat()


def test_the_adzan_is_next_when_it_comes_before_the_end_of_the_piece():
    promised = on_air(*SONGS, ADZAN, events=(adzan_at(100),)).now(NOON)["next"]
    assert (promised["id"], promised["at"]) == ("adzan", later(100).isoformat())


def test_a_reload_keeps_the_promise_while_its_file_is_there():
    station = on_air()
    promised = station.now(NOON)["next"]["id"]
    station.reload(Station.of((*SONGS, TALK), Plan(rotation=FREE)), later(5))
    assert station.now(NOON)["next"]["id"] == promised
    station.reload(Station.of([song for song in SONGS if song.id != promised], Plan(rotation=FREE)), later(6))
    assert station.now(NOON)["next"]["id"] != promised


def test_memory_that_is_none_is_refused():
    for broken in ({}, {"history": [1]}, {"history": [], "last": {"a": "x"}, "listed": {}, "count": 0, "hands": {}}):
        with pytest.raises((ValueError, KeyError, TypeError)):
            Past.from_json(broken)


PLAYED = st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from(["X", "Y", ""]), st.integers(1, 900), st.sampled_from(["playlist:a", "wish", "tags"])), max_size=30)


@given(PLAYED)
def test_the_memory_comes_back_as_it_was(pieces):
    past, at = Past(), NOON
    for name, artist, seconds, source in pieces:
        at += timedelta(seconds=seconds)
        past.add(Played(name, artist, at, "music", source))
    again = Past.from_json(json.loads(json.dumps(past.as_json())))
    assert (again.history, again.last, again.artists, again.listed, again.wishes, again.count) == (
        past.history, past.last, past.artists, past.listed, past.wishes, past.count)


@settings(max_examples=60, deadline=None)
@given(st.integers(25, 70), st.integers(9, 20), st.integers(0, 10_000))
def test_with_a_library_that_is_large_enough_the_rotation_is_never_broken(titles, artists, seed):
    rotation = Rotation(artist_min=15, title_min=60, ident_min=0)
    tracks = [Track(f"t{n}", "", "", f"a{n % artists}", 183 + (n * 7 + seed) % 90) for n in range(titles)]
    station = on_air(*tracks, rotation=rotation)
    heard(station, 80)
    last, singers = {}, {}
    for played in station.history:
        assert played.at - last.get(played.track_id, NOON - timedelta(days=1)) >= timedelta(minutes=60)
        assert played.at - singers.get(played.artist, NOON - timedelta(days=1)) >= timedelta(minutes=15)
        last[played.track_id] = singers[played.artist] = played.at
