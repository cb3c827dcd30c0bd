"""The regency's own token or HSM, by PKCS#11."""

from __future__ import annotations

from ...contract import SignRequest
from ...pages import current_pages


def is_set() -> bool:
    return bool(current_pages().portal.settings.pkcs11_module)


def fault() -> str:
    return ""


def sign(request: SignRequest) -> bytes | None:
    return None
