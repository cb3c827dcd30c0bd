"""Warnings of others are taken in once, and become an alarm, a draft, or an announcement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pendopo import NotFound, live
from pendopo.http import url
from pendopo.identity import Actor, as_system, people_with, record
from pendopo.kit import settings
from pendopo.notifications import notify

from .. import wire
from ..announcements import CATEGORIES, Words, cancel_announcement, change_announcement, write_announcement
from ..models import Announcement
from ..readouts import receive_request
from . import rules, wording
from .models import Bulletin
from .reading import Alert, Quake

PUBLIC = "public:radio-peringatan"
SOURCE = "BMKG"
QUAKE_LIFE = timedelta(hours=6)
LIFE = timedelta(hours=6)  # of an alert that does not say
LONGEST_LIFE = timedelta(days=7)
Key = tuple[str, str, datetime]


def take_alert(db: Session, alert: Alert, *, feed: str, simulated: bool = False, now: datetime) -> Bulletin | None:
    """Take in a CAP alert, once for each (sender, identifier, sent). None when it is known."""
    if _known(db, alert.key) is not None:
        return None
    before = [row for key in alert.references if (row := _known(db, key)) is not None and row.sender == alert.sender]
    verdict = rules.judge_alert(alert, now, direct=bool(settings.value(db, "radio.peringatan_langsung")))
    if verdict.outcome != "catat" and (ended := _ended_by_another(db, alert)):
        verdict = rules.Verdict("catat", verdict.why, verdict.areas)
    else:
        ended = ""
    info = rules.info_of(alert)
    source = (info.sender_name if info and info.sender_name else alert.sender)[:120]
    title, text = wording.alert_words(alert, source) if info else (alert.identifier, {})
    row = Bulletin(
        sender=alert.sender, identifier=alert.identifier, sent_at=alert.sent, kind="cap", feed=feed[:300], source=source, simulated=simulated, received_at=now,
        until_at=min(rules.expires_at(alert) or alert.sent + LIFE, now + LONGEST_LIFE), areas=list(verdict.areas), outcome=verdict.outcome, why=verdict.why,
        title=title[:200], state=ended or ("dicabut" if alert.kind == "Cancel" else "berlaku"),
        data={
            "text": text, "status": alert.status, "msgType": alert.kind, "references": [[s, i, at.isoformat()] for s, i, at in alert.references],
            "cap": _cap_of(alert), "priority": verdict.priority,
        },
    )
    db.add(row)
    db.flush()
    if alert.status == "Actual" and alert.kind in ("Update", "Cancel"):
        _end(db, before, row, now)
    _act(db, row, now)
    return row


def take_quake(db: Session, quake: Quake, *, feed: str, simulated: bool = False, now: datetime) -> Bulletin | None:
    """Take in an earthquake. Told again with graver news (it was felt, a tsunami may come) it is acted on again. None: nothing new."""
    if now - quake.at > QUAKE_LIFE:
        return None
    verdict = rules.judge_quake(quake, direct=bool(settings.value(db, "radio.peringatan_langsung")))
    source = f"simulator {SOURCE}" if simulated else SOURCE
    title, text = wording.quake_words(quake, source)
    told = {**asdict(quake), "at": quake.at.isoformat()}
    row = _known(db, quake.key)
    if row is not None:
        was = rules.Verdict(row.outcome, row.why)
        if not verdict > was:
            return None
        row.outcome, row.why, row.areas, row.title, row.seen_at, row.seen_by = verdict.outcome, verdict.why, list(verdict.areas), title, None, None
        row.data = {"text": text, "quake": told, "priority": verdict.priority, "cap": {}}
    else:
        sender, identifier, sent = quake.key
        row = Bulletin(
            sender=sender, identifier=identifier, sent_at=sent, kind="gempa", feed=feed[:300], source=source, simulated=simulated, received_at=now,
            until_at=quake.at + QUAKE_LIFE, areas=list(verdict.areas), outcome=verdict.outcome, why=verdict.why, title=title, state="berlaku",
            data={"text": text, "quake": told, "priority": verdict.priority, "cap": {}},
        )
        db.add(row)
    db.flush()
    _act(db, row, now)
    return row


def _known(db: Session, key: Key) -> Bulletin | None:
    sender, identifier, sent = key
    return db.scalar(select(Bulletin).where(Bulletin.sender == sender, Bulletin.identifier == identifier, Bulletin.sent_at == sent))


def _ended_by_another(db: Session, alert: Alert) -> str:
    """"dicabut" or "diganti" when a message that references this alert was here first; "" otherwise."""
    mine = [alert.sender, alert.identifier, alert.sent]
    for row in db.scalars(select(Bulletin).where(Bulletin.sender == alert.sender, Bulletin.kind == "cap", Bulletin.sent_at > alert.sent)):
        named = any([s, i, datetime.fromisoformat(at)] == mine for s, i, at in row.data.get("references", ()))
        if named and row.data.get("status") == "Actual" and row.data["msgType"] in ("Cancel", "Update"):
            return "dicabut" if row.data["msgType"] == "Cancel" else "diganti"
    return ""


def _cap_of(alert: Alert) -> dict[str, Any]:
    info = rules.info_of(alert)
    if info is None:
        return {}
    instruction = {part.language[:2].lower(): part.instruction for part in alert.infos if part.instruction}
    return {"category": info.category, "severity": info.severity, "urgency": info.urgency, "certainty": info.certainty, "instruction": instruction}


def _end(db: Session, before: Sequence[Bulletin], after: Bulletin, now: datetime) -> None:
    """What was referenced holds no more; its announcement says the new words, or is withdrawn."""
    cancel = after.data["msgType"] == "Cancel"
    for row in before:
        row.state = "dicabut" if cancel else "diganti"
        word = db.get(Announcement, row.announcement_id) if row.announcement_id else None
        if word is None:
            continue
        if word.state == "menunggu":
            _withdraw_unreleased(db, word, now)
        elif word.is_active(now) and (cancel or not after.areas):
            cancel_announcement(db, as_system(after.source), word.id, f"{after.source}: {after.title}"[:300], now=now)
        elif word.is_active(now):
            change_announcement(db, as_system(after.source), word.id, words_of(after), now=now)
            after.announcement_id = word.id
    _renew(db)


def _withdraw_unreleased(db: Session, word: Announcement, now: datetime) -> None:
    from ..announcements import refuse_announcement

    refuse_announcement(db, as_system(SOURCE), word.id, "Dicabut atau diganti oleh sumbernya.", now=now)


def words_of(row: Bulletin) -> Words:
    """The announcement that a warning would be. A simulated one is a drill."""
    cap = {key: value for key, value in row.data.get("cap", {}).items() if key != "category"}
    category = row.data.get("cap", {}).get("category") or ("Geo" if row.kind == "gempa" else "Met")
    return Words(
        row.title[:110], row.data["text"], row.data.get("priority", "penting"), tuple(row.areas), row.until_at, source=row.source, drill=row.simulated,
        category=category if category in CATEGORIES else "Other", cap=cap, origin="gawe_radio", attention=True,
    )


def _act(db: Session, row: Bulletin, now: datetime) -> None:
    """Do what the verdict says, and have open pages show it."""
    if row.state != "berlaku" or row.until_at <= now:
        row.seen_at = row.seen_at or now
    elif row.outcome == "siar" and row.announcement_id is None:
        row.announcement_id = write_announcement(db, as_system(row.source), words_of(row), now=now, released=True).id
    elif row.outcome == "naskah":
        receive_request(
            db, key=f"peringatan-{row.id}-{row.outcome}", plugin="gawe_radio", text=_marked(row), priority="penting", until=row.until_at, now=now,
        )
    if row.outcome in ("siar", "alarm") and row.state == "berlaku":
        notify(
            db, topic="radio.peringatan", to=people_with(db, "radio.warnings"), template="gawe_radio/notify/peringatan",
            context={"title": row.title, "source": row.source, "simulated": row.simulated, "aired": row.outcome == "siar"},
            url=url("radio:kerja.peringatan"), key=f"radio-peringatan-{row.id}-{row.outcome}",
        )
    _renew(db)


def _marked(row: Bulletin) -> dict[str, str]:
    return {language: f"SIMULASI. {words}" if row.simulated else words for language, words in row.data["text"].items()}


def _renew(db: Session) -> None:
    wire.studio_changed(db)
    live.publish(db, PUBLIC)


# ------------------------------------------------------------------------------------------------------------- people


def ringing(db: Session, now: datetime) -> list[Bulletin]:
    """Alarms that nobody in the studio has taken yet, the newest first."""
    wanted = (Bulletin.outcome.in_(("alarm", "siar")), Bulletin.seen_at.is_(None), Bulletin.state == "berlaku", Bulletin.until_at > now)
    return list(db.scalars(select(Bulletin).where(*wanted).order_by(Bulletin.id.desc()).limit(5)))


def take_alarm(db: Session, actor: Actor, bulletin_id: int, *, now: datetime) -> Bulletin:
    """Somebody saw it: the alarm is silent. The first one is remembered."""
    actor.require("radio.warnings")
    row = find(db, bulletin_id)
    seen = db.execute(update(Bulletin).where(Bulletin.id == bulletin_id, Bulletin.seen_at.is_(None)).values(seen_by=actor.account_id, seen_at=now))
    if seen.rowcount == 1:
        db.refresh(row)
        record(db, actor, "radio.alarm_taken", f"radio-warning:{bulletin_id}", {"identifier": row.identifier})
        wire.studio_changed(db)
    return row


def announced_from(db: Session, actor: Actor, bulletin_id: int, announcement: Announcement, *, now: datetime) -> None:
    """An announcer made this announcement of a warning: what the source changes or withdraws reaches it too."""
    actor.require("radio.announce")
    row = find(db, bulletin_id)
    row.announcement_id = announcement.id
    row.seen_at, row.seen_by = row.seen_at or now, row.seen_by or actor.account_id
    _renew(db)


def find(db: Session, bulletin_id: int) -> Bulletin:
    row = db.get(Bulletin, bulletin_id)
    if row is None:
        raise NotFound()
    return row


def holding(db: Session, now: datetime) -> list[Bulletin]:
    """Warnings for this regency that hold now, and the earthquakes of the last hours that mattered here."""
    rows = db.scalars(select(Bulletin).where(Bulletin.state == "berlaku", Bulletin.until_at > now).order_by(Bulletin.sent_at.desc()).limit(50))
    return [row for row in rows if row.data.get("status", "Actual") == "Actual" and (row.areas or row.outcome != "catat")]


def ended(db: Session, now: datetime, limit: int = 10) -> list[Bulletin]:
    """What was withdrawn or replaced in the last days."""
    since = now - timedelta(days=3)
    query = select(Bulletin).where(Bulletin.state.in_(("dicabut", "diganti")), Bulletin.received_at > since)
    rows = db.scalars(query.order_by(Bulletin.sent_at.desc()).limit(50))
    return [row for row in rows if row.areas and row.data.get("msgType") != "Cancel"][:limit]


def recent(db: Session, limit: int = 50) -> list[Bulletin]:
    return list(db.scalars(select(Bulletin).order_by(Bulletin.id.desc()).limit(limit)))
