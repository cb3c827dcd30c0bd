"""A station without sound: the clock jumps to each moment at which something can happen, and what happened is kept."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .announcements import INFO_WAITS_S, Announcement, reading_time_s
from .on_air import Message, OnAir, Speak, Start, StopVoice, Tell
from .playing import RECORDED_WAITS_S, SLOT_WAITS_S
from .rundown import Station, Track

TICK_S = 1.0
PHASE_S = 0.37  # ticks of an engine fall anywhere in a second


@dataclass
class Item:
    """A piece that was on the air. `because`: ended (the one before), cut, began."""

    at: datetime
    track: Track
    rung: str
    source: str
    because: str
    until: datetime | None = None


@dataclass
class Said:
    at: datetime
    announcement: Announcement
    until: datetime | None = None
    interrupted: bool = False


@dataclass
class Air:
    """Drive an `OnAir` as an engine does: pieces end by their length, ticks come each second, a voice takes its time."""

    station: Station
    now: datetime
    items: list[Item] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    told: list[tuple[datetime, Tell]] = field(default_factory=list)
    waiting: deque[tuple[datetime, Announcement]] = field(default_factory=deque)  # to be announced, by time
    on_air: OnAir = field(init=False)
    _voice_ends: datetime | None = None
    _planned: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.on_air = OnAir(self.station)
        self._plan_ticks()
        self.carry_out(self.on_air.begin(self.now), "began")

    def reload(self, station: Station) -> None:
        self.carry_out(self.on_air.reload(station, self.now), "cut")
        self._plan_ticks()

    def run(self, until: datetime) -> None:
        while (moment := self._next_moment()) < until:
            self.now = moment
            self._happen()
        self.now = until

    def _next_moment(self) -> datetime:
        """When something happens next: exact for an end, at the next tick for everything that only a tick can notice."""
        ends = self.on_air.playing.ends_at
        assert ends is not None
        exact = [ends, *([self.waiting[0][0]] if self.waiting else []), *([self._voice_ends] if self._voice_ends else [])]
        noticed = self._planned[bisect_right(self._planned, self.now) :][:1]
        for waits in self.on_air.queue.waiting.values():
            dues = (waits.due, waits.due + timedelta(seconds=INFO_WAITS_S), waits.announcement.until or waits.due)
            noticed += [tick for tick in map(self._tick, dues) if tick > self.now]
        return min([*(max(moment, self.now) for moment in exact), *noticed])

    def _plan_ticks(self) -> None:
        """The ticks at which the plan alone asks for something, in order."""
        plan = self.on_air.station.plan
        moments = [moment for event in plan.events for moment in (event.at, event.at + timedelta(seconds=event.wait_s))]
        moments += [slot.start + timedelta(seconds=wait) for slot in plan.slots for wait in (0, RECORDED_WAITS_S, SLOT_WAITS_S)]
        self._planned = sorted(map(self._tick, moments))

    def _tick(self, moment: datetime) -> datetime:
        second = moment.timestamp()
        return datetime.fromtimestamp(math.ceil(second - PHASE_S) + PHASE_S, moment.tzinfo)

    def _happen(self) -> None:
        while self.waiting and self.waiting[0][0] <= self.now:
            self.carry_out(self.on_air.announce(self.waiting.popleft()[1], self.now), "cut")
        if self._voice_ends is not None and self._voice_ends <= self.now:
            self._voice_ends, self.said[-1].until = None, self.now
            self.carry_out(self.on_air.voice_ended(self.said[-1].announcement.id, self.now), "cut")
        ends = self.on_air.playing.ends_at
        if ends is not None and ends <= self.now:
            before = len(self.items)
            self.carry_out(self.on_air.track_ending(self.now), "ended")
            assert len(self.items) == before + 1, "nothing follows a piece that ended"
        self.carry_out(self.on_air.tick(self.now), "cut")

    def carry_out(self, messages: list[Message], because: str) -> None:
        for message in messages:
            if isinstance(message, Start):
                choice = self.on_air.choice
                assert choice is not None
                if self.items:
                    self.items[-1].until = self.now
                self.items.append(Item(self.now, message.track, message.rung, choice.source, because))
            elif isinstance(message, Speak):
                assert self._voice_ends is None, "two voices at once"
                length_s = sum(map(reading_time_s, message.announcement.texts.values())) * message.times + 2
                self._voice_ends = self.now + timedelta(seconds=length_s)
                self.said.append(Said(self.now, message.announcement))
            elif isinstance(message, StopVoice):
                self._voice_ends, self.said[-1].until, self.said[-1].interrupted = None, self.now, True
            elif isinstance(message, Tell):
                self.told.append((self.now, message))
