"""Tables of what people were told and how they want to be told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class InboxMessage(Base):
    __tablename__ = "core_inbox"
    __table_args__ = (UniqueConstraint("account_id", "key"), Index("ix_core_inbox_account_id_read_at", "account_id", "read_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("core_account.id"))
    topic: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class Preference(Base):
    """What a person chose otherwise than the topic's default."""

    __tablename__ = "core_preference"

    account_id: Mapped[int] = mapped_column(ForeignKey("core_account.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(80), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    on: Mapped[bool]


class QuietHours(Base):
    """When nothing but the urgent leaves the house, on the regency's clock (`21:00` to `05:00`)."""

    __tablename__ = "core_quiet_hours"

    account_id: Mapped[int] = mapped_column(ForeignKey("core_account.id"), primary_key=True)
    start: Mapped[str] = mapped_column(String(5))
    end: Mapped[str] = mapped_column(String(5))
