"""The books as people read them: accounts with number and name, their moves, and whether all of it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from ...errors import NotFound
from ...i18n import _, words_of
from ...identity import Account
from ...registry import current
from .. import settings
from . import ledger, reconciling
from .models import BankLine, BankStatement, CashClosing, Excess, LedgerMove, Payment

PER_PAGE = 50


@dataclass(frozen=True)
class Named:
    """An account: its own name, the number under which it is printed, and words."""

    account: str
    number: str
    title: str


@dataclass(frozen=True)
class AccountPage:
    """A page of an account's moves. `others`: the words of the accounts on their other side."""

    named: Named
    others: dict[str, str]
    balance: int
    moves: list[LedgerMove]
    pages: int


def named(db: Session, account: str) -> Named:
    """How an account is shown; a revenue account by the kinds of bills that use it."""
    if account in ledger.HOUSE:
        return Named(account, str(settings.value(db, "tagihan.akun").get(account, "")), _(ledger.HOUSE[account]))
    kinds = current().bill_kinds.values()
    titles = dict.fromkeys(words_of(kind.plugin, kind.title) for kind in kinds if kind.account == account)
    if titles:
        return Named(account, account, ", ".join(titles))
    return Named(account, account, _("Denda") if any(kind.penalty_account == account for kind in kinds) else _("Pendapatan"))


def accounts(db: Session, until: date | None) -> list[tuple[Named, ledger.Balance]]:
    return [(named(db, one.account), one) for one in ledger.balances(db, until)]


def account(db: Session, name: str, number: int) -> AccountPage:
    """A page of the moves of an account. Raises NotFound for one that never moved."""
    count = db.scalar(select(func.count()).select_from(LedgerMove).where(or_(LedgerMove.debit == name, LedgerMove.credit == name))) or 0
    if not count:
        raise NotFound()
    moves = ledger.moves_of(db, name, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    others = {other: named(db, other).title for other in {one.debit for one in moves} | {one.credit for one in moves}}
    return AccountPage(named(db, name), others, ledger.balance(db, name), moves, -(-count // PER_PAGE))


def names(db: Session, *account_ids: int | None) -> dict[int, str]:
    wanted = [one for one in account_ids if one is not None]
    return dict(db.execute(select(Account.id, Account.name).where(Account.id.in_(wanted))).all())  # type: ignore[arg-type]


@dataclass(frozen=True)
class Open:
    """How far the bank's statements are read."""

    last: date | None
    oldest: date | None
    waiting: int


def reconciliation(db: Session) -> Open:
    waiting = db.scalar(select(func.count()).select_from(Payment).where(Payment.way.in_(("qris", "va")), Payment.line_id.is_(None))) or 0
    return Open(reconciling.last_reconciled(db), reconciling.first_unreconciled(db), waiting)


@dataclass(frozen=True)
class Proof:
    """Whether the accounts say what the tables say; `faults` names those that do not."""

    faults: list[str]
    bank_says: int | None

    @property
    def holds(self) -> bool:
        return not self.faults


def proof(db: Session) -> Proof:
    """Look whether the ledger and the tables it books are of one mind."""

    def total(column: object, *conditions: object) -> int:
        return int(db.scalar(select(func.coalesce(func.sum(column), 0)).where(*conditions)) or 0)  # type: ignore[arg-type, call-overload]

    cash = Payment.way == "loket"
    closed, told, shown = total(CashClosing.counted), total(Payment.amount, ~cash), total(BankLine.amount)
    unknown = total(BankLine.amount, BankLine.status == "tak_dikenal")
    sent = total(Excess.amount, Excess.status == "dikembalikan")
    expected = {
        ledger.BANK: shown,
        ledger.TRANSIT: told + closed - sent - (shown - unknown),
        ledger.CASH: total(Payment.amount, cash) - total(CashClosing.expected),
        ledger.EXCESS: total(Excess.amount) - sent,
        ledger.UNKNOWN: unknown,
    }
    found = {one.account: one.left for one in ledger.balances(db)}
    newest = select(BankStatement.closing).where(BankStatement.closing.is_not(None)).order_by(BankStatement.last_day.desc(), BankStatement.id.desc())
    return Proof([name for name, amount in expected.items() if found.get(name, 0) != amount], db.scalar(newest.limit(1)))
