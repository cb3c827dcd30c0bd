"""Ten thousand calls on bad days: late, double, reordered, forged, wrong, lost and told again. In the end books and bank agree."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from pendopo.contract import PaymentFound
from pendopo.identity import as_system
from pendopo.kit.payments import BillClosed, books, cancel_bill, find_bill, ledger, reconciling, snap, va_number
from pendopo.kit.payments.models import Bill, Excess, Payment
from pendopo.kit.payments.options import PREFIX
from pendopo.kit.payments.simulator.bank import FAULTS
from pendopo.testing.people import settle

AMOUNT = 50_000
WEIGHTS = {"late": 0.1, "double": 0.25, "lost": 0.08, "wrong": 0.05, "forged": 0.08, "reordered": 0.1}


class BadDays:
    """Payers and a bank without luck, by a seed. `waiting`: calls that are on their way, in no order."""

    def __init__(self, seed, db, wire, bank, codes, now):
        self.dice, self.db, self.wire, self.bank, self.codes, self.now = random.Random(seed), db, wire, bank, codes, now
        self.waiting, self.answers, self.calls = [], Counter(), 0

    def pay(self):
        """Somebody pays a bill, perhaps one that is paid already or cancelled, perhaps twice."""
        code = self.dice.choice(self.codes)
        faults = {name for name, weight in WEIGHTS.items() if self.dice.random() < weight}
        self.waiting += self.bank.pay("va", va_number(PREFIX, code), code, AMOUNT, at=self.now, faults=faults)

    def cancel(self):
        """An office takes a bill back, in time or too late."""
        one = find_bill(self.db, self.dice.choice(self.codes))
        with suppress(BillClosed):
            cancel_bill(self.db, as_system("uji"), one.id, reason="keliru", now=self.now)

    def tell(self):
        """One of the calls arrives, and often again."""
        notice = self.waiting.pop(self.dice.randrange(max(0, len(self.waiting) - 40), len(self.waiting)))
        for _again in range(1 + (self.dice.random() < 0.35)):
            answer = self.wire.send(self.db, notice)
            self.answers[answer.status] += 1
            self.calls += 1
            assert answer.status == (401 if notice.forged else 200), answer
            if not notice.forged and self.dice.random() < 0.9:  # else the answer is lost, and the bank tells it again in the end
                self.bank.confirmed(notice.reference)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("calls", [1_000, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.once])])
def test_thousands_of_faults_leave_books_and_bank_in_balance(db, portal, wire, bank, make_bill, officer, now, monkeypatch, calls):
    treasurer = officer("tagihan.reconcile", scope="regency")
    days = BadDays(3604, db, wire, bank, [make_bill(amount=AMOUNT, key=f"hari-buruk:{number}").kode_bayar for number in range(calls // 8)], now)
    while days.calls < calls:
        for _payer in range(20):
            days.pay()
            if days.waiting and days.dice.random() < 0.97:
                days.tell()
        days.cancel()
        settle()
    lost = [notice for notice in bank.untold() if days.dice.random() < 0.5]  # half of what was lost comes again, half never
    days.waiting += [*bank.release(), *lost]
    while days.waiting:
        days.tell()
        settle()
    assert set(WEIGHTS) == set(FAULTS)
    assert days.answers[401] > calls / 100

    monkeypatch.setattr(portal.host, "demand", lambda hook, order: found_at(bank, order))
    statement = bank.statement_csv(now.date(), now.date()).encode()
    reconciling.enter_statement(db, treasurer, "hari-buruk.csv", statement, now=now)
    monkeypatch.setattr(reconciling.ways, "offered", lambda: [reconciling.ways.PaymentWay("va", "snap")])
    settle()
    ask_about_every_unknown(portal, db)

    in_balance(db, bank)


def found_at(bank, order):
    known = bank.payments_of(order.kode_bayar)
    return [PaymentFound(order.kode_bayar, one["referenceNo"], snap.read_rupiah(one["paidAmount"]), snap.read_stamp(one["trxDateTime"])) for one in known]


def ask_about_every_unknown(portal, db):
    """What the outbox would do, without drawing thousands of receipts meanwhile."""
    from pendopo.outbox import OutboxRow

    asked = list(db.scalars(select(OutboxRow.payload).where(OutboxRow.kind == reconciling.ASK)))
    assert asked
    settle()
    for payload in asked:
        reconciling._ask_bank(portal, SimpleNamespace(payload=payload))
    db.expire_all()


def in_balance(db, bank):
    counted = {(kode, ref): amount for kode, ref, amount in db.execute(select(Payment.kode_bayar, Payment.ref_bank, Payment.amount))}
    assert counted == {(one.kode_bayar, one.reference): one.amount for one in bank.transfers}  # every transfer once, and nothing else
    settled = Counter(db.scalars(select(Payment.bill_id).where(Payment.outcome == "lunas")))
    assert set(settled.values()) <= {1}
    assert set(settled) == set(db.scalars(select(Bill.id).where(Bill.status == "lunas")))
    revenue = db.scalar(select(func.sum(Bill.paid_amount)))
    excess = db.scalar(select(func.sum(Excess.amount)))
    assert revenue == AMOUNT * len(settled)
    assert {"ganda", "batal", "kurang"} <= set(db.scalars(select(Excess.reason))), "days were not bad enough"
    assert revenue + excess == bank.balance
    assert (ledger.balance(db, ledger.BANK), ledger.balance(db, ledger.TRANSIT), ledger.balance(db, ledger.UNKNOWN)) == (bank.balance, 0, 0)
    assert (ledger.balance(db, "4.1.01.15"), ledger.balance(db, ledger.EXCESS)) == (revenue, excess)
    proof = books.proof(db)
    assert proof.holds
    assert proof.bank_says == bank.balance


@pytest.mark.once
def test_a_simulator_bank_remembers_after_its_own_end(tmp_path, now):
    from pendopo.kit.payments.simulator.bank import Bank

    path = tmp_path / "journal.jsonl"
    first = Bank(path)
    first.make_code("TGH000000001", 5000, {"billNumber": "123456789012"})
    told = first.pay("qris", "TGH000000001", "123456789012", 5000, at=now)
    first.pay("va", f"{PREFIX}1234567890120", "123456789012", 7000, at=now + timedelta(seconds=1))
    first.confirmed(told[0].reference)
    again = Bank(path)

    assert again.codes == first.codes
    assert again.transfers == first.transfers
    assert [notice.reference for notice in again.untold()] == [first.transfers[1].reference]
