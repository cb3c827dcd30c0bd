"""Signing up, in and out, and what answers never tell."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select, text

from pendopo.identity import Account, Session, load_actor
from pendopo.identity.models import Token
from pendopo.identity.secrecy import decrypt_nik, hash_password
from pendopo.notifications.models import InboxMessage

PASSWORD = "kopi pahit di pagi hari"
NIK = "3604301708950002"
INVENTED = "3604301708950000"


@pytest.fixture(scope="session")
def password_hash():
    return hash_password(PASSWORD)


@pytest.fixture
def siti(people, password_hash):
    """A citizen with an address, a short name and a password."""
    return people.resident("Siti Contoh", password_hash=password_hash, handle="siti")


def letters(portal):
    """Mails that were written, oldest first."""
    files = sorted((portal.settings.home / "mail").glob("*.eml"), key=lambda path: int(path.stem.rpartition("-")[2]))
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]


def link_in(letter):
    return re.search(r"http://testserver(/\S+)", letter.get_content())[1]


def sign_in(client, name, password=PASSWORD, **more):
    return client.post("/masuk", data={"name": name, "password": password, **more})


def sign_up(client, **changes):
    form = {"name": "Budi Warga", "email": "budi@contoh.invalid", "phone": "0812-3456-7890", "nik": NIK, "password": PASSWORD, "agree": "y"}
    return client.post("/daftar", data={**form, **changes})


# --------------------------------------------------------------------------------------------------------- signing in


def test_a_short_name_or_an_address_opens_a_session(client, siti):
    for name in ("siti", " SITI ", siti.email):
        answer = sign_in(client, name)

        assert answer.status_code == 303
        assert answer.headers["location"] == "/"
        assert "HttpOnly" in answer.headers["set-cookie"]
        assert client.get("/akun/").status_code == 200
        client.sign_out()


def test_signing_in_goes_on_to_where_one_wanted_to_be_and_never_elsewhere(client, siti):
    assert client.get("/akun/").headers["location"] == "/masuk?next=%2Fakun%2F"
    assert sign_in(client, "siti", next="/akun/").headers["location"] == "/akun/"
    client.sign_out()
    assert sign_in(client, "siti", next="//jahat.example/").headers["location"] == "/"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, siti):
    known = sign_in(client, "siti", "bukan sandinya")
    unknown = sign_in(client, "sita", "bukan sandinya")

    assert known.status_code == unknown.status_code == 422
    assert known.text.replace("siti", "?") == unknown.text.replace("sita", "?")
    assert "Nama masuk atau kata sandi tidak cocok." in known.text


def test_an_unknown_name_costs_as_much_work_as_a_known_one(client, siti, monkeypatch):
    from pwdlib.hashers.argon2 import Argon2Hasher

    done = []
    verify = Argon2Hasher.verify
    monkeypatch.setattr(Argon2Hasher, "verify", lambda self, *arguments: done.append(1) or verify(self, *arguments))
    sign_in(client, "siti", "bukan sandinya")
    for_known = len(done)
    sign_in(client, "sita", "bukan sandinya")

    assert for_known == 1
    assert len(done) == 2


def test_closed_and_unconfirmed_accounts_are_refused_like_any_wrong_guess(client, siti, db):
    account = db.get(Account, siti.account_id)
    for column, value in (("disabled_at", datetime.now(UTC)), ("email_confirmed_at", None)):
        before = getattr(account, column)
        setattr(account, column, value)
        answer = sign_in(client, "siti")

        assert answer.status_code == 422
        assert "Nama masuk atau kata sandi tidak cocok." in answer.text
        setattr(account, column, before)


def test_guessing_is_slowed_down_alike_for_known_and_unknown_names(client, siti):
    for name in ("siti", "sita"):
        tries = [sign_in(client, name, f"tebakan {n}").status_code for n in range(6)]

        assert tries == [422] * 5 + [429]
    assert sign_in(client, "siti").status_code == 429


def test_what_was_typed_stays_but_the_password_is_not_sent_back(client):
    answer = sign_in(client, "siapa@contoh.invalid", "rahasia sekali")

    assert 'value="siapa@contoh.invalid"' in answer.text
    assert "rahasia sekali" not in answer.text


def test_a_file_in_the_place_of_words_is_wrong_input(client):
    answer = client.post("/masuk", data={"password": "x"}, files={"name": ("a.txt", b"isi"), "next": ("b.txt", b"isi")})

    assert answer.status_code == 422


def test_signing_out_ends_the_session(client, siti):
    client.sign_in(siti)
    client.post("/keluar")

    assert client.get("/akun/").status_code == 303


def test_a_used_session_stays_alive_and_a_forgotten_one_ends(client, siti, db, portal):
    client.sign_in(siti)
    row = db.scalars(select(Session).where(Session.account_id == siti.account_id).order_by(Session.id.desc())).first()
    row.last_seen_at -= timedelta(hours=1)
    row.expires_at -= timedelta(days=20)
    client.get("/akun/")
    db.refresh(row)

    assert row.expires_at > datetime.now(UTC) + timedelta(days=29)

    row.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    assert client.get("/akun/").status_code == 303


# --------------------------------------------------------------------------------------------------------- signing up


def test_a_new_citizen_confirms_the_address_and_gets_in(client, portal, deliver, db):
    assert sign_up(client).status_code == 200
    deliver()
    link = link_in(letters(portal)[0])

    assert sign_in(client, "budi@contoh.invalid").status_code == 422
    assert client.get(link).status_code == 200
    assert client.get(link).status_code == 200, "a mail scanner that opens the link must not spend it"
    assert client.post(link).status_code == 303
    assert client.post(link).status_code == 404
    assert sign_in(client, "budi@contoh.invalid").status_code == 303
    client.sign_out()
    assert sign_in(client, NIK).status_code == 303


def test_a_nik_is_kept_encrypted_and_shown_masked(client, portal, deliver, db):
    sign_up(client)
    deliver()
    account = db.scalars(select(Account)).one()
    client.sign_in(account.id)

    assert decrypt_nik(account.nik_cipher) == NIK
    assert NIK.encode() not in account.nik_cipher
    assert account.nik_lookup != NIK
    assert "3604••••••••0002" in client.get("/akun/").text
    for table in ("core_account", "core_audit", "core_outbox", "core_token"):
        assert not any(NIK in str(value) for row in db.execute(text(f"SELECT * FROM {table}")) for value in row), table


def test_a_known_address_gets_the_same_page_and_a_mail_that_says_so(client, portal, deliver, siti, db):
    fresh = sign_up(client)
    known = sign_up(client, email=siti.email, nik="")
    deliver()

    assert (known.status_code, known.text) == (fresh.status_code, fresh.text)
    assert {letter["To"]: letter["Subject"] for letter in letters(portal)} == {
        "budi@contoh.invalid": "Pastikan alamat surel Anda", siti.email: "Anda sudah mempunyai akun",
    }
    assert len(db.scalars(select(Account)).all()) == 2


def test_a_known_nik_gets_the_same_page_and_mail_and_only_its_holder_hears_of_it(client, portal, deliver, db):
    first = sign_up(client)
    second = sign_up(client, email="lain@contoh.invalid")
    deliver()
    holder, other = db.scalars(select(Account).order_by(Account.id)).all()

    assert (first.status_code, first.text) == (second.status_code, second.text)
    assert [letter["Subject"] for letter in letters(portal)] == ["Pastikan alamat surel Anda"] * 2
    assert holder.nik_lookup
    assert other.nik_lookup is None
    told = db.scalars(select(InboxMessage)).all()
    assert [(message.account_id, message.topic) for message in told] == [(holder.id, "core.security")]


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("email", "bukan surel", "Alamat surel ditulis seperti"),
    ("email", "", "Bagian ini harus diisi."),
    ("password", "pendek", "Kata sandi paling sedikit 10 huruf."),
    ("password", "bismillah1", "mudah ditebak"),
    ("password", "x" * 201, "Paling banyak 200"),
    ("phone", "12345", "Nomor telepon ditulis seperti"),
    ("nik", "3604301308950000", "16 angka"),
    ("nik", "3604303202950001", "16 angka"),
    ("nik", "abc", "16 angka"),
    ("name", "", "Bagian ini harus diisi."),
    ("agree", "", "Bagian ini harus diisi."),
])
def test_wrong_input_is_told_beside_its_field_and_nothing_typed_is_lost(client, db, field, value, sentence):
    answer = sign_up(client, **{field: value})

    assert answer.status_code == 422
    assert re.search(rf'id="{field}-salah"[^>]*>.*?{re.escape(sentence)}', answer.text, re.S)
    assert f'href="#{field}"' in answer.text
    for name, kept in (("name", "Budi Warga"), ("email", "budi@contoh.invalid"), ("phone", "0812-3456-7890")):
        assert field == name or f'value="{kept}"' in answer.text
    assert db.scalars(select(Account)).all() == []


def test_signing_up_again_and_again_from_one_place_is_stopped(client):
    statuses = [sign_up(client, email=f"a{n}@contoh.invalid", nik="").status_code for n in range(6)]

    assert statuses == [200] * 5 + [429]


# ------------------------------------------------------------------------------------------------------- new passwords


def test_asking_for_a_new_password_answers_the_same_whether_there_is_an_account(client, siti, portal, deliver):
    known = client.post("/lupa-sandi", data={"name": siti.email})
    unknown = client.post("/lupa-sandi", data={"name": "tidak-ada@contoh.invalid"})
    deliver()

    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert [letter["To"] for letter in letters(portal)] == [siti.email]


def test_a_mailed_link_sets_a_new_password_once_and_ends_every_session(client, siti, portal, deliver, db):
    client.sign_in(siti)
    client.post("/lupa-sandi", data={"name": "siti"})
    deliver()
    link = link_in(letters(portal)[0])

    assert client.post(link, data={"password": "pendek"}).status_code == 422
    assert client.post(link, data={"password": "sandi baru yang panjang"}).status_code == 303
    assert client.get("/akun/").status_code == 303
    assert "kedaluwarsa" in client.get(link).text
    assert sign_in(client, "siti").status_code == 422
    assert sign_in(client, "siti", "sandi baru yang panjang").status_code == 303


def test_a_link_that_is_too_old_does_nothing(client, siti, portal, deliver, db):
    client.post("/lupa-sandi", data={"name": "siti"})
    deliver()
    db.scalars(select(Token)).one().expires_at = datetime.now(UTC) - timedelta(seconds=1)

    answer = client.post(link_in(letters(portal)[0]), data={"password": "sandi baru yang panjang"})

    assert answer.status_code == 422
    assert "kedaluwarsa" in answer.text


def test_a_session_of_a_closed_account_is_nobodys(client, siti, db, portal):
    client.sign_in(siti)
    token = client.cookies[portal.session_cookie]
    db.get(Account, siti.account_id).disabled_at = datetime.now(UTC)
    db.flush()

    assert load_actor(db, token, now=datetime.now(UTC), roles={}) is None
