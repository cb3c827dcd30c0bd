"""The year of businesses, billboards, wells, buyers of land, and what was asked of Bapenda."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from pendopo.identity import Account, Opd
from pendopo.kit.berkas import BerkasKind, PastBerkas, PastStep, plant_berkas
from pendopo.kit.calendar import CalendarNotLoaded, calendar_for
from pendopo.kit.dates import regency_day
from pendopo.kit.places import desa_list

from .acquiring import compute_bphtb
from .business import billboard_tax, computed, month_end, next_letter, previous_month, working_days_after
from .demo_words import BILLBOARDS, BUSINESSES, PLACES, REASONS, STREETS
from .kinds import BPHTB_KIND, REQUESTS, SPTPD_KIND
from .models import BPHTB, SPPT, SPTPD, Ketetapan, Objek, Permohonan, Reklame, Usaha, WajibPajak
from .nop import show_nop
from .registering import next_npwpd
from .requests import CODES
from .rules import ACQUISITIONS
from .taxes import TAX

USAHA, MONTHS, BILLBOARD_COUNT, BPHTB_COUNT, REQUEST_COUNT = 60, 12, 90, 70, 64
REQUEST_WAYS = (
    ("diajukan",),
    ("diajukan", "lengkap"),
    ("diajukan", "lengkap", "penelitian"),
    ("diajukan", "lengkap", "penelitian", "dikabulkan"),
    ("diajukan", "ditolak"),
    ("diajukan", "perbaikan"),
)
STEP = {
    "lengkap": "lengkap",
    "penelitian": "teliti",
    "dikabulkan": "kabulkan",
    "ditolak": "tolak",
    "perbaikan": "minta_lengkapi",
    "menunggu_bayar": "setujui",
    "lunas": "bayar",
    "nihil": "nihil",
}
BY = {"bayar": "system", "nihil": "system"}


def fill(db: Session, dice: random.Random, opd: Opd, *, now: datetime, scale: float) -> None:
    accounts = list(db.execute(select(Account.id, Account.name, Account.handle).where(Account.kind == "warga").order_by(Account.id)))
    if not accounts:
        return
    usaha = _businesses(db, dice, accounts, max(len(BUSINESSES), round(USAHA * scale)), now)
    _declarations(db, dice, opd, [u for u in usaha if TAX[u.jenis].how == "sendiri"], now)
    _wells(db, dice, [u for u in usaha if u.jenis == "pat"], now)
    _billboards(db, dice, accounts, max(5, round(BILLBOARD_COUNT * scale)), now)
    _buyers(db, dice, opd, accounts, max(6, round(BPHTB_COUNT * scale)), now)
    _requests(db, dice, opd, accounts, max(6, round(REQUEST_COUNT * scale)), now)


def _businesses(db: Session, dice: random.Random, accounts: list[Any], count: int, now: datetime) -> list[Usaha]:
    """Businesses of citizens; the first restaurant is that of `warga`."""
    warga = next((one for one in accounts if one.handle == "warga"), accounts[0])
    rows, desa, start = [], desa_list(), regency_day(now).replace(day=1)
    for _n in range(MONTHS):
        start = previous_month(start)
    for number in range(count):
        jenis, name, _low, _high = BUSINESSES[number % len(BUSINESSES)]
        owner = warga if number == 0 else dice.choice(accounts)
        place = dice.choice(desa)
        npwpd = next_npwpd(db, "badan", place.code)
        wp = WajibPajak(
            kunci=npwpd,
            npwpd=npwpd,
            nib=f"{dice.randint(1, 9)}{dice.randrange(10**12):012d}",
            nama=owner.name,
            alamat=f"{dice.choice(STREETS)} No. {dice.randint(1, 180)}",
            account_id=owner.id,
        )
        db.add(wp)
        db.flush()
        rows.append(
            Usaha(
                wp_id=wp.id,
                jenis=jenis,
                kelas="umum",
                nama=name.format(dice.choice(PLACES)),
                alamat=f"{dice.choice(STREETS)} No. {dice.randint(1, 180)}",
                desa_code=place.code,
                sejak=start,
                aktif=True,
            )
        )
    db.add_all(rows)
    db.flush()
    return rows


def _declarations(db: Session, dice: random.Random, opd: Opd, usaha: list[Usaha], now: datetime) -> None:
    """Twelve months of SPTPD; the newest month of some, and of `warga`, is still to come."""
    today = regency_day(now)
    past, rows = [], []
    for number, one in enumerate(usaha):
        low, high = next((b[2], b[3]) for b in BUSINESSES if b[0] == one.jenis)
        level, masa = dice.uniform(low, high * 0.8), previous_month(today)
        owner = (one.wp.account_id, one.wp.nama)
        for back in range(MONTHS):
            if not (back == 0 and (number == 0 or dice.random() < 0.3)):
                base = int(level * dice.uniform(0.75, 1.3)) // 1000 * 1000 if dice.random() > 0.03 else 0
                made = _declaration(db, dice, opd, one, owner, masa, base, now)
                past.append(made[0])
                rows.append(made[1])
            masa = previous_month(masa)
    order = sorted(range(len(past)), key=lambda n: past[n].steps[0].at)
    ids = plant_berkas(db, SPTPD_KIND, [past[n] for n in order])
    db.execute(insert(SPTPD), [rows[n] | {"berkas_id": berkas_id} for n, berkas_id in zip(order, ids, strict=True)])


def _declaration(
    db: Session, dice: random.Random, opd: Opd, one: Usaha, owner: tuple[int | None, str], masa: date, base: int, now: datetime
) -> tuple[PastBerkas, dict[str, Any]]:
    found = computed(db, one.jenis, one.kelas, base, month_end(masa))
    end = month_end(masa)
    filed = datetime(end.year, end.month, end.day, 3, dice.randint(0, 59), tzinfo=now.tzinfo) + timedelta(days=dice.randint(3, 14))
    filed = min(filed, now - timedelta(hours=3))
    paid = filed + timedelta(hours=dice.randint(1, 70)) if dice.random() < 0.93 else None
    paid = paid if found.total and paid is not None and paid < now else None
    steps = [PastStep(filed, "dilaporkan", by="applicant", actor_id=owner[0], actor_name=owner[1])]
    if not found.total:
        steps.append(PastStep(filed + timedelta(seconds=1), "nihil", "nihil", "system", None, "Pembayaran pajak"))
    elif paid:
        steps.append(PastStep(paid, "lunas", "bayar", "system", None, "Pembayaran pajak"))
    title = f"{TAX[one.jenis].title} {masa:%m/%Y} · {one.nama}"
    berkas = PastBerkas("SPT", title, steps, applicant_id=owner[0], opd_id=opd.id, desa_code=one.desa_code)
    row = {
        "usaha_id": one.id,
        "masa": masa,
        "pembetulan": 0,
        "dasar": base,
        "pajak": found.tax,
        "kredit": 0,
        "opsen": found.opsen,
        "opsen_kredit": 0,
        "opsen_paid_at": paid if found.opsen else None,
        "hitungan": found.as_data(),
        "dilaporkan_at": filed,
        "paid_at": paid,
        "batas_bayar": working_days_after(db, masa, "bayar_hk"),
        "batas_lapor": working_days_after(db, masa, "lapor_hk"),
        "dibayar": 0,
        "ntpd": "",
        "bill_id": None,
    }
    return berkas, row


def _assessment(
    db: Session, dice: random.Random, jenis: str, key: str, wp_id: int, words: str, desa: str | None, masa: date, found: Any, at: datetime, now: datetime
) -> dict[str, Any]:
    paid = at + timedelta(days=dice.randint(1, 25)) if dice.random() < 0.78 else None
    paid = paid if paid is not None and paid < now else None
    return {
        "surat": "SKPD",
        "jenis": jenis,
        "kunci": key,
        "nomor": next_letter(db, "SKPD", at),
        "wp_id": wp_id,
        "uraian": words,
        "desa_code": desa,
        "masa": masa,
        "pokok": found.total,
        "bunga": 0,
        "total": found.total,
        "hitungan": found.as_data(),
        "jatuh_tempo": (at + timedelta(days=30)).date(),
        "terbit_at": at,
        "set_by": None,
        "status": "lunas" if paid else "belum",
        "ganti_id": None,
        "sebab": "",
        "paid_at": paid,
        "dibayar": 0,
        "ntpd": "",
        "bill_id": None,
    }


def _wells(db: Session, dice: random.Random, usaha: list[Usaha], now: datetime) -> None:
    rows = []
    for one in usaha:
        masa, volume = previous_month(regency_day(now)), dice.randint(400, 8000)
        for _n in range(6):
            at = datetime(month_end(masa).year, month_end(masa).month, month_end(masa).day, 3, tzinfo=now.tzinfo) + timedelta(days=dice.randint(4, 12))
            found = computed(db, "pat", one.kelas, int(volume * dice.uniform(0.8, 1.2)), month_end(masa))
            rows.append(
                _assessment(
                    db,
                    dice,
                    "pat",
                    f"pat:{one.id}:{masa}",
                    one.wp_id,
                    f"{one.nama}, {masa:%m/%Y}",
                    one.desa_code,
                    masa,
                    found,
                    min(at, now - timedelta(hours=5)),
                    now,
                )
            )
            masa = previous_month(masa)
    if rows:
        db.execute(insert(Ketetapan), rows)


def _billboards(db: Session, dice: random.Random, accounts: list[Any], count: int, now: datetime) -> None:
    today, desa, rows = regency_day(now), desa_list(), []
    for number in range(count):
        owner, place = dice.choice(accounts), dice.choice(desa)
        wp = WajibPajak(
            kunci=f"reklame:{number}",
            npwpd=None,
            nib="",
            nama=f"CV {dice.choice(PLACES)} Media",
            alamat="",
            account_id=owner.id if dice.random() < 0.5 else None,
        )
        db.add(wp)
        db.flush()
        start = today - timedelta(days=dice.randint(10, 340))
        size = dice.choice(((400, 600), (200, 400), (500, 1000), (100, 300)))
        board = Reklame(
            wp_id=wp.id,
            jenis=dice.choice(("Papan", "Megatron", "Kain")),
            naskah=dice.choice(BILLBOARDS),
            lebar_cm=size[0],
            tinggi_cm=size[1],
            sisi=dice.choice((1, 1, 2)),
            lokasi_kelas=dice.choice("ABC"),
            alamat="",
            desa_code=place.code,
            lat=place.lat,
            lon=place.lon,
            dari=start,
            sampai=start + timedelta(days=dice.choice((29, 89, 364))),
            izin="",
        )
        db.add(board)
        db.flush()
        found = billboard_tax(db, lebar_cm=size[0], tinggi_cm=size[1], sisi=board.sisi, lokasi=board.lokasi_kelas, dari=board.dari, sampai=board.sampai)
        at = datetime(start.year, start.month, start.day, 4, tzinfo=now.tzinfo)
        rows.append(_assessment(db, dice, "reklame", f"reklame:{board.id}:{start}", wp.id, f"{board.jenis}: {board.naskah}", place.code, start, found, at, now))
    db.execute(insert(Ketetapan), rows)


def _clock(db: Session, start: datetime, days: int, state: str) -> dict[str, Any]:
    """The deadline of a matter that began at `start`; none while that year's calendar is not loaded."""
    try:
        due = calendar_for(db).add_working_days(start, days)
    except CalendarNotLoaded:
        due = None
    return {
        "clock": "pause" if state == "perbaikan" else "stop" if state == "menunggu_bayar" else "run",
        "clock_from": start,
        "deadline_days": days,
        "due_at": due,
    }


