"""The pages: whole, as a piece, refused; a proposal sent in steps; the desk of officers."""

import io
import re

import pytest
from PIL import Image

from gawe_pemantauan import issued, proposals
from gawe_pemantauan.models import Kunjungan, Proposal
from pendopo.kit.berkas import move_berkas
from pendopo.kit.documents import document_bytes, document_of

ASKED, DESA = 11_590_000, "36.04.30.2001"
LONG = "Atap bocor sejak musim hujan lalu, jemaah bergeser ke serambi setiap hujan turun."


def photo(name="surat.jpg"):
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "gray").save(out, "JPEG")
    return name, out.getvalue(), "image/jpeg"


@pytest.fixture
def citizen(client, resident):
    return client.sign_in(resident)


@pytest.fixture
def desk(client, kesra):
    return client.sign_in(kesra)


@pytest.mark.parametrize("path", ["/pemantauan/", "/pemantauan/penerima", "/pemantauan/layanan", "/pemantauan/pantau"])
def test_public_pages_answer_whole_and_as_fragment(client, program, path):
    whole, piece = client.get(path), client.fragment(path)

    assert (whole.status_code, piece.status_code) == (200, 200)
    assert "<html" in whole.text
    assert "<html" not in piece.text


def test_everybody_reads_that_it_is_free(client, program):
    for path in ("/pemantauan/", "/pemantauan/layanan", f"/pemantauan/program/{program.id}"):
        assert "Layanan ini gratis" in client.get(path).text


def test_an_unpublished_programme_is_nobodys(client, make_program):
    program = make_program(published=False)
    assert client.get(f"/pemantauan/program/{program.id}").status_code == 404


def test_the_queue_of_a_programme_shows_bodies(client, program, send):
    send()
    assert "Musala Al-Ikhlas Anyar" in client.get(f"/pemantauan/program/{program.id}").text


RAB_ROWS = {
    "rab-1-uraian": "Semen",
    "rab-1-volume": "120",
    "rab-1-satuan": "sak",
    "rab-1-harga": "68.000",
    "rab-2-uraian": "Pasir",
    "rab-2-volume": "3",
    "rab-2-satuan": "m3",
    "rab-2-harga": "310000",
}
LAST_ROW = {"rab-3-uraian": "Upah kerja", "rab-3-volume": "1", "rab-3-satuan": "ls", "rab-3-harga": "Rp2.500.000"}

IDEA = {
    "title": "Perbaikan atap Musala",
    "purpose": LONG,
    "beneficiaries": "120",
    "desa": DESA,
    "address": "Kampung Sawah",
    "point-lat": "",
    "point-lon": "",
}


def step(citizen, program, number, data, **files):
    return citizen.post(f"/pemantauan/program/{program.id}/ajukan?langkah={number}", data=data, **files)


def fill_until_papers(citizen, program, body):
    assert step(citizen, program, 1, {"lembaga": body.id}).status_code == 303
    assert step(citizen, program, 2, IDEA).status_code == 303
    assert step(citizen, program, 3, {"asked": "11.590.000", **RAB_ROWS, **LAST_ROW}).status_code == 303


def test_a_proposal_is_sent_in_steps_without_a_script(db, citizen, make_program, make_body, resident):
    program, body = make_program(papers=("surat", "foto")), make_body()
    fill_until_papers(citizen, program, body)
    files = {"surat": photo(), "foto": photo("atap.jpg")}
    assert step(citizen, program, 4, {}, files=files).status_code == 303
    last = step(citizen, program, 5, {"honest": "y"})

    assert last.headers["location"] == "/pemantauan/terkirim"
    sent = citizen.get("/pemantauan/terkirim").text
    register = re.search(r"HBH-\d{4}-\d{6}-\d", sent)[0]
    proposal = db.query(Proposal).one()
    assert (proposal.berkas.register, proposal.asked, len(proposal.rab)) == (register, ASKED, 3)
    assert [len(found) for _slug, found in proposals.files_of(db, proposal)] == [1, 1]
    assert document_of(db, issued.RECEIPT, proposal.berkas_id).holder_id == resident.account_id
    assert register in citizen.get("/pemantauan/saya").text


