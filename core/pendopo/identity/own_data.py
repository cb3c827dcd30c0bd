"""A person's right to a copy of their data, and to be forgotten (UU 27/2022)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session as DbSession

from .. import outbox
from ..contract import PersonalData
from ..errors import Conflict, InvalidInput
from ..i18n import N_
from .actor import Actor
from .audit import record
from .models import Account, Session, Token
from .people import PER_NAME, end_sessions, throttle
from .secrecy import check_password


def personal_data_of(db: DbSession, actor: Actor) -> list[PersonalData]:
    """Everything that the house and its plugins hold of the person, by purpose."""
    from ..plugins import current_host

    return list(current_host().call_each("personal_data", db=db, account_id=actor.require_signed_in()))


def export_person(db: DbSession, actor: Actor, *, now: datetime) -> dict[str, object]:
    """The copy to take away. That it was taken is in the audit trail."""
    parts = [
        {"title": part.title, "purpose": part.purpose, "basis": part.basis, "keep_for": part.keep_for, "rows": list(part.rows)}
        for part in personal_data_of(db, actor)
    ]
    return {"account": actor.account_id, "made_at": now.isoformat(), "data": parts}


def erase_person(db: DbSession, actor: Actor, password: str, *, now: datetime) -> None:
    """Erase one's account: signed out everywhere, name and addresses gone; plugins are told and follow.

    Matters under a legal duty of keeping stay, without the name. Raises InvalidInput for a wrong password.
    """
    account = db.get(Account, actor.require_signed_in())
    throttle(PER_NAME, "erase", str(account.id))
    if account.nip is not None:
        raise Conflict(N_("Akun pegawai dihapus oleh pengelola kepegawaian."))
    right, _better = check_password(password[:200], account.password_hash)
    if not right:
        raise InvalidInput(N_("Kata sandi tidak cocok."), field="password")
    record(db, Actor(account_id=account.id, name=f"akun {account.id}", kind="warga"), "account.erased", f"account:{account.id}", {})
    end_sessions(db, Session.account_id == account.id, now)
    db.execute(update(Token).where(Token.account_id == account.id, Token.used_at.is_(None)).values(used_at=now, payload=""))
    account.name, account.email, account.phone, account.handle = f"(akun terhapus {account.id})", None, None, None
    account.nik_cipher = account.nik_lookup = account.password_hash = account.desa_code = account.email_confirmed_at = None
    account.disabled_at = account.erased_at = now
    db.flush()
    outbox.tell(db, "person_erased", key=f"erased:{account.id}", account_id=account.id)
