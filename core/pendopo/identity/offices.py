"""OPD, positions and who holds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..errors import Conflict, InvalidInput, NotFound, PermissionRefused
from ..i18n import N_
from .actor import Actor
from .audit import record
from .loading import opd_and_below, regency_day, touch
from .models import Account, Jabatan, Opd, Penugasan

MANAGE = "core.manage_people"
STAND_INS = ("plt", "plh")


def find_opd(db: Session, code: str) -> Opd | None:
    return db.scalar(select(Opd).where(Opd.code == code))


def holders_of(db: Session, jabatan_id: int, on: date) -> list[int]:
    """Accounts that hold a position that day: the Plh or Plt where there is one, else the holder. Closed accounts don't count."""
    return holders_by_jabatan(db, [jabatan_id], on).get(jabatan_id, [])


def holders_by_jabatan(db: Session, jabatan_ids: Sequence[int], on: date) -> dict[int, list[int]]:
    """The same for many positions at once; positions that nobody holds are missing."""
    rows = db.execute(
        select(Penugasan.jabatan_id, Penugasan.account_id, Penugasan.kind)
        .join(Account, Account.id == Penugasan.account_id)
        .where(Penugasan.jabatan_id.in_(jabatan_ids), _holds_on(on), Account.disabled_at.is_(None)).order_by(Penugasan.id)
    ).all()
    found: dict[int, list[int]] = {}
    for jabatan_id in jabatan_ids:
        here = [row for row in rows if row.jabatan_id == jabatan_id]
        holders = [row.account_id for row in here if row.kind in STAND_INS] or [row.account_id for row in here]
        if holders:
            found[jabatan_id] = holders
    return found


def _holds_on(on: date):
    return (Penugasan.starts_on <= on) & ((Penugasan.ends_on.is_(None)) | (Penugasan.ends_on >= on))


def holder_of(db: Session, jabatan_id: int, on: date) -> int | None:
    return next(iter(holders_of(db, jabatan_id, on)), None)


def people_with(db: Session, permission: str, opd: int | None = None, *, on: date | None = None) -> list[int]:
    """Accounts that hold `permission` today, in `opd` when one is given."""
    from ..registry import current

    on = on or regency_day(datetime.now(UTC))
    slugs = {role.slug: role.scope for role in current().roles.values() if permission in role.permissions}
    wanted: list[int] = []
    covered: dict[int, frozenset[int]] = {}
    for jabatan in db.execute(select(Jabatan.id, Jabatan.opd_id, Jabatan.roles).order_by(Jabatan.id)):
        scopes = [slugs[slug] for slug in jabatan.roles or () if slug in slugs]
        if not scopes:
            continue
        if opd is not None and "regency" not in scopes:
            if jabatan.opd_id not in covered:
                covered[jabatan.opd_id] = opd_and_below(db, jabatan.opd_id)
            if opd not in covered[jabatan.opd_id]:
                continue
        wanted.append(jabatan.id)
    holders = holders_by_jabatan(db, wanted, on)
    return list(dict.fromkeys(account_id for jabatan_id in wanted for account_id in holders.get(jabatan_id, [])))


def assign(
    db: Session, actor: Actor, *, account_id: int, jabatan_id: int, kind: str = "definitif", starts_on: date, ends_on: date | None = None, now: datetime,
) -> Penugasan:
    """Put somebody in a position. A stand-in needs an end. Raises InvalidInput or NotFound."""
    account, jabatan = db.get(Account, account_id), db.get(Jabatan, jabatan_id)
    actor.require(MANAGE, jabatan.opd_id if jabatan else None)
    if account is None or jabatan is None:
        raise NotFound()
    if account.nip is None or account.disabled_at is not None:
        raise InvalidInput(N_("Hanya pegawai aktif dengan NIP yang dapat memegang jabatan."), field="account_id")
    if kind not in ("definitif", *STAND_INS):
        raise InvalidInput(N_("Jenis penugasan tidak dikenal."), field="kind")
    if kind in STAND_INS and ends_on is None:
        raise InvalidInput(N_("Plt dan Plh perlu tanggal berakhir."), field="ends_on")
    if ends_on is not None and ends_on < starts_on:
        raise InvalidInput(N_("Tanggal berakhir mendahului tanggal mulai."), field="ends_on")
    _refuse_second(db, jabatan_id, kind, starts_on, ends_on)
    _refuse_wide_roles(actor, jabatan.roles or ())
    penugasan = Penugasan(account_id=account_id, jabatan_id=jabatan_id, kind=kind, starts_on=starts_on, ends_on=ends_on)
    db.add(penugasan)
    touch(db, account_id)
    record(db, actor, "people.assigned", f"jabatan:{jabatan_id}", {"account": account_id, "kind": kind, "from": starts_on, "to": ends_on})
    db.flush()
    return penugasan


