"""The board of the head of the office: what is late, where it lies, since when and why; and how many days each office spends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pendopo import N_, _, ngettext
from pendopo.identity import Actor, Opd
from pendopo.kit.berkas import Berkas
from pendopo.kit.calendar import Calendar, CalendarNotLoaded, calendar_for

from .kind import OVERSEE, PERMOHONAN, READ, STATE
from .models import Permohonan, Tahap

APPLICANT = N_("Pemohon")


@dataclass(frozen=True)
class Spent:
    """Working days that an application lay somewhere. `opd_id` None is the applicant."""

    office: str
    days: int
    opd_id: int | None


@dataclass(frozen=True)
class Late:
    """One application on the board."""

    row: Permohonan
    state: Any
    office: str
    since: datetime
    here: int  # working days in the present stage
    over: int  # working days past the stage's plan, 0 when in time
    left: int | None  # working days until the decision is due; negative when past
    why: str

    @property
    def is_late(self) -> bool:
        """Past the plan of its stage, past the day of decision, or deemed granted and still without a permit."""
        return self.over > 0 or (self.left is not None and self.left < 0) or self.state.slug == "dianggap_dikabulkan"


def between(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Working days from one moment to another; calendar days where a year's holidays are not loaded."""
    first, last = calendar.local(start).date(), calendar.local(end).date()
    try:
        return max(0, calendar.working_days_between(first, last))
    except CalendarNotLoaded:
        return (last - first).days


def office_names(db: Session) -> dict[int, str]:
    return dict(db.execute(select(Opd.id, Opd.short_name)).all())


def days_spent(db: Session, berkas_id: int, *, now: datetime) -> list[Spent]:
    """Working days at each office and with the applicant, the longest first."""
    calendar, names = calendar_for(db), office_names(db)
    sums: dict[int | None, int] = {}
    for stage in db.scalars(select(Tahap).where(Tahap.berkas_id == berkas_id).order_by(Tahap.since)):
        sums[stage.opd_id] = sums.get(stage.opd_id, 0) + between(calendar, stage.since, stage.until or now)
    found = [Spent(names.get(opd_id, "") if opd_id else _(APPLICANT), days, opd_id) for opd_id, days in sums.items()]
    return sorted(found, key=lambda spent: -spent.days)


def usual_days(db: Session, code: str, *, now: datetime, since_days: int = 180) -> list[Spent]:
    """How many working days applications of a type spent at each office lately, on average and rounded; public."""
    calendar, names = calendar_for(db), office_names(db)
    query = (
        select(Tahap.berkas_id, Tahap.opd_id, Tahap.since, Tahap.until)
        .join(Permohonan, Permohonan.berkas_id == Tahap.berkas_id)
        .where(
            Permohonan.kode == code, Permohonan.submitted_at >= now - timedelta(days=since_days), Permohonan.decided_at.is_not(None), Tahap.until.is_not(None)
        )
    )
    sums: dict[int | None, int] = {}
    matters = set()
    for berkas_id, opd_id, since, until in db.execute(query.limit(5000)):
        matters.add(berkas_id)
        sums[opd_id] = sums.get(opd_id, 0) + between(calendar, since, until)
    if not matters:
        return []
    found = [Spent(names.get(opd_id, "") if opd_id else _(APPLICANT), round(days / len(matters)), opd_id) for opd_id, days in sums.items()]
    return sorted(found, key=lambda spent: -spent.days)


def require_reader(actor: Actor) -> frozenset[int] | None:
    """The offices whose applications somebody sees on the board; None is all. Raises PermissionRefused."""
    if actor.can(OVERSEE):
        return actor.opd_scope(OVERSEE)
    actor.require(READ)
    return actor.opd_scope(READ)


