"""The pages: whole and as fragments, what is kept after an error, who is refused."""

import json
import re
from datetime import date, timedelta
from importlib.resources import files

import pytest
from jsonschema import validate
from sqlalchemy import select

from gawe_kartukuning import applications, cards, employers, mitra
from gawe_kartukuning.employers import Vacancy
from gawe_kartukuning.models import Bkk, Kartu, Lamaran, Lowongan, PemberiKerja, Pencari, Permohonan
from pendopo.kit.appointments import Counter, book, open_days, open_slots
from pendopo.kit.opendata import csv_text

TEXT = {"type": "string", "minLength": 1}
JOB_POSTING = {  # what search engines require of a JobPosting, and of what it should have the forms of schema.org
    "type": "object",
    "required": ["@context", "@type", "title", "description", "datePosted", "validThrough", "hiringOrganization", "jobLocation", "employmentType", "baseSalary"],
    "properties": {
        "@context": {"pattern": "^https://schema.org/?$"},
        "@type": {"const": "JobPosting"},
        "title": TEXT,
        "description": TEXT,
        "url": {"pattern": "^https?://"},
        "datePosted": {"pattern": r"^\d{4}-\d\d-\d\d$"},
        "validThrough": {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$"},
        "employmentType": {"enum": ["FULL_TIME", "PART_TIME", "CONTRACTOR", "TEMPORARY", "INTERN", "VOLUNTEER", "PER_DIEM", "OTHER"]},
        "hiringOrganization": {"required": ["@type", "name"], "properties": {"@type": {"const": "Organization"}, "name": TEXT}},
        "jobLocation": {
            "required": ["@type", "address"],
            "properties": {
                "@type": {"const": "Place"},
                "address": {
                    "required": ["@type", "addressLocality", "addressCountry"],
                    "properties": {"@type": {"const": "PostalAddress"}, "addressLocality": TEXT, "addressCountry": TEXT},
                },
            },
        },
        "baseSalary": {
            "required": ["@type", "currency", "value"],
            "properties": {
                "currency": {"const": "IDR"},
                "value": {"required": ["minValue", "maxValue", "unitText"], "properties": {"minValue": {"type": "integer"}, "unitText": {"const": "MONTH"}}},
            },
        },
        "totalJobOpenings": {"type": "integer", "minimum": 1},
    },
}
HERE = "/kartu-kuning"
DESK = "/kerja/kartu-kuning"


@pytest.fixture
def vacancy(db, company, clerk, now):
    """An open vacancy, by the clock that pages go by."""
    today = date.today()
    new = Vacancy(
        "7212",
        "Juru las kapal",
        "Mengelas rangka baja kapal.",
        5_000_000,
        today + timedelta(days=20),
        jumlah=2,
        jenjang="SMK",
        desa_code="36.04.30.2001",
        tempat="Anyar",
    )
    row = employers.offer_vacancy(db, company[0], company[1].id, new, on=today, now=now)
    employers.decide_vacancy(db, clerk, row.id, True, "", now=now)
    return row


def both(client, path):
    whole, piece = client.get(path), client.fragment(path)
    assert (whole.status_code, piece.status_code) == (200, 200), path
    assert "<html" in whole.text and "<html" not in piece.text
    return whole.text


def test_public_pages_answer_whole_and_as_fragments(client, vacancy):
    for path in ("/", "/panduan", "/lowongan", "/lowongan?q=%25&halaman=9999&bidang=X&upah=abc", "/periksa"):
        both(client, HERE + path)


def test_own_pages_need_a_sign_in(client, citizen):
    paths = [HERE + path for path in ("/saya", "/daftar", "/klaim", "/perusahaan/", "/bkk/")]
    assert {client.get(path).status_code for path in paths} <= {303, 401}
    client.sign_in(citizen)
    for path in paths:
        both(client, path)


def test_a_card_is_asked_for_in_six_steps_and_what_is_known_is_filled_in(db, client, citizen, picture):
    client.sign_in(citizen)
    first = client.get(f"{HERE}/daftar").text
    assert 'value="Siti Contoh"' in first

    def send(number, files=None, **values):
        return client.post(f"{HERE}/daftar?langkah={number}", data=values, files=files)

    person = {
        "nama": "Siti Contoh",
        "tempat_lahir": "Serang",
        "tanggal_lahir": "2002-08-17",
        "jk": "P",
        "status_kawin": "belum",
        "alamat": "Kp. Contoh",
        "desa_code": "36.04.30.2001",
    }
    wrong = send(1, **{**person, "hp": "123"})
    assert wrong.status_code == 422 and "Kp. Contoh" in wrong.text
    assert send(1, **person, hp="081234567890").status_code == 303
    school = {"jenjang": "SMK", "jurusan": "Teknik Pengelasan", "institusi": "SMKN 1 Contoh", "tahun_lulus": "2020"}
    assert send(2, {"dokumen": ("ijazah.jpg", picture(), "image/jpeg")}, **school).status_code == 303
    assert send(3, keterampilan="Las SMAW\nAutoCAD", jabatan1="Juru las", perusahaan1="PT Lama", mulai1="2021-01-01", selesai1="2022-01-01").status_code == 303
    assert send(4, kbji="7212", lokasi="kabupaten", upah_min="4.000.000").status_code == 303
    assert send(5, {"foto": ("saya.jpg", picture(900, 600), "image/jpeg")}).status_code == 422
    assert send(5, {"foto": ("saya.jpg", picture(), "image/jpeg")}).status_code == 303
    last = client.get(f"{HERE}/daftar?langkah=6").text
    assert "Teknik Pengelasan" in last and 'name="nik"' not in last
    sent = send(6, setuju="y")

    application = db.scalar(select(Permohonan))
    assert (sent.status_code, sent.headers["location"]) == (303, f"{HERE}/saya/{application.berkas_id}")
    seeker = application.pencari
    assert [row.jabatan for row in seeker.pengalaman] == ["Juru las"]
    assert {row.nama for row in seeker.keterampilan} == {"Las SMAW", "AutoCAD"}
    assert seeker.photo_id is not None
    both(client, f"{HERE}/saya")
    both(client, f"{HERE}/saya/{application.berkas_id}")
    assert client.get(f"{HERE}/daftar").status_code == 303


def test_the_home_of_a_card_shows_it_and_takes_a_report_with_one_press(db, client, citizen, card):
    card.next_due = date.today() + timedelta(days=10)
    card.dues = [(date.today() + timedelta(days=10 + 180 * n)).isoformat() for n in range(4)]
    card.valid_until = date.today() + timedelta(days=550)
    db.commit()
    client.sign_in(citizen)
    assert "Lapor sekarang" in both(client, f"{HERE}/saya")
    piece = client.post(f"{HERE}/saya/lapor", data={"keadaan": "mencari"}, headers={"HX-Request": "true", "HX-Request-Type": "partial"})

    assert "laporan Anda tercatat" in piece.text and "<html" not in piece.text
    again = client.post(f"{HERE}/saya/lapor", data={"keadaan": "mencari"})
    assert again.status_code == 409
    plain = client.post(f"{HERE}/saya/lapor", data={"keadaan": "bekerja", "catatan": "PT Baja"})
    assert plain.status_code == 303
    db.expire_all()
    assert db.get(Kartu, card.id).situation == "bekerja"


def test_who_would_rather_come_books_a_time_from_the_application(db, client, citizen, clerk, office, applied, now):
    week = {str(day): [["08:00", "12:00"]] for day in range(5)}
    counter = Counter(opd_id=office, service="kartu-kuning", title="Loket AK/1", prefix="A", hours=week, slot_minutes=15, capacity=2, days_ahead=14, lead_minutes=0)
    db.add(counter)
    db.commit()
    client.sign_in(citizen)
    assert f"berkas={applied.berkas_id}" in client.get(f"{HERE}/saya/{applied.berkas_id}").text
    slot = open_slots(db, counter, open_days(db, counter, now=now)[0][0], now=now)[0]
    booked = book(db, citizen, counter.id, slot.starts_at, berkas_id=applied.berkas_id, now=now)
    db.commit()

    assert booked.href in client.get(f"{HERE}/saya/{applied.berkas_id}").text
    assert "berjanji datang" in client.sign_in(clerk).get(f"{DESK}/{applied.berkas_id}").text


def test_the_whole_nik_is_on_no_page(client, citizen, clerk, card):
    pages = [client.sign_in(citizen).get(HERE + path).text for path in ("/saya", "/saya/profil")]
    client.sign_in(clerk)
    pages += [client.get(DESK + path).text for path in (f"/{card.berkas_id}", f"/kartu/{card.id}", "/kartu")]

    assert all("3604301708950001" not in page for page in pages)
    assert "3604••••••••0001" in pages[2]


def test_a_vacancy_explains_the_match_and_carries_a_job_posting(db, client, citizen, card, vacancy):
    text = both(client.sign_in(citizen), f"{HERE}/lowongan/{vacancy.id}")
    posting = json.loads(re.search(r'application/ld\+json">(.+?)</script>', text)[1])

    assert "Jabatan yang Anda minati" in text
    assert (posting["@type"], posting["baseSalary"]["value"]["minValue"]) == ("JobPosting", 5_000_000)
    validate(posting, JOB_POSTING)
    assert posting["validThrough"] == f"{vacancy.penutupan.isoformat()}T23:59:59+07:00"


def test_a_vacancy_abroad_tells_its_country_and_a_closed_one_has_no_posting(db, client, vacancy):
    vacancy.lokasi, vacancy.tempat = "akan", "Nagoya, Jepang"
    db.commit()
    page = f"{HERE}/lowongan/{vacancy.id}"
    posting = json.loads(re.search(r'application/ld\+json">(.+?)</script>', client.get(page).text)[1])

    validate(posting, JOB_POSTING)
    assert posting["jobLocation"]["address"] == {"@type": "PostalAddress", "addressLocality": "Nagoya", "addressCountry": "Jepang"}
    vacancy.status = "ditutup"
    db.commit()
    assert "ld+json" not in client.get(page + "?lagi=1").text  # anonymous pages are kept for some seconds


def test_a_vacancy_that_breaks_out_of_its_data_block_stays_inside(db, client, vacancy):
    vacancy.uraian = "</script><b>x</b>"
    db.commit()

    assert "</script><b>" not in client.get(f"{HERE}/lowongan/{vacancy.id}").text


def test_one_applies_with_two_presses_and_may_withdraw(db, client, citizen, card, vacancy):
    client.sign_in(citizen)
    both(client, f"{HERE}/lowongan/{vacancy.id}/lamaran")
    sent = client.post(f"{HERE}/lowongan/{vacancy.id}/lamaran", data={"surat": "Siap bekerja"})
    assert sent.status_code == 303
    row = db.scalar(select(Lamaran))
    twice = client.post(f"{HERE}/lowongan/{vacancy.id}/lamaran", data={"surat": "x"})
    assert twice.status_code == 409 and "sudah melamar" in twice.text

    assert client.post(f"{HERE}/lamaran/{row.id}/penarikan").status_code == 303


def test_the_feed_lists_open_vacancies(client, vacancy):
    import feedparser

    found = feedparser.parse(client.get(f"{HERE}/lowongan/rss.xml").text)
    points = client.get(f"{HERE}/lowongan.geojson").json()

    assert [entry.title for entry in found.entries] == ["Juru las kapal · PT Contoh Baja"]
    assert [point["properties"]["title"] for point in points["features"]] == ["Juru las kapal"]


def test_an_employer_checks_a_card_and_learns_initials_only(db, client, card):
    pin = cards.paper_of(db, card).data["pin"]
    right = client.post(f"{HERE}/periksa", data={"nomor": card.nomor, "pin": pin})
    wrong = client.post(f"{HERE}/periksa", data={"nomor": card.nomor, "pin": "ZZZZZZ"})

    assert right.status_code == 200 and "Kartu asli" in right.text and "S. C." in right.text
    assert "Siti" not in right.text
    assert wrong.status_code == 422 and "tidak cocok" in wrong.text


def test_guessing_pins_is_slowed_down(client, setting, card):
    setting("periksa_per_jam", "5")
    answers = [client.post(f"{HERE}/periksa", data={"nomor": card.nomor, "pin": f"A{n:05}"}).status_code for n in range(6)]

    assert answers == [422] * 5 + [429]


def test_open_data_hides_small_figures_and_names(db, client, card, vacancy):
    people, jobs = client.get(f"{HERE}/data/pencari-kerja.csv").text, client.get(f"{HERE}/data/lowongan.csv").text

    assert "<5" in people and "Siti" not in people
    assert "Juru las kapal" in jobs


# --------------------------------------------------------------------------------------------------- companies, schools


def test_a_company_registers_offers_and_hires(db, client, company, citizen, card, vacancy):
    client.sign_in(company[0])
    both(client, f"{HERE}/perusahaan/")
    both(client, f"{HERE}/perusahaan/baru")
    both(client, f"{HERE}/perusahaan/{company[1].id}/lowongan-baru")
    low = client.post(
        f"{HERE}/perusahaan/{company[1].id}/lowongan-baru",
        data={
            "judul": "Kasir toko",
            "kbji": "5230",
            "uraian": "Melayani pembayaran pelanggan.",
            "jumlah": "2",
            "jenjang": "SMA",
            "hubungan": "kontrak",
            "lokasi": "kabupaten",
            "tempat": "Ciruas",
            "upah_min": "2.000.000",
            "penutupan": (date.today() + timedelta(days=10)).isoformat(),
        },
    )
    assert low.status_code == 422 and "UMK" in low.text
    client.sign_in(citizen).post(f"{HERE}/lowongan/{vacancy.id}/lamaran", data={"surat": "Siap"})
    row = db.scalar(select(Lamaran))
    client.sign_in(company[0])
    assert "Siti Contoh" in both(client, f"{HERE}/perusahaan/lowongan/{vacancy.id}")
    base = f"{HERE}/perusahaan/lowongan/{vacancy.id}/lamaran/{row.id}"
    assert client.post(f"{base}/jawaban", data={f"j{row.id}-putusan": "dipanggil"}).status_code == 422
    assert client.post(f"{base}/jawaban", data={f"j{row.id}-putusan": "dipanggil", f"j{row.id}-pesan": "Senin pukul 9"}).status_code == 303
    hired = client.post(f"{base}/penempatan", data={f"t{row.id}-mulai": date.today().isoformat(), f"t{row.id}-upah": "5.100.000"})

    assert hired.status_code == 303
    db.expire_all()
    assert db.get(Kartu, card.id).situation == "bekerja"


def test_others_see_nothing_of_a_company(client, citizen, company, vacancy):
    client.sign_in(citizen)
    assert client.get(f"{HERE}/perusahaan/lowongan/{vacancy.id}").status_code == 404
    assert client.get(f"{HERE}/perusahaan/{company[1].id}/lowongan-baru").status_code == 404


def test_a_school_sends_a_list_and_reads_each_row(db, client, people, clerk, office, now):
    teacher = people.resident("Guru Contoh")
    client.sign_in(teacher)
    sent = client.post(f"{HERE}/bkk/", data={"npsn": "20601234", "nama": "SMKN 1 Contoh", "kontak": "Bu Guru", "hp": "081234567890"})
    assert sent.status_code == 303
    school = db.scalar(select(Bkk))
    client.sign_in(clerk)
    assert "SMKN 1 Contoh" in both(client, f"{DESK}/bkk")
    assert client.post(f"{DESK}/bkk/{school.id}/putusan", data={"putusan": "setuju"}).status_code == 303
    client.sign_in(teacher)
    rows = [
        ("3604301708070001", "Siswa Satu", "Serang", "17-08-2007", "L", "SMK", "Las", "2025", "Anyar, Anyar"),
        ("1", "Siswa Dua", "Serang", "x", "L", "SMK", "Las", "2025", "Anyar, Anyar"),
    ]
    data = csv_text(("NIK", "Nama", "Tempat lahir", "Tanggal lahir", "L/P", "Jenjang", "Jurusan", "Tahun lulus", "Desa"), rows).encode()
    told = client.post(f"{HERE}/bkk/{school.id}/daftar", files={"daftar": ("lulusan.csv", data, "text/csv")})

    assert told.status_code == 200
    assert "Siswa Satu" in told.text and "AK1-2026-000001" in told.text and "3604301708070001" not in told.text
    assert "Perbaiki" in told.text
    both(client, f"{HERE}/bkk/")
    assert client.get(f"{HERE}/bkk/daftar-lulusan.xlsx").content[:2] == b"PK"
    assert client.post(f"{HERE}/bkk/{school.id}/daftar", data={}).status_code == 422


# ---------------------------------------------------------------------------------------------------------------- staff


DESK_PAGES = ("/", "/kartu", "/penempatan", "/lowongan", "/pemberi-kerja", "/bkk", "/laporan")


def test_desk_pages_answer_whole_and_as_fragments(client, clerk, card, vacancy):
    client.sign_in(clerk)
    for path in (*DESK_PAGES, "/?keadaan=disetujui&lewat=1&q=siti", "/kartu?status=perlu_lapor"):
        both(client, DESK + path)


def test_other_staff_are_refused(client, people, office):
    client.sign_in(people.officer("pelaporan.read", opd="dpupr"))

    assert {client.get(DESK + path).status_code for path in (*DESK_PAGES, "/laporan/kemnaker.csv")} == {403}


def test_an_officer_sees_what_was_typed_beside_the_papers(client, clerk, applied):
    text = both(client.sign_in(clerk), f"{DESK}/{applied.berkas_id}")

    assert "Teknik Pengelasan" in text
    assert "Belum ada pas foto" in text
    assert "Tanggal lahir menurut NIK berbeda" in text


def test_many_are_approved_and_signed_in_two_presses(db, client, clerk, head, person, enrol, now):
    ids = []
    for number in (1, 2, 3):
        who = person(number, f"Pelamar {number}")
        ids.append(applications.apply(db, who, enrol(who, nama=f"Pelamar {number}"), now=now).berkas_id)
    db.commit()
    client.sign_in(clerk)
    assert client.post(f"{DESK}/banyak", data={"langkah": "setujui", "berkas": ids}).status_code == 303
    assert client.post(f"{DESK}/banyak", data={"langkah": "terbitkan", "berkas": ids}).status_code == 403
    client.sign_in(head)
    assert client.post(f"{DESK}/banyak", data={"langkah": "terbitkan", "berkas": [*ids, "x", "999999"]}).status_code == 303

    db.expire_all()
    assert len(db.scalars(select(Kartu)).all()) == 3


def test_an_officer_reports_places_and_the_head_revokes(db, client, clerk, head, card):
    client.sign_in(clerk)
    assert client.post(f"{DESK}/kartu/{card.id}/lapor", data={"lapor-keadaan": "sekolah"}).status_code == 303
    wrong = client.post(f"{DESK}/kartu/{card.id}/penempatan", data={"tempat-perusahaan": "PT Lain"})
    assert wrong.status_code == 422 and "PT Lain" in wrong.text
    right = {"tempat-perusahaan": "PT Lain", "tempat-kbji": "7212", "tempat-mulai": date.today().isoformat(), "tempat-lokasi": "kabupaten"}
    assert client.post(f"{DESK}/kartu/{card.id}/penempatan", data=right).status_code == 303
    assert client.post(f"{DESK}/kartu/{card.id}/pencabutan", data={"cabut-reason": "Data palsu"}).status_code == 403
    client.sign_in(head)
    assert client.post(f"{DESK}/kartu/{card.id}/pencabutan", data={"cabut-reason": "Data palsu"}).status_code == 303
    assert "Dicabut" in both(client, f"{DESK}/kartu/{card.id}")
    assert "PT Lain" in client.sign_in(clerk).get(f"{DESK}/penempatan").text


def test_an_officer_decides_companies_and_vacancies(db, client, people, clerk, company, now):
    owner, row = company
    offered = employers.offer_vacancy(db, owner, row.id, Vacancy("7212", "Las", "Mengelas pipa.", 5_000_000, date.today(), jumlah=1), on=date.today(), now=now)
    other = mitra.register(db, people.resident("Baru"), mitra.COMPANY, nib="9999999990123", nama="CV Baru", now=now)
    db.commit()
    client.sign_in(clerk)
    both(client, f"{DESK}/pemberi-kerja/{other.id}")
    both(client, f"{DESK}/lowongan/{offered.id}")
    assert client.post(f"{DESK}/pemberi-kerja/{other.id}/putusan", data={"putusan": "tolak"}).status_code == 422
    assert client.post(f"{DESK}/pemberi-kerja/{other.id}/putusan", data={"putusan": "setuju"}).status_code == 303
    assert client.post(f"{DESK}/lowongan/{offered.id}/putusan", data={"putusan": "setuju"}).status_code == 303
    db.expire_all()
    assert (db.get(PemberiKerja, other.id).status, db.get(Lowongan, offered.id).status) == ("terverifikasi", "terbit")


def test_an_officer_sees_who_would_fit_a_vacancy(client, clerk, card, vacancy):
    assert "Siti Contoh" in client.sign_in(clerk).get(f"{DESK}/lowongan/{vacancy.id}").text


def test_the_ministry_gets_sums_without_names(client, clerk, card):
    text = client.sign_in(clerk).get(f"{DESK}/laporan/kemnaker.csv?dari=2026-01-01&sampai=2026-12-31").text

    assert "Anyar,P,20-24,SMK,1,1,0,0" in text
    assert "Siti" not in text


def test_statistics_have_pages_and_the_public_sees_no_small_figures(client, clerk, card):
    for slug in ("pencari-kecamatan", "pencari-pendidikan", "pencari-umur", "kartu-bulanan", "jabatan"):
        assert client.get(f"/statistik/kartu-kuning/{slug}").status_code == 200, slug
    client.sign_in(clerk)
    assert client.get("/kerja/statistik/kartu-kuning/kartu-status").status_code == 200


def test_a_profile_is_mended_row_by_row(db, client, citizen, applied, clerk, now, picture):
    from pendopo.kit.berkas import move_berkas

    move_berkas(db, clerk, applied.berkas_id, "perbaiki", note="Nama salah", now=now)
    db.commit()
    client.sign_in(citizen)
    both(client, f"{HERE}/saya/profil")
    both(client, f"{HERE}/saya/profil/data-diri")

    def add(part, files=None, **values):
        return client.post(f"{HERE}/saya/profil/{part}", data={f"{part}-{name}": value for name, value in values.items()}, files=files).status_code

    assert add("keterampilan", nama="Las TIG") == 303
    assert add("minat", kbji="7213", lokasi="akl", upah_min="") == 303
    assert add("kerja", jabatan="Helper", perusahaan="PT A", mulai="2021-01-01", selesai="2020-01-01") == 422
    assert add("kerja", jabatan="Helper", perusahaan="PT A", mulai="2021-01-01", selesai="2022-01-01", kbji="9329") == 303
    assert add("sekolah", jenjang="D3", institusi="Politeknik", tahun_lulus="2023") == 303
    assert add("foto", {"foto-foto": ("a.jpg", picture(), "image/jpeg")}) == 303
    assert add("kontak", alamat="Kp. Baru", desa_code="36.04.30.2001", hp="081234567891") == 303
    seeker = db.scalar(select(Pencari).execution_options(populate_existing=True))
    assert (seeker.jenjang, seeker.alamat, seeker.photo_id is not None) == ("D3", "Kp. Baru", True)
    row_id = next(row.id for row in seeker.minat if row.kbji == "7213")
    assert client.post(f"{HERE}/saya/profil/minat/{row_id}/penghapusan").status_code == 303
    assert client.post(f"{HERE}/saya/profil/minat/{row_id}/penghapusan").status_code == 404


def test_personal_data_are_told_and_forgotten(db, portal, citizen, card, now):
    from gawe_kartukuning import pieces

    told = pieces.held_of(db, citizen.account_id)
    assert "Siti Contoh" in str([part.rows for part in told]) and "3604301708950001" not in str([part.rows for part in told])
    pieces.forget(db, citizen.account_id)

    assert pieces.held_of(db, citizen.account_id) == []
    assert db.get(Pencari, card.pencari_id).nik_cipher is None
    assert db.get(Kartu, card.id) is not None


@pytest.mark.once
def test_the_plugin_passes_the_conformance_checks():
    from pendopo.testing.conformance import run_checks

    failed = [f"{result.rule}: {result.detail}" for result in run_checks("gawe_kartukuning") if not result.ok]
    assert failed == []


@pytest.mark.once
def test_the_subject_of_a_message_stays_apart_from_its_body():
    """A line that ends with a Jinja block takes its line end with it: an empty line must follow."""
    for path in (files("gawe_kartukuning") / "templates/gawe_kartukuning/notify").iterdir():
        subject, after = path.read_text("utf-8").splitlines()[:2]
        assert not (subject.endswith("%}") and after), path.name
