"""Permit types and risk tables are added without code, and checked."""

import json

import pytest
from sqlalchemy import select

from gawe_simponie import catalogue, risk
from gawe_simponie.models import Izin, Jenis, Permohonan
from gawe_simponie.types import shipped


def new_type(**changes):
    data = next(data for data in shipped() if data["kode"] == "PENELITIAN")
    return {**data, "kode": "PARKIR", "nama": "Izin Penyelenggaraan Parkir", "nomor": "551/{seq:03}/PARKIR/{year}", **changes}


def test_a_permit_type_is_added_and_applied_for_without_code(client, db, types, keeper, resident, walk, front, researcher, head, now, picture):
    client.sign_in(keeper)
    kept = client.post("/kerja/simponie/jenis/json", data={"teks": json.dumps(new_type())})
    assert (kept.status_code, kept.headers["location"]) == (303, "/kerja/simponie/jenis/PARKIR")
    preview = client.get("/kerja/simponie/jenis/PARKIR").text
    assert "Pratinjau draf" in preview and "Judul penelitian" in preview
    assert client.get("/simponie/layanan/PARKIR").status_code == 404
    draft = db.scalar(select(Jenis).where(Jenis.kode == "PARKIR"))
    assert client.post(f"/kerja/simponie/jenis/versi/{draft.id}/terbit").status_code == 303

    client.sign_in(resident)
    path = "/simponie/layanan/PARKIR/ajukan"
    client.post(path, data={"nama": "Siti Contoh", "alamat": "Jalan 1", "hp": "0800 0000 001"})
    client.post(
        f"{path}?langkah=2",
        data={"lembaga": "PT Contoh", "judul": "Parkir", "bidang": "sosial", "tempat": "Anyar", "mulai": "2026-12-01", "selesai": "2027-03-01"},
    )
    client.post(f"{path}?langkah=3", files={name: (f"{name}.jpg", picture, "image/jpeg") for name in ("ktp", "pengantar", "proposal")})
    assert client.post(f"{path}?langkah=4", data={"pernyataan": "y"}).status_code == 303
    db.expire_all()
    row = db.scalar(select(Permohonan).where(Permohonan.kode == "PARKIR"))
    walk(row, (front, "lengkap"), (researcher, "rekomendasi"), (front, "ajukan_ttd"), (head, "tandatangani"), at=now)
    assert db.scalar(select(Izin.number).where(Izin.kode == "PARKIR")) == "551/001/PARKIR/2026"


def test_a_file_with_mistakes_is_refused_with_all_their_places(client, types, keeper):
    client.sign_in(keeper)
    wrong = json.dumps(new_type(sla_hk=0, kanal="gaib")).encode()
    answer = client.post("/kerja/simponie/jenis/json", files={"file": ("jenis.json", wrong, "application/json")})

    assert answer.status_code == 422
    assert "<code>sla_hk</code>" in answer.text and "<code>kanal</code>" in answer.text


def test_what_is_no_json_is_told_with_its_line(client, types, keeper):
    client.sign_in(keeper)
    answer = client.post("/kerja/simponie/jenis/json", data={"teks": '{"kode": "A",\n nama}'})

    assert answer.status_code == 422
    assert "baris 2" in answer.text


