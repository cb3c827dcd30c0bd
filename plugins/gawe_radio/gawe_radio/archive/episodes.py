"""Programmes to hear again: cut out of the recordings when they are over, with chapters of what was on."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound
from pendopo.i18n import format_date
from pendopo.identity import Actor, record
from pendopo.kit import settings
from pendopo.kit.listing import Page, matches, turn
from pendopo_stream.cutting import Chapter, NothingRecorded, cut
from pendopo_stream.rundown import Slot

from .. import station
from ..models import AirLog, Program
from ..programmes import find_program, slots_between
from .models import MODES, CatchUp, Episode

RESTS = timedelta(minutes=2)  # the recorder writes what is still on its way
LOOKS_BACK = timedelta(hours=24)
LONGEST = timedelta(hours=6)
CHAPTER_EVENTS = ("track", "speaking", "live")


class NotRecorded(Conflict):
    message = N_("Tidak ada rekaman pada waktu itu. Rekaman disimpan sejak siaran mengudara dan dihapus setelah masanya.")


@dataclass(frozen=True)
class Cut:
    """What is to be cut: times, words, and how it may be heard."""

    key: str
    title: str
    start: datetime
    end: datetime
    mode: str
    description: str = ""
    presenter: str = ""
    program_id: int | None = None


def modes(db: Session) -> dict[int, str]:
    return {row.program_id: row.mode for row in db.scalars(select(CatchUp))}


def choose_mode(db: Session, actor: Actor, program_id: int, mode: str) -> None:
    """Decide whether a programme can be heard again."""
    actor.require("radio.archive")
    program = find_program(db, program_id)
    if mode not in MODES:
        raise InvalidInput(N_("Pilihan ini tidak ada."), field="mode")
    row = db.get(CatchUp, program_id)
    if row is None:
        row = CatchUp(program_id=program_id)
        db.add(row)
    row.mode = mode
    record(db, actor, "radio.catchup", f"radio-program:{program.id}", {"mode": mode})


def due(db: Session, now: datetime) -> list[Cut]:
    """Programmes that ended lately, are kept, and were not cut yet."""
    kept = {program_id: mode for program_id, mode in modes(db).items() if mode != "tidak"}
    if not kept:
        return []
    ended = [slot for slot in slots_between(db, now - LOOKS_BACK, now) if int(slot.program) in kept and slot.end <= now - RESTS]
    known = set(db.scalars(select(Episode.key).where(Episode.start >= now - LOOKS_BACK - LONGEST)))
    programs = {program.id: program for program in db.scalars(select(Program).where(Program.id.in_(kept)))}
    return [as_cut(slot, programs[int(slot.program)], kept[int(slot.program)]) for slot in ended if key_of(slot) not in known]


def key_of(slot: Slot) -> str:
    return f"acara-{slot.program}-{slot.start:%Y%m%dT%H%M}"


def as_cut(slot: Slot, program: Program, mode: str) -> Cut:
    title = f"{slot.title}, {format_date(slot.start)}"
    return Cut(key_of(slot), title, slot.start, slot.end, mode, program.description, slot.presenter, program.id)


def chapters_of(db: Session, start: datetime, end: datetime) -> list[Chapter]:
    """What was on: pieces, announcements, and who spoke; one at each place."""
    found: list[Chapter] = []
    query = select(AirLog).where(AirLog.event.in_(CHAPTER_EVENTS), AirLog.at >= start, AirLog.at < end).order_by(AirLog.at, AirLog.id)
    for row in db.scalars(query):
        if row.event == "live" and not row.data.get("on"):
            continue
        title = row.title.strip()
        if title and (not found or found[-1].title != title):
            found.append(Chapter(round((row.at - start).total_seconds(), 1), title, row.event))
    return found


def file_of(wanted: Cut) -> str:
    """Below `episodes/`: a name that says what it is, and that nobody else has."""
    words = re.sub(r"[^a-z0-9]+", "-", wanted.title.lower()).strip("-")[:40] or "siaran"
    return f"{wanted.start:%Y}/{wanted.start:%Y%m%dT%H%M}-{words}-{zlib.crc32(wanted.key.encode()):08x}.mp3"


def path_of(episode: Episode) -> Path:
    return station.home() / "episodes" / episode.file


def cut_sound(wanted: Cut, chapters: Iterable[Chapter]) -> tuple[str, float]:
    """Write the file; no database is held meanwhile. Returns its name and length in seconds. Raises NotRecorded."""
    file = file_of(wanted)
    album = wanted.title.rpartition(",")[0] or wanted.title
    tags = {"title": wanted.title, "artist": wanted.presenter, "album": album, "date": f"{wanted.start:%Y-%m-%d}", "genre": "Radio"}
    try:
        return file, cut(station.home(), wanted.start, wanted.end, station.home() / "episodes" / file, tags, chapters)
    except NothingRecorded as error:
        raise NotRecorded() from error


def keep(db: Session, wanted: Cut, file: str, duration_s: float, chapters: Iterable[Chapter], now: datetime) -> Episode:
    """Put a cut programme into the list."""
    episode = db.scalar(select(Episode).where(Episode.key == wanted.key))
    if episode is None:
        episode = Episode(key=wanted.key)
        db.add(episode)
    episode.program_id, episode.title, episode.description, episode.presenter = wanted.program_id, wanted.title[:160], wanted.description, wanted.presenter
    episode.start, episode.end, episode.mode, episode.file, episode.duration_s = wanted.start, wanted.end, wanted.mode, file, duration_s
    episode.bytes = (station.home() / "episodes" / file).stat().st_size
    episode.chapters = [{"at_s": chapter.at_s, "title": chapter.title, "kind": chapter.kind} for chapter in chapters]
    episode.made_at, episode.removed_at = now, None
    db.flush()
    return episode


def by_hand(db: Session, actor: Actor, title: str, start: datetime, end: datetime, mode: str, now: datetime) -> Episode:
    """Cut any stretch of the archive. Raises InvalidInput, NotRecorded."""
    actor.require("radio.archive")
    if end <= start:
        raise InvalidInput(N_("Waktu selesai harus sesudah waktu mulai."), field="end")
    if end - start > LONGEST:
        raise InvalidInput(N_("Potongan paling lama enam jam."), field="end")
    if end > now:
        raise InvalidInput(N_("Waktu itu belum lewat."), field="end")
    wanted = Cut(f"tangan-{start:%Y%m%dT%H%M%S}-{end:%H%M%S}", title, start, end, mode)
    chapters = chapters_of(db, start, end)
    file, length = cut_sound(wanted, chapters)
    episode = keep(db, wanted, file, length, chapters, now)
    record(db, actor, "radio.episode", f"radio-episode:{episode.id}", {"title": title})
    return episode


def find(db: Session, episode_id: int) -> Episode:
    """An episode that can be heard. Raises NotFound."""
    episode = db.get(Episode, episode_id)
    if episode is None or episode.removed_at is not None:
        raise NotFound()
    return episode


def heard_again(db: Session, *, program_id: int | None = None, text: str = "", page: int = 1) -> Page:
    """Episodes, the latest first."""
    query = select(Episode).where(Episode.removed_at.is_(None), matches(text, Episode.title, Episode.description, Episode.presenter))
    if program_id:
        query = query.where(Episode.program_id == program_id)
    return turn(db, query, page, Episode.start.desc(), Episode.id.desc())


def podcast(db: Session, program_id: int | None, limit: int = 100) -> list[Episode]:
    query = select(Episode).where(Episode.removed_at.is_(None), Episode.mode == "podcast")
    if program_id:
        query = query.where(Episode.program_id == program_id)
    return list(db.scalars(query.order_by(Episode.start.desc()).limit(limit)))


def remove(db: Session, actor: Actor, episode_id: int, now: datetime) -> Episode:
    """Take an episode away from listeners; the recording itself stays in the archive."""
    actor.require("radio.archive")
    episode = find(db, episode_id)
    episode.removed_at = now
    path_of(episode).unlink(missing_ok=True)
    record(db, actor, "radio.episode_removed", f"radio-episode:{episode_id}", {"title": episode.title})
    return episode


def remove_old(db: Session, now: datetime) -> int:
    """Episodes older than `radio.ulang_hari` days."""
    old = list(db.scalars(select(Episode).where(Episode.removed_at.is_(None), Episode.end < now - timedelta(days=settings.value(db, "radio.ulang_hari")))))
    for episode in old:
        episode.removed_at = now
        path_of(episode).unlink(missing_ok=True)
    return len(old)
