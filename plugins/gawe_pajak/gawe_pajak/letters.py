"""Arrears: who is late, and the letters that follow one after the other: teguran, STPD, surat paksa. For PBB, declarations and SKPD."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from pendopo import N_, InvalidInput
from pendopo.db import insert_once
from pendopo.identity import Actor, as_system, record
from pendopo.kit.berkas import Berkas
from pendopo.kit.calendar import calendar_for
from pendopo.kit.dates import regency_day

from .models import SPPT, SPTPD, Ketetapan, Surat, Usaha
from .options import option
from .paper import issue_letter
from .paying import interest_on, kind_of, source_of

ISSUE = "pajak.letters"
MOST = 500  # letters of one order
KINDS = {"teguran": N_("Surat teguran"), "stpd": N_("STPD"), "paksa": N_("Surat paksa")}
BEFORE = {"teguran": "", "stpd": "", "paksa": "teguran"}
SYSTEM = as_system(N_("Penagihan pajak"))


@dataclass(frozen=True)
class Origin:
    """Where arrears come from: `unpaid` rows of `model`, due on `due`, in the desa `desa`."""

    title: str
    model: Any
    key: Any
    due: Any
    desa: Any

    def unpaid(self) -> Select[Any]:
        if self.model is SPPT:
            return select(SPPT).where(SPPT.status == "belum", SPPT.berlaku)
        if self.model is Ketetapan:
            return select(Ketetapan).where(Ketetapan.status == "belum")
        return select(SPTPD).join(Usaha, Usaha.id == SPTPD.usaha_id).join(Berkas, Berkas.id == SPTPD.berkas_id).where(Berkas.state == "dilaporkan")


ORIGINS = {
    "sppt": Origin(N_("PBB-P2"), SPPT, SPPT.id, SPPT.jatuh_tempo, SPPT.desa_code),
    "sptpd": Origin(N_("SPTPD"), SPTPD, SPTPD.berkas_id, SPTPD.batas_bayar, Usaha.desa_code),
    "ketetapan": Origin(N_("SKPD dan SKPDKB"), Ketetapan, Ketetapan.id, Ketetapan.jatuh_tempo, Ketetapan.desa_code),
}


def origin_of(asal: str) -> Origin:
    if asal not in ORIGINS:
        raise InvalidInput(N_("Pilih jenis tunggakan dari daftar."), field="asal")
    return ORIGINS[asal]


def _in_place(query: Select[Any], origin: Origin, desa: str, kecamatan: str) -> Select[Any]:
    if desa:
        return query.where(origin.desa == desa)
    return query.where(origin.desa.between(kecamatan, kecamatan + "~")) if kecamatan else query


def late_query(db: Session, jenis: str, today: date, asal: str = "sppt") -> Select[Any]:
    """Unpaid rows that are due for a letter: late enough, not lapsed, without the letter, with the one that comes before."""
    origin = origin_of(asal)
    sent = select(Surat.id).where(Surat.asal == asal, Surat.asal_id == origin.key)
    days = int(option(db, {"teguran": "teguran_hari", "stpd": "stpd_hari", "paksa": "teguran_hari"}[jenis], today))
    oldest = date(today.year - int(option(db, "daluwarsa_tahun", today)), 1, 1)
    query = origin.unpaid().where(origin.due < today - timedelta(days=days), origin.due >= oldest, ~sent.where(Surat.jenis == jenis).exists())
    if before := BEFORE[jenis]:
        at = calendar_for(db).at(today - timedelta(days=int(option(db, "paksa_hari", today))), calendar_for(db).close)
        query = query.where(sent.where(Surat.jenis == before, Surat.at <= at).exists())
    return query


def counts(db: Session, today: date, asal: str = "sppt") -> dict[str, int]:
    """How many wait for each kind of letter."""
    return {jenis: db.scalar(late_query(db, jenis, today, asal).with_only_columns(func.count(), maintain_column_froms=True)) or 0 for jenis in KINDS}


def arrears_page(db: Session, *, today: date, asal: str = "sppt", desa: str = "", kecamatan: str = "", after: int = 0, size: int = 50) -> list[Any]:
    """Late rows by id, keyset."""
    origin = origin_of(asal)
    query = _in_place(origin.unpaid().where(origin.due < today, origin.key > after), origin, desa, kecamatan)
    return list(db.scalars(query.order_by(origin.key).limit(size)).unique())


def order(db: Session, actor: Actor, jenis: str, *, asal: str = "sppt", desa: str = "", kecamatan: str = "", today: date) -> list[int]:
    """The rows that an order of letters is for. The letters themselves are made one by one in the background."""
    actor.require(ISSUE)
    if jenis not in KINDS:
        raise InvalidInput(N_("Pilih jenis surat dari daftar."), field="jenis")
    origin = origin_of(asal)
    query = _in_place(late_query(db, jenis, today, asal).with_only_columns(origin.key, maintain_column_froms=True), origin, desa, kecamatan)
    ids = list(db.scalars(query.order_by(origin.key).limit(MOST)))
    record(db, actor, "pajak.letters", f"surat:{jenis}", {"jumlah": len(ids), "asal": asal, "desa": desa or kecamatan})
    return ids


def send(db: Session, jenis: str, row_id: int, *, asal: str = "sppt", by: int | None, now: datetime) -> Surat | None:
    """One letter: numbered, drawn and signed. None when it was sent before or the tax is paid meanwhile."""
    origin = origin_of(asal)
    row = db.scalar(origin.unpaid().where(origin.key == row_id))
    if row is None:
        return None
    amount, late = owed(db, row, regency_day(now))
    made = insert_once(db, Surat, ("asal", "asal_id", "jenis"), asal=asal, asal_id=row_id, jenis=jenis, pokok=amount, bunga=late, at=now, by=by)
    if made is None:
        return None
    letter = db.get_one(Surat, made)
    letter.document_id = issue_letter(db, SYSTEM, letter, row, now=now).id
    if asal == "sppt":
        db.execute(update(SPPT).where(SPPT.id == row_id).values(ditegur=SPPT.ditegur + 1).execution_options(synchronize_session=False))
    db.flush()
    return letter


def owed(db: Session, row: Any, today: date) -> tuple[int, int]:
    """`(tax, interest)` of an unpaid row on a day."""
    source = source_of(kind_of(row).slug)
    amount = source.amount(row)
    return amount, interest_on(db, amount, source.due(row), today)


def letters_of(db: Session, row_id: int, asal: str = "sppt") -> list[Surat]:
    return list(db.scalars(select(Surat).where(Surat.asal == asal, Surat.asal_id == row_id).order_by(Surat.at)))
