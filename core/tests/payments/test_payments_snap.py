"""The bank calls: only what is signed, fresh and with a token is heard, and what is told again is counted once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pendopo.kit.payments import snap, snap_calls
from pendopo.kit.payments.models import Excess, Payment, PaymentRequest
from pendopo.kit.payments.simulator.bank import Notice, Transfer
from pendopo.kit.payments.simulator.calls import token_headers

INQUIRY = "/bayar/snap/v1.0/transfer-va/inquiry"


def paid(db):
    return db.scalar(select(func.count()).select_from(Payment))


@pytest.fixture
def notice(bank, make_bill, va, now):
    bill = make_bill()
    return bank.pay("va", va(bill), bill.kode_bayar, bill.amount, at=now)[0]


# ---------------------------------------------------------------------------------------------------------- signatures


@pytest.mark.once
def test_a_transaction_signature_is_what_the_standard_says():
    body = b'{ "a" : "b c", "n": 1.50 }'
    text = "POST:/v1.0/x:tok:" + hashlib.sha256(b'{"a":"b c","n":1.50}').hexdigest() + ":2026-11-25T12:00:00+07:00"
    wanted = base64.b64encode(hmac.new(b"rahasia", text.encode(), hashlib.sha512).digest()).decode()

    assert snap.sign_transaction("rahasia", "post", "/v1.0/x", "tok", body, "2026-11-25T12:00:00+07:00") == wanted


@pytest.mark.once
def test_only_the_holder_of_the_key_gets_a_token(keys):
    signature = snap.sign_token_request(keys.bank_private_key.encode(), "bank", "2026-11-25T12:00:00+07:00")

    assert snap.token_request_holds(keys.bank_public_key.encode(), "bank", "2026-11-25T12:00:00+07:00", signature)
    assert not snap.token_request_holds(keys.public_key.encode(), "bank", "2026-11-25T12:00:00+07:00", signature)
    assert not snap.token_request_holds(keys.bank_public_key.encode(), "bank", "2026-11-25T12:00:01+07:00", signature)
    assert not snap.token_request_holds(keys.bank_public_key.encode(), "bank", "2026-11-25T12:00:00+07:00", "bukan base64")


@pytest.mark.once
def test_a_token_ends_and_can_not_be_made_by_others(now):
    token = snap.make_token(b"rahasia", "bank", now + timedelta(minutes=15))

    assert snap.token_owner(b"rahasia", token, now) == "bank"
    assert snap.token_owner(b"rahasia", token, now + timedelta(minutes=16)) is None
    assert snap.token_owner(b"lain", token, now) is None
    assert snap.token_owner(b"rahasia", token[:-1], now) is None
    assert snap.token_owner(b"rahasia", "", now) is None


@pytest.mark.once
@pytest.mark.parametrize(("said", "amount"), [("97600.00", 97600), ("97600", 97600), ("97600.50", None), ("-1.00", None), ("1e5", None), ("", None)])
def test_amounts_are_whole_rupiah(said, amount):
    assert snap.read_rupiah({"value": said, "currency": "IDR"}) == amount
    assert snap.read_rupiah({"value": said, "currency": "USD"}) is None


def test_a_token_is_refused_when_its_request_is_old(portal, keys, wire, now):
    headers = {name.lower(): value for name, value in token_headers(keys, now - timedelta(minutes=10)).items()}
    call = snap_calls.Call("/bayar/snap/v1.0/access-token/b2b", headers, b"{}")

    assert snap_calls.answer_token(wire.snap, call, window_s=300, now=now).status == 401


# ---------------------------------------------------------------------------------------------------------- refusals


def test_what_is_rightly_signed_is_counted(db, wire, notice):
    assert wire.send(db, notice).body["responseCode"] == "2002500"
    assert paid(db) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"x_signature": "AAAA"}, {"x_signature": ""}, {"authorization": "Bearer palsu.palsu"}, {"authorization": ""}, {"x_timestamp": "kemarin"},
        {"x_timestamp": "2026-11-24T04:00:00+00:00"}, {"x_timestamp": "2026-11-24T05:00:00"},
    ],
)
def test_what_is_not_is_refused_and_changes_nothing(db, wire, notice, wrong):
    assert wire.send(db, notice, **wrong).status == 401
    assert paid(db) == 0


def test_a_body_that_was_changed_on_its_way_is_refused(db, wire, notice):
    call = wire.call(notice)
    changed = snap_calls.Call(call.path, call.headers, call.body.replace(b"97600.00", b"1.00"))

    assert snap_calls.answer(db, wire.snap, changed, now=wire.now).status == 401


def test_a_call_that_is_replayed_later_is_refused(db, wire, notice):
    call = wire.call(notice)

    assert snap_calls.answer(db, wire.snap, call, now=wire.now + timedelta(seconds=301)).status == 401


def test_the_forged_call_of_somebody_else_is_refused(db, bank, wire, make_bill, va, now):
    bill = make_bill()
    real, fake = bank.pay("va", va(bill), bill.kode_bayar, bill.amount, at=now, faults={"forged"})

    assert [wire.send(db, one).status for one in (fake, real)] == [401, 200]
    assert paid(db) == 1


# ---------------------------------------------------------------------------------------------------------- told again


def test_the_same_external_id_gets_the_same_answer(db, wire, notice):
    answers = [wire.send(db, notice, x_external_id="77") for _ in range(2)]

    assert answers[0] == answers[1]
    assert paid(db) == 1


def test_the_same_external_id_with_another_body_is_a_conflict(db, wire, notice):
    wire.send(db, notice, x_external_id="77")
    other = Notice(notice.path, {**notice.body, "referenceNo": "LAIN"}, "LAIN")

    assert wire.send(db, other, x_external_id="77").body["responseCode"] == "4092500"
    assert paid(db) == 1


def test_the_same_payment_under_another_external_id_is_counted_once(db, wire, notice):
    assert [wire.send(db, notice).status for _ in range(3)] == [200, 200, 200]
    assert paid(db) == 1
    assert db.scalar(select(func.count()).select_from(Excess)) == 0


@pytest.mark.parametrize("external_id", ["", "1" * 37])
def test_a_call_without_a_fitting_external_id_is_refused(db, wire, notice, external_id):
    assert wire.send(db, notice, x_external_id=external_id).body["responseCode"] == "4002502"


# ---------------------------------------------------------------------------------------------------------- contents


def test_an_inquiry_says_what_is_due_and_hides_the_name(db, wire, make_bill, va):
    bill = make_bill(amount=97_600, payer_name="Siti Aminah")
    answer = wire.send(db, Notice(INQUIRY, {"virtualAccountNo": va(bill), "inquiryRequestId": "1"}, ""))

    said = answer.body["virtualAccountData"]
    assert said["totalAmount"] == {"value": "97600.00", "currency": "IDR"}
    assert said["virtualAccountName"] == "S••• A•••••"


def test_an_inquiry_for_a_paid_or_unknown_bill_is_refused_with_its_reason(db, wire, notice, make_bill, va):
    wire.send(db, notice)
    asked = Notice(INQUIRY, {"virtualAccountNo": notice.body["virtualAccountNo"]}, "")
    unknown = Notice(INQUIRY, {"virtualAccountNo": "836041234567890123"}, "")

    assert wire.send(db, asked).body["responseCode"] == "4042414"
    assert wire.send(db, unknown).body["responseCode"] == "4042412"


@pytest.mark.parametrize("body", [{}, {"virtualAccountNo": "1"}, {"paidAmount": {"value": "1.00", "currency": "IDR"}}])
def test_a_payment_that_lacks_something_is_refused(db, wire, body):
    assert wire.send(db, Notice("/bayar/snap/v1.0/transfer-va/payment", body, "")).status in (400, 404)


def test_a_body_that_is_no_json_object_is_refused(db, wire, notice):
    call = wire.call(notice)
    for body in (b"", b"[]", b"{", b'"x"'):
        signature = snap.sign_transaction(wire.keys.bank_client_secret, "POST", call.path, wire.token, body, call.headers["x-timestamp"])
        assert snap_calls.answer(db, wire.snap, snap_calls.Call(call.path, {**call.headers, "x-signature": signature}, body), now=wire.now).status == 400


def test_a_qr_code_is_paid_under_our_own_number(db, wire, bank, make_bill, now):
    bill = make_bill()
    request = PaymentRequest(bill_id=bill.id, way="qris", provider="snap", amount=bill.amount, status="siap", created_at=now, expires_at=now + timedelta(minutes=30))
    db.add(request)
    db.flush()
    told = bank.notice(Transfer("R1", "qris", f"TGH{request.id:09d}", bill.kode_bayar, bill.amount, now))
    failed = Notice(told.path, {**told.body, "latestTransactionStatus": "06"}, "R1")

    assert wire.send(db, failed).status == 200
    assert paid(db) == 0
    assert wire.send(db, told).status == 200
    db.refresh(bill)
    assert bill.status == "lunas"
    assert wire.send(db, Notice(told.path, {**told.body, "originalPartnerReferenceNo": "TGH999999999"}, "R1")).status == 404


def test_old_answers_are_forgotten(db, wire, notice, now):
    wire.send(db, notice)
    snap_calls.forget_calls(db, now=now + timedelta(days=9))

    assert db.scalar(select(func.count()).select_from(snap_calls.SnapCall)) == 0


def test_the_routes_carry_it_without_cookies(client, db, portal, keys, monkeypatch, make_bill, va, bank):
    """Over HTTP, with the keys in the environment."""
    from datetime import UTC, datetime

    from pendopo.kit.payments.simulator.calls import signed

    for name, value in keys.as_environment("http://bank.invalid").items():
        monkeypatch.setenv(name, value)
    now = datetime.now(UTC)
    bill = make_bill(at=now)
    told = bank.pay("va", va(bill), bill.kode_bayar, bill.amount, at=now)[0]
    answer = client.post("/bayar/snap/v1.0/access-token/b2b", content=b"{}", headers=token_headers(keys, now))
    body, headers = signed(keys, told, answer.json()["accessToken"], now)
    told_to = client.post(told.path, content=body, headers=headers)

    assert (answer.status_code, told_to.status_code, json.loads(told_to.text)["responseCode"]) == (200, 200, "2002500")
    db.expire_all()
    db.refresh(bill)
    assert bill.status == "lunas"
    assert client.post(told.path, content=body, headers={**headers, "X-SIGNATURE": "AAAA"}).status_code == 401


def test_a_house_without_a_bank_takes_no_calls(client, monkeypatch):
    monkeypatch.delenv("PENDOPO_SNAP_URL", raising=False)

    assert client.post("/bayar/snap/v1.0/transfer-va/payment", content=b"{}").status_code == 404


@pytest.mark.once
def test_secrets_do_not_show_when_they_are_printed(keys):
    for text in (repr(keys), repr(keys.ours("http://bank.invalid"))):
        assert keys.client_secret not in text
        assert keys.bank_client_secret not in text
        assert "PRIVATE KEY" not in text
