"""An invented regency of taxpayers: objects and three years of SPPT, businesses and their year, matters; equal for equal seed."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from pendopo.identity import Account, Jabatan, Opd, Penugasan
from pendopo.kit.dates import regency_day
from pendopo.kit.places import desa_list

from . import demo_matters, demo_money
from .demo_words import CLASSES, FIRST, LAST, STREETS
from .importing import CHUNK, Row, enter_taxpayers, object_values, rules_for, sppt_values
from .models import SPPT, Objek, Opsen, Simpanan, WajibPajak
from .nop import nop_prefix
from .options import first_day, option
from .rules import njoptkp_holder, percent_of

OBJECTS = 5000
YEARS = 3
PAID = (0.64, 0.81, 0.88)  # share of objects paid, this year and before
WARGA_OBJECTS, WARGA_ADDRESS = 2, "Kp. Cikerai RT 02 RW 05"
OFFICERS = (("petugas", "Petugas penetapan dan penagihan pajak", "pajak_penetapan"), ("kabid", "Kepala Bidang PBB-P2 dan BPHTB", "pajak_kabid"))


def fill(db: Session, *, seed: int, now: datetime, scale: float) -> None:
    dice = random.Random(f"pajak-{seed}")  # noqa: S311  invented taxpayers, no secret
    opd = db.scalar(select(Opd).where(Opd.code == str(option(db, "opd"))))
    if opd is None:
        return
    _seat_officers(db, opd, now)
    today = regency_day(now)
    rows = _objects(db, dice, max(20, round(OBJECTS * scale)), today.year, now)
    _give_to_warga(db, rows, now)
    _opsen(db, dice, today)
    demo_matters.fill(db, dice, opd, now=now, scale=scale)
    demo_money.plant(db, now=now)


def _seat_officers(db: Session, opd: Opd, now: datetime) -> None:
    """Bapenda's chairs get the roles of the tax office; the accounts that everyone may try sit there too."""
    for post in db.scalars(select(Jabatan).where(Jabatan.opd_id == opd.id)):
        wanted = "pajak_kabid" if post.name.startswith("Kepala B") else "pajak_penetapan" if "pajak" in post.name.lower() else ""
        if wanted and wanted not in post.roles:
            post.roles = [*post.roles, wanted]
    for handle, title, role in OFFICERS:
        account = db.scalar(select(Account).where(Account.handle == handle))
        if account is None:
            continue
        post = Jabatan(opd_id=opd.id, name=title, roles=[role])
        db.add(post)
        db.flush()
        db.add(Penugasan(account_id=account.id, jabatan_id=post.id, kind="definitif", starts_on=date(now.year, 1, 2)))
    db.flush()


def _objects(db: Session, dice: random.Random, count: int, year: int, now: datetime) -> list[Row]:
    """Objects of this year with their taxpayers, and SPPT of three years whose NJOP grew a little each year."""
    rules = rules_for(db, now)
    for y in range(year - YEARS + 1, year + 1):
        rules.for_year(db, y)
    free = int(option(db, "njoptkp", first_day(year)))
    rows = _rows(dice, count, year)
    _of_warga(db, dice, rows)
    taxpayers: dict[str, int] = {}
    for start in range(0, len(rows), CHUNK):
        taxpayers |= enter_taxpayers(db, rows[start : start + CHUNK])
    places = {place.code: place for place in desa_list()}
    db.execute(insert(Objek.__table__), [_placed(dice, object_values(row, taxpayers, now), places) for row in rows])
    for back in range(YEARS):
        db.execute(insert(SPPT.__table__), _year(dice, rows, taxpayers, rules, year, back, free, now))
    return rows


def _placed(dice: random.Random, values: dict[str, Any], places: dict[str, Any]) -> dict[str, Any]:
    place = places[values["desa_code"]]
    near = dice.random() < 0.4 and place.lat is not None
    return {
        **values,
        "lat": round(place.lat + dice.uniform(-0.008, 0.008), 6) if near else None,
        "lon": round(place.lon + dice.uniform(-0.008, 0.008), 6) if near else None,
    }


def _rows(dice: random.Random, count: int, year: int) -> list[Row]:
    desa = sorted(place.code for place in desa_list())
    weights = [dice.triangular(0.4, 3.0, 1.0) for _ in desa]
    numbers: dict[str, int] = {}
    rows = []
    names = [f"{dice.choice(FIRST)} {dice.choice(LAST)}" for _ in range(max(8, int(count * 0.8)))]
    for code in dice.choices(desa, weights, k=count):
        numbers[code] = numbers.get(code, 0) + 1
        serial = numbers[code]
        nop = f"{nop_prefix(code)}{(serial - 1) // 200 + 1:03d}{serial:04d}0"
        kind, land, value, building, worth = _ground(dice)
        name = dice.choice(names)
        address = f"{dice.choice(STREETS)} No. {dice.randint(1, 180)}"
        rows.append(
            Row(
                serial,
                nop,
                year,
                name,
                "",
                f"Kp. {dice.choice(STREETS)[4:]} RT {dice.randint(1, 9):02d}",
                address,
                code,
                land,
                value,
                building,
                worth,
                f"{dice.randint(60, 99):03d}",
                "",
                kind,
                0,
                0,
                date.min,
                False,
            )
        )
    rows.sort(key=lambda row: row.nop)
    return rows


