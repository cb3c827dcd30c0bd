"""Pages of the board: /radio/papan/ for listeners, /kerja/radio/papan/ for moderators."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pendopo import DomainError, InvalidInput, _
from pendopo.http import flash, fragment, is_partial, page, path_int, redirect, url
from pendopo.kit import settings
from pendopo.kit.throttle import address_of

from ..errors import StationAway
from ..listening.now import on_air
from . import desk, songs, wishes
from .forms import GreetingForm, QuestionForm, RefusalForm, SongForm
from .turns import Sender


def _sender(request: Request) -> Sender:
    return Sender(request.user.account_id, address_of(request))


def _context(request: Request) -> dict:
    """What every page of the board knows: whether it takes anything, and from whom."""
    db = request.state.db
    slot = on_air(db, request.state.now)
    return {
        "is_open": settings.value(db, "radio.papan_buka"), "needs_account": not request.user.is_signed_in and not settings.value(db, "radio.papan_tanpa_akun"),
        "talk": wishes.talk_now(slot), "pause": {kind: settings.value(db, f"radio.papan_jeda_{kind}") for kind in ("lagu", "salam", "tanya")},
        "at": request.state.now,
    }


# ---------------------------------------------------------------------------------------------------------- listeners


def board(request: Request) -> Response:
    return page(request, "gawe_radio/board/index.html", wishes=wishes.public_wishes(request.state.db, request.state.now), **_context(request))


def shown(request: Request) -> Response:
    """The accepted greetings alone, fetched again when one is added."""
    rows = wishes.public_wishes(request.state.db, request.state.now)
    if is_partial(request):
        return fragment(request, "gawe_radio/board/_shown.html", wishes=rows)
    return redirect(url("radio:papan"))


def song_list(request: Request) -> Response:
    text = request.query_params.get("q", "")[:80]
    try:
        found, away = songs.search_songs(text), False
    except StationAway:
        found, away = [], True
    return page(request, "gawe_radio/board/songs.html", songs=found, away=away, text=text, **_context(request))


def ask_song(request: Request) -> Response:
    try:
        song = songs.find_song(request.query_params.get("lagu", "")[:300])
    except (InvalidInput, StationAway) as refusal:
        if request.method == "POST":
            raise
        flash(request, refusal.sentence(), "error")
        return redirect(url("radio:papan.lagu"))
    form = SongForm(request)
    return _take(request, "lagu", form, lambda: form.words(song.id), song=song)


def greet(request: Request) -> Response:
    form = GreetingForm(request)
    return _take(request, "salam", form, form.words)


def question(request: Request) -> Response:
    form = QuestionForm(request)
    return _take(request, "tanya", form, form.words)


def _take(request: Request, kind: str, form, words, song=None) -> Response:
    if form.submitted and form.validate():
        with form.refusals():
            wish = wishes.send_wish(request.state.db, _sender(request), kind, words(), now=request.state.now)
            flash(request, _("Terkirim. Penyiar membacanya sebelum mengudara."))
            return redirect(url("radio:papan.kiriman", token=wish.token))
    return page(request, "gawe_radio/board/send.html", kind=kind, form=form, status=form.status, song=song, **_context(request))


def mine(request: Request) -> Response:
    rows = wishes.sent_by(request.state.db, request.user.require_signed_in())
    return page(request, "gawe_radio/board/mine.html", wishes=rows, **_context(request))


def follow(request: Request) -> Response:
    """What became of one thing, for whoever has its address: its sender."""
    wish = wishes.find_by_token(request.state.db, request.path_params["token"])
    return page(request, "gawe_radio/board/follow.html", wish=wish, headers={"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}, **_context(request))


def take_back(request: Request) -> Response:
    wishes.take_back(request.state.db, request.path_params["token"])
    flash(request, _("Kiriman Anda dibatalkan."))
    return redirect(url("radio:papan"))


# --------------------------------------------------------------------------------------------------------- moderators


def _desk(request: Request) -> dict:
    request.user.require("radio.board")
    db = request.state.db
    return {"waiting": desk.waiting(db), "to_read": desk.to_read(db), "done": desk.lately_done(db), "at": request.state.now}


def moderation(request: Request) -> Response:
    return page(request, "gawe_radio/board/desk.html", tab="papan", **_desk(request))


def moderation_rows(request: Request) -> Response:
    context = _desk(request)
    if is_partial(request):
        return fragment(request, "gawe_radio/board/_desk.html", **context)
    return redirect(url("radio:kerja.papan"))


def accept(request: Request) -> Response:
    wish = desk.accept_wish(request.state.db, request.user, path_int(request), now=request.state.now)
    flash(request, _("Lagu masuk antrean siaran.") if wish.kind == "lagu" else _("Masuk daftar bacaan penyiar."))
    return redirect(url("radio:kerja.papan"))


def refuse(request: Request) -> Response:
    wish_id = path_int(request)
    form = RefusalForm(request, prefix=f"tolak{wish_id}")
    request.user.require("radio.board")
    if form.validate():
        try:
            desk.refuse_wish(request.state.db, request.user, wish_id, form.reason.data, now=request.state.now)
        except DomainError as refusal:
            flash(request, refusal.sentence(), "error")
        else:
            flash(request, _("Ditolak; pengirim diberi tahu alasannya."))
    else:
        flash(request, _("Tulis alasan penolakannya."), "error")
    return redirect(url("radio:kerja.papan"))


def read_aloud(request: Request) -> Response:
    desk.mark_read(request.state.db, request.user, path_int(request), now=request.state.now)
    flash(request, _("Ditandai sudah dibacakan; pengirim mendapat kabar."))
    return redirect(url("radio:kerja.papan"))


routes = [
    Route("/papan/", board, name="radio:papan"),
    Route("/papan/isi", shown, name="radio:papan.isi"),
    Route("/papan/lagu/", song_list, name="radio:papan.lagu"),
    Route("/papan/lagu/baru", ask_song, methods=["GET", "POST"], name="radio:papan.minta"),
    Route("/papan/salam", greet, methods=["GET", "POST"], name="radio:papan.salam"),
    Route("/papan/tanya", question, methods=["GET", "POST"], name="radio:papan.tanya"),
    Route("/papan/kiriman/", mine, name="radio:papan.saya"),
    Route("/papan/kiriman/{token}", follow, name="radio:papan.kiriman"),
    Route("/papan/kiriman/{token}/pembatalan", take_back, methods=["POST"], name="radio:papan.batal"),
]
staff_routes = [
    Route("/papan/", moderation, name="radio:kerja.papan"),
    Route("/papan/isi", moderation_rows, name="radio:kerja.papan.isi"),
    Route("/papan/{id:int}/penerimaan", accept, methods=["POST"], name="radio:kerja.papan.terima"),
    Route("/papan/{id:int}/penolakan", refuse, methods=["POST"], name="radio:kerja.papan.tolak"),
    Route("/papan/{id:int}/pembacaan", read_aloud, methods=["POST"], name="radio:kerja.papan.bacakan"),
]
