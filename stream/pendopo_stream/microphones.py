"""Who has a microphone, and whose voice is on the air. No I/O and no clock: times come in as aware datetimes.

One person holds the microphone (`mic`, or `source`: a programme sent in from outside); up to four callers (`call`) join.
A producer's line to a caller (`cue`) is never on the air.
A fader opened is on the air while sound comes: after 0.4 s without any it counts as silent, after ten the channel is
closed, so that a dropped line keeps nobody else away.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

LEASE_S = 10.0
QUIET_S = 0.4
MOST_CALLS = 4
KINDS = ("mic", "call", "source", "cue")
MODES = ("talk_over", "solo")
LOWEST_DB, HIGHEST_DB = -60.0, 20.0
MUSIC_DB = -14.0  # how far the music is softened under a voice
SOFTEST_DB, LOUDEST_DB = -40.0, -3.0


@dataclass(frozen=True)
class Channel:
    """A line from a microphone. `offered_to`: the holder to whom it is being handed over."""

    id: str
    holder: str
    name: str
    kind: str
    since: datetime
    heard_at: datetime | None = None
    on: bool = False
    mode: str = "talk_over"
    gain_db: float = 0.0
    cue: bool = False
    music_db: float = MUSIC_DB
    offered_to: str = ""

    def sounds(self, now: datetime) -> bool:
        """It is on the air: its fader is open and sound comes."""
        return self.on and self.heard_at is not None and (now - self.heard_at).total_seconds() <= QUIET_S

    def is_dead(self, now: datetime) -> bool:
        return (now - (self.heard_at or self.since)).total_seconds() > LEASE_S

    def as_json(self) -> dict[str, Any]:
        return {
            "channel": self.id, "holder": self.holder, "name": self.name, "kind": self.kind, "on": self.on, "mode": self.mode,
            "gain_db": self.gain_db, "cue": self.cue, "music_db": self.music_db, "since": self.since.isoformat(),
        }


@dataclass(frozen=True)
class Voice:
    """One line as the engine mixes it."""

    channel: str
    kind: str
    gain_db: float
    sounds: bool


@dataclass(frozen=True)
class LiveState:
    """What the engine mixes: each open line, and whether the programme gives way altogether (`solo`) or how far."""

    voices: tuple[Voice, ...] = ()
    solo: bool = False
    music_db: float = MUSIC_DB

    @property
    def on_air(self) -> bool:
        """Somebody can be heard now."""
        return any(voice.sounds for voice in self.voices)


class Held(Exception):
    """Somebody else holds the microphone."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        super().__init__("held")


class Full(Exception):
    """All lines for callers are taken."""


@dataclass
class Microphones:
    """All open channels, by id."""

    channels: dict[str, Channel] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def microphone(self) -> Channel | None:
        """The line of whoever holds the microphone."""
        return next((channel for channel in self.channels.values() if channel.kind in ("mic", "source")), None)

    @property
    def calls(self) -> list[Channel]:
        return [channel for channel in self.channels.values() if channel.kind == "call"]

    def open(self, holder: str, name: str, kind: str, now: datetime, *, take: bool = False) -> tuple[Channel, Channel | None]:
        """Open a line: (the new one, the one that it took over from). Raises Held, Full, ValueError.

        Whoever was offered the microphone may take it; `take` takes it from anybody (whoever asks says that this is allowed).
        """
        if kind not in KINDS or not holder:
            raise ValueError("kind or holder")
        taken = None
        if kind == "call":
            if len(self.calls) >= MOST_CALLS:
                raise Full
        elif kind != "cue" and (present := self.microphone) is not None:
            if not take and present.offered_to != holder:
                raise Held(present)
            taken = self.channels.pop(present.id)
        channel = Channel(str(next(self._numbers)), holder, name, kind, now)
        self.channels[channel.id] = channel
        return channel, taken

    def set(self, channel_id: str, **fader: Any) -> Channel:
        """Move its fader: `on`, `mode`, `gain_db`, `cue`, `music_db`. Raises ValueError, KeyError."""
        if fader.get("mode", MODES[0]) not in MODES:
            raise ValueError("mode")
        if "gain_db" in fader and not LOWEST_DB <= fader["gain_db"] <= HIGHEST_DB:
            raise ValueError("gain_db")
        if "music_db" in fader and not SOFTEST_DB <= fader["music_db"] <= LOUDEST_DB:
            raise ValueError("music_db")
        if fader.get("on") and self.channels[channel_id].kind == "cue":
            raise ValueError("this line is never on the air")
        self.channels[channel_id] = replace(self.channels[channel_id], **fader)
        return self.channels[channel_id]

    def offer(self, channel_id: str, to: str) -> None:
        """Let the holder `to` take the microphone; "" takes the offer back."""
        if self.channels[channel_id].kind in ("call", "cue"):
            raise ValueError("there is no microphone to give")
        self.channels[channel_id] = replace(self.channels[channel_id], offered_to=to)

    def close(self, channel_id: str) -> Channel | None:
        return self.channels.pop(channel_id, None)

    def heard(self, channel_id: str, now: datetime) -> None:
        """Sound came in."""
        channel = self.channels.get(channel_id)
        if channel is not None:
            self.channels[channel_id] = replace(channel, heard_at=now)

    def drop_dead(self, now: datetime) -> list[Channel]:
        """Close and return the lines from which nothing came for longer than a lease."""
        dead = [channel for channel in self.channels.values() if channel.is_dead(now)]
        for channel in dead:
            del self.channels[channel.id]
        return dead

    def state(self, now: datetime) -> LiveState:
        voices = tuple(Voice(channel.id, channel.kind, channel.gain_db, channel.sounds(now)) for channel in self.channels.values())
        solo = any(channel.mode == "solo" and channel.sounds(now) for channel in self.channels.values())
        present = self.microphone
        return LiveState(voices, solo, present.music_db if present else MUSIC_DB)

    def as_json(self) -> dict[str, Any]:
        """What people are shown."""
        present = self.microphone
        shown = present.as_json() if present else {"channel": "", "holder": "", "name": "", "kind": "", "on": False, "mode": "", "since": None}
        return {**shown, "offered_to": present.offered_to if present else "", "callers": [channel.as_json() for channel in self.calls]}
