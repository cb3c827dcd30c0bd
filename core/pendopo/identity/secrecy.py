"""Passwords, tokens and the encryption of nik."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from functools import lru_cache

from ..settings import installation_secret

COMMON = frozenset({
    "password", "passw0rd", "1234567890", "12345678910", "0123456789", "qwertyuiop", "qwerty12345", "sayangku123", "bismillah", "bismillah1",
    "indonesia", "indonesia1", "rahasia123", "password123", "password12", "1q2w3e4r5t", "kabupaten1", "serang12345", "banten12345", "iloveyou123",
    "abcdefghij", "abc1234567", "admin12345", "aaaaaaaaaa", "1111111111", "0000000000", "sukasukaku", "kucing12345", "jakarta123", "alhamdulillah",
    "bandung1234", "persib1933", "assalamualaikum", "cintaku123", "merdeka1945",
})
SHORTEST = 10
_hashing = threading.BoundedSemaphore(2)  # argon2 takes 64 MiB and a core for a tenth of a second


@lru_cache(maxsize=1)
def _hasher():
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    return PasswordHash((Argon2Hasher(),))


def hash_password(password: str) -> str:
    with _hashing:
        return _hasher().hash(password)


def check_password(password: str, stored: str | None) -> tuple[bool, str | None]:
    """`(right, a better hash to store)`. Without a stored hash the same work is done, so that time tells nothing."""
    with _hashing:
        if stored is None:
            _hasher().verify(password, _nobodys_hash())
            return False, None
        return _hasher().verify_and_update(password, stored)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_hex(8))


def new_token() -> str:
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _key(purpose: str) -> bytes:
    return hmac.new(installation_secret(), purpose.encode(), hashlib.sha256).digest()


def encrypt_nik(nik: str) -> bytes:
    from cryptography.fernet import Fernet

    return Fernet(base64.urlsafe_b64encode(_key("nik"))).encrypt(nik.encode())


def decrypt_nik(cipher: bytes) -> str:
    from cryptography.fernet import Fernet

    return Fernet(base64.urlsafe_b64encode(_key("nik"))).decrypt(cipher).decode()


def nik_lookup(nik: str) -> str:
    """A keyed hash: equal for equal nik in this installation, useless without its secret."""
    return hmac.new(_key("nik-lookup"), nik.encode(), hashlib.sha256).hexdigest()


def seal_of(purpose: str, text: str) -> str:
    """A keyed hash of `text`: only this installation can make it."""
    return hmac.new(_key(purpose), text.encode(), hashlib.sha256).hexdigest()
