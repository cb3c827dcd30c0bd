"""Two thousand invented reports over a year, in bulk; equal for equal seed."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from pendopo.identity import Account, Opd, as_system, people_with
from pendopo.kit import attachments as files
from pendopo.kit.berkas import PastBerkas, PastStep, plant_berkas
from pendopo.kit.calendar import Calendar, CalendarNotLoaded, calendar_for
from pendopo.kit.places import Place, desa_list, find_place

from . import demo_pictures as pictures
from .categories import BY_CODE
from .demo_stories import BY, TO, VERIFIER_STEPS, Story, tell
from .demo_words import COMMENTS, COMPLAINTS, ENDINGS, PLACES, QUESTIONS, REMARKS, SINCE, STEP_WORDS
from .kind import HANDLE, LAPORAN, VERIFY
from .models import Dukungan, KerusakanJalan, Komentar, Laporan, TindakLanjut
from .options import class_days, opd_code_for, option
from .reports import FOLLOW_UP, OWNER
from .rules import KERUSAKAN, Weight, class_due, priority_of, priority_points
from .steps import ANSWERS, FINISHES, WARN_AT

REPORTS = 2000
PUBLISHED = ("disposisi", "teruskan_luar")
SHOWN_STATES = ("dikerjakan", "selesai_menurut_opd", "didisposisi", "tidak_lengkap", "dianggarkan", "dikonfirmasi_pelapor", "dijadwalkan", "diterima")


class Cast:
    """Who plays: citizens, officers by office, and the accounts that everyone may try."""

    def __init__(self, db: Session) -> None:
        people = db.execute(select(Account.id, Account.name, Account.handle, Account.kind).order_by(Account.id)).all()
        self.names = {row.id: row.name for row in people}
        self.citizens = [row.id for row in people if row.kind == "warga"]
        self.handles = {row.handle: row.id for row in people if row.handle}
        self.opd = {opd.code: opd for opd in db.scalars(select(Opd))}
        self.verifiers = people_with(db, VERIFY)
        self.opd_of = {code: self.opd.get(opd_code_for(db, code)) for code in BY_CODE}
        self.coordinator = self.opd.get(str(option(db, "opd_koordinator")))
        self.officers = {opd.id: people_with(db, HANDLE, opd.id) for opd in set(self.opd_of.values()) if opd is not None}


def fill(db: Session, *, seed: int, now: datetime, scale: float) -> None:
    dice = random.Random(f"laporan-{seed}")  # noqa: S311  invented reports, no secret
    cast = Cast(db)
    count = max(1, round(REPORTS * scale))
    if not cast.citizens or cast.coordinator is None or not cast.verifiers:
        return
    moments = sorted(now - timedelta(days=365 * dice.random() ** 1.15, minutes=dice.randint(20, 600)) for _ in range(count))
    stories = [tell(dice, now, moment) for moment in moments]
    own = _reports_of_warga(stories, now)
    calendar = calendar_for(db)
    desa = desa_list()
    drafts = [_draft(db, dice, cast, calendar, story, desa, now, own=number in own) for number, story in enumerate(stories)]
    _give_work(dice, cast, drafts)
    ids = plant_berkas(db, LAPORAN, [draft["past"] for draft in drafts])
    for draft, berkas_id in zip(drafts, ids, strict=True):
        draft["row"]["berkas_id"] = berkas_id
    _merge(dice, drafts)
    supports = _supports(dice, cast, drafts, now)
    roads = [{**draft["road"], "berkas_id": draft["row"]["berkas_id"]} for draft in drafts if draft["road"]]
    db.execute(insert(Laporan), [draft["row"] for draft in drafts])
    if roads:
        db.execute(insert(KerusakanJalan), roads)
    if supports:
        db.execute(insert(Dukungan), supports)
    done = _add_talk(db, dice, cast, drafts, now)
    _add_photos(db, dice, drafts, done, scale)


def _reports_of_warga(stories: list[Story], now: datetime) -> set[int]:
    """Numbers of the stories that the account `warga` gets: one in each state worth seeing, the newest there is."""
    chosen: dict[str, int] = {}
    for number, story in enumerate(stories):
        if story.state in SHOWN_STATES and BY_CODE[story.code].responsive:
            chosen[story.state] = number
    return set(chosen.values())


def _draft(db: Session, dice: random.Random, cast: Cast, calendar: Calendar, story: Story, desa: list[Place], now: datetime, *, own: bool) -> dict[str, Any]:
    category, where = BY_CODE[story.code], dice.choice(desa)
    kecamatan = find_place(where.parent)
    title, text = _words(dice, story, where.name, kecamatan.name if kecamatan else "")
    anonymous, private = not own and dice.random() < 0.08, not own and dice.random() < (0.35 if not category.responsive else 0.04)
    applicant = cast.handles.get("warga") if own else dice.choice(cast.citizens) if dice.random() < 0.86 else None
    opd = cast.opd_of[story.code] or cast.coordinator
    published = story.at(*PUBLISHED)
    outside = story.at("teruskan_luar") is not None
    office = opd if published and not outside else cast.coordinator
    officers = cast.officers.get(opd.id) or cast.verifiers
    officer = dice.choice(officers) if story.at("survei") else None
    steps = _steps(dice, cast, story, applicant, officers, office.name)
    due, clock = _clock(db, calendar, story, published)
    flags = {"casualties": dice.random() < 0.06, "access_cut": dice.random() < 0.04, "school_route": dice.random() < 0.22}
    past = PastBerkas(
        category.prefix,
        title,
        steps,
        applicant_id=applicant,
        opd_id=office.id,
        officer_id=officer if office is opd else None,
        desa_code=where.code,
        channel=dice.choices(("web", "android", "loket", "open311"), (70, 18, 8, 4))[0],
        private=private,
        anonymous=anonymous,
        **clock,
        escalation=2 if clock["due_at"] and clock["due_at"] < now else 0,
        stopped_at=story.at(*FINISHES, "anggarkan"),
    )
    if story.state in ("dikonfirmasi_pelapor", "ditutup") and applicant and dice.random() < 0.45:
        past.rating, past.rating_comment = dice.choices((4, 3, 2, 1), (44, 36, 14, 6))[0], dice.choice(REMARKS)
    finished = story.at(*FINISHES)
    reopened = story.at("buka_kembali")
    row = {
        "token": f"{dice.getrandbits(96):024x}",
        "service_code": story.code,
        "title": title,
        "description": text,
        "public_title": title if published else "",
        "public_text": text if published else "",
        "published_at": published,
        "lat": round((where.lat or -6.1) + dice.uniform(-0.006, 0.006), 6),
        "lon": round((where.lon or 106.1) + dice.uniform(-0.006, 0.006), 6),
        "accuracy_m": dice.choice((5, 8, 12, 20, 35)),
        "address": "",
        "desa_code": where.code,
        "kelas": story.kelas,
        **flags,
        "priority": 4,
        "urgent": False,
        "private": private,
        "anonymous": anonymous,
        "contact_name": "",
        "contact_phone": "",
        "contact_email": "",
        "media_url": "",
        "photo_count": 0,
        "supports": 0,
        "duplicate_of": None,
        "road_authority": "",
        "road_name": "",
        "forwarded_to": dice.choice(("BBPJN Banten", "DPUPR Provinsi Banten")) if outside else "",
        "sp4n_id": None,
        "target_date": _date_after(story, "jadwalkan", dice),
        "budget_year": (now + timedelta(days=200)).year if story.at("anggarkan") else None,
        "budget_ref": f"RKPD Perubahan, kegiatan {dice.randint(11, 98)}" if story.at("anggarkan") else "",
        "received_at": story.received,
        "verified_at": published or story.at("tolak", "gabung"),
        "answered_at": min((at for at, step in story.steps if step in ANSWERS), default=None),
        "finished_at": None if finished and reopened and reopened > finished else finished,
        "class_due_at": due,
        "reopened": 1 if reopened else 0,
        "letter": "",
        "api_key_id": None,
        "extra": {},
    }
    road = _road(dice, row) if category.road else None
    return {"past": past, "row": row, "road": road, "story": story}


def _words(dice: random.Random, story: Story, desa: str, kecamatan: str) -> tuple[str, str]:
    place = dice.choice(PLACES).format(desa=desa, kecamatan=kecamatan)
    asks = story.kelas in ("informasi", "aspirasi") and BY_CODE[story.code].road
    title, text = dice.choice(QUESTIONS if asks else COMPLAINTS[story.code])
    return title.format(place=place)[:120], text.format(place=place, since=dice.choice(SINCE)) + dice.choice(ENDINGS)


def _steps(dice: random.Random, cast: Cast, story: Story, applicant: int | None, officers: list[int], office: str) -> list[PastStep]:
    name = cast.names.get(applicant or 0, "")
    steps = [PastStep(story.received, "diterima", by="applicant", actor_id=applicant, actor_name=name)]
    system = as_system("Penutupan otomatis").name
    for at, slug in story.steps:
        by = BY[slug]
        verifying = slug in VERIFIER_STEPS
        actor = dice.choice(cast.verifiers) if verifying else dice.choice(officers)
        who, called = (applicant, name) if by == "applicant" else (None, system) if by == "system" else (actor, cast.names.get(actor, ""))
        data = {"opd": cast.coordinator.name if verifying and cast.coordinator else office} if by == "officer" else {}
        steps.append(PastStep(at, TO[slug], slug, by, who, called, dice.choice(STEP_WORDS.get(slug, ("",))), data))
    return steps


def _clock(db: Session, calendar: Calendar, story: Story, published: datetime | None) -> tuple[datetime | None, dict[str, Any]]:
    """`(due of the class, the clock of the berkas)` as the steps would have left them."""
    days = class_days(db, story.kelas, on=story.received.date()) if published else int(option(db, "sla_verifikasi_hk"))
    start = story.at("buka_kembali") or story.received
    try:
        due, warn = class_due(calendar, start, days), class_due(calendar, start, int(days * WARN_AT))
    except CalendarNotLoaded:
        due = warn = None
    stopped = story.state in ("selesai_menurut_opd", "dianggarkan")
    clock = "pause" if story.state == "tidak_lengkap" else "stop" if stopped else "run"
    return due if published else None, {"clock": clock, "clock_from": start, "deadline_days": days, "due_at": due, "warn_at": warn}


def _date_after(story: Story, step: str, dice: random.Random) -> date | None:
    at = story.at(step)
    return (at + timedelta(days=dice.randint(2, 9))).date() if at else None


def _road(dice: random.Random, row: dict[str, Any]) -> dict[str, Any]:
    row["road_authority"] = (
        "nasional" if row["forwarded_to"].startswith("BBPJN") else "provinsi" if row["forwarded_to"] else dice.choice(("kabupaten", "kabupaten", "desa", ""))
    )
    start = dice.randint(0, 9) * 1000 + dice.randrange(0, 1000, 50)
    length = int(dice.triangular(20, 2600, 180)) // 10 * 10 or 20
    marked = dice.random() < 0.25
    return {
        "no_ruas": str(dice.randint(1, 276)) if row["road_authority"] == "kabupaten" else "",
        "length_m": length,
        "width_cm": dice.choice((300, 350, 400, 450, 550, 600, None)),
        "depth_cm": dice.choice((5, 8, 10, 15, 20, None, None)),
        "damage": dice.choices(tuple(KERUSAKAN), (52, 14, 10, 2, 10, 12))[0],
        "sta_start": f"{start // 1000}+{start % 1000:03d}" if marked else "",
        "sta_end": f"{(start + length) // 1000}+{(start + length) % 1000:03d}" if marked else "",
    }


def _give_work(dice: random.Random, cast: Cast, drafts: list[dict[str, Any]]) -> None:
    """The account `petugas` has something on the desk, and so has the Kabid."""
    petugas, kabid = cast.handles.get("petugas"), cast.handles.get("kabid")
    dpupr = cast.opd_of["JLN-RSK"]
    here = [d["past"] for d in drafts if dpupr and d["past"].opd_id == dpupr.id and d["story"].state in ("diterima_opd", "survei", "dikerjakan", "dijadwalkan")]
    for number, past in enumerate(dice.sample(here, min(14, len(here)))):
        past.officer_id = (kabid if number % 5 == 4 else petugas) or past.officer_id


def _merge(dice: random.Random, drafts: list[dict[str, Any]]) -> None:
    """Merged reports point to an earlier one of the same category."""
    first: dict[str, list[dict[str, Any]]] = {}
    for draft in drafts:
        row = draft["row"]
        if draft["story"].state == "duplikat" and first.get(row["service_code"]):
            row["duplicate_of"] = dice.choice(first[row["service_code"]][-20:])["berkas_id"]
        elif row["published_at"]:
            first.setdefault(row["service_code"], []).append(row)


def _supports(dice: random.Random, cast: Cast, drafts: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Some reports are supported by many; the priority follows."""
    rows = []
    for draft in drafts:
        row = draft["row"]
        wanted = min(len(cast.citizens) - 1, int(dice.expovariate(1 / 3.2))) if row["published_at"] and not row["private"] else 0
        if dice.random() < 0.03:
            wanted = min(len(cast.citizens) - 1, wanted * 8)
        people = [p for p in dice.sample(cast.citizens, min(wanted, len(cast.citizens))) if p != draft["past"].applicant_id]
        row["supports"] = len(people)
        weight = Weight(row["casualties"], row["access_cut"], row["school_route"], row["road_authority"] == "kabupaten", len(people))
        row["priority"] = priority_of(priority_points(weight))
        span = (now - row["published_at"]).total_seconds() if people else 0
        rows += [{"berkas_id": row["berkas_id"], "account_id": p, "at": row["published_at"] + timedelta(seconds=dice.random() * span)} for p in people]
    return rows


