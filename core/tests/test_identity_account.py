"""One's own account: data, devices, the copy to take away, and being forgotten."""

import re

import pytest
from sqlalchemy import select

from pendopo.identity import Account, Session
from pendopo.identity.models import AuditEntry
from pendopo.identity.secrecy import hash_password
from pendopo.notifications.models import InboxMessage
from pendopo.testing.client import Client

PASSWORD = "kopi pahit di pagi hari"
NIK = "3604301708950002"


@pytest.fixture(scope="session")
def password_hash():
    return hash_password(PASSWORD)


@pytest.fixture
def siti(people, client, password_hash):
    """A citizen who is signed in."""
    actor = people.resident("Siti Contoh", password_hash=password_hash)
    client.sign_in(actor)
    return actor


@pytest.mark.parametrize("path", ["/akun/", "/akun/perangkat", "/akun/data-saya", "/akun/hapus", "/inbox/", "/inbox/pilihan"])
def test_own_pages_are_whole_or_a_piece_and_ask_to_sign_in(client, siti, path):
    assert "<html" in client.get(path).text
    piece = client.fragment(path)
    assert piece.status_code == 200
    assert "<html" not in piece.text
    client.sign_out()
    assert client.get(path).headers["location"].startswith("/masuk?next=")


def test_changing_ones_data(client, siti, db):
    form = {"name": "Siti Aminah", "email": siti.email, "phone": "0812 3456 7890", "language": "en"}

    assert client.post("/akun/data", data=form).status_code == 303
    account = db.get(Account, siti.account_id)
    assert (account.name, account.phone, account.language) == ("Siti Aminah", "+6281234567890", "en")
    assert 'value="0812-3456-7890"' in client.get("/akun/").text


@pytest.mark.parametrize(("field", "value"), [("name", ""), ("email", "bukan surel"), ("email", ""), ("phone", "abc"), ("language", "xx")])
def test_wrong_data_are_told_beside_the_field_and_change_nothing(client, siti, db, field, value):
    form = {"name": "Nama Baru", "email": siti.email, "phone": "", "language": "id"}
    answer = client.post("/akun/data", data={**form, field: value})

    assert answer.status_code == 422
    assert re.search(rf'id="{field}-salah"', answer.text)
    assert field == "name" or 'value="Nama Baru"' in answer.text
    assert db.get(Account, siti.account_id).name == "Siti Contoh"


def test_a_new_address_counts_once_its_link_was_used_and_the_old_one_hears_of_it(client, siti, db, deliver, portal):
    form = {"name": "Siti Contoh", "email": "baru@contoh.invalid", "phone": "", "language": "id"}
    client.post("/akun/data", data=form)
    deliver()
    letters = [path.read_text() for path in (portal.settings.home / "mail").glob("*.eml")]
    link = re.search(r"http://testserver(/konfirmasi/\S+)", letters[0])[1]

    assert db.get(Account, siti.account_id).email == siti.email
    assert client.post(link).status_code == 303
    assert db.get(Account, siti.account_id).email == "baru@contoh.invalid"
    deliver()
    assert any(f"To: {siti.email}" in path.read_text() for path in (portal.settings.home / "mail").glob("*.eml"))


def test_noting_ones_nik_once(client, siti, db):
    assert client.post("/akun/nik", data={"nik-nik": "123"}).status_code == 422
    assert client.post("/akun/nik", data={"nik-nik": NIK}).status_code == 303
    assert client.post("/akun/nik", data={"nik-nik": "3604305708950001"}).status_code == 409
    assert "3604••••••••0002" in client.get("/akun/").text


def test_a_nik_of_somebody_else_sends_one_to_the_counter_and_its_holder_hears_of_it(client, siti, db, people):
    other = people.resident("Ani Contoh")
    client.sign_in(other)
    client.post("/akun/nik", data={"nik-nik": NIK})
    client.sign_in(siti)
    answer = client.post("/akun/nik", data={"nik-nik": NIK})

    assert answer.status_code == 409
    assert "Datanglah ke loket" in answer.text
    assert [m.account_id for m in db.scalars(select(InboxMessage))] == [other.account_id]


