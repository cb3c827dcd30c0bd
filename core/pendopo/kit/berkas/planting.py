"""Many matters with a past at once: for demonstrations, and for taking over what another system held.

Nobody is told, no clock is asked: the giver knows what happened. Timelines are chained as always.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ..calendar import calendar_for
from .models import Berkas, BerkasEvent, BerkasRating, RegisterBook
from .moving import _keep_workflow
from .register import compose, new_pin, pin_hash
from .satisfaction import points
from .workflow import BerkasKind
from .writing import line_hash


@dataclass
class PastStep:
    """One line of a timeline. `to_state` is where the step led; the first one opened the matter."""

    at: datetime
    to_state: str
    transition: str = ""
    by: str = "officer"  # applicant, officer, system
    actor_id: int | None = None
    actor_name: str = ""
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class PastBerkas:
    """A matter that went its way already. `due_at`, `warn_at`, `clock_from` and `deadline_days` are those of its last clock."""

    register_code: str
    title: str
    steps: list[PastStep]
    applicant_id: int | None = None
    opd_id: int | None = None
    officer_id: int | None = None
    desa_code: str | None = None
    channel: str = "web"
    private: bool = False
    anonymous: bool = False
    clock: str = "run"
    clock_from: datetime | None = None
    deadline_days: int | None = None
    due_at: datetime | None = None
    warn_at: datetime | None = None
    escalation: int = 0
    stopped_at: datetime | None = None
    rating: int | None = None
    rating_comment: str = ""


def plant_berkas(db: Session, kind: BerkasKind, past: Sequence[PastBerkas]) -> list[int]:
    """Write them all; their ids in the given order. Register numbers follow that order, so give the oldest first."""
    if not past:
        return []
    _keep_workflow(db, kind)
    registers = _number(db, past)
    rows = [_row(kind, one, register) for one, register in zip(past, registers, strict=True)]
    ids = list(db.scalars(insert(Berkas).returning(Berkas.id, sort_by_parameter_order=True), rows))
    events = [event for berkas_id, one in zip(ids, past, strict=True) for event in _events(berkas_id, one)]
    db.execute(insert(BerkasEvent), events)
    ratings = [
        {
            "berkas_id": berkas_id,
            "score": one.rating,
            "answers": {},
            "detailed": False,
            "points": points(one.rating, {}),
            "comment": one.rating_comment,
            "at": one.steps[-1].at,
        }
        for berkas_id, one in zip(ids, past, strict=True)
        if one.rating is not None
    ]
    if ratings:
        db.execute(insert(BerkasRating), ratings)
    return ids


def _number(db: Session, past: Sequence[PastBerkas]) -> list[str]:
    calendar = calendar_for(db)
    books: dict[tuple[str, int], RegisterBook] = {}
    registers = []
    for one in past:
        key = (one.register_code, calendar.local(one.steps[0].at).year)
        if key not in books:
            books[key] = db.get(RegisterBook, key) or RegisterBook(code=key[0], year=key[1], last=0)
            db.add(books[key])
        books[key].last += 1
        registers.append(compose(key[0], key[1], books[key].last))
    db.flush()
    return registers


def _row(kind: BerkasKind, one: PastBerkas, register: str) -> dict[str, Any]:
    last = one.steps[-1]
    is_open = kind.state(last.to_state).open
    clock = one.clock if is_open else "stop"
    return {
        "register": register,
        "pin_hash": pin_hash(register, new_pin()),
        "pin_failures": 0,
        "kind": kind.slug,
        "plugin": kind.plugin,
        "workflow": kind.version,
        "state": last.to_state,
        "is_open": is_open,
        "title": one.title[:200],
        "applicant_id": one.applicant_id,
        "opd_id": one.opd_id,
        "officer_id": one.officer_id,
        "desa_code": one.desa_code,
        "kecamatan_code": one.desa_code[:8] if one.desa_code else None,
        "channel": one.channel,
        "private": one.private,
        "anonymous": one.anonymous,
        "opened_at": one.steps[0].at,
        "moved_at": last.at,
        "closed_at": None if is_open else last.at,
        "clock": clock,
        "clock_from": one.clock_from,
        "deadline_days": one.deadline_days,
        "due_at": one.due_at,
        "warn_at": one.warn_at,
        "paused_at": last.at if clock == "pause" else None,
        "stopped_at": (one.stopped_at or last.at) if clock == "stop" else None,
        "escalation": one.escalation,
        "version": len(one.steps),
    }


def _events(berkas_id: int, one: PastBerkas) -> list[dict[str, Any]]:
    found, before, state = [], "", ""
    for number, step in enumerate(one.steps):
        hidden = step.by == "applicant" and one.anonymous
        event = BerkasEvent(
            berkas_id=berkas_id,
            at=step.at,
            kind="moved" if number else "opened",
            public=True,
            by=step.by,
            actor_id=None if hidden else step.actor_id,
            actor_name="" if hidden else step.actor_name[:160],
            transition=step.transition,
            from_state=state,
            to_state=step.to_state,
            text=step.text,
            internal="",
            data=step.data,
        )
        event.hash = before = line_hash(before, event)
        state = step.to_state
        found.append({column.key: getattr(event, column.key) for column in BerkasEvent.__table__.columns if column.key != "id"})
    return found