def _add_talk(db: Session, dice: random.Random, cast: Cast, drafts: list[dict[str, Any]], now: datetime) -> dict[int, int]:
    """Comments, and what was done in the field: berkas id -> id of the work."""
    comments, done = [], []
    for draft in drafts:
        row, story = draft["row"], draft["story"]
        if row["published_at"] and not row["private"] and dice.random() < 0.12:
            people = dice.sample(cast.citizens, min(len(cast.citizens), dice.randint(1, 3)))
            span = (now - row["published_at"]).total_seconds()
            comments += [
                {
                    "berkas_id": row["berkas_id"],
                    "account_id": p,
                    "text": dice.choice(COMMENTS),
                    "at": row["published_at"] + timedelta(seconds=dice.random() * span),
                }
                for p in people
            ]
        at = story.at("selesaikan")
        if at:
            cost = dice.randint(4, 90) * 500_000 if dice.random() < 0.4 else None
            done.append(
                {
                    "berkas_id": row["berkas_id"],
                    "kind": "pekerjaan",
                    "note": "Pekerjaan selesai; foto sesudah perbaikan terlampir.",
                    "cost": cost,
                    "package": "",
                    "volume": f"{draft['road']['length_m']} m" if draft["road"] else "",
                    "opd_id": draft["past"].opd_id,
                    "by": draft["past"].officer_id,
                    "at": at,
                }
            )
    if comments:
        db.execute(insert(Komentar), comments)
    ids = list(db.scalars(insert(TindakLanjut).returning(TindakLanjut.id, sort_by_parameter_order=True), done)) if done else []
    return dict(zip((row["berkas_id"] for row in done), ids, strict=True))


