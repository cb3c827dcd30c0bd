"""Permit types as officers keep them: versions, publishing, and how everyone finds the one they need."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, DomainError, NotFound, _
from pendopo.identity import Actor, record

from .kind import CATALOGUE
from .models import Jenis, Permohonan
from .types import PermitType, Problem, problems_of, shipped


class TypeRefused(DomainError):
    """The data of a permit type is wrong; `problems` says where."""

    status = 422
    message = N_("Jenis izin ini belum dapat disimpan.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__()


def published(db: Session) -> list[Jenis]:
    """What anyone may choose from, by sector and name."""
    return list(db.scalars(select(Jenis).where(Jenis.state == "berlaku").order_by(Jenis.sektor, Jenis.nama)))


def find_type(db: Session, code: str) -> Jenis:
    """The version of a code that holds now. Raises NotFound."""
    row = db.scalar(select(Jenis).where(Jenis.kode == code[:20].upper(), Jenis.state == "berlaku"))
    if row is None:
        raise NotFound()
    return row


def versions_of(db: Session, actor: Actor, code: str) -> list[Jenis]:
    actor.require(CATALOGUE)
    rows = list(db.scalars(select(Jenis).where(Jenis.kode == code[:20].upper()).order_by(Jenis.versi.desc())))
    if not rows:
        raise NotFound()
    return rows


def all_types(db: Session, actor: Actor) -> list[Jenis]:
    """The newest version of each code."""
    actor.require(CATALOGUE)
    newest = select(Jenis.kode, func.max(Jenis.versi).label("versi")).group_by(Jenis.kode).subquery()
    return list(db.scalars(select(Jenis).join(newest, (Jenis.kode == newest.c.kode) & (Jenis.versi == newest.c.versi)).order_by(Jenis.sektor, Jenis.nama)))


def keep_type(db: Session, actor: Actor, data: Any, *, now: datetime) -> Jenis:
    """Keep a permit type as a draft: a new code, or the next version of a known one. Raises TypeRefused with everything that is wrong."""
    actor.require(CATALOGUE)
    problems = problems_of(data) or _taken_number(db, data)
    if problems:
        raise TypeRefused(problems)
    code = data["kode"]
    draft = db.scalar(select(Jenis).where(Jenis.kode == code, Jenis.state == "draf"))
    if draft is None:
        last = db.scalar(select(func.max(Jenis.versi)).where(Jenis.kode == code)) or 0
        draft = Jenis(kode=code, versi=last + 1, state="draf")
        db.add(draft)
    draft.nama, draft.sektor, draft.kanal, draft.data = data["nama"], data["sektor"], data["kanal"], data
    draft.made_by, draft.made_at = actor.account_id, now
    db.flush()
    record(db, actor, "simponie.type_kept", f"{code} v{draft.versi}", {})
    return draft


def _taken_number(db: Session, data: dict[str, Any]) -> list[Problem]:
    """Two types that count for themselves may not write the same numbers."""
    others = db.scalars(select(Jenis).where(Jenis.kode != data["kode"], Jenis.state != "arsip"))
    taken = next((row.kode for row in others if data["nomor"] and row.data["nomor"] == data["nomor"]), None)
    return [Problem("nomor", _("Pola nomor ini sudah dipakai %(code)s.") % {"code": taken})] if taken else []


def publish_type(db: Session, actor: Actor, jenis_id: int, *, now: datetime) -> Jenis:
    """Let a draft hold from now on; the version before it is kept for the applications that were made with it."""
    actor.require(CATALOGUE)
    draft = db.get(Jenis, jenis_id)
    if draft is None:
        raise NotFound()
    db.execute(update(Jenis).where(Jenis.kode == draft.kode, Jenis.state == "berlaku").values(state="arsip"))
    taken = db.execute(update(Jenis).where(Jenis.id == jenis_id, Jenis.state == "draf").values(state="berlaku", published_at=now))
    if taken.rowcount != 1:
        raise Conflict(N_("Versi ini sudah terbit atau sudah diarsipkan."))
    record(db, actor, "simponie.type_published", f"{draft.kode} v{draft.versi}", {})
    db.refresh(draft)
    return draft


def withdraw_type(db: Session, actor: Actor, jenis_id: int) -> Jenis:
    """Take a type out of the catalogue. Running applications go on."""
    actor.require(CATALOGUE)
    row = db.scalar(update(Jenis).where(Jenis.id == jenis_id, Jenis.state == "berlaku").values(state="arsip").returning(Jenis))
    if row is None:
        raise Conflict(N_("Versi ini tidak sedang berlaku."))
    record(db, actor, "simponie.type_withdrawn", f"{row.kode} v{row.versi}", {})
    return row


def load_shipped(db: Session, actor: Actor, *, now: datetime) -> int:
    """Publish the example types of codes that are not known yet. Returns how many."""
    actor.require(CATALOGUE)
    known = set(db.scalars(select(Jenis.kode)))
    fresh = [data for data in shipped() if data["kode"] not in known]
    for data in fresh:
        publish_type(db, actor, keep_type(db, actor, data, now=now).id, now=now)
    return len(fresh)


def search(types: Sequence[Jenis], text: str) -> list[Jenis]:
    """Types for what somebody said in their own words, the best first; all when nothing was said."""
    words = [word for word in text.casefold().replace(",", " ").split() if len(word) > 2 and word not in _EMPTY]
    if not words:
        return list(types)
    scored = [(_score(row.type, words), number, row) for number, row in enumerate(types)]
    return [row for score, _number, row in sorted(scored, key=lambda s: (-s[0], s[1])) if score > 0]


def needs_of(types: Sequence[Jenis], most: int = 10) -> list[tuple[str, Jenis]]:
    """What people say they want to do, each with the permit that it takes; at most so many of one permit."""
    return [(sentence, row) for row in types for sentence in row.data.get("kebutuhan", ())[:most]]


def most_asked(db: Session, types: Sequence[Jenis], *, now: datetime) -> list[Jenis]:
    """The same types: those first that most people asked for in a year, last what begins elsewhere (a business)."""
    query = select(Permohonan.kode, func.count()).where(Permohonan.submitted_at >= now - timedelta(days=365)).group_by(Permohonan.kode)
    asked = dict(db.execute(query).all())
    return sorted(types, key=lambda row: (not row.type.has_form, -asked.get(row.kode, 0)))


_EMPTY = {
    "saya",
    "ingin",
    "akan",
    "mau",
    "yang",
    "untuk",
    "dan",
    "atau",
    "izin",
    "surat",
    "apa",
    "bagaimana",
    "cara",
    "kami",
    "dengan",
    "bikin",
    "buat",
    "membuat",
    "mengurus",
    "want",
    "need",
    "the",
    "for",
    "and",
    "how",
    "permit",
}


def _score(permit: PermitType, words: Sequence[str]) -> int:
    """How well a type answers: by its key words, its name, and what people want of it, in either language."""
    english = permit.data.get("en", {})
    title, wants, keys = [permit.name], [permit.data["ringkas"], *permit.data.get("kebutuhan", ())], " ".join(permit.data.get("kata_kunci", ())).casefold()
    titles, rest = (" ".join([*texts, *(english.get(text, "") for text in texts)]).casefold() for texts in (title, wants))
    return sum(4 * (word in keys) + 3 * (word in titles) + (word in rest) for word in words)
