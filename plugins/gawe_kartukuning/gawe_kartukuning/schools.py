"""Schools register their graduates in one go: a spreadsheet in, a report for each row out."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, DomainError, InvalidInput, _
from pendopo.identity import Actor
from pendopo.kit.places import desa_list, find_place
from pendopo.kit.sheets import Sheet, SheetColumn, SheetRow, read_sheet

from . import applications, kbji, mitra, rules, seekers
from .kind import VERIFY
from .models import Bkk, Impor
from .options import number


def _kbji(text: str) -> str:
    found = kbji.find(text)
    if not found:
        raise InvalidInput(N_("Jabatan ini tidak dikenal. Pakai kode KBJI atau namanya seperti pada daftar."))
    return found


def _desa(text: str) -> str:
    """A desa by its code, or as `Desa, Kecamatan`, since names collide."""
    place = find_place(text)
    if place is not None and place.kind in ("desa", "kelurahan"):
        return place.code
    name, _comma, kecamatan = (part.strip().casefold().removeprefix("kec.").removeprefix("desa").strip() for part in text.partition(","))
    fits = [p for p in desa_list() if p.name.casefold() == name and (not kecamatan or (find_place(p.parent) or p).name.casefold() == kecamatan)]
    if len(fits) != 1:
        raise InvalidInput(N_("Tulis desa dan kecamatannya, misalnya: Mekarsari, Anyar."))
    return fits[0].code


def _pairs(table: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(table.items())


COLUMNS = (
    SheetColumn("nik", N_("NIK"), "nik", required=True, personal=True),
    SheetColumn("nama", N_("Nama"), required=True, most=120, aliases=("nama lengkap", "nama siswa")),
    SheetColumn("tempat_lahir", N_("Tempat lahir"), required=True, most=80),
    SheetColumn("tanggal_lahir", N_("Tanggal lahir"), "date", required=True, aliases=("tgl lahir",), personal=True),
    SheetColumn(
        "jk",
        N_("Jenis kelamin"),
        "choice",
        required=True,
        choices=(("L", "L"), ("P", "P"), ("L", N_("Laki-laki")), ("P", N_("Perempuan"))),
        aliases=("L/P", "jk"),
    ),
    SheetColumn("jenjang", N_("Jenjang"), "choice", required=True, choices=tuple((code, code) for code in rules.LEVELS)),
    SheetColumn("jurusan", N_("Jurusan"), most=80, aliases=("kompetensi keahlian", "program keahlian")),
    SheetColumn("tahun_lulus", N_("Tahun lulus"), "int", required=True),
    SheetColumn("nilai", N_("Nilai"), most=10, aliases=("nilai rata-rata",)),
    SheetColumn("alamat", N_("Alamat"), most=200, personal=True),
    SheetColumn("desa", N_("Desa"), required=True, read=_desa, aliases=("desa/kelurahan", "kode desa")),
    SheetColumn("hp", N_("Nomor telepon"), "phone", aliases=("hp", "no hp", "telepon", "wa")),
    SheetColumn("email", N_("Surel"), most=254, personal=True, aliases=("email", "e-mail")),
    SheetColumn("keterampilan", N_("Keterampilan"), most=300),
    SheetColumn("minat", N_("Minat jabatan"), read=_kbji, aliases=("minat", "kbji")),
)
EXAMPLE = (
    "'3604301708070002",
    "Contoh Siswa",
    "Serang",
    "17-08-2007",
    "L",
    "SMK",
    "Teknik Pengelasan",
    "2026",
    "86,5",
    "Kp. Contoh RT 01/02",
    "Anyar, Anyar",
    "081234567890",
    "",
    "Las SMAW; AutoCAD",
    "Juru las dan potong",
)


def import_graduates(db: Session, actor: Actor, school_id: int, data: bytes, filename: str, *, on: date, now: datetime) -> tuple[Impor, list[dict[str, Any]]]:
    """Each right row becomes a profile and an application; each wrong one is told with what is wrong. Officers get one word of all.

    Returns the kept report, and the keys: number and PIN for each pupil, which are known only now. Raises Conflict for a
    school that is not verified or a file that was sent before, InvalidInput for one that is no table.
    """
    school = mitra.own(db, actor, mitra.SCHOOL, school_id, officers=True)
    if not school.is_verified:
        raise Conflict(N_("Sekolah Anda belum diverifikasi. Daftar dapat dikirim setelah itu."))
    sha256 = hashlib.sha256(data).hexdigest()
    if db.scalar(select(Impor.id).where(Impor.bkk_id == school.id, Impor.sha256 == sha256, Impor.diterima > 0)) is not None:
        raise Conflict(N_("Berkas yang sama sudah pernah dikirim. Lihat laporannya di bawah."), field="file")
    sheet = read_sheet(data, COLUMNS, most_rows=number(db, "impor_baris_maks", on))
    kept = Impor(bkk_id=school.id, filename=filename[:160], sha256=sha256, at=now, oleh=actor.account_id, report=[])
    kept.bkk = school
    db.add(kept)
    db.flush()
    lines, keys = _take(db, actor, school, kept, sheet, on, now)
    kept.report, kept.diterima, kept.ditolak = lines, len(keys), len(lines) - len(keys)
    if sheet.cut:
        kept.report = [*lines, {"row": 0, "name": "", "ok": False, "errors": [_("Baris selebihnya tidak dibaca; kirim dalam daftar berikutnya.")]}]
    db.flush()
    if keys:
        desk = "/kerja/kartu-kuning/?kanal=bkk"
        mitra.tell_office(db, "daftar", school.nama, desk, f"impor:{kept.id}", permission=VERIFY, count=len(keys), but=actor.account_id)
    return kept, keys


def _take(db: Session, actor: Actor, school: Bkk, kept: Impor, sheet: Sheet, on: date, now: datetime) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    lines: list[dict[str, Any]] = []
    keys: list[dict[str, Any]] = []
    for row in sheet.rows:
        name = str(row.values.get("nama") or "")[:120]
        line: dict[str, Any] = {"row": row.number, "name": name, "ok": False, "errors": [f"{error.column}: {error.sentence}" for error in row.errors]}
        lines.append(line)
        if not row.ok:
            continue
        try:
            with db.begin_nested():
                application = _one(db, actor, school, kept, row, on, now)
        except DomainError as refusal:
            line["errors"] = [refusal.sentence()]
            continue
        line |= {"ok": True, "register": application.berkas.register, "id": application.berkas_id}
        keys.append({"row": row.number, "name": name, "register": application.berkas.register, "pin": application.berkas.pin})
    return lines, keys


def _one(db: Session, actor: Actor, school: Bkk, kept: Impor, row: SheetRow, on: date, now: datetime) -> Any:
    values = row.values
    new = seekers.Seeker(
        nik=values["nik"],
        nama=values["nama"],
        tempat_lahir=values["tempat_lahir"],
        tanggal_lahir=values["tanggal_lahir"],
        jk=values["jk"],
        jenjang=values["jenjang"],
        jurusan=values.get("jurusan") or "",
        institusi=school.nama,
        tahun_lulus=values["tahun_lulus"],
        nilai=values.get("nilai") or "",
        alamat=values.get("alamat") or "",
        desa_code=values["desa"],
        hp=values.get("hp") or "",
        email=values.get("email") or "",
        keterampilan=[part.strip()[:80] for part in (values.get("keterampilan") or "").replace(",", ";").split(";") if part.strip()],
        minat=[{"kbji": values["minat"]}] if values.get("minat") else [],
    )
    seeker = seekers.register_seeker(db, actor, new, account_id=None, on=on, now=now)
    seeker.bkk_id = school.id
    return applications.apply(db, actor, seeker, channel="bkk", impor=kept, now=now)


def imports_of(db: Session, school_id: int) -> list[Impor]:
    return list(db.scalars(select(Impor).where(Impor.bkk_id == school_id).order_by(Impor.id.desc()).limit(50)))


def template_rows() -> tuple[list[str], list[tuple[str, ...]]]:
    """The empty list to fill in, with one example."""
    return [str(_(column.title)) for column in COLUMNS], [tuple(cell.removeprefix("'") for cell in EXAMPLE)]
