"""The table of tariffs: which percentage holds on a day, and how an operator changes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound
from pendopo.identity import Actor, record

from .models import Tarif
from .rules import Rate
from .taxes import KELAS, TAX

SET = "pajak.tariffs"
KINDS = {"pbb_njkp": N_("Bagian NJOP yang dinilai (PBB)"), **{slug: tax.title for slug, tax in TAX.items()}}


class NoTariff(Conflict):
    message = N_("Belum ada tarif %(jenis)s yang berlaku pada %(hari)s. Petugas perlu mengisinya lebih dahulu.")


def in_force(on: date):
    return (Tarif.dari <= on) & or_(Tarif.sampai.is_(None), Tarif.sampai >= on)


def rates_on(db: Session, on: date) -> Table:
    """All tariffs of a day, read once: for many computations in a row."""
    return Table(on, list(db.scalars(select(Tarif).where(in_force(on)).order_by(Tarif.mulai, Tarif.dari))))


@dataclass
class Table:
    on: date
    rows: Sequence[Tarif]

    def __post_init__(self) -> None:
        self._layers: dict[tuple[str, str], list[tuple[int, Rate]]] = {}
        for row in self.rows:
            self._layers.setdefault((row.jenis, row.kelas), []).append((row.mulai, Rate(row.percent, row.dasar_hukum, row.contoh)))

    def rate(self, jenis: str, kelas: str = "umum", base: int = 0) -> Rate:
        """The tariff of `jenis` for `kelas` (else for umum) at a base. Raises NoTariff."""
        layers = self._layers.get((jenis, kelas)) or self._layers.get((jenis, "umum")) or ()
        found = [rate for start, rate in layers if start <= base]
        if not found:
            raise NoTariff(jenis=KINDS.get(jenis, jenis), hari=self.on.isoformat())
        return found[-1]


def rate_on(db: Session, jenis: str, on: date, kelas: str = "umum", base: int = 0) -> Rate:
    return rates_on(db, on).rate(jenis, kelas, base)


def history(db: Session) -> list[Tarif]:
    return list(db.scalars(select(Tarif).order_by(Tarif.jenis, Tarif.kelas, Tarif.mulai, Tarif.dari.desc())))


def ceiling(jenis: str) -> Decimal:
    """The highest percentage that UU 1/2022 allows."""
    return TAX[jenis].ceiling if jenis in TAX else Decimal(100)


def set_tariff(db: Session, actor: Actor, *, jenis: str, kelas: str, mulai: int, persen: Decimal, dari: date, dasar_hukum: str, contoh: bool = False) -> Tarif:
    """Let a percentage hold from a day on; the one before ends on the day before. Computed bills keep what they had.

    Raises InvalidInput above the ceiling of the law, Conflict when a later one is there already.
    """
    actor.require(SET)
    if jenis not in KINDS or kelas not in KELAS:
        raise InvalidInput(N_("Pilih jenis dan kelas dari daftar."), field="jenis")
    if not 0 <= persen <= ceiling(jenis):
        raise InvalidInput(N_("Undang-undang membatasi tarif ini paling tinggi %(most)s persen."), field="persen", most=str(ceiling(jenis)).replace(".", ","))
    same = (Tarif.jenis == jenis, Tarif.kelas == kelas, Tarif.mulai == mulai)
    if db.scalar(select(Tarif.id).where(*same, Tarif.dari >= dari).limit(1)):
        raise Conflict(N_("Sudah ada tarif yang mulai pada hari itu atau sesudahnya."), field="dari")
    db.execute(update(Tarif).where(*same, or_(Tarif.sampai.is_(None), Tarif.sampai >= dari)).values(sampai=dari - timedelta(days=1)))
    row = Tarif(
        jenis=jenis,
        kelas=kelas,
        mulai=mulai,
        persen=f"{persen.normalize():f}",
        dari=dari,
        sampai=None,
        dasar_hukum=dasar_hukum.strip(),
        contoh=contoh,
        set_by=actor.account_id,
    )
    db.add(row)
    db.flush()
    record(db, actor, "pajak.tariff", f"tarif:{row.id}", {"jenis": jenis, "kelas": kelas, "mulai": mulai, "persen": row.persen, "dari": dari.isoformat()})
    return row


def confirm(db: Session, actor: Actor, tarif_id: int, dasar_hukum: str) -> Tarif:
    """A tariff marked "contoh" is confirmed by the regency's own rule."""
    actor.require(SET)
    row = db.get(Tarif, tarif_id)
    if row is None:
        raise NotFound()
    row.contoh, row.dasar_hukum, row.set_by = False, dasar_hukum.strip(), actor.account_id
    db.flush()
    record(db, actor, "pajak.tariff_confirmed", f"tarif:{row.id}", {"dasar_hukum": row.dasar_hukum})
    return row
