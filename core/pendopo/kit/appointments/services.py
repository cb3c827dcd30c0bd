"""Booking, moving, cancelling; checking in, calling, finishing."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ... import live
from ...db import next_number
from ...errors import InvalidInput, NotFound
from ...i18n import N_, format_date
from ...identity import Actor, regency_day
from ...notifications import notify
from .errors import AlreadyBooked, NobodyWaits, NotNow, SlotTaken
from .models import ABSENT, BOOKED, CALLED, CANCELLED, DONE, HERE, OPEN, Appointment, Counter, QueueBook
from .slots import Slot, open_slots

SERVE, MANAGE = "janji.serve", "janji.manage"


def counter_of(db: Session, counter_id: int) -> Counter:
    """Raises NotFound."""
    counter = db.get(Counter, counter_id)
    if counter is None:
        raise NotFound()
    return counter


def counters_for(db: Session, service: str = "") -> list[Counter]:
    """Open counters, of one service or of all."""
    query = select(Counter).where(Counter.is_open).order_by(Counter.opd_id, Counter.title, Counter.id)
    return list(db.scalars(query.where(Counter.service == service) if service else query))


def topic_of(counter_id: int) -> str:
    """The live topic of a counter's board; open to all, for it holds no personal data."""
    return f"public:loket:{counter_id}"


# ----------------------------------------------------------------------------------------------------------- citizens


def book(
    db: Session, actor: Actor, counter_id: int, starts_at: datetime, *, berkas_id: int | None = None, note: str = "", now: datetime
) -> Appointment:
    """Book a time for the citizen whom `actor` is or acts for.

    Raises SlotTaken when it is not offered or full, AlreadyBooked when the person has an open one for this service.
    """
    actor.require_signed_in()
    counter = counter_of(db, counter_id)
    slot = _slot(db, counter, starts_at, now)
    row = Appointment(
        counter_id=counter.id, account_id=actor.citizen_id, berkas_id=_own_berkas(db, actor, berkas_id), day=regency_day(slot.starts_at),
        starts_at=slot.starts_at, ends_at=slot.ends_at, open_key=f"{actor.citizen_id}:{counter.service}"[:100], prefix=counter.prefix,
        token=secrets.token_urlsafe(18), note=" ".join(note.split())[:300], booked_at=now, booked_by=actor.account_id,
    )
    if db.scalar(select(Appointment.id).where(Appointment.open_key == row.open_key)) is not None:
        raise AlreadyBooked()
    _take_seat(db, counter, row, slot)
    row.serial = next_number(db, QueueBook, counter_id=counter.id, day=row.day)
    db.flush()
    tell(db, counter, row, "booked")
    live.publish(db, topic_of(counter.id))
    return row


def _own_berkas(db: Session, actor: Actor, berkas_id: int | None) -> int | None:
    if berkas_id is None:
        return None
    from ..berkas import get_berkas

    return get_berkas(db, actor, berkas_id).id


def _slot(db: Session, counter: Counter, starts_at: datetime, now: datetime) -> Slot:
    day = regency_day(starts_at)
    slot = next((slot for slot in open_slots(db, counter, day, now=now) if slot.starts_at == starts_at), None)
    if slot is None:
        raise SlotTaken()
    return slot


def _take_seat(db: Session, counter: Counter, row: Appointment, slot: Slot) -> None:
    """Sit down on a free seat of the slot. The unique seat decides between two who try at once; the slower one tries the next."""
    mine = row.id
    taken = set(db.scalars(select(Appointment.seat).where(Appointment.counter_id == counter.id, Appointment.starts_at == slot.starts_at)))
    for seat in (n for n in range(counter.capacity) if n not in taken):
        try:
            with db.begin_nested():
                if mine is None:
                    row.seat = seat
                    db.add(row)
                else:
                    db.execute(update(Appointment).where(Appointment.id == mine).values(seat=seat, starts_at=slot.starts_at, ends_at=slot.ends_at))
                db.flush()
        except IntegrityError:
            if mine is None and db.scalar(select(Appointment.id).where(Appointment.open_key == row.open_key)) is not None:
                raise AlreadyBooked() from None
            continue
        return
    raise SlotTaken()


