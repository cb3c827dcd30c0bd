"""The payer's pages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...errors import SignInNeeded
from ...http import page
from ...identity.loading import regency_day
from . import billing
from .errors import BillUnknown


def index(request: Request) -> Response:
    """Tagihan saya, across all applications."""
    request.user.require_signed_in()
    bills = billing.bills_of(request.state.db, request.user.citizen_id)
    return page(request, "payments/mine.html", bills=bills)


def show(request: Request) -> Response:
    one = billing.find_bill(request.state.db, request.path_params["kode"])
    if not billing.may_see(request.user, one):
        raise BillUnknown() if request.user.is_signed_in else SignInNeeded()
    due = billing.total_on(request.state.db, one, regency_day(request.state.now))
    return page(request, "payments/show.html", bill=one, due=due)


routes = [
    Route("/tagihan/", index, name="tagihan:index"),
    Route("/tagihan/{kode}", show, name="tagihan:show"),
]
