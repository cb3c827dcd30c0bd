"""What plays, from one moment to the next: exact times, programmes that begin, what comes back, what is promised as next.

No I/O and no clock. `take` decides and remembers; `due` says whether something must begin now although a piece is running.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from .past import Past
from .rundown import (
    Choice,
    Played,
    Slot,
    Station,
    Track,
    choose,
    pools,
    slot_at,
    wish_is_free,
)
from .wheels import Event

EVENT_LATE_S = 120.0  # an exact time that was missed by more than this (the engine was away) is left out
SLOT_WAITS_S = 300.0  # a piece goes on into the next programme for so long, if it ends by then
RECORDED_WAITS_S = 30.0  # the same, where the next programme is a recorded one
LONG_S = 600.0  # a piece this long comes back after an interruption
WORTH_S = 60.0  # if so much of it is left
MOST_WAITING = 200
PRAYER_TAGS = ("subuh", "zuhur", "asar", "magrib", "isya", "imsak")


@dataclass
class Playing:
    """The programme's present moment."""

    station: Station
    past: Past = field(default_factory=Past)
    choice: Choice | None = None
    started_at: datetime | None = None
    upcoming: Choice | None = None
    upcoming_at: datetime | None = None
    event: Event | None = None  # that which plays
    _done: dict[str, datetime] = field(default_factory=dict)
    _back: Choice | None = None

    @property
    def ends_at(self) -> datetime | None:
        """When the next piece begins, by the known length; None when nobody knows."""
        if self.choice is None or self.started_at is None or self.choice.track.air_s <= 0:
            return None
        return self.started_at + timedelta(seconds=self.choice.track.air_s)

    # ------------------------------------------------------------------ decisions

    def begin(self, now: datetime) -> Choice:
        """The engine just started: a recorded programme that would be running is joined where it would be."""
        slot = slot_at(self.station.slots, now)
        began = self.past.recorded.get(slot.start.isoformat(), slot.start) if slot else now
        track = self.station.find(slot.recorded, now) if slot and slot.recorded else None
        missed_s = (now - began).total_seconds()
        if slot is None or track is None or missed_s < WORTH_S:
            return self.take(now)
        if track.plays_s - missed_s >= WORTH_S:
            self._back = Choice(replace(track, cue_in_s=track.cue_in_s + missed_s), "scheduled", slot, f"recorded:{slot.start.isoformat()}")
        else:
            self.past.recorded[slot.start.isoformat()] = began
        return self.take(now)

    def take(self, now: datetime) -> Choice:
        """Begin the next piece: an exact time that is due, what was interrupted, what was promised, or a new choice."""
        event = self._event_at(now)
        choice = self._of_event(event, now) if event is not None else None
        self.event = event if choice is not None else None
        choice = choice or self._returning(now) or self._promised(now) or self._choose(now)
        self._start(choice, now)
        return choice

    def due(self, now: datetime, *, only_hard: bool = False) -> bool:
        """Must something begin now, although a piece is running? `only_hard`: nothing but a hard exact time."""
        event = self._event_at(now)
        if event is not None:
            if self._track_of(event, now) is None:
                self._done[event.id] = event.at
            elif event.hard or not (only_hard or self._ends_within(event.at, event.wait_s, now)):
                self._keep_for_later(now)
                return True
        return not only_hard and self._programme_is_due(now)

    def _programme_is_due(self, now: datetime) -> bool:
        slot = slot_at(self.station.slots, now)
        if self.choice is None or self.started_at is None or self.event is not None or slot is None or _same(slot, self.choice.slot):
            return False
        if self.started_at >= slot.start:  # it was begun for the programme that follows, or the plan changed under it
            return False
        waiting = slot.recorded and slot.start.isoformat() not in self.past.recorded and self.station.find(slot.recorded, now) is not None
        return not self._ends_within(slot.start, RECORDED_WAITS_S if waiting else SLOT_WAITS_S, now)

    def _ends_within(self, moment: datetime, seconds: float, now: datetime) -> bool:
        """Will the running piece end by itself in time? One of unknown length is given the whole time."""
        last = moment + timedelta(seconds=seconds)
        return now < last and (self.ends_at is None or self.ends_at <= last)

    # ------------------------------------------------------------------ exact times

    def _event_at(self, now: datetime) -> Event | None:
        """The exact time that came and was not yet heard."""
        late = now - timedelta(seconds=EVENT_LATE_S)
        found = None
        for event in self.station.plan.events:
            if event.at > now:
                break
            if event.at > late - timedelta(seconds=0 if event.hard else event.wait_s) and event.id not in self._done:
                found = event
        return found

    def coming(self, now: datetime) -> Event | None:
        """The next exact time that has something to play."""
        return next((event for event in self.station.plan.events if event.at > now and self._track_of(event, event.at)), None)

    def _of_event(self, event: Event, now: datetime) -> Choice | None:
        self._done = {name: at for name, at in self._done.items() if now - at < timedelta(days=2)} | {event.id: event.at}
        track = self._track_of(event, now)
        return Choice(track, "scheduled", slot_at(self.station.slots, now), f"event:{event.id}") if track else None

    def _track_of(self, event: Event, now: datetime) -> Track | None:
        if event.track and (track := self.station.find(event.track, now)):
            return track
        if event.kind not in ("adzan", "imsak"):
            return None
        names = {"imsak"} if event.kind == "imsak" else {event.name}
        others = {other.name or other.kind for other in self.station.plan.events} | set(PRAYER_TAGS)
        found = [track for track in self.station.of_kind("adzan", now) if track.tags & names or (event.kind == "adzan" and not track.tags & others)]
        return max(found, key=lambda track: (track.added_at.timestamp() if track.added_at else 0.0, bool(track.tags & names), track.id), default=None)

    def _keep_for_later(self, now: datetime) -> None:
        """What is interrupted comes back only when it is long, and enough of it is left."""
        if self.choice is None or self.started_at is None or self.event is not None:
            return
        track, played_s = self.choice.track, (now - self.started_at).total_seconds()
        if track.plays_s >= LONG_S and track.plays_s - played_s >= WORTH_S:
            self._back = replace(self.choice, track=replace(track, cue_in_s=track.cue_in_s + played_s))

    def _returning(self, now: datetime) -> Choice | None:
        back, self._back = self._back, None
        if back is None or self.station.find(back.track.id, now) is None:
            return None
        slot = slot_at(self.station.slots, now)
        return back if slot is None or _same(slot, back.slot) or not slot.recorded else None

    # ------------------------------------------------------------------ the next one, known in advance

    def promise(self, now: datetime) -> None:
        """Decide what comes after the piece on the air, and when, so that it can be told and does not change."""
        at = max(self.ends_at or now, now)
        event = self._event_at(now) or self.coming(now)
        track = self._track_of(event, event.at) if event is not None and event.at <= at else None
        if event is not None and track is not None:
            waits = not event.hard and at <= event.at + timedelta(seconds=event.wait_s)
            self.upcoming = Choice(track, "scheduled", slot_at(self.station.slots, event.at), f"event:{event.id}")
            self.upcoming_at = at if waits else max(event.at, now)
        else:
            self.upcoming, self.upcoming_at = self._back or self._choose(at), at

    def _promised(self, now: datetime) -> Choice | None:
        """What was promised, while it still holds: the same programme, a file that plays, room before the next exact time."""
        choice, self.upcoming = self.upcoming, None
        if choice is None or choice.source.startswith("event:") or choice.rung not in ("scheduled", "playlist"):
            return None
        if self.station.find(choice.track.id, now) is None or not self._rested(choice, now):
            return None
        slot = slot_at(self.station.slots, now)
        almost_over = slot is not None and self.upcoming_at is not None and self.upcoming_at - now < timedelta(seconds=SLOT_WAITS_S)
        return choice if _same(slot, choice.slot) or (almost_over and choice.slot is not None and choice.slot.start == slot.end) else None

    def _rested(self, choice: Choice, now: datetime) -> bool:
        """Begun earlier than promised, a piece may not have rested enough, and a wish may be one too many."""
        if self.upcoming_at is None or now >= self.upcoming_at or choice.track.kind != "music" or choice.source == "order":
            return True
        if choice.source == "wish" and not wish_is_free(self.station, self.past, now):
            return False
        return bool(next(pools([choice.track], self.past, now, self.station.plan.rotation)))

    def _choose(self, now: datetime) -> Choice:
        event = self.coming(now)
        return choose(self.station, self.past, now, room_s=(event.at - now).total_seconds() if event else None)

    def _start(self, choice: Choice, now: datetime) -> None:
        self.choice, self.started_at = choice, now
        self.past.add(Played(choice.track.id, choice.track.artist, now, choice.track.kind, choice.source))
        if choice.hand is not None:
            self.past.hands[choice.wheel] = choice.hand
        name = choice.track.id
        if choice.source == "order" or choice.source == "wish":
            queue = "requested" if choice.source == "order" else "wishes"
            self.station = replace(self.station, **{queue: tuple(each for each in getattr(self.station, queue) if each != name)})
        self.promise(now)

    # ------------------------------------------------------------------ what people want, and what changed

    def order(self, track_id: str, now: datetime, *, wish: bool = False) -> bool:
        """An editor wants it next, or a listener wishes it. An unknown or resting track changes nothing."""
        known = self.station.find(track_id, now) is not None
        queue = "wishes" if wish else "requested"
        waiting = getattr(self.station, queue)
        if not known or track_id in waiting or len(waiting) >= MOST_WAITING:
            return False
        self.station = replace(self.station, **{queue: (*waiting, track_id)})
        self.promise(now)
        return True

    def rest(self, track_id: str, until: datetime) -> None:
        """It could not be played. An exact time that it was for is heard by another file."""
        self.station = replace(self.station, failed={**self.station.failed, track_id: until})
        if self.event is not None and self.choice is not None and self.choice.track.id == track_id:
            self._done.pop(self.event.id, None)

    def reload(self, station: Station, now: datetime) -> None:
        """Library or plan changed; orders, wishes and resting tracks are kept, and so is the promise while it holds."""
        old, known = self.station, station.by_id
        self.station = replace(
            station,
            requested=tuple(track_id for track_id in old.requested if track_id in known),
            wishes=tuple(track_id for track_id in old.wishes if track_id in known),
            failed={track_id: again for track_id, again in old.failed.items() if track_id in known and again > now},
        )
        self.past.forget(set(known))
        same = (old.plan, old.slots, old.tracks) == (station.plan, station.slots, station.tracks)
        if self.choice is not None and not same and not self._still_promised():
            self.promise(now)

    def _still_promised(self) -> bool:
        """A change elsewhere does not change the promise: its file is there, and nothing else begins before it."""
        if self.upcoming is None or self.upcoming_at is None or self.upcoming.source.startswith("event:"):
            return False
        event = next((event for event in self.station.plan.events if event.at > (self.started_at or event.at)), None)
        return (
            self.station.by_id.get(self.upcoming.track.id) == self.upcoming.track and (event is None or event.at > self.upcoming_at)
            and _same(slot_at(self.station.slots, self.upcoming_at), self.upcoming.slot)
        )

    def told_next(self) -> dict[str, Any] | None:
        if self.upcoming is None or self.upcoming_at is None:
            return None
        track = self.upcoming.track
        return {"id": track.id, "title": track.title, "artist": track.artist, "label": track.label, "kind": track.kind, "at": self.upcoming_at.isoformat()}


def _same(one: Slot | None, other: Slot | None) -> bool:
    """The same time of the same programme, whatever its words are now."""
    return (one.program, one.start) == (other.program, other.start) if one and other else one is other
