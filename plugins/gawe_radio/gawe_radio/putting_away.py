"""A reader puts a banner away for themselves: a cookie of this browser, read by a style sheet, so that pages stay shared."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pendopo.http import form_of, redirect, url

from . import banners

KEEP_S = 90 * 24 * 3600


def put_away(request: Request) -> Response:
    key = str(form_of(request).get("pengumuman", ""))
    kept = banners.put_away(request.cookies.get(banners.COOKIE, ""), key)
    answer = Response() if request.headers.get("HX-Request") else redirect(_where_from(request))
    answer.set_cookie(banners.COOKIE, kept, max_age=KEEP_S, path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https")
    return answer


def _where_from(request: Request) -> str:
    """The page on which the button was, when it was one of ours."""
    came = request.headers.get("referer", "")
    ours = str(request.base_url)
    return "/" + came.removeprefix(ours) if came.startswith(ours) else url("radio:pengumuman")


def style(request: Request) -> Response:
    sheet = banners.hiding_style(request.state.db, request.cookies.get(banners.COOKIE, ""), request.state.now)
    return Response(sheet, media_type="text/css", headers={"Cache-Control": "private, no-cache", "Vary": "Cookie"})


routes = [
    Route("/pengumuman/simpanan", put_away, methods=["POST"], name="radio:simpan"),
    Route("/pengumuman/simpanan.css", style, name="radio:simpan.css"),
]
