"""The week: programmes by rule, what is on, what follows, no two at once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound
from pendopo.db import after_commit
from pendopo.i18n import current_zone
from pendopo.identity import Actor, record
from pendopo.jobs import enqueue
from pendopo_stream.rundown import Rule, Slot, expand, overlaps

from .models import Program

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_NAMES = (N_("Senin"), N_("Selasa"), N_("Rabu"), N_("Kamis"), N_("Jumat"), N_("Sabtu"), N_("Minggu"))
LANGUAGES = {"id": N_("Bahasa Indonesia"), "jv": N_("Jawa Serang (bebasan)"), "su": N_("Sunda")}
CLASSES = {"SU": N_("Semua umur"), "P": N_("Prasekolah"), "A": N_("Anak"), "R": N_("Remaja"), "D": N_("Dewasa")}


@dataclass(frozen=True)
class Plan:
    """A programme as an editor writes it. `days`: numbers from Monday; `at`: clock of the regency."""

    title: str
    description: str
    presenter: str
    language: str
    classification: str
    days: tuple[int, ...]
    at: time
    minutes: int
    tags: tuple[str, ...] = ()


def rule_of(program: Program) -> Rule:
    return Rule(str(program.id), program.start, float(program.duration_s), program.rrule)


def active_programs(db: Session) -> list[Program]:
    return list(db.scalars(select(Program).where(Program.active).order_by(Program.id)))


def slots_between(db: Session, start: datetime, end: datetime) -> list[Slot]:
    """Every programme on the air in `[start, end)`, by time, with its words."""
    programs = {str(program.id): program for program in active_programs(db)}
    return [
        replace(slot, title=programs[slot.program].title, presenter=programs[slot.program].presenter, tags=frozenset(programs[slot.program].tags))
        for slot in expand([rule_of(program) for program in programs.values()], start, end, current_zone.get())
    ]


def day_bounds(day: date) -> tuple[datetime, datetime]:
    zone = current_zone.get()
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


def local_day(now: datetime) -> date:
    return now.astimezone(current_zone.get()).date()


def of_day(db: Session, day: date) -> list[Slot]:
    """The programmes that begin on `day`."""
    start, end = day_bounds(day)
    return [slot for slot in slots_between(db, start, end) if slot.start >= start]


def week(db: Session, first: date) -> list[tuple[date, list[Slot]]]:
    return [(first + timedelta(days=n), of_day(db, first + timedelta(days=n))) for n in range(7)]


def program_list(db: Session) -> list[Program]:
    return list(db.scalars(select(Program).order_by(Program.active.desc(), Program.title)))


def find_program(db: Session, program_id: int) -> Program:
    found = db.get(Program, program_id)
    if found is None:
        raise NotFound()
    return found


def plan_program(db: Session, actor: Actor, plan: Plan, *, program_id: int | None = None, now: datetime) -> Program:
    """Put a programme into the week, or change one. Raises Conflict when another is on at that time."""
    actor.require("radio.programme")
    if not plan.days:
        raise InvalidInput(N_("Pilih paling sedikit satu hari."), field="days")
    program = find_program(db, program_id) if program_id else Program(active=True)
    _fill(program, plan, local_day(now))
    rules = [rule_of(other) for other in active_programs(db) if other.id != program_id]
    start = now - timedelta(days=1)
    clashes = overlaps(expand([*rules, replace(rule_of(program), program="new")], start, start + timedelta(days=15), current_zone.get()))
    clash = next((pair for pair in clashes if "new" in (pair[0].program, pair[1].program)), None)
    if clash:
        other = next(slot for slot in clash if slot.program != "new") if clash[0].program != clash[1].program else None
        name = db.get(Program, int(other.program)).title if other else plan.title
        raise Conflict(N_("Jam ini sudah dipakai acara %(title)s."), field="at", title=name)
    db.add(program)
    db.flush()
    record(db, actor, "radio.programme", f"radio-program:{program.id}", {"title": plan.title})
    soon(db)
    return program


def _fill(program: Program, plan: Plan, today: date) -> None:
    monday = today - timedelta(days=today.weekday() + 7)
    first = min(plan.days)
    program.title, program.description, program.presenter = plan.title, plan.description, plan.presenter
    program.language, program.classification, program.tags = plan.language, plan.classification, list(plan.tags)
    program.start = datetime.combine(monday + timedelta(days=first), plan.at, current_zone.get())
    program.duration_s = plan.minutes * 60
    program.rrule = "FREQ=WEEKLY;BYDAY=" + ",".join(DAYS[day] for day in sorted(set(plan.days)))


def as_plan(program: Program) -> dict[str, Any]:
    """A programme as the form shows it."""
    named = program.rrule.rpartition("BYDAY=")[2].split(",") if "BYDAY=" in program.rrule else []
    local = program.start.astimezone(current_zone.get())
    return {
        "title": program.title, "description": program.description, "presenter": program.presenter, "language": program.language,
        "classification": program.classification, "days": [str(DAYS.index(day)) for day in named if day in DAYS] or [str(local.weekday())],
        "at": local.time().replace(tzinfo=None), "minutes": program.duration_s // 60, "tags": ", ".join(program.tags),
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
    after_commit(db, _write_soon)


def _write_soon() -> None:
    with suppress(RuntimeError):  # no web process here: the scheduled job writes it within ten minutes
        enqueue("radio_rencana")
