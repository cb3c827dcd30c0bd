"""Employers, vacancies, applications for work, placements, and lists of schools."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from gawe_kartukuning import applications, employers, mitra, placing, schools, seekers
from gawe_kartukuning.employers import Vacancy
from gawe_kartukuning.models import Lamaran, Penempatan, Permohonan
from pendopo import Conflict, InvalidInput, NotFound, PermissionRefused
from pendopo.kit.opendata import csv_text
from pendopo.notifications.models import InboxMessage


def test_a_company_waits_for_an_officer_before_it_offers_work(db, people, office, today, now):
    owner = people.resident("Juragan Baru")
    row = mitra.register(db, owner, mitra.COMPANY, nib="9999999990123", nama="CV Baru", now=now)

    with pytest.raises(Conflict, match="diverifikasi"):
        employers.offer_vacancy(db, owner, row.id, Vacancy("7212", "Las", "x", 5_000_000, today, jumlah=1), on=today, now=now)


def test_a_company_is_decided_once_and_a_refusal_needs_a_reason(db, clerk, company, now):
    with pytest.raises(Conflict):
        mitra.decide(db, clerk, mitra.COMPANY, company[1].id, True, "", now=now)
    with pytest.raises(InvalidInput):
        mitra.decide(db, clerk, mitra.COMPANY, company[1].id, False, "", now=now)
    with pytest.raises(PermissionRefused):
        mitra.decide(db, company[0], mitra.COMPANY, company[1].id, False, "karena", now=now)


def test_a_nib_belongs_to_one_account(db, people, company, now):
    with pytest.raises(Conflict):
        mitra.register(db, people.resident("Lain"), mitra.COMPANY, nib="1234567890123", nama="Lain", now=now)


WRONG_VACANCIES = [
    ({"upah_min": 1_000_000}, "alasan_upah"),
    ({"upah_maks": 4_900_000}, "upah_maks"),
    ({"jumlah": 0}, "jumlah"),
    ({"lokasi": "akan", "tempat": "Nagoya"}, "tempat"),
    ({"kbji": "0000"}, "kbji"),
    ({"penutupan": date(2026, 11, 23)}, "penutupan"),
    ({"penutupan": date(2027, 11, 23)}, "penutupan"),
]


def test_a_vacancy_is_checked(vacancy):
    for changes, field in WRONG_VACANCIES:
        with pytest.raises(InvalidInput) as refusal:
            vacancy(**changes)
        assert refusal.value.field == field


def test_pay_under_the_minimum_is_told_and_kept(db, vacancy):
    assert vacancy(upah_min=3_000_000, alasan_upah="Usaha mikro, dikecualikan").di_bawah_umk
    assert vacancy(upah_min=1_000_000, hubungan="magang").di_bawah_umk == ""


def test_a_vacancy_is_public_only_after_an_officer_let_it_appear(db, company, vacancy, today, now):
    owner, row = company
    waiting = employers.offer_vacancy(db, owner, row.id, Vacancy("7212", "Las", "x", 5_000_000, today, jumlah=1), on=today, now=now)

    with pytest.raises(NotFound):
        employers.public_vacancy(db, waiting.id)
    assert employers.public_vacancy(db, vacancy().id)


def test_applying_needs_a_usable_card_and_happens_once(db, citizen, enrol, vacancy, applied, issue, today, now):
    offered = vacancy()
    with pytest.raises(placing.CardNeeded):
        placing.apply_for_work(db, citizen, offered.id, on=today, now=now)
    issue(applied)
    row = placing.apply_for_work(db, citizen, offered.id, "Saya siap bekerja.", on=today, now=now)

    assert row.skor >= 70
    with pytest.raises(Conflict, match="sudah melamar"):
        placing.apply_for_work(db, citizen, offered.id, on=today, now=now)


def test_who_lacks_what_is_demanded_cannot_apply(db, citizen, card, vacancy, today, now):
    with pytest.raises(Conflict, match="Syarat"):
        placing.apply_for_work(db, citizen, vacancy(jenjang="S1").id, on=today, now=now)


def test_hiring_closes_the_card_and_withdraws_other_applications(db, citizen, card, company, vacancy, today, now):
    one, other = vacancy(), vacancy(judul="Juru las kedua")
    first, second = (placing.apply_for_work(db, citizen, v.id, on=today, now=now) for v in (one, other))
    placing.hire(db, company[0], first.id, start=today, pay=5_200_000, on=today, now=now)

    assert card.situation == "bekerja"
    assert (first.status, db.get(Lamaran, second.id, populate_existing=True).status) == ("diterima", "ditarik")
    assert db.scalar(select(Penempatan)).sumber == "pemberi"
    with pytest.raises(Conflict):
        placing.hire(db, company[0], first.id, start=today, pay=None, on=today, now=now)


def test_no_more_are_hired_than_wanted(db, person, enrol, issue, company, vacancy, today, now):
    offered = vacancy(jumlah=1)
    rows = []
    for number in (1, 2):
        who = person(number, f"Pelamar {number}")
        issue(applications.apply(db, who, enrol(who, nama=f"Pelamar {number}"), now=now))
        rows.append(placing.apply_for_work(db, who, offered.id, on=today, now=now))
    placing.hire(db, company[0], rows[0].id, start=today, pay=None, on=today, now=now)

    assert offered.status == "ditutup"
    with pytest.raises(Conflict, match="terisi"):
        placing.hire(db, company[0], rows[1].id, start=today, pay=None, on=today, now=now)


def test_an_employer_answers_only_its_own_applicants(db, people, citizen, card, vacancy, today, now):
    row = placing.apply_for_work(db, citizen, vacancy().id, on=today, now=now)

    with pytest.raises(NotFound):
        placing.answer(db, people.resident("Orang lain"), row.id, "ditolak", now=now)


def test_an_employer_calls_with_a_place_and_time(db, citizen, card, company, vacancy, today, now):
    row = placing.apply_for_work(db, citizen, vacancy().id, on=today, now=now)
    with pytest.raises(InvalidInput):
        placing.answer(db, company[0], row.id, "dipanggil", now=now)
    placing.answer(db, company[0], row.id, "dipanggil", "Senin pukul 09.00 di pabrik", now=now)

    assert row.status == "dipanggil"
    placing.withdraw(db, citizen, row.id, now=now)
    assert row.status == "ditarik"


# ------------------------------------------------------------------------------------------------------------ schools

HEAD = ("NIK", "Nama", "Tempat lahir", "Tanggal lahir", "L/P", "Jenjang", "Jurusan", "Tahun lulus", "Desa", "HP", "Minat")


def sheet(*rows):
    return csv_text(HEAD, rows).replace("'", "").encode()


def pupil(number, **changes):
    values = {"nik": f"36043017080700{number:02d}", "name": f"Siswa {number}", "year": "2025", "desa": "Anyar, Anyar", **changes}
    return (values["nik"], values["name"], "Serang", "17-08-2007", "L", "SMK", "Teknik Pengelasan", values["year"], values["desa"], "081234567890", "7212")


@pytest.fixture
def school(db, people, office, clerk, now):
    teacher = people.resident("Guru Contoh")
    row = mitra.register(db, teacher, mitra.SCHOOL, npsn="20601234", nama="SMKN 1 Contoh", now=now)
    mitra.decide(db, clerk, mitra.SCHOOL, row.id, True, "", now=now)
    return teacher, row


def test_a_list_is_told_row_by_row(db, school, today, now):
    teacher, row = school
    data = sheet(pupil(1), pupil(2, nik="123"), pupil(3, year="2001"), pupil(1, name="Kembar"), pupil(4, desa="Atlantis"))
    kept, keys = schools.import_graduates(db, teacher, row.id, data, "lulusan.csv", on=today, now=now)

    assert [line["ok"] for line in kept.report] == [True, False, False, False, False]
    assert (kept.diterima, kept.ditolak) == (1, 4)
    assert "3604" not in str(kept.report)
    assert (keys[0]["name"], len(keys[0]["pin"])) == ("Siswa 1", 6)
    assert db.scalar(select(Permohonan)).impor_id == kept.id


def test_officers_get_one_word_of_a_whole_list(db, school, clerk, today, now):
    teacher, row = school
    schools.import_graduates(db, teacher, row.id, sheet(*(pupil(n) for n in range(1, 6))), "a.csv", on=today, now=now)
    told = [m.subject for m in db.scalars(select(InboxMessage).where(InboxMessage.account_id == clerk.account_id)) if "lulusan" in m.subject or "Meja" in m.subject]

    assert told == ["5 lulusan dari SMKN 1 Contoh menunggu diperiksa"]
    assert db.scalar(select(func.count()).select_from(InboxMessage).where(InboxMessage.topic == "berkas.meja")) == 0


def test_the_same_file_is_not_taken_twice(db, school, today, now):
    teacher, row = school
    schools.import_graduates(db, teacher, row.id, sheet(pupil(1)), "a.csv", on=today, now=now)
    with pytest.raises(Conflict):
        schools.import_graduates(db, teacher, row.id, sheet(pupil(1)), "b.csv", on=today, now=now)


def test_a_pupil_takes_over_what_the_school_sent(db, people, school, person, issue, today, now):
    teacher, row = school
    _kept, keys = schools.import_graduates(db, teacher, row.id, sheet(pupil(1, nik="3604301708950040")), "a.csv", on=today, now=now)
    pupil_account = person(40, "Siswa 1")

    assert applications.claim(db, pupil_account, keys[0]["register"], "SALAH1", now=now) is None
    with pytest.raises(Conflict, match="NIK lain"):
        applications.claim(db, person(41), keys[0]["register"], keys[0]["pin"], now=now)
    seeker = applications.claim(db, pupil_account, keys[0]["register"], keys[0]["pin"], now=now)
    application = db.scalar(select(Permohonan))
    assert seeker.account_id == pupil_account.account_id == application.berkas.applicant_id
    with pytest.raises(Conflict):
        applications.claim(db, people.resident("Tanpa NIK"), keys[0]["register"], keys[0]["pin"], now=now)
    assert issue(application).pencari.account_id == pupil_account.account_id


def test_a_card_that_a_school_asked_for_lies_in_the_wallet_of_who_claims_it(db, client, school, person, issue, deliver, today, now):
    teacher, row = school
    _kept, keys = schools.import_graduates(db, teacher, row.id, sheet(pupil(1, nik="3604301708950040")), "a.csv", on=today, now=now)
    issued = issue(db.scalar(select(Permohonan)))
    deliver()
    pupil_account = person(40, "Siswa 1")
    client.sign_in(pupil_account)
    assert issued.nomor not in client.get("/dokumen/").text
    claimed = client.post("/kartu-kuning/klaim", data={"register": keys[0]["register"], "pin": keys[0]["pin"]})

    assert claimed.status_code == 303
    assert issued.nomor in client.get("/dokumen/").text


def test_whom_a_school_registered_is_led_to_the_claim_or_connected_by_an_officer_who_sees_them(db, client, school, person, clerk, today, now):
    teacher, row = school
    schools.import_graduates(db, teacher, row.id, sheet(pupil(1, nik="3604301708950040")), "a.csv", on=today, now=now)
    pupil_account = person(40, "Siswa 1")
    client.sign_in(pupil_account)
    sent = client.get("/kartu-kuning/daftar")

    assert (sent.status_code, sent.headers["location"]) == (303, "/kartu-kuning/klaim")
    acting = replace(clerk, on_behalf_of=pupil_account.account_id)
    seeker = applications.connect(db, acting, seekers.brought_for(db, acting.citizen_id))
    assert seeker.account_id == pupil_account.account_id


def test_a_school_that_is_not_verified_sends_nothing(db, people, office, today, now):
    teacher = people.resident("Guru Baru")
    row = mitra.register(db, teacher, mitra.SCHOOL, npsn="20609999", nama="SMK Baru", now=now)
    with pytest.raises(Conflict, match="diverifikasi"):
        schools.import_graduates(db, teacher, row.id, sheet(pupil(1)), "a.csv", on=today, now=now)
    with pytest.raises(NotFound):
        schools.import_graduates(db, people.resident(), row.id, sheet(pupil(1)), "a.csv", on=today, now=now)


def test_the_template_can_be_sent_back(db, school, today, now):
    teacher, row = school
    from pendopo.kit.sheets import xlsx_bytes

    header, rows = schools.template_rows()
    kept, keys = schools.import_graduates(db, teacher, row.id, xlsx_bytes(header, rows), "lulusan.xlsx", on=today, now=now)

    assert [line["errors"] for line in kept.report if not line["ok"]] == []
    assert len(keys) == 1


# ------------------------------------------------------------------------------------------------------- many at once
