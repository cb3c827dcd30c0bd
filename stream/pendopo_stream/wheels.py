"""What an hour is made of, as station.json says it: playlists, smart blocks, clock wheels, exact times, rules of rotation.

Shapes only, read with an error that says where it is wrong; `rundown` chooses by them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, TypeVar

from .tracks import Track

ORDERS = ("listed", "shuffle", "longest_rested")
PARTS = ("playlist", "block", "jingle", "ident", "announcements", "track")
NAMED_PARTS = ("playlist", "block", "track")
EVENT_KINDS = ("adzan", "imsak", "news", "jingle")
Made = TypeVar("Made")


class BadPlan(ValueError):
    """station.json is not what it should be; says where."""


@dataclass(frozen=True)
class Playlist:
    """Pieces and how they follow each other. `listed` goes on where it stopped. `weight`: how often it is drawn, beside
    others, where nothing says which one plays; 0 is never.
    """

    tracks: tuple[str, ...] = ()
    order: str = "shuffle"
    weight: int = 1

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Playlist:
        return cls(_texts(data.get("tracks", ())), _one_of(ORDERS, data.get("order", "shuffle")), _number(data.get("weight", 1), "weight"))


@dataclass(frozen=True)
class Block:
    """A smart block: whatever the library holds that fits at the moment of choosing. Empty lists and 0 ask for nothing.

    `tags`, `artists`: one of these; `not_tags`: none of these; `since_days`: came into the library in so many days.
    """

    tags: frozenset[str] = frozenset()
    not_tags: frozenset[str] = frozenset()
    artists: frozenset[str] = frozenset()
    shortest_s: int = 0
    longest_s: int = 0
    since_days: int = 0
    kind: str = "music"

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Block:
        words = (frozenset(_texts(data.get(key, ()))) for key in ("tags", "not_tags", "artists"))
        numbers = (_number(data.get(key) or 0, key) for key in ("shortest_s", "longest_s", "since_days"))
        return cls(*words, *numbers, str(data.get("kind", "music")))

    def fits(self, track: Track, now: datetime) -> bool:
        return (
            track.kind == self.kind
            and (not self.tags or bool(self.tags & track.tags)) and not self.not_tags & track.tags
            and (not self.artists or track.artist in self.artists)
            and track.plays_s >= self.shortest_s and (not self.longest_s or track.plays_s <= self.longest_s)
            and (not self.since_days or (track.added_at is not None and now - track.added_at <= timedelta(days=self.since_days)))
        )


@dataclass(frozen=True)
class Part:
    """A part of an hour: `count` pieces, or as many as take `minutes`. `name`: the playlist, block or track; jingles,
    identification and announcements need none.
    """

    kind: str
    name: str = ""
    count: int = 1
    minutes: float = 0.0

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Part:
        kind, name = _one_of(PARTS, data["kind"]), str(data.get("name") or "")
        if kind in NAMED_PARTS and not name:
            raise BadPlan(f"a part of kind {kind} needs a name")
        return cls(kind, name, max(1, _number(data.get("count") or 1, "count")), max(0.0, float(data.get("minutes") or 0)))

    def as_json(self) -> dict[str, Any]:
        much = {"minutes": self.minutes} if self.minutes else {"count": self.count}
        return {"kind": self.kind, "name": self.name or None, **much}


@dataclass(frozen=True)
class Event:
    """Something on its second. `hard`: what plays is faded away; else it may end, for `wait_s` at most.

    `track` is played; without one, the newest sound of kind adzan with the tag `name` ("magrib") or with no name of a time.
    `spoken` is said.
    """

    at: datetime
    kind: str = "adzan"
    title: str = ""
    name: str = ""
    track: str = ""
    spoken: str = ""
    hard: bool = True
    wait_s: int = 120

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.at.isoformat()}"

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Event:
        words = (str(data.get(key) or "") for key in ("title", "name", "track", "spoken"))
        return cls(_moment(data["at"]), _one_of(EVENT_KINDS, data["kind"]), *words, bool(data.get("hard", True)), _number(data.get("wait_s", 120), "wait_s"))

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "at": self.at.isoformat(), "track": self.track or None, "spoken": self.spoken or None}


@dataclass(frozen=True)
class Rotation:
    """How long an artist and a piece rest, how often the station says its name, how many wishes of listeners an hour takes."""

    artist_min: int = 20
    title_min: int = 90
    ident_min: int = 15
    requests_hour: int = 6

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Rotation:
        known = {field.name: field.default for field in fields(cls)}
        return cls(**{name: _number(data.get(name, usual), name) for name, usual in known.items()})


@dataclass(frozen=True)
class Note:
    """What an editor says of a file, over what the file says. None and "": as in the file. `resting`: never chosen by itself."""

    title: str = ""
    artist: str = ""
    tags: frozenset[str] | None = None
    cue_in_s: float | None = None
    cue_out_s: float | None = None
    resting: bool = False

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Note:
        tags = data.get("tags")
        cues = (None if data.get(key) is None else float(data[key]) for key in ("cue_in_s", "cue_out_s"))
        words = (str(data.get(key) or "") for key in ("title", "artist"))
        return cls(*words, None if tags is None else frozenset(_texts(tags)), *cues, bool(data.get("resting")))


def as_plain(shape: Any) -> dict[str, Any]:
    """A shape as JSON: sets become sorted lists, nothing is left out."""
    return {key: sorted(value) if isinstance(value, frozenset) else list(value) if isinstance(value, tuple) else value for key, value in asdict(shape).items()}


def read_named(data: Any, where: str, make: Callable[[Any], Made]) -> dict[str, Made]:
    """`{name: shape}`, each read by `make`. Raises BadPlan with the name of what is wrong."""
    if not isinstance(data, dict):
        raise BadPlan(f"{where}: should be an object")
    return {str(name): _read(value, f"{where}.{name}", make) for name, value in data.items()}


def read_all(data: Any, where: str, make: Callable[[Any], Made]) -> tuple[Made, ...]:
    if not isinstance(data, list | tuple):
        raise BadPlan(f"{where}: should be a list")
    return tuple(_read(value, f"{where}[{number}]", make) for number, value in enumerate(data))


def _read(value: Any, where: str, make: Callable[[Any], Made]) -> Made:
    try:
        return make(value)
    except KeyError as error:
        raise BadPlan(f"{where}: {error.args[0]} is missing") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise BadPlan(f"{where}: {error}") from error


def _one_of(allowed: tuple[str, ...], value: Any) -> str:
    if value not in allowed:
        raise BadPlan(f"{value!r} is none of {', '.join(allowed)}")
    return str(value)


def _number(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise BadPlan(f"{name} should be a number, 0 or more")
    return int(value)


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
        raise BadPlan("should be a list of texts")
    return tuple(values)


def _moment(text: Any) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise BadPlan("a time without zone")
    return found


def sorted_events(events: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda event: (event.at, event.kind)))
