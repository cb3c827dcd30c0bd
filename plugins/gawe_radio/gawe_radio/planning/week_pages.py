"""Pages of the week: programmes, single days otherwise, the broadcasts of a day, the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pendopo import DomainError, NotFound, _
from pendopo.http import flash, page, path_int, redirect, url, whole_url

from .. import programmes
from ..addresses import station_name
from . import changes, drawing, ics, lists
from .forms import ChangeForm, ProgrammeForm
from .models import Wheel
from .rules import REPEATS, WEEKS, read

STAMP = "%Y%m%dT%H%M%S"
FARTHEST_DAYS = 366


def stamp(at: datetime) -> str:
    """A start as it stands in an address: 20261127T050000, in UTC."""
    return at.astimezone(UTC).strftime(STAMP)


def _at(request: Request) -> datetime:
    try:
        return datetime.strptime(request.path_params["at"], STAMP).replace(tzinfo=UTC)
    except ValueError as error:
        raise NotFound() from error


def _day(request: Request, name: str = "tanggal") -> date:
    """The day that was asked for, else today; nobody walks farther than a year."""
    today = programmes.local_day(request.state.now)
    try:
        day = date.fromisoformat(request.query_params.get(name, ""))
    except ValueError:
        return today
    return day if abs((day - today).days) <= FARTHEST_DAYS else today


def week(request: Request) -> Response:
    """Seven days as they are planned, drawn on a wide screen and listed on a phone, with what is free."""
    request.user.require("radio.studio")
    first = _day(request)
    first -= timedelta(days=first.weekday())
    days = [
        (day, changes.broadcasts(request.state.db, day, request.state.now), changes.gaps_of(_touching(request, day), day))
        for day in (first + timedelta(days=n) for n in range(7))
    ]
    return page(
        request, "gawe_radio/planning/week.html", days=days, drawn=[drawing.column(found, free, day) for day, found, free in days], first=first,
        today=programmes.local_day(request.state.now), before=first - timedelta(days=7), after=first + timedelta(days=7), stamp=stamp,
        states=changes.STATES, change_names=changes.CHANGE_NAMES, hours=drawing.HOURS, tab="acara", part="minggu",
    )


def _touching(request: Request, day: date) -> list[Any]:
    return programmes.slots_between(request.state.db, *programmes.day_bounds(day))


def programme_list(request: Request) -> Response:
    request.user.require("radio.studio")
    db = request.state.db
    return page(
        request, "gawe_radio/planning/programmes.html", rows=programmes.program_list(db), days=programmes.DAY_NAMES, repeat_of=_repeat_of, weeks=WEEKS,
        wheels={row.id: row.name for row in lists.all_of(db, Wheel)}, classes=programmes.CLASSES, repeats=REPEATS, tab="acara", part="daftar",
    )


def _repeat_of(program: Any) -> Any:
    return read(program.rrule, programmes.local_time(program.start))


def new_programme(request: Request) -> Response:
    return _programme(request, None)


def change_programme(request: Request) -> Response:
    return _programme(request, path_int(request))


def _programme(request: Request, program_id: int | None) -> Response:
    request.user.require("radio.programme")
    db, now = request.state.db, request.state.now
    program = programmes.find_program(db, program_id) if program_id else None
    form = ProgrammeForm(
        request, db, chosen=(program.presenters or ()) if program else (),
        prefill=programmes.as_plan(program) if program else {"minutes": 60, "often": "mingguan", "first": _first(request)},
    )
    if form.submitted and form.validate():
        with form.refusals():
            programmes.plan_program(db, request.user, form.plan(), program_id=program_id, now=now)
            flash(request, _("Acara tersimpan."))
            return redirect(url("radio:kerja.acara"))
    coming = changes.coming(db, program, now) if program and program.active and not form.submitted else []
    return page(
        request, "gawe_radio/planning/programme.html", form=form, program=program, coming=coming, stamp=stamp, change_names=changes.CHANGE_NAMES,
        status=form.status, tab="acara", part="daftar",
    )


def _first(request: Request) -> date | None:
    """The day of the gap that somebody pressed on."""
    return _day(request, "mulai") if request.query_params.get("mulai") else None


def end_programme(request: Request) -> Response:
    programmes.end_program(request.state.db, request.user, path_int(request), now=request.state.now)
    flash(request, _("Acara dihentikan."))
    return redirect(url("radio:kerja.acara"))


# ------------------------------------------------------------------------------------------------------- single days


def broadcasts(request: Request) -> Response:
    """The broadcasts of a day: what is to come, on the air, over, or left out."""
    request.user.require("radio.studio")
    day = _day(request)
    found = changes.broadcasts(request.state.db, day, request.state.now)
    return page(
        request, "gawe_radio/planning/broadcasts.html", day=day, rows=found, free=changes.gaps_of(_touching(request, day), day), stamp=stamp,
        before=day - timedelta(days=1), after=day + timedelta(days=1), today=programmes.local_day(request.state.now), states=changes.STATES,
        change_names=changes.CHANGE_NAMES, tab="acara", part="siaran",
    )


def broadcast(request: Request) -> Response:
    """One time of a programme, made otherwise."""
    request.user.require("radio.programme")
    db, now, at = request.state.db, request.state.now, _at(request)
    found = changes.find_broadcast(db, path_int(request), at, now)
    change = found.change
    form = ChangeForm(request, db, prefill=(
        {"kind": change.kind, "title": change.title, "presenter": change.presenter, "recorded": change.recorded, "start": change.start, "note": change.note,
         "minutes": change.duration_s // 60 if change.duration_s else None} if change else {"kind": "ganti"}
    ))
    if form.submitted and form.validate():
        with form.refusals():
            changes.change_broadcast(db, request.user, found.program_id, at, form.instead(), now=now)
            flash(request, _("Siaran hari itu diubah."))
            return redirect(url("radio:kerja.siaran", _query={"tanggal": programmes.local_day(at).isoformat()}))
    return page(
        request, "gawe_radio/planning/broadcast.html", found=found, program=programmes.find_program(db, found.program_id), form=form, status=form.status,
        stamp=stamp, change_names=changes.CHANGE_NAMES, tab="acara", part="siaran",
    )


def restore_broadcast(request: Request) -> Response:
    at = _at(request)
    program_id = path_int(request)
    day = programmes.local_day(at).isoformat()
    try:
        with request.state.db.begin_nested():
            changes.undo_change(request.state.db, request.user, program_id, at, now=request.state.now)
    except DomainError as refusal:
        if refusal.status != 409:
            raise
        flash(request, refusal.sentence(), "error")
        return redirect(url("radio:kerja.siaran.ubah", id=program_id, at=stamp(at)))
    flash(request, _("Siaran hari itu kembali seperti biasa."))
    return redirect(url("radio:kerja.siaran", _query={"tanggal": day}))


def calendar(request: Request) -> Response:
    """The week as iCalendar, for anyone's calendar."""
    text = ics.calendar(request.state.db, name=station_name(request), link=whole_url("/radio/jadwal/"), now=request.state.now)
    headers = {"Content-Disposition": 'inline; filename="jadwal-radio.ics"', "Cache-Control": "public, max-age=900"}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)


BOTH = ["GET", "POST"]
routes = [Route("/jadwal.ics", calendar, name="radio:jadwal.ics")]
staff_routes = [
    Route("/acara/", week, name="radio:kerja.acara"),
    Route("/acara/daftar/", programme_list, name="radio:kerja.acara.daftar"),
    Route("/acara/baru", new_programme, methods=BOTH, name="radio:kerja.acara.baru"),
    Route("/acara/{id:int}", change_programme, methods=BOTH, name="radio:kerja.acara.ubah"),
    Route("/acara/{id:int}/penghentian", end_programme, methods=["POST"], name="radio:kerja.acara.henti"),
    Route("/acara/hari/", broadcasts, name="radio:kerja.siaran"),
    Route("/acara/hari/{id:int}/{at}", broadcast, methods=BOTH, name="radio:kerja.siaran.ubah"),
    Route("/acara/hari/{id:int}/{at}/pemulihan", restore_broadcast, methods=["POST"], name="radio:kerja.siaran.pulih"),
]
