"""Bills by the thousand: a tax year at once, and a past with payments for demonstrations or from an older system."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from ... import live, outbox
from ...i18n import current_zone
from ...identity.loading import regency_day
from . import billing, ledger
from .billing import NewBill
from .codes import make_kode_bayar, make_ntpd
from .counter import PROVIDER as TREASURER
from .kinds import BillKind
from .matching import MATCHED
from .models import PAID, BankLine, BankStatement, Bill, CashClosing, LedgerMove, Payment
from .receipts import RECEIPT, asked_as
from .receiving import SETTLED

PORTION = 500
T = TypeVar("T")


def _portions(rows: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(rows)
    while some := list(islice(rest, PORTION)):
        yield some


def bill_many(db: Session, kind: BillKind, rows: Iterable[NewBill], *, tell_payer: bool = False, now: datetime) -> dict[str, int]:
    """Make many bills, one statement for each 500; the id of the bill of each `key`, also where it stood there before, unchanged.

    As `bill`, but the payers are told only when `tell_payer` says so. Whoever calls has asked for permission.
    """
    ids: dict[str, int] = {}
    for some in _portions(rows):
        wanted = {new.key: billing.row_of(kind, new, now) for new in some}
        made = _insert(db, wanted)
        old = select(Bill.key, Bill.id).where(Bill.key.in_(wanted.keys() - made.keys()))
        ids |= made | dict(db.execute(old).all())
        payers = {wanted[key]["payer_id"] for key in made} - {None}
        for payer_id in payers:
            live.publish(db, f"tagihan-saya:{payer_id}")
        if tell_payer:
            for one in billing.bills_by_id(db, made.values()).values():
                billing.say_to_payer(db, one, "new")
    return ids


def _insert(db: Session, wanted: dict[str, dict[str, Any]]) -> dict[str, int]:
    """Write the bills whose key is not there yet; a payment code that is taken is drawn anew."""
    from sqlalchemy.dialects import postgresql, sqlite

    write = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    adding = write(Bill.__table__).on_conflict_do_nothing().returning(Bill.__table__.c.key, Bill.__table__.c.id)  # type: ignore[arg-type]
    made: dict[str, int] = {}
    missing = wanted
    for attempt in range(20):
        missing = {key: wanted[key] for key in missing.keys() - set(db.scalars(select(Bill.key).where(Bill.key.in_(missing))))}
        if not missing:
            return made
        rows = [values | {"kode_bayar": make_kode_bayar(key, attempt)} for key, values in sorted(missing.items())]
        made |= dict(db.execute(adding, rows, execution_options={"insertmanyvalues_page_size": PORTION}).all())
    raise RuntimeError("no free payment code was found")


# ---------------------------------------------------------------------------------------------------------------- a past


@dataclass(frozen=True, kw_only=True)
class PaidBill(NewBill):
    """A bill of the past, and how it was paid: its amount and a `penalty`, by `way` (qris, va, or loket at the till of `officer_id`).

    `receipt`: its receipt is issued in the background, as after a payment; for the bills of people whose pages are looked at.
    """

    billed_at: datetime
    paid_at: datetime
    way: str = "qris"
    penalty: int = 0
    officer_id: int | None = None
    receipt: bool = False

    @property
    def total(self) -> int:
        return self.amount + self.penalty


def plant_paid_bill(db: Session, kind: BillKind, past: PaidBill, *, now: datetime) -> Bill:
    """`plant_paid_bills` of one."""
    return plant_paid_bills(db, kind, [past], now=now)[0]


def plant_paid_bills(db: Session, kind: BillKind, past: Sequence[PaidBill], *, now: datetime) -> list[Bill]:
    """Bills that were paid before `now`, with payment, NTPD, books and the bank's statements; those in the given order.

    What was paid before today is reconciled, tills are closed. Nobody is told, no fact goes out: the giver marks its own rows by
    `paid_at`, `paid_amount` and `ntpd`. A `key` that is there already is left as it is.
    """
    for one in past:
        if not one.billed_at <= one.paid_at <= now or (one.way == "loket") != (one.officer_id is not None):
            raise ValueError(f"{one.key}: paid before it was billed, after now, or at nobody's till")
    made: dict[str, int] = {}
    for some in _portions(past):
        made |= _insert(db, {one.key: _paid_row(kind, one) for one in some})
    bills: dict[str, Bill] = {}
    for keys in _portions(dict.fromkeys(one.key for one in past)):
        bills |= {one.key: one for one in db.scalars(select(Bill).where(Bill.key.in_(keys)))}
    new = [(one, bills[one.key]) for one in {one.key: one for one in past}.values() if one.key in made]
    if new:
        _Past(db, now).plant(new)
    return [bills[one.key] for one in past]


def _reference(key: str) -> str:
    """What the bank calls the payment of a planted bill."""
    return f"T{hashlib.sha256(key.encode()).hexdigest()[:15].upper()}"


def _paid_row(kind: BillKind, one: PaidBill) -> dict[str, Any]:
    return billing.row_of(kind, one, one.billed_at) | {
        "status": PAID, "paid_at": one.paid_at, "closed_at": one.paid_at, "paid_amount": one.total, "paid_penalty": one.penalty,
        "ntpd": make_ntpd(one.key, _reference(one.key)),
    }


class _Past:
    """Writes the money of planted bills; days before today are reconciled."""

    def __init__(self, db: Session, now: datetime) -> None:
        self.db, self.now, self.today = db, now, regency_day(now)

    def plant(self, new: list[tuple[PaidBill, Bill]]) -> None:
        through_bank = [(one, bill) for one, bill in new if one.way != "loket" and regency_day(one.paid_at) < self.today]
        lines = self._lines([self._line(regency_day(one.paid_at), one.total, _reference(one.key), bill.kode_bayar) for one, bill in through_bank])
        line_of = {one.key: line for (one, _bill), line in zip(through_bank, lines, strict=True)}
        payments = [
            {
                "bill_id": bill.id, "kode_bayar": bill.kode_bayar, "way": one.way, "provider": TREASURER if one.way == "loket" else "bank", "amount": one.total,
                "ref_bank": f"LOKET-{bill.id}" if one.way == "loket" else _reference(one.key), "paid_at": one.paid_at, "received_at": one.paid_at,
                "outcome": SETTLED, "officer_id": one.officer_id, "line_id": line_of.get(one.key),
            }
            for one, bill in new
        ]
        moves = []
        for (one, bill), payment_id in zip(new, self._write(Payment, payments), strict=True):
            into = ledger.CASH if one.way == "loket" else ledger.TRANSIT
            text = f"{bill.kode_bayar} {one.way}"
            entry = f"bayar:{payment_id}"
            parts = {bill.account: one.amount}
            parts[bill.penalty_account] = parts.get(bill.penalty_account, 0) + one.penalty
            moves += [self._move(entry, one.paid_at, into, account, amount, text, one.officer_id) for account, amount in parts.items() if amount]
            if one.key in line_of:
                moves.append(self._move(f"bank:{line_of[one.key]}", one.paid_at, ledger.BANK, ledger.TRANSIT, one.total, text))
            if one.receipt:
                outbox.put(self.db, RECEIPT, key=asked_as(bill), payload={"bill_id": bill.id})
        self.db.execute(insert(LedgerMove), moves + self._tills(new))

    def _tills(self, new: list[tuple[PaidBill, Bill]]) -> list[dict[str, Any]]:
        """Close each till of each day before today, and bring what was in it to the bank; a till that stands there grows."""
        taken: dict[tuple[int, date], list[PaidBill]] = defaultdict(list)
        for one, _bill in new:
            if one.officer_id is not None and regency_day(one.paid_at) < self.today:
                taken[one.officer_id, regency_day(one.paid_at)].append(one)
        moves = []
        for (officer_id, day), some in sorted(taken.items()):
            total, last = sum(one.total for one in some), max(some, key=lambda one: one.paid_at)
            closing = self.db.scalar(select(CashClosing).where(CashClosing.officer_id == officer_id, CashClosing.day == day))
            if closing is None:
                closing = CashClosing(officer_id=officer_id, day=day, payments=0, expected=0, counted=0, sts=f"STS{day:%y%m%d}{officer_id:06d}",
                                      closed_at=last.paid_at)
                self.db.add(closing)
            closing.payments, closing.expected, closing.counted = closing.payments + len(some), closing.expected + total, closing.counted + total
            if closing.line_id is None:
                [closing.line_id] = self._lines([self._line(day, total, closing.sts, "")])
            else:
                self.db.execute(update(BankLine).where(BankLine.id == closing.line_id).values(amount=BankLine.amount + total))
            self.db.flush()
            into_bank, to_bank = f"tutup:{closing.id}:{closing.payments}", f"bank:{closing.line_id}:{closing.payments}"
            moves += [
                self._move(into_bank, last.paid_at, ledger.TRANSIT, ledger.CASH, total, closing.sts, officer_id),
                self._move(to_bank, last.paid_at, ledger.BANK, ledger.TRANSIT, total, closing.sts),
            ]
        return moves

    def _move(self, entry: str, at: datetime, debit: str, credit: str, amount: int, text: str, actor_id: int | None = None) -> dict[str, Any]:
        return {"entry": entry, "day": regency_day(at), "at": at, "debit": debit, "credit": credit, "amount": amount, "text": text, "actor_id": actor_id}

    def _line(self, day: date, amount: int, ref_bank: str, kode_bayar: str) -> dict[str, Any]:
        key = hashlib.sha256(f"tanam|{day}|{ref_bank}".encode()).hexdigest()
        return {"key": key, "day": day, "amount": amount, "ref_bank": ref_bank, "text": kode_bayar or ref_bank, "kode_bayar": kode_bayar, "status": MATCHED}

    def _lines(self, rows: list[dict[str, Any]]) -> list[int]:
        """The ids of new lines of the bank, each in the statement of its day."""
        statements = {day: self._statement(day) for day in sorted({row["day"] for row in rows})}
        return self._write(BankLine, [row | {"statement_id": statements[row["day"]]} for row in rows])

    def _statement(self, day: date) -> int:
        mark = hashlib.sha256(f"tanam|{day}".encode()).hexdigest()
        known = self.db.scalar(select(BankStatement.id).where(BankStatement.sha256 == mark))
        if known is not None:
            return known
        next_morning = datetime.combine(day + timedelta(days=1), time(8), current_zone.get()).astimezone(UTC)
        row = BankStatement(sha256=mark, filename=f"rekening-koran-{day}.csv", first_day=day, last_day=day, uploaded_at=min(next_morning, self.now))
        self.db.add(row)
        self.db.flush()
        return row.id

    def _write(self, model: Any, rows: list[dict[str, Any]]) -> list[int]:
        if not rows:
            return []
        return list(self.db.scalars(insert(model).returning(model.id, sort_by_parameter_order=True), rows))
