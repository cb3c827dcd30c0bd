"""A word to the people: written, released by a second person when it is an emergency, changed, withdrawn.

Whatever goes out goes everywhere from one transaction: open pages, `/radio/ws`, the air, inboxes, feeds and the fact
`announcement_published`. Nothing of it happens when the transaction is rolled back.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, cast, func, select, update
from sqlalchemy.orm import Session

from pendopo import N_, InvalidInput, NotFound
from pendopo.http import url
from pendopo.identity import Actor, people_with, record
from pendopo.kit import settings
from pendopo.kit.places import find_place, kecamatan_list, place_name
from pendopo.notifications import notify
from pendopo.outbox import tell
from pendopo_stream.announcements import LONGEST_READING_S, TooLong, check_length, reading_time_s
from pendopo_stream.spoken_text import speakable

from . import areas, banners, voices, wire
from .errors import NotOnAir, NotWaiting, SecondPersonNeeded, TooLongToRead
from .models import PRIORITIES, Announcement, AnnouncementVersion
from .push import services as push

LONGEST_LIFE = timedelta(days=90)
MOST_REPEAT_MIN = 24 * 60
LANGUAGES = ("id", "en", "jv", "su")
CATEGORIES = ("Safety", "Geo", "Met", "Fire", "Health", "Transport", "Infra", "Env", "Rescue", "Security", "Other")
DRILL_TITLE = "LATIHAN: "
DRILL_TEXT = {"id": "LATIHAN.", "en": "THIS IS A DRILL.", "jv": "LATIHAN.", "su": "LATIHAN."}


@dataclass(frozen=True)
class Words:
    """What an announcer wrote. `text`: words by language; `areas`: kecamatan codes, none is the whole regency.

    `polygon`: corners `[lat, lon]` whose kecamatan are added to `areas`. `only_areas`: spoken on the mounts of those areas
    alone. `voice`: a take that is heard instead of the robot. `hours`: it is said again between these hours of the
    regency's clock; equal ones are always. `drill`: an exercise, called one everywhere. `source`, `cap`: of a warning that
    came from elsewhere.
    """

    title: str
    text: dict[str, str]
    priority: str = "info"
    areas: tuple[str, ...] = ()
    until: datetime | None = None
    repeat_min: int = 0
    origin: str = ""
    read_out_id: int | None = field(default=None, compare=False)
    polygon: tuple[tuple[float, float], ...] = ()
    only_areas: bool = False
    voice: str = ""
    hours: tuple[int, int] = (0, 0)
    attention: bool = False
    drill: bool = False
    category: str = "Safety"
    source: str = ""
    cap: dict[str, Any] = field(default_factory=dict)


def as_drill(title: str, text: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Title and words of an exercise: wherever they are shown, they say that they are one."""
    title = title if title.startswith(DRILL_TITLE) else DRILL_TITLE + title
    return title[:120], {
        language: words if words.startswith(DRILL_TEXT[language]) else f"{DRILL_TEXT[language]} {words}" for language, words in text.items() if words.strip()
    }


def spoken(text: dict[str, str]) -> dict[str, str]:
    """The words as they will be heard, by language; empty ones are left out."""
    return {language: speakable(words, language) for language, words in text.items() if words.strip()}


def reading_length_s(text: dict[str, str]) -> float:
    """How long all languages take together, each at most 90 seconds. Raises TooLongToRead."""
    heard = spoken(text)
    try:
        return check_length(heard)
    except TooLong as error:
        worst = max(heard, key=lambda language: reading_time_s(heard[language]))
        raise TooLongToRead(field=f"text_{worst}", have=round(error.reading_s), most=round(LONGEST_READING_S)) from error


