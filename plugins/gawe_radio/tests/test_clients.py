"""`/radio/ws`: announcements and what plays, for any client."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from starlette.websockets import WebSocketDisconnect

from gawe_radio import wire
from gawe_radio.announcements import Words, approve_announcement, cancel_announcement, change_announcement, write_announcement
from gawe_radio.clients import MOST_ERRORS, Wrong, read_wish

ANYAR, CIRUAS = "36.04.30", "36.04.09"


@pytest.fixture
def present():
    return datetime.now(UTC)


@pytest.fixture
def running(client, monkeypatch):
    """The portal's life around it, in a process that does not keep the engine."""
    monkeypatch.setenv("PENDOPO_WORKER", "1")
    with client:
        yield client


def say(portal, act):
    """Commit what `act(db)` does, as a request would."""
    with portal.db.session() as db:
        return act(db)


def word(priority="penting", **more):
    return Words(more.pop("title", "Jalan ditutup"), {"id": "Lewat Mancak."}, priority, **more)


def test_a_client_is_greeted_with_what_holds(running, portal, announcer, present):
    say(portal, lambda db: write_announcement(db, announcer, word(), now=present))
    with running.websocket_connect("/radio/ws") as wire_:
        hello = wire_.receive_json()
    assert (hello["type"], hello["protocol"], hello["jurisdiction"]) == ("hello", 1, "36.04")
    assert [item["title"] for item in hello["announcements"]] == ["Jalan ditutup"]
    assert hello["now_playing"]["on_air"] is False


def test_a_word_its_change_and_its_withdrawal_are_told_with_growing_ids(running, portal, announcer, present):
    with running.websocket_connect("/radio/ws") as wire_:
        wire_.receive_json()
        made = say(portal, lambda db: write_announcement(db, announcer, word(), now=present))
        said = [wire_.receive_json()]
        say(portal, lambda db: change_announcement(db, announcer, made.id, word(title="Dibuka sebagian"), now=present))
        said.append(wire_.receive_json())
        say(portal, lambda db: cancel_announcement(db, announcer, made.id, "selesai", now=present))
        said.append(wire_.receive_json())
    assert [message["type"] for message in said] == ["announcement", "update", "cancel"]
    assert [message["announcement"]["version"] for message in said] == [1, 2, 2]
    assert sorted(message["id"] for message in said) == [message["id"] for message in said]


def test_a_client_hears_only_its_areas_and_every_emergency(running, portal, announcer, official, present):
    with running.websocket_connect("/radio/ws") as wire_:
        wire_.receive_json()
        wire_.send_json({"type": "subscribe", "areas": [ANYAR]})
        assert wire_.receive_json()["areas"] == [ANYAR]
        say(portal, lambda db: write_announcement(db, announcer, word(title="Ciruas", areas=(CIRUAS,)), now=present))
        made = say(portal, lambda db: write_announcement(db, announcer, word("darurat", title="Darurat Ciruas", areas=(CIRUAS,)), now=present))
        say(portal, lambda db: approve_announcement(db, official, made.id, now=present))
        say(portal, lambda db: write_announcement(db, announcer, word(title="Anyar", areas=(ANYAR,)), now=present))
        say(portal, lambda db: write_announcement(db, announcer, word(title="Semua"), now=present))
        heard = [wire_.receive_json()["announcement"]["title"] for _ in range(3)]
    assert heard == ["Darurat Ciruas", "Anyar", "Semua"]


def test_what_was_missed_comes_by_the_last_id(running, portal, announcer, present):
    with running.websocket_connect("/radio/ws") as wire_:
        wire_.receive_json()
        say(portal, lambda db: write_announcement(db, announcer, word(title="Satu"), now=present))
        last = wire_.receive_json()["id"]
    say(portal, lambda db: write_announcement(db, announcer, word(title="Dua"), now=present))
    with running.websocket_connect("/radio/ws") as wire_:
        wire_.receive_json()
        wire_.send_json({"type": "subscribe", "last": last})
        wire_.send_json({"type": "ping"})
        heard = []
        while (message := wire_.receive_json())["type"] != "pong":
            heard.append(message.get("announcement", {}).get("title", message["type"]))
    assert sorted(heard) == ["Dua", "subscribed"]


def test_a_last_id_that_never_was_is_answered_with_a_reset(running):
    with running.websocket_connect("/radio/ws") as wire_:
        wire_.receive_json()
        wire_.send_json({"type": "subscribe", "last": 10**9})
        assert [wire_.receive_json()["type"] for _ in range(3)] == ["subscribed", "reset", "hello"]


def test_what_plays_is_told_to_those_who_want_it(running, portal):
    playing = {"on_air": True, "title": "Gamelan <Pendopo> - Lancaran"}
    with running.websocket_connect("/radio/ws") as every, running.websocket_connect("/radio/ws") as words_only:
        every.receive_json(), words_only.receive_json()
        words_only.send_json({"type": "subscribe", "what": ["announcements"]})
        words_only.receive_json()
        say(portal, lambda db: wire.tell_now_playing(db, playing))
        assert every.receive_json()["title"] == playing["title"]
        words_only.send_json({"type": "ping"})
        assert words_only.receive_json() == {"type": "pong"}


@pytest.mark.parametrize(("text", "code"), [
    ("{", "not_json"), ("[]", "not_json"), ("[" * 3000, "not_json"), ("{}", "unknown_type"), ('{"type": 7}', "unknown_type"),
    ('{"type": "subscribe", "areas": "36.04.30"}', "bad_areas"), ('{"type": "subscribe", "areas": ["99.99.99"]}', "bad_areas"),
    ('{"type": "subscribe", "areas": [3604]}', "bad_areas"), ('{"type": "subscribe", "what": ["music"]}', "bad_what"),
    ('{"type": "subscribe", "last": "7"}', "bad_last"), ('{"type": "subscribe", "last": true}', "bad_last"), ('{"type": "subscribe", "last": -1}', "bad_last"),
    (json.dumps({"type": "subscribe", "x": "y" * 5000}), "too_long"),
])
def test_bad_input_is_named_by_a_code(text, code):
    with pytest.raises(Wrong) as wrong:
        read_wish(text)
    assert wrong.value.code == code
    assert json.loads(wrong.value.as_json())["message"]


def test_an_error_is_answered_and_too_many_end_the_line(running):
    with running.websocket_connect("/radio/ws") as wire_:
        wire_.receive_json()
        wire_.send_bytes(b"\0")
        assert wire_.receive_json()["code"] == "not_text"
        for _ in range(MOST_ERRORS - 1):
            wire_.send_text("nonsense")
            assert wire_.receive_json()["code"] == "not_json"
        with pytest.raises(WebSocketDisconnect):
            wire_.receive_json()


def test_another_sites_page_can_not_listen_with_a_citizens_cookie(running, resident):
    running.sign_in(resident)
    with pytest.raises(WebSocketDisconnect), running.websocket_connect("/radio/ws", headers={"Origin": "http://lain.invalid"}) as wire_:
        wire_.receive_json()


def test_an_expired_word_is_not_in_the_greeting(running, portal, announcer, present):
    before = present - timedelta(hours=2)
    say(portal, lambda db: write_announcement(db, announcer, word(until=present - timedelta(hours=1)), now=before))
    with running.websocket_connect("/radio/ws") as wire_:
        assert wire_.receive_json()["announcements"] == []
