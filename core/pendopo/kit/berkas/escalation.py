"""Deadlines that come near are told before they pass, and again when they have."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...errors import Conflict
from ...identity import as_system, people_with
from ..calendar import calendar_for
from . import clock, writing
from .models import Berkas
from .reading import kind_of

SYSTEM = as_system("Tenggat")
BATCH = 500


def escalate(db: Session, *, now: datetime) -> int:
    """Tell of every open matter that came to 80 % of its deadline or passed it. Returns how many were told."""
    _date_waiting(db)
    running = select(Berkas).where(Berkas.is_open, Berkas.clock == "run")
    near = running.where(Berkas.escalation == 0, Berkas.warn_at <= now)
    passed = running.where(Berkas.escalation < 2, Berkas.due_at <= now)
    told = 0
    for level, query in ((2, passed), (1, near)):
        for berkas in db.scalars(query.order_by(Berkas.due_at).limit(BATCH)).all():
            told += _tell(db, berkas, level, now)
    return told


def _tell(db: Session, berkas: Berkas, level: int, now: datetime) -> bool:
    if berkas.escalation >= level:
        return False
    try:
        with db.begin_nested():
            writing.bump(db, berkas)
            berkas.escalation = level
            event = writing.append(db, berkas, SYSTEM, "escalated", by="system", now=now, public=False, data={"level": level})
            kind = kind_of(db, berkas)
            people = writing.staff_of(db, kind, berkas)
            for permission in kind.escalate[:level]:
                people += people_with(db, permission, berkas.opd_id)
            template = "overdue" if level == 2 else "due_soon"
            writing.tell_staff(
                db,
                berkas,
                template,
                f"tenggat:{berkas.id}:{event.id}",
                topic="berkas.tenggat",
                to=list(dict.fromkeys(people)),
                due=berkas.due_at,
                office=writing.opd_name(db, berkas.opd_id),
            )
            writing.show_live(db, berkas)
    except Conflict:
        return False  # somebody is moving it in this moment: the next round looks again
    return True


def _date_waiting(db: Session) -> None:
    """Matters opened before the holidays of a year were known get their date once they are."""
    calendar = calendar_for(db)
    waiting = select(Berkas).where(Berkas.is_open, Berkas.clock == "run", Berkas.due_at.is_(None), Berkas.deadline_days.is_not(None)).limit(BATCH)
    for berkas in db.scalars(waiting).all():
        clock.fix_dates(calendar, berkas)
    db.flush()


def run(portal, now: datetime) -> None:
    with portal.db.session() as db:
        escalate(db, now=now)
