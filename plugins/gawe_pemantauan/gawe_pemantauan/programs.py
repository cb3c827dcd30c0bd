"""Programmes: windows, pauses, ceilings, and the budget that nobody overspends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound, live
from pendopo.db import insert_once
from pendopo.identity import Actor, Opd, record, regency_day

from .models import Penetapan, Program, Proposal
from .options import option
from .rules import JENIS, PAPERS, USUAL_PAPERS, capped, in_window, rupiah

MANAGE = "pemantauan.program"


class BudgetExceeded(Conflict):
    message = N_("Pagu program tidak cukup: tersisa %(left)s, diperlukan %(more)s.")


class WindowClosed(Conflict):
    message = N_("Masa usulan program ini %(opens)s sampai %(closes)s.")


class ProgramPaused(Conflict):
    message = N_("Penerimaan usulan program ini sedang dihentikan sementara: %(reason)s")


@dataclass
class NewProgram:
    """What a programme is made of, checked. `plafon` None: the usual ceiling of its kind."""

    title: str
    jenis: str
    summary: str
    proposal_year: int
    paid_year: int
    opd_id: int
    pagu: int
    opens_on: date
    closes_on: date
    plafon: int | None = None
    papers: tuple[str, ...] = ()


def get_program(db: Session, program_id: int, *, published: bool = True) -> Program:
    """Raises NotFound for an unknown programme, or one that is not published yet."""
    program = db.get(Program, program_id)
    if program is None or (published and not program.published):
        raise NotFound()
    return program


def _check(new: NewProgram) -> None:
    if new.jenis not in JENIS:
        raise InvalidInput(N_("Pilih jenis dari daftar."), field="jenis")
    if new.closes_on < new.opens_on:
        raise InvalidInput(N_("Tanggal tutup mendahului tanggal buka."), field="closes_on")
    if new.paid_year < new.proposal_year:
        raise InvalidInput(N_("Tahun pencairan mendahului tahun usulan."), field="paid_year")
    if unknown := [slug for slug in new.papers if slug not in PAPERS]:
        raise InvalidInput(N_("Persyaratan %(slug)s tidak dikenal."), field="papers", slug=unknown[0])


def usual_plafon(db: Session, jenis: str) -> int | None:
    """The ceiling of a kind as the operator set it; None where there is none."""
    name = {"hibah_uang": "plafon_uang", "hibah_barang": "plafon_barang"}.get(jenis)
    return int(option(db, name)) if name else None


def create_program(db: Session, actor: Actor, new: NewProgram, *, now: datetime) -> Program:
    """A programme, not yet published. Raises InvalidInput."""
    actor.require(MANAGE)
    _check(new)
    program = Program(
        title=new.title,
        summary=new.summary,
        jenis=new.jenis,
        proposal_year=new.proposal_year,
        paid_year=new.paid_year,
        opd_id=new.opd_id,
        pagu=new.pagu,
        approved=0,
        plafon=new.plafon if new.plafon is not None else usual_plafon(db, new.jenis),
        opens_on=new.opens_on,
        closes_on=new.closes_on,
        papers=list(new.papers or USUAL_PAPERS[new.jenis]),
        published=False,
        pause_reason="",
    )
    db.add(program)
    db.flush()
    record(db, actor, "pemantauan.program_created", f"program:{program.id}", {"pagu": new.pagu, "jenis": new.jenis})
    return program


def change_program(db: Session, actor: Actor, program_id: int, new: NewProgram) -> Program:
    """Change a programme. The kind stays once somebody proposed, and the budget never falls below what was determined."""
    actor.require(MANAGE)
    _check(new)
    program = get_program(db, program_id, published=False)
    if new.jenis != program.jenis and db.scalar(select(func.count()).select_from(Proposal).where(Proposal.program_id == program_id)):
        raise Conflict(N_("Jenis program tidak dapat diubah setelah ada usulan."), field="jenis")
    lowered = db.execute(
        update(Program).where(Program.id == program_id, Program.approved <= new.pagu).values(pagu=new.pagu).execution_options(synchronize_session=False)
    )
    if lowered.rowcount != 1:
        raise Conflict(N_("Pagu tidak boleh di bawah yang sudah ditetapkan."), field="pagu")
    before = {"pagu": program.pagu, "closes_on": program.closes_on, "plafon": program.plafon}
    db.refresh(program)
    for name in ("title", "summary", "jenis", "proposal_year", "paid_year", "opd_id", "opens_on", "closes_on"):
        setattr(program, name, getattr(new, name))
    program.plafon = new.plafon if new.plafon is not None else usual_plafon(db, new.jenis)
    program.papers = list(new.papers or USUAL_PAPERS[new.jenis])
    db.flush()
    record(db, actor, "pemantauan.program_changed", f"program:{program.id}", {"before": before, "pagu": new.pagu, "closes_on": new.closes_on})
    return program


def publish_program(db: Session, actor: Actor, program_id: int) -> Program:
    actor.require(MANAGE)
    program = get_program(db, program_id, published=False)
    program.published = True
    db.flush()
    record(db, actor, "pemantauan.program_published", f"program:{program.id}", {})
    live.publish(db, "public:pemantauan")
    return program


def pause_program(db: Session, actor: Actor, program_id: int, reason: str, *, now: datetime) -> Program:
    """Take no new proposals until it goes on. Those that are there go their way."""
    actor.require(MANAGE)
    program = get_program(db, program_id, published=False)
    if len(reason.strip()) < 5:
        raise InvalidInput(N_("Tuliskan alasannya; warga membacanya."), field="reason")
    program.paused_at, program.pause_reason = now, reason.strip()[:300]
    db.flush()
    record(db, actor, "pemantauan.program_paused", f"program:{program.id}", {"reason": program.pause_reason})
    live.publish(db, "public:pemantauan")
    return program


def resume_program(db: Session, actor: Actor, program_id: int) -> Program:
    actor.require(MANAGE)
    program = get_program(db, program_id, published=False)
    program.paused_at, program.pause_reason = None, ""
    db.flush()
    record(db, actor, "pemantauan.program_resumed", f"program:{program.id}", {})
    live.publish(db, "public:pemantauan")
    return program


# ------------------------------------------------------------------------------------------------------------- asking


def is_open(program: Program, now: datetime) -> bool:
    """May proposals be sent now?"""
    return program.published and program.paused_at is None and in_window(regency_day(now), program.opens_on, program.closes_on)


def require_open(program: Program, now: datetime) -> None:
    """Raises ProgramPaused or WindowClosed."""
    if program.paused_at is not None:
        raise ProgramPaused(reason=program.pause_reason)
    if not in_window(regency_day(now), program.opens_on, program.closes_on):
        raise WindowClosed(opens=program.opens_on.strftime("%d-%m-%Y"), closes=program.closes_on.strftime("%d-%m-%Y"))


def eligible_value(program: Program, asked: int) -> int:
    """What of `asked` the ceiling lets through."""
    return capped(asked, program.plafon)


def open_programs(db: Session, now: datetime) -> list[Program]:
    today = regency_day(now)
    query = select(Program).where(Program.published, Program.paused_at.is_(None), Program.opens_on <= today, Program.closes_on >= today)
    return list(db.scalars(query.where(Program.jenis != "bansos_tak_terencana").order_by(Program.closes_on, Program.id)))


def kecamatan_office(db: Session, desa_code: str | None) -> int | None:
    """The office of the kecamatan in which a desa lies."""
    return db.scalar(select(Opd.id).where(Opd.place_code == (desa_code or "")[:8], Opd.kind == "kecamatan")) if desa_code else None


def desa_office(db: Session, desa_code: str | None) -> int | None:
    """The office of a desa where it has one here; else its kecamatan, whose officers help it."""
    own = db.scalar(select(Opd.id).where(Opd.place_code == desa_code)) if desa_code else None
    return own or kecamatan_office(db, desa_code)


def office_name(db: Session, program: Program) -> str:
    opd = db.get(Opd, program.opd_id)
    return opd.name if opd else ""


# ------------------------------------------------------------------------------------------------------------- budget


def take_budget(db: Session, program_id: int, amount: int) -> None:
    """Take `amount` rupiah of the programme's budget. One statement decides, also between two at once. Raises BudgetExceeded."""
    taking = (
        update(Program)
        .where(Program.id == program_id, Program.pagu - Program.approved >= amount)
        .values(approved=Program.approved + amount)
        .execution_options(synchronize_session=False)
    )
    if amount <= 0 or db.execute(taking).rowcount != 1:
        left = db.scalar(select(Program.pagu - Program.approved).where(Program.id == program_id)) or 0
        raise BudgetExceeded(left=rupiah(left), more=rupiah(amount))
    program = db.get(Program, program_id)
    if program is not None:
        db.refresh(program, ["approved"])


