"""From a tax to a bill and back: bill kinds, interest for being late, and what becomes paid when money has arrived."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, live
from pendopo.http import url
from pendopo.identity import as_system, find_opd
from pendopo.kit.berkas import move_berkas
from pendopo.kit.payments import Bill, BillClosed, BillKind, NewBill, bill, bill_for, cancel_bill

from .models import BPHTB, SPPT, SPTPD, Ketetapan, WajibPajak
from .nop import show_nop
from .options import option
from .rules import late_interest
from .taxes import ALL, DECLARED, TAX, Tax

SYSTEM = as_system(N_("Pembayaran pajak"))


class NothingToPay(Conflict):
    message = N_("Tidak ada yang harus dibayar: sudah lunas, nihil, atau sudah diganti.")


@dataclass(frozen=True)
class Source:
    """Where the bills of a kind come from."""

    model: Any
    due: Callable[[Any], date | None]
    amount: Callable[[Any], int]
    key: Callable[[Any], str]
    desc: Callable[[Any], str]
    payer: Callable[[Session, Any], tuple[int | None, str]]


def _wp_payer(db: Session, wp_id: int) -> tuple[int | None, str]:
    wp = db.get_one(WajibPajak, wp_id)
    return wp.account_id, wp.nama


def _declaration_words(row: Any, jenis: str) -> str:
    return f"{TAX[jenis].title} {row.masa:%m/%Y} {row.usaha.nama}"


SOURCES = {
    "sppt": Source(
        SPPT,
        lambda row: row.jatuh_tempo,
        lambda row: row.terutang if row.status == "belum" and row.berlaku else 0,
        lambda row: f"pbb:{row.nop}:{row.tahun}:{row.versi}",
        lambda row: f"PBB-P2 {row.tahun} NOP {show_nop(row.nop)}",
        lambda db, row: (_wp_payer(db, row.wp_id)[0], row.nama),
    ),
    "sptpd": Source(
        SPTPD,
        lambda row: row.batas_bayar,
        lambda row: row.pajak - row.kredit if row.paid_at is None and row.berkas.is_open else 0,
        lambda row: f"sptpd:{row.berkas_id}",
        lambda row: _declaration_words(row, row.usaha.jenis),
        lambda db, row: _wp_payer(db, row.usaha.wp_id),
    ),
    "opsen": Source(
        SPTPD,
        lambda row: row.batas_bayar,
        lambda row: row.opsen - row.opsen_kredit if row.opsen_paid_at is None and row.berkas.is_open else 0,
        lambda row: f"opsen:{row.berkas_id}",
        lambda row: _declaration_words(row, "opsen_mblb"),
        lambda db, row: _wp_payer(db, row.usaha.wp_id),
    ),
    "bphtb": Source(
        BPHTB,
        lambda row: None,
        lambda row: row.pajak if row.paid_at is None and row.berkas.state == "menunggu_bayar" else 0,
        lambda row: f"bphtb:{row.berkas_id}",
        lambda row: f"BPHTB {row.berkas.register} NOP {show_nop(row.nop)}",
        lambda db, row: (row.berkas.applicant_id, row.penerima),
    ),
    "skpd": Source(
        Ketetapan,
        lambda row: row.jatuh_tempo,
        lambda row: row.total if row.status == "belum" else 0,
        lambda row: f"skpd:{row.id}",
        lambda row: f"{row.nomor}: {row.uraian}",
        lambda db, row: _wp_payer(db, row.wp_id),
    ),
}
BY_KIND = {"pbb": "sppt", "bphtb": "bphtb", "opsen_mblb": "opsen"}


def source_of(kind: str) -> Source:
    return SOURCES[BY_KIND.get(kind, "skpd" if kind.startswith("skpd_") else "sptpd")]


def interest_on(db: Session, amount: int, due: date | None, on: date) -> int:
    """What being late costs on a day, as the settings of that day say."""
    if due is None:
        return 0
    return late_interest(amount, due, on, percent=option(db, "bunga_persen", on), most=int(option(db, "bunga_bulan", on)))


def penalty(db: Session, one: Bill, on: date) -> int:
    row = db.get(source_of(one.kind).model, one.ref)
    return interest_on(db, one.amount, source_of(one.kind).due(row), on) if row is not None else 0


def _home(db: Session, one: Bill) -> str:
    """The matter behind a bill, for its payer."""
    row = db.get(source_of(one.kind).model, one.ref)
    if row is None:
        return ""
    if isinstance(row, SPPT):
        return url("pajak:sppt", nop=row.nop, tahun=row.tahun)
    if isinstance(row, Ketetapan):
        return url("pajak:assessment", id=row.id)
    return url("pajak:berkas", id=row.berkas_id)


def _kind(slug: str, tax: Tax) -> BillKind:
    """Interest goes to its own account; on money of the province to the province."""
    more = {"penalty_account": tax.account} if tax.how == "titipan" else {}
    return BillKind(slug, "gawe_pajak", tax.title, tax.account, "anyone", penalty, home=_home, **more)


KINDS = {kind.slug: kind for kind in (
    *(_kind(slug, TAX[slug]) for slug in ("pbb", "bphtb", *DECLARED, "opsen_mblb")),
    *(_kind(f"skpd_{tax.slug}", tax) for tax in ALL if tax.how != "samsat"),
)}  # fmt: skip


def kind_of(row: Any) -> BillKind:
    if isinstance(row, SPPT):
        return KINDS["pbb"]
    if isinstance(row, BPHTB):
        return KINDS["bphtb"]
    return KINDS[f"skpd_{row.jenis}" if isinstance(row, Ketetapan) else row.usaha.jenis]


def bill_of(db: Session, row: Any, *, kind: BillKind | None = None, now: datetime, tell_payer: bool = False) -> Bill:
    """The bill of an unpaid SPPT, SPTPD, BPHTB or Ketetapan, made when it is first asked for. Raises NothingToPay.

    `kind`: for the opsen of an SPTPD, which is a bill beside its tax.
    """
    kind = kind or kind_of(row)
    new = new_bill(db, row, kind)
    return bill(db, kind, **{field.name: getattr(new, field.name) for field in fields(new)}, tell_payer=tell_payer, now=now)


def new_bill(db: Session, row: Any, kind: BillKind) -> NewBill:
    """What is to be billed of a row. Raises NothingToPay."""
    source = source_of(kind.slug)
    amount = source.amount(row)
    if amount <= 0:
        raise NothingToPay()
    payer_id, payer_name = source.payer(db, row)
    return NewBill(
        ref=row_id(row), amount=amount, payer_id=payer_id, payer_name=payer_name, desc=source.desc(row), due=source.due(row), opd_id=opd_id(db),
        key=source.key(row),
    )  # fmt: skip


def opd_id(db: Session) -> int | None:
    """The office that collects taxes."""
    opd = find_opd(db, str(option(db, "opd")))
    return opd.id if opd else None


def row_id(row: Any) -> int:
    return row.berkas_id if isinstance(row, SPTPD | BPHTB) else row.id


def withdraw(db: Session, kind: str, ref: int, *, reason: str = "", now: datetime) -> None:
    """Nobody may pay the bill of a row any more. Raises BillClosed when somebody has."""
    made = bill_for(db, KINDS[kind], ref)
    if made is not None and made.status in ("belum_bayar", "kedaluwarsa", "lunas"):
        cancel_bill(db, SYSTEM, made.id, reason=reason or "diganti", now=now)


def hear_paid(db: Session, kind: str, ref: int, bill_id: int, paid_at: datetime, amount: int, ntpd: str) -> bool:
    """Money has arrived: the row behind the bill is paid, once. False when it was so already."""
    model = source_of(kind).model
    key = model.berkas_id if model in (SPTPD, BPHTB) else model.id
    when, values = model.paid_at, {"paid_at": paid_at, "dibayar": amount, "ntpd": ntpd, "bill_id": bill_id}
    if kind == "opsen_mblb":
        when, values = SPTPD.opsen_paid_at, {"opsen_paid_at": paid_at}
    elif model in (SPPT, Ketetapan):
        values["status"] = "lunas"
    marking = update(model).where(key == ref, when.is_(None)).values(**values).returning(key)
    if db.scalar(marking.execution_options(synchronize_session=False)) is None:
        return False
    row = db.scalar(select(model).where(key == ref).execution_options(populate_existing=True))
    if model in (SPTPD, BPHTB) and is_settled(row):
        move_berkas(db, SYSTEM, ref, "bayar", note=f"NTPD {ntpd}", now=datetime.now(UTC))
    if model is SPPT:
        live.publish(db, f"public:pajak-dhkp-{row.desa_code}")
    return True


def is_settled(row: Any) -> bool:
    """Is a declaration paid whole: the regency's tax and, where there is one, the province's opsen?"""
    if isinstance(row, BPHTB):
        return row.paid_at is not None
    return (row.paid_at is not None or row.pajak <= row.kredit) and (row.opsen_paid_at is not None or row.opsen <= row.opsen_kredit)


__all__ = ["KINDS", "BillClosed", "NothingToPay", "bill_of", "hear_paid", "interest_on", "is_settled", "kind_of", "new_bill", "opd_id", "penalty", "withdraw"]
