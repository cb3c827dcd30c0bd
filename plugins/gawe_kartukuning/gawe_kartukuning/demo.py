"""Two years of invented seekers, cards in every state, employers, vacancies and placements; equal for equal seed."""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from pendopo.identity import Account, Jabatan, Opd, Penugasan, decrypt_nik, encrypt_nik, nik_lookup, parse_nik
from pendopo.kit.berkas import Berkas, PastBerkas, PastStep, plant_berkas
from pendopo.kit.calendar import CalendarNotLoaded, calendar_for
from pendopo.kit.places import desa_list

from . import demo_words, rules
from .demo_cards import card_row, moment, sign_some
from .demo_pictures import add_photos
from .demo_work import add_work
from .kind import AK1_KIND
from .models import Bkk, Impor, Kartu, Keterampilan, Lapor, Minat, Pencari, Pendidikan, Pengalaman, Permohonan
from .options import office_id

SEEKERS = 1400
OPEN = (("diajukan", 14), ("diverifikasi", 8), ("perlu_perbaikan", 5), ("wawancara_singkat", 3), ("disetujui", 12))
PAPERS = 14  # newest cards that get a real, signed paper; the others came from the old register
ROLES = {"petugas": "pengantar_kerja", "kabid": "kartu_kabid"}  # handles of accounts that everyone may try


class Cast:
    """Who plays: accounts of citizens with their nik, officers of the office, and the accounts that everyone may try."""

    def __init__(self, db: Session) -> None:
        people = db.scalars(select(Account).order_by(Account.id)).all()
        self.citizens = [row for row in people if row.kind == "warga" and row.nik_lookup]
        self.handles = {row.handle: row for row in people if row.handle}
        self.office = office_id(db)
        self.opd = db.get(Opd, self.office) if self.office else None
        holders = db.execute(
            select(Account.id, Account.name, Jabatan.eselon, Jabatan.id)
            .join(Penugasan, Penugasan.account_id == Account.id)
            .join(Jabatan, Jabatan.id == Penugasan.jabatan_id)
            .where(Jabatan.opd_id == self.office)
        ).all()
        self.officers = [row for row in holders if row[2] is None] or holders
        self.head = next((row for row in holders if row[2] == "III.b"), holders[0] if holders else None)


def fill(db: Session, *, seed: int, now: datetime, scale: float) -> None:
    dice = random.Random(f"kartu-{seed}")  # noqa: S311  invented people, no secret
    _give_roles(db)
    cast = Cast(db)
    if not cast.citizens or cast.head is None:
        return
    today = calendar_for(db).local(now).date()
    schools = _schools(db, dice, cast, now)
    people = _people(db, dice, cast, schools, max(60, round(SEEKERS * scale)), today)
    waiting = _waiting(dice, people, scale)
    stories = [_story(db, dice, cast, person, waiting.get(n), now, today) for n, person in enumerate(people)]
    order = sorted(range(len(stories)), key=lambda n: stories[n]["past"].steps[0].at)
    ids = plant_berkas(db, AK1_KIND, [stories[n]["past"] for n in order])
    for n, berkas_id in zip(order, ids, strict=True):
        stories[n]["berkas_id"] = berkas_id
    _write(db, dice, cast, [stories[n] for n in order], today)
    _lists(db, schools, [stories[n] for n in order])
    add_photos(db, dice, [stories[n] for n in order], PAPERS)
    sign_some(db, cast, PAPERS, now)
    add_work(db, dice, cast, now, today)


def _give_roles(db: Session) -> None:
    """The chairs of the office, and those that everyone may try, get the roles of this service."""
    opd = office_id(db)
    handles = {row.id: row.handle for row in db.scalars(select(Account).where(Account.handle.in_(ROLES)))}
    chairs = db.execute(select(Jabatan, Penugasan.account_id).join(Penugasan, Penugasan.jabatan_id == Jabatan.id)).all()
    for jabatan, account_id in chairs:
        role = ROLES.get(handles.get(account_id) or "")
        if jabatan.opd_id == opd:
            role = "pengantar_kerja" if jabatan.eselon is None else "kartu_kabid" if jabatan.eselon == "III.b" else ""
        if role and role not in jabatan.roles:
            jabatan.roles = [*jabatan.roles, role]
    db.flush()


