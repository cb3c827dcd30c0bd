"""The plan as the engine reads it: station.json from the tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo.i18n import current_zone
from pendopo_stream.plan import Plan
from pendopo_stream.slots import Slot
from pendopo_stream.wheels import Note, Part, Rotation
from pendopo_stream.wheels import Playlist as Listed

from .. import programmes
from ..models import Program
from . import choices, lists, prayer, wheels
from .models import Block, MediaNote, Playlist, Wheel

BEHIND = timedelta(hours=24)
AHEAD = timedelta(days=3)


def plan(db: Session, now: datetime) -> Plan:
    """The coming days and everything that plays in them."""
    playlists = {row.id: row for row in lists.all_of(db, Playlist)}
    blocks = {row.id: row for row in lists.all_of(db, Block)}
    hours = {row.id: row for row in lists.all_of(db, Wheel)}
    rotation = choices.rotation(db)
    chosen = hours.get(rotation.wheel_id) if rotation.wheel_id else None
    return Plan(
        slots=tuple(_slots(db, now, playlists, hours)),
        wheels={row.name: tuple(_parts(row, playlists, blocks)) for row in hours.values()}, wheel=chosen.name if chosen else "",
        playlists={row.name: Listed(tuple(row.tracks), row.order, row.weight) for row in playlists.values()},
        blocks={row.name: lists.rules_of(row) for row in blocks.values()},
        events=tuple(prayer.events(choices.prayer_plan(db), now, now + AHEAD)),
        rotation=Rotation(rotation.artist_min, rotation.title_min, rotation.ident_min, rotation.requests_hour),
        notes={note.id: _note(note) for note in db.scalars(select(MediaNote).order_by(MediaNote.id))}, areas=rotation.areas, zone=current_zone.get().key,
    )


def _slots(db: Session, now: datetime, playlists: dict[int, Playlist], hours: dict[int, Wheel]) -> Iterable[Slot]:
    programs = {str(program.id): program for program in programmes.active_programs(db)}
    instead = {(str(change.program_id), change.start): change for change in programmes.changes_of(db) if change.kind == "ganti"}
    for slot in programmes.slots_between(db, now - BEHIND, now + AHEAD):
        if change := instead.get((slot.program, slot.start)):
            yield replace(slot, recorded=change.recorded)
        else:
            yield _filled(slot, programs[slot.program], playlists, hours)


def _filled(slot: Slot, program: Program, playlists: dict[int, Playlist], hours: dict[int, Wheel]) -> Slot:
    """A slot with what plays in it; a list that is gone is no list."""
    playlist, wheel = playlists.get(program.playlist_id or 0), hours.get(program.wheel_id or 0)
    return replace(slot, recorded=program.recorded or "", playlist=playlist.name if playlist else "", wheel=wheel.name if wheel else "")


def _parts(wheel: Wheel, playlists: dict[int, Playlist], blocks: dict[int, Block]) -> Iterable[Part]:
    for part in wheels.parts_of(wheel):
        if part.kind in ("playlist", "block"):
            row = (playlists if part.kind == "playlist" else blocks).get(int(part.ref))
            if row is not None:
                yield Part(part.kind, row.name, part.count, float(part.minutes))
        else:
            yield Part(part.kind, part.ref, part.count, float(part.minutes))


def _note(note: MediaNote) -> Note:
    return Note(note.title, note.artist, None if note.tags is None else frozenset(note.tags), note.cue_in_s, note.cue_out_s, note.resting)
