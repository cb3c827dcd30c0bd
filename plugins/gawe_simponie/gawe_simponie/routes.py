"""Citizens' pages: the catalogue, guidance, the simulators, one application, one's permits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.routing import Route

from pendopo import InvalidInput, NotFound, _
from pendopo.http import flash, page, path_int, redirect, url
from pendopo.identity import Actor
from pendopo.kit.appointments import counters_for
from pendopo.kit.berkas import berkas_context, get_berkas
from pendopo.kit.documents import documents_of
from pendopo.kit.forms import Step, Wizard, form_from_schema, plain_values
from pendopo.kit.listing import Asked
from pendopo.kit.payments import bill_for
from pendopo.kit.profile import known, remember
from pendopo.kit.requirements import papers_of, requirements_form

from . import applications, board, calendars, catalogue, levies, national, permits, risk, shown
from .forms import ApplicantForm, DeclarationForm, PlaceForm, RepairNoteForm, RiskForm
from .kind import STATE
from .models import Izin, Jenis, Permohonan
from .public import routes as public_routes
from .rules import RISKS, SCALES

MOST_NEEDS = 12
COUNTERS = "simponie"  # the service of counters where permits are talked about


def index(request):
    """The catalogue: first what people want to do, then everything that may be asked for, found by one's own words."""
    db, asked = request.state.db, Asked(request.query_params)
    types, text = catalogue.published(db), asked.text()
    sectors = dict.fromkeys(row.sektor for row in types)
    sector = asked.one_of("sektor", sectors)
    found = [row for row in catalogue.search(types, text) if not sector or row.sektor == sector]
    wanted = catalogue.most_asked(db, found, now=request.state.now) if not text else found
    titles = {row.sektor: row.type.said(row.sektor) for row in types}
    return page(
        request,
        "gawe_simponie/index.html",
        rows=found,
        needs=catalogue.needs_of(wanted, 1 if not (text or sector) else 3)[:MOST_NEEDS],
        sectors=sorted(titles.items(), key=lambda pair: pair[1]),
        sector=sector,
        sector_title=titles.get(sector, ""),
        text=text,
        total=len(found),
        examples=any(row.data.get("contoh") for row in found),
        tab="layanan",
        months=shown.figures(db, now=request.state.now),
    )


def guidance(request):
    """What do I need? Needs in plain words, each leading to its service; for a business also to its risk."""
    text = Asked(request.query_params).text()
    types = catalogue.search(catalogue.published(request.state.db), text)
    return page(request, "gawe_simponie/guidance.html", text=text, needs=catalogue.needs_of(types), tab="panduan")


def service(request):
    """One permit: in plain words first, then the fourteen components of its standard."""
    db = request.state.db
    jenis = catalogue.find_type(db, request.path_params["kode"])
    return page(
        request,
        "gawe_simponie/service.html",
        jenis=jenis,
        permit=jenis.type,
        standard=list(jenis.type.standard()),
        spent=board.usual_days(db, jenis.kode, now=request.state.now),
        counters=counters_for(db, COUNTERS),
        tab="layanan",
    )


def risk_page(request):
    """The risk of a business and what it therefore needs."""
    db = request.state.db
    form = RiskForm(request)
    answer = None
    if form.submitted and form.validate():
        with form.refusals():
            answer = risk.assess(db, form.kbli.data, form.scale.data, form.area.data, builds=form.builds.data)
    return page(
        request,
        "gawe_simponie/risk.html",
        form=form,
        status=form.status,
        answer=answer,
        version=risk.active_version(db),
        risks=RISKS,
        scales=SCALES,
        known=risk.find_kbli(db, request.query_params.get("q", "")[:60] or "", 50),
        text=request.query_params.get("q", "")[:60],
        tab="risiko",
    )


def simulate(request):
    """What would it cost? Every step of the computation, before applying."""
    db = request.state.db
    jenis = catalogue.find_type(db, request.path_params["kode"])
    permit = jenis.type
    if permit.fee_rule is None:
        raise NotFound()
    if not permit.fee_schema["properties"]:
        return page(request, "gawe_simponie/simulate.html", jenis=jenis, permit=permit, form=None, fee=levies.estimate(permit, {}), tab="layanan")
    form = form_from_schema(permit.fee_schema)(request)
    fee = None
    if form.submitted and form.validate():
        with form.refusals():
            fee = levies.estimate(permit, dict(form.data))
    return page(request, "gawe_simponie/simulate.html", jenis=jenis, permit=permit, form=form, status=form.status, fee=fee, tab="layanan")


# ------------------------------------------------------------------------------------------------------------- applying


