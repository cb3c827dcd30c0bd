"""Pages for Bapenda: DHKP and its progress, one SPPT, one object, the queue of matters."""

from __future__ import annotations

from sqlalchemy import select
from starlette.routing import Route

from pendopo import InvalidInput, NotFound, _
from pendopo.http import flash, form_of, page, path_int, redirect, url
from pendopo.identity import record
from pendopo.kit.berkas import Berkas, berkas_context, get_berkas
from pendopo.kit.opendata import csv_response
from pendopo.kit.places import desa_list, kecamatan_list

from . import assess, business_office, dhkp, letters, office, overpaid, requests, shown
from .forms import CorrectionForm
from .kinds import ALL_KINDS
from .models import SPPT, Objek
from .nop import InvalidNop, parse_nop, show_nop
from .shown import chosen_place, chosen_year, today_of

STATES = {(kind.slug, state.slug): state for kind in ALL_KINDS for state in kind.states}


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
    year = chosen_year(request, years[0] if years else today_of(request).year)
    kecamatan, desa = chosen_place(request)
    status, after = request.query_params.get("status", ""), request.query_params.get("setelah", "")[:18]
    listed = dhkp.list_page(db, actor, year, kecamatan=kecamatan, desa=desa, status=status, after=after)
    return page(
        request,
        "gawe_pajak/kerja/index.html",
        listed=listed,
        years=years,
        year=year,
        kecamatan=kecamatan,
        desa=desa,
        wanted=status,
        asked=asked,
        whole=dhkp.total_of(_progress_of(db, year, kecamatan, desa)) if kecamatan else None,
        all_kecamatan=kecamatan_list(),
        all_desa=desa_list(kecamatan) if kecamatan else [],
        show_nop=show_nop,
        statuses=dhkp.STATUS,
        today=today_of(request),
        tab="dhkp",
    )


def _progress_of(db, year, kecamatan, desa):
    return [row for row in dhkp.progress(db, year, kecamatan) if not desa or row.code == desa]


def progress(request):
    """How far each kecamatan, or each desa of one, is."""
    db = request.state.db
    dhkp.require_reader(request.user)
    years = dhkp.years(db)
    year, (kecamatan, _desa) = chosen_year(request, years[0] if years else today_of(request).year), chosen_place(request)
    rows = dhkp.progress(db, year, kecamatan)
    shown_rows = rows if kecamatan else dhkp.by_kecamatan(rows)
    return page(
        request, "gawe_pajak/kerja/progress.html", rows=shown_rows, whole=dhkp.total_of(rows), years=years, year=year, kecamatan=kecamatan, tab="progres"
    )


def dhkp_csv(request):
    """The list of one desa, to print and to take along."""
    _kecamatan, desa = chosen_place(request)
    dhkp.require_reader(request.user)
    if not desa:
        flash(request, _("Pilih desanya lebih dahulu."), "warn")
        return redirect(url("pajak:kerja.index"))
    year = chosen_year(request, today_of(request).year)
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
            changes = {name: value for name, value in changes.items() if getattr(row, name) != value}
            new = assess.correct(db, request.user, row.id, changes, form.sebab.data, way=form.lebih.data, now=request.state.now)
            flash(request, _("SPPT baru terbit, menggantikan yang lama."))
            return redirect(url("pajak:kerja.sppt", id=new.id))
    context, versions = shown.sppt_context(db, row, today=today_of(request)), assess.versions_of(db, row)
    return page(
        request,
        "gawe_pajak/kerja/sppt.html",
        **context,
        form=form,
        status=form.status,
        versions=versions,
        letters=letters.letters_of(db, row.id),
        letter_kinds=letters.KINDS,
        asked=requests.requests_on(db, row.nop),
        states=STATES,
        may_assess=request.user.can("pajak.assess"),
        tab="dhkp",
    )


def cancel(request):
    reason = str(form_of(request).get("sebab", "")).strip()
    if not reason:
        raise InvalidInput(_("Tuliskan alasannya."))
    way = str(form_of(request).get("lebih", "")) or overpaid.BACK
    row = assess.cancel(request.state.db, request.user, path_int(request), reason, way=way, now=request.state.now)
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
    *office.routes,
    *business_office.routes,
]
