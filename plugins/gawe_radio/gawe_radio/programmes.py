"""The week: programmes by rule, changes of single days, what is on, what follows, no two at once."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, NotFound
from pendopo.db import after_commit
from pendopo.i18n import current_zone
from pendopo.identity import Actor, record
from pendopo.jobs import enqueue
from pendopo_stream.rundown import Rule, Slot, expand, occurrences, overlaps

from .models import Program
from .planning.models import ProgramChange
from .planning.rules import DAYS, Repeat, read

DAY_NAMES = (N_("Senin"), N_("Selasa"), N_("Rabu"), N_("Kamis"), N_("Jumat"), N_("Sabtu"), N_("Minggu"))
LANGUAGES = {"id": N_("Bahasa Indonesia"), "jv": N_("Jawa Serang (bebasan)"), "su": N_("Sunda")}
CLASSES = {"SU": N_("Semua umur"), "P": N_("Prasekolah"), "A": N_("Anak"), "R": N_("Remaja"), "D": N_("Dewasa")}
LOOK_AHEAD = timedelta(days=100)  # how far two programmes are kept apart; no rule of ours repeats more seldom than monthly

__all__ = ["CLASSES", "DAYS", "DAY_NAMES", "LANGUAGES", "Plan", "Repeat"]


@dataclass(frozen=True)
class Plan:
    """A programme as an editor writes it. `days`: numbers from Monday; `at`: clock of the regency. What plays in it: one of
    `recorded`, `playlist_id`, `wheel_id`, else music of `tags`.
    """

    title: str
    description: str
    presenter: str
    language: str
    classification: str
    days: tuple[int, ...]
    at: time
    minutes: int
    tags: tuple[str, ...] = ()
    often: str = "mingguan"
    week: int = 1
    first: date | None = None
    until: date | None = None
    presenters: tuple[int, ...] = ()
    wheel_id: int | None = None
    playlist_id: int | None = None
    recorded: str = ""

    @property
    def repeat(self) -> Repeat:
        return Repeat(self.often, self.days, self.week, self.first, self.until)


def rule_of(program: Program) -> Rule:
    return Rule(str(program.id), program.start, float(program.duration_s), program.rrule)


def active_programs(db: Session) -> list[Program]:
    return list(db.scalars(select(Program).where(Program.active).order_by(Program.id)))


def slots_between(db: Session, start: datetime, end: datetime) -> list[Slot]:
    """Every programme on the air in `[start, end)`, by time, with its words and the changes of single days."""
    return _planned(active_programs(db), changes_of(db), start, end)


def changes_of(db: Session) -> list[ProgramChange]:
    return list(db.scalars(select(ProgramChange).order_by(ProgramChange.at)))


def _planned(programs: Iterable[Program], changes: Iterable[ProgramChange], start: datetime, end: datetime) -> list[Slot]:
    by_key = {str(program.id): program for program in programs}
    rules = {key: rule_of(program) for key, program in by_key.items()}
    changed = {(str(change.program_id), change.at): change for change in changes if str(change.program_id) in rules}
    slots = [
        dressed(by_key[slot.program], slot) for slot in expand(rules.values(), start, end, current_zone.get()) if (slot.program, slot.start) not in changed
    ]
    for (key, at), change in changed.items():
        slot = changed_slot(by_key[key], change)
        if slot and slot.start < end and slot.end > start and is_occurrence(rules[key], at):
            slots.append(slot)
    return sorted(slots, key=lambda slot: (slot.start, slot.program))


def dressed(program: Program, slot: Slot) -> Slot:
    return replace(slot, title=program.title, presenter=program.presenter, tags=frozenset(program.tags or ()))


def changed_slot(program: Program, change: ProgramChange) -> Slot | None:
    """What is on instead; None when nothing is."""
    if change.kind == "batal" or change.start is None:
        return None
    slot = Slot(str(program.id), change.start, change.start + timedelta(seconds=change.duration_s or program.duration_s))
    if change.kind == "ganti":
        return replace(slot, title=change.title, presenter=change.presenter)
    return dressed(program, slot)


def is_occurrence(rule: Rule, at: datetime) -> bool:
    """Does the rule begin exactly then?"""
    return any(slot.start == at for slot in occurrences(rule, at, at + timedelta(seconds=1), current_zone.get()))


def day_bounds(day: date) -> tuple[datetime, datetime]:
    zone = current_zone.get()
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


def local_day(now: datetime) -> date:
    return now.astimezone(current_zone.get()).date()


def local_time(moment: datetime) -> datetime:
    return moment.astimezone(current_zone.get())


def of_day(db: Session, day: date) -> list[Slot]:
    """The programmes that begin on `day`."""
    start, end = day_bounds(day)
    return [slot for slot in slots_between(db, start, end) if slot.start >= start]


def week(db: Session, first: date) -> list[tuple[date, list[Slot]]]:
    start, end = day_bounds(first)[0], day_bounds(first + timedelta(days=6))[1]
    slots = slots_between(db, start, end)
    days = [first + timedelta(days=n) for n in range(7)]
    return [(day, [slot for slot in slots if local_day(slot.start) == day]) for day in days]


def program_list(db: Session) -> list[Program]:
    return list(db.scalars(select(Program).order_by(Program.active.desc(), Program.title)))


def find_program(db: Session, program_id: int) -> Program:
    found = db.get(Program, program_id)
    if found is None:
        raise NotFound()
    return found


def presented_by(db: Session, actor: Actor) -> set[str]:
    """Ids of the programmes that a person presents, as slots name them."""
    return {str(program.id) for program in active_programs(db) if actor.account_id in (program.presenters or ())}


# ------------------------------------------------------------------------------------------------------------ planning


def plan_program(db: Session, actor: Actor, plan: Plan, *, program_id: int | None = None, now: datetime) -> Program:
    """Put a programme into the week, or change one. Raises Conflict when another is on at that time."""
    actor.require("radio.programme")
    plan.repeat.check()
    program = find_program(db, program_id) if program_id else Program(active=True)
    with db.no_autoflush:
        _fill(program, plan, local_day(now))
        refuse_overlap(db, program, now=now)
    db.add(program)
    db.flush()
    record(db, actor, "radio.programme", f"radio-program:{program.id}", {"title": plan.title})
    soon(db)
    return program


def refuse_overlap(db: Session, program: Program, change: ProgramChange | None = None, *, now: datetime, field: str = "at") -> None:
    """Raises Conflict, naming the other one, when `program` (with a `change` that is not kept yet) meets another or itself."""
    other = [each for each in active_programs(db) if each.id != program.id]
    mine = Program(id=program.id or 0, title=program.title, start=program.start, duration_s=program.duration_s, rrule=program.rrule, tags=[], presenter="")
    changes = [each for each in changes_of(db) if change is None or (each.program_id, each.at) != (change.program_id, change.at)]
    start = max(now, change.start or now if change else mine.start) - timedelta(days=1)
    slots = _planned([*other, mine], [*changes, *([change] if change else [])], start, start + LOOK_AHEAD)
    key = str(mine.id)
    clash = next((pair for pair in overlaps(slots) if key in (pair[0].program, pair[1].program)), None)
    if clash:
        others = [slot for slot in clash if slot.program != key] or [clash[0]]
        at = others[0].start.astimezone(current_zone.get())
        raise Conflict(
            N_("Jam ini sudah dipakai acara %(title)s (%(day)s %(clock)s)."), field=field, title=others[0].title or mine.title,
            day=f"{at:%d-%m-%Y}", clock=f"{at:%H.%M}",
        )


def _fill(program: Program, plan: Plan, today: date) -> None:
    program.title, program.description, program.presenter = plan.title, plan.description, plan.presenter
    program.language, program.classification, program.tags = plan.language, plan.classification, list(plan.tags)
    program.start = datetime.combine(plan.repeat.first_day(today), plan.at, current_zone.get())
    program.duration_s = plan.minutes * 60
    program.rrule = plan.repeat.rrule()
    program.presenters, program.recorded = list(plan.presenters), plan.recorded
    program.wheel_id, program.playlist_id = plan.wheel_id, plan.playlist_id


def as_plan(program: Program) -> dict[str, Any]:
    """A programme as the form shows it."""
    local = program.start.astimezone(current_zone.get())
    repeat = read(program.rrule, local)
    return {
        "title": program.title, "description": program.description, "presenter": program.presenter, "language": program.language,
        "classification": program.classification, "days": [str(day) for day in repeat.days], "often": repeat.often, "week": str(repeat.week),
        "first": repeat.first, "until": repeat.until, "at": local.time().replace(tzinfo=None), "minutes": program.duration_s // 60,
        "tags": ", ".join(program.tags or ()), "presenters": [str(number) for number in program.presenters or ()], "wheel": str(program.wheel_id or ""),
        "playlist": str(program.playlist_id or ""), "recorded": program.recorded or "",
    }


def end_program(db: Session, actor: Actor, program_id: int, *, now: datetime) -> Program:
    """Take a programme out of the week; its past stays in the log."""
    actor.require("radio.programme")
    program = find_program(db, program_id)
    program.active = False
    record(db, actor, "radio.programme_ended", f"radio-program:{program_id}", {"title": program.title})
    soon(db)
    return program


def soon(db: Session) -> None:
    """The engine learns of it a moment after the commit."""
    after_commit(db, _write_soon, key="radio_rencana")


def _write_soon() -> None:
    with suppress(RuntimeError):  # no web process here: the scheduled job writes it within ten minutes
        enqueue("radio_rencana")
