"""Which line of the bank is which money of ours: one statement takes a line, and the ledger moves with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from . import ledger
from .models import BankLine, CashClosing, Excess, Payment

MATCHED, DIFFERENT, UNKNOWN = "cocok", "selisih", "tak_dikenal"


def enter_line(db: Session, line: BankLine, *, now: datetime) -> None:
    """Book a new line, against our money when it is found, else as unknown."""
    status = _take(db, line)
    other = ledger.UNKNOWN if status is None else ledger.TRANSIT
    moves = [(ledger.BANK, other, line.amount)] if line.amount > 0 else [(other, ledger.BANK, -line.amount)]
    ledger.post(db, f"bank:{line.id}", moves, text=f"{line.ref_bank} {line.text}", now=now)
    line.status = status or UNKNOWN


def know_line(db: Session, line: BankLine, *, now: datetime) -> bool:
    """Match a line that was unknown until now. False when it still is."""
    status = _take(db, line)
    if status is None:
        return False
    moves = [(ledger.UNKNOWN, ledger.TRANSIT, line.amount)] if line.amount > 0 else [(ledger.TRANSIT, ledger.UNKNOWN, -line.amount)]
    ledger.post(db, f"kenal:{line.id}", moves, text=f"{line.ref_bank} {line.text}", now=now)
    line.status = status
    return True


def know_lines_of(db: Session, ref_bank: str, *, now: datetime) -> None:
    """Money has become known: look whether the bank showed it before."""
    for line in db.scalars(select(BankLine).where(BankLine.ref_bank == ref_bank, BankLine.status == UNKNOWN)):
        know_line(db, line, now=now)


def _take(db: Session, line: BankLine) -> str | None:
    """Give the line to the money that it shows, once; how well it fits, or None."""
    if not line.ref_bank:
        return None
    candidates: tuple[tuple[Any, Any, Any], ...] = (
        ((Payment, Payment.ref_bank == line.ref_bank, Payment.amount), (CashClosing, CashClosing.sts == line.ref_bank, CashClosing.counted))
        if line.amount > 0
        else ((Excess, (Excess.ref_bank == line.ref_bank) & (Excess.status == "dikembalikan"), Excess.amount),)
    )
    for table, is_it, amount in candidates:
        if table is Payment and line.kode_bayar:
            is_it &= Payment.kode_bayar == line.kode_bayar
        first = select(table.id).where(is_it, table.line_id.is_(None)).order_by(table.id).limit(1).scalar_subquery()
        taking = update(table).where(table.id == first, table.line_id.is_(None)).values(line_id=line.id).returning(amount)
        found = db.scalar(taking.execution_options(synchronize_session=False))
        if found is not None:
            return MATCHED if found == abs(line.amount) else DIFFERENT
    return None
