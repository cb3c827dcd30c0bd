"""Writes invented proposals down, with everything that hangs on them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from pendopo.identity import Account, regency_day
from pendopo.kit.berkas import BerkasKind, PastBerkas, PastStep, plant_berkas
from pendopo.kit.calendar import CalendarNotLoaded, calendar_for
from pendopo.kit.payments import PaidBill, bill, plant_paid_bills
from pendopo.kit.places import Place

from . import agreement
from .demo_people import Body, Crowd
from .demo_stories import BY, Story
from .demo_words import STEP_WORDS, VISIT_NOTES
from .jobs import SYSTEM
from .kind import REGISTER_CODE
from .models import Individu, Kunjungan, Lpj, Pencairan, Penetapan, Program, Proposal, Rab
from .options import option
from .programs import kecamatan_office
from .returning import REST
from .rules import ALWAYS_CHECKED, Visit, lpj_due, rest_of, visit_score
from .ways import FIELD, HERE, PLACE

CLOCKS = {  # by state: the deadline that runs, and the steps that started it (none: the sending)
    "diajukan": (PLACE, ()),
    "konfirmasi_camat": (PLACE, ("konfirmasi_desa",)),
    "cek_administrasi": (HERE, ("konfirmasi_camat", "perbaiki")),
    "perbaikan": (HERE, ("minta_perbaikan",)),
    "disposisi": (FIELD, ("disposisi",)),
    "verifikasi_lapangan": (FIELD, ("disposisi",)),
    "lpj_diperiksa": (HERE, ("kirim_lpj",)),
}
ACCOUNT = ("bank", "rekening_name", "rekening_cipher", "rekening_mark", "rekening_tail")


@dataclass
class Draft:
    """A proposal before it is written. `value`: what was thought right for it; `approved`: what was determined."""

    program: Program
    kind: BerkasKind
    story: Story
    body: Body | None
    place: Place
    who: Any
    title: str
    purpose: str
    cause: str
    lines: list[tuple[str, float, str, int]]
    asked: int
    eligible: int
    decree: date
    value: int = 0
    approved: int | None = None
    id: int = 0
    score: int | None = None
    person: dict[str, Any] = field(default_factory=dict)
    account: dict[str, Any] = field(default_factory=dict)


def plant(db: Session, dice: random.Random, now: datetime, drafts: list[Draft], crowd: Crowd, opd: dict[str, int]) -> None:
    desk = _Desk(db, dice, now, opd)
    drafts.sort(key=lambda draft: draft.story.sent)
    for kind in {draft.kind.slug: draft.kind for draft in drafts}.values():
        mine = [draft for draft in drafts if draft.kind is kind]
        for draft, berkas_id in zip(mine, plant_berkas(db, kind, [desk.past(draft) for draft in mine]), strict=True):
            draft.id = berkas_id
    for draft in drafts:
        known = draft.story.at("rekomendasikan", "selesai_asesmen") is not None
        draft.score = dice.choice((100, 100, 90, 90, 80)) if known else None
        if draft.body:
            draft.account = {name: draft.body.row[name] for name in ACCOUNT}
        else:
            draft.person, draft.account = crowd.person(draft.place, draft.who.name, known=known)
    decrees = _decrees(db, drafts)
    db.execute(insert(Proposal), [_row(dice, draft, decrees) for draft in drafts])
    _write_more(db, dice, drafts)
    _write_reports(db, dice, drafts, now)


class _Desk:
    """Where a draft lies, and what its clock says."""

    def __init__(self, db: Session, dice: random.Random, now: datetime, opd: dict[str, int]) -> None:
        self.db, self.dice, self.now, self.opd, self.calendar = db, dice, now, opd, calendar_for(db)
        self.staff = list(db.execute(select(Account.id, Account.name).where(Account.kind == "pegawai").order_by(Account.id)))
        self.offices = {name: opd.get(str(option(db, name))) for name in ("opd_kesra", "opd_tapd", "opd_bendahara")}

    def past(self, draft: Draft) -> PastBerkas:
        story, kind, who = draft.story, draft.kind, draft.who
        steps = [PastStep(story.sent, kind.initial, by="applicant", actor_id=who.id, actor_name=who.name)]
        for at, slug in story.steps:
            officer = self.dice.choice(self.staff)
            robot = agreement.SYSTEM if slug == "nphd_lengkap" else SYSTEM
            actor = {"applicant": (who.id, who.name), "system": (None, robot.name), "officer": (officer.id, officer.name)}[BY[slug]]
            steps.append(PastStep(at, kind.transition(slug).to, slug, BY[slug], *actor, self.dice.choice(STEP_WORDS.get(slug, ("",)))))
        finished = story.state in ("selesai", "ditolak")
        return PastBerkas(
            REGISTER_CODE[kind.slug],
            draft.title,
            steps,
            applicant_id=who.id,
            opd_id=self._office(draft, story.state),
            desa_code=draft.place.code,
            channel=self.dice.choices(("web", "loket"), (70, 30))[0],
            private=draft.body is None,
            rating=self.dice.choices((4, 3, 2), (55, 35, 10))[0] if finished and self.dice.random() < 0.4 else None,
            **self._clock(draft),
        )

    def _clock(self, draft: Draft) -> dict[str, Any]:
        """The promise that runs now; without the calendar of that year there is no date yet."""
        story = draft.story
        if draft.program.jenis == "bansos_tak_terencana":
            days, begun, due = None, story.sent, story.sent + timedelta(days=7)
        elif story.state in CLOCKS:
            deadline, starts = CLOCKS[story.state]
            days, begun = deadline.days, (story.at(*starts) if starts else None) or story.sent
            try:
                due = self.calendar.add_working_days(begun, days)
            except CalendarNotLoaded:
                due = None
        else:
            return {"clock": "stop"}
        warn = begun + (due - begun) * 0.8 if due else None
        late = 0 if due is None or warn is None else 2 if due < self.now else 1 if warn < self.now else 0
        running = draft.kind.state(story.state).open
        return {
            "clock": "pause" if story.state == "perbaikan" else "run" if running else "stop",
            "clock_from": begun,
            "deadline_days": days,
            "due_at": due,
            "warn_at": warn,
            "escalation": late,
        }

    def _office(self, draft: Draft, state: str) -> int:
        own = draft.program.opd_id
        if state in ("diajukan", "konfirmasi_camat", "dilaporkan"):
            desa = self.opd.get(f"desa_{draft.place.code}") if state == "diajukan" else None
            return desa or kecamatan_office(self.db, draft.place.code) or own
        if state in ("cek_administrasi", "perbaikan"):
            return self.offices["opd_kesra"] or own
        if state in ("pertimbangan_tapd", "masuk_anggaran"):
            return self.offices["opd_tapd"] or own
        treasury = ("ditetapkan", "pencairan", "lpj_ditunggu", "terlambat_lpj", "lpj_diperiksa")
        return self.offices["opd_bendahara"] or own if state in treasury else own


def _decrees(db: Session, drafts: list[Draft]) -> dict[int, int]:
    """One decree for each programme that determined something; of disasters the day of the first."""
    found: dict[int, int] = {}
    for draft in sorted(drafts, key=lambda one: one.story.at("tetapkan") or one.story.sent):
        program, at = draft.program, draft.story.at("tetapkan")
        if draft.approved is None or at is None or program.id in found:
            continue
        day = regency_day(at)
        row = Penetapan(
            program_id=program.id,
            sk_number=f"400.12/Kep.{300 + program.id}-Huk/{day.year}",
            sk_date=day,
            dpa=f"DPA-{program.paid_year}/{program.id:03}",
            made_by=None,
            made_at=at,
        )
        db.add(row)
        db.flush()
        found[program.id] = row.id
    return found


def _row(dice: random.Random, draft: Draft, decrees: dict[int, int]) -> dict[str, Any]:
    story, program, place, body = draft.story, draft.program, draft.place, draft.body
    paid, nphd = story.at("cairkan"), story.at("nphd_lengkap")
    return {
        "berkas_id": draft.id,
        "program_id": program.id,
        "lembaga_id": body.id if body else None,
        "purpose": draft.purpose,
        "beneficiaries": dice.randint(40, 900) if body else dice.randint(1, 6),
        "address": body.row["address"] if body else "Kampung Sawah RT 02",
        "lat": round((place.lat or -6.1) + dice.uniform(-0.004, 0.004), 6),
        "lon": round((place.lon or 106.1) + dice.uniform(-0.004, 0.004), 6),
        "asked": draft.asked,
        "eligible": draft.eligible,
        "recommended": draft.value if draft.score else None,
        "considered": draft.value if story.at("masukkan_anggaran") else None,
        "approved": draft.approved,
        "paid": draft.approved or 0 if paid else 0,
        "score": draft.score,
        "checklist": dict.fromkeys((*program.papers, *ALWAYS_CHECKED), "ok") if story.at("disposisi") else {},
        "desa_confirmed": True if story.at("konfirmasi_desa", "sahkan_camat") else None,
        "desa_note": "",
        "desa_by": None,
        "camat_confirmed": True if story.at("konfirmasi_camat", "sahkan_camat") else None,
        "camat_note": "",
        "camat_by": None,
        "cause": draft.cause,
        "refusal": story.refusal,
        "budget_ref": "KUA-PPAS" if story.at("masukkan_anggaran") else "",
        "penetapan_id": decrees[program.id] if draft.approved else None,
        "nphd_number": f"{draft.id:04}/NPHD/{nphd.year}" if nphd else "",
        "nphd_date": nphd.date() if nphd else None,
        "lpj_due_on": lpj_due(paid.date()) if paid and program.jenis != "bansos_tak_terencana" else None,
        "chair_mark": body.chair_mark if body else "",
        "sent_at": story.sent,
        **draft.account,
    }


def _write_more(db: Session, dice: random.Random, drafts: list[Draft]) -> None:
    """Persons, plans, visits and payments."""
    rows: dict[Any, list[dict[str, Any]]] = {Individu: [], Rab: [], Kunjungan: [], Pencairan: []}
    for draft in drafts:
        if not draft.body:
            rows[Individu].append({"berkas_id": draft.id, **draft.person})
        rows[Rab] += [
            {"berkas_id": draft.id, "number": n, "desc": desc, "volume_milli": int(volume * 1000), "unit": unit, "price": price}
            for n, (desc, volume, unit, price) in enumerate(draft.lines, 1)
        ]
        visited = draft.story.at("rekomendasikan", "selesai_asesmen")
        if visited:
            rows[Kunjungan].append(_visit(dice, draft.id, visited))
        paid = draft.story.at("cairkan")
        if paid:
            sp2d = f"{draft.id:05}/SP2D-LS/{paid.year}"
            rows[Pencairan].append({"berkas_id": draft.id, "sp2d": sp2d, "paid_on": paid.date(), "amount": draft.approved, "by": None, "at": paid})
    for model, values in rows.items():
        if values:
            db.execute(insert(model), values)


def _visit(dice: random.Random, berkas_id: int, told: datetime) -> dict[str, Any]:
    seen = Visit(True, True, dice.random() < 0.7, True)
    return {
        "berkas_id": berkas_id,
        "visited_at": told - timedelta(days=2),
        "by": None,
        "object_exists": seen.object_exists,
        "active": seen.active,
        "has_board": seen.has_board,
        "papers_match": seen.papers_match,
        "note": dice.choice(VISIT_NOTES),
        "lat": None,
        "lon": None,
        "distance_m": dice.randint(3, 180),
        "score": visit_score(seen),
        "client_key": None,
    }


def _write_reports(db: Session, dice: random.Random, drafts: list[Draft], now: datetime) -> None:
    """Reports on the use of the money; the rest that came back is a paid bill, a rest that is being looked at one that waits."""
    rows, back = {}, []
    for draft in drafts:
        reported, accepted, approved = draft.story.at("kirim_lpj"), draft.story.at("terima_lpj"), draft.approved or 0
        if reported is None:
            continue
        rest = rest_of(approved, approved - dice.choice((0, 0, 390_000, 1_250_000)))
        rows[draft.id] = {
            "berkas_id": draft.id,
            "realised": approved - rest,
            "rest": rest,
            "note": "",
            "sent_at": reported,
            "accepted_at": accepted,
            "returned": rest if accepted else 0,
            "returned_on": None,
            "sts": "",
        }
        owed = {
            "ref": draft.id,
            "amount": rest,
            "payer_id": draft.who.id,
            "payer_name": draft.body.name if draft.body else draft.who.name,
            "desc": "Sisa bantuan",
            "key": f"sisa:{draft.id}:1",
        }
        if rest and accepted:
            way = dice.choice(("qris", "va"))
            back.append(PaidBill(**owed, billed_at=reported, paid_at=accepted - timedelta(hours=2), way=way))
        elif rest:
            bill(db, REST, **owed, due=lpj_due((draft.story.at("cairkan") or reported).date()), tell_payer=False, now=reported)
    for one in plant_paid_bills(db, REST, back, now=now):
        rows[one.ref] |= {"returned_on": regency_day(one.paid_at), "sts": one.ntpd}
    if rows:
        db.execute(insert(Lpj), list(rows.values()))
