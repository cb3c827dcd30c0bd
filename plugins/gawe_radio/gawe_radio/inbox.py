"""Announcements in people's inboxes: a hundred people at a time, each lot in a transaction of its own."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo.http import url
from pendopo.identity import Account
from pendopo.notifications import notify
from pendopo.outbox import tell

from .models import Announcement, AnnouncementVersion

LOT = 100


def fill_lot(db: Session, *, announcement_id: int, version: int, kind: str, after: int) -> int:
    """Tell the next hundred people after account `after`, and ask for the rest. Returns how many were told."""
    sent = db.scalar(select(AnnouncementVersion).where(AnnouncementVersion.announcement_id == announcement_id, AnnouncementVersion.number == version))
    announcement = db.get(Announcement, announcement_id)
    if sent is None or announcement is None:
        return 0
    people = select(Account.id, Account.kind, Account.desa_code).where(Account.id > after, Account.disabled_at.is_(None))
    lot = db.execute(people.order_by(Account.id).limit(LOT)).all()
    told = notify(
        db, topic="radio.darurat" if sent.priority == "darurat" and not sent.drill else "radio.pengumuman", to=[row.id for row in lot if _concerns(sent, row)],
        template=f"gawe_radio/notify/{kind}",
        context={"title": sent.title, "text": sent.text, "priority": "info" if sent.drill else sent.priority, "reason": announcement.reason},
        url=url("radio:pengumuman.show", id=announcement_id), key=f"radio-{announcement_id}-{version}",
    )
    if len(lot) == LOT:
        last = lot[-1].id
        tell(db, "radio_inbox_wanted", key=f"radio-{announcement_id}-{version}-{last}", announcement_id=announcement_id, version=version, kind=kind, after=last)
    return told


def _concerns(sent: AnnouncementVersion, person: object) -> bool:
    """Whoever lives there; everyone when it is an emergency or for the whole regency; staff serve the whole regency."""
    if not sent.areas or sent.priority == "darurat" or person.kind == "pegawai":
        return True
    return (person.desa_code or "")[:8] in sent.areas
