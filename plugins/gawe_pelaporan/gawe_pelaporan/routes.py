"""Pages for citizens: report, list, map, one report, feeds."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import JSONResponse
from starlette.routing import Route

from pendopo import NotFound, _
from pendopo.http import flash, form_of, fragment, fragment_or_redirect, is_partial, page, path_int, query_int, redirect, url
from pendopo.kit.berkas import berkas_context, get_berkas, sent_of, tell_sent
from pendopo.kit.feeds import FeedItem, rss_response
from pendopo.kit.opendata import csv_response
from pendopo.kit.places import kecamatan_list
from pendopo.kit.throttle import address_of
from pendopo.plugins import current_host

from . import listing, reports, stats
from .categories import BY_CODE, CATEGORIES, grouped
from .forms import CommentForm, ReportForm
from .models import Laporan
from .open311.routes import routes as open311_routes
from .opened import csv_rows
from .options import option
from .rules import AUTHORITY, PERSONAL, differs_too_much, sta_length_m
from .shown import cards_of, office_names, public_view


def index(request):
    """Everyone's list: newest first, found by word, category, place and how far it is."""
    db = request.state.db
    wanted = listing.read_filters(request.query_params)
    found = listing.turn(db, listing.public_reports(wanted), wanted)
    return page(
        request,
        "gawe_pelaporan/index.html",
        found=found,
        wanted=wanted,
        cards=cards_of(db, found.rows),
        groups=grouped(),
        kecamatan=kecamatan_list(),
        totals=stats.totals(db, now=request.state.now),
        tab="daftar",
        topic=reports.LIST_TOPIC,
    )


def map_page(request):
    wanted = listing.read_filters(request.query_params)
    query = request.url.query
    found = listing.turn(request.state.db, listing.public_reports(wanted), wanted)
    reported = url("pelaporan:geojson")
    others = [layer for layer in current_host().call_each("map_layers", actor=request.user) if layer.href != reported]
    asked = request.query_params.getlist("lapis")
    return page(
        request,
        "gawe_pelaporan/map.html",
        wanted=wanted,
        layers=[reported + (f"?{query}" if query else ""), *(layer.href for layer in others if layer.slug in asked)],
        others=others,
        asked=asked,
        groups=grouped(),
        kecamatan=kecamatan_list(),
        found=found,
        cards=cards_of(request.state.db, found.rows),
        tab="peta",
        topic=reports.LIST_TOPIC,
    )


def geojson(request):
    wanted = listing.read_filters(request.query_params)
    found = listing.as_geojson(request.state.db, listing.public_reports(wanted), link=lambda berkas_id: url("pelaporan:show", id=berkas_id))
    return JSONResponse(found, media_type="application/geo+json")


def point(request):
    """Where one report lies: for everyone once it is published, for its sender always."""
    db, berkas_id = request.state.db, path_int(request)
    laporan = db.get(Laporan, berkas_id)
    own = laporan is not None and laporan.berkas.applicant_id is not None and laporan.berkas.applicant_id == request.user.citizen_id
    if laporan is None or not (own or laporan.is_published):
        raise NotFound()
    query = select(Laporan).join(Laporan.berkas).where(Laporan.berkas_id == berkas_id)
    return JSONResponse(listing.as_geojson(db, query, link=lambda _id: "", staff=own), media_type="application/geo+json")


# --------------------------------------------------------------------------------------------------------------- reporting


def new(request):
    """One page: what, where, how bad, photos. Warnings are shown once; a second sending goes through."""
    db, actor, now = request.state.db, request.user, request.state.now
    code = request.query_params.get("kategori", "")
    form = ReportForm(request, prefill={"service_code": code} if code in BY_CODE else None)
    similar, personal, remarks = [], [], []
    if form.submitted and form.validate():
        with form.refusals():
            report = _report_of(form)
            reports.locate(report)
            similar = reports.find_similar(db, report.service_code, report.lat, report.lon, now=now)
            personal = form.personal
            remarks = _remarks(db, form)
            if form.confirmed.data or not (similar or personal or remarks):
                reports.check_unsigned(db, actor, address_of(request))
                laporan = reports.receive_report(db, actor, report, now=now)
                return tell_sent(request, laporan.berkas, to=url("pelaporan:sent"))
    form.confirmed.data = False
    return page(
        request,
        "gawe_pelaporan/new.html",
        form=form,
        status=form.status,
        similar=cards_of(db, [s.laporan for s in similar]),
        metres={s.laporan.berkas_id: s.metres for s in similar},
        personal=[_(title) for slug, title, _pattern in PERSONAL if slug in personal],
        remarks=remarks,
        groups=grouped(),
        categories=BY_CODE,
        emergency=option(db, "nomor_darurat"),
        supported=reports.supports_of(db, actor.citizen_id, [s.laporan.berkas_id for s in similar]),
        tab="baru",
    )


