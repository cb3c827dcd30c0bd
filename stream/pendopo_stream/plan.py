"""station.json: everything that planners tell the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .slots import Slot
from .wheels import (
    BadPlan,
    Block,
    Event,
    Note,
    Part,
    Playlist,
    Rotation,
    as_plain,
    read_all,
    read_named,
    sorted_events,
)

__all__ = ["BadPlan", "Plan"]


@dataclass(frozen=True)
class Plan:
    """`wheel`: the name of the hour that holds where a slot has none of its own. `notes`: what editors say of files, by id."""

    slots: tuple[Slot, ...] = ()
    wheels: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    wheel: str = ""
    playlists: dict[str, Playlist] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    rotation: Rotation = field(default_factory=Rotation)
    notes: dict[str, Note] = field(default_factory=dict)
    areas: tuple[str, ...] = ()
    zone: str = "Asia/Jakarta"

    @classmethod
    def from_json(cls, data: Any) -> Plan:
        """Raises BadPlan. Files from before wheels were known are read as they are."""
        if not isinstance(data, dict):
            raise BadPlan("station.json: should be an object")
        plan = cls(
            slots=read_all(data.get("slots", ()), "slots", Slot.from_json),
            wheels=read_named(data.get("wheels", {}), "wheels", lambda parts: read_all(parts, "parts", Part.from_json)),
            wheel=str(data.get("wheel") or ""),
            playlists=read_named(data.get("playlists", {}), "playlists", Playlist.from_json),
            blocks=read_named(data.get("blocks", {}), "blocks", Block.from_json),
            events=sorted_events(read_all(data.get("events", ()), "events", Event.from_json)),
            rotation=read_all([data.get("rotation", {})], "rotation", Rotation.from_json)[0],
            notes=read_named(data.get("notes", {}), "notes", Note.from_json),
            areas=tuple(map(str, read_all(data.get("areas", ()), "areas", str))),
            zone=str(data.get("zone") or "Asia/Jakarta"),
        )
        plan.check()
        return plan

    def check(self) -> None:
        """Raises BadPlan when a name is used that nothing has."""
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise BadPlan(f"zone: {self.zone!r} is unknown") from error
        for name, parts in self.wheels.items():
            for number, part in enumerate(parts):
                shelf = {"playlist": self.playlists, "block": self.blocks}.get(part.kind)
                if shelf is not None and part.name not in shelf:
                    raise BadPlan(f"wheels.{name}[{number}]: there is no {part.kind} {part.name!r}")
        used = [("wheel", self.wheel, self.wheels)]
        for number, slot in enumerate(self.slots):
            used += [(f"slots[{number}].wheel", slot.wheel, self.wheels), (f"slots[{number}].playlist", slot.playlist, self.playlists)]
        for where, name, shelf in used:
            if name and name not in shelf:
                raise BadPlan(f"{where}: there is no {name!r}")

    def as_json(self) -> dict[str, Any]:
        return {
            "slots": [slot.as_json() for slot in self.slots],
            "wheels": {name: [part.as_json() for part in parts] for name, parts in self.wheels.items()}, "wheel": self.wheel or None,
            "playlists": {name: as_plain(playlist) for name, playlist in self.playlists.items()},
            "blocks": {name: as_plain(block) for name, block in self.blocks.items()},
            "events": [event.as_json() for event in self.events], "rotation": as_plain(self.rotation),
            "notes": {name: as_plain(note) for name, note in self.notes.items()}, "areas": list(self.areas), "zone": self.zone,
        }