def _matter(dice: random.Random, kind: BerkasKind, way: tuple[str, ...], at: datetime, now: datetime, owner: Any, officer: str) -> list[PastStep]:
    steps = [PastStep(at, way[0], by="applicant", actor_id=owner.id, actor_name=owner.name)]
    for state in way[1:]:
        at = min(at + timedelta(hours=dice.randint(5, 90)), now - timedelta(minutes=30 - len(steps)))
        by = BY.get(STEP[state], "officer")
        text = (
            "Luas dan nilai sesuai hasil penelitian."
            if state == "dikabulkan"
            else "Bukti tidak mendukung."
            if state == "ditolak"
            else "Mohon lampirkan bukti yang terbaca."
            if state == "perbaikan"
            else ""
        )
        steps.append(PastStep(at, state, STEP[state], by, None, "Pembayaran pajak" if by == "system" else officer, text))
    return steps


def _buyers(db: Session, dice: random.Random, opd: Opd, accounts: list[Any], count: int, now: datetime) -> None:
    objects = list(db.scalars(select(Objek).where(Objek.peruntukan == "umum", Objek.luas_bumi < 1500).order_by(Objek.nop).limit(count * 3)).unique())
    past, rows = [], []
    for objek in dice.sample(objects, min(count, len(objects))):
        owner, kind = dice.choice(accounts), dice.choices(tuple(ACQUISITIONS), (60, 2, 8, 18, 3, 3, 2, 4))[0]
        njop = objek.ground.njop
        price = int(njop * dice.uniform(0.8, 1.9)) // 1_000_000 * 1_000_000
        found = compute_bphtb(db, harga=price, njop=njop, jenis=kind, pertama=dice.random() < 0.7, on=now.date())
        done = ("diajukan", "menunggu_bayar", "lunas") if found.total else ("diajukan",)
        way = dice.choices((done, done[:2], ("diajukan",), ("diajukan", "perbaikan"), ("diajukan", "ditolak")), (70, 10, 12, 4, 4))[0]
        steps = _matter(
            dice, BPHTB_KIND, way, now - timedelta(days=dice.randint(8, 320) if len(way) > 2 else dice.randint(0, 6), hours=3), now, owner, "Petugas Bapenda"
        )
        past.append(
            PastBerkas(
                "BPH",
                f"BPHTB {show_nop(objek.nop)}",
                steps,
                applicant_id=owner.id,
                opd_id=opd.id,
                desa_code=objek.desa_code,
                **_clock(db, steps[0].at, 3, way[-1]),
            )
        )
        paid = steps[-1].at if way[-1] == "lunas" else None
        rows.append(
            {
                "nop": objek.nop,
                "jenis": kind,
                "penerima": owner.name,
                "ppat": f"PPAT {dice.choice(PLACES)}",
                "luas_bumi": objek.luas_bumi,
                "luas_bangunan": objek.luas_bangunan,
                "harga": price,
                "njop": njop,
                "pertama": found.steps[1].amount > 0,
                "pajak": found.total,
                "hitungan": found.as_data(),
                "at": steps[0].at,
                "paid_at": paid,
                "dibayar": 0,
                "ntpd": "",
                "bill_id": None,
            }
        )
    _plant(db, BPHTB_KIND, past, rows, BPHTB)


