"""The media library: what is in the folder, what people wrote of it, and what is wrong with it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound
from pendopo.db import after_commit
from pendopo.identity import Actor, record
from pendopo.kit import settings
from pendopo_stream.tracks import Track

from .. import station
from ..errors import SameSound, StillUsed
from ..programmes import soon
from . import intake
from .models import MediaNote

BIN = "bin"
QUIET_LUFS = -40.0
PROBLEMS = {
    "rusak": N_("Rusak, tidak diputar"), "belum": N_("Belum diukur"), "pelan": N_("Hampir tanpa suara"), "judul": N_("Tanpa penyanyi"),
    "istirahat": N_("Diistirahatkan"), "kembar": N_("Berisi sama dengan berkas lain"),
}


@dataclass(frozen=True)
class Piece:
    """A file of the library with what people wrote of it. `why`: what the engine says of a broken one. `twins`: ids of files with the same bytes."""

    id: str
    kind: str
    title: str
    artist: str
    tags: tuple[str, ...]
    duration_s: float = 0.0
    lufs: float | None = None
    gain_db: float = 0.0
    cue_in_s: float | None = None
    cue_out_s: float | None = None
    resting: bool = False
    size_bytes: int = 0
    changed_at: datetime | None = None
    why: str = ""
    twins: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return " – ".join(part for part in (self.artist, self.title) if part)

    def as_track(self) -> Track:
        """As the engine's rules see it."""
        return Track(
            self.id, self.id, self.title, self.artist, self.duration_s, self.gain_db, self.kind, frozenset(self.tags), self.cue_in_s or 0.0,
            self.cue_out_s or 0.0, added_at=self.changed_at,
        )

    @property
    def plays(self) -> bool:
        return not self.resting and not self.why

    @property
    def problems(self) -> list[str]:
        """Names in PROBLEMS."""
        if self.why:
            return ["rusak"]
        return [name for name, is_so in (
            ("belum", self.lufs is None), ("pelan", self.lufs is not None and self.lufs < QUIET_LUFS),
            ("judul", self.kind == "music" and not self.artist), ("istirahat", self.resting),
            ("kembar", bool(self.twins)),
        ) if is_so]


def _measured() -> dict[str, dict[str, Any]]:
    """What the engine remembers of each file; nothing before it first ran."""
    try:
        known = json.loads((station.home() / "library.json").read_text("utf-8"))
    except (FileNotFoundError, ValueError):  # half a file can't be: it is replaced whole
        return {}
    return known if isinstance(known, dict) else {}


def media() -> Path:
    return station.home() / "media"


def pieces(db: Session) -> list[Piece]:
    """Everything in the folder, by title."""
    from pendopo_stream.engine.library import Library

    notes = {note.id: note for note in db.scalars(select(MediaNote))}
    known = _measured()
    files = Library(media(), station.home() / "library.json").files()
    found = [piece for track_id, kind, path in files if (piece := _piece(track_id, kind, path, known.get(track_id), notes.get(track_id)))]
    present = {piece.id for piece in found}
    same: dict[str, list[str]] = {}
    for track_id in present:
        same.setdefault(known.get(track_id, {}).get("sha256") or track_id, []).append(track_id)
    twins = {track_id: tuple(sorted(set(ids) - {track_id})) for ids in same.values() for track_id in ids}
    found = [replace(piece, twins=twins[piece.id]) for piece in found]
    return sorted(found, key=lambda piece: (piece.title.lower(), piece.id))


def _piece(track_id: str, kind: str, path: Path, entry: dict[str, Any] | None, note: MediaNote | None) -> Piece | None:
    from pendopo_stream.engine.library import gain_of, read_tags

    try:
        stat = path.stat()
    except FileNotFoundError:
        return None  # removed at this moment
    if entry is None or entry.get("stamp", [])[:2] != [stat.st_size, int(stat.st_mtime * 1000)]:
        entry = read_tags(path)
    folders = path.relative_to(media() / kind).parent.parts
    own = [*folders, *entry.get("tags", ())]
    return Piece(
        track_id, kind, (note and note.title) or entry.get("title") or path.stem.replace("_", " "), (note and note.artist) or entry.get("artist", ""),
        tuple(dict.fromkeys(note.tags if note and note.tags is not None else own)), entry.get("duration_s", 0.0), entry.get("lufs"),
        gain_of(entry) if "lufs" in entry else 0.0, note.cue_in_s if note else None, note.cue_out_s if note else None, bool(note and note.resting),
        stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC), entry.get("error", ""),
    )


def by_id(db: Session) -> dict[str, Piece]:
    return {piece.id: piece for piece in pieces(db)}


def find_piece(db: Session, track_id: str) -> Piece:
    found = by_id(db).get(track_id)
    if found is None:
        raise NotFound()
    return found


