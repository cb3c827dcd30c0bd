"""Playlists and smart blocks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound
from pendopo.identity import Actor, record
from pendopo_stream.wheels import Block as Rules
from pendopo_stream.wheels import as_plain

from ..errors import StillUsed
from ..programmes import soon
from . import media
from .media import Piece
from .models import Block, Playlist, Wheel

Named = TypeVar("Named", Playlist, Block, Wheel)
ORDER_NAMES = {"shuffle": N_("Acak"), "longest_rested": N_("Yang paling lama tidak diputar"), "listed": N_("Sesuai urutan")}
MOST_TRACKS = 2_000


def all_of(db: Session, kind: type[Named]) -> list[Named]:
    return list(db.scalars(select(kind).order_by(kind.name)))


def find(db: Session, kind: type[Named], row_id: int) -> Named:
    found = db.get(kind, row_id)
    if found is None:
        raise NotFound()
    return found


def take_name(db: Session, row: Playlist | Block | Wheel, name: str) -> None:
    """Give `row` a name that no other of its kind has: station.json knows them by name."""
    kind = type(row)
    if db.scalar(select(kind.id).where(kind.name == name, kind.id != (row.id or 0))) is not None:
        raise Conflict(N_("Nama ini sudah dipakai."), field="name")
    row.name = name


def keep(db: Session, actor: Actor, row: Playlist | Block | Wheel, action: str) -> None:
    db.add(row)
    db.flush()
    record(db, actor, f"radio.{action}", f"radio-{type(row).__name__.lower()}:{row.id}", {"name": row.name})
    soon(db)


def remove(db: Session, actor: Actor, row: Playlist | Block | Wheel) -> None:
    """Raises StillUsed while a wheel, programme or the station's choice needs it."""
    from .usage import users_of

    actor.require("radio.programme" if isinstance(row, Wheel) else "radio.media")
    if where := users_of(db, row):
        raise StillUsed(where=", ".join(use.title for use in where))
    record(db, actor, "radio.list_removed", f"radio-{type(row).__name__.lower()}:{row.id}", {"name": row.name})
    db.delete(row)
    db.flush()
    soon(db)


# -------------------------------------------------------------------------------------------------------- playlists


def save_playlist(db: Session, actor: Actor, name: str, order: str, weight: int, *, playlist_id: int | None = None) -> Playlist:
    actor.require("radio.media")
    row = find(db, Playlist, playlist_id) if playlist_id else Playlist(tracks=[])
    take_name(db, row, name)
    row.order, row.weight = order, weight
    keep(db, actor, row, "playlist")
    return row


def edition(row: Playlist | Wheel) -> str:
    """Changes whenever its content does: who orders what is no longer there is told so."""
    content = row.tracks if isinstance(row, Playlist) else row.parts
    return hashlib.sha256(repr(content).encode()).hexdigest()[:12]


def check_edition(row: Playlist | Wheel, seen: str) -> None:
    if seen != edition(row):
        raise Conflict(N_("Daftar ini baru saja diubah orang lain. Periksa lagi, lalu ulangi."))


def set_tracks(db: Session, actor: Actor, row: Playlist, tracks: Sequence[str]) -> None:
    actor.require("radio.media")
    if len(tracks) > MOST_TRACKS:
        raise InvalidInput(N_("Paling banyak %(n)s lagu dalam satu daftar."), n=MOST_TRACKS)
    row.tracks = list(tracks)
    keep(db, actor, row, "playlist_changed")


def add_tracks(db: Session, actor: Actor, row: Playlist, track_ids: Sequence[str]) -> int:
    """Append pieces that the library holds and the list does not. Returns how many."""
    known = media.by_id(db)
    fresh = [track_id for track_id in dict.fromkeys(track_ids) if track_id in known and track_id not in row.tracks]
    set_tracks(db, actor, row, [*row.tracks, *fresh])
    return len(fresh)


def moved(items: Sequence[Any], index: int, step: int) -> list[Any]:
    """`items` with the one at `index` a step up (-1) or down (1); at an end it stays."""
    found = list(items)
    to = index + step
    if 0 <= index < len(found) and 0 <= to < len(found):
        found[index], found[to] = found[to], found[index]
    return found


def renumbered(items: Sequence[Any], numbers: Sequence[float | None]) -> list[Any]:
    """`items` by the numbers typed beside them; what has none keeps its place."""
    keyed = [(number if number is not None else place, place) for place, number in enumerate([*numbers], 1)]
    return [items[place - 1] for _, place in sorted(keyed)]


# ------------------------------------------------------------------------------------------------------------ blocks


def rules_of(row: Block) -> Rules:
    return Rules.from_json(row.rules)


def finds(rules: Rules, pieces: Iterable[Piece], now: datetime) -> list[Piece]:
    """The pieces that a block would choose from at this moment, by the engine's own rule."""
    return [piece for piece in pieces if piece.plays and rules.fits(piece.as_track(), now)]


def save_block(db: Session, actor: Actor, name: str, rules: Rules, *, block_id: int | None = None) -> Block:
    actor.require("radio.media")
    row = find(db, Block, block_id) if block_id else Block()
    take_name(db, row, name)
    row.rules = as_plain(rules)
    keep(db, actor, row, "block")
    return row
