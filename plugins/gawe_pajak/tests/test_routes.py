"""The pages: whole and as fragments, what strangers don't see, who is refused."""

import re

import pytest
from sqlalchemy import select

from gawe_pajak.importing import import_text
from gawe_pajak.models import BPHTB, SPPT, SPTPD, Impor, Ketetapan, Permohonan, Simpanan, Tarif, Usaha
from pendopo.kit.payments import Bill

from .conftest import HEADER, LINE, NOP, both

SHOWN = "36.04.200.001.001-0001.0"


@pytest.mark.parametrize(
    "path", ["", f"?nop={NOP}", "layanan", "hitung", "hitung/pbb", "realisasi", "realisasi?kecamatan=36.04.30", "realisasi?tahun=x&kecamatan=..", "opsen"]
)
def test_public_pages_answer_whole_and_as_fragments(client, sppt, path):
    both(client, f"/pajak/{path}")


@pytest.mark.parametrize("path", ["objek", "usaha", "usaha/daftar", "bphtb", "layanan/objek", "layanan/mutasi"])
def test_pages_of_taxpayers_ask_who_one_is(client, sppt, resident, path):
    assert client.get(f"/pajak/{path}").status_code in (303, 401)
    both(client.sign_in(resident), f"/pajak/{path}")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "?kecamatan=36.04.30&status=belum",
        "?desa=36.04.30.2001",
        "?setelah=3&tahun=9",
        "progres",
        "progres?kecamatan=36.04.30",
        "antrean",
        "antrean?jenis=pajak_bphtb",
        "ketetapan",
        "ketetapan/reklame",
        "ketetapan/air-tanah",
        "ketetapan/opsen",
        "usaha",
        "usaha?q=sate&jenis=pbjt_makan&halaman=9",
        "usaha/baru",
        "tunggakan",
        "tunggakan?asal=sptpd",
        "tunggakan?asal=ketetapan&desa=36.04.30.2001",
        "tunggakan?kecamatan=36.04.30",
        "impor",
        "tarif",
        "terbit",
        f"objek/{NOP}",
    ],
)
def test_pages_of_bapenda_answer_officers_and_refuse_others(desk, client, sppt, officer, path):
    both(desk, f"/kerja/pajak/{path}")

    assert client.sign_in(officer("pelaporan.read", opd="dpupr")).get(f"/kerja/pajak/{path}").status_code == 403


def test_a_stranger_reads_amount_and_masked_name_and_nothing_else(client, sppt):
    told = client.get(f"/pajak/?nop={SHOWN}").text

    assert "S••• A•••••" in told and "97.600" in told
    assert "Siti Aminah" not in told and "Kp. Baru" not in told and "132.000.000" not in told
    assert client.get(f"/pajak/sppt/{NOP}/2026").status_code in (303, 401, 404)


@pytest.mark.parametrize(("nop", "words"), [("123", "18 angka"), ("360420000199900010", "tidak ada dalam daftar")])
def test_a_nop_that_leads_nowhere_is_told_beside_its_field(client, sppt, nop, words):
    answer = client.get(f"/pajak/?nop={nop}")

    assert answer.status_code == 422
    assert words in answer.text


def test_trying_many_numbers_is_stopped(client, sppt):
    answers = [client.get(f"/pajak/?nop={NOP}&n={n}").status_code for n in range(42)]

    assert answers[-1] == 429
    assert client.post(f"/pajak/bayar/{NOP}/2026").status_code == 429


def test_anyone_may_pay_for_anyone(client, db, sppt):
    answer = client.post(f"/pajak/bayar/{NOP}/2026")
    made = db.scalar(select(Bill))

    assert (answer.status_code, answer.headers["location"]) == (303, made.href)
    assert made.amount == 97_600
    assert client.get(made.href).status_code == 200


def test_the_owner_sees_each_step_and_three_years(client, owned, resident):
    told = both(client.sign_in(resident), f"/pajak/sppt/{NOP}/2026")

    for words in ("NOP", "200 m² × Rp300.000", "Rp122.000.000", "UU 1/2022"):
        assert words in told


def test_the_owner_gets_a_signed_sppt(client, owned, resident):
    client.sign_in(resident)
    answer = client.post(f"/pajak/sppt/{NOP}/2026/dokumen")
    assert answer.status_code == 303
    assert client.get(answer.headers["location"]).status_code == 200
    assert client.post(f"/pajak/sppt/{NOP}/2026/dokumen").headers["location"] == answer.headers["location"]


