"""Pages for Bapenda's assessing and collecting: SKPD, arrears and letters, import, tariffs, publishing a year."""

from __future__ import annotations

from sqlalchemy import select
from starlette.datastructures import UploadFile
from starlette.routing import Route

from pendopo import Conflict, InvalidInput, NotFound, _
from pendopo.db import after_commit
from pendopo.http import flash, form_of, page, path_int, query_int, redirect, url
from pendopo.identity import record
from pendopo.jobs import enqueue
from pendopo.kit.documents import document_of
from pendopo.kit.opendata import csv_response
from pendopo.kit.places import desa_list, kecamatan_list

from . import assess, business, dhkp, jobs, letters, permits, settling, shown, tariffs
from .forms import AssessmentCorrectionForm, NewBillboardForm, OpsenForm, PublishForm, TariffForm, WaterForm
from .importing import decode, open_table
from .models import Impor, ImporTolak, IzinReklame, Ketetapan, Usaha
from .nop import show_nop
from .paper import SKPD_PAPER, issue_assessment
from .registering import taxpayer
from .rules import from_data
from .shown import chosen_place, today_of
from .tariffs import KINDS
from .taxes import KELAS, TAX

# ------------------------------------------------------------------------------------------------------------ assessments


def assessments(request):
    """SKPD and the like, newest first; billboards and groundwater are assessed here."""
    db = request.state.db
    dhkp.require_reader(request.user)
    jenis = request.query_params.get("jenis", "")
    query = select(Ketetapan).order_by(Ketetapan.id.desc()).limit(100)
    before = query_int(request, "sebelum")
    query = query.where(Ketetapan.id < before) if before else query
    rows = list(db.scalars(query.where(Ketetapan.jenis == jenis) if jenis in TAX else query).unique())
    may = request.user.can("pajak.assess")
    waiting = permits.waiting(db) if may and not before else []
    return page(request, "gawe_pajak/kerja/assessments.html", rows=rows, taxes=TAX, jenis=jenis, may_assess=may, waiting=waiting, tab="ketetapan")


def billboard(request):
    """Enter a billboard and assess it."""
    request.user.require("pajak.assess")
    db = request.state.db
    permit = db.get(IzinReklame, query_int(request, "izin")) if query_int(request, "izin") else None
    form = NewBillboardForm(request, prefill=permits.prefill(permit) if permit is not None else None)
    if form.submitted and form.validate():
        with form.refusals():
            names = ("jenis", "naskah", "lebar_cm", "tinggi_cm", "sisi", "lokasi_kelas", "alamat", "dari", "sampai", "izin")
            values = {name: form[name].data or "" for name in names} | {"desa_code": form.desa.data or None}
            wp = taxpayer(db, form.nama.data, form.alamat_wp.data or "")
            row = business.add_billboard(db, request.user, wp, values, now=request.state.now)
            if permit is not None:
                permits.settle(db, permit, row)
            return redirect(url("pajak:kerja.assessment", id=row.id))
    return page(request, "gawe_pajak/kerja/billboard.html", form=form, status=form.status, tab="ketetapan")


def water(request):
    """Assess groundwater of a month from the meter."""
    request.user.require("pajak.assess")
    db = request.state.db
    form = WaterForm(request)
    users = db.scalars(select(Usaha).where(Usaha.jenis == "pat", Usaha.aktif).order_by(Usaha.nama)).unique()
    form.usaha.choices = [(str(usaha.id), f"{usaha.nama} ({usaha.wp.nama})") for usaha in users]
    if form.submitted and form.validate():
        with form.refusals():
            row = business.assess_water(db, request.user, int(form.usaha.data), form.masa.data, form.volume.data, now=request.state.now)
            return redirect(url("pajak:kerja.assessment", id=row.id))
    return page(request, "gawe_pajak/kerja/water.html", form=form, status=form.status, tab="ketetapan")


def opsen(request):
    """Enter what the province reports of Samsat's month."""
    request.user.require("pajak.assess")
    form = OpsenForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            row = business.note_opsen(request.state.db, request.user, form.jenis.data, form.masa.data, form.kendaraan.data, form.pokok.data)
            flash(request, _("Opsen %(masa)s tersimpan.") % {"masa": f"{row.masa:%m/%Y}"})
            return redirect(url("pajak:opsen"))
    return page(request, "gawe_pajak/kerja/opsen.html", form=form, status=form.status, tab="ketetapan")


