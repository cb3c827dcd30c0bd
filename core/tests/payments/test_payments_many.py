"""Many bills at once, and a past that the books agree with."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from pendopo.identity.loading import regency_day
from pendopo.kit.payments import NewBill, PaidBill, bill_many, books, ledger, plant_paid_bill, plant_paid_bills, reconciling
from pendopo.kit.payments.models import BankLine, Bill, CashClosing, Payment
from pendopo.kit.payments.receipts import receipt_of

from .conftest import KIND


def new(number, **more):
    return NewBill(**{"ref": number, "amount": 1000 + number, "payer_name": "Siti Aminah", "desc": f"PBB {number}", "key": f"banyak:{number}", **more})


def past(number, now, **more):
    said = {"billed_at": now - timedelta(days=60), "paid_at": now - timedelta(days=number % 50 + 1, minutes=number % 60)}
    return PaidBill(**{**new(number).__dict__, "key": f"dulu:{number}", **said, **more})


def count(db, model):
    return db.scalar(select(func.count()).select_from(model))


def test_many_bills_are_made_once_however_often_they_are_asked_for(db, kinds, make_bill, now):
    old = make_bill(key="banyak:7", amount=55)
    first = bill_many(db, KIND, (new(number) for number in range(1200)), now=now)
    again = bill_many(db, KIND, [*map(new, range(1201)), new(3)], now=now)

    assert (len(first), len(again)) == (1200, 1201)
    assert first["banyak:7"] == old.id
    assert again == again | first
    assert count(db, Bill) == 1201
    assert db.get_one(Bill, old.id).amount == 55


def test_a_bill_made_among_many_is_as_one_made_alone(db, kinds, resident, now):
    what = {"payer_id": resident.account_id, "due": date(2026, 9, 30)}
    [bill_id] = bill_many(db, KIND, [new(1, **what)], now=now).values()
    one = db.get_one(Bill, bill_id)

    assert (one.kind, one.account, one.amount, one.status, one.due, one.payer_id) == ("uji_pbb", "4.1.01.15", 1001, "belum_bayar", what["due"], what["payer_id"])
    assert len(one.kode_bayar) == 12


def test_a_taken_code_is_drawn_anew(db, kinds, now, monkeypatch):
    from pendopo.kit.payments import many

    monkeypatch.setattr(many, "make_kode_bayar", lambda key, attempt: f"{attempt:012d}")
    bill_many(db, KIND, map(new, range(3)), now=now)

    assert sorted(db.scalars(select(Bill.kode_bayar))) == ["000000000000", "000000000001", "000000000002"]


def test_nothing_is_billed_for_nothing(db, kinds, now):
    with pytest.raises(ValueError, match="more than nothing"):
        bill_many(db, KIND, [new(1), new(2, amount=0)], now=now)


def test_a_planted_past_is_paid_reconciled_and_in_balance(db, kinds, officer, now):
    treasurer = officer("tagihan.receive_cash").account_id
    wanted = [past(number, now, penalty=number % 3 * 10) for number in range(300)]
    wanted += [past(number, now, way="loket", officer_id=treasurer) for number in range(300, 340)]
    bills = plant_paid_bills(db, KIND, wanted, now=now)

    assert [one.key for one in bills] == [one.key for one in wanted]
    assert {one.status for one in bills} == {"lunas"} and len({one.ntpd for one in bills}) == len(bills)
    assert bills[5].paid_amount == wanted[5].amount + wanted[5].penalty
    assert books.proof(db).faults == []
    assert reconciling.first_unreconciled(db) is None
    assert ledger.balance(db, ledger.BANK) == sum(one.total for one in wanted)
    assert ledger.balance(db, "4.1.04.12") == sum(one.penalty for one in wanted)
    assert ledger.balance(db, ledger.TRANSIT) == ledger.balance(db, ledger.CASH) == 0


def test_what_is_planted_twice_stands_once(db, kinds, officer, now):
    treasurer = officer("tagihan.receive_cash").account_id
    wanted = [past(number, now, way="loket", officer_id=treasurer, paid_at=now - timedelta(days=2)) for number in range(4)]
    plant_paid_bills(db, KIND, wanted[:3], now=now)
    plant_paid_bills(db, KIND, wanted, now=now)

    assert (count(db, Payment), count(db, BankLine), count(db, CashClosing)) == (4, 1, 1)
    assert books.proof(db).holds
    assert ledger.balance(db, ledger.BANK) == sum(one.total for one in wanted)


def test_what_was_paid_today_waits_for_its_statement_and_its_till(db, kinds, officer, now):
    account = officer("tagihan.receive_cash")
    plant_paid_bill(db, KIND, past(1, now, paid_at=now), now=now)
    plant_paid_bill(db, KIND, past(2, now, paid_at=now, way="loket", officer_id=account.account_id), now=now)

    assert (count(db, BankLine), count(db, CashClosing)) == (0, 0)
    assert (ledger.balance(db, ledger.TRANSIT), ledger.balance(db, ledger.CASH)) == (1001, 1002)
    assert reconciling.first_unreconciled(db) == regency_day(now)
    assert books.proof(db).holds


def test_receipts_of_a_past_are_issued_in_the_background_and_dated_then(db, client, kinds, now, deliver):
    one = plant_paid_bill(db, KIND, past(9, now, receipt=True), now=now)
    silent = plant_paid_bill(db, KIND, past(10, now), now=now)
    deliver()

    assert receipt_of(db, one).dated == regency_day(one.paid_at)
    assert receipt_of(db, silent) is None
    assert "Dibayar sebelum portal ini membuat bukti bayar" in client.get(silent.href).text


@pytest.mark.parametrize("wrong", [{"way": "loket"}, {"paid_at": "later"}, {"billed_at": "later"}])
def test_a_past_that_cannot_have_been_is_refused(db, kinds, now, wrong):
    said = {name: now + timedelta(hours=1) if value == "later" else value for name, value in wrong.items()}
    with pytest.raises(ValueError, match="dulu:1"):
        plant_paid_bill(db, KIND, past(1, now, **said), now=now)


def test_thousands_take_seconds_of_work(db, kinds, now):
    begun = time.process_time()  # what others do on this machine does not count
    plant_paid_bills(db, KIND, [past(number, now) for number in range(3000)], now=now)

    assert time.process_time() - begun < 15
    assert books.proof(db).holds
