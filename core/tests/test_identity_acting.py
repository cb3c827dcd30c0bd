"""A petugas at the counter acts for a citizen, who is told."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from pendopo.identity import Account, Session, load_actor, record
from pendopo.identity.models import AuditEntry
from pendopo.identity.people import NewPerson, create_account
from pendopo.notifications.models import InboxMessage

NIK = "3604301708950000"
REASON = "Melaporkan jalan rusak"


@pytest.fixture
def ani(db):
    """A citizen known by her nik."""
    return create_account(db, NewPerson("Ani Contoh", nik=NIK), now=datetime.now(UTC), invented=True).id


@pytest.fixture
def petugas(client, officer):
    actor = officer("core.act_for", name="Budi Petugas")
    client.sign_in(actor)
    return actor


def begin(client, **changes):
    return client.post("/akun/wakil", data={"nik": NIK, "reason": REASON, **changes})


def actor_now(client, db, portal, now=None):
    return load_actor(db, client.cookies[portal.session_cookie], now=now or datetime.now(UTC), roles=portal.roles())


def test_acting_begins_by_a_form_and_every_page_shows_for_whom(client, petugas, ani, db, portal):
    answer = begin(client)

    assert answer.status_code == 303
    assert NIK not in answer.headers["location"]
    assert actor_now(client, db, portal).citizen_id == ani
    assert "Anda sedang bertindak atas nama Ani Contoh." in client.get("/").text


def test_the_citizen_is_told_who_acts_and_why(client, petugas, ani, db):
    begin(client)
    told = db.scalars(select(InboxMessage)).one()

    assert told.account_id == ani
    assert "Budi Petugas" in told.body
    assert REASON in told.body


def test_everything_done_meanwhile_stands_in_the_trail_with_both_names(client, petugas, ani, db, portal):
    begin(client)
    record(db, actor_now(client, db, portal), "uji.tindakan", "uji:1", {})
    client.post("/akun/wakil/selesai")
    rows = db.execute(select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.on_behalf_of, AuditEntry.subject).order_by(AuditEntry.id)).all()

    assert rows == [
        ("on_behalf.began", petugas.account_id, None, f"account:{ani}"),
        ("uji.tindakan", petugas.account_id, ani, "uji:1"),
        ("on_behalf.ended", petugas.account_id, ani, f"account:{ani}"),
    ]
    assert not any(NIK in entry.detail for entry in db.scalars(select(AuditEntry)))


def test_acting_ends_by_the_button_or_after_half_an_hour(client, petugas, ani, db, portal):
    begin(client)
    assert actor_now(client, db, portal, datetime.now(UTC) + timedelta(minutes=31)).on_behalf_of is None
    assert client.post("/akun/wakil/selesai").status_code == 303
    assert actor_now(client, db, portal).on_behalf_of is None
    assert "bertindak atas nama" not in client.get("/").text


def test_who_loses_the_permission_meanwhile_acts_no_longer(client, petugas, ani, db, portal):
    begin(client)
    portal.roles().clear()
    from pendopo.identity.loading import forget_cache

    forget_cache()
    assert actor_now(client, db, portal).on_behalf_of is None


def test_the_citizen_sees_it_among_their_data(client, petugas, ani, db):
    begin(client)
    client.sign_in(ani)
    acts = next(part for part in client.get("/akun/data-saya.json").json()["data"] if part["title"] == "Tindakan pada akun Anda")

    assert [(row["by"], row["reason"]) for row in acts["rows"]] == [("Budi Petugas", REASON)]


def test_without_the_permission_there_is_no_counter(client, officer, resident, ani):
    assert client.post("/akun/wakil", data={"nik": NIK, "reason": REASON}).status_code == 401
    for actor in (resident, officer()):
        client.sign_in(actor)
        assert client.get("/akun/wakil").status_code == 403
        assert begin(client).status_code == 403


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("nik", "3604301708950001", "Belum ada akun dengan NIK ini"), ("nik", "123", "16 angka"), ("nik", "", "harus diisi"),
    ("reason", "a", "Paling sedikit 5"), ("reason", "", "harus diisi"), ("reason", "x" * 301, "Paling banyak 300"),
])
def test_wrong_input_is_told_beside_its_field(client, petugas, ani, db, field, value, sentence):
    answer = begin(client, **{field: value})

    assert answer.status_code == 422
    assert re.search(rf'id="{field}-salah"[^>]*>.*?{sentence}', answer.text, re.S)
    assert db.scalars(select(AuditEntry)).all() == []


def test_looking_for_nik_after_nik_is_stopped(client, petugas, ani):
    statuses = [begin(client, nik=f"36043017089500{n:02d}").status_code for n in range(1, 12)]

    assert statuses == [422] * 10 + [429]


def test_a_citizen_without_account_gets_one_at_the_counter_with_a_link_for_the_password(client, petugas, db, deliver, portal):
    form = {"create": "1", "name": "Cucu Contoh", "nik": "3604305708950001", "phone": "081234567890", "email": "cucu@contoh.invalid", "reason": REASON}
    assert client.post("/akun/wakil", data=form).status_code == 303
    deliver()
    citizen = db.scalars(select(Account).where(Account.name == "Cucu Contoh")).one()
    letters = [path.read_text() for path in (portal.settings.home / "mail").glob("*.eml")]

    assert actor_now(client, db, portal).on_behalf_of == citizen.id
    assert any("/atur-sandi/" in letter for letter in letters)
    again = client.post("/akun/wakil", data={**form, "email": ""})
    assert again.status_code == 409
    assert "NIK ini sudah mempunyai akun" in again.text
    assert 'value="Cucu Contoh"' in again.text


def test_serving_the_next_citizen_ends_the_one_before(client, petugas, ani, db, portal):
    begin(client)
    other = create_account(db, NewPerson("Dedi Contoh", nik="3604301808950000"), now=datetime.now(UTC), invented=True).id
    begin(client, nik="3604301808950000")

    assert actor_now(client, db, portal).on_behalf_of == other
    assert db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == ["on_behalf.began", "on_behalf.ended", "on_behalf.began"]
    assert db.scalars(select(Session.on_behalf_reason).where(Session.on_behalf_of == other)).one() == REASON
