"""A paid SPPT that was corrected: too little becomes an SKPDKB, too much goes back or is compensated."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict
from pendopo.identity import Actor
from pendopo.kit.dates import regency_day
from pendopo.kit.payments import Bill, BillClosed

from . import overpaid
from .business import assess
from .explain import explained
from .models import SPPT, Ketetapan
from .nop import show_nop
from .paying import interest_on, withdraw
from .rules import Calculation, Step, rp


def shortfall_key(sppt: SPPT) -> str:
    return f"pbb:{sppt.nop}:{sppt.tahun}:"


def balance(db: Session, actor: Actor, old: SPPT, new: SPPT, way: str, *, now: datetime) -> None:
    """`new` took the place of `old`, which was paid: settle the difference. Interest that was paid on too much goes back with it."""
    settled = old.terutang - _take_back_shortfall(db, old, now)
    if new.terutang > settled:
        _charge(db, actor, new, settled, now)
    elif new.terutang < settled:
        _give_back(db, actor, new, settled, new.terutang, way, now)


def give_all_back(db: Session, actor: Actor, sppt: SPPT, way: str, *, now: datetime) -> None:
    """`sppt` was paid and should never have been."""
    _give_back(db, actor, sppt, sppt.terutang - _take_back_shortfall(db, sppt, now), 0, way, now)


def _take_back_shortfall(db: Session, sppt: SPPT, now: datetime) -> int:
    """Rupiah that an earlier correction charged and nobody has paid yet; a new balance takes its place."""
    still_open = (Ketetapan.kunci.startswith(shortfall_key(sppt)), Ketetapan.status == "belum")
    total = 0
    for row_id, amount in db.execute(select(Ketetapan.id, Ketetapan.pokok).where(*still_open)).all():
        taking = update(Ketetapan).where(Ketetapan.id == row_id, Ketetapan.status == "belum").values(status="diganti").returning(Ketetapan.id)
        try:
            if db.scalar(taking.execution_options(synchronize_session=False)) is None:
                raise BillClosed()
            withdraw(db, "skpd_pbb", row_id, now=now)
        except BillClosed as error:
            raise Conflict(N_("SKPDKB untuk SPPT ini baru saja dibayar. Muat ulang halaman.")) from error
        total += amount
    return total


def _charge(db: Session, actor: Actor, sppt: SPPT, settled: int, now: datetime) -> None:
    """SKPDKB over what is missing; without interest, since the taxpayer paid what the SPPT said."""
    missing = sppt.terutang - settled
    steps = (
        *explained(db, sppt).steps,
        Step(N_("Sudah dibayar"), f"− {rp(settled)}", settled),
        Step(N_("Kurang bayar"), f"{rp(sppt.terutang)} − {rp(settled)}", missing),
    )
    day = regency_day(now).replace(day=1)
    words = f"PBB-P2 {sppt.tahun} NOP {show_nop(sppt.nop)}"
    assess(
        db, actor, surat="SKPDKB", jenis="pbb", kunci=f"{shortfall_key(sppt)}{sppt.versi}", wp_id=sppt.wp_id, uraian=words, masa=day,
        found=Calculation(steps, missing), desa_code=sppt.desa_code, reason=sppt.sebab, now=now,
    )  # fmt: skip


def _give_back(db: Session, actor: Actor, sppt: SPPT, settled: int, owed: int, way: str, now: datetime) -> None:
    amount = min(settled - owed + _interest_between(db, sppt, settled, owed), sppt.dibayar)
    if amount <= 0:
        return
    overpaid.settle(
        db, actor, way=way, amount=amount, wp_id=sppt.wp_id, origin=("sppt", sppt.id), bill_id=sppt.bill_id,
        reason=f"PBB-P2 {sppt.tahun} NOP {show_nop(sppt.nop)}: {sppt.sebab}", now=now,
    )  # fmt: skip
    if way == overpaid.BACK:
        sppt.dibayar -= amount
    db.flush()


def _interest_between(db: Session, sppt: SPPT, settled: int, owed: int) -> int:
    """Interest that was paid on the part that goes back."""
    bill = db.get(Bill, sppt.bill_id) if sppt.bill_id else None
    if bill is None or not bill.paid_penalty or sppt.paid_at is None:
        return 0
    day = regency_day(sppt.paid_at)
    return interest_on(db, settled, sppt.jatuh_tempo, day) - interest_on(db, owed, sppt.jatuh_tempo, day)
