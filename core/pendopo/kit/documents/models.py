"""Tables of papers that the regency issued, their signatures and their number books."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...db import Base
from ...http import url

WAITING, VALID, REPLACED, REVOKED, EXPIRED = "menunggu", "berlaku", "diganti", "dicabut", "kedaluwarsa"
STATUSES = (WAITING, VALID, REPLACED, REVOKED, EXPIRED)


class Document(Base):
    """A paper with a number. Only `status` may change once it is sealed (`sealed_at`): both databases refuse the rest.

    `status`: menunggu (signatures are missing), berlaku, diganti or dicabut; `status_on` adds kedaluwarsa.
    `signing`: how it is signed: "" not at all, "uji" by the test authority, "penyedia" by the regency's provider.
    `secret`: whoever checks it learns only that it exists and whether it holds.
    `sha256`: of the file, once it is sealed. `data`: what its template was given; empty after the holder was erased.
    """

    __tablename__ = "core_document"
    __table_args__ = (
        UniqueConstraint("plugin", "kind", "number"),
        Index("ix_core_document_holder", "holder_id", "issued_at"),
        Index("ix_core_document_ref", "plugin", "kind", "ref"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(40), unique=True)
    plugin: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(120))
    opd_id: Mapped[int | None] = mapped_column(ForeignKey("core_opd.id"))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("core_account.id"))
    berkas_id: Mapped[int | None] = mapped_column(ForeignKey("core_berkas.id"), index=True)
    ref: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(12), default=WAITING)
    reason: Mapped[str] = mapped_column(Text, default="")
    signing: Mapped[str] = mapped_column(String(10), default="")
    secret: Mapped[bool] = mapped_column(default=False)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    dated: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("core_document.id"), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), default="", index=True)
    sealed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    signatures: Mapped[list[DocumentSignature]] = relationship(order_by="DocumentSignature.place", lazy="selectin")

    @property
    def href(self) -> str:
        """Its page in the wallet, for whoever may read it."""
        return url("dokumen:show", id=self.id)

    @property
    def file_href(self) -> str:
        return url("dokumen:file", id=self.id)

    @property
    def verify_href(self) -> str:
        """The page behind its QR code, for anyone."""
        return url("verify", token=self.token)

    @property
    def is_sealed(self) -> bool:
        return self.sealed_at is not None

    def status_on(self, day: date) -> str:
        """The status on a day of the regency: a valid paper whose time is over is kedaluwarsa."""
        return EXPIRED if self.status == VALID and self.valid_until is not None and self.valid_until < day else self.status


class DocumentSignature(Base):
    """One signature, in its place in the order. Who signs is known for sure when it is signed: a stand-in may come between.

    `sha256`: of the file with this signature. `certificate`: whose certificate it was. Of a party (somebody outside the
    offices, see `parties`) `sha256` is of the text that they agreed to, and `certificate` says how: "akun", or "kertas" and the day.
    """

    __tablename__ = "core_document_signature"
    __table_args__ = (UniqueConstraint("document_id", "place"), Index("ix_core_document_signature_desk", "jabatan_id", "signed_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("core_document.id"))
    place: Mapped[int]
    by_hand: Mapped[bool]  # at the signer's desk, else by the portal in the name of the position
    jabatan_id: Mapped[int | None] = mapped_column(ForeignKey("core_jabatan.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("core_account.id"))
    name: Mapped[str] = mapped_column(String(160))
    post: Mapped[str] = mapped_column(String(200), default="")
    nip: Mapped[str] = mapped_column(String(18), default="")
    signed_at: Mapped[datetime | None]
    sha256: Mapped[str] = mapped_column(String(64), default="", index=True)
    certificate: Mapped[str] = mapped_column(String(300), default="")

    @property
    def is_party(self) -> bool:
        """Is it somebody outside the offices, who agrees and has no certificate?"""
        return self.by_hand and self.jabatan_id is None


class DocumentBook(Base):
    """The last number given in a series: a kind, an OPD (0: the whole regency) and a year (0: for ever)."""

    __tablename__ = "core_document_book"

    plugin: Mapped[str] = mapped_column(String(60), primary_key=True)
    kind: Mapped[str] = mapped_column(String(120), primary_key=True)  # with the series of its own after a colon
    opd_id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
