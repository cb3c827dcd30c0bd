"""The treasurer: statements of the bank, cash at the counter, money that goes back, books that can't be changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from pendopo.errors import PermissionRefused
from pendopo.kit import payments
from pendopo.kit.payments import books, counter, excess, ledger, reconciling
from pendopo.kit.payments.errors import AmountRefused, BillClosed, CashDayClosed, ExcessMovedAlready, SamePerson, StatementKnown, StatementUnreadable
from pendopo.kit.payments.models import BankLine, Excess
from pendopo.kit.payments.receiving import Arrival, receive_payment
from pendopo.kit.payments.statements import numbered, read_statement, whole_rupiah

DAY = date(2026, 11, 24)


@pytest.fixture
def cashier(officer):
    return officer("tagihan.receive_cash", "tagihan.propose_refund")


@pytest.fixture
def keeper(officer):
    return officer("tagihan.reconcile", "tagihan.approve_refund", scope="regency")


@pytest.fixture
def pay(db, now):
    """`pay(bill, "B1")`: the bank tells of a payment."""
    return lambda bill, ref="B1", amount=None: receive_payment(db, Arrival(bill.kode_bayar, ref, amount or bill.amount, now, "va", "snap"), now=now)


def csv_of(*rows):
    return "\r\n".join(["tanggal;keterangan;referensi;debit;kredit;saldo", *rows]).encode()


# -------------------------------------------------------------------------------------------------------- reading files


@pytest.mark.once
@pytest.mark.parametrize(("said", "amount"), [("1.250.000,00", 1_250_000), ("1,250,000.00", 1_250_000), ("97600", 97_600), ("Rp97.600", 97_600), ("0", 0)])
def test_amounts_are_read_as_banks_write_them(said, amount):
    assert whole_rupiah(said) == amount


@pytest.mark.once
@pytest.mark.parametrize("said", ["12,50", "1.25", "97600.75", "satu", "", "1.2345.678", "-5"])
def test_what_is_no_whole_rupiah_is_not_guessed(said):
    with pytest.raises(ValueError):
        whole_rupiah(said)


@pytest.mark.once
@given(st.integers(0, 10**14))
def test_any_amount_comes_back_from_both_manners_of_writing(amount):
    dotted = f"{amount:,}".replace(",", ".")
    assert whole_rupiah(dotted) == whole_rupiah(f"{dotted},00") == whole_rupiah(f"{amount:,}.00") == amount


@pytest.mark.once
def test_both_formats_of_a_day_are_the_same_lines(bank, now):
    bank.pay("va", "836041234567890120", "123456789015", 97_600, at=now)
    bank.pay("va", "836041234567890120", "123456789015", 5_000, at=now)
    of_csv, of_mt940 = (read_statement(make(DAY, DAY).encode()) for make in (bank.statement_csv, bank.statement_mt940))

    assert [key for key, _line in numbered(of_csv.lines)] == [key for key, _line in numbered(of_mt940.lines)]
    assert of_csv.closing == of_mt940.closing == bank.balance
    assert of_mt940.account == "0012345678"


@pytest.mark.once
@pytest.mark.parametrize("data", [b"", b"a;b;c\n1;2;3", b"tanggal;referensi;kredit\n31/02/2026;A;5", b"tanggal;referensi;kredit\n24/11/2026;A;5,5", b":20:X\r\n:61:rusak", b"\xff\xfe\x00"])
def test_a_file_that_is_not_understood_is_refused_as_a_whole(data):
    with pytest.raises(StatementUnreadable):
        read_statement(data)


@pytest.mark.once
def test_equal_lines_of_one_file_are_two():
    line = read_statement(csv_of("24/11/2026;setoran;;;5000;5000", "24/11/2026;setoran;;;5000;10000"))

    assert len({key for key, _line in numbered(line.lines)}) == 2


# ------------------------------------------------------------------------------------------------------- reconciliation


def test_a_day_that_fits_leaves_nothing_on_its_way(db, bank, keeper, make_bill, va, wire, now):
    for _n in range(3):
        bill = make_bill()
        for notice in bank.pay("va", va(bill), bill.kode_bayar, bill.amount, at=now):
            wire.send(db, notice)
    statement = reconciling.enter_statement(db, keeper, "a.csv", bank.statement_csv(DAY, DAY).encode(), now=now)
    report = reconciling.report(db, keeper, statement.id)

    assert (report.matched, report.is_clean) == (3, True)
    assert (ledger.balance(db, ledger.TRANSIT), ledger.balance(db, ledger.BANK)) == (0, bank.balance)


def test_the_same_day_in_another_format_is_counted_once(db, bank, keeper, make_bill, va, now):
    bill = make_bill()
    bank.pay("va", va(bill), bill.kode_bayar, bill.amount, at=now)
    reconciling.enter_statement(db, keeper, "a.csv", bank.statement_csv(DAY, DAY).encode(), now=now)
    reconciling.enter_statement(db, keeper, "a.sta", bank.statement_mt940(DAY, DAY).encode(), now=now)

    assert db.scalar(select(func.count()).select_from(BankLine)) == 1
    assert ledger.balance(db, ledger.BANK) == bill.amount
    with pytest.raises(StatementKnown):
        reconciling.enter_statement(db, keeper, "lagi.csv", bank.statement_csv(DAY, DAY).encode(), now=now)


def test_what_is_missing_unknown_or_different_is_listed(db, keeper, make_bill, pay, now):
    told, shown, less = make_bill(), make_bill(), make_bill()
    pay(told, "B1")
    pay(less, "B3")
    data = csv_of(f"24/11/2026;VA {shown.kode_bayar};B2;;97600;97600", f"24/11/2026;VA {less.kode_bayar};B3;;90000;187600", "24/11/2026;biaya;B4;2500;;185100")
    statement = reconciling.enter_statement(db, keeper, "a.csv", data, now=now)
    report = reconciling.report(db, keeper, statement.id)

    assert [payment.ref_bank for payment in report.missing] == ["B1"]
    assert [line.ref_bank for line in report.unknown] == ["B2", "B4"]
    assert [line.ref_bank for line in report.different] == ["B3"]
    assert ledger.balance(db, ledger.BANK) == 185_100
    assert ledger.balance(db, ledger.TRANSIT) == 97_600 + 7_600
    assert books.proof(db).holds


def test_a_late_call_meets_the_line_that_came_before_it(db, keeper, make_bill, pay, now):
    bill = make_bill()
    data = csv_of(f"24/11/2026;VA {bill.kode_bayar};B1;;97600;97600")
    statement = reconciling.enter_statement(db, keeper, "a.csv", data, now=now)
    assert ledger.balance(db, ledger.UNKNOWN) == 97_600
    pay(bill, "B1")

    assert (ledger.balance(db, ledger.UNKNOWN), ledger.balance(db, ledger.TRANSIT)) == (0, 0)
    assert reconciling.report(db, keeper, statement.id).is_clean


def test_a_treasurer_says_which_bill_an_unknown_line_pays(db, keeper, make_bill, now):
    bill = make_bill()
    statement = reconciling.enter_statement(db, keeper, "a.csv", csv_of("24/11/2026;setor tunai;;;97600;97600"), now=now)
    line = reconciling.report(db, keeper, statement.id).unknown[0]
    payment = reconciling.assign_line(db, keeper, line.id, bill.kode_bayar, now=now)
    db.refresh(bill)

    assert (payment.outcome, bill.status) == ("lunas", "lunas")
    assert reconciling.report(db, keeper, statement.id).is_clean
    assert books.proof(db).holds


def test_only_who_may_reconcile_reads_statements(db, cashier, now):
    with pytest.raises(PermissionRefused):
        reconciling.enter_statement(db, cashier, "a.csv", csv_of("24/11/2026;x;B1;;5;5"), now=now)


# ---------------------------------------------------------------------------------------------------------- the counter


def test_cash_pays_a_bill_and_gives_change(db, cashier, make_bill, now):
    bill = make_bill(amount=97_600)
    payment, change = counter.take_cash(db, cashier, bill.kode_bayar, given=100_000, now=now)

    assert (payment.amount, change) == (97_600, 2_400)
    assert ledger.balance(db, ledger.CASH) == 97_600


def test_too_little_cash_is_refused(db, cashier, make_bill, now):
    with pytest.raises(AmountRefused):
        counter.take_cash(db, cashier, make_bill(amount=97_600).kode_bayar, given=97_599, now=now)


def test_cash_is_not_taken_for_a_bill_that_is_paid(db, cashier, make_bill, pay, now):
    bill = make_bill()
    pay(bill)
    with pytest.raises(BillClosed):
        counter.take_cash(db, cashier, bill.kode_bayar, now=now)


def test_a_treasurer_takes_cash_for_their_office_only(db, people, cashier, make_bill, now):
    with pytest.raises(PermissionRefused):
        counter.take_cash(db, cashier, make_bill(opd_id=people.opd("bapenda")).kode_bayar, now=now)


def test_a_till_is_counted_closed_and_found_at_the_bank(db, cashier, keeper, make_bill, now):
    for _n in range(2):
        counter.take_cash(db, cashier, make_bill(amount=50_000).kode_bayar, now=now)
    with pytest.raises(AmountRefused):
        counter.close_day(db, cashier, DAY, 99_000, now=now)
    closing = counter.close_day(db, cashier, DAY, 99_000, note="kurang seribu", now=now)
    assert (ledger.balance(db, ledger.CASH), ledger.balance(db, ledger.TRANSIT)) == (0, 99_000)
    with pytest.raises(CashDayClosed):
        counter.take_cash(db, cashier, make_bill().kode_bayar, now=now)
    with pytest.raises(CashDayClosed):
        counter.close_day(db, cashier, DAY, 0, now=now)
    statement = reconciling.enter_statement(db, keeper, "a.csv", csv_of(f"24/11/2026;setoran;{closing.sts};;99000;99000"), now=now)

    assert reconciling.report(db, keeper, statement.id).is_clean
    assert ledger.balance(db, ledger.TRANSIT) == 0
    assert books.proof(db).holds


def test_yesterdays_till_that_was_left_open_is_shown(db, cashier, make_bill, now):
    counter.take_cash(db, cashier, make_bill().kode_bayar, now=now - timedelta(days=1))

    assert counter.open_days(db, cashier, now=now) == [date(2026, 11, 23)]


# ------------------------------------------------------------------------------------------------------- money goes back


@pytest.fixture
def too_much(db, make_bill, pay):
    bill = make_bill()
    pay(bill, "B1")
    pay(bill, "B2")
    return db.scalars(select(Excess)).one()


TO = {"bank": "BJB", "account_number": "0001234567", "account_name": "Siti Aminah"}


def test_two_persons_pay_back_what_came_twice(db, cashier, keeper, too_much, now):
    excess.propose(db, cashier, too_much.id, **TO, now=now)
    excess.approve(db, keeper, too_much.id, now=now)
    excess.note_sent(db, cashier, too_much.id, ref_bank="K1", now=now)
    reconciling.enter_statement(db, keeper, "a.csv", csv_of("24/11/2026;kembali;K1;97600;;0"), now=now)
    db.refresh(too_much)

    assert (too_much.status, ledger.balance(db, ledger.EXCESS)) == ("dikembalikan", 0)
    assert too_much.line_id is not None
    assert books.proof(db).holds


def test_nobody_approves_their_own_proposal(db, officer, too_much, now):
    both = officer("tagihan.propose_refund", "tagihan.approve_refund")
    excess.propose(db, both, too_much.id, **TO, now=now)
    with pytest.raises(SamePerson):
        excess.approve(db, both, too_much.id, now=now)


def test_each_step_is_taken_once_and_in_order(db, cashier, keeper, too_much, now):
    with pytest.raises(ExcessMovedAlready):
        excess.approve(db, keeper, too_much.id, now=now)
    excess.propose(db, cashier, too_much.id, **TO, now=now)
    with pytest.raises(ExcessMovedAlready):
        excess.propose(db, cashier, too_much.id, **TO, now=now)
    excess.return_proposal(db, keeper, too_much.id, note="rekening orang lain", now=now)
    with pytest.raises(ExcessMovedAlready):
        excess.note_sent(db, cashier, too_much.id, ref_bank="K1", now=now)
    assert excess.count_waiting(db, keeper) == 1


def test_who_handles_no_money_sees_no_queue(db, resident, too_much):
    assert excess.queue(db, resident) == []


# --------------------------------------------------------------------------------------------------------------- books


@pytest.mark.parametrize("statement", ["UPDATE core_ledger SET amount = 1", "DELETE FROM core_ledger"])
def test_the_database_refuses_to_change_a_line(db, make_bill, pay, statement):
    pay(make_bill())
    with pytest.raises(DatabaseError, match="append-only"), db.begin_nested():
        db.execute(text(statement))


@pytest.mark.parametrize("move", [("kas_daerah", "kas_daerah", 5), ("kas_daerah", "dalam_perjalanan", -5)])
def test_a_move_from_nowhere_to_nowhere_is_refused(db, portal, now, move):
    with pytest.raises(IntegrityError), db.begin_nested():
        ledger.post(db, "uji:1", [move], text="", now=now)


def test_an_entry_is_written_once(db, portal, now):
    moves = [("kas_daerah", "dalam_perjalanan", 5)]

    assert [ledger.post(db, "uji:1", moves, text="", now=now) for _ in range(2)] == [True, False]
    assert ledger.post(db, "uji:2", [("kas_daerah", "dalam_perjalanan", 0)], text="", now=now) is False


def test_whatever_is_written_debit_and_credit_are_equal(db, portal, now):
    accounts = ["kas_daerah", "dalam_perjalanan", "kas_bendahara", "4.1.01.15", "kelebihan_bayar"]
    numbers = iter(range(10_000))

    @given(st.lists(st.tuples(st.sampled_from(accounts), st.sampled_from(accounts), st.integers(1, 10**12)).filter(lambda move: move[0] != move[1]), max_size=6))
    def holds(moves):
        ledger.post(db, f"uji:{next(numbers)}", moves, text="", now=now)
        every = ledger.balances(db)
        assert sum(one.debit for one in every) == sum(one.credit for one in every)
        assert all(ledger.balance(db, one.account) == one.left for one in every)

    holds()


def test_health_tells_of_books_that_do_not_hold_and_of_late_statements(db, portal, make_bill, pay, now):
    from pendopo.kit.payments.duties import health

    pay(make_bill())
    assert {one.slug: one.ok for one in health(db)}["buku_besar"]
    ledger.post(db, "uji:1", [("kas_daerah", "kelebihan_bayar", 5)], text="", now=now)
    assert not {one.slug: one.ok for one in health(db)}["buku_besar"]


def test_what_is_paid_is_kept_without_the_person_after_erasure(db, portal, resident, make_bill, pay):
    bill = make_bill(payer_id=resident.account_id)
    pay(bill)
    from pendopo.kit.payments.duties import erase, personal_data

    assert personal_data(db, resident.account_id)[0].rows[0]["amount"] == bill.amount
    erase(db, resident.account_id)
    db.refresh(bill)
    assert (bill.payer_id, bill.payer_name, bill.status) == (None, "", "lunas")
    assert payments.bills_of(db, resident.account_id) == []
