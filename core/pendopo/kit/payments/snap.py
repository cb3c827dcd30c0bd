"""Signatures of SNAP (Standar Nasional Open API Pembayaran, Bank Indonesia), both ways.

A token is asked for with an RSA-SHA256 signature of `client id|timestamp`; a transaction carries an HMAC-SHA512 over
`METHOD:path:token:sha256(body):timestamp`. Nothing here knows a socket or a table.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from datetime import datetime
from typing import Any

_BLANKS = re.compile(rb'("(?:\\.|[^"\\])*")|\s+')


def minified(body: bytes) -> bytes:
    """JSON without blanks between its parts; order and numbers stay as they were written."""
    return _BLANKS.sub(lambda match: match[1] or b"", body)


def stamp(at: datetime) -> str:
    """A moment as SNAP writes it, to the second, with its zone."""
    return at.astimezone().isoformat(timespec="seconds")


def read_stamp(text: str) -> datetime | None:
    """The moment in an X-TIMESTAMP; None when it is none, or has no zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def is_fresh(text: str, now: datetime, window_s: int) -> bool:
    """Was this said just now? Whatever is older (or of tomorrow) may be a replay."""
    at = read_stamp(text)
    return at is not None and abs((now - at).total_seconds()) <= window_s


def sign_token_request(private_key_pem: bytes, client_id: str, timestamp: str) -> str:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding

    key: Any = serialization.load_pem_private_key(private_key_pem, password=None)
    return base64.b64encode(key.sign(f"{client_id}|{timestamp}".encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def token_request_holds(public_key_pem: bytes, client_id: str, timestamp: str, signature: str) -> bool:
    """Did the holder of the private key ask for this token?"""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding

    key: Any = serialization.load_pem_public_key(public_key_pem)
    try:
        given = base64.b64decode(signature, validate=True)
        key.verify(given, f"{client_id}|{timestamp}".encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def sign_transaction(secret: str, method: str, path: str, token: str, body: bytes, timestamp: str) -> str:
    text = f"{method.upper()}:{path}:{token}:{hashlib.sha256(minified(body)).hexdigest()}:{timestamp}"
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha512).digest()).decode()


def transaction_holds(secret: str, method: str, path: str, token: str, body: bytes, timestamp: str, signature: str) -> bool:
    """Is the call what the holder of the secret sent? Compared in constant time."""
    return hmac.compare_digest(sign_transaction(secret, method, path, token, body, timestamp).encode(), signature.encode())


def make_token(secret: bytes, client_id: str, until: datetime) -> str:
    """A bearer token that needs no table: whose it is and until when, sealed."""
    said = base64.urlsafe_b64encode(f"{client_id}|{int(until.timestamp())}".encode()).decode().rstrip("=")
    return f"{said}.{_seal(secret, said)}"


def token_owner(secret: bytes, token: str, now: datetime) -> str | None:
    """The client whose token this is; None when it is forged or over."""
    said, _, seal = token.partition(".")
    if not hmac.compare_digest(_seal(secret, said).encode(), seal.encode()):
        return None
    client_id, _, until = base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)).decode().rpartition("|")
    return client_id if int(until) > now.timestamp() else None


def _seal(secret: bytes, said: str) -> str:
    return hmac.new(secret, f"snap-token:{said}".encode(), hashlib.sha256).hexdigest()


def rupiah(amount: int) -> dict[str, str]:
    """An amount as SNAP writes it."""
    return {"value": f"{amount}.00", "currency": "IDR"}


def read_rupiah(value: Any) -> int | None:
    """Whole rupiah from SNAP's amount; None when it is none, or has sen."""
    if not isinstance(value, dict) or value.get("currency") != "IDR":
        return None
    found = re.fullmatch(r"(\d{1,15})(?:\.0{1,2})?", str(value.get("value", "")))
    return int(found[1]) if found else None
