"""Settings and plugins make one ASGI application.

`Portal` holds the parts; `PortalApp` takes a request: kept pages, security, who is asking, which plugin answers.
"""

from __future__ import annotations

import base64
import json
from types import SimpleNamespace
from typing import Any

import structlog
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute, Route, Router, WebSocketRoute

from . import i18n
from .db import Database
from .endpoint import Answering
from .http import name_routes
from .identity.actor import ANONYMOUS, Actor
from .pagecache import ANONYMOUS_S, PERSON_S, PageCache, send_kept
from .pages import Pages
from .plugins import Plugin, PluginHost, set_current_host
from .security import SAFE, add_headers, check_socket, host_is_allowed, security_headers
from .settings import Settings, set_installation_secret
from .statics import PREFIX

log = structlog.get_logger("pendopo.app")
FLASH_COOKIE = "pesan"
LANGUAGE_COOKIE = "bahasa"
APPEARANCE_COOKIE = "tampilan"
FRESH_COOKIE = "baru"  # set for a moment after a write, so that its author is not shown a kept page


class Portal:
    """One installation in one process."""

    def __init__(self, settings: Settings, host: PluginHost | None = None) -> None:
        self.settings = settings
        settings.home.mkdir(parents=True, exist_ok=True)
        set_installation_secret(settings.secret)
        self.db = Database(settings.url, pool_size=settings.database_pool_size)
        if host is None:
            host = PluginHost()
            host.load()
        self.host = host
        set_current_host(host)
        i18n.current_zone.set(settings.zone)
        self.pages = Pages(self)
        self.cache = PageCache()
        self.answering = Answering(self)
        self.background: Any = None  # the outbox, live hub and jobs of this process, once started
        self.refresh()

    @property
    def session_cookie(self) -> str:
        return "__Host-pendopo" if self.settings.public_url.startswith("https:") else "pendopo"

    # ------------------------------------------------------------------ what hooks give

    def refresh(self) -> None:
        """Read again what plugins give once: routes, permissions, roles, topics, settings, kinds of berkas."""
        from .registry import register_all

        register_all(self)
        routers: dict[str, tuple[Plugin, Router]] = {}
        names: dict[str, str] = {}
        for plugin in self.host:
            if plugin.broken or plugin.module is None:
                continue
            for hook, prefix in (("routes", "" if plugin.builtin else f"/{plugin.slug}"), ("staff_routes", "" if plugin.builtin else f"/kerja/{plugin.slug}")):
                self._mount(plugin, hook, prefix, routers, names)
        self.routers = routers  # at once: requests are being answered meanwhile
        name_routes(names)

    def _mount(self, plugin: Plugin, hook: str, prefix: str, routers: dict[str, tuple[Plugin, Router]], names: dict[str, str]) -> None:
        give = getattr(plugin.module, hook, None)
        if give is None or plugin.broken:
            return
        try:
            with i18n.speaking(plugin=plugin.name):
                given: list[BaseRoute] = give()
            routes = [self.answering.guard(plugin, route, staff=hook == "staff_routes") for route in given]
            owner = routers.get(prefix.strip("/"))
            if owner is not None and not plugin.builtin and routes:
                raise ValueError(f"{prefix}/ belongs to {owner[0].name}")
        except Exception as error:  # noqa: BLE001
            self.host.mark_broken(plugin, f"hook:{hook}", error)
            return
        if plugin.builtin:
            groups: dict[str, list[BaseRoute]] = {}
            for route in routes:
                groups.setdefault(_key(route.path), []).append(route)
            for key, group in groups.items():
                known = routers[key][1].routes if key in routers else []
                routers[key] = (plugin, Router([*known, *group]))
        elif routes:
            routers[prefix.strip("/")] = (plugin, Router(routes))
        for route in routes:
            if isinstance(route, Route | WebSocketRoute) and route.name:
                names[route.name] = prefix + route.path

    def roles(self) -> dict[str, Any]:
        from .registry import current

        return current().roles

    def load_switches(self) -> bool:
        """Read from the database which plugins are switched off. True when that changed something."""
        from .plugin_switches import disabled_plugins

        with self.db.session(write=False) as db:
            changed = self.host.switch(disabled_plugins(db))
        if changed:
            self.cache.clear()
        return changed


_STAFF = ("/kerja/", "/admin/")
_OWN = ("/inbox/", "/akun/", "/data-saya/")  # rooms of both faces: staff see them in theirs


