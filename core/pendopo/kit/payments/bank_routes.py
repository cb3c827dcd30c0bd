"""Where banks call: SNAP over HTTP. No browser comes here, so no cookie and no form; signatures stand for both."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ...errors import NotFound
from ...http import body_of
from .. import settings
from . import snap, snap_calls
from .snap_keys import Snap, snap_of


def _bank(request: Request) -> Snap:
    bank = snap_of(request.app.state.portal.settings)
    if bank is None:
        raise NotFound()
    return bank


def _call(request: Request) -> snap_calls.Call:
    headers = {name: value for name, value in request.headers.items() if name.startswith("x-") or name == "authorization"}
    return snap_calls.Call(request.url.path, headers, body_of(request), request.method)


def _reply(request: Request, made: snap_calls.Answer) -> Response:
    return JSONResponse(made.body, made.status, {"X-TIMESTAMP": snap.stamp(request.state.now), "Cache-Control": "no-store"})


def token(request: Request) -> Response:
    """A token for the bank."""
    window_s = settings.value(request.state.db, "tagihan.snap_detik")
    return _reply(request, snap_calls.answer_token(_bank(request), _call(request), window_s=window_s, now=request.state.now))


def transaction(request: Request) -> Response:
    """An inquiry or a payment."""
    return _reply(request, snap_calls.answer(request.state.db, _bank(request), _call(request), now=request.state.now))


token.csrf_exempt = transaction.csrf_exempt = True  # type: ignore[attr-defined]  # the signature is the authority; cookies count for nothing here

routes = [
    Route(f"{snap_calls.PREFIX}/v1.0/access-token/b2b", token, methods=["POST"], name="bayar:token"),
    *(Route(snap_calls.PREFIX + path, transaction, methods=["POST"], name=f"bayar:{path.rpartition('/')[2]}") for path in snap_calls.SERVICES),
]
