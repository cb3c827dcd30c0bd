"""Disposisi that come near their due time or pass it: told once each, to the addressee and at the end to the sender."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from pendopo.identity import holders_of
from pendopo.notifications import notify

from .models import Disposisi
from .rules import SECRET

NEAR = timedelta(hours=24)


def remind_due(portal: Any, now: datetime) -> int:
    """Send the reminders that are due; the key keeps each from going twice. Returns how many disposisi were looked at."""
    with portal.db.session() as db:
        waiting = db.scalars(select(Disposisi).where(Disposisi.status.not_in(("selesai", "dikembalikan")), Disposisi.due_at < now + NEAR)).all()
        for disposisi in waiting:
            late = disposisi.due_at < now
            people = holders_of(db, disposisi.to_jabatan_id, now.date())
            if late and disposisi.from_jabatan_id:
                people = [*people, *holders_of(db, disposisi.from_jabatan_id, now.date())]
            notify(
                db, topic="surat.tenggat", to=list(dict.fromkeys(people)), template="kerja_surat/notify/late" if late else "kerja_surat/notify/near",
                context={"perihal": "" if disposisi.surat.sifat in SECRET else disposisi.surat.perihal, "due": disposisi.due_at.isoformat()},
                url=f"/kerja/surat/masuk/{disposisi.surat_id}", key=f"tenggat:{disposisi.id}:{'lewat' if late else 'dekat'}",
            )
        return len(waiting)
