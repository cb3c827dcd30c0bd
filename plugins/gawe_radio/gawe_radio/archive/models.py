"""Recorded hours, programmes to hear again, and which programmes are kept so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pendopo.db import Base

MODES = ("tidak", "ulang", "podcast")


class Recording(Base):
    """One recorded hour, taken over from the recorder's chain. The line stays when the sound is removed after its time."""

    __tablename__ = "gawe_radio_recording"

    id: Mapped[int] = mapped_column(primary_key=True)
    file: Mapped[str] = mapped_column(String(40), unique=True)  # "2026-11-25/13.mp3" below archive/, hours of UTC
    start: Mapped[datetime] = mapped_column(index=True)
    end: Mapped[datetime]
    bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    removed_at: Mapped[datetime | None]


class CatchUp(Base):
    """Whether a programme can be heard again. `mode`: tidak, ulang (on this portal), podcast (also in feeds)."""

    __tablename__ = "gawe_radio_catchup"

    program_id: Mapped[int] = mapped_column(ForeignKey("gawe_radio_program.id"), primary_key=True)
    mode: Mapped[str] = mapped_column(String(10), default="tidak")


class Episode(Base):
    """A programme as it was on the air, cut out of the recordings. `chapters`: `[{"at_s", "title", "kind"}]`."""

    __tablename__ = "gawe_radio_episode"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)  # programme and start: each is cut once
    program_id: Mapped[int | None] = mapped_column(ForeignKey("gawe_radio_program.id"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    description: Mapped[str] = mapped_column(Text, default="")
    presenter: Mapped[str] = mapped_column(String(120), default="")
    start: Mapped[datetime] = mapped_column(index=True)
    end: Mapped[datetime]
    mode: Mapped[str] = mapped_column(String(10))
    file: Mapped[str] = mapped_column(String(80), default="")  # below episodes/
    bytes: Mapped[int] = mapped_column(default=0)
    duration_s: Mapped[float] = mapped_column(default=0.0)
    chapters: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    made_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