def give_back(db: Session, program_id: int, amount: int) -> None:
    """Put `amount` rupiah of a determination that was undone back into the budget."""
    db.execute(update(Program).where(Program.id == program_id).values(approved=Program.approved - amount).execution_options(synchronize_session=False))
    program = db.get(Program, program_id)
    if program is not None:
        db.refresh(program, ["approved"])


def budget_error(db: Session) -> list[tuple[int, int, int]]:
    """`(program, what it says, what its proposals add up to)` wherever the two differ. Empty is well."""
    sums = (
        select(Proposal.program_id, func.sum(Proposal.approved).label("total")).where(Proposal.approved.is_not(None)).group_by(Proposal.program_id).subquery()
    )
    query = select(Program.id, Program.approved, func.coalesce(sums.c.total, 0)).outerjoin(sums, sums.c.program_id == Program.id)
    return [(row[0], row[1], int(row[2])) for row in db.execute(query) if row[1] != row[2]]


def penetapan_for(db: Session, actor: Actor, program_id: int, *, sk_number: str, sk_date: date, dpa: str, now: datetime) -> Penetapan:
    """The decree with this number, made when it is new. The same number with another date is refused."""
    number = sk_number.strip()[:60]
    if not number:
        raise InvalidInput(N_("Isi nomor SK Bupati."), field="sk_number")
    values = {"program_id": program_id, "sk_number": number, "sk_date": sk_date, "dpa": dpa.strip()[:60], "made_by": actor.account_id, "made_at": now}
    insert_once(db, Penetapan, **values)
    row = db.scalars(select(Penetapan).where(Penetapan.program_id == program_id, Penetapan.sk_number == number)).one()
    if row.sk_date != sk_date:
        raise Conflict(N_("SK dengan nomor ini sudah tercatat dengan tanggal lain."), field="sk_date")
    return row
