"""The Meja kerja: one list of work across all applications, and what an officer does with one matter or with many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...errors import DomainError, InvalidInput, NotFound, PermissionRefused
from ...http import flash, form_of, fragment, known_routes, own_path, page, path_int, query_int, redirect, url
from ...i18n import N_, _, ngettext, speaking
from ...registry import current
from .. import places
from . import desk, moving
from .models import Berkas
from .reading import get_berkas, is_officer_of, kind_of, may_see
from .routes import say, take_step
from .views import MessageForm, NoteForm, berkas_context, send_form

MOST_AT_ONCE = 200


def _officers(request: Request) -> Berkas:
    """The matter, for an officer of it."""
    berkas = get_berkas(request.state.db, request.user, path_int(request))
    if not is_officer_of(request.user, kind_of(request.state.db, berkas), berkas):
        raise PermissionRefused()
    return berkas


def _home(request: Request, berkas: Berkas) -> str:
    kind = kind_of(request.state.db, berkas)
    return url(kind.staff_url, id=berkas.id) if kind.staff_url in known_routes() else url("berkas:kerja.show", id=berkas.id)


def index(request: Request) -> Response:
    return page(request, "berkas/desk.html", **_desk(request))


def _desk(request: Request) -> dict[str, Any]:
    db, actor, now = request.state.db, request.user, request.state.now
    filters = desk.Filters.read(request.query_params)
    listing = desk.list_desk(db, actor, filters, page=query_int(request, "halaman", 1, least=1, most=10_000), now=now)
    steps: dict[str, str] = {}
    for row in listing.rows:
        kind = kind_of(db, row.berkas)
        for slug in row.bulk:
            transition = kind.transition(slug)
            if transition is not None and f"{kind.slug}:{slug}" not in steps:
                with speaking(plugin=kind.plugin):
                    steps[f"{kind.slug}:{slug}"] = _(transition.title)
    kinds = [
        (kind.slug, _title(kind, kind.title))
        for kind in current().berkas_kinds.values()
        if any(actor.can(p) for p in kind.staff_permissions) or actor.can(desk.SEE_ALL)
    ]
    chosen = current().berkas_kinds.get(filters.aplikasi)
    return {
        "filters": filters,
        "listing": listing,
        "counts": desk.counts(db, actor, now=now),
        "shown": desk.shown,
        "bulk": list(steps.items()),
        "kinds": sorted(kinds, key=lambda pair: pair[1]),
        "states": [(state.slug, _title(chosen, state.title)) for state in chosen.states] if chosen else [],
        "kecamatan": places.kecamatan_list(),
        "topics": desk.topics_of(actor),
        "results": [],
    }


def _title(kind: Any, text: str) -> str:
    with speaking(plugin=kind.plugin):
        return _(text)


@dataclass(frozen=True)
class Outcome:
    """What became of one matter of many."""

    berkas: Berkas
    ok: bool
    text: str


def many(request: Request) -> Response:
    """One step for many matters; each is tried alone, and each answer is shown."""
    form = form_of(request)
    kind_slug, _sep, transition = str(form.get("langkah", "")).partition(":")
    ids = list(dict.fromkeys(int(text) for text in map(str, form.getlist("id")) if text.isascii() and text.isdigit() and len(text) < 10))[:MOST_AT_ONCE]
    back = own_path(str(form.get("kembali", "")), url("berkas:kerja.desk"))
    if not ids or not transition:
        flash(request, _("Pilih berkas dan langkahnya lebih dahulu."), "warn")
        return redirect(back)
    note = str(form.get("note", ""))[:4000]
    results = [_one_of_many(request, berkas_id, kind_slug, transition, note) for berkas_id in ids]
    results = [result for result in results if result is not None]
    done = sum(result.ok for result in results)
    return page(
        request,
        "berkas/many.html",
        results=results,
        done=done,
        failed=len(results) - done,
        back=back,
        note=note,
        words=ngettext("%(num)d berkas dipindahkan", "%(num)d berkas dipindahkan", done) % {"num": done},
    )


def _one_of_many(request: Request, berkas_id: int, kind_slug: str, transition: str, note: str) -> Outcome | None:
    db = request.state.db
    try:
        berkas = get_berkas(db, request.user, berkas_id)
    except DomainError:
        return None  # not theirs to know about
    try:
        with db.begin_nested():
            step = kind_of(db, berkas).transition(transition)
            if berkas.kind != kind_slug or step is None or not step.bulk:
                raise InvalidInput(N_("Langkah ini tidak untuk berkas ini."))
            moving.move_berkas(db, request.user, berkas_id, transition, note=note, now=request.state.now)
    except DomainError as refusal:
        return Outcome(berkas, False, refusal.sentence())
    return Outcome(berkas, True, desk.state_title(db, berkas))


def show(request: Request) -> Response:
    """The room's own page of a matter, for kinds whose plugin has none."""
    berkas = _officers(request)
    home = _home(request, berkas)
    if home != request.url.path:
        return redirect(home)
    return page(request, "berkas/show.html", **berkas_context(request, berkas, staff=True))