def test_rows_are_added_to_the_plan_by_a_button(citizen, program, make_body):
    body = make_body()
    step(citizen, program, 1, {"lembaga": body.id})
    step(citizen, program, 2, IDEA)
    answer = step(citizen, program, 3, {"asked": "11.590.000", **RAB_ROWS, "rab-tambah": "1"})

    assert answer.status_code == 200
    assert 'value="Semen"' in answer.text
    assert 'name="rab-5-uraian"' in answer.text
    assert "Rp9.090.000" in answer.text


def test_a_plan_that_does_not_add_up_comes_back_with_what_was_typed(citizen, program, make_body):
    body = make_body()
    step(citizen, program, 1, {"lembaga": body.id})
    step(citizen, program, 2, IDEA)
    answer = step(citizen, program, 3, {"asked": "11.590.000", **RAB_ROWS})

    assert answer.status_code == 422
    assert "Selisih Rp2.500.000" in answer.text
    assert 'value="68.000"' in answer.text


def test_above_the_ceiling_is_warned_of_before_sending(db, citizen, make_program, make_body):
    program, body = make_program(papers=("surat",), plafon=10_000_000), make_body()
    fill_until_papers(citizen, program, body)
    step(citizen, program, 4, {}, files={"surat": photo()})
    assert "Melebihi plafon" in citizen.get(f"/pemantauan/program/{program.id}/ajukan?langkah=5").text
    assert step(citizen, program, 5, {"honest": "y"}).status_code == 422

    assert step(citizen, program, 5, {"honest": "y", "accept_cap": "y"}).status_code == 303
    assert db.query(Proposal).one().eligible == 10_000_000


def test_who_has_no_body_registers_one_first(citizen, program):
    answer = citizen.get(f"/pemantauan/program/{program.id}/ajukan")
    assert answer.headers["location"] == f"/pemantauan/lembaga/baru?program={program.id}"

    data = {
        "name": "Musala Nurul Yaqin",
        "jenis": "musala",
        "desa": DESA,
        "address": "Kampung Baru",
        "founded_on": "2012-05-01",
        "izin_operasional": "1/2015",
        "bank": "bjb",
        "rekening": "001-2345-6789",
        "rekening_name": "MUSALA NURUL YAQIN",
        "ketua_name": "H. Sanusi",
        "ketua_nik": "3604301708950001",
    }
    saved = citizen.post(f"/pemantauan/lembaga/baru?program={program.id}", data=data)
    assert saved.headers["location"] == f"/pemantauan/program/{program.id}/ajukan"
    assert "3604301708950001" not in citizen.get("/pemantauan/saya").text


def test_an_account_of_a_person_is_refused_at_its_field(citizen):
    data = {
        "name": "Musala Nurul Yaqin",
        "jenis": "musala",
        "desa": DESA,
        "address": "Kampung Baru",
        "founded_on": "2012-05-01",
        "izin_operasional": "1/2015",
        "bank": "bjb",
        "rekening": "0012345678",
        "rekening_name": "H. Sanusi",
        "ketua_name": "H. Sanusi",
        "ketua_nik": "3604301708950001",
    }
    answer = citizen.post("/pemantauan/lembaga/baru", data=data)
    assert answer.status_code == 422
    assert "atas nama lembaga" in answer.text


# ------------------------------------------------------------------------------------------------------------- watching


def test_the_live_view_says_whose_desk_since_when_and_what_next(citizen, send):
    proposal = send()
    text = citizen.get(f"/pemantauan/pantau/{proposal.berkas.register}").text

    assert "Kecamatan Anyar" in text
    assert "Desa memberi keterangan" in text
    assert f"/pemantauan/pantau/{proposal.berkas.register}/stream" in text
    assert "<html" not in citizen.get(f"/pemantauan/pantau/{proposal.berkas.register}?isi=1").text


def test_a_stranger_is_asked_for_the_pin_and_gets_in_with_it(client, send):
    proposal = send()
    register, pin = proposal.berkas.register, proposal.berkas.pin
    assert client.get(f"/pemantauan/pantau/{register}").headers["location"] == f"/pemantauan/pantau?nomor={register}"
    assert client.post("/pemantauan/pantau", data={"register": register, "pin": "XXXXXX"}).status_code == 422
    assert client.get(f"/pemantauan/pantau/{register}/stream").status_code in (303, 401)

    assert client.post("/pemantauan/pantau", data={"register": register, "pin": pin}).status_code == 303
    assert "Sekarang di meja" in client.get(f"/pemantauan/pantau/{register}").text


