"""PBB-P2 assessments: computing, publishing a year, correcting, reducing. What was published never changes: a correction is
a new SPPT that points to its reason, and one statement decides who of two officers makes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound, PermissionRefused
from pendopo.db import insert_into
from pendopo.identity import Actor, record

from . import overpaid, settling
from .models import SPPT, Objek, WajibPajak
from .options import first_day, option, pbb_due
from .paper import renew_paper
from .paying import BillClosed, withdraw
from .rules import Calculation, Ground, Rate, pbb, percent_of
from .tariffs import Table, rates_on

ASSESS = "pajak.assess"
CHUNK = 5000
UNPAID, PAID = ("belum", "nihil"), "lunas"


class AssessmentChanged(Conflict):
    message = N_("SPPT ini baru saja dibayar atau diganti petugas lain. Muat ulang halaman untuk melihat yang berlaku.")


def compute(ground: Ground, peruntukan: str, table: Table, njoptkp: int, to: int = 1, source: str = "") -> tuple[Calculation, Rate, Rate]:
    """`(computation, assessed share, tariff)` of an object by the tariffs of a day."""
    assessed, rate = table.rate("pbb_njkp", peruntukan, ground.njop), table.rate("pbb", peruntukan, ground.njop)
    return pbb(ground, njoptkp=njoptkp, assessed=assessed, rate=rate, to=to, njoptkp_source=source), assessed, rate


def row_values(objek: Any, plan: Publishing, by: int | None) -> dict[str, Any]:
    """The columns of a new SPPT of `objek`, a row with the columns of Objek and its taxpayer's name and address."""
    year, table, to, due, now = plan.year, plan.table, plan.rounding, plan.due, plan.now
    njoptkp = plan.njoptkp if plan.holders.get(objek.wp_id) == objek.nop else 0
    ground = Ground(objek.luas_bumi, objek.njop_bumi_m2, objek.luas_bangunan, objek.njop_bangunan_m2)
    njop = ground.njop
    assessed, rate = table.rate("pbb_njkp", objek.peruntukan, njop), table.rate("pbb", objek.peruntukan, njop)
    tax = percent_of(max(0, njop - njoptkp), assessed.percent, rate.percent, to=to)
    return {
        "nop": objek.nop,
        "tahun": year,
        "versi": 1,
        "berlaku": True,
        "wp_id": objek.wp_id,
        "nama": objek.wp_nama,
        "alamat": objek.wp_alamat,
        "desa_code": objek.desa_code,
        "luas_bumi": objek.luas_bumi,
        "njop_bumi_m2": objek.njop_bumi_m2,
        "luas_bangunan": objek.luas_bangunan,
        "njop_bangunan_m2": objek.njop_bangunan_m2,
        "peruntukan": objek.peruntukan,
        "njop": njop,
        "njoptkp": njoptkp,
        "njkp_persen": f"{assessed.percent:f}",
        "tarif_persen": f"{rate.percent:f}",
        "pokok": tax,
        "pengurangan": 0,
        "terutang": tax,
        "jatuh_tempo": due,
        "terbit_at": now,
        "status": "belum" if tax else "nihil",
        "sebab": "",
        "set_by": by,
        "dibayar": 0,
        "ntpd": "",
        "ditegur": 0,
    }


def _holders(db: Session, year: int) -> dict[int, str]:
    """For each taxpayer the NOP that has NJOPTKP in a year: the highest NJOP. Whoever has it on an SPPT already has it there."""
    njop = Objek.luas_bumi * Objek.njop_bumi_m2 + Objek.luas_bangunan * Objek.njop_bangunan_m2
    best: dict[int, tuple[int, str]] = {}
    for wp_id, nop, value in db.execute(select(Objek.wp_id, Objek.nop, njop).where(Objek.aktif)):
        held = best.get(wp_id)
        if held is None or (-value, nop) < held:
            best[wp_id] = (-value, nop)
    found = {wp_id: nop for wp_id, (_value, nop) in best.items()}
    found.update(db.execute(select(SPPT.wp_id, SPPT.nop).where(SPPT.tahun == year, SPPT.berlaku, SPPT.njoptkp > 0)).all())
    return found


