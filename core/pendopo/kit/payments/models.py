"""Tables of bills and money. All amounts are whole rupiah."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ...db import Base
from ...http import url

OPEN, PAID, CANCELLED, EXPIRED = "belum_bayar", "lunas", "batal", "kedaluwarsa"


class Bill(Base):
    """One bill. `key`: the plugin's own name for it, so that it is never made twice. `status`: belum_bayar, lunas, batal, kedaluwarsa.

    `account` and `penalty_account` are those of its kind, kept so that money is booked while its plugin is switched off.
    `paid_penalty` is part of `paid_amount`, which leaves out what was paid too much. `refunded`: given back of it.
    """

    __tablename__ = "core_bill"
    __table_args__ = (
        Index("ix_core_bill_payer", "payer_id", "status", "due"),
        Index("ix_core_bill_ref", "kind", "ref"),
        Index("ix_core_bill_due", "status", "due"),
        Index("ix_core_bill_expiry", "status", "expires_at"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kode_bayar: Mapped[str] = mapped_column(String(12), unique=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    plugin: Mapped[str] = mapped_column(String(60))
    ref: Mapped[int]
    account: Mapped[str] = mapped_column(String(40))
    penalty_account: Mapped[str] = mapped_column(String(40))
    amount: Mapped[int] = mapped_column(BigInteger)
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("core_account.id"))
    payer_name: Mapped[str] = mapped_column(String(160))
    desc: Mapped[str] = mapped_column(String(300))
    due: Mapped[date | None]
    opd_id: Mapped[int | None] = mapped_column(ForeignKey("core_opd.id"))
    status: Mapped[str] = mapped_column(String(20), default=OPEN)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    paid_at: Mapped[datetime | None]
    paid_amount: Mapped[int | None] = mapped_column(BigInteger)
    paid_penalty: Mapped[int | None] = mapped_column(BigInteger)
    ntpd: Mapped[str | None] = mapped_column(String(16), unique=True)
    refunded: Mapped[int] = mapped_column(BigInteger, default=0)

    @property
    def href(self) -> str:
        return url("tagihan:show", kode=self.kode_bayar)


class PaymentRequest(Base):
    """A way to pay that was prepared for a bill: a QR code or a virtual account, good for `amount` until `expires_at`.

    `status`: diminta (its bank has not answered yet), siap, gagal. `reference`: what the bank calls it.
    """

    __tablename__ = "core_payment_request"
    __table_args__ = (Index("ix_core_payment_request_bill", "bill_id", "way"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("core_bill.id"))
    way: Mapped[str] = mapped_column(String(10))  # qris, va
    provider: Mapped[str] = mapped_column(String(30), default="")
    amount: Mapped[int] = mapped_column(BigInteger)
    penalty: Mapped[int] = mapped_column(BigInteger, default=0)
    status: Mapped[str] = mapped_column(String(10), default="diminta")
    reference: Mapped[str] = mapped_column(String(64), default="")
    content: Mapped[str] = mapped_column(Text, default="")  # the QR code's payload, or the number
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Payment(Base):
    """Money that arrived, once for each (kode_bayar, ref_bank). `outcome`: lunas, or why it went to the queue of excess.

    `line_id`: the line of the bank's statement in which it was found.
    """

    __tablename__ = "core_payment"
    __table_args__ = (
        UniqueConstraint("kode_bayar", "ref_bank"),
        Index("ix_core_payment_open", "way", "line_id", "paid_at"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("core_bill.id"), index=True)
    kode_bayar: Mapped[str] = mapped_column(String(12))
    ref_bank: Mapped[str] = mapped_column(String(64), index=True)
    way: Mapped[str] = mapped_column(String(10))  # qris, va, loket
    provider: Mapped[str] = mapped_column(String(30))
    amount: Mapped[int] = mapped_column(BigInteger)
    paid_at: Mapped[datetime]
    received_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(20))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("core_account.id"), index=True)
    line_id: Mapped[int | None] = mapped_column(unique=True)


class LedgerMove(Base):
    """One move of money from the account `credit` to the account `debit`: an entry balances because it is made of nothing else.

    Both databases refuse to change or delete a line; a mistake is taken back by another entry.
    """

    __tablename__ = "core_ledger"
    __table_args__ = (
        UniqueConstraint("entry", "debit", "credit"),
        Index("ix_core_ledger_debit", "debit", "day"),
        Index("ix_core_ledger_credit", "credit", "day"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("debit <> credit", name="accounts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry: Mapped[str] = mapped_column(String(60))  # "bayar:17": what it books, once
    day: Mapped[date]
    at: Mapped[datetime]
    debit: Mapped[str] = mapped_column(String(40))
    credit: Mapped[str] = mapped_column(String(40))
    amount: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int | None]


class Excess(Base):
    """Money that is not ours to keep. `status`: menunggu, diusulkan, disetujui, dikembalikan.

    `reason`: ganda, lebih, kurang, batal, kedaluwarsa, or pengembalian when a plugin gives part of a payment back.
    """

    __tablename__ = "core_excess"
    __table_args__ = (Index("ix_core_excess_status", "status", "created_at"), CheckConstraint("amount > 0", name="amount"))

    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("core_bill.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("core_payment.id"))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(300), default="")
    status: Mapped[str] = mapped_column(String(20), default="menunggu")
    created_at: Mapped[datetime]
    bank: Mapped[str] = mapped_column(String(60), default="")
    account_number: Mapped[str] = mapped_column(String(40), default="")
    account_name: Mapped[str] = mapped_column(String(160), default="")
    proposed_by: Mapped[int | None]
    proposed_at: Mapped[datetime | None]
    approved_by: Mapped[int | None]
    approved_at: Mapped[datetime | None]
    sent_by: Mapped[int | None]
    sent_at: Mapped[datetime | None]
    ref_bank: Mapped[str] = mapped_column(String(64), default="")
    line_id: Mapped[int | None] = mapped_column(unique=True)


class CashClosing(Base):
    """A treasurer's till of one day, counted and closed; `sts`: the slip with which it goes to the bank."""

    __tablename__ = "core_cash_closing"
    __table_args__ = (UniqueConstraint("officer_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("core_account.id"))
    day: Mapped[date]
    payments: Mapped[int]
    expected: Mapped[int] = mapped_column(BigInteger)
    counted: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(300), default="")
    sts: Mapped[str] = mapped_column(String(30), unique=True)
    closed_at: Mapped[datetime]
    line_id: Mapped[int | None] = mapped_column(unique=True)


class BankStatement(Base):
    """A file of the bank that was read, once."""

    __tablename__ = "core_bank_statement"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    filename: Mapped[str] = mapped_column(String(160))
    account: Mapped[str] = mapped_column(String(40), default="")
    first_day: Mapped[date]
    last_day: Mapped[date]
    closing: Mapped[int | None] = mapped_column(BigInteger)
    uploaded_by: Mapped[int | None]
    uploaded_at: Mapped[datetime]


class BankLine(Base):
    """One line of a statement; the same line in two files is one. `amount` is negative for what left the account.

    `status`: cocok, selisih (found, but another amount), tak_dikenal.
    """

    __tablename__ = "core_bank_line"
    __table_args__ = (Index("ix_core_bank_line_status", "status", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("core_bank_statement.id"), index=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    day: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)
    ref_bank: Mapped[str] = mapped_column(String(64), index=True)
    text: Mapped[str] = mapped_column(String(300))
    kode_bayar: Mapped[str] = mapped_column(String(12), default="")
    status: Mapped[str] = mapped_column(String(20), default="tak_dikenal")
    asked_at: Mapped[datetime | None]


class SnapCall(Base):
    """A call of the bank that was answered: repeated with the same X-EXTERNAL-ID on the same day, it gets the same answer."""

    __tablename__ = "core_snap_call"
    __table_args__ = (UniqueConstraint("client_id", "day", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(String(64))
    day: Mapped[date]
    external_id: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(String(120))
    body_sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]


class BankContact(Base):
    """How the last call to a bank went."""

    __tablename__ = "core_bank_contact"

    provider: Mapped[str] = mapped_column(String(30), primary_key=True)
    at: Mapped[datetime]
    ok: Mapped[bool]
    detail: Mapped[str] = mapped_column(String(300), default="")
