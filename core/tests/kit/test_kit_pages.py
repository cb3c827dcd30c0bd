"""The room's pages: Berkas saya, tracking, the Meja kerja, one step and many."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from pendopo.kit import berkas as b
from pendopo.kit import throttle
from pendopo.kit.berkas.models import BerkasEvent, BerkasRating
from pendopo.testing.reading import text_of


@pytest.fixture(autouse=True)
def fresh_throttle():
    throttle.forget_cache()


# ---------------------------------------------------------------------------------------------------------- the citizen


def test_berkas_saya_asks_to_sign_in(client):
    assert client.get("/berkas/").status_code in (303, 401)


def test_a_citizen_sees_their_matters_and_no_others(client, open_one, resident, people):
    open_one(resident)
    open_one(people.resident(), title="Urusan orang lain")
    page = text_of(client.sign_in(resident).get("/berkas/"))
    assert "Jalan berlubang" in page
    assert "orang lain" not in page
    assert "<html" not in client.fragment("/berkas/").text


def test_a_matter_is_shown_with_its_steps_and_refused_to_others(client, open_one, resident, people):
    matter = open_one(resident, desa_code="36.04.30.2001")
    page = text_of(client.sign_in(resident).get(f"/berkas/{matter.id}"))
    assert matter.register in page
    assert "Kec. Anyar" in page
    assert client.fragment(f"/berkas/{matter.id}/jejak").status_code == 200
    assert client.sign_in(people.resident()).get(f"/berkas/{matter.id}").status_code == 403
    assert client.get("/berkas/999999").status_code == 404
    assert client.get("/berkas/99999999999").status_code == 404


def test_tracking_needs_number_and_pin_and_nothing_else(client, open_one):
    matter = open_one()
    assert client.get(f"/berkas/lacak/{matter.register}").status_code == 303
    wrong = client.post("/berkas/lacak", data={"register": matter.register, "pin": "ZZZZZZ"})
    assert wrong.status_code == 422
    assert "tidak cocok" in wrong.text
    assert f'value="{matter.register}"' in wrong.text
    right = client.post("/berkas/lacak", data={"register": matter.register.lower(), "pin": matter.pin})
    assert right.status_code == 303
    page = client.get(right.headers["location"])
    assert "Jalan berlubang" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert matter.pin not in page.text


def test_wrong_pins_are_counted_though_the_page_is_an_error(client, open_one, db):
    matter = open_one()
    for _ in range(5):
        client.post("/berkas/lacak", data={"register": matter.register, "pin": "ZZZZZZ"})
    locked = client.post("/berkas/lacak", data={"register": matter.register, "pin": matter.pin})
    assert locked.status_code == 429
    assert "Terlalu banyak PIN" in locked.text


def test_one_address_can_not_guess_on_and_on(client, open_one):
    answers = [client.post("/berkas/lacak", data={"register": "UJI-2026-000001-1", "pin": "ZZZZZZ"}).status_code for _ in range(22)]
    assert answers[0] == 422
    assert answers[-1] == 429


def test_a_pin_opens_only_its_own_matter(client, open_one):
    mine, other = open_one(), open_one()
    client.post("/berkas/lacak", data={"register": mine.register, "pin": mine.pin})
    assert client.get(f"/berkas/lacak/{other.register}").status_code == 303
    assert client.post(f"/berkas/{other.id}/pesan", data={"pesan-text": "Halo"}).status_code == 401
    cookie = client.cookies["lacak"].split(".")
    client.cookies.set("lacak", ".".join([str(other.id), *cookie[1:]]))
    assert client.get(f"/berkas/lacak/{other.register}").status_code == 303


def test_who_holds_the_pin_writes_and_rates(client, open_one, officer, db, now):
    matter = open_one()
    client.post("/berkas/lacak", data={"register": matter.register, "pin": matter.pin})
    assert client.post(f"/berkas/{matter.id}/pesan", data={"pesan-text": "Sudah dua minggu"}).headers["location"] == f"/berkas/lacak/{matter.register}"
    b.move_berkas(db, officer("uji.verify", scope="regency"), matter.id, "tolak", note="Bukan di sini.", now=now)
    db.commit()
    assert "Bagaimana pelayanan kami?" in client.get(f"/berkas/lacak/{matter.register}").text
    assert "Sangat puas" in client.fragment(f"/berkas/{matter.id}/penilaian").text
    assert client.post(f"/berkas/{matter.id}/penilaian", data={"nilai-score": "3"}).status_code == 303
    again = client.post(f"/berkas/{matter.id}/penilaian", data={"nilai-score": "1"})
    assert again.status_code == 409
    assert [r.score for r in db.scalars(select(BerkasRating))] == [3]


def test_an_officer_sends_a_matter_to_another_opd(client, open_one, officer, people, db):
    matter, dlh = open_one(opd_id=people.opd("dpupr")), people.opd("dlh", "Dinas Lingkungan Hidup")
    client.sign_in(officer("uji.verify"))
    shown = client.get(f"/kerja/meja/{matter.id}").text
    assert "Teruskan ke perangkat daerah lain" in shown and "Dinas Lingkungan Hidup" in shown
    assert client.post(f"/kerja/meja/{matter.id}/disposisi", data={"disposisi-opd": ""}).status_code == 422
    assert client.post(f"/kerja/meja/{matter.id}/disposisi", data={"disposisi-opd": str(people.opd("dpupr"))}).status_code == 422

    sent = client.post(f"/kerja/meja/{matter.id}/disposisi", data={"disposisi-opd": str(dlh), "disposisi-note": "Mohon ditindaklanjuti."})

    assert sent.headers["location"] == "/kerja/meja/"  # it is no longer theirs
    db.refresh(matter)
    assert matter.opd_id == dlh
    assert client.get(f"/kerja/meja/{matter.id}").status_code == 403
    assert client.post(f"/kerja/meja/{matter.id}/disposisi", data={"disposisi-opd": str(people.opd("dpupr"))}).status_code == 403


def test_an_auditor_reads_a_matter_and_is_offered_nothing(client, open_one, officer):
    matter = open_one()
    client.sign_in(officer("core.see_berkas", scope="regency"))
    shown = client.get(f"/kerja/meja/{matter.id}")
    assert shown.status_code == 200
    for path in ("disposisi", "catatan", "petugas", "pesan"):
        assert f"/kerja/meja/{matter.id}/{path}" not in shown.text
    for path in ("catatan", "pesan"):
        assert client.post(f"/kerja/meja/{matter.id}/{path}", data={f"{path}-text": "Halo"}).status_code == 403


def test_a_message_without_words_is_refused_and_nothing_typed_is_lost(client, open_one, resident):
    matter = open_one(resident)
    client.sign_in(resident)
    assert client.post(f"/berkas/{matter.id}/pesan", data={"pesan-text": " "}).status_code == 422
    long = client.post(f"/berkas/{matter.id}/pesan", data={"pesan-text": "a" * 4001})
    assert long.status_code == 422
    assert "a" * 4001 in long.text


def test_the_applicant_answers_what_was_asked(client, open_one, resident, officer, db, now):
    matter = open_one(resident)
    boss = officer("uji.verify", "uji.work", scope="regency")
    b.move_berkas(db, boss, matter.id, "verifikasi", now=now)
    b.move_berkas(db, boss, matter.id, "tanya", note="Di sebelah mana?", now=now)
    db.commit()
    client.sign_in(resident)
    page = client.get(f"/berkas/{matter.id}").text
    assert "Waktu dijeda" in page
    assert "Catatan internal" not in page
    version = re.search(r'name="lanjut-version"[^>]*value="(\d+)"', page)[1]
    answer = client.post(f"/berkas/{matter.id}/langkah/lanjut", data={"lanjut-note": "Depan pasar", "lanjut-version": version})
    assert answer.status_code == 303
    assert client.post(f"/berkas/{matter.id}/langkah/selesaikan", data={}).status_code == 403


# ----------------------------------------------------------------------------------------------------------- the officer


def test_a_step_is_taken_from_the_page(client, open_one, officer, db):
    boss = officer("uji.verify", "uji.work", scope="regency")
    matter = open_one()
    client.sign_in(boss)
    page = client.get(f"/kerja/meja/{matter.id}").text
    assert page.count('action="/kerja/meja/') >= 3
    version = re.search(r'name="tolak-version"[^>]*value="(\d+)"', page)[1]
    refused = client.post(f"/kerja/meja/{matter.id}/langkah/tolak", data={"tolak-note": "", "tolak-internal_note": "Laporan ganda", "tolak-version": version})
    assert refused.status_code == 422
    assert "Laporan ganda" in refused.text
    assert 'aria-invalid="true"' in refused.text
    done = client.post(f"/kerja/meja/{matter.id}/langkah/tolak", data={"tolak-note": "Sudah ditangani.", "tolak-version": version})
    assert done.status_code == 303
    stale = client.post(f"/kerja/meja/{matter.id}/langkah/tolak", data={"tolak-note": "Sudah ditangani.", "tolak-version": version})
    assert stale.status_code == 409
    assert "Petugas lain sudah memindahkan" in stale.text
    assert client.get(f"/kerja/meja/{matter.id}/langkah/entah").status_code == 404


def test_a_refusal_by_the_plugin_stands_beside_its_input(client, open_one, officer):
    matter = open_one()
    client.sign_in(officer("uji.verify", scope="regency"))
    refused = client.post(f"/kerja/meja/{matter.id}/langkah/verifikasi", data={"verifikasi-alasan": "buruk"})
    assert refused.status_code == 422
    assert "Alasan ini tidak dapat dipakai." in refused.text
    assert 'value="buruk"' in refused.text


@pytest.mark.parametrize(
    "data",
    [{"teruskan-opd": "abc"}, {"teruskan-opd": "999999"}, {"teruskan-opd": ""}, {"teruskan-opd": "1", "teruskan-version": "x" * 50, "teruskan-officer": "-1"}],
)
def test_strange_input_of_a_step_is_an_error_not_a_fault(client, open_one, officer, db, now, data):
    boss = officer("uji.verify", "uji.work", scope="regency")
    matter = open_one()
    b.move_berkas(db, boss, matter.id, "verifikasi", now=now)
    db.commit()
    assert client.sign_in(boss).post(f"/kerja/meja/{matter.id}/langkah/teruskan", data=data).status_code == 422


def test_an_officer_takes_a_matter_and_writes_a_note(client, open_one, officer, db):
    boss = officer("uji.verify", scope="regency")
    matter = open_one()
    client.sign_in(boss)
    assert client.post(f"/kerja/meja/{matter.id}/petugas", data={"officer": str(boss.account_id)}).status_code == 303
    assert client.post(f"/kerja/meja/{matter.id}/petugas", data={"officer": "abc"}).status_code == 404
    assert client.post(f"/kerja/meja/{matter.id}/catatan", data={"catatan-text": "Cek lapangan"}).status_code == 303
    assert {"assigned", "note"} <= set(db.scalars(select(BerkasEvent.kind)))
    assert "Cek lapangan" in client.get(f"/kerja/meja/{matter.id}").text


def test_live_topics_are_for_those_who_may_see(portal, db, open_one, resident, people, officer):
    matter = open_one(resident, opd_id=people.opd("dpupr"))
    boss, stranger = officer("uji.verify", opd="dpupr"), people.resident()

    def may(topic, actor):
        return portal.host.ask("may_join", db=db, topic=topic, actor=actor)

    assert may(f"berkas:{matter.id}", resident)
    assert may(f"berkas:{matter.id}", boss)
    assert not may(f"berkas:{matter.id}", stranger)
    assert may(f"meja:{people.opd('dpupr')}", boss)
    assert not may(f"meja:{people.opd('dlh')}", boss)
    assert not may(f"meja:{people.opd('dpupr')}", resident)
    assert may(f"berkas-saya:{resident.account_id}", resident)
    assert not may(f"berkas-saya:{resident.account_id}", stranger)
    from pendopo.kit.berkas.writing import pin_topic

    assert may(pin_topic(matter), stranger)
    for strange in (f"lacak:{matter.id}:0000", f"lacak:{matter.id}", "berkas:x", "berkas:", "berkas:999999", "berkas:²"):
        assert not may(strange, stranger), strange


def test_home_pages_carry_the_cards(client, open_one, resident, officer):
    open_one(resident)
    assert "Jalan berlubang" in client.sign_in(resident).get("/").text
    assert "Lewat tenggat" in client.sign_in(officer("uji.verify", scope="regency")).get("/kerja/").text


def test_search_finds_by_number_for_those_who_may_see(client, open_one, resident, people):
    matter = open_one(resident)
    assert f"/berkas/{matter.id}" in client.sign_in(resident).get(f"/cari?q={matter.register}").text
    assert f"/berkas/{matter.id}" not in client.sign_in(people.resident()).get(f"/cari?q={matter.register}").text


def test_who_holds_the_pin_sees_the_files_of_that_matter_only(client, open_one, db, resident):
    from pendopo.kit.attachments import claim, store_bytes

    matter, other = open_one(), open_one()
    files = [store_bytes(db, resident, b"%PDF-1.7 " + name, "a.pdf") for name in (b"satu", b"dua", b"tiga")]
    for file, owner, ref in zip(files, ("berkas", "berkas.internal", "berkas"), (matter.id, matter.id, other.id), strict=True):
        claim(db, [file], owner=owner, ref=ref)
    db.commit()
    assert client.get(f"/berkas/{matter.id}/lampiran/{files[0].token}").status_code in (303, 401)
    client.post("/berkas/lacak", data={"register": matter.register, "pin": matter.pin})
    answers = [client.get(f"/berkas/{matter.id}/lampiran/{file.token}").status_code for file in files]
    assert answers == [200, 404, 404]
    assert client.get(files[0].href).status_code == 404
