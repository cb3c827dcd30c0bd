"""What happens by itself: deemed grants, repairs that never came, reminders of permits that run out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, _
from pendopo.identity import as_system
from pendopo.kit.berkas import Berkas, move_berkas
from pendopo.kit.calendar import calendar_for
from pendopo.notifications import notify

from .deemed import grant_overdue, uphold_overdue
from .kind import PERMOHONAN
from .models import Izin
from .options import option
from .permits import renewable_from
from .rules import repair_ends

SYSTEM = as_system(N_("Batas waktu perbaikan"))
BATCH = 500


def drop_unrepaired(db: Session, *, now: datetime) -> int:
    """Close what was to be repaired and was not, after the applicant's days. Returns how many."""
    days = int(option(db, "perbaikan_hari"))
    query = (
        select(Berkas.id, Berkas.moved_at)
        .where(Berkas.kind == PERMOHONAN.slug, Berkas.state == "perbaikan", Berkas.moved_at <= now - timedelta(days=days))
        .limit(BATCH)
    )
    dropped = 0
    for berkas_id, asked in db.execute(query).all():
        if repair_ends(asked, days) > now:
            continue
        try:
            with db.begin_nested():
                move_berkas(db, SYSTEM, berkas_id, "gugurkan", note=_("Tidak diperbaiki dalam %(n)s hari.") % {"n": days}, now=now)
        except Conflict:
            continue  # it was sent in this moment
        dropped += 1
    return dropped


def remind_holders(db: Session, *, now: datetime) -> int:
    """Tell holders once that their permit may be renewed now. Returns how many were told."""
    today = calendar_for(db).local(now).date()
    days = int(option(db, "ingatkan_hari"))
    horizon = today + timedelta(days=730)
    query = select(Izin).where(Izin.status == "berlaku", Izin.reminded.is_(False), Izin.valid_until.between(today, horizon), Izin.holder_id.is_not(None))
    told = 0
    for izin in db.scalars(query.order_by(Izin.valid_until).limit(BATCH)):
        start = renewable_from(izin, days)
        if start is None or start > today or izin.jenis.data.get("masa_berlaku_bulan") is None:
            continue
        izin.reminded = True
        notify(
            db,
            topic="simponie.perpanjang",
            to=[izin.holder_id],
            template="gawe_simponie/notify/perpanjang",
            context={"title": izin.jenis.nama, "number": izin.number, "until": izin.valid_until},
            url="/simponie/saya",
            key=f"perpanjang:{izin.id}",
        )
        told += 1
    return told


def run(portal: Any, now: datetime) -> None:
    for work in (grant_overdue, uphold_overdue, drop_unrepaired, remind_holders):
        with portal.db.session() as db:
            work(db, now=now)
