"""Classes, lengths, points and privacy, by the vectors of the domain paper."""

from datetime import UTC, date, datetime

import pytest

from gawe_pelaporan.rules import (
    Weight,
    area_m2,
    class_due,
    differs_too_much,
    find_personal,
    hide_personal,
    is_near,
    line_length_m,
    looks_swapped,
    parse_sta,
    pothole_m3,
    priority_of,
    priority_points,
    public_position,
    share_used,
    sta_length_m,
)
from pendopo import InvalidInput
from pendopo.kit.calendar import Calendar, seed_rows
from pendopo.kit.places import distance_m

HOLIDAYS = frozenset(row["day"] for row in seed_rows())
CALENDAR = Calendar(HOLIDAYS, frozenset({2025, 2026}))
FRIDAY = datetime(2026, 5, 22, 3, 0, tzinfo=UTC)


def due(days):
    return CALENDAR.local(class_due(CALENDAR, FRIDAY, days)).date()


def test_verification_of_a_friday_report_is_due_over_the_holidays():
    assert due(3) == date(2026, 5, 29)


def test_the_class_of_fourteen_days_counts_from_the_receipt():
    assert due(14) == date(2026, 6, 17)


def test_sta_gives_the_length():
    assert sta_length_m("2+350", "3+850") == 1500


def test_area_of_a_damaged_road():
    assert area_m2(1500, 5.5) == 8250


def test_volume_of_a_pothole():
    assert pothole_m3(2.0, 1.5, 15) == 0.45


@pytest.mark.parametrize("text", ["2350", "2+35", "a+100", "2+3500", "-1+000", ""])
def test_a_strange_sta_is_refused(text):
    with pytest.raises(InvalidInput):
        parse_sta(text)


def test_an_end_before_the_start_is_refused():
    with pytest.raises(InvalidInput):
        sta_length_m("3+850", "2+350")


def test_distances_follow_the_haversine():
    assert round(distance_m(-6.12, 106.15, -6.12, 106.16), 1) == 1105.6
    assert round(distance_m(-6.12, 106.15, -6.1204, 106.15), 1) == 44.5


def test_a_report_forty_four_metres_away_is_near():
    assert is_near(-6.12, 106.15, -6.1204, 106.15, 50)
    assert not is_near(-6.12, 106.15, -6.12, 106.16, 50)


def test_a_length_far_from_the_drawn_line_is_noticed():
    line = line_length_m([(-6.12, 106.15), (-6.12, 106.16)])

    assert differs_too_much(line, 1500, 20)
    assert not differs_too_much(line, 1200, 20)


@pytest.mark.parametrize(
    ("weight", "priority"),
    [
        (Weight(), 4),
        (Weight(school_route=True), 3),
        (Weight(casualties=True), 2),
        (Weight(casualties=True, school_route=True), 1),
        (Weight(arterial=True, supports=30), 2),
        (Weight(supports=99), 3),
    ],
)
def test_priority_follows_the_points(weight, priority):
    assert priority_of(priority_points(weight)) == priority


def test_supports_count_at_most_three_points():
    assert priority_points(Weight(supports=500)) == 3


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Lampu mati di depan masjid sejak 2024", []),
        ("KTP saya 3604301708950000", ["nik"]),
        ("hubungi 0812-3456-7890 atau a.b@contoh.id", ["email", "telepon"]),
        ("truk A 1234 BC parkir", ["plat"]),
        ("+62 812 3456 7890", ["telepon"]),
    ],
)
def test_personal_data_are_noticed_by_their_shape(text, kinds):
    assert find_personal(text) == kinds


def test_personal_data_are_hidden_for_everyone_else():
    shown = hide_personal("Pak Contoh, NIK 3604301708950000, telepon 081234567890, surel x@contoh.id")

    assert "3604" not in shown
    assert "0812" not in shown
    assert "@" not in shown


def test_the_place_of_a_private_report_is_blurred():
    assert public_position(-6.123456, 106.154321, private=True) == (-6.123, 106.154)
    assert public_position(-6.123456, 106.154321, private=False) == (-6.123456, 106.154321)
    assert public_position(None, None, private=False) is None


def test_swapped_coordinates_are_noticed():
    assert looks_swapped(106.15, -6.12)
    assert not looks_swapped(-6.12, 106.15)


def test_used_time_passes_a_hundred_after_the_deadline():
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 11, tzinfo=UTC)

    assert share_used(start, end, datetime(2026, 1, 9, tzinfo=UTC)) == 80
    assert share_used(start, end, datetime(2026, 1, 12, tzinfo=UTC)) == 110
