"""Scheduled work of the listeners' side."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .. import station
from ..board import desk, wishes
from . import figures


def sample(portal: Any, now: datetime) -> None:
    """Once a minute: how many listen, and which requested songs were played."""
    state = station.state()
    with portal.db.session() as db:
        if state is not None:
            figures.note_listeners(db, state, now)
        desk.note_played(db)


def forget(portal: Any, now: datetime) -> None:
    with portal.db.session() as db:
        wishes.forget_old(db, now)
        figures.forget_old(db, now)
