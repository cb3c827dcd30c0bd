"""The person behind a card: their profile, kept once and used by every application, card and match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from pendopo import N_, Conflict, InvalidInput, NotFound
from pendopo.identity import Account, Actor, as_system, encrypt_nik, nik_lookup
from pendopo.kit import attachments as files

from . import kbji, rules
from .kind import READ, VERIFY
from .matching import Person, Wish
from .models import Keterampilan, Minat, Pencari, Pendidikan, Pengalaman
from .options import number
from .photo import card_photo

OWNER = "gawe_kartukuning.pencari"
MOST_ROWS = 10


@dataclass
class Seeker:
    """What a person says about themselves, checked by `check_seeker`. `nik` only where the account has none."""

    nama: str
    tempat_lahir: str
    tanggal_lahir: date
    jk: str
    jenjang: str
    institusi: str
    tahun_lulus: int
    jurusan: str = ""
    nilai: str = ""
    status_kawin: str = "belum"
    agama: str = ""
    disabilitas: Sequence[str] = ()
    alamat: str = ""
    desa_code: str = ""
    email: str = ""
    hp: str = ""
    nik: str = ""
    bahasa: Sequence[str] = ()
    keterampilan: Sequence[str] = ()
    pengalaman: Sequence[dict[str, Any]] = ()
    minat: Sequence[dict[str, Any]] = ()
    foto: files.Attachment | None = None
    dokumen: Sequence[files.Attachment] = field(default_factory=list)


def check_seeker(db: Session, new: Seeker, on: date) -> None:
    """Raises InvalidInput, with the field that is wrong."""
    rules.check_age(new.tanggal_lahir, on, youngest=number(db, "umur_min", on))
    rules.check_graduation(new.tanggal_lahir, new.tahun_lulus, on)
    if new.jk not in rules.SEX:
        raise InvalidInput(N_("Pilih jenis kelamin."), field="jk")
    if new.jenjang not in rules.LEVELS:
        raise InvalidInput(N_("Pilih jenjang pendidikan dari daftar."), field="jenjang")
    for row in new.pengalaman:
        rules.check_period(row["mulai"], row.get("selesai"), on)
    for row in new.minat:
        if row["kbji"] not in kbji.TITLES:
            raise InvalidInput(N_("Pilih jabatan dari daftar."), field="minat")


def seeker_of(db: Session, account_id: int | None) -> Pencari | None:
    """The profile of an account."""
    return db.scalar(select(Pencari).where(Pencari.account_id == account_id)) if account_id is not None else None


def own_seeker(db: Session, actor: Actor) -> Pencari:
    """The profile of whoever asks. Raises SignInNeeded, or NotFound while there is none."""
    actor.require_signed_in()
    seeker = seeker_of(db, actor.citizen_id)
    if seeker is None:
        raise NotFound(N_("Anda belum terdaftar sebagai pencari kerja."))
    return seeker


def get_seeker(db: Session, actor: Actor, seeker_id: int) -> Pencari:
    """A profile for an officer. Raises PermissionRefused or NotFound."""
    require_reader(actor)
    seeker = db.get(Pencari, seeker_id)
    if seeker is None:
        raise NotFound()
    return seeker


def require_reader(actor: Actor) -> None:
    if not any(actor.can(permission) for permission in (READ, VERIFY)):
        actor.require(READ)


class NikTaken(Conflict):
    message = N_("NIK ini sudah terdaftar sebagai pencari kerja. Bila sekolah yang mendaftarkan Anda, hubungkan dengan nomor register dan PIN dari sekolah.")


def brought_for(db: Session, account_id: int | None) -> Pencari | None:
    """The profile that a school brought for the nik of this account, while nobody has claimed it."""
    account = db.get(Account, account_id) if account_id is not None else None
    if account is None or not account.nik_lookup:
        return None
    return db.scalar(select(Pencari).where(Pencari.nik_lookup == account.nik_lookup, Pencari.account_id.is_(None)))


def register_seeker(db: Session, actor: Actor, new: Seeker, *, account_id: int | None, on: date, now: datetime) -> Pencari:
    """Make or renew the profile of `account_id`; None is somebody whom a school brings. Raises InvalidInput or Conflict.

    Whose nik is in use already has a profile: one person is registered once, whoever registers them.
    """
    check_seeker(db, new, on)
    account = db.get(Account, account_id) if account_id is not None else None
    lookup = account.nik_lookup if account is not None and account.nik_lookup else nik_lookup(new.nik) if new.nik else None
    if lookup is None:
        raise InvalidInput(N_("NIK harus diisi."), field="nik")
    seeker = seeker_of(db, account_id)
    same = db.scalar(select(Pencari).where(Pencari.nik_lookup == lookup))
    if same is not None and same is not seeker:
        raise NikTaken(field="nik")
    if seeker is None:
        seeker = Pencari(created_at=now)
        db.add(seeker)
    seeker.account_id = account_id if account_id is not None else seeker.account_id
    seeker.nik_lookup = lookup
    seeker.nik_cipher = account.nik_cipher if account is not None and account.nik_cipher else encrypt_nik(new.nik)
    _write(db, seeker, new)
    try:
        db.flush()
    except IntegrityError as error:  # sent twice in the same moment
        raise NikTaken(field="nik") from error
    keep_files(db, seeker, new.foto, new.dokumen)
    return seeker


def _write(db: Session, seeker: Pencari, new: Seeker) -> None:
    for name in ("nama", "tempat_lahir", "tanggal_lahir", "jk", "status_kawin", "agama", "alamat", "email", "hp", "jenjang", "jurusan"):
        setattr(seeker, name, getattr(new, name))
    seeker.disabilitas, seeker.bahasa = list(new.disabilitas), list(new.bahasa)
    seeker.desa_code = new.desa_code or None
    seeker.kecamatan_code = new.desa_code[:8] if new.desa_code else None
    school = next((row for row in seeker.pendidikan if row.jenjang == new.jenjang), None)
    if school is None:
        school = Pendidikan()
        seeker.pendidikan.append(school)
    for name in ("jenjang", "jurusan", "institusi", "tahun_lulus", "nilai"):
        setattr(school, name, getattr(new, name))
    if new.pengalaman:
        known = {(row.jabatan, row.perusahaan, row.mulai) for row in seeker.pengalaman}
        seeker.pengalaman += [Pengalaman(**row) for row in new.pengalaman if (row["jabatan"], row["perusahaan"], row["mulai"]) not in known]
    have = {row.nama.casefold() for row in seeker.keterampilan}
    seeker.keterampilan += [Keterampilan(nama=name[:80], sertifikat="") for name in dict.fromkeys(new.keterampilan) if name.casefold() not in have][:MOST_ROWS]
    wished = {row.kbji: row for row in seeker.minat}
    for row in new.minat:
        if row["kbji"] in wished:
            wished[row["kbji"]].lokasi, wished[row["kbji"]].upah_min = row.get("lokasi", "kabupaten"), row.get("upah_min") or 0
        else:
            seeker.minat.append(Minat(kbji=row["kbji"], lokasi=row.get("lokasi", "kabupaten"), upah_min=row.get("upah_min") or 0))


def keep_files(db: Session, seeker: Pencari, photo: files.Attachment | None, papers: Sequence[files.Attachment]) -> None:
    """Papers as they are; the photo cut to 3x4 and written anew. Raises what `card_photo` refuses."""
    if photo is not None and photo.id != seeker.photo_id:
        cut = card_photo(files.read_bytes(photo))
        kept = files.store_bytes(db, as_system("pas foto"), cut, "pas-foto.jpg", owner=OWNER, ref=seeker.id)
        files.discard(db, photo)
        seeker.photo_id = kept.id
    files.claim(db, list(papers), owner=OWNER, ref=seeker.id)
    db.flush()


def photo_of(db: Session, seeker: Pencari) -> files.Attachment | None:
    return db.get(files.Attachment, seeker.photo_id) if seeker.photo_id else None


def papers_of(db: Session, seeker: Pencari) -> list[files.Attachment]:
    """Ijazah and other papers, newest first, without the photo."""
    return [row for row in reversed(files.attachments_of(db, OWNER, seeker.id)) if row.id != seeker.photo_id and row.filename != "pas-foto.jpg"]


def may_read_files(db: Session, ref: int, actor: Actor) -> bool:
    """A person's own files, and those of everyone for whoever verifies."""
    if any(actor.can(permission) for permission in (READ, VERIFY)):
        return True
    seeker = db.get(Pencari, ref)
    return seeker is not None and seeker.account_id is not None and seeker.account_id == actor.citizen_id


