"""The treasurer's counter: cash for bills, and a till that is counted and closed each day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...db import insert_once
from ...i18n import N_, current_zone
from ...identity import Account, Actor, record
from ...identity.loading import regency_day
from . import billing, ledger
from .errors import AmountRefused, BillClosed, CashDayClosed
from .models import OPEN, Bill, CashClosing, Payment
from .receiving import SETTLED, Arrival, receive_payment

RECEIVE = "tagihan.receive_cash"
PROVIDER = "bendahara"
LOOK_BACK = timedelta(days=92)


@dataclass(frozen=True)
class Till:
    """What a treasurer took in on a day. `closing`: how it was counted, once it was."""

    day: date
    payments: list[tuple[Payment, Bill]]
    closing: CashClosing | None

    @property
    def total(self) -> int:
        return sum(payment.amount for payment, _bill in self.payments)


def take_cash(db: Session, actor: Actor, code: str, *, given: int | None = None, now: datetime) -> tuple[Payment, int]:
    """Take the whole of what is due today for a bill, in cash; the payment, and the change from what was `given`.

    Raises BillClosed when it was paid meanwhile (nothing is taken then), AmountRefused for too little, CashDayClosed.
    """
    one = billing.find_bill(db, code)
    actor.require(RECEIVE, one.opd_id)
    officer_id = actor.require_signed_in()
    _hold_till(db, officer_id)
    today = regency_day(now)
    if _closing(db, officer_id, today) is not None:
        raise CashDayClosed()
    if one.status != OPEN:
        raise BillClosed()
    due = billing.total_on(db, one, today).total
    if given is not None and given < due:
        raise AmountRefused(N_("Uang yang diterima kurang dari tagihan."), field="given")
    payment = receive_payment(db, Arrival(one.kode_bayar, f"LOKET-{one.id}", due, now, "loket", PROVIDER, officer_id), now=now)
    if payment.outcome != SETTLED or payment.officer_id != officer_id:
        raise BillClosed()
    record(db, actor, "bill.cash", f"bill:{one.id}", {"amount": due})
    return payment, (given - due) if given is not None else 0


def _hold_till(db: Session, officer_id: int) -> None:
    """Taking and closing wait for each other: no payment slips in while the till is counted."""
    db.execute(select(Account.id).where(Account.id == officer_id).with_for_update())


def _closing(db: Session, officer_id: int, day: date) -> CashClosing | None:
    return db.scalar(select(CashClosing).where(CashClosing.officer_id == officer_id, CashClosing.day == day))


def till(db: Session, actor: Actor, day: date) -> Till:
    """The till of `actor` on a day."""
    start = datetime.combine(day, time.min, current_zone.get()).astimezone(UTC)
    of = select(Payment, Bill).join(Bill, Bill.id == Payment.bill_id).where(
        Payment.officer_id == actor.account_id, Payment.way == "loket", Payment.received_at >= start, Payment.received_at < start + timedelta(days=1)
    )
    taken = [(payment, bill) for payment, bill in db.execute(of.order_by(Payment.id.desc()))]
    return Till(day, taken, _closing(db, actor.account_id or 0, day))


def open_days(db: Session, actor: Actor, *, now: datetime) -> list[date]:
    """Days before today whose till was not closed, oldest first."""
    times = select(Payment.received_at).where(Payment.officer_id == actor.account_id, Payment.way == "loket", Payment.received_at > now - LOOK_BACK)
    days = {regency_day(at) for at in db.scalars(times)} - {regency_day(now)}
    closed = set(db.scalars(select(CashClosing.day).where(CashClosing.officer_id == actor.account_id)))
    return sorted(days - closed)


def close_day(db: Session, actor: Actor, day: date, counted: int, *, note: str = "", now: datetime) -> CashClosing:
    """Count and close a till: what was counted goes to the bank with a slip (STS). A difference needs a word about it.

    Raises CashDayClosed when it is closed already, AmountRefused for a difference without a note.
    """
    actor.require(RECEIVE)
    officer_id = actor.require_signed_in()
    _hold_till(db, officer_id)
    took = till(db, actor, day)
    if took.closing is not None or day > regency_day(now):
        raise CashDayClosed()
    difference = counted - took.total
    if difference and not note:
        raise AmountRefused(N_("Uang di laci tidak sama dengan catatan. Hitung lagi, atau tulis penjelasannya."), field="note")
    closing_id = insert_once(
        db, CashClosing, ("officer_id", "day"), officer_id=officer_id, day=day, payments=len(took.payments), expected=took.total, counted=counted,
        note=note[:300], sts=f"STS{day:%y%m%d}{officer_id:06d}", closed_at=now,
    )
    if closing_id is None:
        raise CashDayClosed()
    moves = [(ledger.TRANSIT, ledger.CASH, counted)]
    moves.append((ledger.DIFFERENCE, ledger.CASH, -difference) if difference < 0 else (ledger.CASH, ledger.DIFFERENCE, difference))
    closing = db.get_one(CashClosing, closing_id)
    ledger.post(db, f"tutup:{closing_id}", moves, text=closing.sts, now=now, actor_id=officer_id)
    record(db, actor, "cash.closed", f"closing:{closing_id}", {"day": day, "expected": took.total, "counted": counted})
    return closing
