"""Pages for offices: the desk of reports, the moderation queue, one report, keys."""

from __future__ import annotations

from starlette.responses import JSONResponse
from starlette.routing import Route

from pendopo import NotFound, _
from pendopo.http import flash, form_of, page, path_int, redirect, url
from pendopo.identity import find_opd
from pendopo.kit import attachments as files
from pendopo.kit.berkas import Berkas, berkas_context, get_berkas, move_berkas
from pendopo.kit.forms import looking
from pendopo.kit.opendata import csv_response
from pendopo.kit.places import kecamatan_list

from . import desk, keys, listing, reports
from .categories import BY_CODE, grouped
from .forms import FollowUpForm, KeyForm, LetterForm, PublicTextForm
from .kind import ASSIGN, HANDLE, STATES, VERIFY
from .models import Laporan
from .options import opd_code_for
from .rules import AUTHORITY, KELAS, KERUSAKAN, PERSONAL, TINDAK_LANJUT, find_personal
from .shown import cards_of


def require_reader(actor):
    """Whoever may read reports of some office; raises PermissionRefused for other staff."""
    if listing.staff_scope(actor) == frozenset():
        actor.require(HANDLE)


def index(request):
    db, actor, now = request.state.db, request.user, request.state.now
    require_reader(actor)
    wanted = listing.read_filters({"urut": "batas", **request.query_params})
    found = listing.turn(db, listing.staff_reports(actor, wanted, now=now), wanted)
    query = request.url.query
    return page(
        request,
        "gawe_pelaporan/kerja/index.html",
        found=found,
        wanted=wanted,
        cards=cards_of(db, found.rows, staff=True),
        groups=grouped(),
        kecamatan=kecamatan_list(),
        states=STATES,
        counts=_counts(db, actor, now),
        layer=url("pelaporan:kerja.geojson") + (f"?{query}" if query else ""),
        as_map=request.query_params.get("peta") == "1",
        tab="meja",
    )


def _counts(db, actor, now):
    """What stands in numbers above the list."""
    from sqlalchemy import func

    def count(**wanted):
        query = listing.staff_reports(actor, listing.Filters(**wanted), now=now)
        return db.scalar(query.with_only_columns(func.count(Laporan.berkas_id), maintain_column_froms=True)) or 0

    return {"arrived": count(state="didisposisi"), "working": count(group="dikerjakan"), "overdue": count(overdue=True), "mine": count(mine=True)}


def geojson(request):
    require_reader(request.user)
    wanted = listing.read_filters(request.query_params)
    query = listing.staff_reports(request.user, wanted, now=request.state.now)
    found = listing.as_geojson(request.state.db, query, link=lambda berkas_id: url("pelaporan:kerja.berkas", id=berkas_id), staff=True)
    return JSONResponse(found, media_type="application/geo+json")


def point(request):
    """Where one report lies, for an officer of it."""
    laporan = desk.get_report(request.state.db, request.user, path_int(request))
    query = listing.staff_reports(request.user, listing.Filters(), now=request.state.now).where(Laporan.berkas_id == laporan.berkas_id)
    return JSONResponse(listing.as_geojson(request.state.db, query, link=lambda berkas_id: "", staff=True), media_type="application/geo+json")


def queue(request):
    """What waits for verification."""
    request.user.require(VERIFY)
    db = request.state.db
    rows = list(db.scalars(listing.queue(request.user).limit(50)).unique())
    offices = {row.berkas_id: _office_of(db, row) for row in rows}
    return page(
        request,
        "gawe_pelaporan/kerja/queue.html",
        cards=cards_of(db, rows, staff=True),
        offices=offices,
        personal={r.berkas_id: _personal(r) for r in rows},
        tab="antrean",
    )


def _office_of(db, laporan):
    return find_opd(db, opd_code_for(db, laporan.service_code))


def forward(request):
    """From the queue with one click: to the office of the category, and back to the queue."""
    db, berkas_id = request.state.db, path_int(request)
    laporan = desk.get_report(db, request.user, berkas_id)
    seen = str(form_of(request).get("versi", ""))
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None
    move_berkas(db, request.user, berkas_id, "disposisi", expected_version=version, now=request.state.now)
    flash(request, _("%(register)s diteruskan.") % {"register": laporan.berkas.register})
    return redirect(url("pelaporan:kerja.queue"))


