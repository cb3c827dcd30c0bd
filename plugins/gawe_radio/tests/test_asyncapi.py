"""Every message of `/radio/ws` is as its description says."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import jsonschema
import pytest

from gawe_radio import asyncapi, wire
from gawe_radio.announcements import Words, approve_announcement, cancel_announcement, change_announcement, write_announcement
from gawe_radio.clients import ERRORS, Wrong
from gawe_radio.listening import heard

ANYAR = "36.04.30"
CUE = {"event": "speaking", "run": "r1", "voice_at_ms": 5000, "ends_at_ms": 9000, "id": "p7v2", "title": "Jalan ditutup", "texts": {"id": "Lewat Mancak."},
       "priority": "penting", "areas": [ANYAR]}


@pytest.fixture
def running(client, monkeypatch):
    monkeypatch.setenv("PENDOPO_WORKER", "1")
    with client:
        yield client


@pytest.fixture
def described(client):
    return client.get("/radio/ws/asyncapi.json").json()


@pytest.fixture
def check(described):
    """`check(message)`: it is one that the description knows. Returns its type."""

    def check(message):
        schema = {"$ref": f"#/components/schemas/{message['type']}_message", "components": described["components"]}
        jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(message)
        return message["type"]

    return check


def say(portal, act):
    with portal.db.session() as db:
        return act(db)


def test_the_description_is_complete_in_itself(described):
    assert described["asyncapi"] == "3.0.0"
    for schema in described["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    text = json.dumps(described)
    for reference in {part.split('"')[0] for part in text.split('"$ref": "#/')[1:]}:
        found = described
        for name in reference.split("/"):
            found = found[name]
    assert set(described["channels"]["radio"]["messages"]) == {*asyncapi.SENT, *asyncapi.RECEIVED}


def test_every_message_of_the_station_is_described(running, portal, announcer, official, check):
    now = datetime.now(UTC)
    word = Words("Jalan ditutup", {"id": "Lewat Mancak.", "jv": "Liwat Mancak."}, "penting", polygon=((-6.03, 105.88), (-6.03, 105.97), (-6.13, 105.97)))
    seen = set()
    with running.websocket_connect("/radio/ws") as socket:
        made = say(portal, lambda db: write_announcement(db, announcer, word, now=now))
        say(portal, lambda db: change_announcement(db, announcer, made.id, word, now=now))
        say(portal, lambda db: wire.tell_now_playing(db, {"on_air": True, "title": "Lancaran"}))
        say(portal, lambda db: heard.tell_pages(db, [heard.speaking_cue(CUE, now.isoformat())]))
        say(portal, lambda db: cancel_announcement(db, announcer, made.id, "selesai", now=now))
        socket.send_json({"type": "subscribe", "areas": [ANYAR], "last": 10**9})
        socket.send_json({"type": "ping"})
        socket.send_text("{")
        while "error" not in seen:
            seen.add(check(socket.receive_json()))
    assert seen == set(asyncapi.SENT) - {"heartbeat"}
    check({"type": "heartbeat"})
    for code in ERRORS:
        check(json.loads(Wrong(code).as_json()))


def test_a_drill_is_marked_in_word_and_flag(running, portal, announcer, official, check):
    now = datetime.now(UTC)
    with running.websocket_connect("/radio/ws") as socket:
        socket.receive_json()
        made = say(portal, lambda db: write_announcement(db, announcer, Words("Tsunami", {"id": "Naik ke bukit."}, "darurat", drill=True), now=now))
        say(portal, lambda db: approve_announcement(db, official, made.id, now=now))
        message = socket.receive_json()
    check(message)
    told = message["announcement"]
    assert (told["drill"], told["title"], told["text"]["id"]) == (True, "LATIHAN: Tsunami", "LATIHAN. Naik ke bukit.")


def test_spoken_words_are_told_to_those_of_the_area_who_want_them(running, portal, check):
    began = datetime.now(UTC).isoformat()
    with running.websocket_connect("/radio/ws") as here, running.websocket_connect("/radio/ws") as there, running.websocket_connect("/radio/ws") as without:
        wishes = {here: {"areas": [ANYAR]}, there: {"areas": ["36.04.09"]}, without: {"what": ["announcements"]}}
        for socket, wish in wishes.items():
            socket.receive_json()
            socket.send_json({"type": "subscribe", **wish})
            socket.receive_json()
        say(portal, lambda db: heard.tell_pages(db, [heard.speaking_cue(CUE, began), {"kind": "title", "title": "Lagu"}]))
        for socket in (there, without):
            socket.send_json({"type": "ping"})
            assert socket.receive_json() == {"type": "pong"}
        message = here.receive_json()
    check(message)
    assert message["announcement"] == {"id": 7, "version": 2}
    assert (message["voice_at_ms"], message["ends_at_ms"], message["text"]) == (5000, 9000, {"id": "Lewat Mancak."})


@pytest.mark.parametrize("wish", [{"type": "ping"}, {"type": "subscribe"}, {"type": "subscribe", "areas": [ANYAR], "what": ["speaking"], "last": 7}])
def test_what_a_client_may_send_is_described(check, wish):
    check(wish)
