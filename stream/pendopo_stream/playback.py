"""Recorded sound read again, from any moment on and into the hour that is still being written: listening later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from .wire import BITRATES

ARCHIVE = "archive"
HOURS = "????-??-??/??.mp3"
BYTES_PER_MS = BITRATES["mp3"] // 8000
PIECE = 64 * 1024
LONGEST_FRAME = 1441


class Mark(NamedTuple):
    """A line of an hour's index: the sound at `byte` was on the air at `at`, at this position of this run."""

    at: datetime
    byte: int
    position_ms: int
    run: str


def read_marks(hour: Path) -> list[Mark]:
    """The marks of one hour; a line that is none, half-written or spoilt, is left out."""
    index = hour.with_suffix(".jsonl")
    lines = index.read_bytes().splitlines(keepends=True) if index.exists() else []
    return [mark for line in lines if (mark := read_mark(line)) is not None]


def read_mark(line: bytes) -> Mark | None:
    try:
        values = json.loads(line)
        mark = Mark(datetime.fromisoformat(values["at"]), int(values["byte"]), int(values["position_ms"]), str(values["run"]))
    except (ValueError, KeyError, TypeError):
        return None
    return mark if line.endswith(b"\n") else None


class Playback:
    """Recorded sound from `at` on, whole MPEG frames first. Where nothing was recorded it begins with what follows.

    `since`: when its first sound was on the air; None while there is none. `run`, `position_ms`: the same in the engine's count.
    """

    def __init__(self, home: Path, at: datetime) -> None:
        self._archive = home / ARCHIVE
        self.since: datetime | None = None
        self.run, self.position_ms = "", 0
        self._path: Path | None = None
        self._byte = 0
        for path in self._hours(f"{at.astimezone(UTC):%Y-%m-%d/%H}.mp3"):
            if self._find(path, at):
                break

    def _hours(self, first: str) -> list[Path]:
        return [path for path in sorted(self._archive.glob(HOURS)) if path.relative_to(self._archive).as_posix() >= first]

    def _find(self, path: Path, at: datetime) -> bool:
        marks, size = read_marks(path), path.stat().st_size
        for mark, end in zip(marks, [*(following.byte for following in marks[1:]), size], strict=True):
            into = max(0, int((at - mark.at) / timedelta(milliseconds=1)) * BYTES_PER_MS)
            if mark.byte + into >= end:
                continue
            with path.open("rb") as file:
                file.seek(mark.byte + into)
                into += frame_start(file.read(3 * LONGEST_FRAME))
            shift_ms = into // BYTES_PER_MS
            self._path, self._byte = path, mark.byte + into
            self.since, self.run, self.position_ms = mark.at + timedelta(milliseconds=shift_ms), mark.run, mark.position_ms + shift_ms
            return True
        return False

    def read(self, size: int = PIECE) -> bytes:
        """What comes next, at most `size` bytes; b"" when no more is recorded yet."""
        while self._path is not None:
            with self._path.open("rb") as file:
                file.seek(self._byte)
                data = file.read(size)
            if data:
                self._byte += len(data)
                return data
            later = self._hours(self._path.relative_to(self._archive).as_posix())[1:]
            if not later:
                return b""
            self._path, self._byte = later[0], 0
        return b""


def read_from(home: Path, at: datetime) -> Iterator[bytes]:
    """Everything recorded from `at` until now."""
    playback = Playback(home, at)
    while data := playback.read():
        yield data


def frame_start(data: bytes) -> int:
    """Where the first MPEG frame begins that another one follows; 0 when there is none."""
    for at in range(max(0, len(data) - 4)):
        length = _frame_length(data[at : at + 4])
        if length and at + length + 4 <= len(data) and _frame_length(data[at + length : at + length + 4]):
            return at
    return 0


_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_HZ = (44_100, 48_000, 32_000, 0)


def _frame_length(head: bytes) -> int:
    """Bytes of an MPEG 1 layer III frame; 0 when this is no head of one."""
    if head[0] != 0xFF or head[1] & 0xFE != 0xFA:
        return 0
    rate, hz = _RATES[head[2] >> 4], _HZ[head[2] >> 2 & 3]
    return 144_000 * rate // hz + (head[2] >> 1 & 1) if rate and hz else 0
