"""The pages: whole and as fragments, what is kept after an error, who is refused; permit types without code; the webhook."""

import json
import re

import pytest
from sqlalchemy import select

from gawe_simponie import catalogue, national, risk
from gawe_simponie.models import Bap, Izin, Jenis, Kasus, KasusLangkah, Permohonan
from gawe_simponie.national import sign
from gawe_simponie.types import shipped
from pendopo.identity import as_system
from pendopo.kit.settings import set_value

SECRET = "kunci-bersama-untuk-uji-yang-panjang-sekali"


@pytest.fixture
def filled(db, types, now):
    risk.import_table(db, as_system("Uji"), risk.shipped_table(), title="Contoh", source="contoh", demo=True, now=now)
    db.commit()
    return types


PUBLIC = [
    "",
    "?q=dokter",
    "panduan",
    "panduan?q=rumah",
    "risiko",
    "risiko?q=resto",
    "layanan/SIP-DOKTER",
    "layanan/PBG/simulasi",
    "izin",
    "izin?kecamatan=36.04.30&halaman=99",
    "nasional",
]


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_answer_whole_and_as_fragments(client, filled, issued, path):
    issued()
    whole, piece = client.get(f"/simponie/{path}"), client.fragment(f"/simponie/{path}")

    assert (whole.status_code, piece.status_code) == (200, 200)
    assert "<html" in whole.text
    assert "<html" not in piece.text


def test_the_catalogue_is_found_by_ones_own_words(client, filled):
    text = client.get("/simponie/?q=mau%20bangun%20ruko").text

    assert "Retribusi Persetujuan Bangunan Gedung" in text
    assert "Surat Izin Praktik Dokter" not in text


def test_a_service_shows_its_fourteen_components(client, filled):
    text = client.get("/simponie/layanan/MAKAM").text
    words = re.search(r'<dl class="standard">(.*?)</dl>', text, re.S)[1]

    assert words.count("<dt>") == 14


def test_the_fee_is_computed_before_applying_with_its_steps(client, filled):
    data = {
        "fungsi": "hunian",
        "luas_lantai": "60",
        "jumlah_lantai": "1",
        "kompleksitas": "sederhana",
        "permanensi": "permanen",
        "kepemilikan": "perorangan",
        "kegiatan": "baru",
    }
    answer = client.post("/simponie/layanan/PBG/simulasi", data=data)

    assert answer.status_code == 200
    assert "270.000" in answer.text and "0,18" in answer.text


def test_a_missing_figure_is_said_at_its_field(client, filled):
    answer = client.post("/simponie/layanan/PBG/simulasi", data={"fungsi": "hunian"})

    assert answer.status_code == 422
    assert "luas_lantai-salah" in answer.text


def test_the_risk_of_a_business_tells_what_it_needs(client, filled):
    answer = client.post("/simponie/risiko", data={"kbli": "55110", "scale": "besar", "area": "12000", "builds": "y"})

    assert answer.status_code == 200
    for needed in ("AMDAL", "PBG dan SLF", "Izin usaha", "Data contoh"):
        assert needed in answer.text


def test_an_unknown_kbli_is_refused_at_its_field(client, filled):
    answer = client.post("/simponie/risiko", data={"kbli": "99999", "scale": "besar"})

    assert answer.status_code == 422
    assert "kbli-salah" in answer.text


# -------------------------------------------------------------------------------------------------------------- applying


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


# --------------------------------------------------------------------------------------------------------------- public


def test_the_register_shows_no_name_in_full(client, db, issued):
    issued()
    db.commit()
    page, csv = client.get("/simponie/izin").text, client.get("/simponie/izin/data.csv").text

    for text in (page, csv):
        assert "070/0001/PENELITIAN" in text
        assert "Pemohon Contoh" not in text
    assert "P****** C*****" in csv


def test_the_map_shows_valid_permits_not_nearer_than_a_hundred_metres(client, db, issued):
    issued(lat=-6.081234, lon=105.925678)
    db.commit()
    found = client.get("/simponie/izin/peta.geojson").json()["features"]

    assert found[0]["geometry"]["coordinates"] == [105.926, -6.081]


def test_the_catalogue_for_machines_holds_a_json_schema_for_each_form(client, filled):
    from jsonschema import Draft202012Validator

    services = client.get("/simponie/layanan.json").json()["services"]

    assert {s["identifier"] for s in services} == {data["kode"] for data in shipped()}
    for service in services:
        Draft202012Validator.check_schema(service["form"])
        assert len(service["standard"]) == 14
    assert client.get("/simponie/layanan/PBG/skema.json").json()["properties"]["luas_lantai"]["minimum"] == 1


