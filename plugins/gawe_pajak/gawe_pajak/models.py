"""The tables: taxpayers, objects, assessments, declarations, tariffs, letters, imports.

Money is whole rupiah (64 bits), percentages are decimals as text. No nik is kept here: a taxpayer who is a person of the
portal is known by the account.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pendopo.db import Base
from pendopo.kit.berkas import Berkas

from .records import Buku, Impor, ImporTolak, IzinReklame, Lebih, Opsen, Surat
from .rules import Ground

__all__ = [
    "BPHTB", "SPPT", "SPTPD", "Buku", "Impor", "ImporTolak",
    "IzinReklame", "Ketetapan", "Lebih", "Objek", "Opsen", "Pendaftaran", "Permohonan", "Reklame", "Simpanan",
    "Surat", "Tarif", "Usaha", "WajibPajak",
]  # fmt: skip


class Tarif(Base):
    """A percentage of `jenis` for `kelas`, for bases from `mulai` rupiah on, in force on the days `dari`..`sampai`."""

    __tablename__ = "gawe_pajak_tarif"
    __table_args__ = (UniqueConstraint("jenis", "kelas", "mulai", "dari"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    jenis: Mapped[str] = mapped_column(String(20))
    kelas: Mapped[str] = mapped_column(String(20))
    mulai: Mapped[int] = mapped_column(BigInteger, default=0)
    persen: Mapped[str] = mapped_column(String(12))
    dari: Mapped[date]
    sampai: Mapped[date | None]
    dasar_hukum: Mapped[str] = mapped_column(String(200))
    contoh: Mapped[bool] = mapped_column(default=False)
    set_by: Mapped[int | None]

    @property
    def percent(self) -> Decimal:
        return Decimal(self.persen)


class WajibPajak(Base):
    """A taxpayer. `kunci` finds the same one again in the next import: NPWPD, else a hash of name and address."""

    __tablename__ = "gawe_pajak_wp"

    id: Mapped[int] = mapped_column(primary_key=True)
    kunci: Mapped[str] = mapped_column(String(64), unique=True)
    npwpd: Mapped[str | None] = mapped_column(String(30), unique=True)
    nib: Mapped[str] = mapped_column(String(13), default="")
    nama: Mapped[str] = mapped_column(String(120))
    alamat: Mapped[str] = mapped_column(String(200), default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("core_account.id"), index=True)


class Objek(Base):
    """A PBB-P2 object as it is now; what it was in a year stands in that year's SPPT."""

    __tablename__ = "gawe_pajak_objek"
    __table_args__ = (Index("ix_gawe_pajak_objek_desa", "desa_code", "nop"),)

    nop: Mapped[str] = mapped_column(String(18), primary_key=True)
    wp_id: Mapped[int] = mapped_column(ForeignKey("gawe_pajak_wp.id"), index=True)
    alamat: Mapped[str] = mapped_column(String(200), default="")
    desa_code: Mapped[str] = mapped_column(String(13))
    luas_bumi: Mapped[int]
    kelas_bumi: Mapped[str] = mapped_column(String(5), default="")
    njop_bumi_m2: Mapped[int] = mapped_column(BigInteger)
    luas_bangunan: Mapped[int] = mapped_column(default=0)
    kelas_bangunan: Mapped[str] = mapped_column(String(5), default="")
    njop_bangunan_m2: Mapped[int] = mapped_column(BigInteger, default=0)
    peruntukan: Mapped[str] = mapped_column(String(10), default="umum")  # a kelas of the tariff
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    aktif: Mapped[bool] = mapped_column(default=True)
    asal: Mapped[str] = mapped_column(String(18), default="")  # NOP that it was split from or merged into
    changed_at: Mapped[datetime]

    wp: Mapped[WajibPajak] = relationship(lazy="joined", innerjoin=True)

    @property
    def ground(self) -> Ground:
        return Ground(self.luas_bumi, self.njop_bumi_m2, self.luas_bangunan, self.njop_bangunan_m2)


