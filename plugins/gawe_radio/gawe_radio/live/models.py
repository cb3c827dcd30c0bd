"""Who calls in, and who may not any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pendopo.db import Base

OPEN = ("menunggu", "diterima", "udara")


class Call(Base):
    """A listener on the line. `state`: menunggu (for the producer), diterima (waiting room), udara, selesai.

    `seen_at` grows while the caller's page is there: a call whose page is gone is over.
    """

    __tablename__ = "gawe_radio_call"
    __table_args__ = (Index("ix_gawe_radio_call_state", "state", "seen_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(60))  # as said on the air
    topic: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    decided_by: Mapped[int | None]
    aired_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(String(10), default="")  # penelepon, produser, putus, blokir


class CallBlock(Base):
    """An account that may not call in. One row each."""

    __tablename__ = "gawe_radio_call_block"

    account_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String(300))
    blocked_by: Mapped[int]
    blocked_at: Mapped[datetime]
