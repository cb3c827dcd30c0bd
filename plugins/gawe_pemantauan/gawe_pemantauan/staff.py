"""Pages for offices: proposals by stage, one proposal with everything, confirmations, programmes, ranking, decrees."""

from __future__ import annotations

from sqlalchemy import select
from starlette.routing import Route

from pendopo import N_, NotFound, _
from pendopo.http import flash, form_of, page, path_int, redirect, url
from pendopo.identity import mask_nik
from pendopo.kit.berkas import berkas_context, get_berkas
from pendopo.kit.forms import looking
from pendopo.kit.places import kecamatan_list

from . import agreement, flags, issued, lembaga, listing, proposals, returning, secret, work
from .auditing import audit_routes
from .forms import ClearForm, DesilForm, EmergencyForm, VisitForm
from .models import Lpj, Pencairan, Proposal
from .rules import ALWAYS_CHECKED, FLAGS, JENIS, PAPERS, REASONS, Visit
from .shown import all_programs, shown
from .staff_programs import program_routes
from .stages import CONFIRM_CAMAT, CONFIRM_DESA, PAY, STATE, SURVEY, VERIFY


def index(request):
    """The desk: stages in numbers, the longest silent first."""
    db, actor, now = request.state.db, request.user, request.state.now
    listing.require_reader(actor)
    wanted = listing.read_filters(request.query_params)
    found = listing.turn(db, listing.proposals(db, actor, wanted, now=now), wanted.page)
    return page(
        request,
        "gawe_pemantauan/kerja/index.html",
        tab="meja",
        found=found,
        wanted=wanted,
        rows=[shown(db, row, now) for row in found.rows],
        jenis=JENIS,
        counts=listing.stage_counts(db, actor),
        stages=STAGES,
        state_of=STATE,
        kecamatan=kecamatan_list(),
        programs=all_programs(db),
    )


STAGES = {
    "desa": N_("Desa"),
    "camat": N_("Camat"),
    "administrasi": N_("Administrasi"),
    "lapangan": N_("Lapangan"),
    "rekomendasi": N_("Rekomendasi"),
    "tapd": N_("TAPD"),
    "penetapan": N_("Penetapan"),
    "pencairan": N_("Pencairan"),
    "laporan": N_("Laporan"),
}


# --------------------------------------------------------------------------------------------------------- one proposal


def show(request):
    """One page per proposal, with everything."""
    return page(request, "gawe_pemantauan/kerja/show.html", **_detail(request))


def _detail(request, **forms):
    """Everything an officer sees. `forms`: the one that was sent and is wrong."""
    db, actor = request.state.db, request.user
    berkas = get_berkas(db, actor, path_int(request))
    proposal = db.get(Proposal, berkas.id)
    if proposal is None:
        raise NotFound()
    quiet = looking(request)
    opd = berkas.opd_id
    days, amber = listing.silence(db, berkas, request.state.now)
    may = {"verify": actor.can(VERIFY, opd), "survey": actor.can(SURVEY, opd), "clear": actor.can(VERIFY, opd) or actor.can(SURVEY, opd)}
    return {
        **berkas_context(request, berkas, staff=True),
        "proposal": proposal,
        "program": proposal.program,
        "jenis": JENIS,
        "papers": PAPERS,
        "always": ALWAYS_CHECKED,
        "flag_words": FLAGS,
        "reasons": REASONS,
        "given": proposals.files_of(db, proposal),
        "visits": work.visits_of(db, berkas.id),
        "flags": flags.flags_of(db, berkas.id),
        "may": may,
        "tab": "meja",
        "payments": list(db.scalars(select(Pencairan).where(Pencairan.berkas_id == berkas.id))),
        "lpj": db.get(Lpj, berkas.id),
        "documents": issued.papers_of(db, proposal),
        "may_pay": actor.can(PAY, opd),
        "rekening": "",
        "rest_bill": returning.open_bill(db, berkas.id),
        "person": _person(actor, proposal),
        "board": _board(proposal),
        "others": _others(db, berkas.id),
        "days": days,
        "amber": amber,
        "visit_form": VisitForm(quiet, prefix="kunjungan-"),
        "desil_form": DesilForm(quiet, prefix="desil-"),
        "clear_form": ClearForm(quiet, prefix="tanda-"),
        **forms,
    }


def _person(actor, proposal):
    """Who asks, as this officer may read it: numbers masked, the decile only for those who verify."""
    if proposal.person is None:
        return None
    nik, kk = secret.reveal(proposal.person.nik_cipher), secret.reveal(proposal.person.kk_cipher)
    return {
        "name": proposal.person.name,
        "nik": mask_nik(nik) if nik else "",
        "kk": mask_nik(kk) if kk else "",
        "desil": work.desil_of(proposal) if work.may_see_desil(actor, proposal) else None,
        "sees": work.may_see_desil(actor, proposal),
    }


def _board(proposal):
    return [(one, lembaga.masked_nik(one)) for one in proposal.lembaga.board] if proposal.lembaga else []


def _others(db, berkas_id):
    """The proposals that flags point at, by id."""
    ids = {flag.other_id for flag in flags.flags_of(db, berkas_id) if flag.other_id}
    return {row.berkas_id: row for row in db.scalars(select(Proposal).where(Proposal.berkas_id.in_(ids))).unique()} if ids else {}


def _back(berkas_id):
    return redirect(url("pemantauan:kerja.berkas", id=berkas_id))


def check(request):
    """The administrative check list."""
    berkas_id, sent = path_int(request), form_of(request)
    checklist = {name.removeprefix("cek-"): str(value) for name, value in sent.multi_items() if name.startswith("cek-")}
    work.check_papers(request.state.db, request.user, berkas_id, checklist)
    flash(request, _("Hasil pemeriksaan tersimpan."))
    return _back(berkas_id)


