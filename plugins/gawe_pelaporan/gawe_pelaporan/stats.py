"""Public figures. Two indicators stand apart on purpose: *dijawab* (answered) and *terselesaikan di lapangan* (repaired)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from pendopo import _
from pendopo.identity import Opd
from pendopo.kit.berkas import Berkas, satisfaction
from pendopo.kit.places import find_place, place_name
from pendopo.kit.statistics import count_by, monthly, share

from .categories import BY_CODE
from .kind import LAPORAN
from .listing import GROUPS
from .models import Laporan
from .rules import month_starts

REJECTED = ("ditolak_spam",)


@dataclass(frozen=True)
class Period:
    """Twelve months that end with the present one."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(0), UTC)


def year_until(today: date) -> Period:
    return Period(month_starts(today, 12)[0], today)


def _counted(period: Period) -> Select[Any]:
    """Every report of the period that was one: also those that wait, without rejected ones."""
    return select(Laporan).join(Berkas, Berkas.id == Laporan.berkas_id).where(Laporan.received_at >= period.start, Berkas.state.not_in(REJECTED))


def totals(db: Session, period: Period, *, now: datetime) -> dict[str, Any]:
    """Received, answered, repaired, in time; shares in per cent of what is due or was done."""
    columns = (
        func.count(),
        func.count(Laporan.answered_at),
        func.count(Laporan.finished_at),
        func.sum(case((Berkas.state.in_(GROUPS["dikerjakan"]), 1), else_=0)),
        func.sum(case((Laporan.class_due_at.is_not(None) & Laporan.finished_at.is_not(None) & (Laporan.finished_at <= Laporan.class_due_at), 1), else_=0)),
        func.sum(case(((Laporan.class_due_at < now) | Laporan.finished_at.is_not(None), 1), else_=0)),
    )
    received, answered, finished, working, in_time, judged = db.execute(_counted(period).with_only_columns(*columns, maintain_column_froms=True)).one()
    return {
        "received": received,
        "answered": answered,
        "finished": finished,
        "working": working or 0,
        "in_time": in_time or 0,
        "judged": judged or 0,
        "answered_share": share(answered, received),
        "finished_share": share(finished, received),
        "in_time_share": share(in_time or 0, judged or 0),
    }


def by_category(db: Session, period: Period) -> list[tuple[str, int]]:
    return [(_(BY_CODE[code].title) if code in BY_CODE else code, count) for code, count in count_by(db, _counted(period), Laporan.service_code)]


def by_month(db: Session, period: Period) -> list[tuple[date, int]]:
    moments = db.scalars(_counted(period).with_only_columns(Laporan.received_at, maintain_column_froms=True))
    return monthly((moment.date() for moment in moments), first=period.first, last=period.last)


def by_kecamatan(db: Session, period: Period) -> list[tuple[str, int]]:
    found = []
    for code, count in count_by(db, _counted(period).where(Berkas.kecamatan_code.is_not(None)), Berkas.kecamatan_code):
        place = find_place(code)
        found.append((place.name if place else code, count))
    return found


def by_desa(db: Session, period: Period, limit: int = 10) -> list[tuple[str, int]]:
    rows = count_by(db, _counted(period).where(Laporan.desa_code.is_not(None)), Laporan.desa_code, limit=limit)
    return [(place_name(code) or code, count) for code, count in rows]


def by_opd(db: Session, period: Period, *, now: datetime) -> list[dict[str, Any]]:
    """How each office does: how many it was given, answered, repaired, and the share in time."""
    query = (
        _counted(period)
        .join(Opd, Opd.id == Berkas.opd_id)
        .where(Laporan.published_at.is_not(None))
        .with_only_columns(
            Opd.short_name,
            func.count(),
            func.count(Laporan.answered_at),
            func.count(Laporan.finished_at),
            func.sum(case((Laporan.finished_at <= Laporan.class_due_at, 1), else_=0)),
            func.sum(case(((Laporan.class_due_at < now) | Laporan.finished_at.is_not(None), 1), else_=0)),
            maintain_column_froms=True,
        )
        .group_by(Opd.short_name)
        .order_by(func.count().desc(), Opd.short_name)
    )
    return [
        {
            "opd": name,
            "received": received,
            "answered": share(answered, received),
            "finished": share(finished, received),
            "in_time": share(in_time or 0, judged or 0),
        }
        for name, received, answered, finished, in_time, judged in db.execute(query)
    ]


def everything(db: Session, *, today: date, now: datetime) -> dict[str, Any]:
    period = year_until(today)
    return {
        "period": period,
        "totals": totals(db, period, now=now),
        "by_category": by_category(db, period),
        "by_month": by_month(db, period),
        "by_kecamatan": by_kecamatan(db, period),
        "by_desa": by_desa(db, period),
        "by_opd": by_opd(db, period, now=now),
        "satisfaction": satisfaction(db, LAPORAN.slug, since=period.start),
    }
