"""Pages for people who look for work: how to begin, the card, the profile, vacancies, the check of a card."""

from __future__ import annotations

from starlette.responses import JSONResponse
from starlette.routing import Route

from pendopo import N_, NotFound, TooMany, _
from pendopo.http import flash, form_of, fragment, is_partial, page, path_int, redirect, url, whole_url
from pendopo.identity import people_with
from pendopo.kit.berkas import berkas_context, get_berkas
from pendopo.kit.feeds import FeedItem, rss_response
from pendopo.kit.forms import Wizard
from pendopo.kit.listing import Asked, turn
from pendopo.kit.opendata import csv_response
from pendopo.kit.places import find_place, kecamatan_list
from pendopo.kit.profile import known, remember
from pendopo.kit.throttle import address_of, allow

from . import applications, cards, employers, figures, kbji, listing, partners, placing, profile, rules, seekers, shown
from .applications import regency_date
from .forms import STEPS, AgainForm, CheckForm, ClaimForm, LetterForm, jobs_of, lines_of
from .kind import VERIFY
from .models import Lowongan
from .options import number, office_id
from .posting import as_json, job_posting


def index(request):
    """The door: what the card is, how to get it, what work there is."""
    db, now = request.state.db, request.state.now
    on = regency_date(db, now)
    seeker = seekers.seeker_of(db, request.user.citizen_id)
    newest = listing.vacancies(db, listing.VacancyFilters(), on)
    return page(
        request,
        "gawe_kartukuning/index.html",
        seeker=seeker,
        vacancies=shown.vacancy_cards(newest.rows[:4]),
        totals=figures.headline(db, on),
        validity=number(db, "masa_bulan", on),
        every=number(db, "lapor_bulan", on),
        days=number(db, "sla_verifikasi_hk", on),
        counter=shown.counter_href(db),
        tab="depan",
    )


def guide(request):
    """Help: the whole service in plain words, with its standard."""
    db = request.state.db
    on = regency_date(db, request.state.now)
    names = ("masa_bulan", "lapor_bulan", "tenggang_hari", "buka_lapor_hari", "perpanjang_hari", "sla_verifikasi_hk", "sla_terbit_hk", "umur_min", "umk")
    option = {name: number(db, name, on) for name in names}
    officers = len(people_with(db, VERIFY, office_id(db)))
    return page(request, "gawe_kartukuning/guide.html", option=option, officers=officers, counter=shown.counter_href(db), tab="panduan")


# ---------------------------------------------------------------------------------------------------------- registration


def register(request):
    """Six short steps; what is typed is kept, so that one goes on tomorrow or on another device."""
    db, actor, now = request.state.db, request.user, request.state.now
    actor.require_signed_in()
    on = regency_date(db, now)
    seeker = seekers.seeker_of(db, actor.citizen_id)
    if seeker is not None and (applications.open_application(db, seeker.id) or cards.live_card(db, seeker.id)):
        return redirect(url("kartukuning:mine"))
    brought = seekers.brought_for(db, actor.citizen_id) if seeker is None else None
    if brought is not None:
        return _brought_by_school(request, brought)
    held = known(db, actor.citizen_id)
    wizard = Wizard(request, "kartukuning.daftar", STEPS, prefill=held, title=N_("Permohonan kartu kuning"))
    context = {"asks_nik": "nik" not in held, "tab": "saya", "shown": shown, "kbji": kbji}
    answer = wizard.answer("gawe_kartukuning/register.html", **context)
    if answer is not None:
        return answer
    values = wizard.values
    with wizard.form.refusals():
        new = _seeker_of(values, "" if "nik" in held and actor.has_nik else values.get("nik") or held.get("nik", ""))
        seeker = seekers.register_seeker(db, actor, new, account_id=actor.citizen_id, on=on, now=now)
        application = applications.apply(db, actor, seeker, channel="loket" if actor.on_behalf_of else "web", now=now)
        remember(db, actor, {name: value for name, value in values.items() if name != "nik"}, now=now)
        flash(request, _("Permohonan terkirim. Nomornya %(register)s.") % {"register": application.berkas.register})
        return wizard.finish(url("kartukuning:berkas", id=application.berkas_id))
    return page(request, "gawe_kartukuning/register.html", status=wizard.form.status, wizard=wizard, form=wizard.form, **context)


