"""What plays next. No I/O and no clock: times come in as aware datetimes.

`choose` walks down the ladder scheduled -> playlist -> reserve -> ident -> tone until something can be played: the station
is never silent. Slots, tracks and wheels are read in their own rooms and found here too.

In a programme, in this order: the station's name when it is due, what an editor ordered, the recorded programme, a wish of a
listener that keeps the rotation, then the slot's playlist, its wheel, music with its tags, the station's wheel, any music.
"""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from .past import NEVER, Hand, Past
from .plan import Plan
from .slots import BadRule, Rule, Slot, expand, gaps, occurrences, overlaps, slot_after, slot_at
from .tracks import TONE, Played, Track
from .wheels import Part, Playlist, Rotation

__all__ = [
    "LADDER", "TONE", "BadRule", "Choice", "Past", "Played", "Rule", "Slot", "Station", "Track", "choose", "expand", "gaps", "occurrences", "overlaps", "pick",
    "slot_after", "slot_at",
]
LADDER = ("scheduled", "playlist", "reserve", "ident", "tone")
GRACE_S = 5.0  # so much over its room still fits: a fade hides it
FILL_S = 60.0  # in less room than this, a jingle or the station's name may be better than the beginning of a song,
FILL_LEAVES_S = 12.0  # if so little is left after it
ALMOST_OVER_S = 15.0  # the last seconds of a programme belong to the one that follows
WISH_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Station:
    """All that the decisions know. `requested`: track ids that an editor ordered; `wishes`: those of listeners, which keep
    the rotation and their number an hour; first come first played. `failed`: tracks that could not be played, with the time
    when they are tried again.
    """

    tracks: tuple[Track, ...] = ()
    slots: tuple[Slot, ...] = ()
    requested: tuple[str, ...] = ()
    failed: dict[str, datetime] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    wishes: tuple[str, ...] = ()
    @classmethod
    def of(cls, tracks: Sequence[Track], plan: Plan) -> Station:
        return cls(tuple(noted(track, plan) for track in tracks), plan.slots, plan=plan)

    @cached_property
    def by_id(self) -> dict[str, Track]:
        return {track.id: track for track in self.tracks}

    @cached_property
    def _kinds(self) -> dict[str, list[Track]]:
        """The tracks of each kind, without those that rest."""
        found: dict[str, list[Track]] = {}
        for track in self.tracks:
            if not self.rests(track.id):
                found.setdefault(track.kind, []).append(track)
        return found

    def rests(self, track_id: str) -> bool:
        """Did an editor take it out of the rotation?"""
        note = self.plan.notes.get(track_id)
        return note is not None and note.resting

    def of_kind(self, kind: str, now: datetime) -> list[Track]:
        found = self._kinds.get(kind, [])
        return [track for track in found if self.can_play(track.id, now)] if self.failed else found

    def can_play(self, track_id: str, now: datetime) -> bool:
        again = self.failed.get(track_id)
        return again is None or now >= again

    def find(self, track_id: str, now: datetime) -> Track | None:
        """A track that can be played now."""
        return self.by_id.get(track_id) if self.can_play(track_id, now) else None


def noted(track: Track, plan: Plan) -> Track:
    """The track with what editors say of it."""
    note = plan.notes.get(track.id)
    if note is None:
        return track
    cue_in = track.cue_in_s if note.cue_in_s is None else note.cue_in_s
    cue_out = track.cue_out_s if note.cue_out_s is None else note.cue_out_s
    if track.duration_s and not 0 <= cue_in < (cue_out or track.duration_s):
        cue_in, cue_out = track.cue_in_s, track.cue_out_s  # points of another file that was there before
    tags = track.tags if note.tags is None else note.tags
    return replace(track, title=note.title or track.title, artist=note.artist or track.artist, tags=tags, cue_in_s=cue_in, cue_out_s=cue_out)


@dataclass(frozen=True)
class Choice:
    """What to play, and from which rung of the ladder. `source`: see Played; `hand`: where the wheel `wheel` stands then."""

    track: Track
    rung: str
    slot: Slot | None = None
    source: str = ""
    wheel: str = ""
    hand: Hand | None = None


# ------------------------------------------------------------------------------------------------------------ rotation


def pools(tracks: Sequence[Track], past: Past, now: datetime, rotation: Rotation) -> Iterator[list[Track]]:
    """What may play by the rules of rotation; then, when the library is too small for them, with one given up, with both,
    and at last the same piece again.
    """
    title_since, artist_since = now - timedelta(minutes=rotation.title_min), now - timedelta(minutes=rotation.artist_min)
    last, artists = past.last, past.artists
    by_artist = [track for track in tracks if not track.artist or artists.get(track.artist, NEVER) <= artist_since]
    yield [track for track in by_artist if last.get(track.id, NEVER) <= title_since]
    yield by_artist
    yield [track for track in tracks if last.get(track.id, NEVER) <= title_since]
    newest = past.history[-1].track_id if past.history else ""
    yield [track for track in tracks if track.id != newest]
    yield list(tracks)


