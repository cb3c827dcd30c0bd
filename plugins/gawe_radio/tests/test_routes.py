"""Listeners' pages and the studio, without JavaScript."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from gawe_radio import readouts
from gawe_radio.announcements import Words, find_announcement, write_announcement
from gawe_radio.models import Announcement


@pytest.fixture
def present():
    return datetime.now(UTC)


@pytest.fixture
def word(db, announcer, present):
    text = {"id": "Lewat Mancak.", "en": "Go by Mancak."}
    made = write_announcement(db, announcer, Words("Jalan Anyar ditutup", text, "penting", ("36.04.30",)), now=present)
    db.commit()
    return made


def typed(present, **changes):
    until = (present + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M")
    return {"title": "Air mati", "text_id": "Air PDAM mati sampai sore.", "priority": "info", "until": until, "repeat_min": "0", "aksi": "kirim", **changes}


@pytest.mark.parametrize("path", ["/radio/", "/radio/jadwal/", "/radio/riwayat/", "/radio/pengumuman/"])
def test_listeners_pages_answer_whole_and_as_fragment(client, word, path):
    assert client.get(path).status_code == 200
    assert "<html" not in client.fragment(path).text


def test_a_published_word_has_a_page_and_what_waits_has_none(db, client, announcer, word, present):
    assert "Lewat Mancak." in client.get(f"/radio/pengumuman/{word.id}").text
    waiting = write_announcement(db, announcer, Words("Tsunami", {"id": "Menjauh dari pantai."}, "darurat"), now=present)
    assert client.get(f"/radio/pengumuman/{waiting.id}").status_code == 404
    assert client.get("/radio/pengumuman/999999").status_code == 404


def test_the_feed_lists_what_holds(client, word):
    answer = client.get("/radio/pengumuman/rss.xml")
    assert answer.headers["content-type"].startswith("application/rss+xml")
    assert f"http://testserver/radio/pengumuman/{word.id}" in answer.text


def test_the_player_stands_on_every_page_and_never_starts_by_itself(client):
    text = client.get("/radio/").text
    assert "radio-pemutar" in text
    assert "autoplay" not in text
    assert '<a class="radio-plain" href="/radio/stream.mp3">' in text


def test_the_studio_is_for_its_people(client, resident, officer, announcer):
    for actor, status in ((resident, 403), (officer("pelaporan.verify"), 403), (announcer, 200)):
        assert client.sign_in(actor).get("/kerja/radio/").status_code == status


def test_a_preview_says_how_it_sounds_and_sends_nothing(db, client, announcer, present):
    answer = client.sign_in(announcer).post("/kerja/radio/pengumuman/baru", data=typed(present, text_id="Rapat pukul 14.30.", aksi="pratinjau"))
    assert "pukul empat belas lewat tiga puluh menit" in answer.text
    assert db.scalar(select(Announcement.id)) is None


def test_a_preview_of_a_long_text_says_that_it_is_too_long(client, announcer, present):
    answer = client.sign_in(announcer).post("/kerja/radio/pengumuman/baru", data=typed(present, text_id="kata " * 300, aksi="pratinjau"))
    assert "paling lama 90 detik" in answer.text


def test_what_is_sent_is_out_and_its_page_follows(db, client, announcer, present):
    answer = client.sign_in(announcer).post("/kerja/radio/pengumuman/baru", data=typed(present, areas=["36.04.30", "36.04.31"]))
    assert answer.status_code == 303
    made = db.scalars(select(Announcement)).one()
    assert (made.state, made.areas) == ("terbit", ["36.04.30", "36.04.31"])
    assert client.get(answer.headers["location"]).status_code == 200


@pytest.mark.parametrize("change", [
    {"title": ""}, {"text_id": ""}, {"priority": "gawat"}, {"areas": "99.99.99"}, {"until": "besok"}, {"repeat_min": "x"}, {"text_id": "kata " * 300},
    {"title": "x" * 500}, {"until": "2020-01-01T00:00"},
])
def test_a_wrong_word_comes_back_with_everything_typed(db, client, announcer, present, change):
    answer = client.sign_in(announcer).post("/kerja/radio/pengumuman/baru", data=typed(present, **change))
    assert answer.status_code == 422
    assert 'id="salah"' in answer.text
    assert db.scalar(select(Announcement.id)) is None


def test_an_emergency_is_released_by_another_person_in_the_studio(db, client, announcer, official, present):
    client.sign_in(announcer).post("/kerja/radio/pengumuman/baru", data=typed(present, priority="darurat"))
    made = db.scalars(select(Announcement)).one()
    page = f"/kerja/radio/pengumuman/{made.id}"
    assert client.post(f"{page}/persetujuan", data={"setuju-sure": "y"}).status_code == 403
    client.sign_in(official)
    assert client.post(f"{page}/persetujuan").status_code == 422
    assert client.post(f"{page}/persetujuan", data={"setuju-sure": "y"}).status_code == 303
    assert client.post(f"{page}/persetujuan", data={"setuju-sure": "y"}).status_code == 409
    db.expire_all()
    assert find_announcement(db, made.id).state == "terbit"


def test_withdrawing_asks_for_a_reason(db, client, announcer, word):
    client.sign_in(announcer)
    page = f"/kerja/radio/pengumuman/{word.id}"
    assert client.post(f"{page}/penarikan", data={"batal-reason": ""}).status_code == 422
    assert client.post(f"{page}/penarikan", data={"batal-reason": "Jalan dibuka"}).status_code == 303
    db.expire_all()
    assert (word.state, word.reason) == ("batal", "Jalan dibuka")
    assert "Jalan dibuka" in client.get(f"/radio/pengumuman/{word.id}").text


def test_a_change_keeps_the_priority(db, client, announcer, word, present):
    answer = client.sign_in(announcer).post(f"/kerja/radio/pengumuman/{word.id}/ubah", data=typed(present, priority="darurat", title="Dibuka sebagian"))
    assert answer.status_code == 303
    db.expire_all()
    assert (word.title, word.priority, word.version) == ("Dibuka sebagian", "penting", 2)


def test_a_read_out_is_accepted_or_refused_once(db, client, editor, present):
    for key in ("a", "b"):
        readouts.receive_request(db, key=key, plugin="gawe_pajak", text={"id": "Jatuh tempo lima hari lagi."}, priority="info", until=None, now=present)
    db.commit()
    first, second = readouts.waiting_requests(db)
    client.sign_in(editor)
    assert "Jatuh tempo lima hari lagi." in client.get(f"/kerja/radio/bacaan/{first.id}").text
    assert client.post(f"/kerja/radio/bacaan/{first.id}", data=typed(present)).status_code == 303
    assert client.post(f"/kerja/radio/bacaan/{first.id}", data=typed(present)).status_code == 409
    assert client.post(f"/kerja/radio/bacaan/{second.id}/penolakan", data={"tolak-reason": ""}).status_code == 422
    assert client.post(f"/kerja/radio/bacaan/{second.id}/penolakan", data={"tolak-reason": "Bukan untuk umum"}).status_code == 303


def test_the_studio_says_that_the_engine_is_away(client, announcer):
    client.sign_in(announcer)
    assert "Mesin siaran belum menjawab" in client.get("/kerja/radio/").text
    assert client.post("/kerja/radio/lewatan").status_code == 503


@pytest.mark.parametrize("day", ["", "kemarin", "9999-12-31", "0001-01-01", "2026-11-24"])
def test_the_log_takes_any_day(client, announcer, day):
    assert client.sign_in(announcer).get(f"/kerja/radio/log/?tanggal={day}").status_code < 500


def test_english_readers_read_english(client, word):
    text = client.get(f"/radio/pengumuman/{word.id}", headers={"Accept-Language": "en"}).text
    assert "Announcement" in text
