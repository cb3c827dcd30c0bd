"""Tables of letters, disposisi, agenda and rooms."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pendopo.db import Base
from pendopo.kit.documents import Document


class Counter(Base):
    """The last number given in a book of a unit in a year; taken with the row locked, so that no number is lost."""

    __tablename__ = "kerja_surat_counter"

    opd_id: Mapped[int] = mapped_column(ForeignKey("core_opd.id"), primary_key=True)
    book: Mapped[str] = mapped_column(String(30), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class SuratMasuk(Base):
    __tablename__ = "kerja_surat_masuk"
    __table_args__ = (
        UniqueConstraint("opd_id", "year", "agenda_number"),
        Index("ix_kerja_surat_masuk_desk", "opd_id", "status", "due_at"),
        Index("ix_kerja_surat_masuk_source", "source", "source_ref"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    opd_id: Mapped[int] = mapped_column(ForeignKey("core_opd.id"))
    year: Mapped[int]
    agenda_number: Mapped[int]
    nomor_surat: Mapped[str] = mapped_column(String(120))
    tanggal_surat: Mapped[date]
    received_at: Mapped[datetime]
    pengirim: Mapped[str] = mapped_column(String(200))
    perihal: Mapped[str] = mapped_column(String(300))
    ringkasan: Mapped[str] = mapped_column(Text, default="")
    sifat: Mapped[str] = mapped_column(String(20))
    derajat: Mapped[str] = mapped_column(String(20))
    klasifikasi: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(60), default="loket")
    source_ref: Mapped[int | None]
    source_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    status: Mapped[str] = mapped_column(String(20), default="dicatat")  # dicatat, didisposisi, selesai
    due_at: Mapped[datetime]
    entered_by: Mapped[int | None]
    closed_at: Mapped[datetime | None]

    disposisi_list: Mapped[list[Disposisi]] = relationship(back_populates="surat", order_by="Disposisi.id")


class Disposisi(Base):
    """One instruction from one position to another. `from_jabatan_id` None: the agenda book laid the letter before somebody."""

    __tablename__ = "kerja_surat_disposisi"
    __table_args__ = (Index("ix_kerja_surat_disposisi_desk", "to_jabatan_id", "status", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    surat_id: Mapped[int] = mapped_column(ForeignKey("kerja_surat_masuk.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("kerja_surat_disposisi.id"), index=True)
    from_jabatan_id: Mapped[int | None] = mapped_column(ForeignKey("core_jabatan.id"))
    to_jabatan_id: Mapped[int] = mapped_column(ForeignKey("core_jabatan.id"))
    instruksi: Mapped[list[Any]] = mapped_column(JSON)
    catatan: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(20), default="dikirim")
    sent_by: Mapped[int | None]
    sent_as: Mapped[str] = mapped_column(String(10), default="")  # "", plt or plh
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(Text, default="")

    surat: Mapped[SuratMasuk] = relationship(back_populates="disposisi_list")

    @property
    def is_open(self) -> bool:
        return self.status not in ("selesai", "dikembalikan")


class SuratKeluar(Base):
    __tablename__ = "kerja_surat_keluar"
    __table_args__ = (UniqueConstraint("opd_id", "year", "urut", "suffix"), Index("ix_kerja_surat_keluar_desk", "opd_id", "status"))

    id: Mapped[int] = mapped_column(primary_key=True)
    opd_id: Mapped[int] = mapped_column(ForeignKey("core_opd.id"))
    jenis: Mapped[str] = mapped_column(String(20))
    perihal: Mapped[str] = mapped_column(String(300))
    sifat: Mapped[str] = mapped_column(String(20))
    klasifikasi: Mapped[str] = mapped_column(String(20))
    tujuan: Mapped[str] = mapped_column(Text)
    tembusan: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20), default="konsep")  # konsep, paraf, tanda_tangan (at the desk), disegel, batal
    drafted_by: Mapped[int]
    drafted_at: Mapped[datetime]
    signer_jabatan_id: Mapped[int] = mapped_column(ForeignKey("core_jabatan.id"))
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("kerja_surat_masuk.id"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("kerja_surat_keluar.id"))
    year: Mapped[int | None]
    urut: Mapped[int | None]
    suffix: Mapped[str] = mapped_column(String(4), default="")
    nomor: Mapped[str] = mapped_column(String(120), default="")
    letter_date: Mapped[date | None]
    sealed_at: Mapped[datetime | None]
    sealed_by: Mapped[int | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("core_document.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    document: Mapped[Document | None] = relationship()
    paraf_list: Mapped[list[Paraf]] = relationship(back_populates="surat", order_by="Paraf.position")
    versions: Mapped[list[KonsepVersion]] = relationship(back_populates="surat", order_by="KonsepVersion.number")


class KonsepVersion(Base):
    """Each text that a draft had, with who wrote it."""

    __tablename__ = "kerja_surat_konsep"
    __table_args__ = (UniqueConstraint("surat_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    surat_id: Mapped[int] = mapped_column(ForeignKey("kerja_surat_keluar.id"))
    number: Mapped[int]
    perihal: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    written_by: Mapped[int]
    written_at: Mapped[datetime]

    surat: Mapped[SuratKeluar] = relationship(back_populates="versions")


class Paraf(Base):
    """One approval in the chain: drafter's superiors in order, the signer last."""

    __tablename__ = "kerja_surat_paraf"
    __table_args__ = (UniqueConstraint("surat_id", "position"), Index("ix_kerja_surat_paraf_desk", "jabatan_id", "status"))

    id: Mapped[int] = mapped_column(primary_key=True)
    surat_id: Mapped[int] = mapped_column(ForeignKey("kerja_surat_keluar.id"))
    position: Mapped[int]
    jabatan_id: Mapped[int] = mapped_column(ForeignKey("core_jabatan.id"))
    status: Mapped[str] = mapped_column(String(20), default="menunggu")  # menunggu, giliran, disetujui, dikembalikan
    acted_by: Mapped[int | None]
    acted_as: Mapped[str] = mapped_column(String(10), default="")  # "", plt or plh
    acted_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")

    surat: Mapped[SuratKeluar] = relationship(back_populates="paraf_list")


