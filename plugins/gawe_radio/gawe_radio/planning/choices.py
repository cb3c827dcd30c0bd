"""The station's choices: how pieces rest, and which times of prayer are heard."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from pendopo.identity import Actor, record
from pendopo_stream.prayer import CALLED

from ..programmes import soon
from .models import PlanChoice


@dataclass(frozen=True)
class Rotation:
    """How long pieces rest. `wheel_id`: the hour that holds when a programme has none of its own; `areas`: kecamatan with a mount of their own."""

    artist_min: int = 20
    title_min: int = 90
    ident_min: int = 15
    requests_hour: int = 6
    wheel_id: int | None = None
    areas: tuple[str, ...] = ()


@dataclass(frozen=True)
class PrayerPlan:
    """Which times of prayer interrupt, reckoned for where. `imsak` is heard from `ramadan_from` to `ramadan_until`, both included."""

    heard: tuple[str, ...] = CALLED
    lat: float = -6.12
    lon: float = 106.15
    ihtiyat_min: int = 2
    imsak: bool = True
    ramadan_from: date | None = None
    ramadan_until: date | None = None
    said: bool = False  # the hour is also said in words
    track: str = ""  # the adzan that is heard; "" lets the engine take the newest of media/adzan

    def is_ramadan(self, day: date) -> bool:
        return bool(self.ramadan_from and self.ramadan_until and self.ramadan_from <= day <= self.ramadan_until)


Chosen = TypeVar("Chosen", Rotation, PrayerPlan)


def _read(db: Session, name: str, kind: type[Chosen]) -> Chosen:
    row = db.get(PlanChoice, name)
    return replace(kind(), **{key: _value(key, value) for key, value in row.value.items()}) if row else kind()


def _value(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return date.fromisoformat(value) if key.startswith("ramadan_") and value else value


def _write(db: Session, actor: Actor, name: str, chosen: Rotation | PrayerPlan) -> None:
    actor.require("radio.programme")
    value = {key: item.isoformat() if isinstance(item, date) else list(item) if isinstance(item, tuple) else item for key, item in asdict(chosen).items()}
    row = db.get(PlanChoice, name)
    if row is None:
        db.add(PlanChoice(name=name, value=value))
    else:
        row.value = value
    db.flush()
    record(db, actor, f"radio.{name}", "radio", value)
    soon(db)


def rotation(db: Session) -> Rotation:
    return _read(db, "rotation", Rotation)


def choose_rotation(db: Session, actor: Actor, chosen: Rotation) -> None:
    _write(db, actor, "rotation", chosen)


def prayer_plan(db: Session) -> PrayerPlan:
    return _read(db, "prayer", PrayerPlan)


def choose_prayers(db: Session, actor: Actor, chosen: PrayerPlan) -> None:
    _write(db, actor, "prayer", chosen)


