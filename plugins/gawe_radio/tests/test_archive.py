"""Recorded hours, proof of broadcast, programmes to hear again and podcasts."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import feedparser
import numpy as np
import pytest
from sqlalchemy.exc import DBAPIError

from gawe_radio import air_log, station
from gawe_radio.archive import episodes, proof, recordings, work
from gawe_radio.archive.models import CatchUp, Episode, Recording
from gawe_radio.models import AirLog, Program
from pendopo.errors import PermissionRefused
from pendopo_stream.engine.encoders import Mp3Mount
from pendopo_stream.engine.log import OnAirLog, canonical, line_hash
from pendopo_stream.recorder import Recorder
from pendopo_stream.testing import sine

START = datetime(2026, 3, 2, 1, 59, 30, tzinfo=UTC)  # Monday, 08.59.30 WIB
ARCHIVE = ("radio.studio", "radio.archive")


@pytest.fixture
def archivist(officer):
    return officer(*ARCHIVE, opd="diskominfo", name="Arsiparis Contoh", scope="regency")


def record(seconds: float = 60, start: datetime = START) -> None:
    """A minute of the station, as the engine hands it to its recorder."""
    mount, recorder = Mp3Mount(), Recorder(station.home(), "satu")
    sound = sine(440, seconds)
    for begin in range(0, len(sound) // 960 * 960, 960):
        chunks = mount.feed(np.broadcast_to(sound[begin : begin + 960], (2, 960)), begin // 48)
        recorder.put(chunks, start + timedelta(milliseconds=begin // 48))
    recorder.close()


def logged(*events: dict) -> None:
    log = OnAirLog(station.home() / "log", "satu")
    for event in events:
        log.write(event, datetime.fromisoformat(event["at"]))


def track(title: str, at: datetime) -> dict:
    return {"event": "track", "at": at.isoformat(), "track": {"label": title, "duration_s": 20}}


@pytest.fixture
def programme(db):
    row = Program(
        title="Obrolan Pagi", description="Bincang layanan.", presenter="Rara", start=START + timedelta(seconds=10), duration_s=40, rrule="", tags=[], active=True,
        language="id", classification="SU",
    )
    db.add(row)
    db.flush()
    db.add(CatchUp(program_id=row.id, mode="podcast"))
    db.commit()
    return row


@pytest.fixture
def heard(portal, db, programme):
    """The programme was on the air, recorded, and cut."""
    record()
    logged(track("Gamelan - Satu", START + timedelta(seconds=12)), {"event": "live", "at": (START + timedelta(seconds=30)).isoformat(), "on": True, "name": "Rara"})
    air_log.take_over(db)
    db.commit()
    work.tend(portal, START + timedelta(minutes=5))
    db.expire_all()
    return db.query(Episode).one()


# ------------------------------------------------------------------------------------------------------- listening again


def test_a_programme_is_cut_by_itself_once_it_is_over(db, heard):
    assert heard.title == "Obrolan Pagi, 2 Maret 2026"
    assert 38 <= heard.duration_s <= 52
    assert [(chapter["title"], chapter["kind"]) for chapter in heard.chapters] == [("Gamelan - Satu", "track"), ("Rara", "live")]
    assert episodes.path_of(heard).stat().st_size == heard.bytes


def test_it_is_cut_only_once(portal, db, heard):
    assert work.cut_episodes(portal, START + timedelta(minutes=9)) == 0


def test_a_programme_that_nobody_keeps_is_not_cut(portal, db, programme):
    db.get(CatchUp, programme.id).mode = "tidak"
    db.commit()
    record()
    assert work.cut_episodes(portal, START + timedelta(minutes=5)) == 0


def test_listeners_find_it_and_jump_into_it(client, heard):
    page = client.get("/radio/siaran-ulang/?q=obrolan").text
    assert "Obrolan Pagi, 2 Maret 2026" in page
    assert "Gamelan - Satu" in client.get(f"/radio/siaran-ulang/{heard.id}").text
    part = client.get(f"/radio/siaran-ulang/{heard.id}.mp3", headers={"Range": "bytes=1000-1999"})
    assert (part.status_code, len(part.content), part.headers["content-type"]) == (206, 1000, "audio/mpeg")
    assert client.get(f"/radio/siaran-ulang/{heard.id}/bab.json").json()["chapters"][0] == {"startTime": 2.0, "title": "Gamelan - Satu"}


def test_a_podcast_reader_takes_the_feed(client, heard, programme):
    answer = client.get(f"/radio/podcast/{programme.id}.xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert feed.feed.title == "Obrolan Pagi"
    entry = feed.entries[0]
    assert (entry.enclosures[0].type, int(entry.enclosures[0].length)) == ("audio/mpeg", heard.bytes)
    assert int(entry.itunes_duration) == round(heard.duration_s)
    names = {element.tag for element in ElementTree.fromstring(answer.content).iter()}
    itunes = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
    assert {f"{itunes}category", f"{itunes}image", f"{itunes}owner", f"{itunes}explicit"} <= names


def test_what_is_only_for_the_portal_stays_out_of_feeds(client, db, heard, programme):
    db.get(Episode, heard.id).mode = "ulang"
    db.commit()
    assert feedparser.parse(client.get("/radio/podcast.xml").content).entries == []
    assert "Obrolan Pagi" in client.get("/radio/siaran-ulang/").text


def test_the_podcast_has_a_square_picture(client):
    import io

    from PIL import Image

    assert Image.open(io.BytesIO(client.get("/radio/podcast.png").content)).size == (1400, 1400)


def test_any_stretch_is_cut_by_hand(db, archivist):
    record()
    episode = episodes.by_hand(db, archivist, "Sambutan", START + timedelta(seconds=5), START + timedelta(seconds=25), "ulang", START + timedelta(hours=1))
    assert 18 <= episode.duration_s <= 32


def test_a_stretch_that_was_not_recorded_is_refused_and_nothing_typed_is_lost(client, archivist):
    client.sign_in(archivist)
    answer = client.post("/kerja/radio/arsip/potongan", data={"title": "Sambutan", "start": "2020-01-01T08:00", "end": "2020-01-01T09:00", "mode": "ulang"})
    assert answer.status_code == 409
    assert "Tidak ada rekaman pada waktu itu" in answer.text and 'value="Sambutan"' in answer.text


def test_taking_an_episode_away_leaves_the_recording(db, archivist, heard):
    path = episodes.path_of(heard)
    episodes.remove(db, archivist, heard.id, START + timedelta(days=1))
    assert not path.exists()
    assert (station.home() / "archive/2026-03-02/01.mp3").exists()


def test_only_who_keeps_the_archive_decides(db, announcer, programme):
    with pytest.raises(PermissionRefused):
        episodes.choose_mode(db, announcer, programme.id, "ulang")


# ---------------------------------------------------------------------------------------------------------- the archive


def test_closed_hours_are_taken_over_once(db, portal):
    record(60)
    work.tend(portal, START + timedelta(minutes=10))
    work.tend(portal, START + timedelta(minutes=20))
    assert [row.file for row in db.query(Recording)] == ["2026-03-02/01.mp3"]


def test_the_archive_shows_each_hour_and_what_was_on(client, db, portal, archivist, programme):
    record()
    work.tend(portal, START + timedelta(minutes=10))
    client.sign_in(archivist)
    page = client.get("/kerja/radio/arsip/?tanggal=2026-03-02").text
    assert "Obrolan Pagi" in page and "/kerja/radio/arsip/jam/20260302T01.mp3" in page
    assert client.get("/kerja/radio/arsip/jam/20260302T01.mp3").status_code == 200
    assert client.get("/kerja/radio/arsip/jam/20250302T01.mp3").status_code == 404
    assert client.get("/kerja/radio/arsip/jam/..%2f..%2fstation.mp3").status_code == 404


def test_an_untouched_archive_is_whole(db, portal, heard):
    assert recordings.check(db).good


def test_one_changed_byte_of_a_recording_is_found(db, portal, heard):
    path = station.home() / "archive/2026-03-02/01.mp3"
    data = bytearray(path.read_bytes())
    data[500] ^= 1
    path.write_bytes(data)
    assert recordings.check(db).wrong_hours == ("2026-03-02/01.mp3",)


def test_the_database_refuses_to_change_the_log(db, heard):
    row = db.query(AirLog).filter(AirLog.hash != "").first()
    with pytest.raises(DBAPIError), db.begin_nested():
        row.title = "Lain"
        db.flush()
    with pytest.raises(DBAPIError), db.begin_nested():
        db.delete(row)
        db.flush()
    db.expire_all()
    assert air_log.check_chain(db) == []


def test_a_line_put_in_between_is_found(db, heard):
    line = {"line": "palsu-1", "event": "spoken", "at": START.isoformat(), "prev": ""}
    db.add(AirLog(line="palsu-1", event="spoken", at=START, title="Iklan", data={}, raw=canonical(line), hash=line_hash(line)))
    db.flush()
    assert "palsu-1" in air_log.check_chain(db)


def test_old_recordings_go_and_their_hashes_stay(db, portal):
    record()
    work.tend(portal, START + timedelta(minutes=10))
    work.tend(portal, START + timedelta(days=500))
    db.expire_all()
    assert db.query(Recording).one().removed_at is not None
    assert not (station.home() / "archive/2026-03-02/01.mp3").exists()
    assert recordings.check(db).good


# --------------------------------------------------------------------------------------------------------------- proof


def test_the_proof_names_what_was_on_the_air(db, heard):
    rows = proof.table(proof.lines(db, START, START + timedelta(minutes=1)))
    assert [(kind, words, seconds) for _at, kind, words, seconds, _line, _hash in rows] == [
        ("Lagu", "Gamelan - Satu", 20.0), ("Mikrofon", "Rara mulai berbicara", None),
    ]
    assert all(len(row[5]) == 64 for row in rows)


def test_the_proof_is_a_paper_and_a_table(client, heard, archivist, tmp_path):
    client.sign_in(archivist)
    query = "?start=2026-03-02T08:00&end=2026-03-02T10:00"
    paper = client.get(f"/kerja/radio/arsip/bukti-siar{query}&format=pdf")
    assert paper.status_code == 200, paper.text[:3000]
    (tmp_path / "bukti.pdf").write_bytes(paper.content)
    words = subprocess.run(["pdftotext", "-layout", str(tmp_path / "bukti.pdf"), "-"], capture_output=True, text=True, check=True).stdout
    assert "Bukti Siar" in words and "Gamelan - Satu" in words and "Arsiparis Contoh" in words
    table = client.get(f"/kerja/radio/arsip/bukti-siar{query}&format=csv").text.removeprefix("\ufeff").splitlines()
    assert table[0] == "waktu,jenis,isi,lama_detik,baris,hash" and "Gamelan - Satu" in table[1]


def test_times_that_cannot_be_read_are_said_beside_the_field(client, archivist):
    client.sign_in(archivist)
    answer = client.get("/kerja/radio/arsip/bukti-siar?start=kemarin&end=2026-03-02T10:00&format=pdf")
    assert answer.status_code == 422 and "tidak dikenal" in answer.text and "kemarin" in answer.text


def test_the_log_in_the_database_is_the_engines_own(db, heard):
    first = json.loads(db.query(AirLog).filter(AirLog.hash != "").order_by(AirLog.id).first().raw)
    assert first["track"]["label"] == "Gamelan - Satu"
