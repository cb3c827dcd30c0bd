"""Listeners who call in: screened by the producer, one step after the other, each step once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from gawe_radio.live import calls
from gawe_radio.live.errors import AlreadyCalling, CallerBlocked, CallOver, CallsClosed, ConsentNeeded, LinesBusy
from gawe_radio.live.models import Call
from pendopo import PermissionRefused, SignInNeeded
from pendopo.identity import ANONYMOUS
from pendopo.kit import settings


@pytest.fixture
def producer(officer):
    return officer("radio.studio", "radio.producer", opd="diskominfo", name="Produser Contoh", scope="regency")


@pytest.fixture
def ring(db, resident, now):
    def ring(actor=resident, **more):
        return calls.ask_to_call(db, actor, name=more.pop("name", "Siti"), topic="Jalan rusak", consent=more.pop("consent", True), now=more.pop("now", now))

    return ring


def test_a_caller_waits_is_admitted_goes_on_the_air_and_is_over(db, ring, producer, now):
    call = ring()
    assert [row.state for row in calls.open_calls(db, now)] == ["menunggu"]
    assert calls.admit_call(db, producer, call.id, now=now).state == "diterima"
    assert calls.put_on_air(db, producer, call.id, now=now).aired_at == now
    assert calls.admit_call(db, producer, call.id, now=now).state == "diterima"  # taken down to the waiting room
    later = now + timedelta(minutes=1)
    assert calls.put_on_air(db, producer, call.id, now=later).aired_at == now
    ended = calls.end_call(db, producer, call.id, now=later)
    assert (ended.state, ended.ended_by, ended.decided_by) == ("selesai", "produser", producer.account_id)
    assert calls.open_calls(db, later) == []


@pytest.mark.parametrize("step", [calls.put_on_air, calls.end_call])
def test_two_producers_can_not_take_the_same_step(db, ring, producer, now, step):
    call = ring()
    calls.admit_call(db, producer, call.id, now=now)
    step(db, producer, call.id, now=now)
    with pytest.raises(CallOver):
        step(db, producer, call.id, now=now)


def test_nobody_goes_on_the_air_without_the_waiting_room(db, ring, producer, now):
    call = ring()
    with pytest.raises(CallOver):
        calls.put_on_air(db, producer, call.id, now=now)


@pytest.mark.parametrize("step", [calls.admit_call, calls.put_on_air, calls.end_call])
def test_only_a_producer_decides(db, ring, announcer, now, step):
    call = ring()
    with pytest.raises(PermissionRefused):
        step(db, announcer, call.id, now=now)


def test_calling_needs_an_account_consent_an_open_line_and_no_other_call(db, ring, resident, now):
    with pytest.raises(SignInNeeded):
        ring(ANONYMOUS)
    with pytest.raises(ConsentNeeded):
        ring(consent=False)
    ring()
    with pytest.raises(AlreadyCalling):
        ring()


def test_a_station_that_takes_no_calls_says_so(db, ring, resident, client, now):
    db.add(settings.SettingValue(name="radio.telepon", value=False, effective_from=now.date(), set_by=None, set_at=now, note=""))
    db.flush()
    settings.forget_cache()
    try:
        with pytest.raises(CallsClosed):
            ring()
        assert "Telepon siaran sedang ditutup" in client.sign_in(resident).get("/radio/telepon/").text
    finally:
        settings.forget_cache()


def test_a_blocked_account_can_not_call_until_it_is_let_in_again(db, ring, resident, producer, now):
    call = ring()
    calls.block_caller(db, producer, call.id, "Berkata kasar", now=now)
    assert call.ended_by == "blokir"
    with pytest.raises(CallerBlocked):
        ring()
    calls.unblock_caller(db, producer, resident.account_id)
    assert ring().state == "menunggu"


def test_as_many_may_wait_as_a_producer_can_look_after(db, resident, ring, now):
    for number in range(calls.MOST_WAITING):
        db.add(Call(account_id=9_000 + number, name="x", topic="", state="menunggu", asked_at=now, seen_at=now, ended_by=""))
    db.flush()
    with pytest.raises(LinesBusy):
        ring()


def test_a_call_whose_page_is_gone_is_over(db, ring, resident, now):
    call = ring()
    later = now + timedelta(minutes=1)
    assert calls.open_calls(db, later) == []
    assert calls.end_gone(db, later) == 1
    assert calls.end_gone(db, later) == 0
    db.refresh(call)
    assert (call.state, call.ended_by) == ("selesai", "putus")


def test_a_page_that_is_there_keeps_its_call(db, ring, now):
    call = ring()
    later = now + timedelta(minutes=1)
    calls.still_there(db, call.id, later)
    assert [row.id for row in calls.open_calls(db, later)] == [call.id]


def test_a_name_is_one_line_and_never_empty(db, ring, resident):
    assert ring(name="  ").name == resident.name.split()[0]
    long = calls.MOST_NAME
    db.execute(text("DELETE FROM gawe_radio_call"))
    assert ring(name="Siti\n\tdari   Anyar " + "x" * 99).name.startswith("Siti dari Anyar x")
    assert len(db.scalars(select(Call)).one().name) == long


# ------------------------------------------------------------------------------------------------------------- pages


def test_the_desk_works_without_javascript_and_says_what_needs_it(client, officer):
    speaker = officer("radio.studio", "radio.live", opd="diskominfo", scope="regency")
    page = client.sign_in(speaker).get("/kerja/radio/siaran/").text
    assert "Mikrofon memerlukan JavaScript" in page
    assert "Mesin siaran belum menjawab" in page
    for path in ("/kerja/radio/siaran/telepon", "/kerja/radio/siaran/naskah"):
        assert "<html" in client.get(path).text
        assert "<html" not in client.fragment(path).text
    assert client.post("/kerja/radio/siaran/jingle", data={"track": "jingle/a.wav"}).status_code == 503
    assert client.post("/kerja/radio/siaran/tahan", data={"aktif": "1"}).status_code == 503


def test_the_desk_is_for_its_people(client, resident, officer):
    assert client.sign_in(resident).get("/kerja/radio/siaran/").status_code == 403
    seeing = client.sign_in(officer("radio.studio", opd="diskominfo", scope="regency"))
    assert "perlu wewenang penyiar" in seeing.get("/kerja/radio/siaran/").text
    assert seeing.post("/kerja/radio/siaran/tahan", data={"aktif": "1"}).status_code == 403
    assert seeing.post("/kerja/radio/siaran/telepon/1/keputusan", data={"aksi": "udara"}).status_code == 403


def test_a_producer_decides_by_plain_forms(db, client, ring, producer, present):
    call = ring(now=present)
    client.sign_in(producer)
    assert "Jalan rusak" in client.get("/kerja/radio/siaran/telepon").text
    address = f"/kerja/radio/siaran/telepon/{call.id}/keputusan"
    assert client.post(address, data={"aksi": "udara"}).status_code == 409
    assert client.post(address, data={"aksi": "terima"}).status_code == 303
    assert "Naikkan ke udara" in client.get("/kerja/radio/siaran/telepon").text
    assert client.post(address, data={"aksi": "menyanyi"}).status_code == 404
    assert client.post(address, data={"aksi": "blokir"}).status_code == 303
    assert "Cabut blokir" in client.get("/kerja/radio/siaran/telepon").text
    assert client.post(f"/kerja/radio/siaran/blokir/{call.account_id}/pencabutan").status_code == 303
    assert "Cabut blokir" not in client.get("/kerja/radio/siaran/telepon").text


@pytest.fixture
def present():
    from datetime import UTC, datetime

    return datetime.now(UTC)


def test_the_telephone_says_what_will_happen_and_asks_who_calls(client, resident):
    assert client.get("/radio/telepon/").status_code == 303  # to the page where one signs in
    page = client.sign_in(resident).get("/radio/telepon/").text
    assert "Siaran belum mendengar Anda" in page
    assert "Saya setuju suara saya terdengar umum" in page
    assert "memerlukan JavaScript" in page


def test_a_piece_is_heard_before_it_is_on_the_air_and_nothing_else_of_the_disk(client, portal, officer):
    media = portal.settings.home / "radio/media/jingle"
    media.mkdir(parents=True, exist_ok=True)
    (media / "uji.mp3").write_bytes(b"ID3suara")
    (portal.settings.home / "radio/rahasia.txt").write_text("rahasia")
    client.sign_in(officer("radio.studio", opd="diskominfo", scope="regency"))
    assert client.get("/kerja/radio/siaran/simak/jingle/uji.mp3").content == b"ID3suara"
    for path in ("../rahasia.txt", "%2e%2e/rahasia.txt", "jingle", "/etc/passwd", "jingle/tiada.mp3"):
        assert client.get(f"/kerja/radio/siaran/simak/{path}").status_code in (404, 400)


def test_without_a_line_to_the_engine_webrtc_is_refused_with_words(client, officer):
    client.sign_in(officer("radio.studio", "radio.live", opd="diskominfo", scope="regency"))
    for path in ("/kerja/radio/live/whip", "/radio/whep"):
        assert client.post(path, content=b"v=0", headers={"Content-Type": "application/sdp"}).status_code == 503
        assert client.post(path, content=b"v=0", headers={"Content-Type": "application/sdp", "Sec-Fetch-Site": "cross-site"}).status_code == 403
