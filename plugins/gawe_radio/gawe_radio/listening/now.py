"""What is on the air at a moment, by the schedule."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from pendopo_stream.rundown import Slot, slot_at

from ..programmes import slots_between


def on_air(db: Session, now: datetime) -> Slot | None:
    return slot_at(slots_between(db, now, now + timedelta(seconds=1)), now)