def appointment_of(db: Session, actor: Actor, appointment_id: int) -> Appointment:
    """One that is the actor's, or of a counter where they serve. Raises NotFound for any other."""
    row = db.get(Appointment, appointment_id)
    if row is None or not (is_own(actor, row) or serves(db, actor, row)):
        raise NotFound()
    return row


def is_own(actor: Actor, row: Appointment) -> bool:
    return actor.citizen_id is not None and row.account_id == actor.citizen_id


def serves(db: Session, actor: Actor, row: Appointment) -> bool:
    return actor.can(SERVE, counter_of(db, row.counter_id).opd_id)


def cancel(db: Session, actor: Actor, appointment_id: int, *, reason: str = "", now: datetime) -> Appointment:
    """Give up an appointment; its time is free again. By the person, or with a reason by the counter, which tells them."""
    row = appointment_of(db, actor, appointment_id)
    reason = " ".join(reason.split())[:300]
    if not is_own(actor, row) and not reason:
        raise InvalidInput(N_("Tulis alasan pembatalan; warga membacanya."), field="reason")
    changed = {"state": CANCELLED, "seat": None, "open_key": None, "reason": reason, "ended_at": now}
    row = _change(db, row, (BOOKED, HERE) if not is_own(actor, row) else (BOOKED,), changed)
    if not is_own(actor, row):
        tell(db, counter_of(db, row.counter_id), row, "cancelled")
    return row


def move(db: Session, actor: Actor, appointment_id: int, starts_at: datetime, *, now: datetime) -> Appointment:
    """Put an appointment to another time of the same counter. The old time is kept until the new one is sure."""
    row = appointment_of(db, actor, appointment_id)
    if row.state != BOOKED:
        raise NotNow()
    counter = counter_of(db, row.counter_id)
    if starts_at == row.starts_at:
        return row
    slot = _slot(db, counter, starts_at, now)
    _take_seat(db, counter, row, slot)
    day = regency_day(slot.starts_at)
    serial = row.serial if day == row.day else next_number(db, QueueBook, counter_id=counter.id, day=day)
    row = _change(db, row, (BOOKED,), {"day": day, "serial": serial, "reminded_at": None})
    tell(db, counter, row, "moved")
    return row


# -------------------------------------------------------------------------------------------------------------- staff


def _served_by(db: Session, actor: Actor, row: Appointment | None) -> Appointment:
    if row is None:
        raise NotFound(N_("Janji ini tidak ditemukan. Periksa nomor atau kodenya."))
    actor.require(SERVE, counter_of(db, row.counter_id).opd_id)
    return row


def by_token(db: Session, actor: Actor, token: str) -> Appointment:
    """The appointment of a ticket's QR code, for who serves at its counter."""
    if not actor.can(SERVE):
        actor.require(SERVE)
    return _served_by(db, actor, db.scalar(select(Appointment).where(Appointment.token == token)))


def by_number(db: Session, actor: Actor, counter_id: int, number: str, *, now: datetime) -> Appointment:
    """Today's appointment with a queue number as it is typed (`a12`, `A012`, `12`)."""
    counter = counter_of(db, counter_id)
    actor.require(SERVE, counter.opd_id)
    digits = "".join(c for c in number if c.isascii() and c.isdigit())[:6]
    today = regency_day(now)
    query = select(Appointment).where(Appointment.counter_id == counter.id, Appointment.day == today, Appointment.serial == int(digits or 0))
    return _served_by(db, actor, db.scalar(query) if digits else None)


def check_in(db: Session, actor: Actor, appointment_id: int, *, now: datetime) -> Appointment:
    """Somebody came: they wait to be called. Only on its day."""
    row = _served_by(db, actor, db.get(Appointment, appointment_id))
    if row.day != regency_day(now):
        raise NotNow(N_("Janji ini untuk %(day)s, bukan hari ini."), day=format_date(row.starts_at))
    return _change(db, row, (BOOKED,), {"state": HERE, "arrived_at": now})


