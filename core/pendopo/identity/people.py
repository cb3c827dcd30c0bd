"""Accounts: made, entered, recovered, changed, exported, erased. Answers never tell whether a nik or an address is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from sqlalchemy import select, update
from sqlalchemy.orm import Session as DbSession

from .. import outbox
from ..errors import Conflict, InvalidInput, NotFound, TooMany
from ..i18n import N_
from ..notifications import notify, send_mail
from .actor import Actor
from .audit import record
from .loading import open_session, touch
from .models import Account, Session, Token
from .numbers import clean_digits, parse_nik, parse_nip, parse_phone
from .secrecy import COMMON, SHORTEST, check_password, encrypt_nik, hash_password, new_token, nik_lookup, token_hash

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}")
CONFIRM_LIFE = timedelta(days=3)
RESET_LIFE = timedelta(hours=1)
ACTING = timedelta(minutes=30)

_limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
PER_NAME = RateLimitItemPerMinute(5)
PER_ADDRESS = RateLimitItemPerMinute(30)
MAILS = RateLimitItemPerHour(5)
LOOKUPS = RateLimitItemPerMinute(10)


class WrongSignIn(InvalidInput):
    message = N_("Nama masuk atau kata sandi tidak cocok.")


def throttle(limit: Any, *key: str) -> None:
    """Count one try. Raises TooMany over the limit."""
    if not _limiter.hit(limit, *key):
        raise TooMany()


def forget_cache() -> None:
    _limiter.storage.reset()


def check_email(text: str) -> str:
    email = text.strip().lower()
    if len(email) > 254 or not EMAIL.fullmatch(email):
        raise InvalidInput(N_("Alamat surel ditulis seperti nama@contoh.id."), field="email")
    return email


def check_new_password(password: str, name: str = "", email: str = "") -> str:
    """At least ten characters, not one of the commonest, not one's own name. Raises InvalidInput."""
    if len(password) < SHORTEST:
        raise InvalidInput(N_("Kata sandi paling sedikit 10 huruf."), field="password")
    if len(password) > 200:
        raise InvalidInput(N_("Kata sandi paling banyak 200 huruf."), field="password")
    low = password.lower()
    own = [part for part in (*name.lower().split(), email.partition("@")[0].lower()) if len(part) > 3]
    if low in COMMON or len(set(low)) < 4 or any(low.strip("0123456789 !.") == part for part in own):
        raise InvalidInput(N_("Kata sandi ini mudah ditebak. Pakailah kalimat pendek yang hanya Anda tahu."), field="password")
    return password


@dataclass(frozen=True)
class NewPerson:
    """What a person tells of themselves when they sign up."""

    name: str
    email: str = ""
    phone: str = ""
    nik: str = ""
    password: str = ""
    desa_code: str | None = None
    language: str = "id"


def create_account(db: DbSession, person: NewPerson, *, now: datetime, kind: str = "warga", nip: str | None = None, confirmed: bool = False, invented: bool = False) -> Account:
    """A new account. Raises InvalidInput, or Conflict when the address, nik or nip has one: the caller decides what to say."""
    email = check_email(person.email) if person.email else None
    nik = clean_digits(person.nik)
    if nik:
        parse_nik(nik, today=now.date(), invented=invented)
    if nip is not None:
        parse_nip(nip)
    lookup = nik_lookup(nik) if nik else None
    taken = select(Account.id).where((Account.email == email) if email else Account.id.is_(None))
    if email and db.scalar(taken):
        raise Conflict(field="email")
    if lookup and db.scalar(select(Account.id).where(Account.nik_lookup == lookup)):
        raise Conflict(field="nik")
    if nip and db.scalar(select(Account.id).where(Account.nip == nip)):
        raise Conflict(field="nip")
    account = Account(
        kind=kind, name=person.name.strip(), email=email, phone=parse_phone(person.phone) if person.phone else None, nip=nip,
        nik_cipher=encrypt_nik(nik) if nik else None, nik_lookup=lookup, password_hash=hash_password(person.password) if person.password else None,
        language=person.language, desa_code=person.desa_code, created_at=now, email_confirmed_at=now if confirmed else None, page_version=0,
    )
    db.add(account)
    db.flush()
    return account


