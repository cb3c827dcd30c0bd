"""The days of somebody's permits in their own calendar: when a visit is, when a permit ends. No account is asked for, only the secret address."""

from __future__ import annotations

import secrets
from datetime import date, datetime, time

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pendopo import NotFound, _
from pendopo.db import insert_once
from pendopo.http import url, whole_url
from pendopo.identity import Actor
from pendopo.kit.berkas import Berkas
from pendopo.kit.calendar import calendar_for
from pendopo.kit.ics import IcsEvent

from .models import Izin, Kalender, Permohonan

MORNING = time(8, 0)
A_DAY_MIN = 24 * 60


def address_of(db: Session, account_id: int) -> str:
    """Where the calendar lies; "" until somebody asked for one."""
    row = db.get(Kalender, account_id)
    return whole_url(url("simponie:feed", token=row.token)) if row is not None else ""


def give_address(db: Session, actor: Actor) -> None:
    """A new address for the citizen whom `actor` is; whoever had the old one sees nothing any more."""
    actor.require_signed_in()
    db.execute(delete(Kalender).where(Kalender.account_id == actor.citizen_id).execution_options(synchronize_session="fetch"))
    insert_once(db, Kalender, unique=("account_id",), account_id=actor.citizen_id, token=secrets.token_urlsafe(24))


def owner_of(db: Session, token: str) -> int:
    """Raises NotFound for an address that was never given, or is no longer."""
    account_id = db.scalar(select(Kalender.account_id).where(Kalender.token == token[:40]))
    if account_id is None:
        raise NotFound()
    return account_id


def visits_of(db: Session, account_id: int, first: date, last: date) -> list[Permohonan]:
    """Applications of somebody that officers come to look at."""
    mine = select(Permohonan).join(Permohonan.berkas).where(Berkas.applicant_id == account_id, Berkas.state == "peninjauan_lapangan")
    return list(db.scalars(mine.where(Permohonan.inspect_on.between(first, last)).order_by(Permohonan.inspect_on, Permohonan.berkas_id)))


def endings_of(db: Session, account_id: int, first: date, last: date) -> list[Izin]:
    """Permits that somebody holds and that end between two days."""
    mine = select(Izin).where(Izin.holder_id == account_id, Izin.status == "berlaku", Izin.valid_until.between(first, last))
    return list(db.scalars(mine.order_by(Izin.valid_until, Izin.id)))


def events_of(db: Session, account_id: int, *, now: datetime) -> list[IcsEvent]:
    """Visits and ends from today on. A permit's alarm goes when it may be renewed."""
    calendar = calendar_for(db)
    today = calendar.local(now).date()
    site = whole_url("/").split("//")[-1].rstrip("/")
    told = [
        IcsEvent(
            f"tinjauan-{row.berkas_id}@{site}",
            _("Peninjauan lapangan: %(title)s") % {"title": row.type.title},
            calendar.at(row.inspect_on, MORNING),
            calendar.at(row.inspect_on, calendar.close),
            row.address,
            row.berkas.register,
            whole_url(url("simponie:berkas", id=row.berkas_id)),
            alarm_minutes=A_DAY_MIN,
        )
        for row in visits_of(db, account_id, today, date.max)
    ]
    for izin in endings_of(db, account_id, today, date.max):
        told.append(
            IcsEvent(
                f"izin-{izin.id}@{site}",
                _("%(name)s berakhir") % {"name": izin.jenis.title},
                calendar.at(izin.valid_until, MORNING),
                calendar.at(izin.valid_until, calendar.close),
                text=izin.number,
                link=whole_url(url("simponie:mine")),
                alarm_minutes=A_DAY_MIN * (izin.jenis.data.get("perpanjangan_hari", 30) or 30),
            )
        )
    return told
