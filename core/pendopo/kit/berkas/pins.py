"""Who came with a PIN: a cookie says for two hours which matter its browser may see without an account."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from ...settings import installation_secret

COOKIE = "lacak"
TRACK_LIFE = timedelta(hours=2)


def _mark(berkas_id: int, until: int) -> str:
    return hmac.new(installation_secret(), f"lacak:{berkas_id}:{until}".encode(), hashlib.sha256).hexdigest()[:32]


def pin_cookie(berkas_id: int, now: datetime) -> str:
    until = int((now + TRACK_LIFE).timestamp())
    return f"{berkas_id}.{until}.{_mark(berkas_id, until)}"


def keep_pin(request: Request, answer: Response, berkas_id: int) -> Response:
    """`answer`, after which this browser may see the matter: whoever typed its number and PIN gets it."""
    lasts_s, safe = int(TRACK_LIFE.total_seconds()), request.url.scheme == "https"
    answer.set_cookie(COOKIE, pin_cookie(berkas_id, request.state.now), max_age=lasts_s, httponly=True, samesite="lax", secure=safe)
    return answer


def holds_pin(request: Request, berkas_id: int) -> bool:
    """Did this browser show the right PIN in the last two hours?"""
    parts = request.cookies.get(COOKIE, "").split(".")
    if len(parts) != 3 or parts[0] != str(berkas_id) or not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 12):
        return False
    return int(parts[1]) > request.state.now.timestamp() and hmac.compare_digest(parts[2], _mark(berkas_id, int(parts[1])))
