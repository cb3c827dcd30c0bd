"""Programmes, who asks, what they ask for, and what became of it. Money is whole rupiah."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pendopo.db import Base
from pendopo.kit.berkas import Berkas

from .rules import HIBAH, RabLine, used_share

P = "gawe_pemantauan_"


class Program(Base):
    """A programme with its window, budget (`pagu`) and ceiling (`plafon`).

    `approved` is the sum of what was determined; it changes only in `programs.take_budget` and `programs.give_back`,
    in one statement that keeps it below `pagu`.
    """

    __tablename__ = f"{P}program"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(160))
    summary: Mapped[str] = mapped_column(Text, default="")
    jenis: Mapped[str] = mapped_column(String(24))
    proposal_year: Mapped[int]
    paid_year: Mapped[int] = mapped_column(index=True)
    opd_id: Mapped[int] = mapped_column(ForeignKey("core_opd.id"))
    pagu: Mapped[int] = mapped_column(BigInteger)
    approved: Mapped[int] = mapped_column(BigInteger, default=0)
    plafon: Mapped[int | None] = mapped_column(BigInteger)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    papers: Mapped[list[str]] = mapped_column(JSON, default=list)
    published: Mapped[bool] = mapped_column(default=False)
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str] = mapped_column(String(300), default="")
    announced_on: Mapped[date | None]  # the opening that followers were told of

    @property
    def is_hibah(self) -> bool:
        return self.jenis in HIBAH

    @property
    def for_lembaga(self) -> bool:
        return self.is_hibah

    @property
    def left(self) -> int:
        return self.pagu - self.approved

    @property
    def used(self) -> int:
        """Per cent of the budget that was determined."""
        return used_share(self.approved, self.pagu)


class Lembaga(Base):
    """A body that asks for hibah. Its account number is kept encrypted; `rekening_mark` finds equal ones."""

    __tablename__ = f"{P}lembaga"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("core_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    jenis: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(300), default="")
    desa_code: Mapped[str] = mapped_column(String(13), index=True)
    sk_kemenkumham: Mapped[str] = mapped_column(String(60), default="")
    izin_operasional: Mapped[str] = mapped_column(String(60), default="")
    npwp: Mapped[str] = mapped_column(String(16), default="")
    founded_on: Mapped[date | None]
    bank: Mapped[str] = mapped_column(String(60), default="")
    rekening_name: Mapped[str] = mapped_column(String(160), default="")
    rekening_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    rekening_mark: Mapped[str] = mapped_column(String(64), default="", index=True)
    rekening_tail: Mapped[str] = mapped_column(String(4), default="")
    made_at: Mapped[datetime]

    board: Mapped[list[Pengurus]] = relationship(order_by="Pengurus.id", lazy="selectin", cascade="all, delete-orphan")

    @property
    def chair(self) -> Pengurus | None:
        return next((one for one in self.board if one.chair == "ketua"), None)


class Pengurus(Base):
    """One of the board of a lembaga."""

    __tablename__ = f"{P}pengurus"
    __table_args__ = (UniqueConstraint("lembaga_id", "chair"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lembaga_id: Mapped[int] = mapped_column(ForeignKey(f"{P}lembaga.id"))
    chair: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(120))
    nik_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    nik_mark: Mapped[str] = mapped_column(String(64), default="", index=True)
    phone: Mapped[str] = mapped_column(String(20), default="")


class Penetapan(Base):
    """A decree of the Bupati that determines recipients and values (SK Bupati), with its DPA."""

    __tablename__ = f"{P}penetapan"
    __table_args__ = (UniqueConstraint("program_id", "sk_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey(f"{P}program.id"))
    sk_number: Mapped[str] = mapped_column(String(60))
    sk_date: Mapped[date]
    dpa: Mapped[str] = mapped_column(String(60), default="")
    made_by: Mapped[int | None]
    made_at: Mapped[datetime]


class Proposal(Base):
    """A proposal; its way through the offices is the berkas of the same id.

    `asked` is what was asked for, `eligible` the same under the ceiling, then what each stage set: `recommended` (OPD),
    `considered` (TAPD), `approved` (SK Bupati). `checklist`: item -> "ok" or "kurang".
    `rekening_mark` and `chair_mark` are those of the time of sending. `paid` is the sum of its payments.
    """

    __tablename__ = f"{P}proposal"
    __table_args__ = (Index(f"ix_{P}proposal_program", "program_id", "score"),)

    berkas_id: Mapped[int] = mapped_column(ForeignKey("core_berkas.id"), primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey(f"{P}program.id"))
    lembaga_id: Mapped[int | None] = mapped_column(ForeignKey(f"{P}lembaga.id"), index=True)
    purpose: Mapped[str] = mapped_column(Text)
    beneficiaries: Mapped[int] = mapped_column(default=1)
    address: Mapped[str] = mapped_column(String(300), default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    asked: Mapped[int] = mapped_column(BigInteger)
    eligible: Mapped[int] = mapped_column(BigInteger)
    recommended: Mapped[int | None] = mapped_column(BigInteger)
    considered: Mapped[int | None] = mapped_column(BigInteger)
    approved: Mapped[int | None] = mapped_column(BigInteger)
    paid: Mapped[int] = mapped_column(BigInteger, default=0)
    score: Mapped[int | None]
    checklist: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    desa_confirmed: Mapped[bool | None]
    desa_note: Mapped[str] = mapped_column(String(500), default="")
    desa_by: Mapped[int | None]
    camat_confirmed: Mapped[bool | None]
    camat_note: Mapped[str] = mapped_column(String(500), default="")
    camat_by: Mapped[int | None]
    cause: Mapped[str] = mapped_column(String(20), default="")
    refusal: Mapped[str] = mapped_column(String(24), default="")
    budget_ref: Mapped[str] = mapped_column(String(120), default="")
    penetapan_id: Mapped[int | None] = mapped_column(ForeignKey(f"{P}penetapan.id"), index=True)
    nphd_number: Mapped[str] = mapped_column(String(60), default="")
    nphd_date: Mapped[date | None]
    lpj_due_on: Mapped[date | None] = mapped_column(index=True)
    bank: Mapped[str] = mapped_column(String(60), default="")
    rekening_name: Mapped[str] = mapped_column(String(160), default="")
    rekening_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    rekening_mark: Mapped[str] = mapped_column(String(64), default="", index=True)
    rekening_tail: Mapped[str] = mapped_column(String(4), default="")
    chair_mark: Mapped[str] = mapped_column(String(64), default="", index=True)
    sent_at: Mapped[datetime]

    berkas: Mapped[Berkas] = relationship(lazy="joined", innerjoin=True)
    program: Mapped[Program] = relationship(lazy="joined", innerjoin=True)
    lembaga: Mapped[Lembaga | None] = relationship(lazy="joined")
    person: Mapped[Individu | None] = relationship(lazy="selectin", uselist=False)
    rab: Mapped[list[Rab]] = relationship(order_by="Rab.number", lazy="select")
    penetapan: Mapped[Penetapan | None] = relationship(lazy="select")

    @property
    def who(self) -> str:
        """Who asks, in full: for officers, and for papers of their own."""
        return self.lembaga.name if self.lembaga else self.person.name if self.person else ""

    @property
    def value(self) -> int:
        """What is on the table now: the newest figure that somebody set."""
        return next(amount for amount in (self.approved, self.considered, self.recommended, self.eligible) if amount is not None)


class Individu(Base):
    """A person who asks for bansos. Numbers and the DTSEN decile are kept encrypted and shown to nobody but their officers."""

    __tablename__ = f"{P}individu"

    berkas_id: Mapped[int] = mapped_column(ForeignKey(f"{P}proposal.berkas_id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    nik_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    nik_mark: Mapped[str] = mapped_column(String(64), default="", index=True)
    kk_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    kk_mark: Mapped[str] = mapped_column(String(64), default="", index=True)
    desil_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)


class Rab(Base):
    """A line of the budget plan; `volume_milli` in thousandths of `unit`."""

    __tablename__ = f"{P}rab"

    id: Mapped[int] = mapped_column(primary_key=True)
    berkas_id: Mapped[int] = mapped_column(ForeignKey(f"{P}proposal.berkas_id"), index=True)
    number: Mapped[int]
    desc: Mapped[str] = mapped_column(String(160))
    volume_milli: Mapped[int] = mapped_column(BigInteger)
    unit: Mapped[str] = mapped_column(String(20))
    price: Mapped[int] = mapped_column(BigInteger)

    @property
    def line(self) -> RabLine:
        return RabLine(self.desc, Decimal(self.volume_milli) / 1000, self.unit, self.price)


class Kunjungan(Base):
    """A visit in the field. Photos: attachments of owner `gawe_pemantauan.kunjungan`."""

    __tablename__ = f"{P}kunjungan"

    id: Mapped[int] = mapped_column(primary_key=True)
    berkas_id: Mapped[int] = mapped_column(ForeignKey(f"{P}proposal.berkas_id"), index=True)
    visited_at: Mapped[datetime]
    by: Mapped[int | None]
    object_exists: Mapped[bool]
    active: Mapped[bool]
    has_board: Mapped[bool]
    papers_match: Mapped[bool]
    note: Mapped[str] = mapped_column(Text)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    distance_m: Mapped[int | None]
    score: Mapped[int]
    client_key: Mapped[str | None] = mapped_column(String(40), unique=True)  # a visit written offline arrives once


class Pencairan(Base):
    """A payment by transfer (SP2D)."""

    __tablename__ = f"{P}pencairan"

    id: Mapped[int] = mapped_column(primary_key=True)
    berkas_id: Mapped[int] = mapped_column(ForeignKey(f"{P}proposal.berkas_id"), index=True)
    sp2d: Mapped[str] = mapped_column(String(60), unique=True)
    paid_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)
    by: Mapped[int | None]
    at: Mapped[datetime]


class Lpj(Base):
    """The report on the use of the money. Proofs: attachments of owner `gawe_pemantauan.lpj`. `sts`: proof of the return."""

    __tablename__ = f"{P}lpj"

    berkas_id: Mapped[int] = mapped_column(ForeignKey(f"{P}proposal.berkas_id"), primary_key=True)
    realised: Mapped[int] = mapped_column(BigInteger)
    rest: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    returned: Mapped[int] = mapped_column(BigInteger, default=0)
    returned_on: Mapped[date | None]
    sts: Mapped[str] = mapped_column(String(60), default="")


class Tanda(Base):
    """Something that an officer must look at before a recommendation. `other_id`: the other proposal."""

    __tablename__ = f"{P}tanda"
    __table_args__ = (UniqueConstraint("berkas_id", "kind", "other_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    berkas_id: Mapped[int] = mapped_column(ForeignKey(f"{P}proposal.berkas_id"))
    kind: Mapped[str] = mapped_column(String(24))
    other_id: Mapped[int] = mapped_column(default=0)  # 0: no other proposal; part of a unique key
    detail: Mapped[str] = mapped_column(String(200), default="")
    raised_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    cleared_by: Mapped[int | None]
    clear_note: Mapped[str] = mapped_column(String(300), default="")


class Pengikut(Base):
    """Somebody who wants to hear when a programme opens. `sort`: "hibah" or "bansos"."""

    __tablename__ = f"{P}pengikut"

    account_id: Mapped[int] = mapped_column(ForeignKey("core_account.id"), primary_key=True)
    sort: Mapped[str] = mapped_column(String(8), primary_key=True)
    since: Mapped[datetime]
