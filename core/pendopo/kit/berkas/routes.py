"""The citizen's pages: their matters, tracking with register number and PIN, and what they may do with one."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...errors import NotFound, PermissionRefused, SignInNeeded, TooMany
from ...http import flash, fragment, known_routes, page, path_int, query_int, redirect, url
from ...i18n import N_, _, speaking
from .. import attachments, forms
from ..profile_routes import begun
from ..throttle import address_of, allow
from . import desk, moving
from .models import Berkas
from .pins import holds_pin, keep_pin
from .reading import find_by_register, get_berkas, kind_of, role_in
from .views import MessageForm, RatingForm, arguments_of, berkas_context, form_for

TRIES, TRIES_S = 20, 300


class TrackForm(forms.Form):
    register = forms.StringField(
        N_("Nomor registrasi"),
        [forms.required(), forms.length(max=40)],
        description=N_("Seperti JLN-2026-000123-3."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    pin = forms.StringField(
        N_("PIN"),
        [forms.required(), forms.length(max=12)],
        description=N_("Enam huruf dan angka yang Anda terima bersama nomor itu."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


# ------------------------------------------------------------------------------------------------- who came with a PIN


def _mine(request: Request) -> tuple[Berkas, bool]:
    """`(matter, came with a PIN)` for whoever may act on it as its applicant."""
    db, berkas_id = request.state.db, path_int(request)
    if holds_pin(request, berkas_id):
        berkas = db.get(Berkas, berkas_id)
        if berkas is None:
            raise NotFound()
        return berkas, True
    return get_berkas(db, request.user, berkas_id), False


def _home(request: Request, berkas: Berkas, by_pin: bool) -> str:
    if by_pin:
        return url("berkas:tracked", register=berkas.register)
    kind = kind_of(request.state.db, berkas)
    return url(kind.citizen_url, id=berkas.id) if kind.citizen_url in known_routes() else url("berkas:show", id=berkas.id)


# --------------------------------------------------------------------------------------------------------------- pages


def index(request: Request) -> Response:
    """Berkas saya: across all applications."""
    request.user.require_signed_in()
    listing = desk.my_berkas(request.state.db, request.user, page=query_int(request, "halaman", 1, least=1, most=10_000), now=request.state.now)
    return page(request, "berkas/mine.html", listing=listing, topic=f"berkas-saya:{request.user.citizen_id}", drafts=begun(request))


def track(request: Request) -> Response:
    """Follow a matter with its register number and PIN, without an account."""
    form = TrackForm(request, prefill={"register": request.query_params.get("nomor", "")[:40]})
    if form.submitted and form.validate():
        try:
            if not allow("berkas.lacak", address_of(request), most=TRIES, seconds=TRIES_S):
                raise TooMany()
            berkas = find_by_register(request.state.db, form.register.data, form.pin.data, now=request.state.now)
        except TooMany as refusal:
            form.add_error(refusal.sentence(), status=429)
        else:
            if berkas is not None:
                return keep_pin(request, redirect(url("berkas:tracked", register=berkas.register)), berkas.id)
            form.add_error(_("Nomor registrasi dan PIN ini tidak cocok. Periksa keduanya."), "register")
    return page(request, "berkas/track.html", form=form, status=form.status)


def tracked(request: Request) -> Response:
    """The matter whose PIN was shown."""
    from sqlalchemy import select

    berkas = request.state.db.scalar(select(Berkas).where(Berkas.register == request.path_params["register"]))
    if berkas is None or not holds_pin(request, berkas.id):
        return redirect(url("berkas:track", nomor=request.path_params["register"][:40]))
    return page(request, "berkas/show.html", headers={"Cache-Control": "no-store"}, **berkas_context(request, berkas, holds_pin=True, staff=False))


def show(request: Request) -> Response:
    """The room's own page of a matter, for kinds whose plugin has none (or is switched off)."""
    berkas, by_pin = _mine(request)
    home = _home(request, berkas, by_pin)
    if home != request.url.path:
        return redirect(home)
    return page(request, "berkas/show.html", **berkas_context(request, berkas, holds_pin=by_pin, staff=False))


def trail(request: Request) -> Response:
    """The part of a page that follows the matter live: state, clock, timeline."""
    berkas, by_pin = _mine(request)
    return fragment(request, "berkas/_trail.html", **berkas_context(request, berkas, holds_pin=by_pin, staff=False))


def open_steps(request: Request) -> Response:
    """The steps that are open to the applicant now, again when the state changed."""
    berkas, by_pin = _mine(request)
    return fragment(request, "berkas/_steps.html", **berkas_context(request, berkas, holds_pin=by_pin, staff=False))


