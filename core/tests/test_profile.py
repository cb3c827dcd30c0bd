"""What the portal knows of a person: kept once, shown with its source, corrected, exported, erased."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from pendopo.errors import InvalidInput
from pendopo.identity import ANONYMOUS, encrypt_nik
from pendopo.kit.profile import ProfileValue, forget, known, known_facts, remember
from pendopo.testing.people import People

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
NIK = "3604301708950002"
TYPED = {"nama": "Siti  Aminah", "nik": "3604 3017 0895 0002", "tanggal_lahir": date(1995, 8, 17), "jk": "P", "hp": "0812-3456-7890", "desa_code": "36.04.30.2001"}


def test_what_one_form_asked_fills_the_next(db, resident):
    remember(db, resident, {**TYPED, "judul": "Bukan fakta", "agama": ""}, source="gawe_kartukuning", now=NOW)

    assert known(db, resident.account_id) == {
        "nama": "Siti Aminah", "nik": NIK, "tanggal_lahir": date(1995, 8, 17), "jk": "P", "hp": "+6281234567890", "desa_code": "36.04.30.2001",
        "email": resident.email,
    }


def test_nothing_is_known_of_nobody(db):
    remember(db, ANONYMOUS, TYPED, now=NOW)
    assert known(db, None) == {}
    assert db.scalars(select(ProfileValue)).all() == []


def test_numbers_of_identity_are_kept_encrypted(db, resident):
    remember(db, resident, {"nik": NIK, "no_kk": "3604300101100001"}, now=NOW)
    for row in db.scalars(select(ProfileValue)):
        assert row.value == ""
        assert b"36043" not in row.cipher


def test_each_fact_knows_where_it_came_from(db, resident):
    remember(db, resident, {"pekerjaan": "Petani", "agama": "islam"}, source="gawe_kartukuning", now=NOW)
    remember(db, resident, {"pekerjaan": "Pedagang", "agama": "islam"}, source="gawe_simponie", now=NOW)
    facts = known_facts(db, resident.account_id)
    assert [(facts[name].value, facts[name].source) for name in ("pekerjaan", "agama", "nama")] == [
        ("Pedagang", "gawe_simponie"), ("islam", "gawe_kartukuning"), (resident.name, "akun"),
    ]


def test_the_accounts_own_nik_and_email_come_first(db, portal):
    person = People(portal).resident(nik_cipher=encrypt_nik(NIK), nik_lookup="x")
    remember(db, person, {"nik": "3604301708950003", "email": "lain@contoh.invalid"}, now=NOW)
    assert known(db, person.account_id)["nik"] == NIK
    assert known(db, person.account_id)["email"] == person.email


@pytest.mark.parametrize(
    ("name", "value"),
    [("nik", "123"), ("no_kk", "36"), ("tanggal_lahir", "kemarin"), ("jk", "X"), ("agama", "lain"), ("desa_code", "36.04.30"), ("hp", "12")],
)
def test_a_value_that_is_none_is_refused(db, resident, name, value):
    with pytest.raises(InvalidInput):
        remember(db, resident, {name: value}, now=NOW)


def test_the_person_sees_corrects_and_erases_it(client, db, resident):
    remember(db, resident, {"alamat": "Kp. Lama", "nik": NIK, "pekerjaan": "Petani"}, source="gawe_pelaporan", now=NOW)
    client.sign_in(resident)
    page = client.get("/data-saya/").text
    assert "Kp. Lama" in page
    assert "Dari formulir" in page
    sent = {"nama": "Siti Aminah", "alamat": "Kp. Baru RT 01/02", "jk": "P", "hp": "0812-3456-7890", "nik": NIK, "pekerjaan": "", "agama": "", "status_kawin": ""}
    assert client.post("/data-saya/", data=sent).status_code == 303

    facts = known(db, resident.account_id)
    assert (facts["alamat"], facts["jk"], facts["nik"], "pekerjaan" in facts) == ("Kp. Baru RT 01/02", "P", NIK, False)
    assert client.post("/data-saya/", data={"hp": "12"}).status_code == 422
    assert client.post("/data-saya/penghapusan").status_code == 303
    assert set(known(db, resident.account_id)) == {"nama", "email"}


def test_strangers_sign_in_first(client):
    assert client.get("/data-saya/").status_code in (303, 401)
    assert client.post("/data-saya/penghapusan").status_code in (303, 401)


def test_the_copy_to_take_away_holds_it_with_masked_numbers(client, db, resident):
    remember(db, resident, {"alamat": "Kp. Lama", "nik": NIK}, source="gawe_pelaporan", now=NOW)
    copy = client.sign_in(resident).get("/akun/data-saya.json").text
    assert "Kp. Lama" in copy
    assert NIK not in copy


def test_whoever_is_erased_is_forgotten(db, resident, deliver):
    from pendopo import outbox

    remember(db, resident, TYPED, now=NOW)
    outbox.tell(db, "person_erased", key="uji", account_id=resident.account_id)
    deliver()
    assert db.scalars(select(ProfileValue)).all() == []


def test_only_some_facts_may_be_forgotten(db, resident):
    remember(db, resident, TYPED, now=NOW)
    forget(db, resident.account_id, ["jk"])
    assert "jk" not in known(db, resident.account_id)
    assert "nik" in known(db, resident.account_id)


def test_an_officer_who_acts_for_a_citizen_fills_in_the_citizens_facts(db, portal, resident):
    import dataclasses

    officer = dataclasses.replace(People(portal).officer("core.act_for"), on_behalf_of=resident.account_id)
    remember(db, officer, {"alamat": "Kp. Baru"}, now=NOW)
    fact = known_facts(db, resident.account_id)["alamat"]
    assert (fact.value, fact.by_id) == ("Kp. Baru", officer.account_id)
    assert "alamat" not in known(db, officer.account_id)