class Acara(Base):
    """Something on a leader's agenda."""

    __tablename__ = "kerja_surat_acara"
    __table_args__ = (Index("ix_kerja_surat_acara_time", "start_at", "end_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text, default="")
    surat_id: Mapped[int | None] = mapped_column(ForeignKey("kerja_surat_masuk.id"))
    made_by: Mapped[int | None]
    cancelled_at: Mapped[datetime | None]

    officials: Mapped[list[AcaraPejabat]] = relationship(back_populates="acara", order_by="AcaraPejabat.id")


class AcaraPejabat(Base):
    __tablename__ = "kerja_surat_acara_pejabat"
    __table_args__ = (UniqueConstraint("acara_id", "jabatan_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    acara_id: Mapped[int] = mapped_column(ForeignKey("kerja_surat_acara.id"))
    jabatan_id: Mapped[int] = mapped_column(ForeignKey("core_jabatan.id"), index=True)
    status: Mapped[str] = mapped_column(String(20), default="diundang")  # diundang, hadir, diwakilkan, ditolak
    wakil_jabatan_id: Mapped[int | None] = mapped_column(ForeignKey("core_jabatan.id"))
    note: Mapped[str] = mapped_column(String(300), default="")

    acara: Mapped[Acara] = relationship(back_populates="officials")


class Ruang(Base):
    __tablename__ = "kerja_surat_ruang"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    place: Mapped[str] = mapped_column(String(200))
    seats: Mapped[int]
    facilities: Mapped[str] = mapped_column(String(300), default="")


class Pemesanan(Base):
    __tablename__ = "kerja_surat_pemesanan"
    __table_args__ = (Index("ix_kerja_surat_pemesanan_time", "ruang_id", "start_at", "end_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ruang_id: Mapped[int] = mapped_column(ForeignKey("kerja_surat_ruang.id"))
    title: Mapped[str] = mapped_column(String(200))
    people: Mapped[int] = mapped_column(default=1)
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    jabatan_id: Mapped[int] = mapped_column(ForeignKey("core_jabatan.id"))
    eselon: Mapped[str] = mapped_column(String(20), default="")
    booked_by: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), default="dipesan")  # dipesan, digeser, batal
    moved_to_id: Mapped[int | None] = mapped_column(ForeignKey("kerja_surat_ruang.id"))
