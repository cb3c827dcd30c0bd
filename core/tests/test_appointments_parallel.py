"""Many who want the same thing at once: the database decides, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from pendopo.identity import Account, Actor
from pendopo.kit.appointments import Appointment, Counter, book, call_next, move
from pendopo.testing.parallel import all_at_once
from pendopo.testing.people import People

HOURS = {str(day): [["08:00", "12:00"]] for day in range(5)}
EIGHT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
BEFORE = EIGHT - timedelta(hours=14)
AT_ONCE = 8


@pytest.fixture
def counter(db, portal):
    row = Counter(
        opd_id=People(portal).opd("disnakertrans"), service="kartu-kuning", title="Loket", place="", hours=HOURS, slot_minutes=30, capacity=3, lead_minutes=60
    )
    db.add(row)
    db.flush()
    return row.id  # threads have sessions of their own


@pytest.fixture
def people(db):
    rows = [Account(kind="warga", name=f"Orang {n}", email=f"o{n}@contoh.invalid", created_at=BEFORE) for n in range(24)]
    db.add_all(rows)
    db.flush()
    return [Actor(account_id=row.id, name=row.name, kind="warga") for row in rows]


def test_a_time_is_never_given_twice(db, portal, counter, people):
    acts = [lambda db, who=who: book(db, who, counter, EIGHT, now=BEFORE).number for who in people[:AT_ONCE]]
    given, refused = all_at_once(portal, acts)

    assert len(set(given)) == len(given) == 3
    assert refused == ["SlotTaken"] * (AT_ONCE - 3)
    assert sorted(db.scalars(select(Appointment.seat))) == [0, 1, 2]


def test_queue_numbers_of_a_day_have_no_gaps_and_no_twins(db, portal, counter, people):
    acts = [lambda db, n=n, who=who: book(db, who, counter, EIGHT + timedelta(minutes=30 * (n % 4)), now=BEFORE).serial for n, who in enumerate(people[:AT_ONCE])]
    given, _refused = all_at_once(portal, acts)

    assert sorted(given) == list(range(1, AT_ONCE + 1))


def test_one_person_on_two_phones_gets_one_appointment(db, portal, counter, people):
    acts = [lambda db, n=n: book(db, people[0], counter, EIGHT + timedelta(minutes=30 * n), now=BEFORE).number for n in range(6)]
    given, refused = all_at_once(portal, acts)

    assert given == ["A001"]
    assert set(refused) == {"AlreadyBooked"}


def test_moving_to_the_same_time_at_once_never_overfills_it(db, portal, counter, people):
    rows = [book(db, who, counter, EIGHT + timedelta(minutes=30 * (n // 3)), now=BEFORE).id for n, who in enumerate(people[:6])]
    target = EIGHT + timedelta(minutes=120)
    acts = [lambda db, who=who, row=row: move(db, who, row, target, now=BEFORE).number for who, row in zip(people, rows, strict=False)]
    given, _refused = all_at_once(portal, acts)

    assert len(given) == 3
    per_time = db.execute(select(Appointment.starts_at, func.count(Appointment.seat)).group_by(Appointment.starts_at)).all()
    assert all(count <= 3 for _time, count in per_time)
    assert sum(count for _time, count in per_time) == 6


def test_two_officers_never_call_the_same_person(db, portal, counter, people):
    clerks = [People(portal).officer("janji.serve", opd="disnakertrans", name=f"Petugas {n}") for n in range(4)]
    for n, who in enumerate(people[:3]):
        row = book(db, who, counter, EIGHT + timedelta(minutes=30 * n), now=BEFORE)
        row.state, row.arrived_at = "hadir", EIGHT
    given, refused = all_at_once(portal, [lambda db, clerk=clerk: call_next(db, clerk, counter, now=EIGHT).number for clerk in clerks])

    assert sorted(given) == ["A001", "A002", "A003"]
    assert refused == ["NobodyWaits"]
