"""When a counter can be visited: opening hours, holidays, closed times and seats, as plain computing."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...errors import InvalidInput
from ...i18n import N_
from ...identity import regency_day
from ..calendar import Calendar, calendar_for
from .models import Appointment, Counter, CounterClosure

_CLOCK = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)")


@dataclass(frozen=True)
class Slot:
    """A time that a counter offers. `free`: how many may still book it."""

    starts_at: datetime
    ends_at: datetime
    free: int
    capacity: int


def read_clock(text: str) -> time:
    """`8.00` or `08:00`. Raises InvalidInput."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise InvalidInput(N_("Tulis jam seperti 08.00."))
    return time(int(found[1]), int(found[2]))


def read_hours(text: str) -> list[list[str]]:
    """`08.00-12.00, 13.00-15.00` as kept in `Counter.hours`. Raises InvalidInput."""
    found: list[tuple[time, time]] = []
    for part in filter(None, (piece.strip() for piece in re.split(r"[,;\n]", text))):
        first, mark, last = part.partition("-")
        if not mark:
            raise InvalidInput(N_("Tulis jam buka seperti 08.00-12.00, 13.00-15.00."))
        found.append((read_clock(first), read_clock(last)))
    found.sort()
    if any(start >= end for start, end in found) or any(a[1] > b[0] for a, b in itertools.pairwise(found)):
        raise InvalidInput(N_("Jam buka tidak boleh bertumpuk, dan jam tutup sesudah jam buka."))
    return [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in found]


def show_hours(periods: Sequence[Sequence[str]]) -> str:
    return ", ".join(f"{start.replace(':', '.')}-{end.replace(':', '.')}" for start, end in periods)


def is_open_on(hours: Mapping[str, Any], calendar: Calendar, day: date) -> bool:
    """Is that weekday worked and no holiday? A year whose holidays nobody entered is closed: nobody guesses."""
    return day.year in calendar.years and day not in calendar.holidays and bool(hours.get(str(day.weekday())))


def times_on(
    hours: Mapping[str, Any], minutes: int, calendar: Calendar, day: date, closed: Iterable[tuple[datetime, datetime]] = ()
) -> Iterator[tuple[datetime, datetime]]:
    """`(start, end)` of every slot of a day: whole ones only, inside opening hours, none that touches a closed time."""
    if not is_open_on(hours, calendar, day):
        return
    closed = tuple(closed)
    for start, end in hours[str(day.weekday())]:
        moment, last = calendar.at(day, read_clock(start)), calendar.at(day, read_clock(end))
        while (after := moment + timedelta(minutes=minutes)) <= last:
            if not any(moment < until and after > since for since, until in closed):
                yield moment, after
            moment = after


def closures_of(db: Session, counter_id: int, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    touching = (CounterClosure.counter_id == counter_id, CounterClosure.starts_at < end, CounterClosure.ends_at > start)
    return [(start, end) for start, end in db.execute(select(CounterClosure.starts_at, CounterClosure.ends_at).where(*touching))]


def _whole_day(calendar: Calendar, day: date) -> tuple[datetime, datetime]:
    return calendar.at(day, time()), calendar.at(day + timedelta(days=1), time())


def open_slots(db: Session, counter: Counter, day: date, *, now: datetime, full: bool = False) -> list[Slot]:
    """The times of `day` at which somebody may still book; with `full` those without a free seat too.

    None for a closed counter, a free day, a day beyond `days_ahead`, and what is nearer than `lead_minutes`.
    """
    calendar = calendar_for(db)
    today = calendar.local(now).date()
    if not counter.is_open or not today <= day <= today + timedelta(days=counter.days_ahead):
        return []
    start, end = _whole_day(calendar, day)
    taken: dict[datetime, int] = dict(
        db.execute(
            select(Appointment.starts_at, func.count())
            .where(Appointment.counter_id == counter.id, Appointment.day == day, Appointment.seat.is_not(None))
            .group_by(Appointment.starts_at)
        ).all()
    )
    earliest = now + timedelta(minutes=counter.lead_minutes)
    found = [
        Slot(begins, ends, max(0, counter.capacity - taken.get(begins, 0)), counter.capacity)
        for begins, ends in times_on(counter.hours, counter.slot_minutes, calendar, day, closures_of(db, counter.id, start, end))
        if begins >= earliest
    ]
    return found if full else [slot for slot in found if slot.free]


def open_days(db: Session, counter: Counter, *, now: datetime) -> list[tuple[date, int]]:
    """`(day, free seats)` of every day that may be booked and is worked; 0 is full."""
    today = regency_day(now)
    days = [today + timedelta(days=n) for n in range(counter.days_ahead + 1)]
    found = [(day, open_slots(db, counter, day, now=now, full=True)) for day in days]
    return [(day, sum(slot.free for slot in slots)) for day, slots in found if slots]