def _personal(laporan):
    kinds = find_personal(f"{laporan.title}\n{laporan.description}\n{laporan.address}")
    return [_(title) for slug, title, _pattern in PERSONAL if slug in kinds]


def show(request):
    db = request.state.db
    berkas = get_berkas(db, request.user, path_int(request))
    return page(request, "gawe_pelaporan/kerja/show.html", **_detail(request, berkas))


def _detail(request, berkas, **forms):
    """Everything an officer sees of one report. `forms`: the one that was sent and is wrong."""
    db, actor = request.state.db, request.user
    laporan = db.get(Laporan, berkas.id)
    if laporan is None:
        raise NotFound()
    context = berkas_context(request, berkas, staff=True)
    usual = find_opd(db, opd_code_for(db, laporan.service_code))
    for move in context["moves"]:
        if move.slug == "disposisi" and usual is not None:
            move.form.opd.data = usual.id
    quiet = looking(request)
    public = PublicTextForm(
        quiet,
        prefix="umum-",
        prefill={
            "public_title": laporan.public_title or laporan.title,
            "public_text": laporan.public_text or laporan.description,
            "service_code": laporan.service_code,
        },
    )
    first = db.get(Laporan, laporan.duplicate_of) if laporan.duplicate_of else None
    similar = reports.find_similar(db, laporan.service_code, laporan.lat, laporan.lon, now=request.state.now, leave_out=berkas.id)
    return {
        **context,
        "laporan": laporan,
        "category": BY_CODE[laporan.service_code],
        "photos": files.attachments_of(db, reports.OWNER, berkas.id),
        "follow_ups": desk.follow_ups(db, berkas.id),
        "first": first,
        "similar": cards_of(db, [s.laporan for s in similar], staff=True),
        "metres": {s.laporan.berkas_id: s.metres for s in similar},
        "personal": _personal(laporan),
        "kelas": _(KELAS.get(laporan.kelas, laporan.kelas)),
        "damage": _(KERUSAKAN.get(laporan.road.damage, "")) if laporan.road else "",
        "authority": _(AUTHORITY.get(laporan.road_authority, "")) if laporan.road_authority else "",
        "kinds": TINDAK_LANJUT,
        "usual_office": usual.name if usual else "",
        "tab": "meja",
        "letter_note": _(desk.LETTER_NOTES[laporan.letter])
        if laporan.letter in desk.LETTER_NOTES
        else _("Menunggu buku agenda surat.")
        if laporan.letter
        else "",
        "may": {"handle": actor.can(HANDLE, berkas.opd_id), "verify": actor.can(VERIFY, berkas.opd_id), "assign": actor.can(ASSIGN, berkas.opd_id)},
        "contact": actor.can(VERIFY, berkas.opd_id) or not laporan.anonymous,
        "follow_form": FollowUpForm(quiet, prefix="tindak-"),
        "public_form": public,
        "letter_form": LetterForm(
            quiet,
            prefix="surat-",
            prefill={"derajat": "segera" if laporan.priority == 1 else "penting" if laporan.priority == 2 else "biasa", "summary": laporan.description[:600]},
        ),
        **forms,
    }


def _act(request, form, act, done, **where):
    """One form of the detail page: done and back, or the page again with what is wrong."""
    db = request.state.db
    berkas = get_berkas(db, request.user, path_int(request))
    if form.validate():
        with form.refusals():
            act(db, request.user, berkas.id)
            flash(request, done)
            return redirect(url("pelaporan:kerja.berkas", id=berkas.id))
    db.refresh(berkas)
    return page(request, "gawe_pelaporan/kerja/show.html", status=form.status, **_detail(request, berkas, **where))


def follow_up(request):
    form = FollowUpForm(request, prefix="tindak-")

    def act(db, actor, berkas_id):
        desk.add_follow_up(
            db,
            actor,
            berkas_id,
            kind=form.kind.data,
            note=form.note.data,
            volume=form.volume.data or "",
            cost=form.cost.data,
            package=form.package.data or "",
            photos=form.photos.data,
            now=request.state.now,
        )

    return _act(request, form, act, _("Tindak lanjut tercatat."), follow_form=form)


def public_text(request):
    form = PublicTextForm(request, prefix="umum-")

    def act(db, actor, berkas_id):
        desk.word_for_public(
            db,
            actor,
            berkas_id,
            title=form.public_title.data,
            text=form.public_text.data,
            service_code=form.service_code.data,
            now=request.state.now,
        )

    return _act(request, form, act, _("Teks untuk umum tersimpan."), public_form=form)


