"""Pages for businesses: registering, what waits to be declared, SPTPD, assessments."""

from __future__ import annotations

from datetime import date

from starlette.routing import Route

from pendopo import NotFound, _
from pendopo.http import flash, page, path_int, redirect, url
from pendopo.kit.documents import document_of
from pendopo.kit.profile import known

from . import business, declaring, registering, shown
from .forms import RegisterForm, SptpdForm
from .models import Ketetapan
from .paper import SKPD_PAPER
from .paying import kind_of
from .registering import Business
from .rules import from_data
from .shown import today_of
from .taxes import TAX


def business_of(form) -> Business:
    """What a form of registration says."""
    names = ("jenis", "bentuk", "wajib_pajak", "alamat_wp", "nib", "usaha", "alamat", "sejak")
    return Business(**{name: form[name].data for name in names}, desa_code=form.desa.data, kelas=form.kelas.data or "umum")


def register(request):
    """Ask for an NPWPD; an officer examines it."""
    request.user.require_signed_in()
    db, prefill = request.state.db, {}
    if request.user.citizen_id:
        facts = known(db, request.user.citizen_id)
        prefill = {"wajib_pajak": facts.get("nama", ""), "alamat_wp": facts.get("alamat", "")}
    form = RegisterForm(request, prefill=prefill | {"jenis": request.query_params.get("jenis", "")})
    if form.submitted and form.validate():
        with form.refusals():
            row = registering.ask(db, request.user, business_of(form), form.papers.data, now=request.state.now)
            flash(request, _("Pendaftaran %(register)s diterima.") % {"register": row.berkas.register})
            return redirect(url("pajak:berkas", id=row.berkas_id))
    return page(request, "gawe_pajak/register.html", form=form, status=form.status, tab="usaha")


def businesses(request):
    """Businesses of a taxpayer, each with what waits to be declared and the clock."""
    request.user.require_signed_in()
    db, today = request.state.db, today_of(request)
    rows = []
    for usaha in business.businesses_of(db, request.user.citizen_id):
        missing = declaring.missing_months(db, usaha, today) if TAX[usaha.jenis].how == "sendiri" else []
        masa = missing[0] if missing else None
        due = business.working_days_after(db, masa, "lapor_hk") if masa else None
        rows.append({"usaha": usaha, "tax": TAX[usaha.jenis], "missing": missing, "due": due, "left": (due - today).days if due else None})
    return page(request, "gawe_pajak/businesses.html", rows=rows, tab="usaha")


def one_business(request):
    """A business: declare a month, and everything declared so far."""
    request.user.require_signed_in()
    db, today = request.state.db, today_of(request)
    usaha = business.get_business(db, request.user, path_int(request))
    missing = declaring.missing_months(db, usaha, today)
    form = SptpdForm(request)
    form.for_business(usaha, missing, today)
    if form.submitted and form.validate():
        with form.refusals():
            row = declaring.declare(db, request.user, usaha.id, date.fromisoformat(form.masa.data), form.dasar.data, form.papers.data, now=request.state.now)
            flash(request, _("SPTPD %(masa)s diterima.") % {"masa": f"{row.masa:%m/%Y}"})
            return redirect(url("pajak:berkas", id=row.berkas_id))
    deadlines = {masa: (business.working_days_after(db, masa, "bayar_hk"), business.working_days_after(db, masa, "lapor_hk")) for masa in missing}
    return page(
        request,
        "gawe_pajak/business.html",
        usaha=usaha,
        tax=TAX[usaha.jenis],
        form=form,
        status=form.status,
        missing=missing,
        deadlines=deadlines,
        today=today,
        declared=declaring.declared_by(db, usaha.id),
        assessed=shown.assessments_of(db, usaha.wp_id),
        tab="usaha",
    )


def assessment(request):
    """An assessment (SKPD, SKPDKB) of one's own."""
    db, row = request.state.db, request.state.db.get(Ketetapan, path_int(request))
    if row is None or row.wp.account_id is None or row.wp.account_id != request.user.citizen_id:
        raise NotFound()
    bills, paper = shown.bills_of(db, row.id, kind_of(row)), document_of(db, SKPD_PAPER, row.id)
    return page(request, "gawe_pajak/assessment.html", row=row, tax=TAX[row.jenis], found=from_data(row.hitungan), bills=bills, paper=paper, tab="usaha")


routes = [
    Route("/usaha", businesses, name="pajak:businesses"),
    Route("/usaha/daftar", register, methods=["GET", "POST"], name="pajak:register"),
    Route("/usaha/{id:int}", one_business, methods=["GET", "POST"], name="pajak:business"),
    Route("/ketetapan/{id:int}", assessment, name="pajak:assessment"),
]
