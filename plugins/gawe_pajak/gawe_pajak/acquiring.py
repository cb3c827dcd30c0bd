"""BPHTB: who acquires land or a building declares it; an officer examines, then it is paid and validated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, InvalidInput
from pendopo.identity import Actor, record
from pendopo.kit import attachments as files
from pendopo.kit.berkas import receive_berkas
from pendopo.kit.dates import regency_day

from . import rules
from .look import NopUnknown
from .models import BPHTB, Objek
from .nop import parse_nop, show_nop
from .options import option
from .paying import opd_id
from .rules import Calculation
from .tariffs import rate_on

FILES = "gawe_pajak.permohonan"


def _kind():
    from .kinds import BPHTB_KIND

    return BPHTB_KIND


def is_first(db: Session, account_id: int | None) -> bool:
    """Has this person declared no acquisition here before? Then NPOPTKP is theirs (UU 1/2022 Pasal 46)."""
    if account_id is None:
        return True
    Berkas = BPHTB.berkas.property.mapper.class_
    before = select(BPHTB.berkas_id).join(BPHTB.berkas).where(Berkas.applicant_id == account_id, Berkas.state.not_in(("ditolak", "dicabut")), BPHTB.pertama)
    return db.scalar(before.limit(1)) is None


def compute_bphtb(db: Session, *, harga: int, njop: int, jenis: str, pertama: bool, on: date) -> Calculation:
    return rules.bphtb(
        harga,
        njop,
        jenis,
        first=pertama,
        free_first=int(option(db, "npoptkp", on)),
        free_inherited=int(option(db, "npoptkp_waris", on)),
        rate=rate_on(db, "bphtb", on),
        to=int(option(db, "pembulatan", on)),
    )


def njop_of(db: Session, nop: str, land: int, building: int) -> int:
    """The NJOP of the part that is acquired, by the values of a square metre of this year's SPPT or of the object."""
    objek = db.get(Objek, nop)
    if objek is None:
        raise NopUnknown(field="nop")
    return land * objek.njop_bumi_m2 + building * objek.njop_bangunan_m2


def declare_bphtb(
    db: Session,
    actor: Actor,
    *,
    nop: str,
    jenis: str,
    penerima: str,
    ppat: str,
    harga: int,
    luas_bumi: int,
    luas_bangunan: int,
    pertama: bool | None = None,
    papers: Sequence[files.Attachment] = (),
    now: datetime,
) -> BPHTB:
    """File an SSPD-BPHTB: computed, then examined, then paid. `pertama`: None takes it from what was filed here before."""
    actor.require_signed_in()
    nop = parse_nop(nop)
    if jenis not in rules.ACQUISITIONS:
        raise InvalidInput(N_("Pilih jenis perolehan dari daftar."), field="jenis")
    objek = db.get(Objek, nop)
    if objek is None or not objek.aktif:
        raise NopUnknown(field="nop")
    if luas_bumi > objek.luas_bumi or luas_bangunan > objek.luas_bangunan:
        raise InvalidInput(N_("Luas yang diperoleh lebih besar daripada objeknya."), field="luas_bumi")
    first = is_first(db, actor.citizen_id) if pertama is None else pertama and is_first(db, actor.citizen_id)
    njop, day = njop_of(db, nop, luas_bumi, luas_bangunan), regency_day(now)
    found = compute_bphtb(db, harga=harga, njop=njop, jenis=jenis, pertama=first, on=day)
    berkas = receive_berkas(
        db,
        actor,
        _kind(),
        title=f"BPHTB {show_nop(nop)}",
        register_code="BPH",
        applicant_id=actor.citizen_id,
        opd_id=opd_id(db),
        desa_code=objek.desa_code,
        channel="loket" if actor.on_behalf_of else "web",
        now=now,
    )
    row = BPHTB(
        berkas_id=berkas.id,
        nop=nop,
        jenis=jenis,
        penerima=penerima.strip(),
        ppat=ppat.strip(),
        luas_bumi=luas_bumi,
        luas_bangunan=luas_bangunan,
        harga=harga,
        njop=njop,
        pertama=first,
        pajak=found.total,
        hitungan=found.as_data(),
        at=now,
    )
    row.berkas = berkas
    db.add(row)
    db.flush()
    files.claim(db, list(papers), owner=FILES, ref=berkas.id)
    return row


def examine(db: Session, actor: Actor, row: BPHTB, price: int) -> BPHTB:
    """An officer found another price than was declared: the tax is computed anew, by the day of the declaration."""
    day, told = regency_day(row.at), row.harga
    found = compute_bphtb(db, harga=price, njop=row.njop, jenis=row.jenis, pertama=row.pertama, on=day)
    row.harga, row.pajak, row.hitungan = price, found.total, found.as_data()
    db.flush()
    record(db, actor, "pajak.bphtb_examined", f"bphtb:{row.berkas_id}", {"dilaporkan": told, "harga": price, "pajak": row.pajak})
    return row