# ----------------------------------------------------------------------------------------------- the profile, row by row


def add_school(db: Session, actor: Actor, *, on: date, **row: Any) -> Pendidikan:
    seeker = own_seeker(db, actor)
    rules.check_graduation(seeker.tanggal_lahir, row["tahun_lulus"], on)
    _room(seeker.pendidikan)
    school = Pendidikan(**row)
    seeker.pendidikan.append(school)
    if rules.RANK[school.jenjang] >= rules.RANK[seeker.jenjang]:
        seeker.jenjang, seeker.jurusan = school.jenjang, school.jurusan
    db.flush()
    return school


def add_work(db: Session, actor: Actor, *, on: date, **row: Any) -> Pengalaman:
    seeker = own_seeker(db, actor)
    rules.check_period(row["mulai"], row.get("selesai"), on)
    _room(seeker.pengalaman)
    work = Pengalaman(**row)
    seeker.pengalaman.append(work)
    db.flush()
    return work


def add_skill(db: Session, actor: Actor, *, nama: str, sertifikat: str = "") -> Keterampilan:
    seeker = own_seeker(db, actor)
    _room(seeker.keterampilan)
    skill = Keterampilan(nama=nama, sertifikat=sertifikat)
    seeker.keterampilan.append(skill)
    db.flush()
    return skill


