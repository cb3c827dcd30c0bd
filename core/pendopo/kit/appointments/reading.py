"""What pages show of appointments: one's own, a day at a counter, the board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...i18n import N_, _
from ...identity import Account, Actor, Opd, regency_day
from .models import ABSENT, BOOKED, CALLED, CANCELLED, DONE, HERE, OPEN, Appointment, Counter
from .services import MANAGE, SERVE

STATES = {
    BOOKED: (N_("Dipesan"), "info"), HERE: (N_("Hadir, menunggu"), "warn"), CALLED: (N_("Dipanggil"), "primary"), DONE: (N_("Selesai"), "ok"),
    ABSENT: (N_("Tidak hadir"), "muted"), CANCELLED: (N_("Batal"), "muted"),
}
NEXT_ON_BOARD = 8


@dataclass(frozen=True)
class Ticket:
    """An appointment as it is listed. `who` is only for the counter's own pages."""

    row: Appointment
    counter: Counter
    opd: str
    who: str = ""

    @property
    def state(self) -> str:
        return _(STATES[self.row.state][0])

    @property
    def tone(self) -> str:
        return STATES[self.row.state][1]


def ticket_of(db: Session, row: Appointment) -> Ticket:
    counter = db.get_one(Counter, row.counter_id)
    who = db.scalar(select(Account.name).where(Account.id == row.account_id)) if row.account_id else None
    return Ticket(row, counter, db.scalar(select(Opd.short_name).where(Opd.id == counter.opd_id)) or "", who or "")


def mine(db: Session, account_id: int, *, most: int = 30) -> list[Ticket]:
    """A person's appointments: open ones by time, then past ones, the newest first."""
    found = (
        select(Appointment, Counter, Opd.short_name).join(Counter, Counter.id == Appointment.counter_id).join(Opd, Opd.id == Counter.opd_id)
        .where(Appointment.account_id == account_id).order_by(Appointment.starts_at.desc(), Appointment.id.desc()).limit(most)
    )
    tickets = [Ticket(row, counter, opd) for row, counter, opd in db.execute(found)]
    upcoming = [ticket for ticket in tickets if ticket.row.is_open]
    return [*reversed(upcoming), *(ticket for ticket in tickets if not ticket.row.is_open)]


def open_of(db: Session, account_id: int | None) -> int:
    if account_id is None:
        return 0
    return db.scalar(select(func.count()).where(Appointment.account_id == account_id, Appointment.state.in_(OPEN))) or 0


def counters_served(db: Session, actor: Actor, permission: str = SERVE) -> list[tuple[Counter, str]]:
    """`(counter, OPD)` where the actor serves (or manages), closed ones too."""
    where = actor.opd_scope(permission)
    query = select(Counter, Opd.short_name).join(Opd, Opd.id == Counter.opd_id).order_by(Opd.short_name, Counter.title, Counter.id)
    return [(counter, opd) for counter, opd in db.execute(query if where is None else query.where(Counter.opd_id.in_(where)))]


def manages(actor: Actor, counter: Counter) -> bool:
    return actor.can(MANAGE, counter.opd_id)


def offered(db: Session, service: str = "") -> list[tuple[Counter, str]]:
    """`(counter, OPD)` that citizens may book."""
    query = select(Counter, Opd.name).join(Opd, Opd.id == Counter.opd_id).where(Counter.is_open).order_by(Opd.name, Counter.title, Counter.id)
    return [(counter, opd) for counter, opd in db.execute(query.where(Counter.service == service) if service else query)]


def counts_on(db: Session, counter_ids: list[int], day: date) -> dict[int, dict[str, int]]:
    """Counter -> state -> how many."""
    found: dict[int, dict[str, int]] = {counter_id: {} for counter_id in counter_ids}
    query = select(Appointment.counter_id, Appointment.state, func.count()).where(Appointment.counter_id.in_(counter_ids), Appointment.day == day)
    for counter_id, state, count in db.execute(query.group_by(Appointment.counter_id, Appointment.state)):
        found[counter_id][state] = count
    return found


def waiting_for(db: Session, actor: Actor, now: datetime) -> int:
    """How many people are here and wait at the counters of the actor's own offices."""
    if not actor.can(SERVE) or not actor.opd_ids:
        return 0
    waiting = select(func.count()).select_from(Appointment).join(Counter, Counter.id == Appointment.counter_id)
    return db.scalar(waiting.where(Counter.opd_id.in_(actor.opd_ids), Appointment.day == regency_day(now), Appointment.state == HERE)) or 0


def day_list(db: Session, counter: Counter, day: date) -> list[Ticket]:
    """Everyone of a day, in the order of their turns, with names: for the counter only."""
    found = (
        select(Appointment, Account.name).outerjoin(Account, Account.id == Appointment.account_id)
        .where(Appointment.counter_id == counter.id, Appointment.day == day, Appointment.state != CANCELLED)
        .order_by(Appointment.starts_at, Appointment.arrived_at, Appointment.id)
    )
    return [Ticket(row, counter, "", name or "") for row, name in db.execute(found)]


@dataclass(frozen=True)
class Board:
    """What hangs in the waiting hall: numbers, never names."""

    now: str
    before: list[str]
    following: list[str]
    waiting: int


def board(db: Session, counter: Counter, *, now: datetime) -> Board:
    today = regency_day(now)
    of_day = select(Appointment).where(Appointment.counter_id == counter.id, Appointment.day == today)
    heard = of_day.where(Appointment.called_at.is_not(None), Appointment.state.in_((CALLED, DONE, ABSENT)))
    called = list(db.scalars(heard.order_by(Appointment.called_at.desc(), Appointment.id.desc()).limit(4)))
    here = list(db.scalars(of_day.where(Appointment.state == HERE).order_by(Appointment.starts_at, Appointment.arrived_at, Appointment.id)))
    current = called[0].number if called and called[0].state == CALLED else ""
    before = [row.number for row in called if row.number != current][:3]
    return Board(current, before, [row.number for row in here[:NEXT_ON_BOARD]], len(here))


def between(db: Session, account_id: int | None, start: datetime, end: datetime) -> list[Ticket]:
    """A person's open appointments that begin in `[start, end)`."""
    if account_id is None:
        return []
    rows = select(Appointment).where(
        Appointment.account_id == account_id, Appointment.starts_at >= start, Appointment.starts_at < end, Appointment.state.in_(OPEN)
    )
    return [ticket_of(db, row) for row in db.scalars(rows.order_by(Appointment.starts_at))]


def next_of(db: Session, account_id: int, now: datetime) -> Ticket | None:
    rows = between(db, account_id, now - timedelta(hours=12), now + timedelta(days=370))
    return rows[0] if rows else None