def assessment(request):
    """One assessment; corrected here by a new one."""
    db = request.state.db
    dhkp.require_reader(request.user)
    row = db.get(Ketetapan, path_int(request))
    if row is None:
        raise NotFound()
    form = AssessmentCorrectionForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            new = settling.correct_assessment(db, request.user, row.id, form.dasar.data, form.sebab.data, way=form.lebih.data, now=request.state.now)
            flash(request, _("Ketetapan baru terbit."))
            return redirect(url("pajak:kerja.assessment", id=new.id))
    old, paper = db.get(Ketetapan, row.ganti_id) if row.ganti_id else None, document_of(db, SKPD_PAPER, row.id)
    found, may = from_data(row.hitungan), request.user.can("pajak.assess")
    later = list(db.scalars(select(Ketetapan).where(Ketetapan.ganti_id == row.id).order_by(Ketetapan.id)).unique())
    return page(
        request,
        "gawe_pajak/kerja/assessment.html",
        row=row,
        tax=TAX[row.jenis],
        found=found,
        form=form,
        status=form.status,
        old=old,
        later=later,
        paper=paper,
        may_assess=may,
        tab="ketetapan",
    )


def assessment_paper(request):
    request.user.require("pajak.assess")
    db, row = request.state.db, request.state.db.get(Ketetapan, path_int(request))
    if row is None:
        raise NotFound()
    if row.status == "diganti":
        raise Conflict(_("Ketetapan ini sudah diganti."))
    document = document_of(db, SKPD_PAPER, row.id) or issue_assessment(db, request.user, row, now=request.state.now)
    return redirect(document.href)


# ---------------------------------------------------------------------------------------------------------------- arrears


def arrears(request):
    """Who is late, and letters for all of them, of a kecamatan or of a desa."""
    db, today = request.state.db, today_of(request)
    dhkp.require_reader(request.user)
    kecamatan, desa = chosen_place(request)
    asal = request.query_params.get("asal", "sppt")
    asal = asal if asal in letters.ORIGINS else "sppt"
    rows = letters.arrears_page(db, today=today, asal=asal, desa=desa, kecamatan=kecamatan, after=query_int(request, "setelah"))
    dues = [shown.arrears_line(db, row, *letters.owed(db, row, today)) for row in rows]
    return page(
        request,
        "gawe_pajak/kerja/arrears.html",
        rows=dues,
        counts=letters.counts(db, today, asal),
        asal=asal,
        origins=letters.ORIGINS,
        letter_kinds=letters.KINDS,
        kecamatan=kecamatan,
        desa=desa,
        more=len(rows) == 50,
        all_kecamatan=kecamatan_list(),
        all_desa=desa_list(kecamatan) if kecamatan else [],
        show_nop=show_nop,
        may=request.user.can("pajak.letters"),
        tab="tunggakan",
    )


def order_letters(request):
    """Letters in bulk: numbered, drawn and signed in the background."""
    db, form = request.state.db, form_of(request)
    jenis, desa, kecamatan, asal = (str(form.get(name, "")) for name in ("jenis", "desa", "kecamatan", "asal"))
    asal = asal or "sppt"
    ids = letters.order(db, request.user, jenis, asal=asal, desa=desa, kecamatan=kecamatan, today=today_of(request))
    by = request.user.account_id
    if ids:
        after_commit(db, lambda: enqueue("pajak_surat", jenis, by, asal, *ids))
    flash(request, _("%(n)s surat sedang dibuat.") % {"n": len(ids)} if ids else _("Tidak ada yang perlu disurati."))
    return redirect(url("pajak:kerja.arrears", {"asal": asal, "kecamatan": kecamatan, "desa": desa}))


# ----------------------------------------------------------------------------------------------- import, tariffs, publishing


def imports(request):
    """Bring SPPT data from a CSV file; earlier imports with their reports."""
    request.user.require("pajak.import")
    db, error = request.state.db, ""
    if request.method == "POST":
        upload = form_of(request).get("file")
        if isinstance(upload, UploadFile) and upload.filename:
            upload.file.seek(0)
            data = upload.file.read()
            try:
                open_table(decode(data))
                return _begin_import(request, upload.filename, data)
            except InvalidInput as refusal:
                error = refusal.sentence()
        else:
            error = _("Pilih berkas CSV.")
    rows = list(db.scalars(select(Impor).order_by(Impor.id.desc()).limit(20)))
    return page(request, "gawe_pajak/kerja/imports.html", rows=rows, error=error, status=422 if error else 200, tab="impor")


