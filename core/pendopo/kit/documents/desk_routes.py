"""The signer's desk: what waits, signing it, sending it back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...http import flash, form_of, page, path_int, redirect, url
from ...i18n import _, ngettext
from . import desk, signing
from .party_routes import RefusalForm
from .routes import row


def index(request: Request) -> Response:
    db, actor = request.state.db, request.user
    return page(
        request,
        "documents/desk.html",
        waiting=[{"signature": one, **row(request, document)} for one, document in desk.waiting_for(db, actor)],
        signed=[{"signature": one, **row(request, document)} for one, document in desk.signed_by(db, actor)],
        is_test=not signing.has_provider(),
        topics=" ".join(signing.desk_topic(post.jabatan_id) for post in actor.posts),
        asks_passphrase=signing.needs_passphrase(),
    )


async def sign(request: Request) -> Response:
    """Sign what was chosen. On the loop, because no transaction may be open while a provider works."""
    form = form_of(request)
    chosen = form.getlist("naskah") if form.get("semua") else form.getlist("id")
    ids = [int(text) for text in map(str, chosen) if text.isascii() and text.isdigit() and len(text) < 10]
    if not ids:
        flash(request, _("Pilih naskah yang akan ditandatangani."), "warn")
        return redirect(url("dokumen:kerja.desk"))
    passphrase = str(form.get("passphrase", ""))[:200]

    def work() -> list[desk.Outcome]:
        return desk.sign_many(request.app.state.portal, request.user, ids, passphrase=passphrase, now=request.state.now)

    outcomes = await request.app.state.portal.answering.in_thread(work)
    done = sum(outcome.refusal is None for outcome in outcomes)
    if done:
        flash(request, ngettext("%(num)d naskah ditandatangani.", "%(num)d naskah ditandatangani.", done) % {"num": done})
    for outcome in outcomes:
        if outcome.refusal is not None:
            flash(request, f"{outcome.number}: {outcome.refusal.sentence()}".removeprefix(": "), "error")
    return redirect(url("dokumen:kerja.desk"))


def refuse(request: Request) -> Response:
    db, actor, signature_id = request.state.db, request.user, path_int(request)
    signature, document = desk.find(db, actor, signature_id, request.state.now)
    form = RefusalForm(request)
    if form.submitted and form.validate():
        desk.refuse(db, actor, signature_id, reason=form.reason.data, now=request.state.now)
        flash(request, _("Naskah nomor %(number)s dikembalikan tanpa tanda tangan.") % {"number": document.number}, "warn")
        return redirect(url("dokumen:kerja.desk"))
    crumbs = [(_("Tanda tangan"), url("dokumen:kerja.desk")), (_("Kembalikan"), "")]
    return page(request, "documents/refuse.html", status=form.status, form=form, signature=signature, crumbs=crumbs, **row(request, document))


routes = [
    Route("/kerja/tanda-tangan/", index, name="dokumen:kerja.desk"),
    Route("/kerja/tanda-tangan/", sign, methods=["POST"], name="dokumen:kerja.sign"),
    Route("/kerja/tanda-tangan/{id:int}/penolakan", refuse, methods=["GET", "POST"], name="dokumen:kerja.refuse"),
]
