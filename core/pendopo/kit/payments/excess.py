"""Money that goes back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ...identity import Actor, record
from . import ledger
from .errors import AmountRefused, BillClosed
from .kinds import kind_named
from .models import PAID, Bill, Excess


def refund(db: Session, actor: Actor, bill_id: int, amount: int, *, reason: str, key: str, now: datetime) -> Excess:
    """Give part of a paid bill back (a reduction was granted, a levy fell away): queued once for each `key`, paid out by two persons.

    Whoever calls has asked for permission. Raises BillClosed when it is not paid, AmountRefused when that is more than is left of it.
    """
    if amount <= 0:
        raise AmountRefused()
    given = db.scalar(select(Excess).where(Excess.key == f"refund:{key}"))
    if given is not None:
        return given
    giving = update(Bill).where(Bill.id == bill_id, Bill.status == PAID, Bill.refunded + amount <= Bill.paid_amount).values(refunded=Bill.refunded + amount)
    one = db.scalar(giving.returning(Bill).execution_options(populate_existing=True))
    if one is None:
        known = db.get(Bill, bill_id)
        raise AmountRefused() if known is not None and known.status == PAID else BillClosed()
    queued = Excess(bill_id=one.id, key=f"refund:{key}", amount=amount, reason="pengembalian", note=reason[:300], created_at=now)
    db.add(queued)
    db.flush()
    kind = kind_named(one.kind)
    account = kind.account if kind is not None else ledger.UNKNOWN
    ledger.post(db, f"kembali:{queued.id}", [(account, ledger.EXCESS, amount)], text=reason, now=now, actor_id=actor.account_id)
    record(db, actor, "bill.refund", f"bill:{one.id}", {"amount": amount, "reason": reason[:300]})
    return queued
