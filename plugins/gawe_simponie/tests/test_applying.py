"""Applying in steps, repairing, and one's own permits."""

from sqlalchemy import select

from gawe_simponie.models import Izin, Permohonan


def test_applying_needs_an_account(client, filled):
    assert client.get("/simponie/layanan/PENELITIAN/ajukan").status_code in (302, 303, 401)


def test_a_citizen_applies_in_steps_and_finds_it_among_their_own(client, db, filled, resident, picture):
    client.sign_in(resident)
    path = "/simponie/layanan/PENELITIAN/ajukan"
    assert client.post(path, data={"nama": "Siti Contoh", "alamat": "Jalan 1", "hp": "0800 0000 001"}).status_code == 303
    typed = {"lembaga": "Universitas Contoh", "judul": "Pangan desa", "bidang": "sosial", "tempat": "Anyar", "mulai": "2026-12-01", "selesai": "2027-03-01"}
    assert client.post(f"{path}?langkah=2", data=typed).status_code == 303
    papers = {name: (f"{name}.jpg", picture, "image/jpeg") for name in ("ktp", "pengantar", "proposal")}
    assert client.post(f"{path}?langkah=3", files=papers).status_code == 303
    last = client.get(f"{path}?langkah=4").text
    assert "Pangan desa" in last and "proposal.jpg" in last
    assert client.post(f"{path}?langkah=4", data={}).status_code == 422
    sent = client.post(f"{path}?langkah=4", data={"pernyataan": "y"})

    row = db.scalar(select(Permohonan))
    assert (sent.status_code, sent.headers["location"]) == (303, f"/simponie/saya/{row.berkas_id}")
    assert row.data["judul"] == "Pangan desa"
    for place in ("/simponie/saya", sent.headers["location"]):
        assert row.berkas.register in client.get(place).text


def test_a_stranger_does_not_see_an_application_nor_its_papers(client, db, apply_for, people):
    row = apply_for()
    db.commit()
    client.sign_in(people.resident("Orang lain"))

    assert client.get(f"/simponie/saya/{row.berkas_id}").status_code == 403
    assert client.get(f"/simponie/saya/{row.berkas_id}/perbaikan").status_code == 403


def test_a_repair_keeps_what_was_sent_and_goes_back_to_the_counter(client, db, apply_for, walk, front, resident, now):
    row = walk(apply_for(), (front, "minta_perbaikan", {"note": "Judul kurang jelas."}), at=now)
    db.commit()
    client.sign_in(resident)
    page = client.get(f"/simponie/saya/{row.berkas_id}/perbaikan").text
    assert "Judul kurang jelas." in page and "Pangan desa" in page

    typed = {
        "lembaga": "Universitas Contoh",
        "judul": "Pangan desa di Anyar",
        "bidang": "sosial",
        "tempat": "Anyar",
        "mulai": "2026-12-01",
        "selesai": "2027-03-01",
    }
    assert client.post(f"/simponie/saya/{row.berkas_id}/perbaikan", data={**typed, "catatan": "Sudah."}).status_code == 303
    db.expire_all()
    assert (row.berkas.state, row.data["judul"]) == ("cek_kelengkapan", "Pangan desa di Anyar")


def test_a_holder_renews_from_the_own_page(client, db, issued, resident):
    issued()
    client.sign_in(resident)
    izin = db.scalar(select(Izin))
    page = client.get("/simponie/saya").text
    assert izin.number in page and "Ubah data" in page

    change = client.get(f"/simponie/saya/izin/{izin.id}/perubahan")
    assert change.status_code == 200 and izin.number in change.text
    assert client.get(f"/simponie/saya/izin/{izin.id}/gaib").status_code == 404
