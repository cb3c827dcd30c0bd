"""Money arrives: late, twice, too much or for a bill that is closed. Each arrival is counted once, each bill paid once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from ... import outbox
from ...db import insert_once
from ...identity.loading import regency_day
from . import billing, ledger, matching
from .codes import make_ntpd
from .models import CANCELLED, EXPIRED, OPEN, PAID, Bill, Excess, Payment, PaymentRequest

SETTLED = "lunas"
ODD_CLOCK = timedelta(minutes=10)  # how far a bank's clock may run before ours


@dataclass(frozen=True)
class Arrival:
    """Money that somebody (a bank, a treasurer) says has arrived. `paid_at`: when it was paid, by their clock."""

    kode_bayar: str
    ref_bank: str
    amount: int
    paid_at: datetime
    way: str  # qris, va, loket
    provider: str
    officer_id: int | None = None


def receive_payment(db: Session, arrival: Arrival, *, now: datetime) -> Payment:
    """Count an arrival and settle its bill, once for each (kode_bayar, ref_bank): told again, it is what it was.

    One statement decides whether this payment settles the bill; whatever does not goes to the queue of excess. Raises
    BillUnknown when no bill has the code.
    """
    one = billing.find_bill(db, arrival.kode_bayar, hold=True)  # arrivals of one bill wait for each other here, and nowhere later
    paid_at = arrival.paid_at if arrival.paid_at <= now + ODD_CLOCK else now
    counted = _count(db, one, arrival, paid_at, now)
    if counted is None:
        known = select(Payment).where(Payment.kode_bayar == one.kode_bayar, Payment.ref_bank == arrival.ref_bank)
        return db.scalars(known).one()
    due = _due_for(db, one, arrival, paid_at)
    enough = arrival.amount >= due.total or one.status in (PAID, CANCELLED)
    outcome = _settle(db, one, due, arrival, paid_at, now) if enough else "kurang"
    counted.outcome = outcome
    _book(db, one, counted, due, arrival, now)
    matching.know_lines_of(db, arrival.ref_bank, now=now)
    if outcome == SETTLED:
        _tell_paid(db, db.get_one(Bill, one.id), arrival)
    billing.say_changed(db, one)
    return counted


def _count(db: Session, one: Bill, arrival: Arrival, paid_at: datetime, now: datetime) -> Payment | None:
    """The new row of an arrival; None when it is known."""
    payment_id = insert_once(
        db, Payment, ("kode_bayar", "ref_bank"), bill_id=one.id, kode_bayar=one.kode_bayar, ref_bank=arrival.ref_bank, way=arrival.way,
        provider=arrival.provider, amount=arrival.amount, paid_at=paid_at, received_at=now, outcome="", officer_id=arrival.officer_id,
    )
    return db.get_one(Payment, payment_id) if payment_id is not None else None


def _due_for(db: Session, one: Bill, arrival: Arrival, paid_at: datetime) -> billing.Due:
    """What was to be paid at that moment: by the day, or by a code that was still good for its amount."""
    due = billing.total_on(db, one, regency_day(paid_at)) if one.status != PAID else billing.Due(one.amount, 0)
    if arrival.amount >= due.total:
        return due
    promised = select(PaymentRequest).where(
        PaymentRequest.bill_id == one.id, PaymentRequest.amount == arrival.amount, PaymentRequest.created_at <= paid_at, PaymentRequest.expires_at >= paid_at
    )
    request = db.scalars(promised.limit(1)).first()
    return billing.Due(request.amount - request.penalty, request.penalty) if request is not None else due


def _settle(db: Session, one: Bill, due: billing.Due, arrival: Arrival, paid_at: datetime, now: datetime) -> str:
    """Make the bill paid by this payment, or say why it is not."""
    in_time = (Bill.status == EXPIRED) & (Bill.expires_at >= paid_at)
    values = {
        "status": PAID, "paid_at": paid_at, "closed_at": now, "paid_amount": due.total, "paid_penalty": due.penalty,
        "ntpd": make_ntpd(one.kode_bayar, arrival.ref_bank),
    }
    still_open = (Bill.status == OPEN) & or_(Bill.expires_at.is_(None), Bill.expires_at >= paid_at)
    paying = update(Bill).where(Bill.id == one.id, or_(still_open, in_time)).values(**values).returning(Bill).execution_options(populate_existing=True)
    if db.scalar(paying) is not None:
        return SETTLED
    db.refresh(one)
    return {PAID: "ganda", OPEN: "kedaluwarsa"}.get(one.status, one.status)


def _book(db: Session, one: Bill, payment: Payment, due: billing.Due, arrival: Arrival, now: datetime) -> None:
    """Write the ledger, and queue what is too much."""
    into = ledger.CASH if arrival.way == "loket" else ledger.TRANSIT
    settled = payment.outcome == SETTLED
    excess = arrival.amount - due.total if settled else arrival.amount
    moves: list[ledger.Move] = [(into, ledger.EXCESS, excess)]
    if settled:
        parts = [(one.account, due.amount), (one.penalty_account, due.penalty)] if one.account != one.penalty_account else [(one.account, due.total)]
        moves += [(into, account, amount) for account, amount in parts]
    ledger.post(db, f"bayar:{payment.id}", moves, text=f"{one.kode_bayar} {arrival.way} {arrival.ref_bank}", now=now, actor_id=arrival.officer_id)
    if excess:
        reason = "lebih" if settled else payment.outcome
        db.add(Excess(bill_id=one.id, payment_id=payment.id, key=f"payment:{payment.id}", amount=excess, reason=reason, created_at=now))
    db.flush()


def _tell_paid(db: Session, one: Bill, arrival: Arrival) -> None:
    from .receipts import RECEIPT, asked_as

    key = asked_as(one)
    outbox.tell(
        db, "bill_paid", key=key, plugin=one.plugin, kind=one.kind, ref=one.ref, bill_id=one.id, paid_at=one.paid_at, amount=one.paid_amount, ntpd=one.ntpd
    )
    outbox.put(db, RECEIPT, key=key, payload={"bill_id": one.id})
    billing.say_to_payer(db, one, "paid", way=arrival.way, ntpd=one.ntpd, total=one.paid_amount)
