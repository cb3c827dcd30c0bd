"""Bills: made by plugins, closed by payment, by their plugin or by time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ... import live
from ...db import insert_once
from ...errors import NotFound
from ...i18n import N_
from ...identity import Actor, record
from ...notifications import notify
from ...outbox import tell
from .codes import make_kode_bayar, read_kode_bayar
from .errors import BillClosed, BillUnknown
from .kinds import BillKind, kind_named
from .models import CANCELLED, EXPIRED, OPEN, PAID, Bill

OFFICERS = ("tagihan.receive_cash", "tagihan.read")


@dataclass(frozen=True)
class Due:
    """What is to be paid for a bill on a day."""

    amount: int
    penalty: int

    @property
    def total(self) -> int:
        return self.amount + self.penalty


@dataclass(frozen=True, kw_only=True)
class NewBill:
    """A bill to be made, as `bill` describes it."""

    ref: int
    amount: int
    payer_name: str
    desc: str
    key: str
    payer_id: int | None = None
    due: date | None = None
    opd_id: int | None = None
    expires_at: datetime | None = None


def bill(
    db: Session,
    kind: BillKind,
    *,
    ref: int,
    amount: int,
    payer_name: str,
    desc: str,
    key: str,
    payer_id: int | None = None,
    due: date | None = None,
    opd_id: int | None = None,
    expires_at: datetime | None = None,
    tell_payer: bool = True,
    now: datetime,
) -> Bill:
    """Make a bill, or return the one that `key` has made before, unchanged.

    `ref`: the plugin's own row. `due`: the last day without penalty. `expires_at`: from then on nobody can pay it any more.
    Whoever calls has asked for permission. Raises ValueError for an amount that is not more than nothing.
    """
    new = NewBill(
        ref=ref, amount=amount, payer_name=payer_name, desc=desc, key=key, payer_id=payer_id, due=due, opd_id=opd_id, expires_at=expires_at
    )
    values = row_of(kind, new, now)
    for attempt in range(20):
        known = db.scalar(select(Bill).where(Bill.key == key))
        if known is not None:
            return known
        made_id = insert_once(db, Bill, (), **values, kode_bayar=make_kode_bayar(key, attempt))
        if made_id is not None:
            break
    else:
        raise RuntimeError("no free payment code was found")
    made = db.get_one(Bill, made_id)
    if payer_id is not None:
        live.publish(db, f"tagihan-saya:{payer_id}")
        if tell_payer:
            say_to_payer(db, made, "new")
    return made


def row_of(kind: BillKind, new: NewBill, now: datetime) -> dict[str, Any]:
    """The columns of an unpaid bill, but for its payment code."""
    if new.amount <= 0:
        raise ValueError("a bill is for more than nothing")
    if kind_named(kind.slug) is None:
        raise LookupError(f"no plugin gives the bill kind {kind.slug!r} by the hook bill_kinds")
    return {
        "key": new.key, "kind": kind.slug, "plugin": kind.plugin, "ref": new.ref, "account": kind.account,
        "penalty_account": kind.penalty_account, "amount": new.amount, "payer_id": new.payer_id, "payer_name": new.payer_name[:160],
        "desc": new.desc[:300], "due": new.due, "opd_id": new.opd_id, "expires_at": new.expires_at, "created_at": now, "status": OPEN,
        "reason": "", "refunded": 0,
    }


def cancel_bill(db: Session, actor: Actor, bill_id: int, *, reason: str, now: datetime) -> Bill:
    """Cancel a bill that nobody has paid. Raises BillClosed when somebody has, or when it is closed already.

    Whoever calls has asked for permission. Money that arrives later goes to the queue of excess.
    """
    closing = update(Bill).where(Bill.id == bill_id, Bill.status.in_((OPEN, EXPIRED))).values(status=CANCELLED, closed_at=now, reason=reason[:300])
    closed = db.scalar(closing.returning(Bill).execution_options(populate_existing=True))
    if closed is None:
        raise BillClosed() if db.get(Bill, bill_id) is not None else NotFound()
    record(db, actor, "bill.cancelled", f"bill:{bill_id}", {"reason": reason[:300]})
    _tell_cancelled(db, closed, reason, now)
    return closed


def expire_bills(db: Session, *, now: datetime) -> int:
    """Close what nobody may pay any more, and say how many there were."""
    closing = update(Bill).where(Bill.status == OPEN, Bill.expires_at <= now).values(status=EXPIRED, closed_at=now)
    closed = list(db.scalars(closing.returning(Bill).execution_options(populate_existing=True)))
    for one in closed:
        _tell_cancelled(db, one, "kedaluwarsa", now)
    return len(closed)


def _tell_cancelled(db: Session, closed: Bill, reason: str, now: datetime) -> None:
    tell(
        db, "bill_cancelled", key=f"bill-cancelled:{closed.id}:{closed.status}", plugin=closed.plugin, kind=closed.kind, ref=closed.ref, bill_id=closed.id,
        at=now, reason=reason[:300],
    )
    say_changed(db, closed)


def say_changed(db: Session, changed: Bill) -> None:
    """Have open pages fetch the bill again."""
    live.publish(db, f"tagihan:{changed.id}")
    if changed.payer_id is not None:
        live.publish(db, f"tagihan-saya:{changed.payer_id}")


def say_to_payer(db: Session, one: Bill, what: str, **more: Any) -> None:
    if one.payer_id is None:
        return
    context = {"desc": one.desc, "amount": one.amount, "kode": one.kode_bayar, "due": one.due, **more}
    topic = {"new": "tagihan.baru", "due": "tagihan.tempo", "paid": "tagihan.lunas"}[what]
    key = f"tagihan-{what}:{one.id}:{more.get('on', '')}"
    notify(db, topic=topic, to=[one.payer_id], template=f"payments/notify/{what}", context=context, url=one.href, key=key)


# ------------------------------------------------------------------------------------------------------------- reading


def total_on(db: Session, one: Bill, on: date) -> Due:
    """Amount and penalty of a bill when it is paid on the day `on`; of a paid one what was paid."""
    if one.status == PAID:
        return Due((one.paid_amount or 0) - (one.paid_penalty or 0), one.paid_penalty or 0)
    kind = kind_named(one.kind)
    penalty = kind.penalty(db, one, on) if kind is not None and kind.penalty is not None else 0
    return Due(one.amount, max(0, penalty or 0))


def bill_for(db: Session, kind: BillKind, ref: int) -> Bill | None:
    """The newest bill of a plugin's row; one that can still count comes before a cancelled one."""
    of = select(Bill).where(Bill.kind == kind.slug, Bill.ref == ref)
    return db.scalar(of.order_by((Bill.status == CANCELLED).asc(), Bill.id.desc()).limit(1))


