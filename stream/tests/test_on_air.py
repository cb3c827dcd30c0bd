"""The station's present moment: facts in, messages out."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pendopo_stream.announcements import Announcement
from pendopo_stream.on_air import OnAir, Speak, Start, StopVoice, Tell
from pendopo_stream.rundown import Slot, Station, Track

NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
MUSIC = tuple(Track(f"m{n}", f"m{n}", f"Lagu {n}", f"Penyanyi {n}", 180) for n in range(4))
RESERVE = Track("r", "r", "Cadangan", "", 60, kind="reserve")


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def word(name: str, priority: str = "info", **more: object) -> Announcement:
    return Announcement(name, {"id": "Perhatian."}, priority, **more)


def on_air(*tracks: Track, slots: tuple[Slot, ...] = ()) -> OnAir:
    station = OnAir(Station(tracks or MUSIC, slots))
    station.begin(NOON)
    return station


def only(messages, kind):
    return [m for m in messages if isinstance(m, kind)]


def told(messages):
    return [m.kind for m in only(messages, Tell)]


def test_it_begins_with_music_at_once():
    messages = OnAir(Station(MUSIC)).begin(NOON)
    assert only(messages, Start)[0].fade_s == 0
    assert told(messages) == ["track"]


def test_the_next_piece_fades_over():
    messages = on_air().track_ending(later(177))
    assert only(messages, Start)[0].fade_s == 3


def test_info_is_said_at_the_next_break():
    station = on_air()
    assert only(station.announce(word("a"), later(1)), Speak) == []
    spoken = only(station.track_ending(later(60)), Speak)[0]
    assert (spoken.announcement.id, spoken.mode) == ("a", "duck")


def test_info_in_a_long_piece_is_said_after_two_minutes():
    station = on_air()
    station.announce(word("a"), later(1))
    assert only(station.tick(later(100)), Speak) == []
    assert only(station.tick(later(122)), Speak)


def test_important_words_soften_the_music_at_once():
    assert only(on_air().announce(word("a", "penting"), later(1)), Speak)[0].mode == "duck"


def test_an_emergency_breaks_in_and_is_said_twice():
    spoken = only(on_air().announce(word("a", "darurat"), later(1)), Speak)[0]
    assert (spoken.mode, spoken.times) == ("break_in", 2)


def test_an_emergency_interrupts_a_voice_which_is_said_again_afterwards():
    station = on_air()
    station.announce(word("a", "penting"), later(1))
    messages = station.announce(word("d", "darurat"), later(2))
    assert [type(m) for m in messages] == [StopVoice, Speak]
    assert only(station.voice_ended("d", later(20)), Speak)[0].announcement.id == "a"


def test_nothing_interrupts_an_emergency():
    station = on_air()
    station.announce(word("d", "darurat"), later(1))
    assert only(station.announce(word("e", "darurat"), later(2)), Speak) == []
    assert only(station.announce(word("p", "penting"), later(3)), Speak) == []
    assert only(station.voice_ended("d", later(20)), Speak)[0].announcement.id == "e"


def test_important_words_wait_for_each_other():
    station = on_air()
    station.announce(word("a", "penting"), later(1))
    assert only(station.announce(word("b", "penting"), later(2)), Speak) == []
    assert only(station.voice_ended("a", later(9)), Speak)[0].announcement.id == "b"


def test_a_cancelled_word_stops_in_the_middle():
    station = on_air()
    station.announce(word("a", "penting"), later(1))
    messages = station.cancel("a", later(2))
    assert only(messages, StopVoice)
    assert told(messages) == ["cancelled"]
    assert station.voice_ended("a", later(5)) == []


def test_a_word_without_voice_is_reported_and_the_next_one_spoken():
    station = on_air()
    station.announce(word("a", "penting"), later(1))
    station.announce(word("b", "penting"), later(1))
    messages = station.voice_failed("a", later(2), "no voice")
    assert told(messages) == ["unspoken"]
    assert only(messages, Speak)[0].announcement.id == "b"


def test_what_waited_too_long_is_told_as_expired():
    station = on_air()
    station.announce(word("a", until=later(50)), later(1))
    assert told(station.tick(later(51))) == ["expired"]


def test_a_broken_file_is_replaced_at_once_and_rests():
    station = on_air(MUSIC[0], RESERVE)
    messages = station.track_failed("m0", later(1), "corrupt")
    assert only(messages, Start)[0].track.id == "r"
    assert told(messages) == ["failed", "track", "fallback"]
    back = station.track_ending(later(700))
    assert only(back, Start)[0].track.id == "m0"


def test_a_file_that_failed_behind_the_scenes_changes_nothing_on_the_air():
    station = on_air()
    other = next(t.id for t in MUSIC if t.id != station.choice.track.id)
    assert only(station.track_failed(other, later(1), "corrupt"), Start) == []


def test_silence_is_ended_and_leads_down_to_the_tone():
    station = on_air(MUSIC[0], RESERVE)
    assert only(station.silence(later(8), 8), Start)[0].track.id == "r"
    assert only(station.silence(later(16), 8), Start)[0].track.kind == "tone"


def test_new_music_is_played_as_soon_as_it_is_there():
    station = on_air(RESERVE)
    assert station.choice.rung == "reserve"
    assert only(station.reload(Station((*MUSIC, RESERVE)), later(5)), Start)[0].track.kind == "music"


def test_a_reload_does_not_cut_the_music():
    assert only(on_air().reload(Station(MUSIC), later(5)), Start) == []


def test_a_wish_is_played_next_and_once():
    station = on_air()
    wish = next(t.id for t in MUSIC if t.id != station.choice.track.id)
    station.play(wish, later(1))
    station.play("unknown", later(1))
    assert only(station.track_ending(later(60)), Start)[0].track.id == wish
    assert station.station.requested == ()


def test_the_change_of_programme_is_told_once():
    slot = Slot("p", later(10), later(100), "Pagi")
    station = on_air(slots=(slot,))
    assert told(station.tick(later(9))) == []
    assert told(station.tick(later(10))) == ["programme"]
    assert told(station.tick(later(11))) == []
    assert station.now(later(11))["programme"]["title"] == "Pagi"


FACTS = st.sampled_from(["tick", "ending", "failed", "silence", "skip", "info", "penting", "darurat", "ended", "cancel", "reload"])


def happen(station, fact, now):
    if fact == "failed":
        return station.track_failed(station.choice.track.id, now, "x")
    if fact == "silence":
        return station.silence(now, 8)
    if fact == "reload":
        return station.reload(Station((*MUSIC, RESERVE)), now)
    return {"tick": station.tick, "ending": station.track_ending, "skip": station.skip}[fact](now)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(FACTS, st.integers(0, 90)), max_size=60))
def test_whatever_happens_something_plays_and_voices_never_overlap(facts):
    station = on_air(*MUSIC, RESERVE)
    speaking, now, number = None, NOON, 0
    for fact, seconds in facts:
        now += timedelta(seconds=seconds)
        number += 1
        if fact in ("info", "penting", "darurat"):
            messages = station.announce(word(f"{fact}{number}", fact), now)
        elif fact == "ended" or fact == "cancel":
            if speaking is None:
                continue
            messages = station.voice_ended(speaking, now) if fact == "ended" else station.cancel(speaking, now)
            if fact == "ended":
                speaking = None
        else:
            messages = happen(station, fact, now)
        for message in messages:
            if isinstance(message, StopVoice):
                assert message.announcement_id == speaking
                speaking = None
            elif isinstance(message, Speak):
                assert speaking is None
                speaking = message.announcement.id
        assert station.choice is not None
        assert (station.speaking.id if station.speaking else None) == speaking