def test_a_refused_proposal_says_why_and_what_helps(db, citizen, send, go, kesra, now):
    proposal = go(send(), "konfirmasi_camat")
    move_berkas(db, kesra, proposal.berkas_id, "tolak_administrasi", data={"reason": "legalitas"}, now=now)
    text = citizen.get(f"/pemantauan/saya/{proposal.berkas_id}").text

    assert "Legalitas lembaga belum sah" in text
    assert "Perbarui izin operasional" in text


def test_somebody_elses_proposal_is_refused(client, people, send):
    proposal = send()
    client.sign_in(people.resident("Orang Lain"))
    assert client.get(f"/pemantauan/saya/{proposal.berkas_id}").status_code == 403


# ---------------------------------------------------------------------------------------------------------------- staff


@pytest.mark.parametrize("path", ["", "program", "program/baru", "konfirmasi", "darurat", "pengawasan"])
def test_staff_pages_answer_whole_and_as_fragment(desk, program, path):
    whole, piece = desk.get(f"/kerja/pemantauan/{path}"), desk.fragment(f"/kerja/pemantauan/{path}")

    assert (whole.status_code, piece.status_code) == (200, 200)
    assert "<html" in whole.text
    assert "<html" not in piece.text


@pytest.mark.parametrize("path", ["", "program", "program/baru", "konfirmasi", "darurat", "pengawasan"])
def test_staff_pages_are_refused_to_officers_without_the_permission(client, officer, offices, path):
    client.sign_in(officer("pelaporan.read", opd="kesra"))
    assert client.get(f"/kerja/pemantauan/{path}").status_code == 403


def test_an_office_does_not_read_the_proposals_of_another(client, officer, send):
    proposal = send()
    client.sign_in(officer("pemantauan.survey", "pemantauan.read", opd="dinsos"))
    assert client.get(f"/kerja/pemantauan/{proposal.berkas_id}").status_code == 403
    assert proposal.berkas.register not in client.get("/kerja/pemantauan/").text


def test_the_desk_finds_by_stage_word_and_number(desk, send):
    proposal = send()
    for query in ("tahap=desa", "q=atap", f"q={proposal.berkas.register}", f"program={proposal.program_id}"):
        assert proposal.berkas.register in desk.get(f"/kerja/pemantauan/?{query}").text
    for query in ("tahap=tapd", "q=jembatan", "diam=1", "tanda=1"):
        assert proposal.berkas.register not in desk.get(f"/kerja/pemantauan/?{query}").text


def test_one_page_has_everything_and_no_number_in_full(db, desk, send, go):
    proposal = go(send(), "mulai_lapangan")
    text = desk.get(f"/kerja/pemantauan/{proposal.berkas_id}").text

    for words in ("Isi usulan", "Pengurus", "Keterangan desa dan camat", "Kunjungan lapangan", "3604••••••••0001", "•••• 5678"):
        assert words in text
    assert "3604301708950001" not in text
    assert "0012345678" not in text


def test_the_check_list_and_a_visit_are_kept(db, desk, send, go, now):
    proposal = go(send(), "konfirmasi_camat")
    answer = desk.post(f"/kerja/pemantauan/{proposal.berkas_id}/pemeriksaan", data={"cek-surat": "ok", "cek-foto": "kurang", "cek-asing": "ok"})
    assert answer.status_code == 303
    db.refresh(proposal)
    assert proposal.checklist == {"surat": "ok", "foto": "kurang"}

    go(proposal, "mulai_lapangan")
    visit = {
        "kunjungan-visited_at": "2026-11-20T09:00",
        "kunjungan-object_exists": "ya",
        "kunjungan-active": "ya",
        "kunjungan-has_board": "tidak",
        "kunjungan-papers_match": "ya",
        "kunjungan-note": "Objek ada dan dipakai.",
        "kunjungan-point-lat": "-6.06",
        "kunjungan-point-lon": "105.92",
        "kunjungan-client_key": "hp-7",
    }
    for _again in range(2):
        answer = desk.post(f"/kerja/pemantauan/{proposal.berkas_id}/kunjungan", data=visit, files={"kunjungan-photos": photo()})
        assert answer.status_code == 303
    row = db.query(Kunjungan).one()
    assert (row.score, row.distance_m) == (90, 0)
    assert document_bytes(db, document_of(db, issued.VISIT, row.id)).startswith(b"%PDF")


