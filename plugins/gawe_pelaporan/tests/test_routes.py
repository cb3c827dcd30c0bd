"""The pages: whole and as fragments, what is kept after an error, who is refused."""

import re

import pytest
from sqlalchemy import select

from gawe_pelaporan.models import Komentar, Laporan
from pendopo import MapLayer, PluginCard, hookimpl
from pendopo.kit.berkas import move_berkas

TYPED = {
    "service_code": "PJU-MTI",
    "title": "Lampu mati di tikungan",
    "description": "Empat lampu padam sejak pekan lalu, jalan gelap sekali.",
    "point-lat": "-6.08",
    "point-lon": "105.925",
}


@pytest.fixture
def published(db, receive, verifier, now):
    def make(**changes):
        laporan = receive(**changes)
        move_berkas(db, verifier, laporan.berkas_id, "disposisi", now=now)
        db.commit()
        return laporan

    return make


def send(client, **changes):
    return client.post("/pelaporan/baru", data={**TYPED, **changes})


def newest(db):
    db.expire_all()
    return db.scalar(select(Laporan).order_by(Laporan.berkas_id.desc()).limit(1))


@pytest.mark.parametrize("path", ["", "peta", "baru", "layanan", "?q=%25&halaman=99999&kategori=X&kecamatan=..&opd=abc"])
def test_public_pages_answer_whole_and_as_fragments(client, published, path):
    published()
    whole, piece = client.get(f"/pelaporan/{path}"), client.fragment(f"/pelaporan/{path}")

    assert (whole.status_code, piece.status_code) == (200, 200)
    assert "<html" in whole.text
    assert "<html" not in piece.text


def test_the_map_offers_the_layers_of_others_and_shows_those_asked_for(client, portal):
    class Pasar:
        @hookimpl
        def plugin_card(self):
            return PluginCard("pasaruji", "Pasar uji", "gawe", "Menjawab map_layers.")

        @hookimpl
        def map_layers(self, actor):
            return [MapLayer("pasar", "Pasar rakyat", "/pasaruji/pasar.geojson")]

    assert "Pasar rakyat" not in client.get("/pelaporan/peta").text
    before = dict(portal.host.plugins)
    portal.host.add("gawe_pasaruji", Pasar())
    try:
        offered, shown = client.get("/pelaporan/peta").text, client.get("/pelaporan/peta?lapis=pasar&lapis=lain").text
    finally:
        portal.host.pm.unregister(name="gawe_pasaruji")
        portal.host.plugins = before
        portal.host._index()

    assert "Pasar rakyat" in offered and "/pasaruji/pasar.geojson" not in offered
    assert " /pasaruji/pasar.geojson" in shown


