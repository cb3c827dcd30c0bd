"""What Inspektorat sees: flags, budgets against sums, untouched trails. It reads everything and changes nothing."""

from __future__ import annotations

from sqlalchemy import func, select
from starlette.routing import Route

from pendopo import _
from pendopo.http import page, path_int
from pendopo.identity import record
from pendopo.kit.berkas import Berkas, verify_timeline
from pendopo.kit.listing import Asked, turn
from pendopo.kit.opendata import csv_response
from pendopo.kit.places import place_name

from . import programs
from .models import Lpj, Program, Proposal, Tanda
from .rules import FLAGS, JENIS
from .stages import AUDIT, STATE

PER_PAGE = 50
HEADER = (
    "nomor",
    "program",
    "jenis",
    "tahun_cair",
    "penerima",
    "desa",
    "keadaan",
    "diminta",
    "direkomendasikan",
    "tapd",
    "ditetapkan",
    "sk",
    "dicairkan",
    "realisasi",
    "sisa",
    "disetor",
    "sts",
    "tanda_terbuka",
)


def overview(request):
    """Budgets beside what their proposals add up to, and every flag with who cleared it and why."""
    db = request.state.db
    request.user.require(AUDIT)
    asked = Asked(request.query_params)
    kind, open_only = asked.one_of("tanda", FLAGS), asked.is_ticked("terbuka")
    query = select(Tanda, Proposal).join(Proposal, Proposal.berkas_id == Tanda.berkas_id)
    if kind:
        query = query.where(Tanda.kind == kind)
    if open_only:
        query = query.where(Tanda.cleared_at.is_(None))
    found = turn(db, query, asked.page, Tanda.raised_at.desc(), Tanda.id.desc(), per_page=PER_PAGE)
    wrong = {row[0]: row[2] for row in programs.budget_error(db)}
    return page(
        request,
        "gawe_pemantauan/kerja/audit.html",
        tab="pengawasan",
        flag_words=FLAGS,
        found=found,
        kind=kind,
        open_only=open_only,
        counts=_counts(db),
        jenis=JENIS,
        wrong=wrong,
        programs=list(db.scalars(select(Program).order_by(Program.paid_year.desc(), Program.title))),
        late=_late(db),
    )


def _counts(db):
    return dict(db.execute(select(Tanda.kind, func.count()).where(Tanda.cleared_at.is_(None)).group_by(Tanda.kind)).all())


def _late(db):
    query = select(Proposal).join(Proposal.berkas).where(Berkas.state == "terlambat_lpj").order_by(Proposal.lpj_due_on)
    return list(db.scalars(query.limit(50)).unique())


def trails(request):
    """Are the timelines of a programme as they were written, line by line?"""
    db = request.state.db
    request.user.require(AUDIT)
    program = programs.get_program(db, path_int(request), published=False)
    ids = list(db.scalars(select(Proposal.berkas_id).where(Proposal.program_id == program.id)))
    broken = [berkas_id for berkas_id in ids if not verify_timeline(db, berkas_id)]
    registers = list(db.scalars(select(Berkas.register).where(Berkas.id.in_(broken)))) if broken else []
    return page(request, "gawe_pemantauan/kerja/trails.html", tab="pengawasan", program=program, count=len(ids), broken=registers)


def everything(request):
    """All proposals as a table; who took it stands in the audit trail. Persons without their numbers."""
    db = request.state.db
    request.user.require(AUDIT)
    flags = select(Tanda.berkas_id, func.count().label("n")).where(Tanda.cleared_at.is_(None)).group_by(Tanda.berkas_id).subquery()
    query = select(Proposal, Lpj, flags.c.n).outerjoin(Lpj, Lpj.berkas_id == Proposal.berkas_id).outerjoin(flags, flags.c.berkas_id == Proposal.berkas_id)
    rows = db.execute(query.order_by(Proposal.berkas_id)).unique().all()
    record(db, request.user, "pemantauan.exported", "pemantauan:proposal", {"rows": len(rows)})
    return csv_response("pengawasan-bantuan", HEADER, [_line(proposal, lpj, count) for proposal, lpj, count in rows])


def _line(proposal, lpj, count):
    program = proposal.program
    return (
        proposal.berkas.register,
        program.title,
        _(JENIS[program.jenis]),
        program.paid_year,
        proposal.who,
        place_name(proposal.berkas.desa_code),
        _(STATE[proposal.berkas.state].title),
        proposal.asked,
        proposal.recommended,
        proposal.considered,
        proposal.approved,
        proposal.penetapan.sk_number if proposal.penetapan else "",
        proposal.paid,
        lpj.realised if lpj else None,
        lpj.rest if lpj else None,
        lpj.returned if lpj else None,
        lpj.sts if lpj else "",
        count or 0,
    )


audit_routes = [
    Route("/pengawasan", overview, name="pemantauan:kerja.audit"),
    Route("/pengawasan/{id:int}/jejak", trails, name="pemantauan:kerja.trails"),
    Route("/pengawasan.csv", everything, methods=["POST"], name="pemantauan:kerja.audit.csv"),
]
