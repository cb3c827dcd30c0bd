"""What plays, and what plays next. No I/O and no clock: times come in as aware datetimes.

A `Rule` says when a programme is on (RFC 5545, local time); `occurrences` makes `Slot`s of it. `choose` walks down the
ladder scheduled -> playlist -> reserve -> ident -> tone until something can be played: the station is never silent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

LADDER = ("scheduled", "playlist", "reserve", "ident", "tone")
ARTIST_REST_S = 20 * 60.0
IDENT_EVERY_S = 15 * 60.0
LONGEST_PROGRAMME = timedelta(hours=24)


class BadRule(ValueError):
    """The repetition can't be read, never happens, or lasts longer than a day."""


@dataclass(frozen=True)
class Track:
    """A playable file. `kind`: music, reserve, ident, jingle. `gain_db` brings it to the station's loudness."""

    id: str
    path: str = ""
    title: str = ""
    artist: str = ""
    duration_s: float = 0.0
    gain_db: float = 0.0
    kind: str = "music"
    tags: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """What a player shows: "artist - title"."""
        return " - ".join(part for part in (self.artist, self.title) if part) or self.id


TONE = Track("tone", title="Gangguan teknis", kind="tone", duration_s=5.0)


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
    """A programme's time on the air: `[start, end)`. `tags`: which music it plays; none is any."""

    program: str
    start: datetime
    end: datetime
    title: str = ""
    presenter: str = ""
    tags: frozenset[str] = frozenset()

    def holds(self, now: datetime) -> bool:
        return self.start <= now < self.end

    def as_json(self) -> dict[str, Any]:
        return {"program": self.program, "title": self.title, "presenter": self.presenter, "tags": sorted(self.tags),
                "start": self.start.isoformat(), "end": self.end.isoformat()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Slot:
        start, end = datetime.fromisoformat(data["start"]), datetime.fromisoformat(data["end"])
        if start.tzinfo is None or end.tzinfo is None or end <= start:
            raise ValueError("a slot needs two times with zones, in order")
        return cls(str(data["program"]), start, end, str(data.get("title", "")), str(data.get("presenter", "")), frozenset(map(str, data.get("tags", ()))))


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


@dataclass(frozen=True)
class Played:
    """A track that was on the air."""

    track_id: str
    artist: str
    at: datetime
    kind: str = "music"


@dataclass(frozen=True)
class Station:
    """All that the decisions know. `failed`: tracks that could not be played, with the time when they are tried again."""

    tracks: tuple[Track, ...] = ()
    slots: tuple[Slot, ...] = ()
    requested: tuple[str, ...] = ()  # track ids asked for by an editor, first come first played
    failed: dict[str, datetime] = field(default_factory=dict)

    def of_kind(self, kind: str, now: datetime) -> list[Track]:
        return [track for track in self.tracks if track.kind == kind and self.can_play(track.id, now)]

    def can_play(self, track_id: str, now: datetime) -> bool:
        again = self.failed.get(track_id)
        return again is None or now >= again


@dataclass(frozen=True)
class Choice:
    """What to play, and from which rung of the ladder."""

    track: Track
    rung: str
    slot: Slot | None = None


def pick(tracks: Sequence[Track], history: Sequence[Played], now: datetime, *, artist_rest_s: float = ARTIST_REST_S) -> Track | None:
    """The track that rested longest, of an artist who rested long enough; among new ones a shuffle that is equal for equal days.

    When every artist was just on the air, the rest of artists is given up, never the music.
    """
    if not tracks:
        return None
    last: dict[str, datetime] = {}
    artist_last: dict[str, datetime] = {}
    for played in history:
        last[played.track_id] = max(played.at, last.get(played.track_id, played.at))
        if played.artist:
            artist_last[played.artist] = max(played.at, artist_last.get(played.artist, played.at))
    since = now - timedelta(seconds=artist_rest_s)
    rested = [track for track in tracks if not track.artist or artist_last.get(track.artist, since) <= since]
    never = datetime.min.replace(tzinfo=now.tzinfo)
    return min(rested or tracks, key=lambda track: (last.get(track.id, never), _shuffle(track.id, now)))


def _shuffle(track_id: str, now: datetime) -> str:
    return hashlib.sha256(f"{now:%Y%m%d}:{track_id}".encode()).hexdigest()


def choose(station: Station, history: Sequence[Played], now: datetime) -> Choice:
    """What plays next: the first rung of the ladder with something playable on it. Never None."""
    slot = slot_at(station.slots, now)
    if _ident_is_due(history, now) and (ident := pick(station.of_kind("ident", now), history, now, artist_rest_s=0)):
        return Choice(ident, "scheduled" if slot else "playlist", slot)
    for track_id in station.requested:
        track = next((t for t in station.tracks if t.id == track_id and station.can_play(t.id, now)), None)
        if track:
            return Choice(track, "scheduled", slot)
    music = station.of_kind("music", now)
    if slot is not None and slot.tags and (track := pick([t for t in music if t.tags & slot.tags], history, now)):
        return Choice(track, "scheduled", slot)
    if slot is not None and not slot.tags and (track := pick(music, history, now)):
        return Choice(track, "scheduled", slot)
    for rung, tracks in (("playlist", music), ("reserve", station.of_kind("reserve", now)), ("ident", station.of_kind("ident", now))):
        if track := pick(tracks, history, now):
            return Choice(track, rung, slot)
    return Choice(TONE, "tone", slot)


def _ident_is_due(history: Sequence[Played], now: datetime) -> bool:
    """The station says its name every quarter of an hour, between two pieces of music, never twice in a row."""
    if not history or history[-1].kind != "music":
        return False
    last = max((played.at for played in history if played.kind == "ident"), default=None)
    if last is None:
        return len([played for played in history if played.kind == "music"]) >= 2
    return (now - last).total_seconds() >= IDENT_EVERY_S
