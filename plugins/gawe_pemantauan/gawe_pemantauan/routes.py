"""Pages for citizens: programmes, a proposal in steps, one's bodies, the live view, recipients."""

from __future__ import annotations

from starlette.routing import Route

from pendopo import Conflict, NotFound, TooMany, _
from pendopo.http import flash, form_of, fragment, page, path_int, query_int, redirect, url
from pendopo.kit.berkas import berkas_context, find_by_register, get_berkas, keep_pin, sent_of, tell_sent
from pendopo.kit.places import place_name
from pendopo.kit.profile import remember
from pendopo.kit.throttle import address_of, allow

from . import agreement, issued, lembaga, listing, opening, programs, proposals, public, returning, watching
from .asking import new_proposal, proposal_wizard
from .fields import ADD
from .forms import BodyForm, WatchForm
from .models import Lpj, Proposal
from .open_pages import open_routes
from .options import option
from .rules import CHAIRS, JENIS, PAPERS
from .steps import PUBLIC_TOPIC


def index(request):
    """What there is, what is open now, and where one's own proposals lie."""
    db, now = request.state.db, request.state.now
    every = public.programs(db)
    return page(
        request,
        "gawe_pemantauan/index.html",
        tab="program",
        jenis=JENIS,
        figures=public.headline(db),
        topic=PUBLIC_TOPIC,
        open_now=programs.open_programs(db, now),
        others=[p for p in every if not programs.is_open(p, now)],
        broker=option(db, "pengaduan_calo"),
        sorts=opening.SORTS,
        followed=opening.followed(db, request.user.citizen_id),
        mine=[watching.watch(db, request.user, row, now=now) for row in listing.proposals_of(db, request.user.citizen_id, 3)],
    )


def follow(request):
    """Of which sorts of programmes I want to hear when they open."""
    opening.follow(request.state.db, request.user, map(str, form_of(request).getlist("jenis")), now=request.state.now)
    flash(request, _("Pilihan kabar tersimpan."))
    return redirect(url("pemantauan:index"))


def program(request):
    """One programme as everyone may see it: rules, budget, stages, queue."""
    db, now = request.state.db, request.state.now
    row = programs.get_program(db, path_int(request))
    return page(
        request,
        "gawe_pemantauan/program.html",
        tab="program",
        program=row,
        jenis=JENIS,
        papers=PAPERS,
        is_open=programs.is_open(row, now),
        topic=PUBLIC_TOPIC,
        stages=public.stages(db, row.id),
        queue=public.queue(db, row.id) if row.for_lembaga else [],
        gap=option(db, "jeda_tahun"),
        opd=programs.office_name(db, row),
        broker=option(db, "pengaduan_calo"),
        today=now,
    )


def services(request):
    """How it works: steps, deadlines, reasons of refusal and what helps, and that nobody has to be paid."""
    from .rules import REASONS

    db = request.state.db
    names = (
        "jeda_tahun",
        "plafon_uang",
        "plafon_barang",
        "lpj_batas",
        "diam_hk",
        "konfirmasi_hk",
        "administrasi_hk",
        "lapangan_hk",
        "perbaikan_hari",
        "darurat_hari",
    )
    return page(
        request,
        "gawe_pemantauan/services.html",
        tab="layanan",
        reasons=REASONS.values(),
        promises={name: option(db, name) for name in names},
        broker=option(db, "pengaduan_calo"),
        papers=PAPERS,
    )


# --------------------------------------------------------------------------------------------------------------- asking


