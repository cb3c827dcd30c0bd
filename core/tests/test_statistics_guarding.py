"""What the public may not see stays unknown, also to whoever adds and subtracts."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pendopo.kit.statistics import Column, Table
from pendopo.kit.statistics.guarding import guarded
from pendopo.kit.statistics.tables import HIDDEN, finished

pytestmark = pytest.mark.once
PEOPLE = Column("Orang", "angka")


def seen(rows, *columns, **more):
    return guarded(finished(Table([Column("Bagian"), *(columns or (PEOPLE,))], rows, **more), "Total"), keep_order=True)


def cells(table):
    return [row.cells[1:] for row in table.rows] + ([table.total[1:]] if table.total else [])


def test_figures_of_five_and_more_and_nothing_at_all_are_shown():
    assert cells(seen([("a", 5), ("b", 0), ("c", 90)])) == [(5,), (0,), (90,), (95,)]


def test_one_small_figure_takes_the_next_smallest_with_it():
    assert cells(seen([("a", 2), ("b", 40), ("c", 7)])) == [(HIDDEN,), (40,), (HIDDEN,), (49,)]


def test_small_figures_that_their_sum_would_tell_take_one_more_with_them():
    assert cells(seen([("a", 1), ("b", 1), ("c", 30)])) == [(HIDDEN,), (HIDDEN,), (HIDDEN,), (32,)]
    assert cells(seen([("a", 4), ("b", 4), ("c", 30)])) == [(HIDDEN,), (HIDDEN,), (30,), (38,)]


def test_a_total_of_nothing_but_small_figures_is_hidden_too():
    assert cells(seen([("a", 1), ("b", 2), ("c", 0)])) == [(HIDDEN,), (HIDDEN,), (0,), (HIDDEN,)]


def test_money_and_shares_of_a_hidden_figure_are_hidden_with_it():
    columns = (PEOPLE, Column("Rupiah", "rupiah"), Column("Lulus", "angka"), Column("Bagian lulus", "persen", of=(3, 1)))

    table = cells(seen([("a", 3, 500, 0, None), ("b", 10, 900, 10, None), ("c", 50, 7000, 25, None)], *columns))

    assert table[0] == (HIDDEN, HIDDEN, 0, HIDDEN)
    assert table[1] == (HIDDEN, HIDDEN, 10, HIDDEN)
    assert table[2:] == [(50, 7000, 25, 50.0), (63, 8400, 35, 55.6)]


def test_the_money_of_a_single_hidden_row_is_not_left_over_from_the_total():
    columns = (Column("Orang", "angka", adds=False), Column("Rupiah", "rupiah"))

    assert cells(seen([("a", 3, 500), ("b", 10, 900)], *columns)) == [(HIDDEN, HIDDEN), (10, 900), (None, HIDDEN)]


def test_what_anyone_may_count_is_not_hidden():
    assert cells(seen([("a", 1), ("b", 2)], Column("Lowongan", "angka", guarded=False))) == [(1,), (2,), (3,)]


def test_rows_that_hide_something_stand_last_by_name_so_that_their_place_tells_nothing():
    table = guarded(finished(Table([Column("Bagian"), PEOPLE], [("z", 90), ("y", 12), ("k", 10), ("b", 2)]), "Total"))

    assert [row.cells[0] for row in table.rows] == ["z", "y", "b", "k"]


def test_sums_along_rows_and_columns_together_tell_nothing():
    rows = [("a", 3, 20, 30), ("b", 20, 30, 40), ("c", 10, 20, 30)]

    table = cells(seen(rows, Column("L", "angka"), Column("P", "angka"), Column("X", "angka"), across="Jumlah"))

    hidden = [(r, n) for r, line in enumerate(table) for n, cell in enumerate(line) if cell is HIDDEN]
    assert len(hidden) == 4
    assert sorted(sum(r == other for other, _n in hidden) for r in {r for r, _n in hidden}) == [2, 2]


def others(table, values):
    """Every other filling of the hidden cells by 1 to 12 that keeps all sums, as a stranger would try them."""
    width = len(table[0])
    places = [(r, n) for r, line in enumerate(table) for n, cell in enumerate(line) if cell is HIDDEN]
    for tried in product(range(1, 13), repeat=len(places)):
        filled = [list(line) for line in table]
        for (r, n), value in zip(places, tried, strict=True):
            filled[r][n] = value
        rows_hold = width == 1 or all(sum(line[:-1]) == line[-1] for line in filled)
        if rows_hold and all(sum(line[n] for line in filled[:-1]) == filled[-1][n] for n in range(width)):
            yield dict(zip(places, tried, strict=True))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 8), min_size=2, max_size=4))
def test_no_hidden_figure_of_a_column_can_be_computed(figures):
    table = cells(seen([(str(n), value) for n, value in enumerate(figures)]))
    assert all(value == 0 or value >= 5 for line in table for value in line if value is not HIDDEN)
    if table[-1][0] is HIDDEN:
        return  # no sum is left to compute from

    found = list(others(table, figures))

    for r, line in enumerate(table[:-1]):
        if line[0] is HIDDEN:
            assert len({one[r, 0] for one in found}) >= 5


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=3))
def test_no_hidden_figure_of_a_table_with_sums_both_ways_can_be_computed(figures):
    rows = [(str(n), *line) for n, line in enumerate(figures)]
    table = cells(seen(rows, Column("L", "angka"), Column("P", "angka"), across="Jumlah"))
    hidden = [(r, n) for r, line in enumerate(table) for n, cell in enumerate(line) if cell is HIDDEN]
    if not hidden or len(hidden) > 5 or any(cell is HIDDEN for cell in (*table[-1], *(line[-1] for line in table))):
        return  # too many to try one by one, or no sum to compute from

    found = list(others(table, figures))

    assert all(len({one[place] for one in found}) > 1 for place in hidden)
