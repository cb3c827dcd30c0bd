"""Demo data of this room: which programmes are kept, and some that can be heard again."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo_stream.engine.library import read_tags

from .. import station
from ..models import Program
from ..programmes import slots_between
from . import episodes
from .models import CatchUp

KEPT = ("podcast", "ulang", "podcast")
DAYS = 4


def fill(db: Session, *, seed: int, now: datetime, scale: float) -> None:
    """The recorded pieces of the demo stand for what was on the air."""
    sounds = sorted((station.home() / "media" / "programme").rglob("*.mp3"))
    programs = list(db.scalars(select(Program).where(Program.active).order_by(Program.id).limit(len(KEPT))))
    for program, mode in zip(programs, KEPT, strict=False):
        db.merge(CatchUp(program_id=program.id, mode=mode))
    db.flush()
    if not sounds:
        return
    kept = {program.id: (program, mode) for program, mode in zip(programs, KEPT, strict=False)}
    slots = [slot for slot in slots_between(db, now - timedelta(days=DAYS), now - timedelta(hours=2)) if int(slot.program) in kept and slot.end < now]
    for number, slot in enumerate(slots):
        program, mode = kept[int(slot.program)]
        wanted = episodes.as_cut(slot, program, mode)
        file = episodes.file_of(wanted)
        target = station.home() / "episodes" / file
        target.parent.mkdir(parents=True, exist_ok=True)
        sound = sounds[number % len(sounds)]
        shutil.copyfile(sound, target)
        tags = read_tags(sound)
        chapters = [episodes.Chapter(0.0, slot.title, "live"), episodes.Chapter(round(tags["duration_s"] / 2, 1), tags["title"], "speaking")]
        episodes.keep(db, wanted, file, tags["duration_s"], chapters, slot.end + timedelta(minutes=4))
