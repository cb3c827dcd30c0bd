"""Scheduled work of the archive."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog

from . import episodes, recordings

log = structlog.get_logger("gawe_radio.archive")


def cut_episodes(portal: Any, now: datetime) -> int:
    """Cut what ended and is kept; the database is not held while sound is written. Returns how many."""
    with portal.db.session(write=False) as db:
        wanted = [(cut, episodes.chapters_of(db, cut.start, cut.end)) for cut in episodes.due(db, now)]
    made = 0
    for cut, chapters in wanted:
        try:
            file, length = episodes.cut_sound(cut, chapters)
        except episodes.NotRecorded:
            log.warning("a programme was not recorded", programme=cut.title)
            continue
        with portal.db.session() as db:
            episodes.keep(db, cut, file, length, chapters, now)
        made += 1
    return made


def tend(portal: Any, now: datetime) -> None:
    """Take over closed hours, cut programmes that ended, remove what was kept long enough."""
    with portal.db.session() as db:
        recordings.take_over(db)
    cut_episodes(portal, now)
    with portal.db.session() as db:
        recordings.remove_old(db, now)
        episodes.remove_old(db, now)
