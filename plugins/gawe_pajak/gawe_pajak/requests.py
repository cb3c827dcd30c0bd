"""What a taxpayer asks of Bapenda: claim of an object, mutation, objection, reduction. Paying does not wait for the answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound, PermissionRefused
from pendopo.identity import Actor
from pendopo.kit import attachments as files
from pendopo.kit.berkas import receive_berkas
from pendopo.kit.calendar import calendar_for
from pendopo.kit.dates import add_months, regency_day

from .assess import current_sppt
from .kinds import REQUESTS
from .look import NopUnknown, is_own
from .models import SPPT, Objek, Permohonan
from .nop import parse_nop, show_nop
from .options import option
from .paying import opd_id

FILES = "gawe_pajak.permohonan"
CODES = {"objek": "POB", "mutasi": "MUT", "keberatan": "KBR", "pengurangan": "PGR"}
MUTATIONS = {"nama": N_("Balik nama"), "pecah": N_("Pemecahan"), "gabung": N_("Penggabungan")}


def objection_until(db: Session, sppt: SPPT) -> date:
    """The last day to object to an SPPT: months after it was handed over, or published when nobody noted that."""
    start = sppt.diantar_on or regency_day(sppt.terbit_at)
    return add_months(start, int(option(db, "keberatan_bulan", start)))


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
    kind = REQUESTS[jenis]
    day = regency_day(now)
    due = calendar_for(db).at(add_months(day, int(option(db, "keputusan_bulan", day))), calendar_for(db).close) if jenis == "keberatan" else None
    title = f"{kind.title} {show_nop(nop)}" + (f" · {year}" if year else "")
    berkas = receive_berkas(
        db,
        actor,
        kind,
        title=title,
        register_code=CODES[jenis],
        applicant_id=actor.citizen_id,
        opd_id=opd_id(db),
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
    if sppt.status == "nihil":
        raise Conflict(N_("SPPT ini nihil: tidak ada yang dapat dikurangi."), field="year")
    if jenis == "keberatan" and regency_day(now) > objection_until(db, sppt):
        raise Conflict(N_("Waktu mengajukan keberatan untuk SPPT ini sudah lewat."), field="year")
    return sppt


def _other(db: Session, actor: Actor, text: str, nop: str) -> str:
    other = parse_nop(text)
    if other == nop or db.get(Objek, other) is None or not is_own(db, actor, other):
        raise InvalidInput(N_("NOP %(nop)s bukan objek lain milik Anda."), field="lain", nop=show_nop(other))
    return other


def requests_on(db: Session, nop: str) -> list[Permohonan]:
    return list(db.scalars(select(Permohonan).where(Permohonan.nop == nop).order_by(Permohonan.berkas_id.desc()).limit(20)))
