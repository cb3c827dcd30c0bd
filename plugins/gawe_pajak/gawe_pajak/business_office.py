"""Pages for Bapenda about businesses: who is registered, what they have not declared, assessment by the office, closing."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from starlette.routing import Route

from pendopo import NotFound, _
from pendopo.http import flash, form_of, page, path_int, redirect, url
from pendopo.kit.documents import document_of
from pendopo.kit.listing import Asked, matches, turn

from . import business, declaring, dhkp, registering, shown
from .business_routes import business_of
from .forms import EstimateForm, NewBusinessForm
from .models import Usaha, WajibPajak
from .paper import NPWPD_PAPER
from .registering import REGISTERED
from .shown import today_of
from .taxes import DECLARED, TAX


def index(request):
    """Registered businesses, with how many months each has not declared."""
    db, asked = request.state.db, Asked(request.query_params)
    dhkp.require_reader(request.user)
    jenis, text = asked.one_of("jenis", REGISTERED), asked.text()
    query = select(Usaha).join(Usaha.wp).where(matches(text, Usaha.nama, WajibPajak.nama, WajibPajak.npwpd)) if text else select(Usaha)
    query = query.where(Usaha.jenis == jenis) if jenis else query
    listed = turn(db, query, asked.page, Usaha.aktif.desc(), Usaha.nama, Usaha.id)
    today = today_of(request)
    missing = {u.id: len(declaring.missing_months(db, u, today)) for u in listed.rows if u.aktif and u.jenis in DECLARED}
    kinds = {slug: TAX[slug] for slug in REGISTERED}
    return page(request, "gawe_pajak/kerja/businesses.html", listed=listed, missing=missing, taxes=kinds, jenis=jenis, text=text, tab="usaha")


def register(request):
    """An officer registers a business that was found in the field, or at the counter."""
    request.user.require(registering.EXAMINE)
    form = NewBusinessForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            usaha = registering.register(request.state.db, request.user, business_of(form), now=request.state.now)
            flash(request, _("Usaha terdaftar dengan NPWPD %(npwpd)s.") % {"npwpd": usaha.wp.npwpd})
            return redirect(url("pajak:kerja.business", id=usaha.id))
    return page(request, "gawe_pajak/kerja/register.html", form=form, status=form.status, tab="usaha")


def one(request):
    """A business: what it declared, what it owes, and an assessment for a month that it did not declare."""
    db, today = request.state.db, today_of(request)
    dhkp.require_reader(request.user)
    usaha = db.get(Usaha, path_int(request))
    if usaha is None:
        raise NotFound()
    missing = declaring.missing_months(db, usaha, today) if usaha.jenis in DECLARED else []
    form = EstimateForm(request)
    form.masa.choices = [(m.isoformat(), f"{m:%m/%Y}") for m in missing]
    if form.submitted and form.validate():
        with form.refusals():
            masa = date.fromisoformat(form.masa.data)
            made = business.assess_undeclared(db, request.user, usaha, masa, form.dasar.data, form.sebab.data, now=request.state.now)
            return redirect(url("pajak:kerja.assessment", id=made[0].id))
    return page(
        request, "gawe_pajak/kerja/business.html", usaha=usaha, tax=TAX[usaha.jenis], missing=missing, form=form, status=form.status, today=today,
        declared=declaring.declared_by(db, usaha.id), assessed=shown.assessments_of(db, usaha.wp_id), paper=document_of(db, NPWPD_PAPER, usaha.id),
        may_assess=request.user.can("pajak.assess"), may_close=request.user.can(registering.EXAMINE), tab="usaha",
    )  # fmt: skip


def close(request):
    usaha = registering.close(request.state.db, request.user, path_int(request), str(form_of(request).get("sebab", "")))
    flash(request, _("Usaha ditutup."))
    return redirect(url("pajak:kerja.business", id=usaha.id))


routes = [
    Route("/usaha", index, name="pajak:kerja.businesses"),
    Route("/usaha/baru", register, methods=["GET", "POST"], name="pajak:kerja.register"),
    Route("/usaha/{id:int}", one, methods=["GET", "POST"], name="pajak:kerja.business"),
    Route("/usaha/{id:int}/penutupan", close, methods=["POST"], name="pajak:kerja.close"),
]
