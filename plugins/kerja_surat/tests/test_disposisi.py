"""Down the line and back: who may send what to whom, and who hears of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from kerja_surat import chain, disposisi, registers, reminders
from kerja_surat.models import Disposisi
from pendopo import Conflict, InvalidInput, PermissionRefused
from pendopo.notifications.models import InboxMessage
from pendopo.testing.people import settle


def told(db, actor):
    return [message.subject for message in db.scalars(select(InboxMessage).where(InboxMessage.account_id == actor.account_id).order_by(InboxMessage.id))]


def test_a_registered_letter_lies_before_the_leader_who_is_told(db, office, a_letter):
    a_letter()

    assert [d.surat.perihal for d in disposisi.my_disposisi(db, office.kadis)] == ["Jalan rusak"]
    assert told(db, office.kadis) == ["Disposisi baru untuk Anda: Jalan rusak"]


def test_the_chain_goes_down_and_remembers_its_parent(db, office, a_letter, send):
    letter = a_letter()
    first = send(letter, "kadis", "kabid")
    second = send(letter, "kabid", "petugas")

    assert second.parent_id == first.id
    assert first.status == "diteruskan"
    assert [d.id for d in disposisi.my_disposisi(db, office.petugas)] == [second.id]


@pytest.mark.parametrize("target", ["sekda", "kabid", "kadinkes"])
def test_nothing_is_sent_up_to_oneself_or_across_the_house(a_letter, send, target):
    letter = a_letter()
    send(letter, "kadis", "kabid")

    with pytest.raises(InvalidInput) as refusal:
        send(letter, "kabid", target)

    assert refusal.value.field == "to"


def test_heads_of_peer_units_may_be_asked(db, office, a_letter, send):
    letter = a_letter()

    assert send(letter, "kadis", "kadinkes").to_jabatan_id == office.posts["kadinkes"]
    assert {j.id for j in chain.targets_below(db, office.posts["kabid"])} == {office.posts["petugas"], office.posts["kabid_sda"]}


def test_a_letter_does_not_go_round_in_circles(a_letter, send):
    letter = a_letter()
    send(letter, "kadis", "kabid")
    send(letter, "kabid", "kabid_sda")

    with pytest.raises(InvalidInput):
        send(letter, "kabid_sda", "kabid")


def test_a_sub_disposisi_is_due_no_later_than_its_parent(a_letter, send, now):
    letter = a_letter()
    parent = send(letter, "kadis", "kabid", due=now + timedelta(days=1))

    with pytest.raises(InvalidInput) as refusal:
        send(letter, "kabid", "petugas", due=now + timedelta(days=2))
    assert refusal.value.field == "due"
    assert send(letter, "kabid", "petugas").due_at == parent.due_at


def test_a_secret_letter_goes_to_named_positions_and_no_further(db, office, a_letter, send):
    letter = a_letter(sifat="rahasia")
    one = send(letter, "kadis", "kabid")

    with pytest.raises(InvalidInput):
        send(letter, "kabid", "petugas")
    assert not chain.may_forward(letter, one)
    assert told(db, office.kabid) == ["Disposisi baru untuk Anda"]  # the subject stays inside


def test_an_officer_without_the_right_sends_nothing(office, a_letter, send):
    letter = a_letter()
    send(letter, "kadis", "petugas")

    with pytest.raises(PermissionRefused):
        send(letter, "petugas", "kabid")


def test_only_the_addressee_closes_a_disposisi(db, office, a_letter, send, now):
    one = send(a_letter(), "kadis", "kabid")

    with pytest.raises(PermissionRefused):
        disposisi.finish(db, office.kadis, one.id, result="Selesai sudah", now=now)


def test_a_plh_works_in_the_place_of_the_one_away(db, office, a_letter, send, now):
    office.stand_in("kabid", "kabid_sda")
    letter = a_letter()
    one = send(letter, "kadis", "kabid")

    assert told(db, office.kabid_sda) == ["Disposisi baru untuk Anda: Jalan rusak"]
    assert told(db, office.kabid) == []
    sent = disposisi.send_disposisi(
        db,
        office.kabid_sda,
        letter.id,
        from_jabatan_id=office.posts["kabid"],
        to_jabatan_ids=[office.posts["petugas"]],
        instruksi=["laporkan"],
        now=now,
    )[0]
    assert sent.sent_as == "plh"
    assert sent.parent_id == one.id


def test_reading_is_noted_once(db, office, a_letter, send, now):
    letter = a_letter()
    one = send(letter, "kadis", "kabid")

    assert disposisi.mark_read(db, office.kabid, letter.id, now=now) == 1
    assert disposisi.mark_read(db, office.kabid, letter.id, now=now + timedelta(hours=1)) == 0
    assert (one.status, one.read_at) == ("dibaca", now)


def test_finishing_twice_is_refused(db, office, a_letter, send, now):
    one = send(a_letter(), "kadis", "kabid")
    disposisi.finish(db, office.kabid, one.id, result="Jalan sudah ditambal", now=now)

    with pytest.raises(Conflict):
        disposisi.finish(db, office.kabid, one.id, result="Jalan sudah ditambal", now=now)
    assert "Disposisi selesai: Jalan rusak" in told(db, office.kadis)


def test_the_letter_is_done_when_what_began_the_chain_is(db, office, a_letter, send, now):
    letter = a_letter()
    one = send(letter, "kadis", "kabid")
    disposisi.finish(db, office.kabid, one.id, result="Jalan sudah ditambal", now=now)
    assert letter.status == "didisposisi"

    first = disposisi.my_disposisi(db, office.kadis)[0]
    disposisi.finish(db, office.kadis, first.id, result="Sudah dilaporkan", now=now)
    assert (letter.status, letter.closed_at) == ("selesai", now)
    with pytest.raises(Conflict):
        send(letter, "kadis", "kabid")


def test_a_returned_letter_waits_at_the_book_again(db, office, a_letter, now):
    letter = a_letter()
    first = disposisi.my_disposisi(db, office.kadis)[0]

    with pytest.raises(InvalidInput):
        disposisi.send_back(db, office.kadis, first.id, reason="no", now=now)
    disposisi.send_back(db, office.kadis, first.id, reason="Bukan urusan dinas ini", now=now)

    assert letter.status == "dicatat"
    assert told(db, office.tu) == ["Disposisi dikembalikan: Jalan rusak"]


def test_the_book_closes_only_what_has_nothing_open(db, office, a_letter, now):
    letter = a_letter()
    with pytest.raises(Conflict):
        registers.close_letter(db, office.tu, letter.id, now=now)

    assert registers.close_letter(db, office.tu, a_letter(before=None).id, now=now).status == "selesai"


def test_reminders_reach_more_people_the_longer_a_letter_lies(portal, db, office, a_letter, send, now):
    one = send(a_letter(), "kadis", "kabid", due=now + timedelta(hours=10))

    def remind(at):
        settle()
        reminders.remind_due(portal, at)
        db.expire_all()
        return [
            {"kabid": told(db, office.kabid), "kadis": told(db, office.kadis)}[who].count(f"Disposisi {words}: Jalan rusak")
            for words in ("mendekati tenggat", "lewat tenggat", "terlalu lama lewat tenggat")
            for who in ("kabid", "kadis")
        ]

    assert remind(now) == [1, 0, 0, 0, 0, 0]
    assert remind(now) == [1, 0, 0, 0, 0, 0]
    assert remind(now + timedelta(hours=11)) == [1, 0, 1, 1, 0, 0]
    assert remind(now + timedelta(days=3)) == [1, 0, 1, 1, 1, 1]
    assert db.get(Disposisi, one.id).is_open
