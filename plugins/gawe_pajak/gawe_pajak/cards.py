"""Pieces of shared pages: cards of the home pages, search, calendar, files, badges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import DashboardCard, _
from pendopo.http import url
from pendopo.identity import Actor
from pendopo.kit.berkas import Berkas, count_open
from pendopo.kit.calendar import calendar_for
from pendopo.kit.dates import regency_day

from . import dhkp, look
from .business import businesses_of, previous_month, working_days_after
from .declaring import missing_months
from .kinds import ALL_KINDS
from .models import SPPT, Objek, WajibPajak
from .nop import InvalidNop, parse_nop, show_nop
from .taxes import DECLARED

WAITING = ("diajukan", "lengkap", "penelitian", "diperiksa")


def waiting_count(db: Session, actor: Actor) -> int:
    """Matters that wait for somebody in the tax office."""
    scope = actor.opd_scope("pajak.examine")
    waiting = [Berkas.kind.in_([kind.slug for kind in ALL_KINDS]), Berkas.state.in_(WAITING)]
    return count_open(db, *waiting, *([] if scope is None else [Berkas.opd_id.in_(scope)]))


def citizen_cards(db: Session, actor: Actor) -> list[DashboardCard]:
    """What one owes and has to declare; for others the way in by NOP."""
    if actor.citizen_id is None:
        return []
    today = regency_day(datetime.now(UTC))
    objects = [look.dues(db, actor, nop, today=today) for nop in look.own_objects(db, actor.citizen_id)[:5]]
    late = [(usaha, months) for usaha in businesses_of(db, actor.citizen_id)[:5] if usaha.jenis in DECLARED and (months := missing_months(db, usaha, today))]
    context = {"objects": objects, "late": late, "total": sum(found.total for found in objects), "show_nop": show_nop}
    return [DashboardCard("pajak-saya", _("Pajak Anda"), "gawe_pajak/_card_citizen.html", context, rank=20)] if objects or late else []


def staff_cards(db: Session, actor: Actor) -> list[DashboardCard]:
    if not actor.can("pajak.read"):
        return []
    years = dhkp.years(db)
    whole = dhkp.total_of(dhkp.progress(db, years[0])) if years else dhkp.Progress("")
    context = {"year": years[0] if years else None, "whole": whole, "waiting": waiting_count(db, actor) if actor.can("pajak.examine") else 0}
    return [DashboardCard("pajak-kerja", _("Pajak daerah"), "gawe_pajak/_card_staff.html", context, face="kerja", rank=20)]


def found(db: Session, query: str, actor: Actor, limit: int) -> list[dict[str, Any]]:
    """Search: a whole NOP leads anyone to its bill; officers find taxpayers and objects by name or beginning of the NOP."""
    results: list[dict[str, Any]] = []
    try:
        nop = parse_nop(query)
    except InvalidNop:
        nop = ""
    if nop:
        results.append(
            {"title": _("PBB NOP %(nop)s") % {"nop": show_nop(nop)}, "href": url("pajak:index", {"nop": nop}), "kind": _("Pajak daerah"), "score": 0.9}
        )
    if actor.is_staff and actor.can("pajak.read"):
        results += _found_by_officer(db, query.strip(), limit)
    return results[:limit]


def _found_by_officer(db: Session, text: str, limit: int) -> list[dict[str, Any]]:
    digits = "".join(c for c in text if c.isdigit())
    asked = Objek.nop.between(digits, digits + "~") if len(digits) >= 10 else None
    if len(text) >= 3 and not digits:
        asked = Objek.wp_id.in_(select(WajibPajak.id).where(WajibPajak.nama.startswith(text, autoescape=True)).order_by(WajibPajak.nama).limit(limit))
    if asked is None:
        return []
    rows = db.scalars(select(Objek).where(asked).order_by(Objek.nop).limit(limit)).unique()
    return [
        {
            "title": f"{row.wp.nama} · {show_nop(row.nop)}",
            "href": url("pajak:kerja.object", nop=row.nop),
            "kind": _("Objek PBB"),
            "summary": row.alamat,
            "score": 0.6,
        }
        for row in rows
    ]


def due_days(db: Session, actor: Actor, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """In one's calendar: the last day to declare, and when PBB falls due."""
    if actor.citizen_id is None:
        return []
    calendar, entries = calendar_for(db), []
    first, last = calendar.local(start).date(), calendar.local(end).date()

    def add(title: str, day: Any, href: str) -> None:
        at = calendar.at(day, calendar.close)
        if start <= at < end:
            entries.append({"title": title, "start": at, "end": at + timedelta(minutes=30), "href": href})

    for usaha in businesses_of(db, actor.citizen_id):
        due = working_days_after(db, previous_month(first), "lapor_hk")
        if usaha.jenis in DECLARED and due is not None:
            add(_("Batas lapor SPTPD %(nama)s") % {"nama": usaha.nama}, due, url("pajak:businesses"))
    nops = look.own_objects(db, actor.citizen_id)
    query = select(SPPT.nop, SPPT.tahun, SPPT.jatuh_tempo).where(
        SPPT.nop.in_(nops), SPPT.berlaku, SPPT.status == "belum", SPPT.jatuh_tempo.between(first, last)
    )
    for nop, year, due in db.execute(query) if nops else ():
        add(_("Jatuh tempo PBB %(year)s, NOP %(nop)s") % {"year": year, "nop": show_nop(nop)}, due, url("pajak:objects"))
    return entries


def may_see_file(db: Session, owner: str, ref: int, actor: Actor) -> bool:
    """Papers of a matter are for its applicant and for officers who read taxes; issued papers for their holder and these officers."""
    if actor.is_staff and actor.can("pajak.read"):
        return True
    if owner in ("gawe_pajak.permohonan", "gawe_pajak.sptpd", "gawe_pajak.pendaftaran"):
        applicant = db.scalar(select(Berkas.applicant_id).where(Berkas.id == ref))
        return applicant is not None and applicant == actor.citizen_id
    if owner == "gawe_pajak.sppt":
        row = db.get(SPPT, ref)
        return row is not None and look.is_own(db, actor, row.nop)
    return False
