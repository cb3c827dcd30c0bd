"""What pages show of a report, for everyone and for officers: masked where it must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import _
from pendopo.http import url
from pendopo.identity import ANONYMOUS, Account, Opd, find_opd
from pendopo.kit import attachments as files
from pendopo.kit.berkas import BerkasRating, State, timeline
from pendopo.kit.forms import looking

from . import desk, reports
from .categories import BY_CODE, Category
from .forms import CommentForm
from .kind import STATE
from .models import Laporan
from .options import opd_code_for, option
from .rules import AUTHORITY, KERUSAKAN, hide_personal, public_position


@dataclass(frozen=True)
class Card:
    """One report in a list."""

    laporan: Laporan
    category: Category
    state: State
    title: str
    summary: str
    place: str
    href: str
    thumb: str
    office: str


def public_title(laporan: Laporan) -> str:
    """What stands above a report for everyone: private ones only tell their category."""
    if laporan.private:
        return _("%(category)s (rahasia)") % {"category": _(BY_CODE[laporan.service_code].title)}
    return laporan.public_title or hide_personal(laporan.title)


def office_names(db: Session) -> dict[str, str]:
    """Category code -> name of the office that answers for it."""
    names = {}
    for code in BY_CODE:
        opd = find_opd(db, opd_code_for(db, code))
        names[code] = opd.name if opd else ""
    return names


def cards_of(db: Session, rows: Sequence[Laporan], *, own: bool = False, staff: bool = False) -> list[Card]:
    """Reports as cards, with one query for all photos and one for all offices."""
    ids = [row.berkas_id for row in rows]
    thumbs: dict[int, str] = {}
    if ids:
        for photo in db.scalars(
            select(files.Attachment).where(files.Attachment.owner == reports.OWNER, files.Attachment.ref.in_(ids)).order_by(files.Attachment.id)
        ):
            thumbs.setdefault(photo.ref or 0, photo.thumb_href)
    offices = dict(db.execute(select(Opd.id, Opd.short_name).where(Opd.id.in_({row.berkas.opd_id for row in rows if row.berkas.opd_id}))).all()) if rows else {}
    found = []
    for row in rows:
        whole = own or staff
        hidden = row.private and not whole
        href = url("pelaporan:kerja.berkas", id=row.berkas_id) if staff else url("pelaporan:berkas" if own else "pelaporan:show", id=row.berkas_id)
        found.append(
            Card(
                row,
                BY_CODE[row.service_code],
                STATE[row.berkas.state],
                row.title if whole else public_title(row),
                "" if hidden else (row.description if whole else row.public_text)[:180],
                reports.place_of(row) or (row.address if whole else ""),
                href,
                "" if hidden else thumbs.get(row.berkas_id, ""),
                offices.get(row.berkas.opd_id, ""),
            )
        )
    return found


def public_timeline(db: Session, laporan: Laporan) -> list[Any]:
    """Each step with the office's words; never who wrote, and nothing that the sender said."""
    found = []
    for entry in timeline(db, ANONYMOUS, laporan.berkas, messages=False):
        from_sender = entry.by == "applicant"
        text = "" if from_sender or laporan.private or entry.kind == "rated" else hide_personal(entry.text)
        found.append(replace(entry, who=_("Pelapor") if from_sender else entry.who, text=text, attachments=(), internal=""))
    return found


def public_view(request: Any, laporan: Laporan, form: CommentForm | None = None) -> dict[str, Any]:
    """For the page of one report: what everyone may see of it."""
    db, actor = request.state.db, request.user
    category, road = BY_CODE[laporan.service_code], laporan.road
    hidden = laporan.private
    opd = db.get(Opd, laporan.berkas.opd_id) if laporan.berkas.opd_id else None
    comments = [] if hidden else reports.comments_of(db, laporan.berkas_id, hidden=actor.can("pelaporan.verify"))
    names = dict(db.execute(select(Account.id, Account.name).where(Account.id.in_([c.account_id for c in comments]))).all()) if comments else {}
    first = db.get(Laporan, laporan.duplicate_of) if laporan.duplicate_of else None
    position = public_position(laporan.lat, laporan.lon, private=hidden, decimals=int(option(db, "desimal_rahasia")))
    return {
        "laporan": laporan,
        "category": category,
        "state": STATE[laporan.berkas.state],
        "title": public_title(laporan),
        "text": "" if hidden else laporan.public_text,
        "place": reports.place_of(laporan),
        "position": position,
        "photos": [] if hidden else files.attachments_of(db, reports.OWNER, laporan.berkas_id),
        "follow_ups": [] if hidden else desk.follow_ups(db, laporan.berkas_id),
        "entries": public_timeline(db, laporan),
        "road": None if hidden else road,
        "damage": _(KERUSAKAN.get(road.damage, road.damage)) if road else "",
        "authority": _(AUTHORITY[laporan.road_authority]) if laporan.road_authority in AUTHORITY else "",
        "office": opd.name if opd else "",
        "supported": bool(reports.supports_of(db, actor.citizen_id, [laporan.berkas_id])),
        "own": laporan.berkas.applicant_id is not None and actor.citizen_id == laporan.berkas.applicant_id,
        "comments": comments,
        "names": {account_id: short_name(name) for account_id, name in names.items()},
        "form": form or CommentForm(looking(request)),
        "rating": db.get(BerkasRating, laporan.berkas_id),
        "first": first if first is not None and first.is_published else None,
        "topic": reports.topic_of(laporan.berkas_id),
        "tab": "",
    }



def short_name(name: str) -> str:
    """`Siti R.`: enough to follow a talk, too little to find a person."""
    first, _sep, rest = name.strip().partition(" ")
    return f"{first} {rest[0]}." if rest else first
