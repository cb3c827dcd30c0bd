"""The day's statement against our books: what fits, what is missing at the bank, what nobody told us of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ... import outbox
from ...contract import PaymentFound, PaymentOrder
from ...db import insert_once
from ...errors import NotFound
from ...i18n import current_zone
from ...identity import Actor, record
from ...identity.loading import regency_day
from .. import settings
from . import billing, matching, ways
from .codes import kode_bayar_in
from .errors import StatementKnown
from .models import BankLine, BankStatement, Bill, CashClosing, Excess, Payment, PaymentRequest
from .receiving import Arrival, receive_payment
from .statements import numbered, read_statement

if TYPE_CHECKING:
    from ...app import Portal

RECONCILE = "tagihan.reconcile"
ASK = "payment_ask"
FROM_STATEMENT = "koran"


def enter_statement(db: Session, actor: Actor, filename: str, data: bytes, *, now: datetime) -> BankStatement:
    """Read a statement, book its lines and match them; ask the bank about money with a payment code that nobody told us of.

    Lines that another file has brought are left alone. Raises StatementUnreadable, or StatementKnown for the very same file.
    """
    actor.require(RECONCILE)
    found = read_statement(data)
    statement_id = insert_once(
        db, BankStatement, ("sha256",), sha256=hashlib.sha256(data).hexdigest(), filename=filename[:160], account=found.account,
        first_day=found.first_day, last_day=found.last_day, closing=found.closing, uploaded_by=actor.account_id, uploaded_at=now,
    )
    if statement_id is None:
        raise StatementKnown()
    prefix = settings.value(db, "tagihan.va_prefix")
    for key, line in numbered(found.lines):
        values = {
            "statement_id": statement_id, "key": key, "day": line.day, "amount": line.amount, "ref_bank": line.ref_bank, "text": line.text,
            "kode_bayar": kode_bayar_in(line.text, prefix) or "", "status": matching.UNKNOWN,
        }
        line_id = insert_once(db, BankLine, ("key",), **values)
        if line_id is not None:
            _enter(db, db.get_one(BankLine, line_id), now)
    record(db, actor, "bank.statement", f"statement:{statement_id}", {"lines": len(found.lines), "until": found.last_day})
    db.flush()
    return db.get_one(BankStatement, statement_id)


def _enter(db: Session, line: BankLine, now: datetime) -> None:
    matching.enter_line(db, line, now=now)
    if line.status == matching.UNKNOWN and line.amount > 0 and line.kode_bayar:
        _ask(db, line, now)


def _ask(db: Session, line: BankLine, now: datetime) -> None:
    line.asked_at = now
    outbox.put(db, ASK, key=f"{line.id}:{now.isoformat()}", payload={"line_id": line.id})


def ask_again(db: Session, actor: Actor, *, now: datetime) -> int:
    """Ask the bank once more about every line with a payment code that is still unknown; how many there are."""
    actor.require(RECONCILE)
    of = select(BankLine).where(BankLine.status == matching.UNKNOWN, BankLine.amount > 0, BankLine.kode_bayar != "")
    lines = list(db.scalars(of))
    for line in lines:
        _ask(db, line, now)
    return len(lines)


@outbox.sender(ASK)
def _ask_bank(portal: Portal, row: Any) -> None:
    """Ask every way's provider what it knows of the bill, and count what it says."""
    with portal.db.session(write=False) as db:
        line = db.get(BankLine, row.payload["line_id"])
        if line is None or line.status != matching.UNKNOWN:
            return
        one = db.scalar(select(Bill).where(Bill.kode_bayar == line.kode_bayar))
        orders = _orders(db, one) if one is not None else []
    found: dict[str, tuple[PaymentOrder, PaymentFound]] = {}
    for order in orders:
        try:
            known = portal.host.demand("find_payment", order=order) or []
        except Exception as error:
            ways.note_contact(portal, order.provider, type(error).__name__)
            raise
        ways.note_contact(portal, order.provider, "")
        found |= {payment.ref_bank: (order, payment) for payment in known}
    now = datetime.now(UTC)
    for order, payment in found.values():
        with portal.db.session() as db:
            arrival = Arrival(payment.kode_bayar, payment.ref_bank, payment.amount, payment.paid_at, order.way, order.provider)
            receive_payment(db, arrival, now=now)


