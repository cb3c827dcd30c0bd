"""When what was paid is not what was owed: money back, or compensation with what falls due later (UU 1/2022, PP 35/2023)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pendopo import N_, InvalidInput
from pendopo.db import insert_into
from pendopo.identity import Actor, record
from pendopo.kit.payments import AmountRefused, BillClosed, refund
from pendopo.notifications import notify

from .models import SPPT, Lebih, WajibPajak

BACK, COMPENSATE = "kembali", "kompensasi"
WAYS = {BACK: N_("Dikembalikan"), COMPENSATE: N_("Dikompensasikan dengan PBB berikutnya")}


def settle(db: Session, actor: Actor, *, way: str, amount: int, wp_id: int, origin: tuple[str, int], bill_id: int | None, reason: str, now: datetime) -> Lebih:
    """Give back what was paid too much, or keep it for later taxes of the same taxpayer. Whoever calls has asked for permission.

    Raises InvalidInput when money can't go back because the payment is not in our books.
    """
    if way not in WAYS:
        raise InvalidInput(N_("Pilih apa yang dilakukan dengan kelebihan bayarnya."), field="lebih")
    if way == BACK:
        _pay_back(db, actor, bill_id, amount, origin, reason, now)
    row = Lebih(wp_id=wp_id, asal=origin[0], asal_id=origin[1], cara=way, jumlah=amount, sebab=reason[:200], at=now, by=actor.account_id)
    db.add(row)
    db.flush()
    record(db, actor, "pajak.overpaid", f"{origin[0]}:{origin[1]}", {"cara": way, "jumlah": amount})
    holder = db.get_one(WajibPajak, wp_id).account_id
    if holder is not None:
        context = {"jumlah": amount, "kembali": way == BACK, "sebab": row.sebab}
        notify(db, topic="pajak.lebih", to=[holder], template="gawe_pajak/notify/lebih", context=context, url="/pajak/objek", key=f"lebih:{row.id}")
    return row


def _pay_back(db: Session, actor: Actor, bill_id: int | None, amount: int, origin: tuple[str, int], reason: str, now: datetime) -> None:
    if bill_id is None:
        raise InvalidInput(N_("Pembayaran ini tercatat di sistem sebelumnya, tidak di buku kas portal. Pilih kompensasi."), field="lebih")
    try:
        refund(db, actor, bill_id, amount, reason=reason, key=f"pajak:{origin[0]}:{origin[1]}", now=now)
    except (AmountRefused, BillClosed) as error:
        raise InvalidInput(N_("Tagihan ini tidak dapat dikembalikan sebanyak itu. Pilih kompensasi."), field="lebih") from error


def credits_of(db: Session, wp_id: int) -> list[Lebih]:
    """What a taxpayer may still use of earlier overpayments, the oldest first."""
    return list(db.scalars(select(Lebih).where(Lebih.wp_id == wp_id, Lebih.cara == COMPENSATE, Lebih.terpakai < Lebih.jumlah).order_by(Lebih.id)))


def found_on(db: Session, rows: list[SPPT]) -> list[Lebih]:
    """What was found to be paid too much on the versions of an SPPT."""
    return list(db.scalars(select(Lebih).where(Lebih.asal == "sppt", Lebih.asal_id.in_([row.id for row in rows])).order_by(Lebih.id)))


def with_credits(db: Session) -> set[int]:
    """Taxpayers who have something to compensate."""
    return set(db.scalars(select(Lebih.wp_id).where(Lebih.cara == COMPENSATE, Lebih.terpakai < Lebih.jumlah)))


def compensate(db: Session, sppt: SPPT) -> int:
    """Take earlier overpayments off an SPPT, in the transaction that makes it, so that nobody has seen it without.

    Each credit is used by one statement: two SPPT at once never use the same rupiah.
    """
    left = sppt.terutang
    for credit in credits_of(db, sppt.wp_id):
        part = min(left, credit.jumlah - credit.terpakai)
        if part <= 0:
            break
        using = update(Lebih).where(Lebih.id == credit.id, Lebih.terpakai == credit.terpakai).values(terpakai=Lebih.terpakai + part).returning(Lebih.id)
        if db.scalar(using.execution_options(synchronize_session=False)) is not None:
            left -= part
        db.expire(credit)
    used, sppt.terutang = sppt.terutang - left, left
    sppt.kompensasi += used
    sppt.status = sppt.status if left else "nihil"
    db.flush()
    return used


def release(db: Session, sppt: SPPT, amount: int, now: datetime) -> None:
    """What an SPPT had used of credits and needs no more may be used again."""
    if amount > 0:
        values: dict[str, Any] = {"cara": COMPENSATE, "jumlah": amount, "terpakai": 0, "sebab": sppt.sebab, "at": now, "by": sppt.set_by}
        db.execute(insert_into(db, Lebih).values(wp_id=sppt.wp_id, asal="sisa", asal_id=sppt.id, **values).on_conflict_do_nothing())
