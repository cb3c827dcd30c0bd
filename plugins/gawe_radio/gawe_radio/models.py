"""Programmes, announcements, read-out requests, and what was on the air."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pendopo.db import Base
from pendopo.kit.places import place_name

PRIORITIES = ("info", "penting", "darurat")
STATES = ("menunggu", "terbit", "ditolak", "batal")


class Program(Base):
    """A programme of the week. `start` is its first time; `rrule` (RFC 5545) repeats it on the regency's clock."""

    __tablename__ = "gawe_radio_program"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(20), default="id")  # id, jv (Jawa Serang), su
    classification: Mapped[str] = mapped_column(String(2), default="SU")  # P3SPS: SU, P, A, R, D
    presenter: Mapped[str] = mapped_column(String(120), default="")
    start: Mapped[datetime]
    duration_s: Mapped[int]
    rrule: Mapped[str] = mapped_column(String(200), default="")
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)  # which music it plays; none is any
    active: Mapped[bool] = mapped_column(default=True)
    presenters: Mapped[list[int]] = mapped_column(JSON, default=list)  # accounts that may speak in it
    wheel_id: Mapped[int | None]
    playlist_id: Mapped[int | None]
    recorded: Mapped[str] = mapped_column(String(300), default="")  # a whole recorded programme, by its path under media/


class Announcement(Base):
    """A word to the people. `text` holds the words by language; `areas` kecamatan codes, none is the whole regency."""

    __tablename__ = "gawe_radio_announcement"
    __table_args__ = (Index("ix_gawe_radio_announcement_state", "state", "until_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[dict[str, str]] = mapped_column(JSON)
    priority: Mapped[str] = mapped_column(String(10))
    areas: Mapped[list[str]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(default=1)
    origin: Mapped[str] = mapped_column(String(60), default="")  # the plugin that asked for it
    created_by: Mapped[int | None]
    author: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    until_at: Mapped[datetime]
    repeat_min: Mapped[int] = mapped_column(default=0)
    reading_s: Mapped[float] = mapped_column(default=0.0)
    reason: Mapped[str] = mapped_column(String(300), default="")  # why it was refused or withdrawn
    said: Mapped[int] = mapped_column(default=0)
    said_version: Mapped[int] = mapped_column(default=0)
    last_said_at: Mapped[datetime | None]
    unspoken: Mapped[str] = mapped_column(String(300), default="")  # why it could not be heard
    only_areas: Mapped[bool] = mapped_column(default=False)  # spoken on the area mounts alone
    polygon: Mapped[list[list[float]]] = mapped_column(JSON, default=list)  # [lat, lon] of each corner; none: no polygon
    attention: Mapped[bool] = mapped_column(default=False)
    drill: Mapped[bool] = mapped_column(default=False)
    voice: Mapped[str] = mapped_column(String(140), default="")  # a sound in the station's home that is heard instead of the robot
    voice_by: Mapped[str] = mapped_column(String(10), default="")  # rekaman: a person; penyedia: the hook speak_text
    repeat_from: Mapped[int] = mapped_column(default=0)  # said again between these hours of the regency's clock; equal: always
    repeat_to: Mapped[int] = mapped_column(default=0)
    category: Mapped[str] = mapped_column(String(12), default="Safety")  # CAP 1.2
    source: Mapped[str] = mapped_column(String(120), default="")  # whose warning it is, named on screen and on the air
    cap: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # severity, urgency, certainty, response, instruction by language

    def is_active(self, now: datetime) -> bool:
        return self.state == "terbit" and self.until_at > now

    @property
    def place_names(self) -> str:
        """"Kec. Anyar, Kec. Cinangka"; "" is the whole regency."""
        return ", ".join(place_name(code) for code in self.areas)

    @property
    def air_id(self) -> str:
        """Its name on the air; another version is another item for the announcer's voice."""
        return f"p{self.id}v{self.version}"

    def words(self, language: str) -> str:
        return self.text.get(language) or self.text.get("id") or next(iter(self.text.values()), "")


class AnnouncementVersion(Base):
    """What was sent out, and when: published, changed, withdrawn. Never changed."""

    __tablename__ = "gawe_radio_version"
    __table_args__ = (UniqueConstraint("announcement_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("gawe_radio_announcement.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))  # terbit, ubah, batal
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[dict[str, str]] = mapped_column(JSON)
    priority: Mapped[str] = mapped_column(String(10))
    areas: Mapped[list[str]] = mapped_column(JSON)
    until_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    sent_by: Mapped[int | None]
    polygon: Mapped[list[list[float]]] = mapped_column(JSON, default=list)
    drill: Mapped[bool] = mapped_column(default=False)
    category: Mapped[str] = mapped_column(String(12), default="Safety")
    source: Mapped[str] = mapped_column(String(120), default="")
    cap: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class ReadOut(Base):
    """Another service asks for something to be read aloud. `state`: menunggu, diterima, ditolak."""

    __tablename__ = "gawe_radio_readout"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    plugin: Mapped[str] = mapped_column(String(60))
    text: Mapped[dict[str, str]] = mapped_column(JSON)
    priority: Mapped[str] = mapped_column(String(10))
    until_at: Mapped[datetime | None]
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="menunggu", index=True)
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    announcement_id: Mapped[int | None] = mapped_column(ForeignKey("gawe_radio_announcement.id"))


class AirLog(Base):
    """One line of what was on the air, taken over from the engine's own log. Proof of broadcast: never changed."""

    __tablename__ = "gawe_radio_log"
    __table_args__ = (Index("ix_gawe_radio_log_at", "at"), Index("ix_gawe_radio_log_event", "event", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(String(60), unique=True)
    event: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    title: Mapped[str] = mapped_column(String(300), default="")
    announcement_id: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    raw: Mapped[str] = mapped_column(Text, default="")  # the engine's line as it was written; "" for demo lines
    hash: Mapped[str] = mapped_column(String(64), default="")


class LogPosition(Base):
    """How far the engine's log has been taken over. One row."""

    __tablename__ = "gawe_radio_position"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(String(10))
    offset: Mapped[int]


# The tables of the rooms belong to the same history.
from .archive import models as _archive  # noqa: E402, F401
from .board import models as _board  # noqa: E402, F401
from .listening import models as _listening  # noqa: E402, F401
from .live import models as _live  # noqa: E402, F401
from .planning import models as _planning  # noqa: E402, F401
from .push import models as _push  # noqa: E402, F401
from .warnings import models as _warnings  # noqa: E402, F401
