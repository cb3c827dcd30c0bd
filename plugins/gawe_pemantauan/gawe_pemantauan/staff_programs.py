"""Pages about programmes for offices: budgets, ranking, many at once, decrees."""

from __future__ import annotations

from sqlalchemy import select
from starlette.routing import Route

from pendopo import NotFound, _
from pendopo.http import flash, form_of, page, path_int, redirect, url
from pendopo.identity import Opd
from pendopo.kit.forms import looking

from . import issued, listing, opening, programs, work
from .forms import DecreeForm, NewsForm, PauseForm, ProgramForm
from .models import Proposal
from .proposals import may_see
from .rules import JENIS, PAPERS, affordable
from .shown import all_programs, shown
from .stages import DECIDE, PROGRAM, STATE, SURVEY, TAPD

BULK = {"ke_tapd": SURVEY, "masukkan_anggaran": TAPD}


def program_list(request):
    """Programmes with their budgets, for those who read proposals."""
    db, actor = request.state.db, request.user
    if not actor.can(PROGRAM):
        listing.require_reader(actor)
    rows = [(one, programs.is_open(one, request.state.now)) for one in all_programs(db)]
    return page(request, "gawe_pemantauan/kerja/programs.html", tab="program", rows=rows, jenis=JENIS)


def program_form(request):
    """A programme, new or changed."""
    db, actor = request.state.db, request.user
    actor.require(PROGRAM)
    row = programs.get_program(db, path_int(request), published=False) if "id" in request.path_params else None
    form = ProgramForm(request, prefill=_program_values(row, request.state.now))
    form.opd.choices = [(opd.id, opd.name) for opd in db.scalars(select(Opd).where(Opd.kind != "kecamatan").order_by(Opd.name))]
    if form.submitted and form.validate():
        with form.refusals():
            new = programs.NewProgram(
                form.title.data,
                form.jenis.data,
                form.summary.data,
                form.proposal_year.data,
                form.paid_year.data,
                form.opd.data,
                form.pagu.data,
                form.opens_on.data,
                form.closes_on.data,
                form.plafon.data,
                tuple(form.papers.data or ()),
            )
            saved = programs.change_program(db, actor, row.id, new) if row else programs.create_program(db, actor, new, now=request.state.now)
            flash(request, _("Program tersimpan."))
            return redirect(url("pemantauan:kerja.program", id=saved.id))
    return page(request, "gawe_pemantauan/kerja/program_form.html", form=form, program=row, status=form.status, tab="program")


def _program_values(row, now):
    if row is None:
        return {"proposal_year": now.year, "paid_year": now.year + 1}
    names = ("title", "jenis", "summary", "proposal_year", "paid_year", "opens_on", "closes_on", "pagu", "plafon", "papers")
    return {**{name: getattr(row, name) for name in names}, "opd": row.opd_id}


def program_page(request):
    """One programme: budget bar, ranking, and what may be done with many at once."""
    return page(request, "gawe_pemantauan/kerja/program.html", **_program(request))


def _program(request, **forms):
    db, actor, now = request.state.db, request.user, request.state.now
    if not actor.can(PROGRAM):
        listing.require_reader(actor)
    row = programs.get_program(db, path_int(request), published=False)
    ranked = [one for one in listing.ranking(db, row.id) if may_see(actor, one)]
    quiet = looking(request)
    decrees = issued.decrees_of(db, row.id)
    return {
        "program": row,
        "jenis": JENIS,
        "papers": PAPERS,
        "tab": "program",
        "ranked": [shown(db, one, now) for one in ranked],
        "is_open": programs.is_open(row, now),
        "fit": affordable([one.value for one in ranked], row.left),
        "ranked_sum": sum(one.value for one in ranked),
        "opd": programs.office_name(db, row),
        "pause_form": PauseForm(quiet, prefix="jeda-"),
        "decree_form": DecreeForm(quiet, prefix="sk-"),
        "news_form": NewsForm(quiet, prefix="kabar-"),
        "decrees": decrees,
        "state_of": STATE,
        "may": {"program": actor.can(PROGRAM), "decide": actor.can(DECIDE), "bulk": {step: actor.can(permission) for step, permission in BULK.items()}},
        **forms,
    }


def _program_back(program_id):
    return redirect(url("pemantauan:kerja.program", id=program_id))


def publish(request):
    programs.publish_program(request.state.db, request.user, path_int(request))
    opening.announce(request.state.db, now=request.state.now)
    flash(request, _("Program terbit. Warga dapat melihatnya."))
    return _program_back(path_int(request))


