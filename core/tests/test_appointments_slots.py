"""The times of a counter, as plain computing: properties that hold for every counter."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pendopo.errors import InvalidInput
from pendopo.kit.appointments.slots import read_clock, read_hours, show_hours, times_on
from pendopo.kit.calendar import Calendar

pytestmark = pytest.mark.once

HOLIDAY = date(2026, 8, 17)
CALENDAR = Calendar(frozenset({HOLIDAY}), frozenset({2026}), ZoneInfo("Asia/Jakarta"))
MONDAY = date(2026, 3, 9)


@st.composite
def opening(draw):
    """Opening hours of a day as they are kept: up to three periods that don't touch each other."""
    marks = sorted(draw(st.sets(st.integers(0, 287), min_size=2, max_size=6)))
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    return [[f"{a * 5 // 60:02d}:{a * 5 % 60:02d}", f"{b * 5 // 60:02d}:{b * 5 % 60:02d}"] for a, b in pairs]


def moments(periods, day=MONDAY):
    return [(CALENDAR.at(day, read_clock(a)), CALENDAR.at(day, read_clock(b))) for a, b in periods]


@given(opening(), st.integers(5, 240))
def test_times_are_whole_apart_and_inside_opening_hours(periods, minutes):
    found = list(times_on({"0": periods}, minutes, CALENDAR, MONDAY))

    assert all(end - start == timedelta(minutes=minutes) for start, end in found)
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    assert all(any(opens <= start and end <= closes for opens, closes in moments(periods)) for start, end in found)


@given(opening(), st.integers(5, 240))
def test_no_time_that_fits_is_left_out(periods, minutes):
    length = timedelta(minutes=minutes)
    assert len(list(times_on({"0": periods}, minutes, CALENDAR, MONDAY))) == sum((closes - opens) // length for opens, closes in moments(periods))


@given(opening(), st.integers(5, 60), st.integers(0, 1400), st.integers(1, 600))
def test_a_closed_time_takes_exactly_what_it_touches(periods, minutes, since, length):
    start = CALENDAR.at(MONDAY, read_clock("00:00")) + timedelta(minutes=since)
    closed = (start, start + timedelta(minutes=length))
    every = list(times_on({"0": periods}, minutes, CALENDAR, MONDAY))
    left = list(times_on({"0": periods}, minutes, CALENDAR, MONDAY, [closed]))

    assert set(left) == {(a, b) for a, b in every if b <= closed[0] or a >= closed[1]}


@given(opening(), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_only_the_weekday_of_the_rule_is_open_and_never_a_holiday(periods, day):
    found = list(times_on({"0": periods}, 5, CALENDAR, day))
    assert bool(found) == (day.weekday() == 0 and day != HOLIDAY)


def test_a_year_whose_holidays_nobody_entered_is_closed():
    assert list(times_on({str(n): [["08:00", "12:00"]] for n in range(7)}, 15, CALENDAR, date(2027, 3, 9))) == []


def test_a_saturday_counter_is_open_though_offices_are_not():
    found = list(times_on({"5": [["08:00", "10:00"]]}, 60, CALENDAR, date(2026, 3, 14)))
    assert [start for start, _end in found] == [datetime(2026, 3, 14, h, tzinfo=ZoneInfo("Asia/Jakarta")) for h in (8, 9)]


@given(opening())
def test_hours_are_shown_as_they_are_typed(periods):
    assert read_hours(show_hours(periods)) == periods


@pytest.mark.parametrize("typed", ["8", "08.00", "12.00-08.00", "08.00-12.00, 11.00-13.00", "25.00-26.00", "08.00-08.00", "a-b"])
def test_hours_that_make_no_sense_are_refused(typed):
    with pytest.raises(InvalidInput):
        read_hours(typed)


def test_hours_are_read_as_people_write_them():
    assert read_hours("13.00 - 15.00; 8:00-12:00") == [["08:00", "12:00"], ["13:00", "15:00"]]
    assert read_hours(" ") == []
