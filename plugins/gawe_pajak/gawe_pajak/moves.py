"""What a step of a matter changes in taxes: called inside the move, before anyone is told. A DomainError refuses the step."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput
from pendopo.db import insert_into
from pendopo.identity import Actor
from pendopo.kit.berkas import Berkas

from . import assess
from .acquiring import examine
from .business import find_shortfall
from .declaring import give_back
from .models import BPHTB, SPTPD, Objek, Permohonan, Simpanan, WajibPajak
from .nop import desa_of, parse_nop
from .options import desa_numbers
from .overpaid import BACK
from .paper import issue_bphtb
from .paying import bill_of
from .registering import enlist, taxpayer


def on_move(db: Session, berkas: Berkas, transition: str, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    act = _ACTS.get((berkas.kind, transition))
    if act is not None:
        act(db, berkas, data, actor, now)


def _request_of(db: Session, berkas: Berkas) -> Permohonan:
    return db.get_one(Permohonan, berkas.id)


def _accept_object(db: Session, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    """The object is the applicant's: they see it whole, and its taxpayer is their account when it was nobody's."""
    asked = _request_of(db, berkas)
    keep(db, berkas.applicant_id, asked.nop, now=now, proven=True)
    objek = db.get_one(Objek, asked.nop)
    taking = update(WajibPajak).where(WajibPajak.id == objek.wp_id, WajibPajak.account_id.is_(None)).values(account_id=berkas.applicant_id)
    db.execute(taking.execution_options(synchronize_session=False))


def keep(db: Session, account_id: int | None, nop: str, *, now: datetime, proven: bool = False, called: str = "") -> None:
    """Put a NOP on somebody's list; proven stays proven."""
    if account_id is None:
        return
    changes = {name: value for name, value in (("terbukti", proven or None), ("sebutan", called or None)) if value}
    statement = insert_into(db, Simpanan).values(account_id=account_id, nop=nop, sebutan=called[:60], terbukti=proven, at=now)
    keys = ["account_id", "nop"]
    db.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes) if changes else statement.on_conflict_do_nothing(index_elements=keys))


