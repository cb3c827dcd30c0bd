"""What is said on the air, and in which order. No I/O and no clock: times come in as aware datetimes.

Three priorities. `info` waits for a break between two pieces, or two minutes at most; `penting` is spoken at once over
ducked music; `darurat` breaks in over everything, after an attention tone, and is said twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

PRIORITIES = ("info", "penting", "darurat")
WORDS_PER_SECOND = 2.3
LONGEST_READING_S = 90.0
INFO_WAITS_S = 120.0
PAUSE_BETWEEN_INFO_S = 20.0
EMERGENCY_TIMES = 2
DAY_MIN = 24 * 60
VOICE_FILE = re.compile(r"voices/[A-Za-z0-9][A-Za-z0-9._-]{0,120}")


class TooLong(ValueError):
    """The text takes longer to read than a listener is asked to bear. `reading_s` says how long."""

    def __init__(self, reading_s: float) -> None:
        self.reading_s = reading_s
        super().__init__(f"{reading_s:.0f} s of reading, {LONGEST_READING_S:.0f} s are allowed")


def reading_time_s(text: str) -> float:
    """How long reading `text` aloud takes: 2.3 words a second, and one second for each `***` (a pause)."""
    pauses = len(re.findall(r"\*{3,}", text))
    words = len(re.findall(r"\w+(?:[-'.,:/]\w+)*", text))
    return words / WORDS_PER_SECOND + pauses


def check_length(texts: dict[str, str]) -> float:
    """The reading time of all languages, each checked by itself. Raises TooLong."""
    times = [reading_time_s(text) for text in texts.values()]
    if times and max(times) > LONGEST_READING_S:
        raise TooLong(max(times))
    return sum(times)


@dataclass(frozen=True)
class Announcement:
    """One item for the announcer's voice.

    `texts`: language -> words, spoken in this order. `every_s`: said again this long after it was said last, while it
    lives (0: once). `until`: None lives until it was said. `areas`: kecamatan codes, none is everywhere; with `only_areas`
    the main mounts leave it out. `voice`: a sound in the station's home ("voices/<file>") that is heard instead of the
    robot. `drill`: an exercise, said before and after. `attention`: the two-tone call goes before it. `day_min`: it is
    said again only between these two minutes of the UTC day (they may pass midnight); (0, 0) is always.
    """

    id: str
    texts: dict[str, str]
    priority: str = "info"
    not_before: datetime | None = None
    until: datetime | None = None
    every_s: float = 0.0
    times: int = 0  # 0: without limit while `every_s` repeats it
    title: str = ""
    areas: tuple[str, ...] = ()
    only_areas: bool = False
    voice: str = ""
    drill: bool = False
    attention: bool = False
    day_min: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        if self.priority not in PRIORITIES:
            raise ValueError(f"unknown priority {self.priority!r}")
        if self.voice and not VOICE_FILE.fullmatch(self.voice):
            raise ValueError("a voice is a file in voices/")
        if not all(0 <= minute < DAY_MIN for minute in self.day_min):
            raise ValueError("a minute of the day is 0 to 1439")
        if self.only_areas and not self.areas:
            raise ValueError("only_areas needs areas")
        if not self.id or not any(text.strip() for text in self.texts.values()):
            raise ValueError("an announcement needs an id and words")

    @property
    def rank(self) -> int:
        return PRIORITIES.index(self.priority)

    def is_over(self, now: datetime) -> bool:
        return self.until is not None and now >= self.until

    @property
    def calls_attention(self) -> bool:
        return self.attention or self.priority == "darurat"

    def may_repeat(self, now: datetime) -> bool:
        """Is this an hour at which it is said again?"""
        start, end = self.day_min
        minute = now.astimezone(UTC).hour * 60 + now.astimezone(UTC).minute
        if start == end:
            return True
        return start <= minute < end if start < end else minute >= start or minute < end

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id, "texts": self.texts, "priority": self.priority, "title": self.title, "every_s": self.every_s, "times": self.times,
            "areas": list(self.areas), "only_areas": self.only_areas, "voice": self.voice, "drill": self.drill, "attention": self.attention,
            "day_min": list(self.day_min), "not_before": self.not_before.isoformat() if self.not_before else None,
            "until": self.until.isoformat() if self.until else None,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Announcement:
        """Raises ValueError, KeyError or TypeError on any other shape."""
        texts = data["texts"]
        if not isinstance(texts, dict) or not all(isinstance(k, str) and isinstance(v, str) for k, v in texts.items()):
            raise TypeError("texts must be {language: words}")
        return cls(
            id=str(data["id"]), texts=texts, priority=data.get("priority", "info"), title=str(data.get("title", "")),
            every_s=max(0.0, float(data.get("every_s", 0))), times=max(0, int(data.get("times", 0))),
            not_before=_time(data.get("not_before")), until=_time(data.get("until")), areas=_areas(data.get("areas", ())),
            only_areas=bool(data.get("only_areas")), voice=str(data.get("voice") or ""), drill=bool(data.get("drill")),
            attention=bool(data.get("attention")), day_min=_minutes(data.get("day_min") or (0, 0)),
        )


def _areas(codes: Any) -> tuple[str, ...]:
    if not isinstance(codes, list | tuple) or not all(isinstance(code, str) for code in codes):
        raise TypeError("areas must be a list of codes")
    return tuple(codes)


def _minutes(pair: Any) -> tuple[int, int]:
    start, end = pair
    return int(start), int(end)


def _time(text: str | None) -> datetime | None:
    if not text:
        return None
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a time without zone")
    return found


@dataclass
class Waiting:
    """An announcement in the queue."""

    announcement: Announcement
    queued_at: datetime
    due: datetime
    said: int = 0

    @property
    def repeats(self) -> bool:
        """Was it said before, by this engine or the one before it? A first time keeps no hours."""
        return self.said > 0 or self.announcement.not_before is not None


@dataclass
class AnnouncementQueue:
    """What waits to be said. Highest priority first, then the one that is due longest."""

    waiting: dict[str, Waiting] = field(default_factory=dict)
    last_said: datetime | None = None

    def add(self, announcement: Announcement, now: datetime) -> bool:
        """Queue it. False when it is over already. The same id again replaces words and times, and is due anew."""
        if announcement.is_over(now):
            self.waiting.pop(announcement.id, None)
            return False
        due = max(now, announcement.not_before or now)
        self.waiting[announcement.id] = Waiting(announcement, now, due)
        return True

    def cancel(self, announcement_id: str) -> bool:
        return self.waiting.pop(announcement_id, None) is not None

    def drop_expired(self, now: datetime) -> list[Announcement]:
        """Forget what lived past its time, and return it."""
        over = [w.announcement for w in self.waiting.values() if w.announcement.is_over(now)]
        for announcement in over:
            del self.waiting[announcement.id]
        return over

    def pending(self, now: datetime) -> list[Announcement]:
        """What is due now, in the order in which it would be said."""
        due = [w for w in self.waiting.values() if w.due <= now and not w.announcement.is_over(now) and (not w.repeats or w.announcement.may_repeat(now))]
        due.sort(key=lambda w: (-w.announcement.rank, w.due, w.queued_at, w.announcement.id))
        return [w.announcement for w in due]

    def next(self, now: datetime, *, at_break: bool = False, floor: str = "info") -> Announcement | None:
        """What may be said now; it stays in the queue until `said`.

        `at_break`: between two pieces, where `info` may go out at once. `floor`: the least priority that may interrupt.
        """
        for announcement in self.pending(now):
            if announcement.rank < PRIORITIES.index(floor):
                return None
            if announcement.priority != "info":
                return announcement
            rested = self.last_said is None or (now - self.last_said).total_seconds() >= PAUSE_BETWEEN_INFO_S
            waited_s = (now - self.waiting[announcement.id].due).total_seconds()
            if at_break or (rested and waited_s >= INFO_WAITS_S):
                return announcement
        return None

    def said(self, announcement_id: str, now: datetime) -> None:
        """It was spoken: forget it, or make it due again."""
        self.last_said = now
        waiting = self.waiting.get(announcement_id)
        if waiting is None:
            return
        waiting.said += 1
        announcement = waiting.announcement
        again = announcement.every_s > 0 and (announcement.times == 0 or waiting.said < announcement.times)
        next_due = now + timedelta(seconds=announcement.every_s)
        if not again or announcement.is_over(next_due):
            del self.waiting[announcement_id]
        else:
            waiting.due = next_due