def attachment(request: Request) -> Response:
    """A file of the matter for who came with its PIN."""
    berkas, by_pin = _mine(request)
    if not by_pin:
        raise NotFound()
    return attachments.serve(request, request.path_params["token"], small=request.url.path.endswith("/kecil"), of=("berkas", berkas.id))


def ask_rating(request: Request) -> Response:
    """The question for satisfaction, once the matter is closed."""
    berkas, by_pin = _mine(request)
    return fragment(request, "berkas/_rating.html", **berkas_context(request, berkas, holds_pin=by_pin, staff=False))


# --------------------------------------------------------------------------------------------------------------- writes


def take_step(request: Request, berkas: Berkas, *, staff: bool, by_pin: bool, home: str) -> Response:
    """The form of one step: shown by itself, checked, and taken. Shared by both faces."""
    db = request.state.db
    kind = kind_of(db, berkas)
    step = kind.transition(request.path_params["transition"])
    if step is None:
        raise NotFound()
    if role_in(request.user, step, berkas, holds_pin=by_pin) is None:
        raise PermissionRefused() if request.user.is_signed_in else SignInNeeded()
    form = form_for(request, berkas, step, staff=staff)
    if form.submitted and form.validate():
        with form.refusals():
            moving.move_berkas(db, request.user, berkas.id, step.slug, **arguments_of(form, step), holds_pin=by_pin, now=request.state.now)
            with speaking(plugin=kind.plugin):
                done = _(kind.state(step.to).title)
            flash(request, _("Tercatat: %(state)s.") % {"state": done})
            return redirect(home)
    with speaking(plugin=kind.plugin):
        title, hint = _(step.title), _(step.hint) if step.hint else ""
    return page(
        request,
        "berkas/step.html",
        status=form.status,
        form=form,
        title=title,
        hint=hint,
        tone=step.tone,
        berkas=berkas,
        home=home,
        action=request.url.path,
        submit=title,
    )


def step(request: Request) -> Response:
    berkas, by_pin = _mine(request)
    return take_step(request, berkas, staff=False, by_pin=by_pin, home=_home(request, berkas, by_pin))


def say(request: Request, berkas: Berkas, form: Any, act: Any, *, home: str, title: str, done: str) -> Response:
    """A small form that stands on the matter's page; on its own when something is wrong with it."""
    if form.validate():
        with form.refusals():
            act(form)
            flash(request, done)
            return redirect(home)
    return page(
        request,
        "berkas/step.html",
        status=form.status,
        form=form,
        title=title,
        hint="",
        tone="primary",
        berkas=berkas,
        home=home,
        action=request.url.path,
        submit=_("Kirim"),
    )


def message(request: Request) -> Response:
    berkas, by_pin = _mine(request)

    def act(form: Any) -> None:
        moving.add_message(
            request.state.db, request.user, berkas.id, form.text.data, attachments=form.attachments.data, holds_pin=by_pin, now=request.state.now
        )

    return say(
        request, berkas, MessageForm(request, prefix="pesan-"), act, home=_home(request, berkas, by_pin), title=_("Kirim pesan"), done=_("Pesan terkirim.")
    )


def rating(request: Request) -> Response:
    berkas, by_pin = _mine(request)

    def act(form: Any) -> None:
        moving.rate(
            request.state.db,
            request.user,
            berkas.id,
            form.score.data,
            form.comment.data or "",
            answers=form.answers,
            holds_pin=by_pin,
            now=request.state.now,
        )

    return say(
        request,
        berkas,
        RatingForm(request, prefix="nilai-"),
        act,
        home=_home(request, berkas, by_pin),
        title=_("Beri penilaian"),
        done=_("Terima kasih, penilaian Anda tercatat."),
    )


routes = [
    Route("/berkas/", index, name="berkas:index"),
    Route("/berkas/lacak", track, methods=["GET", "POST"], name="berkas:track"),
    Route("/berkas/lacak/{register}", tracked, name="berkas:tracked"),
    Route("/berkas/{id:int}", show, name="berkas:show"),
    Route("/berkas/{id:int}/jejak", trail, name="berkas:trail"),
    Route("/berkas/{id:int}/langkah", open_steps, name="berkas:steps"),
    Route("/berkas/{id:int}/langkah/{transition}", step, methods=["GET", "POST"], name="berkas:step"),
    Route("/berkas/{id:int}/pesan", message, methods=["POST"], name="berkas:message"),
    Route("/berkas/{id:int}/lampiran/{token}", attachment, name="berkas:attachment"),
    Route("/berkas/{id:int}/lampiran/{token}/kecil", attachment, name="berkas:thumbnail"),
    Route("/berkas/{id:int}/penilaian", ask_rating, name="berkas:ask_rating"),
    Route("/berkas/{id:int}/penilaian", rating, methods=["POST"], name="berkas:rating"),
]
