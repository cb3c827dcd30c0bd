"""Templates and what every page is given: menus, fixtures, theme, words.

Navigation is a fragment: drawn once per (face, permissions, language, theme, plugins) and kept, since 24 menu entries
cost more than the rest of a page.
"""

from __future__ import annotations

import json
import tomllib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, pass_context
from markupsafe import Markup, escape
from starlette.requests import Request

from . import i18n
from .contract import MenuEntry
from .http import is_partial, url
from .identity.actor import ANONYMOUS, Actor
from .layout.charts import drawn_bars, drawn_lines
from .security import SAFE
from .statics import StaticFiles, squeeze

if TYPE_CHECKING:
    from .app import Portal
    from .plugins import Plugin

__all__ = ["current_pages"]

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Theme:
    """One regency's dress: templates, static files, words and tokens. No logic."""

    name: str
    folder: Path | None = None
    words: dict[str, Any] = field(default_factory=dict)  # language -> {name: words}
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)
    logo: str = ""
    data: dict[str, Any] = field(default_factory=dict)

    def said(self, language: str) -> dict[str, Any]:
        """The regency's own words in `language`, else in Indonesian."""
        return self.words.get(language) or self.words.get("id") or {}

    def css(self) -> str:
        """The tokens as custom properties, for light and dark, and the theme's own rules after them."""
        light, dark = ("".join(f"--{name}:{value};" for name, value in self.tokens.get(look, {}).items()) for look in ("light", "dark"))
        own = (self.folder / "static" / self.data["css"]).read_text("utf-8") if self.folder and "css" in self.data else ""
        return (
            f"@layer theme{{:root{{{light}}}@media (prefers-color-scheme:dark){{:root:not([data-look=terang]){{{dark}}}}}:root[data-look=gelap]{{{dark}}}}}"
            f"@layer dress{{{own}}}"
        )


def find_theme(name: str) -> Theme:
    """The installed theme `name` (entry point group `pendopo.themes`), or the bare house when there is none."""
    import importlib

    for point in metadata.entry_points(group="pendopo.themes", name=name):
        folder = Path(importlib.import_module(point.value).__path__[0])
        data = tomllib.loads((folder / "theme.toml").read_text("utf-8")) if (folder / "theme.toml").exists() else {}
        return Theme(name, folder, data.get("words", {}), data.get("tokens", {}), data.get("logo", ""), data)
    return Theme(name)


