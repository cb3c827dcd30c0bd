"""Pages for Bapenda: DHKP, one SPPT, the queue, assessments, arrears and letters, import, tariffs, publishing a year."""

from __future__ import annotations

from sqlalchemy import select
from starlette.datastructures import UploadFile
from starlette.routing import Route

from pendopo import Conflict, InvalidInput, NotFound, _
from pendopo.db import after_commit
from pendopo.http import flash, form_of, page, path_int, query_int, redirect, url
from pendopo.identity import record
from pendopo.jobs import enqueue
from pendopo.kit.berkas import Berkas, berkas_context, get_berkas
from pendopo.kit.documents import document_of
from pendopo.kit.opendata import csv_response
from pendopo.kit.places import desa_list, find_place, kecamatan_list

from . import assess, business, dhkp, jobs, letters, requests, shown, tariffs
from .forms import AssessmentCorrectionForm, CorrectionForm, NewBillboardForm, PublishForm, TariffForm, WaterForm
from .importing import decode, open_table
from .kinds import ALL_KINDS
from .models import SPPT, Impor, ImporTolak, Ketetapan, Objek, Usaha
from .moves import taxpayer
from .nop import InvalidNop, parse_nop, show_nop
from .paper import SKPD_PAPER, issue_assessment
from .routes import today_of
from .rules import from_data
from .tariffs import KINDS
from .taxes import KELAS, TAX

STATES = {(kind.slug, state.slug): state for kind in ALL_KINDS for state in kind.states}


def _place(request) -> tuple[str, str]:
    """`(kecamatan, desa)` that was chosen; a desa brings its kecamatan."""
    desa, kecamatan = request.query_params.get("desa", ""), request.query_params.get("kecamatan", "")
    place = find_place(desa) if desa else None
    if place is None or place.kind == "kecamatan":
        desa = ""
    elif not kecamatan or not desa.startswith(kecamatan):
        desa = "" if kecamatan else desa
        kecamatan = kecamatan or place.parent
    return (kecamatan if find_place(kecamatan) else ""), desa


def index(request):
    """DHKP: the collective list of a year, by desa, with what is paid. A NOP typed in full leads to its object."""
    db, actor = request.state.db, request.user
    dhkp.require_reader(actor)
    asked = request.query_params.get("q", "").strip()
    if asked:
        try:
            return redirect(url("pajak:kerja.object", nop=parse_nop(asked)))
        except InvalidNop:
            asked = asked[:40]
    years = dhkp.years(db)
    year = query_int(request, "tahun", years[0] if years else today_of(request).year)
    kecamatan, desa = _place(request)
    status, after = request.query_params.get("status", ""), request.query_params.get("setelah", "")[:18]
    listed = dhkp.list_page(db, actor, year, kecamatan=kecamatan, desa=desa, status=status, after=after)
    return page(
        request, "gawe_pajak/kerja/index.html", listed=listed, years=years, year=year, kecamatan=kecamatan, desa=desa, wanted=status, asked=asked,
        whole=dhkp.total_of(_progress_of(db, year, kecamatan, desa)), all_kecamatan=kecamatan_list(), all_desa=desa_list(kecamatan) if kecamatan else [],
        show_nop=show_nop, statuses=dhkp.STATUS, today=today_of(request), tab="dhkp",
    )  # fmt: skip


def _progress_of(db, year, kecamatan, desa):
    return [row for row in dhkp.progress(db, year, kecamatan) if not desa or row.code == desa]


def progress(request):
    """How far each kecamatan, or each desa of one, is."""
    db = request.state.db
    dhkp.require_reader(request.user)
    years = dhkp.years(db)
    year, (kecamatan, _desa) = query_int(request, "tahun", years[0] if years else today_of(request).year), _place(request)
    rows = dhkp.progress(db, year, kecamatan)
    shown_rows = rows if kecamatan else dhkp.by_kecamatan(rows)
    return page(
        request, "gawe_pajak/kerja/progress.html", rows=shown_rows, whole=dhkp.total_of(rows), years=years, year=year, kecamatan=kecamatan, tab="progres"
    )