def _report_of(form):
    lat, lon = form.point.data or (None, None)
    unsigned = not form.request.user.is_signed_in
    return reports.NewReport(
        service_code=form.service_code.data,
        title=form.title.data,
        description=form.description.data,
        lat=lat,
        lon=lon,
        desa_code=form.desa.data or "",
        address=form.address.data or "",
        road=form.road(),
        casualties=form.casualties.data,
        access_cut=form.access_cut.data,
        school_route=form.school_route.data,
        urgent=form.urgent.data,
        private=form.private.data,
        anonymous=form.anonymous.data,
        contact_name=(form.contact_name.data or "") if unsigned else "",
        contact_phone=(form.contact_phone.data or "") if unsigned else "",
        contact_email=(form.contact_email.data or "") if unsigned else "",
        photos=form.photos.data,
        channel="loket" if form.request.user.on_behalf_of else "web",
    )


def _remarks(db, form):
    """What looks odd but is no error: a length that the STA contradict."""
    found = []
    if form.panjang_km.data and form.sta_awal.data and form.sta_akhir.data:
        measured = sta_length_m(form.sta_awal.data, form.sta_akhir.data)
        if differs_too_much(measured, float(form.panjang_km.data) * 1000, int(option(db, "selisih_panjang_persen"))):
            found.append(
                _("Panjang menurut STA %(sta)s km, sedangkan yang ditulis %(typed)s km.")
                % {"sta": f"{measured / 1000:g}".replace(".", ","), "typed": f"{form.panjang_km.data:f}".replace(".", ",")}
            )
    return found


def sent(request):
    """Number, PIN and QR code, right after sending."""
    db, told = request.state.db, sent_of(request)
    laporan = db.get(Laporan, told.berkas.id) if told else None
    if laporan is None:
        return redirect(url("pelaporan:index"))
    return page(
        request,
        "gawe_pelaporan/sent.html",
        sent=told,
        laporan=laporan,
        category=BY_CODE[laporan.service_code],
        mine=laporan.berkas.applicant_id is not None,
        emergency=option(db, "nomor_darurat"),
        authority=AUTHORITY.get(laporan.road_authority, ""),
        headers={"Cache-Control": "no-store"},
    )


def similar(request):
    """Similar reports near a point, while the form is filled in."""
    if not is_partial(request):
        return redirect(url("pelaporan:new"))
    db = request.state.db
    code = request.query_params.get("service_code", "")
    try:
        lat, lon = (float(request.query_params.get(f"point-{part}", "").replace(",", ".")) for part in ("lat", "lon"))
    except ValueError:
        lat = lon = None
    found = (
        reports.find_similar(db, code, lat, lon, now=request.state.now) if code in BY_CODE and lat is not None and abs(lat) <= 90 and abs(lon) <= 180 else []
    )
    return fragment(
        request,
        "gawe_pelaporan/_similar.html",
        similar=cards_of(db, [s.laporan for s in found]),
        metres={s.laporan.berkas_id: s.metres for s in found},
        supported=reports.supports_of(db, request.user.citizen_id, [s.laporan.berkas_id for s in found]),
    )


# -------------------------------------------------------------------------------------------------------------- one report


def show(request):
    """A published report as everyone may see it."""
    laporan = reports.get_public(request.state.db, path_int(request))
    return page(request, "gawe_pelaporan/show.html", **public_view(request, laporan))


def support(request):
    db, berkas_id = request.state.db, path_int(request)
    if "batal" in form_of(request):
        laporan = reports.withdraw_support(db, request.user, berkas_id)
    else:
        laporan = reports.support(db, request.user, berkas_id, now=request.state.now)
        if not request.headers.get("hx-request"):
            flash(request, _("Dukungan Anda tercatat."))
    supported = bool(reports.supports_of(db, request.user.citizen_id, [berkas_id]))
    return fragment_or_redirect(
        request, "gawe_pelaporan/_support.html", to=url("pelaporan:show", id=berkas_id), laporan=laporan, supported=supported, own=False
    )