def test_ones_calendar_of_expiry_is_an_icalendar(client, db, issued, resident):
    issued()
    client.sign_in(resident)
    answer = client.get("/simponie/saya/izin.ics")

    assert answer.headers["content-type"].startswith("text/calendar")
    assert "DTSTART;VALUE=DATE:20270401\r\n" in answer.text
    assert all(len(line.encode()) <= 75 for line in answer.text.split("\r\n"))


# -------------------------------------------------------------------------------------------------------------- officers

STAFF = ["", "?semua=1&q=contoh&status=diajukan", "papan", "papan?di=DPMPTSP", "izin", "izin?q=070"]


@pytest.mark.parametrize("path", STAFF)
def test_officers_pages_answer_whole_and_as_fragments(client, db, apply_for, issued, head, path):
    issued()
    apply_for()
    db.commit()
    client.sign_in(head)
    whole, piece = client.get(f"/kerja/simponie/{path}"), client.fragment(f"/kerja/simponie/{path}")

    assert (whole.status_code, piece.status_code) == (200, 200)
    assert "<html" not in piece.text


@pytest.mark.parametrize("path", ["", "papan", "izin", "jenis", "jenis/baru", "jenis/json", "risiko"])
def test_officers_without_a_part_in_it_are_refused(client, offices, people, path):
    client.sign_in(people.officer("pelaporan.read", opd="dpmptsp"))

    assert client.get(f"/kerja/simponie/{path}").status_code == 403


def test_an_officer_sees_an_application_with_its_steps_and_days(client, db, apply_for, front):
    row = apply_for("REKLAME", lat=-6.08, lon=105.9)
    db.commit()
    client.sign_in(front)
    text = client.get(f"/kerja/simponie/{row.berkas_id}").text

    assert "Lengkap, teruskan ke dinas teknis" in text
    assert "Lengkap, tetapkan retribusi" not in text
    assert "Di meja siapa, berapa lama" in text


def test_an_officer_corrects_the_measures_on_a_page(client, db, apply_for, walk, front, surveyor, now):
    row = walk(apply_for("PBG"), (front, "lengkap"), at=now)
    db.commit()
    client.sign_in(surveyor)
    assert "5.407.500" in client.get(f"/kerja/simponie/{row.berkas_id}/retribusi").text
    typed = {
        "fungsi": "hunian",
        "luas_lantai": "60",
        "jumlah_lantai": "1",
        "kompleksitas": "sederhana",
        "permanensi": "permanen",
        "kepemilikan": "perorangan",
        "kegiatan": "baru",
    }
    assert client.post(f"/kerja/simponie/{row.berkas_id}/retribusi", data=typed).status_code == 303

    assert "270.000" in client.get(f"/kerja/simponie/{row.berkas_id}").text


def test_a_visit_is_a_plain_form_without_javascript(client, db, apply_for, walk, front, surveyor, now, picture):
    row = walk(apply_for("REKLAME"), (front, "lengkap"), (surveyor, "tinjau", {"data": {"inspect_on": now.date()}}), at=now)
    db.commit()
    client.sign_in(surveyor)
    path = f"/kerja/simponie/{row.berkas_id}/lapangan"
    key = re.search(r'name="client_key"[^>]*value="([^"]+)"', client.get(path).text)[1]
    typed = {
        "client_key": key,
        "inspected_at": "2026-11-24T10:00",
        "posisi-lat": "-6.08",
        "posisi-lon": "105.9",
        "team": "Surveyor",
        "result": "sesuai",
        "findings": "Sesuai gambar.",
    }
    sent = client.post(path, data=typed, files={"photos": ("foto.jpg", picture, "image/jpeg")})
    again = client.post(path, data=typed)

    assert (sent.status_code, again.status_code) == (303, 303)
    assert len(list(db.scalars(select(Bap)))) == 1
    assert "Sesuai gambar." in client.get(f"/kerja/simponie/{row.berkas_id}").text


def test_a_visit_that_lacks_its_findings_is_kept_in_the_form(client, db, apply_for, walk, front, surveyor, now):
    row = walk(apply_for("REKLAME"), (front, "lengkap"), (surveyor, "tinjau", {"data": {"inspect_on": now.date()}}), at=now)
    db.commit()
    client.sign_in(surveyor)
    answer = client.post(f"/kerja/simponie/{row.berkas_id}/lapangan", data={"team": "Surveyor Contoh", "inspected_at": "2026-11-24T10:00", "result": "sesuai"})

    assert answer.status_code == 422
    assert "Surveyor Contoh" in answer.text and "findings-salah" in answer.text


