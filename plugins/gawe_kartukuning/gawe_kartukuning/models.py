"""The tables: people who look for work, their applications, cards and reports; employers, vacancies, placements; schools."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pendopo.db import Base
from pendopo.kit.berkas import Berkas

from .rules import CardFacts, age_on, is_minor

PREFIX = "gawe_kartukuning_"


class Pencari(Base):
    """A person who looks for work. `nik_cipher` is encrypted, `nik_lookup` finds it again; it is never shown in full.

    Those whom a school brought have no account until they claim it. `jenjang`, `jurusan` repeat their highest education, for
    lists. `photo_id`: the attachment with the 3x4 photo, once it was checked.
    """

    __tablename__ = f"{PREFIX}pencari"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("core_account.id"), unique=True)
    nik_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    nik_lookup: Mapped[str | None] = mapped_column(String(64), unique=True)
    nama: Mapped[str] = mapped_column(String(120), index=True)
    tempat_lahir: Mapped[str] = mapped_column(String(80))
    tanggal_lahir: Mapped[date]
    jk: Mapped[str] = mapped_column(String(1))
    status_kawin: Mapped[str] = mapped_column(String(12), default="belum")
    agama: Mapped[str] = mapped_column(String(12), default="")
    disabilitas: Mapped[list[Any]] = mapped_column(JSON, default=list)
    alamat: Mapped[str] = mapped_column(String(200), default="")
    desa_code: Mapped[str | None] = mapped_column(String(13))
    kecamatan_code: Mapped[str | None] = mapped_column(String(8), index=True)
    email: Mapped[str] = mapped_column(String(254), default="")
    hp: Mapped[str] = mapped_column(String(20), default="")
    jenjang: Mapped[str] = mapped_column(String(3), index=True)
    jurusan: Mapped[str] = mapped_column(String(80), default="")
    bahasa: Mapped[list[Any]] = mapped_column(JSON, default=list)
    photo_id: Mapped[int | None]
    bkk_id: Mapped[int | None] = mapped_column(ForeignKey(f"{PREFIX}bkk.id"), index=True)
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]

    pendidikan: Mapped[list[Pendidikan]] = relationship(order_by="Pendidikan.tahun_lulus", cascade="all, delete-orphan")
    pengalaman: Mapped[list[Pengalaman]] = relationship(order_by="Pengalaman.mulai", cascade="all, delete-orphan")
    keterampilan: Mapped[list[Keterampilan]] = relationship(order_by="Keterampilan.id", cascade="all, delete-orphan")
    minat: Mapped[list[Minat]] = relationship(order_by="Minat.id", cascade="all, delete-orphan")

    def age(self, on: date) -> int:
        return age_on(self.tanggal_lahir, on)

    def is_minor(self, on: date) -> bool:
        return is_minor(self.tanggal_lahir, on)


class Pendidikan(Base):
    """One school. Its ijazah or SKL: attachments of owner `gawe_kartukuning.pencari`."""

    __tablename__ = f"{PREFIX}pendidikan"

    id: Mapped[int] = mapped_column(primary_key=True)
    pencari_id: Mapped[int] = mapped_column(ForeignKey(f"{PREFIX}pencari.id"), index=True)
    jenjang: Mapped[str] = mapped_column(String(3))
    jurusan: Mapped[str] = mapped_column(String(80), default="")
    institusi: Mapped[str] = mapped_column(String(120))
    tahun_lulus: Mapped[int]
    nilai: Mapped[str] = mapped_column(String(10), default="")


class Pengalaman(Base):
    __tablename__ = f"{PREFIX}pengalaman"

    id: Mapped[int] = mapped_column(primary_key=True)
    pencari_id: Mapped[int] = mapped_column(ForeignKey(f"{PREFIX}pencari.id"), index=True)
    kbji: Mapped[str] = mapped_column(String(4), default="")
    jabatan: Mapped[str] = mapped_column(String(80))
    perusahaan: Mapped[str] = mapped_column(String(120))
    mulai: Mapped[date]
    selesai: Mapped[date | None]


class Keterampilan(Base):
    """A skill in the person's own words, with its certificate if there is one."""

    __tablename__ = f"{PREFIX}keterampilan"

    id: Mapped[int] = mapped_column(primary_key=True)
    pencari_id: Mapped[int] = mapped_column(ForeignKey(f"{PREFIX}pencari.id"), index=True)
    nama: Mapped[str] = mapped_column(String(80))
    sertifikat: Mapped[str] = mapped_column(String(120), default="")


