"""Disposisi that come near their due time or pass it: told once each, to more people the longer they lie."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from pendopo.http import url
from pendopo.identity import Jabatan, holders_of
from pendopo.kit.calendar import calendar_for
from pendopo.kit.settings import value
from pendopo.notifications import notify

from .disposisi import CLOSED
from .models import Disposisi
from .rules import SECRET, stage_of


def remind_due(portal: Any, now: datetime) -> int:
    """Send the reminders that are due; the key keeps each from going twice. Returns how many people were newly told."""
    with portal.db.session() as db:
        near = timedelta(hours=value(db, "surat.ingatkan_jam"))
        grace = value(db, "surat.eskalasi_hk")
        waiting = db.scalars(
            select(Disposisi).options(joinedload(Disposisi.surat)).where(Disposisi.status.not_in(CLOSED), Disposisi.due_at < now + near).order_by(Disposisi.id)
        ).all()
        calendar = calendar_for(db)
        return sum(
            _remind(db, disposisi, stage_of(disposisi.due_at, now, near, calendar.add_working_days(disposisi.due_at, grace, same_time=True)), now)
            for disposisi in waiting
        )


def _remind(db: Session, disposisi: Disposisi, stage: str, now: datetime) -> int:
    """`near`: the addressee. `late`: and who sent it. `escalated`: and the superior of the addressee."""
    positions: list[int | None] = [disposisi.to_jabatan_id]
    if stage != "near":
        positions.append(disposisi.from_jabatan_id)
    if stage == "escalated":
        positions.append(db.get(Jabatan, disposisi.to_jabatan_id).atasan_id)
    people = [account for jabatan_id in dict.fromkeys(positions) if jabatan_id for account in holders_of(db, jabatan_id, now.date())]
    addressee = db.get(Jabatan, disposisi.to_jabatan_id)
    return notify(
        db,
        topic="surat.tenggat",
        to=people,
        template=f"kerja_surat/notify/{stage}",
        context={"perihal": "" if disposisi.surat.sifat in SECRET else disposisi.surat.perihal, "due": disposisi.due_at, "post": addressee.name},
        url=url("surat:kerja.masuk.show", id=disposisi.surat_id),
        key=f"tenggat:{disposisi.id}:{stage}",
    )
