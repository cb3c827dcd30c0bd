"""Tables of matters: the matter, its timeline, its workflow's versions, register books and satisfaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ...db import Base


class Berkas(Base):
    """A matter on its way through the offices.

    `workflow`: the version of its kind that it keeps. `version` grows with each change, for compare-and-set.
    `clock`: run, pause or stop. `due_at` is None while a deadline of `deadline_days` waits for the calendar of its year.
    `escalation`: 0, 1 (80 % told) or 2 (passed, told).
    """

    __tablename__ = "core_berkas"
    __table_args__ = (
        Index("ix_core_berkas_desk", "kind", "is_open", "opd_id", "due_at"),
        Index("ix_core_berkas_applicant", "applicant_id", "opened_at"),
        Index("ix_core_berkas_officer", "officer_id", "is_open"),
        Index("ix_core_berkas_clock", "is_open", "clock", "warn_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    register: Mapped[str] = mapped_column(String(40), unique=True)
    pin_hash: Mapped[str] = mapped_column(String(64))
    pin_failures: Mapped[int] = mapped_column(default=0)
    pin_locked_until: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(String(60))
    plugin: Mapped[str] = mapped_column(String(60))
    workflow: Mapped[int]
    state: Mapped[str] = mapped_column(String(60))
    is_open: Mapped[bool] = mapped_column(default=True)
    title: Mapped[str] = mapped_column(String(200))
    applicant_id: Mapped[int | None] = mapped_column(ForeignKey("core_account.id"))
    received_by: Mapped[int | None] = mapped_column(ForeignKey("core_account.id"))
    opd_id: Mapped[int | None] = mapped_column(ForeignKey("core_opd.id"))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("core_account.id"))
    desa_code: Mapped[str | None] = mapped_column(String(13))
    kecamatan_code: Mapped[str | None] = mapped_column(String(8), index=True)
    channel: Mapped[str] = mapped_column(String(20), default="web")
    private: Mapped[bool] = mapped_column(default=False)
    anonymous: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime]
    moved_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    clock: Mapped[str] = mapped_column(String(5), default="run")
    clock_from: Mapped[datetime | None]
    deadline_days: Mapped[int | None]
    due_at: Mapped[datetime | None]
    warn_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    escalation: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    pin = None  # known only to the one who opened it, in that moment; never stored

    def is_overdue(self, now: datetime) -> bool:
        return self.is_open and self.clock == "run" and self.due_at is not None and self.due_at < now


class BerkasEvent(Base):
    """One line of the timeline; append-only, each hash covers the line and the one before it.

    `kind`: opened, moved, message, note, assigned, escalated, rated. `public`: the applicant sees `text`;
    `internal` is for staff only.
    """

    __tablename__ = "core_berkas_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    berkas_id: Mapped[int] = mapped_column(ForeignKey("core_berkas.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    public: Mapped[bool]
    by: Mapped[str] = mapped_column(String(10))  # applicant, officer, system
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(160))
    transition: Mapped[str] = mapped_column(String(60), default="")
    from_state: Mapped[str] = mapped_column(String(60), default="")
    to_state: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    internal: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    hash: Mapped[str] = mapped_column(String(64))


class BerkasWorkflow(Base):
    """A version of a kind as it was when the first matter of that version was opened."""

    __tablename__ = "core_berkas_workflow"

    kind: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)


class RegisterBook(Base):
    """The last number given for a code and year."""

    __tablename__ = "core_register_book"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class BerkasRating(Base):
    """How satisfied the applicant was, once: `score` 1 to 4 for the whole, `answers` to the nine unsur that they answered.

    `points` is their sum over the nine (`satisfaction.points`), so that figures need no look into `answers`.
    """

    __tablename__ = "core_berkas_rating"

    berkas_id: Mapped[int] = mapped_column(ForeignKey("core_berkas.id"), primary_key=True)
    score: Mapped[int]
    answers: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    detailed: Mapped[bool] = mapped_column(default=False)
    points: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
