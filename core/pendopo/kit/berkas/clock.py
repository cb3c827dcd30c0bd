"""The clock of a matter: it starts, pauses, goes on and stops, in working days."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from ..calendar import Calendar, CalendarNotLoaded, calendar_for
from ..settings import value
from .models import Berkas
from .workflow import Deadline

WARN_AT = 0.8  # of the deadline; gawe.md section 4


def days_of(db: Session, deadline: Deadline, now: datetime) -> int:
    """The working days of a deadline as the operator set them for this day."""
    return int(value(db, deadline.setting, on=calendar_for(db).local(now).date())) if deadline.setting else deadline.days


def start(db: Session, berkas: Berkas, deadline: Deadline, now: datetime) -> None:
    """Begin counting from `now`."""
    berkas.clock, berkas.clock_from, berkas.deadline_days = "run", now, days_of(db, deadline, now)
    berkas.paused_at = berkas.stopped_at = None
    berkas.escalation = 0
    fix_dates(calendar_for(db), berkas)


def start_until(berkas: Berkas, due: datetime, now: datetime) -> None:
    """A deadline that somebody named."""
    berkas.clock, berkas.clock_from, berkas.deadline_days = "run", now, None
    berkas.paused_at = berkas.stopped_at = None
    berkas.escalation = 0
    berkas.due_at = due
    berkas.warn_at = now + (due - now) * WARN_AT if due > now else due


def fix_dates(calendar: Calendar, berkas: Berkas) -> bool:
    """Compute when it is due. False when the calendar of that year is not loaded: the date then waits, nobody is refused."""
    if berkas.deadline_days is None or berkas.clock_from is None:
        return True
    try:
        berkas.due_at = calendar.add_working_days(berkas.clock_from, berkas.deadline_days)
        berkas.warn_at = calendar.at(calendar.add_days(calendar.day_zero(berkas.clock_from), int(berkas.deadline_days * WARN_AT)), calendar.close)
    except CalendarNotLoaded:
        berkas.due_at = berkas.warn_at = None
        return False
    return True


def pause(berkas: Berkas, now: datetime) -> None:
    if berkas.clock == "run":
        berkas.clock, berkas.paused_at = "pause", now


def resume(db: Session, berkas: Berkas, now: datetime) -> None:
    """Go on, later by the working days for which it stood still."""
    if berkas.clock != "pause" or berkas.paused_at is None:
        return
    calendar = calendar_for(db)
    try:
        if berkas.due_at is not None:
            berkas.due_at = calendar.extend(berkas.due_at, berkas.paused_at, now)
        if berkas.warn_at is not None and berkas.escalation == 0:
            berkas.warn_at = calendar.extend(berkas.warn_at, berkas.paused_at, now)
    except CalendarNotLoaded:
        _count_pause(calendar, berkas, now)
    berkas.clock, berkas.paused_at = "run", None


def _count_pause(calendar: Calendar, berkas: Berkas, now: datetime) -> None:
    """The new date lies in a year without calendar: keep the pause as days more, for when it is loaded."""
    paused = calendar.local(berkas.paused_at).date()
    still = sum(1 for n in range(1, (calendar.local(now).date() - paused).days + 1) if (paused + timedelta(days=n)).weekday() not in calendar.free)
    berkas.deadline_days = (berkas.deadline_days or 0) + still
    berkas.due_at = berkas.warn_at = None


def stop(berkas: Berkas, now: datetime) -> None:
    """The clock ends; `due_at` stays, to tell whether it was in time."""
    if berkas.clock != "stop":
        berkas.clock, berkas.stopped_at, berkas.paused_at = "stop", now, None


def was_in_time(berkas: Berkas) -> bool | None:
    """Did the clock end before its deadline? None while it runs or without one."""
    return None if berkas.stopped_at is None or berkas.due_at is None else berkas.stopped_at <= berkas.due_at


def days_left(calendar: Calendar, berkas: Berkas, now: datetime) -> int | None:
    """Working days until it is due, negative once passed; None when that can't be said."""
    if berkas.due_at is None or berkas.clock == "stop":
        return None
    at = berkas.paused_at or now
    try:
        return calendar.working_days_between(calendar.local(at).date(), calendar.local(berkas.due_at).date())
    except CalendarNotLoaded:
        return None
