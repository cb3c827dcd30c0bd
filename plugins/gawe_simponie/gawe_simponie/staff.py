"""Officers' pages: the list, the board, one application, inspection in the field, the levy, supervision."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Select, select
from starlette.routing import Route

from pendopo import NotFound, PermissionRefused, _
from pendopo.http import flash, page, path_int, redirect, url
from pendopo.kit.berkas import Berkas, berkas_context, get_berkas, read_register
from pendopo.kit.documents import needs_passphrase
from pendopo.kit.forms import form_from_schema, looking
from pendopo.kit.listing import Asked, matches, turn

from . import board, decisions, inspections, levies, shown, supervision
from .admin import routes as admin_routes
from .forms import FindingForm, SupervisionForm, VisitForm
from .kind import CHECK, READ, STATE, STATES, TECH
from .models import Izin, Permohonan
from .permits import STATUSES
from .routes import detail


def index(request):
    """Applications of one's offices, found by state, type, number or name."""
    db, asked, scope = request.state.db, Asked(request.query_params), board.require_reader(request.user)
    found = turn(db, _wanted(asked, scope), asked.page, Berkas.is_open.desc(), Berkas.due_at.is_(None), Berkas.due_at, Permohonan.berkas_id.desc())
    names = board.office_names(db)
    return page(
        request,
        "gawe_simponie/kerja/index.html",
        rows=[(row, STATE[row.berkas.state], names.get(row.berkas.opd_id or 0, "")) for row in found.rows],
        total=found.total,
        number=found.number,
        pages=found.pages,
        states=STATES,
        state=asked.one_of("status", STATE),
        text=asked.text(),
        kinds=list(db.scalars(select(Permohonan.kode).distinct().order_by(Permohonan.kode))),
        kode=asked.text("jenis", 20),
        everything=asked.is_ticked("semua"),
        tab="permohonan",
    )


def _wanted(asked: Asked, scope: frozenset[int] | None) -> Select[tuple[Permohonan]]:
    query = select(Permohonan).join(Permohonan.berkas)
    if scope is not None:
        query = query.where(Berkas.opd_id.in_(scope))
    if state := asked.one_of("status", STATE):
        query = query.where(Berkas.state == state)
    elif not asked.is_ticked("semua"):
        query = query.where(Berkas.is_open)
    if kode := asked.text("jenis", 20):
        query = query.where(Permohonan.kode == kode)
    number = read_register(asked.text())
    return query.where(Berkas.register == number if number else matches(asked.text(), Permohonan.applicant_name))


def board_page(request):
    """The board: what is late, where it lies and why."""
    db, now = request.state.db, request.state.now
    rows = board.running(db, request.user, now=now)
    office = request.query_params.get("di", "")[:60]
    return page(
        request,
        "gawe_simponie/kerja/board.html",
        rows=[late for late in rows if not office or late.office == office],
        waiting=decisions.waiting_signatures(db, request.user),
        asks_passphrase=needs_passphrase(),
        loads=board.loads(rows),
        counts=board.counts(db, now=now),
        office=office,
        late_only=request.query_params.get("lewat") == "1",
        tab="papan",
    )


def _application(request: Any) -> tuple[Berkas, Permohonan]:
    berkas = get_berkas(request.state.db, request.user, path_int(request))
    row = request.state.db.get(Permohonan, berkas.id)
    if row is None:
        raise NotFound()
    return berkas, row


def show(request):
    """One application as its officers see it."""
    berkas, row = _application(request)
    db, actor = request.state.db, request.user
    return page(
        request,
        "gawe_simponie/kerja/show.html",
        **berkas_context(request, berkas, staff=True),
        **detail(request, row),
        visits=inspections.visits_of(db, berkas.id),
        fee=_fee(row),
        differences=levies.differences(row),
        may_measure=_may_measure(actor, berkas, row),
        may_visit=_may_visit(actor, berkas),
        old=db.get(Izin, row.izin_id) if row.izin_id else None,
    )


def _fee(row: Permohonan) -> Any:
    from pendopo import InvalidInput

    if row.type.fee_rule is None:
        return None
    try:
        return levies.fee_of(row)
    except InvalidInput:
        return None  # a figure is missing: the measuring page asks for it


def _may_measure(actor: Any, berkas: Berkas, row: Permohonan) -> bool:
    return bool(row.type.fee_rule) and row.bill_id is None and berkas.is_open and (actor.can(TECH, berkas.opd_id) or actor.can(CHECK, berkas.opd_id))


def _may_visit(actor: Any, berkas: Berkas) -> bool:
    return berkas.state == "peninjauan_lapangan" and actor.can(TECH, berkas.opd_id)


def measure(request):
    """The figures of the levy as an officer found them, with the computation."""
    berkas, row = _application(request)
    if not _may_measure(request.user, berkas, row):
        raise PermissionRefused()
    schema = row.type.fee_schema
    form = form_from_schema(schema)(request, prefill=shown.as_typed(schema, row.values)) if schema["properties"] else None
    if form is not None and form.submitted and form.validate():
        with form.refusals():
            levies.measure(request.state.db, request.user, berkas.id, dict(form.data))
            flash(request, _("Ukuran tersimpan; retribusi dihitung kembali."))
            return redirect(url("simponie:kerja.berkas", id=berkas.id))
    status = form.status if form is not None else 200
    return page(
        request,
        "gawe_simponie/kerja/measure.html",
        berkas=berkas,
        row=row,
        permit=row.type,
        form=form,
        status=status,
        fee=_fee(row),
        differences=levies.differences(row),
        tab="permohonan",
    )


