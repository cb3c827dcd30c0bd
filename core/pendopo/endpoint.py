"""Around every handler: CSRF, the body, one transaction, and what a refusal or a fault looks like.

Each route of the house and of plugins passes through `Answering.guard`, so none can forget any of it.
"""

from __future__ import annotations

import asyncio
import gzip
import inspect
import json
from datetime import UTC, datetime
from functools import wraps
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from anyio import CapacityLimiter, to_thread
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect, WebSocketState

from . import i18n
from .errors import N_, DomainError, InvalidInput, NotFound, SignInNeeded, Unavailable
from .http import is_partial, look_at_uploads, url
from .identity.actor import ANONYMOUS, Actor
from .identity.loading import is_due, touch_session
from .pagecache import etag_of
from .plugins import Plugin
from .security import SAFE, check_write

if TYPE_CHECKING:
    from .app import Portal

log = structlog.get_logger("pendopo.endpoint")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
MAX_FIELDS = 2000
MAX_FILES = 30
MAX_PART = 2 * 1024 * 1024
MAX_RAW = 8 * 1024 * 1024  # files come as multipart, which is written to disk
ACTOR_S = 20.0  # sessions and positions end by the clock too, without a commit


class TooLarge(DomainError):
    status = 413
    message = N_("Kiriman ini terlalu besar. Perkecil berkasnya, lalu coba lagi.")


