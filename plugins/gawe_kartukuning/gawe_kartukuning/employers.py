"""Vacancies of employers: checked, looked at by an officer, then open to everyone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound, PermissionRefused, live
from pendopo.identity import Actor, record

from . import kbji, mitra
from .kind import EMPLOYERS
from .matching import Offer
from .models import Lowongan
from .options import number

LIST_TOPIC = "public:lowongan"


@dataclass
class Vacancy:
    """A vacancy as it is typed. `alasan_upah` says why the pay lies under the minimum wage."""

    kbji: str
    judul: str
    uraian: str
    upah_min: int
    penutupan: date
    jumlah_l: int = 0
    jumlah_p: int = 0
    jumlah: int = 0
    jenjang: str = "SMA"
    jurusan: Sequence[str] = field(default_factory=list)
    keterampilan: Sequence[str] = field(default_factory=list)
    pengalaman_bulan: int = 0
    lokasi: str = "kabupaten"
    tempat: str = ""
    desa_code: str = ""
    hubungan: str = "kontrak"
    upah_maks: int | None = None
    alasan_upah: str = ""
    ramah_disabilitas: bool = False


# ----------------------------------------------------------------------------------------------------------- vacancies


def check_vacancy(db: Session, new: Vacancy, on: date) -> None:
    """Raises InvalidInput, with the field that is wrong."""
    if new.kbji not in kbji.TITLES:
        raise InvalidInput(N_("Pilih jabatan dari daftar."), field="kbji")
    if new.jumlah_l + new.jumlah_p + new.jumlah < 1:
        raise InvalidInput(N_("Isi berapa orang yang dibutuhkan."), field="jumlah")
    longest = number(db, "lowongan_hari_maks", on)
    if not on <= new.penutupan <= on + timedelta(days=longest):
        raise InvalidInput(N_("Penutupan paling lama %(n)s hari dari sekarang."), field="penutupan", n=longest)
    if new.lokasi == "akan" and "," not in new.tempat:
        raise InvalidInput(N_("Tulis kota dan negaranya, misalnya: Nagoya, Jepang."), field="tempat")
    if new.upah_maks is not None and new.upah_maks < new.upah_min:
        raise InvalidInput(N_("Upah tertinggi lebih rendah daripada upah terendah."), field="upah_maks")
    if is_below_minimum(db, new, on) and len(new.alasan_upah.strip()) < 10:
        raise InvalidInput(N_("Upah di bawah UMK. Tulis alasannya; pengantar kerja akan menilainya."), field="alasan_upah")


def is_below_minimum(db: Session, new: Vacancy, on: date) -> bool:
    """Part-time work, day work and training places are not measured by the monthly minimum wage; nor is work abroad."""
    return new.hubungan in ("tetap", "kontrak") and new.lokasi in ("kabupaten", "akl") and new.upah_min < number(db, "umk", on)


def offer_vacancy(db: Session, actor: Actor, employer_id: int, new: Vacancy, *, on: date, now: datetime) -> Lowongan:
    """A verified employer brings a vacancy; it waits for an officer. Raises Conflict while the company is not verified."""
    employer = mitra.own(db, actor, mitra.COMPANY, employer_id)
    if not employer.is_verified:
        raise Conflict(N_("Perusahaan Anda belum diverifikasi. Lowongan dapat diajukan setelah itu."))
    check_vacancy(db, new, on)
    row = Lowongan(pemberi_id=employer.id, created_at=now, status="menunggu")
    _fill(db, row, new, on)
    row.pemberi = employer
    db.add(row)
    db.flush()
    _tell_office(db, row, f"lowongan:{row.id}")
    return row


def change_vacancy(db: Session, actor: Actor, vacancy_id: int, new: Vacancy, *, on: date, now: datetime) -> Lowongan:
    """A changed vacancy waits for an officer again."""
    row = own_vacancy(db, actor, vacancy_id)
    check_vacancy(db, new, on)
    _fill(db, row, new, on)
    row.status, row.alasan = "menunggu", ""
    db.flush()
    _tell_office(db, row, f"lowongan:{row.id}:{now.isoformat()}")
    live.publish(db, LIST_TOPIC)
    return row


def _tell_office(db: Session, row: Lowongan, key: str) -> None:
    mitra.tell_office(db, "lowongan", f"{row.judul} · {row.pemberi.nama}", f"/kerja/kartu-kuning/lowongan/{row.id}", key)


def _fill(db: Session, row: Lowongan, new: Vacancy, on: date) -> None:
    for name in (
        "kbji",
        "judul",
        "uraian",
        "upah_min",
        "upah_maks",
        "penutupan",
        "jumlah_l",
        "jumlah_p",
        "jumlah",
        "jenjang",
        "pengalaman_bulan",
        "lokasi",
        "tempat",
        "hubungan",
        "ramah_disabilitas",
    ):
        setattr(row, name, getattr(new, name))
    row.jurusan, row.keterampilan = list(new.jurusan), list(new.keterampilan)
    row.desa_code = new.desa_code or None
    row.kecamatan_code = new.desa_code[:8] or None
    row.di_bawah_umk = new.alasan_upah.strip()[:300] if is_below_minimum(db, new, on) else ""


def own_vacancy(db: Session, actor: Actor, vacancy_id: int) -> Lowongan:
    account_id = actor.require_signed_in()
    row = db.get(Lowongan, vacancy_id)
    if row is None or row.pemberi.account_id != account_id:
        raise NotFound()
    return row


def decide_vacancy(db: Session, actor: Actor, vacancy_id: int, publish: bool, reason: str, *, now: datetime) -> Lowongan:
    """An officer lets a vacancy appear, or not, once."""
    actor.require(EMPLOYERS)
    mitra.require_reason(publish, reason)
    status = "terbit" if publish else "ditolak"
    values = {"status": status, "alasan": reason.strip()[:300], "decided_by": actor.account_id}
    deciding = update(Lowongan).where(Lowongan.id == vacancy_id, Lowongan.status == "menunggu").values(**values, **({"published_at": now} if publish else {}))
    if db.execute(deciding.execution_options(synchronize_session=False)).rowcount != 1:
        raise Conflict() if db.get(Lowongan, vacancy_id) else NotFound()
    row = db.get(Lowongan, vacancy_id, populate_existing=True)
    record(db, actor, f"kartu-kuning.lowongan.{status}", f"lowongan:{row.id}", {})
    context = {"title": row.judul, "published": publish, "reason": row.alasan}
    url, key = f"/kartu-kuning/perusahaan/lowongan/{row.id}", f"lowongan:{row.id}:{status}:{now.isoformat()}"
    mitra.tell_partner(db, row.pemberi, "lowongan", context, url, key)
    live.publish(db, LIST_TOPIC)
    return row


def close_vacancy(db: Session, actor: Actor, vacancy_id: int) -> Lowongan:
    """The employer, or an officer, closes it before its day."""
    row = db.get(Lowongan, vacancy_id)
    if row is None:
        raise NotFound()
    if row.pemberi.account_id != actor.require_signed_in() and not actor.can(EMPLOYERS):
        raise PermissionRefused()
    if row.status == "ditutup":
        raise Conflict(N_("Lowongan ini sudah ditutup."))
    row.status = "ditutup"
    db.flush()
    live.publish(db, LIST_TOPIC)
    return row


def public_vacancy(db: Session, vacancy_id: int) -> Lowongan:
    """A vacancy that appeared, also when it is over since. Raises NotFound."""
    row = db.get(Lowongan, vacancy_id)
    if row is None or row.published_at is None or row.status in ("menunggu", "ditolak"):
        raise NotFound()
    return row


def as_offer(row: Lowongan) -> Offer:
    """What `matching.match` knows of it."""
    return Offer(
        kbji=row.kbji,
        level=row.jenjang,
        majors=row.jurusan,
        men=row.jumlah_l,
        women=row.jumlah_p,
        anyone=row.jumlah,
        place=row.lokasi,
        kecamatan=row.kecamatan_code or "",
        skills=row.keterampilan,
        months=row.pengalaman_bulan,
        pay=row.upah_maks or row.upah_min,
    )
