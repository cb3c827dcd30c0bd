"""Between a request and a page: what handlers of the house and of plugins call."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from .errors import NotFound

__all__ = [
    "body_of",
    "flash",
    "form_of",
    "fragment",
    "fragment_or_redirect",
    "is_partial",
    "look_at_uploads",
    "on_upload",
    "own_path",
    "page",
    "path_int",
    "query_int",
    "redirect",
    "render",
    "url",
    "whole_url",
]


_PLACE = re.compile(r"{(\w+)(?::(\w+))?}")
_names: dict[str, str] = {}


def name_routes(routes: dict[str, str]) -> None:
    """Make every named route known to `url`: name -> path with places (`/pelaporan/{id:int}`)."""
    global _names
    _names = dict(routes)  # at once: requests are being answered meanwhile


def known_routes() -> dict[str, str]:
    return dict(_names)


def url(name: str, /, _query: dict[str, Any] | None = None, **places: Any) -> str:
    """The path of a named route. Values without a place in it become the query; None values are left out.

    Raises LookupError for an unknown name or a missing value: a wrong link is our fault, not the visitor's.
    """
    if name not in _names:
        raise LookupError(f"no route named {name!r}")
    rest = dict(places)

    def fill(match: re.Match[str]) -> str:
        value = rest.pop(match[1], None)
        if value is None:
            raise LookupError(f"route {name!r} needs {match[1]!r}")
        return quote(str(value), safe="/" if match[2] == "path" else "")

    path = _PLACE.sub(fill, _names[name])
    query = {key: value for key, value in {**rest, **(_query or {})}.items() if value is not None}
    return f"{path}?{urlencode(query, doseq=True)}" if query else path


def whole_url(path: str) -> str:
    """`path` with the portal's public address in front: for QR codes, feeds, messages and other sites. A whole address stays as it is."""
    from .pages import current_pages

    return path if "://" in path.partition("?")[0] else current_pages().portal.settings.public_url.rstrip("/") + path


def form_of(request: Request) -> FormData:
    """The form that was sent; empty when there was none. Text is free of NUL characters."""
    return request.scope.get("pendopo.form") or FormData()


_looks: list[Callable[[UploadFile], None]] = []


def on_upload(look: Callable[[UploadFile], None]) -> Callable[[UploadFile], None]:
    """Have `look(upload)` run for each file that was sent, before the transaction of its handler begins. For slow work on files."""
    _looks.append(look)
    return look


def look_at_uploads(form: FormData) -> None:
    for _, item in form.multi_items():
        if isinstance(item, UploadFile) and (item.filename or item.size):
            for look in _looks:
                look(item)


def body_of(request: Request) -> bytes:
    """The body of a request that was not a form."""
    return request.scope.get("pendopo.body") or b""


def is_partial(request: Request) -> bool:
    """Did htmx ask for a piece of a page, to be swapped into the one on screen?"""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") == "partial"


def render(request: Request, template: str, **context: Any) -> str:
    """The text of `template` with everything that pages may use."""
    return request.app.state.portal.pages.render(request, template, context)


def page(request: Request, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **context: Any) -> Response:
    """The whole page, or for htmx only its content."""
    response = HTMLResponse(render(request, template, **context), status_code=status, headers=headers)
    response.headers["Vary"] = "Cookie, Accept-Language, HX-Request, HX-Request-Type"
    return response


def fragment(request: Request, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **context: Any) -> Response:
    """Only `template`, without any frame: a row, a card, a list to be swapped in."""
    response = HTMLResponse(render(request, template, layout="layout/fragment.html", **context), status_code=status, headers=headers)
    response.headers["Vary"] = "Cookie, Accept-Language, HX-Request, HX-Request-Type"
    return response


def redirect(to: str, *, status: int = 303) -> Response:
    """Go to `to`, a path of ours, with GET."""
    return RedirectResponse(to, status_code=status)


def fragment_or_redirect(request: Request, template: str, *, to: str, **context: Any) -> Response:
    """After a write: the changed fragment for htmx, a redirect to the page for everyone else."""
    return fragment(request, template, **context) if is_partial(request) else redirect(to)


def own_path(text: str | None, default: str = "/") -> str:
    """`text` when it is a path on this portal, else `default`: nobody is sent elsewhere by a link they were given."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or any(ord(c) < 32 for c in text):
        return default
    return text


def flash(request: Request, text: str, tone: str = "ok") -> None:
    """Show `text` once: on the page that answers, or on the next one after a redirect. `tone`: ok, info, warn, error."""
    request.state.flash_out = [*getattr(request.state, "flash_out", []), {"text": text, "tone": tone}]


def query_int(request: Request, name: str, default: int = 0, *, least: int = 0, most: int = 2**31 - 1) -> int:
    """A whole number from the query, clamped; `default` when it is missing or is no number."""
    try:
        return max(least, min(most, int(request.query_params.get(name, default))))
    except ValueError:
        return default


def path_int(request: Request, name: str = "id") -> int:
    """A row id from the path. Raises NotFound beyond what a row id can be."""
    value = int(request.path_params[name])
    if not 0 < value < 2**31:
        raise NotFound()
    return value
