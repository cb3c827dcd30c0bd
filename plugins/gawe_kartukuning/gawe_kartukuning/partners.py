"""Pages for those who offer work, and for schools that bring their graduates."""

from __future__ import annotations

from sqlalchemy import func, select
from starlette.datastructures import UploadFile
from starlette.routing import Route

from pendopo import N_, InvalidInput, _
from pendopo.http import flash, form_of, page, path_int, redirect, url
from pendopo.kit.forms import looking
from pendopo.kit.sheets import sheet_response

from . import employers, kbji, listing, mitra, placing, rules, schools, seekers, shown
from .applications import regency_date
from .employers import Vacancy
from .forms import AnswerForm, CompanyForm, HireForm, SchoolAccountForm, VacancyForm, lines_of
from .models import Impor, Lamaran, Lowongan
from .options import number


def companies(request):
    """My companies and their vacancies."""
    db = request.state.db
    request.user.require_signed_in()
    on = regency_date(db, request.state.now)
    rows = mitra.held_by(db, request.user, mitra.COMPANY)
    ids = [row.id for row in rows]
    vacancies = list(db.scalars(select(Lowongan).where(Lowongan.pemberi_id.in_(ids)).order_by(Lowongan.id.desc()).limit(100)))
    counted = (
        select(Lamaran.lowongan_id, func.count())
        .where(Lamaran.lowongan_id.in_([v.id for v in vacancies]), Lamaran.status != "ditarik")
        .group_by(Lamaran.lowongan_id)
    )
    return page(
        request, "gawe_kartukuning/companies.html", companies=rows, vacancies=vacancies, counts=dict(db.execute(counted).all()), on=on, tab="perusahaan"
    )


def company_new(request):
    db, now = request.state.db, request.state.now
    request.user.require_signed_in()
    form = CompanyForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            about = {**form.data, "desa_code": form.desa_code.data or None, "email": form.email.data or ""}
            row = mitra.register(db, request.user, mitra.COMPANY, now=now, **about)
            flash(request, _("%(name)s terdaftar dan menunggu verifikasi.") % {"name": row.nama})
            return redirect(url("kartukuning:companies"))
    return page(request, "gawe_kartukuning/company.html", form=form, status=form.status, tab="perusahaan")


def _vacancy_of(data):
    lists = {name: lines_of(data.get(name)) for name in ("jurusan", "keterampilan")}
    numbers = {name: data.get(name) or 0 for name in ("jumlah", "jumlah_l", "jumlah_p", "pengalaman_bulan")}
    return Vacancy(**{**data, **lists, **numbers, "desa_code": data.get("desa_code") or "", "alasan_upah": data.get("alasan_upah") or ""})


def vacancy_new(request):
    db, now = request.state.db, request.state.now
    on = regency_date(db, now)
    employer = mitra.own(db, request.user, mitra.COMPANY, path_int(request))
    form = VacancyForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            row = employers.offer_vacancy(db, request.user, employer.id, _vacancy_of(form.data), on=on, now=now)
            flash(request, _("Lowongan terkirim. Pengantar kerja memeriksanya sebelum terbit."))
            return redirect(url("kartukuning:own_vacancy", id=row.id))
    return page(request, "gawe_kartukuning/vacancy_form.html", form=form, status=form.status, employer=employer, umk=number(db, "umk", on), tab="perusahaan")


def vacancy_change(request):
    db, now = request.state.db, request.state.now
    on = regency_date(db, now)
    row = employers.own_vacancy(db, request.user, path_int(request))
    held = {name: getattr(row, name) for name in VacancyForm(looking(request)).data if hasattr(row, name)}
    prefill = {**held, "jurusan": "; ".join(row.jurusan), "keterampilan": "; ".join(row.keterampilan), "alasan_upah": row.di_bawah_umk}
    form = VacancyForm(request, prefill=prefill)
    if form.submitted and form.validate():
        with form.refusals():
            employers.change_vacancy(db, request.user, row.id, _vacancy_of(form.data), on=on, now=now)
            flash(request, _("Perubahan terkirim dan diperiksa lagi sebelum terbit."))
            return redirect(url("kartukuning:own_vacancy", id=row.id))
    return page(
        request, "gawe_kartukuning/vacancy_form.html", form=form, status=form.status, employer=row.pemberi, row=row, umk=number(db, "umk", on), tab="perusahaan"
    )



def own_vacancy(request, *, form=None, hire_form=None, at=0):
    """One's own vacancy and who applied, the best first."""
    db = request.state.db
    on = regency_date(db, request.state.now)
    row = employers.own_vacancy(db, request.user, path_int(request))
    look = looking(request)
    rows = [(a, placing.STATES[a.status], seekers.as_person(a.pencari, on)) for a in listing.applicants(db, row)]
    return page(
        request,
        "gawe_kartukuning/own_vacancy.html",
        row=row,
        card=shown.vacancy_card(row),
        wanted=shown.wanted_words(row),
        is_open=row.is_open(on),
        applicants=rows,
        forms={a.id: form if a.id == at and form is not None else AnswerForm(look, prefix=f"j{a.id}-") for a, _state, _person in rows},
        hire_forms={
            a.id: hire_form if a.id == at and hire_form is not None else HireForm(look, prefix=f"t{a.id}-", prefill={"mulai": on, "upah": row.upah_min})
            for a, _state, _person in rows
        },
        status=next((f.status for f in (form, hire_form) if f is not None), 200),
        levels=rules.LEVELS,
        kbji=kbji,
        on=on,
        at=at,
        tab="perusahaan",
    )