def test_a_nop_is_kept_for_a_parent_and_dropped_again(client, db, sppt, resident):
    client.sign_in(resident)
    assert client.post("/pajak/objek", data={"nop": SHOWN, "sebutan": "Rumah Ibu"}).status_code == 303
    assert "Rumah Ibu" in client.get("/pajak/objek").text
    client.post("/pajak/objek/hapus", data={"nop": NOP})

    assert db.scalar(select(Simpanan)) is None


def test_a_claim_goes_to_the_desk_of_bapenda_and_is_granted_there(client, db, sppt, resident, taxman, paper):
    client.sign_in(resident)
    answer = client.post("/pajak/layanan/objek", data={"nop": NOP, "alasan": "Rumah yang saya tempati"}, files=paper)
    row = db.scalar(select(Permohonan))
    assert answer.headers["location"] == f"/pajak/berkas/{row.berkas_id}"
    assert "bukti.jpg" in both(client, f"/pajak/berkas/{row.berkas_id}")
    client.sign_in(taxman)
    told = both(client, f"/kerja/pajak/berkas/{row.berkas_id}")

    assert "Rumah yang saya tempati" in told and "Nyatakan lengkap" in told
    assert row.berkas.register in client.get("/kerja/pajak/antrean").text


def test_a_request_without_proof_keeps_what_was_typed(client, sppt, resident):
    answer = client.sign_in(resident).post("/pajak/layanan/objek", data={"nop": NOP, "alasan": "Rumah yang saya tempati"})

    assert answer.status_code == 422
    assert "Rumah yang saya tempati" in answer.text


def test_a_stranger_does_not_read_anothers_matter(client, db, sppt, resident, people, paper):
    client.sign_in(resident).post("/pajak/layanan/objek", data={"nop": NOP, "alasan": "Rumah yang saya tempati"}, files=paper)
    berkas_id = db.scalar(select(Permohonan.berkas_id))

    assert client.sign_in(people.resident("Orang Lain")).get(f"/pajak/berkas/{berkas_id}").status_code in (403, 404)


def test_an_objection_is_sent_from_ones_own_sppt(client, db, owned, resident):
    client.sign_in(resident)
    owned.diantar_on = None
    path = f"/pajak/layanan/keberatan?nop={NOP}&tahun=2026"
    both(client, path)
    answer = client.post(path, data={"alasan": "Luas bangunan di SPPT lebih besar daripada kenyataannya."})

    assert answer.status_code == 303
    assert db.scalar(select(Permohonan)).jenis == "keberatan"
    assert client.get("/pajak/layanan/keberatan?nop=360420000199900010&tahun=2026").status_code == 404


def test_a_month_is_declared_and_leads_to_its_bill(client, db, usaha, resident):
    one = usaha()
    client.sign_in(resident)
    assert "2026-10-01" in both(client, f"/pajak/usaha/{one.id}")
    answer = client.post(f"/pajak/usaha/{one.id}", data={"masa": "2026-10-01", "dasar": "48.350.000"})
    row = db.scalar(select(SPTPD))

    assert row.pajak == 4_835_000
    told = both(client, answer.headers["location"])
    assert "4.835.000" in told and "Bayar sekarang" in told
    assert client.get(f"/pajak/usaha/{db.scalar(select(Usaha.id)) + 5}").status_code == 404


def test_bphtb_is_declared(client, db, sppt, resident, paper):
    client.sign_in(resident)
    data = {"nop": NOP, "jenis": "jual_beli", "penerima": "Budi", "harga": "500.000.000", "luas_bumi": "200", "luas_bangunan": "60"}
    answer = client.post("/pajak/bphtb", data=data, files=paper)

    assert db.scalar(select(BPHTB)).pajak == 21_000_000
    assert "21.000.000" in client.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("slug", "data", "total"),
    [
        (
            "pbb",
            {"luas_bumi": "200", "njop_bumi_m2": "300.000", "luas_bangunan": "60", "njop_bangunan_m2": "1.200.000", "peruntukan": "umum", "bebas": "y"},
            "97.600",
        ),
        ("bphtb", {"jenis": "waris", "harga": "750.000.000", "njop": "0"}, "22.500.000"),
        ("pbjt_makan", {"dasar": "48.350.000", "kelas": "umum"}, "4.835.000"),
        ("reklame", {"lebar_cm": "400", "tinggi_cm": "600", "sisi": "2", "lokasi_kelas": "B", "dari": "2026-01-01", "sampai": "2026-12-31"}, "21.900.000"),
        ("mblb", {"dasar": "100.000.000", "kelas": "umum"}, "25.000.000"),
        ("pat", {"dasar": "100", "kelas": "umum"}, "100.000"),
        ("walet", {"dasar": "10.000.000", "kelas": "umum"}, "1.000.000"),
        ("opsen_pkb", {"dasar": "1.200.000", "kelas": "umum"}, "1.992.000"),
    ],
)
def test_calculators_show_their_steps(client, bapenda, slug, data, total):
    answer = client.post(f"/pajak/hitung/{slug}", data=data)

    assert answer.status_code == 200
    assert total in answer.text and "UU 1/2022" in answer.text


