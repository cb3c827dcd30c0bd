"""The listeners' board: who may send what, how often, what moderators do with it, and what the sender sees of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from gawe_radio import station
from gawe_radio.board import desk, songs, wishes
from gawe_radio.board.models import Salt, Turn, Wish
from gawe_radio.board.turns import Sender
from gawe_radio.board.wishes import Words
from gawe_radio.errors import BoardClosed, NobodyToAsk, NotWaiting, StationAway, TooSoon
from gawe_radio.models import AirLog, Program
from pendopo import InvalidInput, NotFound, PermissionRefused, SignInNeeded
from pendopo.kit import settings
from pendopo.outbox import NotNow

SONG = songs.Song("media/music/anyer.mp3", "Ladrang Anyer", "Karawitan Pesisir", 120.0)
STRANGER = Sender(None, "192.0.2.7")


@pytest.fixture
def library(monkeypatch):
    """One song, in the engine that other people's tests start for real."""
    monkeypatch.setattr(songs, "all_songs", lambda: [SONG])


@pytest.fixture
def moderator(officer):
    return officer("radio.studio", "radio.board", opd="diskominfo", name="Rara Contoh", scope="regency")


@pytest.fixture
def talk(db, now):
    """A programme with somebody at the microphone is on."""
    db.add(Program(title="Bincang Gawe", description="", presenter="Rara", language="id", classification="SU", start=now - timedelta(minutes=10),
                   duration_s=3600, rrule="FREQ=DAILY", tags=[], active=True))
    db.flush()


def greet(db, sender, now, text="Salam untuk ibu di Anyar."):
    return wishes.send_wish(db, sender, "salam", Words(text, "Nengsih"), now=now)


def test_a_greeting_waits_on_the_desk_and_is_not_public(db, now):
    wish = greet(db, STRANGER, now)
    assert desk.waiting(db) == [wish]
    assert wishes.public_wishes(db, now) == []


@pytest.mark.parametrize("kind", ["lagu", "salam"])
def test_one_of_each_kind_in_half_an_hour(db, resident, now, library, kind):
    sender, words = Sender(resident.account_id), Words("Halo", track=SONG.id)
    wishes.send_wish(db, sender, kind, words, now=now)
    with pytest.raises(TooSoon):
        wishes.send_wish(db, sender, kind, words, now=now + timedelta(minutes=29))
    assert wishes.send_wish(db, sender, kind, words, now=now + timedelta(minutes=30))


def test_a_request_does_not_use_up_the_turn_of_a_greeting(db, resident, now, library):
    wishes.send_wish(db, Sender(resident.account_id), "lagu", Words(track=SONG.id), now=now)
    assert greet(db, Sender(resident.account_id), now)


def test_one_household_without_accounts_is_one_listener_and_its_address_is_not_kept(db, now):
    greet(db, Sender(None, "2001:db8:0:1::5"), now)
    with pytest.raises(TooSoon):
        greet(db, Sender(None, "2001:db8:0:1::6"), now + timedelta(minutes=1))
    assert greet(db, Sender(None, "2001:db8:0:2::5"), now)
    assert not any("2001" in turn.who for turn in db.scalars(select(Turn)))


def test_the_salt_of_a_day_is_thrown_away_after_it(db, now):
    greet(db, STRANGER, now)
    wishes.forget_old(db, now + timedelta(days=2))
    assert db.scalars(select(Salt)).all() == []
    assert db.scalars(select(Turn)).all() == []


def test_what_is_older_than_its_setting_goes_and_contacts_after_a_week(db, now, talk):
    asked = wishes.send_wish(db, STRANGER, "tanya", Words("Kapan pasar buka?", contact="0812"), now=now)
    wishes.forget_old(db, now + timedelta(days=8))
    db.refresh(asked)
    assert asked.contact == ""
    wishes.forget_old(db, now + timedelta(days=91))
    assert db.scalar(select(Wish.id)) is None


def test_a_question_needs_a_programme_with_somebody_at_the_microphone(db, now):
    with pytest.raises(NobodyToAsk):
        wishes.send_wish(db, STRANGER, "tanya", Words("Kapan?"), now=now)