def _add_photos(db: Session, dice: random.Random, drafts: list[dict[str, Any]], done: dict[int, int], scale: float) -> None:
    """A few dozen drawings, each shown by many reports: kept once, since files lie under their hash."""
    album = {
        (kind, repaired): [_picture(db, kind, number, repaired) for number in range(pictures.EACH if scale > 0.2 else 1)]
        for kind in sorted(set(pictures.KINDS.values()))
        for repaired in (False, True)
    }
    rows: list[dict[str, Any]] = []
    counts: Counter[int] = Counter()
    for draft in drafts:
        row = draft["row"]
        kind = pictures.KINDS.get(row["service_code"])
        if kind is None:
            continue
        if dice.random() < 0.55:
            chosen = dice.sample(album[kind, False], min(len(album[kind, False]), dice.choices((1, 2, 3), (70, 22, 8))[0]))
            rows += [_copy(photo, OWNER, row["berkas_id"], row["received_at"]) for photo in chosen]
            counts[row["berkas_id"]] = len(chosen)
        if row["berkas_id"] in done:
            rows.append(_copy(dice.choice(album[kind, True]), FOLLOW_UP, done[row["berkas_id"]], draft["story"].at("selesaikan")))
    if rows:
        db.execute(insert(files.Attachment), rows)
        db.execute(
            update(Laporan.__table__).where(Laporan.berkas_id == bindparam("who")).values(photo_count=bindparam("many")),
            [{"who": who, "many": many} for who, many in counts.items()],
        )


def _picture(db: Session, kind: str, number: int, repaired: bool) -> files.Attachment:
    return files.store_bytes(
        db, as_system("contoh"), pictures.draw(kind, number, repaired=repaired), f"{kind}-{number + 1}.jpg", owner="gawe_pelaporan.contoh", ref=1
    )


def _copy(photo: files.Attachment, owner: str, ref: int, at: datetime | None) -> dict[str, Any]:
    import secrets

    kept = {name: getattr(photo, name) for name in ("filename", "mime", "size_bytes", "sha256", "width", "height")}
    return {**kept, "owner": owner, "ref": ref, "token": secrets.token_urlsafe(16), "lat": None, "lon": None, "uploaded_by": None, "created_at": at}
