"""The ledger: every move of money, twice named, once written.

A line moves an amount from the account `credit` to the account `debit`, so that nothing that is written here can be out
of balance. Accounts of the house have names of ours (`HOUSE`); the number under which a regency prints them is a setting.
Revenue accounts are numbers that the kinds of bills name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from ...db import insert_once
from ...i18n import N_
from ...identity.loading import regency_day
from .models import LedgerMove

BANK = "kas_daerah"  # what the statements of the bank say
TRANSIT = "dalam_perjalanan"  # told by the bank or on its way there, not yet in a statement
CASH = "kas_bendahara"
EXCESS = "kelebihan_bayar"
UNKNOWN = "belum_dikenal"
DIFFERENCE = "selisih_kas"
HOUSE = {
    BANK: N_("Rekening kas umum daerah"),
    TRANSIT: N_("Setoran dalam perjalanan"),
    CASH: N_("Kas di bendahara penerimaan"),
    EXCESS: N_("Utang kelebihan pembayaran"),
    UNKNOWN: N_("Penerimaan belum dikenali"),
    DIFFERENCE: N_("Selisih kas"),
}
ASSETS = (BANK, TRANSIT, CASH)

Move = tuple[str, str, int]  # debit, credit, amount


def post(db: Session, entry: str, moves: Iterable[Move], *, text: str, now: datetime, actor_id: int | None = None) -> bool:
    """Write an entry; moves of nothing are left out. False when it stands there already: what it books is booked once."""
    said = {"entry": entry, "day": regency_day(now), "at": now, "text": text[:200], "actor_id": actor_id}
    new = [insert_once(db, LedgerMove, ("entry", "debit", "credit"), debit=debit, credit=credit, amount=sum_, **said) for debit, credit, sum_ in moves if sum_]
    return any(new)


@dataclass(frozen=True)
class Balance:
    """What an account took in (`debit`), gave away (`credit`), and what is left on the side where it usually stands."""

    account: str
    debit: int
    credit: int

    @property
    def left(self) -> int:
        return self.debit - self.credit if self.account in ASSETS else self.credit - self.debit


def balances(db: Session, until: date | None = None) -> list[Balance]:
    """Every account that ever moved, up to the end of a day; accounts of the house first."""
    moved = select(LedgerMove.debit, LedgerMove.credit, func.sum(LedgerMove.amount)).group_by(LedgerMove.debit, LedgerMove.credit)
    if until is not None:
        moved = moved.where(LedgerMove.day <= until)
    sums: dict[str, list[int]] = {}
    for debit, credit, amount in db.execute(moved):
        sums.setdefault(debit, [0, 0])[0] += int(amount)
        sums.setdefault(credit, [0, 0])[1] += int(amount)
    order = list(HOUSE)
    return [Balance(name, *sums[name]) for name in sorted(sums, key=lambda name: (order.index(name) if name in order else len(order), name))]


def balance(db: Session, account: str) -> int:
    """What stands on one account now."""
    signed = case((LedgerMove.debit == account, LedgerMove.amount), else_=-LedgerMove.amount)
    moved = int(db.scalar(select(func.coalesce(func.sum(signed), 0)).where(or_(LedgerMove.debit == account, LedgerMove.credit == account))) or 0)
    return moved if account in ASSETS else -moved


def moves_of(db: Session, account: str, *, limit: int = 100, offset: int = 0) -> list[LedgerMove]:
    """The newest moves of one account first."""
    of = select(LedgerMove).where(or_(LedgerMove.debit == account, LedgerMove.credit == account))
    return list(db.scalars(of.order_by(LedgerMove.id.desc()).limit(limit).offset(offset)))


def entry_of(db: Session, entry: str) -> list[LedgerMove]:
    return list(db.scalars(select(LedgerMove).where(LedgerMove.entry == entry).order_by(LedgerMove.id)))