def test_a_question_is_noted_with_its_programme_and_is_never_public(db, now, talk, moderator):
    asked = wishes.send_wish(db, STRANGER, "tanya", Words("Kapan?", contact="0812"), now=now)
    desk.accept_wish(db, moderator, asked.id, now=now)
    assert asked.programme == "Bincang Gawe"
    assert wishes.public_wishes(db, now) == []


@pytest.mark.parametrize("text", ["NIK saya 3604011203900001", "3604 0112 0390 0001", ""])
def test_a_number_like_a_nik_and_an_empty_word_are_refused(db, now, text):
    with pytest.raises(InvalidInput):
        greet(db, STRANGER, now, text)
    assert db.scalar(select(Wish.id)) is None


@pytest.mark.parametrize(("name", "value", "refusal"), [
    ("radio.papan_buka", "tidak", BoardClosed), ("radio.papan_tanpa_akun", "tidak", SignInNeeded), ("radio.papan_kata", "jelek, kasar sekali", InvalidInput),
])
def test_settings_close_the_board_ask_for_an_account_and_forbid_words(db, officer, now, name, value, refusal):
    manager = officer("core.manage_settings", opd="diskominfo", scope="regency")
    settings.set_value(db, manager, name, value, effective_from=now.date() - timedelta(days=2), now=now)
    with pytest.raises(refusal):
        greet(db, STRANGER, now, "Kamu JELEK!")


def test_only_moderators_decide(db, now, resident, announcer):
    wish = greet(db, STRANGER, now)
    for actor in (resident, announcer):
        with pytest.raises(PermissionRefused):
            desk.accept_wish(db, actor, wish.id, now=now)


def test_two_moderators_cannot_both_decide(db, now, moderator):
    wish = greet(db, STRANGER, now)
    desk.accept_wish(db, moderator, wish.id, now=now)
    with pytest.raises(NotWaiting):
        desk.refuse_wish(db, moderator, wish.id, "Tidak", now=now)
    with pytest.raises(NotFound):
        desk.accept_wish(db, moderator, 999_999, now=now)


def test_read_aloud_gives_the_sender_a_receipt(db, now, moderator, resident, client):
    wish = greet(db, Sender(resident.account_id), now)
    desk.accept_wish(db, moderator, wish.id, now=now)
    desk.mark_read(db, moderator, wish.id, now=now)
    assert "sudah dibacakan" in client.sign_in(resident).get("/inbox/").text


def test_a_song_that_was_accepted_waits_for_an_engine_that_is_away(db, now, moderator, library):
    wish = wishes.send_wish(db, STRANGER, "lagu", Words(track=SONG.id), now=now)
    desk.accept_wish(db, moderator, wish.id, now=now)
    with pytest.raises(NotNow):
        desk.bring_song(db, wish.id, now)
    assert wish.state == "diterima"


def test_a_song_in_the_log_of_the_air_is_done_and_its_sender_told(db, now, moderator, resident, library, client):
    wish = wishes.send_wish(db, Sender(resident.account_id), "lagu", Words(track=SONG.id), now=now)
    desk.accept_wish(db, moderator, wish.id, now=now)
    before = {"line": "a", "at": now - timedelta(minutes=1)}
    for line in (before, {"line": "b", "at": now + timedelta(minutes=3)}):
        db.add(AirLog(event="track", title=SONG.label, data={"track": {"id": SONG.id}}, **line))
    db.flush()
    assert desk.note_played(db) == 1
    assert (wish.state, wish.done_at) == ("selesai", now + timedelta(minutes=3))
    assert "sedang diputar" in client.sign_in(resident).get("/inbox/").text


def test_a_sender_takes_back_what_nobody_decided(db, client, now):
    token = greet(db, STRANGER, now).token
    assert client.post(f"/radio/papan/kiriman/{token}/pembatalan").status_code == 303
    assert client.get(f"/radio/papan/kiriman/{token}").status_code == 404