@dataclass
class Publishing:
    """A year's assessments on their way: what they are computed with, and how far they are."""

    year: int
    table: Table
    rounding: int
    njoptkp: int
    due: date
    holders: dict[int, str]
    now: datetime
    credits: set[int] = field(default_factory=set)  # taxpayers with something to compensate
    after: str = ""
    made: int = 0


def publishing(db: Session, year: int, *, now: datetime) -> Publishing:
    day = first_day(year)
    to, free = int(option(db, "pembulatan", day)), int(option(db, "njoptkp", day))
    return Publishing(year, rates_on(db, day), to, free, pbb_due(db, year), _holders(db, year), now, overpaid.with_credits(db))


def check_publishing(actor: Actor, year: int, now: datetime) -> None:
    actor.require(ASSESS)
    if not 1994 <= year <= now.year + 1:
        raise InvalidInput(N_("Tahun pajak ini tidak masuk akal."), field="tahun")


def publish_part(db: Session, plan: Publishing, *, by: int | None) -> int:
    """The next CHUNK of active objects without an SPPT of the year; how many there were, 0 at the end."""
    has = select(SPPT.id).where(SPPT.tahun == plan.year, SPPT.nop == Objek.nop, SPPT.berlaku).exists()
    query = select(*Objek.__table__.columns, WajibPajak.nama.label("wp_nama"), WajibPajak.alamat.label("wp_alamat")).join(
        WajibPajak, WajibPajak.id == Objek.wp_id
    )
    rows = db.execute(query.where(Objek.aktif, Objek.nop > plan.after, ~has).order_by(Objek.nop).limit(CHUNK)).all()
    if not rows:
        return 0
    plan.after = rows[-1].nop
    values = [row_values(row, plan, by) for row in rows]
    making = insert_into(db, SPPT.__table__).on_conflict_do_nothing().returning(SPPT.__table__.c.id)
    made = [sppt_id for (sppt_id,) in db.execute(making, values)]
    plan.made += len(made)
    if plan.credits:
        for sppt in db.scalars(select(SPPT).where(SPPT.id.in_(made), SPPT.wp_id.in_(plan.credits), SPPT.terutang > 0).order_by(SPPT.id)):
            overpaid.compensate(db, sppt)
    return len(rows)


def publish_year(db: Session, actor: Actor, year: int, *, now: datetime) -> int:
    """Make the SPPT of a year for every active object that has none yet; returns how many. Two officers at once make one each."""
    check_publishing(actor, year, now)
    plan = publishing(db, year, now=now)
    while publish_part(db, plan, by=actor.account_id):
        pass
    record(db, actor, "pajak.published", f"sppt:{year}", {"jumlah": plan.made})
    return plan.made


# -------------------------------------------------------------------------------------------------------- changing one


def get_sppt(db: Session, sppt_id: int) -> SPPT:
    row = db.get(SPPT, sppt_id)
    if row is None:
        raise NotFound()
    return row


def current_sppt(db: Session, nop: str, year: int) -> SPPT | None:
    return db.scalar(select(SPPT).where(SPPT.nop == nop, SPPT.tahun == year, SPPT.berlaku))


def _retire(db: Session, sppt: SPPT, now: datetime, status: str = "diganti") -> None:
    """Take an SPPT out of force: one statement, so that of two officers, or an officer and a payment, one wins."""
    frm = (PAID,) if sppt.status == PAID else UNPAID
    taking = update(SPPT).where(SPPT.id == sppt.id, SPPT.berlaku, SPPT.status.in_(frm)).values(berlaku=False, status=status).returning(SPPT.id)
    if db.scalar(taking.execution_options(synchronize_session=False)) is None:
        raise AssessmentChanged()
    if frm == UNPAID:
        try:
            withdraw(db, "pbb", sppt.id, now=now)
        except BillClosed as error:
            raise AssessmentChanged() from error


