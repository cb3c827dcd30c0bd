"""Cutting a programme out of the recorded hours: from where to where, and one file with its tags and chapters."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

from .playback import ARCHIVE, read_marks


class NothingRecorded(ValueError):
    """There is no sound of that time (any more)."""


@dataclass(frozen=True)
class Piece:
    """Bytes `[start, end)` of one recorded hour; the first of them was on the air at `at`."""

    path: Path
    start: int
    end: int
    at: datetime


@dataclass(frozen=True)
class Chapter:
    """A place in a cut programme, in seconds from its beginning."""

    at_s: float
    title: str
    kind: str = ""


def pieces(home: Path, start: datetime, end: datetime) -> list[Piece]:
    """Where `[start, end)` lies in the recorded hours, to the marks of their index (about five seconds)."""
    found = []
    hour = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while hour < end:
        path = home / ARCHIVE / f"{hour:%Y-%m-%d}" / f"{hour:%H}.mp3"
        piece = _piece(path, start, end)
        if piece is not None:
            found.append(piece)
        hour += timedelta(hours=1)
    return found


def _piece(path: Path, start: datetime, end: datetime) -> Piece | None:
    if not path.exists():
        return None
    marks = read_marks(path)
    before = [mark for mark in marks if mark.at <= start]
    within = [mark for mark in marks if start < mark.at < end]
    after = [mark for mark in marks if mark.at >= end]
    first = before[-1] if before else within[0] if within else None
    if first is None:
        return None
    last = after[0].byte if after else path.stat().st_size
    return Piece(path, first.byte, last, first.at) if last > first.byte else None


class Joined:
    """Pieces as one file to read, so that a programme over the full hour is decoded in one go."""

    def __init__(self, parts: Sequence[Piece]) -> None:
        self._parts = list(parts)
        self._file: BinaryIO | None = None
        self._left = 0

    def read(self, count: int = -1) -> bytes:
        while True:
            if self._file is not None and self._left:
                data = self._file.read(self._left if count < 0 else min(count, self._left))
                self._left -= len(data)
                if data:
                    return data
            self.close()
            if not self._parts:
                return b""
            part = self._parts.pop(0)
            self._file = part.path.open("rb")
            self._file.seek(part.start)
            self._left = part.end - part.start

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def cut(home: Path, start: datetime, end: datetime, target: Path, tags: dict[str, str], chapters: Iterable[Chapter] = ()) -> float:
    """Write `[start, end)` as one MP3 with ID3 tags and chapters, without encoding again. Returns its length in seconds.

    `target` appears at once and whole. Raises NothingRecorded.
    """
    import av

    parts = pieces(home, start, end)
    if not parts:
        raise NothingRecorded(f"{start:%Y-%m-%d %H:%M}")
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new")
    joined = Joined(parts)
    try:
        with av.open(joined, format="mp3", metadata_errors="replace") as source, av.open(str(fresh), "w", format="mp3") as out:
            out.metadata.update(tags)
            out.set_chapters([_chapter(number, chapter, following) for number, chapter, following in _spans(chapters)])
            stream = out.add_stream_from_template(source.streams.audio[0])
            length = _copy(source, out, stream)
    finally:
        joined.close()
    if not length:
        fresh.unlink()
        raise NothingRecorded(f"{start:%Y-%m-%d %H:%M}")
    os.replace(fresh, target)
    return length


def _copy(source: Any, out: Any, stream: Any) -> float:
    """Move every packet over, with times that go on without a jump. Returns seconds."""
    at = Fraction(0)
    for packet in source.demux(audio=0):
        if not packet.size or packet.duration is None:
            continue
        step = packet.duration * packet.time_base
        packet.pts = packet.dts = int(at / packet.time_base)
        packet.stream = stream
        out.mux(packet)
        at += step
    return round(float(at), 2)


def _spans(chapters: Iterable[Chapter]) -> Iterator[tuple[int, Chapter, float]]:
    ordered = sorted(chapters, key=lambda chapter: chapter.at_s)
    for number, chapter in enumerate(ordered):
        yield number, chapter, ordered[number + 1].at_s if number + 1 < len(ordered) else chapter.at_s + 1.0


def _chapter(number: int, chapter: Chapter, following_s: float) -> Any:
    return {
        "id": number, "start": int(chapter.at_s * 1000), "end": int(max(following_s, chapter.at_s + 0.001) * 1000), "time_base": Fraction(1, 1000),
        "metadata": {"title": chapter.title},
    }