def test_a_greeting_is_sent_and_followed_without_an_account(client, db):
    answer = client.post("/radio/papan/salam", data={"text": "Salam untuk ibu.", "name": "Ujang"})
    assert answer.status_code == 303
    assert "Menunggu dibaca penyiar" in client.get(answer.headers["location"]).text
    again = client.post("/radio/papan/salam", data={"text": "Lagi", "name": ""})
    assert again.status_code == 429
    assert "Kirim lagi sesudah" in again.text


@pytest.mark.parametrize("data", [{"text": ""}, {"text": "x" * 201}, {"text": "halo", "name": "x" * 61}])
def test_a_wrong_greeting_comes_back(client, data):
    assert client.post("/radio/papan/salam", data=data).status_code == 422


def test_the_song_list_says_that_the_engine_is_away(client, monkeypatch):
    songs.forget_songs()

    def away(do):
        raise StationAway

    monkeypatch.setattr(station, "ask", away)
    assert "mesin siaran belum menjawab" in client.get("/radio/papan/lagu/").text


def test_songs_are_found_by_any_of_their_words_and_asked_for(client, db, library):
    assert "Ladrang Anyer" in client.get("/radio/papan/lagu/?q=pesisir+ladrang").text
    assert "Ladrang Anyer" not in client.get("/radio/papan/lagu/?q=dangdut").text
    answer = client.post(f"/radio/papan/lagu/baru?lagu={SONG.id}", data={"text": "Untuk Bapak", "name": "Dewi"})
    assert answer.status_code == 303
    assert db.scalars(select(Wish)).one().track_label == SONG.label


@pytest.mark.parametrize("query", ["", "?lagu=tidak-ada"])
def test_who_asks_for_no_song_of_the_library_is_led_to_its_list(client, library, query):
    answer = client.get(f"/radio/papan/lagu/baru{query}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/radio/papan/lagu/")
    assert "Pilih lagu lain" in client.get(answer.headers["location"]).text
    assert client.post(f"/radio/papan/lagu/baru{query}", data={"text": "Untuk Bapak"}).status_code == 422


def test_the_desk_is_for_moderators_and_shows_contacts_only_there(db, client, now, talk, moderator, resident):
    asked = wishes.send_wish(db, STRANGER, "tanya", Words("Kapan pasar buka?", contact="0812-rahasia"), now=now)
    assert client.sign_in(resident).get("/kerja/radio/papan/").status_code == 403
    assert "0812-rahasia" in client.sign_in(moderator).get("/kerja/radio/papan/").text
    assert "0812-rahasia" not in client.get("/radio/papan/").text
    assert "0812-rahasia" not in client.get(f"/radio/papan/kiriman/{asked.token}").text
    assert client.fragment("/kerja/radio/papan/isi").status_code == 200


def test_moderators_accept_refuse_and_mark_by_plain_forms(db, client, now, moderator):
    first, second = greet(db, STRANGER, now), greet(db, Sender(None, "192.0.2.8"), now, "Halo semua")
    client.sign_in(moderator)
    assert client.post(f"/kerja/radio/papan/{first.id}/penerimaan").status_code == 303
    assert client.post(f"/kerja/radio/papan/{first.id}/pembacaan").status_code == 303
    assert client.post(f"/kerja/radio/papan/{second.id}/penolakan", data={}).status_code == 303
    db.expire_all()
    assert (first.state, second.state) == ("selesai", "menunggu")
    client.post(f"/kerja/radio/papan/{second.id}/penolakan", data={f"tolak{second.id}-reason": "Terlalu umum"})
    db.expire_all()
    assert (second.state, second.reason) == ("ditolak", "Terlalu umum")
    assert "Terlalu umum" in client.get(f"/radio/papan/kiriman/{second.token}").text


def test_own_data_are_shown_and_erased(db, now, resident):
    greet(db, Sender(resident.account_id), now)
    assert wishes.personal_data(db, resident.account_id)[0].rows[0]["isi"] == "Salam untuk ibu di Anyar."
    wishes.erase(db, resident.account_id)
    assert wishes.personal_data(db, resident.account_id) == []
