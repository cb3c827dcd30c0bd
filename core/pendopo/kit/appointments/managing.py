"""What heads of counters set: opening hours, capacity, closed times; and the chores of every night."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ... import live
from ...errors import InvalidInput, NotFound
from ...i18n import N_
from ...identity import Actor, record, regency_day
from .models import ABSENT, BOOKED, CALLED, CANCELLED, DONE, HERE, Appointment, Counter, CounterClosure
from .services import MANAGE, counter_of, tell, topic_of

MOST_MINUTES = 240


def save_counter(db: Session, actor: Actor, counter: Counter | None, values: dict[str, Any]) -> Counter:
    """Make or change a counter. Appointments that stand are kept whatever the new hours are."""
    opd_id = values.get("opd_id", counter.opd_id if counter else None)
    actor.require(MANAGE, opd_id)
    if counter is None:
        counter = Counter(opd_id=opd_id)
        db.add(counter)
    else:
        actor.require(MANAGE, counter.opd_id)
    for name, value in values.items():
        setattr(counter, name, value)
    db.flush()
    record(db, actor, "janji.counter_saved", f"counter:{counter.id}", {"title": counter.title, "open": counter.is_open})
    live.publish(db, topic_of(counter.id))
    return counter


def closures(db: Session, counter_id: int, *, now: datetime) -> list[CounterClosure]:
    rows = select(CounterClosure).where(CounterClosure.counter_id == counter_id, CounterClosure.ends_at > now)
    return list(db.scalars(rows.order_by(CounterClosure.starts_at)))


def close_between(db: Session, actor: Actor, counter_id: int, start: datetime, end: datetime, reason: str, *, now: datetime) -> int:
    """Close a counter for a while. Whoever has an appointment then is told with the reason. Returns how many."""
    counter = counter_of(db, counter_id)
    actor.require(MANAGE, counter.opd_id)
    reason = " ".join(reason.split())[:200]
    if end <= start:
        raise InvalidInput(N_("Waktu selesai harus sesudah waktu mulai."), field="ends_at")
    if not reason:
        raise InvalidInput(N_("Tulis alasan; warga membacanya."), field="reason")
    db.add(CounterClosure(counter_id=counter.id, starts_at=start, ends_at=end, reason=reason))
    db.flush()
    touched = (Appointment.counter_id == counter.id, Appointment.starts_at < end, Appointment.ends_at > start, Appointment.state == BOOKED)
    given_up = {"state": CANCELLED, "seat": None, "open_key": None, "reason": reason, "ended_at": now}
    rows = list(db.scalars(update(Appointment).where(*touched).values(**given_up).returning(Appointment), execution_options={"populate_existing": True}))
    for row in rows:
        tell(db, counter, row, "cancelled")
    record(db, actor, "janji.counter_closed", f"counter:{counter.id}", {"from": start, "to": end, "cancelled": len(rows)})
    live.publish(db, topic_of(counter.id))
    return len(rows)


def reopen(db: Session, actor: Actor, closure_id: int) -> Counter:
    """Take a closed time away. Raises NotFound."""
    closure = db.get(CounterClosure, closure_id)
    if closure is None:
        raise NotFound()
    counter = counter_of(db, closure.counter_id)
    actor.require(MANAGE, counter.opd_id)
    db.delete(closure)
    db.flush()
    return counter


# -------------------------------------------------------------------------------------------------------------- chores


def remind(db: Session, *, now: datetime) -> int:
    """Tell everyone who has an appointment tomorrow, once for each time it is on. Returns how many were told."""
    tomorrow = regency_day(now) + timedelta(days=1)
    due = (Appointment.state == BOOKED, Appointment.day == tomorrow, Appointment.reminded_at.is_(None), Appointment.account_id.is_not(None))
    rows = list(db.scalars(update(Appointment).where(*due).values(reminded_at=now).returning(Appointment), execution_options={"populate_existing": True}))
    for row in rows:
        tell(db, counter_of(db, row.counter_id), row, "reminder")
    return len(rows)


def close_days(db: Session, today: date, now: datetime) -> int:
    """Nothing stays open of days before, so that everyone may book again: who came was served, who did not is absent."""
    closed = 0
    for state, ended in ((BOOKED, ABSENT), (HERE, DONE), (CALLED, DONE)):
        past = update(Appointment).where(Appointment.state == state, Appointment.day < today)
        closed += len(db.execute(past.values(state=ended, open_key=None, ended_at=now).returning(Appointment.id)).all())
    return closed


def run_reminders(portal: Any, now: datetime) -> None:
    with portal.db.session() as db:
        remind(db, now=now)


def run_nightly(portal: Any, now: datetime) -> None:
    with portal.db.session() as db:
        close_days(db, regency_day(now), now)