def walk_in(db: Session, actor: Actor, counter_id: int, *, now: datetime) -> Appointment:
    """A number for somebody who came without an appointment: no name, no account, only the turn."""
    counter = counter_of(db, counter_id)
    actor.require(SERVE, counter.opd_id)
    today = regency_day(now)
    row = Appointment(
        counter_id=counter.id, account_id=None, day=today, starts_at=now, ends_at=now, prefix=counter.prefix, token=secrets.token_urlsafe(18), state=HERE,
        booked_at=now, booked_by=actor.account_id, arrived_at=now, serial=next_number(db, QueueBook, counter_id=counter.id, day=today),
    )
    db.add(row)
    db.flush()
    live.publish(db, topic_of(counter.id))
    return row


def _waiting(counter_id: int, day: object) -> Select[tuple[int]]:
    here = select(Appointment.id).where(Appointment.counter_id == counter_id, Appointment.day == day, Appointment.state == HERE)
    return here.order_by(Appointment.starts_at, Appointment.arrived_at, Appointment.id)


def call_next(db: Session, actor: Actor, counter_id: int, *, now: datetime) -> Appointment:
    """Call who is here and whose turn it is. Two officers at once call two people. Raises NobodyWaits."""
    counter = counter_of(db, counter_id)
    actor.require(SERVE, counter.opd_id)
    today = regency_day(now)
    while True:
        found = db.scalar(_waiting(counter.id, today).limit(1).with_for_update(skip_locked=True))
        if found is None:
            raise NobodyWaits()
        try:
            return _change(db, db.get_one(Appointment, found), (HERE,), {"state": CALLED, "called_at": now, "called_by": actor.account_id})
        except NotNow:
            continue  # somebody else called them in this moment


def recall(db: Session, actor: Actor, appointment_id: int, *, now: datetime) -> Appointment:
    """Call again who did not hear."""
    row = _served_by(db, actor, db.get(Appointment, appointment_id))
    return _change(db, row, (CALLED,), {"called_at": now})


def finish(db: Session, actor: Actor, appointment_id: int, *, now: datetime) -> Appointment:
    """Somebody was served."""
    row = _served_by(db, actor, db.get(Appointment, appointment_id))
    return _change(db, row, (CALLED, HERE), {"state": DONE, "open_key": None, "ended_at": now})


def no_show(db: Session, actor: Actor, appointment_id: int, *, now: datetime) -> Appointment:
    """Nobody came, or came when called."""
    row = _served_by(db, actor, db.get(Appointment, appointment_id))
    if now < row.starts_at:
        raise NotNow(N_("Waktunya belum tiba."))
    return _change(db, row, OPEN, {"state": ABSENT, "open_key": None, "ended_at": now})


# ------------------------------------------------------------------------------------------------------------- inside


def _change(db: Session, row: Appointment, frm: tuple[str, ...], values: dict[str, object]) -> Appointment:
    """Compare and set: one statement decides. Raises NotNow when the state is another one."""
    db.flush()
    changed = db.execute(update(Appointment).where(Appointment.id == row.id, Appointment.state.in_(frm)).values(**values).returning(Appointment.id)).first()
    if changed is None:
        raise NotNow()
    db.refresh(row)
    live.publish(db, topic_of(row.counter_id))
    if row.account_id is not None:
        live.publish(db, f"janji-saya:{row.account_id}")
    return row


def tell(db: Session, counter: Counter, row: Appointment, what: str) -> None:
    """Notify the person: `what` is booked, moved, cancelled or reminder."""
    if row.account_id is None:
        return
    context = {"service": counter.title, "place": counter.place, "bring": counter.bring, "number": row.number, "at": row.starts_at, "reason": row.reason}
    key = f"janji:{what}:{row.id}:{row.starts_at.isoformat()}"
    topic = "janji.pengingat" if what == "reminder" else "janji.kabar"
    notify(db, topic=topic, to=[row.account_id], template=f"janji/notify/{what}", context=context, url=row.href, key=key)