def sign_up(db: DbSession, person: NewPerson, *, address: str, now: datetime) -> None:
    """Register a citizen and mail a link to confirm.

    Whoever has an account already gets a mail that says so; the page says the same in both cases.
    """
    throttle(MAILS, "sign-up", address)
    if not person.email:
        raise InvalidInput(N_("Isi alamat surel Anda."), field="email")
    email = check_email(person.email)
    check_new_password(person.password, person.name, email)
    if person.nik:
        parse_nik(person.nik, today=now.date())
    if person.phone:
        parse_phone(person.phone)
    try:
        account = create_account(db, person, now=now)
    except Conflict:
        hash_password(person.password)
        send_mail(db, to=email, template="identity/mail/known", context={"name": person.name}, language=person.language, key=f"known:{new_token()}")
        return
    _mail_token(db, account, "confirm", CONFIRM_LIFE, now, payload=email)


def _mail_token(db: DbSession, account: Account, purpose: str, life: timedelta, now: datetime, *, payload: str = "", to: str | None = None) -> None:
    token = new_token()
    db.add(Token(token_hash=token_hash(token), purpose=purpose, account_id=account.id, payload=payload, expires_at=now + life))
    db.flush()
    send_mail(db, to=to or account.email or "", template=f"identity/mail/{purpose}", context={"name": account.name, "token": token}, language=account.language, key=f"{purpose}:{token_hash(token)[:20]}")


def use_token(db: DbSession, token: str, purpose: str, *, now: datetime) -> Token:
    """Spend a mailed token. Raises NotFound when it is unknown, spent or too old."""
    spending = (
        update(Token).where(Token.token_hash == token_hash(token), Token.purpose == purpose, Token.used_at.is_(None), Token.expires_at > now)
        .values(used_at=now).returning(Token)
    )
    row = db.scalar(spending)
    if row is None:
        raise NotFound(N_("Tautan ini sudah dipakai atau sudah kedaluwarsa. Mintalah yang baru."))
    return row


def peek_token(db: DbSession, token: str, purpose: str, *, now: datetime) -> bool:
    query = select(Token.id).where(Token.token_hash == token_hash(token), Token.purpose == purpose, Token.used_at.is_(None), Token.expires_at > now)
    return db.scalar(query) is not None


def confirm_email(db: DbSession, token: str, *, now: datetime) -> Account:
    row = use_token(db, token, "confirm", now=now)
    account = db.get(Account, row.account_id)
    if row.payload and row.payload != account.email:
        if db.scalar(select(Account.id).where(Account.email == row.payload)):
            raise Conflict(N_("Alamat surel ini sudah dipakai akun lain."))
        account.email = row.payload
    account.email_confirmed_at = now
    touch(db, account.id)
    return account


def find_account(db: DbSession, name: str) -> Account | None:
    """The account of an address, a nik, a nip or a short name."""
    name = name.strip().lower()
    digits = clean_digits(name)
    if "@" in name:
        where = Account.email == name
    elif len(digits) == 16 and digits.isdigit():
        where = Account.nik_lookup == nik_lookup(digits)
    elif len(digits) == 18 and digits.isdigit():
        where = Account.nip == digits
    else:
        where = Account.handle == name
    return db.scalar(select(Account).where(where))


def sign_in(db: DbSession, name: str, password: str, *, address: str, user_agent: str, now: datetime) -> tuple[Account, str]:
    """The account and a new session's token. Raises WrongSignIn (the same for every reason) or TooMany."""
    throttle(PER_ADDRESS, "sign-in", address)
    throttle(PER_NAME, "sign-in-name", nik_lookup(name.strip().lower()))
    account = find_account(db, name)
    right, better = check_password(password[:200], account.password_hash if account else None)
    if account is None or not right or account.disabled_at is not None or (account.email and account.email_confirmed_at is None):
        raise WrongSignIn(field="password")
    if better:
        account.password_hash = better
    token = open_session(db, account.id, now=now, user_agent=user_agent, address=address)
    return account, token


