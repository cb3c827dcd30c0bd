"""Demo figures: two weeks of listeners, more in the morning and at dusk."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from pendopo.i18n import current_zone
from pendopo_stream.rundown import slot_at

from ..programmes import slots_between
from .models import Ears

DAYS = 14
EVERY_MIN = 15
BY_HOUR = (8, 5, 4, 6, 30, 62, 90, 84, 70, 66, 58, 54, 60, 48, 42, 46, 64, 78, 70, 62, 50, 36, 24, 14)
SHARE = {"mp3": 0.62, "opus": 0.27, "hls": 0.11}


def fill(db: Session, *, seed: int, now: datetime, scale: float) -> None:
    rng = random.Random(f"pendengar-{seed}")  # noqa: S311  a demo, no secret
    at = (now - timedelta(days=DAYS)).replace(minute=0, second=0, microsecond=0)
    slots = slots_between(db, at, now)
    while at < now:
        slot = slot_at(slots, at)
        base = BY_HOUR[at.astimezone(current_zone.get()).hour] * rng.uniform(0.8, 1.25)
        for mount, share in SHARE.items():
            db.add(Ears(at=at, mount=mount, listeners=round(base * share), hour=at.replace(minute=0), programme=slot.title if slot else ""))
        at += timedelta(minutes=EVERY_MIN)