def _steps(jenis: Jenis, purpose: str) -> tuple[Step, ...]:
    permit = jenis.type
    whole = purpose != "pencabutan"
    steps = [Step("pemohon", _("Pemohon"), ApplicantForm)]
    if whole:
        steps.append(Step("isian", _("Isian"), lambda values: form_from_schema(permit.form_schema)))
        if permit.location != "tidak":
            steps.append(Step("lokasi", _("Lokasi"), PlaceForm))
        if permit.data["syarat"]:
            steps.append(Step("syarat", _("Persyaratan"), lambda values: requirements_form(applications.requirements_of(permit, values), values)))
    steps.append(Step("kirim", _("Periksa dan kirim"), DeclarationForm))
    return tuple(steps)


def apply(request):
    """The application in steps, kept after each one."""
    request.user.require_signed_in()
    jenis = catalogue.find_type(request.state.db, request.path_params["kode"])
    return _apply(request, jenis, "baru", None)


def apply_for_permit(request):
    """Renewal, change or ending of a permit that somebody holds."""
    db = request.state.db
    izin = permits.own_permit(db, request.user, path_int(request))
    purpose = request.path_params["tujuan"]
    jenis = permits.current_type(db, izin)
    if purpose not in permits.PURPOSES or purpose == "baru" or jenis is None:
        raise NotFound()
    return _apply(request, jenis, purpose, izin)


def _apply(request, jenis: Jenis, purpose: str, izin: Izin | None):
    db, actor, now = request.state.db, request.user, request.state.now
    permit = jenis.type
    if not permit.has_form:
        raise NotFound()
    wizard = Wizard(
        request,
        f"simponie.{jenis.kode}.{jenis.versi}.{purpose}.{izin.id if izin else 0}",
        _steps(jenis, purpose),
        prefill=_prefill(db, actor, izin),
        title=f"{permit.name} ({_(permits.PURPOSES[purpose])})" if izin else permit.name,
    )
    context = {"jenis": jenis, "permit": permit, "purpose": _(permits.PURPOSES[purpose]), "izin": izin, "summary": _summary(jenis, wizard), "tab": "layanan"}
    answer = wizard.answer("gawe_simponie/apply.html", **context)
    if answer is not None:
        return answer
    with wizard.form.refusals():
        row = applications.receive_application(db, actor, _application(jenis, purpose, izin, wizard.values), now=now)
        remember(db, actor, {name: wizard.values[name] for name in ("nama", "alamat", "hp")}, now=now)
        flash(request, _("Permohonan terkirim dengan nomor %(register)s.") % {"register": row.berkas.register})
        return wizard.finish(url("simponie:berkas", id=row.berkas_id))
    return page(request, "gawe_simponie/apply.html", wizard=wizard, form=wizard.form, status=wizard.form.status, **context)


def _prefill(db: Any, actor: Actor, izin: Izin | None) -> dict[str, Any]:
    """What the portal knows of the person; for a permit that is renewed also what was said then."""
    facts = known(db, actor.citizen_id)
    row = db.get(Permohonan, izin.berkas_id) if izin else None
    if row is None:
        return facts
    return {
        **facts,
        **shown.as_typed(row.type.form_schema, row.values),
        "nama": row.applicant_name,
        "alamat": row.applicant_address or facts.get("alamat", ""),
        "titik": (row.lat, row.lon) if row.lat is not None else None,
        "desa_lokasi": row.berkas.desa_code,
        "alamat_lokasi": row.address,
    }


def _application(jenis: Jenis, purpose: str, izin: Izin | None, values: Any) -> applications.Application:
    lat, lon = values["titik"] or (None, None)
    return applications.Application(
        jenis,
        values["nama"],
        {name: values[name] for name in jenis.type.form_schema["properties"]},
        {paper["kode"]: values[paper["kode"]] or [] for paper in jenis.data["syarat"]},
        values["alamat"],
        values["hp"],
        purpose,
        izin,
        lat,
        lon,
        values["alamat_lokasi"] or "",
        values["desa_lokasi"] or "",
    )


def _summary(jenis: Jenis, wizard: Wizard) -> dict[str, Any] | None:
    """On the last step: everything that was said, the papers and the fee."""
    if wizard.step.slug != "kirim":
        return None
    values = wizard.values
    kept = plain_values(jenis.type.form_schema, values)
    try:
        fee = levies.estimate(jenis.type, values) if jenis.type.fee_rule and kept else None
    except InvalidInput:
        fee = None  # figures of an earlier step are wrong: that step says it
    return {"applicant": values, "answers": jenis.type.labels(kept), "papers": [(p["nama"], values[p["kode"]] or []) for p in jenis.data["syarat"]], "fee": fee}