def _key(path: str) -> str:
    """The dispatch key of a path: its first segment, or the first two below `/kerja/`."""
    first, _, rest = path.lstrip("/").partition("/")
    first = first if not first.startswith("{") else ""
    return f"kerja/{rest.partition('/')[0]}" if first == "kerja" and not rest.startswith("{") else first


class PortalApp:
    """The ASGI application. `app.state.portal` is the Portal."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.state = SimpleNamespace(portal=portal)
        self._extra = security_headers(portal.settings)
        self._cookie = f"{portal.session_cookie}=".encode()
        self._languages: dict[bytes, str] = {}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            return await self._websocket(scope, receive, send)
        if scope["type"] == "lifespan":
            return await self._lifespan(receive, send)
        path: str = scope["path"]
        if path.startswith(PREFIX):
            return await self.portal.pages.static(scope, receive, send)
        method, keep_as = scope["method"], None
        key, personal, if_none_match = self._cache_key(scope) if method in ("GET", "HEAD") else (None, False, b"")
        if key is not None:
            version = self.portal.answering.database_version() if personal else 0  # before the page is drawn, see keep()
            kept = self.portal.cache.find(key, version) if version is not None else None
            if kept is not None:
                return await send_kept(kept, if_none_match, method, send)
            keep_as = key, personal, version
        return await self._answer(scope, receive, send, keep_as)

    # ------------------------------------------------------------------ http

    async def _answer(self, scope: dict[str, Any], receive: Any, send: Any, keep_as: tuple[Any, bool, int | None] | None) -> None:
        """Answer what no kept page answers. `keep_as`: how the answer may be kept, see `keep`."""
        path, method = scope["path"], scope["method"]
        scope["app"] = self
        scope["pendopo.path"] = path
        scope.setdefault("state", {})
        connection = HTTPConnection(scope)
        headers = self._extra
        if method not in SAFE:
            self.portal.cache.clear()
            headers = [*headers, (b"set-cookie", f"{FRESH_COOKIE}=1; Max-Age=3; Path=/; SameSite=Lax; HttpOnly".encode())]
        send = add_headers(send, headers)
        if "\0" in path or len(path) > 2000 or not host_is_allowed(connection.headers.get("host", ""), self.portal.settings.allowed_hosts):
            return await self.portal.answering.plain(400, send)
        scope["query_string"] = scope.get("query_string", b"").replace(b"%00", b"")
        await self._identify(scope, connection)
        if keep_as is not None:
            scope["pendopo.keep_as"] = keep_as
        await self._dispatch(scope, receive, send)

    def _cache_key(self, scope: dict[str, Any]) -> tuple[tuple[Any, ...] | None, bool, bytes]:
        """What a page depends on, read from raw headers; None when this request must not meet a kept page."""
        headers = dict(scope["headers"])
        of = headers.get
        cookie = of(b"cookie", b"")
        if cookie and (b"pesan=" in cookie or b"baru=" in cookie):
            return None, False, b""
        key = (
            scope["path"], scope.get("query_string", b""), cookie, self._language(of(b"accept-language", b"")), b"gzip" in of(b"accept-encoding", b""),
            of(b"hx-request-type"), of(b"range"), of(b"authorization"), of(b"host"), b"json" in of(b"accept", b""), self.portal.host.version,
        )
        return key, self._cookie in cookie, of(b"if-none-match", b"")

    def _language(self, header: bytes) -> str:
        found = self._languages.get(header)
        if found is None:
            found = best_language(header.decode("latin-1"), self.portal.settings.languages)
            if len(self._languages) < 5000:
                self._languages[header] = found
        return found

    async def _identify(self, scope: dict[str, Any], connection: HTTPConnection) -> None:
        """Who is asking, in which language, with which look."""
        cookies = connection.cookies
        actor = ANONYMOUS
        token = cookies.get(self.portal.session_cookie)
        if token:
            actor = await self.portal.answering.actor_of(token)
        scope["user"] = actor
        chosen = cookies.get(LANGUAGE_COOKIE) or (actor.language if actor.is_signed_in else "")
        raw = connection.headers.get("accept-language", "").encode("latin-1")
        language = chosen if chosen in self.portal.settings.languages else self._language(raw)
        scope["state"]["language"] = language
        i18n.current_language.set(language)
        i18n.current_zone.set(self.portal.settings.zone)
        scope["pendopo.appearance"] = cookies.get(APPEARANCE_COOKIE, "") if cookies.get(APPEARANCE_COOKIE) in ("terang", "gelap") else ""
        if FLASH_COOKIE in cookies:
            scope["pendopo.flash"] = read_flash(cookies[FLASH_COOKIE])

    def _find(self, path: str) -> tuple[Plugin, Router, str] | None:
        key = _key(path)
        found = self.portal.routers.get(key)
        if found is None and key.startswith("kerja/"):
            key, found = "kerja", self.portal.routers.get("kerja")
        if found is None:
            return None
        plugin, router = found
        return plugin, router, "" if plugin.builtin else f"/{key}"

    async def _dispatch(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        path = scope["path"]
        scope["pendopo.face"] = "kerja" if path == "/kerja" or path.startswith(_STAFF) or (scope["user"].is_staff and path.startswith(_OWN)) else "gawe"
        found = self._find(path)
        if found is None or found[0].state != "enabled":
            return await self.portal.answering.missing(scope, receive, send, found[0] if found else None)
        plugin, router, prefix = found
        if prefix and path == prefix:
            return await self.portal.answering.moved(prefix + "/", scope, send)
        scope["root_path"] = scope.get("root_path", "") + prefix
        i18n.current_plugin.set("" if plugin.builtin else plugin.name)
        for route in router.routes:
            match, child = route.matches(scope)
            if match.value == 2:
                scope.update(child)
                return await route.handle(scope, receive, send)
        await self.portal.answering.unmatched(scope, receive, send, router)

    # ------------------------------------------------------------------ websocket

    async def _websocket(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        scope["app"] = self
        scope.setdefault("state", {})
        connection = HTTPConnection(scope)
        found = self._find(scope["path"])
        if not check_socket(connection) or found is None or found[0].state != "enabled":
            await receive()
            return await send({"type": "websocket.close", "code": 1008})
        await self._identify(scope, connection)
        plugin, router, prefix = found
        scope["root_path"] = scope.get("root_path", "") + prefix
        i18n.current_plugin.set("" if plugin.builtin else plugin.name)
        for route in router.routes:
            match, child = route.matches(scope)
            if match.value == 2 and isinstance(route, WebSocketRoute):
                scope.update(child)
                return await route.handle(scope, receive, send)
        await receive()
        await send({"type": "websocket.close", "code": 1000})

    # ------------------------------------------------------------------ lifespan

    async def _lifespan(self, receive: Any, send: Any) -> None:
        from .background import Background

        await receive()
        try:
            self.portal.background = Background(self.portal)
            await self.portal.background.start()
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.portal.background.stop()
        await send({"type": "lifespan.shutdown.complete"})

    def keep(self, scope: dict[str, Any], response: Any, *, person: bool) -> None:
        """Keep a finished page, when its request allows it."""
        wanted = scope.get("pendopo.keep_as")
        if wanted is None or response.status_code != 200 or "set-cookie" in response.headers or "no-store" in response.headers.get("cache-control", ""):
            return
        # The version of before the page was drawn: a commit meanwhile makes it old at once.
        key, personal, version = wanted
        if version is None or (personal and not person) or scope["user"].is_signed_in != personal:
            return
        headers = [pair for pair in response.raw_headers if pair[0] != b"cache-control"]
        headers += [(b"cache-control", b"private, no-cache" if personal else b"no-cache"), *self._extra]
        self.portal.cache.keep(key, version, PERSON_S if personal else ANONYMOUS_S, 200, headers, response.body, response.headers["etag"].encode())


def best_language(header: str, known: list[str]) -> str:
    """The known language that an Accept-Language header likes best; the first known one when it likes none."""
    wishes = []
    for position, part in enumerate(header.split(",")[:20]):
        tag, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.partition("q=")[2] or 1)
        except ValueError:
            weight = 0.0
        wishes.append((-weight, position, tag.split("-")[0].lower()))
    return next((tag for _, _, tag in sorted(wishes) if tag in known), known[0])


def read_flash(cookie: str) -> list[dict[str, str]]:
    """The messages that the page before left, from its cookie; an unreadable cookie holds none."""
    try:
        found = json.loads(base64.urlsafe_b64decode(cookie.encode()))
        return [{"text": str(m["text"])[:500], "tone": str(m["tone"])[:10]} for m in found[:5]]
    except (ValueError, TypeError, KeyError):
        return []


def write_flash(messages: list[dict[str, str]]) -> str:
    return base64.urlsafe_b64encode(json.dumps(messages).encode()).decode()


def create_app(settings: Settings | None = None, host: PluginHost | None = None) -> PortalApp:
    """The portal as an ASGI application, with plugin switches read from the database."""
    portal = Portal(settings or Settings(), host)
    portal.load_switches()
    return PortalApp(portal)


def actor_or_anonymous(scope: dict[str, Any]) -> Actor:
    return scope.get("user") or ANONYMOUS
