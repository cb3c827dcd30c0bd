"""Listeners who call in: asked, screened by the producer, on the air, over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from pendopo import PersonalData, _, live
from pendopo.identity import Actor, record
from pendopo.kit import settings

from .. import wire
from .errors import AlreadyCalling, CallerBlocked, CallOver, CallsClosed, ConsentNeeded, LinesBusy
from .models import OPEN, Call, CallBlock

SIGNAL = "radio-telepon"
GONE = timedelta(seconds=30)
KEPT = timedelta(days=90)
MOST_WAITING = 12
MOST_NAME, MOST_TOPIC = 60, 200


def holder_of(call_id: int) -> str:
    """How the engine knows a caller."""
    return f"telepon:{call_id}"


def open_calls(db: Session, now: datetime) -> list[Call]:
    """Who is on the line, the longest waiting first."""
    return list(db.scalars(select(Call).where(Call.state.in_(OPEN), Call.seen_at > now - GONE).order_by(Call.id)))


def blocked_accounts(db: Session) -> list[CallBlock]:
    return list(db.scalars(select(CallBlock).order_by(CallBlock.blocked_at.desc()).limit(50)))


def may_call(db: Session, actor: Actor) -> None:
    """Raises SignInNeeded, CallerBlocked, CallsClosed."""
    account_id = actor.require_signed_in()
    if db.get(CallBlock, account_id) is not None:
        raise CallerBlocked()
    if not settings.value(db, "radio.telepon"):
        raise CallsClosed()


def ask_to_call(db: Session, actor: Actor, *, name: str, topic: str, consent: bool, now: datetime) -> Call:
    """Wait for the producer. Raises what `may_call` raises, and ConsentNeeded, AlreadyCalling, LinesBusy."""
    may_call(db, actor)
    if not consent:
        raise ConsentNeeded()
    present = open_calls(db, now)
    if any(call.account_id == actor.account_id for call in present):
        raise AlreadyCalling()
    if len(present) >= MOST_WAITING:
        raise LinesBusy()
    shown = " ".join(name.split())[:MOST_NAME] or actor.name.split()[0]
    call = Call(account_id=actor.account_id, name=shown, topic=" ".join(topic.split())[:MOST_TOPIC], state="menunggu", asked_at=now, seen_at=now, ended_by="")
    db.add(call)
    db.flush()
    _tell(db, call.id, "menunggu")
    return call


def still_there(db: Session, call_id: int, now: datetime) -> None:
    db.execute(update(Call).where(Call.id == call_id, Call.state.in_(OPEN)).values(seen_at=now))


def _move(db: Session, actor: Actor, call_id: int, frm: tuple[str, ...], to: str, **values: Any) -> Call:
    """Move a call on, once. Raises CallOver when it is not in one of `frm` any more."""
    moving = update(Call).where(Call.id == call_id, Call.state.in_(frm)).values(state=to, decided_by=actor.account_id, **values).returning(Call.id)
    if db.scalar(moving) is None:
        raise CallOver()
    call = db.get_one(Call, call_id, populate_existing=True)
    record(db, actor, f"radio.telepon_{to}", f"panggilan {call_id}", {"name": call.name, "topic": call.topic})
    _tell(db, call_id, to)
    return call


def admit_call(db: Session, actor: Actor, call_id: int, *, now: datetime) -> Call:
    """Into the waiting room: the caller hears the programme, and the producer may talk to them off the air."""
    actor.require("radio.producer")
    return _move(db, actor, call_id, ("menunggu", "udara"), "diterima")


def put_on_air(db: Session, actor: Actor, call_id: int, *, now: datetime) -> Call:
    actor.require("radio.producer")
    return _move(db, actor, call_id, ("diterima",), "udara", aired_at=func.coalesce(Call.aired_at, now))


def end_call(db: Session, actor: Actor, call_id: int, *, now: datetime) -> Call:
    actor.require("radio.producer")
    return _move(db, actor, call_id, OPEN, "selesai", ended_at=now, ended_by="produser")


def block_caller(db: Session, actor: Actor, call_id: int, reason: str, *, now: datetime) -> Call:
    """End the call; the account can't call in until it is let in again."""
    actor.require("radio.producer")
    call = db.get(Call, call_id)
    if call is None:
        raise CallOver()
    if db.get(CallBlock, call.account_id) is None:
        db.add(CallBlock(account_id=call.account_id, reason=reason[:300], blocked_by=actor.account_id, blocked_at=now))
        record(db, actor, "radio.telepon_blokir", f"akun {call.account_id}", {"reason": reason[:300], "call": call_id})
    if call.state in OPEN:
        _move(db, actor, call_id, OPEN, "selesai", ended_at=now, ended_by="blokir")
    return call


def unblock_caller(db: Session, actor: Actor, account_id: int) -> None:
    actor.require("radio.producer")
    db.execute(delete(CallBlock).where(CallBlock.account_id == account_id))
    record(db, actor, "radio.telepon_buka_blokir", f"akun {account_id}", {})
    wire.studio_changed(db)


def hang_up(db: Session, call_id: int, *, now: datetime, by: str = "penelepon") -> None:
    """The caller's page ended it, or is gone (`putus`)."""
    ending = update(Call).where(Call.id == call_id, Call.state.in_(OPEN)).values(state="selesai", ended_at=now, ended_by=by).returning(Call.id)
    if db.scalar(ending) is not None:
        _tell(db, call_id, "selesai")


def end_gone(db: Session, now: datetime) -> int:
    """Calls whose page and process are gone are over. Returns how many."""
    gone = list(db.scalars(select(Call.id).where(Call.state.in_(OPEN), Call.seen_at <= now - GONE)))
    for call_id in gone:
        hang_up(db, call_id, now=now, by="putus")
    return len(gone)


def _tell(db: Session, call_id: int, state: str) -> None:
    """The process that has the caller's line hears it; open studios fetch the list again."""
    live.signal(db, SIGNAL, {"id": call_id, "state": state})
    wire.studio_changed(db)


def personal_data(db: Session, account_id: int) -> list[PersonalData]:
    rows = [
        {"nama": call.name, "perihal": call.topic, "menelepon": call.asked_at.isoformat(), "di_udara": call.aired_at.isoformat() if call.aired_at else ""}
        for call in db.scalars(select(Call).where(Call.account_id == account_id).order_by(Call.id))
    ]
    purpose = _("Menjawab penelepon; suara di udara menjadi arsip siaran")
    return [PersonalData(_("Telepon Anda ke radio"), purpose, "UU 32/2002", rows, _("90 hari"))] if rows else []


def erase(db: Session, account_id: int) -> None:
    db.execute(update(Call).where(Call.account_id == account_id).values(name="", topic=""))
    db.execute(delete(CallBlock).where(CallBlock.account_id == account_id))


def forget_old(db: Session, now: datetime) -> int:
    """Calls are kept for 90 days, what was on the air in the archive."""
    return db.execute(delete(Call).where(Call.asked_at < now - KEPT)).rowcount
