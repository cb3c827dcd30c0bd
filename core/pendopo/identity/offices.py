"""OPD, positions and who holds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import InvalidInput, NotFound
from ..i18n import N_
from .actor import Actor
from .audit import record
from .loading import opd_and_below, regency_day, touch
from .models import Account, Jabatan, Opd, Penugasan

MANAGE = "core.manage_people"


def find_opd(db: Session, code: str) -> Opd | None:
    return db.scalar(select(Opd).where(Opd.code == code))


def holders_of(db: Session, jabatan_id: int, on: date) -> list[int]:
    """Accounts that hold a position that day: the Plh or Plt where there is one, else the holder."""
    rows = db.execute(
        select(Penugasan.account_id, Penugasan.kind).where(
            Penugasan.jabatan_id == jabatan_id, Penugasan.starts_on <= on, (Penugasan.ends_on.is_(None)) | (Penugasan.ends_on >= on)
        )
    ).all()
    standing_in = [row.account_id for row in rows if row.kind in ("plh", "plt")]
    return standing_in or [row.account_id for row in rows]


def holder_of(db: Session, jabatan_id: int, on: date) -> int | None:
    return next(iter(holders_of(db, jabatan_id, on)), None)


def people_with(db: Session, permission: str, opd: int | None = None, *, on: date | None = None) -> list[int]:
    """Accounts that hold `permission` today, in `opd` when one is given."""
    from ..registry import current

    on = on or regency_day(datetime.now(UTC))
    slugs = {role.slug: role.scope for role in current().roles.values() if permission in role.permissions}
    found: list[int] = []
    covered: dict[int, frozenset[int]] = {}
    for jabatan in db.scalars(select(Jabatan)):
        scopes = [slugs[slug] for slug in jabatan.roles or () if slug in slugs]
        if not scopes:
            continue
        if opd is not None and "regency" not in scopes:
            if jabatan.opd_id not in covered:
                covered[jabatan.opd_id] = opd_and_below(db, jabatan.opd_id)
            if opd not in covered[jabatan.opd_id]:
                continue
        found += holders_of(db, jabatan.id, on)
    return list(dict.fromkeys(found))


def assign(
    db: Session, actor: Actor, *, account_id: int, jabatan_id: int, kind: str = "definitif", starts_on: date, ends_on: date | None = None, now: datetime,
) -> Penugasan:
    """Put somebody in a position. A stand-in needs an end. Raises InvalidInput or NotFound."""
    actor.require(MANAGE)
    account, jabatan = db.get(Account, account_id), db.get(Jabatan, jabatan_id)
    if account is None or jabatan is None:
        raise NotFound()
    if account.nip is None:
        raise InvalidInput(N_("Hanya pegawai dengan NIP yang dapat memegang jabatan."), field="account")
    if kind not in ("definitif", "plt", "plh"):
        raise InvalidInput(N_("Jenis penugasan tidak dikenal."), field="kind")
    if kind != "definitif" and ends_on is None:
        raise InvalidInput(N_("Plt dan Plh perlu tanggal berakhir."), field="ends_on")
    if ends_on is not None and ends_on < starts_on:
        raise InvalidInput(N_("Tanggal berakhir mendahului tanggal mulai."), field="ends_on")
    penugasan = Penugasan(account_id=account_id, jabatan_id=jabatan_id, kind=kind, starts_on=starts_on, ends_on=ends_on)
    db.add(penugasan)
    touch(db, account_id)
    record(db, actor, "people.assigned", f"jabatan:{jabatan_id}", {"account": account_id, "kind": kind, "from": starts_on, "to": ends_on})
    db.flush()
    return penugasan


def end_assignment(db: Session, actor: Actor, penugasan_id: int, *, on: date, now: datetime) -> Penugasan:
    actor.require(MANAGE)
    penugasan = db.get(Penugasan, penugasan_id)
    if penugasan is None:
        raise NotFound()
    penugasan.ends_on = on
    touch(db, penugasan.account_id)
    record(db, actor, "people.assignment_ended", f"jabatan:{penugasan.jabatan_id}", {"account": penugasan.account_id, "on": on})
    return penugasan


def set_roles(db: Session, actor: Actor, jabatan_id: int, roles: Sequence[str], *, now: datetime) -> Jabatan:
    """Give a position its roles. Those who hold it may do other things from the next request on."""
    from ..registry import current

    actor.require(MANAGE)
    jabatan = db.get(Jabatan, jabatan_id)
    if jabatan is None:
        raise NotFound()
    unknown = set(roles) - set(current().roles)
    if unknown:
        raise InvalidInput(N_("Peran ini tidak dikenal."), field="roles")
    jabatan.roles = list(roles)
    touch(db, *db.scalars(select(Penugasan.account_id).where(Penugasan.jabatan_id == jabatan_id)))
    record(db, actor, "people.roles_set", f"jabatan:{jabatan_id}", {"roles": list(roles)})
    db.flush()
    return jabatan
