"""Signs that somebody should look twice: the same account, the same chair, the same family, aid received before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound
from pendopo.db import insert_once
from pendopo.identity import Actor, record, regency_day
from pendopo.kit.berkas import Berkas

from .models import Individu, Program, Proposal, Tanda
from .options import option
from .rules import FLAGS, Claim, is_young, may_receive_again, meetings, next_allowed_year

GONE = ("ditolak", "ditarik", "dibatalkan")
BACK_YEARS = 5


class TooSoon(Conflict):
    message = N_("Bantuan terakhir dicairkan tahun %(last)s. Usulan berikutnya untuk pencairan tahun %(next)s.")


def raise_flag(db: Session, proposal: Proposal, kind: str, *, other_id: int = 0, detail: str = "", now: datetime) -> None:
    """Note a flag once; the same one again changes nothing."""
    if kind not in FLAGS:
        raise LookupError(f"no flag {kind!r}")
    insert_once(db, Tanda, berkas_id=proposal.berkas_id, kind=kind, other_id=other_id, detail=detail[:200], raised_at=now, clear_note="")


def claim_of(proposal: Proposal, person: Individu | None) -> Claim:
    return Claim(
        proposal.berkas_id,
        proposal.lembaga_id,
        proposal.rekening_mark,
        proposal.chair_mark,
        person.nik_mark if person else "",
        person.kk_mark if person else "",
    )


def look(db: Session, proposal: Proposal, *, now: datetime) -> int:
    """Compare a proposal with the others of its year and the grants before; both sides get the flag. Returns how many flags it has."""
    mine = claim_of(proposal, proposal.person)
    others = {row.berkas_id: row for row in _rivals(db, proposal, mine)}
    for kind, other_id in meetings(mine, [claim_of(row, row.person) for row in others.values()]):
        raise_flag(db, proposal, kind, other_id=other_id, now=now)
        raise_flag(db, others[other_id], kind, other_id=proposal.berkas_id, now=now)
    for other_id, year in grants_before(db, proposal.lembaga_id, mine.nik, since=proposal.program.paid_year - BACK_YEARS):
        if other_id != proposal.berkas_id:
            raise_flag(db, proposal, "penerima_berulang", other_id=other_id, detail=str(year), now=now)
    if proposal.lembaga is not None and is_young(proposal.lembaga.founded_on, regency_day(now), int(option(db, "usia_lembaga_tahun"))):
        raise_flag(db, proposal, "lembaga_muda", detail=str(proposal.lembaga.founded_on or ""), now=now)
    return open_count(db, proposal.berkas_id)


def _rivals(db: Session, proposal: Proposal, mine: Claim) -> list[Proposal]:
    """Proposals for the same disbursement year that share a mark and are still in the race."""
    shared = [Proposal.rekening_mark == mine.rekening] if mine.rekening else []
    shared += [Proposal.chair_mark == mine.chair] if mine.chair else []
    shared += [Individu.nik_mark == mine.nik] if mine.nik else []
    shared += [Individu.kk_mark == mine.kk] if mine.kk else []
    if not shared:
        return []
    query = (
        select(Proposal)
        .join(Proposal.berkas)
        .join(Proposal.program)
        .outerjoin(Individu, Individu.berkas_id == Proposal.berkas_id)
        .where(Proposal.berkas_id != proposal.berkas_id, Program.paid_year == proposal.program.paid_year, Berkas.state.not_in(GONE), or_(*shared))
    )
    return list(db.scalars(query).unique())


def grants_before(db: Session, lembaga_id: int | None, nik_mark: str, *, since: int = 0) -> list[tuple[int, int]]:
    """`(proposal, disbursement year)` of everything that was determined for this body or person, newest first."""
    mine = []
    if lembaga_id is not None:
        mine.append(Proposal.lembaga_id == lembaga_id)
    if nik_mark:
        mine.append(Individu.nik_mark == nik_mark)
    if not mine:
        return []
    query = (
        select(Proposal.berkas_id, Program.paid_year)
        .join(Proposal.program)
        .outerjoin(Individu, Individu.berkas_id == Proposal.berkas_id)
        .where(Proposal.approved.is_not(None), Program.paid_year >= since, or_(*mine))
    )
    return [(row[0], row[1]) for row in db.execute(query.order_by(Program.paid_year.desc(), Proposal.berkas_id.desc()))]


def check_years(db: Session, program: Program, lembaga_id: int | None, nik_mark: str, *, but: int = 0) -> None:
    """Raises TooSoon. Years between two grants are counted in disbursement years (`jeda_tahun`); a disaster asks for no years.

    `but`: a proposal that is itself not looked at.
    """
    if program.jenis == "bansos_tak_terencana":
        return
    gap = int(option(db, "jeda_tahun"))
    for other_id, year in grants_before(db, lembaga_id, nik_mark):
        if other_id != but and not may_receive_again(year, program.paid_year, gap):
            raise TooSoon(last=year, next=next_allowed_year(year, gap))


def flags_of(db: Session, berkas_id: int) -> list[Tanda]:
    return list(db.scalars(select(Tanda).where(Tanda.berkas_id == berkas_id).order_by(Tanda.id)))


def open_count(db: Session, berkas_id: int) -> int:
    return db.scalar(select(func.count()).select_from(Tanda).where(Tanda.berkas_id == berkas_id, Tanda.cleared_at.is_(None))) or 0


def clear_flag(db: Session, actor: Actor, flag_id: int, note: str, *, now: datetime) -> Tanda:
    """An officer looked and says why it may go on. Raises NotFound, InvalidInput without words, Conflict when it was done."""
    flag = db.get(Tanda, flag_id)
    proposal = db.get(Proposal, flag.berkas_id) if flag else None
    if flag is None or proposal is None:
        raise NotFound()
    if not actor.can("pemantauan.survey", proposal.berkas.opd_id):
        actor.require("pemantauan.verify", proposal.berkas.opd_id)
    if len(note.strip()) < 10:
        raise InvalidInput(N_("Tuliskan apa yang Anda temukan, paling sedikit sepuluh huruf."), field="note")
    done = db.execute(
        update(Tanda)
        .where(Tanda.id == flag_id, Tanda.cleared_at.is_(None))
        .values(cleared_at=now, cleared_by=actor.account_id, clear_note=note.strip()[:300])
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:
        raise Conflict(N_("Tanda ini sudah diperiksa."))
    db.refresh(flag)
    record(db, actor, "pemantauan.flag_cleared", f"berkas:{flag.berkas_id}", {"flag": flag.kind, "other": flag.other_id, "note": flag.clear_note})
    return flag


def withdraw(db: Session, berkas_id: int, *, now: datetime) -> None:
    """A proposal left the race: flags of others that only pointed at it need nobody any more."""
    db.execute(
        update(Tanda)
        .where(Tanda.other_id == berkas_id, Tanda.kind != "penerima_berulang", Tanda.cleared_at.is_(None))
        .values(cleared_at=now, clear_note=N_("Proposal yang lain tidak lagi diproses."))
        .execution_options(synchronize_session=False)
    )
