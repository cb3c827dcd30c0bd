"""What is still to be said, kept through restarts."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from ..announcements import Announcement
from .settings import write_whole


class Words:
    """Announcements that are still to be said or shown, kept in `announcements.json`: nothing acknowledged is lost."""

    def __init__(self, path: Path) -> None:
        self.path = path
        data = json.loads(path.read_text("utf-8")) if path.exists() else []
        self.kept = {item.id: item for item in map(Announcement.from_json, data)}

    def holding(self, now: datetime) -> list[Announcement]:
        return [item for item in self.kept.values() if not item.is_over(now)]

    def keep(self, item: Announcement, now: datetime) -> None:
        self.kept = {known.id: known for known in self.holding(now)} | {item.id: item}
        self._write()

    def drop(self, name: str) -> bool:
        if self.kept.pop(name, None) is None:
            return False
        self._write()
        return True

    def _write(self) -> None:
        write_whole(self.path, json.dumps([item.as_json() for item in self.kept.values()], ensure_ascii=False, indent=1))
