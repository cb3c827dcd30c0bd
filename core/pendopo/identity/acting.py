"""A petugas at the counter acts for a citizen: found by the exact nik, for half an hour, with the citizen's knowledge."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from limits import RateLimitItemPerMinute
from sqlalchemy import select, update
from sqlalchemy.orm import Session as DbSession

from ..errors import Conflict, InvalidInput, NotFound
from ..i18n import N_
from ..notifications import notify
from .actor import Actor
from .audit import record
from .models import Account, Session
from .numbers import clean_digits, parse_nik
from .people import NewPerson, create_account, mail_new_password, throttle
from .secrecy import nik_lookup

ACTING = timedelta(minutes=30)
LOOKUPS = RateLimitItemPerMinute(10)
PERMISSION = "core.act_for"


def act_for(db: DbSession, actor: Actor, nik: str, reason: str, *, now: datetime) -> Account:
    """Act for the citizen with `nik`. The citizen is told; both are in the audit trail.

    Raises NotFound for an unknown nik and InvalidInput without a reason.
    """
    actor.require(PERMISSION)
    throttle(LOOKUPS, "act-for", str(actor.account_id))
    reason = _reason(reason)
    digits = clean_digits(nik)
    parse_nik(digits, today=now.date(), invented=True)
    citizen = db.scalar(select(Account).where(Account.nik_lookup == nik_lookup(digits), Account.disabled_at.is_(None)))
    if citizen is None:
        raise NotFound(N_("Belum ada akun dengan NIK ini. Anda dapat membuatkannya."), field="nik")
    _begin(db, actor, citizen, reason, now)
    return citizen


def create_for(db: DbSession, actor: Actor, person: NewPerson, reason: str, *, now: datetime) -> Account:
    """Make an account for a citizen who has none and act for them; with an address they get a link to choose a password.

    Raises Conflict when the nik or the address has an account.
    """
    actor.require(PERMISSION)
    throttle(LOOKUPS, "act-for", str(actor.account_id))
    reason = _reason(reason)
    if not person.name.strip():
        raise InvalidInput(N_("Nama harus diisi."), field="name")
    try:
        citizen = create_account(db, person, now=now)
    except Conflict as taken:
        if taken.field == "nik":
            raise Conflict(N_("NIK ini sudah mempunyai akun. Cari dengan NIK-nya."), field="nik") from taken
        raise Conflict(N_("Alamat surel ini tidak dapat dipakai. Kosongkan, atau tulis alamat lain."), field="email") from taken
    record(db, actor, "account.created_for", f"account:{citizen.id}", {})
    if citizen.email:
        mail_new_password(db, citizen, now=now)
    _begin(db, actor, citizen, reason, now)
    return citizen


def _reason(text: str) -> str:
    if len(text.strip()) < 5:
        raise InvalidInput(N_("Tuliskan keperluan warga, paling sedikit lima huruf."), field="reason")
    return text.strip()[:300]


def _begin(db: DbSession, actor: Actor, citizen: Account, reason: str, now: datetime) -> None:
    if citizen.id == actor.account_id:
        raise InvalidInput(N_("Untuk diri sendiri Anda tidak perlu bertindak atas nama."), field="nik")
    if actor.on_behalf_of not in (None, citizen.id):
        stop_acting(db, actor, now=now)
    acting: dict[str, Any] = {"on_behalf_of": citizen.id, "on_behalf_reason": reason, "on_behalf_until": now + ACTING}
    db.execute(update(Session).where(Session.id == actor.session_id).values(**acting))
    record(db, actor, "on_behalf.began", f"account:{citizen.id}", {"reason": reason})
    notify(
        db, topic="core.on_behalf", to=[citizen.id], template="identity/notify/on_behalf",
        context={"officer": actor.name, "office": actor.posts[0].opd if actor.posts else "", "reason": reason},
        url="/akun/data-saya", key=f"on_behalf:{actor.session_id}:{now.isoformat()}",
    )


def stop_acting(db: DbSession, actor: Actor, *, now: datetime) -> None:
    """Be oneself again. Nothing happens when one was."""
    if actor.on_behalf_of is None:
        return
    db.execute(update(Session).where(Session.id == actor.session_id).values(on_behalf_of=None, on_behalf_until=None))
    record(db, actor, "on_behalf.ended", f"account:{actor.on_behalf_of}", {})
