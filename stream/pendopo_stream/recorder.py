"""Everything that was on the air, in hour files: `archive/2026-11-25/13.mp3` (UTC), the bytes as listeners got them.

Beside each lies an index (`13.jsonl`), a mark every five seconds and at each new run: `{"at", "byte", "position_ms", "run"}`.
An hour that is over gets a line in `archive/chain.jsonl` with the hash of its bytes and of the line before, so a changed
byte, a missing hour and a cut chain are found. After a kill the open hour goes on where it was.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from .engine.log import canonical, line_hash
from .playback import ARCHIVE, BYTES_PER_MS, HOURS, read_mark, read_marks
from .wire import Chunk

MOUNT = "mp3"
GATHER_S = 0.25
MARK_S = 5.0
JUMP_MS = 500  # sound that begins this much later than the sound before it ended gets a mark
RETRY_S = 2.0
MOST_WAITING = 8 * 1024 * 1024  # kept while the disk is full: a quarter of an hour


class Recorder:
    """Takes sound from the engine without ever holding it up; a thread of its own writes.

    `fault`: what is wrong with the disk, "" while all is well. `tell(event)` is called from the thread: `recording_fault`
    when writing fails (`text`) and when it works again (text "", `lost_ms`), `hour_recorded` with the line of a closed hour.
    """

    def __init__(self, home: Path, run: str = "", tell: Callable[[dict[str, Any]], None] = lambda event: None) -> None:
        self.archive, self.run = home / ARCHIVE, run
        self.fault = ""
        self._tell = tell
        self._waiting: deque[tuple[datetime, Chunk]] = deque()
        self._waiting_bytes = 0
        self._lost_ms = 0
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._hour: _Hour | None = None
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    def put(self, chunks: Iterable[Chunk], at: datetime) -> None:
        """Record those of `chunks` that are of the recorded mount; the first was on the air at `at`. Never waits for a disk."""
        with self._lock:
            for chunk in chunks:
                if chunk.mount == MOUNT and not chunk.header:
                    self._waiting.append((at, chunk))
                    self._waiting_bytes += len(chunk.data)
                    at += timedelta(milliseconds=len(chunk.data) / BYTES_PER_MS)
            while self._waiting_bytes > MOST_WAITING:
                lost = self._waiting.popleft()[1]
                self._waiting_bytes -= len(lost.data)
                self._lost_ms += len(lost.data) // BYTES_PER_MS

    def close(self) -> None:
        """Write what waits. The hour stays open: the next run goes on with it."""
        self._ending.set()
        self._thread.join(10)

    # ------------------------------------------------------------------ in the thread

    def _work(self) -> None:
        while not self._ending.wait(GATHER_S):
            if not self._write_lot():
                self._ending.wait(RETRY_S)
        self._write_lot()
        if self._hour is not None:
            self._hour.end()

    def _write_lot(self) -> bool:
        """Write what waits; what can't be written goes on waiting."""
        with self._lock:
            lot, self._waiting, self._waiting_bytes = list(self._waiting), deque(), 0
        done = 0
        try:
            while done < len(lot):
                done += self._write_some(lot[done:])
        except OSError as error:
            with self._lock:
                self._waiting.extendleft(reversed(lot[done:]))
                self._waiting_bytes = sum(len(chunk.data) for _, chunk in self._waiting)
            if self.fault != str(error):
                self.fault = str(error)
                self._tell({"event": "recording_fault", "at": datetime.now(UTC).isoformat(), "text": self.fault})
            return False
        if lot and self.fault:
            self.fault, lost, self._lost_ms = "", self._lost_ms, 0
            self._tell({"event": "recording_fault", "at": datetime.now(UTC).isoformat(), "text": "", "lost_ms": lost})
        return True

    def _write_some(self, lot: list[tuple[datetime, Chunk]]) -> int:
        """Write the part of `lot` that belongs to one hour; returns how many."""
        start = lot[0][0].astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        if self._hour is None or start > self._hour.start:
            if self._hour is not None:
                self._hour.end()
                self._hour = None
            self._hour = _Hour(self.archive, self._after_closed(start))
        later = self._hour.start + timedelta(hours=1)
        mine = [pair for pair in lot if pair[0] < later] or lot[:1]
        self._hour.write(mine, self.run)
        return len(mine)

    def _after_closed(self, start: datetime) -> datetime:
        """Close hours that are over; the hour to write in is none that was closed before (the clock may have been set back)."""
        for line in close_hours(self.archive, before=start):
            self._tell({"event": "hour_recorded", "at": datetime.now(UTC).isoformat(), **line})
        closed = [_start_of(line["file"]) for line in _lines(self.archive / "chain.jsonl") if "file" in line]
        return max([start, *(moment + timedelta(hours=1) for moment in closed)])