def trail(request: Request) -> Response:
    return fragment(request, "berkas/_trail.html", **berkas_context(request, _officers(request), staff=True))


def open_steps(request: Request) -> Response:
    return fragment(request, "berkas/_steps.html", **berkas_context(request, _officers(request), staff=True))


def step(request: Request) -> Response:
    berkas = _officers(request)
    return take_step(request, berkas, staff=True, by_pin=False, home=_home(request, berkas))


def message(request: Request) -> Response:
    berkas = _officers(request)

    def act(form: Any) -> None:
        moving.add_message(request.state.db, request.user, berkas.id, form.text.data, attachments=form.attachments.data, now=request.state.now)

    return say(request, berkas, MessageForm(request, prefix="pesan-"), act, home=_home(request, berkas), title=_("Kirim pesan"), done=_("Pesan terkirim."))


def note(request: Request) -> Response:
    berkas = _officers(request)

    def act(form: Any) -> None:
        moving.add_internal_note(request.state.db, request.user, berkas.id, form.text.data, now=request.state.now)

    return say(
        request, berkas, NoteForm(request, prefix="catatan-"), act, home=_home(request, berkas), title=_("Tulis catatan internal"), done=_("Catatan tersimpan.")
    )


def officer(request: Request) -> Response:
    """Take the matter, give it to a colleague, or put it back."""
    berkas = _officers(request)
    chosen = str(form_of(request).get("officer", ""))
    if chosen and not (chosen.isascii() and chosen.isdigit() and len(chosen) < 10):
        raise NotFound()
    moving.assign_officer(request.state.db, request.user, berkas.id, int(chosen) if chosen else None, now=request.state.now)
    flash(request, _("Petugas tercatat."))
    return redirect(_home(request, berkas))


def disposisi(request: Request) -> Response:
    """Send the matter to another OPD. Whoever may not read it there goes back to their desk."""
    db, berkas = request.state.db, _officers(request)

    def act(form: Any) -> None:
        moving.send_to_opd(db, request.user, berkas.id, form.opd.data, note=form.note.data or "", now=request.state.now)

    form = send_form(request, berkas, sent=True)
    answer = say(request, berkas, form, act, home=_home(request, berkas), title=_("Teruskan ke perangkat daerah lain"), done=_("Berkas diteruskan."))
    left = answer.status_code == 303 and not may_see(db, request.user, berkas)
    return redirect(url("berkas:kerja.desk")) if left else answer


routes = [
    Route("/kerja/meja/", index, name="berkas:kerja.desk"),
    Route("/kerja/meja/banyak", many, methods=["POST"], name="berkas:kerja.many"),
    Route("/kerja/meja/{id:int}", show, name="berkas:kerja.show"),
    Route("/kerja/meja/{id:int}/jejak", trail, name="berkas:kerja.trail"),
    Route("/kerja/meja/{id:int}/langkah", open_steps, name="berkas:kerja.steps"),
    Route("/kerja/meja/{id:int}/langkah/{transition}", step, methods=["GET", "POST"], name="berkas:kerja.step"),
    Route("/kerja/meja/{id:int}/pesan", message, methods=["POST"], name="berkas:kerja.message"),
    Route("/kerja/meja/{id:int}/catatan", note, methods=["POST"], name="berkas:kerja.note"),
    Route("/kerja/meja/{id:int}/petugas", officer, methods=["POST"], name="berkas:kerja.officer"),
    Route("/kerja/meja/{id:int}/disposisi", disposisi, methods=["POST"], name="berkas:kerja.disposisi"),
]
