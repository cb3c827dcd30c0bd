"""A table of figures as a plugin gives it, and what the room adds: sums, shares and totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from .counting import share

__all__ = ["HIDDEN", "MOST_ROWS", "Column", "Row", "Table"]

Unit = Literal["teks", "angka", "rupiah", "persen", "tanggal", "bulan"]
MOST_ROWS = 500  # of a drill-down: ask for one more, and the page says that there are more


class Hidden:
    """What stands in place of a figure that the public may not see."""

    def __repr__(self) -> str:
        return "HIDDEN"


HIDDEN = Hidden()


@dataclass(frozen=True)
class Column:
    """`unit`: how its cells are written (bulan: a date stands for its month). `adds`: may its cells be added up? Figures and rupiah do unless told otherwise.

    `guarded`: counts persons or what persons own, so that the public may not see 1 to 4 of them; say False for what anyone
    may count (vacancies, days). `of`: (part, whole), the numbers of two columns whose share this column shows; its own
    cells are None.
    """

    title: str
    unit: Unit = "teks"
    adds: bool | None = None
    guarded: bool | None = None
    of: tuple[int, int] | None = None

    @property
    def is_added(self) -> bool:
        return self.unit in ("angka", "rupiah") if self.adds is None else self.adds

    @property
    def is_guarded(self) -> bool:
        return self.unit == "angka" if self.guarded is None else self.guarded


@dataclass(frozen=True)
class Row:
    """`key`: what the drill-down asks for; "" has none. `href`: the row's own page."""

    cells: tuple[Any, ...]
    key: str = ""
    href: str = ""


@dataclass(frozen=True)
class Table:
    """Columns and rows; the first column names its row. A row is a `Row` or a plain sequence of cells.

    `across`: the title of a last column that the room adds, the sum of all added figures of a row. Give parts, never a sum
    of your own: the room keeps small figures from being computed back from sums that it knows.
    `total`: does a row of totals close the table?
    """

    columns: Sequence[Column]
    rows: Sequence[Row | Sequence[Any]]
    across: str = ""
    total: bool = True

    def __post_init__(self) -> None:
        rows = tuple(row if isinstance(row, Row) else Row(tuple(row)) for row in self.rows)
        wrong = next((row for row in rows if len(row.cells) != len(self.columns)), None)
        if wrong is not None:
            raise ValueError(f"a row of {len(wrong.cells)} cells in a table of {len(self.columns)} columns")
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "columns", tuple(self.columns))


@dataclass(frozen=True)
class Finished:
    """A table ready to be shown: with sums, shares and totals, and with what is hidden marked HIDDEN.

    `total` is None when nothing is added up. `across`: is the last column the sum of the others?
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: tuple[Any, ...] | None
    across: bool = False

    @property
    def hides(self) -> bool:
        lines = [row.cells for row in self.rows] + ([self.total] if self.total else [])
        return any(cell is HIDDEN for line in lines for cell in line)

    @property
    def added(self) -> list[int]:
        return [n for n, column in enumerate(self.columns) if column.is_added]


def finished(table: Table, total_word: str) -> Finished:
    """`table` with its sums. `total_word` heads the row of totals."""
    columns, rows = table.columns, table.rows
    if table.across:
        parts = [n for n, column in enumerate(columns) if column.is_added]
        columns = (*columns, replace(columns[parts[0]], title=table.across))
        rows = tuple(replace(row, cells=(*row.cells, sum(row.cells[n] or 0 for n in parts))) for row in rows)
    total = None
    if table.total and len(rows) > 1 and any(column.is_added for column in columns):
        total = [sum(row.cells[n] or 0 for row in rows) if column.is_added else None for n, column in enumerate(columns)]
        total[0] = total_word
    return with_shares(Finished(columns, rows, tuple(total) if total else None, bool(table.across)))


def with_shares(table: Finished) -> Finished:
    """The cells of `of` columns, computed; hidden where one of the two is."""

    def filled(cells: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(_share(cells, column.of) if column.of else cell for column, cell in zip(table.columns, cells, strict=True))

    rows = tuple(replace(row, cells=filled(row.cells)) for row in table.rows)
    return replace(table, rows=rows, total=filled(table.total) if table.total else None)


def _share(cells: tuple[Any, ...], of: tuple[int, int]) -> Any:
    part, whole = cells[of[0]], cells[of[1]]
    return HIDDEN if part is HIDDEN or whole is HIDDEN else share(part or 0, whole or 0)
