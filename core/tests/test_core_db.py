"""Transactions, times, gapless numbers, and what waits for a commit."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from pendopo import InvalidInput, live, outbox
from pendopo.db import after_commit, before_commit, insert_once, next_number
from pendopo.http import body_of
from pendopo.identity import Account
from pendopo.kit.berkas.models import RegisterBook
from pendopo.testing.parallel import all_at_once


def person(name="Siti Contoh", at=None):
    return Account(kind="warga", name=name, created_at=at or datetime.now(UTC))


def test_a_time_comes_back_in_utc(db):
    wib = datetime(2026, 3, 27, 22, 0, tzinfo=timezone(timedelta(hours=7)))
    db.add(person(at=wib))
    db.commit()
    db.expire_all()

    kept = db.scalars(select(Account)).one().created_at
    assert (kept, kept.tzinfo) == (wib, UTC)


def test_a_time_without_a_zone_is_refused(db):
    db.add(person(at=datetime(2026, 3, 27)))
    with pytest.raises(Exception, match="without zone"):
        db.flush()


def test_two_writers_that_read_first_both_win(portal):
    """Read, then write, in many threads at once: on SQLite a deferred transaction would fail with SQLITE_BUSY."""
    with portal.db.session() as db:
        db.add(person("0"))

    def add_one(_):
        with portal.db.session() as db:
            row = db.scalars(select(Account).with_for_update()).one()
            row.name = str(int(row.name) + 1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(40)))
    with portal.db.session(write=False) as db:
        assert db.scalars(select(Account.name)).one() == "40"


def test_numbers_have_no_gap_and_no_twin_under_parallel_load(portal):
    def take(number):
        try:
            with portal.db.session() as db:
                taken = next_number(db, RegisterBook, code="UJI", year=2026)
                if number % 5 == 0:
                    raise InvalidInput()
                return taken
        except InvalidInput:
            return None

    with ThreadPoolExecutor(8) as pool:
        taken = [number for number in pool.map(take, range(50)) if number]
    assert sorted(taken) == list(range(1, 41))


def test_what_waits_for_a_commit_happens_after_it_and_not_after_a_rollback(portal):
    seen = []
    with portal.db.session() as db:
        before_commit(db, lambda db: seen.append("before"))
        after_commit(db, lambda: seen.append("after"))
        seen.append("work")
    with pytest.raises(InvalidInput), portal.db.session() as db:
        after_commit(db, lambda: seen.append("never"))
        before_commit(db, lambda db: seen.append("never"))
        raise InvalidInput()

    assert seen == ["work", "before", "after"]


def test_what_waits_inside_a_savepoint_is_undone_with_it(portal):
    seen = []
    with portal.db.session() as db:
        live.publish(db, "public:luar")
        savepoint = db.begin_nested()
        after_commit(db, lambda: seen.append("undone"))
        inner = db.begin_nested()
        live.publish(db, "public:dalam")
        inner.commit()
        savepoint.rollback()
        kept = db.begin_nested()
        after_commit(db, lambda: seen.append("kept"))
        live.publish(db, "public:dalam")
        kept.commit()

    with portal.db.session(write=False) as db:
        assert db.scalars(select(live.LiveMessage.topic).order_by(live.LiveMessage.id)).all() == ["public:luar", "public:dalam"]
    assert seen == ["kept"]


def test_what_fails_after_the_commit_neither_undoes_nor_hides_it(portal, people, capsys):
    siti, seen = people.resident().account_id, []
    with portal.db.session() as db:
        db.execute(text("UPDATE core_account SET name = 'Tetap' WHERE id = :id"), {"id": siti})
        after_commit(db, lambda: 1 / 0)
        after_commit(db, lambda: seen.append("the next one"))

    with portal.db.session(write=False) as db:
        assert db.scalar(text("SELECT name FROM core_account WHERE id = :id"), {"id": siti}) == "Tetap"
    assert seen == ["the next one"]
    assert "failed after the commit" in capsys.readouterr().out


def test_a_topic_is_refreshed_once_a_transaction_also_when_the_first_was_undone(portal):
    with portal.db.session() as db:
        undone = db.begin_nested()
        live.publish(db, "public:a")
        undone.rollback()
        for _ in range(3):
            live.publish(db, "public:a")

    with portal.db.session(write=False) as db:
        assert len(db.scalars(select(live.LiveMessage)).all()) == 1


def test_a_request_is_one_transaction(house, db):
    def write(request):
        request.state.db.add(person(body_of(request).decode()))
        request.state.db.flush()
        outbox.put(request.state.db, "fact", key=body_of(request).decode(), target="x")
        if body_of(request) == b"salah":
            raise InvalidInput()
        if body_of(request) == b"rusak":
            raise ZeroDivisionError()
        return PlainTextResponse("ok")

    client = house(gawe_uji={"routes": lambda: [Route("/", write, methods=["POST"])]})
    codes = [client.post("/uji/", content=word.encode()).status_code for word in ("baik", "salah", "rusak")]

    assert codes == [200, 422, 500]
    assert db.scalars(select(Account.name)).all() == ["baik"]
    assert db.scalars(select(outbox.OutboxRow.key)).all() == ["baik"]


def test_a_database_that_is_away_is_a_503_and_nobodys_fault(house):
    def ask(request):
        from sqlalchemy.exc import OperationalError

        raise OperationalError("SELECT 1", {}, Exception("server closed the connection"))

    client = house(gawe_uji={"routes": lambda: [Route("/", ask)]})

    assert client.get("/uji/").status_code == 503
    assert not client.portal_here.host.plugins["gawe_uji"].faults


def test_an_error_of_the_database_never_shows_its_values(portal):
    with pytest.raises(Exception, match="hidden") as caught, portal.db.session() as db:
        db.execute(text("INSERT INTO no_such_table VALUES (:nik)"), {"nik": "3604010101900000"})

    assert "3604010101900000" not in str(caught.value)


def test_what_comes_twice_is_written_once(db):
    first = insert_once(db, Account, ("email",), kind="warga", name="Siti Contoh", email="siti@contoh.id", created_at=datetime.now(UTC))
    again = insert_once(db, Account, ("email",), kind="warga", name="Siti Lain", email="siti@contoh.id", created_at=datetime.now(UTC))
    assert again is None
    assert db.get_one(Account, first).name == "Siti Contoh"


def test_a_row_whose_key_has_several_columns_is_written_once_by_its_key(db):
    assert insert_once(db, RegisterBook, code="UJI", year=2026, last=7) is not None
    assert insert_once(db, RegisterBook, code="UJI", year=2026, last=9) is None
    assert insert_once(db, RegisterBook, code="UJI", year=2027, last=1) is not None
    assert db.get_one(RegisterBook, ("UJI", 2026)).last == 7


def test_of_many_at_once_one_writes(portal):
    at = datetime.now(UTC)

    def write(db):
        return insert_once(db, Account, kind="warga", name="Siti Contoh", email="sama@contoh.id", created_at=at)

    given, _refused = all_at_once(portal, [write] * 8)
    assert given.count(None) == 7
