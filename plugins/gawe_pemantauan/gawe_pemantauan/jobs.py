"""What happens by itself each morning: late reports, reminders, corrections that never came."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, _
from pendopo.http import url
from pendopo.i18n import format_date
from pendopo.identity import as_system, regency_day
from pendopo.kit.berkas import Berkas, move_berkas
from pendopo.notifications import notify

from . import opening
from .kind import KINDS
from .models import Proposal
from .options import option
from .rules import is_late

SYSTEM = as_system(N_("Pemeriksaan harian"))
BATCH = 500
REMIND_DAYS = (30, 7, 1)


def _waiting(db: Session, state: str) -> list[Proposal]:
    kinds = tuple(kind.slug for kind in KINDS)
    query = select(Proposal).join(Proposal.berkas).where(Berkas.kind.in_(kinds), Berkas.state == state)
    return list(db.scalars(query.order_by(Proposal.berkas_id).limit(BATCH)).unique())


def mark_late(db: Session, *, now: datetime) -> int:
    """Reports whose day has passed become late. Returns how many."""
    today = regency_day(now)
    return sum(_move(db, row, "tandai_terlambat", "", now) for row in _waiting(db, "lpj_ditunggu") if is_late(row.lpj_due_on, today))


def remind(db: Session, *, now: datetime) -> int:
    """Tell applicants thirty days, a week and a day before the report is due. Returns how many were told."""
    today, told = regency_day(now), 0
    for row in _waiting(db, "lpj_ditunggu"):
        left = (row.lpj_due_on - today).days if row.lpj_due_on else None
        if left not in REMIND_DAYS or row.berkas.applicant_id is None:
            continue
        told += 1
        notify(
            db,
            topic="pemantauan.lpj",
            to=[row.berkas.applicant_id],
            template="gawe_pemantauan/notify/lpj",
            context={"title": row.berkas.title, "register": row.berkas.register, "due": format_date(row.lpj_due_on), "days": left},
            url=url("pemantauan:berkas", id=row.berkas_id),
            key=f"lpj:{row.berkas_id}:{row.lpj_due_on}:{left}",
        )
    return told


def drop_uncorrected(db: Session, *, now: datetime) -> int:
    """Close what was to be corrected and was not. Returns how many."""
    days = int(option(db, "perbaikan_hari"))
    note = _("Perbaikan tidak dikirim dalam %(n)s hari. Anda dapat mengajukan lagi selama masa usulan terbuka.") % {"n": days}
    return sum(_move(db, row, "gugurkan", note, now) for row in _waiting(db, "perbaikan") if row.berkas.moved_at <= now - timedelta(days=days))


def _move(db: Session, proposal: Proposal, step: str, note: str, now: datetime) -> bool:
    try:
        with db.begin_nested():
            move_berkas(db, SYSTEM, proposal.berkas_id, step, note=note, now=now)
    except Conflict:
        return False  # somebody moved it in this moment: the next morning looks again
    return True


def run(portal: Any, now: datetime) -> None:
    for work in (mark_late, remind, drop_uncorrected):
        with portal.db.session() as db:
            work(db, now=now)


def announce(portal: Any, now: datetime) -> None:
    with portal.db.session() as db:
        opening.announce(db, now=now)
