"""Supervision of permits: planned visits, what was found, which sanction followed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound
from pendopo.identity import Actor, record
from pendopo.kit.calendar import calendar_for

from .kind import SUPERVISE
from .models import Izin, Pengawasan


def plan(db: Session, actor: Actor, izin_id: int, day: date, *, now: datetime) -> Pengawasan:
    """Plan a visit of supervision to a permit that holds. Raises InvalidInput for a day that is over."""
    actor.require(SUPERVISE)
    izin = db.get(Izin, izin_id)
    if izin is None:
        raise NotFound()
    if izin.status != "berlaku":
        raise Conflict(N_("Izin ini sudah tidak berlaku."))
    if day < calendar_for(db).local(now).date():
        raise InvalidInput(N_("Pilih tanggal hari ini atau sesudahnya."), field="planned_on")
    row = Pengawasan(izin_id=izin_id, planned_on=day, done_at=None, finding="", sanction="", by=actor.account_id)
    db.add(row)
    db.flush()
    return row


def get(db: Session, actor: Actor, pengawasan_id: int) -> Pengawasan:
    actor.require(SUPERVISE)
    row = db.get(Pengawasan, pengawasan_id)
    if row is None:
        raise NotFound()
    return row


def finish(db: Session, actor: Actor, pengawasan_id: int, finding: str, sanction: str, *, now: datetime) -> Pengawasan:
    """Write what was found, once. A proposed revocation is decided at the application (`cabut`). Raises Conflict when somebody did already."""
    actor.require(SUPERVISE)
    done = (
        update(Pengawasan)
        .where(Pengawasan.id == pengawasan_id, Pengawasan.done_at.is_(None))
        .values(done_at=now, finding=finding, sanction=sanction, by=actor.account_id)
    )
    row = db.scalar(done.returning(Pengawasan).execution_options(populate_existing=True))
    if row is None:
        raise Conflict(N_("Hasil pengawasan ini sudah dicatat."))
    record(db, actor, "simponie.supervised", f"izin:{row.izin_id}", {"sanction": sanction})
    return row


def of_permit(db: Session, izin_id: int) -> list[Pengawasan]:
    return list(db.scalars(select(Pengawasan).where(Pengawasan.izin_id == izin_id).order_by(Pengawasan.planned_on.desc(), Pengawasan.id.desc())))


def planned(db: Session, limit: int = 50) -> list[tuple[Pengawasan, Izin]]:
    """Visits that are still to be made, the nearest first."""
    query = select(Pengawasan, Izin).join(Izin, Izin.id == Pengawasan.izin_id).where(Pengawasan.done_at.is_(None)).order_by(Pengawasan.planned_on).limit(limit)
    return [(row, izin) for row, izin in db.execute(query)]
