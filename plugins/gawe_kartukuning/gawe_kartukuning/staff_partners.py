"""Pages for officers about those who offer work, their vacancies, and schools."""

from __future__ import annotations

from sqlalchemy import select
from starlette.routing import Route

from pendopo import N_, NotFound, _
from pendopo.http import flash, form_of, page, path_int, redirect, url
from pendopo.kit.forms import looking
from pendopo.kit.listing import Asked, matches, turn
from pendopo.kit.places import find_place

from . import employers, kbji, listing, mitra, partners, placing, rules, schools, shown
from .applications import regency_date
from .forms import DecideForm
from .kind import EMPLOYERS
from .models import Bkk, Lowongan, PemberiKerja, Penempatan

PARTNER_STATES = ("menunggu", "terverifikasi", "ditolak")
VACANCY_STATES = ("menunggu", "terbit", "ditutup", "ditolak")
STATE_WORDS = {"menunggu": N_("Menunggu"), "terverifikasi": N_("Terverifikasi"), "ditolak": N_("Ditolak"), "terbit": N_("Terbit"), "ditutup": N_("Ditutup")}


def _list(request, template, query, states, model, tab, search):
    """One page of what stands in a chosen state, the newest first. `search(text)` is a condition."""
    db = request.state.db
    request.user.require(EMPLOYERS)
    asked = Asked(request.query_params)
    status, text = asked.one_of("status", states, states[0]), asked.text()
    found = turn(db, query.where(model.status == status, search(text)), asked.page, model.created_at.desc(), model.id.desc())
    context = {"found": found, "chosen": status, "text": text, "states": STATE_WORDS, "every": states, "shown": shown, "tab": tab}
    return page(request, template, **context)


def employer_list(request):
    def search(text):
        return PemberiKerja.nib == text if text.isdigit() else matches(text, PemberiKerja.nama)

    return _list(request, "gawe_kartukuning/kerja/employers.html", select(PemberiKerja), PARTNER_STATES, PemberiKerja, "pemberi", search)


def employer(request, form=None):
    db = request.state.db
    request.user.require(EMPLOYERS)
    row = db.get(PemberiKerja, path_int(request))
    if row is None:
        raise NotFound()
    vacancies = list(db.scalars(select(Lowongan).where(Lowongan.pemberi_id == row.id).order_by(Lowongan.id.desc()).limit(50)))
    placed = list(db.scalars(select(Penempatan).where(Penempatan.pemberi_id == row.id).order_by(Penempatan.id.desc()).limit(50)))
    form = form or DecideForm(looking(request))
    place = find_place(row.desa_code)
    return page(
        request,
        "gawe_kartukuning/kerja/employer.html",
        status=form.status,
        row=row,
        place=place,
        vacancies=vacancies,
        placed=placed,
        form=form,
        kbji=kbji,
        tab="pemberi",
    )


def employer_decide(request):
    return _decide(request, mitra.COMPANY, lambda form: employer(request, form), "kartukuning:kerja.employers")


def school_decide(request):
    return _decide(request, mitra.SCHOOL, lambda form: school_list(request, form), "kartukuning:kerja.schools")


def _decide(request, kind, again, to):
    form = DecideForm(request)
    if form.validate():
        with form.refusals():
            verified = form_of(request).get("putusan") == "setuju"
            row = mitra.decide(request.state.db, request.user, kind, path_int(request), verified, form.alasan.data or "", now=request.state.now)
            flash(request, _("%(name)s terverifikasi.") % {"name": row.nama} if verified else _("%(name)s ditolak.") % {"name": row.nama})
            return redirect(url(to))
    return again(form)


def vacancy_list(request):
    def search(text):
        return matches(text, Lowongan.judul, PemberiKerja.nama)

    query = select(Lowongan).join(Lowongan.pemberi)
    return _list(request, "gawe_kartukuning/kerja/vacancies.html", query, VACANCY_STATES, Lowongan, "lowongan", search)


def vacancy(request, form=None):
    """A vacancy with its employer, and who among the seekers would fit."""
    db = request.state.db
    request.user.require(EMPLOYERS)
    row = db.get(Lowongan, path_int(request))
    if row is None:
        raise NotFound()
    on = regency_date(db, request.state.now)
    form = form or DecideForm(looking(request))
    return page(
        request,
        "gawe_kartukuning/kerja/vacancy.html",
        status=form.status,
        row=row,
        card=shown.vacancy_card(row),
        wanted=shown.wanted_words(row),
        is_open=row.is_open(on),
        candidates=[(seeker, fit, shown.reasons_of(fit)) for seeker, fit in listing.candidates(db, row, on, limit=12)]
        if row.status in ("terbit", "menunggu")
        else [],
        applicants=[(a, placing.STATES[a.status]) for a in listing.applicants(db, row)],
        form=form,
        rules=rules,
        kbji=kbji,
        on=on,
        tab="lowongan",
    )


def vacancy_decide(request):
    form = DecideForm(request)
    if form.validate():
        with form.refusals():
            publish = form_of(request).get("putusan") == "setuju"
            row = employers.decide_vacancy(request.state.db, request.user, path_int(request), publish, form.alasan.data or "", now=request.state.now)
            flash(request, _("Lowongan %(title)s terbit.") % {"title": row.judul} if publish else _("Lowongan %(title)s ditolak.") % {"title": row.judul})
            return redirect(url("kartukuning:kerja.vacancies"))
    return vacancy(request, form)


def school_list(request, form=None):
    db = request.state.db
    request.user.require(EMPLOYERS)
    rows = list(db.scalars(select(Bkk).order_by(Bkk.status != "menunggu", Bkk.nama)))
    imports = {row.id: schools.imports_of(db, row.id)[:5] for row in rows}
    form = form or DecideForm(looking(request))
    return page(request, "gawe_kartukuning/kerja/schools.html", status=form.status, schools=rows, imports=imports, form=form, tab="bkk")


def school_import(request):
    """An officer sends a list in the name of a school, as at the counter."""
    request.user.require(EMPLOYERS)
    return partners.import_list(request, "gawe_kartukuning/kerja/import.html")


def school_report(request):
    request.user.require(EMPLOYERS)
    return partners.import_report(request, "gawe_kartukuning/kerja/import.html")


routes = [
    Route("/pemberi-kerja", employer_list, name="kartukuning:kerja.employers"),
    Route("/pemberi-kerja/{id:int}", employer, name="kartukuning:kerja.employer"),
    Route("/pemberi-kerja/{id:int}/putusan", employer_decide, methods=["POST"], name="kartukuning:kerja.employer.decide"),
    Route("/lowongan", vacancy_list, name="kartukuning:kerja.vacancies"),
    Route("/lowongan/{id:int}", vacancy, name="kartukuning:kerja.vacancy"),
    Route("/lowongan/{id:int}/putusan", vacancy_decide, methods=["POST"], name="kartukuning:kerja.vacancy.decide"),
    Route("/bkk", school_list, name="kartukuning:kerja.schools"),
    Route("/bkk/{id:int}/putusan", school_decide, methods=["POST"], name="kartukuning:kerja.school.decide"),
    Route("/bkk/{id:int}/daftar", school_import, methods=["POST"], name="kartukuning:kerja.school.import"),
    Route("/bkk/laporan/{id:int}", school_report, name="kartukuning:kerja.school.report"),
]