def add_wish(db: Session, actor: Actor, *, kbji_code: str, lokasi: str, upah_min: int) -> Minat:
    seeker = own_seeker(db, actor)
    if kbji_code not in kbji.TITLES:
        raise InvalidInput(N_("Pilih jabatan dari daftar."), field="kbji")
    wish = next((row for row in seeker.minat if row.kbji == kbji_code), None)
    if wish is None:
        _room(seeker.minat)
        wish = Minat(kbji=kbji_code)
        seeker.minat.append(wish)
    wish.lokasi, wish.upah_min = lokasi, upah_min
    db.flush()
    return wish


def _room(rows: Sequence[Any]) -> None:
    if len(rows) >= MOST_ROWS:
        raise Conflict(N_("Paling banyak %(n)s baris. Hapus yang tidak perlu lebih dahulu."), n=MOST_ROWS)


_ROWS: dict[str, tuple[type, str]] = {
    "pendidikan": (Pendidikan, "pendidikan"),
    "pengalaman": (Pengalaman, "pengalaman"),
    "keterampilan": (Keterampilan, "keterampilan"),
    "minat": (Minat, "minat"),
}


def remove_row(db: Session, actor: Actor, part: str, row_id: int) -> None:
    """Take one row out of one's own profile; the last school stays, since a card names one."""
    seeker = own_seeker(db, actor)
    if part not in _ROWS:
        raise NotFound()
    rows = getattr(seeker, _ROWS[part][1])
    row = next((row for row in rows if row.id == row_id), None)
    if row is None:
        raise NotFound()
    if part == "pendidikan" and len(rows) == 1:
        raise Conflict(N_("Pendidikan terakhir tidak dapat dihapus."))
    rows.remove(row)
    if part == "pendidikan":
        highest = max(rows, key=lambda school: (rules.RANK[school.jenjang], school.tahun_lulus))
        seeker.jenjang, seeker.jurusan = highest.jenjang, highest.jurusan
    db.flush()


