"""The bank's calls to us: what is to be paid, and that it was paid. Told twice, late or out of order, counted once.

`answer` is a function of the call and the database; the routes only carry it. A call is refused unless its signature,
token and time hold; the same X-EXTERNAL-ID on the same day gets the same answer, and with another body none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ...db import insert_once
from ...errors import NotFound
from ...identity.loading import regency_day
from ...settings import installation_secret
from .. import settings
from . import billing, snap, ways
from .codes import kode_bayar_in
from .kinds import kind_named
from .models import OPEN, Bill, SnapCall
from .receiving import Arrival, receive_payment
from .snap_bank import PROVIDER
from .snap_keys import Snap

PREFIX = "/bayar/snap"
TOKEN_LIFE_S = 900
KEPT = timedelta(days=8)
LONGEST_ID = 36


@dataclass(frozen=True)
class Call:
    """A request of the bank. Header names are small letters."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]


class Refused(Exception):
    """An answer that is no success. `case`: SNAP's two last digits."""

    def __init__(self, status: int, case: str, message: str) -> None:
        super().__init__(message)
        self.status, self.case, self.message = status, case, message


def _coded(status: int, service: str, case: str, message: str, **more: Any) -> Answer:
    return Answer(status, {"responseCode": f"{status}{service}{case}", "responseMessage": message, **more})


# ------------------------------------------------------------------------------------------------------------- a token


def answer_token(bank: Snap, call: Call, *, window_s: int, now: datetime) -> Answer:
    """A bearer token for the bank, against its RSA signature."""
    client_id, timestamp = call.headers.get("x-client-key", ""), call.headers.get("x-timestamp", "")
    holds = (
        client_id == bank.bank_client_id
        and snap.is_fresh(timestamp, now, window_s)
        and snap.token_request_holds(bank.bank_public_key, client_id, timestamp, call.headers.get("x-signature", ""))
    )
    if not holds:
        return _coded(401, "73", "00", "Unauthorized. [Signature]")
    token = snap.make_token(installation_secret(), client_id, now + timedelta(seconds=TOKEN_LIFE_S))
    return _coded(200, "73", "00", "Successful", accessToken=token, tokenType="Bearer", expiresIn=str(TOKEN_LIFE_S))


# -------------------------------------------------------------------------------------------------------- transactions


def answer(db: Session, bank: Snap, call: Call, *, now: datetime) -> Answer:
    """What the bank is told. Writes only for a payment, and the answer itself, so that it can be repeated."""
    service, act = SERVICES[call.path.removeprefix(PREFIX)]
    try:
        _check(db, bank, call, now)
        external_id = call.headers.get("x-external-id", "")
        if not external_id or len(external_id) > LONGEST_ID:
            raise Refused(400, "02", "Invalid Mandatory Field [X-EXTERNAL-ID]")
        body_sha256 = hashlib.sha256(snap.minified(call.body)).hexdigest()
        given = _given_before(db, bank, call, external_id, body_sha256, now)
        if given is not None:
            return given
        said = _read(call.body)
        made = _coded(200, service, "00", "Successful", **act(db, said, now))
    except Refused as refusal:
        return _coded(refusal.status, service, refusal.case, refusal.message)
    _remember(db, bank, call, external_id, body_sha256, made, now)
    return made


def _check(db: Session, bank: Snap, call: Call, now: datetime) -> None:
    timestamp = call.headers.get("x-timestamp", "")
    token = call.headers.get("authorization", "").removeprefix("Bearer ")
    if snap.token_owner(installation_secret(), token, now) != bank.bank_client_id:
        raise Refused(401, "01", "Invalid Token (B2B)")
    if not snap.is_fresh(timestamp, now, settings.value(db, "tagihan.snap_detik")):
        raise Refused(401, "00", "Unauthorized. [Timestamp]")
    signature = call.headers.get("x-signature", "")
    if not snap.transaction_holds(bank.bank_client_secret, call.method, call.path, token, call.body, timestamp, signature):
        raise Refused(401, "00", "Unauthorized. [Signature]")


