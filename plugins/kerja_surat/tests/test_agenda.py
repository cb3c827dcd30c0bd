"""The leaders' agenda and the rooms: nobody and nothing is promised twice."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from kerja_surat import agenda, disposisi, rooms
from kerja_surat.models import Acara, Pemesanan, Ruang
from pendopo import CalendarEntry, Conflict, InvalidInput, NotFound, PermissionRefused, hookimpl


def at(hour, minute=0, day=25):
    return datetime(2026, 11, day, hour - 7, minute, tzinfo=UTC)


@pytest.fixture
def plan(db, office, now):
    def plan(start, end, place="Pendopo", officials=("sekda",), actor=None, **more):
        return agenda.add_acara(
            db, actor or office.sekda, title="Rapat", start=start, end=end, place=place, jabatan_ids=[office.posts[o] for o in officials], now=now, **more
        )

    return plan


@pytest.fixture
def room(db):
    made = [Ruang(name="Kecil", place="Setda", seats=12), Ruang(name="Besar", place="Setda", seats=40)]
    db.add_all(made)
    db.flush()
    return {room.name: room for room in made}


@pytest.fixture
def book(db, office, room, now):
    def book(who, start, end, name="Kecil", **more):
        return rooms.book_room(
            db, getattr(office, who), ruang_id=room[name].id, title=f"Rapat {who}", start=start, end=end, jabatan_id=office.posts[who], now=now, **more
        )

    return book


def test_a_leader_needs_the_way_to_another_place(plan):  # AGD-03, AGD-04
    plan(at(9), at(10))

    with pytest.raises(agenda.Engaged):
        plan(at(10, 15), at(11), "Ciruas")
    plan(at(10, 15), at(11), "Pendopo")


def test_whoever_plans_may_choose_to_keep_both(plan):
    plan(at(9), at(10))

    assert plan(at(9, 30), at(10), in_spite=True).id


def test_an_official_on_leave_is_not_promised(portal, office, plan):  # AGD-05
    class Leave:
        @hookimpl
        def plugin_card(self):
            from pendopo import PluginCard

            return PluginCard("cutiuji", "Cuti uji", "kerja", "Menjawab absences.")

        @hookimpl
        def absences(self, db, account_id, start, end):
            return [CalendarEntry("Cuti", at(7), at(17))] if account_id == office._sekda else []

    before = dict(portal.host.plugins)
    portal.host.add("kerja_cutiuji", Leave())
    try:
        with pytest.raises(agenda.Engaged) as refusal:
            plan(at(9), at(10))
        assert "Plh" in refusal.value.sentence()
        plan(at(9, day=26), at(10, day=26))
        office.stand_in("sekda", "kadinkes")
        assert plan(at(11), at(12))
    finally:
        portal.host.pm.unregister(name="kerja_cutiuji")
        portal.host.plugins = before
        portal.host._index()


def test_only_who_keeps_the_agenda_plans(office, plan):
    with pytest.raises(PermissionRefused):
        plan(at(9), at(10), actor=office.kabid)
    with pytest.raises(InvalidInput):
        plan(at(9), at(10), officials=("kadinkes",), actor=office.tu)
    assert plan(at(9), at(10), officials=("kadis",), actor=office.tu)


def test_others_do_not_see_it(db, office, plan, now):
    acara = plan(at(9), at(10))

    with pytest.raises(NotFound):
        agenda.get_acara(db, office.kabid, acara.id)
    assert agenda.agenda_between(db, office.kadis, at(7), at(17)) == []


def test_two_plans_at_once_do_not_both_win(portal, db, office, now):
    sekda, wins, faults = office.sekda, [], []

    def plan(n):
        try:
            with portal.db.session() as own:
                wins.append(
                    agenda.add_acara(
                        own, sekda, title=f"Rapat {n}", start=at(9), end=at(10), place="Pendopo", jabatan_ids=[office.posts["sekda"]], now=now
                    ).title
                )
        except Conflict as refusal:
            faults.append(refusal)

    threads = [threading.Thread(target=plan, args=(n,)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(wins), len(faults)) == (1, 4)
    with portal.db.session(write=False) as own:
        assert own.scalar(select(func.count()).select_from(Acara)) == 1


def test_sending_somebody_puts_it_on_their_agenda_and_their_desk(db, office, a_letter, plan, now):
    letter = a_letter(office.tu_setda, opd="setda", before="sekda")
    acara = plan(at(9), at(10), surat_id=letter.id)

    agenda.answer_invitation(db, office.sekda, acara.id, jabatan_id=office.posts["sekda"], answer="diwakilkan", wakil_jabatan_id=office.posts["kadis"], now=now)

    assert [o.status for o in acara.officials] == ["diwakilkan", "diundang"]
    assert disposisi.my_disposisi(db, office.kadis)[0].instruksi == ["hadiri"]
    assert agenda.agenda_between(db, office.kadis, at(7), at(17), mine=True) == [acara]
    assert agenda.agenda_between(db, office.sekda, at(7), at(17), mine=True) == []


def test_nobody_engaged_is_sent(db, office, plan, now):
    plan(at(9), at(10), officials=("kadis",))
    acara = plan(at(9), at(10))

    with pytest.raises(Conflict) as refusal:
        agenda.answer_invitation(
            db, office.sekda, acara.id, jabatan_id=office.posts["sekda"], answer="diwakilkan", wakil_jabatan_id=office.posts["kadis"], now=now
        )
    assert refusal.value.field == "wakil"


def test_declining_needs_a_reason_and_others_do_not_answer(db, office, plan, now):
    acara = plan(at(9), at(10), officials=("kadis",))

    with pytest.raises(InvalidInput):
        agenda.answer_invitation(db, office.kadis, acara.id, jabatan_id=office.posts["kadis"], answer="ditolak", now=now)
    with pytest.raises(NotFound):
        agenda.answer_invitation(db, office.kabid, acara.id, jabatan_id=office.posts["kadis"], answer="hadir", now=now)


def test_a_cancelled_item_frees_the_time(db, office, plan, now):
    acara = plan(at(9), at(10))
    agenda.cancel_acara(db, office.sekda, acara.id, now=now)

    assert plan(at(9), at(10))
    with pytest.raises(Conflict):
        agenda.cancel_acara(db, office.sekda, acara.id, now=now)


def test_a_room_is_free_again_when_a_meeting_ends(book):  # AGD-01, AGD-02
    book("kabid", at(9), at(10))
    book("kabid_sda", at(10), at(11))

    with pytest.raises(rooms.RoomTaken):
        book("kabid_sda", at(9, 59), at(10, 30))


def test_a_higher_rank_may_displace_into_a_room_that_holds_the_others(db, office, room, book):
    old = book("kabid", at(9), at(10), people=10)

    with pytest.raises(rooms.RoomTaken):
        book("kadis", at(9), at(10))
    book("kadis", at(9), at(10), displace=True)

    assert (old.status, old.moved_to_id) == ("digeser", room["Besar"].id)
    with pytest.raises(rooms.RoomTaken):
        book("kabid_sda", at(9), at(10), displace=True)


def test_nobody_is_displaced_into_nothing(db, book):
    book("kadis", at(9), at(10), name="Besar")
    book("kabid", at(9), at(10))

    with pytest.raises(Conflict, match="pengganti"):
        book("kadis", at(9), at(10), displace=True)


def test_a_room_holds_no_more_than_its_seats(book):
    with pytest.raises(InvalidInput) as refusal:
        book("kadis", at(9), at(10), people=13)

    assert refusal.value.field == "people"


def test_two_bookings_at_once_do_not_both_win(portal, db, office, room, now):
    actors = [(office.kabid, "kabid"), (office.kadis, "kadis"), (office.kabid_sda, "kabid_sda"), (office.sekda, "sekda")]
    room_id = room["Kecil"].id
    db.commit()
    wins = []

    def book(actor, who):
        try:
            with portal.db.session() as own:
                rooms.book_room(own, actor, ruang_id=room_id, title=who, start=at(9), end=at(10), jabatan_id=office.posts[who], now=now)
            wins.append(who)
        except Conflict:
            pass

    threads = [threading.Thread(target=book, args=pair) for pair in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with portal.db.session(write=False) as own:
        assert own.scalar(select(func.count()).select_from(Pemesanan).where(Pemesanan.status == "dipesan")) == 1
    assert len(wins) == 1


def test_strangers_cancel_no_booking(db, office, book, now):
    booking = book("kadis", at(9), at(10))

    with pytest.raises(PermissionRefused):
        rooms.cancel_booking(db, office.kabid, booking.id, now=now)
    rooms.cancel_booking(db, office.kadis, booking.id, now=now)
    with pytest.raises(NotFound):
        rooms.cancel_booking(db, office.kadis, booking.id, now=now)


def test_a_meeting_in_the_past_is_refused(book, now):
    with pytest.raises(InvalidInput):
        book("kadis", now - timedelta(hours=3), now - timedelta(hours=2))
