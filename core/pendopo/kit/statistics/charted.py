"""What of a table its chart shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...i18n import format_date
from .files import written
from .tables import HIDDEN, Column, Finished

__all__ = ["Charted", "charted"]


@dataclass(frozen=True)
class Charted:
    """`rows`: (label, value, ...), None where a figure is hidden. `series`: the words of each value."""

    rows: list[tuple[Any, ...]]
    series: list[str]
    unit: str
    first: str


def charted(table: Finished, kind: str) -> Charted | None:
    """The figures for a chart of `kind`: bars show the first column of figures, lines and parts all of its unit. None without any."""
    figures = [n for n, column in enumerate(table.columns) if n and column.unit in ("angka", "rupiah", "persen")]
    if kind == "none" or not figures or not table.rows:
        return None
    parts = figures[:-1] if table.across and len(figures) > 1 else figures
    unit = table.columns[parts[0]].unit
    shown = parts[:1] if kind == "bar" else [n for n in parts if table.columns[n].unit == unit]
    rows = [(_label(row.cells[0], table.columns[0]), *(_value(row.cells[n]) for n in shown)) for row in table.rows]
    return Charted(rows, [table.columns[n].title for n in shown], unit, table.columns[0].title)


def _label(cell: Any, column: Column) -> str:
    """Short enough to stand under a chart."""
    return format_date(cell, "MMM yy") if column.unit == "bulan" else written(cell, column)


def _value(cell: Any) -> Any:
    return None if cell is HIDDEN else cell or 0