class Minat(Base):
    """What work is wished for, where, and from which pay on (rupiah a month, 0 is open)."""

    __tablename__ = f"{PREFIX}minat"
    __table_args__ = (UniqueConstraint("pencari_id", "kbji"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pencari_id: Mapped[int] = mapped_column(ForeignKey(f"{PREFIX}pencari.id"))
    kbji: Mapped[str] = mapped_column(String(4), index=True)
    lokasi: Mapped[str] = mapped_column(String(10), default="kabupaten")
    upah_min: Mapped[int] = mapped_column(BigInteger, default=0)


class Permohonan(Base):
    """An application for a card; its way through the office is the berkas of the same id.

    `open_of` holds the seeker while it is open, so that nobody has two open ones: the database refuses the second.
    """

    __tablename__ = f"{PREFIX}permohonan"

    berkas_id: Mapped[int] = mapped_column(ForeignKey("core_berkas.id"), primary_key=True)
    pencari_id: Mapped[int] = mapped_column(ForeignKey(f"{PREFIX}pencari.id"), index=True)
    open_of: Mapped[int | None] = mapped_column(unique=True)
    jenis: Mapped[str] = mapped_column(String(12), default="baru")
    alasan: Mapped[str] = mapped_column(String(300), default="")
    impor_id: Mapped[int | None] = mapped_column(ForeignKey(f"{PREFIX}impor.id"), index=True)
    diperiksa_oleh: Mapped[int | None]
    diperiksa_pada: Mapped[datetime | None]
    wawancara: Mapped[str] = mapped_column(Text, default="")

    berkas: Mapped[Berkas] = relationship(lazy="joined", innerjoin=True)
    pencari: Mapped[Pencari] = relationship(lazy="joined", innerjoin=True)


class Kartu(Base):
    """A card. How it stands on a day follows from its dates (`facts`), so nothing has to run for it to change.

    `live_of` holds the seeker while it is their card: the database refuses a second one. `last_report` is the number of
    the newest report, `next_due` the day of the next, `situation` what the holder said last, `reminded` the smallest
    reminder told for `next_due`. `document_id`: the paper, in the room of documents.
    """

    __tablename__ = f"{PREFIX}kartu"
    __table_args__ = (Index("ix_gawe_kartukuning_kartu_due", "live_of", "next_due"), Index("ix_gawe_kartukuning_kartu_issued", "issued_on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    pencari_id: Mapped[int] = mapped_column(ForeignKey(f"{PREFIX}pencari.id"), index=True)
    live_of: Mapped[int | None] = mapped_column(unique=True)
    berkas_id: Mapped[int] = mapped_column(ForeignKey("core_berkas.id"), unique=True)
    document_id: Mapped[int | None] = mapped_column(index=True)
    nomor: Mapped[str] = mapped_column(String(40), unique=True)
    issued_on: Mapped[date]
    valid_until: Mapped[date]
    dues: Mapped[list[Any]] = mapped_column(JSON)
    last_report: Mapped[int] = mapped_column(default=0)
    next_due: Mapped[date | None]
    situation: Mapped[str] = mapped_column(String(10), default="mencari")
    reminded: Mapped[int | None]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str] = mapped_column(String(300), default="")
    pin_hash: Mapped[str] = mapped_column(String(64))
    pengantar_id: Mapped[int | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey(f"{PREFIX}kartu.id"))

    pencari: Mapped[Pencari] = relationship(lazy="joined", innerjoin=True)

    @property
    def facts(self) -> CardFacts:
        return CardFacts(tuple(date.fromisoformat(day) for day in self.dues), self.last_report, self.situation, self.revoked_at is not None)


class Lapor(Base):
    """A report. `ke` is its number; None for a change that was told between two of them."""

    __tablename__ = f"{PREFIX}lapor"
    __table_args__ = (UniqueConstraint("kartu_id", "ke"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kartu_id: Mapped[int] = mapped_column(ForeignKey(f"{PREFIX}kartu.id"), index=True)
    ke: Mapped[int | None]
    jatuh_tempo: Mapped[date | None]
    dilapor_pada: Mapped[datetime]
    keadaan: Mapped[str] = mapped_column(String(10))
    oleh: Mapped[int | None]
    catatan: Mapped[str] = mapped_column(String(300), default="")


class Mitra:
    """A partner, with the account that speaks for it. `status`: menunggu, terverifikasi, ditolak."""

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("core_account.id"), index=True)
    desa_code: Mapped[str | None] = mapped_column(String(13))
    kontak: Mapped[str] = mapped_column(String(120), default="")
    hp: Mapped[str] = mapped_column(String(20), default="")
    status: Mapped[str] = mapped_column(String(14), default="menunggu", index=True)
    alasan: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]

    @property
    def is_verified(self) -> bool:
        return self.status == "terverifikasi"


class PemberiKerja(Mitra, Base):
    """An employer, by its NIB."""

    __tablename__ = f"{PREFIX}pemberi_kerja"

    nib: Mapped[str] = mapped_column(String(13), unique=True)
    nama: Mapped[str] = mapped_column(String(160), index=True)
    bidang: Mapped[str] = mapped_column(String(120), default="")
    alamat: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="")


class Lowongan(Base):
    """A vacancy (AK/3). `status`: menunggu, terbit, ditolak, ditutup; after `penutupan` it is over by itself.

    `jumlah_l`, `jumlah_p`, `jumlah`: how many men, women and people of either sex. `di_bawah_umk`: the employer said why
    the pay is lower than the minimum wage, and the officer let it pass.
    """

    __tablename__ = f"{PREFIX}lowongan"
    __table_args__ = (Index("ix_gawe_kartukuning_lowongan_open", "status", "penutupan"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pemberi_id: Mapped[int] = mapped_column(ForeignKey(f"{PREFIX}pemberi_kerja.id"), index=True)
    kbji: Mapped[str] = mapped_column(String(4), index=True)
    judul: Mapped[str] = mapped_column(String(120))
    uraian: Mapped[str] = mapped_column(Text)
    jumlah_l: Mapped[int] = mapped_column(default=0)
    jumlah_p: Mapped[int] = mapped_column(default=0)
    jumlah: Mapped[int] = mapped_column(default=1)
    jenjang: Mapped[str] = mapped_column(String(3), default="SMA")
    jurusan: Mapped[list[Any]] = mapped_column(JSON, default=list)
    keterampilan: Mapped[list[Any]] = mapped_column(JSON, default=list)
    pengalaman_bulan: Mapped[int] = mapped_column(default=0)
    lokasi: Mapped[str] = mapped_column(String(10), default="kabupaten")
    tempat: Mapped[str] = mapped_column(String(160), default="")
    desa_code: Mapped[str | None] = mapped_column(String(13))
    kecamatan_code: Mapped[str | None] = mapped_column(String(8))
    hubungan: Mapped[str] = mapped_column(String(10), default="kontrak")
    upah_min: Mapped[int] = mapped_column(BigInteger)
    upah_maks: Mapped[int | None] = mapped_column(BigInteger)
    di_bawah_umk: Mapped[str] = mapped_column(String(300), default="")
    ramah_disabilitas: Mapped[bool] = mapped_column(default=False)
    penutupan: Mapped[date]
    status: Mapped[str] = mapped_column(String(10), default="menunggu")
    alasan: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]

    pemberi: Mapped[PemberiKerja] = relationship(lazy="joined", innerjoin=True)

    @property
    def wanted(self) -> int:
        return self.jumlah_l + self.jumlah_p + self.jumlah

    def is_open(self, on: date) -> bool:
        return self.status == "terbit" and self.penutupan >= on


class Lamaran(Base):
    """Somebody applies for a vacancy, once. `status`: dikirim, dipanggil, diterima, ditolak, ditarik."""

    __tablename__ = f"{PREFIX}lamaran"
    __table_args__ = (UniqueConstraint("lowongan_id", "pencari_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lowongan_id: Mapped[int] = mapped_column(ForeignKey(f"{PREFIX}lowongan.id"))
    pencari_id: Mapped[int] = mapped_column(ForeignKey(f"{PREFIX}pencari.id"), index=True)
    status: Mapped[str] = mapped_column(String(10), default="dikirim")
    surat: Mapped[str] = mapped_column(String(1000), default="")
    skor: Mapped[int] = mapped_column(default=0)
    pesan: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    lowongan: Mapped[Lowongan] = relationship(lazy="joined", innerjoin=True)
    pencari: Mapped[Pencari] = relationship(lazy="joined", innerjoin=True)


class Penempatan(Base):
    """Somebody found work: through a vacancy here, or elsewhere as the holder or an officer told. Closes the card."""

    __tablename__ = f"{PREFIX}penempatan"

    id: Mapped[int] = mapped_column(primary_key=True)
    pencari_id: Mapped[int] = mapped_column(ForeignKey(f"{PREFIX}pencari.id"), index=True)
    kartu_id: Mapped[int | None] = mapped_column(ForeignKey(f"{PREFIX}kartu.id"))
    lamaran_id: Mapped[int | None] = mapped_column(ForeignKey(f"{PREFIX}lamaran.id"), unique=True)
    pemberi_id: Mapped[int | None] = mapped_column(ForeignKey(f"{PREFIX}pemberi_kerja.id"), index=True)
    perusahaan: Mapped[str] = mapped_column(String(160), default="")
    kbji: Mapped[str] = mapped_column(String(4))
    mulai: Mapped[date]
    upah: Mapped[int | None] = mapped_column(BigInteger)
    lokasi: Mapped[str] = mapped_column(String(10), default="kabupaten")
    sumber: Mapped[str] = mapped_column(String(10))  # pemberi, petugas, pencari
    at: Mapped[datetime]
    oleh: Mapped[int | None]

    pencari: Mapped[Pencari] = relationship(lazy="joined", innerjoin=True)


class Bkk(Mitra, Base):
    """The job office of a school (Bursa Kerja Khusus), by the NPSN of the school."""

    __tablename__ = f"{PREFIX}bkk"

    npsn: Mapped[str] = mapped_column(String(8), unique=True)
    nama: Mapped[str] = mapped_column(String(120))


class Impor(Base):
    """A spreadsheet that a school sent. `report`: for each row its number, name, `ok` and what was wrong; never a NIK."""

    __tablename__ = f"{PREFIX}impor"

    id: Mapped[int] = mapped_column(primary_key=True)
    bkk_id: Mapped[int] = mapped_column(ForeignKey(f"{PREFIX}bkk.id"), index=True)
    filename: Mapped[str] = mapped_column(String(160))
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    oleh: Mapped[int | None]
    diterima: Mapped[int] = mapped_column(default=0)
    ditolak: Mapped[int] = mapped_column(default=0)
    report: Mapped[list[Any]] = mapped_column(JSON)

    bkk: Mapped[Bkk] = relationship(lazy="joined", innerjoin=True)
