"""Scheduled work of this room. What is heavy (geometry, sound, encryption) is imported when the work begins."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from .models import Bulletin, Feed

KEEP = timedelta(days=400)
KEEP_FEED = timedelta(days=30)


def poll(portal: Any, now: datetime) -> None:
    from .polling import Poller

    with Poller(portal, now) as poller:
        poller.ask_all()


def forget(portal: Any, now: datetime) -> None:
    """Warnings that became no announcement are forgotten after a year; sounds that nobody uses after two days."""
    from .. import voices

    with portal.db.session() as db:
        db.execute(delete(Bulletin).where(Bulletin.received_at < now - KEEP, Bulletin.announcement_id.is_(None)))
        db.execute(delete(Feed).where(Feed.good_at < now - KEEP_FEED))
        voices.clear_unused(db, now)
