"""The recorded hours: taken over from the recorder's chain, checked, and removed after their time."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pendopo.kit import settings
from pendopo_stream import recorder

from .. import air_log, station
from ..programmes import day_bounds
from .models import Recording

CHAIN = "archive/chain.jsonl"


def take_over(db: Session) -> int:
    """Copy closed hours that are not in the table yet. Returns how many."""
    known = set(db.scalars(select(Recording.file)))
    lines = [line for line in _lines(station.home() / CHAIN) if line["file"] not in known]
    for line in lines:
        start, end = datetime.fromisoformat(line["from"]), datetime.fromisoformat(line["to"])
        db.add(Recording(file=line["file"], start=start, end=end, bytes=line["bytes"], sha256=line["sha256"], hash=line["hash"]))
    return len(lines)


def _lines(path: Path) -> list[dict[str, Any]]:
    data = path.read_bytes() if path.exists() else b""
    lines = [json.loads(line) for line in data[: data.rfind(b"\n") + 1].splitlines()]
    return [line for line in lines if "file" in line]  # others tell of hours that were removed


@dataclass(frozen=True)
class Hour:
    """One hour of a day as the archive page shows it. `row` is None for the hour that is being recorded, and for gaps."""

    start: datetime
    row: Recording | None
    open_bytes: int = 0
    hours: int = 1  # a gap is told once, however long

    @property
    def file(self) -> str:
        return f"{self.start:%Y-%m-%d}/{self.start:%H}.mp3"

    @property
    def name(self) -> str:
        """Its place in an address: "20261125T13", of UTC."""
        return f"{self.start:%Y%m%dT%H}"

    @property
    def end(self) -> datetime:
        return self.start + timedelta(hours=self.hours)

    @property
    def is_gap(self) -> bool:
        return self.row is None and not self.open_bytes


def hours_of(db: Session, day: date, now: datetime) -> list[Hour]:
    """Every hour of the regency's `day` up to now, in order; hours without a recording together."""
    begin, end = day_bounds(day)
    first = begin.astimezone(now.tzinfo)
    rows = {row.file: row for row in db.scalars(select(Recording).where(Recording.start >= begin - timedelta(hours=1), Recording.start < end))}
    hours: list[Hour] = []
    at = first
    while at < min(end, now):
        path = path_of(at)
        row = rows.get(Hour(at, None).file)
        hour = Hour(at, row, path.stat().st_size if row is None and path.exists() else 0)
        if hour.is_gap and hours and hours[-1].is_gap:
            hours[-1] = replace(hours[-1], hours=hours[-1].hours + 1)
        else:
            hours.append(hour)
        at += timedelta(hours=1)
    return hours


def path_of(start: datetime) -> Path:
    return station.home() / "archive" / Hour(start, None).file


@dataclass(frozen=True)
class Check:
    """What a check of the whole archive found. `wrong`: sentences, empty when everything is as it was written."""

    hours: int
    lines: int
    wrong_hours: tuple[str, ...]
    wrong_lines: tuple[str, ...]

    @property
    def good(self) -> bool:
        return not self.wrong_hours and not self.wrong_lines


def check(db: Session) -> Check:
    """Compare every recorded hour and every line of the log with its chain, on disk and in the database."""
    home = station.home()
    wrong = [fault.file for fault in recorder.verify(home)]
    on_disk = {line["file"]: line["hash"] for line in _lines(home / CHAIN)}
    for row in db.scalars(select(Recording).order_by(Recording.start)):
        if on_disk.get(row.file) != row.hash:
            wrong.append(row.file)
    lines = db.scalar(select(func.count()).select_from(air_log.AirLog).where(air_log.AirLog.hash != "")) or 0
    return Check(len(on_disk), lines, tuple(dict.fromkeys(wrong)), tuple(air_log.check_chain(db)))


def remove_old(db: Session, now: datetime) -> int:
    """Remove sound that was kept long enough (`radio.arsip_hari`); its line in the chain stays. Returns how many hours."""
    keep = settings.value(db, "radio.arsip_hari")
    recorder.sweep(station.home(), keep, now)
    gone = [row for row in db.scalars(select(Recording).where(Recording.removed_at.is_(None), Recording.end < now - timedelta(days=keep)))
            if not (station.home() / "archive" / row.file).exists()]
    for row in gone:
        row.removed_at = now
    return len(gone)


def totals(db: Session) -> dict[str, Any]:
    row = db.execute(select(func.count(), func.sum(Recording.bytes), func.min(Recording.start)).where(Recording.removed_at.is_(None))).one()
    return {"hours": row[0], "bytes": row[1] or 0, "oldest": row[2]}
