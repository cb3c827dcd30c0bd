"""Times of prayer: as published for Serang, and sane on every day of every year."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pendopo_stream.prayer import CALLED, NAMES, SERANG, Place, prayer_day, prayer_month

# Published by Kemenag (bimasislam.kemenag.go.id) for Kabupaten and Kota Serang, as printed by newspapers of these days.
PUBLISHED = {
    date(2021, 4, 20): {"imsak": "04:30", "subuh": "04:40", "terbit": "05:53", "dhuha": "06:20", "zuhur": "11:58", "asar": "15:17", "magrib": "17:56", "isya": "19:05"},
    date(2021, 4, 29): {"imsak": "04:29", "subuh": "04:39", "terbit": "05:52", "dhuha": "06:20", "zuhur": "11:56", "asar": "15:16", "magrib": "17:53", "isya": "19:03"},
    date(2022, 4, 20): {"imsak": "04:31", "subuh": "04:41", "terbit": "05:53", "dhuha": "06:21", "zuhur": "11:58", "asar": "15:17", "magrib": "17:57", "isya": "19:05"},
    date(2022, 5, 1): {"imsak": "04:29", "subuh": "04:39", "terbit": "05:52", "dhuha": "06:20", "zuhur": "11:56", "asar": "15:16", "magrib": "17:53", "isya": "19:03"},
    date(2024, 3, 16): {"imsak": "04:35", "subuh": "04:45", "zuhur": "12:07", "asar": "15:15", "magrib": "18:11", "isya": "19:19"},
    date(2024, 4, 3): {"imsak": "04:33", "subuh": "04:43", "zuhur": "12:02", "asar": "15:17", "magrib": "18:03", "isya": "19:11"},
}
DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))
PLACES = st.sampled_from([SERANG, Place(-6.9, 107.6), Place(5.55, 95.32), Place(-0.95, 114.9, "Asia/Pontianak"), Place(-2.54, 140.7, "Asia/Jayapura")])


@pytest.mark.parametrize(("day", "name"), [(day, name) for day, times in PUBLISHED.items() for name in times])
def test_the_times_are_those_published_for_serang_within_a_minute(day, name):
    ours = getattr(prayer_day(day), name)
    published = datetime.combine(day, datetime.strptime(PUBLISHED[day][name], "%H:%M").time(), ours.tzinfo)
    assert abs(ours - published) <= timedelta(minutes=1)


@given(DAYS, PLACES)
def test_the_times_of_a_day_are_in_order_and_on_that_day(day, place):
    times = [time for _, time in prayer_day(day, place).times()]
    assert times == sorted(set(times))
    assert {time.date() for time in times} == {day}
    assert all(time.second == 0 for time in times)


@given(DAYS, PLACES, st.sampled_from(NAMES))
def test_no_time_jumps_by_two_minutes_from_day_to_day(day, place, name):
    today, tomorrow = (getattr(prayer_day(day + timedelta(days=ahead), place), name) for ahead in (0, 1))
    assert abs(tomorrow - today - timedelta(days=1)) < timedelta(minutes=2)


@given(DAYS, st.integers(0, 10))
def test_more_care_never_calls_earlier(day, care_min):
    plain, careful = prayer_day(day, ihtiyat_min=0), prayer_day(day, ihtiyat_min=care_min)
    assert all(getattr(careful, name) >= getattr(plain, name) for name in CALLED)
    assert careful.terbit <= plain.terbit


def test_imsak_is_ten_minutes_before_subuh():
    today = prayer_day(date(2026, 2, 20))
    assert today.subuh - today.imsak == timedelta(minutes=10)


def test_a_month_has_all_its_days():
    assert [prayer.day.day for prayer in prayer_month(2028, 2)] == list(range(1, 30))


@pytest.mark.parametrize(("latitude", "longitude"), [(60, 10), (-49, 10), (0, 181)])
def test_a_place_where_the_sun_does_not_set_every_day_is_refused(latitude, longitude):
    with pytest.raises(ValueError, match="latitude"):
        Place(latitude, longitude)
