"""What other services ask to have read aloud."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from gawe_radio import readouts
from gawe_radio.announcements import Words
from gawe_radio.errors import NotWaiting
from pendopo import PermissionRefused
from pendopo.notifications.models import InboxMessage
from pendopo.outbox import tell


@pytest.fixture
def asked(db, editor, deliver):
    tell(db, "read_out_requested", key="jalan-7", plugin="gawe_pelaporan", text={"id": "Perbaikan jalan dimulai besok."}, priority="info", until=None)
    deliver()
    (wanted,) = readouts.waiting_requests(db)
    return wanted


def test_a_request_comes_once_and_editors_are_told(db, editor, asked, now):
    assert readouts.receive_request(db, key=asked.key, plugin="x", text={"id": "a"}, priority="info", until=None, now=now) is None
    assert db.scalar(select(InboxMessage.account_id).where(InboxMessage.topic == "radio.bacaan")) == editor.account_id


def test_what_an_editor_accepts_is_announced_with_their_words(db, editor, asked, now):
    word = readouts.accept_request(db, editor, asked.id, Words("Perbaikan jalan", {"id": "Perbaikan jalan dimulai besok pagi."}), now=now)
    assert (word.state, word.origin, asked.state, asked.announcement_id) == ("terbit", "gawe_pelaporan", "diterima", word.id)


def test_a_request_is_decided_once(db, editor, asked, now):
    readouts.refuse_request(db, editor, asked.id, "Sudah dibacakan kemarin", now=now)
    assert (asked.state, asked.reason) == ("ditolak", "Sudah dibacakan kemarin")
    with pytest.raises(NotWaiting):
        readouts.accept_request(db, editor, asked.id, Words("x", {"id": "x"}), now=now)


def test_an_announcer_does_not_decide(db, announcer, asked, now):
    with pytest.raises(PermissionRefused):
        readouts.refuse_request(db, announcer, asked.id, "tidak", now=now)
