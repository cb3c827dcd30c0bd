"""Spreadsheets that people hand in, row by row with what is wrong in each; and tables to take away.

`read_sheet(data, columns)` reads CSV, XLSX, XLS and ODS. Headings are found whatever their order, case and spacing. A
spreadsheet is read in a process of its own, within bounds of rows, memory and time.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from starlette.responses import Response

from ..errors import DomainError, InvalidInput
from ..i18n import N_, _
from .opendata import csv_response
from .sheet_cells import SheetColumn, cell_text, folded, is_filled, reader_for

__all__ = ["CellError", "Sheet", "SheetColumn", "SheetRow", "read_sheet", "sheet_response", "xlsx_bytes"]

MOST_ROWS = 5_000
MOST_BYTES = 10 * 1024 * 1024
MEMORY_BYTES = 1024 * 1024 * 1024
SECONDS = 30
HEADING_ROWS = 20  # titles and notes may stand above the headings
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class CellError:
    """What is wrong in a cell, in the user's language. `row`: as the spreadsheet counts, from 1."""

    row: int
    column: str
    sentence: str
    value: str = ""

    def __str__(self) -> str:
        where = _("Baris %(row)s, kolom %(column)s") % {"row": self.row, "column": self.column}
        return f"{where}: {self.sentence}" + (f" ({self.value})" if self.value else "")


@dataclass
class SheetRow:
    number: int
    values: dict[str, Any]
    errors: list[CellError] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.errors


@dataclass
class Sheet:
    """What was read. `unknown`: headings that nobody asked for; `cut`: there were more rows than may be read."""

    rows: list[SheetRow]
    unknown: list[str] = field(default_factory=list)
    cut: bool = False

    @property
    def good(self) -> list[SheetRow]:
        return [row for row in self.rows if row.ok]

    @property
    def errors(self) -> list[CellError]:
        return [error for row in self.rows for error in row.errors]


class SheetRefused(InvalidInput):
    message = N_("Berkas ini tidak dapat dibaca sebagai tabel. Kirim CSV atau XLSX.")


