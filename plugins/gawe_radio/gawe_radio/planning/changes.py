"""One day otherwise than the week: left out, moved, or something else in its place. And the broadcasts of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound
from pendopo.i18n import current_zone
from pendopo.identity import Actor, record
from pendopo_stream.rundown import Slot, gaps, occurrences

from .. import programmes
from ..models import Program
from ..programmes import day_bounds, find_program, soon
from .models import ProgramChange

STATES = {"terjadwal": N_("Terjadwal"), "tayang": N_("Tayang"), "selesai": N_("Selesai"), "batal": N_("Ditiadakan")}
CHANGE_NAMES = {"batal": N_("Ditiadakan"), "pindah": N_("Dipindahkan"), "ganti": N_("Diganti")}


@dataclass(frozen=True)
class Broadcast:
    """A programme's time on a day. `at`: its start by the rule, which names it; `state`: one of STATES."""

    slot: Slot
    state: str
    program_id: int
    at: datetime
    change: ProgramChange | None = None


@dataclass(frozen=True)
class Instead:
    """How one time is otherwise. `kind`: batal, pindah, ganti."""

    kind: str
    start: datetime | None = None
    minutes: int = 0
    title: str = ""
    presenter: str = ""
    recorded: str = ""
    note: str = ""


def state_of(slot: Slot, now: datetime) -> str:
    return "terjadwal" if now < slot.start else "tayang" if now < slot.end else "selesai"


def broadcasts(db: Session, day: date, now: datetime) -> list[Broadcast]:
    """What is planned to begin on `day`, and what was left out or moved away from it."""
    start, end = day_bounds(day)
    programs = {program.id: program for program in programmes.active_programs(db)}
    changes = {(change.program_id, change.at): change for change in programmes.changes_of(db) if change.program_id in programs}
    instead = {(program_id, change.start): (at, change) for (program_id, at), change in changes.items() if change.kind != "batal"}
    found = []
    for slot in programmes.slots_between(db, start, end):
        if slot.start >= start:
            at, change = instead.get((int(slot.program), slot.start), (slot.start, None))
            found.append(Broadcast(slot, state_of(slot, now), int(slot.program), at, change))
    for (program_id, at), change in changes.items():
        if start <= at < end and not _same_day(change, day) and programmes.is_occurrence(programmes.rule_of(programs[program_id]), at):
            gone = programmes.dressed(programs[program_id], Slot(str(program_id), at, at + timedelta(seconds=programs[program_id].duration_s)))
            found.append(Broadcast(gone, "batal", program_id, at, change))
    return sorted(found, key=lambda each: (each.slot.start, each.state == "batal"))


def _same_day(change: ProgramChange, day: date) -> bool:
    return change.start is not None and programmes.local_day(change.start) == day


def find_broadcast(db: Session, program_id: int, at: datetime, now: datetime) -> Broadcast:
    """Raises NotFound when the programme does not begin then by its rule."""
    program = find_program(db, program_id)
    if not program.active or not programmes.is_occurrence(programmes.rule_of(program), at):
        raise NotFound()
    change = db.scalar(select(ProgramChange).where(ProgramChange.program_id == program_id, ProgramChange.at == at))
    by_rule = programmes.dressed(program, Slot(str(program_id), at, at + timedelta(seconds=program.duration_s)))
    slot = programmes.changed_slot(program, change) if change else by_rule
    return Broadcast(slot or by_rule, state_of(slot, now) if slot else "batal", program_id, at, change)


def change_broadcast(db: Session, actor: Actor, program_id: int, at: datetime, instead: Instead, *, now: datetime) -> ProgramChange:
    """Leave out, move or replace one time. Raises Conflict when it is over, or another programme is on then."""
    actor.require("radio.programme")
    was = find_broadcast(db, program_id, at, now)
    if was.state == "selesai":
        raise Conflict(N_("Siaran ini sudah selesai."))
    program = find_program(db, program_id)
    change = was.change or ProgramChange(program_id=program_id, at=at)
    with db.no_autoflush:
        _fill(change, program, instead, now)
        if change.kind != "batal":
            programmes.refuse_overlap(db, program, change, now=now, field="start")
    db.add(change)
    db.flush()
    record(db, actor, "radio.broadcast_changed", f"radio-program:{program_id}", {"at": at.isoformat(), "kind": instead.kind, "title": instead.title})
    soon(db)
    return change


def _fill(change: ProgramChange, program: Program, instead: Instead, now: datetime) -> None:
    change.kind, change.note = instead.kind, instead.note
    change.title = change.presenter = change.recorded = ""
    change.start = change.duration_s = None
    if instead.kind == "batal":
        return
    change.start = instead.start or change.at
    change.duration_s = instead.minutes * 60 or program.duration_s
    if instead.kind == "pindah" and change.start < now:
        raise InvalidInput(N_("Waktu ini sudah lewat."), field="start")
    if instead.kind == "ganti":
        if not instead.title:
            raise InvalidInput(N_("Isi nama acara penggantinya."), field="title")
        change.title, change.presenter, change.recorded = instead.title, instead.presenter, instead.recorded


def undo_change(db: Session, actor: Actor, program_id: int, at: datetime, *, now: datetime) -> None:
    """Back to the rule. Raises Conflict when another programme took the time meanwhile."""
    actor.require("radio.programme")
    change = find_broadcast(db, program_id, at, now).change
    if change is None:
        raise NotFound()
    db.delete(change)
    db.flush()
    programmes.refuse_overlap(db, find_program(db, program_id), now=now)
    record(db, actor, "radio.broadcast_restored", f"radio-program:{program_id}", {"at": at.isoformat()})
    soon(db)


def coming(db: Session, program: Program, now: datetime, days: int = 42) -> list[Broadcast]:
    """The next times of a programme by its rule, with what becomes of each."""
    slots = occurrences(programmes.rule_of(program), now, now + timedelta(days=days), current_zone.get())
    return [find_broadcast(db, program.id, slot.start, now) for slot in slots[:12]]


def gaps_of(slots: list[Slot], day: date) -> list[tuple[datetime, datetime]]:
    """Times of a day without a programme, in the regency's clock. Music of the default hour plays there."""
    zone = current_zone.get()
    return [(begin.astimezone(zone), end.astimezone(zone)) for begin, end in gaps(slots, *day_bounds(day))]