def pick(
    tracks: Sequence[Track], past: Past, now: datetime, *, rotation: Rotation | None = None, order: str = "longest_rested", room_s: float | None = None,
) -> Track | None:
    """One of `tracks` by `order` that keeps the rotation as far as the library allows; the last one before `room_s` is over is
    the longest that fits, where one fits.
    """
    if not tracks:
        return None
    pool = next(pool for pool in pools(tracks, past, now, rotation or Rotation()) if pool)
    if order == "shuffle":
        seed = _seed(now, past.count)
        chosen = min(pool, key=lambda track: zlib.crc32(track.id.encode(), seed))
    else:
        seed, last = _seed(now), past.last
        chosen = min(pool, key=lambda track: (last.get(track.id, NEVER), zlib.crc32(track.id.encode(), seed)))
    if room_s is None or room_s > 2 * chosen.air_s + FILL_S:
        return chosen
    return _closing(pool, chosen, room_s)


def _closing(pool: Sequence[Track], chosen: Track, room_s: float) -> Track:
    """The piece that leaves the least silence before the room is over: by itself, or with one more after it."""
    lengths = sorted(track.air_s for track in pool if track.air_s > 0)

    def left_s(track: Track) -> float:
        left = room_s + GRACE_S - track.air_s
        place = bisect_right(lengths, left)
        return left - lengths[place - 1] if place else left

    fitting = [track for track in pool if fits(track, room_s)]
    return min(fitting, key=left_s, default=chosen)


def fits(track: Track, room_s: float) -> bool:
    return 0 < track.air_s <= room_s + GRACE_S


def _seed(now: datetime, turn: int = 0) -> int:
    """What shuffles: equal for equal days and turns, so that a plan can be looked at twice."""
    return zlib.crc32(f"{now:%Y%m%d}:{turn}".encode())


def _from_playlist(name: str, station: Station, past: Past, now: datetime, room_s: float | None) -> Track | None:
    playlist = station.plan.playlists[name]
    tracks = [track for track_id in playlist.tracks if (track := station.find(track_id, now)) and not station.rests(track_id)]
    if playlist.order != "listed":
        return pick(tracks, past, now, rotation=station.plan.rotation, order=playlist.order, room_s=room_s)
    if not tracks:
        return None
    ordered = _after(playlist, past.listed.get(name, ""), tracks)
    free = {track.id for track in next(pools(tracks, past, now, station.plan.rotation))}
    return next((track for track in ordered if track.id in free), ordered[0])


def _after(playlist: Playlist, last: str, tracks: Sequence[Track]) -> list[Track]:
    """`tracks`, in the list's order, from the one after `last` on and round."""
    places = {track_id: place for place, track_id in enumerate(playlist.tracks)}
    stopped = places.get(last, -1)
    return sorted(tracks, key=lambda track: (places[track.id] <= stopped, places[track.id]))


# ------------------------------------------------------------------------------------------------------------ the ladder


def choose(station: Station, past: Past, now: datetime, *, room_s: float | None = None) -> Choice:
    """What plays next: the first rung of the ladder with something playable on it. Never None.

    `room_s`: how long until something else has to begin; the end of the slot is minded anyway.
    """
    slot = slot_at(station.slots, now)
    if slot is not None:
        left_s = (slot.end - now).total_seconds()
        if left_s < ALMOST_OVER_S:
            slot = slot_at(station.slots, slot.end) or slot
        elif room_s is None or left_s < room_s:
            room_s = left_s
    return next(_offers(station, past, now, slot, room_s))


def _offers(station: Station, past: Past, now: datetime, slot: Slot | None, room_s: float | None) -> Iterator[Choice]:
    rotation = station.plan.rotation
    idents = station.of_kind("ident", now)
    if _ident_is_due(past, now, rotation) and (ident := pick(idents, past, now, rotation=Rotation(0, 0))):
        yield Choice(ident, "scheduled" if slot else "playlist", slot, "ident")
    for track_id in station.requested:
        if track := station.find(track_id, now):
            yield Choice(track, "scheduled", slot, "order")
    if slot is not None and slot.recorded and slot.start.isoformat() not in past.recorded and (track := station.find(slot.recorded, now)):
        yield Choice(track, "scheduled", slot, f"recorded:{slot.start.isoformat()}")
    for choice in _music(station, past, now, slot, room_s):
        if room_s is not None and room_s < FILL_S and not fits(choice.track, room_s) and (track := _fill(station, past, now, room_s)):
            yield Choice(track, choice.rung, slot, "fill")
        yield choice
    for rung, tracks in (("reserve", station.of_kind("reserve", now)), ("ident", idents)):
        if track := pick(tracks, past, now, rotation=rotation):
            yield Choice(track, rung, slot, rung)
    yield Choice(TONE, "tone", slot, "tone")


def _fill(station: Station, past: Past, now: datetime, room_s: float) -> Track | None:
    """A jingle or the station's name that nearly fills a small room, and is not what was just heard."""
    before = past.history[-1] if past.history else None
    short = [
        track for kind in ("jingle", "ident") if before is None or before.kind != kind
        for track in station.of_kind(kind, now) if fits(track, room_s) and room_s - track.air_s <= FILL_LEAVES_S
    ]
    return pick(short, past, now, rotation=Rotation(0, 0))


