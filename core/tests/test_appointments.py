"""Appointments: who gets which time, who is called, what everyone sees."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from pendopo.errors import InvalidInput, NotFound, PermissionRefused, SignInNeeded
from pendopo.identity import ANONYMOUS
from pendopo.kit.appointments import (
    AlreadyBooked,
    Appointment,
    Counter,
    NobodyWaits,
    NotNow,
    SlotTaken,
    book,
    by_number,
    by_token,
    call_next,
    cancel,
    check_in,
    finish,
    managing,
    move,
    no_show,
    open_days,
    open_slots,
    reading,
    recall,
    walk_in,
)
from pendopo.kit.calendar import calendar_for
from pendopo.notifications.models import InboxMessage
from pendopo.testing.people import People

HOURS = {str(day): [["08:00", "12:00"], ["13:00", "15:00"]] for day in range(5)}
DAY = date(2026, 11, 24)  # a Tuesday
EIGHT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
BEFORE = EIGHT - timedelta(hours=14)  # the evening before


@pytest.fixture
def counter(db, portal):
    return make_counter(db, portal)


def make_counter(db, portal, **changes):
    values = {
        "service": "kartu-kuning", "title": "Loket AK/1", "place": "Lantai 1", "hours": HOURS, "slot_minutes": 30, "capacity": 1, "lead_minutes": 60, **changes,
    }
    row = Counter(opd_id=People(portal).opd("disnakertrans", "Disnakertrans"), **values)
    db.add(row)
    db.flush()
    return row


@pytest.fixture
def clerk(portal):
    return People(portal).officer("janji.serve", opd="disnakertrans")


@pytest.fixture
def head(portal):
    return People(portal).officer("janji.serve", "janji.manage", opd="disnakertrans", name="Kepala Contoh")


def someone(portal, name="Ujang Contoh"):
    return People(portal).resident(name)


# --------------------------------------------------------------------------------------------------------------- booking


def test_a_time_is_booked_and_gone_for_others(db, portal, counter, resident):
    row = book(db, resident, counter.id, EIGHT, note="  Kartu   hilang ", now=BEFORE)

    assert (row.number, row.day, row.note, row.state) == ("A001", DAY, "Kartu hilang", "dipesan")
    assert EIGHT not in [slot.starts_at for slot in open_slots(db, counter, DAY, now=BEFORE)]
    with pytest.raises(SlotTaken):
        book(db, someone(portal), counter.id, EIGHT, now=BEFORE)


def test_as_many_as_the_capacity_sit_at_one_time(db, portal):
    counter = make_counter(db, portal, capacity=3)
    rows = [book(db, someone(portal), counter.id, EIGHT, now=BEFORE) for _n in range(3)]

    assert sorted(row.seat for row in rows) == [0, 1, 2]
    assert [row.number for row in rows] == ["A001", "A002", "A003"]
    with pytest.raises(SlotTaken):
        book(db, someone(portal), counter.id, EIGHT, now=BEFORE)


def test_one_open_appointment_for_each_person_and_service(db, portal, counter, resident):
    other = make_counter(db, portal, title="Loket 2")
    elsewhere = make_counter(db, portal, service="lowongan")
    first = book(db, resident, counter.id, EIGHT, now=BEFORE)
    with pytest.raises(AlreadyBooked):
        book(db, resident, other.id, EIGHT + timedelta(minutes=30), now=BEFORE)

    book(db, resident, elsewhere.id, EIGHT, now=BEFORE)
    cancel(db, resident, first.id, now=BEFORE)
    assert book(db, resident, other.id, EIGHT, now=BEFORE).number == "A001"


def test_anonymous_visitors_sign_in_first(db, counter):
    with pytest.raises(SignInNeeded):
        book(db, ANONYMOUS, counter.id, EIGHT, now=BEFORE)


@pytest.mark.parametrize(
    "moment",
    [
        EIGHT + timedelta(minutes=7), EIGHT - timedelta(hours=1), EIGHT + timedelta(hours=4), EIGHT + timedelta(days=60),
        datetime(2026, 11, 28, 1, 0, tzinfo=UTC), datetime(2026, 12, 25, 1, 0, tzinfo=UTC),
    ],
    ids=["between slots", "before opening", "in the break", "too far", "a Saturday", "a holiday"],
)
def test_times_that_are_not_offered_are_refused(db, counter, resident, moment):
    with pytest.raises(SlotTaken):
        book(db, resident, counter.id, moment, now=BEFORE)


def test_what_is_too_near_or_past_is_not_offered(db, counter, resident):
    assert open_slots(db, counter, DAY, now=EIGHT)[0].starts_at == EIGHT + timedelta(minutes=60)
    with pytest.raises(SlotTaken):
        book(db, resident, counter.id, EIGHT, now=EIGHT)


def test_a_year_without_calendar_has_no_times(db, portal):
    counter = make_counter(db, portal, days_ahead=90)
    assert 2027 not in calendar_for(db).years
    assert {day.year for day, _free in open_days(db, counter, now=BEFORE)} == {2026}


def test_a_matter_of_somebody_else_is_not_tied_to_an_appointment(db, portal, counter, resident):
    with pytest.raises(NotFound):
        book(db, resident, counter.id, EIGHT, berkas_id=999, now=BEFORE)


def test_booking_and_moving_are_told(db, counter, resident):
    row = book(db, resident, counter.id, EIGHT, now=BEFORE)
    move(db, resident, row.id, EIGHT + timedelta(hours=1), now=BEFORE)

    subjects = list(db.scalars(select(InboxMessage.subject).order_by(InboxMessage.id)))
    assert subjects == ["Janji Anda: Loket AK/1, 24 Nov 2026 08.00", "Janji Anda dipindahkan: Loket AK/1, 24 Nov 2026 09.00"]


# ---------------------------------------------------------------------------------------------------- moving, cancelling


def test_moving_frees_the_old_time_and_keeps_the_ticket(db, portal, counter, resident):
    row = book(db, resident, counter.id, EIGHT, now=BEFORE)
    token = row.token
    moved = move(db, resident, row.id, EIGHT + timedelta(days=1), now=BEFORE)

    assert (moved.token, moved.day, moved.number) == (token, DAY + timedelta(days=1), "A001")
    assert book(db, someone(portal), counter.id, EIGHT, now=BEFORE).seat == 0


def test_a_failed_move_keeps_the_old_time(db, portal, counter, resident):
    book(db, someone(portal), counter.id, EIGHT + timedelta(minutes=30), now=BEFORE)
    row = book(db, resident, counter.id, EIGHT, now=BEFORE)
    with pytest.raises(SlotTaken):
        move(db, resident, row.id, EIGHT + timedelta(minutes=30), now=BEFORE)

    db.refresh(row)
    assert (row.starts_at, row.state) == (EIGHT, "dipesan")


def test_a_cancelled_time_is_free_again_and_cancelling_twice_is_refused(db, counter, resident, portal):
    row = book(db, resident, counter.id, EIGHT, now=BEFORE)
    cancel(db, resident, row.id, now=BEFORE)
    with pytest.raises(NotNow):
        cancel(db, resident, row.id, now=BEFORE)
    assert book(db, someone(portal), counter.id, EIGHT, now=BEFORE).number == "A002"


def test_others_appointments_are_nobodys_business(db, portal, counter, resident):
    row = book(db, resident, counter.id, EIGHT, now=BEFORE)
    for stranger in (someone(portal), People(portal).officer("janji.serve", opd="dpmptsp")):
        with pytest.raises(NotFound):
            cancel(db, stranger, row.id, reason="x", now=BEFORE)
        with pytest.raises(NotFound):
            move(db, stranger, row.id, EIGHT + timedelta(hours=1), now=BEFORE)


def test_the_counter_gives_a_reason_when_it_cancels(db, counter, clerk, resident):
    row = book(db, resident, counter.id, EIGHT, now=BEFORE)
    with pytest.raises(InvalidInput):
        cancel(db, clerk, row.id, now=BEFORE)
    cancel(db, clerk, row.id, reason="Listrik padam", now=BEFORE)

    message = db.scalars(select(InboxMessage).order_by(InboxMessage.id.desc())).first()
    assert "Listrik padam" in message.body


# --------------------------------------------------------------------------------------------------------- at the counter


@pytest.fixture
def three(db, portal, counter):
    """Three people with appointments one after the other."""
    return [book(db, someone(portal, f"Orang {n}"), counter.id, EIGHT + timedelta(minutes=30 * n), now=BEFORE) for n in range(3)]


def test_people_are_called_by_their_time_once_they_are_here(db, counter, clerk, three):
    with pytest.raises(NobodyWaits):
        call_next(db, clerk, counter.id, now=EIGHT)
    for row in reversed(three[:2]):
        check_in(db, clerk, row.id, now=EIGHT)

    assert call_next(db, clerk, counter.id, now=EIGHT).id == three[0].id
    assert call_next(db, clerk, counter.id, now=EIGHT).id == three[1].id
    with pytest.raises(NobodyWaits):
        call_next(db, clerk, counter.id, now=EIGHT)


def test_checking_in_by_number_and_by_code(db, counter, clerk, three):
    assert by_number(db, clerk, counter.id, "a 002", now=EIGHT).id == three[1].id
    assert by_number(db, clerk, counter.id, "3", now=EIGHT).id == three[2].id
    assert by_token(db, clerk, three[0].token).id == three[0].id
    for typed in ("A009", "", "abc", "9" * 40):
        with pytest.raises(NotFound):
            by_number(db, clerk, counter.id, typed, now=EIGHT)


def test_checking_in_twice_or_on_another_day_is_refused(db, counter, clerk, three):
    with pytest.raises(NotNow, match="untuk"):
        check_in(db, clerk, three[0].id, now=BEFORE)
    check_in(db, clerk, three[0].id, now=EIGHT)
    with pytest.raises(NotNow):
        check_in(db, clerk, three[0].id, now=EIGHT)


def test_who_comes_without_an_appointment_gets_a_number_behind_those_who_have_one(db, counter, clerk, three):
    late = walk_in(db, clerk, counter.id, now=EIGHT + timedelta(minutes=40))
    check_in(db, clerk, three[1].id, now=EIGHT + timedelta(minutes=45))

    assert late.number == "A004"
    assert call_next(db, clerk, counter.id, now=EIGHT + timedelta(minutes=46)).id == three[1].id
    assert call_next(db, clerk, counter.id, now=EIGHT + timedelta(minutes=47)).id == late.id


def test_being_served_or_absent_ends_it_and_another_may_be_booked(db, portal, counter, clerk, resident):
    row = book(db, resident, counter.id, EIGHT, now=BEFORE)
    with pytest.raises(NotNow, match="belum tiba"):
        no_show(db, clerk, row.id, now=BEFORE)
    check_in(db, clerk, row.id, now=EIGHT)
    call_next(db, clerk, counter.id, now=EIGHT)
    recall(db, clerk, row.id, now=EIGHT + timedelta(minutes=1))
    assert finish(db, clerk, row.id, now=EIGHT + timedelta(minutes=9)).state == "selesai"

    again = book(db, resident, counter.id, EIGHT + timedelta(hours=2), now=EIGHT)
    assert no_show(db, clerk, again.id, now=EIGHT + timedelta(hours=3)).state == "tidak_hadir"
    with pytest.raises(NotNow):
        recall(db, clerk, again.id, now=EIGHT + timedelta(hours=3))


@pytest.mark.parametrize("step", [check_in, recall, finish, no_show])
def test_only_the_counters_own_office_does_the_steps(db, portal, counter, resident, step):
    row = book(db, resident, counter.id, EIGHT, now=BEFORE)
    stranger = People(portal).officer("janji.serve", opd="dpmptsp")
    for actor, refusal in ((stranger, PermissionRefused), (resident, PermissionRefused), (ANONYMOUS, SignInNeeded)):
        with pytest.raises(refusal):
            step(db, actor, row.id, now=EIGHT)
    for actor in (stranger, resident):
        with pytest.raises(PermissionRefused):
            call_next(db, actor, counter.id, now=EIGHT)
        with pytest.raises(PermissionRefused):
            walk_in(db, actor, counter.id, now=EIGHT)


def test_the_board_shows_numbers_and_no_names(db, counter, clerk, three):
    for row in three:
        check_in(db, clerk, row.id, now=EIGHT)
    call_next(db, clerk, counter.id, now=EIGHT)
    first = reading.board(db, counter, now=EIGHT)
    assert (first.now, first.before, first.following, first.waiting) == ("A001", [], ["A002", "A003"], 2)

    finish(db, clerk, three[0].id, now=EIGHT + timedelta(minutes=5))
    call_next(db, clerk, counter.id, now=EIGHT + timedelta(minutes=6))
    second = reading.board(db, counter, now=EIGHT + timedelta(minutes=6))
    assert (second.now, second.before, second.following) == ("A002", ["A001"], ["A003"])


# --------------------------------------------------------------------------------------------------------------- managing


def test_closing_a_counter_frees_its_times_and_tells_who_is_touched(db, counter, head, three, portal):
    start, end = EIGHT, EIGHT + timedelta(minutes=60)
    assert managing.close_between(db, head, counter.id, start, end, "Rapat dinas", now=BEFORE) == 2

    assert [row.state for row in db.scalars(select(Appointment).order_by(Appointment.id))] == ["batal", "batal", "dipesan"]
    assert open_slots(db, counter, DAY, now=BEFORE)[0].starts_at == EIGHT + timedelta(minutes=90)
    told = db.scalars(select(InboxMessage.body).where(InboxMessage.body.contains("Rapat dinas"))).all()
    assert len(told) == 2
    managing.reopen(db, head, managing.closures(db, counter.id, now=BEFORE)[0].id)
    assert open_slots(db, counter, DAY, now=BEFORE)[0].starts_at == EIGHT


def test_only_heads_change_counters(db, counter, clerk, head, portal):
    for actor in (clerk, People(portal).officer("janji.manage", opd="dpmptsp")):
        with pytest.raises(PermissionRefused):
            managing.save_counter(db, actor, counter, {"title": "Loket baru"})
        with pytest.raises(PermissionRefused):
            managing.close_between(db, actor, counter.id, EIGHT, EIGHT + timedelta(hours=1), "x", now=BEFORE)
    with pytest.raises(PermissionRefused):  # nor gives it to an office that is not theirs
        managing.save_counter(db, head, counter, {"opd_id": People(portal).opd("dpmptsp")})
    assert managing.save_counter(db, head, counter, {"title": "Loket baru"}).title == "Loket baru"


def test_everyone_is_reminded_once_the_day_before(db, counter, three, resident):
    assert managing.remind(db, now=BEFORE) == 3
    assert managing.remind(db, now=BEFORE + timedelta(hours=1)) == 0
    assert len(db.scalars(select(InboxMessage).where(InboxMessage.subject.startswith("Besok:"))).all()) == 3
    assert managing.remind(db, now=EIGHT) == 0


def test_a_moved_appointment_is_reminded_of_again(db, counter, resident):
    row = book(db, resident, counter.id, EIGHT, now=BEFORE - timedelta(hours=1))
    managing.remind(db, now=BEFORE)
    move(db, resident, row.id, EIGHT + timedelta(days=1), now=BEFORE)
    assert managing.remind(db, now=BEFORE + timedelta(days=1)) == 1


def test_the_night_closes_what_was_left_open(db, counter, clerk, three, resident):
    check_in(db, clerk, three[0].id, now=EIGHT)
    assert managing.close_days(db, DAY, EIGHT) == 0
    assert managing.close_days(db, DAY + timedelta(days=1), EIGHT + timedelta(days=1)) == 3
    db.expire_all()
    assert [row.state for row in three] == ["selesai", "tidak_hadir", "tidak_hadir"]


def test_a_person_who_is_erased_leaves_a_number_only(db, counter, resident, deliver):
    from pendopo import outbox

    book(db, resident, counter.id, EIGHT, note="Rahasia saya", now=BEFORE)
    outbox.tell(db, "person_erased", key="uji", account_id=resident.account_id)
    deliver()
    row = db.scalars(select(Appointment)).one()
    assert (row.account_id, row.note, row.state, row.seat, row.open_key) == (None, "", "batal", None, None)