def test_a_visit_without_words_is_refused_on_the_page(desk, send, go):
    proposal = go(send(), "mulai_lapangan")
    answer = desk.post(f"/kerja/pemantauan/{proposal.berkas_id}/kunjungan", data={"kunjungan-note": "ok"})
    assert answer.status_code == 422
    assert "Kunjungan lapangan" in answer.text


def test_a_programme_is_made_published_paused_and_seen(desk, offices):
    data = {
        "title": "Hibah pesantren 2027",
        "jenis": "hibah_uang",
        "summary": "Uang untuk pesantren, langsung ke rekening.",
        "opd": offices["kesra"],
        "proposal_year": "2026",
        "paid_year": "2027",
        "opens_on": "2026-11-01",
        "closes_on": "2026-12-31",
        "pagu": "500.000.000",
        "plafon": "",
    }
    made = desk.post("/kerja/pemantauan/program/baru", data=data)
    where = made.headers["location"]
    assert desk.post(f"{where}/terbit").status_code == 303
    assert "Hibah pesantren 2027" in desk.get("/pemantauan/").text
    assert desk.post(f"{where}/jeda", data={"jeda-reason": "ok"}).status_code == 422
    assert desk.post(f"{where}/jeda", data={"jeda-reason": "Menunggu perubahan anggaran"}).status_code == 303
    assert "Menunggu perubahan anggaran" in desk.get(where.replace("/kerja", "")).text


def test_many_are_sent_and_determined_from_the_ranking(db, desk, send, go, program):
    proposal = go(send(), "rekomendasikan")
    where = f"/kerja/pemantauan/program/{program.id}"
    assert desk.post(f"{where}/langkah", data={"id": proposal.berkas_id, "langkah": "ke_tapd"}).status_code == 303
    assert desk.post(f"{where}/langkah", data={"id": proposal.berkas_id, "langkah": "masukkan_anggaran"}).status_code == 303
    assert desk.post(f"{where}/kabar", data={"id": proposal.berkas_id, "kabar-text": "RAPBD sedang dibahas DPRD."}).status_code == 303
    assert desk.post(f"{where}/kabar", data={"id": proposal.berkas_id, "kabar-text": "ok"}).status_code == 422
    assert desk.post(f"{where}/penetapan", data={"id": proposal.berkas_id, "sk-sk_number": "400/1", "sk-sk_date": "2026-11-20"}).status_code == 303
    db.refresh(proposal.berkas)

    assert proposal.berkas.state == "ditetapkan"
    assert "400/1" in desk.get(where).text
    assert desk.post(f"{where}/langkah", data={"langkah": "tetapkan"}).status_code == 404


def test_an_auditor_reads_everything_and_moves_nothing(client, officer, send, go):
    proposal = go(send(), "konfirmasi_camat")
    client.sign_in(officer("pemantauan.audit", "pemantauan.read", opd="setda", scope="regency"))

    assert "Cocok" in client.get("/kerja/pemantauan/pengawasan").text
    assert "seperti saat ditulis" in client.get(f"/kerja/pemantauan/pengawasan/{proposal.program_id}/jejak").text
    table = client.post("/kerja/pemantauan/pengawasan.csv").text
    assert proposal.berkas.register in table
    assert "3604301708950001" not in table
    assert client.post(f"/kerja/pemantauan/{proposal.berkas_id}/pemeriksaan", data={"cek-surat": "ok"}).status_code == 403


# --------------------------------------------------------------------------------------------------------- for everyone


def test_recipients_come_as_page_csv_and_points(client, send, go):
    go(send(), "tetapkan")
    page, table, points = client.get("/pemantauan/penerima"), client.get("/pemantauan/penerima.csv"), client.get("/pemantauan/penerima.geojson")

    assert "Musala Al-Ikhlas Anyar" in page.text
    assert "Musala Al-Ikhlas Anyar" in table.text
    assert points.json()["features"][0]["properties"]["rupiah"] == ASKED
    assert "Musala Al-Ikhlas Anyar" not in client.get("/pemantauan/penerima?kecamatan=36.04.05").text


def test_search_calendar_cards_and_statistics_know_the_programme(client, citizen, send, portal):
    proposal = send()
    assert "Hibah sarana ibadah" in citizen.get("/cari?q=ibadah").text
    assert proposal.berkas.title in citizen.get("/").text
    assert client.get("/statistik/pemantauan/program").status_code == 200