def _plant(db: Session, kind: BerkasKind, past: list[PastBerkas], rows: list[dict[str, Any]], model: Any) -> None:
    order = sorted(range(len(past)), key=lambda n: past[n].steps[0].at)
    ids = plant_berkas(db, kind, [past[n] for n in order])
    if ids:
        db.execute(insert(model), [rows[n] | {"berkas_id": berkas_id} for n, berkas_id in zip(order, ids, strict=True)])


def _requests(db: Session, dice: random.Random, opd: Opd, accounts: list[Any], count: int, now: datetime) -> None:
    """Requests in each state; those of `warga` are about their own object."""
    year = calendar_for(db).local(now).year
    rows = list(db.scalars(select(SPPT).where(SPPT.tahun == year, SPPT.berlaku, SPPT.status == "belum").order_by(SPPT.id).limit(count * 2)))
    made: dict[str, tuple[list[PastBerkas], list[dict[str, Any]]]] = {jenis: ([], []) for jenis in REQUESTS}
    for sppt in dice.sample(rows, min(count, len(rows))):
        jenis, owner = dice.choice(tuple(REQUESTS)), dice.choice(accounts)
        way = dice.choice(REQUEST_WAYS[:2] if jenis == "objek" else REQUEST_WAYS)
        start = now - timedelta(days=dice.randint(1, 60), hours=dice.randint(0, 9))
        steps, kind = _matter(dice, REQUESTS[jenis], way, start, now, owner, "Petugas Bapenda"), REQUESTS[jenis]
        title = f"{kind.title} {show_nop(sppt.nop)}" + (f" · {year}" if jenis in ("keberatan", "pengurangan") else "")
        days = 250 if jenis == "keberatan" else 30
        made[jenis][0].append(
            PastBerkas(CODES[jenis], title, steps, applicant_id=owner.id, opd_id=opd.id, desa_code=sppt.desa_code, **_clock(db, start, days, way[-1]))
        )
        isi = {"mutasi": "nama", "nama": owner.name, "alamat": ""} if jenis == "mutasi" else {}
        about = sppt.id if jenis in ("keberatan", "pengurangan") else None
        made[jenis][1].append({"jenis": jenis, "nop": sppt.nop, "sppt_id": about, "alasan": dice.choice(REASONS[jenis]), "isi": isi, "hasil_id": None})
    for jenis, (past, values) in made.items():
        _plant(db, REQUESTS[jenis], past, values, Permohonan)
