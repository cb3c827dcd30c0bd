"""Clock wheels: an hour as a list of parts, and how it is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from pendopo import N_, InvalidInput, _
from pendopo.identity import Actor

from . import lists, media
from .models import Block, Playlist, Wheel

PART_NAMES = {
    "playlist": N_("Daftar putar"), "block": N_("Blok cerdas"), "track": N_("Satu lagu"), "jingle": N_("Jingle"), "ident": N_("Identitas stasiun"),
    "announcements": N_("Pengumuman"),
}
WITH_REF = ("playlist", "block", "track")
MOST_PARTS = 60
# How long one of a kind takes where nothing better is known, in minutes: only for the drawing.
USUAL_MIN = {"playlist": 4.0, "block": 4.0, "track": 4.0, "jingle": 0.4, "ident": 0.3, "announcements": 1.0}


@dataclass(frozen=True)
class Part:
    """A part of an hour. `ref`: id of a playlist or block as text, or a piece. Either `count` pieces or `minutes` of them."""

    kind: str
    ref: str = ""
    count: int = 1
    minutes: int = 0

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Part:
        return cls(stored["kind"], str(stored.get("ref", "")), int(stored.get("count", 1)), int(stored.get("minutes", 0)))

    def as_json(self) -> dict[str, Any]:
        much = {"minutes": self.minutes} if self.minutes else {"count": self.count}
        return {"kind": self.kind, **({"ref": self.ref} if self.ref else {}), **much}

    @property
    def takes_min(self) -> float:
        return self.minutes or self.count * USUAL_MIN[self.kind]


def parts_of(wheel: Wheel) -> list[Part]:
    return [Part.of(stored) for stored in wheel.parts]


def save_wheel(db: Session, actor: Actor, name: str, *, wheel_id: int | None = None) -> Wheel:
    actor.require("radio.programme")
    row = lists.find(db, Wheel, wheel_id) if wheel_id else Wheel(parts=[])
    lists.take_name(db, row, name)
    lists.keep(db, actor, row, "wheel")
    return row


def set_parts(db: Session, actor: Actor, wheel: Wheel, parts: Sequence[Part]) -> None:
    """Raises InvalidInput for a part of nothing, and for more than an hour holds."""
    actor.require("radio.programme")
    if len(parts) > MOST_PARTS:
        raise InvalidInput(N_("Paling banyak %(n)s bagian dalam satu jam."), n=MOST_PARTS)
    refs = references(db)
    for part in parts:
        if part.kind in WITH_REF and (part.kind, part.ref) not in refs:
            raise InvalidInput(N_("Pilih isi bagian ini dari daftar."), field="what")
    wheel.parts = [part.as_json() for part in parts]
    lists.keep(db, actor, wheel, "wheel_changed")


def references(db: Session) -> dict[tuple[str, str], str]:
    """(kind, ref) of everything that a part may name, with its words."""
    found = {("playlist", str(row.id)): row.name for row in lists.all_of(db, Playlist)}
    found |= {("block", str(row.id)): row.name for row in lists.all_of(db, Block)}
    return found | {("track", piece.id): piece.label for piece in media.pieces(db)}


def part_words(part: Part, refs: dict[tuple[str, str], str]) -> str:
    """ "Daftar putar: Pagi", or what it is by itself."""
    name = _(PART_NAMES[part.kind])
    if part.kind not in WITH_REF:
        return name
    gone = _("sudah dihapus")
    return f"{name}: {refs.get((part.kind, part.ref), gone)}"


# ------------------------------------------------------------------------------------------------------ the clock face


@dataclass(frozen=True)
class Slice:
    """A part on the face of the clock. `path`: of SVG, in a box of 200 x 200; `x`, `y`: where its number stands."""

    number: int
    kind: str
    words: str
    begin_min: float
    end_min: float
    path: str
    x: float
    y: float


def face(wheel: Wheel, refs: dict[tuple[str, str], str]) -> list[Slice]:
    """The parts around the clock. A wheel that takes other than an hour goes round faster or slower, so it is drawn as one whole turn."""
    parts = parts_of(wheel)
    whole = sum(part.takes_min for part in parts) or 1.0
    drawn, at = [], 0.0
    for number, part in enumerate(parts, 1):
        end = at + part.takes_min * 60 / whole
        middle = _point((at + end) / 2, 74)
        drawn.append(Slice(number, part.kind, part_words(part, refs), round(at, 1), round(end, 1), _ring(at, end), *middle))
        at = end
    return drawn


def _point(minute: float, radius: float) -> tuple[float, float]:
    angle = math.tau * minute / 60 - math.pi / 2
    return round(100 + radius * math.cos(angle), 2), round(100 + radius * math.sin(angle), 2)


def _ring(begin: float, end: float, outer: float = 96, inner: float = 52) -> str:
    """A piece of a ring. A whole turn is drawn a hair short, since an arc that ends where it begins is no arc."""
    end = min(end, begin + 59.999)
    large = int(end - begin > 30)
    (ox, oy), (px, py), (qx, qy), (ix, iy) = _point(begin, outer), _point(end, outer), _point(end, inner), _point(begin, inner)
    return f"M{ox} {oy}A{outer} {outer} 0 {large} 1 {px} {py}L{qx} {qy}A{inner} {inner} 0 {large} 0 {ix} {iy}Z"
