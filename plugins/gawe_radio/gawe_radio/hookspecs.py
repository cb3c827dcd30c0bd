"""Facts that the radio tells itself through the outbox, so that nothing is lost between a commit and the air."""

from __future__ import annotations

from sqlalchemy.orm import Session

from pendopo import hookspec


@hookspec
def radio_air_wanted(db: Session, key: str, announcement_id: int) -> None:
    """An announcement was published, changed or withdrawn: bring the engine's queue to the same."""


@hookspec
def radio_inbox_wanted(db: Session, key: str, announcement_id: int, version: int, kind: str, after: int) -> None:
    """Put a published, changed or withdrawn announcement into the next inboxes: accounts with an id above `after`."""


@hookspec
def radio_song_wanted(db: Session, key: str, wish_id: int) -> None:
    """A listener's song was accepted: put it into the engine's queue."""


@hookspec(firstresult=True)
def speak_text(text: str, language: str) -> bytes | None:
    """Speak `text`: the bytes of a sound file (MP3, Ogg, Opus, FLAC, WAV, M4A), at most 95 seconds; None when it can't be spoken.

    `language` is id, en, jv or su; `text` is as it was written. Asked once for each language of an announcement without a
    voice of a person, after commit and outside of any transaction, so it may be slow; an emergency waits for no provider.
    If it raises or answers None, the engine's own voice reads the text.
    """
