"""Scheduled work."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from pendopo.kit import settings

from . import air_log, alarms, banners, station, wire
from .live import calls
from .models import Announcement


def write_programme(portal: Any, now: datetime) -> None:
    with portal.db.session(write=False) as db:
        station.write_programme(db, now)


def tend(portal: Any, now: datetime) -> None:
    """Once a minute: take down banners whose time is over, and take over the log where nobody else did."""
    with portal.db.session() as db:
        alarms.hear(db, air_log.take_over(db), now)
        alarms.watch(db, now)
        calls.end_gone(db, now)
        calls.forget_old(db, now)
        fresh = timedelta(minutes=settings.value(db, "radio.spanduk_info_menit"))
        since = now - timedelta(minutes=2)
        ended = select(Announcement.id).where(Announcement.state == "terbit", Announcement.until_at > since, Announcement.until_at <= now)
        aged = select(Announcement.id).where(
            Announcement.state == "terbit", Announcement.priority == "info",
            Announcement.published_at > since - fresh, Announcement.published_at <= now - fresh,
        )
        if db.scalar(ended.limit(1)) is not None or db.scalar(aged.limit(1)) is not None:
            banners.renew(db, now)
            wire.studio_changed(db)
