"""What plays next. No I/O and no clock: times come in as aware datetimes.

`choose` walks down the ladder scheduled -> playlist -> reserve -> ident -> tone until something can be played: the station
is never silent. Slots, tracks and wheels are read in their own rooms and found here too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .slots import BadRule, Rule, Slot, expand, gaps, occurrences, overlaps, slot_after, slot_at
from .tracks import TONE, Played, Track

__all__ = [
    "LADDER", "TONE", "BadRule", "Choice", "Played", "Rule", "Slot", "Station", "Track", "choose", "expand", "gaps", "occurrences", "overlaps", "pick",
    "slot_after", "slot_at",
]
LADDER = ("scheduled", "playlist", "reserve", "ident", "tone")
ARTIST_REST_S = 20 * 60.0
IDENT_EVERY_S = 15 * 60.0


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
