"""Pieces of shared pages: badges, cards of the home pages, search, calendar, files."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import CalendarEntry, DashboardCard, _
from pendopo.http import url
from pendopo.identity import Actor
from pendopo.kit.berkas import Berkas
from pendopo.kit.calendar import calendar_for
from pendopo.kit.listing import matches
from pendopo.kit.places import place_name

from . import listing, programs, watching
from .models import Kunjungan, Lembaga, Program, Proposal
from .proposals import OWNER, may_see
from .rules import HIBAH, JENIS
from .stages import AUDIT, CONFIRM_CAMAT, CONFIRM_DESA, DECIDE, DECIDED, EVERY, PAY, STATE, SURVEY, TAPD, VERIFY
from .work import VISITS


def badges(db: Session, actor: Actor) -> list[tuple[str, int]]:
    """One query for each menu entry that this officer has."""
    wanted = {"pemantauan": (VERIFY, SURVEY, TAPD, DECIDE, PAY), "pemantauan_desa": (CONFIRM_DESA,), "pemantauan_camat": (CONFIRM_CAMAT,)}
    return [(name, listing.waiting_count(db, actor, permissions)) for name, permissions in wanted.items() if any(actor.can(p) for p in permissions)]


def citizen_cards(db: Session, actor: Actor) -> list[DashboardCard]:
    """Where one's own proposals lie; for everybody else what is open now."""
    now = datetime.now(UTC)
    rows = listing.proposals_of(db, actor.citizen_id, 3)
    if rows:
        context: dict[str, Any] = {"watches": [watching.watch(db, actor, row, now=now) for row in rows]}
        return [
            DashboardCard("bantuan-saya", _("Bantuan Anda"), "gawe_pemantauan/_card_citizen.html", context, rank=30, live=f"berkas-saya:{actor.citizen_id}")
        ]
    there = programs.open_programs(db, now)
    if not there:
        return []
    return [DashboardCard("bantuan-buka", _("Bantuan yang dibuka"), "gawe_pemantauan/_card_open.html", {"programs": there[:3]}, rank=60)]


def staff_cards(db: Session, actor: Actor) -> list[DashboardCard]:
    """How many lie at each stage, and who has been silent for too long."""
    if actor.opd_scope(*EVERY) == frozenset():
        return []
    counts = {stage: count for stage, count in listing.stage_counts(db, actor).items() if count}
    from .staff import STAGES

    return [
        DashboardCard("bantuan-kerja", _("Hibah dan bansos"), "gawe_pemantauan/_card_staff.html", {"counts": counts, "stages": STAGES}, face="kerja", rank=30)
    ]


def found(db: Session, query: str, actor: Actor, limit: int) -> list[dict[str, Any]]:
    """Results of the portal's search: proposals for their officers, programmes and bodies that received for everybody."""
    if actor.is_staff and actor.opd_scope(*EVERY) != frozenset():
        rows = db.scalars(listing.proposals(db, actor, listing.Filters(text=query[:80]), now=datetime.now(UTC)).order_by(Proposal.sent_at.desc()).limit(limit))
        return [
            {
                "title": row.berkas.title,
                "href": url("pemantauan:kerja.berkas", id=row.berkas_id),
                "kind": _("Proposal bantuan"),
                "summary": f"{row.berkas.register} · {_(STATE[row.berkas.state].title)} · {place_name(row.berkas.desa_code)}",
                "score": 0.6,
                "date": row.sent_at,
            }
            for row in rows.unique()
        ]
    return _public(db, query, limit)


def _public(db: Session, query: str, limit: int) -> list[dict[str, Any]]:
    there = db.scalars(select(Program).where(Program.published, matches(query, Program.title, Program.summary)).order_by(Program.paid_year.desc()).limit(limit))
    results = [
        {
            "title": one.title,
            "href": url("pemantauan:program", id=one.id),
            "kind": _("Program bantuan"),
            "summary": f"{_(JENIS[one.jenis])} · {one.paid_year}",
            "score": 0.6,
            "date": None,
        }
        for one in there
    ]
    bodies = (
        select(Lembaga.name, Proposal.program_id, Berkas.desa_code)
        .select_from(Proposal)
        .join(Lembaga, Lembaga.id == Proposal.lembaga_id)
        .join(Berkas, Berkas.id == Proposal.berkas_id)
        .join(Program, Program.id == Proposal.program_id)
        .where(Berkas.state.in_(DECIDED), Program.jenis.in_(HIBAH), matches(query, Lembaga.name))
        .limit(limit)
    )
    results += [
        {
            "title": name,
            "href": url("pemantauan:recipients", kecamatan=(desa or "")[:8]),
            "kind": _("Penerima bantuan"),
            "summary": place_name(desa),
            "score": 0.4,
            "date": None,
        }
        for name, _program, desa in db.execute(bodies)
    ]
    return results[:limit]


def entries(db: Session, actor: Actor, start: datetime, end: datetime) -> list[CalendarEntry]:
    """Windows that open or close, and when the report on one's own aid is due."""
    calendar = calendar_for(db)
    first, last = calendar.local(start).date(), calendar.local(end).date()

    def entry(title: str, day: date, href: str) -> CalendarEntry:
        at = calendar.at(day, time(0, 0))
        return CalendarEntry(title, at, at + timedelta(days=1), href)

    windows = select(Program).where(Program.published, Program.closes_on >= first, Program.opens_on <= last, Program.jenis != "bansos_tak_terencana")
    told = []
    for one in db.scalars(windows):
        href = url("pemantauan:program", id=one.id)
        if first <= one.opens_on <= last:
            told.append(entry(_("Dibuka: %(title)s") % {"title": one.title}, one.opens_on, href))
        if first <= one.closes_on <= last:
            told.append(entry(_("Hari terakhir: %(title)s") % {"title": one.title}, one.closes_on, href))
    if actor.citizen_id is None:
        return told
    due = (
        select(Proposal)
        .join(Proposal.berkas)
        .where(Berkas.applicant_id == actor.citizen_id, Berkas.state.in_(("lpj_ditunggu", "terlambat_lpj")), Proposal.lpj_due_on.between(first, last))
    )
    for row in db.scalars(due).unique():
        told.append(entry(_("Batas laporan penggunaan: %(title)s") % {"title": row.berkas.title}, row.lpj_due_on, url("pemantauan:berkas", id=row.berkas_id)))
    return told


def may_see_file(db: Session, owner: str, ref: int, actor: Actor) -> bool:
    """Papers and photos are for the applicant, the officers of the matter, and who audits."""
    if owner == VISITS:
        visit = db.get(Kunjungan, ref)
        ref = visit.berkas_id if visit is not None else 0
    elif owner != OWNER:
        return False
    proposal = db.get(Proposal, ref)
    return proposal is not None and (may_see(actor, proposal) or actor.can(AUDIT))
