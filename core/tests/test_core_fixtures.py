"""What every suite builds on: a database of one's own, people, a browser."""

from sqlalchemy import select

from pendopo.identity import Account
from pendopo.testing.databases import kind


def test_the_database_is_the_one_that_was_asked_for(portal):
    assert portal.db.engine.dialect.name == kind()


def test_a_test_starts_with_an_empty_house(db):
    assert db.scalars(select(Account)).all() == []


def test_people_are_seen_by_the_session_of_the_test(db, resident, officer, now):
    db.add(Account(kind="warga", name="Tono Contoh", created_at=now))
    other = officer("contoh.close")

    assert other.is_staff
    assert {account.name for account in db.scalars(select(Account))} == {"Siti Contoh", "Budi Contoh", "Tono Contoh"}


def test_the_browser_sees_what_the_test_wrote_and_may_sign_in(client, db, resident):
    account = db.get(Account, resident.account_id)
    account.name = "Nama Baru"
    client.sign_in(resident)

    assert client.get("/healthz").status_code == 200
    assert account.name == "Nama Baru"
