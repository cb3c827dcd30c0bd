"""Writing announcements in the studio: /kerja/radio/pengumuman/, and what other services ask to have read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from pendopo import DomainError, NotFound, _
from pendopo.http import flash, form_of, page, path_int, query_int, redirect, url

from . import announcements, areas, previews, readouts, voices
from .announcement_forms import AnnouncementForm, ReasonForm, ReleaseForm, as_typed, as_typed_words
from .errors import TooLongToRead
from .models import Announcement
from .samples import SAMPLES, sample
from .warnings import services as warnings
from .warnings.models import Bulletin


class Asking:
    """A request as if nothing had been sent: the other form of the page stays empty."""

    method = "GET"

    def __init__(self, request: Request) -> None:
        self.state, self.scope = request.state, request.scope


def new_announcement(request: Request) -> Response:
    request.user.require("radio.announce")
    begun = sample(request.query_params.get("contoh", ""))
    prefill: dict[str, Any] = {"until": request.state.now + timedelta(days=1), "priority": "info", "voice_choice": "robot"}
    if begun is not None:
        prefill |= {
            "title": begun.title, "text_id": begun.text, "priority": begun.priority, "category": begun.category, "repeat_min": begun.repeat_min,
            "drill": begun.slug == "latihan",
        }
    warning = _warning(request)
    if warning is not None:
        prefill |= as_typed_words(warnings.words_of(warning))
    form = AnnouncementForm(request, prefill=prefill)
    preview = None
    if form.submitted and form.validate():
        with form.refusals():
            words = _words(request, form)
            if warning is not None:
                theirs = warnings.words_of(warning)
                words = replace(words, source=theirs.source, cap=theirs.cap, drill=theirs.drill or words.drill)
            if form_of(request).get("aksi") != "pratinjau":
                word = announcements.write_announcement(request.state.db, request.user, words, now=request.state.now)
                if warning is not None:
                    warnings.announced_from(request.state.db, request.user, warning.id, word, now=request.state.now)
                _say_written(request, word)
                return redirect(url("radio:kerja.pengumuman", id=word.id))
            preview = _preview(words)
    return _writing(request, form, preview, tab="tulis", heading=_("Tulis pengumuman"), change=None, samples=SAMPLES, begun=begun)


def _warning(request: Request) -> Bulletin | None:
    """The warning of somebody else that is made into an announcement."""
    number = query_int(request, "peringatan", 0, least=0, most=2**31)
    return warnings.find(request.state.db, number) if number else None


def _words(request: Request, form: AnnouncementForm) -> announcements.Words:
    """What was typed; a recording that came along is kept and stands in the form from then on."""
    sent = form_of(request).get("sound")
    if sent is not None and not isinstance(sent, str) and sent.size:
        form.voice.data = voices.keep_take(sent.file)
        form.voice_choice.data = "rekaman"
    return form.words()


def _preview(words: announcements.Words) -> dict[str, Any]:
    """How it will sound, for how long, and for whom."""
    text = announcements.as_drill(words.title, words.text)[1] if words.drill else words.text
    heard = announcements.spoken(text)
    found = areas.kecamatan_in(words.polygon) if words.polygon else None
    try:
        length_s, too_long = announcements.reading_length_s(text), ""
    except TooLongToRead as error:
        length_s, too_long = 0.0, error.sentence()
    sound = "" if too_long else previews.keep(text, voice=words.voice, drill=words.drill)
    return {"heard": heard, "length_s": length_s, "too_long": too_long, "sound": sound, "found": found, "found_words": areas_words(found) if found else ""}


def _writing(request: Request, form: AnnouncementForm, preview: dict | None, **context: Any) -> Response:
    return page(request, "gawe_radio/studio/write.html", form=form, preview=preview, status=form.status, **context)


def _say_written(request: Request, word: Announcement) -> None:
    if word.state == "menunggu":
        flash(request, _("Tersimpan. Pengumuman darurat ini menunggu persetujuan orang kedua."), "warn")
    else:
        flash(request, _("Pengumuman terbit di halaman, radio, kotak masuk, dan umpan."))


def show_announcement(request: Request) -> Response:
    request.user.require("radio.studio")
    word = announcements.find_announcement(request.state.db, path_int(request))
    return _detail(request, word, ReleaseForm(request, prefix="setuju-"), ReasonForm(request, prefix="batal-"))


def _detail(request: Request, word: Announcement, release: ReleaseForm, reason: ReasonForm) -> Response:
    status = max(release.status, reason.status)
    versions = announcements.versions_of(request.state.db, word.id)
    sound = previews.keep(word.text, voice=word.voice, drill=word.drill)
    return page(
        request, "gawe_radio/studio/announcement.html", word=word, release=release, reason=reason, versions=versions, at=request.state.now, status=status,
        heard=announcements.spoken(word.text), sound=sound, tab="studio",
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
    return _detail(request, word, form, ReasonForm(Asking(request), prefix="batal-"))


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
    return _detail(request, word, ReleaseForm(Asking(request), prefix="setuju-"), form)


def change(request: Request) -> Response:
    request.user.require("radio.announce")
    word = announcements.find_announcement(request.state.db, path_int(request))
    form = AnnouncementForm(request, prefill=as_typed(word))
    form.priority.data, form.drill.data = word.priority, word.drill
    preview = None
    if form.submitted and form.validate():
        with form.refusals():
            words = _words(request, form)
            if form_of(request).get("aksi") != "pratinjau":
                announcements.change_announcement(request.state.db, request.user, word.id, words, now=request.state.now)
                flash(request, _("Perubahan sampai di semua tempat."))
                return redirect(url("radio:kerja.pengumuman", id=word.id))
            preview = _preview(words)
    return _writing(request, form, preview, tab="studio", heading=_("Ubah pengumuman"), change=word, samples=(), begun=None)


# -------------------------------------------------------------------------------------------------------------- sounds


def preview_sound(request: Request) -> Response:
    """The sound of a preview; made when it is listened to, so that nobody waits for it."""
    request.user.require("radio.studio")
    path = voices.path_of(previews.sound_of(request.path_params["name"]))
    if path is None:
        raise NotFound()
    return FileResponse(path, media_type="audio/mpeg", headers={"Cache-Control": "private, max-age=300"})


# ---------------------------------------------------------------------------------------------------------- read-outs


def read_out(request: Request) -> Response:
    """An editor looks over what a service asks for, mends the words and sends it, or refuses."""
    request.user.require("radio.readouts")
    db, now = request.state.db, request.state.now
    wanted = readouts.find_request(db, path_int(request))
    until = wanted.until_at if wanted.until_at and wanted.until_at > now else now + readouts.LIFE
    words = wanted.text.get("id") or next(iter(wanted.text.values()), "")
    form = AnnouncementForm(request, prefill={
        **{f"text_{language}": wanted.text.get(language, "") for language in announcements.LANGUAGES}, "title": words[:80], "text_id": words,
        "priority": wanted.priority, "until": until, "repeat_min": 0, "voice_choice": "robot",
    })
    if form.submitted and form.validate():
        with form.refusals():
            word = readouts.accept_request(db, request.user, wanted.id, _words(request, form), now=now)
            _say_written(request, word)
            return redirect(url("radio:kerja.pengumuman", id=word.id))
    return _read_out(request, wanted, form, ReasonForm(Asking(request), prefix="tolak-"), form.status)


def refuse_read_out(request: Request) -> Response:
    request.user.require("radio.readouts")
    wanted = readouts.find_request(request.state.db, path_int(request))
    form = ReasonForm(request, prefix="tolak-")
    if form.validate():
        with form.refusals():
            readouts.refuse_request(request.state.db, request.user, wanted.id, form.reason.data, now=request.state.now)
            flash(request, _("Permintaan bacaan ditolak."))
            return redirect(url("radio:kerja.studio"))
    return _read_out(request, wanted, AnnouncementForm(Asking(request)), form, form.status)


def _read_out(request: Request, wanted: Any, form: AnnouncementForm, reason: ReasonForm, status: int) -> Response:
    service = readouts.service_title(wanted.plugin)
    return page(request, "gawe_radio/studio/read_out.html", wanted=wanted, service=service, form=form, reason=reason, status=status, tab="studio", change=None)


# ----------------------------------------------------------------------------------------------- what the page can ask


def areas_found(request: Request) -> Response:
    """The kecamatan inside a line that is being drawn: words for the page beside the map."""
    from starlette.responses import JSONResponse

    request.user.require("radio.announce")
    try:
        corners = areas.read_polygon(str(form_of(request).get("polygon", "")))
        found = areas.kecamatan_in(corners) if corners else areas.Found((), True)
    except DomainError as error:
        return JSONResponse({"error": error.sentence()}, 422)
    return JSONResponse({"codes": found.codes, "words": areas_words(found)})


def areas_words(found: areas.Found) -> str:
    from pendopo.kit.places import place_name

    if not found.codes:
        return _("Belum ada kecamatan di dalamnya.")
    names = ", ".join(place_name(code) for code in found.codes)
    return names if found.exact else _("%(names)s (menurut titik desa; batas resmi belum dimuat)") % {"names": names}


routes = [
    Route("/pengumuman/baru", new_announcement, methods=["GET", "POST"], name="radio:kerja.tulis"),
    Route("/pengumuman/wilayah", areas_found, methods=["POST"], name="radio:kerja.wilayah"),
    Route("/pengumuman/suara/{name}.mp3", preview_sound, name="radio:kerja.suara"),
    Route("/pengumuman/{id:int}", show_announcement, name="radio:kerja.pengumuman"),
    Route("/pengumuman/{id:int}/ubah", change, methods=["GET", "POST"], name="radio:kerja.ubah"),
    Route("/pengumuman/{id:int}/persetujuan", approve, methods=["POST"], name="radio:kerja.setuju"),
    Route("/pengumuman/{id:int}/penarikan", withdraw, methods=["POST"], name="radio:kerja.tarik"),
    Route("/bacaan/{id:int}", read_out, methods=["GET", "POST"], name="radio:kerja.bacaan"),
    Route("/bacaan/{id:int}/penolakan", refuse_read_out, methods=["POST"], name="radio:kerja.tolak"),
]
