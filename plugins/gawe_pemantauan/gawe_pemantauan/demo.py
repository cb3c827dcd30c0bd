"""Three budget years of programmes and some three hundred proposals in every state, in bulk; equal for equal seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from pendopo.identity import Account, Opd

from . import agreement, demo_offices, flags, issued, work
from .demo_files import add_files
from .demo_people import Crowd
from .demo_rows import Draft, plant
from .demo_stories import Season, noon, tell
from .demo_words import DISASTERS, NEEDS, PURPOSES, RAB, SUMMARIES
from .jobs import SYSTEM
from .kind import KIND_OF_JENIS
from .models import Lembaga, Penetapan, Pengikut, Program, Proposal, Tanda
from .opening import SORTS
from .rules import USUAL_PAPERS

PROPOSALS = 300
SHOWN_STATES = ("perbaikan", "verifikasi_lapangan", "masuk_anggaran", "ditetapkan", "lpj_ditunggu", "lpj_diperiksa", "ditolak", "selesai")
NOW, CHANGE, DISASTER = "now", "change", "disaster"  # a window that is open; the changed budget of this year; all year


@dataclass(frozen=True)
class Plan:
    """`when`: years from the present proposal year, or one of the three above. `share`: of the proposals."""

    jenis: str
    title: str
    office: str
    share: int
    pagu: int
    plafon: int | None
    when: int | str

    def days(self, today: date) -> tuple[date, date, Season, int]:
        """Window, season and disbursement year."""
        if self.when == NOW:
            opens, closes = today - timedelta(days=38), today + timedelta(days=20)
            return opens, closes, Season(opens, date(today.year, 12, 18), date(today.year + 1, 2, 15), lively=True), today.year + 1
        if self.when == CHANGE:
            opens, decree = today - timedelta(days=170), today - timedelta(days=26)
            return opens, opens + timedelta(days=40), Season(opens + timedelta(days=90), decree, decree), decree.year
        if self.when == DISASTER:
            return date(today.year, 1, 1), date(today.year, 12, 31), Season(today, today, today), today.year
        year = today.year + int(self.when)
        return date(year, 1, 15), date(year, 3, 31), Season(date(year, 7, 1), date(year, 12, 18), date(year + 1, 2, 10)), year + 1


PLANS = (
    Plan("hibah_uang", "Hibah sarana ibadah", "kesra", 20, 450_000_000, 50_000_000, -2),
    Plan("hibah_uang", "Hibah sarana ibadah", "kesra", 26, 620_000_000, 50_000_000, -1),
    Plan("hibah_uang", "Hibah sarana ibadah", "kesra", 28, 700_000_000, 50_000_000, 0),
    Plan("hibah_uang", "Hibah ibadah, perubahan anggaran", "kesra", 18, 420_000_000, 50_000_000, CHANGE),
    Plan("hibah_barang", "Hibah alat dan mesin pertanian", "dkpp", 14, 1_000_000_000, 200_000_000, -1),
    Plan("hibah_barang", "Hibah mebel madrasah dan pesantren", "disdikbud", 16, 700_000_000, 120_000_000, 0),
    Plan("hibah_jasa", "Hibah jasa pelatihan pengurus lembaga", "kesra", 6, 120_000_000, 25_000_000, 0),
    Plan("bansos_terencana", "Bansos keluarga rentan", "dinsos", 28, 100_000_000, 6_000_000, -1),
    Plan("bansos_terencana", "Bansos keluarga rentan", "dinsos", 30, 110_000_000, 6_000_000, 0),
    Plan("hibah_barang", "Hibah material jalan lingkungan", "dpupr", 24, 600_000_000, 150_000_000, NOW),
    Plan("bansos_terencana", "Bansos lansia dan disabilitas", "dinsos", 22, 60_000_000, 5_000_000, NOW),
    Plan("bansos_tak_terencana", "Bansos darurat bencana", "bpbd", 24, 150_000_000, None, DISASTER),
)


def fill(db: Session, *, seed: int, now: datetime, scale: float) -> None:
    dice = random.Random(f"bantuan-{seed}")  # noqa: S311  invented proposals, no secret
    demo_offices.seat(db, now)
    citizens = list(db.execute(select(Account.id, Account.name, Account.handle).where(Account.kind == "warga").order_by(Account.id)).all())
    opd = {row.code: row.id for row in db.scalars(select(Opd))}
    if not citizens or "kesra" not in opd:
        return
    crowd = Crowd(db, dice, now, citizens)
    crowd.make_bodies(max(12, round(220 * scale)))
    share = sum(plan.share for plan in PLANS)
    drafts: list[Draft] = []
    for plan in PLANS:
        program, season = _program(db, plan, opd, now)
        count = max(2, round(PROPOSALS * scale * plan.share / share)) if program.opens_on < now.date() else 0
        drafts += [_draft(dice, now, crowd, program, season, number, count) for number in range(count)]
    _keep_budgets(dice, drafts, now)
    _give_warga(db, drafts, crowd.warga)
    plant(db, dice, now, drafts, crowd, opd)
    add_files(db, drafts, crowd.warga.id)
    _raise_flags(db, drafts)
    _write_papers(db, drafts, crowd.warga.id, now)
    waiting = [draft.id for draft in drafts if draft.story.state == "masuk_anggaran" and draft.story.moved < now - timedelta(days=15)]
    work.tell_many(db, SYSTEM, waiting, "RAPBD sedang dibahas bersama DPRD. Penetapan penerima menyusul setelah disahkan.", now=now - timedelta(days=4))
    followers = [{"account_id": one.id, "sort": sort, "since": now} for sort in SORTS for one in [crowd.warga, *citizens[5:25]] if one is not None]
    db.execute(insert(Pengikut), list({(one["account_id"], one["sort"]): one for one in followers}.values()))


def _program(db: Session, plan: Plan, opd: dict[str, int], now: datetime) -> tuple[Program, Season]:
    opens, closes, season, paid = plan.days(now.date())
    row = Program(
        title=f"{plan.title} {paid}",
        summary=SUMMARIES[plan.jenis],
        jenis=plan.jenis,
        proposal_year=opens.year,
        paid_year=paid,
        opd_id=opd.get(plan.office, opd["kesra"]),
        pagu=plan.pagu,
        approved=0,
        plafon=plan.plafon,
        opens_on=opens,
        closes_on=closes,
        papers=list(USUAL_PAPERS[plan.jenis]),
        published=True,
        paused_at=None,
        pause_reason="",
        announced_on=opens,
    )
    db.add(row)
    db.flush()
    return row, season


# -------------------------------------------------------------------------------------------------------------- drafts


def _draft(dice: random.Random, now: datetime, crowd: Crowd, program: Program, season: Season, number: int, count: int) -> Draft:
    """One proposal: who, what, and how far it came."""
    emergency = program.jenis == "bansos_tak_terencana"
    span = max(1, (min(program.closes_on, now.date()) - program.opens_on).days)
    sent = noon(program.opens_on + timedelta(days=int(span * (number + dice.random()) / count)), dice)
    if emergency and number >= count - 3:
        sent = now - timedelta(hours=20 * (count - number) ** 2)  # something is always on the way
    sent = min(sent, now - timedelta(hours=dice.randint(3, 20)))
    twin = crowd.bodies[number] if season.lively and program.for_lembaga and number < 4 else None  # shared accounts and chairs meet here
    body = twin or (crowd.choose_body(program) if program.for_lembaga else None)
    place = body.place if body else dice.choice(crowd.desa)
    title, purpose, cause = _words(dice, program, body.name if body else "", place.name)
    lines = _rab(dice, program)
    asked = sum(round(volume * price) for _desc, volume, _unit, price in lines) if lines else dice.randint(15, 60) * 100_000
    kind = KIND_OF_JENIS[program.jenis]
    return Draft(
        program=program,
        kind=kind,
        story=tell(dice, now, sent, kind.slug, season),
        body=body,
        place=place,
        who=body.owner if body else dice.choice(crowd.citizens),
        title=title[:160],
        purpose=purpose,
        cause=cause,
        lines=lines,
        asked=asked,
        eligible=min(asked, program.plafon) if program.plafon else asked,
        decree=season.decree,
    )


def _words(dice: random.Random, program: Program, body: str, place: str) -> tuple[str, str, str]:
    if program.jenis == "bansos_tak_terencana":
        cause, title, text = dice.choice(DISASTERS)
        return title.format(place=place), text, cause
    if not body:
        return f"Permohonan bantuan keluarga di {place}", dice.choice(NEEDS), ""
    fitting = PURPOSES[program.jenis]
    if program.jenis == "hibah_barang":
        fitting = (fitting[1],) if "pertanian" in program.title else (fitting[2],) if "mebel" in program.title else (fitting[0],)
    title, text = dice.choice(fitting)
    return title.format(name=body, place=place), text, ""


def _rab(dice: random.Random, program: Program) -> list[tuple[str, float, str, int]]:
    fitting = next((goods for word, goods in RAB.items() if word in program.title), None)
    if fitting is None:
        return []
    goods = dice.sample(fitting, 3)
    lines = [(desc, dice.randint(1, 2) if price > 2_000_000 else dice.randint(6, 90), unit, price) for desc, unit, price in goods]
    return [*lines, ("Upah kerja", 1, "paket", dice.randint(10, 60) * 100_000)]


def _keep_budgets(dice: random.Random, drafts: list[Draft], now: datetime) -> None:
    """Nobody determines more than the budget: what does not fit any more waits before the decree. What was cancelled takes nothing."""
    for draft in sorted(drafts, key=lambda one: one.story.at("tetapkan") or now):
        decided = draft.story.at("tetapkan")
        draft.value = draft.eligible * dice.choice((100, 100, 90, 80)) // 100 // 1000 * 1000
        if decided is None or draft.story.at("batalkan"):
            continue
        if draft.program.approved + draft.value > draft.program.pagu:
            draft.story.steps = [step for step in draft.story.steps if step[0] < decided]
            if draft.program.paid_year <= now.year:
                draft.story.refusal = "anggaran"
                draft.story.steps.append((decided, "tolak_penetapan"))
            continue
        draft.program.approved += draft.value
        draft.approved = draft.value


def _give_warga(db: Session, drafts: list[Draft], warga: Any) -> None:
    """The account that everyone may try gets one proposal in each state worth seeing, the newest there is, of a body where there is one."""
    planned = [draft for draft in drafts if draft.program.jenis != "bansos_tak_terencana"]
    chosen = {draft.story.state: draft for draft in sorted(planned, key=lambda one: (one.body is not None, one.story.sent))}
    shown = [chosen[state] for state in SHOWN_STATES if state in chosen]
    for draft in shown:
        draft.who = warga
    bodies = [draft.body.id for draft in shown if draft.body]
    db.execute(update(Lembaga).where(Lembaga.id.in_(bodies)).values(owner_id=warga.id).execution_options(synchronize_session=False))


# ------------------------------------------------------------------------------------------------------- what hangs on it


def _raise_flags(db: Session, drafts: list[Draft]) -> None:
    """Look at whoever is still on the way; flags of those that were recommended were looked at."""
    way = [draft.id for draft in drafts if draft.kind.state(draft.story.state).open]
    for proposal in db.scalars(select(Proposal).where(Proposal.berkas_id.in_(way)).order_by(Proposal.berkas_id)).unique():
        flags.look(db, proposal, now=proposal.sent_at)
    done = {draft.id: draft.story.at("rekomendasikan", "selesai_asesmen") for draft in drafts}
    for flag in db.scalars(select(Tanda)):
        at = done.get(flag.berkas_id)
        if at is not None:
            flag.cleared_at, flag.clear_note = at, "Sudah dicocokkan dengan dokumen asli di lapangan."
    db.flush()


def _write_papers(db: Session, drafts: list[Draft], warga_id: int, now: datetime) -> None:
    """An agreement that waits for the account that everyone may try, and the newest decree's annex at the desk of the Bupati."""
    for draft in drafts:
        if draft.who.id == warga_id and draft.story.state == "ditetapkan" and draft.body:
            agreement.draw_up(db, agreement.SYSTEM, db.get_one(Proposal, draft.id), now=now)
    newest = db.scalar(select(Penetapan.id).where(Penetapan.sk_date <= now.date()).order_by(Penetapan.sk_date.desc()).limit(1))
    if newest is not None:
        issued.decree_annex(db, agreement.SYSTEM, newest, now=now)
