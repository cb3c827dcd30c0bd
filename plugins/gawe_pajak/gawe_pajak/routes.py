"""Pages for taxpayers: look up and pay, my objects, requests, businesses, BPHTB, calculators, realisation."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import JSONResponse
from starlette.routing import Route

from pendopo import DomainError, NotFound, _
from pendopo.http import flash, form_of, page, path_int, query_int, redirect, url
from pendopo.kit.berkas import berkas_context, get_berkas
from pendopo.kit.documents import document_of
from pendopo.kit.opendata import csv_response
from pendopo.kit.profile import known
from pendopo.kit.throttle import address_of

from . import acquiring, assess, business_routes, dhkp, figures, look, moves, requests, shown
from .calculators import CALCULATORS, calculate
from .forms import BphtbForm, ClaimForm, KeepForm, LookForm, MutationForm, ObjectionForm, ReductionForm
from .models import Opsen, Simpanan
from .nop import parse_nop, show_nop
from .options import option
from .paying import bill_of
from .shown import chosen_year, today_of
from .taxes import ALL, TAX

REQUEST_FORMS = {"objek": ClaimForm, "mutasi": MutationForm, "keberatan": ObjectionForm, "pengurangan": ReductionForm}


# ------------------------------------------------------------------------------------------------------- looking and paying


def index(request):
    """One field: a NOP. What is due, for anyone; more for its owner."""
    db, asked = request.state.db, request.query_params.get("nop", "").strip()
    form, found, status = LookForm(request, prefill={"nop": asked}), None, 200
    if asked:
        try:
            found = look.look_up(db, request.user, asked, address_of(request), today=today_of(request))
        except DomainError as refusal:
            status = refusal.status if refusal.status == 429 else 422
            form.add_error(refusal.sentence(), "nop", status)
    own = bool(found) and look.is_own(db, request.user, found.nop)
    return page(
        request,
        "gawe_pajak/index.html",
        form=form,
        status=status,
        found=found,
        own=own,
        kept=bool(found) and request.user.citizen_id is not None and db.get(Simpanan, (request.user.citizen_id, found.nop)) is not None,
        show_nop=show_nop,
        tab="cek",
        headers={"Cache-Control": "no-store"} if asked else None,
    )


def pay(request):
    """To the bill of a year; anyone may pay for anyone."""
    db = request.state.db
    nop = parse_nop(request.path_params["nop"])
    if not look.is_own(db, request.user, nop):
        look.count_look(db, address_of(request))
    sppt = assess.current_sppt(db, nop, request.path_params["tahun"])
    if sppt is None:
        raise NotFound()
    return redirect(bill_of(db, sppt, now=request.state.now).href)


def objects(request):
    """What is mine, and what I pay for others."""
    request.user.require_signed_in()
    db, today = request.state.db, today_of(request)
    form = KeepForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            look.look_up(db, request.user, form.nop.data, address_of(request), today=today)
            moves.keep(db, request.user.citizen_id, form.nop.data, now=request.state.now, called=form.sebutan.data or "")
            flash(request, _("NOP tersimpan."))
            return redirect(url("pajak:objects"))
    mine = [look.dues(db, request.user, nop, today=today) for nop in look.own_objects(db, request.user.citizen_id)]
    others = [(row, look.dues(db, request.user, row.nop, today=today)) for row in look.kept_for_others(db, request.user.citizen_id)]
    return page(request, "gawe_pajak/objects.html", form=form, status=form.status, mine=mine, others=others, show_nop=show_nop, tab="objek")


def unkeep(request):
    request.user.require_signed_in()
    row = request.state.db.get(Simpanan, (request.user.citizen_id, parse_nop(str(form_of(request).get("nop", "")))))
    if row is not None and not row.terbukti:
        request.state.db.delete(row)
        flash(request, _("NOP dihapus dari daftar Anda."))
    return redirect(url("pajak:objects"))


def sppt(request):
    """One's own SPPT: each step of the formula with its source, and NJOP of three years."""
    db = request.state.db
    row = look.own_sppt(db, request.user, parse_nop(request.path_params["nop"]), request.path_params["tahun"])
    return page(request, "gawe_pajak/sppt.html", **shown.sppt_context(db, row, today=today_of(request)), tab="objek")