class SPPT(Base):
    """The assessment of an object for a year. A correction is a new row (`versi`), and the old one is no longer `berlaku`.

    `status`: nihil, belum, lunas; diganti and batal are never `berlaku`. `terutang` = pokok − pengurangan − kompensasi. A correction
    of a paid one takes its payment over (`paid_at`, `dibayar`, `ntpd`, `bill_id`); what differs is settled beside it.
    """

    __tablename__ = "gawe_pajak_sppt"
    __table_args__ = (
        UniqueConstraint("nop", "tahun", "versi"),
        Index("uq_gawe_pajak_sppt_berlaku", "tahun", "nop", unique=True, sqlite_where=text("berlaku = 1"), postgresql_where=text("berlaku")),
        Index("ix_gawe_pajak_sppt_dhkp", "tahun", "desa_code", "nop", sqlite_where=text("berlaku = 1"), postgresql_where=text("berlaku")),
        Index("ix_gawe_pajak_sppt_sum", "tahun", "desa_code", "status", "terutang", sqlite_where=text("berlaku = 1"), postgresql_where=text("berlaku")),
        Index("ix_gawe_pajak_sppt_status", "status", "jatuh_tempo", "id"),
        Index("ix_gawe_pajak_sppt_paid", "paid_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nop: Mapped[str] = mapped_column(String(18))
    tahun: Mapped[int]
    versi: Mapped[int] = mapped_column(default=1)
    berlaku: Mapped[bool] = mapped_column(default=True)
    wp_id: Mapped[int] = mapped_column(ForeignKey("gawe_pajak_wp.id"), index=True)
    nama: Mapped[str] = mapped_column(String(120))
    alamat: Mapped[str] = mapped_column(String(200), default="")
    desa_code: Mapped[str] = mapped_column(String(13))
    luas_bumi: Mapped[int]
    njop_bumi_m2: Mapped[int] = mapped_column(BigInteger)
    luas_bangunan: Mapped[int] = mapped_column(default=0)
    njop_bangunan_m2: Mapped[int] = mapped_column(BigInteger, default=0)
    peruntukan: Mapped[str] = mapped_column(String(10), default="umum")
    njop: Mapped[int] = mapped_column(BigInteger)
    njoptkp: Mapped[int] = mapped_column(BigInteger, default=0)
    njkp_persen: Mapped[str] = mapped_column(String(12), default="")  # "" when another system computed it
    tarif_persen: Mapped[str] = mapped_column(String(12), default="")
    pokok: Mapped[int] = mapped_column(BigInteger)
    pengurangan: Mapped[int] = mapped_column(BigInteger, default=0)
    kompensasi: Mapped[int] = mapped_column(BigInteger, default=0)  # of what was paid too much elsewhere
    terutang: Mapped[int] = mapped_column(BigInteger)
    jatuh_tempo: Mapped[date]
    terbit_at: Mapped[datetime]
    diantar_on: Mapped[date | None]
    diantar_by: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(10))
    sebab: Mapped[str] = mapped_column(String(200), default="")
    set_by: Mapped[int | None]
    paid_at: Mapped[datetime | None]
    dibayar: Mapped[int] = mapped_column(BigInteger, default=0)
    ntpd: Mapped[str] = mapped_column(String(40), default="")
    bill_id: Mapped[int | None]
    ditegur: Mapped[int] = mapped_column(default=0)  # letters of arrears so far

    @property
    def ground(self) -> Ground:
        return Ground(self.luas_bumi, self.njop_bumi_m2, self.luas_bangunan, self.njop_bangunan_m2)


class Simpanan(Base):
    """A NOP that a person keeps: `terbukti` when Bapenda accepted that it is theirs, else one that they pay for somebody."""

    __tablename__ = "gawe_pajak_simpanan"

    account_id: Mapped[int] = mapped_column(ForeignKey("core_account.id"), primary_key=True)
    nop: Mapped[str] = mapped_column(String(18), primary_key=True, index=True)
    sebutan: Mapped[str] = mapped_column(String(60), default="")
    terbukti: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]


