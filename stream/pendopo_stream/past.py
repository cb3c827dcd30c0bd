"""What was on the air, remembered so that choosing is quick and goes on where it stopped, also after the engine began anew."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from .tracks import Played

HISTORY = 500
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Hand:
    """Where a wheel stands: which part, how much of it was played, since when, and in which time of which programme."""

    part: int = 0
    done: int = 0
    since: datetime | None = None
    slot: str = ""


@dataclass
class Past:
    """`last`, `artists`, `kinds`: when each was heard last. `listed`: the piece at which a playlist in order stopped."""

    history: deque[Played] = field(default_factory=lambda: deque(maxlen=HISTORY))
    last: dict[str, datetime] = field(default_factory=dict)
    artists: dict[str, datetime] = field(default_factory=dict)
    kinds: dict[str, datetime] = field(default_factory=dict)
    listed: dict[str, str] = field(default_factory=dict)
    hands: dict[str, Hand] = field(default_factory=dict)
    recorded: dict[str, datetime] = field(default_factory=dict)
    wishes: deque[datetime] = field(default_factory=lambda: deque(maxlen=60))
    count: int = 0
    music: int = 0

    @classmethod
    def of(cls, played: Iterable[Played]) -> Past:
        past = cls()
        for each in played:
            past.add(each)
        return past

    def add(self, played: Played) -> None:
        self.history.append(played)
        self.count += 1
        self.last[played.track_id] = max(played.at, self.last.get(played.track_id, played.at))
        self.kinds[played.kind] = played.at
        if played.artist:
            self.artists[played.artist] = max(played.at, self.artists.get(played.artist, played.at))
        self.music += played.kind == "music"
        what, _, name = played.source.partition(":")
        if what == "playlist":
            self.listed[name] = played.track_id
        elif what == "recorded":
            self.recorded = {name: played.at} | {key: at for key, at in self.recorded.items() if (played.at - at).days < 2}
        elif what == "wish":
            self.wishes.append(played.at)

    def wishes_since(self, moment: datetime) -> int:
        return sum(at > moment for at in self.wishes)

    def as_json(self) -> dict[str, Any]:
        return {
            "history": [[p.track_id, p.artist, p.at.isoformat(), p.kind, p.source] for p in self.history], "listed": self.listed, "count": self.count,
            "last": {name: at.isoformat() for name, at in self.last.items()},
            "hands": {wheel: [hand.part, hand.done, hand.since.isoformat() if hand.since else None, hand.slot] for wheel, hand in self.hands.items()},
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Past:
        """Raises ValueError, KeyError or TypeError on any other shape."""
        past = cls.of(Played(track, artist, datetime.fromisoformat(at), kind, source) for track, artist, at, kind, source in data["history"])
        past.last = {str(name): datetime.fromisoformat(at) for name, at in data["last"].items()} | past.last
        past.listed, past.count = {**data["listed"]}, int(data["count"])
        past.hands = {
            wheel: Hand(int(part), int(done), datetime.fromisoformat(since) if since else None, str(slot))
            for wheel, (part, done, since, slot) in data["hands"].items()
        }
        return past

    def forget(self, known: set[str]) -> None:
        """Drop what the library no longer has, so that years leave no heap."""
        self.last = {track_id: at for track_id, at in self.last.items() if track_id in known}

    def turned(self, hand: Hand, now: datetime) -> Hand:
        """The hand after one more piece of its part."""
        return replace(hand, done=hand.done + 1, since=hand.since or now)
