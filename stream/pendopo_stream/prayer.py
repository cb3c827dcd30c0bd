"""Times of prayer as the Ministry of Religious Affairs (Kemenag) reckons them, on the astronomy of adhanpy.

Fajr at 20 degrees below the horizon, isha at 18, sunset at 1 (the dip of a horizon seen from a height included), asar by the
shadow of one length, dhuha at 4.5 degrees above. Seconds go up to the next minute and two minutes of care (ihtiyat) are
added, at noon three; sunrise goes the other way. Imsak is ten minutes before subuh. The PrayerTimes of adhanpy round to
the nearest minute and lose an hour's last half minute, so its sun is asked.
"""

from __future__ import annotations

import math
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

FAJR_DEG, ISHA_DEG, SUNSET_DEG, DHUHA_DEG = 20.0, 18.0, 1.0, 4.5
IHTIYAT_MIN = 2
IMSAK_MIN = 10
NAMES = ("imsak", "subuh", "terbit", "dhuha", "zuhur", "asar", "magrib", "isya")
CALLED = ("subuh", "zuhur", "asar", "magrib", "isya")  # those with an adzan


@dataclass(frozen=True)
class Place:
    """Where the times hold. Away from the polar circles: there the sun does not set every day."""

    latitude: float
    longitude: float
    zone: str = "Asia/Jakarta"

    def __post_init__(self) -> None:
        if not (-48 <= self.latitude <= 48 and -180 <= self.longitude <= 180):
            raise ValueError("a latitude from -48 to 48 and a longitude")


SERANG = Place(-6.12, 106.15)


@dataclass(frozen=True)
class PrayerDay:
    """The times of one day, in the zone of the place, whole minutes."""

    day: date
    imsak: datetime
    subuh: datetime
    terbit: datetime
    dhuha: datetime
    zuhur: datetime
    asar: datetime
    magrib: datetime
    isya: datetime

    def times(self) -> list[tuple[str, datetime]]:
        """(name, time) in the order of the day."""
        return [(name, getattr(self, name)) for name in NAMES]


@lru_cache(maxsize=1024)
def prayer_day(day: date, place: Place = SERANG, *, ihtiyat_min: int = IHTIYAT_MIN) -> PrayerDay:
    from adhanpy.astronomy.SolarTime import SolarTime
    from adhanpy.data.Coordinates import Coordinates
    from adhanpy.data.ShadowLength import ShadowLength
    from adhanpy.util.DateComponents import DateComponents

    sun = SolarTime(DateComponents(day.year, day.month, day.day), Coordinates(place.latitude, place.longitude))
    zone = ZoneInfo(place.zone)

    def at(hours_utc: float, care_min: int = ihtiyat_min) -> datetime:
        minutes = math.ceil(hours_utc * 60) if care_min >= 0 else math.floor(hours_utc * 60)
        return (datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes + care_min)).astimezone(zone)

    subuh = at(sun.hour_angle(-FAJR_DEG, False))
    return PrayerDay(
        day, subuh - timedelta(minutes=IMSAK_MIN), subuh, at(sun.sunrise, -ihtiyat_min), at(sun.hour_angle(DHUHA_DEG, False)), at(sun.transit, ihtiyat_min + 1),
        at(sun.afternoon(ShadowLength(ShadowLength.SINGLE))), at(sun.hour_angle(-SUNSET_DEG, True)), at(sun.hour_angle(-ISHA_DEG, True)),
    )


def prayer_month(year: int, month: int, place: Place = SERANG, *, ihtiyat_min: int = IHTIYAT_MIN) -> list[PrayerDay]:
    """Every day of a month."""
    return [prayer_day(date(year, month, day), place, ihtiyat_min=ihtiyat_min) for day in range(1, monthrange(year, month)[1] + 1)]
