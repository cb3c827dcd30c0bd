"""Many at once, on either database: one correction wins, a correction and a payment never both hold, nothing is made twice."""

import threading
from datetime import date

from sqlalchemy import func, select, update

from gawe_pajak import assess, business
from gawe_pajak.models import SPPT, Ketetapan
from gawe_pajak.paying import bill_of
from pendopo import DomainError
from pendopo.kit.payments import Bill
from pendopo.testing.people import settle

from .conftest import NOP

MANY = 12


def all_at_once(portal, acts):
    """Each act in a thread and transaction of its own; what each gave, or the name of its refusal."""
    start, results = threading.Barrier(len(acts)), []

    def run(act):
        start.wait()
        try:
            with portal.db.session() as db:
                results.append(act(db))
        except DomainError as refusal:
            results.append(type(refusal).__name__)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(results) == len(acts)
    return results


def test_of_many_corrections_one_makes_the_new_sppt(db, portal, sppt, taxman, now):
    sppt_id = sppt.id
    settle()
    corrections = [
        lambda db, area=area: assess.correct(db, taxman, sppt_id, {"luas_bumi": area}, "Bersamaan", now=now).versi for area in range(100, 100 + MANY)
    ]
    results = all_at_once(portal, corrections)
    settle()

    assert sorted(map(str, results)) == ["2"] + ["AssessmentChanged"] * (MANY - 1)
    assert db.scalar(select(func.count()).select_from(SPPT).where(SPPT.nop == NOP)) == 2
    assert db.scalar(select(func.count()).select_from(SPPT).where(SPPT.nop == NOP, SPPT.berlaku)) == 1


def pay(db, bill_id, now):
    """The one statement by which the payments room closes a bill."""
    paying = update(Bill).where(Bill.id == bill_id, Bill.status == "belum_bayar").values(status="lunas", paid_at=now, paid_amount=97_600, ntpd="N1")
    return "dibayar" if db.execute(paying.execution_options(synchronize_session=False)).rowcount else "terlambat"


def test_a_payment_and_corrections_at_once_leave_either_money_or_a_new_sppt(db, portal, sppt, taxman, now):
    bill_id, sppt_id = bill_of(db, sppt, now=now).id, sppt.id
    settle()
    acts = [lambda db: pay(db, bill_id, now)] + [
        lambda db, n=n: assess.correct(db, taxman, sppt_id, {"luas_bumi": 100 + n}, "Bersamaan", now=now).versi for n in range(4)
    ]
    results = all_at_once(portal, acts)
    settle()

    assert ("dibayar" in results) != (2 in results)
    assert db.get_one(Bill, bill_id).status == ("lunas" if "dibayar" in results else "batal")
    assert db.get_one(SPPT, sppt_id).berlaku == ("dibayar" in results)


def test_everybody_who_wants_to_pay_gets_the_same_bill(db, portal, sppt, now):
    sppt_id = sppt.id
    settle()
    bills = all_at_once(portal, [lambda db: bill_of(db, db.get_one(SPPT, sppt_id), now=now).id] * MANY)

    assert len(set(bills)) == 1


def test_a_year_is_published_once_by_two_officers(db, portal, sppt, taxman, second_taxman, now):
    settle()
    made = all_at_once(portal, [lambda db: assess.publish_year(db, taxman, 2027, now=now), lambda db: assess.publish_year(db, second_taxman, 2027, now=now)])

    assert sorted(made) == [0, 1]


def test_an_assessment_is_corrected_once_and_its_numbers_have_no_gap(db, portal, taxman, usaha, now):
    first = business.assess_water(db, taxman, usaha("pat").id, date(2026, 10, 1), 100, now=now).id
    settle()
    acts = [lambda db, n=n: business.correct_assessment(db, taxman, first, 50 + n, "Bersamaan", now=now).nomor for n in range(6)]
    results = all_at_once(portal, acts)
    settle()

    assert results.count("Conflict") == 5
    assert sorted(db.scalars(select(Ketetapan.nomor))) == ["973/00001/SKPD/2026", "973/00002/SKPD/2026"]
