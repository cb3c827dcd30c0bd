"""A word to the people: written, released, changed, withdrawn."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from gawe_radio import announcements
from gawe_radio.announcements import (
    Words,
    approve_announcement,
    cancel_announcement,
    change_announcement,
    refuse_announcement,
    versions_of,
    write_announcement,
)
from gawe_radio.errors import NotOnAir, NotWaiting, SecondPersonNeeded, TooLongToRead
from pendopo import InvalidInput, PermissionRefused, SignInNeeded
from pendopo.identity import ANONYMOUS
from pendopo.kit import settings
from pendopo.live import LiveMessage
from pendopo.notifications.models import InboxMessage
from pendopo.outbox import OutboxRow

ANYAR, CINANGKA, CIRUAS = "36.04.30", "36.04.31", "36.04.09"


def words(priority="info", text="Jalan raya Cinangka ditutup karena longsor.", **more):
    return Words(more.pop("title", "Jalan Cinangka ditutup"), {"id": text}, priority, **more)


def test_an_announcement_is_out_at_once(db, announcer, now):
    word = write_announcement(db, announcer, words(), now=now)
    assert (word.state, word.published_at, word.author) == ("terbit", now, "Rara Contoh")
    assert word.is_active(now)


def test_only_announcers_may_speak(db, resident, officer, now):
    for actor, refusal in ((ANONYMOUS, SignInNeeded), (resident, PermissionRefused), (officer("radio.studio"), PermissionRefused)):
        with pytest.raises(refusal):
            write_announcement(db, actor, words(), now=now)


def test_one_transaction_tells_every_place(db, announcer, now):
    word = write_announcement(db, announcer, words("penting", areas=(ANYAR,)), now=now)
    db.commit()
    told = {(row.kind, row.target) for row in db.scalars(select(OutboxRow))}
    assert {("fact", "announcement_published"), ("fact", "radio_air_wanted"), ("fact", "radio_inbox_wanted")} <= told
    assert [version.kind for version in versions_of(db, word.id)] == ["terbit"]


def test_what_is_rolled_back_reaches_nobody(db, announcer, now):
    write_announcement(db, announcer, words(), now=now)
    db.rollback()
    assert db.scalar(select(OutboxRow.id).where(OutboxRow.target == "announcement_published")) is None
    assert db.scalar(select(LiveMessage.id).where(LiveMessage.topic == "public:radio")) is None


def test_a_text_of_seventy_eight_seconds_is_taken_and_one_of_a_hundred_refused(db, announcer, now):
    assert write_announcement(db, announcer, words(text="kata " * 180), now=now).reading_s == pytest.approx(78.3, abs=0.1)
    with pytest.raises(TooLongToRead) as refusal:
        write_announcement(db, announcer, words(text="kata " * 230), now=now)
    assert (refusal.value.field, refusal.value.values["have"]) == ("text_id", 100)


@pytest.mark.parametrize(("change", "field"), [
    ({"text": "  "}, "text_id"), ({"priority": "gawat"}, "priority"), ({"areas": ("36.73.01",)}, "areas"),
    ({"until": timedelta(hours=-1)}, "until"), ({"until": timedelta(days=91)}, "until"), ({"repeat_min": -1}, "repeat_min"),
])
def test_wrong_input_is_named_by_its_field(db, announcer, now, change, field):
    if "until" in change:
        change = {"until": now + change["until"]}
    with pytest.raises(InvalidInput) as refusal:
        write_announcement(db, announcer, words(**change), now=now)
    assert refusal.value.field == field


def test_an_emergency_waits_for_a_second_person_who_is_told(db, announcer, official, now):
    word = write_announcement(db, announcer, words("darurat"), now=now)
    assert word.state == "menunggu"
    assert db.scalar(select(InboxMessage.account_id).where(InboxMessage.topic == "radio.persetujuan")) == official.account_id
    approve_announcement(db, official, word.id, now=now + timedelta(minutes=1))
    assert (word.state, word.decided_by) == ("terbit", official.account_id)


def test_nobody_releases_their_own_emergency(db, official, now):
    word = write_announcement(db, official, words("darurat"), now=now)
    with pytest.raises(SecondPersonNeeded):
        approve_announcement(db, official, word.id, now=now)


def test_an_announcer_may_not_release(db, announcer, official, now):
    word = write_announcement(db, official, words("darurat"), now=now)
    with pytest.raises(PermissionRefused):
        approve_announcement(db, announcer, word.id, now=now)


def test_where_the_setting_asks_for_one_person_an_emergency_is_out_at_once(db, announcer, officer, now):
    settings.set_value(db, officer("core.manage_settings", scope="regency"), "radio.darurat_dua_orang", "tidak", effective_from=now.date(), now=now)
    assert write_announcement(db, announcer, words("darurat"), now=now).state == "terbit"


def test_an_emergency_is_decided_once(db, announcer, official, now):
    word = write_announcement(db, announcer, words("darurat"), now=now)
    refuse_announcement(db, official, word.id, "Belum pasti", now=now)
    assert (word.state, word.reason) == ("ditolak", "Belum pasti")
    with pytest.raises(NotWaiting):
        approve_announcement(db, official, word.id, now=now)


def test_an_author_may_take_back_what_waits(db, announcer, now):
    word = write_announcement(db, announcer, words("darurat"), now=now)
    assert refuse_announcement(db, announcer, word.id, "Salah tulis", now=now).state == "ditolak"


def test_a_change_reaches_the_same_places_as_another_version(db, announcer, publish, now):
    word = publish("penting")
    change_announcement(db, announcer, word.id, words("darurat", text="Jalan dibuka satu jalur."), now=now + timedelta(minutes=5))
    assert (word.priority, word.version, word.words("id")) == ("penting", 2, "Jalan dibuka satu jalur.")
    assert [version.kind for version in versions_of(db, word.id)] == ["terbit", "ubah"]


def test_what_is_withdrawn_is_withdrawn_once(db, announcer, publish, now):
    word = publish()
    cancel_announcement(db, announcer, word.id, "Sudah selesai", now=now)
    assert (word.state, word.is_active(now)) == ("batal", False)
    for act in (lambda: cancel_announcement(db, announcer, word.id, "lagi", now=now), lambda: change_announcement(db, announcer, word.id, words(), now=now)):
        with pytest.raises(NotOnAir):
            act()


def test_people_of_the_area_find_it_in_their_inbox(db, people, publish, deliver, now):
    near, far = people.resident(desa_code=f"{ANYAR}.2001"), people.resident(desa_code=f"{CIRUAS}.2001")
    publish("penting", areas=(ANYAR,))
    deliver()
    readers = set(db.scalars(select(InboxMessage.account_id).where(InboxMessage.topic == "radio.pengumuman")))
    assert near.account_id in readers
    assert far.account_id not in readers


def test_an_emergency_reaches_everyone_and_its_withdrawal_too(db, people, announcer, official, deliver, now):
    far = people.resident(desa_code=f"{CIRUAS}.2001")
    word = write_announcement(db, announcer, words("darurat", areas=(ANYAR,)), now=now)
    approve_announcement(db, official, word.id, now=now)
    deliver()
    cancel_announcement(db, official, word.id, "Air surut", now=now)
    deliver()
    subjects = list(db.scalars(select(InboxMessage.subject).where(InboxMessage.account_id == far.account_id).order_by(InboxMessage.id)))
    assert subjects == ["Darurat: Jalan Cinangka ditutup", "Ditarik: Jalan Cinangka ditutup"]


def test_hundreds_of_inboxes_are_filled_in_lots(db, people, publish, deliver, monkeypatch):
    monkeypatch.setattr("gawe_radio.inbox.LOT", 3)
    readers = [people.resident().account_id for _ in range(7)]
    publish()
    deliver()
    assert set(readers) <= set(db.scalars(select(InboxMessage.account_id).where(InboxMessage.topic == "radio.pengumuman")))


def test_the_gravest_word_comes_first_and_what_is_over_is_gone(db, publish, now):
    info, grave = publish("info"), publish("penting")
    over = publish("penting", until=now + timedelta(minutes=1))
    active = announcements.active_announcements(db, now + timedelta(minutes=2))
    assert [row.id for row in active] == [grave.id, info.id]
    assert over.id not in {row.id for row in active}


def test_the_list_can_be_narrowed_to_an_area_and_by_words(db, publish, now):
    publish(areas=(ANYAR,), title="Anyar saja")
    publish(title="Semua")
    publish(areas=(CINANGKA,), title="Cinangka saja")
    assert {row.title for row in announcements.public_announcements(db, area=ANYAR)} == {"Anyar saja", "Semua"}
    assert [row.title for row in announcements.public_announcements(db, text="cinangka saja")] == ["Cinangka saja"]
    assert announcements.public_announcements(db, text="100%_") == []
