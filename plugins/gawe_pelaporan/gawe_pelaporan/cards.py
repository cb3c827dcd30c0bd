"""Pieces of shared pages: cards of the home pages, search, photos, and who hears of a supported report."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pendopo import DashboardCard, _
from pendopo.http import url
from pendopo.identity import Actor, find_opd
from pendopo.kit.berkas import Berkas
from pendopo.notifications import notify

from . import listing, reports
from .categories import BY_CODE
from .kind import STATE, VERIFY
from .models import Dukungan, Laporan, TindakLanjut
from .options import opd_code_for
from .shown import cards_of


def citizen_cards(db: Session, actor: Actor) -> list[DashboardCard]:
    """One's own reports, else the newest ones of everybody."""
    rows = listing.reports_of(db, actor.citizen_id, 3) if actor.citizen_id else []
    if rows:
        context = {"cards": cards_of(db, rows, own=True), "mine": True}
        return [DashboardCard("laporan-saya", _("Laporan Anda"), "gawe_pelaporan/_card_citizen.html", context, rank=10, live=f"berkas-saya:{actor.citizen_id}")]
    newest = db.scalars(listing.public_reports().order_by(Laporan.published_at.desc()).limit(3)).unique().all()
    return [
        DashboardCard(
            "laporan-baru",
            _("Laporan terbaru"),
            "gawe_pelaporan/_card_citizen.html",
            {"cards": cards_of(db, newest), "mine": False},
            rank=10,
            live=reports.LIST_TOPIC,
        )
    ]


def staff_cards(db: Session, actor: Actor) -> list[DashboardCard]:
    """What waits in this person's office."""
    scope = listing.staff_scope(actor)
    if scope == frozenset():
        return []
    query = (
        select(Laporan)
        .join(Laporan.berkas)
        .where(Berkas.is_open, Berkas.clock == "run", Berkas.state.in_(("didisposisi", "diterima_opd", "dibuka_kembali", *listing.GROUPS["dikerjakan"])))
    )
    if scope is not None:
        query = query.where(Berkas.opd_id.in_(scope))
    rows = db.scalars(query.order_by(Berkas.due_at.is_(None), Berkas.due_at).limit(4)).unique().all()
    waiting = (
        db.scalar(select(func.count()).select_from(Berkas).where(Berkas.kind == "laporan", Berkas.state.in_(("diterima", "verifikasi"))))
        if actor.can(VERIFY)
        else 0
    )
    return [
        DashboardCard(
            "laporan-kerja",
            _("Laporan warga"),
            "gawe_pelaporan/_card_staff.html",
            {"cards": cards_of(db, rows, staff=True), "waiting": waiting},
            face="kerja",
            rank=10,
        )
    ]


def found(db: Session, query: str, actor: Actor, limit: int) -> list[dict[str, Any]]:
    """Results of the portal's search: public reports; for officers those of their office."""
    wanted = listing.Filters(text=query[:80])
    staff = actor.is_staff and listing.staff_scope(actor) != frozenset()
    if staff:
        from datetime import UTC, datetime

        rows = db.scalars(listing.staff_reports(actor, wanted, now=datetime.now(UTC)).order_by(Laporan.received_at.desc()).limit(limit)).unique().all()
    else:
        rows = db.scalars(listing.public_reports(wanted).order_by(Laporan.received_at.desc()).limit(limit)).unique().all()
    return [
        {
            "title": card.title,
            "href": card.href,
            "kind": _("Laporan masyarakat"),
            "summary": f"{card.laporan.berkas.register} · {_(card.state.title)} · {card.place}",
            "score": 0.7 if card.laporan.berkas.is_open else 0.5,
            "date": card.laporan.received_at,
        }
        for card in cards_of(db, rows, staff=staff)
    ]


def may_see_photo(db: Session, owner: str, ref: int, actor: Actor) -> bool:
    """Photos of published reports that are not private are everyone's; the others are for their sender and the office."""
    if owner == reports.FOLLOW_UP:
        row = db.get(TindakLanjut, ref)
        ref = row.berkas_id if row is not None else 0
    laporan = db.get(Laporan, ref)
    if laporan is None:
        return False
    if laporan.published_at is not None and not laporan.private:
        return True
    berkas = laporan.berkas
    if berkas.applicant_id is not None and berkas.applicant_id == actor.citizen_id:
        return True
    scope = listing.staff_scope(actor)
    return scope is None or berkas.opd_id in scope or (berkas.officer_id is not None and berkas.officer_id == actor.account_id)


def tell_supporters(db: Session, key: str, berkas_id: int, to_state: str) -> None:
    """Those who support a report hear when it is finished, budgeted or reopened."""
    if to_state not in ("selesai_menurut_opd", "dianggarkan", "dibuka_kembali"):
        return
    laporan = db.get(Laporan, berkas_id)
    if laporan is None or laporan.published_at is None:
        return
    people = list(db.scalars(select(Dukungan.account_id).where(Dukungan.berkas_id == berkas_id)))
    if people:
        notify(
            db,
            topic="pelaporan.dukungan",
            to=people,
            template="gawe_pelaporan/notify/dukungan",
            context={"title": laporan.public_title, "register": laporan.berkas.register, "state": STATE[to_state].title},
            url=url("pelaporan:show", id=berkas_id),
            key=f"dukungan:{key}",
        )


def unrouted(db: Session) -> list[str]:
    """Categories whose office is not in the register of offices; none while no office is known at all."""
    missing = [code for code in BY_CODE if find_opd(db, opd_code_for(db, code)) is None]
    return missing if len(missing) < len(BY_CODE) else []
