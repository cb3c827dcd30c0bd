"""How many listen, for the station's people: /kerja/radio/pendengar/."""

from __future__ import annotations

from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response

from pendopo import _
from pendopo.http import page
from pendopo.i18n import current_zone, format_date, format_time
from pendopo.kit.opendata import csv_response

from .. import air_log, programmes, station
from . import figures

SPAN_DAYS = 14
LONGEST_DAYS = 400
MOST_SONGS = 50_000


def _day(text: str, otherwise: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return found if 2000 < found.year < 2200 else otherwise


def _span(request: Request) -> tuple[date, date]:
    """From `dari` to `sampai`; two weeks until today without them, never more than the longest span."""
    today = programmes.local_day(request.state.now)
    last = _day(request.query_params.get("sampai", ""), today)
    first = _day(request.query_params.get("dari", ""), last - timedelta(days=SPAN_DAYS - 1))
    first = min(first, last)
    return max(first, last - timedelta(days=LONGEST_DAYS)), last


def figures_page(request: Request) -> Response:
    request.user.require("radio.studio")
    db, user = request.state.db, request.user
    first, last = _span(request)
    start, end = programmes.day_bounds(first)[0], programmes.day_bounds(last)[1]
    state = station.state()
    hours = figures.by_hour(db, user, last)
    return page(
        request, "gawe_radio/listening/figures.html", tab="pendengar", first=first, last=last, audience=figures.audience(db, user, start, end),
        now_listening=figures.total_of(state) if state else None,
        days=[(format_date(day, "EEE d MMM"), round(mean, 1)) for day, mean, _peak in figures.by_day(db, user, first, last)],
        hours=[(format_time(hour, "HH.mm"), round(mean, 1)) for hour, mean, _peak in hours],
        programmes=[(title or _("Musik pilihan"), round(mean, 1)) for title, mean, _peak in figures.by_programme(db, user, start, end)],
        mounts=[(mount, round(mean, 1)) for mount, mean in figures.by_mount(db, user, start, end)],
    )


def figures_csv(request: Request) -> Response:
    first, last = _span(request)
    rows = [(day, round(mean, 2), peak) for day, mean, peak in figures.by_day(request.state.db, request.user, first, last)]
    return csv_response(f"pendengar-{first}-{last}", ("tanggal", "rata_rata", "terbanyak"), rows)


def played_csv(request: Request) -> Response:
    """Every song that was on the air, as collecting societies ask for it: when, what, by whom, how long, and how many heard it."""
    request.user.require("radio.studio")
    first, last = _span(request)
    db = request.state.db
    songs = air_log.songs(db, programmes.day_bounds(first)[0], programmes.day_bounds(last)[1], limit=MOST_SONGS)
    heard_by = figures.listeners_at(db, [row.at for row in songs])
    header = ("tanggal", "jam", "judul", "artis", "durasi_detik", "pendengar")
    return csv_response(f"lagu-{first}-{last}", header, (_song(row, heard_by.get(row.at)) for row in songs))


def _song(row, listeners: int | None) -> tuple:
    local, track = row.at.astimezone(current_zone.get()), row.data.get("track") or {}
    return f"{local:%Y-%m-%d}", f"{local:%H:%M:%S}", track.get("title") or row.title, track.get("artist", ""), track.get("duration_s", ""), listeners
