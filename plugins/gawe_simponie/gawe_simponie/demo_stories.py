"""How an invented application goes: which steps, when, and where it lies now. Pure but for the dice it is given."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pendopo.kit.calendar import Calendar, CalendarNotLoaded

from .kind import PERMOHONAN
from .types import PermitType

SLOW, SLOW_NOW = 0.03, 0.16  # how many lie too long somewhere: of a year's, and of the last days', so that the board has something to show
LATELY = timedelta(days=10)

TO = {step.slug: step.to for step in PERMOHONAN.transitions}
BY = {step.slug: ("applicant" if "applicant" in step.actors else "officer" if "officer" in step.actors else "system") for step in PERMOHONAN.transitions}
PERMISSION = {step.slug: step.permission for step in PERMOHONAN.transitions}


@dataclass
class Story:
    """One application: its type, when it came, the steps it took until now."""

    permit: PermitType
    received: datetime
    costs: bool
    steps: list[tuple[datetime, str]] = field(default_factory=list)
    due: date | None = None
    stopped: int = 0
    slow: bool = False

    @property
    def state(self) -> str:
        return TO[self.steps[-1][1]] if self.steps else "diajukan"

    def at(self, *slugs: str) -> datetime | None:
        """When the last of these steps was taken."""
        return next((at for at, step in reversed(self.steps) if step in slugs), None)


def in_office_hours(calendar: Calendar, moment: datetime, dice: random.Random) -> datetime:
    """At or after `moment`, on a working day between 8 and 16 on the regency's clock."""
    local = calendar.local(moment)
    day = local.date()
    try:
        if local.hour >= 15:
            day += timedelta(days=1)
        worked = calendar.next_working(day)
    except CalendarNotLoaded:
        worked = day
    earliest = moment if worked == local.date() and local.hour >= 8 else calendar.at(worked, calendar.close.replace(hour=8, minute=0))
    latest = calendar.at(worked, calendar.close)
    return earliest + max(latest - earliest, timedelta(minutes=5)) * dice.random()


def tell(dice: random.Random, calendar: Calendar, permit: PermitType, now: datetime, received: datetime, *, costs: bool) -> Story:
    """A story that begins at `received` and is told as far as `now`; past its last day it is deemed granted."""
    story = Story(permit, received, costs)
    story.due = _due(calendar, received, permit.days)
    when = received
    for step, low, high in _plot(dice, story, SLOW_NOW if now - received < LATELY else SLOW):
        paused = when
        when = in_office_hours(calendar, when + timedelta(days=dice.triangular(low, high, low + (high - low) * 0.35)), dice)
        if step in ("perbaiki", "lunas") and story.due is not None:
            stood = _between(calendar, paused, when)
            story.stopped += stood
            story.due = _later(calendar, story.due, stood)
        running = story.at("ajukan_keberatan") is None and story.state not in (
            "perbaikan",
            "menunggu_bayar",
            "terbit",
            "ditolak",
            "dianggap_dikabulkan",
            "banding",
        )
        if running and story.due is not None and calendar.local(when).date() > story.due:
            if story.slow and calendar.local(min(when, now)).date() > story.due:
                return _deemed(dice, calendar, story, now)
            if not story.slow:  # on the last day, before the office closes
                when = max(paused + timedelta(minutes=5), calendar.at(story.due, calendar.close) - timedelta(minutes=40))
        if when >= now:
            break
        story.steps.append((when, step))
    return story


def _deemed(dice: random.Random, calendar: Calendar, story: Story, now: datetime) -> Story:
    at = calendar.at(story.due + timedelta(days=1), calendar.close.replace(hour=0, minute=3))
    if at < now:
        story.steps.append((at, "fiktif_positif"))
        signed = in_office_hours(calendar, at + timedelta(days=dice.uniform(0.5, 4)), dice)
        if signed < now:
            story.steps.append((signed, "tandatangani"))
    return story


def _due(calendar: Calendar, received: datetime, days: int) -> date | None:
    try:
        return calendar.due_date(received, days)
    except CalendarNotLoaded:
        return None


def _later(calendar: Calendar, due: date, days: int) -> date:
    try:
        return calendar.add_days(due, days)
    except CalendarNotLoaded:
        return due + timedelta(days=days)


def _between(calendar: Calendar, start: datetime, end: datetime) -> int:
    try:
        return max(0, calendar.working_days_between(calendar.local(start).date(), calendar.local(end).date()))
    except CalendarNotLoaded:
        return (end - start).days


def _plot(dice: random.Random, story: Story, slow_share: float) -> list[tuple[str, float, float]]:
    """`(step, earliest, latest days after the one before)`, quick enough to be in time most of the time."""
    permit, luck = story.permit, dice.random()
    share = permit.days / 5
    story.slow = dice.random() < slow_share
    slow = 5.0 if story.slow else 1.0
    start: list[tuple[str, float, float]] = [("periksa", 0.02, 0.4)]
    if luck < 0.03:
        return [*start, ("tarik", 0.1, 1)]
    if luck < 0.20:
        start += [("minta_perbaikan", 0.05, 0.5)]
        if dice.random() < 0.15:
            return [*start, ("gugurkan", 14.1, 14.4)]
        start += [("perbaiki", 0.5, 8)]
    way = [*start, ("lengkap", 0.05, 0.4 * slow)]
    visit = permit.stage("peninjauan_lapangan")
    if visit is not None and (visit.required or dice.random() < 0.4):
        way += [("tinjau", 0.1, 0.6 * slow)]
    if luck > 0.94:
        way += [("tidak_rekomendasi", 0.1, 1.2), ("tolak", 0.1, 0.8)]
        appeal = [("ajukan_keberatan", 1.0, 9.0)]
        appeal += [("terima_keberatan", 2, 8), ("ajukan_ttd", 0.1, 1), ("tandatangani", 0.1, 1)] if dice.random() < 0.4 else [("tolak_keberatan", 2, 8)]
        return [*way, *appeal] if dice.random() < 0.4 else way
    way += [("rekomendasi_berbayar" if story.costs else "rekomendasi", 0.2, 1.1 * share * slow)]
    if story.costs:
        way += [("lunas", 0.1, 7)]
    way += [("ajukan_ttd", 0.05, 0.5 * slow), ("tandatangani", 0.05, 0.6 * slow)]
    return [*way, ("cabut", 30, 120)] if dice.random() < 0.02 else way