def visit(request):
    """The BAP of an inspection. A draft is kept in the browser while there is no line; without JavaScript it is a plain form."""
    berkas, row = _application(request)
    if not _may_visit(request.user, berkas):
        known = request.method == "POST" and request.user.can(TECH)
        if not known:
            raise PermissionRefused()
    names = ", ".join(dict.fromkeys([request.user.name]))
    form = VisitForm(request, prefill={"client_key": secrets.token_urlsafe(16), "team": names, "inspected_at": request.state.now})
    if form.submitted and form.validate():
        with form.refusals():
            lat, lon = form.posisi.data or (None, None)
            key = (form.client_key.data or "")[:40] or secrets.token_urlsafe(16)
            found = inspections.Visit(
                key,
                form.inspected_at.data,
                form.result.data,
                form.findings.data,
                form.team.data,
                form.witness.data or "",
                lat,
                lon,
                form.accuracy,
                form.photos.data,
            )
            inspections.record_visit(request.state.db, request.user, berkas.id, found, now=request.state.now)
            flash(request, _("Berita acara tersimpan."))
            return redirect(url("simponie:kerja.berkas", id=berkas.id))
    return page(
        request,
        "gawe_simponie/kerja/visit.html",
        berkas=berkas,
        row=row,
        permit=row.type,
        answers=row.type.labels(row.values),
        form=form,
        status=form.status,
        tab="permohonan",
    )


# ------------------------------------------------------------------------------------------------------------ permits


def permit_list(request):
    """Issued permits, with their supervision."""
    db, actor = request.state.db, request.user
    actor.require(READ)
    asked = Asked(request.query_params)
    query = select(Izin).where(matches(asked.text(), Izin.number, Izin.holder_name))
    found = turn(db, query, asked.page, Izin.issued_on.desc(), Izin.id.desc())
    day = shown.today(db, request.state.now)
    return page(
        request,
        "gawe_simponie/kerja/permits.html",
        rows=[(row, *STATUSES[row.shown_status(day)]) for row in found.rows],
        total=found.total,
        number=found.number,
        pages=found.pages,
        text=asked.text(),
        planned=supervision.planned(db),
        today=day,
        tab="izin",
    )


def permit(request):
    """One permit with its visits of supervision."""
    return _permit_page(request)


def _permit_page(request: Any, **forms: Any) -> Any:
    db, actor = request.state.db, request.user
    actor.require(READ)
    row = db.get(Izin, path_int(request))
    if row is None:
        raise NotFound()
    day = shown.today(db, request.state.now)
    context = {
        "plan_form": SupervisionForm(looking(request), prefix="rencana-"),
        "finding_form": FindingForm(looking(request), prefix="temuan-"),
        **forms,
    }
    wrong = next((form for form in forms.values() if form.all_errors), None)
    return page(
        request,
        "gawe_simponie/kerja/permit.html",
        izin=row,
        status_words=STATUSES[row.shown_status(day)],
        visits=supervision.of_permit(db, row.id),
        may=actor.can(supervision.SUPERVISE),
        may_open=actor.can(READ, db.get_one(Berkas, row.berkas_id).opd_id),
        status=wrong.status if wrong else 200,
        tab="izin",
        sanctions=dict(FindingForm.SANCTIONS),
        **context,
    )


def plan(request):
    form = SupervisionForm(request, prefix="rencana-")
    if form.validate():
        with form.refusals():
            supervision.plan(request.state.db, request.user, path_int(request), form.planned_on.data, now=request.state.now)
            flash(request, _("Pengawasan dijadwalkan."))
            return redirect(url("simponie:kerja.permit", id=path_int(request)))
    return _permit_page(request, plan_form=form)


def finding(request):
    db = request.state.db
    form = FindingForm(request, prefix="temuan-")
    row = supervision.get(db, request.user, path_int(request, "pengawasan"))
    if form.validate():
        with form.refusals():
            supervision.finish(db, request.user, row.id, form.finding.data, form.sanction.data or "", now=request.state.now)
            flash(request, _("Hasil pengawasan tersimpan."))
            return redirect(url("simponie:kerja.permit", id=row.izin_id))
    return _permit_page(request, finding_form=form)


staff_routes = [
    Route("/", index, name="simponie:kerja.index"),
    Route("/papan", board_page, name="simponie:kerja.board"),
    Route("/{id:int}", show, name="simponie:kerja.berkas"),
    Route("/{id:int}/retribusi", measure, methods=["GET", "POST"], name="simponie:kerja.measure"),
    Route("/{id:int}/lapangan", visit, methods=["GET", "POST"], name="simponie:kerja.visit"),
    Route("/izin", permit_list, name="simponie:kerja.permits"),
    Route("/izin/{id:int}", permit, name="simponie:kerja.permit"),
    Route("/izin/{id:int}/pengawasan", plan, methods=["POST"], name="simponie:kerja.supervision"),
    Route("/izin/{id:int}/pengawasan/{pengawasan:int}", finding, methods=["POST"], name="simponie:kerja.finding"),
    *admin_routes,
]