def dhkp_csv(request):
    """The list of one desa, to print and to take along."""
    _kecamatan, desa = _place(request)
    dhkp.require_reader(request.user)
    if not desa:
        flash(request, _("Pilih desanya lebih dahulu."), "warn")
        return redirect(url("pajak:kerja.index"))
    year = query_int(request, "tahun", today_of(request).year)
    rows = dhkp.all_rows(request.state.db, request.user, year, desa)
    record(request.state.db, request.user, "pajak.dhkp_exported", f"dhkp:{desa}", {"tahun": year})
    header = ("nop", "nama", "terutang_rp", "jatuh_tempo", "status", "dibayar_rp", "diantar")
    return csv_response(f"dhkp-{desa}-{year}", header, [(show_nop(r.nop), r.nama, r.terutang, r.jatuh_tempo, r.status, r.dibayar, r.diantar_on) for r in rows])


def delivered(request):
    """Note the handing over of the SPPT that were ticked."""
    form = form_of(request)
    ids = [int(value) for value in form.getlist("id") if str(value).isascii() and str(value).isdigit() and len(str(value)) < 10]
    count = assess.deliver(request.state.db, request.user, ids, today_of(request)) if ids else 0
    flash(request, _("%(n)s SPPT dicatat sudah diantar.") % {"n": count})
    back = str(form.get("kembali", ""))
    return redirect(back if back.startswith(url("pajak:kerja.index")) else url("pajak:kerja.index"))


# ----------------------------------------------------------------------------------------------------------------- one SPPT


def sppt(request):
    """An SPPT: how it was computed, its versions and letters; corrected here by a new assessment."""
    db = request.state.db
    dhkp.require_reader(request.user)
    row = assess.get_sppt(db, path_int(request))
    form = CorrectionForm(request, obj=row)
    if form.submitted and form.validate():
        with form.refusals():
            names = [name for name in assess.CORRECTABLE if name in form]
            changes = {name: (form[name].data or (0 if name != "alamat" else "")) for name in names}
            new = assess.correct(db, request.user, row.id, {k: v for k, v in changes.items() if getattr(row, k) != v}, form.sebab.data, now=request.state.now)
            flash(request, _("SPPT baru terbit, menggantikan yang lama."))
            return redirect(url("pajak:kerja.sppt", id=new.id))
    context = shown.sppt_context(db, row, today=today_of(request))
    return page(
        request, "gawe_pajak/kerja/sppt.html", **context, form=form, status=form.status, versions=assess.versions_of(db, row), letters=letters.letters_of(db, row.id),
        letter_kinds=letters.KINDS, asked=requests.requests_on(db, row.nop), states=STATES, may_assess=request.user.can("pajak.assess"), tab="dhkp",
    )  # fmt: skip


def cancel(request):
    reason = str(form_of(request).get("sebab", "")).strip()
    if not reason:
        raise InvalidInput(_("Tuliskan alasannya."))
    row = assess.cancel(request.state.db, request.user, path_int(request), reason, now=request.state.now)
    flash(request, _("SPPT dibatalkan."))
    return redirect(url("pajak:kerja.object", nop=row.nop))


def object_page(request):
    """An object as it is now, with every year."""
    db = request.state.db
    dhkp.require_reader(request.user)
    objek = db.get(Objek, parse_nop(request.path_params["nop"]))
    if objek is None:
        raise NotFound()
    rows = list(db.scalars(select(SPPT).where(SPPT.nop == objek.nop).order_by(SPPT.tahun.desc(), SPPT.versi.desc()).limit(60)))
    parts = list(db.scalars(select(Objek).where(Objek.asal == objek.nop)).unique())
    return page(
        request,
        "gawe_pajak/kerja/object.html",
        objek=objek,
        rows=rows,
        parts=parts,
        show_nop=show_nop,
        asked=requests.requests_on(db, objek.nop),
        states=STATES,
        tab="dhkp",
    )


# ---------------------------------------------------------------------------------------------------------------- matters


def queue(request):
    """Matters of taxes that wait, the nearest deadline first."""
    request.user.require("pajak.examine")
    scope = request.user.opd_scope("pajak.examine")
    kind = request.query_params.get("jenis", "")
    query = select(Berkas).where(
        Berkas.plugin == "gawe_pajak", Berkas.is_open, Berkas.state.in_(("diajukan", "lengkap", "penelitian", "perbaikan", "diperiksa"))
    )
    if scope is not None:
        query = query.where(Berkas.opd_id.in_(scope))
    if kind in {one.slug for one in ALL_KINDS}:
        query = query.where(Berkas.kind == kind)
    rows = list(request.state.db.scalars(query.order_by(Berkas.due_at.is_(None), Berkas.due_at, Berkas.id).limit(100)))
    return page(request, "gawe_pajak/kerja/queue.html", rows=rows, kinds=ALL_KINDS, kind=kind, states=STATES, tab="antrean")