def test_supervision_is_planned_and_its_result_kept_once(client, db, issued, front, now):
    issued()
    client.sign_in(front)
    izin = db.scalar(select(Izin))
    planned = client.post(f"/kerja/simponie/izin/{izin.id}/pengawasan", data={"rencana-planned_on": "2026-12-10"})
    assert planned.status_code == 303
    path = f"/kerja/simponie/izin/{izin.id}/pengawasan/1"
    first = client.post(path, data={"temuan-finding": "Sesuai ketentuan.", "temuan-sanction": ""})
    second = client.post(path, data={"temuan-finding": "Lain lagi.", "temuan-sanction": "teguran"})

    assert (first.status_code, second.status_code) == (303, 409)
    assert "Sesuai ketentuan." in client.get(f"/kerja/simponie/izin/{izin.id}").text


# ---------------------------------------------------------------------------------------------------------- permit types


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


# ------------------------------------------------------------------------------------------------------------ risk table


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


# ------------------------------------------------------------------------------------------------------- national systems


@pytest.fixture
def opened(db, types, people, now):
    admin = people.officer("core.manage_settings", opd="dpmptsp", scope="regency")
    set_value(db, admin, "simponie.rahasia_oss", SECRET, effective_from=now.date(), now=now)
    set_value(db, admin, "simponie.peniru", "ya", effective_from=now.date(), now=now)
    db.commit()


def message(**changes):
    return {"event_id": "e1", "reference": "1234567890123", "status": "diperiksa", "at": "2026-11-24T03:00:00+00:00", "office": "DPMPTSP", **changes}


def tell(client, data, *, secret=SECRET, at=None, channel="oss"):
    import time

    body, stamp = json.dumps(data).encode(), str(int(at or time.time()))
    headers = {"content-type": "application/json", "x-simponie-timestamp": stamp, "x-simponie-signature": f"sha256={sign(secret, stamp, body)}"}
    return client.post(f"/simponie/webhook/{channel}", content=body, headers=headers)


def test_a_signed_message_is_taken_in_once(client, db, opened):
    answers = [tell(client, message()).status_code for _n in range(3)]

    assert answers == [202, 202, 202]
    assert len(list(db.scalars(select(Kasus)))) == len(list(db.scalars(select(KasusLangkah)))) == 1


def test_an_older_message_does_not_turn_a_case_back(client, db, opened):
    tell(client, message(event_id="e2", status="terbit", at="2026-11-24T05:00:00+00:00"))
    tell(client, message())

    assert db.scalar(select(Kasus.status)) == "terbit"


@pytest.mark.parametrize(
    ("how", "status"),
    [({"secret": "salah" * 10}, 403), ({"at": 1_000_000_000}, 403), ({"channel": "simbg"}, 503), ({"channel": "gaib"}, 404)],
)
def test_a_forged_old_or_stray_message_is_refused(client, db, opened, how, status):
    assert tell(client, message(), **how).status_code == status
    assert db.scalar(select(Kasus)) is None


@pytest.mark.parametrize(
    "wrong", [{"status": "gaib"}, {"at": "kemarin"}, {"at": "2026-11-24T03:00:00"}, {"reference": "x"}, {"event_id": ""}, {"note": "a\0b"}]
)
def test_a_message_that_makes_no_sense_is_refused(client, opened, wrong):
    assert tell(client, message(**wrong)).status_code == 422


def test_who_follows_a_case_is_told_of_it(client, db, opened, resident, deliver):
    tell(client, message())
    client.sign_in(resident)
    assert client.post("/simponie/nasional", data={"channel": "oss", "reference": "1234567890123"}).status_code == 303
    client.sign_out() if hasattr(client, "sign_out") else client.cookies.clear()
    tell(client, message(event_id="e2", status="terbit", at="2026-11-24T05:00:00+00:00"))
    deliver()

    from pendopo.notifications.models import InboxMessage

    told = db.scalars(select(InboxMessage).where(InboxMessage.account_id == resident.account_id, InboxMessage.topic == "simponie.nasional")).all()
    assert len(told) == 1


def test_a_case_is_seen_by_who_knows_its_number_only(client, db, opened):
    tell(client, message())
    case = db.scalar(select(Kasus))

    assert client.get(f"/simponie/nasional/{case.id}").status_code == 404
    assert client.get(f"/simponie/nasional/{case.id}?nomor=1234567890123").status_code == 200


def test_the_simulator_answers_only_for_numbers_that_say_so(db, opened):
    assert national.look_up(db, "simbg", "tiruan-0001").title.startswith("Kasus tiruan")
    with pytest.raises(Exception, match="belum dikenal"):
        national.look_up(db, "simbg", "360401-0001")


def test_the_simulator_is_silent_until_it_is_switched_on(db, types):
    assert national.simulated(db, "oss", "TIRUAN-0001") is None