def test_a_calculator_without_figures_says_what_is_missing(client, bapenda):
    assert client.post("/pajak/hitung/pbb", data={}).status_code == 422
    assert client.get("/pajak/hitung/tidakada").status_code == 404


# ------------------------------------------------------------------------------------------------------------------- staff


def test_a_correction_issues_a_new_sppt(desk, db, sppt):
    data = {
        "nama": "Siti Aminah",
        "alamat": "Kp. Baru",
        "luas_bumi": "150",
        "njop_bumi_m2": "300000",
        "luas_bangunan": "60",
        "njop_bangunan_m2": "1200000",
        "peruntukan": "umum",
    }
    assert desk.post(f"/kerja/pajak/sppt/{sppt.id}", data=data).status_code == 422
    answer = desk.post(f"/kerja/pajak/sppt/{sppt.id}", data={**data, "sebab": "Luas menurut sertifikat"})
    new = db.scalar(select(SPPT).where(SPPT.versi == 2))

    assert answer.headers["location"] == f"/kerja/pajak/sppt/{new.id}"
    assert "Luas menurut sertifikat" in both(desk, f"/kerja/pajak/sppt/{new.id}")
    assert desk.post(f"/kerja/pajak/sppt/{sppt.id}", data={**data, "luas_bumi": "1", "sebab": "x"}).status_code == 409


def test_an_sppt_is_cancelled_with_a_reason(desk, db, sppt):
    assert desk.post(f"/kerja/pajak/sppt/{sppt.id}/pembatalan", data={}).status_code == 422
    desk.post(f"/kerja/pajak/sppt/{sppt.id}/pembatalan", data={"sebab": "Objek ganda"})
    db.expire_all()

    assert db.get_one(SPPT, sppt.id).status == "batal"


def test_delivery_is_noted_for_those_that_were_ticked(desk, db, sppt):
    desk.post("/kerja/pajak/diantar", data={"id": [str(sppt.id), "x"]})
    db.expire_all()

    assert db.get_one(SPPT, sppt.id).diantar_on is not None


def test_the_list_of_a_desa_is_taken_along_as_csv(desk, sppt):
    told = desk.get("/kerja/pajak/dhkp.csv?desa=36.04.30.2001&tahun=2026").text

    assert f"{SHOWN},Siti Aminah,97600" in told
    assert desk.get("/kerja/pajak/dhkp.csv").headers["location"] == "/kerja/pajak/"


def test_a_whole_nop_leads_to_its_object(desk, sppt):
    assert desk.get(f"/kerja/pajak/?q={SHOWN}").headers["location"] == f"/kerja/pajak/objek/{NOP}"


def test_a_file_is_imported_in_the_background_with_its_report(desk, db, portal, bapenda, monkeypatch):
    from gawe_pajak import jobs
    from gawe_pajak import office as staff

    asked = []
    monkeypatch.setattr(staff, "enqueue", lambda *job: asked.append(job))
    text = f"{HEADER}\n{LINE}\nrusak\n"
    answer = desk.post("/kerja/pajak/impor", files={"file": ("sppt.csv", text.encode(), "text/csv")})
    impor = db.scalar(select(Impor))
    assert (answer.headers["location"], asked) == (f"/kerja/pajak/impor/{impor.id}", [("pajak_impor", impor.id)])
    from datetime import UTC, datetime

    db.commit()
    jobs.run_import(portal, datetime.now(UTC), impor.id)
    told = both(desk, f"/kerja/pajak/impor/{impor.id}")

    assert "jumlah kolom" in told
    assert "jumlah kolom" in desk.get(f"/kerja/pajak/impor/{impor.id}/ditolak.csv").text
    assert desk.post("/kerja/pajak/impor", files={"file": ("x.csv", b"satu,dua\n1,2\n", "text/csv")}).status_code == 422


