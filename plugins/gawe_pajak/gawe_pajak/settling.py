"""Correcting what was paid: too little becomes an SKPDKB, too much goes back or is compensated (for SKPD by an SKPDLB)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound
from pendopo.identity import Actor
from pendopo.kit.dates import regency_day
from pendopo.kit.payments import Bill, BillClosed

from . import overpaid
from .business import ASSESS, assess, recomputed, replace_unpaid
from .explain import explained
from .models import SPPT, Ketetapan
from .nop import show_nop
from .paper import revoke_assessment
from .paying import interest_on, withdraw
from .rules import Calculation, Step, rp


def shortfall_key(sppt: SPPT) -> str:
    return f"pbb:{sppt.nop}:{sppt.tahun}:"


def balance(db: Session, actor: Actor, old: SPPT, new: SPPT, way: str, *, now: datetime) -> None:
    """`new` took the place of `old`, which was paid: settle the difference. Interest that was paid on too much goes back with it."""
    settled = old.terutang - _take_back_shortfall(db, actor, old, now)
    if new.terutang > settled:
        _charge(db, actor, new, settled, now)
    elif new.terutang < settled:
        _give_back(db, actor, new, settled, new.terutang, way, now)


def give_all_back(db: Session, actor: Actor, sppt: SPPT, way: str, *, now: datetime) -> None:
    """`sppt` was paid and should never have been."""
    _give_back(db, actor, sppt, sppt.terutang - _take_back_shortfall(db, actor, sppt, now), 0, way, now)


def _take_back_shortfall(db: Session, actor: Actor, sppt: SPPT, now: datetime) -> int:
    """Rupiah that an earlier correction charged and nobody has paid yet; a new balance takes its place."""
    return _take_back(db, actor, Ketetapan.kunci.startswith(shortfall_key(sppt)), now)


def _take_back(db: Session, actor: Actor, which: Any, now: datetime) -> int:
    """Unpaid SKPDKB that fall away, and how much they were. Raises Conflict when one is being paid."""
    total = 0
    for row in db.scalars(select(Ketetapan).where(which, Ketetapan.surat == "SKPDKB", Ketetapan.status == "belum")).unique().all():
        taking = update(Ketetapan).where(Ketetapan.id == row.id, Ketetapan.status == "belum").values(status="diganti").returning(Ketetapan.id)
        try:
            if db.scalar(taking.execution_options(synchronize_session=False)) is None:
                raise BillClosed()
            withdraw(db, f"skpd_{row.jenis}", row.id, now=now)
        except BillClosed as error:
            raise Conflict(N_("SKPDKB yang terbit sebelumnya baru saja dibayar. Muat ulang halaman.")) from error
        revoke_assessment(db, actor, row, "Diganti pembetulan baru", now=now)
        db.refresh(row)
        total += row.pokok
    return total


def _charge(db: Session, actor: Actor, sppt: SPPT, settled: int, now: datetime) -> None:
    """SKPDKB over what is missing; without interest, since the taxpayer paid what the SPPT said."""
    missing = sppt.terutang - settled
    steps = _beside(explained(db, sppt), settled, Step(N_("Kurang bayar"), f"{rp(sppt.terutang)} − {rp(settled)}", missing))
    day = regency_day(now).replace(day=1)
    words = f"PBB-P2 {sppt.tahun} NOP {show_nop(sppt.nop)}"
    assess(
        db, actor, surat="SKPDKB", jenis="pbb", kunci=f"{shortfall_key(sppt)}{sppt.versi}", wp_id=sppt.wp_id, uraian=words, masa=day,
        found=Calculation(steps, missing), desa_code=sppt.desa_code, reason=sppt.sebab, now=now,
    )  # fmt: skip


def _beside(found: Calculation, settled: int, last: Step) -> tuple[Step, ...]:
    return (*found.steps, Step(N_("Sudah dibayar"), f"− {rp(settled)}", settled), last)


def _give_back(db: Session, actor: Actor, sppt: SPPT, settled: int, owed: int, way: str, now: datetime) -> None:
    words = f"PBB-P2 {sppt.tahun} NOP {show_nop(sppt.nop)}: {sppt.sebab}"
    _settle(db, actor, sppt, ("sppt", sppt.id), settled, owed, way, words, now)


def _settle(db: Session, actor: Actor, row: Any, origin: tuple[str, int], settled: int, owed: int, way: str, words: str, now: datetime) -> int:
    """Of `row`, which was paid, what is more than owed goes back or is kept, with the interest that was paid on it."""
    amount = min(settled - owed + _interest_between(db, row, settled, owed), row.dibayar)
    if amount > 0:
        overpaid.settle(db, actor, way=way, amount=amount, wp_id=row.wp_id, origin=origin, bill_id=row.bill_id, reason=words, now=now)
        if way == overpaid.BACK:
            row.dibayar -= amount
        db.flush()
    return amount


def _interest_between(db: Session, row: Any, settled: int, owed: int) -> int:
    """Interest that was paid on the part that goes back."""
    bill = db.get(Bill, row.bill_id) if row.bill_id else None
    if bill is None or not bill.paid_penalty or row.paid_at is None:
        return 0
    day = regency_day(row.paid_at)
    return interest_on(db, settled, row.jatuh_tempo, day) - interest_on(db, owed, row.jatuh_tempo, day)


# --------------------------------------------------------------------------------------------------------- SKPD of the office


def correct_assessment(db: Session, actor: Actor, row_id: int, base: int, reason: str, *, way: str = overpaid.BACK, now: datetime) -> Ketetapan:
    """Correct an assessment from another base: an unpaid one is replaced; a paid one stays, and an SKPDKB or SKPDLB follows it."""
    actor.require(ASSESS)
    if not reason.strip():
        raise InvalidInput(N_("Tuliskan alasan pembetulan."), field="sebab")
    row = db.get(Ketetapan, row_id)
    if row is None:
        raise NotFound()
    found = recomputed(db, row, base)
    if row.status != "lunas":
        return replace_unpaid(db, actor, row, found, reason.strip(), now=now)
    holding = update(Ketetapan).where(Ketetapan.id == row.id).values(status=Ketetapan.status)  # two officers wait for each other here
    db.execute(holding.execution_options(synchronize_session=False))
    return _follow(db, actor, row, found, reason.strip(), way, now)


def _follow(db: Session, actor: Actor, row: Ketetapan, found: Calculation, reason: str, way: str, now: datetime) -> Ketetapan:
    _take_back(db, actor, Ketetapan.ganti_id == row.id, now)
    later = list(db.scalars(select(Ketetapan).where(Ketetapan.ganti_id == row.id, Ketetapan.status != "diganti").order_by(Ketetapan.id)).unique())
    settled = row.pokok + sum(one.pokok for one in later) - sum(one.hitungan[-1][2] for one in later if one.surat == "SKPDLB")
    if found.total == settled:
        raise InvalidInput(N_("Tidak ada yang berubah."), field="dasar")
    number = db.scalar(select(func.count()).select_from(Ketetapan).where(Ketetapan.ganti_id == row.id)) or 0
    common: dict[str, Any] = {
        "jenis": row.jenis, "kunci": f"{row.kunci}#{row.id}+{number + 1}", "wp_id": row.wp_id, "uraian": row.uraian, "masa": row.masa,
        "desa_code": row.desa_code, "follows": row, "reason": reason, "now": now,
    }  # fmt: skip
    if found.total > settled:
        missing = found.total - settled
        steps = _beside(found, settled, Step(N_("Kurang bayar"), f"{rp(found.total)} − {rp(settled)}", missing))
        return assess(db, actor, surat="SKPDKB", found=Calculation(steps, missing), **common)
    too_much = settled - found.total
    steps = _beside(found, settled, Step(N_("Lebih bayar"), f"{rp(settled)} − {rp(found.total)}", too_much))
    made = assess(db, actor, surat="SKPDLB", found=Calculation(steps, 0), **common)
    _settle(db, actor, row, ("ketetapan", made.id), settled, found.total, way, f"{row.nomor}: {reason}", now)
    return made