# -------------------------------------------------------------------------------------------------------------- my own


def mine(request):
    """My applications, permits, and cases at the national systems."""
    account_id = request.user.citizen_id if request.user.is_signed_in else request.user.require_signed_in()
    db = request.state.db
    return page(
        request,
        "gawe_simponie/mine.html",
        rows=shown.own_applications(db, account_id),
        held=shown.held(db, account_id, now=request.state.now),
        cases=national.followed(db, account_id),
        statuses=national.STATUSES,
        channels=national.CHANNELS,
        states=STATE,
        status_words=permits.STATUSES,
        tab="saya",
        topic=f"berkas-saya:{account_id}",
        feed=calendars.address_of(db, account_id),
    )


def own(request):
    """One application: where it lies, what it costs, its papers, what may be done."""
    db = request.state.db
    berkas = get_berkas(db, request.user, path_int(request))
    row = db.get(Permohonan, berkas.id)
    if row is None:
        raise NotFound()
    return page(request, "gawe_simponie/own.html", **berkas_context(request, berkas, staff=False), **detail(request, row))


def detail(request, row: Permohonan) -> dict[str, Any]:
    """What the citizen's and the officer's page of an application both show."""
    db = request.state.db
    reqs = applications.requirements_of(row.type, row.data)
    papers = papers_of(db, reqs, applications.OWNER, row.berkas_id)
    return {
        "row": row,
        "permit": row.type,
        "purpose": _(permits.PURPOSES[row.tujuan]),
        "answers": row.type.labels(row.values),
        "papers": [(one.title, papers.get(one.slug, [])) for one in reqs],
        "documents": [paper for paper in documents_of(db, berkas_id=row.berkas_id) if shown.may_read_paper(paper, request.user, row)],
        "bill": bill_for(db, levies.LEVY, row.berkas_id),
        "counters": counters_for(db, COUNTERS),
        "appointments": shown.appointments_of(db, row.berkas_id),
        "spent": board.days_spent(db, row.berkas_id, now=request.state.now),
        "izin": shown.permit_of(db, row.berkas_id),
        "izin_status": permits.STATUSES,
        "today": shown.today(db, request.state.now),
    }


def repair(request):
    """Correct answers and papers after an officer asked for it."""
    db, actor = request.state.db, request.user
    berkas = get_berkas(db, actor, path_int(request))
    row = db.get(Permohonan, berkas.id)
    if row is None or berkas.applicant_id != actor.citizen_id or berkas.state != "perbaikan":
        raise NotFound()
    permit = row.type
    reqs = applications.requirements_of(permit, row.data)
    loose = [replace(one, need="optional") for one in reqs]  # what was sent once need not be sent again
    base = form_from_schema(permit.form_schema, RepairNoteForm)
    form = requirements_form(loose, row.data, base)(request, prefill=shown.as_typed(permit.form_schema, row.data))
    if form.submitted and form.validate():
        with form.refusals():
            papers = {one.slug: form[one.slug].data for one in loose if one.slug in form}
            applications.repair(db, actor, berkas.id, dict(form.data), papers, form.catatan.data, now=request.state.now)
            flash(request, _("Perbaikan terkirim; waktu layanan berjalan lagi."))
            return redirect(url("simponie:berkas", id=berkas.id))
    asked = shown.last_note(db, berkas.id, "perbaikan")
    return page(
        request,
        "gawe_simponie/repair.html",
        row=row,
        permit=permit,
        form=form,
        status=form.status,
        asked=asked,
        have=papers_of(db, reqs, applications.OWNER, row.berkas_id),
        tab="saya",
    )


routes = [
    Route("/", index, name="simponie:index"),
    Route("/panduan", guidance, name="simponie:guidance"),
    Route("/risiko", risk_page, methods=["GET", "POST"], name="simponie:risk"),
    Route("/layanan/{kode}", service, name="simponie:service"),
    Route("/layanan/{kode}/simulasi", simulate, methods=["GET", "POST"], name="simponie:simulate"),
    Route("/layanan/{kode}/ajukan", apply, methods=["GET", "POST"], name="simponie:apply"),
    Route("/saya", mine, name="simponie:mine"),
    Route("/saya/{id:int}", own, name="simponie:berkas"),
    Route("/saya/{id:int}/perbaikan", repair, methods=["GET", "POST"], name="simponie:repair"),
    Route("/saya/izin/{id:int}/{tujuan}", apply_for_permit, methods=["GET", "POST"], name="simponie:permit.apply"),
    *public_routes,
]
