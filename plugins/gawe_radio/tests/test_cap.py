"""Grave words as CAP 1.2."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import fromstring

import pytest

from gawe_radio.announcements import Words, cancel_announcement, write_announcement

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
ATOM = "{http://www.w3.org/2005/Atom}"
# The order of elements in the schema of OASIS, section 3.2.
ALERT = ("identifier", "sender", "sent", "status", "msgType", "scope", "references", "info")
INFO = (
    "language", "category", "event", "responseType", "urgency", "severity", "certainty", "effective", "expires", "senderName", "headline", "description",
    "instruction", "web", "parameter", "area",
)


def now():
    return datetime.now(UTC)


@pytest.fixture
def word(db, announcer):
    text = {"id": "Air laut naik <cepat>.", "en": "The sea rises fast."}
    made = write_announcement(db, announcer, Words("Banjir rob", text, "penting", ("36.04.12",)), now=now())
    db.commit()
    return made


def in_order(element, names):
    found = [child.tag.removeprefix(CAP) for child in element]
    return [name for name in names if name in found] == list(dict.fromkeys(found)) and set(found) <= set(names)


def test_an_alert_has_the_elements_of_the_standard_in_their_order(client, word):
    answer = client.get(f"/radio/cap/{word.id}/1.xml")
    assert answer.headers["content-type"] == "application/cap+xml"
    alert = fromstring(answer.content)
    assert in_order(alert, ALERT)
    assert all(in_order(info, INFO) for info in alert.iter(f"{CAP}info"))
    text = {child.tag.removeprefix(CAP): child.text for child in alert.iter()}
    assert (text["status"], text["msgType"], text["scope"], text["value"]) == ("Actual", "Alert", "Public", "36.04.12")
    assert text["sent"].endswith("-00:00")
    assert [info.find(f"{CAP}language").text for info in alert.iter(f"{CAP}info")] == ["id-ID", "en-US"]
    assert not any(character in text["identifier"] + text["sender"] for character in " ,<&")


def test_a_withdrawal_references_the_alert(db, client, announcer, word):
    cancel_announcement(db, announcer, word.id, "surut", now=now() + timedelta(minutes=1))
    db.commit()
    first, last = (fromstring(client.get(f"/radio/cap/{word.id}/{number}.xml").content) for number in (1, 2))
    assert last.find(f"{CAP}msgType").text == "Cancel"
    assert last.find(f"{CAP}references").text == ",".join(first.find(f"{CAP}{name}").text for name in ("sender", "identifier", "sent"))


def test_the_index_lists_what_holds_and_leads_to_its_alerts(db, client, announcer, word):
    write_announcement(db, announcer, Words("Donor darah", {"id": "Besok pagi."}), now=now())
    db.commit()
    entries = fromstring(client.get("/radio/cap/").content).findall(f"{ATOM}entry")
    assert [entry.find(f"{ATOM}title").text for entry in entries] == ["Banjir rob"]
    assert client.get(entries[0].find(f"{ATOM}link").get("href").removeprefix("http://testserver")).status_code == 200


def test_plain_words_and_unknown_versions_are_no_alerts(db, client, announcer, word):
    plain = write_announcement(db, announcer, Words("Donor darah", {"id": "Besok pagi."}), now=now())
    db.commit()
    for path in (f"/radio/cap/{plain.id}/1.xml", f"/radio/cap/{word.id}/9.xml", "/radio/cap/99999/1.xml"):
        assert client.get(path).status_code == 404
