"""Small figures stay hidden from the public, and can't be computed back from sums.

A guarded figure of 1 to 4 is hidden (primary). Wherever a sum of it is shown, others are hidden with it until nobody who
knows all sums, and that every hidden figure is at least 1, can tell any of them (complementary suppression).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .tables import HIDDEN, Finished, Row, with_shares

__all__ = ["SMALLEST", "guarded"]

SMALLEST = 5  # persons or taxpayers who may stand in a public cell (domain: "suppress cells with < 5")
Cell = tuple[int, int]  # row and column; the row of totals comes after the last


@dataclass(frozen=True)
class Line:
    """Cells whose sum is another cell, shown beside them."""

    parts: tuple[Cell, ...]
    whole: Cell


def guarded(table: Finished, *, keep_order: bool = False) -> Finished:
    """`table` as the public may see it. Rows that hide something stand last, by name: their place would tell their size."""
    values = _values(table)
    hidden = _hidden(values, _lines(table), table)
    if not hidden:
        return table
    lines = [row.cells for row in table.rows] + ([table.total] if table.total else [])
    shown = [_covered(table, cells, {n for r, n in hidden if r == number}) for number, cells in enumerate(lines)]
    rows = [replace(row, cells=cells) for row, cells in zip(table.rows, shown[: len(table.rows)], strict=True)]
    total = _without_lonely(table, rows, shown[-1]) if table.total else None
    if not keep_order:
        rows.sort(key=lambda row: (HIDDEN in row.cells, str(row.cells[0]) if HIDDEN in row.cells else ""))
    return with_shares(replace(table, rows=tuple(rows), total=total))


def _values(table: Finished) -> dict[Cell, int]:
    lines = [row.cells for row in table.rows] + ([table.total] if table.total else [])
    counted = [n for n, column in enumerate(table.columns) if column.is_guarded]
    return {(r, n): cells[n] for r, cells in enumerate(lines) for n in counted if isinstance(cells[n], int)}


def _lines(table: Finished) -> list[Line]:
    last, rows = len(table.columns) - 1, range(len(table.rows))
    added = [n for n in table.added if table.columns[n].is_guarded]
    found = [Line(tuple((r, n) for r in rows), (len(rows), n)) for n in added] if table.total else []
    if table.across:
        every = [*rows, len(rows)] if table.total else rows
        found += [Line(tuple((r, n) for n in added if n != last), (r, last)) for r in every]
    return found


# -------------------------------------------------------------------------------------------------------- what to hide


def _hidden(values: dict[Cell, int], lines: list[Line], table: Finished) -> set[Cell]:
    hidden = {cell for cell, value in values.items() if 0 < value < SMALLEST}
    while True:
        more = next((cell for line in lines if (cell := _wanted(line, values, hidden)) is not None), None)
        if more is None:
            more = _exposed(values, lines, hidden, table)
        if more is None:
            return hidden
        hidden.add(more)


def _wanted(line: Line, values: dict[Cell, int], hidden: set[Cell]) -> Cell | None:
    """What this line needs to have hidden next; None when it tells nothing.

    Beside a shown sum at least two are hidden, and together enough that each could be anything from 1 to 5.
    """
    parts = [cell for cell in line.parts if cell in hidden]
    whole_is_hidden = line.whole in hidden
    if whole_is_hidden and parts:
        return None
    if not whole_is_hidden and (not parts or (len(parts) > 1 and sum(values[cell] for cell in parts) >= len(parts) - 1 + SMALLEST)):
        return None
    shown = [cell for cell in line.parts if cell not in hidden and values.get(cell, 0) > 0]
    if shown:
        return min(shown, key=lambda cell: (values[cell], cell))
    return None if whole_is_hidden else line.whole


def _exposed(values: dict[Cell, int], lines: list[Line], hidden: set[Cell], table: Finished) -> Cell | None:
    """What else to hide because several sums together still tell a hidden figure; None when they do not."""
    pipes = [_pipe(cell, table) for cell in sorted(hidden)]
    for pipe in pipes:
        if _is_told(pipe, pipes, values):
            mine = [line for line in lines if pipe.cell in line.parts or pipe.cell == line.whole]
            shown = [cell for line in mine for cell in (*line.parts, line.whole) if cell not in hidden and values.get(cell, 0) > 0]
            if shown:
                return min(shown, key=lambda cell: (values[cell], cell))
    return None


# Sums along rows and columns are flows that are kept at each row and each column: hidden cells are the pipes whose flow is
# unknown. A flow can be another one exactly when it can be raised or lowered together with others around a loop.


@dataclass(frozen=True)
class Pipe:
    cell: Cell
    start: str
    end: str


def _pipe(cell: Cell, table: Finished) -> Pipe:
    """Parts flow from their row to their column, sums back. Rows or columns without a sum keep nothing: they are one place."""
    r, n = cell
    row, column = f"row {r}" if table.across else "anywhere", f"column {n}" if table.total else "anywhere"
    is_sum = (r == len(table.rows)) != (table.across and n == len(table.columns) - 1)
    return Pipe(cell, column, row) if is_sum else Pipe(cell, row, column)


def _is_told(pipe: Pipe, pipes: list[Pipe], values: dict[Cell, int]) -> bool:
    """Can nothing but its own flow be in this pipe? None is ever below 1."""
    others = [other for other in pipes if other is not pipe]
    may_rise = pipe.start == pipe.end or _leads(pipe.end, pipe.start, others, values)
    may_fall = values[pipe.cell] > 1 and _leads(pipe.start, pipe.end, others, values)
    return not (may_rise or may_fall)


def _leads(start: str, end: str, pipes: list[Pipe], values: dict[Cell, int]) -> bool:
    """Can a change go on from `start` to `end`, raising pipes along their flow and lowering others against it?"""
    seen, waiting = {start}, [start]
    while waiting:
        place = waiting.pop()
        for pipe in pipes:
            beyond = pipe.end if pipe.start == place else pipe.start if pipe.end == place and values[pipe.cell] > 1 else None
            if beyond is not None and beyond not in seen:
                seen.add(beyond)
                waiting.append(beyond)
    return end in seen


# ----------------------------------------------------------------------------------------------------- what goes with it


def _covered(table: Finished, cells: tuple[Any, ...], columns: set[int]) -> tuple[Any, ...]:
    """A line with what is hidden, and with it the rupiah and shares that would tell of it."""
    if not columns:
        return cells
    follows = {n for n, column in enumerate(table.columns) if column.unit in ("rupiah", "persen") and column.guarded is not False}
    return tuple(HIDDEN if n in columns | follows else cell for n, cell in enumerate(cells))


def _without_lonely(table: Finished, rows: list[Row], total: tuple[Any, ...]) -> tuple[Any, ...]:
    """The totals, without the one of a column in which a single row is hidden."""
    lonely = {n for n in table.added if sum(row.cells[n] is HIDDEN for row in rows) == 1}
    return tuple(HIDDEN if n in lonely and cell is not HIDDEN else cell for n, cell in enumerate(total))
