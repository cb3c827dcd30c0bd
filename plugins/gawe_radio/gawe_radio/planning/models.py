"""Tables of the plan: what is known of media files, lists and wheels, changes of single days, and the station's choices.

A piece is named by its path under `media/`, as the engine names it; rows about it have no foreign key, since files come
and go in the folder.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pendopo.db import Base

ORDERS = ("shuffle", "listed", "longest_rested")
CHANGES = ("batal", "pindah", "ganti")


class MediaNote(Base):
    """What people wrote of a piece, over what its file says. "" and None: as in the file."""

    __tablename__ = "gawe_radio_media"

    id: Mapped[str] = mapped_column(String(300), primary_key=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    artist: Mapped[str] = mapped_column(String(200), default="")
    tags: Mapped[list[str] | None] = mapped_column(JSON)
    cue_in_s: Mapped[float | None]
    cue_out_s: Mapped[float | None]
    resting: Mapped[bool] = mapped_column(default=False)  # out of rotation: never chosen, still in the library
    uploaded_by: Mapped[int | None]
    uploaded_at: Mapped[datetime | None]


class Playlist(Base):
    """Pieces in an order. `weight`: how often it is drawn where several may play."""

    __tablename__ = "gawe_radio_playlist"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    tracks: Mapped[list[str]] = mapped_column(JSON, default=list)
    order: Mapped[str] = mapped_column(String(20), default="shuffle")
    weight: Mapped[int] = mapped_column(default=1)


class Block(Base):
    """A smart block: whatever the library holds that fits `rules` at the moment of choosing."""

    __tablename__ = "gawe_radio_block"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    rules: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Wheel(Base):
    """An hour as a list of parts: `{"kind", "ref", "count"|"minutes"}`; `ref` is the id of a playlist or block, or a piece."""

    __tablename__ = "gawe_radio_wheel"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)


class ProgramChange(Base):
    """One time of a programme that is otherwise than its rule says. `at`: the start by the rule."""

    __tablename__ = "gawe_radio_change"
    __table_args__ = (UniqueConstraint("program_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("gawe_radio_program.id"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(10))  # batal, pindah, ganti
    start: Mapped[datetime | None]  # pindah, ganti: when it is on instead
    duration_s: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(120), default="")  # ganti: what is on instead
    presenter: Mapped[str] = mapped_column(String(120), default="")
    recorded: Mapped[str] = mapped_column(String(300), default="")
    note: Mapped[str] = mapped_column(String(200), default="")


class PlanChoice(Base):
    """The station's choices by name: `rotation`, `prayer`."""

    __tablename__ = "gawe_radio_choice"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
