"""Warnings of others as they came in, and how their feeds do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pendopo.db import Base
from pendopo.kit.places import place_name


class Feed(Base):
    """What is remembered of an address that is asked again and again."""

    __tablename__ = "gawe_radio_feed"

    address: Mapped[str] = mapped_column(String(300), primary_key=True)
    etag: Mapped[str] = mapped_column(String(200), default="")
    last_modified: Mapped[str] = mapped_column(String(60), default="")
    mark: Mapped[str] = mapped_column(String(120), default="")  # what the index said of it when it was read last
    failures: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    good_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(300), default="")


class Bulletin(Base):
    """One warning as one sender gave it. `kind`: cap, gempa. `state`: berlaku, diganti, dicabut. `outcome`: alarm, naskah (a draft), siar, catat."""

    __tablename__ = "gawe_radio_warning"
    __table_args__ = (UniqueConstraint("sender", "identifier", "sent_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sender: Mapped[str] = mapped_column(String(200))
    identifier: Mapped[str] = mapped_column(String(200))
    sent_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(10))
    feed: Mapped[str] = mapped_column(String(300))
    source: Mapped[str] = mapped_column(String(120))
    simulated: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime]
    until_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10))
    outcome: Mapped[str] = mapped_column(String(10))
    why: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))
    areas: Mapped[list[str]] = mapped_column(JSON)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)  # words by language, magnitude, what the page shows
    seen_by: Mapped[int | None]
    seen_at: Mapped[datetime | None]
    announcement_id: Mapped[int | None] = mapped_column(ForeignKey("gawe_radio_announcement.id"))

    @property
    def place_names(self) -> str:
        return ", ".join(place_name(code) for code in self.areas)

    def holds(self, now: datetime) -> bool:
        return self.state == "berlaku" and self.until_at > now
