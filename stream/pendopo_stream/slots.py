"""When programmes are on. A `Rule` says it (RFC 5545, local time), `occurrences` makes `Slot`s of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

LONGEST_PROGRAMME = timedelta(hours=24)


class BadRule(ValueError):
    """The repetition can't be read, never happens, or lasts longer than a day."""


@dataclass(frozen=True)
class Rule:
    """When a programme is on. `start`: first time, aware. `rrule`: RFC 5545 without DTSTART, "" is once."""

    program: str
    start: datetime
    duration_s: float
    rrule: str = ""
    except_on: frozenset[datetime] = frozenset()  # starts that are left out
    until: datetime | None = None


@dataclass(frozen=True)
class Slot:
    """A programme's time on the air: `[start, end)`. What plays in it: `recorded` (a piece, first and once), then `playlist`,
    `wheel`, or music with one of `tags`; none of them is the station's own wheel, or any music.
    """

    program: str
    start: datetime
    end: datetime
    title: str = ""
    presenter: str = ""
    tags: frozenset[str] = frozenset()
    wheel: str = ""
    playlist: str = ""
    recorded: str = ""

    def holds(self, now: datetime) -> bool:
        return self.start <= now < self.end

    def as_json(self) -> dict[str, Any]:
        return {
            "program": self.program, "title": self.title, "presenter": self.presenter, "tags": sorted(self.tags), "start": self.start.isoformat(),
            "end": self.end.isoformat(), "wheel": self.wheel or None, "playlist": self.playlist or None, "recorded": self.recorded or None,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Slot:
        start, end = datetime.fromisoformat(data["start"]), datetime.fromisoformat(data["end"])
        if start.tzinfo is None or end.tzinfo is None or end <= start:
            raise ValueError("a slot needs two times with zones, in order")
        words = (str(data.get(key) or "") for key in ("wheel", "playlist", "recorded"))
        tags = frozenset(map(str, data.get("tags", ())))
        return cls(str(data["program"]), start, end, str(data.get("title", "")), str(data.get("presenter", "")), tags, *words)


def occurrences(rule: Rule, start: datetime, end: datetime, zone: ZoneInfo) -> list[Slot]:
    """The slots of `rule` that touch `[start, end)`. Raises BadRule."""
    if not 0 < rule.duration_s <= LONGEST_PROGRAMME.total_seconds():
        raise BadRule("a programme lasts from one second to 24 hours")
    length = timedelta(seconds=rule.duration_s)
    found = []
    for local in _starts(rule, start - length, end, zone):
        begin = local.replace(tzinfo=zone)
        if begin + length > start and begin < end and begin not in rule.except_on and (rule.until is None or begin < rule.until):
            found.append(Slot(rule.program, begin, begin + length))
    return found


@lru_cache(maxsize=512)
def _times(rrule: str, first: datetime) -> Any:
    """The times of a rule, which remember themselves: they are always counted from the first, which may be years ago."""
    from dateutil.rrule import rrulestr

    return rrulestr(rrule, dtstart=first, cache=True)


def _starts(rule: Rule, start: datetime, end: datetime, zone: ZoneInfo) -> list[datetime]:
    """Wall clock starts between two instants: a programme at seven stays at seven when the clocks change."""
    first = rule.start.astimezone(zone).replace(tzinfo=None)
    low, high = (moment.astimezone(zone).replace(tzinfo=None) for moment in (start, end))
    if not rule.rrule:
        return [first] if low <= first <= high else []
    if any(word in rule.rrule.upper() for word in ("DTSTART", "RDATE", "SECONDLY", "MINUTELY", "\n")):
        raise BadRule("only one rule, hourly or slower")
    try:
        return list(_times(rule.rrule, first).between(low, high, inc=True))
    except (ValueError, TypeError, OverflowError) as error:
        raise BadRule(str(error)) from error


def expand(rules: Iterable[Rule], start: datetime, end: datetime, zone: ZoneInfo) -> list[Slot]:
    """All slots of all rules in `[start, end)`, by time."""
    return sorted((slot for rule in rules for slot in occurrences(rule, start, end, zone)), key=lambda slot: (slot.start, slot.program))


def overlaps(slots: Sequence[Slot]) -> list[tuple[Slot, Slot]]:
    """Pairs of slots that are on at the same time; each slot is compared with the one that ends last before it."""
    found, last = [], None
    for slot in sorted(slots, key=lambda slot: (slot.start, slot.end)):
        if last is not None and slot.start < last.end:
            found.append((last, slot))
        if last is None or slot.end > last.end:
            last = slot
    return found


def gaps(slots: Sequence[Slot], start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Times in `[start, end)` without a programme."""
    found, at = [], start
    for slot in sorted(slots, key=lambda slot: slot.start):
        if slot.start > at:
            found.append((at, min(slot.start, end)))
        at = max(at, slot.end)
        if at >= end:
            return found
    return [*found, (at, end)] if at < end else found


def slot_at(slots: Iterable[Slot], now: datetime) -> Slot | None:
    """The programme on the air. Where two overlap, the one that began last."""
    return max((slot for slot in slots if slot.holds(now)), key=lambda slot: slot.start, default=None)


def slot_after(slots: Iterable[Slot], now: datetime) -> Slot | None:
    return min((slot for slot in slots if slot.start > now), key=lambda slot: slot.start, default=None)
