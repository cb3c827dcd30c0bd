"""Whatever happens to a bill, in whatever order: every rupiah is somewhere once, and a closed bill stays closed."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from pendopo.errors import DomainError
from pendopo.kit import payments
from pendopo.kit.payments import billing, books, counter, excess, ledger, reconciling
from pendopo.kit.payments.models import Bill, Excess, Payment
from pendopo.kit.payments.receiving import Arrival, receive_payment

AMOUNT = 50_000
LAWFUL = {"belum_bayar": {"lunas", "batal", "kedaluwarsa"}, "kedaluwarsa": {"lunas", "batal"}, "lunas": set(), "batal": set()}
STEPS = ("pay", "pay", "pay", "again", "cash", "cancel", "expire", "give_back", "propose", "approve", "send", "statement", "late")


class Life:
    """Two bills with a penalty and an end, the people around them, and what the bank has seen."""

    def __init__(self, db, make_bill, people, now, run):
        self.db, self.now, self.run = db, now, run
        self.bills = [make_bill(amount=AMOUNT, key=f"hidup:{run}:{n}", due=now.date(), expires_at=now + timedelta(days=40)).id for n in range(2)]
        self.one, self.two, self.cashier = people
        self.told, self.sent, self.shown, self.lines = [], 0, set(), 0

    def bill(self, draw):
        return self.db.get_one(Bill, draw(st.sampled_from(self.bills)))

    def arrive(self, arrival):
        self.told.append(arrival)
        receive_payment(self.db, arrival, now=self.now)

    def pay(self, draw):
        one, amount = self.bill(draw), draw(st.sampled_from((AMOUNT, AMOUNT // 100 * 101, AMOUNT * 2, 1, AMOUNT - 1)))
        at = self.now - timedelta(days=draw(st.integers(0, 3)))
        self.arrive(Arrival(one.kode_bayar, f"B{self.run}-{len(self.told)}", amount, at, "va", "bank"))

    def again(self, draw):
        if self.told:
            receive_payment(self.db, draw(st.sampled_from(self.told)), now=self.now)

    def cash(self, draw):
        counter.take_cash(self.db, self.cashier, self.bill(draw).kode_bayar, now=self.now)

    def cancel(self, draw):
        payments.cancel_bill(self.db, self.one, self.bill(draw).id, reason="keliru", now=self.now)

    def expire(self, draw):
        billing.expire_bills(self.db, now=self.now)

    def give_back(self, draw):
        amount = draw(st.integers(1, AMOUNT + 1000))
        payments.refund(self.db, self.one, self.bill(draw).id, amount, reason="keringanan", key=f"{self.run}:{draw(st.integers(0, 3))}", now=self.now)

    def _excess(self, draw):
        ids = list(self.db.scalars(select(Excess.id).where(Excess.bill_id.in_(self.bills))))
        return draw(st.sampled_from(ids)) if ids else 0

    def propose(self, draw):
        excess.propose(self.db, self.one, self._excess(draw), bank="BJB", account_number="1", account_name="Siti", now=self.now)

    def approve(self, draw):
        excess.approve(self.db, draw(st.sampled_from((self.one, self.two))), self._excess(draw), now=self.now)

    def send(self, draw):
        self.sent += 1
        excess.note_sent(self.db, self.one, self._excess(draw), ref_bank=f"K{self.run}-{self.sent}", now=self.now)

    def statement(self, draw):
        """The bank shows what it has of these bills and has not shown yet, and perhaps money that nobody knows."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";")
        writer.writerow(["tanggal", "keterangan", "referensi", "debit", "kredit"])
        seen = {one.ref_bank: ("", one.amount) for one in self.told}
        sent = select(Excess).where(Excess.bill_id.in_(self.bills), Excess.status == "dikembalikan")
        seen |= {one.ref_bank: (one.amount, "") for one in self.db.scalars(sent)}
        new = {ref: pair for ref, pair in seen.items() if ref not in self.shown}
        if draw(st.booleans()):
            self.lines += 1
            new[f"ASING{self.run}-{self.lines}"] = ("", 7_000)
        for ref, (debit, credit) in new.items():
            writer.writerow([self.now.date().isoformat(), "mutasi", ref, debit, credit])
        if new:
            self.shown |= set(new)
            reconciling.enter_statement(self.db, self.two, f"{self.run}-{len(self.shown)}.csv", out.getvalue().encode(), now=self.now)

    def late(self, draw):
        self.now += timedelta(days=draw(st.sampled_from((1, 35, 60))))


@pytest.fixture
def around(people):
    rights = ("tagihan.receive_cash", "tagihan.propose_refund", "tagihan.approve_refund", "tagihan.reconcile")
    return [people.officer(*rights, scope="regency", name=name) for name in ("Satu", "Dua", "Kasir")]


@pytest.fixture
def runs():
    return iter(range(10_000))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.sampled_from(STEPS), min_size=4, max_size=16), st.data())
def test_every_rupiah_is_somewhere_once(db, make_bill, around, runs, now, steps, data):
    life = Life(db, make_bill, around, now, next(runs))
    status = dict.fromkeys(life.bills, "belum_bayar")
    for step in steps:
        try:
            with db.begin_nested():
                getattr(life, step)(data.draw)
        except DomainError:
            continue  # refused, and nothing of it stays: what follows would find it
        finally:
            db.expire_all()
        for bill_id, before in status.items():
            after = db.get_one(Bill, bill_id).status
            assert after == before or after in LAWFUL[before]
            status[bill_id] = after
        assert books.proof(db).holds
    in_balance(db, life)


def in_balance(db, life):
    """What came in is revenue, or somebody's; what a bill says of itself is what was paid for it."""

    def total(column, *where):
        return int(db.scalar(select(func.coalesce(func.sum(column), 0)).where(*where)) or 0)

    mine = Payment.bill_id.in_(life.bills)
    assert total(Payment.amount, mine) == total(Bill.paid_amount, Bill.id.in_(life.bills)) + total(Excess.amount, Excess.bill_id.in_(life.bills), Excess.payment_id.is_not(None))
    assert total(Bill.refunded, Bill.id.in_(life.bills)) == total(Excess.amount, Excess.bill_id.in_(life.bills), Excess.payment_id.is_(None))
    for one in db.scalars(select(Bill).where(Bill.id.in_(life.bills))):
        settled = db.scalar(select(func.count()).select_from(Payment).where(Payment.bill_id == one.id, Payment.outcome == "lunas"))
        assert settled == (one.status == "lunas")
        assert one.refunded <= (one.paid_amount or 0)
    assert ledger.balance(db, "4.1.01.15") + ledger.balance(db, "4.1.04.12") == total(Bill.paid_amount) - total(Bill.refunded)
