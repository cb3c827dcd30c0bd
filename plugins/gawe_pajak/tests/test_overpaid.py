"""Paid, and then found to be too much or too little: money back, compensation, SKPDKB; opsen apart in the books."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from gawe_pajak import assess, business, declaring, figures, overpaid, requests, settling
from gawe_pajak.models import SPPT, Ketetapan, Lebih
from gawe_pajak.paper import SKPD_PAPER
from gawe_pajak.paying import KINDS, bill_of
from pendopo import Conflict, InvalidInput
from pendopo.kit.berkas import available_transitions, move_berkas
from pendopo.kit.documents import document_of
from pendopo.kit.payments import bill_for
from pendopo.kit.payments.books import proof
from pendopo.kit.payments.models import Excess, LedgerMove

from .conftest import LINE, NOP

OTHER = "360420000100100020"
IN_TIME = datetime(2026, 8, 1, 3, 0, tzinfo=UTC)
SMALLER = 85_600  # the tax of vector 1 with 150 m² of land
OCTOBER, NOVEMBER = date(2026, 10, 1), datetime(2026, 11, 10, 3, 0, tzinfo=UTC)


def booked(db, account):
    """What the ledger holds of a revenue account."""
    given = select(func.coalesce(func.sum(LedgerMove.amount), 0))
    return db.scalar(given.where(LedgerMove.credit == account)) - db.scalar(given.where(LedgerMove.debit == account))


def test_what_was_paid_too_much_goes_back_through_two_persons(db, sppt, taxman, pay, now):
    made = pay(sppt, at=IN_TIME)
    new = assess.correct(db, taxman, sppt.id, {"luas_bumi": 150}, "Luas menurut sertifikat", now=now)
    back = db.scalar(select(Excess))

    assert (new.status, new.terutang, new.dibayar, new.ntpd) == ("lunas", SMALLER, SMALLER, made.ntpd)
    assert (back.bill_id, back.amount, back.status) == (made.id, 12_000, "menunggu")
    assert booked(db, "4.1.01.15") == SMALLER
    assert proof(db).holds
    assert sum(figures.received(db, 2026)["pbb"].values()) == SMALLER


def test_interest_on_what_was_too_much_goes_back_with_it(db, sppt, taxman, pay, now):
    pay(sppt, at=datetime(2026, 11, 5, 3, 0, tzinfo=UTC))  # three months late: 2,928 on 97,600
    new = assess.correct(db, taxman, sppt.id, {"luas_bumi": 150}, "Luas", now=now)

    assert db.scalar(select(Lebih.jumlah)) == 12_000 + (2_928 - 2_568)
    assert new.dibayar == SMALLER + 2_568


def test_what_was_paid_too_little_becomes_an_skpdkb(db, sppt, taxman, pay, now):
    pay(sppt, at=IN_TIME)
    new = assess.correct(db, taxman, sppt.id, {"luas_bumi": 250}, "Hasil ukur ulang", now=now)
    bill = db.scalar(select(Ketetapan))

    assert (new.status, new.terutang) == ("lunas", 109_600)
    assert (bill.surat, bill.jenis, bill.total, bill.status) == ("SKPDKB", "pbb", 12_000, "belum")
    assert bill_of(db, bill, now=now).amount == 12_000


def test_a_second_correction_takes_the_open_skpdkb_back(db, sppt, taxman, pay, now):
    pay(sppt, at=IN_TIME)
    second = assess.correct(db, taxman, sppt.id, {"luas_bumi": 250}, "Hasil ukur ulang", now=now)
    assess.correct(db, taxman, second.id, {"luas_bumi": 150}, "Salah ukur", now=now)

    assert db.scalar(select(Ketetapan.status)) == "diganti"
    assert db.scalar(select(Excess.amount)) == 12_000


def test_a_shortfall_that_was_paid_counts_in_the_next_correction(db, sppt, taxman, pay, now):
    pay(sppt, at=IN_TIME)
    second = assess.correct(db, taxman, sppt.id, {"luas_bumi": 250}, "Hasil ukur ulang", now=now)
    pay(db.scalar(select(Ketetapan)))
    assess.correct(db, taxman, second.id, {"luas_bumi": 200}, "Salah ukur", now=now)

    assert db.scalar(select(Excess.amount)) == 12_000


def test_a_paid_sppt_that_should_never_have_been_goes_back_whole(db, sppt, taxman, pay, now):
    pay(sppt, at=IN_TIME)
    assess.cancel(db, taxman, sppt.id, "Objek ganda", now=now)

    assert db.scalar(select(Excess.amount)) == 97_600
    assert assess.current_sppt(db, NOP, 2026) is None


def test_a_credit_lowers_what_the_same_taxpayer_owes(db, sppt, taxman, pay, bring, now):
    bring(LINE.replace(NOP, OTHER))
    pay(sppt, at=IN_TIME)
    assess.correct(db, taxman, sppt.id, {"luas_bumi": 150}, "Luas", way=overpaid.COMPENSATE, now=now)
    other = assess.current_sppt(db, OTHER, 2026)

    assert (other.versi, other.kompensasi, other.terutang) == (2, 12_000, 85_600)
    assert bill_of(db, other, now=now).amount == 85_600
    assert db.scalar(select(Excess)) is None
    assert overpaid.credits_of(db, sppt.wp_id) == []


def test_a_credit_waits_for_the_next_year_and_is_used_once(db, sppt, taxman, pay, now):
    pay(sppt, at=IN_TIME)
    assess.correct(db, taxman, sppt.id, {"luas_bumi": 150}, "Luas", way=overpaid.COMPENSATE, now=now)
    assess.publish_year(db, taxman, 2027, now=now)
    assess.publish_year(db, taxman, 2028, now=now + timedelta(days=365))

    assert [(row.kompensasi, row.terutang) for row in db.scalars(select(SPPT).where(SPPT.tahun > 2026).order_by(SPPT.tahun))] == [
        (12_000, 73_600),
        (0, SMALLER),
    ]


def test_what_a_corrected_sppt_needs_no_more_of_a_credit_may_be_used_again(db, sppt, taxman, pay, now):
    pay(sppt, at=IN_TIME)
    assess.cancel(db, taxman, sppt.id, "Objek ganda", way=overpaid.COMPENSATE, now=now)
    assess.publish_year(db, taxman, 2027, now=now)
    next_year = assess.current_sppt(db, NOP, 2027)
    assert (next_year.kompensasi, next_year.status) == (97_600, "nihil")
    assess.reduce(db, taxman, next_year.id, Decimal(50), "Pensiunan", now=now)

    assert sum(credit.jumlah - credit.terpakai for credit in overpaid.credits_of(db, sppt.wp_id)) == 48_800


def test_a_payment_of_an_older_system_can_only_be_compensated(db, bapenda, bring, taxman, now):
    bring(LINE + "lunas")
    paid = assess.current_sppt(db, NOP, 2026)
    with pytest.raises(InvalidInput), db.begin_nested():
        assess.correct(db, taxman, paid.id, {"luas_bumi": 150}, "Luas", now=now)

    assert assess.correct(db, taxman, paid.id, {"luas_bumi": 150}, "Luas", way=overpaid.COMPENSATE, now=now).terutang == SMALLER


def test_an_objection_to_a_paid_sppt_gives_money_back(client, db, deliver, owned, taxman, resident, pay, now):
    pay(owned, at=IN_TIME)
    owned.diantar_on = now.date()
    row = requests.apply(db, resident, "keberatan", NOP, year=2026, alasan="Luas tanah 150 m²", now=now)
    move_berkas(db, taxman, row.berkas_id, "lengkap", now=now)
    move_berkas(db, taxman, row.berkas_id, "kabulkan", note="Sesuai sertifikat.", data={"luas_bumi": 150}, now=now)

    assert db.scalar(select(Excess.amount)) == 12_000
    told = client.sign_in(resident).get(f"/pajak/sppt/{NOP}/2026").text
    assert "Lebih bayar" in told and "12.000" in told
    deliver()
    assert "lebih bayar Rp12.000" in client.get("/inbox/").text


def test_a_name_is_corrected_without_touching_the_tax_of_another_system(db, bapenda, bring, taxman, now):
    bring(LINE.replace(",97600,", ",98000,"))
    new = assess.correct(db, taxman, assess.current_sppt(db, NOP, 2026).id, {"nama": "Siti Aminah Hasan"}, "Salah ketik", now=now)

    assert (new.nama, new.terutang) == ("Siti Aminah Hasan", 98_000)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(areas=st.lists(st.integers(50, 900), min_size=1, max_size=4, unique=True))
def test_after_any_corrections_what_is_kept_and_charged_is_the_newest_tax(db, sppt, taxman, pay, now, areas):
    """Whatever an officer corrects: money kept + SKPDKB that is open = the tax of the newest SPPT."""
    with db.begin_nested() as trial:
        pay(sppt, at=IN_TIME)
        current = sppt
        for area in areas:
            if area != current.luas_bumi:
                current = assess.correct(db, taxman, current.id, {"luas_bumi": area}, "Ukur ulang", now=now)
        charged = db.scalar(select(func.coalesce(func.sum(Ketetapan.total), 0)).where(Ketetapan.status == "belum"))

        assert booked(db, "4.1.01.15") + charged == current.terutang
        trial.rollback()
    db.expire_all()


# ------------------------------------------------------------------------------------------------------------ declarations


def test_a_paid_month_is_corrected_upwards_by_paying_the_rest(db, usaha, resident, pay, now):
    one = usaha()
    pay(declaring.declare(db, resident, one.id, OCTOBER, 10_000_000, now=now))
    second = declaring.declare(db, resident, one.id, OCTOBER, 12_000_000, now=now)
    assert (second.pembetulan, second.kredit, bill_for(db, KINDS["pbjt_makan"], second.berkas_id).amount) == (1, 1_000_000, 200_000)
    pay(second)

    assert second.berkas.state == "lunas"
    assert booked(db, "4.1.01.19.01") == 1_200_000


def test_a_paid_month_is_corrected_downwards_by_an_examination(db, usaha, resident, taxman, pay, now):
    one = usaha()
    pay(declaring.declare(db, resident, one.id, OCTOBER, 10_000_000, now=now))
    second = declaring.declare(db, resident, one.id, OCTOBER, 8_000_000, now=now)
    assert second.berkas.state == "diperiksa"
    move_berkas(db, taxman, second.berkas_id, "kembalikan", note="Nota batal terbukti.", now=now)

    assert (second.berkas.state, db.scalar(select(Excess.amount))) == ("dikembalikan", 200_000)
    assert booked(db, "4.1.01.19.01") == 800_000


def test_money_back_is_offered_only_where_too_much_was_paid(db, usaha, resident, taxman, pay, now):
    row = declaring.declare(db, resident, usaha().id, OCTOBER, 10_000_000, now=now)
    pay(row)
    move_berkas(db, taxman, row.berkas_id, "periksa", now=now)

    assert "kembalikan" not in {one.slug for one in available_transitions(db, taxman, row.berkas)}


def test_opsen_of_mblb_has_a_bill_and_an_account_of_its_own(db, usaha, resident, pay, now):
    row = declaring.declare(db, resident, usaha("mblb").id, OCTOBER, 100_000_000, now=now)
    assert (row.pajak, row.opsen) == (20_000_000, 5_000_000)
    pay(row, at=NOVEMBER)
    assert row.berkas.state == "dilaporkan"
    pay(row, kind=KINDS["opsen_mblb"], at=NOVEMBER)

    assert row.berkas.state == "lunas"
    assert (booked(db, "4.1.01.14"), booked(db, "2.1.01.05")) == (20_000_000, 5_000_000)
    assert sum(figures.received(db, 2026)["mblb"].values()) == 20_000_000


def test_an_examination_charges_missing_opsen_apart(db, usaha, resident, taxman, pay, now):
    row = declaring.declare(db, resident, usaha("mblb").id, OCTOBER, 100_000_000, now=now)
    pay(row)
    pay(row, kind=KINDS["opsen_mblb"])
    move_berkas(db, taxman, row.berkas_id, "periksa", now=now)
    move_berkas(db, taxman, row.berkas_id, "kurang_bayar", note="Menurut surat jalan", data={"dasar": 150_000_000}, now=now)

    assert sorted((one.jenis, one.pokok) for one in db.scalars(select(Ketetapan))) == [("mblb", 10_000_000), ("opsen_mblb", 2_500_000)]


def test_a_month_that_is_examined_is_not_corrected_beside_it(db, usaha, resident, taxman, pay, now):
    one = usaha()
    row = declaring.declare(db, resident, one.id, OCTOBER, 10_000_000, now=now)
    pay(row)
    move_berkas(db, taxman, row.berkas_id, "periksa", now=now)

    with pytest.raises(Conflict):
        declaring.declare(db, resident, one.id, OCTOBER, 12_000_000, now=now + timedelta(hours=1))


# ------------------------------------------------------------------------------------------------------------- assessments


def test_a_paid_skpd_stays_and_an_skpdkb_then_an_skpdlb_follow_it(db, usaha, resident, taxman, pay, now):
    first = business.assess_water(db, taxman, usaha("pat").id, OCTOBER, 100, now=now)
    pay(first)
    more = settling.correct_assessment(db, taxman, first.id, 120, "Meter salah baca", now=now)
    assert (more.surat, more.total, more.ganti_id, first.status) == ("SKPDKB", 20_000, first.id, "lunas")
    less = settling.correct_assessment(db, taxman, first.id, 90, "Ternyata bocor", now=now)

    assert (less.surat, less.total, db.scalar(select(Excess.amount))) == ("SKPDLB", 0, 10_000)
    assert db.get_one(Ketetapan, more.id).status == "diganti"
    assert document_of(db, SKPD_PAPER, more.id).status == "dicabut"
    assert booked(db, "4.1.01.12") == 90_000
    with pytest.raises(InvalidInput):
        settling.correct_assessment(db, taxman, first.id, 90, "Sama", now=now)
    settling.correct_assessment(db, taxman, first.id, 95, "Dibaca ulang", now=now)
    assert sorted(row.total for row in db.scalars(select(Ketetapan).where(Ketetapan.status == "belum"))) == [5_000]