def letter(request):
    form = LetterForm(request, prefix="surat-")

    def act(db, actor, berkas_id):
        desk.send_to_letters(db, actor, berkas_id, derajat=form.derajat.data, summary=form.summary.data, now=request.state.now)

    return _act(request, form, act, _("Laporan dikirim ke buku agenda surat."), letter_form=form)


def radio(request):
    berkas_id = path_int(request)
    desk.ask_radio(request.state.db, request.user, berkas_id, now=request.state.now)
    flash(request, _("Permintaan siaran terkirim kepada redaktur radio."))
    return redirect(url("pelaporan:kerja.berkas", id=berkas_id))


def hide_comment(request):
    row = reports.hide_comment(request.state.db, request.user, path_int(request), now=request.state.now)
    flash(request, _("Komentar disembunyikan.") if row.hidden_at else _("Komentar ditampilkan lagi."))
    return redirect(url("pelaporan:show", id=row.berkas_id) + "#komentar")


def api_keys(request):
    db = request.state.db
    form = KeyForm(request)
    rows = keys.list_keys(db, request.user)
    made = ""
    if form.submitted and form.validate():
        with form.refusals():
            _row, made = keys.make_key(db, request.user, form.name.data, form.contact.data, now=request.state.now)
            rows = keys.list_keys(db, request.user)
            form = KeyForm(looking(request))
    return page(
        request, "gawe_pelaporan/kerja/keys.html", form=form, rows=rows, made=made, status=form.status, tab="kunci", headers={"Cache-Control": "no-store"}
    )


def revoke_key(request):
    row = keys.revoke_key(request.state.db, request.user, path_int(request), now=request.state.now)
    flash(request, _("Kunci %(name)s dicabut.") % {"name": row.name})
    return redirect(url("pelaporan:kerja.keys"))


def sp4n_csv(request):
    """For SP4N-LAPOR!: what has no national number yet, with its class names, without names of persons."""
    request.user.require(VERIFY)
    rows = request.state.db.scalars(
        listing.staff_reports(request.user, listing.Filters(), now=request.state.now)
        .where(Laporan.sp4n_id.is_(None), Laporan.published_at.is_not(None), Berkas.is_open)
        .order_by(Laporan.berkas_id)
        .limit(5000)
    ).unique()
    header = ("nomor", "judul", "isi", "klasifikasi", "kategori", "instansi", "desa_kode", "lintang", "bujur", "tanggal", "rahasia")
    return csv_response(
        "sp4n-ekspor",
        header,
        (
            (
                r.berkas.register,
                r.public_title,
                r.public_text,
                _(KELAS[r.kelas]),
                _(BY_CODE[r.service_code].title),
                opd_code_for(request.state.db, r.service_code),
                r.desa_code,
                r.lat,
                r.lon,
                r.received_at,
                r.private,
            )
            for r in rows
        ),
    )


staff_routes = [
    Route("/", index, name="pelaporan:kerja.index"),
    Route("/antrean", queue, name="pelaporan:kerja.queue"),
    Route("/peta.geojson", geojson, name="pelaporan:kerja.geojson"),
    Route("/sp4n.csv", sp4n_csv, name="pelaporan:kerja.sp4n"),
    Route("/kunci", api_keys, methods=["GET", "POST"], name="pelaporan:kerja.keys"),
    Route("/kunci/{id:int}/pencabutan", revoke_key, methods=["POST"], name="pelaporan:kerja.keys.revoke"),
    Route("/komentar/{id:int}/tampilan", hide_comment, methods=["POST"], name="pelaporan:kerja.comment"),
    Route("/{id:int}", show, name="pelaporan:kerja.berkas"),
    Route("/{id:int}/penerusan", forward, methods=["POST"], name="pelaporan:kerja.forward"),
    Route("/{id:int}/titik.geojson", point, name="pelaporan:kerja.point"),
    Route("/{id:int}/tindak-lanjut", follow_up, methods=["POST"], name="pelaporan:kerja.follow_up"),
    Route("/{id:int}/teks", public_text, methods=["POST"], name="pelaporan:kerja.text"),
    Route("/{id:int}/surat", letter, methods=["POST"], name="pelaporan:kerja.letter"),
    Route("/{id:int}/siaran", radio, methods=["POST"], name="pelaporan:kerja.radio"),
]
