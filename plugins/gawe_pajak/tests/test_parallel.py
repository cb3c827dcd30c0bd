"""Many at once, on either database: one correction wins, a correction and a payment never both hold, nothing is made twice."""

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import func, select, update

from gawe_pajak import assess, business, requests, settling
from gawe_pajak.models import SPPT, Ketetapan, Objek, WajibPajak
from gawe_pajak.paying import bill_of, hear_paid
from pendopo.kit.berkas import move_berkas
from pendopo.kit.payments import Bill
from pendopo.kit.payments.books import proof
from pendopo.kit.payments.models import Excess, Payment
from pendopo.kit.payments.receiving import Arrival, receive_payment
from pendopo.testing.parallel import all_at_once

from .conftest import LINE, NOP

MANY, FIFTY = 12, 50
IN_TIME = datetime(2026, 8, 1, 3, 0, tzinfo=UTC)


def test_of_many_corrections_one_makes_the_new_sppt(db, portal, sppt, taxman, now):
    sppt_id = sppt.id
    corrections = [
        lambda db, area=area: assess.correct(db, taxman, sppt_id, {"luas_bumi": area}, "Bersamaan", now=now).versi for area in range(100, 100 + MANY)
    ]
    given, refused = all_at_once(portal, corrections)

    assert (given, refused) == ([2], ["AssessmentChanged"] * (MANY - 1))
    assert db.scalar(select(func.count()).select_from(SPPT).where(SPPT.nop == NOP)) == 2
    assert db.scalar(select(func.count()).select_from(SPPT).where(SPPT.nop == NOP, SPPT.berlaku)) == 1


def pay(db, kode, now, ref="BANK1"):
    """A bank's callback: money for a bill."""
    return receive_payment(db, Arrival(kode, ref, 97_600, IN_TIME, "qris", "bank"), now=now).outcome


def test_a_payment_and_corrections_at_once_leave_either_money_or_a_new_sppt(db, portal, sppt, taxman, now):
    made, sppt_id = bill_of(db, sppt, now=now), sppt.id
    bill_id, kode = made.id, made.kode_bayar
    acts = [lambda db: pay(db, kode, now)] + [
        lambda db, n=n: assess.correct(db, taxman, sppt_id, {"luas_bumi": 100 + n}, "Bersamaan", now=now).versi for n in range(4)
    ]
    given, _refused = all_at_once(portal, acts)

    assert ("lunas" in given) != (2 in given)
    assert db.get_one(Bill, bill_id).status == ("lunas" if "lunas" in given else "batal")
    assert db.get_one(SPPT, sppt_id).berlaku == ("lunas" in given)
    assert proof(db).holds


def test_fifty_callbacks_of_one_bill_count_once_and_tell_its_sppt_once(db, portal, sppt, now):
    """Half of them are the same arrival told again, half are other money: one pays, the rest is queued to go back."""
    sppt_id, kode = sppt.id, bill_of(db, sppt, now=now).kode_bayar
    given, refused = all_at_once(portal, [lambda db, n=n: pay(db, kode, now, "BANK1" if n % 2 else f"BANK{n}") for n in range(FIFTY)])
    one = db.scalar(select(Bill).where(Bill.kode_bayar == kode))
    heard = [hear_paid(db, "pbb", sppt_id, one.id, one.paid_at, one.paid_amount, one.ntpd) for _n in range(3)]

    assert (one.status, one.paid_amount, heard) == ("lunas", 97_600, [True, False, False])
    assert db.scalar(select(func.count()).select_from(Payment)) == 1 + FIFTY // 2
    assert db.scalar(select(func.count()).select_from(Excess)) == FIFTY // 2
    assert len(given) == FIFTY and not refused and proof(db).holds


def test_fifty_approvals_of_as_many_objections_lose_and_double_nothing(db, portal, bapenda, taxman, resident, bring, now):
    nops = [f"3604200001001{n:04d}0" for n in range(1, FIFTY + 1)]
    bring(*(LINE.replace(NOP, nop) for nop in nops))
    db.get_one(WajibPajak, db.get_one(Objek, nops[0]).wp_id).account_id = resident.account_id
    db.execute(update(SPPT).values(diantar_on=now.date()))
    ids = [requests.apply(db, resident, "pengurangan", nop, year=2026, alasan="Gagal panen", now=now).berkas_id for nop in nops]
    for berkas_id in ids:
        move_berkas(db, taxman, berkas_id, "lengkap", now=now)
    grant = {"persen": Decimal(25)}
    acts = [lambda db, n=n: move_berkas(db, taxman, n, "kabulkan", note="Ya", data=grant, now=now).state for n in [*ids, *ids[:10]]]
    given, refused = all_at_once(portal, acts)

    assert (given, len(refused)) == (["dikabulkan"] * FIFTY, 10)
    assert sorted(db.scalars(select(SPPT.terutang).where(SPPT.berlaku))) == [73_200] * FIFTY
    assert db.scalar(select(func.count()).select_from(SPPT)) == 2 * FIFTY


def test_everybody_who_wants_to_pay_gets_the_same_bill(db, portal, sppt, now):
    sppt_id = sppt.id
    bills, refused = all_at_once(portal, [lambda db: bill_of(db, db.get_one(SPPT, sppt_id), now=now).id] * MANY)

    assert len(set(bills)) == 1 and not refused


def test_a_year_is_published_once_by_two_officers(db, portal, sppt, taxman, second_taxman, now):
    made, _refused = all_at_once(portal, [lambda db: assess.publish_year(db, taxman, 2027, now=now), lambda db: assess.publish_year(db, second_taxman, 2027, now=now)])

    assert sorted(made) == [0, 1]


def test_an_assessment_is_corrected_once_and_its_numbers_have_no_gap(db, portal, taxman, usaha, now):
    first = business.assess_water(db, taxman, usaha("pat").id, date(2026, 10, 1), 100, now=now).id
    acts = [lambda db, n=n: settling.correct_assessment(db, taxman, first, 50 + n, "Bersamaan", now=now).nomor for n in range(6)]
    given, refused = all_at_once(portal, acts)

    assert (len(given), refused) == (1, ["Conflict"] * 5)
    assert sorted(db.scalars(select(Ketetapan.nomor))) == ["973/00001/SKPD/2026", "973/00002/SKPD/2026"]