COPIED = (
    "nop", "tahun", "wp_id", "nama", "alamat", "desa_code", "luas_bumi", "njop_bumi_m2", "luas_bangunan", "njop_bangunan_m2", "peruntukan", "njoptkp",
    "pengurangan", "diantar_on", "diantar_by",
)  # fmt: skip
GROUND = ("luas_bumi", "njop_bumi_m2", "luas_bangunan", "njop_bangunan_m2", "peruntukan", "njoptkp")
PAYMENT = ("paid_at", "dibayar", "ntpd", "bill_id")


def _renew(db: Session, actor: Actor, old: SPPT, changes: dict[str, Any], reason: str, now: datetime, way: str = overpaid.BACK) -> SPPT:
    """A new SPPT in place of `old`, by the tariffs of its year. Of a paid one the payment goes over, and `settling` balances it."""
    was_paid = old.status == PAID
    values = {name: getattr(old, name) for name in COPIED} | changes
    values |= {name: getattr(old, name) for name in PAYMENT if was_paid}
    percent = values.pop("pengurangan_persen", None)
    if values["wp_id"] != old.wp_id and old.njoptkp and _has_njoptkp(db, values["wp_id"], old.tahun):
        values["njoptkp"] = 0
    values |= _computed_anew(db, old, values, percent)
    kept = min(old.kompensasi, values["terutang"]) if values["wp_id"] == old.wp_id else 0
    values |= {"kompensasi": kept, "terutang": values["terutang"] - kept}
    values["status"] = PAID if was_paid else "belum" if values["terutang"] else "nihil"
    _retire(db, old, now)
    row = SPPT(**values, versi=old.versi + 1, berlaku=True, jatuh_tempo=old.jatuh_tempo, terbit_at=now, sebab=reason[:200], set_by=actor.account_id)
    db.add(row)
    db.flush()
    overpaid.release(db, old, old.kompensasi - kept, now)
    record(db, actor, "pajak.corrected", f"sppt:{row.nop}:{row.tahun}", {"dari": old.id, "menjadi": row.id, "terutang": row.terutang, "sebab": row.sebab})
    if was_paid:
        settling.balance(db, actor, old, row, way, now=now)
        use_credits(db, actor, row.wp_id, now=now)
    renew_paper(db, actor, old, row, now=now)
    db.expire(old)
    return row


def _has_njoptkp(db: Session, wp_id: int, year: int) -> bool:
    """Has the taxpayer the free part of a year on an object already?"""
    return db.scalar(select(SPPT.id).where(SPPT.wp_id == wp_id, SPPT.tahun == year, SPPT.berlaku, SPPT.njoptkp > 0).limit(1)) is not None


def _computed_anew(db: Session, old: SPPT, values: dict[str, Any], percent: Decimal | None) -> dict[str, Any]:
    """Tax and what is owed of it; as it was where nothing of the ground changed (another system may have computed it)."""
    day = first_day(old.tahun)
    to = int(option(db, "pembulatan", day))
    found = {"njop": old.njop, "pokok": old.pokok, "njkp_persen": old.njkp_persen, "tarif_persen": old.tarif_persen}
    if any(values[name] != getattr(old, name) for name in GROUND):
        ground = Ground(values["luas_bumi"], values["njop_bumi_m2"], values["luas_bangunan"], values["njop_bangunan_m2"])
        computed, assessed, rate = compute(ground, values["peruntukan"], rates_on(db, day), values["njoptkp"], to)
        found = {"njop": ground.njop, "pokok": computed.total, "njkp_persen": f"{assessed.percent:f}", "tarif_persen": f"{rate.percent:f}"}
    less = percent_of(found["pokok"], percent, to=to) if percent is not None else min(values["pengurangan"], found["pokok"])
    return found | {"pengurangan": less, "terutang": found["pokok"] - less}


CORRECTABLE = ("nama", "alamat", "luas_bumi", "njop_bumi_m2", "luas_bangunan", "njop_bangunan_m2", "peruntukan", "wp_id")