def sppt_paper(request):
    """The signed SPPT; made when it is first asked for."""
    from .paper import SPPT_PAPER, issue_sppt

    db = request.state.db
    row = look.own_sppt(db, request.user, parse_nop(request.path_params["nop"]), request.path_params["tahun"])
    document = document_of(db, SPPT_PAPER, row.id) or issue_sppt(db, request.user, row, now=request.state.now)
    return redirect(document.href)


def statement(request):
    """What is paid and what is not of one's own object, as a signed paper of today."""
    from .paper import issue_statement

    db, nop = request.state.db, parse_nop(request.path_params["nop"])
    rows = assess.years_of(db, nop, int(option(db, "tahun_tampil")))
    if not rows or not look.is_own(db, request.user, nop):
        raise NotFound()
    return redirect(issue_statement(db, request.user, rows, now=request.state.now).href)


# --------------------------------------------------------------------------------------------------------------- requests


def ask(request):
    """A claim, a mutation, an objection or a reduction."""
    jenis, db = request.path_params["jenis"], request.state.db
    if jenis not in REQUEST_FORMS:
        raise NotFound()
    request.user.require_signed_in()
    nop, year = request.query_params.get("nop", ""), query_int(request, "tahun")
    about = look.own_sppt(db, request.user, parse_nop(nop), year) if jenis in ("keberatan", "pengurangan") else None
    prefill = {"nop": nop} | (
        {"nama": known(db, request.user.citizen_id).get("nama", ""), "mutasi": "nama"} if jenis == "mutasi" and request.user.citizen_id else {}
    )
    form = REQUEST_FORMS[jenis](request, prefill=prefill)
    if form.submitted and form.validate():
        with form.refusals():
            isi = {"mutasi": form.mutasi.data, "nama": form.nama.data, "alamat": form.alamat.data, "lain": form.lain.data} if jenis == "mutasi" else {}
            row = requests.apply(
                db,
                request.user,
                jenis,
                nop if about else form.nop.data,
                alasan=form.alasan.data,
                year=year or None,
                isi=isi,
                papers=form.papers.data,
                now=request.state.now,
            )
            flash(request, _("Permohonan %(register)s diterima.") % {"register": row.berkas.register})
            return redirect(url("pajak:berkas", id=row.berkas_id))
    until = requests.objection_until(db, about) if about is not None and jenis == "keberatan" else None
    return page(
        request,
        "gawe_pajak/ask.html",
        form=form,
        status=form.status,
        jenis=jenis,
        kind=requests.REQUESTS[jenis],
        about=about,
        until=until,
        show_nop=show_nop,
        tab="layanan",
    )


def berkas(request):
    """One's own matter: what was asked, how far it is, what is to be paid."""
    db = request.state.db
    found = get_berkas(db, request.user, path_int(request))
    context = berkas_context(request, found, staff=False)
    return page(request, "gawe_pajak/berkas.html", **{**shown.matter_context(db, found), **context}, tab="layanan")


def services(request):
    """What can be done here, under which rule and in which time."""
    db = request.state.db
    times = ("keberatan_bulan", "keputusan_bulan", "mutasi_hk", "bphtb_hk", "bayar_hk", "lapor_hk", "daftar_hk")
    names = (*times, "bunga_persen", "bunga_bulan", "daluwarsa_tahun")
    return page(request, "gawe_pajak/services.html", promises={name: option(db, name) for name in names}, taxes=ALL, tab="layanan")


# ------------------------------------------------------------------------------------------------- BPHTB and calculators


def bphtb(request):
    """Declare an acquisition; the computation is shown before it is sent."""
    request.user.require_signed_in()
    db = request.state.db
    name = known(db, request.user.citizen_id).get("nama", "") if request.user.citizen_id else ""
    form = BphtbForm(request, prefill={"nop": request.query_params.get("nop", ""), "penerima": name})
    if form.submitted and form.validate():
        with form.refusals():
            row = acquiring.declare_bphtb(
                db,
                request.user,
                nop=form.nop.data,
                jenis=form.jenis.data,
                penerima=form.penerima.data,
                ppat=form.ppat.data or "",
                harga=form.harga.data,
                luas_bumi=form.luas_bumi.data,
                luas_bangunan=form.luas_bangunan.data or 0,
                papers=form.papers.data,
                now=request.state.now,
            )
            flash(request, _("SSPD-BPHTB %(register)s diterima.") % {"register": row.berkas.register})
            return redirect(url("pajak:berkas", id=row.berkas_id))
    first = acquiring.is_first(db, request.user.citizen_id)
    return page(request, "gawe_pajak/bphtb.html", form=form, status=form.status, first=first, tab="layanan")


