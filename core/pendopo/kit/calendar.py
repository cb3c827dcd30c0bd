"""Working days: the clock on which most legal deadlines run (hari kerja).

Monday to Friday, without national holidays and cuti bersama (SKB 3 Menteri). The day of receipt is day 0; what comes
after the cut-off hour or on a free day counts from the next working day. Only years whose holidays are loaded can be
computed: a guess would be wrong silently.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .. import live
from ..db import Base
from ..errors import InvalidInput, Unavailable
from ..i18n import N_, current_zone

__all__ = ["Calendar", "CalendarNotLoaded", "Holiday", "calendar_for", "load_holidays", "seed_holidays"]

KINDS = ("libur", "cuti_bersama", "daerah")
_Y2025 = {
    "libur": "01-01 01-27 01-29 03-29 03-31 04-01 04-18 04-20 05-01 05-12 05-29 06-01 06-06 06-27 08-17 09-05 12-25",
    "cuti_bersama": "01-28 03-28 04-02 04-03 04-04 04-07 05-13 05-30 06-09 08-18 12-26",
}
_Y2026 = {  # SKB 1497/2/5 of 2025
    "libur": "01-01 01-16 02-17 03-19 03-21 03-22 04-03 04-05 05-01 05-14 05-27 05-31 06-01 06-16 08-17 08-25 12-25",
    "cuti_bersama": "02-16 03-18 03-20 03-23 03-24 05-15 05-28 12-24",
}


class CalendarNotLoaded(Unavailable):
    message = N_("Kalender hari kerja tahun %(year)s belum dimuat. Hubungi pengelola portal.")


class Holiday(Base):
    """A free day. `kind`: libur, cuti_bersama or daerah."""

    __tablename__ = "core_holiday"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))


@dataclass(frozen=True)
class Calendar:
    """Free days of the loaded years. `free`: weekdays off (5 and 6 are Saturday and Sunday)."""

    holidays: frozenset[date]
    years: frozenset[int]
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Jakarta"))
    cut_off: time = time(16, 0)
    close: time = time(16, 0)
    free: frozenset[int] = frozenset({5, 6})

    def local(self, moment: datetime) -> datetime:
        """`moment` on the regency's clock."""
        return moment.astimezone(self.zone)

    def at(self, day: date, clock: time) -> datetime:
        """That day and clock of the regency, in UTC."""
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def is_working(self, day: date) -> bool:
        """Raises CalendarNotLoaded for a year whose holidays nobody entered."""
        if day.year not in self.years:
            raise CalendarNotLoaded(year=day.year)
        return day.weekday() not in self.free and day not in self.holidays

    def next_working(self, day: date) -> date:
        """`day` itself when it is worked, else the first one after it."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def day_zero(self, received: datetime) -> date:
        """The day from which a deadline counts."""
        local = self.local(received)
        day = local.date()
        if self.is_working(day) and local.time() <= self.cut_off:
            return day
        return self.next_working(day + timedelta(days=1))

    def add_days(self, day: date, days: int) -> date:
        """`days` working days after `day`."""
        while days > 0:
            day = self.next_working(day + timedelta(days=1))
            days -= 1
        return day

    def due_date(self, received: datetime, days: int) -> date:
        """The last day of a deadline of `days` working days (gawe.md section 0.3)."""
        return self.add_days(self.day_zero(received), days)

    def add_working_days(self, received: datetime, days: int, *, same_time: bool = False) -> datetime:
        """The end of a deadline, in UTC: at the close of office, or at the clock time of receipt."""
        if same_time:
            local = self.local(received)
            start = local.date() if self.is_working(local.date()) else self.next_working(local.date())
            return self.at(self.add_days(start, days), local.time())
        return self.at(self.due_date(received, days), self.close)

    def add_clock_hours(self, received: datetime, hours: int) -> datetime:
        return received + timedelta(hours=hours)

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; negative when `end` lies before."""
        if end < start:
            return -self.working_days_between(end, start)
        count, day = 0, start
        while day < end:
            day += timedelta(days=1)
            count += self.is_working(day)
        return count

    def extend(self, due: datetime, paused: datetime, resumed: datetime) -> datetime:
        """`due` moved by the working days for which the clock stood still."""
        days = self.working_days_between(self.local(paused).date(), self.local(resumed).date())
        local = self.local(due)
        return self.at(self.add_days(local.date(), days), local.time()) if days > 0 else due


_cache: dict[str, Calendar] = {}


def forget_cache(_data: object = None) -> None:
    _cache.clear()


live.on_signal("calendar", forget_cache)


def calendar_for(db: Session) -> Calendar:
    """The regency's calendar, kept in the process until holidays change."""
    key = str(db.get_bind().engine.url)
    if key not in _cache:
        days = list(db.scalars(select(Holiday.day)))
        _cache[key] = Calendar(frozenset(days), frozenset(day.year for day in days), current_zone.get())
    return _cache[key]


def seed_rows() -> Iterable[dict[str, object]]:
    for year, kinds in ((2025, _Y2025), (2026, _Y2026)):
        for kind, days in kinds.items():
            for text in days.split():
                yield {"day": date.fromisoformat(f"{year}-{text}"), "kind": kind, "name": "Cuti bersama" if kind == "cuti_bersama" else "Libur nasional"}


def seed_holidays(db: Session) -> None:
    """Enter the holidays that ship with the house where none are."""
    if db.scalar(select(Holiday.day).limit(1)) is None:
        db.add_all(Holiday(**row) for row in seed_rows())
        db.flush()
        forget_cache()


def load_holidays(db: Session, text: str) -> int:
    """Replace a year by the lines of a CSV (`tanggal,jenis,nama`). Raises InvalidInput with the wrong line."""
    rows: list[Holiday] = []
    for number, line in enumerate(csv.reader(io.StringIO(text)), 1):
        if not line or line[0].strip().lower() in ("", "tanggal"):
            continue
        try:
            day = date.fromisoformat(line[0].strip())
            kind = line[1].strip()
            if kind not in KINDS:
                raise ValueError(kind)
        except (ValueError, IndexError) as error:
            raise InvalidInput(N_("Baris %(n)s tidak dapat dibaca. Tulis seperti: 2027-01-01,libur,Tahun Baru"), field="csv", n=number) from error
        rows.append(Holiday(day=day, kind=kind, name=(line[2].strip() if len(line) > 2 else "")[:120]))
    years = {row.day.year for row in rows}
    if len(years) != 1:
        raise InvalidInput(N_("Muat satu tahun penuh setiap kali."), field="csv")
    year = years.pop()
    db.execute(delete(Holiday).where(Holiday.day >= date(year, 1, 1), Holiday.day <= date(year, 12, 31)))
    db.add_all({row.day: row for row in rows}.values())
    db.flush()
    live.signal(db, "calendar", {"year": year})
    forget_cache()
    return len(rows)
