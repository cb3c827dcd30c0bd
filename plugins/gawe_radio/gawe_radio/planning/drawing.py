"""The week as it is drawn: one column of 24 hours for each day, in SVG units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ..programmes import day_bounds
from .changes import Broadcast

HOUR = 44  # units
HOURS = [(hour, hour * HOUR) for hour in range(24)]
LETTERS = 19  # of a title in one line of a column


@dataclass(frozen=True)
class Box:
    """A broadcast, or free time when `broadcast` is None. `lines`: what fits in it."""

    y: float
    height: float
    lines: tuple[str, ...]
    begin: datetime
    end: datetime
    broadcast: Broadcast | None = None


def column(found: Sequence[Broadcast], free: Sequence[tuple[datetime, datetime]], day: date) -> list[Box]:
    start, end = day_bounds(day)

    def box(begin: datetime, until: datetime, title: str, broadcast: Broadcast | None = None) -> Box:
        low, high = (max(0.0, min(24.0, (moment - start).total_seconds() / 3600)) * HOUR for moment in (begin, min(until, end)))
        height = max(high - low, 6)
        return Box(round(low, 1), round(height, 1), _lines(title, height), begin.astimezone(start.tzinfo), until.astimezone(start.tzinfo), broadcast)

    on = [box(each.slot.start, each.slot.end, each.slot.title, each) for each in found if each.state != "batal"]
    return sorted([*on, *(box(begin, until, "") for begin, until in free)], key=lambda each: each.y)


def _lines(title: str, height: float) -> tuple[str, ...]:
    """A title in as many lines as a box holds, words whole where they can be."""
    most = int((height - 4) // 14)
    lines: list[str] = []
    for word in title.split():
        if lines and len(lines[-1]) + len(word) < LETTERS:
            lines[-1] += f" {word}"
        else:
            lines.append(word[:LETTERS])
    if len(lines) > most > 0:
        lines = [*lines[: most - 1], lines[most - 1][: LETTERS - 1] + "…"]
    return tuple(lines[:most])