def running(db: Session, actor: Actor, *, now: datetime, limit: int = 300) -> list[Late]:
    """Open applications, the most late first."""
    scope = require_reader(actor)
    query = (
        select(Permohonan, Tahap)
        .join(Permohonan.berkas)
        .join(Tahap, (Tahap.berkas_id == Permohonan.berkas_id) & Tahap.until.is_(None))
        .where(Berkas.is_open)
        .order_by(Berkas.due_at.is_(None), Berkas.due_at)
        .limit(limit)
    )
    if scope is not None:
        query = query.where(Berkas.opd_id.in_(scope))
    calendar, names = calendar_for(db), office_names(db)
    found = [_late(calendar, names, row, stage, now) for row, stage in db.execute(query)]
    return sorted(found, key=lambda late: (not late.is_late, -late.over, late.left is None, late.left if late.left is not None else 0, late.since))


def _late(calendar: Calendar, names: dict[int, str], row: Permohonan, stage: Tahap, now: datetime) -> Late:
    today = calendar.local(now).date()
    here = between(calendar, stage.since, now)
    over = _past(calendar, stage.due_on, today)
    left = None
    if row.berkas.due_at is not None and row.berkas.clock != "stop":
        left = -_past(calendar, calendar.local(row.berkas.due_at).date(), today) or _between_days(calendar, today, calendar.local(row.berkas.due_at).date())
    office = names.get(stage.opd_id, "") if stage.opd_id else _(APPLICANT)
    return Late(row, STATE[stage.state], office, stage.since, here, over, left, _why(stage, office, here, over, row))


def _past(calendar: Calendar, due: date | None, today: date) -> int:
    return _between_days(calendar, due, today) if due is not None and due < today else 0


def _between_days(calendar: Calendar, start: date, end: date) -> int:
    try:
        return calendar.working_days_between(start, end)
    except CalendarNotLoaded:
        return (end - start).days


def _why(stage: Tahap, office: str, here: int, over: int, row: Permohonan) -> str:
    """Why it lies where it lies, in one sentence."""
    if stage.state == "perbaikan":
        return _("Menunggu perbaikan dari pemohon; waktu layanan berhenti.")
    if stage.state == "menunggu_bayar":
        return _("Retribusi belum dibayar; waktu layanan berhenti.")
    if stage.state == "dianggap_dikabulkan":
        return _("Sudah dianggap dikabulkan; izinnya belum diterbitkan.")
    if here == 0 and not over:
        return _("Masuk ke %(office)s hari ini.") % {"office": office}
    lying = ngettext("Di %(office)s %(num)d hari kerja", "Di %(office)s %(num)d hari kerja", here) % {"office": office, "num": here}
    if over:
        return lying + ", " + ngettext("lewat %(num)d hari dari rencana tahap ini.", "lewat %(num)d hari dari rencana tahap ini.", over) % {"num": over}
    if stage.state == "peninjauan_lapangan" and row.inspect_on:
        from pendopo.i18n import format_date

        return lying + ", " + _("peninjauan dijadwalkan %(day)s.") % {"day": format_date(row.inspect_on)}
    return lying + "."


@dataclass(frozen=True)
class Load:
    """How much lies at an office, and how much of it is late by the plan of its stage."""

    office: str
    count: int
    late: int


def loads(rows: Sequence[Late]) -> list[Load]:
    names = dict.fromkeys(late.office for late in rows)
    return sorted(
        (Load(name, sum(r.office == name for r in rows), sum(r.office == name and r.over > 0 for r in rows)) for name in names),
        key=lambda load: (-load.late, -load.count),
    )


def counts(db: Session, *, now: datetime) -> dict[str, int]:
    """The figures above the board."""
    month = now - timedelta(days=30)
    open_ones = select(func.count()).select_from(Berkas).where(Berkas.kind == PERMOHONAN.slug, Berkas.is_open)
    return {
        "open": db.scalar(open_ones) or 0,
        "overdue": db.scalar(open_ones.where(Berkas.clock == "run", Berkas.due_at < now)) or 0,
        "soon": db.scalar(open_ones.where(Berkas.clock == "run", Berkas.due_at.between(now, now + timedelta(days=2)))) or 0,
        "deemed": db.scalar(select(func.count()).select_from(Permohonan).where(Permohonan.deemed_at >= month)) or 0,
        "decided": db.scalar(select(func.count()).select_from(Permohonan).where(Permohonan.decided_at >= month)) or 0,
    }
