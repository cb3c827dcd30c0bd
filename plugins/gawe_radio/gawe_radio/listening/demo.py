"""Demo data of this room."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session


def fill(db: Session, *, seed: int, now: datetime, scale: float) -> None:
    """Nothing yet."""
