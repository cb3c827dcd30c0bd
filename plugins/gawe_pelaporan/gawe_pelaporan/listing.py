"""Which reports somebody sees: everyone's list and map, an office's desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from pendopo import _
from pendopo.identity import Actor
from pendopo.kit import listing
from pendopo.kit.berkas import Berkas, lies_with, read_register
from pendopo.kit.listing import Asked, Page, matches

from .categories import BY_CODE
from .kind import ASSIGN, HANDLE, READ, STATE, UNVERIFIED, VERIFY
from .models import Dukungan, Laporan
from .options import option
from .rules import public_position

PER_PAGE = 20
READERS = (READ, HANDLE, ASSIGN, VERIFY)
GROUPS = {  # how far a report is, in three words
    "menunggu": ("diterima", "verifikasi", "tidak_lengkap", "didisposisi", "diterima_opd", "dibuka_kembali", "diteruskan_eksternal"),
    "dikerjakan": ("survei", "penanganan_sementara", "dijadwalkan", "dikerjakan", "dianggarkan"),
    "selesai": ("selesai_menurut_opd", "dikonfirmasi_pelapor", "ditutup"),
}


@dataclass(frozen=True)
class Filters:
    """What somebody asked for in the address; strange values are as if they were not there."""

    text: str = ""
    category: str = ""
    kecamatan: str = ""
    desa: str = ""
    group: str = ""
    state: str = ""
    opd_id: int | None = None
    priority: int | None = None
    overdue: bool = False
    mine: bool = False
    sort: str = "baru"
    page: int = 1

    @property
    def is_empty(self) -> bool:
        return self == Filters(sort=self.sort, page=self.page)


def read_filters(query: Mapping[str, str]) -> Filters:
    asked = Asked(query)
    return Filters(
        text=asked.text(),
        category=asked.one_of("kategori", BY_CODE),
        kecamatan=asked.kecamatan(),
        desa=asked.desa(),
        group=asked.one_of("keadaan", GROUPS),
        state=asked.one_of("status", STATE),
        opd_id=asked.whole("opd"),
        priority=asked.whole("prioritas", 4),
        overdue=asked.is_ticked("lewat"),
        mine=asked.is_ticked("saya"),
        sort=asked.one_of("urut", _ORDERS, "baru"),
        page=asked.page,
    )


def _shared(query: Select[Any], wanted: Filters) -> Select[Any]:
    if wanted.category:
        query = query.where(Laporan.service_code == wanted.category)
    if wanted.desa:
        query = query.where(Laporan.desa_code == wanted.desa)
    elif wanted.kecamatan:
        query = query.where(Berkas.kecamatan_code == wanted.kecamatan)
    if wanted.group:
        query = query.where(Berkas.state.in_(GROUPS[wanted.group]))
    if wanted.state:
        query = query.where(Berkas.state == wanted.state)
    if wanted.opd_id:
        query = query.where(Berkas.opd_id == wanted.opd_id)
    return query


def public_reports(wanted: Filters = Filters()) -> Select[tuple[Laporan]]:
    """Published reports that match. Private ones are found by category and place, never by their words."""
    query = _shared(select(Laporan).join(Laporan.berkas).where(Laporan.published_at.is_not(None)), wanted)
    if wanted.text:
        register = read_register(wanted.text)
        in_words = and_(Laporan.private.is_(False), matches(wanted.text, Laporan.public_title, Laporan.public_text, Laporan.address))
        query = query.where(Berkas.register == register if register else in_words)
    return query


_ORDERS = {
    "baru": (Laporan.received_at.desc(), Laporan.berkas_id.desc()),
    "lama": (Laporan.received_at, Laporan.berkas_id),
    "dukungan": (Laporan.supports.desc(), Laporan.berkas_id.desc()),
    "batas": (Berkas.is_open.desc(), Berkas.clock != "run", Berkas.due_at.is_(None), Berkas.due_at, Laporan.berkas_id),
}


def turn(db: Session, query: Select[tuple[Laporan]], wanted: Filters, *, per_page: int = PER_PAGE) -> Page:
    return listing.turn(db, query, wanted.page, *_ORDERS[wanted.sort], per_page=per_page)


# -------------------------------------------------------------------------------------------------------------------- staff


def staff_scope(actor: Actor) -> frozenset[int] | None:
    """OPD whose reports this officer may read; None is every one."""
    return actor.opd_scope(*READERS)


def staff_reports(actor: Actor, wanted: Filters, *, now: datetime) -> Select[tuple[Laporan]]:
    """What lies in the offices where this person may read, and what was given to them."""
    query = _shared(select(Laporan).join(Laporan.berkas), wanted).where(lies_with(actor, *READERS))
    if wanted.priority:
        query = query.where(Laporan.priority == wanted.priority)
    if wanted.overdue:
        query = query.where(Berkas.is_open, Berkas.clock == "run", Berkas.due_at < now)
    if wanted.mine:
        query = query.where(Berkas.officer_id == actor.account_id, Berkas.is_open)
    if wanted.text:
        register = read_register(wanted.text)
        query = query.where(Berkas.register == register if register else matches(wanted.text, Laporan.title, Laporan.description, Laporan.address))
    return query


def queue(actor: Actor) -> Select[tuple[Laporan]]:
    """What waits for verification, the nearest deadline first."""
    scope = actor.opd_scope(VERIFY)
    query = select(Laporan).join(Laporan.berkas).where(Berkas.state.in_(UNVERIFIED))
    if scope is not None:
        query = query.where(Berkas.opd_id.in_(scope))
    return query.order_by(Laporan.urgent.desc(), Berkas.due_at.is_(None), Berkas.due_at, Laporan.berkas_id)


def waiting_count(db: Session, actor: Actor) -> int:
    """How many reports wait for this officer: unaccepted in their office, given to them, or unverified."""
    waiting = []
    if actor.can(VERIFY):
        scope = actor.opd_scope(VERIFY)
        here = Berkas.state.in_(UNVERIFIED)
        waiting.append(here if scope is None else and_(here, Berkas.opd_id.in_(scope)))
    if actor.can(HANDLE):
        scope = actor.opd_scope(HANDLE)
        here = Berkas.state.in_(("didisposisi", "dibuka_kembali"))
        waiting.append(and_(here, Berkas.opd_id.in_(actor.opd_ids if scope is None else scope)))
    waiting.append(and_(Berkas.officer_id == actor.account_id, Berkas.is_open, Berkas.clock == "run"))
    return db.scalar(select(func.count()).select_from(Berkas).where(Berkas.kind == "laporan", Berkas.is_open, or_(*waiting))) or 0


def reports_of(db: Session, account_id: int, limit: int = 100) -> list[Laporan]:
    return list(db.scalars(select(Laporan).join(Laporan.berkas).where(Berkas.applicant_id == account_id).order_by(Laporan.received_at.desc()).limit(limit)))


def supported_by(db: Session, account_id: int, limit: int = 50) -> list[Laporan]:
    query = select(Laporan).join(Dukungan, Dukungan.berkas_id == Laporan.berkas_id).where(Dukungan.account_id == account_id, Laporan.published_at.is_not(None))
    return list(db.scalars(query.order_by(Dukungan.at.desc()).limit(limit)))


# --------------------------------------------------------------------------------------------------------------------- map


def as_geojson(db: Session, query: Select[tuple[Laporan]], *, link: Any, staff: bool = False, limit: int = 2000) -> dict[str, Any]:
    """Reports as points. `link(id)` is the page of one. Positions of private reports are blurred for the public."""
    decimals = int(option(db, "desimal_rahasia"))
    columns = query.with_only_columns(
        Laporan.berkas_id,
        Laporan.lat,
        Laporan.lon,
        Laporan.private,
        Laporan.public_title if not staff else Laporan.title,
        Laporan.service_code,
        Berkas.state,
        Laporan.priority,
        Laporan.received_at,
        maintain_column_froms=True,
    )
    features = []
    for row in db.execute(columns.where(Laporan.lat.is_not(None)).order_by(Laporan.received_at.desc()).limit(limit)):
        category = BY_CODE.get(row[5])
        lat, lon = public_position(row.lat, row.lon, private=row.private and not staff, decimals=decimals) or (None, None)
        state = STATE.get(row.state)
        title = _(category.title) if row.private and not staff and category else row[4]
        features.append(
            {
                "type": "Feature",
                "id": row.berkas_id,
                "geometry": {"type": "Point", "coordinates": [lon, lat]},
                "properties": {
                    "title": title,
                    "href": link(row.berkas_id),
                    "category": row[5],
                    "state": row.state,
                    "text": _(state.title) if state else "",
                    "tone": state.tone if state else "muted",
                    "date": row.received_at.date().isoformat(),
                },
            }
        )
    return {"type": "FeatureCollection", "features": features}