def comment(request):
    db, berkas_id = request.state.db, path_int(request)
    form = CommentForm(request)
    laporan = reports.get_public(db, berkas_id)
    request.user.require_signed_in()
    if form.validate():
        with form.refusals():
            reports.comment(db, request.user, berkas_id, form.text.data, now=request.state.now)
            flash(request, _("Komentar Anda terbit."))
            return redirect(url("pelaporan:show", id=berkas_id) + "#komentar")
    return page(request, "gawe_pelaporan/show.html", status=form.status, **public_view(request, laporan, form))


def own(request):
    """The sender's own page: everything they wrote, each step, what they may do."""
    db = request.state.db
    berkas = get_berkas(db, request.user, path_int(request))
    laporan = db.get(Laporan, berkas.id)
    if laporan is None:
        raise NotFound()
    context = berkas_context(request, berkas, staff=False)
    return page(request, "gawe_pelaporan/own.html", **{**public_view(request, laporan), **context})


def mine(request):
    """My reports, and those that I support."""
    account_id = request.user.citizen_id if request.user.is_signed_in else request.user.require_signed_in()
    db = request.state.db
    own_rows, supported = listing.reports_of(db, account_id), listing.supported_by(db, account_id)
    return page(
        request,
        "gawe_pelaporan/mine.html",
        cards=cards_of(db, own_rows, own=True),
        supported=cards_of(db, supported),
        tab="saya",
        topic=f"berkas-saya:{account_id}",
    )


# --------------------------------------------------------------------------------------------------------------------- feeds


def feed(request):
    """RSS of the newest reports, of a category or a place when asked for."""
    wanted = listing.read_filters(request.query_params)
    rows = listing.turn(request.state.db, listing.public_reports(wanted), wanted, per_page=50).rows
    cards = cards_of(request.state.db, rows)
    return rss_response(
        _("Laporan masyarakat"),
        url("pelaporan:index"),
        _("Laporan warga yang terbit, terbaru di atas."),
        [FeedItem(card.title, card.href, card.summary, card.laporan.published_at, _(card.category.title)) for card in cards],
        self_link=url("pelaporan:feed"),
        language=request.state.language,
    )


def open_csv(request):
    """Open data without identities: one line for each published report, 5,000 at a time."""
    wanted = listing.read_filters(request.query_params)
    start = query_int(request, "setelah")
    header, rows = csv_rows(request.state.db, listing.public_reports(wanted), after=start)
    return csv_response("laporan-masyarakat", header, rows)


def start(request):
    """All categories with who answers for them and how long it may take."""
    return page(request, "gawe_pelaporan/services.html", groups=grouped(), categories=CATEGORIES, tab="layanan", **_promises(request.state.db))


def _promises(db):
    names = ("sla_verifikasi_hk", "sla_informasi_hk", "sla_tidak_berkadar_hk", "sla_berkadar_hk", "buka_kembali_hk", "nomor_darurat")
    return {"promises": {name: option(db, name) for name in names}, "offices": office_names(db)}


routes = [
    Route("/", index, name="pelaporan:index"),
    Route("/baru", new, methods=["GET", "POST"], name="pelaporan:new"),
    Route("/serupa", similar, name="pelaporan:similar"),
    Route("/terkirim", sent, name="pelaporan:sent"),
    Route("/peta", map_page, name="pelaporan:map"),
    Route("/peta.geojson", geojson, name="pelaporan:geojson"),
    Route("/saya", mine, name="pelaporan:mine"),
    Route("/saya/{id:int}", own, name="pelaporan:berkas"),
    Route("/layanan", start, name="pelaporan:services"),
    Route("/rss.xml", feed, name="pelaporan:feed"),
    Route("/data.csv", open_csv, name="pelaporan:csv"),
    Route("/{id:int}", show, name="pelaporan:show"),
    Route("/{id:int}/titik.geojson", point, name="pelaporan:point"),
    Route("/{id:int}/dukungan", support, methods=["POST"], name="pelaporan:support"),
    Route("/{id:int}/komentar", comment, methods=["POST"], name="pelaporan:comment"),
    *open311_routes,
]
