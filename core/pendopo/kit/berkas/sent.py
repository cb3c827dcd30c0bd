"""The page right after sending, which shows number and PIN once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from ...http import redirect, url, whole_url
from ...i18n import _
from ...settings import installation_secret
from ..qr import qr_svg
from .models import Berkas

COOKIE = "terkirim"
LIFE_S = 900


@dataclass(frozen=True)
class Sent:
    """What the page shows. `sent_card(sent)` of `berkas/ui.html` draws it."""

    berkas: Berkas
    pin: str
    qr: Markup

    @property
    def register(self) -> str:
        return self.berkas.register


def tell_sent(request: Request, berkas: Berkas, *, to: str) -> Response:
    """To the page at `to`, which asks `sent_of`. The PIN travels in a cookie of that page for a quarter of an hour; we keep only its hash."""
    answer = redirect(to)
    answer.set_cookie(
        COOKIE, _packed(berkas.id, berkas.pin), max_age=LIFE_S, path=to.partition("?")[0], httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )
    return answer


def sent_of(request: Request, *, track: str = "") -> Sent | None:
    """What this browser has just sent; None when it is too long ago. `track`: the page to which the QR code leads, else the one for all matters.

    Draw it with `headers={"Cache-Control": "no-store"}`: nobody who comes to this browser later should read the PIN.
    """
    found = _unpacked(request.cookies.get(COOKIE, ""))
    berkas = request.state.db.get(Berkas, found[0]) if found else None
    if found is None or berkas is None:
        return None
    address = whole_url(track or url("berkas:track", nomor=berkas.register))
    return Sent(berkas, found[1], qr_svg(address, _("Kode QR menuju halaman lacak")))


def _mark(text: str) -> str:
    return hmac.new(installation_secret(), f"terkirim:{text}".encode(), hashlib.sha256).hexdigest()[:32]


def _packed(berkas_id: int, pin: str) -> str:
    text = base64.urlsafe_b64encode(json.dumps([berkas_id, pin]).encode()).decode()
    return f"{text}.{_mark(text)}"


def _unpacked(cookie: str) -> tuple[int, str] | None:
    text, _dot, mark = cookie.partition(".")
    if not hmac.compare_digest(mark.encode(), _mark(text).encode()):
        return None
    berkas_id, pin = json.loads(base64.urlsafe_b64decode(text))
    return berkas_id, pin
