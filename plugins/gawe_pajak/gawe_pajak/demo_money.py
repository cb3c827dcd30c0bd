"""The money of the invented year: what was paid stands in the books with bill, statement and NTPD; what is owed has its bill."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from pendopo.identity import Account
from pendopo.kit.berkas import Berkas
from pendopo.kit.dates import regency_day
from pendopo.kit.payments import BillKind, NewBill, PaidBill, bill_many, plant_paid_bills

from .models import BPHTB, SPPT, SPTPD, Ketetapan, WajibPajak
from .options import option
from .paying import KINDS, kind_of, new_bill, opd_id, source_of
from .rules import late_interest


@dataclass(frozen=True)
class Past:
    """A bill of `row` that was paid; `billed_at`: when it was made."""

    kind: BillKind
    ref: int
    row: Any
    amount: int
    payer: tuple[int | None, str]
    billed_at: datetime
    paid_at: datetime


def plant(db: Session, *, now: datetime) -> None:
    """Bills and payments for every row that says it was paid, and open bills for what businesses and buyers owe."""
    warga = db.scalar(select(Account.id).where(Account.handle == "warga"))
    office, percent, most = opd_id(db), option(db, "bunga_persen"), int(option(db, "bunga_bulan"))
    found: dict[str, list[Past]] = defaultdict(list)
    for past in (*_objects(db), *_matters(db)):
        found[past.kind.slug].append(past)
    for slug, some in found.items():
        source = source_of(slug)
        bills = []
        for n, past in enumerate(some):
            due = source.due(past.row)
            late = late_interest(past.amount, due, regency_day(past.paid_at), percent=percent, most=most) if due else 0
            bills.append(
                PaidBill(
                    ref=past.ref, amount=past.amount, penalty=late, payer_id=past.payer[0],
                    payer_name=past.payer[1], desc=source.desc(past.row), due=due, opd_id=office, key=source.key(past.row), billed_at=past.billed_at,
                    paid_at=past.paid_at, way="qris" if n % 3 else "va", receipt=past.payer[0] is not None and past.payer[0] == warga,
                )
            )  # fmt: skip
        _mark(db, slug, plant_paid_bills(db, KINDS[slug], bills, now=now))
    _owe(db, now)


def _objects(db: Session) -> Iterator[Past]:
    columns = (SPPT.id.label("sppt_id"), SPPT.nop, SPPT.tahun, SPPT.versi, SPPT.nama, SPPT.terutang, SPPT.jatuh_tempo, SPPT.paid_at, WajibPajak.account_id)
    paid = select(*columns).join(WajibPajak, WajibPajak.id == SPPT.wp_id).where(SPPT.paid_at.is_not(None)).order_by(SPPT.id)
    for row in db.execute(paid):
        yield Past(KINDS["pbb"], row.sppt_id, row, row.terutang, (row.account_id, row.nama), row.paid_at - timedelta(minutes=7), row.paid_at)


def _matters(db: Session) -> Iterator[Past]:
    for row in db.scalars(select(SPTPD).where(SPTPD.paid_at.is_not(None)).order_by(SPTPD.berkas_id)).unique():
        payer = (row.usaha.wp.account_id, row.usaha.wp.nama)
        yield Past(kind_of(row), row.berkas_id, row, row.pajak, payer, row.dilaporkan_at, row.paid_at)
        if row.opsen:
            yield Past(KINDS["opsen_mblb"], row.berkas_id, row, row.opsen, payer, row.dilaporkan_at, row.paid_at)
    for one in db.scalars(select(Ketetapan).where(Ketetapan.paid_at.is_not(None)).order_by(Ketetapan.id)).unique():
        yield Past(kind_of(one), one.id, one, one.total, (one.wp.account_id, one.wp.nama), one.terbit_at, one.paid_at)
    for buyer in db.scalars(select(BPHTB).where(BPHTB.paid_at.is_not(None)).order_by(BPHTB.berkas_id)).unique():
        yield Past(KINDS["bphtb"], buyer.berkas_id, buyer, buyer.pajak, (buyer.berkas.applicant_id, buyer.penerima), buyer.at, buyer.paid_at)


def _mark(db: Session, slug: str, bills: list[Any]) -> None:
    """What the books say goes back to the rows."""
    if slug == "opsen_mblb" or not bills:
        return
    table = source_of(slug).model.__table__
    key = table.c.berkas_id if "berkas_id" in table.c else table.c.id
    marking = update(table).where(key == bindparam("ref")).values(bill_id=bindparam("bill"), dibayar=bindparam("sum"), ntpd=bindparam("number"))
    db.execute(marking, [{"ref": one.ref, "bill": one.id, "sum": one.paid_amount, "number": one.ntpd} for one in bills])
    db.expire_all()


def _owe(db: Session, now: datetime) -> None:
    """Open bills: declared or assessed and not paid; those of PBB are made when somebody wants to pay."""
    owed: dict[str, list[NewBill]] = defaultdict(list)
    declared = select(SPTPD).join(Berkas, Berkas.id == SPTPD.berkas_id).where(Berkas.state == "dilaporkan")
    bought = select(BPHTB).join(Berkas, Berkas.id == BPHTB.berkas_id).where(Berkas.state == "menunggu_bayar")
    for query in (declared, bought, select(Ketetapan).where(Ketetapan.status == "belum")):
        for row in db.scalars(query).unique():
            owed[kind_of(row).slug].append(new_bill(db, row, kind_of(row)))
            if isinstance(row, SPTPD) and row.opsen:
                owed["opsen_mblb"].append(new_bill(db, row, KINDS["opsen_mblb"]))
    for slug, some in owed.items():
        bill_many(db, KINDS[slug], some, now=now)
