"""Repetition as an editor chooses it, and as RFC 5545 writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pendopo import N_, InvalidInput

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
REPEATS = {"mingguan": N_("Tiap minggu"), "bulanan": N_("Tiap bulan"), "sekali": N_("Sekali saja")}
WEEKS = {1: N_("pertama"), 2: N_("kedua"), 3: N_("ketiga"), 4: N_("keempat"), -1: N_("terakhir")}


@dataclass(frozen=True)
class Repeat:
    """How often. `days`: numbers from Monday; `week`: which one of the month (-1 the last); `until`: the last day."""

    often: str = "mingguan"
    days: tuple[int, ...] = ()
    week: int = 1
    first: date | None = None
    until: date | None = None

    def check(self) -> None:
        if self.often == "sekali" and self.first is None:
            raise InvalidInput(N_("Isi tanggal siarannya."), field="first")
        if self.often != "sekali" and not self.days:
            raise InvalidInput(N_("Pilih paling sedikit satu hari."), field="days")
        if self.until and self.first and self.until < self.first:
            raise InvalidInput(N_("Tanggal terakhir mendahului tanggal pertama."), field="until")

    def rrule(self) -> str:
        """Without DTSTART, in the regency's clock; "" is once. UNTIL is the end of its day."""
        if self.often == "sekali":
            return ""
        names = [DAYS[day] for day in sorted(set(self.days))]
        rule = f"FREQ=MONTHLY;BYDAY={','.join(f'{self.week}{name}' for name in names)}" if self.often == "bulanan" else f"FREQ=WEEKLY;BYDAY={','.join(names)}"
        return rule + (f";UNTIL={self.until:%Y%m%d}T235959" if self.until else "")

    def first_day(self, today: date) -> date:
        """The day from which it counts: what was chosen, else the week before this one, so that today's is on already."""
        if self.often == "sekali" or self.first:
            return self.first or today
        return today - timedelta(days=today.weekday() + 7) + timedelta(days=min(self.days) if self.often == "mingguan" else 0)


def read(rrule: str, start: datetime) -> Repeat:
    """A rule of ours as it was chosen. `start`: its first time, on the regency's clock."""
    parts = dict(part.split("=", 1) for part in rrule.split(";") if "=" in part)
    if not rrule:
        return Repeat("sekali", (start.weekday(),), 1, start.date())
    named = re.findall(r"(-?\d*)([A-Z]{2})", parts.get("BYDAY", ""))
    days = tuple(DAYS.index(name) for _, name in named if name in DAYS) or (start.weekday(),)
    week = int(named[0][0]) if named and named[0][0] else 1
    until = datetime.strptime(parts["UNTIL"][:8], "%Y%m%d").date() if "UNTIL" in parts else None
    return Repeat("bulanan" if parts.get("FREQ") == "MONTHLY" else "mingguan", days, week, None, until)