def change_contact(
    db: Session, actor: Actor, *, alamat: str, desa_code: str, hp: str, email: str, bahasa: Sequence[str], disabilitas: Sequence[str]
) -> Pencari:
    seeker = own_seeker(db, actor)
    seeker.alamat, seeker.hp, seeker.email = alamat, hp, email
    seeker.desa_code, seeker.kecamatan_code = desa_code or None, desa_code[:8] or None
    seeker.bahasa, seeker.disabilitas = list(bahasa), list(disabilitas)
    db.flush()
    return seeker


def may_correct(db: Session, seeker: Pencari) -> bool:
    """Name and birth stand on the card: they change while an application is open or there is no card, not between."""
    from .applications import open_application
    from .cards import live_card

    application = open_application(db, seeker.id)
    return application.berkas.state in ("diajukan", "perlu_perbaikan") if application is not None else live_card(db, seeker.id) is None


def correct_identity(db: Session, actor: Actor, data: dict[str, Any], *, on: date) -> Pencari:
    """Raises Conflict while the card says otherwise: that needs a replacement."""
    seeker = own_seeker(db, actor)
    if not may_correct(db, seeker):
        raise Conflict(N_("Data diri tertulis pada kartu. Ajukan penggantian kartu untuk mengubahnya."))
    rules.check_age(data["tanggal_lahir"], on, youngest=number(db, "umur_min", on))
    for name in ("nama", "tempat_lahir", "tanggal_lahir", "jk", "status_kawin"):
        setattr(seeker, name, data[name])
    seeker.agama = data.get("agama") or ""
    return change_contact(
        db,
        actor,
        alamat=data["alamat"],
        desa_code=data["desa_code"],
        hp=data["hp"],
        email=data.get("email") or "",
        bahasa=seeker.bahasa,
        disabilitas=data.get("disabilitas") or (),
    )


def change_photo(db: Session, actor: Actor, photo: files.Attachment) -> Pencari:
    seeker = own_seeker(db, actor)
    keep_files(db, seeker, photo, ())
    return seeker


# ---------------------------------------------------------------------------------------------------------- for matching


def as_person(seeker: Pencari, on: date) -> Person:
    """What `matching.match` knows of them."""
    return Person(
        level=seeker.jenjang,
        major=seeker.jurusan,
        sex=seeker.jk,
        kecamatan=seeker.kecamatan_code or "",
        wishes=[Wish(row.kbji, row.lokasi, row.upah_min) for row in seeker.minat],
        jobs=[row.kbji for row in seeker.pengalaman if row.kbji],
        skills=[row.nama for row in seeker.keterampilan],
        months=rules.months_worked([(row.mulai, row.selesai) for row in seeker.pengalaman], on),
    )


def with_profile() -> Any:
    """Loader options that bring wishes, work and skills of many people in three queries."""
    return (selectinload(Pencari.minat), selectinload(Pencari.pengalaman), selectinload(Pencari.keterampilan))


def claim_profile(db: Session, actor: Actor, seeker: Pencari) -> Pencari:
    """Give the profile that a school brought to the account of its person. Raises Conflict, also for an account of another nik."""
    account_id = actor.require_signed_in() and actor.citizen_id
    if seeker_of(db, account_id) is not None:
        raise Conflict(N_("Akun Anda sudah memiliki profil pencari kerja."))
    account = db.get(Account, account_id)
    if account is not None and account.nik_lookup not in (None, seeker.nik_lookup):
        raise Conflict(N_("Profil ini milik NIK lain. Periksa lagi nomor register dan PIN dari sekolah Anda."))
    taken = db.execute(
        update(Pencari).where(Pencari.id == seeker.id, Pencari.account_id.is_(None)).values(account_id=account_id).execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:
        raise Conflict(N_("Profil ini sudah dihubungkan dengan sebuah akun."))
    db.refresh(seeker)
    return seeker