def test_an_officer_adds_a_type_by_the_form(client, db, types, keeper):
    client.sign_in(keeper)
    typed = {
        "kode": "PARKIR",
        "nama": "Izin Penyelenggaraan Parkir",
        "ringkas": "Untuk siapa saja yang mengelola tempat parkir.",
        "sektor": "Perhubungan",
        "opd": "dpmptsp",
        "sla_hk": "",
        "nomor": "551/{seq:03}/PARKIR/{year}",
        "lokasi": "wajib",
        "kebutuhan": "Saya akan mengelola parkir",
        "kata_kunci": "parkir, motor",
        "dasar_hukum": "UU 22/2009",
        "prosedur": "Ajukan, diperiksa, ditandatangani.",
        "produk": "Izin parkir",
        "syarat": "ktp | KTP pemohon | wajib\ndenah | Denah | pilihan | Digambar sendiri boleh.",
        "isian": "nama_tempat | Nama tempat parkir | teks | wajib\njenis | Jenis | pilihan gedung=Gedung; tanah=Tanah lapang | wajib\npetak | Jumlah petak | angka | pilihan",
        "tahap": "cek_kelengkapan | dpmptsp | 1\nverifikasi_teknis | dishub | 2\npenandatanganan | dpmptsp | 1",
        "ketentuan": "Memasang tarif.",
    }
    kept = client.post("/kerja/simponie/jenis/baru", data=typed)
    assert kept.status_code == 303
    data = db.scalar(select(Jenis.data).where(Jenis.kode == "PARKIR"))

    assert data["sla_hk"] == 5
    assert data["formulir"]["properties"]["jenis"]["x-titles"] == ["Gedung", "Tanah lapang"]
    assert data["formulir"]["required"] == ["nama_tempat", "jenis"]
    assert client.get("/kerja/simponie/jenis/PARKIR/ubah").status_code == 200


def test_the_form_tells_what_is_wrong_and_keeps_what_was_typed(client, types, keeper):
    client.sign_in(keeper)
    answer = client.post(
        "/kerja/simponie/jenis/baru",
        data={
            "kode": "PARKIR",
            "nama": "Izin Penyelenggaraan Parkir",
            "ringkas": "Untuk pengelola parkir.",
            "sektor": "Perhubungan",
            "opd": "dpmptsp",
            "nomor": "tanpa urutan",
            "lokasi": "wajib",
            "dasar_hukum": "UU",
            "prosedur": "Ajukan.",
            "produk": "Izin",
            "isian": "a | A | teks",
            "tahap": "penandatanganan | dpmptsp | 1",
        },
    )

    assert answer.status_code == 422
    assert "<code>nomor</code>" in answer.text and "tanpa urutan" in answer.text


def test_a_new_version_leaves_running_applications_as_they_were(db, types, keeper, apply_for, now):
    row = apply_for("PENELITIAN")
    again = catalogue.keep_type(db, keeper, {**types["PENELITIAN"].data, "sla_hk": 9}, now=now)
    catalogue.publish_type(db, keeper, again.id, now=now)

    assert (row.type.days, catalogue.find_type(db, "PENELITIAN").type.days) == (3, 9)
    assert [v.state for v in catalogue.versions_of(db, keeper, "PENELITIAN")] == ["berlaku", "arsip"]


def test_two_types_never_write_the_same_numbers(db, types, keeper, now):
    with pytest.raises(catalogue.TypeRefused):
        catalogue.keep_type(db, keeper, new_type(nomor=types["PENELITIAN"].data["nomor"]), now=now)


def test_a_table_with_one_wrong_cell_is_kept_out_as_a_whole(client, db, filled, keeper):
    client.sign_in(keeper)
    wrong = risk.shipped_table() + b"5610,Salah,mikro,,,gaib,kabupaten,sppl,\n"
    answer = client.post("/kerja/simponie/risiko", data={"title": "Baru", "source": "uji"}, files={"file": ("risiko.csv", wrong, "text/csv")})

    assert answer.status_code == 422
    assert answer.text.count("Baris ") >= 2
    assert risk.active_version(db).title == "Contoh"


def test_an_imported_table_is_a_new_version(client, db, filled, keeper):
    client.sign_in(keeper)
    answer = client.post(
        "/kerja/simponie/risiko", data={"title": "PP 28/2025", "source": "lampiran"}, files={"file": ("risiko.csv", risk.shipped_table(), "text/csv")}
    )
    db.expire_all()

    assert answer.status_code == 303
    assert (risk.active_version(db).title, risk.active_version(db).demo) == ("PP 28/2025", False)
