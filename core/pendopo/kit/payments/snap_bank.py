"""Our calls to a bank that speaks SNAP: a code to pay with, and what became of it."""

from __future__ import annotations

import json
import secrets
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from ...contract import PaymentCode, PaymentFound, PaymentOrder, PaymentWay
from ...i18n import current_zone
from . import snap
from .snap_keys import Snap

PROVIDER = "snap"
WAYS = [PaymentWay("qris", PROVIDER), PaymentWay("va", PROVIDER)]
TIMEOUT_S = 8.0
TOKEN_SPARE = timedelta(seconds=60)
PARTNER_DIGITS = 8

_tokens: dict[tuple[str, str], tuple[str, datetime]] = {}
_lock = threading.Lock()


class BankRefused(Exception):
    """The bank answered, but not with what was asked for."""


def start_payment(bank: Snap, order: PaymentOrder) -> PaymentCode:
    """Have the bank make a code. A virtual account needs none: the bank asks us for its amount when somebody pays."""
    if order.way == "va":
        return PaymentCode(order.va)
    answer = call(bank, "/v1.0/qr/qr-mpm-generate", {
        "partnerReferenceNo": order.number, "amount": snap.rupiah(order.amount), "merchantId": str(order.merchant.get("merchant_id", "")),
        "terminalId": str(order.merchant.get("terminal", "")), "validityPeriod": snap.stamp(order.expires_at.astimezone(current_zone.get())),
        "additionalInfo": {"billNumber": order.kode_bayar, "title": order.title[:60], **({"merchant": order.merchant} if bank.is_simulator else {})},
    })
    return PaymentCode(str(answer["qrContent"]), str(answer.get("referenceNo", "")))


def find_payment(bank: Snap, order: PaymentOrder) -> list[PaymentFound]:
    """What the bank knows of payments of the bill."""
    if order.way == "qris":
        answer = call(bank, "/v1.0/qr/qr-mpm-query", {"originalPartnerReferenceNo": order.number, "serviceCode": "47", "additionalInfo": _bill(order)})
        if answer.get("latestTransactionStatus") != "00":
            return []
    else:
        answer = call(bank, "/v1.0/transfer-va/status", {"virtualAccountNo": order.va, "additionalInfo": _bill(order)})
    return [_found(order, one) for one in answer.get("additionalInfo", {}).get("payments", [])]


def _bill(order: PaymentOrder) -> dict[str, str]:
    return {"billNumber": order.kode_bayar}


def _found(order: PaymentOrder, said: dict[str, Any]) -> PaymentFound:
    amount, at = snap.read_rupiah(said.get("paidAmount")), snap.read_stamp(str(said.get("trxDateTime", "")))
    reference = str(said.get("referenceNo", ""))
    if amount is None or at is None or not reference:
        raise BankRefused("a payment that can't be read")
    return PaymentFound(order.kode_bayar, reference, amount, at.astimezone(UTC))


def call(bank: Snap, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Ask the bank, with a new token when ours is not good any more. Raises BankRefused, or httpx2.HTTPError when it is away."""
    import httpx2

    text = json.dumps(body, separators=(",", ":")).encode()
    with httpx2.Client(timeout=TIMEOUT_S) as client:
        for again in (False, True):
            token = _token(bank, client, fresh=again)
            answer = client.post(bank.url + path, content=text, headers=_headers(bank, path, token, text))
            if answer.status_code != 401:
                break
    if answer.status_code != 200:
        raise BankRefused(f"{path}: {answer.status_code}")
    return answer.json()


def _headers(bank: Snap, path: str, token: str, body: bytes) -> dict[str, str]:
    now = snap.stamp(datetime.now(UTC))
    signed_path = urlsplit(bank.url).path + path
    return {
        "Content-Type": "application/json", "Authorization": f"Bearer {token}", "X-TIMESTAMP": now, "X-PARTNER-ID": bank.client_id,
        "X-EXTERNAL-ID": str(secrets.randbelow(10**18)), "CHANNEL-ID": bank.channel,
        "X-SIGNATURE": snap.sign_transaction(bank.client_secret, "POST", signed_path, token, body, now),
    }


def _token(bank: Snap, client: Any, *, fresh: bool) -> str:
    """A token of ours, kept until shortly before it ends."""
    key = (bank.url, bank.client_id)
    with _lock:
        kept = _tokens.get(key)
    if kept is not None and not fresh and kept[1] > datetime.now(UTC):
        return kept[0]
    now = snap.stamp(datetime.now(UTC))
    headers = {"X-TIMESTAMP": now, "X-CLIENT-KEY": bank.client_id, "X-SIGNATURE": snap.sign_token_request(bank.private_key, bank.client_id, now)}
    answer = client.post(f"{bank.url}/v1.0/access-token/b2b", json={"grantType": "client_credentials"}, headers=headers)
    if answer.status_code != 200:
        raise BankRefused(f"no token: {answer.status_code}")
    said = answer.json()
    until = datetime.now(UTC) + timedelta(seconds=int(said.get("expiresIn", 900))) - TOKEN_SPARE
    with _lock:
        _tokens[key] = str(said["accessToken"]), until
    return str(said["accessToken"])
