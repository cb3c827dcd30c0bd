"""Times of prayer: what the engine plays on its minute, and the month as a table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from pendopo import N_, _
from pendopo.i18n import current_zone
from pendopo_stream.prayer import CALLED, Place, PrayerDay, prayer_day, prayer_month
from pendopo_stream.wheels import Event

from .choices import PrayerPlan

PRAYER_NAMES = {
    "imsak": N_("Imsak"), "subuh": N_("Subuh"), "terbit": N_("Matahari terbit"), "dhuha": N_("Duha"), "zuhur": N_("Zuhur"), "asar": N_("Asar"),
    "magrib": N_("Magrib"), "isya": N_("Isya"),
}
__all__ = ["CALLED", "PRAYER_NAMES", "day_of", "events", "month_of", "next_after"]


def place(plan: PrayerPlan) -> Place:
    return Place(plan.lat, plan.lon, current_zone.get().key)


def day_of(plan: PrayerPlan, day: date) -> PrayerDay:
    return prayer_day(day, place(plan), ihtiyat_min=plan.ihtiyat_min)


def month_of(plan: PrayerPlan, month: date) -> list[PrayerDay]:
    return prayer_month(month.year, month.month, place(plan), ihtiyat_min=plan.ihtiyat_min)


def next_after(plan: PrayerPlan, now: datetime) -> tuple[str, datetime]:
    """(name, time) of the prayer that comes next, today or tomorrow."""
    today = now.astimezone(current_zone.get()).date()
    times = [(name, at) for day in (today, today + timedelta(days=1)) for name, at in day_of(plan, day).times() if name in CALLED]
    return next((name, at) for name, at in times if at > now)


def events(plan: PrayerPlan, start: datetime, end: datetime) -> Iterable[Event]:
    """What interrupts the programme in `[start, end)`, on its minute."""
    zone = current_zone.get()
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        for name, at in day_of(plan, day).times():
            if start <= at < end and (event := _event(plan, name, at)):
                yield event
        day += timedelta(days=1)


def _event(plan: PrayerPlan, name: str, at: datetime) -> Event | None:
    if name in plan.heard and name in CALLED:
        # Where a recorded adzan plays, its words follow; where none is, they stand alone.
        spoken = _("Telah masuk waktu %(prayer)s untuk wilayah kabupaten dan sekitarnya.") % {"prayer": _(PRAYER_NAMES[name])} if plan.said else ""
        return Event(at, "adzan", _("Azan %(prayer)s") % {"prayer": _(PRAYER_NAMES[name])}, name, plan.track, spoken)
    if name == "imsak" and plan.imsak and plan.is_ramadan(at.astimezone(current_zone.get()).date()):
        return Event(at, "imsak", _("Imsak"), name, spoken=_("Waktu imsak telah tiba untuk wilayah kabupaten dan sekitarnya. Subuh sepuluh menit lagi."))
    return None
