"""What is said, and in which order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pendopo_stream.announcements import (
    PRIORITIES,
    Announcement,
    AnnouncementQueue,
    TooLong,
    check_length,
    reading_time_s,
)

NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def word(name: str, priority: str = "info", **more: object) -> Announcement:
    return Announcement(name, {"id": "Perhatian."}, priority, **more)


def test_reading_takes_a_second_for_each_2_3_words():
    assert round(reading_time_s("kata " * 180)) == 78
    assert check_length({"id": "kata " * 180}) < 90


def test_a_text_longer_than_ninety_seconds_is_refused():
    with pytest.raises(TooLong) as refused:
        check_length({"id": "kata " * 230})
    assert round(refused.value.reading_s) == 100


def test_a_pause_counts_as_a_second():
    assert reading_time_s("satu *** dua") == pytest.approx(2 / 2.3 + 1)


def test_info_waits_for_a_break():
    queue = AnnouncementQueue()
    queue.add(word("a"), NOON)
    assert queue.next(later(10)) is None
    assert queue.next(later(10), at_break=True).id == "a"


def test_info_waits_two_minutes_at_most():
    queue = AnnouncementQueue()
    queue.add(word("a"), NOON)
    assert queue.next(later(119)) is None
    assert queue.next(later(120)).id == "a"


def test_info_leaves_a_rest_after_another_word():
    queue = AnnouncementQueue()
    queue.add(word("a"), NOON)
    queue.add(word("b"), NOON)
    queue.said("a", later(121))
    assert queue.next(later(130)) is None
    assert queue.next(later(141)).id == "b"


def test_important_words_go_out_at_once_and_emergencies_first():
    queue = AnnouncementQueue()
    queue.add(word("p", "penting"), NOON)
    queue.add(word("d", "darurat"), later(1))
    assert queue.next(later(1)).id == "d"
    queue.said("d", later(2))
    assert queue.next(later(2)).id == "p"


def test_the_floor_keeps_lesser_words_back():
    queue = AnnouncementQueue()
    queue.add(word("p", "penting"), NOON)
    assert queue.next(NOON, floor="darurat") is None


def test_nothing_is_said_after_its_time():
    queue = AnnouncementQueue()
    assert queue.add(word("a", until=later(60)), NOON)
    assert queue.next(later(60), at_break=True) is None
    assert [a.id for a in queue.drop_expired(later(60))] == ["a"]
    assert not queue.add(word("b", until=NOON), NOON)


def test_nothing_is_said_before_its_time():
    queue = AnnouncementQueue()
    queue.add(word("a", "penting", not_before=later(30)), NOON)
    assert queue.next(later(29)) is None
    assert queue.next(later(30)).id == "a"


def test_a_repeated_word_is_due_again_until_it_was_said_often_enough():
    queue = AnnouncementQueue()
    queue.add(word("a", "penting", every_s=600, times=2), NOON)
    queue.said("a", later(10))
    assert queue.next(later(600)) is None
    assert queue.next(later(610)).id == "a"
    queue.said("a", later(615))
    assert not queue.waiting


def test_a_repetition_beyond_its_time_is_forgotten():
    queue = AnnouncementQueue()
    queue.add(word("a", "penting", every_s=600, until=later(500)), NOON)
    queue.said("a", later(10))
    assert not queue.waiting


def test_the_same_id_again_replaces_the_words():
    queue = AnnouncementQueue()
    queue.add(word("a"), NOON)
    queue.add(Announcement("a", {"id": "Baru."}, "penting"), later(5))
    assert [(a.texts["id"], a.priority) for a in queue.pending(later(5))] == [("Baru.", "penting")]


@given(st.lists(st.tuples(st.sampled_from(PRIORITIES), st.integers(0, 300), st.integers(1, 600)), max_size=12), st.integers(0, 900))
def test_what_is_said_next_is_never_less_urgent_than_what_waits(items, at):
    queue = AnnouncementQueue()
    for number, (priority, since, lives) in enumerate(items):
        queue.add(word(str(number), priority, not_before=later(since), until=later(since + lives)), NOON)
    now = later(at)
    following = queue.next(now, at_break=True)
    due = queue.pending(now)
    assert all(a.until > now for a in due)
    assert (following is None) == (not due)
    if following:
        assert following.rank == max(a.rank for a in due)


def test_an_announcement_survives_json():
    given_one = word("a", "darurat", until=later(60), every_s=30.0, times=3, title="Longsor")
    assert Announcement.from_json(given_one.as_json()) == given_one