def _orders(db: Session, one: Bill) -> list[PaymentOrder]:
    """What to ask for: each code that was made for the bill, and its virtual account."""
    made = list(db.scalars(select(PaymentRequest).where(PaymentRequest.bill_id == one.id, PaymentRequest.status == ways.READY).order_by(PaymentRequest.id)))
    known = {request.way for request in made}
    for offer in ways.offered():
        if offer.way == "va" and "va" not in known:
            end = datetime.combine(date.max, time.min, UTC)
            made.append(PaymentRequest(id=0, bill_id=one.id, way="va", provider=offer.provider, amount=one.amount, reference="", expires_at=end))
    return [ways.order_for(db, one, request) for request in made]


def assign_line(db: Session, actor: Actor, line_id: int, code: str, *, now: datetime) -> Payment:
    """A treasurer knows which bill an unknown line pays: count it as its payment."""
    unknown = line(db, actor, line_id)
    one = billing.find_bill(db, code)
    reference = unknown.ref_bank or f"KORAN-{unknown.id}"
    taking = update(BankLine).where(BankLine.id == unknown.id, BankLine.status == matching.UNKNOWN).values(kode_bayar=one.kode_bayar, ref_bank=reference)
    db.execute(taking)
    db.refresh(unknown)
    noon = datetime.combine(unknown.day, time(12), current_zone.get()).astimezone(UTC)
    payment = receive_payment(db, Arrival(one.kode_bayar, reference, unknown.amount, min(noon, now), "va", FROM_STATEMENT), now=now)
    record(db, actor, "bank.line_assigned", f"line:{unknown.id}", {"bill": one.id})
    return payment


# -------------------------------------------------------------------------------------------------------------- report


@dataclass(frozen=True)
class Report:
    """How a statement fits. `missing`: money that we were told of until its last day and that no statement shows."""

    statement: BankStatement
    matched: int
    matched_amount: int
    different: list[BankLine]
    unknown: list[BankLine]
    missing: list[Payment]
    deposits: list[CashClosing]
    refunds: list[Excess]

    @property
    def is_clean(self) -> bool:
        return not (self.different or self.unknown or self.missing or self.deposits or self.refunds)


def report(db: Session, actor: Actor, statement_id: int) -> Report:
    """What a statement says about our books. Raises NotFound."""
    actor.require(RECONCILE)
    statement = db.get(BankStatement, statement_id)
    if statement is None:
        raise NotFound()
    of = BankLine.statement_id == statement_id
    count, amount = db.execute(select(func.count(), func.coalesce(func.sum(BankLine.amount), 0)).where(of, BankLine.status == matching.MATCHED)).one()

    def lines(status: str) -> list[BankLine]:
        return list(db.scalars(select(BankLine).where(of, BankLine.status == status).order_by(BankLine.id).limit(500)))

    missing, deposits, refunds = not_at_bank(db, statement.last_day)
    return Report(statement, count, int(amount), lines(matching.DIFFERENT), lines(matching.UNKNOWN), missing, deposits, refunds)


def not_at_bank(db: Session, until: date, *, limit: int = 500) -> tuple[list[Payment], list[CashClosing], list[Excess]]:
    """Payments, deposits and refunds up to the end of a day that no statement has shown."""
    end = datetime.combine(until + timedelta(days=1), time.min, current_zone.get()).astimezone(UTC)
    told = select(Payment).where(Payment.way.in_(("qris", "va")), Payment.line_id.is_(None), Payment.paid_at < end).order_by(Payment.paid_at)
    put_in = select(CashClosing).where(CashClosing.line_id.is_(None), CashClosing.day <= until, CashClosing.counted > 0).order_by(CashClosing.day)
    sent = select(Excess).where(Excess.line_id.is_(None), Excess.status == "dikembalikan", Excess.sent_at < end).order_by(Excess.id)
    return tuple(list(db.scalars(of.limit(limit))) for of in (told, put_in, sent))  # type: ignore[return-value]


def line(db: Session, actor: Actor, line_id: int) -> BankLine:
    """A line that nobody knows yet. Raises NotFound for any other."""
    actor.require(RECONCILE)
    found = db.get(BankLine, line_id)
    if found is None or found.status != matching.UNKNOWN or found.amount <= 0:
        raise NotFound()
    return found


def statements(db: Session, actor: Actor, *, limit: int = 60) -> list[BankStatement]:
    actor.require(RECONCILE)
    return list(db.scalars(select(BankStatement).order_by(BankStatement.last_day.desc(), BankStatement.id.desc()).limit(limit)))


def last_reconciled(db: Session) -> date | None:
    return db.scalar(select(func.max(BankStatement.last_day)))


def first_unreconciled(db: Session) -> date | None:
    """The day of the oldest payment through a bank that no statement shows."""
    oldest = db.scalar(select(func.min(Payment.paid_at)).where(Payment.way.in_(("qris", "va")), Payment.line_id.is_(None)))
    return regency_day(oldest) if oldest is not None else None
