"""Invented people of the example regency: staff in their chairs, and citizens. Equal for equal seed.

No number here can belong to anybody: a nik ends in the serial 0000, a nip in 000, a telephone number begins with 0800-0000.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from .demo_offices import Chair, Office, kecamatan_office, offices
from .models import Account, Jabatan, Opd, Penugasan
from .secrecy import encrypt_nik, hash_password, nik_lookup

DEMO_PASSWORD = "kopi-pahit-pagi"  # noqa: S105  printed for everyone to try
DEMO_ACCOUNTS = ("warga", "petugas", "kabid", "pimpinan", "penyiar", "tu", "bendahara", "admin")
CITIZENS = 200

_MEN = (
    "Ahmad", "Asep", "Bayu", "Dedi", "Eko", "Fajar", "Hasan", "Hendra", "Ibrahim", "Iwan", "Jaka", "Lukman", "Maman", "Mulyadi", "Nana", "Rachmat",
    "Ridwan", "Rudi", "Saepul", "Sarmin", "Suhendi", "Tubagus Arif", "Ujang", "Wawan", "Yusuf", "Zaenal", "Entus", "Jaenudin",
)
_WOMEN = (
    "Aisyah", "Ani", "Cucu", "Dewi", "Eneng", "Euis", "Fitri", "Halimah", "Ida", "Iis", "Juju", "Kokom", "Lilis", "Maryam", "Mulyani", "Neneng", "Nurhayati",
    "Ratu Ayu", "Rohmah", "Siti", "Sri", "Sumiati", "Titin", "Tuti", "Umi", "Wiwin", "Yayah", "Zahra",
)
_LAST_M = (
    "Firmansyah", "Hidayat", "Kurniawan", "Mulyana", "Maulana", "Permana", "Prasetyo", "Rohim", "Sanjaya", "Santosa", "Setiawan", "Suhaeri", "Sutisna",
    "Syafei", "Wijaya", "Yahya", "Fauzi", "Gunawan", "Hakim", "Iskandar", "Jamaludin", "Mansyur", "Nugraha", "Ramdani", "Saputra", "Subagja",
)
_LAST_F = (
    "Aminah", "Handayani", "Hasanah", "Khodijah", "Komalasari", "Kurniasih", "Lestari", "Maesaroh", "Marlina", "Mutmainah", "Nuraeni", "Nurjanah", "Puspita",
    "Rahayu", "Rohayati", "Rosmiati", "Safitri", "Salamah", "Sukaesih", "Suryani", "Wulandari", "Yuliani", "Fatimah", "Hartati", "Jubaedah", "Laelasari",
)
_DEGREES = ("S.T.", "S.E.", "S.Sos.", "S.H.", "S.IP.", "S.Kom.", "S.Pd.", "S.AP.")
_HIGHER = ("M.Si.", "M.M.", "M.T.", "M.AP.")

Kecamatan = tuple[str, str, Sequence[str]]  # code, name, codes of its desa


class _Draw:
    """Draws names and numbers that nobody has twice."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(f"orang-{seed}")  # noqa: S311  invented people, no secret
        self.taken: set[str] = set()
        self.count = 0

    def _unique(self, make) -> str:
        while (text := make()) in self.taken:
            pass
        self.taken.add(text)
        return text

    def name(self, sex: str) -> str:
        first, last = (_MEN, _LAST_M) if sex == "L" else (_WOMEN, _LAST_F)
        for _ in range(20):
            if (name := f"{self.rng.choice(first)} {self.rng.choice(last)}") not in self.taken:
                break
        else:
            name = self._unique(lambda: f"{self.rng.choice(first)} {self.rng.choice(first)} {self.rng.choice(last)}")
        self.taken.add(name)
        return name

    def titled(self, name: str, eselon: str | None) -> str:
        if eselon == "kepala_daerah":
            return name
        higher = f", {self.rng.choice(_HIGHER)}" if eselon in ("II.a", "II.b", "III.a") else ""
        return f"{name}, {self.rng.choice(_DEGREES)}{higher}" if eselon or self.rng.random() < 0.6 else name

    def birthday(self, first: int, last: int) -> date:
        return date(first, 1, 1) + timedelta(days=self.rng.randrange((date(last, 12, 31) - date(first, 1, 1)).days))

    def nik(self, wilayah: str, sex: str, born: date) -> str:
        """With the serial 0000, which is never given out."""
        day = born.day + (40 if sex == "P" else 0)
        return f"{wilayah}{day:02d}{born:%m%y}0000"

    def nip(self, sex: str) -> str:
        """With the serial 000: real ones begin at 001."""
        def make() -> str:
            born = self.birthday(1969, 1996)
            appointed = min(born.year + self.rng.randint(22, 30), 2021)
            return f"{born:%Y%m%d}{appointed}{self.rng.choice(('01', '03', '04', '12'))}{1 if sex == 'L' else 2}000"
        return self._unique(make)

    def phone(self) -> str:
        self.count += 1
        return f"+628000000{self.count:04d}"


