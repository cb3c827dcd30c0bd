"""A bill is made once and paid once, whatever arrives."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from pendopo.kit import payments
from pendopo.kit.payments import billing, ledger
from pendopo.kit.payments.models import Excess, Payment
from pendopo.kit.payments.receiving import Arrival, receive_payment


def arrival(bill, amount=None, ref="B1", at=None, way="va"):
    return Arrival(bill.kode_bayar, ref, amount if amount is not None else bill.amount, at, way, "bank")


def test_the_same_key_makes_one_bill(db, make_bill):
    assert make_bill(key="satu").id == make_bill(key="satu").id
    assert make_bill(key="dua").kode_bayar != make_bill(key="satu").kode_bayar


def test_a_paid_bill_has_a_number_and_stands_in_the_books(db, make_bill, now):
    bill = make_bill(amount=97_600)
    receive_payment(db, arrival(bill, at=now), now=now)
    db.refresh(bill)

    assert (bill.status, bill.paid_amount, len(bill.ntpd)) == ("lunas", 97_600, 16)
    assert ledger.balance(db, ledger.TRANSIT) == 97_600
    assert ledger.balance(db, "4.1.01.15") == 97_600


def test_the_same_call_twice_is_counted_once(db, make_bill, now):
    bill = make_bill()
    first = receive_payment(db, arrival(bill, at=now), now=now)
    second = receive_payment(db, arrival(bill, at=now), now=now + timedelta(hours=1))

    assert first.id == second.id
    assert db.scalar(select(func.count()).select_from(Excess)) == 0


def test_a_second_payment_goes_to_the_queue_of_excess(db, make_bill, now):
    bill = make_bill(amount=50_000)
    receive_payment(db, arrival(bill, at=now), now=now)
    second = receive_payment(db, arrival(bill, ref="B2", at=now), now=now)

    assert second.outcome == "ganda"
    assert [(one.amount, one.reason) for one in db.scalars(select(Excess))] == [(50_000, "ganda")]
    assert ledger.balance(db, ledger.EXCESS) == 50_000


@pytest.mark.parametrize(("paid", "outcome", "excess"), [(49_999, "kurang", 49_999), (50_000, "lunas", 0), (50_001, "lunas", 1)])
def test_a_wrong_amount_is_never_lost(db, make_bill, now, paid, outcome, excess):
    bill = make_bill(amount=50_000)
    payment = receive_payment(db, arrival(bill, paid, at=now), now=now)

    assert payment.outcome == outcome
    assert ledger.balance(db, ledger.EXCESS) == excess
    assert ledger.balance(db, ledger.TRANSIT) == paid


def test_the_penalty_of_the_day_of_payment_counts(db, make_bill, now):
    bill = make_bill(amount=97_600, due=date(2026, 10, 31))
    late = receive_payment(db, arrival(bill, 97_600, at=now), now=now)
    assert late.outcome == "kurang"
    paid = receive_payment(db, arrival(bill, 97_600 + 976, ref="B2", at=now), now=now)
    db.refresh(bill)

    assert (paid.outcome, bill.paid_amount, bill.paid_penalty) == ("lunas", 98_576, 976)
    assert ledger.balance(db, "4.1.04.12") == 976


def test_a_cancelled_bill_takes_no_money_but_keeps_track_of_it(db, make_bill, officer, now):
    bill = make_bill(amount=50_000)
    payments.cancel_bill(db, officer(), bill.id, reason="salah", now=now)
    late = receive_payment(db, arrival(bill, at=now), now=now)

    assert late.outcome == "batal"
    with pytest.raises(payments.BillClosed):
        payments.cancel_bill(db, officer(), bill.id, reason="lagi", now=now)


def test_an_expired_bill_is_still_paid_by_who_paid_in_time(db, make_bill, now):
    early, late = make_bill(key="a", expires_at=now), make_bill(key="b", expires_at=now)
    assert billing.expire_bills(db, now=now + timedelta(hours=1)) == 2
    told = now + timedelta(hours=2)

    assert receive_payment(db, arrival(early, at=now - timedelta(minutes=1)), now=told).outcome == "lunas"
    assert receive_payment(db, arrival(late, at=now + timedelta(minutes=1)), now=told).outcome == "kedaluwarsa"


def test_part_of_a_paid_bill_can_be_given_back_once(db, make_bill, officer, now):
    bill = make_bill(amount=50_000)
    receive_payment(db, arrival(bill, at=now), now=now)
    for _ in range(2):
        payments.refund(db, officer(), bill.id, 20_000, reason="pengurangan", key="k1", now=now)
    db.refresh(bill)

    assert bill.refunded == 20_000
    assert ledger.balance(db, "4.1.01.15") == 30_000
    with pytest.raises(payments.AmountRefused):
        payments.refund(db, officer(), bill.id, 30_001, reason="terlalu banyak", key="k2", now=now)


def test_the_payer_is_told_and_the_plugin_hears_it(db, portal, make_bill, resident, now, deliver):
    bill = make_bill(payer_id=resident.account_id)
    receive_payment(db, arrival(bill, at=now), now=now)
    deliver()

    from pendopo.outbox import OutboxRow

    facts = db.scalars(select(OutboxRow).where(OutboxRow.kind == "fact", OutboxRow.target == "bill_paid")).all()
    assert [fact.payload["amount"] for fact in facts] == [bill.amount]
    assert db.scalar(select(func.count()).select_from(Payment)) == 1
