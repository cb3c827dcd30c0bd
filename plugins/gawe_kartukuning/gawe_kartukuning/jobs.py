"""What happens by itself: reminders before a report, the word after a missed one, and applications that nobody mended."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, _
from pendopo.identity import as_system
from pendopo.kit.berkas import Berkas, move_berkas
from pendopo.notifications import notify

from . import rules
from .applications import regency_date
from .models import Kartu, Lowongan, Pencari, Permohonan
from .options import number, reminders

SYSTEM = as_system(N_("Penutupan otomatis"))
BATCH = 500
MISSED = -1  # `reminded` after the holder was told that the day has passed
STALE_DAYS = 60


def remind_holders(db: Session, *, on: date) -> int:
    """Tell holders 30, 7 and 1 days before a report, and once when they missed it. Each is told once, however often this runs."""
    steps = reminders(db)
    farthest = max(steps, default=0)
    waiting = (
        select(Kartu)
        .join(Kartu.pencari)
        .where(
            Kartu.live_of.is_not(None),
            Kartu.revoked_at.is_(None),
            Kartu.valid_until >= on,
            Kartu.situation.not_in(rules.WORKING),
            Kartu.next_due.is_not(None),
            Kartu.next_due <= on + timedelta(days=farthest),
            or_(Kartu.reminded.is_(None), Kartu.reminded > MISSED),
            Pencari.account_id.is_not(None),
        )
        .order_by(Kartu.next_due, Kartu.id)
    )
    told = 0
    for card in db.scalars(waiting).all():
        told += _remind(db, card, on, steps)
    return told


def _remind(db: Session, card: Kartu, on: date, steps: tuple[int, ...]) -> bool:
    assert card.next_due is not None
    step = MISSED if card.next_due < on else rules.reminder_due(card.next_due, on, card.reminded, steps)
    if step is None:
        return False
    card.reminded = step
    last = card.next_due == card.valid_until
    grace = card.next_due + timedelta(days=number(db, "tenggang_hari", on))
    notify(
        db,
        topic="kartukuning.lapor",
        to=[card.pencari.account_id],
        template=f"gawe_kartukuning/notify/{'terlambat' if step == MISSED else 'lapor'}",
        context={"number": card.nomor, "due": card.next_due, "left": max((card.next_due - on).days, 0), "last": last, "grace": grace},
        url="/kartu-kuning/saya",
        key=f"lapor:{card.id}:{card.next_due.isoformat()}:{step}",
    )
    return True


def drop_stale(db: Session, *, now: datetime) -> int:
    """Close what was to be mended and was not, so that its person may apply anew. Returns how many."""
    late = now - timedelta(days=STALE_DAYS)
    query = select(Permohonan).join(Permohonan.berkas).where(Berkas.state == "perlu_perbaikan", Berkas.moved_at <= late).limit(BATCH)
    note = _("Permohonan tidak diperbaiki dalam %(n)s hari. Anda dapat mengajukan lagi kapan saja.") % {"n": STALE_DAYS}
    closed = 0
    for application in db.scalars(query).all():
        try:
            with db.begin_nested():
                move_berkas(db, SYSTEM, application.berkas_id, "gugurkan", note=note, now=now)
        except Conflict:
            continue  # its person sent it again in this moment
        closed += 1
    return closed


def close_vacancies(db: Session, *, on: date) -> int:
    """Vacancies whose day has passed are closed, so that lists and figures agree."""
    rows = db.scalars(select(Lowongan).where(and_(Lowongan.status == "terbit", Lowongan.penutupan < on))).all()
    for row in rows:
        row.status = "ditutup"
    return len(rows)


def run(portal: Any, now: datetime) -> None:
    with portal.db.session() as db:
        on = regency_date(db, now)
        remind_holders(db, on=on)
    with portal.db.session() as db:
        drop_stale(db, now=now)
    with portal.db.session() as db:
        close_vacancies(db, on=on)