def calculators(request):
    return page(request, "gawe_pajak/calculators.html", calculators=CALCULATORS, tab="hitung")


def calculator(request):
    """A calculator that shows each step of the formula with its legal source. Nothing is kept."""
    one = CALCULATORS.get(request.path_params["jenis"])
    if one is None:
        raise NotFound()
    form, found = one.form(request), None
    if form.submitted and form.validate():
        with form.refusals():
            found = calculate(request.state.db, one, form, on=today_of(request))
    return page(request, "gawe_pajak/calculator.html", one=one, form=form, status=form.status, found=found, tab="hitung")


# ------------------------------------------------------------------------------------------------------------ realisation


def realisation(request):
    """How far PBB is, for everyone: per kecamatan, or per desa of one; small figures are hidden."""
    db = request.state.db
    years = dhkp.years(db)
    year = chosen_year(request, years[0] if years else today_of(request).year)
    kecamatan = request.query_params.get("kecamatan", "")
    rows = dhkp.progress(db, year, kecamatan)
    return page(
        request,
        "gawe_pajak/realisation.html",
        years=years,
        year=year,
        kecamatan=kecamatan,
        whole=dhkp.total_of(rows),
        rows=rows if kecamatan else dhkp.by_kecamatan(rows),
        small=figures.SMALL,
        received=figures.received(db, year),
        taxes=TAX,
        tab="realisasi",
    )


def geojson(request):
    db = request.state.db
    years = dhkp.years(db)
    return JSONResponse(figures.as_geojson(db, years[0] if years else today_of(request).year), media_type="application/geo+json")


def business_geojson(request):
    return JSONResponse(figures.business_geojson(request.state.db, today_of(request).year), media_type="application/geo+json")


def pbb_csv(request):
    db = request.state.db
    years = dhkp.years(db)
    return csv_response("realisasi-pbb", figures.PBB_HEADER, [line for year in years[:5] for line in figures.pbb_open(db, year)])


def taxes_csv(request):
    db, year = request.state.db, today_of(request).year
    return csv_response("realisasi-pajak", figures.TAX_HEADER, [line for y in (year, year - 1) for line in figures.taxes_open(db, y)])


def opsen(request):
    """What Samsat collected for the regency, month by month."""
    rows = list(request.state.db.scalars(select(Opsen).order_by(Opsen.masa.desc(), Opsen.jenis).limit(48)))
    return page(request, "gawe_pajak/opsen.html", rows=rows, passed_on=figures.opsen_mblb(request.state.db), taxes=TAX, tab="realisasi")


routes = [
    Route("/", index, name="pajak:index"),
    Route("/bayar/{nop}/{tahun:int}", pay, methods=["POST"], name="pajak:pay"),
    Route("/objek", objects, methods=["GET", "POST"], name="pajak:objects"),
    Route("/objek/hapus", unkeep, methods=["POST"], name="pajak:unkeep"),
    Route("/sppt/{nop}/{tahun:int}", sppt, name="pajak:sppt"),
    Route("/sppt/{nop}/{tahun:int}/dokumen", sppt_paper, methods=["POST"], name="pajak:sppt.paper"),
    Route("/layanan", services, name="pajak:services"),
    Route("/layanan/{jenis}", ask, methods=["GET", "POST"], name="pajak:ask"),
    Route("/berkas/{id:int}", berkas, name="pajak:berkas"),
    Route("/objek/{nop}/keterangan", statement, methods=["POST"], name="pajak:statement"),
    *business_routes.routes,
    Route("/bphtb", bphtb, methods=["GET", "POST"], name="pajak:bphtb"),
    Route("/hitung", calculators, name="pajak:calculators"),
    Route("/hitung/{jenis}", calculator, methods=["GET", "POST"], name="pajak:calculator"),
    Route("/realisasi", realisation, name="pajak:realisation"),
    Route("/opsen", opsen, name="pajak:opsen"),
    Route("/peta.geojson", geojson, name="pajak:geojson"),
    Route("/peta-usaha.geojson", business_geojson, name="pajak:geojson.business"),
    Route("/data/realisasi-pbb.csv", pbb_csv, name="pajak:csv.pbb"),
    Route("/data/realisasi-pajak.csv", taxes_csv, name="pajak:csv.taxes"),
]
