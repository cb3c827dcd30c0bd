"""What goes to machines and open studios over the live wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from pendopo import live

from .models import Announcement

CLIENTS = "public:radio"  # JSON for /radio/ws
TITLE = "public:radio-lagu"  # the title beside the player
STUDIO = "radio-studio"
KINDS = {"terbit": "announcement", "ubah": "update", "batal": "cancel"}


def tell_clients(db: Session, announcement: Announcement, kind: str, now: datetime) -> None:
    from .announcements import as_json

    live.publish(db, CLIENTS, data={"type": KINDS[kind], "at": now.isoformat(), "announcement": as_json(announcement, now)})


def tell_now_playing(db: Session, now_playing: dict[str, Any]) -> None:
    from markupsafe import escape

    live.publish(db, CLIENTS, data={"type": "now_playing", **now_playing})
    live.publish(db, TITLE, html=f'<span id="radio-judul" hx-swap-oob="innerHTML">{escape(now_playing["title"])}</span>')


def studio_changed(db: Session) -> None:
    """Open studio pages fetch what changed again."""
    live.publish(db, STUDIO)
