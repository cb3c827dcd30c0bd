"""Listeners' pages: the station now, its week, what was on the air, and how others show it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pendopo.http import page, query_int, url, whole_url
from pendopo.i18n import current_zone
from pendopo.kit import settings
from pendopo.pages import current_pages
from pendopo_stream.rundown import slot_after, slot_at

from .. import air_log, announcements, companion, programmes
from ..addresses import station_name
from ..board import wishes
from . import heard

AROUND = timedelta(minutes=30)
EMBED_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; media-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors *"
)


def _now(request: Request) -> dict[str, Any]:
    """What is on, what follows, and how far the programme has come (in minutes)."""
    db, now = request.state.db, request.state.now
    slots = programmes.slots_between(db, now - timedelta(hours=12), now + timedelta(hours=24))
    on_air = slot_at(slots, now)
    return {
        "on_air": on_air, "after": slot_after(slots, now), "playing": companion.now_playing(companion.hub), "at": now,
        "gone_min": int((now - on_air.start).total_seconds() // 60) if on_air else 0,
        "long_min": int((on_air.end - on_air.start).total_seconds() // 60) if on_air else 0,
    }


def index(request: Request) -> Response:
    db, now = request.state.db, request.state.now
    today = programmes.local_day(now)
    return page(
        request, "gawe_radio/index.html", station=station_name(request), today=programmes.of_day(db, today), day=today, played=air_log.played(db, limit=8),
        latest=announcements.public_announcements(db, limit=4), greetings=wishes.public_wishes(db, now, limit=3),
        stream=whole_url("/radio/stream.mp3"), low=whole_url("/radio/low.opus"), hls=whole_url("/radio/hls/live.m3u8"),
        phone=settings.value(db, "radio.nomor_studio"), **_now(request),
    )


def on_air_now(request: Request) -> Response:
    """The heart of the radio page, fetched again when something else plays."""
    return page(request, "gawe_radio/listening/now.html", station=station_name(request), **_now(request))


def schedule(request: Request) -> Response:
    first = programmes.local_day(request.state.now)
    programs = {str(program.id): program for program in programmes.active_programs(request.state.db)}
    return page(
        request, "gawe_radio/schedule.html", station=station_name(request), days=programmes.week(request.state.db, first), programs=programs,
        at=request.state.now, languages=programmes.LANGUAGES, classes=programmes.CLASSES,
    )


def history(request: Request) -> Response:
    """What was on the air: the latest, or what was heard around a time of a day ("what was that song at twenty to ten?")."""
    text = request.query_params.get("q", "").strip()[:80]
    moment = asked_moment(request.query_params.get("tanggal", ""), request.query_params.get("jam", ""), request.state.now)
    rows = air_log.played_around(request.state.db, moment, AROUND) if moment else air_log.played(request.state.db, limit=60, text=text)
    at_that_time = next((row for row in rows if row.at <= moment), None) if moment else None
    return page(request, "gawe_radio/history.html", station=station_name(request), played=rows, moment=moment, heard_then=at_that_time, text=text)


def asked_moment(day: str, clock: str, now: datetime) -> datetime | None:
    """A typed day and time of the regency, in UTC. A time without a day is the last time that the clock showed it."""
    if not clock:
        return None
    local = now.astimezone(current_zone.get())
    try:
        found = datetime.fromisoformat(f"{day or local.date()}T{clock}").replace(tzinfo=current_zone.get())
        if not day and found > local:
            found -= timedelta(days=1)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def heard_json(request: Request) -> Response:
    """Titles and words from the moment `sejak` (seconds of Unix time) on, for players that rewind."""
    since = datetime.fromtimestamp(query_int(request, "sejak", int(request.state.now.timestamp())), UTC)
    cues = heard.past(request.state.db, since, request.state.now)
    return JSONResponse({"cues": cues}, headers={"Cache-Control": "no-store"})


# ------------------------------------------------------------------------------------------------------ on other sites


def how_to_embed(request: Request) -> Response:
    address = whole_url(url("radio:sematan"))
    code = f'<iframe src="{address}" title="{station_name(request)}" width="100%" height="132" allow="autoplay" loading="lazy"></iframe>'
    return page(request, "gawe_radio/listening/embed_code.html", station=station_name(request), code=code, address=address)


def embedded(request: Request) -> Response:
    """The small player that any site may show in a frame. It knows nobody: the same page for all, no session, no cookie."""
    html = current_pages().draw(
        "gawe_radio/listening/embed.html", request.state.language, "gawe_radio", station=station_name(request), home=whole_url("/radio/"),
    )
    return Response(html, media_type="text/html", headers={
        "Content-Security-Policy": EMBED_POLICY, "Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "public, max-age=300",
    })