def _application(request):
    """`(vacancy id, application id)`; the vacancy must be one's own."""
    row = employers.own_vacancy(request.state.db, request.user, path_int(request))
    return row.id, path_int(request, "lamaran")


def answer(request):
    vacancy_id, application_id = _application(request)
    form = AnswerForm(request, prefix=f"j{application_id}-")
    if form.validate():
        with form.refusals():
            placing.answer(request.state.db, request.user, application_id, form.putusan.data or "", form.pesan.data or "", now=request.state.now)
            flash(request, _("Jawaban terkirim kepada pelamar."))
            return redirect(url("kartukuning:own_vacancy", id=vacancy_id))
    return own_vacancy(request, form=form, at=application_id)


def hire(request):
    db, now = request.state.db, request.state.now
    vacancy_id, application_id = _application(request)
    form = HireForm(request, prefix=f"t{application_id}-")
    if form.validate():
        with form.refusals():
            placing.hire(db, request.user, application_id, start=form.mulai.data, pay=form.upah.data, on=regency_date(db, now), now=now)
            flash(request, _("Penempatan tercatat. Kartu pelamar kini berstatus bekerja."))
            return redirect(url("kartukuning:own_vacancy", id=vacancy_id))
    return own_vacancy(request, hire_form=form, at=application_id)


def close(request):
    row = employers.close_vacancy(request.state.db, request.user, path_int(request))
    flash(request, _("Lowongan ditutup."))
    return redirect(url("kartukuning:own_vacancy", id=row.id))


# ----------------------------------------------------------------------------------------------------------- schools


def school_home(request):
    """My school, its lists, and the one that is sent now with its report."""
    db = request.state.db
    request.user.require_signed_in()
    form = SchoolAccountForm(request)
    rows = mitra.held_by(db, request.user, mitra.SCHOOL)
    if form.submitted and form.validate():
        with form.refusals():
            about = {**form.data, "desa_code": form.desa_code.data or None}
            mitra.register(db, request.user, mitra.SCHOOL, now=request.state.now, **about)
            flash(request, _("Sekolah terdaftar dan menunggu verifikasi."))
            return redirect(url("kartukuning:school"))
    imports = {row.id: schools.imports_of(db, row.id) for row in rows}
    return page(
        request, "gawe_kartukuning/school.html", form=form, status=form.status, schools=rows, imports=imports, most=number(db, "impor_baris_maks"), tab="bkk"
    )


def sheet_of(request):
    """The bytes and name of the list that was sent. Raises InvalidInput."""
    upload = form_of(request).get("daftar")
    if not isinstance(upload, UploadFile) or not upload.filename:
        raise InvalidInput(N_("Pilih berkas daftar lulusan lebih dahulu."), field="daftar")
    upload.file.seek(0)
    return upload.file.read(), upload.filename


def import_list(request, template="gawe_kartukuning/import.html"):
    """Number and PIN of each pupil are shown on this answer only."""
    db, now = request.state.db, request.state.now
    data, name = sheet_of(request)
    kept, keys = schools.import_graduates(db, request.user, path_int(request), data, name, on=regency_date(db, now), now=now)
    return _report(request, kept, {key["row"]: key for key in keys}, template)


def import_report(request, template="gawe_kartukuning/import.html"):
    """The report of a list that was sent before."""
    kept = request.state.db.get(Impor, path_int(request))
    mitra.own(request.state.db, request.user, mitra.SCHOOL, kept.bkk_id if kept is not None else 0, officers=True)
    return _report(request, kept, {}, template)


def _report(request, kept, keys, template):
    return page(request, template, school=kept.bkk, kept=kept, keys=keys, tab="bkk", headers={"Cache-Control": "no-store"})


def import_template(request):
    header, rows = schools.template_rows()
    return sheet_response("daftar-lulusan", header, rows, title=_("Daftar lulusan"))


routes = [
    Route("/perusahaan/", companies, name="kartukuning:companies"),
    Route("/perusahaan/baru", company_new, methods=["GET", "POST"], name="kartukuning:company.new"),
    Route("/perusahaan/{id:int}/lowongan-baru", vacancy_new, methods=["GET", "POST"], name="kartukuning:vacancy.new"),
    Route("/perusahaan/lowongan/{id:int}", own_vacancy, name="kartukuning:own_vacancy"),
    Route("/perusahaan/lowongan/{id:int}/ubah", vacancy_change, methods=["GET", "POST"], name="kartukuning:vacancy.change"),
    Route("/perusahaan/lowongan/{id:int}/penutupan", close, methods=["POST"], name="kartukuning:vacancy.close"),
    Route("/perusahaan/lowongan/{id:int}/lamaran/{lamaran:int}/jawaban", answer, methods=["POST"], name="kartukuning:answer"),
    Route("/perusahaan/lowongan/{id:int}/lamaran/{lamaran:int}/penempatan", hire, methods=["POST"], name="kartukuning:hire"),
    Route("/bkk/", school_home, methods=["GET", "POST"], name="kartukuning:school"),
    Route("/bkk/daftar-lulusan.xlsx", import_template, name="kartukuning:school.template"),
    Route("/bkk/{id:int}/daftar", import_list, methods=["POST"], name="kartukuning:school.import"),
    Route("/bkk/laporan/{id:int}", import_report, name="kartukuning:school.report"),
]
