"""Pages for officers: the queue, one application beside its papers, cards, employers, vacancies, placements, schools."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from starlette.routing import Route

from pendopo import Conflict, NotFound, _
from pendopo.http import flash, form_of, page, path_int, redirect, url
from pendopo.identity import Account, decrypt_nik, mask_nik
from pendopo.kit.berkas import berkas_context, get_berkas, move_berkas
from pendopo.kit.forms import looking
from pendopo.kit.listing import Asked, matches, turn
from pendopo.kit.opendata import csv_response
from pendopo.kit.places import kecamatan_list

from . import cards, figures, kbji, listing, placing, rules, seekers, shown, staff_partners
from .applications import get_application, regency_date
from .forms import PlacementForm, ReportForm, RevokeForm
from .kind import EMPLOYERS, READ, SIGN, STATE, STATES, VERIFY
from .models import Pencari, Penempatan


def require_staff(actor):
    """Whoever does any part of this service. Raises PermissionRefused for other staff."""
    if not any(actor.can(permission) for permission in (READ, VERIFY, SIGN, EMPLOYERS)):
        actor.require(READ)


def index(request):
    """What waits, the nearest deadline first."""
    db, actor, now = request.state.db, request.user, request.state.now
    require_staff(actor)
    wanted = listing.queue_filters(Asked(request.query_params))
    found = turn(db, listing.queue(actor, wanted, now=now), wanted.page, *listing.QUEUE_ORDER)
    return page(
        request,
        "gawe_kartukuning/kerja/index.html",
        found=found,
        wanted=wanted,
        states=STATES,
        state=STATE,
        kecamatan=kecamatan_list(),
        counts=listing.waiting_counts(db, now=now),
        on=regency_date(db, now),
        types=rules.TYPES,
        may_sign=actor.can(SIGN),
        may_verify=actor.can(VERIFY),
        tab="antrean",
    )


def many(request):
    """The same step for everything that was ticked; each on its own, so that one refusal stops no other."""
    db, actor, now = request.state.db, request.user, request.state.now
    sent = form_of(request)
    step = str(sent.get("langkah", ""))
    if step not in ("periksa", "setujui", "terbitkan"):
        raise NotFound()
    actor.require(SIGN if step == "terbitkan" else VERIFY)
    done, refused = 0, 0
    for text in sent.getlist("berkas")[:200]:
        if not (isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10):
            continue
        try:
            with db.begin_nested():
                move_berkas(db, actor, int(text), step, now=now)
            done += 1
        except (Conflict, NotFound):
            refused += 1
    flash(request, _("%(n)s permohonan diproses.") % {"n": done} if not refused else _("%(n)s diproses, %(m)s sudah berubah.") % {"n": done, "m": refused})
    return redirect(url("kartukuning:kerja.index"))


def show(request):
    """One application: what was typed beside the papers that prove it."""
    db = request.state.db
    berkas = get_berkas(db, request.user, path_int(request))
    application = get_application(db, berkas.id)
    seeker, on = application.pencari, regency_date(db, request.state.now)
    return page(
        request,
        "gawe_kartukuning/kerja/show.html",
        tab="antrean",
        application=application,
        type_title=_(rules.TYPES[application.jenis]),
        card=shown.card_of_berkas(db, berkas.id),
        warnings=_warnings(seeker, on),
        appointment=shown.appointment_for(db, berkas.id),
        **_person(request, seeker, on),
        **berkas_context(request, berkas, staff=True),
    )


def _person(request, seeker, on):
    db = request.state.db
    return {
        "seeker": seeker,
        "nik": mask_nik(decrypt_nik(seeker.nik_cipher)) if seeker.nik_cipher else "",
        "age": seeker.age(on),
        "minor": seeker.is_minor(on),
        "photo": seekers.photo_of(db, seeker),
        "papers": seekers.papers_of(db, seeker),
        "months": rules.months_worked([(row.mulai, row.selesai) for row in seeker.pengalaman], on),
        "rules": rules,
        "kbji": kbji,
        "on": on,
    }


def _warnings(seeker, on):
    """What an officer should look at twice. A nik that says otherwise is a warning, never a refusal."""
    found = []
    if seeker.nik_cipher:
        digits = decrypt_nik(seeker.nik_cipher)
        day = int(digits[6:8])
        sex, born = ("P" if day > 40 else "L"), f"{day - 40 if day > 40 else day:02d}{digits[8:12]}"
        if sex != seeker.jk:
            found.append(_("Jenis kelamin menurut NIK berbeda dari yang ditulis."))
        if born != f"{seeker.tanggal_lahir:%d%m%y}":
            found.append(_("Tanggal lahir menurut NIK berbeda dari yang ditulis."))
    if seeker.is_minor(on):
        found.append(_("Pemohon berumur di bawah 18 tahun: perlakuan khusus anak (UU 27/2022)."))
    if seeker.photo_id is None:
        found.append(_("Belum ada pas foto. Kartu dapat terbit dengan kotak tempel foto."))
    return found


# ----------------------------------------------------------------------------------------------------------------- cards


def card_list(request):
    db = request.state.db
    seekers.require_reader(request.user)
    on = regency_date(db, request.state.now)
    asked = Asked(request.query_params)
    text, status, place = asked.text(), asked.one_of("status", rules.STATUS), asked.kecamatan()
    order = (cards.Kartu.next_due.is_(None), cards.Kartu.next_due) if status == "perlu_lapor" else (cards.Kartu.issued_on.desc(), cards.Kartu.id.desc())
    found = turn(db, listing.cards(text, status, place, on), asked.page, *order)
    return page(
        request,
        "gawe_kartukuning/kerja/cards.html",
        found=found,
        rows=[(card, rules.status_on(card.facts, on)) for card in found.rows],
        text=text,
        chosen=status,
        place=place,
        statuses=rules.STATUS,
        tones=rules.TONES,
        icons=rules.ICONS,
        counts=cards.count_by_status(db, on),
        kecamatan=kecamatan_list(),
        tab="kartu",
    )


def card(request, *, report_form=None, revoke_form=None, placement_form=None):
    db = request.state.db
    row = cards.get_card(db, request.user, path_int(request))
    seekers.require_reader(request.user)
    on = regency_date(db, request.state.now)
    look = looking(request)
    return page(
        request,
        "gawe_kartukuning/kerja/card.html",
        tab="kartu",
        status=next((f.status for f in (report_form, revoke_form, placement_form) if f is not None), 200),
        report_form=report_form or ReportForm(look, prefix="lapor-"),
        revoke_form=revoke_form or RevokeForm(look, prefix="cabut-"),
        placement_form=placement_form or PlacementForm(look, prefix="tempat-", prefill={"mulai": on}),
        placements=list(db.scalars(select(Penempatan).where(Penempatan.pencari_id == row.pencari_id).order_by(Penempatan.id.desc()))),
        checker=db.get(Account, row.pengantar_id) if row.pengantar_id else None,
        may={"verify": request.user.can(VERIFY), "sign": request.user.can(SIGN)},
        **{**_person(request, row.pencari, on), **shown.card_view(db, row, on)},
    )


def card_report(request):
    form = ReportForm(request, prefix="lapor-")
    if form.validate():
        with form.refusals():
            now = request.state.now
            on = regency_date(request.state.db, now)
            request.user.require(VERIFY)
            row = cards.report(request.state.db, request.user, path_int(request), form.keadaan.data, note=form.catatan.data or "", on=on, now=now)
            flash(request, _("Laporan tercatat atas nama pemegang kartu."))
            return redirect(url("kartukuning:kerja.card", id=row.id))
    return card(request, report_form=form)


def card_revoke(request):
    form = RevokeForm(request, prefix="cabut-")
    if form.validate():
        with form.refusals():
            row = cards.revoke_card(request.state.db, request.user, path_int(request), form.reason.data, now=request.state.now)
            flash(request, _("Kartu %(number)s dicabut.") % {"number": row.nomor}, "warn")
            return redirect(url("kartukuning:kerja.card", id=row.id))
    return card(request, revoke_form=form)


def card_placement(request):
    form = PlacementForm(request, prefix="tempat-")
    if form.validate():
        with form.refusals():
            db, now = request.state.db, request.state.now
            row = cards.get_card(db, request.user, path_int(request))
            data = form.data
            placing.record_placement(
                db,
                request.user,
                row.pencari_id,
                kbji_code=data["kbji"],
                company=data["perusahaan"],
                start=data["mulai"],
                pay=data["upah"],
                lokasi=data["lokasi"],
                on=regency_date(db, now),
                now=now,
            )
            flash(request, _("Penempatan tercatat dan kartu ditutup sebagai bekerja."))
            return redirect(url("kartukuning:kerja.card", id=row.id))
    return card(request, placement_form=form)


# ----------------------------------------------------------------------------------------------------- placements, report


def placements(request):
    db = request.state.db
    seekers.require_reader(request.user)
    asked = Asked(request.query_params)
    text = asked.text()
    query = select(Penempatan).join(Penempatan.pencari).where(matches(text, Penempatan.perusahaan, Pencari.nama))
    found = turn(db, query, asked.page, Penempatan.mulai.desc(), Penempatan.id.desc())
    return page(request, "gawe_kartukuning/kerja/placements.html", found=found, text=text, kbji=kbji, places=rules.PLACES, tab="penempatan")


def _day(text, default):
    try:
        return date.fromisoformat(text)
    except ValueError:
        return default


def ministry(request):
    """For the labour market report of the ministry: sums of a period, no names."""
    db = request.state.db
    seekers.require_reader(request.user)
    on = regency_date(db, request.state.now)
    start = _day(request.query_params.get("dari", ""), date(on.year, 1, 1))
    end = _day(request.query_params.get("sampai", ""), on)
    return csv_response(f"ipk-{start:%Y%m%d}-{end:%Y%m%d}", figures.MINISTRY, figures.ministry_rows(db, start, end, on))


def reports(request):
    """Where figures and files for reports are found."""
    require_staff(request.user)
    db = request.state.db
    on = regency_date(db, request.state.now)
    return page(
        request,
        "gawe_kartukuning/kerja/reports.html",
        totals=figures.headline(db, on),
        counts=cards.count_by_status(db, on),
        statuses=rules.STATUS,
        tones=rules.TONES,
        start=date(on.year, 1, 1),
        on=on,
        tab="statistik",
    )


staff_routes = [
    Route("/", index, name="kartukuning:kerja.index"),
    Route("/banyak", many, methods=["POST"], name="kartukuning:kerja.many"),
    Route("/{id:int}", show, name="kartukuning:kerja.berkas"),
    Route("/kartu", card_list, name="kartukuning:kerja.cards"),
    Route("/kartu/{id:int}", card, name="kartukuning:kerja.card"),
    Route("/kartu/{id:int}/lapor", card_report, methods=["POST"], name="kartukuning:kerja.card.report"),
    Route("/kartu/{id:int}/pencabutan", card_revoke, methods=["POST"], name="kartukuning:kerja.card.revoke"),
    Route("/kartu/{id:int}/penempatan", card_placement, methods=["POST"], name="kartukuning:kerja.card.placement"),
    *staff_partners.routes,
    Route("/penempatan", placements, name="kartukuning:kerja.placements"),
    Route("/laporan", reports, name="kartukuning:kerja.reports"),
    Route("/laporan/kemnaker.csv", ministry, name="kartukuning:kerja.ministry"),
]
