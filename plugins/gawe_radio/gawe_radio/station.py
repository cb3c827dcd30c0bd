"""This installation's station: its home, its engine, and bringing the engine to what the database says."""

from __future__ import annotations

import json
import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.orm import Session

from pendopo.i18n import current_zone
from pendopo.outbox import NotNow
from pendopo.pages import current_pages
from pendopo_stream.relay import Engine, EngineAway
from pendopo_stream.relay.client import Refused

from .errors import StationAway
from .models import Announcement

log = structlog.get_logger("gawe_radio.station")
ASK_S = 2.0


def home() -> Path:
    """`radio/` in the installation's home: media, station.json, the engine's socket and log."""
    return current_pages().portal.settings.home / "radio"


def engine(timeout_s: float = ASK_S) -> Engine:
    return Engine(home(), timeout_s)


def state() -> dict[str, Any] | None:
    """What the engine says of itself; None while it is away."""
    try:
        return engine().status()
    except EngineAway:
        return None


def ask(do: str, **arguments: Any) -> dict[str, Any]:
    """Have the engine do something for a person. Raises StationAway."""
    try:
        return engine().ask(do, **arguments)
    except (EngineAway, Refused) as error:
        raise StationAway() from error


def waiting_words() -> list[dict[str, Any]]:
    """What waits to be said, by the engine; nothing while it is away."""
    try:
        return engine().ask("queue")["queue"]
    except EngineAway:
        return []


# ---------------------------------------------------------------------------------------------------- words on the air


def wanted_on_air(announcement: Announcement, now: datetime) -> bool:
    """Is it still to be said (again)?"""
    return announcement.is_active(now) and (announcement.repeat_min > 0 or announcement.said_version < announcement.version)


def as_item(announcement: Announcement) -> dict[str, Any]:
    """The announcement as the engine takes it. What was said already is due again only after its pause."""
    again = announcement.said_version == announcement.version and announcement.last_said_at and announcement.repeat_min
    not_before = announcement.last_said_at + timedelta(minutes=announcement.repeat_min) if again else None
    return {
        "id": announcement.air_id, "texts": announcement.text, "priority": announcement.priority, "title": announcement.title,
        "until": announcement.until_at.isoformat(), "every_s": announcement.repeat_min * 60, "not_before": not_before.isoformat() if not_before else None,
        "areas": announcement.areas, "only_areas": announcement.only_areas, "voice": announcement.voice, "drill": announcement.drill,
        "attention": announcement.attention, "day_min": _utc_minutes(announcement),
    }


def _utc_minutes(announcement: Announcement) -> tuple[int, int]:
    """The hours of repeats as minutes of the UTC day: Indonesia's zones have no summer time."""
    ahead = int(announcement.until_at.astimezone(current_zone.get()).utcoffset().total_seconds() // 60)
    return (announcement.repeat_from * 60 - ahead) % 1440, (announcement.repeat_to * 60 - ahead) % 1440


def bring_to_air(db: Session, announcement_id: int, now: datetime) -> None:
    """Make the engine's queue agree with one announcement. Raises NotNow while the engine is away."""
    announcement = db.get(Announcement, announcement_id)
    if announcement is None:
        return
    try:
        _agree(engine(), announcement, {item["id"] for item in engine().ask("queue")["queue"]}, now)
    except EngineAway as error:
        raise NotNow("the engine is away; it is told when it comes back") from error
    except Refused as error:
        announcement.unspoken = str(error)[:300]
        log.warning("the engine refused an announcement", announcement=announcement_id, why=str(error))


def _agree(station: Engine, announcement: Announcement, queued: set[str], now: datetime) -> None:
    stale = {name for name in queued if name.startswith(f"p{announcement.id}v")}
    wanted = wanted_on_air(announcement, now)
    for name in stale - ({announcement.air_id} if wanted else set()):
        station.ask("cancel", id=name)
    if wanted and announcement.air_id not in queued:
        station.ask("announce", announcement=as_item(announcement), wait=False)  # the database is not held while a voice is made


def bring_all_to_air(db: Session, now: datetime) -> int:
    """After the engine began anew: everything that is still to be said. Returns how much that was."""
    from .announcements import active_announcements

    queued = {item["id"] for item in engine().ask("queue")["queue"]}
    told = [row for row in active_announcements(db, now) if wanted_on_air(row, now) and row.air_id not in queued]
    for announcement in told:
        _agree(engine(), announcement, queued, now)
    return len(told)


# -------------------------------------------------------------------------------------------------------- the programme


def write_programme(db: Session, now: datetime) -> bool:
    """Write the coming days to station.json and have the engine read it. True when something changed."""
    from .planning.written import plan

    path = home() / "station.json"
    text = json.dumps(plan(db, now).as_json(), ensure_ascii=False, indent=1)
    if path.exists() and path.read_text("utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".station.{secrets.token_hex(4)}")  # of one writer: two at once leave one whole file
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    read_again()
    return True


def read_again() -> None:
    """Have the engine look at its folder and its plan."""
    try:
        engine().ask("reload")
    except EngineAway:
        log.info("the engine is away; it reads its plan when it begins")
