"""Walk through a served portal as somebody does, by its links, and find one example of each page and of each form.

`python -m pendopo.testing.walk` prints the routes of the installation that PENDOPO_* names.
"""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from .served import House

_KINDS = {"int": r"\d+", "path": r".+", "str": r"[^/]+", "float": r"[\d.]+", "uuid": r"[0-9a-f-]+"}
_PLACE = re.compile(r"{(\w+)(?::(\w+))?}")
MOST_REQUESTS = 400
# demo accounts; nobody first, who sees most last
EVERYBODY = ["", "warga", "petugas", "kabid", "pimpinan", "penyiar", "tu", "bendahara", "kesra", "desa", "inspektorat", "admin"]


@dataclass(frozen=True)
class RouteInfo:
    """`path` is whole (`/pelaporan/{id:int}`), `plugin` its owner's name."""

    name: str
    path: str
    methods: tuple[str, ...]
    plugin: str

    @property
    def pattern(self) -> re.Pattern[str]:
        return _pattern(self.path)

    @property
    def is_plain(self) -> bool:
        return "{" not in self.path


@cache
def _pattern(path: str) -> re.Pattern[str]:
    text, last = "", 0
    for match in _PLACE.finditer(path):
        text += re.escape(path[last : match.start()]) + f"(?:{_KINDS[match[2] or 'str']})"
        last = match.end()
    return re.compile(text + re.escape(path[last:]))


def routes(house: House) -> list[RouteInfo]:
    """Every HTTP route, asked of a process of its own: making a portal here would disturb the tests' own."""
    done = subprocess.run([sys.executable, "-m", "pendopo.testing.walk"], env=house.environment, cwd=house.home, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return [RouteInfo(name, path, tuple(methods), plugin) for name, path, methods, plugin in json.loads(done.stdout.splitlines()[-1])]


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, str]] = []  # method, action

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "a" and names.get("href"):
            self.links.append(names["href"] or "")
        elif tag == "form":
            self.forms.append(((names.get("method") or "get").upper(), names.get("action") or ""))


@dataclass
class Found:
    """What one person can reach. `pages`: route name or path -> address of a page; `forms`: the same for what can be posted."""

    pages: dict[str, str] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)  # "status address (linked from)"


def walk(house: House, known: list[RouteInfo], handle: str = "", *, begin: tuple[str, ...] = ("/",)) -> Found:
    """One page for each route that `handle` (a demo account; "" is anonymous) reaches by links, or by knowing a plain address."""
    cookie = f"pendopo={house.session_of(handle)}" if handle else ""
    found = Found()
    plain = [route.path for route in known if route.is_plain and "GET" in route.methods]
    waiting: deque[tuple[str, str]] = deque([(path, "") for path in begin])
    asked: set[str] = set()
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=20)
    while (waiting or plain) and len(asked) < MOST_REQUESTS:
        path, source = waiting.popleft() if waiting else (plain.pop(0), "")
        bare = path.partition("?")[0]
        key = _key(known, bare, "GET")
        if bare in asked or key is None or key in found.pages:
            continue
        asked.add(bare)
        status, kind, text, location = _get(connection, path, cookie)
        if status in (301, 302, 303, 307, 308):
            waiting.append((urlsplit(urljoin(path, location)).path, source))
        elif status >= 400 and (source or status >= 500) and path != "/readyz":  # which says 503 when a service is not well
            found.broken.append(f"{status} {path} (linked from {source or 'nowhere'})")
        elif status == 200 and kind == "text/html" and "<html" in text[:300]:
            found.pages[key] = path
            waiting.extend((link, path) for link in _inside(path, text, known, found))
    connection.close()
    return found


def _inside(path: str, text: str, known: list[RouteInfo], found: Found) -> Iterator[str]:
    """Addresses on our own host that the page leads to; its forms are noted on the way."""
    parser = _Links()
    parser.feed(text)
    for method, action in parser.forms:
        target = urlsplit(urljoin(path, action)).path
        key = _key(known, target, method)
        if key is not None and method == "POST":
            found.forms.setdefault(key, target)
    for link in parser.links:
        parts = urlsplit(urljoin(path, link))
        if not parts.netloc and parts.path.startswith("/"):
            yield parts._replace(fragment="").geturl()


def _key(known: list[RouteInfo], path: str, method: str) -> str | None:
    return next((route.name or route.path for route in known if method in route.methods and route.pattern.fullmatch(path)), None)


def _get(connection: http.client.HTTPConnection, path: str, cookie: str) -> tuple[int, str, str, str]:
    connection.request("GET", path, headers={"Accept": "text/html", **({"Cookie": cookie} if cookie else {})})
    answer = connection.getresponse()
    kind = answer.headers.get_content_type()
    if kind == "text/html":
        text = answer.read().decode("utf-8")
    else:
        text = ""
        connection.close()  # a stream would not end
    return answer.status, kind, text, answer.headers.get("Location", "")


def _print_routes() -> None:
    from ..app import Portal
    from ..settings import Settings

    portal = Portal(Settings())
    found = []
    for prefix, (plugin, router) in portal.routers.items():
        for route in router.routes:
            if getattr(route, "methods", None):
                path = route.path if plugin.builtin else f"/{prefix}{route.path}"
                found.append((route.name or "", path, sorted(route.methods - {"HEAD"}), plugin.name))
    print(json.dumps(found))


if __name__ == "__main__":
    _print_routes()
