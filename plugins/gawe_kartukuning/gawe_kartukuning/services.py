"""The verbs."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict
from pendopo.identity import Actor

from .models import Note

SHOWN = 50


class NoteNotOpen(Conflict):
    message = N_("Catatan ini tidak ada atau sudah ditutup.")


def write_note(db: Session, actor: Actor, text: str, *, now: datetime) -> Note:
    """Keep a note of a signed-in person."""
    note = Note(text=text, written_by=actor.require_signed_in(), written_at=now, closed_at=None)
    db.add(note)
    db.flush()
    return note


def close_note(db: Session, actor: Actor, note_id: int, *, now: datetime) -> Note:
    """Close an open note and return it. Raises NoteNotOpen if it is unknown or closed already."""
    actor.require("kartukuning.close")
    closing = update(Note).where(Note.id == note_id, Note.closed_at.is_(None)).values(closed_at=now).returning(Note)
    note = db.scalar(closing)
    if note is None:
        raise NoteNotOpen()
    return note


def list_notes(db: Session) -> list[Note]:
    return list(db.scalars(select(Note).order_by(Note.id.desc()).limit(SHOWN)))


def count_open(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(Note).where(Note.closed_at.is_(None))) or 0


def notes_of(db: Session, account_id: int) -> list[dict[str, Any]]:
    return [{"text": note.text, "written_at": note.written_at.isoformat()} for note in db.scalars(select(Note).where(Note.written_by == account_id))]


def forget_person(db: Session, account_id: int) -> None:
    db.execute(update(Note).where(Note.written_by == account_id).values(written_by=None, text=""))