@dataclass(frozen=True)
class Nav:
    """The menus of one face for one set of permissions, and the parts of the frame that were drawn with them."""

    face: str
    entries: tuple[MenuEntry, ...]
    signed_in: bool = False
    staff: bool = False
    drawn: dict[tuple[str, ...], list[str]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def groups(self) -> dict[str, list[MenuEntry]]:
        found: dict[str, list[MenuEntry]] = {}
        for entry in self.entries:
            found.setdefault(entry.group, []).append(entry)
        return found

    @property
    def services(self) -> list[MenuEntry]:
        """Where the person can go, without the homes."""
        return [entry for entry in self.entries if entry.href not in _HOMES]

    def current(self, path: str) -> str:
        """The address of the entry that `path` lies at or below; "" when there is none."""
        above = (e.href for e in self.entries if path == e.href or (e.href not in _HOMES and path.startswith(e.href.rstrip("/") + "/")))
        return max(above, key=len, default="")


_HOMES = ("/", "/kerja/")
_PLACE = "\0"  # around what a drawn part leaves open: the name of a badge, or of something about the person


def _count_at(badge: str) -> Markup:
    """The place of a count in a part of the frame."""
    return Markup(f"{_PLACE}{badge}{_PLACE}")  # noqa: S704


def _count_of(entry: MenuEntry) -> Markup:
    return _count_at(entry.badge) if entry.badge else Markup()


def _person(what: str) -> Markup:
    """The place of something about whoever is signed in: `name`, `initials`, `post`, `account_topic`."""
    return Markup(f"{_PLACE}@{what}{_PLACE}")  # noqa: S704


def _filled(piece: str, actor: Actor, badges: dict[str, int]) -> str:
    if not piece.startswith("@"):
        count = badges.get(piece, 0)
        return f'<span class="count" data-badge="{piece}"{"" if count else " hidden"}>{count if count < 1000 else "999+"}</span>'
    if piece == "@name":
        return str(escape(actor.name))
    if piece == "@initials":
        return str(escape("".join(word[0] for word in actor.name.split()[:2]).upper() or "?"))
    if piece == "@post":
        return str(escape(actor.posts[0].jabatan if actor.posts else actor.email))
    return f"account:{actor.account_id}"


class Icons:
    """Lucide's icons by name, ready to stand in a page. An unknown name gives a plain square, never a broken page."""

    def __init__(self, path: Path) -> None:
        self.shapes: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        self._ready: dict[tuple[str, str], Markup] = {}

    def __call__(self, name: str, css: str = "") -> Markup:
        found = self._ready.get((name, css))
        if found is None:
            inner = self.shapes.get(name) or self.shapes.get("layout-grid", "")
            found = Markup('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>').format(f"icon {css}".strip(), Markup(inner))  # noqa: S704
            self._ready[name, css] = found
        return found


_current: Pages | None = None


def current_pages() -> Pages:
    """The pages of this process's portal, for what is drawn outside a request."""
    if _current is None:
        raise RuntimeError("no portal was made in this process")
    return _current


class Pages:
    """Renders templates. Theme over plugin over core, by the same path."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        global _current
        self.theme = find_theme(portal.settings.theme)
        self.icons = Icons(HERE / "layout" / "icons.json")
        self.rebuild()
        _current = self

    def rebuild(self) -> None:
        plugin_folders = [plugin.folder for plugin in self.portal.host if plugin.folder and not plugin.builtin and not plugin.broken]
        theme_folders = [self.theme.folder] if self.theme.folder else []
        template_folders = [*theme_folders, *plugin_folders, HERE / "layout"]
        self.static = StaticFiles(
            [HERE / "layout" / "static", *(f / "static" for f in [*plugin_folders, *theme_folders])],
            made={"css/pendopo.css": self._stylesheet().encode(), "css/map.css": self._map_stylesheet().encode()},
        )
        cache = self.portal.settings.home / "cache"
        cache.mkdir(parents=True, exist_ok=True)
        from jinja2 import FileSystemBytecodeCache

        self.env = Environment(
            loader=ChoiceLoader([FileSystemLoader(folder / "templates") for folder in template_folders]),
            autoescape=True,
            auto_reload=self.portal.settings.demo,
            bytecode_cache=FileSystemBytecodeCache(str(cache), "%s.j2"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
        )
        self.env.install_gettext_callables(i18n.translate, i18n.ngettext, newstyle=True)
        self.env.globals.update(
            url=url, static=self.static.address, config=self.portal.settings, theme=self.theme,
            now=lambda: datetime.now(UTC), query=_query, icon=self.icons, count_of=_count_of, count_at=_count_at,
            person=_person, drawn_bars=drawn_bars, drawn_lines=drawn_lines,
        )
        self.env.filters.update(
            tanggal=i18n.format_date, waktu=i18n.format_time, relatif=i18n.format_relative, rupiah=i18n.format_rupiah, rupiah_ringkas=i18n.format_rupiah_short,
            angka=i18n.format_number, telepon=_phone,
        )
        self._navs: OrderedDict[tuple[Any, ...], Nav] = OrderedDict()
        self._fixtures: dict[tuple[Any, ...], list[Markup]] = {}
        self._kept: dict[tuple[Any, ...], tuple[float, Any]] = {}

    def _stylesheet(self) -> str:
        """One file for the whole frame: the core's parts in their order, then the theme."""
        parts = [path.read_text("utf-8") for path in sorted((HERE / "layout" / "css").glob("*.css"))]
        return squeeze("\n".join([*parts, self.theme.css()]))

    def _map_stylesheet(self) -> str:
        """Leaflet's own rules in a layer below ours, so that the theme dresses the map."""
        path = HERE / "layout" / "static" / "vendor" / "leaflet.css"
        rules = path.read_text("utf-8").replace("url(images/", "url(../vendor/images/") if path.exists() else ""
        return squeeze(f"@layer vendor {{\n{rules}\n}}")

    def nav(self, face: str, actor: Actor, language: str) -> Nav:
        key = (face, actor.is_signed_in, actor.is_staff, frozenset(actor.permissions), language, self.portal.host.version)
        found = self._navs.get(key)
        if found is None:
            entries = [
                entry
                for entry in self.portal.host.call_each("menu_entries", actor=actor)
                if entry.face == face
                and (not entry.signed_in or actor.is_signed_in)
                and (not entry.permission or actor.can(entry.permission))
                and (face != "kerja" or actor.is_staff)
            ]
            found = Nav(face, tuple(sorted(entries, key=lambda entry: (entry.rank, entry.label))), actor.is_signed_in, actor.is_staff)
            self._navs[key] = found
            if len(self._navs) > 500:
                self._navs.popitem(last=False)
        return found

    def frame(self, part: str, nav: Nav, actor: Actor, language: str, appearance: str, path: str, badges: dict[str, int]) -> Markup:
        """A part of the frame (`layout/frame/<part>.html`): drawn once for this menu and look, then only filled with counts."""
        pieces = nav.drawn.get((part, appearance))
        if pieces is None:
            with i18n.speaking(language, ""):
                text = self.env.get_template(f"layout/frame/{part}.html").render(
                    nav=nav, face=nav.face, language=language, appearance=appearance, portal_name=self.portal_name(nav.face), words=self.theme.said(language)
                )
            pieces = nav.drawn[part, appearance] = text.split(_PLACE)
        text = pieces[0] if len(pieces) == 1 else "".join([_filled(piece, actor, badges) if n % 2 else piece for n, piece in enumerate(pieces)])
        here = nav.current(path)
        if here:
            text = text.replace(f' href="{here}"', f' href="{here}" aria-current="page"')
        return Markup(text)  # noqa: S704

    def for_a_while(self, key: tuple[Any, ...], seconds: float, make: Callable[[], Any]) -> Any:
        """What `make` gave at most `seconds` ago for `key`."""
        kept = self._kept.get(key)
        if kept is None or kept[0] < monotonic():
            kept = self._kept[key] = (monotonic() + seconds, make())
        return kept[1]

    def portal_name(self, face: str) -> str:
        regency = self.portal.settings.regency
        return regency.portal_kerja if face == "kerja" else regency.portal_gawe

    def fixtures(self, face: str, language: str) -> list[Markup]:
        key = (face, language, self.portal.host.version)
        if key not in self._fixtures:
            drawn = []
            for plugin, fixtures in self.portal.host.each("page_fixtures"):
                for fixture in fixtures:
                    if fixture.face in (None, face) and (html := self._piece(plugin, language, fixture.template, fixture.context)):
                        drawn.append(html)
            self._fixtures[key] = drawn
        return self._fixtures[key]

    def _piece(self, plugin: Plugin, language: str, template: str, context: dict[str, Any]) -> Markup:
        """A plugin's part of everybody's page; nothing when it can't be drawn, and the plugin's fault."""
        try:
            return Markup(self.draw(template, language, plugin.name, **context))  # noqa: S704
        except Exception as error:  # noqa: BLE001
            self.portal.host.fault(plugin.name, f"template:{template}", error)
            return Markup("")

    def context(self, request: Request) -> dict[str, Any]:
        scope = request.scope
        actor: Actor = scope.get("user") or ANONYMOUS
        face = scope.get("pendopo.face", "gawe")
        language = i18n.current_language.get()
        # The frame speaks the core's words, whichever plugin's page it surrounds.
        with i18n.speaking(plugin=""):
            nav = self.nav(face, actor, language)
            fixtures = self.fixtures(face, language)
        counts = self._once(request, "counts", lambda: self._counts(request, actor))
        appearance, path = scope.get("pendopo.appearance", ""), scope.get("pendopo.path", scope["path"])
        return {
            "frame": lambda part: self.frame(part, nav, actor, language, appearance, path, counts["badges"]), "portal_name": self.portal_name(face),
            "request": request, "actor": actor, "language": language, "face": face, "nav": nav, "fixtures": fixtures,
            "appearance": appearance, "path": path,
            "flash": scope.get("pendopo.flash", []) + getattr(request.state, "flash_out", []),
            "layout": "layout/fragment.html" if is_partial(request) else "layout/page.html",
            "notice": self._once(request, "notice", lambda: self._notice(request, actor)), "crumbs": (), "words": self.theme.said(language),
            "live_last": self._newest_live(), **counts,
        }

    def _once(self, request: Request, name: str, find: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """`find()`, asked once while a request only reads: a page and the cards on it share the answer."""
        if request.method not in SAFE:
            return find()
        known: dict[str, Any] = request.scope.setdefault("pendopo.found", {})
        if name not in known:
            known[name] = find()
        return known[name]

    def _newest_live(self) -> int | str:
        """The live message that this page surely knows of: its socket asks for what came after."""
        hub = getattr(self.portal.background, "hub", None)
        return hub.last if hub is not None else ""

    def _notice(self, request: Request, actor: Actor) -> dict[str, Any]:
        """The word to the people that stands above this page, and the topic on which it is renewed."""
        db = getattr(request.state, "db", None)
        if db is not None and not is_partial(request):
            for plugin, notice in self.portal.host.each("page_notice", db=db, actor=actor):
                if notice is not None:
                    return {"topic": notice.topic, "html": self._piece(plugin, i18n.current_language.get(), notice.template, notice.context)}
        return {"topic": "public:siaran", "html": ""}

    def _counts(self, request: Request, actor: Actor) -> dict[str, Any]:
        """Badges of the menu and unread messages of whoever is signed in."""
        db = getattr(request.state, "db", None)
        if db is None or not actor.is_signed_in or is_partial(request):
            return {"badges": {}, "unread": 0}
        badges = dict(self.portal.host.call_each("badge_counts", db=db, actor=actor))
        return {"badges": badges, "unread": badges.get("inbox", 0)}

    def render(self, request: Request, template: str, context: dict[str, Any]) -> str:
        everything = self.context(request)
        everything.update(context)
        if everything["flash"] and getattr(request.state, "flash_out", []):
            request.state.flash_out = []
        return self.env.get_template(template).render(everything)

    def draw(self, template: str, language: str, plugin: str = "", **context: Any) -> str:
        """A fragment outside a request: for the live wire, mail and notices."""
        with i18n.speaking(language, plugin):
            return self.env.get_template(template).render({"language": language, "actor": ANONYMOUS, "layout": "layout/fragment.html", **context})


@pass_context
def _query(context: Any, **changes: Any) -> str:
    """The present page's query with `changes` (None removes), as `?a=1&b=2`."""
    from urllib.parse import urlencode

    pairs = [(key, value) for key, value in context["request"].query_params.multi_items() if key not in changes]
    pairs += [(key, value) for key, value in changes.items() if value not in (None, "")]
    return "?" + urlencode(pairs)


def _phone(value: str | None) -> str:
    """`+6281234567890` as `0812-3456-7890`."""
    if not value:
        return ""
    digits = "0" + value.removeprefix("+62") if value.startswith("+62") else value
    return "-".join(part for part in (digits[:4], digits[4:8], digits[8:]) if part)
