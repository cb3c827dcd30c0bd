"""What permits hold beside their berkas."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pendopo.db import Base
from pendopo.kit.berkas import Berkas

from .types import PermitType


class Jenis(Base):
    """One version of a permit type. `state`: draf, berlaku or arsip; at most one version of a code is berlaku."""

    __tablename__ = "gawe_simponie_jenis"
    __table_args__ = (UniqueConstraint("kode", "versi"), Index("ix_gawe_simponie_jenis_shown", "state", "kode"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kode: Mapped[str] = mapped_column(String(20))
    versi: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    nama: Mapped[str] = mapped_column(String(160))
    sektor: Mapped[str] = mapped_column(String(60))
    kanal: Mapped[str] = mapped_column(String(10))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_by: Mapped[int | None]
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    @property
    def type(self) -> PermitType:
        return PermitType(self.data, self.id, self.versi)

    @property
    def title(self) -> str:
        """The name in the language of the request."""
        return self.type.title


class Permohonan(Base):
    """An application; its way is the berkas of the same id. It keeps the version of the type that it was made with.

    `tujuan`: baru, perpanjangan, perubahan or pencabutan; the last three concern `izin_id`. `recommended`: what the
    technical office said. `measured`: figures that an inspection found, which count for the fee instead of those typed.
    """

    __tablename__ = "gawe_simponie_permohonan"
    __table_args__ = (Index("ix_gawe_simponie_permohonan_type", "kode", "submitted_at"),)

    berkas_id: Mapped[int] = mapped_column(ForeignKey("core_berkas.id"), primary_key=True)
    jenis_id: Mapped[int] = mapped_column(ForeignKey("gawe_simponie_jenis.id"))
    kode: Mapped[str] = mapped_column(String(20))
    tujuan: Mapped[str] = mapped_column(String(16), default="baru")
    izin_id: Mapped[int | None] = mapped_column(index=True)
    applicant_name: Mapped[str] = mapped_column(String(160))
    applicant_address: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    measured: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    address: Mapped[str] = mapped_column(String(300), default="")
    submitted_at: Mapped[datetime]
    inspect_on: Mapped[date | None]
    recommended: Mapped[bool | None]
    fee: Mapped[dict[str, Any] | None] = mapped_column(JSON, nullable=True)
    fee_amount: Mapped[int] = mapped_column(BigInteger, default=0)
    bill_id: Mapped[int | None] = mapped_column(index=True)
    skrd_id: Mapped[int | None]
    paid_at: Mapped[datetime | None]
    ntpd: Mapped[str] = mapped_column(String(40), default="")
    deemed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")

    berkas: Mapped[Berkas] = relationship(lazy="joined", innerjoin=True)
    jenis: Mapped[Jenis] = relationship(lazy="joined", innerjoin=True)

    @property
    def type(self) -> PermitType:
        return self.jenis.type

    @property
    def values(self) -> dict[str, Any]:
        """What counts: the form, with the figures that an inspection corrected."""
        return {**self.data, **self.measured}


class Tahap(Base):
    """How long an application lay where. `opd_id` None with `state` perbaikan or menunggu_bayar: with the applicant.

    `due_on`: the last day of this stage by the type's plan; None where the plan gives none.
    """

    __tablename__ = "gawe_simponie_tahap"
    __table_args__ = (Index("ix_gawe_simponie_tahap_open", "until", "due_on"), Index("ix_gawe_simponie_tahap_berkas", "berkas_id", "since"))

    id: Mapped[int] = mapped_column(primary_key=True)
    berkas_id: Mapped[int] = mapped_column(ForeignKey("core_berkas.id"))
    state: Mapped[str] = mapped_column(String(30))
    opd_id: Mapped[int | None] = mapped_column(ForeignKey("core_opd.id"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    due_on: Mapped[date | None]


class Bap(Base):
    """Berita acara pemeriksaan of an inspection in the field. `client_key` makes a second sending of the same draft the same BAP."""

    __tablename__ = "gawe_simponie_bap"

    id: Mapped[int] = mapped_column(primary_key=True)
    berkas_id: Mapped[int] = mapped_column(ForeignKey("core_berkas.id"), index=True)
    client_key: Mapped[str] = mapped_column(String(40), unique=True)
    inspected_at: Mapped[datetime]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    accuracy_m: Mapped[int | None]
    result: Mapped[str] = mapped_column(String(20))  # sesuai, tidak_sesuai
    findings: Mapped[str] = mapped_column(Text)
    team: Mapped[str] = mapped_column(String(300))
    witness: Mapped[str] = mapped_column(String(160), default="")
    by: Mapped[int | None]
    at: Mapped[datetime]
    document_id: Mapped[int | None]


class Izin(Base):
    """A permit that was issued. `status`: berlaku, dicabut or diganti; whether it ran out is told by `valid_until`."""

    __tablename__ = "gawe_simponie_izin"
    __table_args__ = (Index("ix_gawe_simponie_izin_holder", "holder_id", "kode"), Index("ix_gawe_simponie_izin_public", "status", "issued_on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    berkas_id: Mapped[int] = mapped_column(ForeignKey("core_berkas.id"), unique=True)
    jenis_id: Mapped[int] = mapped_column(ForeignKey("gawe_simponie_jenis.id"))
    kode: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(80), unique=True)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("core_account.id"))
    holder_name: Mapped[str] = mapped_column(String(160))
    place: Mapped[str] = mapped_column(String(300), default="")
    desa_code: Mapped[str | None] = mapped_column(String(13))
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    issued_on: Mapped[date]
    valid_until: Mapped[date | None] = mapped_column(index=True)
    status: Mapped[str] = mapped_column(String(10), default="berlaku")
    document_id: Mapped[int | None]
    replaces_id: Mapped[int | None]
    ended_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    reminded: Mapped[bool] = mapped_column(default=False)

    jenis: Mapped[Jenis] = relationship(lazy="joined", innerjoin=True)

    def is_valid(self, on: date) -> bool:
        return self.status == "berlaku" and (self.valid_until is None or self.valid_until >= on)

    def shown_status(self, on: date) -> str:
        return "berakhir" if self.status == "berlaku" and not self.is_valid(on) else self.status


class Pengawasan(Base):
    """Supervision of a permit: planned, then done with what was found and which sanction followed."""

    __tablename__ = "gawe_simponie_pengawasan"

    id: Mapped[int] = mapped_column(primary_key=True)
    izin_id: Mapped[int] = mapped_column(ForeignKey("gawe_simponie_izin.id"), index=True)
    planned_on: Mapped[date] = mapped_column(index=True)
    done_at: Mapped[datetime | None]
    finding: Mapped[str] = mapped_column(Text, default="")
    sanction: Mapped[str] = mapped_column(String(20), default="")  # "", teguran, pembekuan, pencabutan
    by: Mapped[int | None]


class Kalender(Base):
    """The address under which somebody's own calendar subscribes to the days of their permits. A new one ends the old one."""

    __tablename__ = "gawe_simponie_kalender"

    account_id: Mapped[int] = mapped_column(ForeignKey("core_account.id"), primary_key=True)
    token: Mapped[str] = mapped_column(String(40), unique=True)


