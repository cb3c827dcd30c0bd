"""What pages show of permits and applications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pendopo.identity import Actor
from pendopo.kit.appointments import Appointment
from pendopo.kit.berkas import Berkas, BerkasEvent
from pendopo.kit.calendar import calendar_for
from pendopo.kit.documents import Document

from .kind import STATE
from .models import Izin, Jenis, Permohonan
from .options import option
from .permits import renewable_from
from .rules import as_date


def today(db: Session, now: datetime) -> date:
    """The regency's day."""
    return calendar_for(db).local(now).date()


def by_sector(rows: Sequence[Jenis]) -> dict[str, list[Jenis]]:
    """Types by sector, in the order given."""
    groups: dict[str, list[Jenis]] = {}
    for row in rows:
        groups.setdefault(row.sektor, []).append(row)
    return groups


def figures(db: Session, *, now: datetime) -> dict[str, int]:
    """Public figures of the last twelve months."""
    since = now - timedelta(days=365)
    decided = select(func.count()).select_from(Permohonan).where(Permohonan.decided_at >= since)
    in_time = decided.join(Berkas, Berkas.id == Permohonan.berkas_id).where(Berkas.stopped_at <= Berkas.due_at)
    total = db.scalar(decided) or 0
    return {
        "received": db.scalar(select(func.count()).select_from(Permohonan).where(Permohonan.submitted_at >= since)) or 0,
        "decided": total,
        "in_time": round(100 * (db.scalar(in_time) or 0) / total) if total else 0,
        "valid": db.scalar(
            select(func.count()).select_from(Izin).where(Izin.status == "berlaku", (Izin.valid_until.is_(None)) | (Izin.valid_until >= today(db, now)))
        )
        or 0,
    }


def own_applications(db: Session, account_id: int | None, limit: int = 100) -> list[Permohonan]:
    """Somebody's applications, those that are open first."""
    query = select(Permohonan).join(Permohonan.berkas).where(Berkas.applicant_id == account_id)
    return list(db.scalars(query.order_by(Berkas.is_open.desc(), Permohonan.submitted_at.desc()).limit(limit)))


@dataclass(frozen=True)
class Held:
    """A permit of somebody, and what they may do with it today."""

    izin: Izin
    paper: Document | None
    status: str
    renewable: bool
    from_day: date | None


def held(db: Session, account_id: int | None, *, now: datetime) -> list[Held]:
    day, default = today(db, now), int(option(db, "ingatkan_hari"))
    found = []
    for izin in db.scalars(select(Izin).where(Izin.holder_id == account_id).order_by(Izin.issued_on.desc(), Izin.id.desc())):
        start = renewable_from(izin, default)
        paper = db.get(Document, izin.document_id) if izin.document_id else None
        may = izin.status == "berlaku" and start is not None and start <= day and izin.jenis.data.get("masa_berlaku_bulan") is not None
        found.append(Held(izin, paper, izin.shown_status(day), may, start))
    return found


def permit_of(db: Session, berkas_id: int) -> Izin | None:
    return db.scalar(select(Izin).where(Izin.berkas_id == berkas_id))


def appointments_of(db: Session, berkas_id: int) -> list[Appointment]:
    """Open appointments at a counter about an application, the next one first."""
    rows = db.scalars(select(Appointment).where(Appointment.berkas_id == berkas_id).order_by(Appointment.starts_at))
    return [row for row in rows if row.is_open]


def may_read_paper(paper: Document, actor: Actor, row: Permohonan) -> bool:
    """Papers without a holder (a BAP) are the office's."""
    return paper.holder_id is not None or actor.can("simponie.read", row.berkas.opd_id)


def last_note(db: Session, berkas_id: int, state: str) -> str:
    """What was said when the application last came into a state."""
    return (
        db.scalar(select(BerkasEvent.text).where(BerkasEvent.berkas_id == berkas_id, BerkasEvent.to_state == state).order_by(BerkasEvent.id.desc()).limit(1))
        or ""
    )


def as_typed(schema: dict[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
    """Kept answers as a form wants them back: days as dates, numbers as decimals."""
    found = {}
    for name, question in schema["properties"].items():
        value = kept.get(name)
        if value in (None, ""):
            continue
        if question["type"] == "date" or question.get("format") == "date":
            value = as_date(value)
        elif question["type"] == "number":
            value = Decimal(str(value))
        elif question["type"] == "point":
            value = tuple(value)
        found[name] = value
    return found


def state_of(row: Permohonan) -> Any:
    return STATE[row.berkas.state]