def bills_for(db: Session, kind: BillKind, ref: int) -> list[Bill]:
    """Every bill of a plugin's row, newest first."""
    return list(db.scalars(select(Bill).where(Bill.kind == kind.slug, Bill.ref == ref).order_by(Bill.id.desc())))


def bills_of(db: Session, account_id: int | None, *, status: str = "", limit: int = 200) -> list[Bill]:
    """The bills of a person: what falls due first comes first."""
    of = select(Bill).where(Bill.payer_id == account_id)
    if status:
        of = of.where(Bill.status == status)
    return list(db.scalars(of.order_by(Bill.due.is_(None), Bill.due, Bill.id).limit(limit)))


def closed_bills_of(db: Session, account_id: int | None, *, limit: int) -> list[Bill]:
    """What a person paid and what fell away, the newest first."""
    of = select(Bill).where(Bill.payer_id == account_id, Bill.status != OPEN).order_by(Bill.closed_at.desc(), Bill.id.desc())
    return list(db.scalars(of.limit(limit)))


def bills_by_id(db: Session, ids: Iterable[int]) -> dict[int, Bill]:
    return {one.id: one for one in db.scalars(select(Bill).where(Bill.id.in_(set(ids))))}


def count_unpaid(db: Session, account_id: int | None) -> int:
    return db.scalar(select(func.count()).select_from(Bill).where(Bill.payer_id == account_id, Bill.status == OPEN)) or 0


def find_bill(db: Session, code: str, *, hold: bool = False) -> Bill:
    """The bill with this payment code, typed in any manner. Raises BillUnknown.

    `hold`: as it is now, and nobody else changes it until this transaction ends.
    """
    clean = read_kode_bayar(code)
    of = select(Bill).where(Bill.kode_bayar == clean)
    if hold:
        of = of.with_for_update().execution_options(populate_existing=True)
    found = db.scalar(of) if clean else None
    if found is None:
        raise BillUnknown()
    return found


def is_payer(actor: Actor, one: Bill) -> bool:
    return one.payer_id is not None and actor.citizen_id == one.payer_id


def may_see(actor: Actor, one: Bill) -> bool:
    """May `actor` open the page of the bill? Whoever knows the code of one that anyone may pay."""
    kind = kind_named(one.kind)
    if is_payer(actor, one) or any(actor.can(permission, one.opd_id) for permission in OFFICERS):
        return True
    return kind is None or kind.payable_by == "anyone"


def knows_payer(actor: Actor, one: Bill) -> bool:
    """Is `actor` shown whose bill it is?"""
    return is_payer(actor, one) or any(actor.can(permission, one.opd_id) for permission in OFFICERS)


def mask_name(name: str) -> str:
    """`Siti Aminah` as a stranger sees it: `S••• A•••••`."""
    return " ".join(word[0] + "•" * (len(word) - 1) for word in name.split())


STATUS_WORDS = {
    OPEN: (N_("Belum dibayar"), "warn"),
    PAID: (N_("Lunas"), "ok"),
    CANCELLED: (N_("Dibatalkan"), "muted"),
    EXPIRED: (N_("Kedaluwarsa"), "muted"),
}
