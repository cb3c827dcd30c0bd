"""Templates and what every page is given: menus, fixtures, theme, words.

Navigation is a fragment: drawn once per (face, permissions, language, theme, plugins) and kept, since 24 menu entries
cost more than the rest of a page.
"""

from __future__ import annotations

import tomllib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, pass_context
from markupsafe import Markup
from starlette.requests import Request

from . import i18n
from .contract import MenuEntry
from .http import is_partial, url
from .identity.actor import ANONYMOUS, Actor
from .statics import StaticFiles

if TYPE_CHECKING:
    from .app import Portal

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Theme:
    """One regency's dress: templates, static files, words and tokens. No logic."""

    name: str
    folder: Path | None = None
    words: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)
    logo: str = ""
    data: dict[str, Any] = field(default_factory=dict)


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
    """The menus of one face for one set of permissions."""

    face: str
    entries: tuple[MenuEntry, ...]

    @property
    def groups(self) -> dict[str, list[MenuEntry]]:
        found: dict[str, list[MenuEntry]] = {}
        for entry in self.entries:
            found.setdefault(entry.group, []).append(entry)
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
        self.rebuild()
        _current = self

    def rebuild(self) -> None:
        plugin_folders = [plugin.folder for plugin in self.portal.host if plugin.folder and not plugin.builtin and not plugin.broken]
        theme_folders = [self.theme.folder] if self.theme.folder else []
        template_folders = [*theme_folders, *plugin_folders, HERE / "layout"]
        self.static = StaticFiles([HERE / "layout" / "static", *(f / "static" for f in [*plugin_folders, *theme_folders])])
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
            now=lambda: datetime.now(UTC), query=_query,
        )
        self.env.filters.update(
            tanggal=i18n.format_date, waktu=i18n.format_time, relatif=i18n.format_relative, rupiah=i18n.format_rupiah,
            angka=i18n.format_number, telepon=_phone,
        )
        self._navs: OrderedDict[tuple[Any, ...], Nav] = OrderedDict()
        self._fixtures: dict[tuple[Any, ...], list[Markup]] = {}

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
            found = Nav(face, tuple(sorted(entries, key=lambda entry: (entry.rank, entry.label))))
            self._navs[key] = found
            if len(self._navs) > 500:
                self._navs.popitem(last=False)
        return found

    def fixtures(self, face: str, language: str) -> list[Markup]:
        key = (face, language, self.portal.host.version)
        if key not in self._fixtures:
            drawn = []
            for plugin, fixtures in self.portal.host.each("page_fixtures"):
                for fixture in fixtures:
                    if fixture.face in (None, face):
                        with i18n.speaking(language, plugin.name):
                            drawn.append(Markup(self.env.get_template(fixture.template).render(fixture.context)))  # noqa: S704
            self._fixtures[key] = drawn
        return self._fixtures[key]

    def context(self, request: Request) -> dict[str, Any]:
        scope = request.scope
        actor: Actor = scope.get("user") or ANONYMOUS
        face = scope.get("pendopo.face", "gawe")
        language = i18n.current_language.get()
        # The frame speaks the core's words, whichever plugin's page it surrounds.
        with i18n.speaking(plugin=""):
            nav = self.nav(face, actor, language)
            fixtures = self.fixtures(face, language)
        return {
            "request": request, "actor": actor, "language": language, "face": face, "nav": nav, "fixtures": fixtures,
            "appearance": scope.get("pendopo.appearance", ""), "path": scope.get("pendopo.path", scope["path"]),
            "flash": scope.get("pendopo.flash", []) + getattr(request.state, "flash_out", []),
            "layout": "layout/fragment.html" if is_partial(request) else "layout/page.html",
            "crumbs": (), **self._counts(request, actor),
        }

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
        text = self.env.get_template(template).render(everything)
        return text

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
