"""A week of programmes, a year of announcements, and a station that sounds: equal for equal seed."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo.i18n import current_zone
from pendopo.identity import Account
from pendopo.kit.places import kecamatan_list
from pendopo.pages import current_pages
from pendopo_stream.announcements import check_length
from pendopo_stream.demo_audio import make_all

from . import station
from .announcements import spoken
from .archive import demo as archive
from .board import demo as board
from .demo_words import NOW_WORDS, PROGRAMMES, READ_OUTS, WORDS
from .listening import demo as listening
from .live import demo as live
from .models import AirLog, Announcement, AnnouncementVersion, Program, ReadOut
from .planning import demo as planning
from .programmes import DAYS
from .warnings import demo as warnings


def fill(db: Session, *, seed: int, now: datetime, scale: float) -> None:
    rng = random.Random(f"radio-{seed}")  # noqa: S311  a demo, no secret
    regency = current_pages().portal.settings.regency
    make_all(station.home() / "media", name=f"Radio {regency.portal_gawe}")
    _week(db, now)
    author = db.scalar(select(Account).where(Account.handle == "penyiar"))
    _year(db, rng, author, now)
    _present(db, author, now)
    _read_outs(db, now)
    db.flush()
    for room in (planning, board, warnings, archive, live, listening):
        room.fill(db, seed=seed, now=now, scale=scale)
    db.flush()
    station.write_programme(db, now)


def _week(db: Session, now: datetime) -> None:
    zone = current_zone.get()
    monday = now.astimezone(zone).date() - timedelta(days=now.astimezone(zone).weekday() + 364)
    for title, description, presenter, language, classification, days, at, minutes, tags in PROGRAMMES:
        start = datetime.combine(monday + timedelta(days=min(days)), time.fromisoformat(at), zone)
        db.add(Program(
            title=title, description=description, presenter=presenter, language=language, classification=classification, start=start,
            duration_s=minutes * 60, rrule="FREQ=WEEKLY;BYDAY=" + ",".join(DAYS[day] for day in days), tags=list(tags), active=True,
        ))


def _announcement(words: tuple, author: Account | None, at: datetime, until: datetime, **columns) -> Announcement:
    title, priority, areas, *texts = words
    text = {language: spoken_words for part in texts for language, spoken_words in part.items()}
    names = {place.name: place.code for place in kecamatan_list()}
    return Announcement(
        title=title, text=text, priority=priority, areas=[names[name] for name in areas if name in names], state="terbit", version=1, origin="",
        created_by=author.id if author else None, author=author.name if author else "", created_at=at - timedelta(minutes=8), published_at=at,
        decided_by=author.id if author else None, decided_at=at, until_at=until, repeat_min=0, reading_s=round(check_length(spoken(text)), 1), reason="",
        said=1, said_version=1, last_said_at=at + timedelta(seconds=40), unspoken="", **columns,
    )


def _year(db: Session, rng: random.Random, author: Account | None, now: datetime) -> None:
    moments = sorted(now - timedelta(days=rng.uniform(3, 360), hours=rng.uniform(0, 5)) for _ in WORDS)
    for number, (words, at) in enumerate(zip(WORDS, moments, strict=True)):
        row = _announcement(words, author, at, at + timedelta(days=rng.choice((1, 2, 3))))
        db.add(row)
        db.flush()
        _version(db, row, 1, "terbit", at)
        data = {"id": row.air_id, "priority": row.priority}
        db.add(AirLog(line=f"contoh-{number:06d}", event="spoken", at=row.last_said_at, title=row.title, announcement_id=row.id, data=data))
    withdrawn = db.scalars(select(Announcement).where(Announcement.priority == "penting").order_by(Announcement.id).limit(1)).one()
    withdrawn.state, withdrawn.reason = "batal", "Jalan sudah dibuka lebih awal."
    _version(db, withdrawn, 2, "batal", withdrawn.published_at + timedelta(hours=5))


def _present(db: Session, author: Account | None, now: datetime) -> None:
    """What holds now; each is said once when the station begins."""
    for words, hours_ago, days, repeat_min in NOW_WORDS:
        at = now - timedelta(hours=hours_ago)
        row = _announcement(words, author, at, now + timedelta(days=days))
        row.repeat_min, row.said, row.said_version, row.last_said_at = repeat_min, 0, 0, None
        db.add(row)
        db.flush()
        _version(db, row, 1, "terbit", at)


def _version(db: Session, row: Announcement, number: int, kind: str, at: datetime) -> None:
    db.add(AnnouncementVersion(
        announcement_id=row.id, number=number, kind=kind, title=row.title, text=row.text, priority=row.priority, areas=row.areas, until_at=row.until_at,
        sent_at=at, sent_by=row.created_by,
    ))


def _read_outs(db: Session, now: datetime) -> None:
    for number, (plugin, text, hours) in enumerate(READ_OUTS):
        db.add(ReadOut(
            key=f"contoh-{number}", plugin=plugin, text={"id": text}, priority="info", until_at=now + timedelta(days=2), asked_at=now - timedelta(hours=hours),
            state="menunggu", reason="",
        ))