class Answering:
    """Runs handlers. One for each portal."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.limiter: CapacityLimiter | None = None
        self._actors: dict[str, tuple[int | None, float, Actor]] = {}
        self._clock: Any = None

    # ------------------------------------------------------------------ who is asking

    def database_version(self) -> int | None:
        """A number that changes with every commit of anyone, read on the event loop; None where there is no cheap one."""
        if not self.portal.db.is_sqlite:
            return None
        if self._clock is None:
            import sqlite3

            # SQLite counts commits of *other* connections, and this one never writes.
            self._clock = sqlite3.connect(self.portal.db.engine.url.database, check_same_thread=False, isolation_level=None)
        return self._clock.execute("PRAGMA data_version").fetchone()[0]

    def close(self) -> None:
        if self._clock is not None:
            self._clock.close()
            self._clock = None

    async def actor_of(self, token: str) -> Actor:
        version = self.database_version()
        if version is None:
            return await self.in_thread(self._load_actor, token)
        kept = self._actors.get(token)
        if kept is not None and kept[0] == version and kept[1] > monotonic():
            return kept[2]
        actor = self._load_actor(token)
        if len(self._actors) > 5000:
            self._actors.clear()
        self._actors[token] = (version, monotonic() + ACTOR_S, actor)
        return actor

    def _load_actor(self, token: str) -> Actor:
        from .identity import load_actor

        with self.portal.db.session(write=False) as db:
            return load_actor(db, token, now=datetime.now(UTC), roles=self.portal.roles()) or ANONYMOUS

    async def in_thread(self, function: Any, *arguments: Any) -> Any:
        if self.limiter is None:
            self.limiter = CapacityLimiter(self.portal.settings.threads)
        return await to_thread.run_sync(function, *arguments, limiter=self.limiter)

    # ------------------------------------------------------------------ guarding routes

    def guard(self, plugin: Plugin, route: BaseRoute, *, staff: bool = False) -> BaseRoute:
        """The same route with everything around its handler."""
        if isinstance(route, WebSocketRoute):
            return WebSocketRoute(route.path, self._socket(plugin, route.endpoint, staff), name=route.name)
        if isinstance(route, Route):
            return Route(
                route.path, self._handler(plugin, route.endpoint, staff), methods=sorted(route.methods or {"GET"}), name=route.name,
                include_in_schema=route.include_in_schema,
            )
        if isinstance(route, Mount):
            raise TypeError(f"give plain routes, not a mount ({route.path})")
        raise TypeError(f"not a route: {route!r}")

    def _handler(self, plugin: Plugin, endpoint: Any, staff: bool) -> Any:
        exempt = getattr(endpoint, "csrf_exempt", False)
        is_async = inspect.iscoroutinefunction(endpoint)
        looks_at_uploads = getattr(endpoint, "looks_at_uploads", True)  # which keeps them on disk

        @wraps(endpoint)
        async def handle(request: Request) -> Response:
            request.state.now = datetime.now(UTC)
            try:
                if request.method not in SAFE:
                    if not exempt:
                        check_write(request)
                    await self._read_body(request)
                if staff:
                    require_staff(request.user)
                if looks_at_uploads:
                    await self._look_at_uploads(request)
                if is_async:
                    response = await endpoint(request)
                else:
                    response = await self.in_thread(self._unit_of_work, endpoint, request)
            except DomainError as refusal:
                response = await self._refused(request, refusal)
            except HTTPException as error:
                response = await self._http_error(request, error)
            except (DataError, OverflowError, UnicodeEncodeError) as error:
                log.warning("value that can't be stored", route=endpoint.__qualname__, kind=type(error).__name__)
                response = await self._refused(request, InvalidInput())
            except (OperationalError, PoolTimeout) as error:
                # The database is away or too busy: nobody's fault here, and worth another try.
                log.error("database did not answer", route=endpoint.__qualname__, kind=type(error).__name__, detail=str(error)[:300])
                response = await self._refused(request, Unavailable())
            except ClientDisconnect:
                return Response(status_code=400)  # nobody is there to read it
            except Exception as error:  # noqa: BLE001
                self.portal.host.fault(plugin.name, f"route:{request.url.path}", error)
                response = await self._failed(request, plugin)
            finally:
                if (form := request.scope.get("pendopo.form")) is not None:
                    await form.close()  # uploads lie in temporary files
            return self._finish(request, response)

        return handle

    async def _look_at_uploads(self, request: Request) -> None:
        form = request.scope.get("pendopo.form")
        if form is not None and any(isinstance(value, UploadFile) for _, value in form.multi_items()):
            await self.in_thread(look_at_uploads, form)

    def _unit_of_work(self, endpoint: Any, request: Request) -> Response:
        if is_due(request.user, request.state.now):
            with self.portal.db.session() as db:
                touch_session(db, request.user.session_id, now=request.state.now)
        with self.portal.db.session(write=request.method not in SAFE) as db:
            request.state.db = db
            return endpoint(request)

    async def _read_body(self, request: Request) -> None:
        limit = self.portal.settings.max_body_bytes
        declared = request.headers.get("content-length", "0")
        if not (declared.isascii() and declared.isdigit()):
            raise InvalidInput()
        if int(declared[:20]) > limit:
            raise TooLarge()
        received = 0
        inner = request._receive

        async def counted() -> Any:
            nonlocal received
            message = await inner()
            received += len(message.get("body", b""))
            if received > limit:
                raise TooLarge()
            return message

        request._receive = counted
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind in FORMS:
            if kind == FORMS[0]:
                limit = min(limit, MAX_PART)
                if (await request.body()).count(b"&") >= MAX_FIELDS:
                    raise InvalidInput()
            try:
                form = await request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_PART)
            except (MultiPartException, UnicodeDecodeError, ValueError) as error:
                raise InvalidInput() from error
            request.scope["pendopo.form"] = FormData([(key, _clean(value)) for key, value in form.multi_items()])
        else:
            limit = min(limit, MAX_RAW)
            request.scope["pendopo.body"] = await request.body()

    def _socket(self, plugin: Plugin, endpoint: Any, staff: bool) -> Any:
        @wraps(endpoint)
        async def handle(websocket: Any) -> None:
            try:
                if staff:
                    require_staff(websocket.user)
                await endpoint(websocket)
            except WebSocketDisconnect:
                return
            except DomainError:
                await _close(websocket, 1008)
            except Exception as error:  # noqa: BLE001
                self.portal.host.fault(plugin.name, f"socket:{websocket.url.path}", error)
                await _close(websocket, 1011)

        return handle

    # ------------------------------------------------------------------ answers that are not the handler's own

    async def _refused(self, request: Request, refusal: DomainError) -> Response:
        if isinstance(refusal, SignInNeeded) and not _wants_json(request):
            back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            target = url("akun:masuk", next=back if request.method in SAFE else None)
            if is_partial(request):
                return Response(status_code=401, headers={"HX-Redirect": target})
            if request.method in SAFE:
                return RedirectResponse(target, 303)
        sentence = refusal.sentence()
        headers = {"Retry-After": str(refusal.retry_s)} if refusal.retry_s else {}
        if _wants_json(request):
            return JSONResponse({"title": sentence, "status": refusal.status}, refusal.status, headers, "application/problem+json")
        return await self._error_page(request, refusal.status, sentence, headers)

    async def _http_error(self, request: Request, error: HTTPException) -> Response:
        refusal = NotFound() if error.status_code == 404 else DomainError()
        return await self._error_page(request, error.status_code, refusal.sentence(), dict(error.headers or {}))

    async def _failed(self, request: Request, plugin: Plugin) -> Response:
        sentence = i18n.catalogue("", i18n.current_language.get()).gettext(
            N_("Halaman ini sedang terganggu. Petugas kami sudah diberi tahu; layanan lain tetap berjalan.")
        )
        if _wants_json(request):
            return JSONResponse({"title": sentence, "status": 500}, 500, media_type="application/problem+json")
        return await self._error_page(request, 500, sentence)

    async def _error_page(self, request: Request, status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
        def draw() -> str:
            with self.portal.db.session(write=False) as db, i18n.speaking(plugin=""):
                request.state.db = db
                return self.portal.pages.render(request, "layout/error.html", {"status": status, "sentence": sentence})

        try:
            text = await self.in_thread(draw)
        except Exception as error:  # noqa: BLE001  the error page itself failed: say it plainly
            self.portal.host.fault("layout", "template:layout/error.html", error)
            return PlainTextResponse(sentence, status, headers=headers)
        return HTMLResponse(text, status, headers=headers)

    def _finish(self, request: Request, response: Response) -> Response:
        """Flash, keep, and compress a finished answer."""
        from .app import FLASH_COOKIE, write_flash

        waiting = getattr(request.state, "flash_out", [])
        if waiting and 300 <= response.status_code < 400:
            response.set_cookie(FLASH_COOKIE, write_flash(waiting), max_age=60, httponly=True, samesite="lax")
        elif request.scope.get("pendopo.flash") and response.status_code < 300 and response.media_type == "text/html":
            response.delete_cookie(FLASH_COOKIE)
        body = getattr(response, "body", b"")
        kind = (response.media_type or response.headers.get("content-type", "")).split(";")[0]
        if len(body) > 1000 and kind in _TEXTS and "gzip" in request.headers.get("accept-encoding", "") and "content-encoding" not in response.headers:
            response.body = gzip.compress(body, 4, mtime=0)
            response.headers["content-encoding"] = "gzip"
            response.headers["content-length"] = str(len(response.body))
            response.headers.add_vary_header("Accept-Encoding")
        if request.method in ("GET", "HEAD") and response.status_code == 200 and body:
            if "etag" not in response.headers:
                response.headers["etag"] = etag_of(response.body)
            if request.method == "GET" and type(response) is HTMLResponse:
                request.app.keep(request.scope, response, person=getattr(request.state, "keep_for_person", False))
            if response.headers["etag"] in request.headers.get("if-none-match", ""):
                response = _unchanged(response)
        if "cache-control" not in response.headers:
            response.headers["cache-control"] = "private, no-cache" if request.user.is_signed_in else "no-cache"
        return response

    # ------------------------------------------------------------------ answers without a route

    async def _answer(self, scope: dict[str, Any], receive: Any, send: Any, refusal: DomainError, headers: dict[str, str] | None = None) -> None:
        request = Request(scope, receive)
        request.state.now = datetime.now(UTC)
        response = await self._refused(request, refusal)
        response.headers.update(headers or {})
        await response(scope, receive, send)

    async def missing(self, scope: dict[str, Any], receive: Any, send: Any, plugin: Plugin | None) -> None:
        await self._answer(scope, receive, send, NotFound(N_("Layanan ini sedang tidak dibuka.")) if plugin else NotFound())

    async def unmatched(self, scope: dict[str, Any], receive: Any, send: Any, router: Any) -> None:
        """No route of the plugin matched: another method is 405, a missing slash a redirect, anything else 404."""
        allowed = sorted({m for r in router.routes if r.matches(scope)[0].value == 1 for m in getattr(r, "methods", None) or ()})
        if allowed:
            refusal = DomainError(N_("Halaman ini tidak menerima permintaan semacam itu."))
            refusal.status = 405
            return await self._answer(scope, receive, send, refusal, {"Allow": ", ".join(allowed)})
        if not scope["path"].endswith("/") and scope["method"] in SAFE:
            longer = {**scope, "path": scope["path"] + "/"}
            if any(route.matches(longer)[0].value == 2 for route in router.routes):
                return await self.moved(scope["path"] + "/", scope, send)
        await self._answer(scope, receive, send, NotFound())

    async def moved(self, path: str, scope: dict[str, Any], send: Any) -> None:
        query = scope.get("query_string", b"")
        response = RedirectResponse(path + ("?" + query.decode("latin-1") if query else ""), 308)

        async def nothing() -> Any:
            return await asyncio.sleep(0, {"type": "http.disconnect"})

        await response(scope, nothing, send)

    async def plain(self, status: int, send: Any) -> None:
        body = b"Bad request"
        headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


_TEXTS = {"text/html", "application/json", "text/csv", "application/xml", "text/xml", "application/rss+xml", "application/atom+xml",
          "application/geo+json", "application/ld+json", "text/plain", "text/calendar"}


def _unchanged(response: Response) -> Response:
    """304 with the headers of `response`, cookies too."""
    short = Response(status_code=304)
    left_out = (b"content-length", b"content-type", b"content-encoding")
    short.raw_headers = [pair for pair in response.raw_headers if pair[0] not in left_out]
    return short


async def _close(websocket: Any, code: int) -> None:
    if WebSocketState.DISCONNECTED not in (websocket.application_state, websocket.client_state):
        await websocket.close(code)


def require_staff(actor: Actor) -> None:
    """Serang Kerja is for people with a NIP. Raises SignInNeeded or PermissionRefused."""
    from .errors import PermissionRefused

    if not actor.is_signed_in:
        raise SignInNeeded()
    if not actor.is_staff:
        raise PermissionRefused(N_("Halaman ini untuk pegawai. Masuklah dengan akun pegawai Anda."))


def _wants_json(request: HTTPConnection) -> bool:
    accept = request.headers.get("accept", "")
    return "json" in accept and "text/html" not in accept


def _clean(value: Any) -> Any:
    """Form text without NUL, which PostgreSQL can't store and nobody types."""
    return value.replace("\0", "") if isinstance(value, str) else value


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
