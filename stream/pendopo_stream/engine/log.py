"""What was on the air, one JSON line each, in `log/<day>.jsonl` (UTC). Appended and flushed at once; never changed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LOGGED = ("began", "ended", "track", "speaking", "spoken", "unspoken", "expired", "cancelled", "fallback", "silence", "failed", "programme")


class OnAirLog:
    """Writes lines with a name (`line`) that no other line of this station has: `<run>-<number>`."""

    def __init__(self, folder: Path, run: str) -> None:
        self.folder, self.run = folder, run
        self.failed = ""
        self._number = 0
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, event: dict[str, Any], now: datetime | None = None) -> None:
        """Append `event`. A full disk is told in `failed`, and the music goes on."""
        if event.get("event") not in LOGGED:
            return
        self._number += 1
        now = now or datetime.now(UTC)
        line = json.dumps({"line": f"{self.run}-{self._number:06d}", **event}, ensure_ascii=False, separators=(",", ":"))
        try:
            with (self.folder / f"{now:%Y-%m-%d}.jsonl").open("a", encoding="utf-8") as file:
                file.write(line + "\n")
                file.flush()
                os.fdatasync(file.fileno())
            self.failed = ""
        except OSError as error:
            self.failed = str(error)


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
        lines = []
        for raw in whole.splitlines():
            try:
                lines.append(json.loads(raw))
            except ValueError:
                continue  # a line cut by a power loss, followed by later ones
        yield path.stem, start + len(whole), lines
