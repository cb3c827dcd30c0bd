"""Where parties agree, and where an officer records that they signed on paper."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...http import flash, page, path_int, redirect, url
from ...i18n import N_, _
from ...identity.loading import regency_day
from .. import forms
from . import parties, signing
from .routes import row


class AgreeForm(forms.Form):
    agreed = forms.BooleanField(N_("Saya sudah membaca naskah ini dan menyetujui seluruh isinya."), [forms.required()])


class RefusalForm(forms.Form):
    reason = forms.TextAreaField(N_("Alasan"), [forms.required(), forms.length(max=500)], description=N_("Terbaca oleh yang mengajukan naskah ini."))


class PaperForm(forms.Form):
    signed_on = forms.DateField(N_("Ditandatangani pada"), [forms.required()])
    scans = forms.UploadField(
        N_("Pindaian naskah bertanda tangan"), [forms.required()], most=5, accept=("application/pdf", "image/jpeg", "image/png"),
        description=N_("Seluruh halaman yang ditandatangani, terbaca jelas, dengan meterai bila disyaratkan."),
    )

    def validate_signed_on(self, field: forms.DateField) -> None:
        if field.data and field.data > regency_day(self.request.state.now):
            raise forms.ValidationError(_("Tanggal ini belum tiba."))


def agree(request: Request) -> Response:
    """Read the draft and agree to it, or not."""
    request.user.require_signed_in()
    db, actor, document_id = request.state.db, request.user, path_int(request)
    document = parties.find(db, actor, document_id)
    refusing = "tolak" in request.query_params
    form = RefusalForm(request) if refusing else AgreeForm(request)
    if form.submitted and form.validate():
        if isinstance(form, RefusalForm):
            parties.refuse(db, actor, document_id, reason=form.reason.data, now=request.state.now)
            flash(request, _("Naskah nomor %(number)s dikembalikan tanpa tanda tangan.") % {"number": document.number}, "warn")
        else:
            parties.agree(db, actor, document_id, now=request.state.now)
            flash(request, _("Persetujuan Anda atas naskah nomor %(number)s tercatat.") % {"number": document.number})
        return redirect(document.href)
    crumbs = [(_("Dokumen saya"), url("dokumen:index")), (document.number, document.href), (_("Persetujuan"), "")]
    turn = signing.next_signature(document)
    return page(request, "documents/agree.html", status=form.status, form=form, turn=turn, refusing=refusing, crumbs=crumbs, **row(request, document))


def on_paper(request: Request) -> Response:
    """Record that a party signed on paper."""
    db, actor, document_id = request.state.db, request.user, path_int(request)
    document = parties.find_for_officer(db, actor, document_id)
    turn, form = signing.next_signature(document), PaperForm(request)
    if form.submitted and form.validate():
        parties.agree_on_paper(db, actor, document_id, form.scans.data, signed_on=form.signed_on.data, now=request.state.now)
        flash(request, _("Tanda tangan di atas kertas dari %(name)s tercatat.") % {"name": turn.name})
        return redirect(document.href)
    crumbs = [(document.number, document.href), (_("Tanda tangan di atas kertas"), "")]
    return page(request, "documents/on_paper.html", status=form.status, form=form, turn=turn, crumbs=crumbs, **row(request, document))


routes = [Route("/dokumen/{id:int}/persetujuan", agree, methods=["GET", "POST"], name="dokumen:agree")]
staff_routes = [Route("/kerja/dokumen/{id:int}/kertas", on_paper, methods=["GET", "POST"], name="dokumen:kerja.on_paper")]