def _schools(db: Session, dice: random.Random, cast: Cast, now: datetime) -> list[Bkk]:
    rows = []
    for n, name in enumerate(demo_words.SCHOOLS[:5]):
        status = "menunggu" if n == 4 else "terverifikasi"
        owner = cast.citizens[(n + 30) % len(cast.citizens)]
        rows.append(
            Bkk(
                account_id=owner.id,
                npsn=f"0000{n + 1:04}",
                nama=name,
                kontak=owner.name,
                hp=owner.phone or "",
                status=status,
                created_at=now - timedelta(days=400 - n),
            )
        )
    db.add_all(rows)
    db.flush()
    return rows


def _people(db: Session, dice: random.Random, cast: Cast, schools: Sequence[Bkk], count: int, today: date) -> list[dict[str, Any]]:
    """Rows of Pencari with what belongs to them; the first ones are citizens with an account."""
    desa, taken, people = desa_list(), set(), []
    with_account = [cast.handles["warga"], *(c for c in cast.citizens[1::2] if c.handle is None)] if "warga" in cast.handles else cast.citizens[::2]
    for n in range(count):
        account = with_account[n] if n < len(with_account) else None
        sex = dice.choice("LP")
        age = min(54, int(17 + dice.expovariate(1 / 5.5)))
        born = date(today.year - age, 1, 1) + timedelta(days=dice.randrange(300))
        if account is not None:
            parts = parse_nik(decrypt_nik(account.nik_cipher), invented=True)
            sex, born = parts.sex, parts.birth_date
            age = rules.age_on(born, today)
        level = (
            dice.choices(("SMK", "SMA", "SMP", "SD", "D3", "S1"), (42, 26, 9, 4, 8, 11))[0]
            if age >= 22
            else dice.choices(("SMK", "SMA", "SMP"), (62, 32, 6))[0]
        )
        major = dice.choice(demo_words.MAJORS[level]) if level in demo_words.MAJORS else ""
        where = dice.choice(desa)
        nik = _nik(dice, taken, where.parent, sex, born) if account is None else ""
        name = account.name if account else f"{dice.choice(demo_words.MEN if sex == 'L' else demo_words.WOMEN)} {dice.choice(demo_words.LAST)}"
        row = {
            "account_id": account.id if account else None,
            "nik_cipher": account.nik_cipher if account else encrypt_nik(nik),
            "nik_lookup": account.nik_lookup if account else nik_lookup(nik),
            "nama": name,
            "tempat_lahir": dice.choice(demo_words.PLACES),
            "tanggal_lahir": born,
            "jk": sex,
            "status_kawin": dice.choices(("belum", "kawin", "cerai_hidup"), (80, 18, 2))[0] if age > 20 else "belum",
            "agama": "",
            "disabilitas": [dice.choice(tuple(rules.DISABILITY))] if dice.random() < 0.025 else [],
            "alamat": f"Kp. {dice.choice(('Sukamaju', 'Kebon', 'Pasir', 'Cempaka', 'Masjid'))} RT {dice.randint(1, 9):02}/{dice.randint(1, 5):02}",
            "desa_code": where.code,
            "kecamatan_code": where.parent,
            "email": "",
            "hp": account.phone if account and account.phone else f"+6280000{dice.randrange(10**5):05}",
            "jenjang": level,
            "jurusan": major,
            "bahasa": ["id", "en"] if dice.random() < 0.3 else ["id"],
            "photo_id": None,
            "bkk_id": dice.choice(schools[:4]).id if account is None and age <= 19 and level == "SMK" and dice.random() < 0.7 else None,
            "erased_at": None,
        }
        people.append({"row": row, "age": age, "own": account is not None and account.handle == "warga"})
    return people


def _nik(dice: random.Random, taken: set[str], place: str, sex: str, born: date) -> str:
    """With the serial 0000, which is never given out."""
    while True:
        kecamatan = place if dice.random() < 0.85 else f"36.04.{dice.randint(1, 35):02}"
        day = born.day + (40 if sex == "P" else 0)
        nik = f"{kecamatan.replace('.', '')}{day:02d}{born:%m%y}0000"
        if nik not in taken:
            taken.add(nik)
            return nik
        born += timedelta(days=dice.randint(1, 200))


