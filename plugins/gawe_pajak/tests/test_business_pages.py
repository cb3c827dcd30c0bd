"""Pages of businesses and of what was paid too much, for citizens and officers."""

from datetime import date

from sqlalchemy import select

from gawe_pajak import declaring, figures, permits
from gawe_pajak.models import Ketetapan, Pendaftaran
from pendopo.kit.berkas import move_berkas
from pendopo.kit.documents import Document

from .conftest import NOP, both

NEW = {
    "jenis": "pbjt_makan",
    "usaha": "RM Sate",
    "alamat": "Jl. Raya Anyar 5",
    "desa": "36.04.30.2001",
    "sejak": "2026-01-01",
    "bentuk": "badan",
    "nib": "1234567890123",
    "wajib_pajak": "PT Sate",
    "alamat_wp": "Kp. Baru",
}


def test_a_business_registers_itself_and_gets_its_number_and_paper(client, db, bapenda, resident, taxman, paper):
    client.sign_in(resident)
    assert client.post("/pajak/usaha/daftar", data={**NEW, "nib": "12"}, files=paper).status_code == 422
    answer = client.post("/pajak/usaha/daftar", data=NEW, files=paper)
    row = db.scalar(select(Pendaftaran))
    assert answer.headers["location"] == f"/pajak/berkas/{row.berkas_id}"
    assert "bukti.jpg" in both(client, f"/pajak/berkas/{row.berkas_id}")
    client.sign_in(taxman)
    assert "PT Sate" in both(client, f"/kerja/pajak/berkas/{row.berkas_id}")
    assert row.berkas.register in client.get("/kerja/pajak/antrean").text
    move_berkas(db, taxman, row.berkas_id, "daftarkan", now=row.berkas.opened_at)

    client.sign_in(resident)
    assert "P.2.0000001.30.01" in client.get(f"/pajak/berkas/{row.berkas_id}").text
    assert "RM Sate" in both(client, "/pajak/usaha")


def test_an_officer_registers_assesses_and_closes_a_business(desk, db, bapenda):
    home = desk.post("/kerja/pajak/usaha/baru", data=NEW).headers["location"]
    assert "P.2.0000001.30.01" in both(desk, home)
    assert "RM Sate" in desk.get("/kerja/pajak/usaha?q=sate").text
    answer = desk.post(home, data={"masa": "2026-01-01", "dasar": "10.000.000", "sebab": "Pengamatan"})
    assert "SKPDKB" in both(desk, answer.headers["location"])
    desk.post(f"{home}/penutupan", data={"sebab": "Pindah"})

    assert "Ditutup" in desk.get("/kerja/pajak/usaha").text


def test_a_paid_sppt_is_corrected_on_its_page_and_says_what_goes_back(desk, db, sppt, pay):
    pay(sppt)
    assert "SPPT ini sudah dibayar." in both(desk, f"/kerja/pajak/sppt/{sppt.id}")
    data = {"nama": "Siti Aminah", "alamat": "Kp. Baru", "luas_bumi": "150", "njop_bumi_m2": "300000", "luas_bangunan": "60", "njop_bangunan_m2": "1200000"}
    told = desk.post(f"/kerja/pajak/sppt/{sppt.id}", data={**data, "peruntukan": "umum", "lebih": "kompensasi", "sebab": "Luas"}, follow_redirects=True).text

    assert "Lebih bayar" in told and "Dikompensasikan" in told


def test_an_owner_gets_a_statement_and_a_stranger_does_not(client, owned, resident, people):
    client.sign_in(people.resident("Orang Lain"))
    assert client.post(f"/pajak/objek/{NOP}/keterangan").status_code == 404
    client.sign_in(resident)
    assert client.get(client.post(f"/pajak/objek/{NOP}/keterangan").headers["location"]).status_code == 200


def test_a_permit_for_a_billboard_waits_until_it_is_taxed(desk, db, bapenda, resident, now):
    facts = [["Isi atau naskah reklame", "Promo"], ["Panjang (meter)", "4"], ["Lebar (meter)", "6"], ["Jumlah sisi", "2"], ["Mulai dipasang", "besok"]]
    data = {"jenis": "Izin Penyelenggaraan Reklame", "pemegang": "CV Media", "lokasi": "Jl. Raya Anyar", "isian": facts}
    document = Document(
        token="t", plugin="lain", kind="izin", title="Izin", number="503/1", data=data, dated=now.date(), issued_at=now, signing="", status="berlaku",
        reason="", sha256="", signatures=[],
    )  # fmt: skip
    db.add(document)
    db.flush()
    for _twice in range(2):
        permits.hear(db, document.id, "503/1", resident.account_id, now)
    assert "503/1" in desk.get("/kerja/pajak/ketetapan").text
    form = both(desk, f"/kerja/pajak/ketetapan/reklame?izin={document.id}")
    assert 'value="400"' in form and 'value="Promo"' in form and "503/1" in form
    sent = {"nama": "CV Media", "jenis": "Papan", "naskah": "Promo", "lebar_cm": "400", "tinggi_cm": "600", "sisi": "2", "lokasi_kelas": "B"}
    sent |= {"dari": "2026-01-01", "sampai": "2026-12-31", "izin": "503/1"}
    desk.post(f"/kerja/pajak/ketetapan/reklame?izin={document.id}", data=sent)

    assert "menunggu ditetapkan" not in desk.get("/kerja/pajak/ketetapan").text
    assert db.scalar(select(Ketetapan)).wp.account_id == resident.account_id
    assert desk.post(f"/kerja/pajak/ketetapan/reklame?izin={document.id}", data=sent).status_code == 409


def test_figures_of_each_kecamatan_hide_what_few_paid(client, db, usaha, resident, pay, now):
    pay(declaring.declare(db, resident, usaha().id, date(2026, 10, 1), 10_000_000, now=now))

    assert figures.received_by_place(db, 2026, ("pbjt_makan",)) == {"36.04.30": (1, 1_010_000)}
    assert client.get("/pajak/peta-usaha.geojson").json()["features"] == []
    assert "1.010.000" not in client.get("/statistik/pajak/wilayah?jenis=pbjt_makan&tahun=2026").text
