"""What listeners sent, and what keeps one of them from filling the board."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pendopo.db import Base

KINDS = ("lagu", "salam", "tanya")
STATES = ("menunggu", "diterima", "selesai", "ditolak")


class Wish(Base):
    """A song request, a greeting or a question. `state` "selesai": the song was played, the words were read aloud.

    `name` is what may be said on the air; `contact` is for the producers of a talk show and is never shown elsewhere.
    """

    __tablename__ = "gawe_radio_wish"
    __table_args__ = (Index("ix_gawe_radio_wish_state", "state", "id"), Index("ix_gawe_radio_wish_account", "account_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(24), unique=True)  # in the address under which the sender follows it
    kind: Mapped[str] = mapped_column(String(10))
    account_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(String(200), default="")
    contact: Mapped[str] = mapped_column(String(120), default="")
    track: Mapped[str] = mapped_column(String(300), default="")  # the engine's name of the song
    track_label: Mapped[str] = mapped_column(String(300), default="")
    programme: Mapped[str] = mapped_column(String(120), default="")  # which was on the air
    sent_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="menunggu")
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300), default="")


class Turn(Base):
    """When a listener last sent something of one kind. `who` is an account or a hash that nobody can undo after its day."""

    __tablename__ = "gawe_radio_turn"

    who: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime]


class Salt(Base):
    """What the addresses of one day are hashed with. It is thrown away after the day."""

    __tablename__ = "gawe_radio_salt"

    day: Mapped[date] = mapped_column(primary_key=True)
    salt: Mapped[str] = mapped_column(String(64))