def visit(request):
    """A field visit, also one that was written without a connection."""
    form = VisitForm(request, prefix="kunjungan-")
    berkas_id = path_int(request)
    if form.validate():
        with form.refusals():
            lat, lon = form.point.data or (None, None)
            seen = Visit(*(form[name].data == "ya" for name in ("object_exists", "active", "has_board", "papers_match")))
            new = work.NewVisit(seen, form.note.data, form.visited_at.data, lat, lon, form.photos.data, (form.client_key.data or "")[:40])
            row = work.add_visit(request.state.db, request.user, berkas_id, new, now=request.state.now)
            issued.field_report(request.state.db, request.user, row, now=request.state.now)
            flash(request, _("Kunjungan tercatat."))
            return _back(berkas_id)
    return page(request, "gawe_pemantauan/kerja/show.html", status=form.status, **_detail(request, visit_form=form))


def desil(request):
    form = DesilForm(request, prefix="desil-")
    berkas_id = path_int(request)
    if form.validate():
        with form.refusals():
            work.set_desil(request.state.db, request.user, berkas_id, form.desil.data)
            flash(request, _("Desil tersimpan."))
            return _back(berkas_id)
    return page(request, "gawe_pemantauan/kerja/show.html", status=form.status, **_detail(request, desil_form=form))


def clear(request):
    flag_id = path_int(request, "flag")
    form = ClearForm(request, prefix="tanda-")
    if form.validate():
        with form.refusals():
            flag = flags.clear_flag(request.state.db, request.user, flag_id, form.note.data, now=request.state.now)
            flash(request, _("Tanda ditandai sudah diperiksa."))
            return _back(flag.berkas_id)
    return page(request, "gawe_pemantauan/kerja/show.html", status=form.status, **_detail(request, clear_form=form))


def nphd(request):
    """The agreement, to both sides."""
    proposal = proposals.get_proposal(request.state.db, request.user, path_int(request))
    document = agreement.draw_up(request.state.db, request.user, proposal, now=request.state.now)
    flash(request, _("NPHD %(number)s dikirim kepada penerima untuk disetujui, lalu ke meja penanda tangan.") % {"number": document.number})
    return _back(proposal.berkas_id)


def account(request):
    """The number of the account in full, for who transfers the money; that it was read stands in the audit trail."""
    number = work.account_to_pay(request.state.db, request.user, path_int(request))
    return page(request, "gawe_pemantauan/kerja/show.html", headers={"Cache-Control": "no-store"}, **_detail(request, rekening=number))


# -------------------------------------------------------------------------------------------------- desa, camat, disaster


def confirmations(request):
    """What waits for the word of the desa or the camat."""
    db, actor, now = request.state.db, request.user, request.state.now
    if not actor.can(CONFIRM_CAMAT):
        actor.require(CONFIRM_DESA)
    return page(
        request, "gawe_pemantauan/kerja/confirm.html", tab="konfirmasi", rows=[shown(db, row, now) for row in listing.to_confirm(db, actor)], state_of=STATE
    )


def emergency(request):
    """A report of the desa after a disaster."""
    db, actor = request.state.db, request.user
    actor.require(CONFIRM_DESA)
    form = EmergencyForm(request)
    open_now = [one for one in all_programs(db) if one.jenis == "bansos_tak_terencana" and one.published and one.paid_year == request.state.now.year]
    form.program.choices = [(one.id, one.title) for one in open_now]
    if form.submitted and form.validate():
        with form.refusals():
            lat, lon = form.point.data or (None, None)
            new = proposals.NewProposal(
                title=form.title.data,
                purpose=form.purpose.data,
                asked=form.asked.data,
                desa_code=form.desa.data,
                beneficiaries=form.beneficiaries.data,
                person=proposals.Person(form.nama.data, form.nik.data, form.no_kk.data),
                address=form.address.data,
                lat=lat,
                lon=lon,
                papers={"kejadian": form.kejadian.data},
                cause=form.cause.data,
            )
            proposal = proposals.report_emergency(db, actor, form.program.data, new, now=request.state.now)
            issued.receipt(db, actor, proposal, now=request.state.now)
            flash(request, _("Laporan %(register)s diteruskan kepada camat.") % {"register": proposal.berkas.register})
            return redirect(url("pemantauan:kerja.confirm"))
    return page(request, "gawe_pemantauan/kerja/emergency.html", form=form, status=form.status, tab="konfirmasi", none=not open_now)


staff_routes = [
    Route("/", index, name="pemantauan:kerja.index"),
    Route("/konfirmasi", confirmations, name="pemantauan:kerja.confirm"),
    Route("/darurat", emergency, methods=["GET", "POST"], name="pemantauan:kerja.emergency"),
    Route("/{id:int}", show, name="pemantauan:kerja.berkas"),
    Route("/{id:int}/pemeriksaan", check, methods=["POST"], name="pemantauan:kerja.check"),
    Route("/{id:int}/kunjungan", visit, methods=["POST"], name="pemantauan:kerja.visit"),
    Route("/{id:int}/nphd", nphd, methods=["POST"], name="pemantauan:kerja.nphd"),
    Route("/{id:int}/rekening", account, methods=["POST"], name="pemantauan:kerja.account"),
    Route("/{id:int}/desil", desil, methods=["POST"], name="pemantauan:kerja.desil"),
    Route("/{id:int}/tanda/{flag:int}", clear, methods=["POST"], name="pemantauan:kerja.flag"),
    *program_routes,
    *audit_routes,
]