def ask(request):
    """A proposal in steps, kept after each; the last one sends it."""
    db, actor, now = request.state.db, request.user, request.state.now
    actor.require_signed_in()
    row = programs.get_program(db, path_int(request))
    programs.require_open(row, now)
    if row.jenis == "bansos_tak_terencana":
        raise Conflict(_("Bantuan darurat dilaporkan oleh desa. Hubungi kantor desa Anda."))
    mine = lembaga.lembaga_of(db, actor.citizen_id)
    if row.for_lembaga and not mine:
        flash(request, _("Daftarkan dahulu lembaganya; cukup sekali untuk semua usulan."), "info")
        return redirect(url("pemantauan:body.new", program=row.id))
    wizard = proposal_wizard(request, row, mine)
    values = wizard.values
    asked = values.get("asked")
    context = {
        "program": row,
        "eligible": programs.eligible_value(row, asked) if asked else None,
        "values": values,
        "papers": PAPERS,
        "tab": "program",
        "place": place_name(values.get("desa")),
        "body": next((one for one in mine if one.id == values.get("lembaga")), None),
        "broker": option(db, "pengaduan_calo"),
    }
    if wizard.form.submitted and ADD in request.scope.get("pendopo.form", {}):
        return page(request, "gawe_pemantauan/ask.html", wizard=wizard, form=wizard.form, **context)
    answer = wizard.answer("gawe_pemantauan/ask.html", **context)
    if answer is not None:
        return answer
    with wizard.form.refusals():
        proposal = proposals.send_proposal(db, actor, row.id, new_proposal(row, wizard.values), now=now)
        issued.receipt(db, actor, proposal, now=now)
        if not row.for_lembaga:
            remember(db, actor, wizard.values, now=now)
        wizard.forget()
        return tell_sent(request, proposal.berkas, to=url("pemantauan:sent"))
    return page(request, "gawe_pemantauan/ask.html", status=wizard.form.status, wizard=wizard, form=wizard.form, **context)


def sent(request):
    """Number, PIN and QR code, right after sending."""
    db, told = request.state.db, sent_of(request)
    proposal = db.get(Proposal, told.berkas.id) if told else None
    if proposal is None:
        return redirect(url("pemantauan:index"))
    broker = option(db, "pengaduan_calo")
    return page(request, "gawe_pemantauan/sent.html", proposal=proposal, sent=told, broker=broker, tab="saya", headers={"Cache-Control": "no-store"})


# --------------------------------------------------------------------------------------------------------------- bodies


def mine(request):
    """My proposals and my bodies."""
    db, now = request.state.db, request.state.now
    request.user.require_signed_in()
    rows = listing.proposals_of(db, request.user.citizen_id)
    return page(
        request,
        "gawe_pemantauan/mine.html",
        tab="saya",
        watches=[watching.watch(db, request.user, row, now=now) for row in rows],
        bodies=lembaga.lembaga_of(db, request.user.citizen_id),
        topic=f"berkas-saya:{request.user.citizen_id}",
    )


def body(request):
    """A body, new or changed."""
    db, actor = request.state.db, request.user
    actor.require_signed_in()
    row = lembaga.own_lembaga(db, actor, path_int(request)) if "id" in request.path_params else None
    form = BodyForm(request, prefill=_prefill(row) if row else None)
    if form.submitted and form.validate():
        with form.refusals():
            lembaga.save_lembaga(db, actor, _new_body(form), row.id if row else None, now=request.state.now)
            flash(request, _("Lembaga tersimpan."))
            back = query_int(request, "program")
            return redirect(url("pemantauan:ask", id=back) if back else url("pemantauan:mine"))
    return page(request, "gawe_pemantauan/body.html", form=form, body=row, tab="saya", status=form.status, masked=_masked(row))


def _prefill(row):
    found = {
        name: getattr(row, name) for name in ("name", "jenis", "address", "founded_on", "sk_kemenkumham", "izin_operasional", "npwp", "bank", "rekening_name")
    }
    members = {one.chair: one for one in row.board}
    names = {f"{chair}_name": members[chair].name for chair in CHAIRS if chair in members}
    return {**found, **names, "desa": row.desa_code, "ketua_phone": row.chair.phone if row.chair else ""}


def _masked(row):
    """What is kept of the secret numbers, as it may be shown."""
    if row is None:
        return {}
    shown = {f"{one.chair}_nik": lembaga.masked_nik(one) for one in row.board}
    return {**shown, "rekening": f"•••• {row.rekening_tail}" if row.rekening_tail else ""}


def _new_body(form):
    members = {
        chair: lembaga.Member(form[f"{chair}_name"].data or "", form[f"{chair}_nik"].data or "", form.ketua_phone.data or "" if chair == "ketua" else "")
        for chair in CHAIRS
    }
    from pendopo.identity import clean_digits

    return lembaga.NewLembaga(
        name=form.name.data,
        jenis=form.jenis.data,
        desa_code=form.desa.data,
        address=form.address.data or "",
        sk_kemenkumham=form.sk_kemenkumham.data or "",
        izin_operasional=form.izin_operasional.data or "",
        npwp=clean_digits(form.npwp.data or ""),
        founded_on=form.founded_on.data,
        bank=form.bank.data or "",
        rekening=form.rekening.data or "",
        rekening_name=form.rekening_name.data or "",
        board=members,
    )


