"""Invented bodies with their boards, and invented persons; numbers that no one was given."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from pendopo.kit.places import Place, desa_list

from . import secret
from .demo_words import BODIES, NAMES
from .models import Lembaga, Pengurus, Program


@dataclass
class Body:
    """A body as the drafts need it. `row`: its columns."""

    id: int
    name: str
    jenis: str
    place: Place
    owner: Any
    chair_mark: str
    row: dict[str, Any]


class Crowd:
    """Draws bodies and persons, and remembers which body asked for which year."""

    def __init__(self, db: Session, dice: random.Random, now: datetime, citizens: list[Any]) -> None:
        self.db, self.dice, self.now, self.citizens = db, dice, now, citizens
        self.desa = desa_list()
        self.warga = next((row for row in citizens if row.handle == "warga"), citizens[0])
        self.bodies: list[Body] = []
        self.asked: set[tuple[int, int]] = set()
        self.serial = 0

    def nik(self, place: Place) -> str:
        """With the serial 0000, which is never given out; days and years tell them apart."""
        self.serial += 1
        day = date(1955, 1, 1) + timedelta(days=self.serial * 31 % 14_000)
        return f"{place.code.replace('.', '')[:6]}{day:%d%m%y}0000"

    def account(self) -> str:
        return f"00{self.dice.randint(10**9, 10**10 - 1)}"

    def make_bodies(self, count: int) -> None:
        """Two share an account and two a chairperson, as audits find them."""
        rows: list[dict[str, Any]] = []
        chairs: list[tuple[str, str]] = []
        numbers: list[str] = []
        for number in range(count):
            place = self.dice.choice(self.desa)
            numbers.append(numbers[0] if number == 1 else self.account())
            chairs.append((self.dice.choice(NAMES), chairs[2][1] if number == 3 else self.nik(place)))
            owner = self.warga if number in (4, 5) else self.dice.choice(self.citizens)
            rows.append(self._row(place, numbers[-1], owner.id))
            self.bodies.append(Body(0, rows[-1]["name"], rows[-1]["jenis"], place, owner, secret.nik_mark(chairs[-1][1]), rows[-1]))
        ids = list(self.db.scalars(insert(Lembaga).returning(Lembaga.id, sort_by_parameter_order=True), rows))
        for body, body_id in zip(self.bodies, ids, strict=True):
            body.id = body_id
        self.db.execute(insert(Pengurus), [seat for body, chair in zip(self.bodies, chairs, strict=True) for seat in self._board(body, chair)])

    def _row(self, place: Place, rekening: str, owner_id: int) -> dict[str, Any]:
        dice = self.dice
        jenis = dice.choices(tuple(BODIES), (26, 22, 12, 14, 8, 18))[0]
        name = f"{dice.choice(BODIES[jenis])} {place.name}"[:160]
        young = dice.random() < 0.05
        return {
            "owner_id": owner_id,
            "name": name,
            "jenis": jenis,
            "address": f"Kampung {dice.choice(('Sawah', 'Pasir', 'Cikoneng', 'Baru', 'Masjid'))} RT 0{dice.randint(1, 9)}",
            "desa_code": place.code,
            "sk_kemenkumham": f"AHU-{dice.randint(1000, 99999):07}.AH.01.04" if dice.random() < 0.5 else "",
            "izin_operasional": f"{dice.randint(100, 999)}/IZOP/{dice.randint(2012, 2023)}",
            "npwp": "",
            "founded_on": date(self.now.year - (1 if young else dice.randint(4, 40)), dice.randint(1, 12), 5),
            "bank": dice.choice(("bjb Serang", "BRI Unit Ciruas", "BSI Serang")),
            "rekening_name": name,
            "rekening_cipher": secret.hide(rekening),
            "rekening_mark": secret.mark("rekening", rekening),
            "rekening_tail": rekening[-4:],
            "made_at": self.now - timedelta(days=1200),
        }

    def _board(self, body: Body, chair: tuple[str, str]) -> list[dict[str, Any]]:
        seats = [("ketua", *chair), *((slug, self.dice.choice(NAMES), self.nik(body.place)) for slug in ("sekretaris", "bendahara"))]
        return [
            {"lembaga_id": body.id, "chair": slug, "name": name, "nik_cipher": secret.hide(nik), "nik_mark": secret.nik_mark(nik), "phone": ""}
            for slug, name, nik in seats
        ]

    def choose_body(self, program: Program) -> Body:
        """Not the same body in two years that follow each other, as long as there are enough."""
        title, year = program.title, program.paid_year
        wanted = ("kelompok",) if "pertanian" in title else ("madrasah", "ponpes", "majelis_taklim") if "mebel" in title else tuple(BODIES)
        fitting = [one for one in self.bodies if one.jenis in wanted and not any((one.id, near) in self.asked for near in (year - 1, year, year + 1))]
        body = fitting[0] if fitting and fitting[0].owner is self.warga else self.dice.choice(fitting or self.bodies)
        self.asked.add((body.id, year))
        return body

    def person(self, place: Place, name: str, *, known: bool) -> tuple[dict[str, Any], dict[str, Any]]:
        """`(columns of the person, columns of their account)`. `known`: a decile was looked up."""
        nik, kk, rekening = self.nik(place), self.nik(place), self.account()
        person = {
            "name": name,
            "nik_cipher": secret.hide(nik),
            "nik_mark": secret.nik_mark(nik),
            "kk_cipher": secret.hide(kk),
            "kk_mark": secret.mark("kk", kk),
            "desil_cipher": secret.hide(str(self.dice.randint(1, 4))) if known else None,
        }
        account = {
            "bank": "BRI",
            "rekening_name": name,
            "rekening_cipher": secret.hide(rekening),
            "rekening_mark": secret.mark("rekening", rekening),
            "rekening_tail": rekening[-4:],
        }
        return person, account