def _music(station: Station, past: Past, now: datetime, slot: Slot | None, room_s: float | None) -> Iterator[Choice]:
    plan, rotation = station.plan, station.plan.rotation
    rung = "scheduled" if slot else "playlist"
    if wish := _wish(station, past, now, room_s):
        yield Choice(wish, rung, slot, "wish")
    if slot is not None and slot.playlist in plan.playlists and (track := _from_playlist(slot.playlist, station, past, now, room_s)):
        yield Choice(track, "scheduled", slot, f"playlist:{slot.playlist}")
    if slot is not None and slot.wheel in plan.wheels and (choice := _from_wheel(slot.wheel, station, past, now, slot, room_s)):
        yield choice
    music = station.of_kind("music", now)
    if slot is not None and slot.tags and (track := pick([t for t in music if t.tags & slot.tags], past, now, rotation=rotation, room_s=room_s)):
        yield Choice(track, "scheduled", slot, "tags")
    if plan.wheel in plan.wheels and (choice := _from_wheel(plan.wheel, station, past, now, slot, room_s)):
        yield choice
    if name := _drawn(plan, past, now):
        track = _from_playlist(name, station, past, now, room_s)
        if track is not None:
            yield Choice(track, "playlist", slot, f"playlist:{name}")
    if track := pick(music, past, now, rotation=rotation, room_s=room_s):
        yield Choice(track, "scheduled" if slot is not None and not slot.tags else "playlist", slot, "music")


def _wish(station: Station, past: Past, now: datetime, room_s: float | None) -> Track | None:
    """The first wish that keeps the rotation as well as other music would, while the hour's number of wishes is not reached.
    Others wait.
    """
    if not station.wishes or not wish_is_free(station, past, now):
        return None
    wanted = [track for track_id in station.wishes if (track := station.find(track_id, now))]
    if not wanted:
        return None
    free = next(pool for pool in pools([*station.of_kind("music", now), *wanted], past, now, station.plan.rotation) if pool)
    return next((track for track in wanted if track in free and (room_s is None or fits(track, room_s))), None)


def wish_is_free(station: Station, past: Past, now: datetime) -> bool:
    """May one more wish be heard in this hour?"""
    return past.wishes_since(now - WISH_HOUR) < station.plan.rotation.requests_hour


def _drawn(plan: Plan, past: Past, now: datetime) -> str:
    """The playlist whose turn it is, by weight; "" when there is none."""
    bag = [name for name, playlist in sorted(plan.playlists.items()) for _ in range(playlist.weight) if playlist.tracks]
    return bag[_seed(now, past.count) % len(bag)] if bag else ""


def _from_wheel(name: str, station: Station, past: Past, now: datetime, slot: Slot | None, room_s: float | None) -> Choice | None:
    """The next piece of the wheel. A part with nothing to play is passed over, and so is one whose time is over."""
    parts = station.plan.wheels[name]
    of = slot.start.isoformat() if slot else ""
    hand = past.hands.get(name, Hand(slot=of))
    if hand.slot != of or hand.part >= len(parts):
        hand = Hand(slot=of)
    for _ in range(len(parts) + 1):
        if not parts:
            return None
        part = parts[hand.part]
        if not _is_done(part, hand, now) and (track := _of_part(part, station, past, now, room_s)):
            source = f"playlist:{part.name}" if part.kind == "playlist" else f"wheel:{part.kind}"
            return Choice(track, "scheduled" if slot else "playlist", slot, source, name, past.turned(hand, now))
        hand = Hand((hand.part + 1) % len(parts), slot=of)
    return None


def _is_done(part: Part, hand: Hand, now: datetime) -> bool:
    if part.minutes:
        return hand.since is not None and (now - hand.since).total_seconds() >= part.minutes * 60
    return hand.done >= part.count


def _of_part(part: Part, station: Station, past: Past, now: datetime, room_s: float | None) -> Track | None:
    """What a part plays now. Announcements are spoken in every break, so their part plays nothing."""
    if part.kind == "playlist":
        return _from_playlist(part.name, station, past, now, room_s)
    if part.kind == "track":
        return station.find(part.name, now) if not past.history or past.history[-1].track_id != part.name else None
    if part.kind == "block":
        block = station.plan.blocks[part.name]
        found = [track for track in station.of_kind(block.kind, now) if block.fits(track, now)]
        return pick(found, past, now, rotation=station.plan.rotation, room_s=room_s)
    if part.kind in ("jingle", "ident") and not (past.history and past.history[-1].kind == part.kind):
        found = [track for track in station.of_kind(part.kind, now) if not part.name or part.name in track.tags]
        return pick(found, past, now, rotation=Rotation(0, 0))
    return None


def _ident_is_due(past: Past, now: datetime, rotation: Rotation) -> bool:
    """The station says its name every quarter of an hour, between two pieces of music, never twice in a row."""
    if not rotation.ident_min or not past.history or past.history[-1].kind != "music":
        return False
    last = past.kinds.get("ident")
    if last is None:
        return past.music >= 2
    return now - last >= timedelta(minutes=rotation.ident_min)
