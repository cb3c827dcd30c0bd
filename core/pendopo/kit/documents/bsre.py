"""Balai Sertifikasi Elektronik: the e-sign service of the regency."""

from __future__ import annotations

from ...contract import SignRequest
from ...pages import current_pages


def is_set() -> bool:
    return bool(current_pages().portal.settings.bsre_url)


def sign(request: SignRequest) -> bytes | None:
    return None