class Usaha(Base):
    """A business that declares or is assessed each month: restaurant, hotel, karaoke, well, quarry."""

    __tablename__ = "gawe_pajak_usaha"

    id: Mapped[int] = mapped_column(primary_key=True)
    wp_id: Mapped[int] = mapped_column(ForeignKey("gawe_pajak_wp.id"), index=True)
    jenis: Mapped[str] = mapped_column(String(20), index=True)
    kelas: Mapped[str] = mapped_column(String(20), default="umum")
    nama: Mapped[str] = mapped_column(String(120))
    alamat: Mapped[str] = mapped_column(String(200), default="")
    desa_code: Mapped[str | None] = mapped_column(String(13))
    sejak: Mapped[date]
    aktif: Mapped[bool] = mapped_column(default=True)

    wp: Mapped[WajibPajak] = relationship(lazy="joined", innerjoin=True)


class SPTPD(Base):
    """What a business declared for a month (`masa` is its first day), from the base `dasar` in rupiah.

    `pajak` is the regency's; `opsen` is the province's on top of it (MBLB), with a bill of its own. `kredit` and `opsen_kredit`:
    what the declaration that this one corrects had paid already.
    """

    __tablename__ = "gawe_pajak_sptpd"
    __table_args__ = (Index("uq_gawe_pajak_sptpd_masa", "usaha_id", "masa", "pembetulan", unique=True),)

    berkas_id: Mapped[int] = mapped_column(ForeignKey("core_berkas.id"), primary_key=True)
    usaha_id: Mapped[int] = mapped_column(ForeignKey("gawe_pajak_usaha.id"))
    masa: Mapped[date] = mapped_column(index=True)
    pembetulan: Mapped[int] = mapped_column(default=0)
    dasar: Mapped[int] = mapped_column(BigInteger)
    pajak: Mapped[int] = mapped_column(BigInteger)
    kredit: Mapped[int] = mapped_column(BigInteger, default=0)
    opsen: Mapped[int] = mapped_column(BigInteger, default=0)
    opsen_kredit: Mapped[int] = mapped_column(BigInteger, default=0)
    opsen_paid_at: Mapped[datetime | None]
    hitungan: Mapped[list[Any]] = mapped_column(JSON)
    batas_bayar: Mapped[date | None]
    batas_lapor: Mapped[date | None]
    dilaporkan_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    dibayar: Mapped[int] = mapped_column(BigInteger, default=0)
    ntpd: Mapped[str] = mapped_column(String(40), default="")
    bill_id: Mapped[int | None]

    berkas: Mapped[Berkas] = relationship(lazy="joined", innerjoin=True)
    usaha: Mapped[Usaha] = relationship(lazy="joined", innerjoin=True)


class Reklame(Base):
    """A billboard. Its tax is a Ketetapan for the time that it is shown."""

    __tablename__ = "gawe_pajak_reklame"

    id: Mapped[int] = mapped_column(primary_key=True)
    wp_id: Mapped[int] = mapped_column(ForeignKey("gawe_pajak_wp.id"), index=True)
    jenis: Mapped[str] = mapped_column(String(40))
    naskah: Mapped[str] = mapped_column(String(120))
    lebar_cm: Mapped[int]
    tinggi_cm: Mapped[int]
    sisi: Mapped[int] = mapped_column(default=1)
    lokasi_kelas: Mapped[str] = mapped_column(String(10))
    alamat: Mapped[str] = mapped_column(String(200), default="")
    desa_code: Mapped[str | None] = mapped_column(String(13))
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    dari: Mapped[date]
    sampai: Mapped[date]
    izin: Mapped[str] = mapped_column(String(80), default="")

    wp: Mapped[WajibPajak] = relationship(lazy="joined", innerjoin=True)


class BPHTB(Base):
    """An acquisition of land or building, declared by the buyer or a PPAT for them."""

    __tablename__ = "gawe_pajak_bphtb"

    berkas_id: Mapped[int] = mapped_column(ForeignKey("core_berkas.id"), primary_key=True)
    nop: Mapped[str] = mapped_column(String(18), index=True)
    jenis: Mapped[str] = mapped_column(String(20))
    penerima: Mapped[str] = mapped_column(String(120))
    ppat: Mapped[str] = mapped_column(String(120), default="")
    luas_bumi: Mapped[int]
    luas_bangunan: Mapped[int] = mapped_column(default=0)
    harga: Mapped[int] = mapped_column(BigInteger)
    njop: Mapped[int] = mapped_column(BigInteger)
    pertama: Mapped[bool]
    pajak: Mapped[int] = mapped_column(BigInteger)
    hitungan: Mapped[list[Any]] = mapped_column(JSON)
    at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    dibayar: Mapped[int] = mapped_column(BigInteger, default=0)
    ntpd: Mapped[str] = mapped_column(String(40), default="")
    bill_id: Mapped[int | None]

    berkas: Mapped[Berkas] = relationship(lazy="joined", innerjoin=True)