def pause(request):
    form = PauseForm(request, prefix="jeda-")
    if form.validate():
        with form.refusals():
            programs.pause_program(request.state.db, request.user, path_int(request), form.reason.data, now=request.state.now)
            flash(request, _("Penerimaan usulan dihentikan sementara."))
            return _program_back(path_int(request))
    return page(request, "gawe_pemantauan/kerja/program.html", status=form.status, **_program(request, pause_form=form))


def resume(request):
    programs.resume_program(request.state.db, request.user, path_int(request))
    opening.announce(request.state.db, now=request.state.now)
    flash(request, _("Penerimaan usulan dibuka lagi."))
    return _program_back(path_int(request))


def _chosen(request):
    return [int(value) for value in form_of(request).getlist("id") if str(value).isascii() and str(value).isdigit() and len(str(value)) < 10]


def _tell_many(request, result):
    if result.done:
        flash(request, _("%(n)s proposal diteruskan.") % {"n": len(result.done)})
    for register, why in result.refused[:10]:
        flash(request, f"{register}: {why}", "warn")
    if not result.done and not result.refused:
        flash(request, _("Pilih dahulu proposalnya."), "warn")


def bulk(request):
    """A step for many proposals of the ranking."""
    step = str(form_of(request).get("langkah", ""))
    if step not in BULK:
        raise NotFound()
    request.user.require(BULK[step])
    _tell_many(request, work.move_many(request.state.db, request.user, _chosen(request), step, now=request.state.now))
    return _program_back(path_int(request))


def decree(request):
    """One SK Bupati for the chosen proposals; whoever no longer fits into the budget stays."""
    db, actor, now = request.state.db, request.user, request.state.now
    actor.require(DECIDE)
    form = DecreeForm(request, prefix="sk-")
    if form.validate():
        with form.refusals():
            rows = {one: db.get(Proposal, one) for one in _chosen(request)}
            values = {one: row.value for one, row in rows.items() if row is not None and row.program_id == path_int(request)}
            result = work.determine(db, actor, values, sk_number=form.sk_number.data, sk_date=form.sk_date.data, dpa=form.dpa.data or "", now=now)
            _tell_many(request, result)
            return _program_back(path_int(request))
    return page(request, "gawe_pemantauan/kerja/program.html", status=form.status, **_program(request, decree_form=form))


def news(request):
    """One word to the applicants of the chosen proposals."""
    form = NewsForm(request, prefix="kabar-")
    if form.validate():
        told = work.tell_many(request.state.db, request.user, _chosen(request), form.text.data, now=request.state.now)
        flash(request, _("Kabar terkirim kepada %(n)s pemohon.") % {"n": told})
        return _program_back(path_int(request))
    return page(request, "gawe_pemantauan/kerja/program.html", status=form.status, **_program(request, news_form=form))


def annex(request):
    """The list of recipients of a decree, to the desk of the Bupati."""
    document = issued.decree_annex(request.state.db, request.user, path_int(request, "sk"), now=request.state.now)
    flash(request, _("Lampiran %(number)s menunggu di meja tanda tangan.") % {"number": document.number})
    return _program_back(path_int(request))


program_routes = [
    Route("/program", program_list, name="pemantauan:kerja.programs"),
    Route("/program/baru", program_form, methods=["GET", "POST"], name="pemantauan:kerja.program.new"),
    Route("/program/{id:int}", program_page, name="pemantauan:kerja.program"),
    Route("/program/{id:int}/ubah", program_form, methods=["GET", "POST"], name="pemantauan:kerja.program.edit"),
    Route("/program/{id:int}/terbit", publish, methods=["POST"], name="pemantauan:kerja.program.publish"),
    Route("/program/{id:int}/jeda", pause, methods=["POST"], name="pemantauan:kerja.program.pause"),
    Route("/program/{id:int}/lanjut", resume, methods=["POST"], name="pemantauan:kerja.program.resume"),
    Route("/program/{id:int}/langkah", bulk, methods=["POST"], name="pemantauan:kerja.bulk"),
    Route("/program/{id:int}/kabar", news, methods=["POST"], name="pemantauan:kerja.news"),
    Route("/program/{id:int}/penetapan", decree, methods=["POST"], name="pemantauan:kerja.decree"),
    Route("/program/{id:int}/penetapan/{sk:int}/lampiran", annex, methods=["POST"], name="pemantauan:kerja.annex"),
]
