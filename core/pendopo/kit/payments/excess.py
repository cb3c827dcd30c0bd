"""Money that goes back: queued when it arrived too much or a plugin gives it back, paid out by two persons."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from ...errors import NotFound
from ...i18n import N_
from ...identity import Actor, record
from . import ledger, matching
from .errors import AmountRefused, BillClosed, ExcessMovedAlready, SamePerson
from .models import PAID, Bill, Excess

PROPOSE, APPROVE = "tagihan.propose_refund", "tagihan.approve_refund"
WAITING, PROPOSED, APPROVED, SENT = "menunggu", "diusulkan", "disetujui", "dikembalikan"
STATUS_WORDS = {
    WAITING: (N_("Menunggu"), "warn"),
    PROPOSED: (N_("Diusulkan"), "info"),
    APPROVED: (N_("Disetujui"), "info"),
    SENT: (N_("Dikembalikan"), "ok"),
}
REASON_WORDS = {
    "ganda": N_("Tagihan sudah lunas"),
    "lebih": N_("Dibayar lebih dari tagihan"),
    "kurang": N_("Dibayar kurang dari tagihan"),
    "batal": N_("Tagihan sudah dibatalkan"),
    "kedaluwarsa": N_("Tagihan sudah kedaluwarsa"),
    "pengembalian": N_("Dikembalikan dengan keputusan"),
}


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
    ledger.post(db, f"kembali:{queued.id}", [(one.account, ledger.EXCESS, amount)], text=reason, now=now, actor_id=actor.account_id)
    record(db, actor, "bill.refund", f"bill:{one.id}", {"amount": amount, "reason": reason[:300]})
    return queued


# --------------------------------------------------------------------------------------------------------- paying it out


def propose(db: Session, actor: Actor, excess_id: int, *, bank: str, account_number: str, account_name: str, now: datetime) -> Excess:
    """Say to which account the money goes back."""
    _require(db, actor, PROPOSE, excess_id)
    to = {"bank": bank, "account_number": account_number, "account_name": account_name}
    return _move(db, actor, excess_id, WAITING, PROPOSED, now, **to, proposed_by=actor.account_id, proposed_at=now)


def approve(db: Session, actor: Actor, excess_id: int, *, now: datetime) -> Excess:
    """Agree, as somebody else than who proposed it. Raises SamePerson."""
    one = _require(db, actor, APPROVE, excess_id)
    if one.proposed_by == actor.account_id:
        raise SamePerson()
    return _move(db, actor, excess_id, PROPOSED, APPROVED, now, approved_by=actor.account_id, approved_at=now)


def return_proposal(db: Session, actor: Actor, excess_id: int, *, note: str, now: datetime) -> Excess:
    """Do not agree: it waits for another proposal."""
    _require(db, actor, APPROVE, excess_id)
    return _move(db, actor, excess_id, PROPOSED, WAITING, now, note=note[:300], proposed_by=None, proposed_at=None)


def note_sent(db: Session, actor: Actor, excess_id: int, *, ref_bank: str, now: datetime) -> Excess:
    """The transfer was made; its reference is what the bank's statement will show."""
    _require(db, actor, PROPOSE, excess_id)
    sent = _move(db, actor, excess_id, APPROVED, SENT, now, sent_by=actor.account_id, sent_at=now, ref_bank=ref_bank)
    ledger.post(db, f"keluar:{sent.id}", [(ledger.EXCESS, ledger.TRANSIT, sent.amount)], text=ref_bank, now=now, actor_id=actor.account_id)
    matching.know_lines_of(db, ref_bank, now=now)
    return sent


def _require(db: Session, actor: Actor, permission: str, excess_id: int) -> Excess:
    one, bill = find(db, excess_id)
    actor.require(permission, bill.opd_id)
    return one


def _move(db: Session, actor: Actor, excess_id: int, frm: str, to: str, now: datetime, **values: Any) -> Excess:
    moving = update(Excess).where(Excess.id == excess_id, Excess.status == frm)
    if to == APPROVED:
        moving = moving.where(Excess.proposed_by != actor.account_id)
    moved = db.scalar(moving.values(status=to, **values).returning(Excess).execution_options(populate_existing=True))
    if moved is None:
        raise ExcessMovedAlready()
    record(db, actor, f"excess.{to}", f"excess:{excess_id}", {"amount": moved.amount})
    return moved


# -------------------------------------------------------------------------------------------------------------- reading


def find(db: Session, excess_id: int) -> tuple[Excess, Bill]:
    one = db.get(Excess, excess_id)
    if one is None:
        raise NotFound()
    return one, db.get_one(Bill, one.bill_id)


def may_see(actor: Actor, bill: Bill) -> bool:
    return any(actor.can(permission, bill.opd_id) for permission in (PROPOSE, APPROVE))


def queue(db: Session, actor: Actor, *, status: str = "", limit: int = 200) -> list[tuple[Excess, Bill]]:
    """What waits, oldest first; with a status only that. Of the offices whose money `actor` handles."""
    of = select(Excess, Bill).join(Bill, Bill.id == Excess.bill_id).where(_in_scope(actor))
    of = of.where(Excess.status == status) if status else of.where(Excess.status != SENT)
    return [(one, bill) for one, bill in db.execute(of.order_by(Excess.created_at, Excess.id).limit(limit))]


def count_waiting(db: Session, actor: Actor) -> int:
    of = select(func.count()).select_from(Excess).join(Bill, Bill.id == Excess.bill_id)
    return db.scalar(of.where(Excess.status != SENT, _in_scope(actor))) or 0


def _in_scope(actor: Actor) -> Any:
    """The bills of offices whose money `actor` handles; those without an office are everybody's who handles any."""
    scopes = [actor.opd_scope(permission) for permission in (PROPOSE, APPROVE)]
    offices: frozenset[int] = frozenset()
    for scope in scopes:
        if scope is None:
            return Bill.id > 0
        offices |= scope
    return or_(Bill.opd_id.in_(offices), Bill.opd_id.is_(None)) if offices else Bill.id < 0