# ------------------------------------------------------------------------------------------------------------- watching


def berkas(request):
    """My proposal: the live view, and what I may do."""
    db = request.state.db
    row = get_berkas(db, request.user, path_int(request))
    proposal = db.get(Proposal, row.id)
    if proposal is None:
        raise NotFound()
    context = berkas_context(request, row, staff=False)
    seen = watching.watch(db, request.user, proposal, now=request.state.now)
    return page(request, "gawe_pemantauan/own.html", **context, **_own(db, request.user, proposal), seen=seen, tab="saya")


def _own(db, actor, proposal):
    return {
        "proposal": proposal,
        "program": proposal.program,
        "jenis": JENIS,
        "papers": PAPERS,
        "given": proposals.files_of(db, proposal),
        "lpj": db.get(Lpj, proposal.berkas_id),
        "rest_bill": returning.open_bill(db, proposal.berkas_id),
        "agreement": agreement.waiting_for(db, actor, proposal),
        "documents": [one for one in issued.papers_of(db, proposal) if one.holder_id == proposal.berkas.applicant_id],
    }


def find(request):
    """Where a proposal lies, by register number and PIN."""
    form = WatchForm(request, prefill={"register": request.query_params.get("nomor", "")[:40]})
    if form.submitted and form.validate():
        try:
            if not allow("pemantauan.pantau", address_of(request), most=20, seconds=300):
                raise TooMany()
            row = find_by_register(request.state.db, form.register.data, form.pin.data, now=request.state.now)
        except TooMany as refusal:
            form.add_error(refusal.sentence(), status=429)
        else:
            if row is not None and row.plugin == "gawe_pemantauan":
                return keep_pin(request, redirect(url("pemantauan:watch", nomor=row.register)), row.id)
            form.add_error(_("Nomor registrasi dan PIN ini tidak cocok. Periksa keduanya."), "register")
    return page(request, "gawe_pemantauan/find.html", form=form, status=form.status, tab="pantau")


def watch(request):
    """The live view of one proposal: for its applicant, an officer, or who showed the PIN."""
    from pendopo import PermissionRefused, SignInNeeded

    db, nomor = request.state.db, request.path_params["nomor"]
    try:
        proposal, by_pin = watching.find_watched(request, db, nomor)
    except (NotFound, PermissionRefused, SignInNeeded):
        return redirect(url("pemantauan:find", nomor=nomor[:40]))
    seen = watching.watch(db, request.user, proposal, now=request.state.now, by_pin=by_pin)
    draw = fragment if request.query_params.get("isi") == "1" else page
    template = "gawe_pemantauan/_watch.html" if draw is fragment else "gawe_pemantauan/watch.html"
    return draw(request, template, seen=seen, proposal=proposal, program=proposal.program, by_pin=by_pin, tab="pantau", headers={"Cache-Control": "no-store"})


routes = [
    Route("/", index, name="pemantauan:index"),
    Route("/ikuti", follow, methods=["POST"], name="pemantauan:follow"),
    Route("/program/{id:int}", program, name="pemantauan:program"),
    Route("/program/{id:int}/ajukan", ask, methods=["GET", "POST"], name="pemantauan:ask"),
    Route("/terkirim", sent, name="pemantauan:sent"),
    Route("/saya", mine, name="pemantauan:mine"),
    Route("/saya/{id:int}", berkas, name="pemantauan:berkas"),
    Route("/lembaga/baru", body, methods=["GET", "POST"], name="pemantauan:body.new"),
    Route("/lembaga/{id:int}", body, methods=["GET", "POST"], name="pemantauan:body"),
    Route("/layanan", services, name="pemantauan:services"),
    Route("/pantau", find, methods=["GET", "POST"], name="pemantauan:find"),
    Route("/pantau/{nomor}", watch, name="pemantauan:watch"),
    Route("/pantau/{nomor}/stream", watching.stream, name="pemantauan:stream"),
    *open_routes,
]
