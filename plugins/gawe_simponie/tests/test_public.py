"""What anyone may see: the catalogue, what it costs, the risk of a business, the register of permits."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from gawe_simponie.cards import entries
from gawe_simponie.types import PermitType, shipped
from pendopo.kit.appointments import Counter, book, open_days, open_slots

from .conftest import SMALL_HOUSE

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)

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
    answer = client.post("/simponie/layanan/PBG/simulasi", data=SMALL_HOUSE)

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


def test_a_calendar_subscribes_without_an_account_until_its_address_is_changed(client, db, issued, apply_for, walk, front, surveyor, resident):
    issued()
    visit = walk(apply_for("REKLAME", at=NOW), (front, "lengkap"), (surveyor, "tinjau", {"data": {"inspect_on": date(2030, 5, 6)}}), at=NOW)
    client.sign_in(resident)
    assert "/simponie/kalender/" not in client.get("/simponie/saya").text
    assert client.post("/simponie/saya/kalender").status_code == 303
    address = re.search(r'href="[^"]*(/simponie/kalender/[^"]+[.]ics)"', client.get("/simponie/saya").text)[1]

    client.cookies.clear()
    answer = client.get(address)
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "DTSTART:20270401T010000Z\r\n" in answer.text and "DTSTART:20300506T010000Z\r\n" in answer.text
    assert visit.berkas.register in answer.text and "Pemohon Contoh" not in answer.text

    client.sign_in(resident).post("/simponie/saya/kalender")
    client.cookies.clear()
    assert client.get(address).status_code == 404


def test_a_visit_stands_in_the_calendars_of_applicant_and_inspectors(db, apply_for, walk, front, surveyor, technician, resident):
    walk(apply_for("REKLAME", at=NOW), (front, "lengkap"), (surveyor, "tinjau", {"data": {"inspect_on": NOW.date() + timedelta(days=2)}}), at=NOW)
    told = {actor.name: [entry.title for entry in entries(db, actor, NOW, NOW + timedelta(days=7))] for actor in (resident, surveyor, technician)}

    assert [len(titles) for titles in told.values()] == [1, 1, 0]
    assert all("eninjauan" in titles[0] for titles in told.values() if titles)


def test_a_time_at_the_counter_is_booked_from_permit_and_application(client, db, offices, apply_for, resident, front):
    hours = {str(day): [["08:00", "15:00"]] for day in range(7)}
    counter = Counter(
        opd_id=offices["dpmptsp"], service="simponie", title="Konsultasi perizinan", prefix="C", place="MPP", bring="", hours=hours, slot_minutes=30, capacity=1,
        days_ahead=14, lead_minutes=0, is_open=True,
    )
    db.add(counter)
    row = apply_for()
    db.commit()
    client.sign_in(resident)
    assert f'href="/janji/pilih/{counter.id}"' in client.get("/simponie/layanan/PENELITIAN").text
    assert f'href="/janji/pilih/{counter.id}?berkas={row.berkas_id}"' in client.get(f"/simponie/saya/{row.berkas_id}").text

    now = datetime.now(UTC)
    slot = next(slot for day, free in open_days(db, counter, now=now) if free for slot in open_slots(db, counter, day, now=now))
    booked = book(db, resident, counter.id, slot.starts_at, berkas_id=row.berkas_id, now=now)
    assert booked.number in client.get(f"/simponie/saya/{row.berkas_id}").text
    assert booked.number in client.sign_in(front).get(f"/kerja/simponie/{row.berkas_id}").text


def test_the_catalogue_reads_in_english_and_narrows_down_by_sector(client, filled):
    text = client.get("/simponie/?sektor=Kesehatan", headers={"accept-language": "en"}).text

    assert "Practice Permit for Doctors (SIP)" in text and "I am a doctor and will open a practice" in text
    assert "Advertising Permit" not in text
    form = client.get("/simponie/layanan/PBG/simulasi", headers={"accept-language": "en"}).text
    assert "Area of all floors (m²)" in form and "Luas seluruh lantai" not in form


def test_every_type_that_comes_with_the_plugin_is_whole_in_english():
    assert [lacking for data in shipped() for lacking in PermitType(data).untranslated()] == []
