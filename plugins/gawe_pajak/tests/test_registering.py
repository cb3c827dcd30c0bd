"""Businesses: registered by asking or at the counter, reminded by letters, assessed by the office, closed."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from gawe_pajak import acquiring, assess, business, declaring, letters, registering, settling
from gawe_pajak.models import Ketetapan, Usaha, WajibPajak
from gawe_pajak.options import SETTINGS
from gawe_pajak.paper import BPHTB_PAPER, NPWPD_PAPER, SKPD_PAPER, SPPT_PAPER, issue_sppt, issue_statement
from gawe_pajak.registering import Business
from pendopo import Conflict, InvalidInput, PermissionRefused
from pendopo.kit.berkas import move_berkas
from pendopo.kit.documents import Document, document_of

from .conftest import NOP

SATE = Business("pbjt_makan", "pribadi", "Siti Aminah", "Kp. Baru", "RM Sate", "Jl. Raya Anyar 5", "36.04.30.2001", date(2026, 9, 1))
OCTOBER = date(2026, 10, 1)


def granted(db, taxman, row, now):
    move_berkas(db, taxman, row.berkas_id, "daftarkan", now=now)
    db.refresh(row)
    return db.get_one(Usaha, row.usaha_id)


def test_a_business_that_is_granted_gets_a_number_a_paper_and_declares(db, bapenda, taxman, resident, now):
    usaha = granted(db, taxman, registering.ask(db, resident, SATE, now=now), now)
    paper = document_of(db, NPWPD_PAPER, usaha.id)

    assert (usaha.wp.npwpd, usaha.wp.account_id) == ("P.1.0000001.30.01", resident.account_id)
    assert (paper.holder_id, paper.status) == (resident.account_id, "berlaku")
    assert declaring.declare(db, resident, usaha.id, OCTOBER, 10_000_000, now=now).pajak == 1_000_000


def test_a_second_business_of_the_same_taxpayer_keeps_the_number(db, bapenda, taxman, resident, now):
    first = granted(db, taxman, registering.ask(db, resident, SATE, now=now), now)
    second = granted(db, taxman, registering.ask(db, resident, replace(SATE, usaha="Warung Kopi"), now=now), now)

    assert first.wp_id == second.wp_id


def test_the_same_business_is_neither_asked_nor_registered_twice(db, bapenda, taxman, resident, now):
    row = registering.ask(db, resident, SATE, now=now)
    with pytest.raises(Conflict):
        registering.ask(db, resident, SATE, now=now)
    granted(db, taxman, row, now)
    with pytest.raises(Conflict):
        registering.ask(db, resident, SATE, now=now)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"jenis": "pbb"}, "jenis"),
        ({"bentuk": "lain"}, "bentuk"),
        ({"nib": "12"}, "nib"),
        ({"bentuk": "badan"}, "nib"),
        ({"sejak": date(2027, 1, 1)}, "sejak"),
    ],
)
def test_what_is_wrong_with_a_registration_is_said_at_its_field(db, bapenda, resident, now, wrong, field):
    with pytest.raises(InvalidInput) as refusal:
        registering.ask(db, resident, replace(SATE, **wrong), now=now)

    assert refusal.value.field == field


def test_what_an_officer_registered_becomes_its_owners_by_nib(db, bapenda, taxman, resident, now):
    company = replace(SATE, bentuk="badan", nib="1234567890123", wajib_pajak="PT Sate")
    found = registering.register(db, taxman, company, now=now)
    assert found.wp.account_id is None
    usaha = granted(db, taxman, registering.ask(db, resident, company, now=now), now)

    assert (usaha.id, usaha.wp.account_id) == (found.id, resident.account_id)
    assert db.scalar(select(func.count()).select_from(WajibPajak)) == 1


def test_only_officers_register_and_close(db, bapenda, taxman, resident, now):
    with pytest.raises(PermissionRefused):
        registering.register(db, resident, SATE, now=now)
    usaha = registering.register(db, taxman, SATE, now=now)
    with pytest.raises(PermissionRefused):
        registering.close(db, resident, usaha.id, "Tutup")
    with pytest.raises(InvalidInput):
        registering.close(db, taxman, usaha.id, " ")
    assert not registering.close(db, taxman, usaha.id, "Pindah ke kota").aktif
    with pytest.raises(Conflict):
        registering.close(db, taxman, usaha.id, "Lagi")


@pytest.mark.once
@given(st.integers(1, 10**7 - 1), st.integers(1, 99), st.integers(1, 99), st.sampled_from([1, 2]))
def test_every_number_follows_the_usual_shape(serial, kecamatan, desa, form):
    import re

    pattern = next(spec.default for spec in SETTINGS if spec.name == "pajak.npwpd_pola")
    assert re.fullmatch(r"P\.\d\.\d{7}\.\d{2}\.\d{2}", pattern.format(golongan=form, urut=serial, kecamatan=kecamatan, desa=desa))


# -------------------------------------------------------------------------------------------------- arrears of businesses


def test_letters_go_to_businesses_and_assessments_too(db, usaha, resident, taxman, pay, now):
    declared = declaring.declare(db, resident, usaha().id, date(2026, 8, 1), 10_000_000, now=now)
    assessed = business.assess_water(db, taxman, usaha("pat").id, date(2026, 8, 1), 100, now=now)
    late = date(2027, 2, 1)
    assert letters.order(db, taxman, "teguran", asal="sptpd", today=late) == [declared.berkas_id]
    assert letters.order(db, taxman, "stpd", asal="ketetapan", today=late) == [assessed.id]
    first = letters.send(db, "teguran", declared.berkas_id, asal="sptpd", by=None, now=now)
    second = letters.send(db, "stpd", assessed.id, asal="ketetapan", by=None, now=now)

    assert (first.pokok, first.bunga) == (1_000_000, 30_000)
    assert db.get_one(Document, second.document_id).data["total"] == "Rp100.000"
    assert db.get_one(Document, first.document_id).holder_id == resident.account_id
    assert letters.send(db, "teguran", declared.berkas_id, asal="sptpd", by=None, now=now) is None
    pay(assessed)
    assert letters.send(db, "teguran", assessed.id, asal="ketetapan", by=None, now=now) is None


def test_arrears_are_listed_with_their_interest(db, usaha, resident, taxman, now):
    row = declaring.declare(db, resident, usaha("mblb").id, date(2026, 8, 1), 10_000_000, now=now)
    today = date(2026, 11, 24)

    assert [one.berkas_id for one in letters.arrears_page(db, today=today, asal="sptpd", desa="36.04.30.2001")] == [row.berkas_id]
    assert letters.arrears_page(db, today=today, asal="sptpd", kecamatan="36.04.05") == []
    assert letters.owed(db, row, today) == (2_000_000, 60_000)


def test_a_month_that_was_not_declared_is_assessed_by_the_office_once(db, usaha, resident, taxman, now):
    one = usaha()
    made = business.assess_undeclared(db, taxman, one, date(2026, 9, 1), 20_000_000, "Omzet Agustus", now=now)

    assert [(row.surat, row.pokok, row.bunga) for row in made] == [("SKPDKB", 2_000_000, 40_000)]
    assert date(2026, 9, 1) not in declaring.missing_months(db, one, now.date())
    with pytest.raises(Conflict):
        declaring.declare(db, resident, one.id, date(2026, 9, 1), 1, now=now)
    with pytest.raises(Conflict):
        business.assess_undeclared(db, taxman, one, date(2026, 9, 1), 1, "Lagi", now=now)
    with pytest.raises(Conflict):
        settling.correct_assessment(db, taxman, made[0].id, 1, "Salah", now=now)


# ------------------------------------------------------------------------------------------------------------------ papers


def test_an_assessment_is_a_paper_and_its_correction_points_back(db, usaha, taxman, now):
    first = business.assess_water(db, taxman, usaha("pat").id, OCTOBER, 100, now=now)
    second = settling.correct_assessment(db, taxman, first.id, 80, "Meter salah baca", now=now)
    old, new = document_of(db, SKPD_PAPER, first.id), document_of(db, SKPD_PAPER, second.id)

    assert (old.status, new.status, new.replaces_id) == ("diganti", "berlaku", old.id)
    assert db.scalar(select(Ketetapan.status).where(Ketetapan.id == first.id)) == "diganti"


def test_the_paper_of_an_sppt_follows_its_correction_and_cancellation(db, owned, taxman, now):
    paper = issue_sppt(db, taxman, owned, now=now)
    new = assess.correct(db, taxman, owned.id, {"luas_bumi": 150}, "Luas", now=now)
    db.refresh(paper)
    newer = document_of(db, SPPT_PAPER, new.id)
    assert (paper.status, newer.replaces_id, newer.data["total"]) == ("diganti", paper.id, "Rp85.600")
    assess.cancel(db, taxman, new.id, "Objek ganda", now=now)
    db.refresh(newer)

    assert newer.status == "dicabut"


def test_a_paid_bphtb_becomes_a_validated_paper_after_an_officer_found_another_price(db, sppt, taxman, resident, pay, now):
    row = acquiring.declare_bphtb(
        db, resident, nop=NOP, jenis="jual_beli", penerima="Budi", ppat="PPAT Contoh", harga=200_000_000, luas_bumi=200, luas_bangunan=60, now=now
    )
    move_berkas(db, taxman, row.berkas_id, "setujui", data={"harga": 500_000_000}, now=now)
    assert row.pajak == 21_000_000
    assert document_of(db, BPHTB_PAPER, row.berkas_id) is None
    pay(row)

    assert document_of(db, BPHTB_PAPER, row.berkas_id).data["total"] == "Rp21.000.000"


def test_an_owner_takes_a_statement_of_what_is_paid(db, owned, resident, now):
    paper = issue_statement(db, resident, [owned], now=now)

    assert (paper.holder_id, paper.data["arrears"]) == (resident.account_id, "2026")