def make_people(db: Session, *, seed: int, now: datetime, scale: float, places: Sequence[Kecamatan] = ()) -> None:
    """Make the OPD tree, its positions, about 160 staff and `CITIZENS * scale` citizens, all with DEMO_PASSWORD.

    `places`: the kecamatan that get an office (`pendopo.demo.make_people` passes those of the regency); citizens live there.
    """
    draw = _Draw(seed)
    password = hash_password(DEMO_PASSWORD)
    every = [*offices(), *(kecamatan_office(code, name) for code, name, _desa in places)]
    opd_ids = _make_offices(db, every)
    chairs = _make_chairs(db, every, opd_ids)
    _seat(db, draw, chairs, password, now)
    _make_citizens(db, draw, max(1, round(CITIZENS * scale)), places, password, now)
    db.flush()


def _make_offices(db: Session, every: Sequence[Office]) -> dict[str, int]:
    rows = [Opd(code=o.code, name=o.name, short_name=o.short_name, kind=o.kind, place_code=o.place_code) for o in every]
    db.add_all(rows[:1])
    db.flush()
    for row in rows[1:]:
        row.parent_id = rows[0].id
    db.add_all(rows[1:])
    db.flush()
    return {row.code: row.id for row in rows}


def _make_chairs(db: Session, every: Sequence[Office], opd_ids: dict[str, int]) -> list[tuple[Chair, Jabatan]]:
    """Superiors stand before those under them in every list, so one pass does."""
    made: dict[str, Jabatan] = {}
    found = []
    for office in every:
        for chair in office.chairs:
            above = made[chair.above].id if chair.above else None
            row = Jabatan(opd_id=opd_ids[office.code], name=chair.name, eselon=chair.eselon, roles=list(chair.roles), atasan_id=above)
            db.add(row)
            db.flush()
            made[f"{office.code}/{chair.key}"] = row
            found.append((chair, row))
    return found


def _seat(db: Session, draw: _Draw, chairs: Sequence[tuple[Chair, Jabatan]], password: str, now: datetime) -> None:
    seated = []
    for number, (chair, jabatan) in enumerate(chairs, 1):
        sex = draw.rng.choice("LLP")
        plain = draw.name(sex)
        handle = chair.handle or None
        email = f"{handle or plain.lower().replace(' ', '.') + f'.{number}'}@kabupaten.example"
        account = _account(draw.titled(plain, chair.eselon), draw, email, password, now, kind="pegawai", handle=handle, nip=draw.nip(sex))
        seated.append((account, jabatan.id))
    db.add_all(account for account, _jabatan in seated)
    db.flush()
    since = date(now.year - 1, 1, 2)
    db.add_all(Penugasan(account_id=account.id, jabatan_id=jabatan_id, kind="definitif", starts_on=since, ends_on=None) for account, jabatan_id in seated)


def _account(name: str, draw: _Draw, email: str, password: str, now: datetime, **columns: object) -> Account:
    made = now - timedelta(days=draw.rng.uniform(340, 700))
    return Account(
        name=name, email=email, email_confirmed_at=made, phone=draw.phone(), password_hash=password, language="id", created_at=made, page_version=0, **columns,
    )


def _make_citizens(db: Session, draw: _Draw, count: int, places: Sequence[Kecamatan], password: str, now: datetime) -> None:
    people = []
    for number in range(1, count + 1):
        sex = draw.rng.choice("LP")
        code, _name, desa = draw.rng.choice(places) if places else ("36.04.30", "", ())
        nik = draw._unique(lambda sex=sex, code=code: draw.nik(code.replace(".", ""), sex, draw.birthday(1955, 2006)))
        handle = "warga" if number == 1 else None
        name = draw.name(sex)
        people.append(_account(
            name, draw, f"{handle or name.lower().replace(' ', '.') + f'.{number}'}@warga.example", password, now, kind="warga", handle=handle,
            nik_cipher=encrypt_nik(nik), nik_lookup=nik_lookup(nik), desa_code=draw.rng.choice(desa) if desa else None,
        ))
    db.add_all(people)
