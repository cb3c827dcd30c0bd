"""Listen again, podcasts, and the archive's desk."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from pendopo import N_, NotFound, _
from pendopo.http import flash, page, path_int, redirect, url, whole_url
from pendopo.kit import settings
from pendopo.kit.listing import Asked
from pendopo.kit.opendata import csv_response

from .. import programmes
from ..addresses import station_name
from ..models import Program
from . import cover, episodes, podcast, proof, recordings
from .forms import MODE_WORDS, EpisodeForm, ModeForm, ProofForm
from .models import Episode


def _config(request: Request):
    return request.app.state.portal.settings


# ------------------------------------------------------------------------------------------------------- listening again


def episode_list(request: Request) -> Response:
    db = request.state.db
    asked = Asked(request.query_params)
    program_id, text = asked.whole("acara"), asked.text()
    found = episodes.heard_again(db, program_id=program_id, text=text, page=asked.page)
    kept = {program_id for program_id, mode in episodes.modes(db).items() if mode != "tidak"}
    programs = [program for program in programmes.program_list(db) if program.id in kept]
    return page(
        request, "gawe_radio/archive/episodes.html", found=found, text=text, program_id=program_id, programs=programs,
        modes=episodes.modes(db), sound=sound_address,
    )


def sound_address(episode: Episode) -> str:
    return url("radio:ulang.suara", id=episode.id)


def show_episode(request: Request) -> Response:
    episode = episodes.find(request.state.db, path_int(request))
    program = request.state.db.get(Program, episode.program_id) if episode.program_id else None
    return page(request, "gawe_radio/archive/episode.html", episode=episode, program=program, sound=sound_address(episode))


def episode_sound(request: Request) -> Response:
    """The file; players ask for parts of it (`Range`)."""
    return _sound(episodes.path_of(episodes.find(request.state.db, path_int(request))))


def _sound(path: Path) -> Response:
    if not path.is_file():
        raise NotFound()
    headers = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
    return FileResponse(path, media_type="audio/mpeg", headers=headers)


def episode_chapters(request: Request) -> Response:
    return JSONResponse(podcast.chapters_json(episodes.find(request.state.db, path_int(request))), headers={"Access-Control-Allow-Origin": "*"})


def podcast_feed(request: Request) -> Response:
    """All programmes, or one."""
    db = request.state.db
    program = programmes.find_program(db, path_int(request, "program_id")) if "program_id" in request.path_params else None
    if program is not None and episodes.modes(db).get(program.id) != "podcast":
        raise NotFound()
    title = program.title if program else station_name(request)
    channel = podcast.Channel(
        title=title, link=whole_url(url("radio:ulang")), self_link=whole_url(request.url.path),
        description=(program.description if program else "") or _("Siaran %(station)s untuk didengar kapan saja.") % {"station": station_name(request)},
        author=station_name(request), email=f"radio@{_config(request).regency.jurisdiction_id}", image=whole_url(url("radio:podcast.gambar")),
    )
    rows = episodes.podcast(db, program.id if program else None)
    addresses = {
        row.id: tuple(whole_url(url(name, id=row.id)) for name in ("radio:ulang.show", "radio:ulang.suara", "radio:ulang.bab")) for row in rows
    }
    return Response(podcast.feed(channel, rows, addresses), media_type="application/rss+xml; charset=utf-8")


def podcast_cover(request: Request) -> Response:
    headers = {"Cache-Control": "public, max-age=86400", "Access-Control-Allow-Origin": "*"}
    return Response(cover.picture(station_name(request)), media_type="image/png", headers=headers)


# --------------------------------------------------------------------------------------------------------------- the desk


def _day(request: Request) -> date:
    today = programmes.local_day(request.state.now)
    try:
        day = date.fromisoformat(request.query_params.get("tanggal", ""))
    except ValueError:
        return today
    return day if abs((today - day).days) < 20_000 else today


def archive(request: Request) -> Response:
    request.user.require("radio.archive")
    db, now, day = request.state.db, request.state.now, _day(request)
    return page(
        request, "gawe_radio/archive/desk.html", hours=recordings.hours_of(db, day, now), day=day, totals=recordings.totals(db),
        slots=programmes.of_day(db, day), keep_days=settings.value(db, "radio.arsip_hari"),
        check=recordings.check(db) if request.query_params.get("periksa") else None, tab="arsip",
    )


def hour_sound(request: Request) -> Response:
    request.user.require("radio.archive")
    try:
        start = datetime.strptime(request.path_params["hour"] + "+0000", "%Y%m%dT%H%z")
    except ValueError as error:
        raise NotFound() from error
    return _sound(recordings.path_of(start))


def proof_page(request: Request) -> Response:
    request.user.require("radio.archive")
    start, _end = programmes.day_bounds(programmes.local_day(request.state.now))
    asked = FormData(request.query_params.multi_items()) if "start" in request.query_params else None
    form = ProofForm(request, typed=asked, prefill={"start": start, "end": request.state.now, "kind": ""})
    rows = []
    if asked is None or form.validate():
        rows = proof.lines(request.state.db, form.start.data, form.end.data, text=form.text.data or "", kind=form.kind.data or "")
    wanted = request.query_params.get("format")
    if form.status != 200:
        wanted = None
    if wanted == "csv":
        return csv_response("bukti-siar.csv", proof.HEADER, proof.table(rows))
    if wanted == "pdf":
        return _proof_paper(request, form, rows)
    return page(request, "gawe_radio/archive/proof.html", form=form, rows=proof.table(rows), most=proof.MOST_LINES, status=form.status, tab="arsip")


def _proof_paper(request: Request, form: ProofForm, rows: list) -> Response:
    about = form.text.data or _(proof.PROVED.get(form.kind.data or "", N_("Semua")))
    paper = proof.paper(
        rows, form.start.data, form.end.data, about=about, station_name=station_name(request), printed_by=request.user.name, now=request.state.now,
    )
    return Response(paper, media_type="application/pdf", headers={"Content-Disposition": 'inline; filename="bukti-siar.pdf"', "Cache-Control": "no-store"})


def new_episode(request: Request) -> Response:
    request.user.require("radio.archive")
    now = request.state.now
    hour = now.replace(minute=0, second=0, microsecond=0)
    form = EpisodeForm(request, prefill={"start": hour - timedelta(hours=1), "end": hour, "mode": "ulang"})
    if form.submitted and form.validate():
        with form.refusals():
            episode = episodes.by_hand(request.state.db, request.user, form.title.data, form.start.data, form.end.data, form.mode.data, now)
            flash(request, _("Potongan siaran tersimpan dan dapat didengar lagi."))
            return redirect(url("radio:ulang.show", id=episode.id))
    return page(request, "gawe_radio/archive/new_episode.html", form=form, status=form.status, tab="arsip")


def remove_episode(request: Request) -> Response:
    episodes.remove(request.state.db, request.user, path_int(request), request.state.now)
    flash(request, _("Siaran ulang dihapus. Rekaman aslinya tetap di arsip."))
    return redirect(url("radio:ulang"))


def kept_programmes(request: Request) -> Response:
    """Which programmes can be heard again."""
    request.user.require("radio.archive")
    db = request.state.db
    rows = [program for program in programmes.program_list(db) if program.active]
    return page(request, "gawe_radio/archive/kept.html", rows=rows, modes=episodes.modes(db), words=MODE_WORDS, tab="arsip")


def keep_programme(request: Request) -> Response:
    request.user.require("radio.archive")
    form = ModeForm(request)
    if form.validate():
        episodes.choose_mode(request.state.db, request.user, path_int(request), form.mode.data)
        flash(request, _("Tersimpan."))
    else:
        flash(request, _("Pilihan ini tidak ada."), "error")
    return redirect(url("radio:kerja.arsip.acara"))


routes = [
    Route("/siaran-ulang/", episode_list, name="radio:ulang"),
    Route("/siaran-ulang/{id:int}", show_episode, name="radio:ulang.show"),
    Route("/siaran-ulang/{id:int}.mp3", episode_sound, name="radio:ulang.suara"),
    Route("/siaran-ulang/{id:int}/bab.json", episode_chapters, name="radio:ulang.bab"),
    Route("/podcast.png", podcast_cover, name="radio:podcast.gambar"),
    Route("/podcast.xml", podcast_feed, name="radio:podcast"),
    Route("/podcast/{program_id:int}.xml", podcast_feed, name="radio:podcast.acara"),
]
staff_routes = [
    Route("/arsip/", archive, name="radio:kerja.arsip"),
    Route("/arsip/jam/{hour}.mp3", hour_sound, name="radio:kerja.arsip.jam"),
    Route("/arsip/bukti-siar", proof_page, name="radio:kerja.bukti"),
    Route("/arsip/potongan", new_episode, methods=["GET", "POST"], name="radio:kerja.potong"),
    Route("/arsip/siaran-ulang/{id:int}/penghapusan", remove_episode, methods=["POST"], name="radio:kerja.ulang.hapus"),
    Route("/arsip/acara", kept_programmes, name="radio:kerja.arsip.acara"),
    Route("/arsip/acara/{id:int}", keep_programme, methods=["POST"], name="radio:kerja.arsip.simpan"),
]