def read_sheet(data: bytes, columns: Sequence[SheetColumn], *, most_rows: int = MOST_ROWS, most_bytes: int = MOST_BYTES) -> Sheet:
    """The rows of a CSV or spreadsheet below its headings; blank rows are left out.

    Call it before the first statement of a transaction: a large spreadsheet takes seconds, and others may want to write.
    Raises SheetRefused when it can't be read at all, is too large, or a required column is missing.
    """
    if len(data) > most_bytes:
        raise SheetRefused(N_("Berkas ini terlalu besar. Paling besar %(n)s MB."), n=max(1, most_bytes // (1024 * 1024)))
    lines = _cells(data, most_rows + HEADING_ROWS)
    places, unknown = _headings(lines, columns)
    sheet = Sheet([], unknown)
    readers = [(column, place, reader_for(column)) for column, place in places]
    for number, cells in lines:
        if not any(is_filled(cell) for cell in cells):
            continue
        if len(sheet.rows) >= most_rows:
            sheet.cut = True
            break
        sheet.rows.append(_read_row(number, cells, readers))
    return sheet


# ------------------------------------------------------------------------------------------------------------- opening


def _cells(data: bytes, most_rows: int) -> Iterator[tuple[int, list[Any]]]:
    """`(row number, cells)` of the first sheet."""
    if data[:4] == b"PK\x03\x04" or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _from_spreadsheet(data, most_rows)
    return _from_csv(_decoded(data))


def _from_spreadsheet(data: bytes, most_rows: int) -> Iterator[tuple[int, list[Any]]]:
    script = Path(__file__).with_name("_sheet_reader.py")
    command = [sys.executable, "-I", str(script), str(most_rows), str(MEMORY_BYTES), str(SECONDS)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS * 2, check=False)
    except subprocess.TimeoutExpired as error:
        raise SheetRefused() from error
    if done.returncode:
        raise SheetRefused()
    for line in done.stdout.decode("utf-8").splitlines():
        number, cells = json.loads(line)
        yield number, [_unpacked(cell) for cell in cells]


def _unpacked(cell: Any) -> Any:
    if not isinstance(cell, dict):
        return cell
    return date.fromisoformat(cell["d"]) if "d" in cell else datetime.fromisoformat(cell["t"])


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if "\0" in text:
        raise SheetRefused()
    return text


def _from_csv(text: str) -> Iterator[tuple[int, list[Any]]]:
    mark = max(",;\t|", key="".join(text.splitlines()[:HEADING_ROWS]).count)
    try:
        yield from enumerate(csv.reader(io.StringIO(text), delimiter=mark), 1)
    except csv.Error as error:
        raise SheetRefused() from error


# ------------------------------------------------------------------------------------------------------------ headings


def _headings(lines: Iterator[tuple[int, list[Any]]], columns: Sequence[SheetColumn]) -> tuple[list[tuple[SheetColumn, int]], list[str]]:
    """Where each column stands, from the first line that names all required ones, and the headings that are none."""
    missing: list[SheetColumn] = []
    for seen, (_number, cells) in enumerate(lines):
        if seen >= HEADING_ROWS:
            break
        found = {folded(cell): place for place, cell in reversed(list(enumerate(cells))) if is_filled(cell)}
        places = [(column, found[name]) for column in columns if (name := next((n for n in _names(column) if n in found), None)) is not None]
        have = {column.name for column, _place in places}
        lacking = [column for column in columns if column.required and column.name not in have]
        if places and not lacking:
            taken = {place for _column, place in places}
            return places, [str(cells[place])[:60] for place in sorted(found.values()) if place not in taken]
        if places and (not missing or len(lacking) < len(missing)):
            missing = lacking
    if missing:
        raise SheetRefused(N_("Kolom ini tidak ditemukan: %(columns)s."), columns=", ".join(_(column.title) for column in missing))
    wanted = [column for column in columns if column.required] or columns
    raise SheetRefused(N_("Baris judul tidak ditemukan. Judul yang dicari: %(columns)s."), columns=", ".join(_(column.title) for column in wanted))


def _names(column: SheetColumn) -> list[str]:
    return list(dict.fromkeys(folded(text) for text in (column.title, _(column.title), column.name, *column.aliases)))


# --------------------------------------------------------------------------------------------------------------- cells


def _read_row(number: int, cells: list[Any], readers: Sequence[tuple[SheetColumn, int, Callable[[Any], Any]]]) -> SheetRow:
    row = SheetRow(number, {})
    for column, place, read in readers:
        cell = cells[place] if place < len(cells) else None
        if not is_filled(cell):
            row.values[column.name] = None
            if column.required:
                row.errors.append(CellError(number, _(column.title), _("Harus diisi.")))
            continue
        try:
            row.values[column.name] = read(cell)
        except DomainError as refusal:
            row.errors.append(CellError(number, _(column.title), refusal.sentence(), _shown(column, cell)))
        except ValueError as error:
            row.errors.append(CellError(number, _(column.title), str(error), _shown(column, cell)))
    return row


def _shown(column: SheetColumn, cell: Any) -> str:
    """The wrong value, as far as it may be shown: of personal data only its beginning."""
    text = cell_text(cell).strip()[:60]
    if column.personal or column.kind in ("nik", "phone"):
        return f"{text[:2]}{'•' * 6}"
    return re.sub(r"(?<!\d)\d{16}(?!\d)", "•" * 16, text)


# ------------------------------------------------------------------------------------------------------------- writing


def xlsx_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "Data") -> bytes:
    """One sheet: bold headings that stay in sight, dates and numbers as such, text always as text and never as a formula."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31] or "Data")
    bold, day = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
    widths = [len(str(text)) for text in header]
    for place, text in enumerate(header):
        sheet.write_string(0, place, str(text), bold)
    count = 0
    for count, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            _write(sheet, count, place, cell, day)
            if count < 200 and place < len(widths):
                widths[place] = max(widths[place], len(str(cell)))
    for place, width in enumerate(widths):
        sheet.set_column(place, place, min(max(width + 2, 8), 60))
    sheet.freeze_panes(1, 0)
    if header and count:
        sheet.autofilter(0, 0, count, len(header) - 1)
    book.close()
    return out.getvalue()


def _write(sheet: Any, row: int, place: int, cell: Any, day: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_string(row, place, _("ya") if cell else _("tidak"))
    elif isinstance(cell, int) and abs(cell) >= 10**15:
        sheet.write_string(row, place, str(cell))
    elif isinstance(cell, int | float | Decimal):
        sheet.write_number(row, place, cell)
    elif isinstance(cell, datetime):
        sheet.write_string(row, place, cell.isoformat(timespec="minutes"))
    elif isinstance(cell, date):
        sheet.write_datetime(row, place, datetime(cell.year, cell.month, cell.day), day)
    else:
        sheet.write_string(row, place, str(cell)[:32_767])


def sheet_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]], *, kind: str = "xlsx", title: str = "") -> Response:
    """A table as a download: `kind` xlsx or csv."""
    if kind == "csv":
        return csv_response(name, header, rows)
    safe = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-_")) or "data"
    headers = {"Content-Disposition": f'attachment; filename="{safe}.xlsx"'}
    return Response(xlsx_bytes(header, rows, title=title or name), media_type=XLSX, headers=headers)
