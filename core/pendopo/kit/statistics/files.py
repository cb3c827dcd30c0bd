"""A table as it is written: on the page, in CSV and in a workbook."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from starlette.responses import Response

from ...i18n import _, format_date, format_number, format_rupiah
from ..sheets import sheet_response
from .tables import HIDDEN, Column, Finished

__all__ = ["FILES", "as_file", "written"]

FILES = ("csv", "xlsx")


def written(cell: Any, column: Column) -> str:
    """A cell for people: Rp1.250.000, 1.250, 87,5%, 3 Mei 2026, Mei 2026."""
    if cell is None:
        return ""
    if cell is HIDDEN:
        return _("disamarkan")
    if isinstance(cell, datetime | date):
        return format_date(cell, "MMMM y") if column.unit == "bulan" else format_date(cell)
    if isinstance(cell, str):
        return cell
    if column.unit == "rupiah":
        return format_rupiah(cell)
    return f"{format_number(cell)}%" if column.unit == "persen" else format_number(cell)


def as_file(kind: str, name: str, table: Finished) -> Response:
    """The same rows and totals as on the page; figures stay figures, what is hidden there is hidden here."""
    lines = [row.cells for row in table.rows] + ([table.total] if table.total else [])
    rows = [[_("disamarkan") if cell is HIDDEN else cell for cell in line] for line in lines]
    return sheet_response(name, [column.title for column in table.columns], rows, kind=kind)