def berkas(request):
    db = request.state.db
    found = get_berkas(db, request.user, path_int(request))
    return page(request, "gawe_pajak/kerja/berkas.html", **{**shown.matter_context(db, found), **berkas_context(request, found)}, tab="antrean")


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
    return page(request, "gawe_pajak/kerja/assessments.html", rows=rows, taxes=TAX, jenis=jenis, may_assess=request.user.can("pajak.assess"), tab="ketetapan")


def billboard(request):
    """Enter a billboard and assess it."""
    request.user.require("pajak.assess")
    db = request.state.db
    form = NewBillboardForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            names = ("jenis", "naskah", "lebar_cm", "tinggi_cm", "sisi", "lokasi_kelas", "alamat", "dari", "sampai", "izin")
            values = {name: form[name].data or "" for name in names} | {"desa_code": form.desa.data or None}
            wp = taxpayer(db, form.nama.data, form.alamat_wp.data or "")
            row = business.add_billboard(db, request.user, wp, values, now=request.state.now)
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
            new = business.correct_assessment(db, request.user, row.id, form.dasar.data, form.sebab.data, now=request.state.now)
            flash(request, _("Ketetapan baru terbit, menggantikan yang lama."))
            return redirect(url("pajak:kerja.assessment", id=new.id))
    old, paper = db.get(Ketetapan, row.ganti_id) if row.ganti_id else None, document_of(db, SKPD_PAPER, row.id)
    found, may = from_data(row.hitungan), request.user.can("pajak.assess")
    return page(
        request,
        "gawe_pajak/kerja/assessment.html",
        row=row,
        tax=TAX[row.jenis],
        found=found,
        form=form,
        status=form.status,
        old=old,
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
    kecamatan, desa = _place(request)
    rows = letters.arrears_page(db, today=today, desa=desa, kecamatan=kecamatan, after=query_int(request, "setelah"))
    dues = [(row, letters.interest_on(db, row.terutang, row.jatuh_tempo, today)) for row in rows]
    return page(
        request, "gawe_pajak/kerja/arrears.html", rows=dues, counts=letters.counts(db, today), letter_kinds=letters.KINDS, kecamatan=kecamatan, desa=desa, more=len(rows) == 50,
        all_kecamatan=kecamatan_list(), all_desa=desa_list(kecamatan) if kecamatan else [], show_nop=show_nop, may=request.user.can("pajak.letters"), tab="tunggakan",
    )  # fmt: skip


def order_letters(request):
    """Letters in bulk: numbered, drawn and signed in the background."""
    db, form = request.state.db, form_of(request)
    jenis, desa, kecamatan = (str(form.get(name, "")) for name in ("jenis", "desa", "kecamatan"))
    ids = letters.order(db, request.user, jenis, desa=desa, kecamatan=kecamatan, today=today_of(request))
    by = request.user.account_id
    if ids:
        after_commit(db, lambda: enqueue("pajak_surat", jenis, by, *ids))
    flash(request, _("%(n)s surat sedang dibuat.") % {"n": len(ids)} if ids else _("Tidak ada yang perlu disurati."))
    return redirect(url("pajak:kerja.arrears", {"kecamatan": kecamatan, "desa": desa}))


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


staff_routes = [
    Route("/", index, name="pajak:kerja.index"),
    Route("/progres", progress, name="pajak:kerja.progress"),
    Route("/dhkp.csv", dhkp_csv, name="pajak:kerja.dhkp"),
    Route("/diantar", delivered, methods=["POST"], name="pajak:kerja.delivered"),
    Route("/sppt/{id:int}", sppt, methods=["GET", "POST"], name="pajak:kerja.sppt"),
    Route("/sppt/{id:int}/pembatalan", cancel, methods=["POST"], name="pajak:kerja.cancel"),
    Route("/objek/{nop}", object_page, name="pajak:kerja.object"),
    Route("/antrean", queue, name="pajak:kerja.queue"),
    Route("/berkas/{id:int}", berkas, name="pajak:kerja.berkas"),
    Route("/ketetapan", assessments, name="pajak:kerja.assessments"),
    Route("/ketetapan/reklame", billboard, methods=["GET", "POST"], name="pajak:kerja.billboard"),
    Route("/ketetapan/air-tanah", water, methods=["GET", "POST"], name="pajak:kerja.water"),
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
