"""Requests and their decisions, declarations, assessments, BPHTB, letters, tariffs, privacy."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from gawe_pajak import acquiring, assess, business, declaring, jobs, letters, look, privacy, requests, settling, tariffs
from gawe_pajak.models import BPHTB, SPPT, SPTPD, Ketetapan, Objek, Opsen, Simpanan, Surat, WajibPajak
from gawe_pajak.paying import KINDS, bill_of, hear_paid
from pendopo import Conflict, InvalidInput, NotFound, PermissionRefused, SignInNeeded
from pendopo.identity import ANONYMOUS
from pendopo.kit.berkas import move_berkas
from pendopo.kit.payments import bill_for, total_on

from .conftest import LINE, NOP

OTHER, THIRD = "360420000100100020", "360420000100100030"
EARLY = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def decide(db, taxman, berkas_id, now, **data):
    move_berkas(db, taxman, berkas_id, "lengkap", now=now)
    return move_berkas(db, taxman, berkas_id, "kabulkan", note="Sesuai bukti.", data=data, now=now)


# ---------------------------------------------------------------------------------------------------------------- requests


def test_a_claim_that_is_granted_shows_the_object_whole_and_ties_its_taxpayer(db, sppt, taxman, resident, now):
    row = requests.apply(db, resident, "objek", NOP, alasan="Rumah yang saya tempati", now=now)
    assert not look.is_own(db, resident, NOP)
    decide(db, taxman, row.berkas_id, now)

    assert look.is_own(db, resident, NOP)
    assert db.get_one(WajibPajak, sppt.wp_id).account_id == resident.account_id


def test_the_same_request_twice_is_refused_while_the_first_runs(db, sppt, resident, now):
    requests.apply(db, resident, "objek", NOP, alasan="Rumah saya", now=now)

    with pytest.raises(Conflict):
        requests.apply(db, resident, "objek", NOP, alasan="Rumah saya", now=now)


def test_nobody_asks_without_an_account_or_for_an_unknown_object(db, sppt, resident, now):
    with pytest.raises(SignInNeeded):
        requests.apply(db, ANONYMOUS, "objek", NOP, alasan="Rumah saya", now=now)
    with pytest.raises(look.NopUnknown):
        requests.apply(db, resident, "objek", OTHER, alasan="Rumah saya", now=now)


def test_an_objection_that_is_granted_makes_a_new_sppt(db, owned, taxman, resident):
    owned.diantar_on = EARLY.date()
    row = requests.apply(db, resident, "keberatan", NOP, year=2026, alasan="Luas bangunan 30 m²", now=EARLY)
    decide(db, taxman, row.berkas_id, EARLY, luas_bangunan=30)
    new = db.get_one(SPPT, row.hasil_id)

    assert (new.versi, new.luas_bangunan, new.njop) == (2, 30, 96_000_000)
    assert assess.current_sppt(db, NOP, 2026).id == new.id


def test_an_objection_is_decided_within_months_and_refused_when_it_comes_too_late(db, owned, resident):
    owned.diantar_on = EARLY.date()
    row = requests.apply(db, resident, "keberatan", NOP, year=2026, alasan="Terlalu tinggi", now=EARLY)

    assert row.berkas.due_at.date() == date(2027, 3, 2)
    assert requests.objection_until(db, owned) == date(2026, 6, 2)
    with pytest.raises(Conflict):
        requests.apply(db, resident, "keberatan", NOP, year=2026, alasan="Terlalu tinggi", now=EARLY + timedelta(days=100))


def test_a_stranger_does_not_object(db, sppt, resident):
    with pytest.raises(PermissionRefused):
        requests.apply(db, resident, "keberatan", NOP, year=2026, alasan="Terlalu tinggi", now=EARLY)


def test_a_reduction_is_granted_by_per_cent(db, owned, taxman, resident, now):
    row = requests.apply(db, resident, "pengurangan", NOP, year=2026, alasan="Pensiunan", now=now)
    decide(db, taxman, row.berkas_id, now, persen=Decimal(50))

    assert db.get_one(SPPT, row.hasil_id).terutang == 48_800


def test_a_decision_on_an_sppt_that_was_replaced_meanwhile_is_refused(db, owned, taxman, resident, now):
    row = requests.apply(db, resident, "pengurangan", NOP, year=2026, alasan="Pensiunan", now=now)
    assess.correct(db, taxman, owned.id, {"luas_bumi": 150}, "Luas", now=now)
    move_berkas(db, taxman, row.berkas_id, "lengkap", now=now)

    with pytest.raises(assess.AssessmentChanged):
        move_berkas(db, taxman, row.berkas_id, "kabulkan", note="Ya", data={"persen": Decimal(50)}, now=now)


def test_a_buyer_gets_the_sppt_in_their_name(db, sppt, taxman, resident, now):
    isi = {"mutasi": "nama", "nama": "Budi Pembeli", "alamat": "Kp. Lama"}
    row = requests.apply(db, resident, "mutasi", NOP, alasan="AJB 2026", isi=isi, now=now)
    decide(db, taxman, row.berkas_id, now)

    assert assess.current_sppt(db, NOP, 2026).nama == "Budi Pembeli"
    assert look.is_own(db, resident, NOP)


def test_an_object_is_split_into_parts_of_the_same_area(db, owned, taxman, resident, now):
    row = requests.apply(db, resident, "mutasi", NOP, alasan="Dibagi dua", isi={"mutasi": "pecah"}, now=now)
    move_berkas(db, taxman, row.berkas_id, "lengkap", now=now)
    wrong = f"{OTHER}; 100; 60; Ani\n{THIRD}; 90; 0; Ina"
    with pytest.raises(InvalidInput), db.begin_nested():
        move_berkas(db, taxman, row.berkas_id, "kabulkan", note="Ya", data={"bagian": wrong}, now=now)
    move_berkas(db, taxman, row.berkas_id, "kabulkan", note="Ya", data={"bagian": wrong.replace("90", "100")}, now=now)

    parts = db.scalars(select(Objek).where(Objek.asal == NOP)).all()
    assert sorted((p.nop, p.luas_bumi, p.wp.nama) for p in parts) == [(OTHER, 100, "Ani"), (THIRD, 100, "Ina")]
    assert not db.get_one(Objek, NOP).aktif
    assert assess.publish_year(db, taxman, 2027, now=now) == 2


def test_objects_are_merged_into_one(db, owned, taxman, resident, bring, now):
    bring(LINE.replace(NOP, OTHER))
    row = requests.apply(db, resident, "mutasi", NOP, alasan="Digabung", isi={"mutasi": "gabung", "lain": OTHER}, now=now)
    decide(db, taxman, row.berkas_id, now)

    assert (db.get_one(Objek, NOP).luas_bumi, db.get_one(Objek, OTHER).aktif, db.get_one(Objek, OTHER).asal) == (400, False, NOP)


# ------------------------------------------------------------------------------------------------------------ declarations


def test_a_declaration_is_computed_billed_and_closed_by_its_payment(db, usaha, resident, now):
    row = declaring.declare(db, resident, usaha().id, date(2026, 10, 1), 48_350_000, now=now)
    assert (row.pajak, row.berkas.state, row.batas_bayar) == (4_835_000, "dilaporkan", date(2026, 11, 13))
    hear_paid(db, "pbjt_makan", row.berkas_id, row.bill_id, now, 4_835_000, "N1")
    db.refresh(row.berkas)

    assert (row.berkas.state, row.berkas.is_open) == ("lunas", False)


def test_late_payment_of_a_declaration_costs_interest(db, usaha, resident, now):
    row = declaring.declare(db, resident, usaha().id, date(2026, 10, 1), 10_000_000, now=now)
    bill = bill_for(db, KINDS["pbjt_makan"], row.berkas_id)

    assert total_on(db, bill, date(2026, 11, 13)).penalty == 0
    assert total_on(db, bill, date(2026, 11, 24)).penalty == 10_000


def test_a_month_without_sales_is_declared_as_nothing(db, usaha, resident, now):
    row = declaring.declare(db, resident, usaha().id, date(2026, 10, 1), 0, now=now)

    assert (row.berkas.state, row.bill_id) == ("nihil", None)


def test_a_second_declaration_corrects_the_unpaid_first(db, usaha, resident, now):
    one = usaha()
    first = declaring.declare(db, resident, one.id, date(2026, 10, 1), 10_000_000, now=now)
    second = declaring.declare(db, resident, one.id, date(2026, 10, 1), 12_000_000, now=now)
    db.refresh(first.berkas)

    assert (second.pembetulan, first.berkas.state) == (1, "dibetulkan")
    assert bill_for(db, KINDS["pbjt_makan"], first.berkas_id).status == "batal"


@pytest.mark.parametrize("masa", [date(2026, 11, 1), date(2025, 12, 1)])
def test_a_month_that_is_not_over_or_before_the_business_is_refused(db, usaha, resident, now, masa):
    with pytest.raises(InvalidInput):
        declaring.declare(db, resident, usaha().id, masa, 1, now=now)


def test_a_stranger_learns_of_no_business(db, usaha, people, now):
    with pytest.raises(NotFound):
        declaring.declare(db, people.resident("Orang Lain"), usaha().id, date(2026, 10, 1), 1, now=now)


def test_missing_months_are_those_that_nobody_declared(db, usaha, resident, now):
    one = usaha()
    declaring.declare(db, resident, one.id, date(2026, 9, 1), 1_000_000, now=now)

    missing = declaring.missing_months(db, one, now.date())
    assert [m.month for m in missing] == [1, 2, 3, 4, 5, 6, 7, 8, 10]


def test_night_entertainment_pays_at_least_forty_per_cent(db, bapenda):
    assert business.computed(db, "pbjt_khusus", "umum", 20_000_000, date(2026, 10, 31)).total == 8_000_000


def test_an_examination_finds_what_is_missing_with_interest(db, usaha, resident, taxman, now):
    row = declaring.declare(db, resident, usaha().id, date(2026, 10, 1), 10_000_000, now=now)
    hear_paid(db, "pbjt_makan", row.berkas_id, row.bill_id, now, 1_000_000, "N1")
    db.expire_all()
    move_berkas(db, taxman, row.berkas_id, "periksa", now=now)
    move_berkas(db, taxman, row.berkas_id, "kurang_bayar", note="Omzet menurut kas", data={"dasar": 15_000_000}, now=now)
    found = db.scalar(select(Ketetapan))

    assert (found.surat, found.pokok, found.bunga, found.total) == ("SKPDKB", 500_000, 5_000, 505_000)


# ------------------------------------------------------------------------------------------------------------- assessments


def test_groundwater_is_assessed_once_a_month_and_corrected_by_a_new_one(db, usaha, taxman, now):
    one = usaha("pat")
    first = business.assess_water(db, taxman, one.id, date(2026, 10, 7), 100, now=now)
    assert first.total == 100_000
    with pytest.raises(Conflict):
        business.assess_water(db, taxman, one.id, date(2026, 10, 20), 100, now=now)
    second = settling.correct_assessment(db, taxman, first.id, 80, "Meter salah baca", now=now)

    assert (second.total, second.ganti_id, db.get_one(Ketetapan, first.id).status) == (80_000, first.id, "diganti")
    with pytest.raises(Conflict):
        settling.correct_assessment(db, taxman, first.id, 70, "Lagi", now=now)


def test_a_billboard_is_assessed_by_size_place_and_time(db, taxman, sppt, now):
    values = {
        "jenis": "Papan",
        "naskah": "Promo",
        "lebar_cm": 400,
        "tinggi_cm": 600,
        "sisi": 2,
        "lokasi_kelas": "B",
        "alamat": "",
        "desa_code": None,
        "dari": date(2026, 1, 1),
        "sampai": date(2026, 12, 31),
        "izin": "",
    }
    row = business.add_billboard(db, taxman, db.get_one(WajibPajak, sppt.wp_id), values, now=now)

    assert (row.surat, row.hitungan[0][2], row.total) == ("SKPD", 87_600_000, 21_900_000)
    assert row.nomor.startswith("973/00001/SKPD/2026")


def test_the_opsen_of_a_month_is_computed_and_a_later_report_replaces_it(db, taxman, now):
    business.note_opsen(db, taxman, "opsen_pkb", date(2026, 10, 12), 1, 1_200_000)
    business.note_opsen(db, taxman, "opsen_pkb", date(2026, 10, 20), 10, 12_000_000)

    assert [(row.masa, row.kendaraan, row.opsen) for row in db.scalars(select(Opsen))] == [(date(2026, 10, 1), 10, 7_920_000)]


def test_an_officer_without_the_right_assesses_nothing(db, officer, usaha, now):
    with pytest.raises(PermissionRefused):
        business.assess_water(db, officer("pajak.read", opd="bapenda"), usaha("pat").id, date(2026, 10, 1), 5, now=now)


# ------------------------------------------------------------------------------------------------------------------- BPHTB


def buy(db, actor, now, **more):
    values = {"nop": NOP, "jenis": "jual_beli", "penerima": "Budi", "ppat": "PPAT Contoh", "harga": 500_000_000, "luas_bumi": 200, "luas_bangunan": 60}
    return acquiring.declare_bphtb(db, actor, **{**values, **more}, now=now)


def test_bphtb_is_examined_then_billed_then_paid(db, sppt, taxman, resident, now):
    row = buy(db, resident, now)
    assert (row.pajak, row.pertama) == (21_000_000, True)
    move_berkas(db, taxman, row.berkas_id, "setujui", now=now)
    hear_paid(db, "bphtb", row.berkas_id, db.get_one(BPHTB, row.berkas_id).bill_id, now, 21_000_000, "N1")
    db.refresh(row.berkas)

    assert row.berkas.state == "lunas"


def test_the_second_acquisition_has_no_free_part(db, sppt, resident, now):
    buy(db, resident, now)

    assert buy(db, resident, now, pertama=True).pajak == 25_000_000


def test_the_njop_counts_when_the_price_is_lower(db, sppt, resident, now):
    assert buy(db, resident, now, harga=90_000_000).pajak == (132_000_000 - 80_000_000) * 5 // 100


def test_a_nil_bphtb_is_validated_and_not_billed(db, sppt, taxman, resident, now):
    row = buy(db, resident, now, harga=10_000_000, luas_bumi=50, luas_bangunan=0)
    with pytest.raises(InvalidInput), db.begin_nested():
        move_berkas(db, taxman, row.berkas_id, "setujui", now=now)

    assert move_berkas(db, taxman, row.berkas_id, "validasi_nihil", now=now).state == "nihil"


def test_more_land_than_there_is_can_not_be_bought(db, sppt, resident, now):
    with pytest.raises(InvalidInput):
        buy(db, resident, now, luas_bumi=201)


# ----------------------------------------------------------------------------------------------------------------- letters


def test_a_letter_goes_to_who_is_late_and_only_once(db, sppt, taxman, now):
    today = date(2026, 11, 24)
    assert letters.counts(db, today) == {"teguran": 1, "stpd": 1, "paksa": 0}
    assert letters.order(db, taxman, "teguran", today=today) == [sppt.id]
    made = letters.send(db, "teguran", sppt.id, by=taxman.account_id, now=now)

    assert (made.pokok, made.bunga) == (97_600, 2_928)
    assert made.document_id is not None
    assert letters.send(db, "teguran", sppt.id, by=taxman.account_id, now=now) is None
    assert letters.order(db, taxman, "teguran", today=today) == []


def test_a_surat_paksa_follows_a_teguran_after_its_time(db, sppt, taxman, now):
    letters.send(db, "teguran", sppt.id, by=None, now=now)

    assert letters.counts(db, date(2026, 11, 25))["paksa"] == 0
    assert letters.counts(db, date(2026, 12, 20))["paksa"] == 1


def test_who_pays_gets_no_letter(db, sppt, now):
    hear_paid(db, "pbb", sppt.id, bill_of(db, sppt, now=now).id, now, 100_528, "N1")
    db.expire_all()

    assert letters.send(db, "stpd", sppt.id, by=None, now=now) is None
    assert db.scalar(select(Surat)) is None


# ----------------------------------------------------------------------------------------------------------------- tariffs


def test_a_new_tariff_ends_the_one_before_and_old_years_keep_theirs(db, taxman):
    new = tariffs.set_tariff(
        db, taxman, jenis="pbb", kelas="umum", mulai=100_000_000, persen=Decimal("0.15"), dari=date(2027, 1, 1), dasar_hukum="Perda contoh 1/2026"
    )

    assert new.persen == "0.15"
    assert tariffs.rate_on(db, "pbb", date(2026, 12, 31), base=132_000_000).percent == Decimal("0.2")
    assert tariffs.rate_on(db, "pbb", date(2027, 1, 1), base=132_000_000).percent == Decimal("0.15")


def test_no_tariff_passes_the_ceiling_of_the_law(db, taxman):
    with pytest.raises(InvalidInput):
        tariffs.set_tariff(db, taxman, jenis="pbb", kelas="umum", mulai=0, persen=Decimal("0.6"), dari=date(2027, 1, 1), dasar_hukum="Perda contoh")


def test_a_day_without_tariff_is_told(db, bapenda):
    with pytest.raises(tariffs.NoTariff):
        tariffs.rate_on(db, "pbb", date(2010, 1, 1))


# -------------------------------------------------------------------------------------------------- background and privacy


def test_an_import_that_was_cut_off_goes_on_and_takes_nothing_twice(db, portal, bapenda, now, monkeypatch):
    from gawe_pajak.importing import checked, open_table, parts, rules_for, take_part
    from gawe_pajak.models import Impor

    from .conftest import HEADER

    text = "\n".join((HEADER, *(LINE.replace(NOP, f"3604200001001{n:04d}0") for n in range(1, 8)), "salah"))
    impor = Impor(nama="putus.csv", at=now)
    db.add(impor)
    db.flush()
    header, rows = open_table(text)
    first = next(parts(checked(header, rows, rules_for(db, now)), 3))
    take_part(db, impor.id, first, rules_for(db, now), now=now, started=0)
    db.commit()
    jobs.keep_file(portal, impor.id, text.encode())
    jobs.run_import(portal, now, impor.id)
    db.expire_all()

    done = db.get_one(Impor, impor.id)
    assert (done.dibaca, done.diterima, done.ditolak, done.selesai) == (8, 7, 1, True)
    assert not jobs.file_of(portal, impor.id).exists()


def test_a_person_gets_and_loses_what_is_held_of_them(db, owned, resident, now):
    look_rows = {title for title, _purpose, _basis, _rows in privacy.held_of(db, resident.account_id)}
    assert {"Data wajib pajak", "Objek PBB", "SPPT"} <= look_rows
    db.add(Simpanan(account_id=resident.account_id, nop=OTHER, sebutan="Ibu", terbukti=False, at=now))
    db.flush()
    privacy.forget(db, resident.account_id)
    db.expire_all()

    assert privacy.held_of(db, resident.account_id) == []
    assert db.get_one(SPPT, owned.id).nama == "Siti Aminah"
    assert db.scalar(select(SPTPD)) is None
