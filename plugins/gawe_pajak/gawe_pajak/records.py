"""Tables beside the taxes themselves: letters, overpayments, opsen of the province, imports, books of numbers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pendopo.db import Base


class Surat(Base):
    """A letter of arrears: teguran, STPD, surat paksa, for an SPPT, a declaration or an assessment. `document_id`: the paper.

    `asal`: sppt, sptpd or ketetapan; `asal_id`: its row.
    """

    __tablename__ = "gawe_pajak_surat_tagih"
    __table_args__ = (UniqueConstraint("asal", "asal_id", "jenis"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    asal: Mapped[str] = mapped_column(String(10))
    asal_id: Mapped[int]
    jenis: Mapped[str] = mapped_column(String(10))
    pokok: Mapped[int] = mapped_column(BigInteger)
    bunga: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(index=True)
    by: Mapped[int | None]
    document_id: Mapped[int | None]


class Lebih(Base):
    """What a taxpayer paid too much. `cara`: kembali (the payments room pays it back) or kompensasi, of which `terpakai` is used.

    `asal`, `asal_id`: the SPPT or declaration whose correction found it, once.
    """

    __tablename__ = "gawe_pajak_lebih"
    __table_args__ = (UniqueConstraint("asal", "asal_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    wp_id: Mapped[int] = mapped_column(ForeignKey("gawe_pajak_wp.id"), index=True)
    asal: Mapped[str] = mapped_column(String(10))
    asal_id: Mapped[int]
    cara: Mapped[str] = mapped_column(String(12))
    jumlah: Mapped[int] = mapped_column(BigInteger)
    terpakai: Mapped[int] = mapped_column(BigInteger, default=0)
    sebab: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime]
    by: Mapped[int | None]


class IzinReklame(Base):
    """A permit for a billboard that another application issued. `ketetapan_id`: how it was taxed; None while it waits for that."""

    __tablename__ = "gawe_pajak_izin_reklame"

    document_id: Mapped[int] = mapped_column(ForeignKey("core_document.id"), primary_key=True)
    nomor: Mapped[str] = mapped_column(String(80))
    pemegang: Mapped[str] = mapped_column(String(120))
    lokasi: Mapped[str] = mapped_column(String(200), default="")
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("core_account.id"), index=True)
    isian: Mapped[list[list[str]]] = mapped_column(JSON)
    at: Mapped[datetime]
    ketetapan_id: Mapped[int | None]


class Opsen(Base):
    """What Samsat collected for the regency in a month, as the province reports it."""

    __tablename__ = "gawe_pajak_opsen"

    jenis: Mapped[str] = mapped_column(String(20), primary_key=True)
    masa: Mapped[date] = mapped_column(primary_key=True)
    kendaraan: Mapped[int]
    pokok: Mapped[int] = mapped_column(BigInteger)
    opsen: Mapped[int] = mapped_column(BigInteger)


class Impor(Base):
    """One import of SPPT data and how it went."""

    __tablename__ = "gawe_pajak_impor"

    id: Mapped[int] = mapped_column(primary_key=True)
    nama: Mapped[str] = mapped_column(String(160))
    by: Mapped[int | None]
    at: Mapped[datetime]
    dibaca: Mapped[int] = mapped_column(default=0)
    diterima: Mapped[int] = mapped_column(default=0)
    ditolak: Mapped[int] = mapped_column(default=0)
    milidetik: Mapped[int] = mapped_column(default=0)
    selesai: Mapped[bool] = mapped_column(default=False)


class ImporTolak(Base):
    """A refused row with its reasons."""

    __tablename__ = "gawe_pajak_impor_tolak"

    id: Mapped[int] = mapped_column(primary_key=True)
    impor_id: Mapped[int] = mapped_column(ForeignKey("gawe_pajak_impor.id"), index=True)
    baris: Mapped[int]
    nop: Mapped[str] = mapped_column(String(40), default="")
    alasan: Mapped[str] = mapped_column(String(300))


class Buku(Base):
    """Books of numbers: one for each kind of letter and year."""

    __tablename__ = "gawe_pajak_buku"

    surat: Mapped[str] = mapped_column(String(8), primary_key=True)
    tahun: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