def _refuse_second(db: Session, jabatan_id: int, kind: str, starts_on: date, ends_on: date | None) -> None:
    """One holder and one stand-in at a time: who signs must never be a question."""
    kinds = STAND_INS if kind in STAND_INS else ("definitif",)
    overlapping = select(Penugasan.id).where(
        Penugasan.jabatan_id == jabatan_id, Penugasan.kind.in_(kinds), (Penugasan.ends_on.is_(None)) | (Penugasan.ends_on >= starts_on),
        *([Penugasan.starts_on <= ends_on] if ends_on is not None else []),
    )
    if db.scalar(overlapping.limit(1)) is not None:
        raise Conflict(N_("Jabatan ini sudah dipegang orang lain pada tanggal itu. Akhiri dahulu penugasannya."), field="starts_on")


def _refuse_wide_roles(actor: Actor, roles: Sequence[str]) -> None:
    """Who manages people of one office only gives nothing that reaches beyond it."""
    from ..registry import current

    known = current().roles
    if actor.opd_scope(MANAGE) is not None and any(known[slug].scope == "regency" for slug in roles if slug in known):
        raise PermissionRefused(N_("Peran yang berlaku di seluruh kabupaten hanya diberikan oleh pengelola kabupaten."))


def end_assignment(db: Session, actor: Actor, penugasan_id: int, *, on: date, now: datetime) -> Penugasan:
    """Let an assignment end with the day `on`. Raises InvalidInput for a day before it began."""
    penugasan = db.get(Penugasan, penugasan_id)
    jabatan = db.get(Jabatan, penugasan.jabatan_id) if penugasan else None
    actor.require(MANAGE, jabatan.opd_id if jabatan else None)
    if penugasan is None:
        raise NotFound()
    if on < penugasan.starts_on:
        raise InvalidInput(N_("Tanggal berakhir mendahului tanggal mulai."), field="ends_on")
    penugasan.ends_on = on
    touch(db, penugasan.account_id)
    record(db, actor, "people.assignment_ended", f"jabatan:{penugasan.jabatan_id}", {"account": penugasan.account_id, "on": on})
    return penugasan


def set_roles(db: Session, actor: Actor, jabatan_id: int, roles: Sequence[str], *, now: datetime) -> Jabatan:
    """Give a position its roles. Those who hold it may do other things from the next request on."""
    from ..registry import current

    jabatan = db.get(Jabatan, jabatan_id)
    actor.require(MANAGE, jabatan.opd_id if jabatan else None)
    if jabatan is None:
        raise NotFound()
    _refuse_wide_roles(actor, [*roles, *(jabatan.roles or ())])
    unknown = set(roles) - set(current().roles) - set(jabatan.roles or ())  # roles of a plugin that is off stay
    if unknown:
        raise InvalidInput(N_("Peran ini tidak dikenal."), field="roles")
    jabatan.roles = list(roles)
    touch(db, *db.scalars(select(Penugasan.account_id).where(Penugasan.jabatan_id == jabatan_id)))
    record(db, actor, "people.roles_set", f"jabatan:{jabatan_id}", {"roles": list(roles)})
    db.flush()
    return jabatan


def seat_administrator(db: Session, actor: Actor, account_id: int, *, now: datetime) -> Penugasan:
    """Let somebody administer the portal: in a new house nobody else could lay out its offices.

    The chair stands in the topmost office; both are made when they are missing. Each administrator gets a chair of their own.
    """
    actor.require(MANAGE)
    top = db.scalar(select(Opd).where(Opd.parent_id.is_(None)).order_by(Opd.id).limit(1))
    if top is None:
        top = Opd(code="pemkab", name="Pemerintah Kabupaten", short_name="Pemkab", kind="pemda")
        db.add(top)
        db.flush()
    chair = Jabatan(opd_id=top.id, name="Administrator Portal", roles=["admin"])
    db.add(chair)
    db.flush()
    return assign(db, actor, account_id=account_id, jabatan_id=chair.id, starts_on=regency_day(now), now=now)
