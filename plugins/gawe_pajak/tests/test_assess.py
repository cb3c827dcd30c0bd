"""SPPT: imported, published, corrected, reduced, paid."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from gawe_pajak import assess, dhkp, look
from gawe_pajak.explain import explained
from gawe_pajak.models import SPPT, ImporTolak, Objek
from gawe_pajak.paying import NothingToPay, bill_of, hear_paid
from pendopo import InvalidInput, NotFound, PermissionRefused
from pendopo.kit.payments import total_on

from .conftest import HEADER, LINE, NOP

OTHER = "360420000100100020"


def refused(db, impor):
    return [(line.baris, line.alasan) for line in db.scalars(select(ImporTolak).where(ImporTolak.impor_id == impor.id).order_by(ImporTolak.baris))]


def test_a_good_row_becomes_an_object_and_its_sppt(db, sppt):
    assert (sppt.terutang, sppt.njop, sppt.status, sppt.desa_code) == (97_600, 132_000_000, "belum", "36.04.30.2001")
    assert db.get_one(Objek, NOP).luas_bumi == 200


def test_a_tax_that_our_tariffs_give_too_can_be_explained(db, sppt):
    assert (sppt.njkp_persen, sppt.tarif_persen) == ("40", "0.2")
    assert explained(db, sppt).steps[-1].amount == 97_600


def test_a_tax_that_another_system_computed_stands_as_it_is(db, bapenda, bring):
    bring(LINE.replace(",97600,", ",98000,"))
    row = assess.current_sppt(db, NOP, 2026)

    assert (row.terutang, row.njkp_persen) == (98_000, "")
    assert explained(db, row).total == 98_000


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (LINE.replace(NOP, "3604"), "18 angka"),
        (LINE.replace(NOP, "3201200001001000100"[:18]), "kabupaten lain"),
        (LINE.replace(NOP, "360420099900100010"), "desa"),
        (LINE.replace(",2026,", ",1900,"), "tahun"),
        (LINE.replace("Siti Aminah", ""), "nama"),
        (LINE.replace(",200,", ",dua ratus,"), "luas bumi"),
        (LINE.replace(",97600,", ",-5,"), "pokok"),
        (LINE.replace(",97600,", ",999999999999,"), "lebih besar"),
        (LINE.replace(",60,1200000,", ",60,0,"), "bersama"),
        (LINE + ",lebih", "kolom"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line_and_reason(db, bapenda, bring, line, words):
    impor = bring(line, LINE.replace(NOP, OTHER))

    assert (impor.dibaca, impor.diterima, impor.ditolak) == (2, 1, 1)
    assert refused(db, impor)[0][0] == 2
    assert words in refused(db, impor)[0][1]


def test_the_same_object_twice_in_a_file_and_in_a_later_file_is_refused(db, bapenda, bring):
    first, second = bring(LINE, LINE), bring(LINE)

    assert [n for n, _words in refused(db, first)] == [3]
    assert second.ditolak == 1
    assert db.query(SPPT).count() == 1


def test_semicolons_and_points_between_thousands_are_understood(db, bapenda, bring):
    bring(LINE.replace(",", ";").replace("97600", "97.600"), header=HEADER.replace(",", ";"))

    assert assess.current_sppt(db, NOP, 2026).terutang == 97_600


def test_a_file_without_a_needed_column_is_refused_whole(bring):
    with pytest.raises(InvalidInput):
        bring(LINE, header=HEADER.replace("pokok", "lain"))


def test_two_objects_of_one_taxpayer_have_njoptkp_once_on_the_higher_one(db, sppt, taxman, bring, now):
    bring(LINE.replace(NOP, OTHER).replace(",200,", ",900,"))
    assert assess.publish_year(db, taxman, 2027, now=now) == 2

    assert assess.current_sppt(db, NOP, 2027).njoptkp == 0
    assert assess.current_sppt(db, OTHER, 2027).njoptkp == 10_000_000
    assert assess.publish_year(db, taxman, 2027, now=now) == 0


def test_a_resident_publishes_nothing(db, resident, now):
    with pytest.raises(PermissionRefused):
        assess.publish_year(db, resident, 2027, now=now)


def test_a_correction_is_a_new_sppt_and_the_old_one_stays_as_it_was(db, sppt, taxman, now):
    new = assess.correct(db, taxman, sppt.id, {"luas_bumi": 150}, "Luas menurut sertifikat", now=now)
    db.refresh(sppt)

    assert (new.versi, new.terutang, new.njoptkp) == (2, percent(117_000_000 - 10_000_000), 10_000_000)
    assert (sppt.berlaku, sppt.status, sppt.terutang) == (False, "diganti", 97_600)
    assert db.get_one(Objek, NOP).luas_bumi == 150


def percent(taxable):
    return taxable * 40 * 2 // 100_000


def test_of_two_corrections_of_one_sppt_the_second_is_refused(db, sppt, taxman, now):
    assess.correct(db, taxman, sppt.id, {"luas_bumi": 150}, "Pertama", now=now)

    with pytest.raises(assess.AssessmentChanged):
        assess.correct(db, taxman, sppt.id, {"luas_bumi": 140}, "Kedua", now=now)


def test_a_correction_needs_a_reason_and_a_change(db, sppt, taxman, now):
    with pytest.raises(InvalidInput):
        assess.correct(db, taxman, sppt.id, {"luas_bumi": 150}, " ", now=now)
    with pytest.raises(InvalidInput):
        assess.correct(db, taxman, sppt.id, {"luas_bumi": 200}, "Sama", now=now)


def test_a_reduction_keeps_the_tax_and_lowers_what_is_owed(db, sppt, taxman, now):
    new = assess.reduce(db, taxman, sppt.id, Decimal(25), "Pensiunan", now=now)

    assert (new.pokok, new.pengurangan, new.terutang) == (97_600, 24_400, 73_200)
    assert explained(db, new).total == 73_200


def test_a_bill_costs_interest_when_it_is_late(db, sppt, now):
    made = bill_of(db, sppt, now=now)

    assert bill_of(db, sppt, now=now).id == made.id
    assert (total_on(db, made, date(2026, 8, 31)).total, total_on(db, made, date(2026, 11, 5)).total) == (97_600, 100_528)


def test_a_correction_withdraws_the_bill_of_the_old_one(db, sppt, taxman, now):
    made = bill_of(db, sppt, now=now)
    new = assess.correct(db, taxman, sppt.id, {"luas_bumi": 150}, "Luas", now=now)
    db.refresh(made)

    assert made.status == "batal"
    assert bill_of(db, new, now=now).amount == new.terutang


def test_money_makes_an_sppt_paid_once(db, sppt, now):
    made = bill_of(db, sppt, now=now)

    assert hear_paid(db, "pbb", sppt.id, made.id, now, 97_600, "NTPD1")
    assert not hear_paid(db, "pbb", sppt.id, made.id, now, 97_600, "NTPD1")
    db.refresh(sppt)
    assert (sppt.status, sppt.dibayar, sppt.ntpd) == ("lunas", 97_600, "NTPD1")


def test_what_is_paid_is_not_billed_again(db, sppt, pay, now):
    pay(sppt)

    with pytest.raises(NothingToPay):
        bill_of(db, sppt, now=now)


def test_a_small_object_owes_nothing_and_is_still_listed(db, bapenda, bring, taxman, now):
    bring(f"{NOP},2026,Kebun Kecil,-,-,50,64000,0,0,0,10000000,")

    listed = dhkp.list_page(db, taxman, 2026).rows
    assert [(row.status, row.terutang) for row in listed] == [("nihil", 0)]


# ------------------------------------------------------------------------------------------------------------- looking up


def test_a_stranger_sees_amount_year_status_and_a_masked_name(db, sppt, resident):
    found = look.look_up(db, resident, NOP, "10.0.0.1", today=date(2026, 11, 5))

    assert found.name == "S••• A•••••"
    assert [(year.tahun, year.terutang, year.bunga, year.status) for year in found.years] == [(2026, 97_600, 2_928, "belum")]
    with pytest.raises(NotFound):
        look.own_sppt(db, resident, NOP, 2026)


def test_the_owner_sees_it_whole(db, owned, resident):
    assert look.look_up(db, resident, NOP, "10.0.0.1", today=date(2026, 11, 5)).name == "Siti Aminah"
    assert look.own_sppt(db, resident, NOP, 2026).id == owned.id


def test_whoever_tries_many_numbers_is_stopped(db, sppt, resident):
    with pytest.raises(look.TooManyLooks):
        for _n in range(41):
            look.look_up(db, resident, NOP, "10.0.0.9", today=date(2026, 11, 5))
    look.look_up(db, resident, NOP, "10.0.0.10", today=date(2026, 11, 5))


# ------------------------------------------------------------------------------------------------------------------ DHKP


def test_the_list_turns_by_nop_without_losing_or_doubling(db, bapenda, bring, taxman):
    bring(*(LINE.replace(NOP, f"3604200001001{n:04d}0").replace("Siti Aminah", f"Warga {n}") for n in range(1, 8)))
    seen, after = [], ""
    while True:
        listed = dhkp.list_page(db, taxman, 2026, after=after, size=3)
        seen += [row.nop for row in listed.rows]
        after = listed.after
        if not after:
            break

    assert seen == sorted(seen)
    assert len(set(seen)) == 7


def test_progress_counts_objects_and_rupiah(db, bapenda, bring):
    bring(LINE + "lunas", LINE.replace(NOP, OTHER))
    whole = dhkp.total_of(dhkp.progress(db, 2026))

    assert (whole.objects, whole.due, whole.paid_objects, whole.paid, whole.share) == (2, 195_200, 1, 97_600, 50)


def test_the_list_is_closed_to_residents(db, sppt, resident):
    with pytest.raises(PermissionRefused):
        dhkp.list_page(db, resident, 2026)