def test_letters_are_ordered_for_a_place(desk, sppt, monkeypatch):
    from gawe_pajak import office as staff

    asked = []
    monkeypatch.setattr(staff, "enqueue", lambda *job: asked.append(job))
    desk.post("/kerja/pajak/tunggakan/surat", data={"jenis": "teguran", "desa": "36.04.30.2001", "kecamatan": "36.04.30"})

    assert [(job[0], job[1], *job[3:]) for job in asked] == [("pajak_surat", "teguran", "sppt", sppt.id)]


def test_a_billboard_becomes_an_assessment_with_its_paper(desk, db, bapenda):
    data = {
        "nama": "CV Media",
        "jenis": "Papan",
        "naskah": "Promo",
        "lebar_cm": "400",
        "tinggi_cm": "600",
        "sisi": "2",
        "lokasi_kelas": "B",
        "dari": "2026-01-01",
        "sampai": "2026-12-31",
    }
    answer = desk.post("/kerja/pajak/ketetapan/reklame", data=data)
    row = db.scalar(select(Ketetapan))
    assert row.total == 21_900_000
    both(desk, answer.headers["location"])
    paper = desk.post(f"/kerja/pajak/ketetapan/{row.id}/dokumen")

    assert desk.get(paper.headers["location"]).status_code == 200
    again = desk.post(f"/kerja/pajak/ketetapan/{row.id}", data={"dasar": "12000000", "sebab": "Tayang lebih singkat"})
    assert "3.000.000" in desk.get(again.headers["location"]).text


def test_a_tariff_above_the_ceiling_is_refused_in_the_form(desk, db):
    data = {"jenis": "pbb", "kelas": "umum", "mulai": "0", "persen": "0,9", "dari": "2027-01-01", "dasar_hukum": "Perda contoh"}
    assert desk.post("/kerja/pajak/tarif", data=data).status_code == 422
    assert desk.post("/kerja/pajak/tarif", data={**data, "persen": "0,15"}).status_code == 303

    assert db.scalar(select(Tarif).where(Tarif.persen == "0.15")) is not None


def test_a_year_is_published_in_the_background(desk, bapenda, monkeypatch):
    from gawe_pajak import office as staff

    asked = []
    monkeypatch.setattr(staff, "enqueue", lambda *job: asked.append(job))
    assert desk.post("/kerja/pajak/terbit", data={"tahun": "2027"}).status_code == 303

    assert asked[0][:2] == ("pajak_tetapkan", 2027)


# ---------------------------------------------------------------------------------------------------------- shared pages


def test_small_figures_are_hidden_from_the_public(client, sppt):
    told = client.get("/pajak/realisasi?kecamatan=36.04.30&tahun=2026").text

    assert "Anyar" in told
    assert not re.search(r"<td[^>]*>Rp97\.600", told)
    assert "97600" not in client.get("/pajak/data/realisasi-pbb.csv").text
    assert client.get("/pajak/peta.geojson").json()["features"] == []


def test_the_map_shows_kecamatan_with_enough_objects(client, db, bapenda, now):
    impor = Impor(nama="x", at=now)
    db.add(impor)
    db.flush()
    import_text(db, impor, "\n".join((HEADER, *(LINE.replace(NOP, f"3604200001001{n:04d}0") for n in range(1, 9)))), now=now)
    feature = client.get("/pajak/peta.geojson").json()["features"][0]

    assert feature["properties"]["title"] == "Kec. Anyar"


def test_search_leads_to_a_bill_and_only_officers_to_names(client, desk, sppt, resident):
    assert "Siti Aminah" in desk.get("/cari?q=Siti").text
    client.sign_in(resident)
    assert "Siti Aminah" not in client.get("/cari?q=Siti").text
    assert f"/pajak/?nop={NOP}" in client.get(f"/cari?q={SHOWN}").text


@pytest.mark.parametrize("path", ["/", "/kerja/", "/statistik/", "/data-terbuka"])
def test_shared_pages_hold_the_pieces_of_taxes(client, owned, resident, taxman, path):
    client.sign_in(taxman if path == "/kerja/" else resident)

    assert client.get(path).status_code == 200
