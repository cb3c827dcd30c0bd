"""What a taxpayer asks of Bapenda: claim of an object, mutation, objection, reduction; and BPHTB."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound, PermissionRefused
from pendopo.identity import Actor, find_opd
from pendopo.kit import attachments as files
from pendopo.kit.berkas import receive_berkas
from pendopo.kit.calendar import calendar_for

from . import rules
from .assess import current_sppt
from .kinds import BPHTB_KIND, REQUESTS
from .look import NopUnknown, is_own
from .models import BPHTB, SPPT, Objek, Permohonan
from .nop import parse_nop, show_nop
from .options import option
from .rules import Calculation
from .tariffs import rate_on

FILES = "gawe_pajak.permohonan"
CODES = {"objek": "POB", "mutasi": "MUT", "keberatan": "KBR", "pengurangan": "PGR"}
MUTATIONS = {"nama": N_("Balik nama"), "pecah": N_("Pemecahan"), "gabung": N_("Penggabungan")}


def months_after(day: date, months: int) -> date:
    """The same day some months later; the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = 31
    while True:
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            last -= 1


def objection_until(db: Session, sppt: SPPT) -> date:
    """The last day to object to an SPPT: months after it was handed over, or published when nobody noted that."""
    start = sppt.diantar_on or calendar_for(db).local(sppt.terbit_at).date()
    return months_after(start, int(option(db, "keberatan_bulan", start)))


def apply(
    db: Session,
    actor: Actor,
    jenis: str,
    nop: str,
    *,
    alasan: str,
    year: int | None = None,
    isi: dict[str, Any] | None = None,
    papers: Sequence[files.Attachment] = (),
    now: datetime,
) -> Permohonan:
    """Ask something about an object. One open request of a kind for each object. Raises NopUnknown, Conflict, InvalidInput."""
    actor.require_signed_in()
    nop, isi = parse_nop(nop), dict(isi or {})
    objek = db.get(Objek, nop)
    if objek is None or not objek.aktif:
        raise NopUnknown(field="nop")
    sppt = _check(db, actor, jenis, nop, year, isi, now)
    asked = select(func.count()).select_from(Permohonan).join(Permohonan.berkas).where(Permohonan.nop == nop, Permohonan.jenis == jenis)
    berkas_table = Permohonan.berkas.property.mapper.class_
    if db.scalar(asked.where(berkas_table.is_open, berkas_table.applicant_id == actor.citizen_id)):
        raise Conflict(N_("Permohonan yang sama untuk objek ini masih berjalan."))
    opd, kind = find_opd(db, str(option(db, "opd"))), REQUESTS[jenis]
    day = calendar_for(db).local(now).date()
    due = calendar_for(db).at(months_after(day, int(option(db, "keputusan_bulan", day))), calendar_for(db).close) if jenis == "keberatan" else None
    title = f"{kind.title} {show_nop(nop)}" + (f" · {year}" if year else "")
    berkas = receive_berkas(
        db,
        actor,
        kind,
        title=title,
        register_code=CODES[jenis],
        applicant_id=actor.citizen_id,
        opd_id=opd.id if opd else None,
        desa_code=objek.desa_code,
        channel="loket" if actor.on_behalf_of else "web",
        due=due,
        now=now,
    )
    row = Permohonan(berkas_id=berkas.id, jenis=jenis, nop=nop, sppt_id=sppt.id if sppt else None, alasan=alasan.strip(), isi=isi)
    row.berkas = berkas
    db.add(row)
    db.flush()
    files.claim(db, list(papers), owner=FILES, ref=berkas.id)
    return row


def _check(db: Session, actor: Actor, jenis: str, nop: str, year: int | None, isi: dict[str, Any], now: datetime) -> SPPT | None:
    """What each kind needs; the SPPT that it is about."""
    if jenis == "objek":
        if is_own(db, actor, nop):
            raise Conflict(N_("Objek ini sudah tercatat sebagai milik Anda."))
        return None
    if jenis == "mutasi":
        if isi.get("mutasi") not in MUTATIONS:
            raise InvalidInput(N_("Pilih jenis mutasi dari daftar."), field="mutasi")
        if isi["mutasi"] != "nama" and not is_own(db, actor, nop):
            raise PermissionRefused(N_("Pemecahan dan penggabungan diajukan oleh pemilik yang sudah diakui."))
        if isi["mutasi"] == "nama" and not str(isi.get("nama", "")).strip():
            raise InvalidInput(N_("Isi nama wajib pajak yang baru."), field="nama")
        if isi["mutasi"] == "gabung":
            isi["lain"] = [_other(db, actor, text, nop) for text in str(isi.get("lain", "")).replace(",", "\n").splitlines() if text.strip()]
            if not isi["lain"]:
                raise InvalidInput(N_("Isi NOP yang digabungkan."), field="lain")
        return None
    if not is_own(db, actor, nop):
        raise PermissionRefused(N_("Keberatan dan pengurangan diajukan oleh pemilik yang sudah diakui. Ajukan pengakuan objek lebih dahulu."))
    sppt = current_sppt(db, nop, year or 0)
    if sppt is None:
        raise NotFound()
    if sppt.status != "belum":
        raise Conflict(N_("SPPT ini sudah lunas atau nihil."), field="year")
    if jenis == "keberatan" and calendar_for(db).local(now).date() > objection_until(db, sppt):
        raise Conflict(N_("Waktu mengajukan keberatan untuk SPPT ini sudah lewat."), field="year")
    return sppt


def _other(db: Session, actor: Actor, text: str, nop: str) -> str:
    other = parse_nop(text)
    if other == nop or db.get(Objek, other) is None or not is_own(db, actor, other):
        raise InvalidInput(N_("NOP %(nop)s bukan objek lain milik Anda."), field="lain", nop=show_nop(other))
    return other


def requests_on(db: Session, nop: str) -> list[Permohonan]:
    return list(db.scalars(select(Permohonan).where(Permohonan.nop == nop).order_by(Permohonan.berkas_id.desc()).limit(20)))


# --------------------------------------------------------------------------------------------------------------- BPHTB


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
    njop, day = njop_of(db, nop, luas_bumi, luas_bangunan), calendar_for(db).local(now).date()
    found = compute_bphtb(db, harga=harga, njop=njop, jenis=jenis, pertama=first, on=day)
    opd = find_opd(db, str(option(db, "opd")))
    berkas = receive_berkas(
        db,
        actor,
        BPHTB_KIND,
        title=f"BPHTB {show_nop(nop)}",
        register_code="BPH",
        applicant_id=actor.citizen_id,
        opd_id=opd.id if opd else None,
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