def correct(db: Session, actor: Actor, sppt_id: int, changes: dict[str, Any], reason: str, *, way: str = overpaid.BACK, now: datetime) -> SPPT:
    """Correct an SPPT and its object; returns the new SPPT. Raises AssessmentChanged when it was replaced meanwhile.

    Of a paid one, too little becomes an SKPDKB and too much goes back or is compensated (`way`).
    """
    actor.require(ASSESS)
    if unknown := set(changes) - set(CORRECTABLE):
        raise PermissionRefused(N_("Bagian ini tidak dapat dibetulkan: %(names)s."), names=", ".join(sorted(unknown)))
    old = get_sppt(db, sppt_id)
    if not reason.strip():
        raise InvalidInput(N_("Tuliskan alasan pembetulan."), field="sebab")
    if not any(getattr(old, name) != value for name, value in changes.items()):
        raise InvalidInput(N_("Tidak ada yang berubah."))
    row = _renew(db, actor, old, changes, reason.strip(), now, way)
    kept = {name: value for name, value in changes.items() if name not in ("nama", "alamat")}
    if kept:
        db.execute(update(Objek).where(Objek.nop == row.nop).values(**kept, changed_at=now).execution_options(synchronize_session=False))
    return row


def reduce(db: Session, actor: Actor, sppt_id: int, percent: Decimal, reason: str, *, way: str = overpaid.BACK, now: datetime) -> SPPT:
    """Reduce an SPPT by a percentage of its tax; returns the new SPPT."""
    actor.require(ASSESS)
    if not 0 < percent <= 100:
        raise InvalidInput(N_("Pengurangan antara 0 dan 100 persen."), field="persen")
    return _renew(db, actor, get_sppt(db, sppt_id), {"pengurangan_persen": percent}, reason, now, way)


def use_credits(db: Session, actor: Actor, wp_id: int, *, now: datetime) -> list[SPPT]:
    """Compensate what a taxpayer owes already, the oldest year first: a new SPPT for each that gets less."""
    owed = select(SPPT).where(SPPT.wp_id == wp_id, SPPT.berlaku, SPPT.status == "belum").order_by(SPPT.tahun, SPPT.nop)
    made = []
    for old in db.scalars(owed).all():
        if not overpaid.credits_of(db, wp_id):
            break
        row = _renew(db, actor, old, {}, str(overpaid.WAYS[overpaid.COMPENSATE]), now)
        overpaid.compensate(db, row)
        made.append(row)
    return made


def cancel(db: Session, actor: Actor, sppt_id: int, reason: str, *, way: str = overpaid.BACK, now: datetime) -> SPPT:
    """An SPPT that should never have been: of an object that is gone or counted twice. What was paid for it goes back."""
    actor.require(ASSESS)
    row = get_sppt(db, sppt_id)
    was_paid = row.status == PAID
    _retire(db, row, now, "batal")
    db.refresh(row)
    row.sebab = reason[:200]
    db.flush()
    overpaid.release(db, row, row.kompensasi, now)
    if was_paid:
        settling.give_all_back(db, actor, row, way, now=now)
        use_credits(db, actor, row.wp_id, now=now)
    renew_paper(db, actor, row, None, now=now)
    record(db, actor, "pajak.cancelled", f"sppt:{row.nop}:{row.tahun}", {"sebab": row.sebab})
    return row


def deliver(db: Session, actor: Actor, sppt_ids: Sequence[int], on: date) -> int:
    """Note that papers were handed over (bukti antar): the time for objections runs from here. Returns how many were new."""
    actor.require("pajak.deliver")
    marking = update(SPPT).where(SPPT.id.in_(sppt_ids), SPPT.berlaku, SPPT.diantar_on.is_(None)).values(diantar_on=on, diantar_by=actor.account_id)
    return db.execute(marking.execution_options(synchronize_session=False)).rowcount


def years_of(db: Session, nop: str, most: int) -> list[SPPT]:
    """The SPPT in force of an object, newest year first."""
    return list(db.scalars(select(SPPT).where(SPPT.nop == nop, SPPT.berlaku).order_by(SPPT.tahun.desc()).limit(most)))


def versions_of(db: Session, sppt: SPPT) -> list[SPPT]:
    return list(db.scalars(select(SPPT).where(SPPT.nop == sppt.nop, SPPT.tahun == sppt.tahun).order_by(SPPT.versi)))