def _checked(words: Words, now: datetime) -> tuple[Words, float]:
    """The words with everything in its form, and how long they take. Raises InvalidInput, which names the field."""
    if words.priority not in PRIORITIES or words.category not in CATEGORIES:
        raise InvalidInput(field="priority")
    text = {language: part.strip() for language, part in words.text.items() if language in LANGUAGES and part.strip()}
    if not text.get("id"):
        raise InvalidInput(N_("Tulis teks yang akan dibacakan."), field="text_id")
    until = words.until or now + timedelta(days=1)
    if not now < until <= now + LONGEST_LIFE:
        raise InvalidInput(N_("Masa berlaku harus di depan, paling lama 90 hari."), field="until")
    if not 0 <= words.repeat_min <= MOST_REPEAT_MIN:
        raise InvalidInput(N_("Ulangan paling jarang sekali sehari."), field="repeat_min")
    if not all(0 <= hour <= 23 for hour in words.hours):
        raise InvalidInput(field="repeat_from")
    if words.voice and voices.path_of(words.voice) is None:
        raise InvalidInput(N_("Rekaman itu sudah tidak ada. Rekam lagi."), field="sound")
    codes = _codes(words)
    title = words.title.strip()
    if words.drill:
        title, text = as_drill(title, text)
    only_areas = words.only_areas and bool(codes) and words.priority != "darurat"
    return replace(words, title=title, text=text, areas=codes, until=until, only_areas=only_areas), reading_length_s(text)


def _codes(words: Words) -> tuple[str, ...]:
    """The kecamatan that were chosen or drawn around; () is the whole regency."""
    if any(find_place(code) is None for code in words.areas):
        raise InvalidInput(N_("Pilih kecamatan dari daftar."), field="areas")
    codes = set(words.areas)
    if words.polygon:
        areas.check_polygon(words.polygon)
        drawn = areas.kecamatan_in(words.polygon).codes
        if not drawn:
            raise InvalidInput(N_("Garis wilayah tidak menyentuh kabupaten ini."), field="polygon")
        codes.update(drawn)
    return () if len(codes) >= len(kecamatan_list()) else tuple(sorted(codes))


def _put(announcement: Announcement, words: Words, length_s: float) -> None:
    """Everything that a change may change."""
    announcement.title, announcement.text, announcement.areas, announcement.until_at = words.title, words.text, list(words.areas), words.until
    announcement.polygon, announcement.only_areas, announcement.attention = [list(corner) for corner in words.polygon], words.only_areas, words.attention
    announcement.repeat_min, (announcement.repeat_from, announcement.repeat_to) = words.repeat_min, words.hours
    announcement.voice, announcement.voice_by = words.voice, "rekaman" if words.voice else ""
    announcement.category, announcement.source, announcement.cap = words.category, words.source, words.cap
    announcement.reading_s = round(length_s, 1)


def write_announcement(db: Session, actor: Actor, words: Words, *, now: datetime, released: bool = False) -> Announcement:
    """Write an announcement and publish it; an emergency waits for a second person unless the setting says otherwise.

    `released`: a rule of the regency released it already (an extreme warning of BMKG).
    """
    actor.require("radio.announce")
    words, length_s = _checked(words, now)
    announcement = Announcement(
        priority=words.priority, drill=words.drill, state="menunggu", origin=words.origin, created_by=actor.account_id, author=actor.name, created_at=now,
    )
    _put(announcement, words, length_s)
    db.add(announcement)
    db.flush()
    record(db, actor, "radio.written", f"radio:{announcement.id}", {"priority": words.priority, "areas": list(words.areas), "drill": words.drill})
    if words.priority == "darurat" and not released and settings.value(db, "radio.darurat_dua_orang"):
        _ask_for_release(db, actor, announcement)
        return announcement
    return publish_announcement(db, actor, announcement, now=now)


def _ask_for_release(db: Session, actor: Actor, announcement: Announcement) -> None:
    others = [account_id for account_id in people_with(db, "radio.approve") if account_id != actor.account_id]
    notify(
        db, topic="radio.persetujuan", to=others, template="gawe_radio/notify/approval", context={"title": announcement.title, "author": announcement.author},
        url=url("radio:kerja.pengumuman", id=announcement.id), key=f"radio-release-{announcement.id}",
    )
    wire.studio_changed(db)