def test_a_report_without_an_account_gets_number_pin_and_code(client, db, offices):
    answer = send(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/pelaporan/terkirim")

    told = client.get("/pelaporan/terkirim")
    laporan = newest(db)
    assert laporan.berkas.register in told.text
    assert 'class="qr"' in told.text
    pin = re.search(r'sent-pin">([A-Z0-9]{6})<', told.text)[1]
    tracked = client.post("/berkas/lacak", data={"register": laporan.berkas.register, "pin": pin})
    assert tracked.status_code == 303


def test_number_and_pin_are_shown_to_nobody_else(client):
    assert client.get("/pelaporan/terkirim").status_code == 303


def test_a_signed_in_resident_finds_the_report_on_their_own_page(client, db, offices, resident):
    client.sign_in(resident)
    send(client)
    laporan = newest(db)

    assert laporan.berkas.register in client.get(f"/pelaporan/saya/{laporan.berkas_id}").text
    assert "Lampu mati di tikungan" in client.get("/pelaporan/saya").text


def test_a_stranger_does_not_see_someone_elses_report(client, receive, people):
    laporan = receive()
    client.sign_in(people.resident("Orang lain"))

    assert client.get(f"/pelaporan/saya/{laporan.berkas_id}").status_code == 403
    assert client.get(f"/pelaporan/{laporan.berkas_id}").status_code == 404


def test_an_error_keeps_everything_that_was_typed_and_the_photos(client, offices, picture):
    answer = client.post(
        "/pelaporan/baru", data={**TYPED, "title": "x", "address": "Depan pasar", "school_route": "y"}, files={"photos": ("lubang.jpg", picture, "image/jpeg")}
    )

    assert answer.status_code == 422
    for kept in ("Empat lampu padam", "Depan pasar", "-6.08", "lubang.jpg", "photos-sudah"):
        assert kept in answer.text


def test_a_photo_kept_after_an_error_belongs_to_the_report_then(client, db, offices, picture):
    first = client.post("/pelaporan/baru", data={**TYPED, "title": "x"}, files={"photos": ("lubang.jpg", picture, "image/jpeg")})
    token = re.search(r'name="photos-sudah" value="([^"]+)"', first.text)[1]
    send(client, **{"photos-sudah": token})

    assert newest(db).photo_count == 1


def test_a_file_that_is_no_photo_is_refused_beside_its_field(client, offices):
    answer = client.post("/pelaporan/baru", data=TYPED, files={"photos": ("lubang.jpg", b"bukan gambar", "image/jpeg")})

    assert answer.status_code == 422
    assert "photos-salah" in answer.text


def test_a_road_needs_its_length(client, offices):
    answer = send(client, service_code="JLN-RSK", jenis="lubang")

    assert answer.status_code == 422
    assert "panjang_km-salah" in answer.text


def test_the_length_of_a_road_may_come_from_its_sta(client, db, offices):
    send(client, service_code="JLN-RSK", jenis="lubang", sta_awal="2+350", sta_akhir="3+850", lebar_m="5,5")
    road = newest(db).road

    assert (road.length_m, road.width_cm, road.area_m2) == (1500, 550, 8250)


@pytest.mark.parametrize(
    "changes",
    [
        {"service_code": "XXX"},
        {"service_code": ""},
        {"title": ""},
        {"description": "pendek"},
        {"description": "x" * 2001},
        {"point-lat": "abc"},
        {"point-lat": "999"},
        {"point-lat": "", "point-lon": ""},
        {"desa": "99.99"},
        {"point-lat": "-2.0", "point-lon": "118"},
        {"contact_phone": "12"},
        {"contact_email": "bukan surel"},
        {"service_code": "JLN-RSK", "panjang_km": "99", "jenis": "lubang"},
        {"service_code": "JLN-RSK", "panjang_km": "1", "jenis": "gaib"},
        {"service_code": "JLN-RSK", "sta_awal": "3+850", "sta_akhir": "2+350", "jenis": "lubang"},
        {"service_code": "JLN-RSK", "panjang_km": "NaN", "jenis": "lubang"},
        {"kedalaman_cm": "99999999999999999999"},
        {"address": "x" * 400},
    ],
)
def test_bad_input_is_said_beside_its_field(client, offices, changes):
    answer = send(client, **changes)

    assert answer.status_code == 422
    assert "field-error" in answer.text or "error-summary" in answer.text


def test_similar_reports_are_offered_once_before_sending(client, db, published, people):
    first = published(service_code="PJU-MTI", road=None)
    client.sign_in(people.resident("Ani Contoh"))
    offered = send(client)
    assert offered.status_code == 200
    assert first.public_title in offered.text
    assert "Ikut mendukung" in offered.text

    assert send(client, confirmed="y").status_code == 303


def test_personal_data_are_warned_of_once(client, offices):
    typed = {"description": "Hubungi saya 0812-3456-7890, lampu mati sudah sepekan."}
    warned = send(client, **typed)

    assert warned.status_code == 200
    assert "nomor telepon" in warned.text
    assert send(client, confirmed="y", **typed).status_code == 303


def test_similar_reports_appear_while_typing(client, published):
    first = published(service_code="PJU-MTI", road=None)
    near = client.fragment("/pelaporan/serupa?service_code=PJU-MTI&point-lat=-6.0801&point-lon=105.925")
    odd = client.fragment("/pelaporan/serupa?service_code=PJU-MTI&point-lat=nan&point-lon=1e999")

    assert first.public_title in near.text
    assert odd.status_code == 200


def test_a_published_report_hides_who_wrote_it(client, published, resident):
    laporan = published()
    page = client.get(f"/pelaporan/{laporan.berkas_id}").text

    assert laporan.title in page
    assert resident.name not in page


def test_a_private_report_shows_neither_words_nor_exact_place(client, published):
    laporan = published(private=True, lat=-6.081234, lon=105.925678)
    page = client.get(f"/pelaporan/{laporan.berkas_id}").text
    features = client.get("/pelaporan/peta.geojson").json()["features"]

    assert laporan.title not in page
    assert "-6.081234" not in page
    assert features[0]["geometry"]["coordinates"] == [105.926, -6.081]


def test_support_by_htmx_answers_with_the_new_count(client, published, people):
    laporan = published()
    client.sign_in(people.resident("Ani Contoh"))
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    given = client.post(f"/pelaporan/{laporan.berkas_id}/dukungan", headers=headers)
    taken = client.post(f"/pelaporan/{laporan.berkas_id}/dukungan", data={"batal": "1"}, headers=headers)

    assert "<strong>1</strong>" in given.text
    assert "<strong>0</strong>" in taken.text
    assert client.post(f"/pelaporan/{laporan.berkas_id}/dukungan").status_code == 303


def test_support_without_an_account_leads_to_signing_in(client, published):
    assert client.post(f"/pelaporan/{published().berkas_id}/dukungan").status_code == 401


def test_a_comment_appears_and_a_bad_one_keeps_its_words(client, db, published, people):
    laporan = published()
    client.sign_in(people.resident("Ani Contoh"))
    path = f"/pelaporan/{laporan.berkas_id}/komentar"

    assert client.post(path, data={"text": "Saya juga lewat sini"}).status_code == 303
    assert "Ani C." in client.get(f"/pelaporan/{laporan.berkas_id}").text
    bad = client.post(path, data={"text": "telepon 081234567890"})
    assert bad.status_code == 422
    assert "telepon 081234567890" in bad.text


def test_a_moderator_hides_a_comment(client, db, published, people, verifier, resident):
    laporan = published()
    client.sign_in(people.resident("Ani Contoh"))
    client.post(f"/pelaporan/{laporan.berkas_id}/komentar", data={"text": "Kata kasar sekali"})
    comment = db.scalar(select(Komentar))
    client.sign_out().sign_in(verifier)

    assert client.post(f"/kerja/pelaporan/komentar/{comment.id}/tampilan").status_code == 303
    client.sign_out()
    assert "Kata kasar sekali" not in client.get(f"/pelaporan/{laporan.berkas_id}?lagi=1").text


def test_feeds_are_well_formed_and_tell_no_names(client, published, resident):
    from xml.etree.ElementTree import fromstring

    laporan = published()
    feed, table = client.get("/pelaporan/rss.xml"), client.get("/pelaporan/data.csv")

    assert fromstring(feed.content).find("channel/item/title").text == laporan.public_title
    assert laporan.berkas.register in table.text
    assert resident.name not in feed.text + table.text


def test_staff_pages_are_closed_to_residents_and_to_staff_without_permission(client, published, resident, people):
    laporan = published()
    client.sign_in(resident)
    assert client.get("/kerja/pelaporan/").status_code == 403
    client.sign_out().sign_in(people.officer("surat.read", opd="setda"))

    assert client.get("/kerja/pelaporan/").status_code == 403
    assert client.get("/kerja/pelaporan/antrean").status_code == 403
    assert client.get("/kerja/pelaporan/kunci").status_code == 403
    assert client.get(f"/kerja/pelaporan/{laporan.berkas_id}").status_code == 403


def test_the_desk_shows_what_lies_in_the_office(client, published, roadworker):
    laporan = published()
    client.sign_in(roadworker)

    for path in ("/kerja/pelaporan/", "/kerja/pelaporan/?peta=1&lewat=1&saya=1&prioritas=9", "/kerja/statistik/pelaporan/kategori", "/kerja/"):
        assert client.get(path).status_code == 200
    assert laporan.title in client.get("/kerja/pelaporan/").text
    assert laporan.description in client.get(f"/kerja/pelaporan/{laporan.berkas_id}").text


@pytest.mark.parametrize("view", ["kategori", "bulan", "kecamatan", "desa", "perangkat-daerah"])
def test_everyone_sees_how_far_reports_came(client, published, view):
    published()

    whole = client.get(f"/statistik/pelaporan/{view}")
    data = client.get(f"/statistik/pelaporan/{view}/data.csv")
    assert (whole.status_code, data.status_code) == (200, 200)
    assert data.text.strip().count("\n") >= 1
    assert "Selesai" in whole.text


def test_rows_behind_a_figure_are_those_of_ones_own_office(client, published, roadworker, people):
    laporan = published()
    address = f"/kerja/statistik/pelaporan/kategori/rincian?baris={laporan.service_code}"

    assert laporan.title in client.sign_in(roadworker).get(address).text
    assert laporan.title not in client.sign_in(people.officer("pelaporan.read", opd="dinkes")).get(address).text
    assert client.sign_in(people.officer("surat.read", opd="setda")).get(address).status_code == 403


def test_an_anonymous_report_does_not_tell_the_office_who_wrote(client, published, roadworker, resident):
    laporan = published(anonymous=True)
    client.sign_in(roadworker)

    assert resident.name not in client.get(f"/kerja/pelaporan/{laporan.berkas_id}").text


def test_the_queue_forwards_with_one_click(client, db, receive, verifier, offices):
    laporan = receive()
    client.sign_in(verifier)
    assert laporan.title in client.get("/kerja/pelaporan/antrean").text

    assert client.post(f"/kerja/pelaporan/{laporan.berkas_id}/penerusan", data={"versi": "1"}).status_code == 303
    db.expire_all()
    assert newest(db).berkas.opd_id == offices["dpupr"]
    assert client.post(f"/kerja/pelaporan/{laporan.berkas_id}/penerusan", data={"versi": "1"}).status_code == 409


def test_a_follow_up_with_a_photo_is_public(client, published, roadworker, picture):
    laporan = published()
    client.sign_in(roadworker)
    path = f"/kerja/pelaporan/{laporan.berkas_id}/tindak-lanjut"
    good = {"tindak-kind": "survei", "tindak-note": "Diukur bersama ketua RT.", "tindak-volume": "1,5 km"}

    assert client.post(path, data=good, files={"tindak-photos": ("a.jpg", picture, "image/jpeg")}).status_code == 303
    bad = client.post(path, data={**good, "tindak-note": "", "tindak-cost": "banyak"})
    assert bad.status_code == 422
    assert "banyak" in bad.text
    client.sign_out()
    shown = client.get(f"/pelaporan/{laporan.berkas_id}").text
    assert "Diukur bersama ketua RT." in shown
    image = re.search(r'<img src="(/lampiran/[^"]+)"[^>]+alt="Foto tindak lanjut', shown)[1]
    assert client.get(image).status_code == 200


def test_a_moderator_words_the_public_text(client, published, verifier):
    laporan = published()
    client.sign_in(verifier)
    path = f"/kerja/pelaporan/{laporan.berkas_id}/teks"
    good = {"umum-public_title": "Jalan rusak parah", "umum-public_text": "Jalan rusak di depan pasar.", "umum-service_code": "JLN-RSK"}

    assert client.post(path, data=good).status_code == 303
    assert client.post(path, data={**good, "umum-public_text": "NIK 3604301708950000"}).status_code == 422
    assert "Jalan rusak parah" in client.get(f"/pelaporan/{laporan.berkas_id}").text


def test_a_head_sends_a_report_to_the_letters(client, db, published, head, deliver):
    laporan = published()
    client.sign_in(head)
    path = f"/kerja/pelaporan/{laporan.berkas_id}/surat"

    assert client.post(path, data={"surat-derajat": "segera", "surat-summary": ""}).status_code == 422
    assert client.post(path, data={"surat-derajat": "segera", "surat-summary": "Mohon arahan pimpinan."}).status_code == 303
    deliver()
    db.expire_all()
    assert newest(db).letter in ("diminta", "dicatat")


def test_a_key_is_shown_once_and_revoked(client, verifier):
    client.sign_in(verifier)
    made = client.post("/kerja/pelaporan/kunci", data={"name": "Aplikasi warga", "contact": "dev@contoh.id"})
    key = re.search(r"lapor_[\w-]+", made.text)[0]

    assert key not in client.get("/kerja/pelaporan/kunci").text
    assert client.post("/kerja/pelaporan/kunci", data={"name": "", "contact": "x"}).status_code == 422
    assert client.post("/kerja/pelaporan/kunci/1/pencabutan").status_code == 303
    assert client.post("/kerja/pelaporan/kunci/999/pencabutan").status_code == 404


def test_search_and_home_find_reports(client, published, resident):
    laporan = published()

    assert laporan.title in client.get("/cari?q=berlubang").text
    assert laporan.title in client.get("/").text


def test_pages_speak_english(client, published):
    published()
    page = client.get("/pelaporan/", headers={"Accept-Language": "en"}).text

    assert "Damaged road" in page