def path_of(piece: Piece) -> Path:
    return media() / piece.id


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to; "" is everything."""

    text: str = ""
    kind: str = ""
    tag: str = ""
    artist: str = ""
    problem: str = ""

    def holds(self, piece: Piece) -> bool:
        return (
            self.text.lower() in f"{piece.title} {piece.artist} {piece.id}".lower()
            and self.kind in ("", piece.kind) and (not self.tag or self.tag in piece.tags)
            and self.artist in ("", piece.artist) and (not self.problem or self.problem in piece.problems)
        )


def words_of(found: Iterable[Piece]) -> tuple[list[str], list[str]]:
    """(tags, artists) that may be chosen from."""
    found = list(found)
    return sorted({tag for piece in found for tag in piece.tags}), sorted({piece.artist for piece in found if piece.artist})


# --------------------------------------------------------------------------------------------------------- changes


def receive_piece(db: Session, actor: Actor, file: BinaryIO, name: str, *, kind: str, tags: Sequence[str] = (), now: datetime) -> str:
    """Take a file into the library and return its id. Raises NotSound, SoundTooLarge, SoundTooShort, SameSound."""
    from pendopo_stream.engine.library import Library

    actor.require("radio.media")
    if kind not in intake.KIND_NAMES:
        raise InvalidInput(N_("Pilih salah satu dari daftar."), field="kind")
    sound = intake.examine(file, name, most_mb=settings.value(db, "radio.unggah_mb"))
    files = [(track_id, path) for track_id, _, path in Library(media(), station.home() / "library.json").files()]
    if same := intake.same_content(file, [path for _, path in files]):
        other = find_piece(db, next(track_id for track_id, path in files if path == same))
        raise SameSound(name=name, other=other.label)
    path = intake.put(file, media() / kind, intake.safe_name(name), sound.ending)
    track_id = path.relative_to(media()).as_posix()
    note = db.get(MediaNote, track_id) or MediaNote(id=track_id, title="", artist="", resting=False)
    note.tags, note.uploaded_by, note.uploaded_at = list(tags) or None, actor.account_id, now
    db.add(note)
    db.flush()
    record(db, actor, "radio.media_added", f"radio-media:{track_id}", {"duration_s": round(sound.duration_s), "kind": kind})
    soon(db)
    return track_id


@dataclass(frozen=True)
class Words:
    """What an editor writes of a piece."""

    title: str
    artist: str
    tags: tuple[str, ...]
    cue_in_s: float | None = None
    cue_out_s: float | None = None
    resting: bool = False


def describe_piece(db: Session, actor: Actor, track_id: str, words: Words) -> Piece:
    """Keep other words than the file's own. The file itself is never changed."""
    actor.require("radio.media")
    piece = find_piece(db, track_id)
    begin, end = words.cue_in_s or 0.0, words.cue_out_s or piece.duration_s
    if piece.duration_s and not (0 <= begin < end <= piece.duration_s + 1):
        raise InvalidInput(N_("Titik mulai dan akhir harus berurutan di dalam %(n)s detik."), field="cue_out_s", n=round(piece.duration_s))
    note = db.get(MediaNote, track_id) or MediaNote(id=track_id)
    note.title, note.artist, note.tags = words.title, words.artist, list(words.tags)
    note.cue_in_s, note.cue_out_s, note.resting = words.cue_in_s, words.cue_out_s, words.resting
    db.add(note)
    db.flush()
    record(db, actor, "radio.media_described", f"radio-media:{track_id}", {"title": words.title, "resting": words.resting})
    soon(db)
    return find_piece(db, track_id)


def remove_piece(db: Session, actor: Actor, track_id: str, *, now: datetime) -> None:
    """Take a file out of the library. It is kept in the bin. Raises StillUsed."""
    from .usage import uses

    actor.require("radio.media")
    piece = find_piece(db, track_id)
    if where := [use.title for use in uses(db, piece, now) if use.needs_it]:
        raise StillUsed(where=", ".join(where))
    kept = station.home() / BIN / f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}" / track_id
    kept.parent.mkdir(parents=True, exist_ok=True)
    if note := db.get(MediaNote, track_id):
        db.delete(note)
    record(db, actor, "radio.media_removed", f"radio-media:{track_id}", {"title": piece.label})
    db.flush()
    os.replace(path_of(piece), kept)
    _read_again(db)


def _read_again(db: Session) -> None:
    """The folder changed, which no plan tells: the engine looks once the commit is there, else within its minute."""
    soon(db)
    after_commit(db, station.read_again, key="radio_pustaka")


def in_bin() -> list[tuple[str, str]]:
    """(place in the bin, id that it had) of removed files, newest first."""
    folder = station.home() / BIN
    paths = sorted((path for path in folder.glob("*/**/*") if path.is_file()), reverse=True)
    return [(path.relative_to(folder).as_posix(), path.relative_to(folder).as_posix().partition("/")[2]) for path in paths]


def restore_piece(db: Session, actor: Actor, place: str) -> str:
    """Bring a removed file back to where it was."""
    actor.require("radio.media")
    track_id = dict(in_bin()).get(place)
    if track_id is None:
        raise NotFound()
    target = media() / track_id
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(station.home() / BIN / place, target)
    except FileExistsError as error:
        raise Conflict(N_("Di tempatnya sudah ada berkas lain.")) from error
    (station.home() / BIN / place).unlink()
    record(db, actor, "radio.media_restored", f"radio-media:{track_id}", {})
    _read_again(db)
    return track_id
