"""Statements of the bank, from its CSV or MT940 file, as lines. Nothing is guessed: what can't be read refuses the file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from .errors import StatementUnreadable

# What the columns are called by the banks whose files were seen (own); the first one of each is ours.
COLUMNS = {
    "day": ("tanggal", "tgl", "date", "posting date", "tanggal transaksi"),
    "text": ("keterangan", "uraian", "description", "remark"),
    "ref": ("referensi", "ref", "no referensi", "no. referensi", "reference", "reference no"),
    "debit": ("debit", "debet", "mutasi debet"),
    "credit": ("kredit", "credit", "mutasi kredit"),
    "balance": ("saldo", "balance"),
}
DAYS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d/%m/%y")


@dataclass(frozen=True)
class StatementLine:
    """`amount` is negative for what left the account."""

    day: date
    amount: int
    ref_bank: str
    text: str


@dataclass(frozen=True)
class Statement:
    lines: list[StatementLine]
    account: str = ""
    closing: int | None = None

    @property
    def first_day(self) -> date:
        return min(line.day for line in self.lines)

    @property
    def last_day(self) -> date:
        return max(line.day for line in self.lines)


def read_statement(data: bytes) -> Statement:
    """The lines of a file. Raises StatementUnreadable with the line that is not understood."""
    text = _text(data)
    found = _read_mt940(text) if re.match(r"\s*(\{1:|:20:)", text) else _read_csv(text)
    if not found.lines:
        raise StatementUnreadable(reason="tidak ada baris di dalamnya")
    return found


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def whole_rupiah(text: str) -> int:
    """`1.250.000,00`, `1,250,000.00` or `1250000` as rupiah. Raises ValueError for sen, or anything else."""
    clean = text.strip().removeprefix("Rp").removeprefix("IDR").strip()
    found = re.fullmatch(r"(\d+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+)(?:[.,]00?)?", clean)
    if found is None or len(clean) > 25:
        raise ValueError(text)
    return int(re.sub(r"[.,]", "", found[1]))


def _day(text: str) -> date:
    for shape in DAYS:
        try:
            return datetime.strptime(text.strip()[:10], shape).date()
        except ValueError:
            continue
    raise ValueError(text)


def _read_csv(text: str) -> Statement:
    head = text.lstrip().partition("\n")[0]
    rows = csv.reader(StringIO(text.lstrip(), newline=""), delimiter=";" if head.count(";") >= head.count(",") else ",")
    titles = [title.strip().lower() for title in next(rows, [])]
    places = {name: titles.index(known) for name, names in COLUMNS.items() for known in names[::-1] if known in titles}
    missing = [COLUMNS[name][0] for name in ("day", "ref", "credit") if name not in places]
    if missing:
        raise StatementUnreadable(reason=f"tidak ada kolom {', '.join(missing)}")
    lines, balance = [], None
    for number, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        try:
            cells = {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}
            credit, debit = whole_rupiah(cells["credit"] or "0"), whole_rupiah(cells.get("debit", "") or "0")
            line = StatementLine(_day(cells["day"]), credit - debit, cells["ref"][:64], cells.get("text", "")[:300])
            balance = whole_rupiah(cells["balance"]) if cells.get("balance") else balance
        except ValueError as error:
            raise StatementUnreadable(reason=f"baris {number}: {error}") from error
        if line.amount:
            lines.append(line)
    return Statement(lines, closing=balance)


def _read_mt940(text: str) -> Statement:
    import mt940

    try:
        found = mt940.parse(text)
    except Exception as error:  # the library raises whatever its parsers do
        raise StatementUnreadable(reason="MT940 ini tidak utuh") from error
    lines = [_mt940_line(one.data) for one in found]
    closing = found.data.get("final_closing_balance")
    balance = _sen_less(closing.amount.amount) if closing is not None else None
    if balance is not None and closing.status == "D":
        balance = -abs(balance)
    return Statement(lines, str(found.data.get("account_identification", ""))[:40], balance)


def _mt940_line(said: dict[str, Any]) -> StatementLine:
    reference = next((str(one) for one in (said.get("bank_reference"), said.get("customer_reference")) if one and one != "NONREF"), "")
    day, text = said["date"], _one_line(said.get("transaction_details"), said.get("extra_details"))
    return StatementLine(date(day.year, day.month, day.day), _sen_less(said["amount"].amount), reference[:64], text)


def _one_line(*texts: Any) -> str:
    return re.sub(r"\s+", " ", " ".join(str(text) for text in texts if text)).strip()[:300]


def _sen_less(amount: Decimal) -> int:
    if amount != amount.to_integral_value():
        raise StatementUnreadable(reason=f"ada sen di {amount}")
    return int(amount)


def numbered(lines: Iterable[StatementLine]) -> list[tuple[str, StatementLine]]:
    """Each line with what it is known by: the same line of the same day in another file, or another format, is the same.

    Lines that are equal in one file are told apart by their place among each other.
    """
    import hashlib

    seen: dict[str, int] = {}
    found = []
    for line in lines:
        said = f"{line.day}|{line.amount}|{line.ref_bank or line.text}"
        seen[said] = seen.get(said, 0) + 1
        found.append((hashlib.sha256(f"{said}|{seen[said]}".encode()).hexdigest(), line))
    return found
