"""What those who manage people do: find them, make accounts for staff, open and close accounts, lay out offices."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session as DbSession

from ..errors import Conflict, InvalidInput, NotFound, PermissionRefused
from ..i18n import N_
from .actor import Actor
from .audit import record
from .loading import touch
from .models import Account, Jabatan, Opd, Penugasan, Session
from .offices import MANAGE
from .people import NewPerson, create_account, end_sessions, mail_new_password

PER_PAGE = 30
CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
TAKEN = {"email": N_("Alamat surel ini sudah dipakai."), "nip": N_("NIP ini sudah dipakai.")}


def find_people(db: DbSession, actor: Actor, *, text: str = "", kind: str = "", page: int = 1) -> tuple[list[Account], int]:
    """`(people of that page, number of all)` whose name, address or nip holds `text`."""
    actor.require(MANAGE)
    query = select(Account).where(Account.erased_at.is_(None))
    if text.strip():
        like = "%" + re.sub(r"([%_\\])", r"\\\1", text.strip().lower()) + "%"
        query = query.where(or_(
            func.lower(Account.name).like(like, escape="\\"), Account.email.like(like, escape="\\"), Account.nip.like(like, escape="\\"),
            Account.handle.like(like, escape="\\"),
        ))
    if kind:
        query = query.where(Account.kind == kind)
    total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = db.scalars(query.order_by(Account.name, Account.id).limit(PER_PAGE).offset((page - 1) * PER_PAGE))
    return list(rows), total


def create_staff(db: DbSession, actor: Actor, *, name: str, email: str, nip: str, phone: str = "", now: datetime) -> Account:
    """An account for a civil servant, who chooses a password by a mailed link. Raises InvalidInput or Conflict."""
    actor.require(MANAGE)
    try:
        account = create_account(db, NewPerson(name, email, phone), now=now, kind="pegawai", nip=nip)
    except Conflict as taken:
        raise Conflict(TAKEN.get(taken.field or "", taken.message), field=taken.field) from taken
    record(db, actor, "people.created", f"account:{account.id}", {"kind": "pegawai"})
    mail_new_password(db, account, now=now)
    return account


def set_disabled(db: DbSession, actor: Actor, account_id: int, disabled: bool, *, now: datetime) -> Account:
    """Close an account (every session ends, its data stay), or open it again."""
    actor.require(MANAGE)
    account = db.get(Account, account_id)
    if account is None or account.erased_at is not None:
        raise NotFound()
    _require_over(db, actor, account)
    if disabled and account.id == actor.account_id:
        raise Conflict(N_("Anda tidak dapat menonaktifkan akun sendiri."))
    account.disabled_at = now if disabled else None
    if disabled:
        end_sessions(db, Session.account_id == account.id, now)
    touch(db, account.id)
    record(db, actor, "people.disabled" if disabled else "people.enabled", f"account:{account.id}", {})
    db.flush()
    return account


def _require_over(db: DbSession, actor: Actor, account: Account) -> None:
    """Who manages one office only has power over those who sit nowhere else."""
    scope = actor.opd_scope(MANAGE)
    if scope is None:
        return
    offices = set(db.scalars(select(Jabatan.opd_id).join(Penugasan, Penugasan.jabatan_id == Jabatan.id).where(Penugasan.account_id == account.id)))
    if not offices or not offices <= scope:
        raise PermissionRefused()


def posts_of(db: DbSession, account_ids: list[int]) -> dict[int, list[tuple[Penugasan, Jabatan, Opd]]]:
    """All assignments of these people, newest first."""
    found: dict[int, list[tuple[Penugasan, Jabatan, Opd]]] = {}
    query = select(Penugasan, Jabatan, Opd).join(Jabatan, Jabatan.id == Penugasan.jabatan_id).join(Opd, Opd.id == Jabatan.opd_id)
    for penugasan, jabatan, opd in db.execute(query.where(Penugasan.account_id.in_(account_ids)).order_by(Penugasan.starts_on.desc(), Penugasan.id.desc())):
        found.setdefault(penugasan.account_id, []).append((penugasan, jabatan, opd))
    return found


def save_opd(db: DbSession, actor: Actor, opd_id: int | None, *, code: str, name: str, short_name: str, kind: str, parent_id: int | None) -> Opd:
    """Make or change an office. Its code is its name for plugins and stays. Raises InvalidInput or NotFound."""
    actor.require(MANAGE, opd_id or parent_id)
    if parent_id is not None and db.get(Opd, parent_id) is None:
        raise InvalidInput(N_("Induk ini tidak dikenal."), field="parent_id")
    if opd_id is None:
        if actor.opd_scope(MANAGE) is not None and parent_id is None:
            raise InvalidInput(N_("Pilih induk di lingkungan Anda."), field="parent_id")
        code = code.strip().lower()
        if not CODE.fullmatch(code):
            raise InvalidInput(N_("Kode terdiri dari huruf kecil, angka, dan garis bawah."), field="code")
        if db.scalar(select(Opd.id).where(Opd.code == code)):
            raise Conflict(N_("Kode ini sudah dipakai."), field="code")
        opd = Opd(code=code, name=name.strip(), short_name=short_name.strip(), kind=kind, parent_id=parent_id)
        db.add(opd)
    else:
        opd = db.get(Opd, opd_id)
        if opd is None:
            raise NotFound()
        if parent_id is not None and parent_id in _tree(db, opd_id):
            raise InvalidInput(N_("Induk tidak boleh berada di bawah OPD ini sendiri."), field="parent_id")
        moved = opd.parent_id != parent_id
        opd.name, opd.short_name, opd.kind, opd.parent_id = name.strip(), short_name.strip(), kind, parent_id
        if moved:
            touch(db, *db.scalars(select(Penugasan.account_id)))
    db.flush()
    record(db, actor, "opd.saved", f"opd:{opd.id}", {"code": opd.code, "name": opd.name})
    return opd


def _tree(db: DbSession, opd_id: int) -> frozenset[int]:
    from .loading import opd_and_below

    return opd_and_below(db, opd_id)


def save_jabatan(
    db: DbSession, actor: Actor, jabatan_id: int | None, *, opd_id: int, name: str, eselon: str, atasan_id: int | None,
) -> Jabatan:
    """Make or change a position. Raises InvalidInput when it would stand above itself."""
    actor.require(MANAGE, opd_id)
    if db.get(Opd, opd_id) is None:
        raise NotFound()
    if atasan_id is not None and db.get(Jabatan, atasan_id) is None:
        raise InvalidInput(N_("Atasan ini tidak dikenal."), field="atasan_id")
    if jabatan_id is None:
        jabatan = Jabatan(opd_id=opd_id, name=name.strip(), eselon=eselon or None, atasan_id=atasan_id, roles=[])
        db.add(jabatan)
    else:
        jabatan = db.get(Jabatan, jabatan_id)
        if jabatan is None or jabatan.opd_id != opd_id:
            raise NotFound()
        if atasan_id is not None and jabatan_id in _line_above(db, atasan_id):
            raise InvalidInput(N_("Atasan tidak boleh berada di bawah jabatan ini sendiri."), field="atasan_id")
        jabatan.name, jabatan.eselon, jabatan.atasan_id = name.strip(), eselon or None, atasan_id
        touch(db, *db.scalars(select(Penugasan.account_id).where(Penugasan.jabatan_id == jabatan_id)))
    db.flush()
    record(db, actor, "jabatan.saved", f"jabatan:{jabatan.id}", {"name": jabatan.name, "atasan": atasan_id})
    return jabatan


def _line_above(db: DbSession, jabatan_id: int) -> set[int]:
    """The position and everyone above it."""
    found: set[int] = set()
    current: int | None = jabatan_id
    while current is not None and current not in found:
        found.add(current)
        current = db.scalar(select(Jabatan.atasan_id).where(Jabatan.id == current))
    return found
