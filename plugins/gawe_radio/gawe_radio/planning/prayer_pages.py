"""Times of prayer for everyone and for the studio, and how pieces rest."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pendopo import _
from pendopo.http import flash, page, redirect, url

from .. import programmes
from . import choices, prayer
from .forms import PrayerForm, RotationForm

MOST_MONTHS = 24


def _month(request: Request) -> date:
    """The first of the month that was asked for, else of this one; two years each way."""
    today = programmes.local_day(request.state.now)
    try:
        asked = date.fromisoformat(request.query_params.get("bulan", "")[:7] + "-01")
    except ValueError:
        return today.replace(day=1)
    return asked if abs((asked.year - today.year) * 12 + asked.month - today.month) <= MOST_MONTHS else today.replace(day=1)


def _table(request: Request) -> dict[str, Any]:
    """The month around, with today's times: the same for listeners and the studio."""
    plan = choices.prayer_plan(request.state.db)
    today, first = programmes.local_day(request.state.now), _month(request)
    name, at = prayer.next_after(plan, request.state.now)
    return {
        "plan": plan, "today": today, "first": first, "rows": prayer.month_of(plan, first), "times": prayer.day_of(plan, today).times(),
        "next_name": name, "next_at": at, "names": prayer.PRAYER_NAMES, "before": (first - timedelta(days=1)).replace(day=1),
        "after": (first + timedelta(days=32)).replace(day=1), "is_ramadan": plan.is_ramadan,
    }


def timetable(request: Request) -> Response:
    """For listeners, made to be printed."""
    return page(request, "gawe_radio/planning/imsakiyah.html", **_table(request))


def prayers(request: Request) -> Response:
    """Staff: which times are heard, where they are reckoned for, and the month that comes of it."""
    request.user.require("radio.programme")
    db = request.state.db
    plan = choices.prayer_plan(db)
    form = PrayerForm(request, db, prefill={
        "heard": list(plan.heard), "track": plan.track, "said": plan.said, "point": (plan.lat, plan.lon), "ihtiyat_min": plan.ihtiyat_min, "imsak": plan.imsak,
        "ramadan_from": plan.ramadan_from, "ramadan_until": plan.ramadan_until,
    })
    if form.submitted and form.validate():
        with form.refusals():
            choices.choose_prayers(db, request.user, form.plan())
            flash(request, _("Waktu salat tersimpan. Mesin siaran mengikutinya."))
            return redirect(url("radio:kerja.salat"))
    return page(request, "gawe_radio/planning/prayer.html", form=form, status=form.status, tab="acara", part="salat", **_table(request))


def rotation(request: Request) -> Response:
    request.user.require("radio.programme")
    db = request.state.db
    chosen = choices.rotation(db)
    form = RotationForm(request, db, prefill={
        "artist_min": chosen.artist_min, "title_min": chosen.title_min, "ident_min": chosen.ident_min, "requests_hour": chosen.requests_hour,
        "wheel": str(chosen.wheel_id or ""), "areas": list(chosen.areas),
    })
    if form.submitted and form.validate():
        with form.refusals():
            choices.choose_rotation(db, request.user, form.rotation())
            flash(request, _("Rotasi tersimpan. Mesin siaran mengikutinya."))
            return redirect(url("radio:kerja.rotasi"))
    return page(request, "gawe_radio/planning/rotation.html", form=form, status=form.status, tab="acara", part="rotasi")


routes = [Route("/imsakiyah/", timetable, name="radio:imsakiyah")]
staff_routes = [
    Route("/salat/", prayers, methods=["GET", "POST"], name="radio:kerja.salat"),
    Route("/rotasi/", rotation, methods=["GET", "POST"], name="radio:kerja.rotasi"),
]
