"""Warnings of others: the studio's alarm and desk, and the public page that says what is true."""

from __future__ import annotations

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pendopo import N_, _
from pendopo.http import flash, fragment, is_partial, page, path_int, redirect, url

from .. import announcements
from . import services
from .models import Feed
from .polling import wanted_feeds

OUTCOMES = {
    "siar": (N_("disiarkan"), "error"), "alarm": (N_("alarm studio"), "error"), "naskah": (N_("naskah bacaan"), "warn"), "catat": (N_("dicatat"), "muted"),
}
STATES = {"berlaku": (N_("berlaku"), "ok"), "diganti": (N_("diganti"), "muted"), "dicabut": (N_("dicabut"), "muted")}


def public(request: Request) -> Response:
    """What holds now, what was withdrawn, and how to tell a hoax."""
    db, now = request.state.db, request.state.now
    ours = [word for word in announcements.active_announcements(db, now) if word.priority != "info"]
    withdrawn = [word for word in announcements.public_announcements(db, limit=30) if word.state == "batal" and word.priority != "info"]
    told = {word.id for word in ours}
    context = {
        "ours": ours, "warnings": [row for row in services.holding(db, now) if row.announcement_id not in told], "ended": services.ended(db, now),
        "withdrawn": withdrawn[:5], "at": now,
    }
    if is_partial(request) and request.query_params.get("bagian") == "isi":
        return fragment(request, "gawe_radio/warnings/_public.html", **context)
    return page(request, "gawe_radio/warnings/public.html", **context)


def desk(request: Request) -> Response:
    request.user.require("radio.studio")
    db, now = request.state.db, request.state.now
    if is_partial(request) and request.query_params.get("bagian") == "alarm":  # what rings, fetched again when something changes
        return fragment(request, "gawe_radio/warnings/_alarm.html", ringing=services.ringing(db, now), at=now)
    feeds = wanted_feeds(db)
    known = {row.address: row for row in db.scalars(select(Feed).where(Feed.address.in_([feed.address for feed in feeds])))}
    return page(
        request, "gawe_radio/warnings/desk.html", ringing=services.ringing(db, now), rows=services.recent(db), feeds=feeds, known=known, at=now,
        tab="peringatan", outcomes=OUTCOMES, states=STATES,
    )


def take(request: Request) -> Response:
    services.take_alarm(request.state.db, request.user, path_int(request), now=request.state.now)
    flash(request, _("Alarm diterima. Siapkan pengumuman bila perlu."))
    return redirect(url("radio:kerja.peringatan"))


routes: list = [Route("/peringatan/", public, name="radio:peringatan")]
staff_routes: list = [
    Route("/peringatan/", desk, name="radio:kerja.peringatan"),
    Route("/peringatan/{id:int}/penerimaan", take, methods=["POST"], name="radio:kerja.alarm.terima"),
]
