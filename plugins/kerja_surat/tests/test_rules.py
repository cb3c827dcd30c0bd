"""Numbers, deadlines and collisions, by the vectors of the domain paper."""

from datetime import UTC, datetime, timedelta

import pytest

from kerja_surat.rules import (
    DISPOSISI_MOVES,
    Span,
    answering_time,
    check_child_due,
    check_klasifikasi,
    conflicts,
    letter_number,
    may_move_disposisi,
    outranks,
    overlaps,
    suffix_for,
)
from pendopo import InvalidInput

DAYS = {"biasa": 5, "penting": 3, "segera": 2}
BUFFER = timedelta(minutes=30)


def at(hour, minute=0):
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


def test_a_number_follows_the_pattern_of_its_unit():
    number = letter_number("{klasifikasi}/{urut}/{unit}/{tahun}", klasifikasi="800.1.11", urut=42, unit="BKPSDM", year=2026)

    assert number == "800.1.11/0042/BKPSDM/2026"


def test_a_back_dated_letter_takes_a_suffix():
    number = letter_number("{klasifikasi}/{urut}/{unit}/{tahun}", klasifikasi="800.1.11", urut=42, unit="BKPSDM", year=2026, suffix="a")

    assert "/0042.a/" in number


@pytest.mark.parametrize(("n", "suffix"), [(1, "a"), (2, "b"), (26, "z"), (27, "aa"), (28, "ab"), (53, "ba")])
def test_suffixes_go_on_after_z(n, suffix):
    assert suffix_for(n) == suffix


@pytest.mark.parametrize("code", ["800", "800.1", "800.1.11", "000.8.6.1.12"])
def test_a_klasifikasi_is_three_digits_and_parts(code):
    assert check_klasifikasi(f" {code} ") == code


@pytest.mark.parametrize("code", ["", "80", "8000", "800.", "800.123", "abc", "800.1.1.1.1.1"])
def test_another_klasifikasi_is_refused_at_its_field(code):
    with pytest.raises(InvalidInput) as refusal:
        check_klasifikasi(code)

    assert refusal.value.field == "klasifikasi"


def test_only_amat_segera_runs_by_the_clock():
    assert answering_time("amat_segera", DAYS, 24).hours == 24
    assert answering_time("segera", DAYS, 24).days == 2
    assert not answering_time("penting", DAYS, 24).at_close
    assert answering_time("biasa", DAYS, 24).at_close


def test_a_child_is_due_no_later_than_its_parent():
    check_child_due(at(9), at(9))

    with pytest.raises(InvalidInput):
        check_child_due(at(9, 1), at(9))


def test_a_room_is_free_again_at_the_end_of_a_meeting():
    assert not overlaps(Span(at(10), at(11)), Span(at(9), at(10)))  # AGD-01
    assert overlaps(Span(at(9, 59), at(10, 30)), Span(at(9), at(10)))  # AGD-02


def test_a_leader_needs_the_way_between_two_places():
    pendopo = Span(at(9), at(10), "Pendopo")

    assert conflicts(Span(at(10, 15), at(11), "Ciruas"), pendopo, BUFFER)  # AGD-03
    assert not conflicts(Span(at(10, 15), at(11), "Pendopo"), pendopo, BUFFER)  # AGD-04
    assert not conflicts(Span(at(10, 30), at(11), "Ciruas"), pendopo, BUFFER)
    assert conflicts(Span(at(8), at(8, 45), "Ciruas"), pendopo, BUFFER)


def test_rank_decides_who_keeps_a_room():
    assert outranks("II.a", "III.a")
    assert not outranks("III.a", "III.a")
    assert not outranks("", "IV.b")


def test_a_finished_disposisi_moves_no_more():
    assert all(not may_move_disposisi(done, to) for done in ("selesai", "dikembalikan") for to in DISPOSISI_MOVES)
    assert may_move_disposisi("dikirim", "dibaca")
    assert not may_move_disposisi("diproses", "dibaca")
