"""The studio: /kerja/radio/."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pendopo import _
from pendopo.http import flash, form_of, fragment, is_partial, page, path_int, redirect, url

from . import air_log, announcements, programmes, readouts, station
from .errors import TooLongToRead
from .forms import AnnouncementForm, ProgrammeForm, ReasonForm, ReleaseForm, TrackForm

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


# ------------------------------------------------------------------------------------------------------ announcements


def _preview(form: AnnouncementForm) -> dict:
    """How it will sound, and for how long."""
    text = form.words().text
    heard = announcements.spoken(text)
    try:
        return {"heard": heard, "length_s": announcements.reading_length_s(text), "too_long": ""}
    except TooLongToRead as error:
        return {"heard": heard, "length_s": None, "too_long": error.sentence()}


def new_announcement(request: Request) -> Response:
    request.user.require("radio.announce")
    form = AnnouncementForm(request, prefill={"until": request.state.now + timedelta(days=1), "priority": "info"})
    preview = None
    if form.submitted and form.validate():
        if form_of(request).get("aksi") == "pratinjau":
            preview = _preview(form)
        else:
            with form.refusals():
                word = announcements.write_announcement(request.state.db, request.user, form.words(), now=request.state.now)
                _say_written(request, word)
                return redirect(url("radio:kerja.pengumuman", id=word.id))
    return _writing(request, form, preview, tab="tulis", heading=_("Tulis pengumuman"), change=None)


def _writing(request: Request, form: AnnouncementForm, preview: dict | None, **context: Any) -> Response:
    return page(request, "gawe_radio/studio/write.html", form=form, preview=preview, status=form.status, **context)


def _say_written(request: Request, word: announcements.Announcement) -> None:
    if word.state == "menunggu":
        flash(request, _("Tersimpan. Pengumuman darurat ini menunggu persetujuan orang kedua."), "warn")
    else:
        flash(request, _("Pengumuman terbit di halaman, radio, kotak masuk, dan umpan."))


def show_announcement(request: Request) -> Response:
    request.user.require("radio.studio")
    word = announcements.find_announcement(request.state.db, path_int(request))
    return _detail(request, word, ReleaseForm(request, prefix="setuju-"), ReasonForm(request, prefix="batal-"))


def _detail(request: Request, word, release: ReleaseForm, reason: ReasonForm) -> Response:
    status = max(release.status, reason.status)
    versions = announcements.versions_of(request.state.db, word.id)
    return page(
        request, "gawe_radio/studio/announcement.html", word=word, release=release, reason=reason, versions=versions, at=request.state.now, status=status,
        heard=announcements.spoken(word.text), tab="studio",
    )


def approve(request: Request) -> Response:
    request.user.require("radio.approve")
    word = announcements.find_announcement(request.state.db, path_int(request))
    form = ReleaseForm(request, prefix="setuju-")
    if form.validate():
        with form.refusals():
            announcements.approve_announcement(request.state.db, request.user, word.id, now=request.state.now)
            flash(request, _("Pengumuman darurat disetujui dan sedang disiarkan."))
            return redirect(url("radio:kerja.pengumuman", id=word.id))
    return _detail(request, word, form, ReasonForm(_asking(request), prefix="batal-"))


def withdraw(request: Request) -> Response:
    """Refuse what waits, or withdraw what is out."""
    request.user.require("radio.studio")
    word = announcements.find_announcement(request.state.db, path_int(request))
    form = ReasonForm(request, prefix="batal-")
    if form.validate():
        with form.refusals():
            if word.state == "menunggu":
                announcements.refuse_announcement(request.state.db, request.user, word.id, form.reason.data, now=request.state.now)
                flash(request, _("Pengumuman tidak jadi disiarkan."))
            else:
                announcements.cancel_announcement(request.state.db, request.user, word.id, form.reason.data, now=request.state.now)
                flash(request, _("Pengumuman ditarik dari semua tempat."))
            return redirect(url("radio:kerja.pengumuman", id=word.id))
    return _detail(request, word, ReleaseForm(_asking(request), prefix="setuju-"), form)


class _Asking:
    """A request as if nothing had been sent: the other form of the page stays empty."""

    method = "GET"

    def __init__(self, request: Request) -> None:
        self.state, self.scope = request.state, request.scope


def _asking(request: Request) -> _Asking:
    return _Asking(request)


def change(request: Request) -> Response:
    request.user.require("radio.announce")
    word = announcements.find_announcement(request.state.db, path_int(request))
    prefill = {
        "title": word.title, "text_id": word.text.get("id", ""), "text_en": word.text.get("en", ""), "priority": word.priority, "areas": word.areas,
        "until": word.until_at, "repeat_min": word.repeat_min,
    }
    form = AnnouncementForm(request, prefill=prefill)
    form.priority.data = word.priority
    preview = None
    if form.submitted and form.validate():
        if form_of(request).get("aksi") == "pratinjau":
            preview = _preview(form)
        else:
            with form.refusals():
                announcements.change_announcement(request.state.db, request.user, word.id, form.words(), now=request.state.now)
                flash(request, _("Perubahan sampai di semua tempat."))
                return redirect(url("radio:kerja.pengumuman", id=word.id))
    return _writing(request, form, preview, tab="studio", heading=_("Ubah pengumuman"), change=word)


# ---------------------------------------------------------------------------------------------------------- read-outs


def read_out(request: Request) -> Response:
    """An editor looks over what a service asks for, mends the words and sends it, or refuses."""
    request.user.require("radio.readouts")
    db, now = request.state.db, request.state.now
    wanted = readouts.find_request(db, path_int(request))
    until = wanted.until_at if wanted.until_at and wanted.until_at > now else now + readouts.LIFE
    words = wanted.text.get("id") or next(iter(wanted.text.values()), "")
    form = AnnouncementForm(request, prefill={
        "title": words[:80], "text_id": words, "text_en": wanted.text.get("en", ""), "priority": wanted.priority, "until": until, "repeat_min": 0,
    })
    if form.submitted and form.validate():
        with form.refusals():
            word = readouts.accept_request(db, request.user, wanted.id, form.words(), now=now)
            _say_written(request, word)
            return redirect(url("radio:kerja.pengumuman", id=word.id))
    reason = ReasonForm(_asking(request), prefix="tolak-")
    service = readouts.service_title(wanted.plugin)
    return page(request, "gawe_radio/studio/read_out.html", wanted=wanted, service=service, form=form, reason=reason, status=form.status, tab="studio")


def refuse_read_out(request: Request) -> Response:
    request.user.require("radio.readouts")
    wanted = readouts.find_request(request.state.db, path_int(request))
    form = ReasonForm(request, prefix="tolak-")
    if form.validate():
        with form.refusals():
            readouts.refuse_request(request.state.db, request.user, wanted.id, form.reason.data, now=request.state.now)
            flash(request, _("Permintaan bacaan ditolak."))
            return redirect(url("radio:kerja.studio"))
    return page(
        request, "gawe_radio/studio/read_out.html", wanted=wanted, service=readouts.service_title(wanted.plugin),
        form=AnnouncementForm(_asking(request)), reason=form, status=form.status, tab="studio",
    )


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


def programme_list(request: Request) -> Response:
    request.user.require("radio.studio")
    return page(
        request, "gawe_radio/studio/programmes.html", rows=programmes.program_list(request.state.db), days=programmes.DAY_NAMES,
        as_plan=programmes.as_plan, tab="acara",
    )


def new_programme(request: Request) -> Response:
    return _programme(request, None)


def change_programme(request: Request) -> Response:
    return _programme(request, path_int(request))


def _programme(request: Request, program_id: int | None) -> Response:
    request.user.require("radio.programme")
    program = programmes.find_program(request.state.db, program_id) if program_id else None
    form = ProgrammeForm(request, prefill=programmes.as_plan(program) if program else {"minutes": 60})
    if form.submitted and form.validate():
        with form.refusals():
            programmes.plan_program(request.state.db, request.user, form.plan(), program_id=program_id, now=request.state.now)
            flash(request, _("Acara tersimpan."))
            return redirect(url("radio:kerja.acara"))
    return page(request, "gawe_radio/studio/programme.html", form=form, program=program, status=form.status, tab="acara")


def end_programme(request: Request) -> Response:
    programmes.end_program(request.state.db, request.user, path_int(request), now=request.state.now)
    flash(request, _("Acara dihentikan."))
    return redirect(url("radio:kerja.acara"))


staff_routes = [
    Route("/", studio, name="radio:kerja.studio"),
    Route("/udara", on_air, name="radio:kerja.udara"),
    Route("/meja", desk, name="radio:kerja.meja"),
    Route("/lewatan", skip, methods=["POST"], name="radio:kerja.skip"),
    Route("/lagu", play_next, methods=["POST"], name="radio:kerja.lagu"),
    Route("/pengumuman/baru", new_announcement, methods=["GET", "POST"], name="radio:kerja.tulis"),
    Route("/pengumuman/{id:int}", show_announcement, name="radio:kerja.pengumuman"),
    Route("/pengumuman/{id:int}/ubah", change, methods=["GET", "POST"], name="radio:kerja.ubah"),
    Route("/pengumuman/{id:int}/persetujuan", approve, methods=["POST"], name="radio:kerja.setuju"),
    Route("/pengumuman/{id:int}/penarikan", withdraw, methods=["POST"], name="radio:kerja.tarik"),
    Route("/bacaan/{id:int}", read_out, methods=["GET", "POST"], name="radio:kerja.bacaan"),
    Route("/bacaan/{id:int}/penolakan", refuse_read_out, methods=["POST"], name="radio:kerja.tolak"),
    Route("/log/", air_lines, name="radio:kerja.log"),
    Route("/acara/", programme_list, name="radio:kerja.acara"),
    Route("/acara/baru", new_programme, methods=["GET", "POST"], name="radio:kerja.acara.baru"),
    Route("/acara/{id:int}", change_programme, methods=["GET", "POST"], name="radio:kerja.acara.ubah"),
    Route("/acara/{id:int}/penghentian", end_programme, methods=["POST"], name="radio:kerja.acara.henti"),
]
