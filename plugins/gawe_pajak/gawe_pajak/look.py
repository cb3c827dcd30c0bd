"""Looking up by NOP: what a stranger may know (amount, year, status, masked name), how often, and what is one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, NotFound, TooMany
from pendopo.identity import Actor
from pendopo.kit.payments import mask_name
from pendopo.kit.throttle import allow

from .assess import years_of
from .models import SPPT, Objek, Simpanan, WajibPajak
from .nop import parse_nop
from .options import option
from .paying import interest_on


class NopUnknown(NotFound):
    message = N_("NOP ini tidak ada dalam daftar kami. Periksa angkanya pada SPPT, atau datang ke Bapenda bila objek belum terdaftar.")


class TooManyLooks(TooMany):
    message = N_("Terlalu banyak pencarian dari alamat ini dalam satu jam. Coba lagi nanti, atau masuk dan simpan NOP Anda.")


@dataclass(frozen=True)
class YearDue:
    """A year of an object as anyone may see it: no address, no area, no whole name."""

    tahun: int
    terutang: int
    bunga: int
    status: str
    jatuh_tempo: date
    sppt_id: int

    @property
    def total(self) -> int:
        return self.terutang + self.bunga if self.status == "belum" else 0

    @property
    def late(self) -> bool:
        return self.status == "belum" and self.bunga > 0


@dataclass(frozen=True)
class Found:
    nop: str
    name: str  # masked, unless the object is one's own
    years: list[YearDue]

    @property
    def total(self) -> int:
        return sum(year.total for year in self.years)


def count_look(db: Session, address: str) -> None:
    """So many look-ups an hour from one address: whoever tries numbers one after the other is stopped. Raises TooManyLooks."""
    if not allow("pajak.cek", address, most=int(option(db, "cek_per_jam")), seconds=3600):
        raise TooManyLooks()


def look_up(db: Session, actor: Actor, text: str, address: str, *, today: date) -> Found:
    """What is due on an object. Raises InvalidNop, NopUnknown, TooManyLooks."""
    nop = parse_nop(text)
    if not is_own(db, actor, nop):
        count_look(db, address)
    return dues(db, actor, nop, today=today)


def dues(db: Session, actor: Actor, nop: str, *, today: date) -> Found:
    rows = years_of(db, nop, int(option(db, "tahun_tampil")))
    if not rows and db.get(Objek, nop) is None:
        raise NopUnknown(field="nop")
    name = rows[0].nama if rows else ""
    return Found(nop, name if is_own(db, actor, nop) else mask_name(name), [year_due(db, row, today) for row in rows])


def year_due(db: Session, row: SPPT, today: date) -> YearDue:
    late = interest_on(db, row.terutang, row.jatuh_tempo, today) if row.status == "belum" else 0
    return YearDue(row.tahun, row.terutang, late, row.status, row.jatuh_tempo, row.id)


def is_own(db: Session, actor: Actor, nop: str) -> bool:
    """Is this the object of `actor`: proven by a claim, or their taxpayer's?"""
    if actor.citizen_id is None:
        return False
    proven = select(Simpanan.nop).where(Simpanan.account_id == actor.citizen_id, Simpanan.nop == nop, Simpanan.terbukti)
    if db.scalar(proven) is not None:
        return True
    return db.scalar(select(Objek.nop).join(Objek.wp).where(Objek.nop == nop, WajibPajak.account_id == actor.citizen_id)) is not None


def own_sppt(db: Session, actor: Actor, nop: str, year: int) -> SPPT:
    """The SPPT of one's own object. Raises NotFound for anybody else's, so that nothing is learnt."""
    row = db.scalar(select(SPPT).where(SPPT.nop == nop, SPPT.tahun == year, SPPT.berlaku))
    if row is None or not (is_own(db, actor, nop) or (actor.is_staff and actor.can("pajak.read"))):
        raise NotFound()
    return row


def own_objects(db: Session, account_id: int | None) -> list[str]:
    """NOPs of a person: proven ones and those of their taxpayer."""
    if account_id is None:
        return []
    proven = select(Simpanan.nop).where(Simpanan.account_id == account_id, Simpanan.terbukti)
    mine = select(Objek.nop).join(WajibPajak, WajibPajak.id == Objek.wp_id).where(WajibPajak.account_id == account_id)
    return sorted(set(db.scalars(proven.union(mine))))


def kept_for_others(db: Session, account_id: int | None) -> list[Simpanan]:
    """NOPs that a person pays for somebody ("bayarkan orang tua")."""
    return list(db.scalars(select(Simpanan).where(Simpanan.account_id == account_id, Simpanan.terbukti.is_(False)).order_by(Simpanan.sebutan, Simpanan.nop)))
