"""What happens by itself: closing what nobody contradicts, dropping what nobody completes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, _
from pendopo.identity import as_system
from pendopo.kit.berkas import Berkas, move_berkas
from pendopo.kit.calendar import CalendarNotLoaded, calendar_for

from .models import Laporan
from .options import option

SYSTEM = as_system(N_("Penutupan otomatis"))
BATCH = 500


def close_settled(db: Session, *, now: datetime) -> int:
    """Close what was finished longer ago than its sender may contradict. Returns how many."""
    calendar = calendar_for(db)
    days = int(option(db, "tutup_otomatis_hk"))
    query = (
        select(Laporan)
        .join(Laporan.berkas)
        .where(Berkas.state.in_(("selesai_menurut_opd", "dikonfirmasi_pelapor")), Laporan.finished_at <= now - timedelta(days=days))
        .order_by(Laporan.finished_at)
        .limit(BATCH)
    )
    closed = 0
    for laporan in db.scalars(query).all():
        try:
            over = calendar.add_working_days(laporan.finished_at, days) < now
        except CalendarNotLoaded:
            continue  # whether the days are over can't be said yet: better later than too early
        closed += over and _move(db, laporan, "tutup", "", now)
    return closed


def drop_incomplete(db: Session, *, now: datetime) -> int:
    """Close what was to be completed and was not, after the days that the law leaves. Returns how many."""
    days = int(option(db, "lengkapi_hari"))
    query = select(Laporan).join(Laporan.berkas).where(Berkas.state == "tidak_lengkap", Berkas.moved_at <= now - timedelta(days=days)).limit(BATCH)
    note = _("Laporan tidak dilengkapi dalam %(n)s hari. Anda dapat membuat laporan baru kapan saja.") % {"n": days}
    return sum(_move(db, laporan, "gugurkan", note, now) for laporan in db.scalars(query).all())


def _move(db: Session, laporan: Laporan, step: str, note: str, now: datetime) -> bool:
    try:
        with db.begin_nested():
            move_berkas(db, SYSTEM, laporan.berkas_id, step, note=note, now=now)
    except Conflict:
        return False  # somebody moved it in this moment, or a plugin objects: the next round looks again
    return True


def run(portal: Any, now: datetime) -> None:
    with portal.db.session() as db:
        close_settled(db, now=now)
    with portal.db.session() as db:
        drop_incomplete(db, now=now)