def publish_announcement(db: Session, actor: Actor, announcement: Announcement, *, now: datetime) -> Announcement:
    """Send it out everywhere, once. Raises NotWaiting when somebody was faster."""
    actor.require("radio.announce")
    sent = db.execute(
        update(Announcement).where(Announcement.id == announcement.id, Announcement.state == "menunggu")
        .values(state="terbit", published_at=now, decided_by=actor.account_id, decided_at=now)
    )
    if sent.rowcount != 1:
        raise NotWaiting()
    db.refresh(announcement)
    if not announcement.drill:  # other services act on it
        _tell_published(db, announcement)
    _send_out(db, actor, announcement, "terbit", now)
    return announcement


def _tell_published(db: Session, announcement: Announcement) -> None:
    tell(
        db, "announcement_published", key=f"radio-{announcement.id}", announcement_id=announcement.id, text=announcement.text,
        priority=announcement.priority, areas=announcement.areas, until=announcement.until_at,
    )


def _send_out(db: Session, actor: Actor, announcement: Announcement, kind: str, now: datetime) -> None:
    """The same word, the same moment, to every place. `kind`: terbit, ubah, batal."""
    number = 1 + (db.scalar(select(func.max(AnnouncementVersion.number)).where(AnnouncementVersion.announcement_id == announcement.id)) or 0)
    db.add(AnnouncementVersion(
        announcement_id=announcement.id, number=number, kind=kind, title=announcement.title, text=announcement.text, priority=announcement.priority,
        areas=announcement.areas, until_at=announcement.until_at, sent_at=now, sent_by=actor.account_id, polygon=announcement.polygon,
        drill=announcement.drill, category=announcement.category, source=announcement.source, cap=announcement.cap,
    ))
    db.flush()
    record(db, actor, {"terbit": "radio.published", "ubah": "radio.changed", "batal": "radio.withdrawn"}[kind], f"radio:{announcement.id}", {"version": number})
    wire.tell_clients(db, announcement, kind, now)
    banners.renew(db, now)
    _to_the_air(db, announcement, kind, f"radio-{announcement.id}-{number}")
    if announcement.priority != "info":
        push.ask(db, announcement.id, number, kind)
    tell(db, "radio_inbox_wanted", key=f"radio-{announcement.id}-{number}-0", announcement_id=announcement.id, version=number, kind=kind, after=0)
    wire.studio_changed(db)


def _to_the_air(db: Session, announcement: Announcement, kind: str, key: str) -> None:
    """To the engine; by way of a provider's voice where there is one. A withdrawal and an emergency wait for no voice."""
    if kind != "batal" and announcement.priority != "darurat" and not announcement.voice and voices.have_provider():
        voices.ask_provider(db, announcement, key)
    else:
        tell(db, "radio_air_wanted", key=key, announcement_id=announcement.id)


def approve_announcement(db: Session, actor: Actor, announcement_id: int, *, now: datetime) -> Announcement:
    """A second person releases an emergency word. Its author can't, unless the setting asks for one person only."""
    actor.require("radio.approve")
    announcement = find_announcement(db, announcement_id)
    if announcement.state != "menunggu":
        raise NotWaiting()
    if announcement.created_by == actor.account_id and settings.value(db, "radio.darurat_dua_orang"):
        raise SecondPersonNeeded()
    if announcement.until_at <= now:
        raise NotOnAir()
    return publish_announcement(db, actor, announcement, now=now)


def refuse_announcement(db: Session, actor: Actor, announcement_id: int, reason: str, *, now: datetime) -> Announcement:
    """An emergency word is not released. Its author may take it back the same way."""
    announcement = find_announcement(db, announcement_id)
    if announcement.created_by != actor.account_id or actor.account_id is None:
        actor.require("radio.approve")
    refused = db.execute(
        update(Announcement).where(Announcement.id == announcement_id, Announcement.state == "menunggu")
        .values(state="ditolak", decided_by=actor.account_id, decided_at=now, reason=reason.strip()[:300])
    )
    if refused.rowcount != 1:
        raise NotWaiting()
    db.refresh(announcement)
    record(db, actor, "radio.refused", f"radio:{announcement_id}", {})
    wire.studio_changed(db)
    return announcement


