"""What was on the air: the engine's own log, taken over line by line."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from pendopo_stream.engine.log import broken_links, canonical, last_hash, read_since

from . import station, wire
from .models import AirLog, Announcement, LogPosition

_AIR_ID = re.compile(r"p(\d+)v(\d+)")
ALARMS = ("silence", "fallback", "failed", "unspoken", "alarm", "recording_fault")


def take_over(db: Session) -> list[dict[str, Any]]:
    """Copy new lines into the database, note what was said, and return them. A line already here is left alone."""
    position = db.get(LogPosition, 1)
    if position is None:
        position = LogPosition(id=1, day="", offset=0)
        db.add(position)
    fresh: list[dict[str, Any]] = []
    for day, offset, lines in read_since(station.home() / "log", position.day, position.offset):
        position.day, position.offset = day, offset
        fresh += lines
    known = set(db.scalars(select(AirLog.line).where(AirLog.line.in_([line["line"] for line in fresh[-5000:]])))) if fresh else set()
    fresh = [line for line in fresh if line.get("line") not in known]
    for line in fresh:
        _keep(db, line)
    if fresh:
        db.flush()
        wire.studio_changed(db)
    return fresh


def _keep(db: Session, line: dict[str, Any]) -> None:
    match = _AIR_ID.fullmatch(str(line.get("id", "")))
    announcement_id, version = (int(match[1]), int(match[2])) if match else (None, 0)
    at = datetime.fromisoformat(line["at"])
    data = {key: value for key, value in line.items() if key not in ("line", "event", "at", "texts", "prev", "hash")}
    announcement = db.get(Announcement, announcement_id) if announcement_id else None
    db.add(AirLog(
        line=line["line"], event=line["event"], at=at, title=(announcement.title if announcement else _title(line))[:300], announcement_id=announcement_id,
        data=data, raw=canonical(line), hash=str(line.get("hash", "")),
    ))
    if announcement is None:
        return
    if line["event"] == "spoken":
        announcement.said += 1
        announcement.said_version, announcement.last_said_at = max(announcement.said_version, version), at
    elif line["event"] == "unspoken":
        announcement.unspoken = str(line.get("why", ""))[:300] or "?"


def _title(line: dict[str, Any]) -> str:
    track, programme = line.get("track"), line.get("now")
    if line.get("event") == "live":
        return str(line.get("name") or line.get("holder") or "")
    if isinstance(track, dict):
        return str(track.get("label", ""))
    if isinstance(programme, dict):
        return str(programme.get("title", ""))
    return str(line.get("title") or track or "")


def played(db: Session, *, limit: int = 20, before: datetime | None = None, text: str = "") -> list[AirLog]:
    """Music and announcements that were on the air, the latest first; with `text`, those with it in their title."""
    query = _heard().limit(limit)
    if text:
        query = query.where(AirLog.title.icontains(text, autoescape=True))
    return list(db.scalars(query.where(AirLog.at < before) if before else query))


def played_around(db: Session, moment: datetime, around: timedelta) -> list[AirLog]:
    """What was heard from `around` before `moment` until as long after it, the latest first; also what began earlier and still played."""
    rows = list(db.scalars(_heard().where(AirLog.at > moment - around, AirLog.at <= moment + around)))
    return rows if any(row.at <= moment for row in rows) else [*rows, *played(db, limit=1, before=moment)]


def _heard() -> Select[tuple[AirLog]]:
    return select(AirLog).where(AirLog.event.in_(("track", "spoken"))).order_by(AirLog.at.desc(), AirLog.id.desc())


def songs(db: Session, start: datetime, end: datetime, *, limit: int) -> list[AirLog]:
    """Music that was on the air in `[start, end)`, by time; jingles and identification are none."""
    query = select(AirLog).where(AirLog.event == "track", AirLog.at >= start, AirLog.at < end).order_by(AirLog.at, AirLog.id).limit(limit)
    return [row for row in db.scalars(query) if isinstance(track := row.data.get("track"), dict) and track.get("kind", "music") == "music"]


def lines(db: Session, start: datetime, end: datetime, *, limit: int = 1000) -> list[AirLog]:
    return list(db.scalars(select(AirLog).where(AirLog.at >= start, AirLog.at < end).order_by(AirLog.at.desc(), AirLog.id.desc()).limit(limit)))


def alarms(db: Session, since: datetime) -> list[AirLog]:
    """What went wrong on the air lately."""
    return list(db.scalars(select(AirLog).where(AirLog.event.in_(ALARMS), AirLog.at >= since).order_by(AirLog.at.desc()).limit(5)))


def check_chain(db: Session) -> list[str]:
    """Names of lines in the database that were changed, moved or taken out; and "akhir" when the engine's log says another last line."""
    rows = db.execute(select(AirLog.raw, AirLog.hash).where(AirLog.hash != "").order_by(AirLog.id))
    wrong = broken_links({**json.loads(raw), "hash": kept} for raw, kept in rows)
    kept = db.scalar(select(AirLog.hash).where(AirLog.hash != "").order_by(AirLog.id.desc()).limit(1))
    engine_end = last_hash(station.home() / "log")
    if engine_end and kept != engine_end and not _is_ahead(kept):
        wrong.append("akhir")
    return wrong


def _is_ahead(kept: str | None) -> bool:
    """The engine has written on since: its log still holds the line that the database has as its last."""
    if kept is None:
        return True
    return any(line.get("hash") == kept for _day, _offset, lines in read_since(station.home() / "log", "", 0) for line in lines)