class _Hour:
    """The open hour: its sound and its index."""

    def __init__(self, archive: Path, start: datetime) -> None:
        self.start = start
        self.path = archive / f"{start:%Y-%m-%d}" / f"{start:%H}.mp3"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._sound = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
        self._index = os.open(self.path.with_suffix(".jsonl"), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
        self._size = os.fstat(self._sound).st_size
        self._repair()
        self._marked_at = self._follows = -1.0  # position and end of what was written last, in ms; nothing yet of this run

    def _repair(self) -> None:
        """Marks stand before their sound: one without any, left by a kill, is taken off again."""
        whole = 0
        data = self.path.with_suffix(".jsonl").read_bytes()
        for raw in data.splitlines(keepends=True):
            mark = read_mark(raw)
            if mark is None or mark.byte >= max(self._size, 1):
                break
            whole += len(raw)
        os.ftruncate(self._index, whole)
        self._index_size = whole

    def write(self, lot: list[tuple[datetime, Chunk]], run: str) -> None:
        """All of `lot`, or nothing of it and OSError."""
        marks, sound = [], []
        size, marked_at, follows = self._size, self._marked_at, self._follows
        for at, chunk in lot:
            jumps = follows < 0 or abs(chunk.position_ms - follows) > JUMP_MS
            if jumps or chunk.position_ms - marked_at >= MARK_S * 1000:
                marks.append({"at": at.astimezone(UTC).isoformat(timespec="milliseconds"), "byte": size, "position_ms": chunk.position_ms, "run": run})
                marked_at = chunk.position_ms
            sound.append(chunk.data)
            size += len(chunk.data)
            follows = chunk.position_ms + len(chunk.data) / BYTES_PER_MS
        lines = "".join(canonical(mark) + "\n" for mark in marks).encode()
        try:
            _write_all(self._index, lines)
            _write_all(self._sound, b"".join(sound))
            if marks:
                os.fdatasync(self._sound)
                os.fdatasync(self._index)
        except OSError:
            os.ftruncate(self._sound, self._size)
            os.ftruncate(self._index, self._index_size)
            raise
        self._size, self._marked_at, self._follows = size, marked_at, follows
        self._index_size += len(lines)

    def end(self) -> None:
        os.close(self._sound)
        os.close(self._index)


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


# ---------------------------------------------------------------------- the chain


def close_hours(archive: Path, *, before: datetime) -> list[dict[str, Any]]:
    """Chain every hour that began before `before` and is not chained yet; returns the new lines."""
    chained = {line["file"] for line in _lines(archive / "chain.jsonl") if "file" in line}
    made = []
    for path in sorted(archive.glob(HOURS)):
        name = path.relative_to(archive).as_posix()
        if name in chained or _start_of(name) >= before:
            continue
        marks = read_marks(path)
        size = path.stat().st_size
        if not marks or not size:
            continue
        end = marks[-1].at + timedelta(milliseconds=(size - marks[-1].byte) / BYTES_PER_MS)
        made.append(_chain(archive, {
            "file": name, "from": marks[0].at.isoformat(), "to": end.isoformat(), "bytes": size, "sha256": _sha256(path),
            "index_sha256": _sha256(path.with_suffix(".jsonl")),
        }))
    return made


def _chain(archive: Path, values: dict[str, Any]) -> dict[str, Any]:
    """Add one line to the chain; two processes may do so."""
    path = archive / "chain.jsonl"
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        lines, whole = _lines(path), path.read_bytes()
        if whole and not whole.endswith(b"\n"):  # half a line, left by a power cut
            file.truncate(whole.rfind(b"\n") + 1)
        line = {**values, "prev": lines[-1]["hash"] if lines else ""}
        line["hash"] = line_hash(line)
        file.write((canonical(line) + "\n").encode())
        file.flush()
        os.fdatasync(file.fileno())
    return line


class Broken(NamedTuple):
    """What `verify` found. `why`: changed, missing, chain (a line that does not fit), open (over, but in no line)."""

    file: str
    why: str


def verify(home: Path) -> list[Broken]:
    """Compare every hour with the chain. Hours taken away by `sweep` are known to the chain and are no fault.

    A cut at the very end of the chain together with its hours stays unseen here: whoever keeps the legal record holds the
    hashes that `hour_recorded` told.
    """
    archive, found = home / ARCHIVE, []
    lines = _lines(archive / "chain.jsonl")
    removed = {line["removed"] for line in lines if "removed" in line}
    before = ""
    for line in lines:
        name = str(line.get("file") or line.get("removed") or "?")
        if line.get("prev") != before or line.get("hash") != line_hash(line):
            found.append(Broken(name, "chain"))
        before = str(line.get("hash"))
        if "file" in line and name not in removed:
            found += _compare(archive, line)
    chained = {line["file"] for line in lines if "file" in line}
    unchained = [name for path in sorted(archive.glob(HOURS)) if (name := path.relative_to(archive).as_posix()) not in chained]
    return found + [Broken(name, "open") for name in unchained[:-1]]


def _compare(archive: Path, line: dict[str, Any]) -> list[Broken]:
    path = archive / line["file"]
    if not path.exists():
        return [Broken(line["file"], "missing")]
    index = path.with_suffix(".jsonl")
    same = index.exists() and _sha256(index) == line.get("index_sha256") and _sha256(path) == line.get("sha256")
    return [] if same else [Broken(line["file"], "changed")]


def sweep(home: Path, keep_days: int, now: datetime) -> int:
    """Take away hours older than `keep_days`, with a line in the chain for each; returns how many."""
    archive, count = home / ARCHIVE, 0
    lines = _lines(archive / "chain.jsonl")
    removed = {line["removed"] for line in lines if "removed" in line}
    for name in [line["file"] for line in lines if "file" in line]:
        path = archive / name
        if _start_of(name) > now - timedelta(days=keep_days) or not path.exists():
            continue
        if name not in removed:
            _chain(archive, {"removed": name, "at": now.astimezone(UTC).isoformat()})
        path.unlink()
        path.with_suffix(".jsonl").unlink(missing_ok=True)
        count += 1
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
    return count


def _start_of(name: str) -> datetime:
    return datetime.strptime(name, "%Y-%m-%d/%H.mp3").replace(tzinfo=UTC)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _lines(path: Path) -> list[dict[str, Any]]:
    """Whole lines; one that is no JSON stays in, as a line that fits nowhere."""
    if not path.exists():
        return []
    data = path.read_bytes()
    found = []
    for raw in data[: data.rfind(b"\n") + 1].splitlines():
        try:
            found.append(dict(json.loads(raw)))
        except (ValueError, TypeError):
            found.append({"hash": "?"})
    return found