def change_announcement(db: Session, actor: Actor, announcement_id: int, words: Words, *, now: datetime) -> Announcement:
    """Other words for what is already out; every place shows the new ones. Raises NotOnAir.

    Priority and drill stay: a word that becomes an emergency, or becomes real, is a new one, with a second person of its own.
    """
    actor.require("radio.announce")
    announcement = _active(db, announcement_id, now)
    if announcement.priority == "darurat":
        actor.require("radio.approve")
    words = replace(words, priority=announcement.priority, drill=announcement.drill, source=announcement.source, cap=announcement.cap)
    words, length_s = _checked(words, now)
    _put(announcement, words, length_s)
    announcement.version += 1
    db.flush()
    _send_out(db, actor, announcement, "ubah", now)
    return announcement


def cancel_announcement(db: Session, actor: Actor, announcement_id: int, reason: str, *, now: datetime) -> Announcement:
    """Withdraw it from every place where it went. Raises NotOnAir."""
    actor.require("radio.announce")
    announcement = _active(db, announcement_id, now)
    withdrawn = db.execute(
        update(Announcement).where(Announcement.id == announcement_id, Announcement.state == "terbit").values(state="batal", reason=reason.strip()[:300])
    )
    if withdrawn.rowcount != 1:
        raise NotOnAir()
    db.refresh(announcement)
    _send_out(db, actor, announcement, "batal", now)
    return announcement


def find_announcement(db: Session, announcement_id: int) -> Announcement:
    found = db.get(Announcement, announcement_id)
    if found is None:
        raise NotFound()
    return found


def _active(db: Session, announcement_id: int, now: datetime) -> Announcement:
    announcement = find_announcement(db, announcement_id)
    if not announcement.is_active(now):
        raise NotOnAir()
    return announcement


def public_announcements(db: Session, *, area: str = "", text: str = "", limit: int = 20, offset: int = 0) -> list[Announcement]:
    """Everything that was published, newest first. `area`: a kecamatan; what is for the whole regency counts as well."""
    query = select(Announcement).where(Announcement.state.in_(("terbit", "batal"))).order_by(Announcement.published_at.desc(), Announcement.id.desc())
    if text:
        query = query.where(Announcement.title.icontains(text, autoescape=True) | cast(Announcement.text, Text).icontains(text, autoescape=True))
    if not area:
        return list(db.scalars(query.limit(limit).offset(offset)))
    fitting = [row for row in db.scalars(query.limit(1000)) if not row.areas or area in row.areas]
    return fitting[offset : offset + limit]


def active_announcements(db: Session, now: datetime) -> list[Announcement]:
    """What holds now: the gravest first, then the newest."""
    rows = db.scalars(select(Announcement).where(Announcement.state == "terbit", Announcement.until_at > now))
    return sorted(rows, key=lambda row: (-PRIORITIES.index(row.priority), -(row.published_at or now).timestamp()))


def waiting_for_release(db: Session) -> list[Announcement]:
    return list(db.scalars(select(Announcement).where(Announcement.state == "menunggu").order_by(Announcement.id)))


def versions_of(db: Session, announcement_id: int) -> list[AnnouncementVersion]:
    """What was sent out of it, in order."""
    return list(db.scalars(select(AnnouncementVersion).where(AnnouncementVersion.announcement_id == announcement_id).order_by(AnnouncementVersion.number)))


def as_json(announcement: Announcement, now: datetime) -> dict[str, Any]:
    """The announcement as `/radio/ws` and other machines get it."""
    return {
        "id": announcement.id, "version": announcement.version, "title": announcement.title, "text": announcement.text, "priority": announcement.priority,
        "areas": announcement.areas, "area_names": [place_name(code) for code in announcement.areas],
        "only_areas": announcement.only_areas, "polygon": announcement.polygon, "drill": announcement.drill, "category": announcement.category,
        "source": announcement.source,
        "published_at": announcement.published_at.isoformat() if announcement.published_at else None, "until": announcement.until_at.isoformat(),
        "cancelled": announcement.state == "batal", "url": url("radio:pengumuman.show", id=announcement.id),
    }
