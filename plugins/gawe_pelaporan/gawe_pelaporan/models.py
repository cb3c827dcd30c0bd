"""What a report holds beside its berkas."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pendopo.db import Base
from pendopo.kit.berkas import Berkas


class Laporan(Base):
    """A report; its way through the offices is the berkas of the same id.

    `title` and `description` are as written; `public_title` and `public_text` as a moderator lets them be read, from
    `published_at` on. `received_at` opens the class deadline; `answered_at` (dijawab) and `finished_at` (terselesaikan di
    lapangan) are two indicators on purpose. `token` finds a report in Open311 before its number is known.
    """

    __tablename__ = "gawe_pelaporan_laporan"
    __table_args__ = (
        Index("ix_gawe_pelaporan_laporan_public", "published_at", "service_code"),
        Index("ix_gawe_pelaporan_laporan_near", "service_code", "lat", "lon"),
        Index("ix_gawe_pelaporan_laporan_received", "received_at"),
    )

    berkas_id: Mapped[int] = mapped_column(ForeignKey("core_berkas.id"), primary_key=True)
    token: Mapped[str] = mapped_column(String(40), unique=True)
    service_code: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text)
    public_title: Mapped[str] = mapped_column(String(120), default="")
    public_text: Mapped[str] = mapped_column(Text, default="")
    published_at: Mapped[datetime | None]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    accuracy_m: Mapped[int | None]
    address: Mapped[str] = mapped_column(String(300), default="")
    desa_code: Mapped[str | None] = mapped_column(String(13), index=True)
    kelas: Mapped[str] = mapped_column(String(20))
    priority: Mapped[int] = mapped_column(default=4)
    casualties: Mapped[bool] = mapped_column(default=False)
    access_cut: Mapped[bool] = mapped_column(default=False)
    school_route: Mapped[bool] = mapped_column(default=False)
    urgent: Mapped[bool] = mapped_column(default=False)
    private: Mapped[bool] = mapped_column(default=False)  # rahasia: its text is hidden from the public
    anonymous: Mapped[bool] = mapped_column(default=False)  # anonim: the OPD does not learn who wrote
    contact_name: Mapped[str] = mapped_column(String(120), default="")
    contact_phone: Mapped[str] = mapped_column(String(20), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    media_url: Mapped[str] = mapped_column(String(500), default="")
    photo_count: Mapped[int] = mapped_column(default=0)
    supports: Mapped[int] = mapped_column(default=0)
    duplicate_of: Mapped[int | None] = mapped_column(ForeignKey("gawe_pelaporan_laporan.berkas_id"))
    road_authority: Mapped[str] = mapped_column(String(20), default="")
    road_name: Mapped[str] = mapped_column(String(160), default="")
    forwarded_to: Mapped[str] = mapped_column(String(160), default="")
    sp4n_id: Mapped[str | None] = mapped_column(String(40), unique=True)
    target_date: Mapped[date | None]
    budget_year: Mapped[int | None]
    budget_ref: Mapped[str] = mapped_column(String(120), default="")
    received_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    class_due_at: Mapped[datetime | None]
    reopened: Mapped[int] = mapped_column(default=0)
    letter: Mapped[str] = mapped_column(String(60), default="")  # what the letter register said last
    api_key_id: Mapped[int | None] = mapped_column(ForeignKey("gawe_pelaporan_api_key.id"))
    extra: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    berkas: Mapped[Berkas] = relationship(lazy="joined", innerjoin=True)
    road: Mapped[KerusakanJalan | None] = relationship(lazy="selectin", uselist=False)

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class KerusakanJalan(Base):
    """The damage of a road: lengths in metres, widths and depths in centimetres."""

    __tablename__ = "gawe_pelaporan_kerusakan_jalan"

    berkas_id: Mapped[int] = mapped_column(ForeignKey("gawe_pelaporan_laporan.berkas_id"), primary_key=True)
    no_ruas: Mapped[str] = mapped_column(String(20), default="")
    length_m: Mapped[int]
    width_cm: Mapped[int | None]
    depth_cm: Mapped[int | None]
    sta_start: Mapped[str] = mapped_column(String(10), default="")
    sta_end: Mapped[str] = mapped_column(String(10), default="")
    damage: Mapped[str] = mapped_column(String(20), default="lubang")

    @property
    def km(self) -> float:
        return self.length_m / 1000

    @property
    def width_m(self) -> float | None:
        return self.width_cm / 100 if self.width_cm else None

    @property
    def area_m2(self) -> float | None:
        return self.length_m * self.width_cm / 100 if self.width_cm else None


class TindakLanjut(Base):
    """What was done in the field. Photos: attachments of owner `gawe_pelaporan.tindak_lanjut`."""

    __tablename__ = "gawe_pelaporan_tindak_lanjut"

    id: Mapped[int] = mapped_column(primary_key=True)
    berkas_id: Mapped[int] = mapped_column(ForeignKey("gawe_pelaporan_laporan.berkas_id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(Text)
    volume: Mapped[str] = mapped_column(String(60), default="")
    cost: Mapped[int | None] = mapped_column(BigInteger)  # rupiah
    package: Mapped[str] = mapped_column(String(40), default="")
    opd_id: Mapped[int | None] = mapped_column(ForeignKey("core_opd.id"))
    by: Mapped[int | None]
    at: Mapped[datetime]


class Dukungan(Base):
    """One person supports one report, once."""

    __tablename__ = "gawe_pelaporan_dukungan"

    berkas_id: Mapped[int] = mapped_column(ForeignKey("gawe_pelaporan_laporan.berkas_id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("core_account.id"), primary_key=True, index=True)
    at: Mapped[datetime]


class Komentar(Base):
    """What somebody said below a public report; one for each account, which may be written anew."""

    __tablename__ = "gawe_pelaporan_komentar"
    __table_args__ = (UniqueConstraint("berkas_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    berkas_id: Mapped[int] = mapped_column(ForeignKey("gawe_pelaporan_laporan.berkas_id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("core_account.id"), index=True)
    text: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]
    hidden_at: Mapped[datetime | None]
    hidden_by: Mapped[int | None]


class ApiKey(Base):
    """Who may send reports through Open311. Only a hash of the key is kept."""

    __tablename__ = "gawe_pelaporan_api_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    contact: Mapped[str] = mapped_column(String(254))
    start: Mapped[str] = mapped_column(String(8))  # the first characters, to tell keys apart
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by: Mapped[int | None]
    made_at: Mapped[datetime]
    last_used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
