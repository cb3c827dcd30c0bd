"""`station.toml`: what this station is, and its programmes; and the token of who may announce."""

from __future__ import annotations

import json
import os
import secrets
import tomllib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..rundown import Rule, Slot, expand

PLAN_DAYS = 3
EXAMPLE = """# What this station is. Read again when the station starts.
name = "Radio"
description = ""
genre = ""
url = ""                 # its address as listeners know it, for playlists
zone = "Asia/Jakarta"

# One block for each programme. `rrule` as in RFC 5545; `tags`: folders below media/music that it plays.
# [[programme]]
# title = "Warta Pagi"
# start = 2026-01-05T07:00:00
# minutes = 30
# rrule = "FREQ=DAILY"
# tags = ["pagi"]
"""


class BadSettings(ValueError):
    """`station.toml` can't be used; the text says where."""


@dataclass(frozen=True)
class Settings:
    """What `station.toml` says."""

    name: str = "Radio"
    description: str = ""
    genre: str = ""
    url: str = ""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Jakarta"))
    rules: tuple[tuple[Rule, Slot], ...] = ()


def read_settings(home: Path) -> Settings:
    """`station.toml`, or what it says by itself where there is none. Raises BadSettings."""
    path = home / "station.toml"
    if not path.exists():
        path.write_text(EXAMPLE, "utf-8")
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        zone = ZoneInfo(str(data.get("zone", "Asia/Jakarta")))
        rules = tuple(_rule(number, programme, zone) for number, programme in enumerate(data.get("programme", ())))
    except (tomllib.TOMLDecodeError, ZoneInfoNotFoundError, KeyError, TypeError, ValueError) as error:
        raise BadSettings(f"{path}: {error}") from error
    words = {name: str(data.get(name, "")) for name in ("description", "genre", "url")}
    return Settings(str(data.get("name", "Radio")), **words, zone=zone, rules=rules)


def _rule(number: int, programme: dict[str, Any], zone: ZoneInfo) -> tuple[Rule, Slot]:
    start = programme["start"]
    if not isinstance(start, datetime):
        raise TypeError(f"programme {number + 1}: start is a date and time, as 2026-01-05T07:00:00")
    start = start if start.tzinfo else start.replace(tzinfo=zone)
    rule = Rule(str(number), start, float(programme["minutes"]) * 60, str(programme.get("rrule", "")))
    tags = frozenset(map(str, programme.get("tags", ())))
    words = Slot(str(number), start, start + timedelta(minutes=1), str(programme["title"]), str(programme.get("presenter", "")), tags)
    expand([rule], start, start + timedelta(days=1), zone)  # says at once when the rule can't be read
    return rule, words


def write_plan(home: Path, settings: Settings, now: datetime) -> bool:
    """The coming days into `station.json`. True when it changed. Raises BadRule."""
    words = {rule.program: slot for rule, slot in settings.rules}
    slots = [
        replace(slot, title=words[slot.program].title, presenter=words[slot.program].presenter, tags=words[slot.program].tags)
        for slot in expand([rule for rule, _slot in settings.rules], now - timedelta(days=1), now + timedelta(days=PLAN_DAYS), settings.zone)
    ]
    return write_whole(home / "station.json", json.dumps({"slots": [slot.as_json() for slot in slots]}, ensure_ascii=False, indent=1))


def write_whole(path: Path, text: str, mode: int = 0o644) -> bool:
    """Write a file at once, or leave the old one. False when it says so already."""
    if path.exists() and path.read_text("utf-8") == text:
        return False
    fresh = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return True


def token(home: Path) -> str:
    """What an announcer's program shows: PENDOPO_STREAM_TOKEN, or the one made for this home."""
    given = os.environ.get("PENDOPO_STREAM_TOKEN", "")
    path = home / "token"
    if not given and not path.exists():
        write_whole(path, secrets.token_urlsafe(32), 0o600)
    return given or path.read_text("utf-8").strip()
