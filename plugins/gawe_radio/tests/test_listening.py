"""Pages of listeners, how many they are, and the clock by which words are shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from gawe_radio.listening import figures, heard
from gawe_radio.listening.models import Ears
from gawe_radio.listening.pages import asked_moment
from gawe_radio.models import AirLog

BEGAN = "2026-11-25T03:00:00+00:00"
NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)  # 12.00 in Serang


@pytest.fixture
def staff(officer):
    return officer("radio.studio", opd="diskominfo", name="Rara Contoh", scope="regency")


def song(db, at, title="Ladrang Anyer", kind="music"):
    track = {"id": title, "title": title, "artist": "Karawitan Pesisir", "label": f"Karawitan Pesisir - {title}", "duration_s": 180.0, "kind": kind}
    db.add(AirLog(line=f"{at:%H%M%S}{title}", event="track", at=at, title=f"Karawitan Pesisir - {title}", data={"track": track}))
    db.flush()


def state(programme="Warta Siang", **listeners):
    return {"listeners": listeners, "now": {"programme": {"title": programme}}}


# ------------------------------------------------------------------------------------------------------------ figures


def test_a_minute_is_noted_once(db, staff):
    figures.note_listeners(db, state(mp3=3, opus=2), NOON)
    figures.note_listeners(db, state(mp3=9), NOON + timedelta(seconds=40))
    assert figures.audience(db, staff, NOON, NOON + timedelta(hours=1)) == figures.Audience(5.0, 5, NOON)


def test_an_engine_that_counts_all_together_is_read_too(db):
    figures.note_listeners(db, {"listeners": 4}, NOON)
    assert db.scalars(select(Ears.listeners)).all() == [4]


def test_mean_and_peak_are_of_all_mounts_together(db, staff):
    for minute, (mp3, opus) in enumerate(((1, 1), (4, 2), (1, 0))):
        figures.note_listeners(db, state("" if minute == 2 else "Warta Siang", mp3=mp3, opus=opus), NOON + timedelta(minutes=minute))
    end = NOON + timedelta(hours=1)
    assert figures.audience(db, staff, NOON, end) == figures.Audience(3.0, 6, NOON + timedelta(minutes=1))
    assert figures.by_programme(db, staff, NOON, end) == [("Warta Siang", 4.0, 6), ("", 1.0, 1)]
    assert figures.by_hour(db, staff, NOON.date()) == [(NOON, 3.0, 6)]
    assert figures.by_day(db, staff, NOON.date(), NOON.date()) == [(NOON.date(), 3.0, 6)]
    assert figures.by_mount(db, staff, NOON, end) == [("mp3", 2.0), ("opus", 1.0)]


def test_figures_are_forgotten_after_their_time(db):
    figures.note_listeners(db, state(mp3=1), NOON)
    figures.forget_old(db, NOON + timedelta(days=401))
    assert db.scalar(select(func.count()).select_from(Ears)) == 0


def test_figures_are_for_the_stations_people(client, resident, staff):
    assert client.sign_in(resident).get("/kerja/radio/pendengar/").status_code == 403
    assert client.get("/kerja/radio/pendengar/lagu.csv").status_code == 403
    assert client.sign_in(staff).get("/kerja/radio/pendengar/?dari=kemarin&sampai=9999-99-99").status_code == 200


def test_the_list_for_royalties_names_songs_only_with_who_heard_them(db, client, staff):
    song(db, NOON)
    song(db, NOON + timedelta(minutes=4), "Jingle", kind="jingle")
    figures.note_listeners(db, state(mp3=7), NOON)
    text = client.sign_in(staff).get("/kerja/radio/pendengar/lagu.csv?dari=2026-11-25&sampai=2026-11-25").text
    assert "2026-11-25,12:00:00,Ladrang Anyer,Karawitan Pesisir,180.0,7" in text
    assert "Jingle" not in text
    assert "2026-11-25,7.0,7" in client.get("/kerja/radio/pendengar/hitungan.csv?dari=2026-11-25&sampai=2026-11-25").text


# ------------------------------------------------------------------------------------------------------------ history


def test_history_tells_what_was_heard_at_a_time(db, client):
    song(db, NOON - timedelta(minutes=3))
    song(db, NOON + timedelta(minutes=1), "Ayak-ayak")
    text = client.get("/radio/riwayat/?tanggal=2026-11-25&jam=12:00").text
    answer = text[text.index("Pukul 12.00 terdengar") :]
    assert answer.index("Ladrang Anyer") < answer.index("Ayak-ayak")


def test_a_long_piece_that_began_before_is_found_too(db, client):
    song(db, NOON - timedelta(hours=2))
    assert "Ladrang Anyer" in client.get("/radio/riwayat/?tanggal=2026-11-25&jam=12:00").text


def test_a_time_without_a_day_is_the_last_time_that_the_clock_showed_it():
    assert asked_moment("", "11:30", NOON) == NOON - timedelta(minutes=30)
    assert asked_moment("", "12:30", NOON) == NOON - timedelta(hours=23, minutes=30)


@pytest.mark.parametrize("query", ["jam=xx", "jam=25:00", "tanggal=9999-12-31&jam=23:59", "tanggal=0001-01-01&jam=00:00", "q=%25", "jam=12:00&tanggal=besok"])
def test_history_takes_anything(client, query):
    assert client.get(f"/radio/riwayat/?{query}").status_code == 200


# -------------------------------------------------------------------------------------------------------------- words


def test_all_listeners_share_the_clock_of_the_mixer():
    upstream = SimpleNamespace(runs={"r1": BEGAN}, now={})
    event = {"event": "speaking", "run": "r1", "id": "p1v1", "title": "Jalan ditutup", "texts": {"id": "Lewat Mancak."}, "voice_at_ms": 5000, "ends_at_ms": 9000}
    cue = heard.cue_of(event, upstream)
    began_ms = int(datetime.fromisoformat(BEGAN).timestamp() * 1000)
    assert (cue["at"], cue["ends"], cue["text"]) == (began_ms + 5000, began_ms + 9000, {"id": "Lewat Mancak."})
    assert heard.cue_of({**event, "run": "unknown"}, upstream) is None
    assert heard.cue_of({**event, "event": "state"}, upstream) is None


def test_a_listener_who_rewinds_is_told_what_was_on_then(db, client):
    now = datetime.now(UTC)  # no rewinding beyond three hours of the server's own time
    song(db, now - timedelta(minutes=20))
    song(db, now - timedelta(minutes=5), "Ayak-ayak")
    since = int((now - timedelta(minutes=10)).timestamp())
    cues = client.get(f"/radio/terdengar.json?sejak={since}").json()["cues"]
    assert [cue["title"] for cue in cues] == ["Karawitan Pesisir - Ladrang Anyer", "Karawitan Pesisir - Ayak-ayak"]


def engine_line(db, number, event, at, **told):
    raw = {"line": f"r1-{number:06d}", "event": event, "at": at.isoformat(), **told}
    db.add(AirLog(line=raw["line"], event=event, at=at, title="", data={}, raw=json.dumps(raw)))
    db.flush()


def test_words_of_the_past_lie_where_their_sound_lies(db):
    """Also those that began before the moment to which somebody rewinds, and those that were broken off."""
    began = datetime.fromisoformat(BEGAN)
    began_ms = int(began.timestamp() * 1000)
    said = {"id": "p1v1", "title": "Jalan ditutup", "texts": {"id": "Lewat Mancak."}, "voice_at_ms": 61_500, "ends_at_ms": 80_000, "position_ms": 60_000}
    engine_line(db, 1, "began", began)
    engine_line(db, 2, "speaking", began + timedelta(seconds=63), **said)  # the clock of the log may lag behind the sound
    engine_line(db, 3, "cancelled", began + timedelta(seconds=73), id="p1v1", position_ms=70_000)
    spoken, cancelled = heard.past(db, began + timedelta(seconds=65), began + timedelta(minutes=5))
    assert (spoken["at"], spoken["ends"], spoken["text"]) == (began_ms + 61_500, began_ms + 80_000, {"id": "Lewat Mancak."})
    assert (cancelled["kind"], cancelled["id"], cancelled["at"]) == ("cancelled", "p1v1", began_ms + 70_000)


# ------------------------------------------------------------------------------------------------------------- pages


@pytest.mark.parametrize("path", ["/radio/", "/radio/kini", "/radio/pasang/", "/radio/papan/", "/radio/papan/salam", "/radio/papan/tanya", "/radio/jadwal/"])
def test_pages_answer_whole_and_as_fragment(client, path):
    assert client.get(path).status_code == 200
    assert "<html" not in client.fragment(path).text


def test_only_the_small_player_may_stand_in_another_sites_frame(client):
    small = client.get("/radio/sematan/")
    assert "frame-ancestors *" in small.headers["content-security-policy"]
    assert "set-cookie" not in small.headers
    assert "frame-ancestors 'none'" in client.get("/radio/").headers["content-security-policy"]
    assert "/radio/sematan/" in client.get("/radio/pasang/").text
