"""Where a piece, a list or a wheel is used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import _
from pendopo.http import url

from ..models import Program
from . import choices, lists
from .media import Piece
from .models import Block, Playlist, ProgramChange, Wheel


@dataclass(frozen=True)
class Use:
    """`needs_it`: it names the piece itself, so that the piece can't go; a block only finds it. `permission` opens its page."""

    title: str
    href: str
    needs_it: bool = True
    permission: str = "radio.programme"


def uses(db: Session, piece: Piece, now: datetime) -> list[Use]:
    """Who would miss a piece."""
    holding = [row for row in lists.all_of(db, Playlist) if piece.id in row.tracks]
    found = [Use(_("Daftar putar %(name)s") % {"name": row.name}, url("radio:kerja.daftar.satu", id=row.id), permission="radio.media") for row in holding]
    found += _wheels(db, "track", piece.id)
    found += [_program(program) for program in db.scalars(select(Program).where(Program.active, Program.recorded == piece.id))]
    changes = db.execute(select(ProgramChange, Program).join(Program).where(ProgramChange.recorded == piece.id)).all()
    found += [_program(program) for _change, program in changes]
    if choices.prayer_plan(db).track == piece.id:
        found.append(Use(_("Waktu salat"), url("radio:kerja.salat")))
    found += [
        Use(_("Blok cerdas %(name)s") % {"name": row.name}, url("radio:kerja.blok.satu", id=row.id), needs_it=False, permission="radio.media")
        for row in lists.all_of(db, Block) if lists.finds(lists.rules_of(row), [piece], now)
    ]
    return list(dict.fromkeys(found))


def _program(program: Program) -> Use:
    return Use(_("Acara %(name)s") % {"name": program.title}, url("radio:kerja.acara.ubah", id=program.id))


def _wheels(db: Session, kind: str, ref: str) -> list[Use]:
    return [
        Use(_("Roda jam %(name)s") % {"name": wheel.name}, url("radio:kerja.roda.satu", id=wheel.id))
        for wheel in lists.all_of(db, Wheel) if any(part["kind"] == kind and str(part.get("ref", "")) == ref for part in wheel.parts)
    ]


def users_of(db: Session, row: Playlist | Block | Wheel) -> list[Use]:
    """Which wheels and programmes need a playlist, block or wheel."""
    if isinstance(row, Block):
        return _wheels(db, "block", str(row.id))
    column = Program.playlist_id if isinstance(row, Playlist) else Program.wheel_id
    found = [_program(program) for program in db.scalars(select(Program).where(Program.active, column == row.id).order_by(Program.title))]
    if isinstance(row, Playlist):
        return [*_wheels(db, "playlist", str(row.id)), *found]
    if choices.rotation(db).wheel_id == row.id:
        found.append(Use(_("Jam bawaan stasiun"), url("radio:kerja.rotasi")))
    return found
