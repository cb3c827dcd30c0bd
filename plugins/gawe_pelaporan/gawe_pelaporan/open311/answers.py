"""Reports as GeoReport v2 shows them: only published ones, private ones without their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from pendopo import _
from pendopo.identity import Opd
from pendopo.kit import attachments as files
from pendopo.kit.berkas import Berkas, BerkasEvent

from ..categories import BY_CODE, CATEGORIES
from ..kind import STATE
from ..models import Laporan
from ..options import option
from ..reports import OWNER, place_of
from ..rules import hide_personal, public_position
from .documents import iso
from .parsing import Wanted, attributes_of


def service_rows() -> list[dict[str, Any]]:
    return [
        {
            "service_code": category.code,
            "service_name": _(category.title),
            "description": _(category.hint),
            "metadata": bool(attributes_of(category)),
            "type": "realtime",
            "keywords": category.keywords,
            "group": _(category.group),
        }
        for category in CATEGORIES
    ]


def select_reports(wanted: Wanted) -> Select[tuple[Laporan]]:
    """The query of `GET requests`, newest first."""
    query = select(Laporan).join(Laporan.berkas).where(Laporan.published_at.is_not(None))
    if wanted.ids:
        return query.where(Berkas.register.in_(wanted.ids))
    if wanted.codes:
        query = query.where(Laporan.service_code.in_(wanted.codes))
    for bound, column, after in (
        (wanted.start, Laporan.received_at, True),
        (wanted.end, Laporan.received_at, False),
        (wanted.updated_after, Berkas.moved_at, True),
        (wanted.updated_before, Berkas.moved_at, False),
    ):
        if bound is not None:
            query = query.where(column >= bound if after else column <= bound)
    if wanted.status:
        query = query.where(or_(*(Berkas.is_open.is_(status == "open") for status in wanted.status)))
    return query


def request_rows(db: Session, rows: Sequence[Laporan], *, root: str, zone: ZoneInfo, extensions: bool = False) -> list[dict[str, Any]]:
    """Reports as mappings in the order of the standard's fields; what is unknown is None."""
    ids = [row.berkas_id for row in rows]
    photos: dict[int, str] = {}
    notes: dict[int, str] = {}
    if ids:
        for photo in db.scalars(select(files.Attachment).where(files.Attachment.owner == OWNER, files.Attachment.ref.in_(ids)).order_by(files.Attachment.id)):
            photos.setdefault(photo.ref or 0, photo.href)
        events = (
            select(BerkasEvent.berkas_id, BerkasEvent.text)
            .where(BerkasEvent.berkas_id.in_(ids), BerkasEvent.public, BerkasEvent.kind == "moved", BerkasEvent.by != "applicant", BerkasEvent.text != "")
            .order_by(BerkasEvent.id)
        )
        notes = {row[0]: row[1] for row in db.execute(events)}
    offices = dict(db.execute(select(Opd.id, Opd.name).where(Opd.id.in_({row.berkas.opd_id for row in rows if row.berkas.opd_id}))).all()) if rows else {}
    decimals = int(option(db, "desimal_rahasia"))
    return [_row(row, photos, notes, offices, root, zone, decimals, extensions) for row in rows]


def _row(
    row: Laporan,
    photos: Mapping[int, str],
    notes: Mapping[int, str],
    offices: Mapping[int, str],
    root: str,
    zone: ZoneInfo,
    decimals: int,
    extensions: bool,
) -> dict[str, Any]:
    berkas, category = row.berkas, BY_CODE[row.service_code]
    position = public_position(row.lat, row.lon, private=row.private, decimals=decimals) or (None, None)
    note = "" if row.private else hide_personal(notes.get(row.berkas_id, ""))
    address = place_of(row) if row.private or not row.address else f"{hide_personal(row.address)}, {place_of(row)}".strip(", ")
    media = None if row.private else root + photos[row.berkas_id] if row.berkas_id in photos else row.media_url or None
    found = {
        "service_request_id": berkas.register,
        "status": "open" if berkas.is_open else "closed",
        "status_notes": ": ".join(part for part in (_(STATE[berkas.state].title), note) if part),
        "service_name": _(category.title),
        "service_code": row.service_code,
        "description": None if row.private else f"{row.public_title}\n{row.public_text}",
        "agency_responsible": offices.get(berkas.opd_id),
        "service_notice": notice_of(row),
        "requested_datetime": iso(row.received_at, zone),
        "updated_datetime": iso(berkas.moved_at, zone),
        "expected_datetime": iso(berkas.due_at if berkas.is_open else row.class_due_at, zone),
        "address": address or None,
        "address_id": row.desa_code,
        "zipcode": None,
        "lat": position[0],
        "long": position[1],
        "media_url": media,
    }
    if extensions:
        found["extended_attributes"] = {
            "state": berkas.state,
            "class": row.kelas,
            "priority": row.priority,
            "supports": row.supports,
            "private": row.private,
            "answered_datetime": iso(row.answered_at, zone),
            "repaired_datetime": iso(row.finished_at, zone),
            "length_km": row.road.km if row.road and not row.private else None,
            "width_m": row.road.width_m if row.road and not row.private else None,
        }
    return found


def notice_of(row: Laporan) -> str | None:
    """The sentence that comes with a report: where it went, or which budget it waits for."""
    if row.forwarded_to:
        return _("Diteruskan kepada %(who)s.") % {"who": row.forwarded_to}
    if row.budget_year and row.berkas.state == "dianggarkan":
        return _("Dianggarkan tahun %(year)s (%(ref)s).") % {"year": row.budget_year, "ref": row.budget_ref}
    return None
