"""Pieces of shared pages: cards, search, calendar, files, and whether every office is there."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from pendopo import CalendarEntry, DashboardCard, SearchResult, _
from pendopo.http import url
from pendopo.identity import Actor, Opd
from pendopo.kit.berkas import Berkas
from pendopo.kit.calendar import calendar_for
from pendopo.kit.documents import mask_name

from . import board, calendars, catalogue, shown
from .applications import OWNER as PAPERS
from .inspections import OWNER as VISITS
from .kind import CHECK, DRAFT, NEW, OVERSEE, PERMOHONAN, READ, SIGN, STATE, TECH, TECHNICAL
from .models import Bap, Izin, Jenis, Permohonan


def _mine(actor: Actor) -> list[str]:
    """States that wait for somebody with these permissions."""
    states = [*(NEW if actor.can(CHECK) else ()), *(TECHNICAL if actor.can(TECH) else ()), *(("draf_izin",) if actor.can(DRAFT) else ())]
    return [*states, *(("ttd", "dianggap_dikabulkan", "banding") if actor.can(SIGN) else ())]


def waiting_count(db: Session, actor: Actor) -> int:
    """Applications that wait for this officer's kind of work in their offices."""
    states, scope = _mine(actor), actor.opd_scope(READ)
    if not states:
        return 0
    query = select(func.count()).select_from(Berkas).where(Berkas.kind == PERMOHONAN.slug, Berkas.is_open, Berkas.state.in_(states))
    return db.scalar(query if scope is None else query.where(Berkas.opd_id.in_(scope))) or 0


def staff_cards(db: Session, actor: Actor) -> list[DashboardCard]:
    if not actor.can(READ):
        return []
    states, scope = _mine(actor), actor.opd_scope(READ)
    query = select(Permohonan).join(Permohonan.berkas).where(Berkas.is_open, Berkas.state.in_(states or [""]))
    if scope is not None:
        query = query.where(Berkas.opd_id.in_(scope))
    rows = db.scalars(query.order_by(Berkas.due_at.is_(None), Berkas.due_at).limit(4)).all()
    context = {"rows": [(row, STATE[row.berkas.state]) for row in rows], "counts": board.counts(db, now=datetime.now(UTC)) if actor.can(OVERSEE) else None}
    return [DashboardCard("simponie-kerja", _("Perizinan"), "gawe_simponie/_card_staff.html", context, face="kerja", rank=20)]


def citizen_cards(db: Session, actor: Actor) -> list[DashboardCard]:
    """One's own applications while there are open ones; else nothing: the menu leads to the catalogue."""
    rows = [row for row in shown.own_applications(db, actor.citizen_id, 3) if row.berkas.is_open] if actor.citizen_id else []
    if not rows:
        return []
    context = {"rows": [(row, STATE[row.berkas.state]) for row in rows]}
    return [
        DashboardCard("simponie-saya", _("Permohonan izin Anda"), "gawe_simponie/_card_citizen.html", context, rank=20, live=f"berkas-saya:{actor.citizen_id}")
    ]


def found(db: Session, query: str, actor: Actor, limit: int) -> list[SearchResult]:
    """Services for everyone, permits by number, applications for their officers."""
    text = query.strip()[:80]
    services = (
        [
            SearchResult(row.title, url("simponie:service", kode=row.kode), _("Layanan perizinan"), row.type.said(row.data["ringkas"]), 0.8)
            for row in catalogue.search(catalogue.published(db), text)[:limit]
        ]
        if len(text) > 2
        else []
    )
    like = "%" + text.casefold().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    permits = db.scalars(select(Izin).where(func.lower(Izin.number).like(like, escape="\\")).order_by(Izin.issued_on.desc()).limit(limit))
    numbers = [
        SearchResult(row.number, url("simponie:register", q=row.number), _("Izin terbit"), f"{row.jenis.title} · {mask_name(row.holder_name)}", 0.6)
        for row in permits
    ]
    return [*services, *numbers, *_for_staff(db, like, actor, limit)][:limit]


def _for_staff(db: Session, like: str, actor: Actor, limit: int) -> list[SearchResult]:
    if not actor.can(READ):
        return []
    scope = actor.opd_scope(READ)
    wanted = or_(func.lower(Permohonan.applicant_name).like(like, escape="\\"), func.lower(Berkas.register).like(like, escape="\\"))
    query = select(Permohonan).join(Permohonan.berkas).where(wanted)
    if scope is not None:
        query = query.where(Berkas.opd_id.in_(scope))
    rows = db.scalars(query.order_by(Permohonan.submitted_at.desc()).limit(limit))
    return [
        SearchResult(
            row.berkas.title,
            url("simponie:kerja.berkas", id=row.berkas_id),
            _("Permohonan izin"),
            f"{row.berkas.register} · {_(STATE[row.berkas.state].title)}",
            0.7,
            row.submitted_at,
        )
        for row in rows
    ]


def entries(db: Session, actor: Actor, start: datetime, end: datetime) -> list[CalendarEntry]:
    """For citizens the days that officers come, and the last days of permits; for inspectors the visits of their office."""
    calendar = calendar_for(db)
    first, last = calendar.local(start).date(), calendar.local(end).date()
    told = []
    if actor.citizen_id:
        for row in calendars.visits_of(db, actor.citizen_id, first, last):
            title, start = _("Peninjauan lapangan: %(title)s") % {"title": row.type.title}, calendar.at(row.inspect_on, calendars.MORNING)
            told.append(CalendarEntry(title, start, calendar.at(row.inspect_on, calendar.close), url("simponie:berkas", id=row.berkas_id), row.address))
        for izin in calendars.endings_of(db, actor.citizen_id, first, last):
            moment = calendar.at(izin.valid_until, calendar.close)
            told.append(CalendarEntry(_("%(name)s berakhir") % {"name": izin.jenis.title}, moment, moment, url("simponie:mine")))
    if actor.can(TECH):
        scope = actor.opd_scope(TECH)
        visits = select(Permohonan).join(Permohonan.berkas).where(Berkas.state == "peninjauan_lapangan", Permohonan.inspect_on.between(first, last))
        for row in db.scalars(visits if scope is None else visits.where(Berkas.opd_id.in_(scope))):
            moment = calendar.at(row.inspect_on, calendar.close.replace(hour=9, minute=0))
            told.append(
                CalendarEntry(
                    _("Peninjauan: %(title)s") % {"title": row.berkas.title}, moment, moment, url("simponie:kerja.berkas", id=row.berkas_id), row.address
                )
            )
    return told


def may_see_file(db: Session, owner: str, ref: int, actor: Actor) -> bool:
    """Papers of an application are its applicant's and its offices'; pictures of an inspection the offices' alone."""
    if owner == VISITS:
        bap = db.get(Bap, ref)
        row = db.get(Permohonan, bap.berkas_id) if bap is not None else None
        return row is not None and actor.can(READ, row.berkas.opd_id)
    if owner != PAPERS:
        return False
    row = db.get(Permohonan, ref)
    if row is None:
        return False
    berkas = row.berkas
    return (berkas.applicant_id is not None and berkas.applicant_id == actor.citizen_id) or actor.can(READ, berkas.opd_id)


def missing_offices(db: Session) -> list[str]:
    """Codes of offices that a published type names and nobody registered; none while no office is known at all."""
    known = set(db.scalars(select(Opd.code)))
    if not known:
        return []
    wanted = {
        code for data in db.scalars(select(Jenis.data).where(Jenis.state == "berlaku")) for code in (data["opd"], *(stage["opd"] for stage in data["tahap"]))
    }
    return sorted(wanted - known)
