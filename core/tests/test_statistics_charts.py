"""Charts say in words what they draw, and leave out what is not known."""

from __future__ import annotations

import pytest

from pendopo.i18n import speaking
from pendopo.layout.charts import drawn_bars, drawn_lines, short

pytestmark = pytest.mark.once


def test_bars_are_measured_by_the_longest_and_told_by_the_ends():
    drawing = drawn_bars([("Ciruas", 40), ("Anyar", 10), ("Baros", None)], "Laporan")

    assert [bar.parts for bar in drawing.bars] == [[(1, 0, 100)], [(1, 0, 25)], []]
    assert drawing.bars[2].text == "disamarkan"
    assert drawing.says == "Terbanyak Ciruas, 40. Paling sedikit Anyar, 10."


def test_parts_of_a_bar_follow_one_another():
    (bar,) = drawn_bars([("Ciruas", 30, 10)], "Berkas", series=["Selesai", "Menunggu"]).bars

    assert bar.parts == [(1, 0, 75), (2, 75, 25)]
    assert bar.text == "40"


def test_a_line_is_broken_where_nothing_is_known_and_told_from_start_to_end():
    drawing = drawn_lines([("2024", 1), ("2025", None), ("2026", 4), ("2027", 2)], "Kartu")

    assert drawing.lines[0].path.count("M") == 2
    assert len(drawing.lines[0].dots) == 3
    assert drawing.says == "Dari 1 (2024) menjadi 2 (2027); tertinggi 4 (2026)."


@pytest.mark.parametrize("rows", [[], [("a", 0)], [("a", None)], [("a", 0), ("b", 0)], [("a", 7)]])
def test_nothing_and_next_to_nothing_can_be_drawn(rows):
    assert drawn_lines(rows, "x").says
    assert len(drawn_bars(rows, "x").bars) == len(rows)


@pytest.mark.parametrize(("most", "steps"), [(0.4, 2), (3, 4), (4, 5), (97, 5), (101, 4), (1_000_000, 5)])
def test_the_rules_are_round_and_reach_above_the_highest_figure(most, steps):
    rules = drawn_lines([("a", most)], "x").rules

    assert len(rules) == steps
    assert all(place >= 26 for place, _words in rules)


def test_large_sums_are_short_in_both_languages():
    assert short(2_100_000_000, "rupiah") == "Rp2,1\xa0M"
    with speaking("en"):
        assert short(2_100_000_000, "rupiah") == "Rp2.1B"
    assert (short(950_000, "rupiah"), short(12_400), short(87.5, "persen")) == ("Rp950.000", "12.400", "87,5%")
