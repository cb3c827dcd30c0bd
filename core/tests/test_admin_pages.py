"""Operators' pages: who may see them, and what can be done there."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from pendopo import SettingSpec, outbox
from pendopo.identity import Account, Jabatan, Opd, Penugasan, record, verify_audit
from pendopo.identity.models import AuditEntry
from pendopo.kit import settings
from pendopo.notifications import send_mail
from pendopo.registry import current
from pendopo.testing.client import Client

EVERYTHING = ("core.manage_people", "core.manage_settings", "core.manage_plugins", "core.see_audit", "core.see_outbox")
PAGES = {
    "/admin/orang": "core.manage_people", "/admin/orang/baru": "core.manage_people", "/admin/opd": "core.manage_people",
    "/admin/opd/baru": "core.manage_people",
    "/admin/setelan": "core.manage_settings", "/admin/outbox": "core.see_outbox", "/admin/audit": "core.see_audit", "/admin/audit?periksa=1": "core.see_audit",
    "/admin/plugins": "core.manage_plugins", "/admin/plugins/identity": "core.manage_plugins", "/admin/kesehatan": "core.see_outbox",
    "/admin/setelan/uji.hari": "core.manage_settings",
}


@pytest.fixture(autouse=True)
def setting(portal):
    current().settings["uji.hari"] = SettingSpec("uji.hari", "Batas uji", "days", 3, "Bantuan uji", "Perpres uji", minimum=1, maximum=60)


@pytest.fixture
def admin(client, officer):
    actor = officer(*EVERYTHING, scope="regency", name="Rini Admin")
    client.sign_in(actor)
    return actor


@pytest.fixture
def budi(people):
    return people.officer(name="Budi Pegawai", opd="dinas_uji")


def wrong_at(answer, field, sentence):
    return re.search(rf'id="{field}-salah"[^>]*>.*?{re.escape(sentence)}', answer.text, re.S)


# ------------------------------------------------------------------------------------------------------- who may see


@pytest.mark.parametrize(("path", "permission"), PAGES.items())
def test_a_page_is_for_those_with_its_permission(client, officer, resident, path, permission):
    assert client.get(path).headers["location"].startswith("/masuk?next=")
    for actor in (resident, officer(*(p for p in EVERYTHING if p != permission), scope="regency")):
        client.sign_in(actor)
        assert client.get(path).status_code == 403
    client.sign_in(officer(permission, scope="regency"))
    assert 'data-face="kerja"' in client.get(path).text
    piece = client.fragment(path)
    assert piece.status_code == 200
    assert "<html" not in piece.text


def test_the_menu_and_the_cards_show_only_what_one_may_do(client, officer, resident):
    client.sign_in(officer("core.see_audit"))
    text = client.get("/admin/").text

    assert 'href="/admin/audit"' in text
    assert 'href="/admin/orang"' not in text
    client.sign_in(officer())
    assert client.get("/admin/").status_code == 403
    assert 'href="/admin/' not in client.get("/kerja/").text


@pytest.mark.parametrize("path", [
    "/admin/orang/999999", "/admin/opd/999999", "/admin/opd/999999/jabatan", "/admin/jabatan/999999", "/admin/setelan/tidak.ada", "/admin/plugins/tidak_ada",
])
def test_what_is_not_there_is_404(client, admin, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", [
    "/admin/orang/999999/keadaan", "/admin/penugasan/999999/akhir", "/admin/outbox/999999/ulang", "/admin/outbox/999999/batal",
    "/admin/outbox/99999999999999/ulang",
])
def test_acting_on_what_is_not_there_is_404(client, admin, path):
    assert client.post(path).status_code == 404


def test_no_write_is_open_to_anybody(client, people, budi):
    client.sign_in(people.officer())
    for path in (
        f"/admin/orang/{budi.account_id}", f"/admin/orang/{budi.account_id}/keadaan", "/admin/orang/baru", "/admin/opd/baru",
        f"/admin/opd/{budi.posts[0].opd_id}", f"/admin/jabatan/{budi.posts[0].jabatan_id}", "/admin/penugasan/1/akhir",
        "/admin/setelan/uji.hari", "/admin/outbox/1/ulang", "/admin/outbox/1/batal",
        "/admin/plugins/kerja_surat/switch",
    ):
        assert client.post(path, data={}).status_code == 403, path


# ------------------------------------------------------------------------------------------------------------- people


def test_people_are_found_by_name_address_or_nip_and_never_by_nik(client, admin, budi, people, db):
    citizen = people.resident("Ani Warga")
    db.get(Account, citizen.account_id).nik_lookup = "x"

    for text in ("budi peg", budi.email, budi.nip):
        assert "Budi Pegawai" in client.get("/admin/orang", params={"q": text}).text
    assert "Ani Warga" not in client.get("/admin/orang", params={"jenis": "pegawai"}).text
    assert "Tidak ada orang yang cocok." in client.get("/admin/orang", params={"q": "3604301708950002"}).text
    assert "Tidak ada orang yang cocok." in client.get("/admin/orang", params={"q": "100%"}).text


def new_staff(client, **changes):
    form = {"name": "Cici Baru, S.T.", "nip": "199001012015032001", "email": "cici@contoh.invalid", "phone": ""}
    return client.post("/admin/orang/baru", data={**form, **changes})


def test_a_new_civil_servant_chooses_a_password_by_mail(client, admin, db, deliver, portal):
    assert new_staff(client).status_code == 303
    deliver()
    account = db.scalars(select(Account).where(Account.name == "Cici Baru, S.T.")).one()

    assert (account.kind, account.nip, account.password_hash) == ("pegawai", "199001012015032001", None)
    assert any("/atur-sandi/" in path.read_text() for path in (portal.settings.home / "mail").glob("*.eml"))


@pytest.mark.parametrize(("field", "value", "status", "sentence"), [
    ("nip", "198513122010012003", 422, "NIP terdiri dari 18 angka"), ("nip", "", 422, "harus diisi"), ("email", "bukan", 422, "Alamat surel ditulis"),
    ("name", "", 422, "harus diisi"), ("phone", "12", 422, "Nomor telepon"),
])
def test_wrong_data_of_a_new_civil_servant_are_told_beside_the_field(client, admin, field, value, status, sentence):
    answer = new_staff(client, **{field: value})

    assert answer.status_code == status
    assert wrong_at(answer, field, sentence)
    assert field == "name" or 'value="Cici Baru, S.T."' in answer.text


def test_a_nip_or_address_in_use_is_told(client, admin, budi):
    by_nip, by_email = new_staff(client, nip=budi.nip), new_staff(client, email=budi.email)

    assert (by_nip.status_code, by_email.status_code) == (409, 409)
    assert wrong_at(by_nip, "nip", "NIP ini sudah dipakai.")
    assert wrong_at(by_email, "email", "Alamat surel ini sudah dipakai.")


def give(client, account_id, position, **changes):
    form = {"jabatan_id": position, "kind": "plh", "starts_on": date.today().isoformat(), "ends_on": (date.today() + timedelta(days=3)).isoformat()}
    return client.post(f"/admin/orang/{account_id}", data={**form, **changes})


def test_a_stand_in_is_named_and_ended(client, admin, budi, people, db):
    other = people.officer(name="Dodi Kosong")
    assert give(client, other.account_id, budi.posts[0].jabatan_id).status_code == 303
    row = db.scalars(select(Penugasan).where(Penugasan.account_id == other.account_id, Penugasan.kind == "plh")).one()

    assert "Plh" in client.get(f"/admin/orang/{other.account_id}").text
    assert "Dodi Kosong" in client.get(f"/admin/opd/{budi.posts[0].opd_id}").text
    assert client.post(f"/admin/penugasan/{row.id}/akhir").status_code == 303
    db.refresh(row)
    assert row.ends_on <= date.today() + timedelta(days=1)


@pytest.mark.parametrize(("changes", "field", "sentence"), [
    ({"ends_on": ""}, "ends_on", "Plt dan Plh perlu tanggal berakhir."), ({"ends_on": "2020-01-01"}, "ends_on", "mendahului"),
    ({"starts_on": "kemarin"}, "starts_on", "tidak dikenal"), ({"jabatan_id": "0"}, "jabatan_id", "Pilih jabatan."),
    ({"jabatan_id": "999999"}, "jabatan_id", "Pilih"), ({"kind": "tamu"}, "kind", "Pilih"),
])
def test_an_assignment_without_sense_is_told_beside_the_field(client, admin, budi, people, changes, field, sentence):
    answer = give(client, people.officer().account_id, budi.posts[0].jabatan_id, **changes)

    assert answer.status_code == 422
    assert wrong_at(answer, field, sentence)


def test_closing_an_account_ends_its_sessions_and_it_can_be_opened_again(client, admin, budi, app):
    at_work = Client(app).sign_in(budi)
    client.post(f"/admin/orang/{budi.account_id}/keadaan", data={"disabled": "1"})
    assert at_work.get("/akun/").status_code == 303
    client.post(f"/admin/orang/{budi.account_id}/keadaan", data={"disabled": "0"})
    at_work.sign_in(budi)
    assert at_work.get("/akun/").status_code == 200
    assert client.post(f"/admin/orang/{admin.account_id}/keadaan", data={"disabled": "1"}).status_code == 409


# ------------------------------------------------------------------------------------------------------------ offices


def test_an_office_with_a_position_and_its_roles(client, admin, db):
    form = {"name": "Dinas Uji Baru", "short_name": "DUB", "code": "uji_baru", "kind": "dinas", "parent_id": "0"}
    location = client.post("/admin/opd/baru", data=form).headers["location"]
    answer = client.post(f"{location}/jabatan", data={"name": "Kepala", "eselon": "II.b", "atasan_id": "0", "roles": ["auditor"]})
    jabatan = db.scalars(select(Jabatan).where(Jabatan.name == "Kepala")).one()

    assert answer.headers["location"] == location
    assert jabatan.roles == ["auditor"]
    assert client.post(f"/admin/jabatan/{jabatan.id}", data={"name": "Kepala Dinas", "eselon": "II.b", "atasan_id": "0"}).status_code == 303
    db.refresh(jabatan)
    assert (jabatan.name, jabatan.roles) == ("Kepala Dinas", [])
    text = client.get(location).text
    assert "Kepala Dinas" in text
    assert "kosong" in text


def test_wrong_data_of_an_office_are_told_beside_the_field(client, admin, budi, db):
    form = {"name": "Nama", "short_name": "N", "code": "dinas_uji", "kind": "dinas", "parent_id": "0"}
    taken = client.post("/admin/opd/baru", data=form)
    shape = client.post("/admin/opd/baru", data={**form, "code": "Dinas Uji!"})
    opd_id = budi.posts[0].opd_id
    circle = client.post(f"/admin/opd/{opd_id}", data={"name": "N", "short_name": "N", "kind": "dinas", "parent_id": str(opd_id)})

    assert (taken.status_code, shape.status_code, circle.status_code) == (409, 422, 422)
    assert wrong_at(taken, "code", "Kode ini sudah dipakai.")
    assert wrong_at(shape, "code", "huruf kecil")
    assert wrong_at(circle, "parent_id", "di bawah OPD ini sendiri")
    assert db.get(Opd, opd_id).parent_id is None


# ----------------------------------------------------------------------------------------------------------- settings


def test_a_value_holds_from_its_day_on_and_earlier_days_keep_theirs(client, admin, db):
    later = date.today() + timedelta(days=30)
    answer = client.post("/admin/setelan/uji.hari", data={"value": "7", "effective_from": later.isoformat(), "note": "Perbup 1/2026"})

    assert answer.status_code == 303
    assert settings.value(db, "uji.hari") == 3
    assert settings.value(db, "uji.hari", on=later) == 7
    text = client.get("/admin/setelan/uji.hari").text
    for words in ("Perbup 1/2026", "akan berlaku", "Rini Admin", "Perpres uji"):
        assert words in text


@pytest.mark.parametrize(("changes", "field", "sentence"), [
    ({"value": "tujuh"}, "value", "tidak dapat dibaca"), ({"value": "61"}, "value", "antara"), ({"value": ""}, "value", "harus diisi"),
    ({"effective_from": "nanti"}, "effective_from", "tidak dikenal"), ({"note": "x" * 301}, "note", "Paling banyak 300"),
])
def test_a_value_without_sense_is_told_beside_the_field_and_stays_typed(client, admin, changes, field, sentence):
    answer = client.post("/admin/setelan/uji.hari", data={"value": "7", "effective_from": "2026-12-01", "note": "", **changes})

    assert answer.status_code == 422
    assert wrong_at(answer, field, sentence)
    assert f'value="{changes.get("value", "7")}"' in answer.text


# ------------------------------------------------------------------------------------------------- deliveries and trail


def test_a_failed_delivery_is_seen_without_its_contents_tried_again_or_given_up(client, admin, db, portal, deliver):
    portal.settings.smtp_url = "smtp://127.0.0.1:9"
    try:
        context = {"name": "A", "token": "rahasia-sekali"}
        send_mail(db, to="siti.aminah@contoh.invalid", template="identity/mail/confirm", context=context, language="id", key="satu")
        deliver()
    finally:
        portal.settings.smtp_url = ""
    row = db.scalars(select(outbox.OutboxRow).where(outbox.OutboxRow.kind == "mail")).one()
    text = client.get("/admin/outbox").text

    assert "si…@contoh.invalid" in text
    for secret in ("siti.aminah", "rahasia-sekali"):
        assert secret not in text
    row.failed_at = datetime.now(UTC)
    assert "si…@contoh.invalid" in client.get("/admin/outbox?keadaan=failed").text
    assert client.post(f"/admin/outbox/{row.id}/ulang").status_code == 303
    deliver()
    db.refresh(row)
    assert row.done_at is not None
    assert client.post(f"/admin/outbox/{row.id}/ulang").status_code == 404


def test_a_delivery_is_given_up_only_once_it_failed(client, admin, db):
    outbox.put(db, "message", target="email:1", key="satu", payload={})
    row = db.scalars(select(outbox.OutboxRow)).one()

    assert client.post(f"/admin/outbox/{row.id}/batal").status_code == 404
    row.failed_at = datetime.now(UTC)
    assert client.post(f"/admin/outbox/{row.id}/batal").status_code == 303
    db.refresh(row)
    assert row.done_at is not None


def test_the_trail_is_read_by_filters_and_checked(client, admin, db):
    record(db, admin, "uji.satu", "hal:1", {"alasan": "pertama"})
    record(db, admin, "lain.dua", "hal:2", {"alasan": "kedua"})
    only = client.get("/admin/audit", params={"tindakan": "uji."}).text

    assert "pertama" in only
    assert "kedua" not in only
    assert "kedua" in client.get("/admin/audit", params={"siapa": "rini"}).text
    assert "Tidak ada catatan yang cocok." in client.get("/admin/audit", params={"perihal": "%"}).text
    assert "Jejak audit utuh" in client.get("/admin/audit?periksa=1").text
    assert client.get("/admin/audit?sebelum=abc").status_code == 200


def test_what_operators_do_stands_in_the_trail(client, admin, budi, db):
    client.post("/admin/setelan/uji.hari", data={"value": "7", "effective_from": "2026-12-01", "note": ""})
    client.post(f"/admin/orang/{budi.account_id}/keadaan", data={"disabled": "1"})

    assert [(entry.action, entry.actor_name) for entry in db.scalars(select(AuditEntry).order_by(AuditEntry.id))] == [
        ("setting.changed", "Rini Admin"), ("people.disabled", "Rini Admin"),
    ]
    assert verify_audit(db) is None
