"""Invented people for tests: made and committed, handed out as the Actor that a request of theirs would have."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from pendopo.contract import RoleSpec
from pendopo.db import run_after_commit
from pendopo.identity import Account, Actor, Jabatan, Opd, Penugasan, load_actor, open_session

__all__ = ["People", "open_session_for", "open_sessions", "settle"]

_serial = itertools.count(1)
open_sessions: list[Session] = []


def settle() -> None:
    """Commit what the test has written so far, and let it see what others write from here on.

    Whoever else opens a session would wait for the test's transaction (SQLite has one writer), and would not see it.
    """
    for session in open_sessions:
        session.commit()
        run_after_commit(session)
        session.expire_all()


def open_session_for(portal: Any, account_id: int) -> str:
    """A session token for `account_id`, as signing in would give."""
    settle()
    with portal.db.session() as db:
        return open_session(db, account_id, now=datetime.now(UTC), user_agent="uji coba", address="127.0.0.1")


def _actor(portal: Any, account_id: int) -> Actor:
    token = open_session_for(portal, account_id)
    with portal.db.session(write=False) as db:
        actor = load_actor(db, token, now=datetime.now(UTC), roles=portal.roles())
    assert actor is not None
    return actor


class People:
    """Makes residents and officers in the database of `portal`."""

    def __init__(self, portal: Any) -> None:
        self.portal = portal

    def resident(self, name: str = "Siti Contoh", **columns: Any) -> Actor:
        number = next(_serial)
        settle()
        with self.portal.db.session() as db:
            account = Account(kind="warga", name=name, email=f"warga{number}@contoh.invalid", created_at=datetime.now(UTC),
                              email_confirmed_at=datetime.now(UTC), **columns)
            db.add(account)
            db.flush()
            account_id = account.id
        return _actor(self.portal, account_id)

    def opd(self, code: str = "dpupr", name: str = "Dinas Contoh", parent: int | None = None) -> int:
        """The id of the OPD with `code`, made when it is not there."""
        from sqlalchemy import select

        settle()
        with self.portal.db.session() as db:
            found = db.scalar(select(Opd).where(Opd.code == code))
            if found is None:
                found = Opd(code=code, name=name, short_name=code.upper(), kind="dinas", parent_id=parent)
                db.add(found)
                db.flush()
            return found.id

    def officer(self, *permissions: str, opd: str = "dpupr", name: str = "Budi Contoh", scope: str = "opd", atasan: int | None = None) -> Actor:
        """A staff member in `opd` with a role of exactly `permissions`."""
        number = next(_serial)
        settle()
        opd_id = self.opd(opd)
        role = RoleSpec(f"uji_{number}", "Peran uji", permissions, scope)
        self.portal.roles()[role.slug] = role
        with self.portal.db.session() as db:
            account = Account(kind="pegawai", name=name, email=f"pegawai{number}@contoh.invalid", nip=f"199001012015031{number % 1000:03d}",
                              created_at=datetime.now(UTC), email_confirmed_at=datetime.now(UTC))
            post = Jabatan(opd_id=opd_id, name=f"Jabatan uji {number}", roles=[role.slug], atasan_id=atasan)
            db.add_all([account, post])
            db.flush()
            db.add(Penugasan(account_id=account.id, jabatan_id=post.id, kind="definitif", starts_on=datetime(2020, 1, 1, tzinfo=UTC).date()))
            db.flush()
            account_id = account.id
        return _actor(self.portal, account_id)
