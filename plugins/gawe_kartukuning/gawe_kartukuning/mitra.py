"""Partners of the office, companies and schools: registered by an account, looked at once by an officer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound
from pendopo.identity import Actor, people_with, record
from pendopo.notifications import notify

from . import rules
from .kind import EMPLOYERS
from .models import Bkk, PemberiKerja
from .options import office_id


@dataclass(frozen=True)
class Partner:
    """`number`: the column of its national number, read by `parse`. `desk`, `home`: where an officer and its own people find it."""

    slug: str
    table: type[PemberiKerja] | type[Bkk]
    number: str
    parse: Callable[[str], str]
    taken: str
    known: str
    desk: str
    home: str


COMPANY = Partner(
    "pemberi",
    PemberiKerja,
    "nib",
    rules.parse_nib,
    N_("NIB ini sudah didaftarkan oleh akun lain."),
    N_("Perusahaan ini sudah terdaftar dan terverifikasi."),
    "/kerja/kartu-kuning/pemberi-kerja",
    "/kartu-kuning/perusahaan/",
)
SCHOOL = Partner(
    "bkk",
    Bkk,
    "npsn",
    rules.parse_npsn,
    N_("NPSN ini sudah didaftarkan oleh akun lain."),
    N_("Sekolah ini sudah terdaftar dan terverifikasi."),
    "/kerja/kartu-kuning/bkk",
    "/kartu-kuning/bkk/",
)


def register(db: Session, actor: Actor, kind: Partner, *, now: datetime, **about: Any) -> Any:
    """An account speaks for it; an officer compares the number before it may do anything. Raises Conflict for a number that is in use."""
    account_id = actor.require_signed_in()
    number = kind.parse(about.pop(kind.number))
    column = getattr(kind.table, kind.number)
    row = db.scalar(select(kind.table).where(column == number))
    if row is not None and row.account_id not in (None, account_id):
        raise Conflict(kind.taken, field=kind.number)
    if row is not None and row.is_verified:
        raise Conflict(kind.known, field=kind.number)
    if row is None:
        row = kind.table(**{kind.number: number}, created_at=now)
        db.add(row)
    for name, value in {**about, "account_id": account_id, "status": "menunggu", "alasan": ""}.items():
        setattr(row, name, value)
    try:
        db.flush()
    except IntegrityError as error:  # two accounts in the same moment
        raise Conflict(kind.taken, field=kind.number) from error
    tell_office(db, kind.slug, row.nama, kind.desk, f"{kind.slug}:{row.id}:{now.isoformat()}")
    return row


def held_by(db: Session, actor: Actor, kind: Partner) -> list[Any]:
    """Those that this account speaks for."""
    return list(db.scalars(select(kind.table).where(kind.table.account_id == actor.require_signed_in()).order_by(kind.table.id)))


def own(db: Session, actor: Actor, kind: Partner, row_id: int, *, officers: bool = False) -> Any:
    """One that this account speaks for (`officers`: or any, for them). Raises NotFound for others', so that nobody learns what is there."""
    account_id = actor.require_signed_in()
    row = db.get(kind.table, row_id)
    if row is None or (row.account_id != account_id and not (officers and actor.can(EMPLOYERS))):
        raise NotFound()
    return row


def decide(db: Session, actor: Actor, kind: Partner, row_id: int, verified: bool, reason: str, *, now: datetime) -> Any:
    """An officer accepts or refuses it, once. Raises Conflict for the second."""
    actor.require(EMPLOYERS)
    require_reason(verified, reason)
    status = "terverifikasi" if verified else "ditolak"
    deciding = (
        update(kind.table)
        .where(kind.table.id == row_id, kind.table.status != status)
        .values(status=status, alasan=reason.strip()[:300], decided_at=now, decided_by=actor.account_id)
        .execution_options(synchronize_session=False)
    )
    if db.execute(deciding).rowcount != 1:
        raise Conflict() if db.get(kind.table, row_id) else NotFound()
    row = db.get(kind.table, row_id, populate_existing=True)
    record(db, actor, f"kartu-kuning.{kind.slug}.{status}", f"{kind.slug}:{row_id}", {})
    context = {"name": row.nama, "verified": verified, "reason": row.alasan}
    tell_partner(db, row, "mitra", context, kind.home, f"{kind.slug}:{row_id}:{status}:{now.isoformat()}")
    return row


def require_reason(granted: bool, reason: str) -> None:
    """Whoever refuses says why. Raises InvalidInput."""
    if not granted and len(reason.strip()) < 5:
        raise InvalidInput(N_("Tulis alasannya."), field="alasan")


def tell_partner(db: Session, partner: Any, template: str, context: dict[str, Any], url: str, key: str) -> None:
    """To the account that speaks for it; a partner whose person was erased hears nothing."""
    if partner.account_id is not None:
        notify(db, topic="kartukuning.mitra", to=[partner.account_id], template=f"gawe_kartukuning/notify/{template}", context=context, url=url, key=key)


def tell_office(db: Session, what: str, name: str, url: str, key: str, *, permission: str = EMPLOYERS, count: int = 1, but: int | None = None) -> None:
    """To the officers who hold `permission`, without `but`. `what`: a branch of notify/menunggu.txt."""
    to = [account_id for account_id in people_with(db, permission, office_id(db)) if account_id != but]
    context = {"what": what, "name": name, "count": count}
    notify(db, topic="kartukuning.petugas", to=to, template="gawe_kartukuning/notify/menunggu", context=context, url=url, key=key)