def _begin_import(request, name, data):
    db = request.state.db
    impor = Impor(nama=name[:160], by=request.user.account_id, at=request.state.now)
    db.add(impor)
    db.flush()
    record(db, request.user, "pajak.import", f"impor:{impor.id}", {"nama": impor.nama, "bytes": len(data)})
    jobs.keep_file(request.app.state.portal, impor.id, data)
    impor_id = impor.id
    after_commit(db, lambda: enqueue("pajak_impor", impor_id))
    return redirect(url("pajak:kerja.import", id=impor_id))


def one_import(request):
    """How an import goes, and every refused row."""
    request.user.require("pajak.import")
    db = request.state.db
    impor = db.get(Impor, path_int(request))
    if impor is None:
        raise NotFound()
    query = select(ImporTolak).where(ImporTolak.impor_id == impor.id, ImporTolak.id > query_int(request, "setelah")).order_by(ImporTolak.id).limit(101)
    rows = list(db.scalars(query))
    return page(request, "gawe_pajak/kerja/import.html", impor=impor, rows=rows[:100], more=rows[99].id if len(rows) > 100 else 0, tab="impor")


def refused_csv(request):
    request.user.require("pajak.import")
    rows = request.state.db.scalars(select(ImporTolak).where(ImporTolak.impor_id == path_int(request)).order_by(ImporTolak.id))
    return csv_response(f"impor-{path_int(request)}-ditolak", ("baris", "nop", "alasan"), [(row.baris, row.nop, row.alasan) for row in rows])


def tariff_table(request):
    """Every tariff with the days on which it holds; a new one ends the one before."""
    db = request.state.db
    dhkp.require_reader(request.user)
    form = TariffForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            values = {name: form[name].data for name in ("jenis", "kelas", "persen", "dari", "dasar_hukum", "contoh")}
            tariffs.set_tariff(db, request.user, **values, mulai=form.mulai.data or 0)
            flash(request, _("Tarif tersimpan."))
            return redirect(url("pajak:kerja.tariffs"))
    rows = tariffs.history(db)
    may = request.user.can("pajak.tariffs")
    return page(
        request,
        "gawe_pajak/kerja/tariffs.html",
        rows=rows,
        kinds=KINDS,
        kelas=KELAS,
        form=form,
        status=form.status,
        may=may,
        today=today_of(request),
        tab="tarif",
    )


def publish(request):
    """Make the SPPT of a year from the objects: in the background, a part at a time."""
    db, actor = request.state.db, request.user
    actor.require("pajak.assess")
    form = PublishForm(request, prefill={"tahun": today_of(request).year + (1 if today_of(request).month > 10 else 0)})
    if form.submitted and form.validate():
        with form.refusals():
            year, by = form.tahun.data, actor.account_id
            assess.check_publishing(actor, year, request.state.now)
            record(db, actor, "pajak.publish", f"sppt:{year}", {})
            after_commit(db, lambda: enqueue("pajak_tetapkan", year, by))
            flash(request, _("Penetapan PBB %(year)s sedang berjalan.") % {"year": year})
            return redirect(url("pajak:kerja.progress", {"tahun": year}))
    return page(request, "gawe_pajak/kerja/publish.html", form=form, status=form.status, years=dhkp.years(db), tab="terbit")


routes = [
    Route("/ketetapan", assessments, name="pajak:kerja.assessments"),
    Route("/ketetapan/reklame", billboard, methods=["GET", "POST"], name="pajak:kerja.billboard"),
    Route("/ketetapan/air-tanah", water, methods=["GET", "POST"], name="pajak:kerja.water"),
    Route("/ketetapan/opsen", opsen, methods=["GET", "POST"], name="pajak:kerja.opsen"),
    Route("/ketetapan/{id:int}", assessment, methods=["GET", "POST"], name="pajak:kerja.assessment"),
    Route("/ketetapan/{id:int}/dokumen", assessment_paper, methods=["POST"], name="pajak:kerja.assessment.paper"),
    Route("/tunggakan", arrears, name="pajak:kerja.arrears"),
    Route("/tunggakan/surat", order_letters, methods=["POST"], name="pajak:kerja.letters"),
    Route("/impor", imports, methods=["GET", "POST"], name="pajak:kerja.imports"),
    Route("/impor/{id:int}", one_import, name="pajak:kerja.import"),
    Route("/impor/{id:int}/ditolak.csv", refused_csv, name="pajak:kerja.refused"),
    Route("/tarif", tariff_table, methods=["GET", "POST"], name="pajak:kerja.tariffs"),
    Route("/terbit", publish, methods=["GET", "POST"], name="pajak:kerja.publish"),
]
