"""How many listen: one row for each mount and minute, sums for charts. Nobody is known by it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from pendopo.i18n import current_zone
from pendopo.identity import Actor
from pendopo.kit import settings

from .. import programmes
from .models import Ears


@dataclass(frozen=True)
class Audience:
    """Listeners of a stretch of time: minute by minute on average, and most at once."""

    mean: float
    peak: int
    peak_at: datetime | None = None


def note_listeners(db: Session, state: dict[str, Any], now: datetime) -> None:
    """Keep what the engine says of this minute; a minute that is noted already stays as it is."""
    minute = now.replace(second=0, microsecond=0)
    if db.scalar(select(Ears.at).where(Ears.at == minute).limit(1)) is not None:
        return
    programme = (state.get("now") or {}).get("programme") or {}
    for mount, count in counts_of(state).items():
        title = str(programme.get("title", ""))[:120]
        db.add(Ears(at=minute, mount=mount[:30], listeners=count, hour=minute.replace(minute=0), programme=title))


def counts_of(state: dict[str, Any]) -> dict[str, int]:
    """Listeners by mount. An engine that counts all of them together has them on its first mount."""
    listeners = state.get("listeners", 0)
    return {str(mount): int(count) for mount, count in listeners.items()} if isinstance(listeners, dict) else {"mp3": int(listeners)}


def total_of(state: dict[str, Any]) -> int:
    return sum(counts_of(state).values())


def _minutes(start: datetime, end: datetime) -> Any:
    """All mounts together, minute by minute."""
    return (
        select(Ears.at, Ears.hour, func.max(Ears.programme).label("programme"), func.sum(Ears.listeners).label("total"))
        .where(Ears.at >= start, Ears.at < end).group_by(Ears.at, Ears.hour).subquery()
    )


def audience(db: Session, actor: Actor, start: datetime, end: datetime) -> Audience:
    actor.require("radio.studio")
    minutes = _minutes(start, end)
    mean, peak = db.execute(select(func.avg(minutes.c.total), func.max(minutes.c.total))).one()
    at = db.scalar(select(minutes.c.at).where(minutes.c.total == peak).order_by(minutes.c.at).limit(1)) if peak else None
    return Audience(float(mean or 0), int(peak or 0), at)


def by_hour(db: Session, actor: Actor, day: date) -> list[tuple[datetime, float, int]]:
    """Mean and peak of each hour of `day` that was noted."""
    actor.require("radio.studio")
    return _hours(db, *programmes.day_bounds(day))


def by_day(db: Session, actor: Actor, first: date, last: date) -> list[tuple[date, float, int]]:
    """Mean and peak of each day from `first` to `last` that was noted."""
    actor.require("radio.studio")
    days: dict[date, list[tuple[float, int]]] = defaultdict(list)
    for hour, mean, peak in _hours(db, programmes.day_bounds(first)[0], programmes.day_bounds(last)[1]):
        days[hour.astimezone(current_zone.get()).date()].append((mean, peak))
    return [(day, sum(mean for mean, _ in hours) / len(hours), max(peak for _, peak in hours)) for day, hours in sorted(days.items())]


def _hours(db: Session, start: datetime, end: datetime) -> list[tuple[datetime, float, int]]:
    minutes = _minutes(start, end)
    query = select(minutes.c.hour, func.avg(minutes.c.total), func.max(minutes.c.total)).group_by(minutes.c.hour).order_by(minutes.c.hour)
    return [(hour, float(mean), int(peak)) for hour, mean, peak in db.execute(query)]


def by_programme(db: Session, actor: Actor, start: datetime, end: datetime, limit: int = 12) -> list[tuple[str, float, int]]:
    """Title, mean and peak of the programmes that were most listened to; "" is music between programmes."""
    actor.require("radio.studio")
    minutes = _minutes(start, end)
    mean = func.avg(minutes.c.total)
    query = select(minutes.c.programme, mean, func.max(minutes.c.total)).group_by(minutes.c.programme).order_by(mean.desc()).limit(limit)
    return [(title, float(average), int(peak)) for title, average, peak in db.execute(query)]


def by_mount(db: Session, actor: Actor, start: datetime, end: datetime) -> list[tuple[str, float]]:
    actor.require("radio.studio")
    mean = func.avg(Ears.listeners)
    query = select(Ears.mount, mean).where(Ears.at >= start, Ears.at < end).group_by(Ears.mount).order_by(mean.desc())
    return [(mount, float(average)) for mount, average in db.execute(query)]


def listeners_at(db: Session, moments: list[datetime]) -> dict[datetime, int]:
    """How many listened in the minute of each moment, where that is known."""
    if not moments:
        return {}
    minutes = {moment: moment.replace(second=0, microsecond=0) for moment in moments}
    found = _minutes(min(minutes.values()), max(minutes.values()) + timedelta(minutes=1))
    totals = {at: int(total) for at, total in db.execute(select(found.c.at, found.c.total))}
    return {moment: totals[minute] for moment, minute in minutes.items() if minute in totals}


def forget_old(db: Session, now: datetime) -> None:
    db.execute(delete(Ears).where(Ears.at < now - timedelta(days=settings.value(db, "radio.pendengar_hari"))))
