"""What other services ask to have read aloud: an editor accepts it, or refuses it with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pendopo import NotFound, _
from pendopo.http import url
from pendopo.i18n import speaking
from pendopo.identity import Actor, people_with, record
from pendopo.notifications import notify
from pendopo.plugins import current_host

from . import wire
from .announcements import Words, write_announcement
from .errors import NotWaiting
from .models import PRIORITIES, Announcement, ReadOut

LIFE = timedelta(days=1)


def receive_request(db: Session, *, key: str, plugin: str, text: dict[str, str], priority: str, until: datetime | None, now: datetime) -> ReadOut | None:
    """Put it on the editors' desk, once for each key. None when it is there already."""
    if db.scalar(select(ReadOut.id).where(ReadOut.key == key)) is not None:
        return None
    wanted = ReadOut(
        key=key, plugin=plugin, text=text, priority=priority if priority in PRIORITIES else "info", until_at=until, asked_at=now, state="menunggu",
    )
    db.add(wanted)
    db.flush()
    notify(
        db, topic="radio.bacaan", to=people_with(db, "radio.readouts"), template="gawe_radio/notify/readout",
        context={"text": text.get("id") or next(iter(text.values()), "")}, url=url("radio:kerja.studio"), key=f"radio-readout-{wanted.id}",
    )
    wire.studio_changed(db)
    return wanted


def waiting_requests(db: Session) -> list[ReadOut]:
    return list(db.scalars(select(ReadOut).where(ReadOut.state == "menunggu").order_by(ReadOut.id)))


def count_waiting(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(ReadOut).where(ReadOut.state == "menunggu")) or 0


def accept_request(db: Session, actor: Actor, read_out_id: int, words: Words, *, now: datetime) -> Announcement:
    """Announce it, with the editor's words. Raises NotWaiting when somebody was faster."""
    actor.require("radio.readouts")
    wanted = _decide(db, actor, read_out_id, "diterima", "", now)
    announcement = write_announcement(db, actor, words, now=now)
    announcement.origin = wanted.plugin
    wanted.announcement_id = announcement.id
    return announcement


def refuse_request(db: Session, actor: Actor, read_out_id: int, reason: str, *, now: datetime) -> ReadOut:
    actor.require("radio.readouts")
    return _decide(db, actor, read_out_id, "ditolak", reason, now)


def service_title(plugin: str) -> str:
    """The title of the service that asked, in the reader's language; its name when it is gone."""
    found = current_host().plugins.get(plugin)
    if found is None or found.card is None:
        return plugin
    with speaking(plugin=plugin):
        return _(found.card.title)


def find_request(db: Session, read_out_id: int) -> ReadOut:
    found = db.get(ReadOut, read_out_id)
    if found is None:
        raise NotFound()
    return found


def _decide(db: Session, actor: Actor, read_out_id: int, state: str, reason: str, now: datetime) -> ReadOut:
    wanted = find_request(db, read_out_id)
    decided = db.execute(
        update(ReadOut).where(ReadOut.id == read_out_id, ReadOut.state == "menunggu")
        .values(state=state, decided_by=actor.account_id, decided_at=now, reason=reason.strip()[:300])
    )
    if decided.rowcount != 1:
        raise NotWaiting()
    db.refresh(wanted)
    record(db, actor, f"radio.read_out_{state}", f"radio-readout:{read_out_id}", {"plugin": wanted.plugin})
    wire.studio_changed(db)
    return wanted