def _grant_objection(db: Session, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    asked = _request_of(db, berkas)
    names = ("luas_bumi", "njop_bumi_m2", "luas_bangunan", "njop_bangunan_m2")
    changes = {name: int(data[name]) for name in names if data.get(name) not in (None, "")}
    if not changes:
        raise InvalidInput(N_("Isi sedikitnya satu angka yang berubah."), field="njop_bumi_m2")
    asked.hasil_id = assess.correct(db, actor, asked.sppt_id or 0, changes, _reason(berkas, data), way=_way(data), now=now).id


def _grant_reduction(db: Session, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    asked = _request_of(db, berkas)
    asked.hasil_id = assess.reduce(db, actor, asked.sppt_id or 0, Decimal(str(data["persen"])), _reason(berkas, data), way=_way(data), now=now).id


def _way(data: dict[str, Any]) -> str:
    """What becomes of what was paid too much."""
    return str(data.get("lebih") or BACK)


def _reason(berkas: Berkas, data: dict[str, Any]) -> str:
    return " ".join(part for part in (berkas.register, str(data.get("nomor_sk") or "")) if part)


def _grant_mutation(db: Session, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    asked = _request_of(db, berkas)
    objek = db.get_one(Objek, asked.nop)
    if not objek.aktif:
        raise Conflict(N_("Objek ini sudah tidak aktif."))
    {"nama": _rename, "pecah": _split, "gabung": _merge}[asked.isi["mutasi"]](db, berkas, asked, objek, data, actor, now)
    db.flush()


def _rename(db: Session, berkas: Berkas, asked: Permohonan, objek: Objek, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    """A new taxpayer; the unpaid SPPT of the newest year gets the new name."""
    wp = taxpayer(db, asked.isi["nama"], asked.isi.get("alamat", ""), account_id=berkas.applicant_id)
    objek.wp_id, objek.changed_at = wp.id, now
    keep(db, berkas.applicant_id, objek.nop, now=now, proven=True)
    for sppt in assess.years_of(db, objek.nop, 1):
        if sppt.status in assess.UNPAID:
            changes = {"nama": wp.nama, "alamat": wp.alamat, "wp_id": wp.id}
            asked.hasil_id = assess.correct(db, actor, sppt.id, changes, _reason(berkas, data), now=now).id


def read_parts(text: str) -> list[tuple[str, int, int, str]]:
    """`NOP; land; building; name` of each line. Raises InvalidInput with the line that can't be read."""
    found = []
    for number, line in enumerate((line for line in text.splitlines() if line.strip()), 1):
        cells = [cell.strip() for cell in line.split(";")]
        if len(cells) != 4 or not all(cell.isascii() and cell.isdigit() for cell in cells[1:3]) or not cells[3]:
            raise InvalidInput(N_("Pecahan baris %(n)s tidak dapat dibaca. Tulis: NOP; luas bumi; luas bangunan; nama."), field="bagian", n=number)
        found.append((parse_nop(cells[0]), int(cells[1]), int(cells[2]), cells[3]))
    return found


def _split(db: Session, berkas: Berkas, asked: Permohonan, objek: Objek, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Parts whose areas add up to the whole. This year's SPPT stays; the parts are assessed from the next year on."""
    parts = read_parts(str(data.get("bagian") or ""))
    if len(parts) < 2:
        raise InvalidInput(N_("Pemecahan sedikitnya menjadi dua bagian."), field="bagian")
    if (sum(p[1] for p in parts), sum(p[2] for p in parts)) != (objek.luas_bumi, objek.luas_bangunan):
        raise InvalidInput(N_("Jumlah luas pecahan tidak sama dengan luas objek asalnya."), field="bagian")
    for nop, land, building, name in parts:
        if nop == objek.nop or db.get(Objek, nop) is not None:
            raise InvalidInput(N_("NOP %(nop)s sudah dipakai."), field="bagian", nop=nop)
        wp = taxpayer(db, name, objek.wp.alamat, account_id=None)
        db.add(_part_of(objek, nop, wp.id, land, building, desa_of(nop, desa_numbers(db)) or objek.desa_code, now))
        db.flush()
    objek.aktif, objek.changed_at = False, now


def _part_of(objek: Objek, nop: str, wp_id: int, land: int, building: int, desa: str, now: datetime) -> Objek:
    values = {name: getattr(objek, name) for name in ("alamat", "kelas_bumi", "njop_bumi_m2", "kelas_bangunan", "njop_bangunan_m2", "peruntukan", "lat", "lon")}
    return Objek(**values, nop=nop, wp_id=wp_id, luas_bumi=land, luas_bangunan=building, desa_code=desa, aktif=True, asal=objek.nop, changed_at=now)


def _merge(db: Session, berkas: Berkas, asked: Permohonan, objek: Objek, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Other objects are added to this one; the value of a square metre becomes the mean by area."""
    others = [db.get(Objek, nop) for nop in asked.isi["lain"]]
    if not others or any(other is None or not other.aktif for other in others):
        raise Conflict(N_("Salah satu objek yang digabung tidak ada atau sudah tidak aktif."))
    whole = [objek, *others]
    for area, value in (("luas_bumi", "njop_bumi_m2"), ("luas_bangunan", "njop_bangunan_m2")):
        size = sum(getattr(one, area) for one in whole)
        worth = sum(getattr(one, area) * getattr(one, value) for one in whole)
        setattr(objek, area, size)
        setattr(objek, value, (worth + size // 2) // size if size else 0)
    objek.changed_at = now
    for other in others:
        other.aktif, other.asal, other.changed_at = False, objek.nop, now


def _charge_bphtb(db: Session, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    """The computation is approved: the bill is made and the buyer told. The state is changed already, so that it may be paid."""
    row = db.get_one(BPHTB, berkas.id)
    if data.get("harga"):
        examine(db, actor, row, int(data["harga"]))
    if row.pajak == 0:
        raise InvalidInput(N_("BPHTB ini nihil; pakai validasi nihil."))
    db.flush()
    row.bill_id = bill_of(db, row, now=now, tell_payer=True).id


def _validate_nil(db: Session, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    if db.get_one(BPHTB, berkas.id).pajak != 0:
        raise InvalidInput(N_("BPHTB ini tidak nihil; setujui hitungannya."))
    validate(db, berkas, data, actor, now)


def validate(db: Session, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Paid or nil: the validated SSPD lies in the buyer's wallet, to be shown to PPAT and land office."""
    issue_bphtb(db, actor, db.get_one(BPHTB, berkas.id), now=now)


def _shortfall(db: Session, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    find_shortfall(db, actor, db.get_one(SPTPD, berkas.id), int(data["dasar"]), now=now)


def _give_back(db: Session, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    give_back(db, actor, db.get_one(SPTPD, berkas.id), _way(data), now=now)


def _enlist(db: Session, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    enlist(db, actor, berkas, now=now)


_ACTS = {
    ("pajak_objek", "kabulkan"): _accept_object,
    ("pajak_keberatan", "kabulkan"): _grant_objection,
    ("pajak_pengurangan", "kabulkan"): _grant_reduction,
    ("pajak_mutasi", "kabulkan"): _grant_mutation,
    ("pajak_bphtb", "setujui"): _charge_bphtb,
    ("pajak_bphtb", "validasi_nihil"): _validate_nil,
    ("pajak_bphtb", "bayar"): validate,
    ("pajak_sptpd", "kurang_bayar"): _shortfall,
    ("pajak_sptpd", "kembalikan"): _give_back,
    ("pajak_daftar", "daftarkan"): _enlist,
}
