"""One word to those who follow when a programme opens its window: once, also after a restart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pendopo import N_
from pendopo.db import insert_once
from pendopo.http import url
from pendopo.i18n import format_date
from pendopo.identity import Actor
from pendopo.notifications import notify

from . import programs
from .models import Pengikut, Program

SORTS = {"hibah": N_("Hibah untuk lembaga"), "bansos": N_("Bansos untuk perorangan")}


def followed(db: Session, account_id: int | None) -> set[str]:
    """Of which sorts of programmes this person wants to hear."""
    return set(db.scalars(select(Pengikut.sort).where(Pengikut.account_id == account_id))) if account_id else set()


def follow(db: Session, actor: Actor, sorts: Iterable[str], *, now: datetime) -> None:
    """Hear of these sorts from now on, and of no others."""
    actor.require_signed_in()
    wanted = sorted(set(sorts) & SORTS.keys())
    db.execute(delete(Pengikut).where(Pengikut.account_id == actor.citizen_id, Pengikut.sort.not_in(wanted)))
    for sort in wanted:
        insert_once(db, Pengikut, account_id=actor.citizen_id, sort=sort, since=now)


def announce(db: Session, *, now: datetime) -> int:
    """Tell of every window that has opened. The statement that notes it decides who tells, and both are kept or neither. Returns how many."""
    return sum(_announce_one(db, program) for program in programs.open_programs(db, now) if program.announced_on != program.opens_on)


def _announce_one(db: Session, program: Program) -> bool:
    noting = update(Program).where(Program.id == program.id, Program.announced_on.is_distinct_from(Program.opens_on)).values(announced_on=Program.opens_on)
    if db.execute(noting.execution_options(synchronize_session=False)).rowcount != 1:
        return False
    db.refresh(program, ["announced_on"])
    sort = "hibah" if program.is_hibah else "bansos"
    notify(
        db,
        topic="pemantauan.program",
        to=list(db.scalars(select(Pengikut.account_id).where(Pengikut.sort == sort).order_by(Pengikut.account_id))),
        template="gawe_pemantauan/notify/opened",
        context={"title": program.title, "until": format_date(program.closes_on)},
        url=url("pemantauan:program", id=program.id),
        key=f"buka:{program.id}:{program.opens_on}",
    )
    return True