class RisikoVersi(Base):
    """A table of KBLI risks as it was imported. The newest `active` one is asked; older ones stay readable."""

    __tablename__ = "gawe_simponie_risiko_versi"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(200))
    demo: Mapped[bool]
    active: Mapped[bool]
    rows: Mapped[int]
    imported_by: Mapped[int | None]
    imported_at: Mapped[datetime]


class RisikoKbli(Base):
    """The risk of a business by KBLI, scale and floor area (m2, `luas_dari` included, `luas_sampai` not)."""

    __tablename__ = "gawe_simponie_risiko_kbli"
    __table_args__ = (Index("ix_gawe_simponie_risiko_kbli_asked", "versi_id", "kbli", "skala"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    versi_id: Mapped[int] = mapped_column(ForeignKey("gawe_simponie_risiko_versi.id"))
    kbli: Mapped[str] = mapped_column(String(5))
    nama: Mapped[str] = mapped_column(String(200))
    skala: Mapped[str] = mapped_column(String(10))
    luas_dari: Mapped[int | None]
    luas_sampai: Mapped[int | None]
    risiko: Mapped[str] = mapped_column(String(20))
    kewenangan: Mapped[str] = mapped_column(String(12))
    lingkungan: Mapped[str] = mapped_column(String(10))
    pb_umku: Mapped[list[str]] = mapped_column(JSON)


class Kasus(Base):
    """A case at OSS or SIMBG, known by its reference there. Their system is the record; this is a window."""

    __tablename__ = "gawe_simponie_kasus"
    __table_args__ = (UniqueConstraint("channel", "reference"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(10))
    reference: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[str] = mapped_column(String(30))
    office: Mapped[str] = mapped_column(String(120), default="")
    changed_at: Mapped[datetime]
    is_open: Mapped[bool] = mapped_column(default=True)


class KasusLangkah(Base):
    """One thing that the national system told of a case, once: `event_id` is theirs."""

    __tablename__ = "gawe_simponie_kasus_langkah"
    __table_args__ = (UniqueConstraint("kasus_id", "event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kasus_id: Mapped[int] = mapped_column(ForeignKey("gawe_simponie_kasus.id"))
    event_id: Mapped[str] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(30))
    office: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime]


class Pengikut(Base):
    """Who follows a case."""

    __tablename__ = "gawe_simponie_pengikut"

    kasus_id: Mapped[int] = mapped_column(ForeignKey("gawe_simponie_kasus.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("core_account.id"), primary_key=True, index=True)
