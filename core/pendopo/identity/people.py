"""Accounts: made, entered, recovered, changed, exported, erased. Answers never tell whether a nik or an address is known."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as DbSession

from .. import outbox
from ..errors import Conflict, InvalidInput, NotFound, TooMany
from ..i18n import N_
from ..notifications import notify, send_mail
from .actor import Actor
from .audit import record
from .loading import touch
from .models import Account, Session, Token
from .numbers import clean_digits, parse_nik, parse_nip, parse_phone
from .secrecy import COMMON, SHORTEST, check_password, encrypt_nik, hash_password, new_token, nik_lookup, token_hash

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}")
CONFIRM_LIFE = timedelta(days=3)
RESET_LIFE = timedelta(hours=1)

_limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
PER_NAME = RateLimitItemPerMinute(5)
PER_ADDRESS = RateLimitItemPerMinute(30)
MAILS = RateLimitItemPerHour(5)
NIKS = RateLimitItemPerHour(5)


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


def create_account(
    db: DbSession, person: NewPerson, *, now: datetime, kind: str = "warga", nip: str | None = None, confirmed: bool = False, invented: bool = False,
) -> Account:
    """A new account. Raises InvalidInput, or Conflict when the address, nik or nip has one: the caller decides what to say."""
    email = check_email(person.email) if person.email else None
    nik = clean_digits(person.nik)
    if nik:
        parse_nik(nik, today=now.date(), invented=invented)
    if nip is not None:
        nip = clean_digits(nip)
        parse_nip(nip)
    lookup = nik_lookup(nik) if nik else None
    _refuse_taken(db, email=email, nik=lookup, nip=nip)
    account = Account(
        kind=kind, name=person.name.strip(), email=email, phone=parse_phone(person.phone) if person.phone else None, nip=nip,
        nik_cipher=encrypt_nik(nik) if nik else None, nik_lookup=lookup, password_hash=hash_password(person.password) if person.password else None,
        language=person.language, desa_code=person.desa_code, created_at=now, email_confirmed_at=now if confirmed else None, page_version=0,
    )
    try:
        with db.begin_nested():
            db.add(account)
    except IntegrityError as error:  # somebody took it in this very moment
        _refuse_taken(db, email=email, nik=lookup, nip=nip)
        raise Conflict() from error
    return account


def _refuse_taken(db: DbSession, *, email: str | None, nik: str | None, nip: str | None) -> None:
    for field, column, value in (("email", Account.email, email), ("nik", Account.nik_lookup, nik), ("nip", Account.nip, nip)):
        if value is not None and db.scalar(select(Account.id).where(column == value)):
            raise Conflict(field=field)


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
    except Conflict as taken:
        if taken.field == "nik":
            _tell_holder(db, clean_digits(person.nik), now)
            account = create_account(db, replace(person, nik=""), now=now)
        else:
            hash_password(person.password)
            send_mail(db, to=email, template="identity/mail/known", context={"name": person.name}, language=person.language, key=f"known:{new_token()}")
            return
    _mail_token(db, account, "confirm", CONFIRM_LIFE, now, payload=email)


def _tell_holder(db: DbSession, nik: str, now: datetime) -> None:
    """Somebody typed a nik that has an account: its holder hears of it, once a day, and nobody else."""
    holder = db.scalar(select(Account.id).where(Account.nik_lookup == nik_lookup(nik)))
    if holder is not None:
        tell_security(db, holder, "nik_claimed", key=f"nik-claimed:{holder}:{now.date()}")


def tell_security(db: DbSession, account_id: int, what: str, *, key: str) -> None:
    """Tell somebody what happened to their account (`identity/notify/<what>.txt`)."""
    notify(db, topic="core.security", to=[account_id], template=f"identity/notify/{what}", context={}, url="/akun/", key=key)


def add_nik(db: DbSession, actor: Actor, nik: str, *, now: datetime) -> bool:
    """Note one's own nik, once. False when it needs a look at the card: its present holder then hears of the try.

    Raises InvalidInput for no nik, Conflict when one is noted already.
    """
    account = db.get(Account, actor.require_signed_in())
    throttle(NIKS, "nik", str(account.id))
    if account.nik_lookup is not None:
        raise Conflict(N_("NIK Anda sudah tercatat. Perubahan dilakukan di loket dengan KTP."), field="nik")
    digits = clean_digits(nik)
    parse_nik(digits, today=now.date())
    if db.scalar(select(Account.id).where(Account.nik_lookup == nik_lookup(digits))):
        _tell_holder(db, digits, now)
        return False
    account.nik_cipher, account.nik_lookup = encrypt_nik(digits), nik_lookup(digits)
    touch(db, account.id)
    record(db, actor, "account.nik_noted", f"account:{account.id}", {})
    db.flush()
    return True


def _mail_token(db: DbSession, account: Account, purpose: str, life: timedelta, now: datetime, *, payload: str = "", to: str | None = None) -> None:
    token = new_token()
    db.add(Token(token_hash=token_hash(token), purpose=purpose, account_id=account.id, payload=payload, expires_at=now + life))
    db.flush()
    send_mail(
        db, to=to or account.email or "", template=f"identity/mail/{purpose}", context={"name": account.name, "token": token}, language=account.language,
        key=f"{purpose}:{token_hash(token)[:20]}",
    )


def mail_new_password(db: DbSession, account: Account, *, now: datetime) -> None:
    """Mail a link with which the holder of the address chooses a password."""
    _mail_token(db, account, "reset", RESET_LIFE, now, payload=account.email or "")


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
        if account.email and account.email_confirmed_at is not None:
            send_mail(
                db, to=account.email, template="identity/mail/moved", context={"name": account.name}, language=account.language, key=f"moved:{row.id}",
            )
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


def sign_in(db: DbSession, name: str, password: str, *, address: str, now: datetime) -> Account:
    """Whose name and password these are. Raises WrongSignIn (the same for every reason, after the same work) or TooMany."""
    throttle(PER_ADDRESS, "sign-in", address)
    throttle(PER_NAME, "sign-in-name", nik_lookup(name.strip().lower()))
    account = find_account(db, name)
    right, better = check_password(password[:200], account.password_hash if account else None)
    if account is None or not right or account.disabled_at is not None or (account.email and account.email_confirmed_at is None):
        raise WrongSignIn(field="password")
    if better:
        account.password_hash = better
    return account


def sign_out(db: DbSession, actor: Actor, *, now: datetime) -> None:
    if actor.session_id is not None:
        end_sessions(db, Session.id == actor.session_id, now)


def end_sessions(db: DbSession, condition: Any, now: datetime) -> list[int]:
    """Sign out every session that fits; their open pages hear of it. Returns their ids."""
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
    if not end_sessions(db, (Session.id == session_id) & (Session.account_id == actor.require_signed_in()), now):
        raise NotFound()


def end_other_devices(db: DbSession, actor: Actor, *, now: datetime) -> int:
    return len(end_sessions(db, (Session.account_id == actor.require_signed_in()) & (Session.id != actor.session_id), now))


def ask_reset(db: DbSession, name: str, *, address: str, now: datetime) -> None:
    """Mail a link for a new password, when the account has an address. The answer is the same when it has not."""
    throttle(MAILS, "reset", address)
    throttle(MAILS, "reset-name", nik_lookup(name.strip().lower()))
    account = find_account(db, name)
    known = account is not None and account.email and account.disabled_at is None
    outbox.put(db, "new-password", key=new_token(), payload={"account_id": account.id if known else None})


@outbox.handler("new-password")
def _answer_reset(portal: Any, db: DbSession, row: outbox.OutboxRow) -> None:
    """Written for every question, answered only where there is an account: the page takes equally long for both."""
    account_id = outbox.unpack(row.payload)["account_id"]
    account = db.get(Account, account_id) if account_id is not None else None
    if account is not None and account.disabled_at is None and account.email:
        mail_new_password(db, account, now=datetime.now(UTC))


def reset_password(db: DbSession, token: str, password: str, *, now: datetime) -> Account:
    """Set a new password by a mailed token; every session ends, and the address counts as confirmed."""
    check_new_password(password)
    row = use_token(db, token, "reset", now=now)
    account = db.get(Account, row.account_id)
    account.password_hash = hash_password(password)
    account.email_confirmed_at = account.email_confirmed_at or now
    end_sessions(db, Session.account_id == account.id, now)
    tell_security(db, account.id, "password_changed", key=f"password-reset:{row.id}")
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
    tell_security(db, account.id, "password_changed", key=f"password:{account.id}:{now.isoformat()}")


def change_account(db: DbSession, actor: Actor, *, name: str, email: str, phone: str, language: str, now: datetime) -> bool:
    """Change one's own data. A new address counts only after its link was used; True when such a mail was sent."""
    account = db.get(Account, actor.require_signed_in())
    if not name.strip():
        raise InvalidInput(N_("Nama harus diisi."), field="name")
    account.name, account.language = name.strip()[:120], language
    account.phone = parse_phone(phone) if phone else None
    email = check_email(email) if email else ""
    mailed = bool(email) and email != account.email
    if account.email and not email:
        raise InvalidInput(N_("Alamat surel tidak dapat dikosongkan; ganti dengan alamat lain bila perlu."), field="email")
    if mailed:
        throttle(MAILS, "new-address", str(account.id))
        _mail_token(db, account, "confirm", CONFIRM_LIFE, now, payload=email, to=email)
    touch(db, account.id)
    record(db, actor, "account.changed", f"account:{account.id}", {})
    db.flush()
    return mailed
