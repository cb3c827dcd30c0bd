"""What happens on the air: facts go in, messages come out. No I/O, no clock, no sleep.

The engine tells what it noticed (`track_ending`, `track_failed`, `silence`, `voice_ended`), people tell what they want
(`announce`, `cancel`, `skip`, `reload`, `live_*`), and each call returns the messages that the engine carries out, in order.

While a live voice is on the air, an emergency breaks in over it as over music; everything else waits, two minutes at most.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from .announcements import EMERGENCY_TIMES, Announcement, AnnouncementQueue
from .microphones import Channel, LiveState, Microphones
from .past import Past
from .playing import Playing
from .rundown import (
    LADDER,
    TONE,
    Choice,
    Played,
    Station,
    Track,
    choose,
    slot_after,
    slot_at,
)
from .tracks import OVERLAP_S

CROSSFADE_S = OVERLAP_S
EVENT_FADE_S = 1.0
FAILED_RESTS_S = 600.0
LIVE_WAITS_S = 120.0
AWAY_FADE_S = 0.5
BACK_FADE_S = 0.3


@dataclass(frozen=True)
class Start:
    """Play `track`, fading over from what plays in `fade_s` seconds (0: at once)."""

    track: Track
    rung: str
    fade_s: float = CROSSFADE_S


@dataclass(frozen=True)
class Speak:
    """Say it. `mode`: "duck" over softened music, "break_in" with everything else faded away and an attention tone."""

    announcement: Announcement
    mode: Literal["duck", "break_in"]
    times: int = 1


@dataclass(frozen=True)
class StopVoice:
    """Fall silent in the middle of a word; the music comes back."""

    announcement_id: str


@dataclass(frozen=True)
class Pause:
    """The programme fades away and waits: a live voice has the air to itself."""

    fade_s: float = AWAY_FADE_S


@dataclass(frozen=True)
class SetLive:
    """Mix these lines from now on."""

    live: LiveState


@dataclass(frozen=True)
class Cart:
    """Play `track` at once over everything but announcements; None stops it."""

    track: Track | None


@dataclass(frozen=True)
class Tell:
    """Something that people and the log want to know. `kind`: track, speaking, spoken, unspoken, expired, cancelled,
    fallback, silence, alarm, failed, programme, exact_time, live, live_closed, cart."""

    kind: str
    data: dict[str, Any] = field(default_factory=dict)


Message = Start | Speak | StopVoice | Pause | SetLive | Cart | Tell


class OnAir:
    """The station's present moment."""

    def __init__(self, station: Station) -> None:
        self.playing = Playing(station)
        self.queue = AnnouncementQueue()
        self.speaking: Announcement | None = None
        self.microphones = Microphones()
        self.live = LiveState()
        self.held = False  # live assist: nothing new starts while somebody is on the air
        self.waiting = False  # the programme waits for a live voice to end
        self.shown_live: dict[str, Any] = self.microphones.as_json()
        self._program: tuple[str, datetime] | None = None

    # ------------------------------------------------------------------ what plays

    @property
    def station(self) -> Station:
        return self.playing.station

    @property
    def history(self) -> deque[Played]:
        return self.playing.past.history

    @property
    def choice(self) -> Choice | None:
        return self.playing.choice

    @property
    def started_at(self) -> datetime | None:
        return self.playing.started_at

    def memory(self) -> dict[str, Any]:
        """What an engine that begins anew has to know, to go on where this one stops."""
        return self.playing.past.as_json()

    def remember(self, memory: dict[str, Any]) -> None:
        """Go on where another stopped; before `begin`. Raises ValueError, KeyError or TypeError on what is no memory."""
        self.playing.past = Past.from_json(memory)

    def begin(self, now: datetime) -> list[Message]:
        """The engine just started."""
        self.playing.begin(now)
        return self._started(now, 0.0, before="scheduled")

    def track_ending(self, now: datetime) -> list[Message]:
        """The track on the air is about to end, or ended: the next one, and what waited for this break."""
        if self.waiting or self.live.solo or (self.held and self.live.on_air):
            self.waiting = True
            return self._speak_if_due(now, at_break=True)
        return [*self._start_next(now), *self._speak_if_due(now, at_break=True)]

    def track_failed(self, track_id: str, now: datetime, why: str) -> list[Message]:
        """A file could not be opened or read: it rests for ten minutes, and something else plays at once."""
        self._rest(track_id, now)
        told = Tell("failed", {"track": track_id, "why": why})
        if self.choice is None or self.choice.track.id != track_id:
            return [told]
        return [told, *self._start_next(now, fade_s=0.0)]

    def silence(self, now: datetime, lasted_s: float) -> list[Message]:
        """Nothing was heard for `lasted_s`: what plays is as good as broken, the next one starts."""
        track = self.choice.track if self.choice else TONE
        if track is not TONE and not self.waiting:
            self._rest(track.id, now)
        told = {"lasted_s": round(lasted_s, 1), "track": track.id}
        alarm = Tell("alarm", {"kind": "silence", "text": f"{told['lasted_s']} s of silence ({track.label})"})
        return [Tell("silence", told), alarm, *self._start_next(now, fade_s=0.0)]

    def skip(self, now: datetime) -> list[Message]:
        return self._start_next(now, fade_s=1.0)

    def play(self, track_id: str, now: datetime, *, wish: bool = False) -> list[Message]:
        """An editor wants this next; as a listener's `wish` it waits until it keeps the rotation. An unknown or resting track
        changes nothing.
        """
        self.playing.order(track_id, now, wish=wish)
        return []

    def reload(self, station: Station, now: datetime) -> list[Message]:
        """Library or schedule changed. What plays goes on while it exists."""
        self.playing.reload(station, now)
        on_reserve = self.choice is not None and LADDER.index(self.choice.rung) > LADDER.index("playlist")
        if on_reserve and LADDER.index(choose(self.station, self.playing.past, now).rung) <= LADDER.index("playlist"):
            return self._start_next(now)
        return self._programme(now)

    def _rest(self, track_id: str, now: datetime) -> None:
        self.playing.rest(track_id, now + timedelta(seconds=FAILED_RESTS_S))

    def _start_next(self, now: datetime, fade_s: float = CROSSFADE_S) -> list[Message]:
        before = self.choice.rung if self.choice else "scheduled"
        self.playing.take(now)
        return self._started(now, fade_s, before)

    def _started(self, now: datetime, fade_s: float, before: str) -> list[Message]:
        choice, event = self.playing.choice, self.playing.event
        assert choice is not None
        self.waiting = False
        messages: list[Message] = [Start(choice.track, choice.rung, fade_s)]
        if event is not None:
            late_s = round((now - event.at).total_seconds(), 1)
            messages.append(Tell("exact_time", {"id": event.id, "kind": event.kind, "name": event.name, "title": event.title, "late_s": late_s}))
        messages.append(Tell("track", self.now(now)))
        # An ident that is played on its turn is no step down; the rungs below the playlist are.
        if LADDER.index(choice.rung) > max(LADDER.index(before), LADDER.index("playlist")):
            messages.append(Tell("fallback", {"rung": choice.rung, "from": before}))
            if LADDER.index(choice.rung) > LADDER.index("reserve"):
                messages.append(Tell("alarm", {"kind": "fallback", "text": f"{before} -> {choice.rung}"}))
        return [*messages, *self._programme(now)]

    def _exact_time(self, now: datetime) -> list[Message]:
        """What begins on its second, although a piece is running. While the programme waits for a voice, only what is hard."""
        return self._start_next(now, fade_s=EVENT_FADE_S) if self.playing.due(now, only_hard=self.waiting) else []

    def _programme(self, now: datetime) -> list[Message]:
        slot = slot_at(self.station.slots, now)
        present = (slot.program, slot.start) if slot else None
        if present == self._program:
            return []
        self._program = present
        return [Tell("programme", {"now": slot.as_json() if slot else None})]

    # ------------------------------------------------------------------ what is said

    def announce(self, announcement: Announcement, now: datetime) -> list[Message]:
        if not self.queue.add(announcement, now):
            return [Tell("expired", {"id": announcement.id})]
        return self._speak_if_due(now)

    def cancel(self, announcement_id: str, now: datetime) -> list[Message]:
        """Never say it (again); when it is being said, stop."""
        known = self.queue.cancel(announcement_id)
        if self.speaking is not None and self.speaking.id == announcement_id:
            self.speaking = None
            return [StopVoice(announcement_id), Tell("cancelled", {"id": announcement_id}), *self._speak_if_due(now)]
        return [Tell("cancelled", {"id": announcement_id})] if known else []

    def voice_ended(self, announcement_id: str, now: datetime) -> list[Message]:
        """The last word was spoken."""
        if self.speaking is None or self.speaking.id != announcement_id:
            return []
        said, self.speaking = self.speaking, None
        self.queue.said(said.id, now)
        return [Tell("spoken", {"id": said.id, "priority": said.priority}), *self._speak_if_due(now)]

    def voice_failed(self, announcement_id: str, now: datetime, why: str) -> list[Message]:
        """There is no voice for it. It leaves the queue, and people are told that it was not heard."""
        self.queue.cancel(announcement_id)
        if self.speaking is not None and self.speaking.id == announcement_id:
            self.speaking = None
        return [Tell("unspoken", {"id": announcement_id, "why": why}), *self._speak_if_due(now)]

    def _speak_if_due(self, now: datetime, *, at_break: bool = False) -> list[Message]:
        messages: list[Message] = [Tell("expired", {"id": a.id}) for a in self.queue.drop_expired(now)]
        prayer = self.playing.event is not None and self.playing.event.kind == "adzan"
        floor = "darurat" if prayer else "info"  # nothing but an emergency is said over an adzan
        if self.speaking is not None:
            if self.speaking.priority == "darurat":
                return messages
            floor = "darurat"
        due = self.queue.next(now, at_break=at_break, floor=floor)
        if due is None or (due.priority != "darurat" and self.live.on_air and self._waited_s(due, now) < LIVE_WAITS_S):
            return messages
        if self.speaking is not None:  # it was interrupted, so it was not said: it stays in the queue
            messages.append(StopVoice(self.speaking.id))
        self.speaking = due
        emergency = due.priority == "darurat"
        messages.append(Speak(due, "break_in" if emergency else "duck", EMERGENCY_TIMES if emergency else 1))
        return messages

    def _waited_s(self, announcement: Announcement, now: datetime) -> float:
        return (now - self.queue.waiting[announcement.id].due).total_seconds()

    # ------------------------------------------------------------------ live voices

    def live_open(self, holder: str, name: str, kind: str, now: datetime, *, take: bool = False) -> tuple[Channel, list[Message]]:
        """Open a line. Raises what `Microphones.open` raises."""
        channel, taken = self.microphones.open(holder, name, kind, now, take=take)
        closed = [(taken, "taken")] if taken else []
        return channel, self._live_changed(now, closed)

    def live_set(self, channel_id: str, now: datetime, **fader: Any) -> list[Message]:
        self.microphones.set(channel_id, **fader)
        return self._live_changed(now)

    def live_give(self, channel_id: str, to: str, now: datetime) -> list[Message]:
        self.microphones.offer(channel_id, to)
        return self._live_changed(now)

    def live_close(self, channel_id: str, now: datetime, reason: str = "") -> list[Message]:
        """`reason`: "", line (the connection broke), lease, taken."""
        channel = self.microphones.close(channel_id)
        return self._live_changed(now, [(channel, reason)] if channel else [])

    def live_heard(self, channel_id: str, now: datetime) -> None:
        """A frame of sound came in. What follows from it is said by `live_check`."""
        self.microphones.heard(channel_id, now)

    def live_check(self, now: datetime) -> list[Message]:
        """Called some ten times a second while lines are open: who is heard, and who no longer is."""
        dead = self.microphones.drop_dead(now)
        if not dead and self.microphones.state(now) == self.live:
            return []
        return self._live_changed(now, [(channel, "lease") for channel in dead])

    def hold(self, on: bool, now: datetime) -> list[Message]:
        """Live assist: after the present item nothing new starts while somebody is on the air."""
        self.held = on
        return self._go_on(now, was_solo=self.live.solo)

    def cart(self, track_id: str, now: datetime) -> list[Message]:
        """Play a jingle or clip over what is on the air. Raises KeyError for an unknown one."""
        track = next((track for track in self.station.tracks if track.id == track_id and self.station.can_play(track.id, now)), None)
        if track is None:
            raise KeyError(track_id)
        return [Cart(track), Tell("cart", {"track": {"id": track.id, "title": track.title, "artist": track.artist, "label": track.label}})]

    def _live_changed(self, now: datetime, closed: list[tuple[Channel, str]] | None = None) -> list[Message]:
        messages: list[Message] = []
        before, self.live = self.live, self.microphones.state(now)
        if self.live != before:
            messages.append(SetLive(self.live))
        for channel, reason in closed or []:
            who = {"channel": channel.id, "holder": channel.holder, "name": channel.name, "kind": channel.kind}
            messages.append(Tell("live_closed", {**who, "reason": reason}))
        shown = self.microphones.as_json()
        if shown != self.shown_live:
            self.shown_live = shown
            messages.append(Tell("live", {**shown, "reason": closed[0][1] if closed else ""}))
        return [*messages, *self._go_on(now, was_solo=before.solo), *self._speak_if_due(now)]

    def _go_on(self, now: datetime, *, was_solo: bool) -> list[Message]:
        """The programme gives way to a voice that wants the air to itself, and comes back when that ends."""
        if self.live.solo and not was_solo and not self.waiting:
            self.waiting = True
            return [Pause()]
        if self.waiting and not self.live.solo and not (self.held and self.live.on_air):
            return self._start_next(now, fade_s=BACK_FADE_S)
        return []

    # ------------------------------------------------------------------ time goes on

    def tick(self, now: datetime) -> list[Message]:
        """Called about once a second."""
        return [*self._exact_time(now), *self._programme(now), *self._speak_if_due(now)]

    def now(self, now: datetime) -> dict[str, Any]:
        """What a player shows."""
        slot, after = slot_at(self.station.slots, now), slot_after(self.station.slots, now)
        track = self.choice.track if self.choice else TONE
        return {
            "track": {
                "id": track.id, "title": track.title, "artist": track.artist, "label": track.label, "kind": track.kind,
                "duration_s": round(track.duration_s, 1),
            },
            "rung": self.choice.rung if self.choice else "tone",
            "started_at": self.started_at.isoformat() if self.started_at else None,
            "programme": slot.as_json() if slot else None,
            "next_programme": after.as_json() if after else None,
            "next": self.playing.told_next(),
            "item_left_s": round(max(0.0, (self.playing.ends_at - now).total_seconds()), 1) if self.playing.ends_at else None,
            "speaking": {"id": self.speaking.id, "title": self.speaking.title, "priority": self.speaking.priority} if self.speaking else None,
            "queue": len(self.queue.waiting),
        }