def _brought_by_school(request, seeker):
    """An officer who sees the person at the counter connects them; from afar it takes number and PIN of the school."""
    if request.user.on_behalf_of:
        applications.connect(request.state.db, request.user, seeker)
        flash(request, _("Profil dari sekolah sudah terhubung dengan akun pemohon."))
        return redirect(url("kartukuning:mine"))
    flash(request, _("Sekolah sudah mendaftarkan Anda. Masukkan nomor register dan PIN dari sekolah; bila hilang, datanglah ke loket dengan KTP."), "info")
    return redirect(url("kartukuning:claim"))


def _seeker_of(values, nik):
    plain = ("nama", "tempat_lahir", "tanggal_lahir", "jk", "status_kawin", "alamat", "desa_code", "hp", "jenjang", "institusi", "tahun_lulus")
    texts = ("email", "agama", "jurusan", "nilai")
    wishes = [values.get("kbji"), values.get("kbji_lain")]
    return seekers.Seeker(
        **{name: values[name] for name in plain},
        **{name: values.get(name) or "" for name in texts},
        nik=nik,
        disabilitas=values.get("disabilitas") or (),
        bahasa=values.get("bahasa") or (),
        keterampilan=lines_of(values.get("keterampilan")),
        pengalaman=jobs_of(values),
        minat=[{"kbji": code, "lokasi": values["lokasi"], "upah_min": values.get("upah_min") or 0} for code in dict.fromkeys(wishes) if code],
        foto=(values.get("foto") or [None])[0],
        dokumen=values.get("dokumen") or (),
    )


def claim(request):
    """Who was registered by a school takes the profile over, with the number and PIN from there."""
    db = request.state.db
    request.user.require_signed_in()
    form = ClaimForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            seeker = applications.claim(db, request.user, form.register.data, form.pin.data, now=request.state.now)
            if seeker is not None:
                flash(request, _("Profil dari sekolah sudah terhubung dengan akun Anda."))
                return redirect(url("kartukuning:mine"))
            form.add_error(_("Nomor register dan PIN tidak cocok."), "register")
    return page(request, "gawe_kartukuning/claim.html", form=form, status=form.status, tab="saya")


# ---------------------------------------------------------------------------------------------------------- one's own card


def mine(request):
    """Home of the card: how it stands, what to do next, papers, vacancies that fit."""
    request.user.require_signed_in()
    seeker = seekers.seeker_of(request.state.db, request.user.citizen_id)
    if seeker is None:
        return page(request, "gawe_kartukuning/none.html", tab="saya")
    return page(request, "gawe_kartukuning/mine.html", tab="saya", **shown.own_home(request, seeker))


def report(request):
    """`Lapor sekarang`: one press when nothing changed."""
    db, actor = request.state.db, request.user
    seeker = seekers.own_seeker(db, actor)
    card = cards.live_card(db, seeker.id)
    if card is None:
        raise NotFound()
    sent = form_of(request)
    cards.report(
        db,
        actor,
        card.id,
        str(sent.get("keadaan", "")),
        note=str(sent.get("catatan", ""))[:300],
        on=regency_date(db, request.state.now),
        now=request.state.now,
    )
    said = _("Terima kasih, laporan Anda tercatat.")
    if is_partial(request):
        return fragment(request, "gawe_kartukuning/_my_card.html", said=said, **shown.own_home(request, seeker))
    flash(request, said)
    return redirect(url("kartukuning:mine"))


