"""One of each kind per listener in a while. Who has no account is known for a day by a hash of the address, and by nothing after it."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from pendopo.db import insert_into, insert_once
from pendopo.i18n import format_time
from pendopo.kit import settings

from ..errors import TooSoon
from ..programmes import local_day
from .models import Salt, Turn

LONGEST_PAUSE = timedelta(days=1)


@dataclass(frozen=True)
class Sender:
    """Whoever sends: an account, or an address that is only ever kept hashed."""

    account_id: int | None
    address: str = ""


def take_turn(db: Session, sender: Sender, kind: str, now: datetime) -> None:
    """Note that `sender` sends something of `kind`. Raises TooSoon when the last time was less than the pause of its setting ago.

    One statement decides, so that two presses at once cannot both win.
    """
    pause = timedelta(minutes=settings.value(db, f"radio.papan_jeda_{kind}"))
    who = f"{kind}:{_name_of(db, sender, now)}"
    writing = insert_into(db, Turn).values(who=who, at=now)
    writing = writing.on_conflict_do_update(index_elements=["who"], set_={"at": now}, where=Turn.at <= now - pause).returning(Turn.who)
    if db.scalar(writing) is None:
        last = db.get_one(Turn, who).at
        raise TooSoon(at=format_time(last + pause))


def _name_of(db: Session, sender: Sender, now: datetime) -> str:
    if sender.account_id is not None:
        return f"akun-{sender.account_id}"
    day = local_day(now)
    insert_once(db, Salt, day=day, salt=secrets.token_hex(32))
    salt = db.get_one(Salt, day).salt
    return hashlib.sha256(f"{salt}:{_network(sender.address)}".encode()).hexdigest()


def _network(address: str) -> str:
    """One household: an IPv4 address, or the half of an IPv6 address that a connection is given."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(known) if known.version == 4 else str(ipaddress.ip_network((known, 64), strict=False))


def forget_turns(db: Session, now: datetime) -> None:
    """Throw away the salts of past days and turns that no longer hold anybody back."""
    db.execute(delete(Salt).where(Salt.day < local_day(now)))
    db.execute(delete(Turn).where(Turn.at < now - LONGEST_PAUSE))
