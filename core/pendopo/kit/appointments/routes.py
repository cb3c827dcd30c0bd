"""Citizens' pages of appointments, and the board of the waiting hall."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...errors import NotFound
from ...http import flash, form_of, own_path, page, path_int, query_int, redirect, url, whole_url
from ...i18n import _
from ..ics import IcsEvent, ics_response
from ..qr import qr_svg
from . import reading, services
from .errors import AlreadyBooked, SlotTaken
from .models import Appointment
from .services import book, cancel, move
from .slots import open_days, open_slots


def index(request: Request) -> Response:
    """My appointments, and what can be booked."""
    db, actor = request.state.db, request.user
    service = request.query_params.get("layanan", "")[:60]
    tickets = reading.mine(db, actor.citizen_id) if actor.is_signed_in else []
    return page(
        request, "janji/index.html", upcoming=[t for t in tickets if t.row.is_open], past=[t for t in tickets if not t.row.is_open],
        counters=reading.offered(db, service), service=service, berkas=query_int(request, "berkas") or None,
    )


def _read_moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SlotTaken() from error
    if moment.tzinfo is None:
        raise SlotTaken()
    return moment


def read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def pick(request: Request) -> Response:
    """Choose a day and a time; sent, it is booked, or with `pindah` an appointment goes there."""
    db, actor, now = request.state.db, request.user, request.state.now
    actor.require_signed_in()
    counter = services.counter_of(db, path_int(request))
    moving = _moving(request, counter.id)
    form, refused = form_of(request), ""
    if request.method == "POST":
        with db.begin_nested() as savepoint:
            try:
                row = _take(request, counter.id, moving, str(form.get("waktu", "")), str(form.get("catatan", "")))
            except (AlreadyBooked, SlotTaken) as refusal:
                savepoint.rollback()
                refused = refusal.sentence()
            else:
                flash(request, _("Janji dipindahkan.") if moving else _("Janji tercatat. Nomor antrean Anda %(number)s.") % {"number": row.number})
                return redirect(row.href)
    days = open_days(db, counter, now=now)
    day = read_day(request.query_params.get("hari", "")) or next((day for day, free in days if free), None)
    slots = open_slots(db, counter, day, now=now, full=True) if day else []
    context = {"counter": counter, "days": days, "day": day, "slots": slots, "moving": moving, "refused": refused, "note": str(form.get("catatan", ""))[:300]}
    return page(request, "janji/pick.html", status=409 if refused else 200, berkas=query_int(request, "berkas") or None, **context)


def _moving(request: Request, counter_id: int) -> Appointment | None:
    wanted = query_int(request, "pindah")
    if not wanted:
        return None
    row = services.appointment_of(request.state.db, request.user, wanted)
    if row.counter_id != counter_id:
        raise NotFound()
    return row


def _take(request: Request, counter_id: int, moving: Appointment | None, moment: str, note: str) -> Appointment:
    db, actor, now = request.state.db, request.user, request.state.now
    if moving is not None:
        return move(db, actor, moving.id, _read_moment(moment), now=now)
    return book(db, actor, counter_id, _read_moment(moment), berkas_id=query_int(request, "berkas") or None, note=note, now=now)


def ticket(request: Request) -> Response:
    row = services.appointment_of(request.state.db, request.user, path_int(request))
    qr = qr_svg(scan_address(row), _("Kode QR untuk petugas loket"))
    return page(request, "janji/ticket.html", ticket=reading.ticket_of(request.state.db, row), qr=qr, row=row)


def scan_address(row: Appointment) -> str:
    """What the ticket's QR code holds: the page at which the counter checks its holder in."""
    return whole_url(url("janji:kerja.scan", token=row.token))


def give_up(request: Request) -> Response:
    db = request.state.db
    row = cancel(db, request.user, path_int(request), reason=str(form_of(request).get("reason", "")), now=request.state.now)
    flash(request, _("Janji dibatalkan. Waktunya dapat dipakai orang lain."))
    return redirect(url("janji:index") if services.is_own(request.user, row) else own_path(str(form_of(request).get("ke", "")), url("janji:kerja.index")))


def calendar_file(request: Request) -> Response:
    """The ticket for one's own calendar."""
    db = request.state.db
    row = services.appointment_of(db, request.user, path_int(request))
    item = reading.ticket_of(db, row)
    address = whole_url(row.href)
    text = "\n".join(filter(None, (_("Nomor antrean %(number)s.") % {"number": row.number}, item.counter.bring)))
    event = IcsEvent(
        f"janji-{row.id}@{urlsplit(address).netloc}", item.counter.title, row.starts_at, row.ends_at, f"{item.opd}, {item.counter.place}".strip(", "), text,
        address, not row.is_open, 60,
    )
    return ics_response(f"janji-{row.number}", [event], now=request.state.now)


def board(request: Request) -> Response:
    """Numbers that are called and wait, for everyone in the hall: no names."""
    db = request.state.db
    counter = services.counter_of(db, path_int(request))
    shown: dict[str, Any] = {"board": reading.board(db, counter, now=request.state.now), "topic": services.topic_of(counter.id)}
    return page(request, "janji/board.html", counter=counter, **shown)


routes = [
    Route("/janji/", index, name="janji:index"),
    Route("/janji/pilih/{id:int}", pick, methods=["GET", "POST"], name="janji:pick"),
    Route("/janji/loket/{id:int}", board, name="janji:board"),
    Route("/janji/{id:int}", ticket, name="janji:ticket"),
    Route("/janji/{id:int}/pembatalan", give_up, methods=["POST"], name="janji:cancel"),
    Route("/janji/{id:int}/janji.ics", calendar_file, name="janji:ics"),
]