def again(request):
    """Renewal, replacement, or a new card for somebody who is registered."""
    db, actor, now = request.state.db, request.user, request.state.now
    actor.require_signed_in()
    seeker = seekers.seeker_of(db, actor.citizen_id)
    if seeker is None:
        return redirect(url("kartukuning:mine"))
    on = regency_date(db, now)
    open_types = shown.open_types(db, seeker, on)
    form = AgainForm(request, prefill={"jenis": next(iter(open_types), "")})
    form.jenis.choices = list(open_types.items())
    if form.submitted and form.validate():
        with form.refusals():
            application = applications.apply(db, actor, seeker, jenis=form.jenis.data, alasan=form.alasan.data or "", now=now)
            flash(request, _("Permohonan terkirim. Nomornya %(register)s.") % {"register": application.berkas.register})
            return redirect(url("kartukuning:berkas", id=application.berkas_id))
    return page(request, "gawe_kartukuning/again.html", form=form, status=form.status, seeker=seeker, open_types=open_types, tab="saya")


def show(request):
    """One application, step by step."""
    db = request.state.db
    berkas = get_berkas(db, request.user, path_int(request))
    application = applications.get_application(db, berkas.id)
    context = berkas_context(request, berkas, staff=False)
    return page(
        request,
        "gawe_kartukuning/berkas.html",
        application=application,
        seeker=application.pencari,
        card=shown.card_of_berkas(db, berkas.id),
        counter=shown.counter_href(db, berkas.id),
        appointment=shown.appointment_for(db, berkas.id),
        tab="saya",
        **context,
    )


# -------------------------------------------------------------------------------------------------------------- vacancies


def vacancies(request):
    db = request.state.db
    on = regency_date(db, request.state.now)
    wanted = listing.vacancy_filters(Asked(request.query_params))
    seeker = seekers.seeker_of(db, request.user.citizen_id)
    found = listing.vacancies(db, wanted, on)
    return page(
        request,
        "gawe_kartukuning/vacancies.html",
        found=found,
        wanted=wanted,
        cards=shown.vacancy_cards(found.rows, seeker, on),
        suited=shown.suited_cards(db, seeker, on, limit=3) if seeker is not None and wanted.is_empty and found.number == 1 else [],
        groups=kbji.GROUPS,
        levels=rules.LEVELS,
        places=rules.PLACES,
        kecamatan=kecamatan_list(),
        tab="lowongan",
    )


def vacancy(request):
    db, actor = request.state.db, request.user
    row = employers.public_vacancy(db, path_int(request))
    return page(request, "gawe_kartukuning/vacancy.html", tab="lowongan", ld=_json_ld(request, row), **shown.vacancy_view(request, row, actor))


def _json_ld(request, row):
    """The JobPosting of an open vacancy; search engines are to forget what is closed."""
    if not row.is_open(regency_date(request.state.db, request.state.now)):
        return ""
    return as_json(job_posting(row, request.app.state.portal.settings.regency, link=whole_url(url("kartukuning:vacancy", id=row.id))))


def apply_for_work(request):
    """The second press: a look at what is sent, and send."""
    db, actor, now = request.state.db, request.user, request.state.now
    actor.require_signed_in()
    row = employers.public_vacancy(db, path_int(request))
    on = regency_date(db, now)
    form = LetterForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            placing.apply_for_work(db, actor, row.id, form.surat.data or "", on=on, now=now)
            flash(request, _("Lamaran terkirim. Kabarnya muncul di kotak masuk Anda."))
            return redirect(url("kartukuning:vacancy", id=row.id))
    return page(request, "gawe_kartukuning/apply.html", form=form, status=form.status, tab="lowongan", **shown.vacancy_view(request, row, actor))


def withdraw(request):
    row = placing.withdraw(request.state.db, request.user, path_int(request), now=request.state.now)
    flash(request, _("Lamaran ditarik."))
    return redirect(url("kartukuning:vacancy", id=row.lowongan_id))


