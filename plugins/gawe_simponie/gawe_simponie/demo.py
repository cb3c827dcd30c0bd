"""A year of invented applications in every state, permits, supervision and national cases; equal for equal seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from pendopo.identity import Account, Opd, as_system, people_with
from pendopo.kit.attachments import store_bytes
from pendopo.kit.berkas import PastBerkas, PastStep, plant_berkas
from pendopo.kit.calendar import Calendar, calendar_for
from pendopo.kit.places import Place, desa_list

from . import catalogue, fees, national, risk
from .applications import OWNER as PAPERS
from .applications import REGISTER, requirements_of
from .decisions import draft_decision, enact
from .deemed import settle
from .demo_seats import TECHNICAL, seat
from .demo_stories import BY, PERMISSION, TO, Story, tell
from .demo_words import ANSWERS, FINDINGS, REASONS, REFUSALS, REMARKS, SUPERVISED, values_for
from .documents import PERMIT
from .hookspecs import NationalCase
from .kind import PERMOHONAN
from .levies import charge
from .models import Bap, Izin, Jenis, Kasus, Pengawasan, Pengikut, Permohonan, Tahap
from .rules import as_date, number_from, valid_until
from .steps import AT_APPLICANT, stage_due

COUNT = 230
RECENT = 60  # of the last nine days, so that every desk has work
WEIGHTS = {"SIP-DOKTER": 14, "SIP-PERAWAT": 22, "REKLAME": 16, "PENELITIAN": 18, "MAKAM": 8, "KERAMAIAN": 9, "TRAYEK": 3, "ASET": 6, "PBG": 12}
SHOWN = ("perbaikan", "menunggu_bayar", "terbit", "ditolak", "verifikasi_teknis", "dianggap_dikabulkan", "peninjauan_lapangan")
SYSTEM = as_system("Data contoh")
SIGNED_AT_ONCE = replace(PERMIT, signed=True)  # years ago nobody sits at a desk
DRAWN = 8  # papers of others than `warga` that are really drawn


class Cast:
    """Who plays."""

    def __init__(self, db: Session) -> None:
        people = db.execute(select(Account.id, Account.name, Account.handle, Account.kind).order_by(Account.id)).all()
        self.names = {row.id: row.name for row in people}
        self.citizens = [row.id for row in people if row.kind == "warga"]
        self.handles = {row.handle: row.id for row in people if row.handle}
        self.opd = {opd.code: opd for opd in db.scalars(select(Opd))}
        self.officers = {permission: people_with(db, permission) for permission in dict.fromkeys(p for p in PERMISSION.values() if p)}
        self.by_office = {code: people_with(db, "simponie.technical", self.opd[code].id) for code in TECHNICAL if code in self.opd}


def fill(db: Session, *, seed: int, now: datetime, scale: float) -> None:
    dice = random.Random(f"simponie-{seed}")  # noqa: S311  invented applications, no secret
    catalogue.load_shipped(db, SYSTEM, now=now - timedelta(days=400))
    risk.import_table(
        db, SYSTEM, risk.shipped_table(), title="Contoh bawaan", source="Data contoh, bukan lampiran PP 28/2025", demo=True, now=now - timedelta(days=200)
    )
    seat(db, now)
    cast = Cast(db)
    if not cast.citizens or "dpmptsp" not in cast.opd:
        return
    calendar = calendar_for(db)
    types = {row.kode: row for row in catalogue.published(db)}
    count = max(4, round(COUNT * scale))
    moments = [now - timedelta(days=360 * dice.random() ** 1.2, minutes=dice.randint(10, 600)) for _n in range(count)]
    moments = sorted([*moments, *(now - timedelta(days=9 * dice.random(), minutes=20) for _n in range(max(4, round(RECENT * scale))))])
    draw = partial(_draft, dice, cast, calendar, types, now)
    drafts = _complete([draw(moment) for moment in moments], draw, dice, now)
    _give_to_warga(cast, drafts)
    ids = plant_berkas(db, PERMOHONAN, [_past(dice, cast, calendar, draft) for draft in drafts])
    for draft, berkas_id in zip(drafts, ids, strict=True):
        draft["row"]["berkas_id"] = berkas_id
    db.execute(insert(Permohonan), [draft["row"] for draft in drafts])
    _stages(db, cast, drafts)
    _papers(db, cast, drafts)
    _visits(db, dice, drafts)
    _decide(db, dice, cast, calendar, drafts, now)
    _supervise(db, dice, now)
    _cases(db, dice, cast, now)
    db.flush()


def _complete(drafts: list[dict[str, Any]], draw: Callable[[datetime], dict[str, Any]], dice: random.Random, now: datetime) -> list[dict[str, Any]]:
    """However small the demo is: somebody must repair something, and an office whose desk everyone may try must inspect something."""
    for wanted in (("perbaikan", "dpmptsp"), ("peninjauan_lapangan", "dpupr")):
        if wanted not in map(_place_of, drafts):
            tries = (draw(now - timedelta(days=9 * dice.random(), minutes=20)) for _n in range(3000))
            drafts += [next(one for one in tries if _place_of(one) == wanted)]
    return sorted(drafts, key=lambda draft: draft["story"].received)


def _place_of(draft: dict[str, Any]) -> tuple[str, str]:
    """Its state, and the code of the office at whose desk it lies now."""
    state = draft["story"].state
    stage = draft["jenis"].type.stage(state)
    return state, stage.opd if stage and state in ("verifikasi_teknis", "peninjauan_lapangan") else "dpmptsp"


def _draft(dice: random.Random, cast: Cast, calendar: Calendar, types: dict[str, Jenis], now: datetime, moment: datetime) -> dict[str, Any]:
    code = dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    jenis, place = types[code], dice.choice(desa_list())
    values = values_for(code, dice, calendar.local(moment).date())
    fee = fees.fee_for(jenis.type.fee_rule, values)
    story = tell(dice, calendar, jenis.type, now, moment, costs=fee.amount > 0)
    applicant = dice.choice(cast.citizens)
    return {
        "jenis": jenis,
        "story": story,
        "place": place,
        "fee": fee,
        "applicant": applicant,
        "row": _row(dice, cast, jenis, story, place, values, fee, applicant),
    }


def _row(dice: random.Random, cast: Cast, jenis: Jenis, story: Story, place: Place, values: dict[str, Any], fee: fees.Fee, applicant: int) -> dict[str, Any]:
    located = jenis.type.location != "tidak"
    paid = story.at("lunas")
    charged = story.at("rekomendasi_berbayar")
    visit = story.at("tinjau")
    return {
        "jenis_id": jenis.id,
        "kode": jenis.kode,
        "tujuan": "baru",
        "izin_id": None,
        "applicant_name": cast.names[applicant],
        "applicant_address": f"Kampung {place.name}",
        "phone": "",
        "data": values,
        "measured": {},
        "lat": round(place.lat + dice.uniform(-0.005, 0.005), 6) if located and place.lat else None,
        "lon": round(place.lon + dice.uniform(-0.005, 0.005), 6) if located and place.lon else None,
        "address": f"Desa {place.name}" if located else "",
        "submitted_at": story.received,
        "inspect_on": (visit + timedelta(days=2)).date() if visit else None,
        "recommended": True if story.at("rekomendasi", "rekomendasi_berbayar", "fiktif_positif") else False if story.at("tidak_rekomendasi") else None,
        "fee": fee.as_data if charged else None,
        "fee_amount": fee.amount if charged else 0,
        "bill_id": None,
        "skrd_id": None,
        "paid_at": paid,
        "ntpd": f"{dice.getrandbits(60):015X}" if paid else "",
        "deemed_at": story.at("fiktif_positif"),
        "decided_at": story.at("tandatangani", "tolak"),
        "reason": dice.choice(REFUSALS) if story.at("tolak") else "Melanggar ketentuan pada izin." if story.at("cabut") else "",
    }


def _give_to_warga(cast: Cast, drafts: list[dict[str, Any]]) -> None:
    """The account `warga` gets the newest application of each state worth seeing, and three permits."""
    warga = cast.handles.get("warga")
    if warga is None:
        return
    chosen: dict[str, dict[str, Any]] = {}
    for draft in drafts:
        if draft["story"].state in SHOWN:
            chosen[draft["story"].state] = draft
    more = [draft for draft in drafts if draft["story"].state == "terbit"][-12::5]
    for draft in [*chosen.values(), *more]:
        draft["applicant"] = warga
        draft["row"]["applicant_name"] = cast.names[warga]


def _past(dice: random.Random, cast: Cast, calendar: Calendar, draft: dict[str, Any]) -> PastBerkas:
    story, jenis = draft["story"], draft["jenis"]
    steps = [PastStep(story.received, "diajukan", by="applicant", actor_id=draft["applicant"], actor_name=cast.names[draft["applicant"]])]
    for at, slug in story.steps:
        actor = draft["applicant"] if BY[slug] == "applicant" else None if BY[slug] == "system" else _officer(dice, cast, jenis, slug)
        name = cast.names.get(actor or 0, "Batas waktu layanan" if slug == "fiktif_positif" else "Pembayaran retribusi")
        office = cast.opd.get(_office_code(jenis, slug))
        steps.append(
            PastStep(at, TO[slug], slug, BY[slug], actor, name, _text(dice, draft, slug), {"opd": office.name} if BY[slug] == "officer" and office else {})
        )
    state, code = _place_of(draft)
    office = cast.opd.get(code)
    due = calendar.at(story.due, calendar.close) if story.due else None
    past = PastBerkas(
        REGISTER,
        f"{jenis.nama}: {draft['row']['applicant_name']}",
        steps,
        applicant_id=draft["applicant"],
        opd_id=office.id if office else None,
        desa_code=draft["place"].code,
        channel=dice.choices(("web", "android", "loket"), (70, 15, 15))[0],
        clock="pause" if state in AT_APPLICANT else "stop" if state == "dianggap_dikabulkan" else "run",
        clock_from=story.received,
        deadline_days=jenis.type.days,
        due_at=due,
        warn_at=due - timedelta(days=1) if due else None,
        escalation=0,
        stopped_at=story.at("tandatangani", "tolak", "fiktif_positif") if not story.at("fiktif_positif") else story.at("fiktif_positif"),
    )
    if state == "terbit" and dice.random() < 0.45:
        past.rating, past.rating_comment = dice.choices((4, 3, 2, 1), (52, 34, 10, 4))[0], dice.choice(REMARKS)
    return past


def _office_code(jenis: Jenis, slug: str) -> str:
    technical = jenis.type.stage("verifikasi_teknis")
    return technical.opd if technical and PERMISSION[slug] == "simponie.technical" else "dpmptsp"


def _officer(dice: random.Random, cast: Cast, jenis: Jenis, slug: str) -> int | None:
    people = cast.by_office.get(_office_code(jenis, slug)) or cast.officers.get(PERMISSION[slug]) or []
    return dice.choice(people) if people else None


def _text(dice: random.Random, draft: dict[str, Any], slug: str) -> str:
    if slug == "minta_perbaikan":
        return dice.choice(REASONS)
    if slug == "perbaiki":
        return dice.choice(ANSWERS)
    if slug in ("tolak", "cabut", "tidak_rekomendasi"):
        return draft["row"]["reason"] or dice.choice(REFUSALS)
    if slug == "fiktif_positif":
        return "Tidak ada keputusan sampai batas waktunya."
    return "Keberatan sudah kami pelajari." if slug.endswith("keberatan") else ""


def _stages(db: Session, cast: Cast, drafts: list[dict[str, Any]]) -> None:
    """How long each lay where."""
    rows = []
    for draft in drafts:
        permit, story = draft["jenis"].type, draft["story"]
        points = [(story.received, "diajukan"), *((at, TO[slug]) for at, slug in story.steps)]
        for number, (at, state) in enumerate(points):
            if not PERMOHONAN.state(state).open:
                continue
            stage = permit.stage(state) if state in ("verifikasi_teknis", "peninjauan_lapangan") else None
            office = cast.opd.get(stage.opd if stage else "dpmptsp")
            until = points[number + 1][0] if number + 1 < len(points) else None
            rows.append(
                {
                    "berkas_id": draft["row"]["berkas_id"],
                    "state": state,
                    "opd_id": None if state in AT_APPLICANT or office is None else office.id,
                    "since": at,
                    "until": until,
                    "due_on": stage_due(db, permit, state, at),
                }
            )
    db.execute(insert(Tahap), rows)


def _papers(db: Session, cast: Cast, drafts: list[dict[str, Any]]) -> None:
    """Papers of what is open, and of `warga`: a page that says it is an example."""
    page = _page()
    for draft in drafts:
        if not PERMOHONAN.state(draft["story"].state).open and draft["applicant"] != cast.handles.get("warga"):
            continue
        for one in requirements_of(draft["jenis"].type, draft["row"]["data"]):
            if one.is_required:
                store_bytes(db, SYSTEM, page, f"{one.slug}.pdf", owner=PAPERS, ref=draft["row"]["berkas_id"]).label = one.label
    db.flush()


def _page() -> bytes:
    import io

    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (420, 594), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((20, 20, 400, 574), outline="#888")
    pen.text((150, 60), "DOKUMEN CONTOH", fill="#333")
    for line in range(12):
        pen.line((50, 120 + 32 * line, 370 - 40 * (line % 3), 120 + 32 * line), fill="#bbb", width=3)
    out = io.BytesIO()
    picture.save(out, "PDF")
    return out.getvalue()


def _visits(db: Session, dice: random.Random, drafts: list[dict[str, Any]]) -> None:
    rows = [
        {
            "berkas_id": d["row"]["berkas_id"],
            "client_key": f"contoh-{d['row']['berkas_id']}",
            "inspected_at": d["story"].at("rekomendasi", "rekomendasi_berbayar") - timedelta(hours=3),
            "lat": d["row"]["lat"],
            "lon": d["row"]["lon"],
            "accuracy_m": dice.choice((6, 12, 25)),
            "result": "sesuai",
            "findings": dice.choice(FINDINGS),
            "team": "Tim teknis",
            "witness": "Pemohon",
            "by": None,
            "at": d["story"].at("rekomendasi", "rekomendasi_berbayar"),
            "document_id": None,
        }
        for d in drafts
        if d["story"].at("tinjau") and d["story"].at("rekomendasi", "rekomendasi_berbayar")
    ]
    if rows:
        db.execute(insert(Bap), rows)


def _decide(db: Session, dice: random.Random, cast: Cast, calendar: Calendar, drafts: list[dict[str, Any]], now: datetime) -> None:
    """Permits of everybody in the register; the papers of `warga` and of a few others are drawn and signed."""
    warga = cast.handles.get("warga")
    granted = [d for d in drafts if d["story"].state in ("terbit", "dicabut")]
    drawn = {id(d) for d in granted if d["story"].state == "terbit" and (d["applicant"] == warga or d in granted[-DRAWN:])}
    rows, seqs = [], {}
    for draft in granted:
        if id(draft) in drawn:
            row, at = db.get_one(Permohonan, draft["row"]["berkas_id"]), draft["story"].at("tandatangani")
            enact(db, row, draft_decision(db, SYSTEM, row, now=at, kind=SIGNED_AT_ONCE, quiet=True), at)
        else:
            rows.append(_old_permit(calendar, draft, seqs))
    if rows:
        db.execute(insert(Izin), rows)
    for draft in drafts:
        state, story = draft["story"].state, draft["story"]
        if state not in ("menunggu_bayar", "dianggap_dikabulkan", "ttd"):
            continue
        row = db.get_one(Permohonan, draft["row"]["berkas_id"])
        if state == "menunggu_bayar":
            charge(db, SYSTEM, row, now=story.at("rekomendasi_berbayar"))
        elif state == "ttd":
            draft_decision(db, SYSTEM, row, now=story.at("ajukan_ttd"))
        else:
            settle(db, SYSTEM, row, now=story.at("fiktif_positif"))


def _old_permit(calendar: Calendar, draft: dict[str, Any], seqs: dict[tuple[str, int], int]) -> dict[str, Any]:
    """A permit from before the electronic register: its number stands in book A."""
    jenis, story, row = draft["jenis"], draft["story"], draft["row"]
    issued = calendar.local(story.at("tandatangani")).date()
    key = (jenis.kode, issued.year)
    seqs[key] = seqs.get(key, 0) + 1
    limit = jenis.data.get("batas_masa")
    until = valid_until(
        issued, jenis.data.get("masa_berlaku_bulan"), not_after=as_date(row["data"].get(limit)) if limit else None, most_months=jenis.type.most_months
    )
    ended = story.at("cabut")
    return {
        "berkas_id": row["berkas_id"],
        "jenis_id": jenis.id,
        "kode": jenis.kode,
        "number": number_from(jenis.data["nomor"].replace("{seq", "A{seq"), seqs[key], issued),
        "holder_id": draft["applicant"],
        "holder_name": row["applicant_name"],
        "place": row["address"],
        "desa_code": draft["place"].code,
        "lat": row["lat"],
        "lon": row["lon"],
        "issued_on": issued,
        "valid_until": max(until, issued) if until else None,
        "status": "dicabut" if ended else "berlaku",
        "document_id": None,
        "replaces_id": None,
        "ended_on": calendar.local(ended).date() if ended else None,
        "reason": row["reason"] if ended else "",
        "reminded": False,
    }


def _supervise(db: Session, dice: random.Random, now: datetime) -> None:
    permits = list(db.scalars(select(Izin).where(Izin.status == "berlaku", Izin.kode.in_(("REKLAME", "TRAYEK", "SIP-DOKTER"))).order_by(Izin.id)))
    for number, izin in enumerate(dice.sample(permits, min(14, len(permits)))):
        done = number % 3 != 0
        planned = (now + timedelta(days=dice.randint(2, 20) if not done else -dice.randint(5, 90))).date()
        at = now - timedelta(days=3) if done else None
        finding = dice.choice(SUPERVISED) if done else ""
        db.add(
            Pengawasan(
                izin_id=izin.id,
                planned_on=planned,
                done_at=at,
                finding=finding,
                sanction="teguran" if finding.startswith(("Nomor", "Reklame")) else "",
                by=None,
            )
        )


def _cases(db: Session, dice: random.Random, cast: Cast, now: datetime) -> None:
    """What OSS and SIMBG would have told of a dozen cases; `warga` follows two."""
    story = ("diajukan", "diperiksa", "perbaikan", "diverifikasi", "terbit")
    for number in range(12):
        channel = "oss" if number % 2 else "simbg"
        reference = f"TIRUAN-{number:04d}-{dice.randint(1000, 9999)}"
        length, begun = dice.randint(1, 5), now - timedelta(days=dice.randint(15, 120))
        for place in range(length):
            at = begun + timedelta(days=2 * place)
            office = ("Sistem", "DPMPTSP", "Pemohon", "DPUPR", "DPMPTSP")[place]
            national.take_in(db, channel, NationalCase(reference, story[place], at, "Kasus tiruan untuk contoh", office, "", f"contoh-{number}-{place}"))
    warga = cast.handles.get("warga")
    if warga is not None:
        for case in list(db.scalars(select(Kasus).order_by(Kasus.id).limit(2))):
            db.add(Pengikut(kasus_id=case.id, account_id=warga))
