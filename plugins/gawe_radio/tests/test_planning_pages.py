"""The pages of the plan: whole and as fragment, refused to others, and working without a script."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from gawe_radio import programmes, station
from gawe_radio.planning import choices, lists, media, wheels
from gawe_radio.planning.models import Playlist
from gawe_radio.planning.testing import wav

STUDIO = ["acara/", "acara/daftar/", "acara/hari/", "roda/"]
EDITORS = ["acara/baru", "salat/", "rotasi/", "roda/baru", "pustaka/", "pustaka/unggahan", "pustaka/terhapus/", "pustaka/daftar/", "pustaka/daftar/baru", "pustaka/blok/baru"]
TYPED = {
    "title": "Pagi Gawe", "description": "", "presenter": "Rara", "language": "id", "classification": "SU", "days": ["0", "1"], "at": "06:00", "minutes": "60",
    "tags": "pagi, gamelan", "often": "mingguan", "week": "1", "first": "", "until": "", "wheel": "", "playlist": "", "recorded": "",
}


@pytest.fixture
def song(db, curator, now):
    track_id = media.receive_piece(db, curator, io.BytesIO(wav()), "Lagu Pantai.wav", kind="music", tags=("pagi",), now=now)
    db.commit()
    return track_id


@pytest.mark.parametrize("path", STUDIO + EDITORS)
def test_pages_answer_whole_and_as_fragment(client, curator, song, path):
    client.sign_in(curator)
    assert client.get(f"/kerja/radio/{path}").status_code == 200
    assert "<html" not in client.fragment(f"/kerja/radio/{path}").text


@pytest.mark.parametrize("path", EDITORS)
def test_who_only_announces_changes_nothing_of_the_plan(client, announcer, path):
    assert client.sign_in(announcer).get(f"/kerja/radio/{path}").status_code == 403


@pytest.mark.parametrize("path", ["pustaka/unggahan", "pustaka/terhapus/", "pustaka/pemindaian", "pustaka/penghapusan/music/x.mp3", "roda/baru", "rotasi/", "salat/"])
def test_a_write_is_refused_to_residents_and_announcers(client, resident, announcer, path):
    for actor in (resident, announcer):
        assert client.sign_in(actor).post(f"/kerja/radio/{path}").status_code in (403, 404)


def test_a_programme_is_planned_and_ended_in_the_studio(client, curator):
    client.sign_in(curator)
    assert client.post("/kerja/radio/acara/baru", data=TYPED).status_code == 303
    taken = client.post("/kerja/radio/acara/baru", data={**TYPED, "title": "Warung"})
    assert taken.status_code == 409
    assert "Jam ini sudah dipakai acara Pagi Gawe" in taken.text
    assert "Pagi Gawe" in client.get("/kerja/radio/acara/").text
    assert client.post("/kerja/radio/acara/1/penghentian").status_code == 303
    assert client.post("/kerja/radio/acara/baru", data={**TYPED, "days": [], "at": "xx"}).status_code == 422


def test_a_single_day_is_replaced_and_brought_back(client, db, curator):
    client.sign_in(curator)
    client.post("/kerja/radio/acara/baru", data={**TYPED, "days": [str(n) for n in range(7)]})
    text = client.get("/kerja/radio/acara/1").text
    address = text.split('href="/kerja/radio/acara/hari/1/')[1].split('"')[0]
    change = {"kind": "ganti", "title": "", "presenter": "", "recorded": "", "start": "", "minutes": "", "note": ""}
    assert client.post(f"/kerja/radio/acara/hari/1/{address}", data=change).status_code == 422
    answer = client.post(f"/kerja/radio/acara/hari/1/{address}", data={**change, "title": "Khotbah Jumat"})
    assert "Khotbah Jumat" in client.get(answer.headers["location"]).text
    assert client.post(f"/kerja/radio/acara/hari/1/{address}/pemulihan").status_code == 303
    assert "Khotbah Jumat" not in client.get(answer.headers["location"]).text
    assert client.get("/kerja/radio/acara/hari/1/20200101T000000").status_code == 404
    assert client.get("/kerja/radio/acara/hari/1/kemarin").status_code == 404


def test_good_files_come_in_though_one_of_them_is_bad(client, db, curator):
    client.sign_in(curator)
    files = [("files", ("a.wav", wav(pitch_hz=300), "audio/wav")), ("files", ("racun.mp3", b"#EXTM3U\n/etc/passwd\n", "audio/mpeg"))]
    answer = client.post("/kerja/radio/pustaka/unggahan", data={"kind": "music", "tags": "Pagi, pagi"}, files=files)
    assert answer.status_code == 422
    assert "racun.mp3 bukan berkas suara yang dikenal" in answer.text
    (piece,) = media.pieces(db)
    assert (piece.id, piece.tags) == ("music/a.wav", ("pagi",))


def test_an_upload_without_a_file_says_so(client, curator):
    answer = client.sign_in(curator).post("/kerja/radio/pustaka/unggahan", data={"kind": "music", "tags": ""})
    assert answer.status_code == 422
    assert "Pilih paling sedikit satu berkas" in answer.text


def test_a_piece_is_heard_in_pieces_by_those_who_may(client, curator, announcer, song):
    client.sign_in(curator)
    part = client.get(f"/kerja/radio/pustaka/suara/{song}", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"RIFF")
    assert client.get("/kerja/radio/pustaka/suara/../../pendopo.db").status_code == 404
    assert client.get("/kerja/radio/pustaka/suara/music/%2e%2e/%2e%2e/station.json").status_code == 404
    assert client.sign_in(announcer).get(f"/kerja/radio/pustaka/suara/{song}").status_code == 403


def test_a_piece_is_described_and_found_by_its_words(client, db, curator, song):
    client.sign_in(curator)
    typed = {"title": "Ombak", "artist": "Qasidah Contoh", "tags": "qasidah", "cue_in_s": "0,2", "cue_out_s": "", "resting": ""}
    assert client.post(f"/kerja/radio/pustaka/berkas/{song}", data=typed).status_code == 303
    db.expire_all()
    assert media.find_piece(db, song).cue_in_s == 0.2
    assert "Ombak" in client.get("/kerja/radio/pustaka/?q=qasidah&label=qasidah").text
    assert "Tidak ada yang cocok" in client.get("/kerja/radio/pustaka/?label=pagi").text
    assert client.post(f"/kerja/radio/pustaka/berkas/{song}", data={**typed, "cue_in_s": "5"}).status_code == 422


def test_a_playlist_is_filled_ordered_and_guarded_against_two_at_once(client, db, curator, now, song):
    other = media.receive_piece(db, curator, io.BytesIO(wav(pitch_hz=900)), "b.wav", kind="music", now=now)
    row = lists.save_playlist(db, curator, "Pagi", "listed", 1)
    db.commit()
    client.sign_in(curator)
    address = f"/kerja/radio/pustaka/daftar/{row.id}"
    client.post(f"{address}/isi", data={"aksi": "tambah", "lagu": [song, other, "music/tidak-ada.mp3"]})
    db.expire_all()
    assert db.get(Playlist, row.id).tracks == [song, other]
    seen = lists.edition(db.get(Playlist, row.id))
    client.post(f"{address}/isi", data={"aksi": "urutkan", "edisi": seen, "urutan-0": "2", "urutan-1": "1"})
    db.expire_all()
    assert db.get(Playlist, row.id).tracks == [other, song]
    client.post(f"{address}/isi", data={"aksi": "buang:0", "edisi": seen})
    assert "baru saja diubah orang lain" in client.get(address).text
    db.expire_all()
    assert len(db.get(Playlist, row.id).tracks) == 2
    assert client.post(f"{address}/isi", data={"aksi": "buang:9", "edisi": lists.edition(db.get(Playlist, row.id))}).status_code == 404


def test_a_block_shows_what_it_would_find_before_it_is_kept(client, curator, song):
    typed = {"name": "Pagi", "tags": "pagi", "not_tags": "", "artists": "", "shortest_s": "", "longest_s": "", "since_days": "", "aksi": "pratinjau"}
    client.sign_in(curator)
    answer = client.post("/kerja/radio/pustaka/blok/baru", data=typed)
    assert answer.status_code == 200
    assert "Lagu Pantai" in answer.text or "lagu pantai" in answer.text
    assert client.post("/kerja/radio/pustaka/blok/baru", data={**typed, "aksi": "simpan"}).status_code == 303
    assert client.post("/kerja/radio/pustaka/blok/baru", data={**typed, "aksi": "simpan"}).status_code == 409


def test_an_hour_is_put_together_and_drawn(client, db, curator, song):
    client.sign_in(curator)
    where = client.post("/kerja/radio/roda/baru", data={"name": "Jam pagi"}).headers["location"]
    for what in ("ident:", f"track:{song}"):
        assert client.post(f"{where}/bagian", data={"aksi": "tambah", "what": what, "count": "2", "minutes": ""}).status_code == 303
    assert client.post(f"{where}/bagian", data={"aksi": "tambah", "what": "track:music/lain.mp3", "count": "1"}).status_code == 422
    text = client.get(where).text
    assert text.count('class="plan-slice') == 2
    row = lists.all_of(db, wheels.Wheel)[0]
    client.post(f"{where}/bagian", data={"aksi": "turun:0", "edisi": lists.edition(row), "jumlah-0": "3", "menit-1": "10"})
    db.expire_all()
    assert [(part.kind, part.count, part.minutes) for part in wheels.parts_of(lists.all_of(db, wheels.Wheel)[0])] == [("track", 1, 10), ("ident", 3, 0)]


def test_listeners_get_the_times_of_prayer_and_a_calendar(client, db, curator, now):
    programmes.plan_program(db, curator, programmes.Plan("Pagi", "", "Rara", "id", "SU", (1,), now.time().replace(hour=6), 60), now=now)
    db.commit()
    page = client.get("/radio/imsakiyah/?bulan=2027-02")
    assert page.status_code == 200
    assert page.text.count("<tr") == 29
    for wild in ("9999-99", "kemarin", "0001-01"):
        assert client.get(f"/radio/imsakiyah/?bulan={wild}").status_code == 200
    answer = client.get("/radio/jadwal.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "RRULE:FREQ=WEEKLY;BYDAY=TU" in answer.text


def test_rotation_and_prayers_are_chosen_on_their_pages(client, db, curator):
    client.sign_in(curator)
    rested = {"artist_min": "30", "title_min": "120", "ident_min": "20", "requests_hour": "3", "wheel": "", "areas": ["36.04.30"]}
    assert client.post("/kerja/radio/rotasi/", data=rested).status_code == 303
    assert client.post("/kerja/radio/rotasi/", data={**rested, "ident_min": "0"}).status_code == 422
    prayers = {"heard": ["magrib"], "track": "", "point-lat": "-6,13", "point-lon": "106,2", "ihtiyat_min": "2", "imsak": "y", "ramadan_from": "2027-02-08", "ramadan_until": "2027-03-09"}
    assert client.post("/kerja/radio/salat/", data=prayers).status_code == 303
    db.expire_all()
    assert choices.rotation(db).areas == ("36.04.30",)
    assert choices.prayer_plan(db).heard == ("magrib",)
    assert choices.prayer_plan(db).is_ramadan(choices.date(2027, 3, 9))


def test_a_removed_file_waits_in_the_bin(client, db, curator, song):
    client.sign_in(curator)
    assert client.post(f"/kerja/radio/pustaka/penghapusan/{song}").status_code == 303
    assert media.pieces(db) == []
    assert not (station.home() / "media" / song).exists()
    place = media.in_bin()[0][0]
    assert client.post("/kerja/radio/pustaka/terhapus/", data={"tempat": "../../pendopo.db"}).status_code == 404
    assert client.post("/kerja/radio/pustaka/terhapus/", data={"tempat": place}).status_code == 303
    assert (station.home() / "media" / song).exists()


def test_rescanning_needs_the_engine(client, curator):
    assert client.sign_in(curator).post("/kerja/radio/pustaka/pemindaian").status_code == 503


def test_the_week_walks_a_year_and_no_farther(client, curator, now):
    client.sign_in(curator)
    for day in ((now + timedelta(days=200)).date().isoformat(), "9999-12-31", "x", ""):
        assert client.get(f"/kerja/radio/acara/?tanggal={day}").status_code == 200
