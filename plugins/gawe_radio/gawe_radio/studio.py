"""The studio: /kerja/radio/."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pendopo import _
from pendopo.http import flash, fragment, is_partial, page, redirect, url

from . import air_log, announcements, programmes, readouts, station
from .forms import TrackForm

OLDEST_LOG_YEARS = 50


def _on_air(request: Request) -> dict:
    """What the engine says now; `state` is None while it is away."""
    state = station.state()
    return {
        "state": state, "queue": station.waiting_words() if state else [], "alarms": air_log.alarms(request.state.db, request.state.now - timedelta(hours=1)),
        "at": request.state.now,
    }


def studio(request: Request) -> Response:
    request.user.require("radio.studio")
    db, now = request.state.db, request.state.now
    air = _on_air(request)
    tracks = station.ask("tracks")["tracks"] if air["state"] else []
    return page(
        request, "gawe_radio/studio/index.html", **air, waiting=announcements.waiting_for_release(db), requests=readouts.waiting_requests(db),
        active=announcements.active_announcements(db, now), service_title=readouts.service_title, tab="studio",
        track_form=TrackForm(request, [track for track in tracks if track["kind"] == "music"]) if tracks else None,
    )


def on_air(request: Request) -> Response:
    """The lamp, what plays and what waits: fetched again whenever something changes."""
    request.user.require("radio.studio")
    return _piece(request, "on_air", **_on_air(request))


def desk(request: Request) -> Response:
    """Releases and read-outs that wait for someone."""
    request.user.require("radio.studio")
    db = request.state.db
    return _piece(
        request, "desk", waiting=announcements.waiting_for_release(db), requests=readouts.waiting_requests(db),
        active=announcements.active_announcements(db, request.state.now), at=request.state.now, service_title=readouts.service_title,
    )


def _piece(request: Request, name: str, **context: Any) -> Response:
    """A part of the studio: bare for htmx, as a page of its own for everyone else."""
    if is_partial(request):
        return fragment(request, f"gawe_radio/studio/_{name}.html", **context)
    return page(request, f"gawe_radio/studio/{name}.html", tab="studio", **context)


def skip(request: Request) -> Response:
    request.user.require("radio.studio")
    station.ask("skip")
    flash(request, _("Lagu dilewati."))
    return redirect(url("radio:kerja.studio"))


def play_next(request: Request) -> Response:
    request.user.require("radio.studio")
    form = TrackForm(request, station.ask("tracks")["tracks"])
    if form.validate():
        station.ask("play", track=form.track.data)
        flash(request, _("Lagu itu diputar sesudah yang sekarang."))
    else:
        flash(request, _("Lagu itu tidak ada."), "error")
    return redirect(url("radio:kerja.studio"))


# ------------------------------------------------------------------------------------------------- log and programmes


def air_lines(request: Request) -> Response:
    request.user.require("radio.studio")
    today = programmes.local_day(request.state.now)
    try:
        day = date.fromisoformat(request.query_params.get("tanggal", ""))
    except ValueError:
        day = today
    if abs(day.year - today.year) > OLDEST_LOG_YEARS:
        day = today
    start, end = programmes.day_bounds(day)
    return page(request, "gawe_radio/studio/log.html", rows=air_log.lines(request.state.db, start, end), day=day, tab="log")


staff_routes = [
    Route("/", studio, name="radio:kerja.studio"),
    Route("/udara", on_air, name="radio:kerja.udara"),
    Route("/meja", desk, name="radio:kerja.meja"),
    Route("/lewatan", skip, methods=["POST"], name="radio:kerja.skip"),
    Route("/lagu", play_next, methods=["POST"], name="radio:kerja.lagu"),
    Route("/log/", air_lines, name="radio:kerja.log"),
]