def _ground(dice: random.Random) -> tuple[str, int, int, int, int]:
    """What an object is like: house, shop, rice field or factory."""
    kind, lands, values, buildings, worths = dice.choices(CLASSES, [c[5] for c in CLASSES])[0][:5]
    land = int(dice.triangular(*lands)) // 5 * 5 or 5
    building = int(dice.triangular(*buildings)) if buildings[1] and dice.random() < 0.93 else 0
    return kind, land, dice.choice(values), building, dice.choice(worths) if building else 0


def _year(
    dice: random.Random, rows: list[Row], taxpayers: dict[str, int], rules: Any, this_year: int, back: int, free: int, now: datetime
) -> list[dict[str, Any]]:
    year = this_year - back
    grown = [100, 95, 86][back]
    table, to = rules.tables[year], rules.rounding[year]
    objects: dict[int, list[tuple[str, int]]] = {}
    worth = {}
    for row in rows:
        land, building = row.njop_bumi_m2 * grown // 100 // 1000 * 1000, row.njop_bangunan_m2 * grown // 100 // 1000 * 1000
        worth[row.nop] = (land, building, row.luas_bumi * land + row.luas_bangunan * building)
        objects.setdefault(taxpayers[row.kunci], []).append((row.nop, worth[row.nop][2]))
    holders = {wp: njoptkp_holder(found) for wp, found in objects.items()}
    found = []
    for row in rows:
        land, building, njop = worth[row.nop]
        less = free if holders[taxpayers[row.kunci]] == row.nop else 0
        assessed, rate = table.rate("pbb_njkp", row.peruntukan, njop), table.rate("pbb", row.peruntukan, njop)
        tax = percent_of(max(0, njop - less), assessed.percent, rate.percent, to=to)
        old = Row(**{**row.__dict__, "tahun": year, "njop_bumi_m2": land, "njop_bangunan_m2": building, "njoptkp": less, "pokok": tax})
        values = sppt_values(old, taxpayers, rules, datetime(year, 2, 3, 2, 0, tzinfo=now.tzinfo))
        found.append(values | _paid(dice, values, year, back, now))
    return found


def _paid(dice: random.Random, values: dict[str, Any], year: int, back: int, now: datetime) -> dict[str, Any]:
    """Most pay shortly before the due date, some late, some not."""
    handed = date(year, 2, 10) + timedelta(days=dice.randint(0, 45))
    told = {"diantar_on": handed if dice.random() < 0.9 else None, "diantar_by": None, "set_by": None, "bill_id": None}
    if not values["pokok"] or dice.random() > PAID[back]:
        return told
    due = values["jatuh_tempo"]
    day = due - timedelta(days=min(int(dice.expovariate(1 / 35)), 170)) if dice.random() < 0.86 else due + timedelta(days=dice.randint(3, 75))
    at = datetime(day.year, day.month, day.day, dice.randint(1, 10), dice.randint(0, 59), tzinfo=now.tzinfo)
    if at >= now:
        return told
    return told | {"status": "lunas", "paid_at": at}  # `demo_money` says how much, with interest


def _of_warga(db: Session, dice: random.Random, rows: list[Row]) -> None:
    """The account `warga` owns two ordinary objects."""
    warga = db.scalar(select(Account).where(Account.handle == "warga"))
    houses = [row for row in rows if row.peruntukan == "umum" and row.luas_bangunan and row.luas_bumi < 450]
    for row in dice.sample(houses, min(WARGA_OBJECTS, len(houses))) if warga else ():
        row.nama, row.alamat_wp = warga.name, WARGA_ADDRESS


def _give_to_warga(db: Session, rows: list[Row], now: datetime) -> None:
    """One of the two is unpaid this year; and there is a parent to pay for."""
    warga = db.scalar(select(Account).where(Account.handle == "warga"))
    mine = [row for row in rows if row.alamat_wp == WARGA_ADDRESS]
    if warga is None or not mine:
        return
    db.execute(update(WajibPajak).where(WajibPajak.kunci == mine[0].kunci).values(account_id=warga.id).execution_options(synchronize_session=False))
    unpaid = {"status": "belum", "paid_at": None, "dibayar": 0, "ntpd": ""}
    this_year = (SPPT.nop == mine[0].nop, SPPT.tahun == mine[0].tahun, SPPT.terutang > 0)
    db.execute(update(SPPT).where(*this_year).values(**unpaid).execution_options(synchronize_session=False))
    parent = select(SPPT.nop).where(SPPT.tahun == mine[0].tahun, SPPT.berlaku, SPPT.status == "belum", SPPT.terutang.between(60_000, 600_000))
    nop = db.scalar(parent.where(SPPT.nop.not_in([row.nop for row in mine])).order_by(SPPT.nop.desc()).limit(1))
    if nop is not None:
        db.add(Simpanan(account_id=warga.id, nop=nop, sebutan="Rumah Ibu", terbukti=False, at=now))
    db.flush()


def _opsen(db: Session, dice: random.Random, today: date) -> None:
    rows = []
    masa = date(max(today.year - 1, 2025), 1, 1)
    while masa < today.replace(day=1):
        for jenis, vehicles, each in (("opsen_pkb", 9_500, 640_000), ("opsen_bbnkb", 620, 9_800_000)):
            count = int(vehicles * dice.uniform(0.85, 1.2))
            base = count * int(each * dice.uniform(0.95, 1.05))
            rows.append({"jenis": jenis, "masa": masa, "kendaraan": count, "pokok": base, "opsen": percent_of(base, 66)})
        masa = (masa.replace(day=28) + timedelta(days=4)).replace(day=1)
    if rows:
        db.execute(insert(Opsen), rows)