def geojson(request):
    """Open vacancies as points, at the desa of the work place."""
    db = request.state.db
    wanted = listing.vacancy_filters(Asked(request.query_params))
    rows = db.scalars(listing.open_vacancies(wanted, regency_date(db, request.state.now)).limit(1000)).unique()
    features = []
    for row in rows:
        place = find_place(row.desa_code)
        if place is not None and place.lat is not None:
            about = {"title": row.judul, "href": url("kartukuning:vacancy", id=row.id), "text": f"{row.pemberi.nama}, {shown.money(row)}", "tone": "info"}
            features.append({"type": "Feature", "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]}, "properties": about})
    return JSONResponse({"type": "FeatureCollection", "features": features}, media_type="application/geo+json")


def feed(request):
    """RSS of open vacancies, of a group or place when asked for."""
    db = request.state.db
    wanted = listing.vacancy_filters(Asked(request.query_params))
    rows = turn(db, listing.open_vacancies(wanted, regency_date(db, request.state.now)), 1, Lowongan.published_at.desc(), per_page=50).rows
    items = [
        FeedItem(f"{row.judul} · {row.pemberi.nama}", url("kartukuning:vacancy", id=row.id), shown.summary_of(row), row.published_at, kbji.title_of(row.kbji))
        for row in rows
    ]
    return rss_response(
        _("Lowongan kerja"),
        url("kartukuning:vacancies"),
        _("Lowongan terverifikasi, terbaru di atas."),
        items,
        self_link=url("kartukuning:feed"),
        language=request.state.language,
    )


# ----------------------------------------------------------------------------------------------------- check, open data


def check(request):
    """Is this card genuine? By number and PIN, for employers; initials only."""
    db = request.state.db
    form = CheckForm(request, prefill={"nomor": request.query_params.get("nomor", "")[:40]})
    found = None
    if form.submitted and form.validate():
        if not allow("kartukuning.periksa", address_of(request), most=number(db, "periksa_per_jam"), seconds=3600):
            raise TooMany(N_("Terlalu banyak pemeriksaan dari alamat ini. Coba lagi nanti."))
        card = cards.check_number(db, form.nomor.data, form.pin.data)
        if card is None:
            form.add_error(_("Nomor kartu dan PIN tidak cocok. Periksa lagi tulisan pada kartu."), "nomor")
        else:
            found = shown.checked_card(db, card, regency_date(db, request.state.now))
    return page(request, "gawe_kartukuning/check.html", form=form, found=found, status=form.status, tab="periksa", headers={"Cache-Control": "no-store"})


def open_seekers(request):
    """Open data: how many cards were issued by month, education and sex; never a person, never a figure under five."""
    header, rows = figures.open_rows(request.state.db)
    return csv_response("pencari-kerja", header, rows)


def open_vacancies(request):
    header, rows = figures.vacancy_rows(request.state.db)
    return csv_response("lowongan-kerja", header, rows)


routes = [
    Route("/", index, name="kartukuning:index"),
    Route("/panduan", guide, name="kartukuning:guide"),
    Route("/daftar", register, methods=["GET", "POST"], name="kartukuning:register"),
    Route("/klaim", claim, methods=["GET", "POST"], name="kartukuning:claim"),
    Route("/saya", mine, name="kartukuning:mine"),
    Route("/saya/lapor", report, methods=["POST"], name="kartukuning:report"),
    Route("/saya/ajukan", again, methods=["GET", "POST"], name="kartukuning:again"),
    Route("/saya/{id:int}", show, name="kartukuning:berkas"),
    *profile.routes,
    Route("/lowongan", vacancies, name="kartukuning:vacancies"),
    Route("/lowongan/rss.xml", feed, name="kartukuning:feed"),
    Route("/lowongan.geojson", geojson, name="kartukuning:geojson"),
    Route("/lowongan/{id:int}", vacancy, name="kartukuning:vacancy"),
    Route("/lowongan/{id:int}/lamaran", apply_for_work, methods=["GET", "POST"], name="kartukuning:apply"),
    Route("/lamaran/{id:int}/penarikan", withdraw, methods=["POST"], name="kartukuning:withdraw"),
    Route("/periksa", check, methods=["GET", "POST"], name="kartukuning:check"),
    Route("/data/pencari-kerja.csv", open_seekers, name="kartukuning:csv"),
    Route("/data/lowongan.csv", open_vacancies, name="kartukuning:csv.vacancies"),
    *partners.routes,
]
