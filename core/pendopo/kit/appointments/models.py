"""Tables of counters and appointments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ...db import Base

BOOKED, HERE, CALLED, DONE, ABSENT, CANCELLED = "dipesan", "hadir", "dipanggil", "selesai", "tidak_hadir", "batal"
OPEN = (BOOKED, HERE, CALLED)


class Counter(Base):
    """A place of an OPD where people are served by appointment, for one `service` (a plugin's slug or finer).

    `hours`: weekday ("0" is Monday) -> list of ["08:00", "12:00"]; what lies between two of them is the break.
    `capacity`: how many people at the same time. Bookable from `lead_minutes` before, `days_ahead` days long.
    """

    __tablename__ = "core_counter"

    id: Mapped[int] = mapped_column(primary_key=True)
    opd_id: Mapped[int] = mapped_column(ForeignKey("core_opd.id"), index=True)
    service: Mapped[str] = mapped_column(String(60), index=True)
    title: Mapped[str] = mapped_column(String(120))
    prefix: Mapped[str] = mapped_column(String(3), default="A")
    place: Mapped[str] = mapped_column(String(200), default="")
    bring: Mapped[str] = mapped_column(String(400), default="")
    hours: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    slot_minutes: Mapped[int] = mapped_column(default=15)
    capacity: Mapped[int] = mapped_column(default=1)
    days_ahead: Mapped[int] = mapped_column(default=14)
    lead_minutes: Mapped[int] = mapped_column(default=60)
    is_open: Mapped[bool] = mapped_column(default=True)


class CounterClosure(Base):
    """When a counter is closed beside holidays: a meeting, a day of training."""

    __tablename__ = "core_counter_closure"

    id: Mapped[int] = mapped_column(primary_key=True)
    counter_id: Mapped[int] = mapped_column(ForeignKey("core_counter.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(200), default="")


class Appointment(Base):
    """Somebody's time at a counter.

    `seat`: 0 to capacity - 1 of its slot, unique there; None for who came without an appointment, and when it was given up.
    `open_key`: account and service while it is open, unique: one open appointment per person and service.
    `serial`: the queue number of the counter and day, 0 until it has one. `account_id` is None for who came without one.
    """

    __tablename__ = "core_appointment"
    __table_args__ = (
        UniqueConstraint("counter_id", "starts_at", "seat"),
        Index("ix_core_appointment_day", "counter_id", "day", "state"),
        Index("ix_core_appointment_account", "account_id", "starts_at"),
        Index("ix_core_appointment_due", "state", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    counter_id: Mapped[int] = mapped_column(ForeignKey("core_counter.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("core_account.id"))
    berkas_id: Mapped[int | None] = mapped_column(ForeignKey("core_berkas.id"), index=True)
    day: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    seat: Mapped[int | None]
    open_key: Mapped[str | None] = mapped_column(String(100), unique=True)
    serial: Mapped[int] = mapped_column(default=0)
    prefix: Mapped[str] = mapped_column(String(3), default="A")
    token: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[str] = mapped_column(String(12), default=BOOKED)
    note: Mapped[str] = mapped_column(String(300), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    booked_at: Mapped[datetime]
    booked_by: Mapped[int | None]
    reminded_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    called_at: Mapped[datetime | None]
    called_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]

    @property
    def number(self) -> str:
        """`A012`, as it is called."""
        return f"{self.prefix}{self.serial:03d}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def href(self) -> str:
        return f"/janji/{self.id}"


class QueueBook(Base):
    """The last queue number given at a counter on a day."""

    __tablename__ = "core_queue_book"

    counter_id: Mapped[int] = mapped_column(ForeignKey("core_counter.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
