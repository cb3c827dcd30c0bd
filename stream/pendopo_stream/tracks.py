"""What can be played, and what was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

OVERLAP_S = 3.0


@dataclass(frozen=True)
class Track:
    """A playable file. `kind`: music, reserve, ident, jingle, adzan, cart, programme.

    `gain_db` brings it to the station's loudness. It is heard from `cue_in_s` to `cue_out_s` (0: its end); the next one
    begins `overlap_s` before that.
    """

    id: str
    path: str = ""
    title: str = ""
    artist: str = ""
    duration_s: float = 0.0
    gain_db: float = 0.0
    kind: str = "music"
    tags: frozenset[str] = frozenset()
    cue_in_s: float = 0.0
    cue_out_s: float = 0.0
    overlap_s: float = OVERLAP_S
    added_at: datetime | None = None

    @property
    def label(self) -> str:
        """What a player shows: "artist - title"."""
        return " - ".join(part for part in (self.artist, self.title) if part) or self.id

    @cached_property
    def plays_s(self) -> float:
        """How long it is heard; 0 when nobody knows."""
        return max(0.0, (self.cue_out_s or self.duration_s) - self.cue_in_s)

    @cached_property
    def air_s(self) -> float:
        """How long until the next one begins; 0 when nobody knows."""
        return self.plays_s - self.overlap_s if self.plays_s > 3 * self.overlap_s else self.plays_s


TONE = Track("tone", title="Gangguan teknis", kind="tone", duration_s=5.0)


@dataclass(frozen=True)
class Played:
    """A track that was on the air. `source`: what it was drawn from, as `playlist:Pagi`, `recorded:<start>`, `wish`."""

    track_id: str
    artist: str
    at: datetime
    kind: str = "music"
    source: str = ""