def test_changing_the_password_needs_the_old_one_and_ends_other_devices(client, siti, app, db):
    elsewhere = Client(app).sign_in(siti)
    client.sign_in(siti)
    wrong = client.post("/akun/sandi", data={"sandi-old": "bukan ini", "sandi-password": "sandi baru yang panjang"})

    assert wrong.status_code == 422
    assert "Kata sandi lama tidak cocok." in wrong.text
    assert client.post("/akun/sandi", data={"sandi-old": PASSWORD, "sandi-password": "sandi baru yang panjang"}).status_code == 303
    assert elsewhere.get("/akun/").status_code == 303
    assert client.get("/akun/").status_code == 200
    assert [m.topic for m in db.scalars(select(InboxMessage))] == ["core.security"]


# ------------------------------------------------------------------------------------------------------------ devices


def test_one_device_or_all_others_are_signed_out(client, siti, app, db):
    phone, library = Client(app).sign_in(siti), Client(app).sign_in(siti)
    page = client.get("/akun/perangkat")
    first = db.scalars(select(Session).where(Session.account_id == siti.account_id).order_by(Session.id.desc())).all()

    assert page.text.count('action="/akun/perangkat/') == len(first) - 1
    assert client.post(f"/akun/perangkat/{first[0].id}").status_code == 303
    assert library.get("/akun/").status_code == 303
    assert phone.get("/akun/").status_code == 200
    assert client.post("/akun/perangkat-lain").status_code == 303
    assert phone.get("/akun/").status_code == 303
    assert client.get("/akun/").status_code == 200


def test_nobody_signs_out_somebody_elses_device(client, siti, people, app):
    other = people.resident("Ani Contoh")
    elsewhere = Client(app).sign_in(other)
    client.sign_in(siti)

    assert client.post(f"/akun/perangkat/{other.session_id}").status_code == 404
    assert client.post("/akun/perangkat/99999999999999999999").status_code == 404
    assert elsewhere.get("/akun/").status_code == 200


# ----------------------------------------------------------------------------------------------------------- own data


def test_the_copy_of_ones_data_comes_from_every_part_of_the_house(client, siti, db):
    from pendopo.notifications import notify

    notify(db, topic="core.security", to=[siti.account_id], template="identity/notify/password_changed", context={}, key="uji")
    copy = client.get("/akun/data-saya.json")
    parts = {part["title"]: part for part in copy.json()["data"]}

    assert copy.headers["content-disposition"] == 'attachment; filename="data-saya.json"'
    assert copy.headers["cache-control"] == "no-store"
    assert parts["Akun"]["rows"][0]["name"] == "Siti Contoh"
    assert parts["Pesan"]["rows"][0]["subject"] == "Kata sandi Anda diganti"
    assert all(part["purpose"] and part["basis"] for part in parts.values())


def test_the_copy_holds_nobody_elses_data(client, siti, people):
    people.resident("Ani Rahasia")

    assert "Ani Rahasia" not in client.get("/akun/data-saya.json").text


def test_erasing_needs_the_password(client, siti, db):
    answer = client.post("/akun/hapus", data={"password": "bukan ini"})

    assert answer.status_code == 422
    assert "Kata sandi tidak cocok." in answer.text
    assert db.get(Account, siti.account_id).erased_at is None


def test_an_erased_person_is_gone_from_the_house_and_every_plugin_hears_of_it(client, siti, db, deliver, app):
    from pendopo.notifications import notify

    elsewhere = Client(app).sign_in(siti)
    notify(db, topic="core.security", to=[siti.account_id], template="identity/notify/password_changed", context={}, key="uji")
    db.get(Account, siti.account_id).nik_lookup = "x"
    assert client.post("/akun/hapus", data={"password": PASSWORD}).status_code == 303
    deliver()
    account = db.get(Account, siti.account_id)

    assert elsewhere.get("/akun/").status_code == 303
    assert (account.email, account.phone, account.nik_lookup, account.nik_cipher, account.password_hash) == (None,) * 5
    assert "Siti" not in account.name
    assert not any("Siti" in entry.actor_name for entry in db.scalars(select(AuditEntry).where(AuditEntry.action == "account.erased")))
    assert db.scalars(select(InboxMessage)).all() == []
    assert {row.address for row in db.scalars(select(Session))} == {""}
    assert client.post("/masuk", data={"name": siti.email, "password": PASSWORD}).status_code == 422


def test_staff_do_not_erase_themselves(client, officer, db, password_hash):
    actor = officer()
    db.get(Account, actor.account_id).password_hash = password_hash
    client.sign_in(actor)

    assert client.post("/akun/hapus", data={"password": PASSWORD}).status_code == 409
