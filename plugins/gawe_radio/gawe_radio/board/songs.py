"""The songs that a listener may ask for: what the engine can play now."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from pendopo import N_, InvalidInput

from .. import station

KEEP_S = 30.0
_kept: tuple[float, list[Song]] = (0.0, [])


@dataclass(frozen=True)
class Song:
    id: str
    title: str
    artist: str
    duration_s: float

    @property
    def label(self) -> str:
        return " – ".join(part for part in (self.artist, self.title) if part) or self.id


def all_songs() -> list[Song]:
    """Asked for by many at once, so it is read again only every half minute. Raises StationAway."""
    global _kept
    until, songs = _kept
    if monotonic() > until:
        songs = [
            Song(track["id"], track["title"], track["artist"], track["duration_s"])
            for track in station.ask("tracks")["tracks"] if track["kind"] == "music"
        ]
        _kept = (monotonic() + KEEP_S, songs)
    return songs


def forget_songs() -> None:
    global _kept
    _kept = (0.0, [])


def search_songs(text: str, limit: int = 20) -> list[Song]:
    """Songs whose title and artist hold every word of `text`; without words, some of all."""
    words = text.casefold().split()
    found = [song for song in all_songs() if all(word in song.label.casefold() for word in words)]
    return sorted(found, key=lambda song: song.label.casefold())[:limit]


def find_song(song_id: str) -> Song:
    """Raises InvalidInput for a song that is not (any more) in the library, StationAway when nobody knows."""
    found = next((song for song in all_songs() if song.id == song_id), None)
    if found is None:
        raise InvalidInput(N_("Lagu itu tidak ada di pustaka. Pilih lagu lain."))
    return found
