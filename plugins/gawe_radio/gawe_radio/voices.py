"""Whose voice reads an announcement: a person's take, a provider's (hook `speak_text`), or the engine's robot.

Sounds stand in `radio/voices/` of the installation, named for their content; what no announcement uses is cleared away.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import outbox
from pendopo.plugins import current_host
from pendopo_stream.announcements import VOICE_FILE
from pendopo_stream.announcements import Announcement as Item

from . import station
from .errors import NotAVoice
from .models import Announcement

if TYPE_CHECKING:
    import numpy as np

MOST_BYTES = 12 * 1024 * 1024
KEEP = timedelta(days=2)
SENDER = "radio_voice"


def folder() -> Path:
    return station.home() / "voices"


def path_of(voice: str) -> Path | None:
    """The file of "voices/<name>"; None when there is none of that name."""
    if not VOICE_FILE.fullmatch(voice):
        return None
    path = station.home() / voice
    return path if path.is_file() else None


def keep_take(file: BinaryIO) -> str:
    """Keep what a person recorded or uploaded, known by its content. Returns its name. Raises NotAVoice."""
    file.seek(0)
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise NotAVoice("long")
    return keep_sound(_take(data))


def _take(data: bytes) -> np.ndarray:
    from pendopo_stream import takes

    try:
        return takes.read_take(data)
    except takes.NotATake as error:
        raise NotAVoice(error.why) from error


def keep_sound(sound: np.ndarray) -> str:
    """Write a voice so that it is whole or not there."""
    from pendopo_stream import takes

    data = takes.as_mp3(sound)
    name = f"{hashlib.sha256(data).hexdigest()[:32]}.mp3"
    folder().mkdir(parents=True, exist_ok=True)
    path = folder() / name
    if path.exists():
        os.utime(path)
        return f"voices/{name}"
    descriptor, fresh = tempfile.mkstemp(prefix=".suara-", dir=folder())
    with os.fdopen(descriptor, "wb") as there:
        there.write(data)
        there.flush()
        os.fsync(there.fileno())
    os.chmod(fresh, 0o644)
    os.replace(fresh, path)
    return f"voices/{name}"


def preview(text: dict[str, str], *, voice: str, drill: bool) -> str:
    """How it will be heard, kept as a sound: its name, "" without any voice here."""
    from pendopo_stream import speech

    item = Item("pratinjau", text, voice=voice, drill=drill)
    try:
        return keep_sound(speech.said(item, station.home()))
    except speech.NoVoice:
        return ""


# ------------------------------------------------------------------------------------------------ voices of providers


def have_provider() -> bool:
    return bool(current_host().impls("speak_text"))


def ask_provider(db: Session, announcement: Announcement, key: str) -> None:
    """Have a provider speak it after commit; the air gets it then. Whatever the provider does, it is heard: by the robot."""
    outbox.put(db, SENDER, key=key, payload={"announcement_id": announcement.id, "version": announcement.version, "text": announcement.text, "key": key})


def provided(text: dict[str, str]) -> str:
    """All languages in a provider's voice, "" when it can't."""
    import numpy as np

    from pendopo_stream import takes

    sounds: list[np.ndarray] = []
    for language, words in text.items():
        data = current_host().ask("speak_text", text=words, language=language)
        if data is None:
            return ""
        try:
            sounds += [takes.read_take(data), np.zeros(takes.RATE_HZ // 2, np.float32)]
        except takes.NotATake:
            return ""
    return keep_sound(np.concatenate(sounds[:-1])) if sounds else ""


@outbox.sender(SENDER)
def _speak(portal: Any, row: outbox.OutboxRow) -> None:
    """Outside of any transaction: a provider may be slow."""
    wanted = outbox.unpack(row.payload)
    voice = provided(wanted["text"])
    with portal.db.session() as db:
        announcement = db.get(Announcement, wanted["announcement_id"])
        if announcement is None:
            return
        if voice and announcement.version == wanted["version"] and not announcement.voice:
            announcement.voice, announcement.voice_by = voice, "penyedia"
        outbox.tell(db, "radio_air_wanted", key=wanted["key"], announcement_id=announcement.id)


def clear_unused(db: Session, now: datetime) -> int:
    """Remove sounds that no announcement uses and that nobody touched for two days."""
    used = {voice.rpartition("/")[2] for voice in db.scalars(select(Announcement.voice).where(Announcement.voice != ""))}
    old = (now - KEEP).timestamp()
    kept = [*folder().glob("*.mp3"), *folder().glob("pratinjau/*.json")]
    gone = [path for path in kept if path.name not in used and path.stat().st_mtime < old]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
