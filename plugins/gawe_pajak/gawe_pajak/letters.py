"""Arrears: who is late, and the letters that follow one after the other: teguran, STPD, surat paksa."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from pendopo import N_, InvalidInput
from pendopo.db import insert_into
from pendopo.identity import Actor, as_system, record
from pendopo.kit.calendar import calendar_for

from .models import SPPT, Surat
from .options import option
from .paper import issue_letter
from .paying import interest_on

ISSUE = "pajak.letters"
MOST = 500  # letters of one order
KINDS = {"teguran": N_("Surat teguran"), "stpd": N_("STPD"), "paksa": N_("Surat paksa")}
BEFORE = {"teguran": "", "stpd": "", "paksa": "teguran"}
SYSTEM = as_system(N_("Penagihan pajak"))


def late_query(db: Session, jenis: str, today: date) -> Select[Any]:
    """Unpaid SPPT that are due for a letter: late enough, not lapsed, without the letter, with the one that comes before."""
    sent = select(Surat.id).where(Surat.sppt_id == SPPT.id, Surat.jenis == jenis).exists()
    days = int(option(db, {"teguran": "teguran_hari", "stpd": "stpd_hari", "paksa": "teguran_hari"}[jenis], today))
    oldest = date(today.year - int(option(db, "daluwarsa_tahun", today)), 1, 1)
    query = select(SPPT).where(SPPT.status == "belum", SPPT.berlaku, SPPT.jatuh_tempo < today - timedelta(days=days), SPPT.jatuh_tempo >= oldest, ~sent)
    if before := BEFORE[jenis]:
        at = calendar_for(db).at(today - timedelta(days=int(option(db, "paksa_hari", today))), calendar_for(db).close)
        query = query.where(select(Surat.id).where(Surat.sppt_id == SPPT.id, Surat.jenis == before, Surat.at <= at).exists())
    return query


def counts(db: Session, today: date) -> dict[str, int]:
    """How many SPPT wait for each kind of letter."""
    return {jenis: db.scalar(late_query(db, jenis, today).with_only_columns(func.count(), maintain_column_froms=True)) or 0 for jenis in KINDS}


def arrears_page(db: Session, *, today: date, desa: str = "", kecamatan: str = "", after: int = 0, size: int = 50) -> list[SPPT]:
    """Late SPPT by id, keyset."""
    query = select(SPPT).where(SPPT.status == "belum", SPPT.berlaku, SPPT.jatuh_tempo < today, SPPT.id > after)
    if desa:
        query = query.where(SPPT.desa_code == desa)
    elif kecamatan:
        query = query.where(SPPT.desa_code.between(kecamatan, kecamatan + "~"))
    return list(db.scalars(query.order_by(SPPT.id).limit(size)))


def order(db: Session, actor: Actor, jenis: str, *, desa: str = "", kecamatan: str = "", today: date) -> list[int]:
    """The SPPT that an order of letters is for. The letters themselves are made one by one in the background."""
    actor.require(ISSUE)
    if jenis not in KINDS:
        raise InvalidInput(N_("Pilih jenis surat dari daftar."), field="jenis")
    query = late_query(db, jenis, today).with_only_columns(SPPT.id, maintain_column_froms=True)
    if desa:
        query = query.where(SPPT.desa_code == desa)
    elif kecamatan:
        query = query.where(SPPT.desa_code.between(kecamatan, kecamatan + "~"))
    ids = list(db.scalars(query.order_by(SPPT.id).limit(MOST)))
    record(db, actor, "pajak.letters", f"surat:{jenis}", {"jumlah": len(ids), "desa": desa or kecamatan})
    return ids


def send(db: Session, jenis: str, sppt_id: int, *, by: int | None, now: datetime) -> Surat | None:
    """One letter: numbered, drawn and signed. None when it was sent before or the tax is paid meanwhile."""
    sppt = db.get(SPPT, sppt_id)
    if sppt is None or not sppt.berlaku or sppt.status != "belum":
        return None
    late = interest_on(db, sppt.terutang, sppt.jatuh_tempo, calendar_for(db).local(now).date())
    values = {"sppt_id": sppt_id, "jenis": jenis, "pokok": sppt.terutang, "bunga": late, "at": now, "by": by}
    made = db.scalar(insert_into(db, Surat).values(**values).on_conflict_do_nothing(index_elements=["sppt_id", "jenis"]).returning(Surat.id))
    if made is None:
        return None
    letter = db.get_one(Surat, made)
    letter.document_id = issue_letter(db, SYSTEM, jenis, sppt, late, now=now).id
    db.execute(update(SPPT).where(SPPT.id == sppt_id).values(ditegur=SPPT.ditegur + 1).execution_options(synchronize_session=False))
    db.flush()
    return letter


def letters_of(db: Session, sppt_id: int) -> list[Surat]:
    return list(db.scalars(select(Surat).where(Surat.sppt_id == sppt_id).order_by(Surat.at)))
