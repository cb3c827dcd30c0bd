"""The payer's pages: what is to be paid, how, and the proof that it was."""

from __future__ import annotations

from typing import Any

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...errors import NotFound, SignInNeeded, TooMany
from ...http import form_of, page, redirect, url
from ...identity.loading import regency_day
from ..qr import qr_png
from . import billing, views, ways
from .errors import BillUnknown
from .forms import SearchForm
from .models import Bill
from .receipts import receipt_of

FRESH = {"Cache-Control": "no-store"}
_tries = SlidingWindowCounterRateLimiter(MemoryStorage())
_MISSES = RateLimitItemPerMinute(20, 5)


def _bill(request: Request, code: str) -> Bill:
    """The bill with this code, for who may see it. Whoever guesses is stopped after twenty misses."""
    guesser = str(request.user.account_id or (request.client.host if request.client else ""))
    if not _tries.test(_MISSES, "tagihan", guesser):
        raise TooMany()
    try:
        one = billing.find_bill(request.state.db, code)
        if not billing.may_see(request.user, one):
            raise BillUnknown() if request.user.is_signed_in else SignInNeeded()
    except BillUnknown:
        _tries.hit(_MISSES, "tagihan", guesser)
        raise
    return one


def index(request: Request) -> Response:
    """Tagihan saya, across all applications."""
    request.user.require_signed_in()
    return page(request, "payments/mine.html", headers=FRESH, **views.mine(request))


def search(request: Request) -> Response:
    """Pay for somebody: with the code alone."""
    form = SearchForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            return redirect(url("tagihan:show", kode=_bill(request, form.kode.data).kode_bayar))
    return page(request, "payments/search.html", form=form, status=form.status)


def show(request: Request) -> Response:
    """One bill: what is to be paid today and how, or that it is paid."""
    one = _bill(request, request.path_params["kode"])
    return page(request, "payments/show.html", headers=FRESH, **views.one_bill(request, one, request.query_params.get("cara", "")))


def choose(request: Request) -> Response:
    """The payer chose a way: have it prepared."""
    one = _bill(request, request.path_params["kode"])
    way = str(form_of(request).get("cara", ""))
    ways.choose_way(request.state.db, one, way, now=request.state.now)
    return redirect(url("tagihan:show", kode=one.kode_bayar, cara=way))


def picture(request: Request) -> Response:
    """The QR code that is good now, as a picture to keep and open in a payment app."""
    one = _bill(request, request.path_params["kode"])
    due = billing.total_on(request.state.db, one, regency_day(request.state.now))
    ready = ways.ready_request(request.state.db, one, "qris", due.total, now=request.state.now)
    if ready is None or ready.status != ways.READY:
        raise NotFound()
    headers = {**FRESH, "Content-Disposition": f'attachment; filename="qris-{one.kode_bayar}.png"'}
    return Response(qr_png(ready.content), media_type="image/png", headers=headers)


def receipt(request: Request) -> Response:
    """The receipt: the file for its payer, the page that proves it for everybody else who knows the code."""
    one = _bill(request, request.path_params["kode"])
    document: Any = receipt_of(request.state.db, one)
    if document is None or not document.is_sealed:
        raise NotFound()
    return redirect(document.href if billing.knows_payer(request.user, one) else document.verify_href)


routes = [
    Route("/tagihan/", index, name="tagihan:index"),
    Route("/tagihan/cari", search, methods=["GET", "POST"], name="tagihan:search"),
    Route("/tagihan/{kode}", show, name="tagihan:show"),
    Route("/tagihan/{kode}/cara", choose, methods=["POST"], name="tagihan:choose"),
    Route("/tagihan/{kode}/qris.png", picture, name="tagihan:picture"),
    Route("/tagihan/{kode}/bukti", receipt, name="tagihan:receipt"),
]
