"""DHKP: the collective list of a year, per desa, with what is paid; and the arrears. Lists turn by key, never by offset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from pendopo import PermissionRefused
from pendopo.identity import Actor
from pendopo.kit.places import find_place

from .models import SPPT

READ = "pajak.read"
PAGE = 50
STATUS = ("belum", "lunas", "nihil")


@dataclass(frozen=True)
class Listed:
    rows: list[Any]
    after: str  # NOP behind which the next page begins; "" at the end


def columns() -> tuple[Any, ...]:
    return (SPPT.id, SPPT.nop, SPPT.nama, SPPT.desa_code, SPPT.njop, SPPT.terutang, SPPT.status, SPPT.jatuh_tempo, SPPT.paid_at, SPPT.dibayar, SPPT.diantar_on)


def _chosen(year: int, desa: str = "", status: str = "", kecamatan: str = "") -> Select[Any]:
    query = select(*columns()).where(SPPT.tahun == year, SPPT.berlaku)
    if desa:
        query = query.where(SPPT.desa_code == desa)
    elif kecamatan:
        query = query.where(SPPT.desa_code.between(kecamatan, kecamatan + "~"))
    return query.where(SPPT.status == status) if status in STATUS else query


def list_page(db: Session, actor: Actor, year: int, *, desa: str = "", kecamatan: str = "", status: str = "", after: str = "", size: int = PAGE) -> Listed:
    """One page of the list by NOP. The next one begins behind `after`."""
    require_reader(actor)
    query = _chosen(year, desa, status, kecamatan)
    if after:
        query = query.where(SPPT.nop > after)
    rows = list(db.execute(query.order_by(SPPT.nop).limit(size + 1)))
    return Listed(rows[:size], rows[size - 1].nop if len(rows) > size else "")


def all_rows(db: Session, actor: Actor, year: int, desa: str) -> Iterator[Any]:
    """Every line of a desa: for the CSV and the printed list."""
    require_reader(actor)
    return iter(db.execute(_chosen(year, desa).order_by(SPPT.nop)))


def require_reader(actor: Actor) -> None:
    """Names and amounts of everybody are for Bapenda, and for leaders and auditors by their role."""
    if not actor.is_staff:
        raise PermissionRefused()
    actor.require(READ)


@dataclass
class Progress:
    """How far a desa, kecamatan or the whole is: objects and rupiah, due and paid."""

    code: str
    objects: int = 0
    due: int = 0
    paid_objects: int = 0
    paid: int = 0

    @property
    def name(self) -> str:
        place = find_place(self.code)
        return place.name if place else self.code

    @property
    def share(self) -> int:
        """Paid per cent of the rupiah due, rounded down: 100 only when all is paid."""
        return 100 if not self.due else self.paid * 100 // self.due

    def add(self, other: Progress) -> None:
        self.objects += other.objects
        self.due += other.due
        self.paid_objects += other.paid_objects
        self.paid += other.paid


def progress(db: Session, year: int, kecamatan: str = "") -> list[Progress]:
    """Each desa of a year, in the order of codes."""
    paid = SPPT.status == "lunas"
    query = select(SPPT.desa_code, func.count(), func.sum(SPPT.terutang), func.sum(case((paid, 1), else_=0)), func.sum(case((paid, SPPT.terutang), else_=0)))
    query = query.where(SPPT.tahun == year, SPPT.berlaku).group_by(SPPT.desa_code).order_by(SPPT.desa_code)
    if kecamatan:
        query = query.where(SPPT.desa_code.between(kecamatan, kecamatan + "~"))
    return [Progress(code, objects, int(due), int(paid_objects), int(paid_sum)) for code, objects, due, paid_objects, paid_sum in db.execute(query)]


def by_kecamatan(rows: list[Progress]) -> list[Progress]:
    found: dict[str, Progress] = {}
    for row in rows:
        found.setdefault(row.code[:8], Progress(row.code[:8])).add(row)
    return sorted(found.values(), key=lambda one: one.name)


def total_of(rows: list[Progress]) -> Progress:
    whole = Progress("")
    for row in rows:
        whole.add(row)
    return whole


def years(db: Session) -> list[int]:
    """Tax years with SPPT, newest first: each found by a step in the index, without counting."""
    found: list[int] = []
    year = db.scalar(select(func.max(SPPT.tahun)).where(SPPT.berlaku))
    while year is not None and len(found) < 30:
        found.append(year)
        year = db.scalar(select(func.max(SPPT.tahun)).where(SPPT.berlaku, SPPT.tahun < year))
    return found