class Ketetapan(Base):
    """An assessment by the office beside SPPT: SKPD, SKPDKB, SKPDN or STPD. A correction is a new one; see `ganti_id`."""

    __tablename__ = "gawe_pajak_ketetapan"
    __table_args__ = (Index("ix_gawe_pajak_ketetapan_status", "status", "jatuh_tempo"), UniqueConstraint("kunci"))

    id: Mapped[int] = mapped_column(primary_key=True)
    surat: Mapped[str] = mapped_column(String(8))
    jenis: Mapped[str] = mapped_column(String(20), index=True)
    kunci: Mapped[str] = mapped_column(String(80))  # what is assessed, for which time: never twice
    nomor: Mapped[str] = mapped_column(String(60), unique=True)
    wp_id: Mapped[int] = mapped_column(ForeignKey("gawe_pajak_wp.id"), index=True)
    uraian: Mapped[str] = mapped_column(String(200))
    desa_code: Mapped[str | None] = mapped_column(String(13))
    masa: Mapped[date]
    pokok: Mapped[int] = mapped_column(BigInteger)
    bunga: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int] = mapped_column(BigInteger)
    hitungan: Mapped[list[Any]] = mapped_column(JSON)
    jatuh_tempo: Mapped[date]
    terbit_at: Mapped[datetime]
    set_by: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(10))  # nihil, belum, lunas, diganti
    ganti_id: Mapped[int | None]
    sebab: Mapped[str] = mapped_column(String(200), default="")
    paid_at: Mapped[datetime | None]
    dibayar: Mapped[int] = mapped_column(BigInteger, default=0)
    ntpd: Mapped[str] = mapped_column(String(40), default="")
    bill_id: Mapped[int | None]

    wp: Mapped[WajibPajak] = relationship(lazy="joined", innerjoin=True)


class Permohonan(Base):
    """What a taxpayer asks of Bapenda about an object: claim, objection, reduction, mutation. `isi`: its own answers."""

    __tablename__ = "gawe_pajak_permohonan"

    berkas_id: Mapped[int] = mapped_column(ForeignKey("core_berkas.id"), primary_key=True)
    jenis: Mapped[str] = mapped_column(String(20))
    nop: Mapped[str] = mapped_column(String(18), index=True)
    sppt_id: Mapped[int | None] = mapped_column(ForeignKey("gawe_pajak_sppt.id"))
    alasan: Mapped[str] = mapped_column(Text)
    isi: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    hasil_id: Mapped[int | None]  # the SPPT that the decision made

    berkas: Mapped[Berkas] = relationship(lazy="joined", innerjoin=True)


class Pendaftaran(Base):
    """A business that asks for an NPWPD. `usaha_id`: what it became."""

    __tablename__ = "gawe_pajak_pendaftaran"

    berkas_id: Mapped[int] = mapped_column(ForeignKey("core_berkas.id"), primary_key=True)
    jenis: Mapped[str] = mapped_column(String(20))
    kelas: Mapped[str] = mapped_column(String(20), default="umum")
    bentuk: Mapped[str] = mapped_column(String(8))  # pribadi, badan
    wajib_pajak: Mapped[str] = mapped_column(String(120))
    alamat_wp: Mapped[str] = mapped_column(String(200))
    nib: Mapped[str] = mapped_column(String(13), default="")
    usaha: Mapped[str] = mapped_column(String(120))
    alamat: Mapped[str] = mapped_column(String(200))
    desa_code: Mapped[str] = mapped_column(String(13))
    sejak: Mapped[date]
    usaha_id: Mapped[int | None]

    berkas: Mapped[Berkas] = relationship(lazy="joined", innerjoin=True)
