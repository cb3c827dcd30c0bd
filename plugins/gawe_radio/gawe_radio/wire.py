"""What goes to machines and open studios over the live wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from pendopo import live

from .models import Announcement

CLIENTS = "public:radio"  # JSON for /radio/ws
STUDIO = "radio-studio"
KINDS = {"terbit": "announcement", "ubah": "update", "batal": "cancel"}


def tell_clients(db: Session, announcement: Announcement, kind: str, now: datetime) -> None:
    from .announcements import as_json

    live.publish(db, CLIENTS, data={"type": KINDS[kind], "at": now.isoformat(), "announcement": as_json(announcement, now)})


def tell_now_playing(db: Session, now_playing: dict[str, Any]) -> None:
    live.publish(db, CLIENTS, data={"type": "now_playing", **now_playing})


def studio_changed(db: Session) -> None:
    """Open studio pages fetch what changed again."""
    live.publish(db, STUDIO)
