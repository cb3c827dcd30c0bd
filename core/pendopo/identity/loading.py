"""From a session token to an Actor: the hot path of every signed-in request."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session as DbSession

from ..contract import RoleSpec
from ..i18n import current_zone
from .actor import Actor, Post
from .models import Account, Jabatan, Opd, Penugasan, Session
from .secrecy import new_token, token_hash

SESSION_LIFE = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=10)

_FIND = (
    select(
        Session.id, Session.expires_at, Session.last_seen_at, Session.on_behalf_of, Session.on_behalf_until,
        Account.id.label("account_id"), Account.name, Account.kind, Account.email, Account.nip, Account.nik_lookup, Account.language, Account.page_version,
    )
    .join(Account, Account.id == Session.account_id)
    .where(Session.token_hash == bindparam("token"), Session.revoked_at.is_(None), Account.disabled_at.is_(None))
)
_POSTS = (
    select(Penugasan.kind, Jabatan.id, Jabatan.name, Jabatan.roles, Jabatan.atasan_id, Opd.id.label("opd_id"), Opd.name.label("opd"))
    .join(Jabatan, Jabatan.id == Penugasan.jabatan_id)
    .join(Opd, Opd.id == Jabatan.opd_id)
    .where(
        Penugasan.account_id == bindparam("account"), Penugasan.starts_on <= bindparam("today"),
        (Penugasan.ends_on.is_(None)) | (Penugasan.ends_on >= bindparam("today")),
    )
    .order_by(Penugasan.id)
)
_held: OrderedDict[tuple[Any, ...], tuple[tuple[Post, ...], dict[str, frozenset[int] | None]]] = OrderedDict()


def forget_cache() -> None:
    _held.clear()


def regency_day(now: datetime) -> date:
    """The day that `now` is in the regency: positions begin and end by its calendar."""
    return now.astimezone(current_zone.get()).date()


def load_actor(db: DbSession, token: str, *, now: datetime, roles: Mapping[str, RoleSpec]) -> Actor | None:
    """The Actor of a session token; None when it is unknown, revoked or expired, or its account disabled.

    One indexed read; posts and permissions are kept per (account, page_version, day), and whatever changes them raises
    the page_version of those concerned.
    """
    row = db.execute(_FIND, {"token": token_hash(token)}).first()
    if row is None or row.expires_at <= now:
        return None
    posts, permissions = _posts_of(db, row, regency_day(now), roles)
    acting = row.on_behalf_of if row.on_behalf_until and row.on_behalf_until > now and "core.act_for" in permissions else None
    citizen = db.execute(select(Account.name).where(Account.id == acting, Account.disabled_at.is_(None))).scalar() if acting else None
    return Actor(
        account_id=row.account_id, name=row.name, kind=row.kind, has_nik=row.nik_lookup is not None, nip=row.nip, email=row.email or "", language=row.language,
        posts=posts, permissions=permissions, on_behalf_of=acting if citizen else None, on_behalf_name=citizen or "", session_id=row.id,
        page_version=row.page_version, last_seen_at=row.last_seen_at,
    )


def _posts_of(db: DbSession, row: Any, today: date, roles: Mapping[str, RoleSpec]):
    if row.nip is None:
        return (), {}
    key = (db.get_bind().engine.url, row.account_id, row.page_version, today, id(roles), len(roles))
    found = _held.get(key)
    if found is None:
        posts = tuple(
            Post(post.id, post.name, post.opd_id, post.opd, post.kind, tuple(post.roles or ()), post.atasan_id)
            for post in db.execute(_POSTS, {"account": row.account_id, "today": today})
        )
        found = posts, permissions_of(db, posts, roles)
        _held[key] = found
        while len(_held) > 5000:
            _held.popitem(last=False)
    return found


def permissions_of(db: DbSession, posts: tuple[Post, ...], roles: Mapping[str, RoleSpec]) -> dict[str, frozenset[int] | None]:
    """Permission -> OPD ids where it holds (the position's OPD and all below), None for the whole regency."""
    found: dict[str, frozenset[int] | None] = {}
    below: dict[int, frozenset[int]] = {}
    for post in posts:
        for slug in post.roles:
            role = roles.get(slug)
            if role is None:
                continue
            if post.opd_id not in below:
                below[post.opd_id] = opd_and_below(db, post.opd_id)
            for permission in role.permissions:
                if role.scope == "regency" or (permission in found and found[permission] is None):
                    found[permission] = None
                else:
                    found[permission] = (found.get(permission) or frozenset()) | below[post.opd_id]
    return found


def opd_and_below(db: DbSession, opd_id: int) -> frozenset[int]:
    tree = select(Opd.id).where(Opd.id == opd_id).cte("tree", recursive=True)
    tree = tree.union_all(select(Opd.id).join(tree, Opd.parent_id == tree.c.id))
    return frozenset(db.scalars(select(tree.c.id)))


def open_session(db: DbSession, account_id: int, *, now: datetime, user_agent: str = "", address: str = "") -> str:
    """Begin a session and return its token, which is shown to nobody else and kept only as a hash."""
    token = new_token()
    db.add(Session(
        token_hash=token_hash(token), account_id=account_id, created_at=now, last_seen_at=now, expires_at=now + SESSION_LIFE,
        user_agent=user_agent[:200], address=address[:60],
    ))
    db.flush()
    return token


def is_due(actor: Actor, now: datetime) -> bool:
    """Was this session last written down as used so long ago that it is time to do so again?"""
    return actor.last_seen_at is not None and actor.last_seen_at < now - SEEN_EVERY


def touch_session(db: DbSession, session_id: int, *, now: datetime) -> None:
    """Keep a used session alive; written at most once in ten minutes."""
    db.execute(update(Session).where(Session.id == session_id, Session.last_seen_at < now - SEEN_EVERY).values(last_seen_at=now, expires_at=now + SESSION_LIFE))


def touch(db: DbSession, *account_ids: int | None) -> None:
    """Say that what these people see or may do has changed."""
    wanted = [account_id for account_id in account_ids if account_id is not None]
    if wanted:
        db.execute(update(Account).where(Account.id.in_(wanted)).values(page_version=Account.page_version + 1).execution_options(synchronize_session=False))