def sign_out(db: DbSession, actor: Actor, *, now: datetime) -> None:
    if actor.session_id is not None:
        _revoke(db, Session.id == actor.session_id, now)


def _revoke(db: DbSession, condition: Any, now: datetime) -> list[int]:
    from .. import live

    ids = list(db.scalars(update(Session).where(condition, Session.revoked_at.is_(None)).values(revoked_at=now).returning(Session.id)))
    for session_id in ids:
        live.publish(db, f"session:{session_id}", data={"ended": True})
    return ids


def devices(db: DbSession, actor: Actor, *, now: datetime) -> list[Session]:
    query = select(Session).where(Session.account_id == actor.require_signed_in(), Session.revoked_at.is_(None), Session.expires_at > now)
    return list(db.scalars(query.order_by(Session.last_seen_at.desc())))


def end_device(db: DbSession, actor: Actor, session_id: int, *, now: datetime) -> None:
    """Sign another device out. Raises NotFound for a session of somebody else."""
    if not _revoke(db, (Session.id == session_id) & (Session.account_id == actor.require_signed_in()), now):
        raise NotFound()


def end_other_devices(db: DbSession, actor: Actor, *, now: datetime) -> int:
    return len(_revoke(db, (Session.account_id == actor.require_signed_in()) & (Session.id != actor.session_id), now))


def ask_reset(db: DbSession, name: str, *, address: str, now: datetime) -> None:
    """Mail a link for a new password, when the account has an address. The answer is the same when it has not."""
    throttle(MAILS, "reset", address)
    throttle(MAILS, "reset-name", nik_lookup(name.strip().lower()))
    account = find_account(db, name)
    if account is not None and account.email and account.disabled_at is None:
        _mail_token(db, account, "reset", RESET_LIFE, now)


def reset_password(db: DbSession, token: str, password: str, *, now: datetime) -> Account:
    """Set a new password by a mailed token; every session ends, and the address counts as confirmed."""
    check_new_password(password)
    row = use_token(db, token, "reset", now=now)
    account = db.get(Account, row.account_id)
    account.password_hash = hash_password(password)
    account.email_confirmed_at = account.email_confirmed_at or now
    _revoke(db, Session.account_id == account.id, now)
    return account


def change_password(db: DbSession, actor: Actor, old: str, new: str, *, now: datetime) -> None:
    account = db.get(Account, actor.require_signed_in())
    throttle(PER_NAME, "change", str(account.id))
    right, _better = check_password(old[:200], account.password_hash)
    if not right:
        raise InvalidInput(N_("Kata sandi lama tidak cocok."), field="old")
    check_new_password(new, account.name, account.email or "")
    account.password_hash = hash_password(new)
    end_other_devices(db, actor, now=now)
    record(db, actor, "account.password_changed", f"account:{account.id}", {})


def change_account(db: DbSession, actor: Actor, *, name: str, email: str, phone: str, language: str, now: datetime) -> bool:
    """Change one's own data. A new address counts only after its link was used; True when such a mail was sent."""
    account = db.get(Account, actor.require_signed_in())
    if not name.strip():
        raise InvalidInput(N_("Nama harus diisi."), field="name")
    account.name, account.language = name.strip()[:120], language
    account.phone = parse_phone(phone) if phone else None
    email = check_email(email) if email else ""
    mailed = bool(email) and email != account.email
    if mailed:
        throttle(MAILS, "new-address", str(account.id))
        _mail_token(db, account, "confirm", CONFIRM_LIFE, now, payload=email, to=email)
    touch(db, account.id)
    record(db, actor, "account.changed", f"account:{account.id}", {})
    db.flush()
    return mailed


# ---------------------------------------------------------------------------------------------------------- on behalf of


