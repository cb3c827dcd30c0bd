"""What was on the air, one JSON line each, in `log/<day>.jsonl` (UTC). Appended and flushed at once; never changed.

Each line carries the hash of the line before it and its own: a line that is changed, moved, put in or taken out breaks
the chain. Only a cut at the very end stays unseen here; whoever keeps the legal record holds the last hash elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LOGGED = (
    "began", "ended", "track", "speaking", "spoken", "unspoken", "expired", "cancelled", "fallback", "silence", "failed", "programme", "live", "cart",
    "alarm", "recording_fault", "hour_recorded",
)


class OnAirLog:
    """Writes lines with a name (`line`) that no other line of this station has: `<run>-<number>`."""

    def __init__(self, folder: Path, run: str) -> None:
        self.folder, self.run = folder, run
        self.failed = ""
        self._number = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._last = last_hash(folder)

    def write(self, event: dict[str, Any], now: datetime | None = None) -> None:
        """Append `event`. A full disk is told in `failed`, and the music goes on."""
        if event.get("event") not in LOGGED:
            return
        self._number += 1
        now = now or datetime.now(UTC)
        line = {"line": f"{self.run}-{self._number:06d}", **event, "prev": self._last}
        line["hash"] = line_hash(line)
        path = self.folder / f"{now:%Y-%m-%d}.jsonl"
        try:
            _append(path, canonical(line))
            self.failed, self._last = "", line["hash"]
        except OSError as error:
            self.failed = str(error)


def _append(path: Path, text: str) -> None:
    """Add one line that a power cut leaves whole or not at all; what a full disk left of a line before is ended first."""
    with path.open("ab+") as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            text = text if file.read(1) == b"\n" else "\n" + text
        file.write((text + "\n").encode())
        file.flush()
        os.fdatasync(file.fileno())


def canonical(line: dict[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def line_hash(line: dict[str, Any]) -> str:
    """SHA-256 over everything in the line but its own hash, keys in their order of name."""
    rest = {key: line[key] for key in line if key != "hash"}
    return hashlib.sha256(json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def last_hash(folder: Path) -> str:
    """The hash of the last whole line in `folder`; "" where there is none."""
    for path in sorted(folder.glob("????-??-??.jsonl"), reverse=True):
        for line in reversed(_lines(path.read_bytes())):
            if line.get("hash"):
                return str(line["hash"])
    return ""


def broken_links(lines: Iterable[dict[str, Any]], before: str | None = None) -> list[str]:
    """The names of lines that do not fit: changed themselves, or not after the one before. Older lines without a hash are passed over.

    `before`: the hash that the first line must follow; None takes its word for it.
    """
    wrong = []
    for line in lines:
        if not line.get("hash"):
            continue
        if line_hash(line) != line["hash"] or (before is not None and line.get("prev") != before):
            wrong.append(str(line.get("line")))
        before = str(line["hash"])
    return wrong


def read_since(folder: Path, day: str, offset: int) -> Iterator[tuple[str, int, list[dict[str, Any]]]]:
    """(day, next offset, lines) of each file from `day` at byte `offset` on; half-written last lines wait for next time."""
    for path in sorted(folder.glob("????-??-??.jsonl")):
        if path.stem < day:
            continue
        start = offset if path.stem == day else 0
        with path.open("rb") as file:
            file.seek(start)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        yield path.stem, start + len(whole), _lines(whole)


def _lines(data: bytes) -> list[dict[str, Any]]:
    lines = []
    for raw in data.splitlines():
        try:
            line = json.loads(raw)
        except ValueError:
            continue  # a line cut by a power loss, followed by later ones
        if isinstance(line, dict):
            lines.append(line)
    return lines