def _read(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError as error:
        raise Refused(400, "00", "Bad Request") from error
    if not isinstance(said, dict):
        raise Refused(400, "00", "Bad Request")
    return said


def _given_before(db: Session, bank: Snap, call: Call, external_id: str, body_sha256: str, now: datetime) -> Answer | None:
    known = db.scalar(select(SnapCall).where(SnapCall.client_id == bank.bank_client_id, SnapCall.day == regency_day(now), SnapCall.external_id == external_id))
    if known is None:
        return None
    if (known.path, known.body_sha256) != (call.path, body_sha256):
        raise Refused(409, "00", "Conflict")
    return Answer(known.status, known.answer)


def _remember(db: Session, bank: Snap, call: Call, external_id: str, body_sha256: str, made: Answer, now: datetime) -> None:
    """Two calls with one id in the same moment: payments are counted once anyway, the first answer stays."""
    insert_once(
        db, SnapCall, ("client_id", "day", "external_id"), client_id=bank.bank_client_id, day=regency_day(now), external_id=external_id, path=call.path,
        body_sha256=body_sha256, status=made.status, answer=made.body, at=now,
    )


def forget_calls(db: Session, *, now: datetime) -> None:
    db.execute(delete(SnapCall).where(SnapCall.at < now - KEPT))


# -------------------------------------------------------------------------------------------------------- what is asked


def _bill_of_account(db: Session, said: dict[str, Any]) -> tuple[Bill, str]:
    number = str(said.get("virtualAccountNo", "")).replace(" ", "")
    code = kode_bayar_in(number, settings.value(db, "tagihan.va_prefix"))
    try:
        return billing.find_bill(db, code or ""), number
    except NotFound as error:
        raise Refused(404, "12", "Invalid Bill/Virtual Account [Not Found]") from error


def _inquiry(db: Session, said: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What is to be paid today; whose it is only as a stranger may know it."""
    one, number = _bill_of_account(db, said)
    if one.status != OPEN or (one.expires_at is not None and one.expires_at <= now):
        raise Refused(404, "14" if one.status == "lunas" else "19", "Paid Bill" if one.status == "lunas" else "Invalid Bill/Virtual Account")
    kind = kind_named(one.kind)
    data = {
        "inquiryStatus": "00", "virtualAccountNo": number, "virtualAccountName": billing.mask_name(one.payer_name), "customerNo": one.kode_bayar,
        "inquiryRequestId": str(said.get("inquiryRequestId", "")), "totalAmount": snap.rupiah(billing.total_on(db, one, regency_day(now)).total),
        "billDetails": [{"billNo": one.kode_bayar, "billDescription": {"indonesia": kind.title if kind else one.kind}}],
    }
    return {"virtualAccountData": data}


def _paid(said: dict[str, Any], name: str, now: datetime) -> tuple[int, datetime]:
    amount = snap.read_rupiah(said.get(name))
    if not amount:
        raise Refused(400, "01", f"Invalid Field Format [{name}]")
    at = snap.read_stamp(str(said.get("trxDateTime") or said.get("transactionDate") or "")) or now
    return amount, at.astimezone(UTC)


def _reference(*given: Any) -> str:
    reference = next((str(one) for one in given if one), "")
    if not reference or len(reference) > 64:
        raise Refused(400, "02", "Invalid Mandatory Field [referenceNo]")
    return reference


def _account_paid(db: Session, said: dict[str, Any], now: datetime) -> dict[str, Any]:
    one, number = _bill_of_account(db, said)
    amount, at = _paid(said, "paidAmount", now)
    reference = _reference(said.get("referenceNo"), said.get("paymentRequestId"))
    receive_payment(db, Arrival(one.kode_bayar, reference, amount, at, "va", PROVIDER), now=now)
    return {"virtualAccountData": {"paymentFlagStatus": "00", "virtualAccountNo": number, "paidAmount": snap.rupiah(amount), "referenceNo": reference}}


def _code_paid(db: Session, said: dict[str, Any], now: datetime) -> dict[str, Any]:
    request = ways.request_numbered(db, str(said.get("originalPartnerReferenceNo", "")))
    if request is None:
        raise Refused(404, "01", "Transaction Not Found")
    if said.get("latestTransactionStatus") != "00":
        return {}
    amount, at = _paid(said, "amount", now)
    more = said.get("additionalInfo") if isinstance(said.get("additionalInfo"), dict) else {}
    reference = _reference(more.get("paymentReferenceNo"), said.get("originalReferenceNo"))  # type: ignore[union-attr]
    one = db.get_one(Bill, request.bill_id)
    receive_payment(db, Arrival(one.kode_bayar, reference, amount, at, "qris", PROVIDER), now=now)
    return {}


Act = Callable[[Session, dict[str, Any], datetime], dict[str, Any]]
SERVICES: dict[str, tuple[str, Act]] = {
    "/v1.0/transfer-va/inquiry": ("24", _inquiry),
    "/v1.0/transfer-va/payment": ("25", _account_paid),
    "/v1.0/qr/qr-mpm-notify": ("52", _code_paid),
}

