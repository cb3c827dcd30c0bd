"""Two years of programmes and some three hundred proposals in every state, in bulk; equal for equal seed."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from pendopo.identity import Account, Opd, as_system
from pendopo.kit.berkas import PastBerkas, PastStep, plant_berkas
from pendopo.kit.places import Place, desa_list

from . import demo_offices, flags, secret
from .demo_files import add_files
from .demo_stories import BY, TO, Story, noon, tell
from .demo_words import BODIES, DISASTERS, NAMES, NEEDS, PURPOSES, RAB, STEP_WORDS, VISIT_NOTES
from .kind import KIND_OF_JENIS, REGISTER_CODE
from .models import Individu, Kunjungan, Lembaga, Lpj, Pencairan, Penetapan, Pengurus, Program, Proposal, Rab, Tanda
from .options import option
from .programs import kecamatan_office
from .rules import ALWAYS_CHECKED, USUAL_PAPERS, Visit, lpj_due, rest_of, visit_score

PROPOSALS = 300
SHOWN_STATES = ("perbaikan", "masuk_anggaran", "lpj_ditunggu", "ditolak", "verifikasi_lapangan", "selesai")
EARLY = ("diajukan", "konfirmasi_camat", "cek_administrasi", "perbaikan", "disposisi", "dilaporkan", "asesmen")
PLANS = (  # jenis, title, office, share of the proposals, pagu, plafon, years from the present proposal year (None: its window is open now)
    ("hibah_uang", "Hibah sarana ibadah", "kesra", 20, 450_000_000, 50_000_000, -2),
    ("hibah_uang", "Hibah sarana ibadah", "kesra", 26, 620_000_000, 50_000_000, -1),
    ("hibah_uang", "Hibah sarana ibadah", "kesra", 30, 700_000_000, 50_000_000, 0),
    ("hibah_barang", "Hibah alat dan mesin pertanian", "dkpp", 14, 1_000_000_000, 200_000_000, -1),
    ("hibah_barang", "Hibah mebel madrasah dan pesantren", "disdikbud", 16, 700_000_000, 120_000_000, 0),
    ("hibah_jasa", "Hibah jasa pelatihan pengurus lembaga", "kesra", 6, 120_000_000, 25_000_000, 0),
    ("bansos_terencana", "Bansos keluarga rentan", "dinsos", 28, 100_000_000, 6_000_000, -1),
    ("bansos_terencana", "Bansos keluarga rentan", "dinsos", 30, 110_000_000, 6_000_000, 0),
    ("hibah_barang", "Hibah material jalan lingkungan", "dpupr", 24, 600_000_000, 150_000_000, None),
    ("bansos_terencana", "Bansos lansia dan disabilitas", "dinsos", 22, 60_000_000, 5_000_000, None),
    ("bansos_tak_terencana", "Bansos darurat bencana", "bpbd", 24, 150_000_000, None, -1),
)
SUMMARIES = {
    "hibah_uang": "Uang untuk memperbaiki dan membangun sarana ibadah dan pendidikan keagamaan, dikirim ke rekening lembaga.",
    "hibah_barang": "Barang atau material yang diserahkan kepada lembaga atau kelompok masyarakat; tenaga disediakan warga.",
    "hibah_jasa": "Pendampingan dan pelatihan yang diselenggarakan perangkat daerah untuk lembaga.",
    "bansos_terencana": "Bantuan untuk keluarga rentan, lanjut usia, dan penyandang disabilitas menurut data sosial ekonomi tunggal (DTSEN).",
    "bansos_tak_terencana": "Bantuan segera setelah bencana atau risiko sosial, dilaporkan oleh desa.",
}


def fill(db: Session, *, seed: int, now: datetime, scale: float) -> None:
    dice = random.Random(f"bantuan-{seed}")  # noqa: S311  invented proposals, no secret
    demo_offices.seat(db, now)
    citizens = list(db.execute(select(Account.id, Account.name, Account.handle).where(Account.kind == "warga").order_by(Account.id)).all())
    opd = {row.code: row.id for row in db.scalars(select(Opd))}
    if not citizens or "kesra" not in opd:
        return
    programs = [(_program(db, plan, opd, now), plan) for plan in PLANS]
    world = World(db, dice, now, citizens, opd)
    world.make_bodies(max(12, round(220 * scale)))
    share = sum(plan[3] for _program_row, plan in programs)
    drafts = []
    for program, plan in programs:
        count = max(2, round(PROPOSALS * scale * plan[3] / share))
        drafts += [world.draft(program, number, count, hurried=plan[6] is None) for number in range(count)]
    world.keep_budgets(drafts)
    world.give_warga(drafts)
    world.plant(drafts)
    world.raise_flags(drafts)


def _program(db: Session, plan: tuple[Any, ...], opd: dict[str, int], now: datetime) -> Program:
    jenis, title, office, _share, pagu, plafon, back = plan
    today = now.date()
    year = today.year + (back or 0) if jenis != "bansos_tak_terencana" else today.year
    opens, closes = (today - timedelta(days=24), today + timedelta(days=27)) if back is None else (date(year, 1, 15), date(year, 3, 31))
    paid = year if jenis == "bansos_tak_terencana" else (today.year + 1 if back is None else year + 1)
    if jenis == "bansos_tak_terencana":
        opens, closes = date(year, 1, 1), date(year, 12, 31)
    row = Program(
        title=f"{title} {paid}",
        summary=SUMMARIES[jenis],
        jenis=jenis,
        proposal_year=opens.year,
        paid_year=paid,
        opd_id=opd.get(office, opd["kesra"]),
        pagu=pagu,
        approved=0,
        plafon=plafon,
        opens_on=opens,
        closes_on=closes,
        papers=list(USUAL_PAPERS[jenis]),
        published=True,
        paused_at=None,
        pause_reason="",
    )
    db.add(row)
    db.flush()
    return row


class World:
    """Draws bodies, persons and proposals, and writes them down."""

    def __init__(self, db: Session, dice: random.Random, now: datetime, citizens: list[Any], opd: dict[str, int]) -> None:
        self.db, self.dice, self.now, self.citizens, self.opd = db, dice, now, citizens, opd
        self.desa = desa_list()
        self.warga = next((row for row in citizens if row.handle == "warga"), citizens[0])
        self.bodies: list[dict[str, Any]] = []
        self.decrees: dict[int, int] = {}
        self.serial = 0
        self.used: dict[tuple[int, int], bool] = {}
        staff = db.execute(select(Account.id, Account.name).where(Account.kind == "pegawai").order_by(Account.id)).all()
        self.staff = list(staff)

    def _nik(self, place: Place) -> str:
        """With the serial 0000, which is never given out; days and years tell them apart."""
        self.serial += 1
        day = date(1955, 1, 1) + timedelta(days=self.serial * 31 % 14_000)
        return f"{place.code.replace('.', '')[:6]}{day:%d%m%y}0000"

    def _account(self) -> str:
        return f"00{self.dice.randint(10**9, 10**10 - 1)}"

    # ------------------------------------------------------------------------------------------------------------- bodies

    def make_bodies(self, count: int) -> None:
        """Invented bodies; two share an account and two a chairperson, as audits find them."""
        rows, boards = [], []
        for number in range(count):
            jenis = self.dice.choices(tuple(BODIES), (26, 22, 12, 14, 8, 18))[0]
            place = self.dice.choice(self.desa)
            name = f"{self.dice.choice(BODIES[jenis])} {place.name}"
            rekening = rows[0]["rekening"] if number == 1 else self._account()
            nik = boards[2][1] if number == 3 else self._nik(place)
            rows.append(
                {
                    "name": name[:160],
                    "jenis": jenis,
                    "place": place,
                    "rekening": rekening,
                    "owner": self.warga if number in (4, 5) else self.dice.choice(self.citizens),
                }
            )
            boards.append((self.dice.choice(NAMES), nik))
        values = [self._body_row(row) for row in rows]
        ids = list(self.db.scalars(insert(Lembaga).returning(Lembaga.id, sort_by_parameter_order=True), values))
        self.db.execute(insert(Pengurus), [one for body_id, row, board in zip(ids, rows, boards, strict=True) for one in self._board(body_id, row, board)])
        for body_id, row, value, board in zip(ids, rows, values, boards, strict=True):
            self.bodies.append({**row, "id": body_id, "row": value, "chair": board[0], "chair_mark": secret.nik_mark(board[1])})

    def _body_row(self, row: dict[str, Any]) -> dict[str, Any]:
        young = self.dice.random() < 0.05
        return {
            "owner_id": row["owner"].id,
            "name": row["name"],
            "jenis": row["jenis"],
            "address": f"Kampung {self.dice.choice(('Sawah', 'Pasir', 'Cikoneng', 'Baru', 'Masjid'))} RT 0{self.dice.randint(1, 9)}",
            "desa_code": row["place"].code,
            "sk_kemenkumham": f"AHU-{self.dice.randint(1000, 99999):07}.AH.01.04" if self.dice.random() < 0.5 else "",
            "izin_operasional": f"{self.dice.randint(100, 999)}/IZOP/{self.dice.randint(2012, 2023)}",
            "npwp": "",
            "founded_on": date(self.now.year - (1 if young else self.dice.randint(4, 40)), self.dice.randint(1, 12), 5),
            "bank": self.dice.choice(("bjb Serang", "BRI Unit Ciruas", "BSI Serang")),
            "rekening_name": row["name"],
            "rekening_cipher": secret.hide(row["rekening"]),
            "rekening_mark": secret.mark("rekening", row["rekening"]),
            "rekening_tail": row["rekening"][-4:],
            "made_at": self.now - timedelta(days=900),
        }

    def _board(self, body_id: int, row: dict[str, Any], board: tuple[str, str]) -> list[dict[str, Any]]:
        found = [
            {"lembaga_id": body_id, "chair": "ketua", "name": board[0], "nik_cipher": secret.hide(board[1]), "nik_mark": secret.nik_mark(board[1]), "phone": ""}
        ]
        for chair in ("sekretaris", "bendahara"):
            nik = self._nik(row["place"])
            found.append(
                {
                    "lembaga_id": body_id,
                    "chair": chair,
                    "name": self.dice.choice(NAMES),
                    "nik_cipher": secret.hide(nik),
                    "nik_mark": secret.nik_mark(nik),
                    "phone": "",
                }
            )
        return found

    # ------------------------------------------------------------------------------------------------------------- drafts

    def draft(self, program: Program, number: int, count: int, *, hurried: bool) -> dict[str, Any]:
        """One proposal: who, what, and how far it came."""
        dice, kind = self.dice, KIND_OF_JENIS[program.jenis]
        until = min(program.closes_on, self.now.date())
        span = max(1, (until - program.opens_on).days)
        sent = noon(program.opens_on + timedelta(days=int(span * (number + dice.random()) / count)), dice)
        if program.jenis == "bansos_tak_terencana" and number >= count - 3:
            sent = self.now - timedelta(hours=20 * (count - number) ** 2)  # something is always on the way
        sent = min(sent, self.now - timedelta(hours=dice.randint(3, 40)))
        story = tell(dice, self.now, sent, kind.slug, program.paid_year, hurried=hurried)
        body = self._choose_body(program) if program.for_lembaga else None
        place = body["place"] if body else dice.choice(self.desa)
        who = body["owner"] if body else dice.choice(self.citizens)
        title, purpose, cause = self._words(program, body, place)
        lines = self._rab(program)
        asked = sum(round(volume * price) for _desc, volume, _unit, price in lines) if lines else dice.randint(15, 60) * 100_000
        return {
            "program": program,
            "kind": kind,
            "story": story,
            "body": body,
            "place": place,
            "who": who,
            "title": title[:160],
            "purpose": purpose,
            "cause": cause,
            "lines": lines,
            "asked": asked,
            "eligible": min(asked, program.plafon) if program.plafon else asked,
        }

    def _choose_body(self, program: Program) -> dict[str, Any]:
        """Not the same body twice for one year."""
        wanted = ("kelompok",) if "pertanian" in program.title else ("madrasah", "ponpes", "majelis_taklim") if "mebel" in program.title else tuple(BODIES)
        fitting = [
            body
            for body in self.bodies
            if body["jenis"] in wanted and not self.used.get((body["id"], program.paid_year)) and not self.used.get((body["id"], program.paid_year - 1))
        ]
        body = fitting[0] if fitting and fitting[0]["owner"] is self.warga else self.dice.choice(fitting or self.bodies)
        self.used[body["id"], program.paid_year] = True
        return body

    def _words(self, program: Program, body: dict[str, Any] | None, place: Place) -> tuple[str, str, str]:
        if program.jenis == "bansos_tak_terencana":
            cause, title, text = self.dice.choice(DISASTERS)
            return title.format(place=place.name), text, cause
        if body is None:
            return f"Permohonan bantuan keluarga di {place.name}", self.dice.choice(NEEDS), ""
        fitting = PURPOSES[program.jenis]
        if program.jenis == "hibah_barang":
            fitting = (fitting[1],) if "pertanian" in program.title else (fitting[2],) if "mebel" in program.title else (fitting[0],)
        title, text = self.dice.choice(fitting)
        return title.format(name=body["name"], place=place.name), text, ""

    def _rab(self, program: Program) -> list[tuple[str, float, str, int]]:
        fitting = next((goods for word, goods in RAB.items() if word in program.title), None)
        if fitting is None:
            return []
        goods = self.dice.sample(fitting, 3)
        lines = [(desc, self.dice.randint(1, 2) if price > 2_000_000 else self.dice.randint(6, 90), unit, price) for desc, unit, price in goods]
        return [*lines, ("Upah kerja", 1, "paket", self.dice.randint(10, 60) * 100_000)]

    def keep_budgets(self, drafts: list[dict[str, Any]]) -> None:
        """Nobody determines more than the budget: what does not fit any more waits before the decree."""
        for draft in sorted(drafts, key=lambda one: one["story"].at("tetapkan") or self.now):
            decided = draft["story"].at("tetapkan")
            draft["value"] = draft["eligible"] * self.dice.choice((100, 100, 90, 80)) // 100 // 1000 * 1000
            if decided is None:
                continue
            program = draft["program"]
            if program.approved + draft["value"] > program.pagu:
                draft["story"].steps = [step for step in draft["story"].steps if step[0] < decided]
                continue
            program.approved += draft["value"]
            draft["approved"] = draft["value"]
        self.db.flush()

    def give_warga(self, drafts: list[dict[str, Any]]) -> None:
        """The account that everyone may try gets one proposal in each state worth seeing, the newest there is."""
        chosen = {
            draft["story"].state: draft for draft in sorted(drafts, key=lambda one: one["story"].sent) if draft["program"].jenis != "bansos_tak_terencana"
        }
        for state in SHOWN_STATES:
            if state in chosen:
                chosen[state]["who"] = self.warga
        bodies = [chosen[state]["body"]["id"] for state in SHOWN_STATES if state in chosen and chosen[state]["body"]]
        self.db.execute(update(Lembaga).where(Lembaga.id.in_(bodies)).values(owner_id=self.warga.id).execution_options(synchronize_session=False))

    # ------------------------------------------------------------------------------------------------------------ writing

    def plant(self, drafts: list[dict[str, Any]]) -> None:
        drafts.sort(key=lambda draft: draft["story"].sent)
        for kind in {draft["kind"].slug: draft["kind"] for draft in drafts}.values():
            mine = [draft for draft in drafts if draft["kind"] is kind]
            for draft, berkas_id in zip(mine, plant_berkas(self.db, kind, [self._past(draft) for draft in mine]), strict=True):
                draft["id"] = berkas_id
        self.db.execute(insert(Proposal), [self._row(draft) for draft in drafts])
        rows: dict[Any, list[dict[str, Any]]] = {Individu: [], Rab: [], Kunjungan: [], Pencairan: [], Lpj: []}
        for draft in drafts:
            self._more(draft, rows)
        for model, values in rows.items():
            if values:
                self.db.execute(insert(model), values)
        add_files(self.db, drafts, self.warga.id)

    def _past(self, draft: dict[str, Any]) -> PastBerkas:
        story: Story = draft["story"]
        kind, who = draft["kind"], draft["who"]
        steps = [PastStep(story.sent, kind.initial, by="applicant", actor_id=who.id, actor_name=who.name)]
        for at, slug in story.steps:
            officer = self.dice.choice(self.staff)
            by = BY[slug]
            actor = (who.id, who.name) if by == "applicant" else (None, as_system("Pemeriksaan harian").name) if by == "system" else (officer.id, officer.name)
            to = kind.transition(slug).to if kind.transition(slug) else TO[slug]
            steps.append(PastStep(at, to, slug, by, *actor, self.dice.choice(STEP_WORDS.get(slug, ("",))), {}))
        state = steps[-1].to_state
        waits = state in ("perbaikan",)
        due = steps[-1].at + timedelta(days=14)
        running = state in EARLY or state in ("verifikasi_lapangan", "lpj_diperiksa", "menunggu_sk")
        return PastBerkas(
            REGISTER_CODE[kind.slug],
            draft["title"],
            steps,
            applicant_id=who.id,
            opd_id=self._desk(draft, state),
            desa_code=draft["place"].code,
            channel=self.dice.choices(("web", "loket"), (70, 30))[0],
            private=draft["body"] is None,
            clock="pause" if waits else "run" if running else "stop",
            clock_from=steps[-1].at,
            deadline_days=10,
            due_at=due,
            warn_at=due - timedelta(days=3),
            escalation=2 if due < self.now else 0,
        )

    def _desk(self, draft: dict[str, Any], state: str) -> int:
        program = draft["program"]
        if state in ("diajukan", "konfirmasi_camat", "dilaporkan"):
            own = self.opd.get(f"desa_{draft['place'].code}") if state == "diajukan" else None
            return own or kecamatan_office(self.db, draft["place"].code) or program.opd_id
        if state in ("cek_administrasi", "perbaikan"):
            return self.opd["kesra"]
        if state in ("pertimbangan_tapd", "masuk_anggaran"):
            return self.opd.get(str(option(self.db, "opd_tapd")), program.opd_id)
        if state in ("ditetapkan", "pencairan", "lpj_ditunggu", "terlambat_lpj", "lpj_diperiksa"):
            return self.opd.get(str(option(self.db, "opd_bendahara")), program.opd_id)
        return program.opd_id

    def _row(self, draft: dict[str, Any]) -> dict[str, Any]:
        story, body, program, place = draft["story"], draft["body"], draft["program"], draft["place"]
        value, approved = draft["value"], draft.get("approved")
        visited = story.at("rekomendasikan", "selesai_asesmen") is not None
        draft["score"] = self.dice.choice((100, 100, 90, 90, 80)) if visited else None
        recommended = value if visited else None
        paid_at = story.at("cairkan")
        person = {} if body else self._person(draft)
        account = body["row"] if body else person
        checked = story.at("disposisi") is not None
        nphd = story.at("nphd")
        return {
            "berkas_id": draft["id"],
            "program_id": program.id,
            "lembaga_id": body["id"] if body else None,
            "purpose": draft["purpose"],
            "beneficiaries": self.dice.randint(40, 900) if body else self.dice.randint(1, 6),
            "address": body["row"]["address"] if body else "Kampung Sawah RT 02",
            "lat": round((place.lat or -6.1) + self.dice.uniform(-0.004, 0.004), 6),
            "lon": round((place.lon or 106.1) + self.dice.uniform(-0.004, 0.004), 6),
            "asked": draft["asked"],
            "eligible": draft["eligible"],
            "recommended": recommended,
            "considered": value if story.at("masukkan_anggaran") else None,
            "approved": approved,
            "paid": approved or 0 if paid_at else 0,
            "score": draft["score"],
            "checklist": dict.fromkeys((*program.papers, *ALWAYS_CHECKED), "ok") if checked else {},
            "desa_confirmed": True if story.at("konfirmasi_desa", "sahkan_camat") else None,
            "desa_note": "",
            "desa_by": None,
            "camat_confirmed": True if story.at("konfirmasi_camat", "sahkan_camat") else None,
            "camat_note": "",
            "camat_by": None,
            "cause": draft["cause"],
            "refusal": story.refusal,
            "budget_ref": "KUA-PPAS" if story.at("masukkan_anggaran") else "",
            "penetapan_id": self._decree(program, story.at("tetapkan")) if approved else None,
            "nphd_number": f"{draft['id']}/NPHD/{program.paid_year}" if nphd else "",
            "nphd_date": nphd.date() if nphd else None,
            "lpj_due_on": lpj_due(paid_at.date()) if paid_at and program.jenis != "bansos_tak_terencana" else None,
            "bank": account["bank"],
            "rekening_name": account["rekening_name"],
            "rekening_cipher": account["rekening_cipher"],
            "rekening_mark": account["rekening_mark"],
            "rekening_tail": account["rekening_tail"],
            "chair_mark": body["chair_mark"] if body else "",
            "sent_at": story.sent,
        }

    def _person(self, draft: dict[str, Any]) -> dict[str, Any]:
        nik, kk, rekening = self._nik(draft["place"]), self._nik(draft["place"]), self._account()
        draft["person"] = {
            "name": draft["who"].name,
            "nik_cipher": secret.hide(nik),
            "nik_mark": secret.nik_mark(nik),
            "kk_cipher": secret.hide(kk),
            "kk_mark": secret.mark("kk", kk),
            "desil_cipher": secret.hide(str(self.dice.randint(1, 4))) if draft["story"].at("rekomendasikan") else None,
        }
        return {
            "bank": "BRI",
            "rekening_name": draft["who"].name,
            "rekening_cipher": secret.hide(rekening),
            "rekening_mark": secret.mark("rekening", rekening),
            "rekening_tail": rekening[-4:],
        }

    def _decree(self, program: Program, at: datetime | None) -> int:
        if program.id not in self.decrees:
            day = (at or self.now).date()
            row = Penetapan(
                program_id=program.id,
                sk_number=f"400.12/Kep.{300 + program.id}-Huk/{day.year}",
                sk_date=day,
                dpa=f"DPA-{program.paid_year}/{program.id:03}",
                made_by=None,
                made_at=at or self.now,
            )
            self.db.add(row)
            self.db.flush()
            self.decrees[program.id] = row.id
        return self.decrees[program.id]

    def _more(self, draft: dict[str, Any], rows: dict[Any, list[dict[str, Any]]]) -> None:
        """What hangs on a proposal: its person, plan, visit, payment and report."""
        story, berkas_id = draft["story"], draft["id"]
        if draft["body"] is None:
            rows[Individu].append({"berkas_id": berkas_id, **draft["person"]})
        rows[Rab] += [
            {"berkas_id": berkas_id, "number": n, "desc": desc, "volume_milli": int(volume * 1000), "unit": unit, "price": price}
            for n, (desc, volume, unit, price) in enumerate(draft["lines"], 1)
        ]
        visited = story.at("rekomendasikan", "selesai_asesmen")
        if visited:
            seen = Visit(True, True, self.dice.random() < 0.7, True)
            rows[Kunjungan].append(
                {
                    "berkas_id": berkas_id,
                    "visited_at": visited - timedelta(days=2),
                    "by": None,
                    "object_exists": seen.object_exists,
                    "active": seen.active,
                    "has_board": seen.has_board,
                    "papers_match": seen.papers_match,
                    "note": self.dice.choice(VISIT_NOTES),
                    "lat": None,
                    "lon": None,
                    "distance_m": self.dice.randint(3, 180),
                    "score": visit_score(seen),
                    "client_key": None,
                }
            )
        paid, approved = story.at("cairkan"), draft.get("approved") or 0
        if paid:
            rows[Pencairan].append(
                {"berkas_id": berkas_id, "sp2d": f"{berkas_id:05}/SP2D-LS/{paid.year}", "paid_on": paid.date(), "amount": approved, "by": None, "at": paid}
            )
        reported = story.at("kirim_lpj")
        if reported:
            realised = approved - self.dice.choice((0, 0, 0, 390_000, 1_250_000))
            rest, accepted = rest_of(approved, realised), story.at("terima_lpj")
            rows[Lpj].append(
                {
                    "berkas_id": berkas_id,
                    "realised": realised,
                    "rest": rest,
                    "note": "",
                    "sent_at": reported,
                    "accepted_at": accepted,
                    "returned": rest if accepted else 0,
                    "returned_on": accepted.date() if accepted and rest else None,
                    "sts": f"STS-{berkas_id:05}" if accepted and rest else "",
                }
            )

    def raise_flags(self, drafts: list[dict[str, Any]]) -> None:
        """Look at whoever is still on the way; flags of those that were recommended were looked at."""
        way = [draft["id"] for draft in drafts if draft["kind"].state(draft["story"].state).open]
        for proposal in self.db.scalars(select(Proposal).where(Proposal.berkas_id.in_(way)).order_by(Proposal.berkas_id)).unique():
            flags.look(self.db, proposal, now=proposal.sent_at)
        done = {draft["id"]: draft["story"].at("rekomendasikan", "selesai_asesmen") for draft in drafts}
        for flag in self.db.scalars(select(Tanda)):
            at = done.get(flag.berkas_id)
            if at is not None:
                flag.cleared_at, flag.clear_note = at, "Sudah dicocokkan dengan dokumen asli di lapangan."
        self.db.flush()