def act_for(db: DbSession, actor: Actor, nik: str, reason: str, *, now: datetime) -> Account:
    """Act for a citizen for half an hour, found by the exact nik. The citizen is told; both are in the audit trail.

    Raises NotFound for an unknown nik and InvalidInput without a reason.
    """
    actor.require("core.act_for")
    throttle(LOOKUPS, "act-for", str(actor.account_id))
    if len(reason.strip()) < 5:
        raise InvalidInput(N_("Tuliskan keperluan warga, paling sedikit lima huruf."), field="reason")
    digits = clean_digits(nik)
    parse_nik(digits, today=now.date(), invented=True)
    citizen = db.scalar(select(Account).where(Account.nik_lookup == nik_lookup(digits), Account.disabled_at.is_(None)))
    if citizen is None:
        raise NotFound(N_("Belum ada akun dengan NIK ini. Anda dapat membuatkannya."), field="nik")
    _begin_acting(db, actor, citizen, reason, now)
    return citizen


def create_for(db: DbSession, actor: Actor, person: NewPerson, reason: str, *, now: datetime) -> Account:
    """Make an account for a citizen at the counter and act for them. Raises Conflict when the nik has one."""
    actor.require("core.act_for")
    if not person.name.strip():
        raise InvalidInput(N_("Nama harus diisi."), field="name")
    citizen = create_account(db, person, now=now, confirmed=True)
    record(db, actor, "account.created_for", f"account:{citizen.id}", {})
    _begin_acting(db, actor, citizen, reason, now)
    return citizen


def _begin_acting(db: DbSession, actor: Actor, citizen: Account, reason: str, now: datetime) -> None:
    if citizen.id == actor.account_id:
        raise InvalidInput(N_("Untuk diri sendiri Anda tidak perlu bertindak atas nama."), field="nik")
    db.execute(update(Session).where(Session.id == actor.session_id).values(on_behalf_of=citizen.id, on_behalf_reason=reason.strip()[:300], on_behalf_until=now + ACTING))
    record(db, actor, "on_behalf.began", f"account:{citizen.id}", {"reason": reason.strip()[:300]})
    notify(
        db, topic="core.on_behalf", to=[citizen.id], template="identity/notify/on_behalf", context={"officer": actor.name, "reason": reason.strip()[:300]},
        url="/akun/", key=f"on_behalf:{actor.session_id}:{now.isoformat()}",
    )


def stop_acting(db: DbSession, actor: Actor, *, now: datetime) -> None:
    if actor.on_behalf_of is not None:
        db.execute(update(Session).where(Session.id == actor.session_id).values(on_behalf_of=None, on_behalf_until=None))
        record(db, actor, "on_behalf.ended", f"account:{actor.on_behalf_of}", {})


# ------------------------------------------------------------------------------------------------- export and erasure


def export_person(db: DbSession, actor: Actor) -> dict[str, Any]:
    """Everything that the house and its plugins hold of the person (UU 27/2022, the right to a copy)."""
    from ..plugins import current_host

    account_id = actor.require_signed_in()
    parts = current_host().call_each("personal_data", db=db, account_id=account_id)
    return {"account": account_id, "data": [{"title": p.title, "purpose": p.purpose, "basis": p.basis, "keep_for": p.keep_for, "rows": list(p.rows)} for p in parts]}


def erase_person(db: DbSession, actor: Actor, password: str, *, now: datetime) -> None:
    """Erase one's account: signed out everywhere, name and addresses gone; plugins are told and follow.

    Matters under a legal duty of keeping stay, without the name.
    """
    account = db.get(Account, actor.require_signed_in())
    throttle(PER_NAME, "erase", str(account.id))
    if account.nip is not None:
        raise Conflict(N_("Akun pegawai dihapus oleh pengelola kepegawaian."))
    right, _better = check_password(password[:200], account.password_hash)
    if not right:
        raise InvalidInput(N_("Kata sandi tidak cocok."), field="password")
    record(db, actor, "account.erased", f"account:{account.id}", {})
    _revoke(db, Session.account_id == account.id, now)
    account.name, account.email, account.phone, account.handle = f"(akun terhapus {account.id})", None, None, None
    account.nik_cipher = account.nik_lookup = account.password_hash = account.desa_code = None
    account.disabled_at = account.erased_at = now
    outbox.tell(db, "person_erased", key=f"erased:{account.id}", account_id=account.id)
