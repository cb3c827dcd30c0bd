"""Pages of the media library: /kerja/radio/pustaka/."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from pendopo import DomainError, _, ngettext
from pendopo.http import flash, form_of, page, query_int, redirect, url
from pendopo.kit import settings

from .. import station
from . import media, usage
from .forms import PieceForm, UploadForm, split
from .intake import KIND_NAMES

PER_PAGE = 50
TYPES = {".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".opus": "audio/ogg", ".flac": "audio/flac", ".wav": "audio/wav", ".m4a": "audio/mp4", ".aac": "audio/aac"}


def library(request: Request) -> Response:
    request.user.require("radio.media")
    asked = media.Filter(*(request.query_params.get(name, "")[:100] for name in ("q", "jenis", "label", "penyanyi", "masalah")))
    everything = media.pieces(request.state.db)
    tags, artists = media.words_of(everything)
    found = [piece for piece in everything if asked.holds(piece)]
    number = query_int(request, "halaman", 1, least=1, most=1000)
    pages = max(1, -(-len(found) // PER_PAGE))
    number = min(number, pages)
    return page(
        request, "gawe_radio/planning/library.html", rows=found[(number - 1) * PER_PAGE : number * PER_PAGE], number=number, pages=pages, count=len(found),
        whole=len(everything), hours=sum(piece.duration_s for piece in found) / 3600, asked=asked, tags=tags, artists=artists, kinds=KIND_NAMES,
        problems=media.PROBLEMS, wrong=[(name, count) for name in media.PROBLEMS if (count := sum(name in p.problems for p in everything))],
        tab="pustaka", part="berkas",
    )


def upload(request: Request) -> Response:
    request.user.require("radio.media")
    form = UploadForm(request)
    if form.submitted and form.validate():
        files = form.sent()
        if not files:
            form.add_error(_("Pilih paling sedikit satu berkas."), "files")
        taken = [track_id for file in files if (track_id := _take(request, form, file))]
        if taken:
            flash(request, ngettext("%(num)d berkas masuk pustaka.", "%(num)d berkas masuk pustaka.", len(taken)))
        if taken and form.status == 200:
            return redirect(url("radio:kerja.pustaka.satu", id=taken[0]) if len(taken) == 1 else url("radio:kerja.pustaka"))
    return page(
        request, "gawe_radio/planning/upload.html", form=form, status=form.status, most_mb=settings.value(request.state.db, "radio.unggah_mb"),
        tab="pustaka", part="berkas",
    )


def _take(request: Request, form: UploadForm, file: Any) -> str:
    """The id of an accepted file. A refused one is told beside the field, and the others are taken all the same."""
    name = Path((file.filename or "").replace("\\", "/")).name[:80]
    try:
        return media.receive_piece(
            request.state.db, request.user, file.file, name, kind=form.kind.data, tags=split(form.tags.data), now=request.state.now,
        )
    except DomainError as refusal:
        if refusal.status == 403:
            raise
        form.add_error(refusal.sentence(), "files")
        return ""


def piece(request: Request) -> Response:
    """What is known of one piece, and its words to change."""
    request.user.require("radio.media")
    db = request.state.db
    found = media.find_piece(db, request.path_params["id"])
    form = PieceForm(request, prefill={
        "title": found.title, "artist": found.artist, "tags": ", ".join(found.tags), "cue_in_s": _decimal(found.cue_in_s),
        "cue_out_s": _decimal(found.cue_out_s), "resting": found.resting,
    })
    if form.submitted and form.validate():
        with form.refusals():
            media.describe_piece(db, request.user, found.id, form.words())
            flash(request, _("Tersimpan. Siaran memakainya mulai lagu berikutnya."))
            return redirect(url("radio:kerja.pustaka.satu", id=found.id))
    return page(
        request, "gawe_radio/planning/piece.html", piece=found, form=form, status=form.status, uses=usage.uses(db, found, request.state.now), kinds=KIND_NAMES,
        problems=media.PROBLEMS, tab="pustaka", part="berkas",
    )


def _decimal(seconds: float | None) -> Any:
    from decimal import Decimal

    return None if seconds is None else Decimal(str(round(seconds, 2)))


def sound(request: Request) -> Response:
    """The file itself, also in pieces (Range), for listening in the page."""
    request.user.require("radio.media")
    found = media.find_piece(request.state.db, request.path_params["id"])
    path = media.path_of(found)
    return FileResponse(path, media_type=TYPES.get(path.suffix.lower(), "application/octet-stream"), headers={"X-Content-Type-Options": "nosniff"})


def remove(request: Request) -> Response:
    track_id = request.path_params["id"]
    return _doing(
        request, lambda: media.remove_piece(request.state.db, request.user, track_id, now=request.state.now), _("Berkas dipindahkan ke tempat terhapus."),
        url("radio:kerja.pustaka"), url("radio:kerja.pustaka.satu", id=track_id),
    )


def removed(request: Request) -> Response:
    request.user.require("radio.media")
    if request.method == "POST":
        place = str(form_of(request).get("tempat", ""))
        return _doing(
            request, lambda: media.restore_piece(request.state.db, request.user, place), _("Berkas kembali ke pustaka."), url("radio:kerja.pustaka"),
            url("radio:kerja.pustaka.terhapus"),
        )
    return page(request, "gawe_radio/planning/removed.html", rows=media.in_bin(), tab="pustaka", part="berkas")


def _doing(request: Request, act: Callable[[], Any], said: str, to: str, back: str) -> Response:
    """Carry out a button's wish; a refusal is told on the page it was pressed on."""
    request.user.require("radio.media")
    try:
        act()
    except DomainError as refusal:
        if refusal.status in (403, 404):
            raise
        flash(request, refusal.sentence(), "error")
        return redirect(back)
    flash(request, said)
    return redirect(to)


def rescan(request: Request) -> Response:
    request.user.require("radio.media")
    answer = station.ask("reload")
    flash(request, _("Map dibaca ulang: %(n)s berkas dapat diputar.") % {"n": answer.get("tracks", 0)})
    return redirect(url("radio:kerja.pustaka"))


staff_routes = [
    Route("/pustaka/", library, name="radio:kerja.pustaka"),
    Route("/pustaka/unggahan", upload, methods=["GET", "POST"], name="radio:kerja.pustaka.unggah"),
    Route("/pustaka/pemindaian", rescan, methods=["POST"], name="radio:kerja.pustaka.pindai"),
    Route("/pustaka/terhapus/", removed, methods=["GET", "POST"], name="radio:kerja.pustaka.terhapus"),
    Route("/pustaka/berkas/{id:path}", piece, methods=["GET", "POST"], name="radio:kerja.pustaka.satu"),
    Route("/pustaka/suara/{id:path}", sound, name="radio:kerja.pustaka.suara"),
    Route("/pustaka/penghapusan/{id:path}", remove, methods=["POST"], name="radio:kerja.pustaka.hapus"),
]