def _waiting(dice: random.Random, people: Sequence[dict[str, Any]], scale: float) -> dict[int, str]:
    """Which people have an application under way, and where it stands. The one of `warga` has a card."""
    states = [state for state, count in OPEN for _n in range(max(1, round(count * max(scale, 0.3))))]
    numbers = dice.sample(range(1, len(people)), min(len(states), len(people) // 3))
    return dict(zip(numbers, states, strict=False))


def _issue_day(dice: random.Random, today: date) -> date:
    """Within 26 months, most in May and June."""
    while True:
        day = today - timedelta(days=dice.randrange(2, 790))
        if dice.random() < (1.0 if day.month in (5, 6) else 0.45 if day.month in (7, 8) else 0.28):
            return day


def _story(db: Session, dice: random.Random, cast: Cast, person: dict[str, Any], state: str | None, now: datetime, today: date) -> dict[str, Any]:
    """One application: its steps, and the day of its card when there is one."""
    row = person["row"]
    officer, head = dice.choice(cast.officers), cast.head
    issued = today - timedelta(days=165) if person["own"] else None if state else _issue_day(dice, today)
    opened = (
        moment(dice, issued - timedelta(days=dice.choice((1, 1, 2)))) if issued else now - timedelta(hours=dice.uniform(1, 40), days=dice.choice((0, 0, 1)))
    )
    channel = "bkk" if row["bkk_id"] else "web" if row["account_id"] or dice.random() < 0.6 else "loket"
    applicant = row["account_id"]
    steps = [
        PastStep(
            opened,
            "diajukan",
            by="applicant" if applicant else "officer",
            actor_id=applicant or officer[0],
            actor_name=row["nama"] if applicant else officer[1],
        )
    ]
    office = {"opd": cast.opd.name if cast.opd else ""}

    def step(slug: str, to: str, who: Any, hours: float, text: str = "") -> None:
        steps.append(PastStep(min(steps[-1].at + timedelta(hours=hours), now), to, slug, "officer", who[0], who[1], text, office))

    if issued or state == "disetujui":
        step("periksa", "diverifikasi", officer, dice.uniform(0.5, 4))
        step("setujui", "disetujui", officer, dice.uniform(0.1, 1))
    elif state in ("diverifikasi", "wawancara_singkat"):
        step("periksa", "diverifikasi", officer, 0.5)
    elif state == "perlu_perbaikan":
        step("perbaiki", "perlu_perbaikan", officer, 1, dice.choice(demo_words.MENDING))
    if state == "wawancara_singkat":
        step("wawancara", "wawancara_singkat", officer, 0.3, "Kami telepon hari ini pukul 14.00.")
    if issued:
        step("terbitkan", "kartu_terbit", head, dice.uniform(1, 6))
    past = PastBerkas(
        "AK1",
        row["nama"],
        steps,
        applicant_id=applicant,
        opd_id=cast.office,
        officer_id=officer[0] if len(steps) > 1 else None,
        desa_code=row["desa_code"],
        channel=channel,
        private=True,
        clock="pause" if state == "perlu_perbaikan" else "run",
        clock_from=steps[-1].at,
        deadline_days=1,
        due_at=_due(db, steps[-1].at if state == "disetujui" else opened),
        rating=dice.choices((4, 3, 2), (60, 32, 8))[0] if issued and applicant and dice.random() < 0.5 else None,
    )
    return {**person, "past": past, "issued": issued, "officer": officer[0]}


def _due(db: Session, start: datetime) -> datetime | None:
    try:
        return calendar_for(db).add_working_days(start, 1)
    except CalendarNotLoaded:
        return None


def _write(db: Session, dice: random.Random, cast: Cast, stories: Sequence[dict[str, Any]], today: date) -> None:
    """Profiles, applications, cards and reports, in bulk."""
    rows = [{**story["row"], "created_at": story["past"].steps[0].at} for story in stories]
    ids = list(db.scalars(insert(Pencari).returning(Pencari.id, sort_by_parameter_order=True), rows))
    schools, jobs, skills, wishes, applications, made = [], [], [], [], [], []
    number: dict[int, int] = {}
    for story, seeker_id in zip(stories, ids, strict=True):
        story["seeker_id"] = seeker_id
        row, age = story["row"], story["age"]
        left = min(today.year, row["tanggal_lahir"].year + {"SD": 12, "SMP": 15, "SMA": 18, "SMK": 18, "D3": 22, "S1": 23}[row["jenjang"]])
        school = dice.choice(demo_words.SCHOOLS_OF.get(row["jenjang"], demo_words.SCHOOLS[4:7]))
        schools.append(
            {
                "pencari_id": seeker_id,
                "jenjang": row["jenjang"],
                "jurusan": row["jurusan"],
                "institusi": school,
                "tahun_lulus": left,
                "nilai": str(dice.randint(72, 92)),
            }
        )
        codes = dice.sample(demo_words.WISHES.get(row["jurusan"], demo_words.WISHES[""]), 2)
        wishes += [
            {
                "pencari_id": seeker_id,
                "kbji": code,
                "lokasi": dice.choices(("kabupaten", "akl", "akad", "akan"), (76, 12, 8, 4))[0],
                "upah_min": dice.choice((0, 0, 4_500_000, 4_800_000)),
            }
            for code in codes
        ]
        skills += [{"pencari_id": seeker_id, "nama": name, "sertifikat": ""} for name in demo_words.SKILLS.get(codes[0], ("Microsoft Office",))]
        if age > 20 and dice.random() < 0.6:
            start = date(max(left, today.year - dice.randint(2, 4)), dice.randint(1, 6), 1)
            jobs.append(
                {
                    "pencari_id": seeker_id,
                    "kbji": codes[0],
                    "jabatan": "Operator" if row["jenjang"] != "S1" else "Staf",
                    "perusahaan": dice.choice(demo_words.COMPANIES)[0],
                    "mulai": start,
                    "selesai": start + timedelta(days=dice.randint(200, 700)),
                }
            )
        state = story["past"].steps[-1].to_state
        checked = story["past"].steps[1] if len(story["past"].steps) > 1 else None
        applications.append(
            {
                "berkas_id": story["berkas_id"],
                "pencari_id": seeker_id,
                "open_of": seeker_id if state != "kartu_terbit" else None,
                "jenis": "baru",
                "alasan": "",
                "impor_id": None,
                "diperiksa_oleh": story["officer"] if checked else None,
                "diperiksa_pada": checked.at if checked else None,
                "wawancara": "",
            }
        )
        if story["issued"]:
            made.append(card_row(dice, story, number, today))
    for table, rows_of in ((Pendidikan, schools), (Pengalaman, jobs), (Keterampilan, skills), (Minat, wishes), (Permohonan, applications)):
        if rows_of:
            db.execute(insert(table), rows_of)
    card_ids = list(db.scalars(insert(Kartu).returning(Kartu.id, sort_by_parameter_order=True), [card for card, _reports in made]))
    reports = [{**report, "kartu_id": card_id} for card_id, (_card_row, rows_of) in zip(card_ids, made, strict=True) for report in rows_of]
    if reports:
        db.execute(insert(Lapor), reports)


def _lists(db: Session, schools: Sequence[Bkk], stories: Sequence[dict[str, Any]]) -> None:
    """The spreadsheets that schools sent, each with its report: most rows taken in, a few to be mended."""
    registers = dict(db.execute(select(Berkas.id, Berkas.register).where(Berkas.kind == AK1_KIND.slug)).all())
    for school in schools:
        pupils = [story for story in stories if story["row"]["bkk_id"] == school.id][-24:]
        if not pupils:
            continue
        lines = [
            {"row": n, "name": story["row"]["nama"], "ok": True, "errors": [], "register": registers[story["berkas_id"]], "id": story["berkas_id"]}
            for n, story in enumerate(pupils, 2)
        ]
        lines.append(
            {"row": len(lines) + 2, "name": "Rizki Contoh", "ok": False, "errors": ["NIK: NIK terdiri dari 16 angka dengan tanggal lahir di dalamnya."]}
        )
        at = pupils[-1]["past"].steps[0].at
        sent = Impor(bkk_id=school.id, filename=f"lulusan-{at.year}.xlsx", sha256=secrets.token_hex(32), at=at, oleh=school.account_id, report=lines)
        sent.diterima, sent.ditolak = len(lines) - 1, 1
        db.add(sent)
        db.flush()
        chosen = [story["berkas_id"] for story in pupils]
        db.execute(update(Permohonan).where(Permohonan.berkas_id.in_(chosen)).values(impor_id=sent.id).execution_options(synchronize_session=False))
