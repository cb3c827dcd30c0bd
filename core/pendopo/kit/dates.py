"""Days and months of the regency. Working days and their deadlines are `kit.calendar`."""

from __future__ import annotations

import calendar
from datetime import date

from ..identity import regency_day

__all__ = ["add_months", "regency_day"]


def add_months(day: date, months: int) -> date:
    """`day` so many months later (or earlier); where that month is too short, its last day: 31 January and one month is 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
