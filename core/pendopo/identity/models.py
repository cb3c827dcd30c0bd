"""Tables of people, sessions, offices and the audit trail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base


class Account(Base):
    """A person. `nik_cipher` is encrypted; `nik_lookup` is a keyed hash, for exact look-ups only.

    `page_version` grows with whatever changes what this person may do or sees in the frame of a page.
    """

    __tablename__ = "core_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))  # warga, pegawai
    name: Mapped[str] = mapped_column(String(120))
    handle: Mapped[str | None] = mapped_column(String(40), unique=True)  # short name for signing in, demo accounts
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    email_confirmed_at: Mapped[datetime | None]
    phone: Mapped[str | None] = mapped_column(String(20))
    nik_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    nik_lookup: Mapped[str | None] = mapped_column(String(64), unique=True)
    nip: Mapped[str | None] = mapped_column(String(18), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8), default="id")
    desa_code: Mapped[str | None] = mapped_column(String(13))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    page_version: Mapped[int] = mapped_column(default=0)


class Session(Base):
    """A sign-in on one device. Only a hash of its token is kept."""

    __tablename__ = "core_session"
    __table_args__ = (Index("ix_core_session_account_id", "account_id", "revoked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("core_account.id"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(60), default="")
    on_behalf_of: Mapped[int | None] = mapped_column(ForeignKey("core_account.id"))
    on_behalf_reason: Mapped[str] = mapped_column(String(300), default="")
    on_behalf_until: Mapped[datetime | None]


class Token(Base):
    """A link sent by mail: confirm an address, set a new password. Used once."""

    __tablename__ = "core_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[int] = mapped_column(ForeignKey("core_account.id"), index=True)
    payload: Mapped[str] = mapped_column(String(254), default="")
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Opd(Base):
    """An office of the regency, in a tree."""

    __tablename__ = "core_opd"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    short_name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))  # setda, dinas, badan, kecamatan, bidang, ...
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("core_opd.id"), index=True)
    place_code: Mapped[str | None] = mapped_column(String(13))


class Jabatan(Base):
    """A position. Roles belong to the chair, so that a transfer moves the work with it."""

    __tablename__ = "core_jabatan"

    id: Mapped[int] = mapped_column(primary_key=True)
    opd_id: Mapped[int] = mapped_column(ForeignKey("core_opd.id"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    eselon: Mapped[str | None] = mapped_column(String(20))
    atasan_id: Mapped[int | None] = mapped_column(ForeignKey("core_jabatan.id"), index=True)
    roles: Mapped[list[Any]] = mapped_column(JSON, default=list)


class Penugasan(Base):
    """Who holds a position, from when to when; `plt` and `plh` stand in."""

    __tablename__ = "core_penugasan"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("core_account.id"), index=True)
    jabatan_id: Mapped[int] = mapped_column(ForeignKey("core_jabatan.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10), default="definitif")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class AuditEntry(Base):
    """One line of the audit trail. `hash` covers the line and the hash before it."""

    __tablename__ = "core_audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(160))
    on_behalf_of: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(80), index=True)
    subject: Mapped[str] = mapped_column(String(160), index=True)
    detail: Mapped[str] = mapped_column(Text)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditSeal(Base):
    """How many lines the trail has and a keyed hash of its end; one row."""

    __tablename__ = "core_audit_seal"

    id: Mapped[int] = mapped_column(primary_key=True)
    entries: Mapped[int]
    seal: Mapped[str] = mapped_column(String(64))
