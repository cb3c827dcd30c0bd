"""What pages show: cards of vacancies, the home of one's own card, a checked card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request

from pendopo import _
from pendopo.http import url
from pendopo.i18n import format_rupiah
from pendopo.identity import Actor
from pendopo.kit.appointments import Appointment, counters_for
from pendopo.kit.places import place_name

from . import applications, cards, kbji, listing, placing, rules, seekers
from .applications import regency_date
from .kind import STATE
from .matching import Match
from .models import Kartu, Lamaran, Lowongan, Pencari
from .options import number


def money(row: Lowongan) -> str:
    """`Rp4.857.353 – Rp5.500.000`."""
    low = format_rupiah(row.upah_min)
    return f"{low} – {format_rupiah(row.upah_maks)}" if row.upah_maks and row.upah_maks > row.upah_min else low


def where_of(row: Lowongan) -> str:
    return row.tempat or place_name(row.desa_code)


def summary_of(row: Lowongan) -> str:
    return f"{kbji.title_of(row.kbji)}, {where_of(row)}, {money(row)}"


def wanted_words(row: Lowongan) -> str:
    """`2 laki-laki, 3 siapa saja`."""
    parts = []
    if row.jumlah_l:
        parts.append(_("%(n)s laki-laki") % {"n": row.jumlah_l})
    if row.jumlah_p:
        parts.append(_("%(n)s perempuan") % {"n": row.jumlah_p})
    if row.jumlah:
        parts.append(_("%(n)s orang") % {"n": row.jumlah})
    return ", ".join(parts)


@dataclass(frozen=True)
class VacancyCard:
    row: Lowongan
    href: str
    pay: str
    place: str
    occupation: str
    match: Match | None = None


def vacancy_card(row: Lowongan, fit: Match | None = None) -> VacancyCard:
    return VacancyCard(row, url("kartukuning:vacancy", id=row.id), money(row), where_of(row), kbji.title_of(row.kbji), fit)


def vacancy_cards(rows: list[Lowongan], seeker: Pencari | None = None, on: date | None = None) -> list[VacancyCard]:
    """With how well each fits, for somebody who has a profile."""
    return [vacancy_card(row, placing.matched(seeker, row, on) if seeker is not None and on is not None else None) for row in rows]


def suited_cards(db: Session, seeker: Pencari | None, on: date, *, limit: int = 6) -> list[VacancyCard]:
    return [vacancy_card(row, fit) for row, fit in listing.suited(db, seeker, on, limit=limit)] if seeker is not None else []


def reasons_of(fit: Match) -> list[tuple[bool | None, str, int]]:
    """`(fits, sentence, points)`, the best first."""
    return [(reason.fits, _(reason.text) % reason.values if reason.values else _(reason.text), reason.points) for reason in fit.reasons]


def vacancy_view(request: Request, row: Lowongan, actor: Actor) -> dict[str, Any]:
    """Everything a page about one vacancy shows to `actor`."""
    db = request.state.db
    on = regency_date(db, request.state.now)
    seeker = seekers.seeker_of(db, actor.citizen_id)
    card = cards.live_card(db, seeker.id) if seeker is not None else None
    fit = placing.matched(seeker, row, on) if seeker is not None else None
    application = db.scalar(select(Lamaran).where(Lamaran.lowongan_id == row.id, Lamaran.pencari_id == seeker.id)) if seeker is not None else None
    return {
        "row": row,
        "pay": money(row),
        "place": where_of(row),
        "occupation": kbji.title_of(row.kbji),
        "wanted": wanted_words(row),
        "level": _(rules.LEVELS[row.jenjang]),
        "contract": _(rules.CONTRACTS[row.hubungan]),
        "region": _(rules.PLACES[row.lokasi]),
        "is_open": row.is_open(on),
        "seeker": seeker,
        "usable": card is not None and rules.is_usable(card.facts, on, grace_days=number(db, "tenggang_hari", on)),
        "fit": fit,
        "reasons": reasons_of(fit) if fit is not None else [],
        "application": application,
        "application_state": placing.STATES[application.status] if application is not None else None,
        "states": placing.STATES,
    }


# ------------------------------------------------------------------------------------------------------------- one's own


def counter_href(db: Session, berkas_id: int | None = None) -> str:
    """Where a time at the counter of this service is booked; the list of all counters while it has none."""
    counters = counters_for(db, "kartu-kuning")
    return url("janji:pick", id=counters[0].id, berkas=berkas_id) if counters else url("janji:index")


def appointment_for(db: Session, berkas_id: int) -> Appointment | None:
    """The time at the counter that was booked for an application and has not come yet."""
    booked = select(Appointment).where(Appointment.berkas_id == berkas_id, Appointment.open_key.is_not(None))
    return db.scalar(booked.order_by(Appointment.starts_at).limit(1))


def open_types(db: Session, seeker: Pencari, on: date) -> dict[str, str]:
    """What may be applied for now; nothing while an application is open."""
    if applications.open_application(db, seeker.id) is not None:
        return {}
    card = cards.live_card(db, seeker.id)
    over = card is None or rules.status_on(card.facts, on) in ("kedaluwarsa", "dicabut")
    found = ["baru" if over else "penggantian"]
    if applications.may_renew(db, card, on):
        found.insert(0, "perpanjangan")
    return {jenis: _(title) for jenis, title in ((jenis, rules.TYPES[jenis]) for jenis in found)}


def own_home(request: Request, seeker: Pencari) -> dict[str, Any]:
    """The card of whoever looks, with what it asks of them now."""
    db = request.state.db
    on = regency_date(db, request.state.now)
    card = cards.live_card(db, seeker.id)
    application = applications.open_application(db, seeker.id)
    return {
        "seeker": seeker,
        "on": on,
        "application": application,
        "application_state": STATE[application.berkas.state] if application is not None else None,
        "types": open_types(db, seeker, on),
        "suited": suited_cards(db, seeker, on, limit=4),
        "work": [(row, placing.STATES[row.status]) for row in listing.applications_of(db, seeker, 6)],
        "photo": seekers.photo_of(db, seeker),
        "topic": f"berkas-saya:{seeker.account_id or 0}",
        "counter": counter_href(db, application.berkas_id if application is not None else None),
        "situations": rules.SITUATIONS,
        "kbji": kbji,
        **(card_view(db, card, on) if card is not None else {"card": None}),
    }


def card_view(db: Session, card: Kartu, on: date) -> dict[str, Any]:
    """How a card stands, its reports one by one, and its paper."""
    facts, grace = card.facts, number(db, "tenggang_hari", on)
    early = number(db, "buka_lapor_hari", on)
    status = rules.status_on(facts, on)
    given = {row.ke: row for row in cards.reports_of(db, card.id) if row.ke}
    between = [row for row in cards.reports_of(db, card.id) if not row.ke]
    return {
        "card": card,
        "card_status": status,
        "status_title": _(rules.STATUS[status]),
        "tone": rules.TONES[status],
        "status_icon": rules.ICONS[status],
        "usable": rules.is_usable(facts, on, grace_days=grace),
        "can_report": status in ("aktif", "perlu_lapor") and rules.report_number(facts, on, early_days=early) > 0,
        "opens": rules.report_opens(facts, early_days=early),
        "grace_until": facts.next_due + timedelta(days=grace) if facts.next_due and status == "perlu_lapor" else None,
        "days_left": (facts.next_due - on).days if facts.next_due else None,
        "dues": [(n, due, given.get(n), _due_state(n, due, given, facts, on)) for n, due in enumerate(facts.dues, 1)],
        "between": between,
        "situations": rules.SITUATIONS,
        "paper": cards.paper_of(db, card),
    }


def _due_state(n: int, due: date, given: dict[int | None, Any], facts: rules.CardFacts, on: date) -> tuple[str, str]:
    """`(words, tone)` of one of the four boxes."""
    if n in given:
        return _("dilaporkan"), "ok"
    if n <= facts.last_report or due < on:
        return _("terlewat"), "warn"
    return (_("berikutnya"), "info") if due == facts.next_due else (_("nanti"), "muted")


def card_of_berkas(db: Session, berkas_id: int) -> Kartu | None:
    return db.scalar(select(Kartu).where(Kartu.berkas_id == berkas_id))


def checked_card(db: Session, card: Kartu, on: date) -> dict[str, Any]:
    """What an employer learns: initials, number, how it stands. A replaced card says so."""
    status = rules.status_on(card.facts, on)
    return {
        "number": card.nomor,
        "initials": rules.initials(card.pencari.nama),
        "status": "diganti" if card.live_of is None and status != "dicabut" else status,
        "status_title": _("Sudah diganti kartu baru") if card.live_of is None and status != "dicabut" else _(rules.STATUS[status]),
        "tone": "muted" if card.live_of is None else rules.TONES[status],
        "usable": card.live_of is not None and rules.is_usable(card.facts, on, grace_days=number(db, "tenggang_hari", on)),
        "issued": card.issued_on,
        "until": card.valid_until,
        "verify": paper.verify_href if (paper := cards.paper_of(db, card)) is not None else "",
    }
