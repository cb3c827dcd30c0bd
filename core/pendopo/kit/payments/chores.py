"""What time does to bills."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from ...identity.loading import regency_day
from .. import settings
from . import billing, snap_calls
from .models import OPEN, Bill

PORTION = 500


def expire(portal, now):
    with portal.db.session() as db:
        billing.expire_bills(db, now=now)


def remind(portal, now):
    """Remind of what falls due in some days, each bill once."""
    last = 0
    while True:
        with portal.db.session() as db:
            day = regency_day(now) + timedelta(days=settings.value(db, "tagihan.ingatkan_hari"))
            of = select(Bill).where(Bill.status == OPEN, Bill.due == day, Bill.payer_id.is_not(None), Bill.id > last)
            some = list(db.scalars(of.order_by(Bill.id).limit(PORTION)))
            for one in some:
                billing.say_to_payer(db, one, "due", on=day.isoformat())
        if len(some) < PORTION:
            return
        last = some[-1].id


def tidy(portal, now):
    with portal.db.session() as db:
        snap_calls.forget_calls(db, now=now)
