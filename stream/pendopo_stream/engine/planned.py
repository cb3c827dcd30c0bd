"""What the engine is told to play: station.json and the library together, and the memory of what it played (`memory.json`)."""

from __future__ import annotations

import json
import logging
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ..announcements import Announcement
from ..on_air import OnAir
from ..plan import Plan
from ..rundown import Station
from ..wheels import Event
from .library import Library

log = logging.getLogger("pendopo_stream.engine")
SPOKEN_AHEAD_S = 180.0
SPOKEN_LIVES_S = 600.0  # words of an exact time are said after its adzan, which takes some minutes


class Planned:
    """One home's plan. A file that can't be read changes nothing: the last good one holds, and `fault` says why."""

    def __init__(self, home: Path, library: Library) -> None:
        self.home, self.library = home, library
        self.plan = Plan()
        self.fault = ""

    def station(self) -> Station:
        """Reads files: not for the mixing thread."""
        try:
            self.plan = Plan.from_json(json.loads((self.home / "station.json").read_text("utf-8")))
            self.fault = ""
        except FileNotFoundError:
            self.plan, self.fault = Plan(), ""
        except (OSError, ValueError) as error:
            self._complain(f"station.json can't be read: {error}")
        return Station.of(self.library.tracks(), self.plan)

    def _complain(self, fault: str) -> None:
        if fault != self.fault:
            log.error(fault)
        self.fault = fault

    def changed(self, station: Station, on_air: Station) -> bool:
        return (station.tracks, station.plan) != (on_air.tracks, on_air.plan)

    # ------------------------------------------------------------------ the memory

    @property
    def _memory(self) -> Path:
        return self.home / "memory.json"

    def remind(self, on_air: OnAir) -> None:
        """Go on where the engine before this one stopped."""
        try:
            on_air.remember(json.loads(self._memory.read_text("utf-8")))
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("memory.json can't be read, rotation begins anew: %s", error)

    def remember(self, memory: dict[str, Any]) -> None:
        """Write it so that a crash in the middle leaves the old one."""
        fresh = self._memory.with_suffix(".new")
        try:
            fresh.write_text(json.dumps(memory, ensure_ascii=False), "utf-8")
            os.replace(fresh, self._memory)
        except OSError as error:  # a full disk does not end the music
            log.error("memory.json can't be written: %s", error)


def words_of(event: Event) -> Announcement:
    """The words of an exact time as an announcement, which is due then."""
    return Announcement(
        f"waktu:{event.id}", {"id": event.spoken}, "penting", not_before=event.at, until=event.at + timedelta(seconds=SPOKEN_LIVES_S), title=event.title,
    )


def spoken_soon(plan: Plan, now: datetime) -> list[Announcement]:
    """The words of exact times that have to be made ready now."""
    soon = now + timedelta(seconds=SPOKEN_AHEAD_S)
    return [words_of(event) for event in plan.events if event.spoken and now < event.at <= soon]
