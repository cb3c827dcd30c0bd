"""Find, check, order, switch and isolate plugins.

A plugin that fails to import, that names an unknown hook or that asks for another core is listed as broken with its
reason, and the others go on. A hook that raises loses its own answer, nothing else.
"""

from __future__ import annotations

import importlib
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pluggy
import structlog
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from . import __version__, hookspecs
from . import contract as c
from .contract import PluginCard
from .i18n import add_catalogue, speaking
from .logs import mask

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

__all__ = ["current_host"]

log = structlog.get_logger("pendopo.plugins")

GROUP = "pendopo.plugins"
BUILTIN = (
    "pendopo.layout.plugin",
    "pendopo.identity.plugin",
    "pendopo.notifications.plugin",
    "pendopo.kit.plugin",
    "pendopo.kit.statistics.plugin",
    "pendopo.kit.berkas.plugin",
    "pendopo.kit.appointments.plugin",
    "pendopo.kit.payments.plugin",
    "pendopo.kit.documents.plugin",
    "pendopo.admin.plugin",
)
# What the lists of collect hooks hold; anything else is that plugin's fault and nobody else's.
ITEMS: dict[str, type | tuple[type, ...]] = {
    "permissions": c.Permission, "roles": c.RoleSpec, "topics": c.Topic, "jobs": c.Job, "settings": c.SettingSpec, "services": c.Service,
    "companions": c.Companion, "menu_entries": c.MenuEntry, "badge_counts": tuple, "dashboard_cards": c.DashboardCard, "page_fixtures": c.Fixture,
    "search_results": c.SearchResult, "calendar_entries": c.CalendarEntry, "absences": c.CalendarEntry, "map_layers": c.MapLayer,
    "open_datasets": c.OpenDataset, "statistics": c.Statistic, "statistic_views": c.StatisticView, "health": c.Health, "personal_data": c.PersonalData,
    "message_channels": tuple, "payment_providers": c.PaymentWay,
}


def _checked(hook: str, answer: Any) -> Any:
    """`answer` of a collect hook as a list. Raises TypeError for anything else than its items."""
    wanted = ITEMS.get(hook)
    if wanted is None:
        return answer
    items = list(answer or ())
    for item in items:
        if not isinstance(item, wanted) or (wanted is tuple and len(item) != 2):
            raise TypeError(f"{hook} gave {type(item).__name__}")
    return items


def _in_savepoint(db: Session | None, call: Callable[[], Any]) -> Any:
    """What `call` returns. When it raises, the transaction of `db` can go on: PostgreSQL refuses every later statement else.

    A transaction that only reads has nothing to lose and is begun anew, which spares the savepoint when all is well.
    """
    if db is None:
        return call()
    if db.info.get("reads"):
        try:
            return call()
        except Exception:
            db.rollback()
            raise
    with db.begin_nested():
        return call()


@dataclass(frozen=True)
class Fault:
    """Something that went wrong in a plugin. `where`: import, hook:<name>, route:<name>, job:<slug>, template, migration."""

    plugin: str
    where: str
    summary: str
    detail: str
    at: datetime


@dataclass
class HookTime:
    calls: int = 0
    total_s: float = 0.0
    slowest_s: float = 0.0

    def add(self, seconds: float) -> None:
        self.calls += 1
        self.total_s += seconds
        self.slowest_s = max(self.slowest_s, seconds)


@dataclass
class Plugin:
    """One plugin as the host sees it. `state`: enabled, disabled or broken."""

    name: str
    version: str = ""
    module: ModuleType | None = None
    card: PluginCard | None = None
    builtin: bool = False
    enabled: bool = True
    broken: str = ""
    faults: deque[Fault] = field(default_factory=lambda: deque(maxlen=20))
    times: dict[str, HookTime] = field(default_factory=dict)

    @property
    def state(self) -> str:
        return "broken" if self.broken else "enabled" if self.enabled else "disabled"

    @property
    def slug(self) -> str:
        return self.card.slug if self.card else self.name.partition("_")[2] or self.name

    @property
    def face(self) -> str:
        return self.card.face if self.card else ("kerja" if self.name.startswith("kerja_") else "gawe")

    @property
    def package(self) -> str:
        return self.module.__name__.rpartition(".")[0] if self.module else self.name

    @property
    def folder(self) -> Path | None:
        file = getattr(self.module, "__file__", None)
        return Path(file).parent if file else None

    @property
    def order(self) -> tuple[bool, str, str]:
        return (not self.builtin, self.face, self.name)

    def as_json(self) -> dict[str, str]:
        return {"name": self.name, "slug": self.slug, "face": self.face, "version": self.version, "state": self.state, "fault": self.broken}


class PluginHost:
    """All plugins of this installation. `version` grows whenever a plugin is switched, to date what was built from hooks."""

    def __init__(self) -> None:
        self.pm = pluggy.PluginManager("pendopo")
        self.pm.add_hookspecs(hookspecs)
        self.plugins: dict[str, Plugin] = {}
        self.version = 0
        self.own_specs: list[Any] = []
        self.on_fault: list[Callable[[Fault], None]] = []
        self._by_module: dict[int, Plugin] = {}
        self._impls: dict[str, list[tuple[Plugin, Any]]] = {}

    # ------------------------------------------------------------------ finding and checking

    def load(self, *, builtin: tuple[str, ...] = BUILTIN, entry_points: Any = None) -> None:
        """Import and check every plugin. `entry_points`: an iterable to use in place of the installed ones."""
        for dotted in builtin:
            name = dotted.removesuffix(".plugin").rpartition(".")[2]
            self._import(Plugin(name, __version__, builtin=True), lambda dotted=dotted: importlib.import_module(dotted))
        found = metadata.entry_points(group=GROUP) if entry_points is None else entry_points
        for point in sorted(found, key=lambda point: point.name):
            dist = getattr(point, "dist", None)
            self._import(Plugin(point.name, dist.version if dist else ""), point.load)
        self._declare_own_hooks()
        for plugin in self.plugins.values():
            self._check(plugin)
        self._check_requirements()
        self._index()

    def add(self, name: str, module: Any, *, version: str = "0") -> Plugin:
        """Register a plugin given as a module or object (tests, generated plugins)."""
        plugin = Plugin(name, version)
        self._import(plugin, lambda: module)
        self._declare_own_hooks()
        self._check(plugin)
        self._check_requirements()
        self._index()
        return plugin

    def _import(self, plugin: Plugin, load: Callable[[], Any]) -> None:
        self.plugins[plugin.name] = plugin
        try:
            plugin.module = load()
            self.pm.register(plugin.module, name=plugin.name)
        except BaseException as error:  # a plugin may raise anything while it is imported, SystemExit too
            if isinstance(error, KeyboardInterrupt):
                raise
            if plugin.module is not None and self.pm.get_plugin(plugin.name) is not None:
                self.pm.unregister(name=plugin.name)
            self.mark_broken(plugin, "import", error)
            return
        self._by_module[id(plugin.module)] = plugin
        folder = plugin.folder
        if folder and (folder / "locale").is_dir():
            add_catalogue(plugin.name, folder / "locale")

    def _declare_own_hooks(self) -> None:
        for plugin, impl in self._ordered_impls("plugin_hookspecs"):
            try:
                for module in impl.function():
                    if not any(module is known for known in self.own_specs):
                        self.pm.add_hookspecs(module)
                        self.own_specs.append(module)
            except Exception as error:  # noqa: BLE001
                self.mark_broken(plugin, "hook:plugin_hookspecs", error)

    def _check(self, plugin: Plugin) -> None:
        if plugin.broken or plugin.module is None or plugin.card:
            return
        unknown = [
            caller.name
            for caller in self.pm.get_hookcallers(plugin.module) or []
            if not caller.has_spec() and not all(impl.optionalhook for impl in caller.get_hookimpls() if impl.plugin is plugin.module)
        ]
        if unknown:
            return self._refuse(plugin, "unknown hook: " + ", ".join(sorted(unknown)))
        if getattr(plugin.module, "plugin_card", None) is None:
            return self._refuse(plugin, "has no plugin_card")
        try:
            with speaking(plugin=plugin.name):
                card = plugin.module.plugin_card()
        except Exception as error:  # noqa: BLE001
            self.mark_broken(plugin, "hook:plugin_card", error)
            return
        if not isinstance(card, PluginCard):
            return self._refuse(plugin, "plugin_card() must return a PluginCard")
        twin = next((p for p in self.plugins.values() if p is not plugin and p.card and p.card.slug == card.slug), None)
        plugin.card = card
        if twin:
            return self._refuse(plugin, f"slug {card.slug!r} is taken by {twin.name}")
        try:
            if Version(__version__) not in SpecifierSet(card.core):
                self._refuse(plugin, f"needs pendopo {card.core}, this is {__version__}")
        except InvalidSpecifier:
            self._refuse(plugin, f"can't read core requirement {card.core!r}")

    def _check_requirements(self) -> None:
        """Refuse who needs a plugin that is missing or broken, and then who needs those."""
        refused = True
        while refused:
            refused = False
            for plugin in self.plugins.values():
                needs = plugin.card.requires if plugin.card and not plugin.broken else ()
                missing = [name for name in needs if name not in self.plugins or self.plugins[name].broken]
                if missing:
                    self._refuse(plugin, "needs the plugin " + ", ".join(missing))
                    refused = True

    def _refuse(self, plugin: Plugin, reason: str) -> None:
        plugin.broken = reason
        self._record(Fault(plugin.name, "check", reason, "", datetime.now(UTC)))

    def mark_broken(self, plugin: Plugin, where: str, error: BaseException) -> None:
        plugin.broken = mask(f"{where}: {type(error).__name__}: {error}".strip()[:500])
        self.fault(plugin.name, where, error)
        self._index()

    # ------------------------------------------------------------------ faults

    def fault(self, plugin: str, where: str, error: BaseException) -> None:
        """Note that something of `plugin` failed; operators see it, everything else goes on."""
        detail = mask("".join(traceback.format_exception(error))[-6000:])
        self._record(Fault(plugin, mask(where), mask(f"{type(error).__name__}: {error}"[:300]), detail, datetime.now(UTC)))

    def _record(self, fault: Fault) -> None:
        log.error("plugin fault", plugin=fault.plugin, where=fault.where, fault=fault.summary, detail=fault.detail)
        if fault.plugin in self.plugins:
            self.plugins[fault.plugin].faults.append(fault)
        for listener in self.on_fault:
            listener(fault)

    # ------------------------------------------------------------------ switching

    def switch(self, disabled: set[str]) -> bool:
        """Make exactly the plugins named in `disabled` disabled. True when something changed."""
        changed = False
        for plugin in self.plugins.values():
            enabled = plugin.builtin or plugin.name not in disabled
            changed |= enabled != plugin.enabled
            plugin.enabled = enabled
        if changed:
            self._index()
        return changed

    def is_enabled(self, name: str) -> bool:
        plugin = self.plugins.get(name)
        return plugin is not None and plugin.state == "enabled"

    def __iter__(self) -> Iterator[Plugin]:
        return iter(sorted(self.plugins.values(), key=lambda plugin: plugin.order))

    def enabled(self) -> list[Plugin]:
        return [plugin for plugin in self if plugin.state == "enabled"]

    # ------------------------------------------------------------------ calling

    def _ordered_impls(self, hook: str) -> list[tuple[Plugin, Any]]:
        caller = getattr(self.pm.hook, hook, None)
        if caller is None:
            return []
        impls = [(self._by_module[id(impl.plugin)], impl) for impl in caller.get_hookimpls() if id(impl.plugin) in self._by_module]
        return sorted(((p, impl) for p, impl in impls if p.state == "enabled"), key=lambda pair: pair[0].order)

    def _index(self) -> None:
        self._impls = {}  # a new one: threads that are reading keep the old
        self.version += 1

    def impls(self, hook: str) -> list[tuple[Plugin, Any]]:
        """Enabled plugins that implement `hook`, in order, with their implementation."""
        known = self._impls
        found = known.get(hook)
        if found is None:
            found = known[hook] = self._ordered_impls(hook)
        return found

    def _run(self, plugin: Plugin, hook: str, impl: Any, arguments: dict[str, Any]) -> Any:
        start = perf_counter()
        try:
            with speaking(plugin=plugin.name):
                return _in_savepoint(arguments.get("db"), lambda: impl.function(*[arguments[name] for name in impl.argnames]))
        finally:
            plugin.times.setdefault(hook, HookTime()).add(perf_counter() - start)

    def each(self, hook: str, **arguments: Any) -> Iterator[tuple[Plugin, Any]]:
        """`(plugin, answer)` of each plugin that answers without raising."""
        for plugin, impl in self.impls(hook):
            try:
                answer = _checked(hook, self._run(plugin, hook, impl, arguments))
            except Exception as error:  # noqa: BLE001
                self.fault(plugin.name, f"hook:{hook}", error)
            else:
                yield plugin, answer

    def call_each(self, hook: str, **arguments: Any) -> list[Any]:
        """Collect: all answers joined into one list."""
        return [item for _, answer in self.each(hook, **arguments) for item in answer or ()]

    def ask(self, hook: str, default: Any = None, **arguments: Any) -> Any:
        """Question: the first answer that is not None."""
        return next((answer for _, answer in self.each(hook, **arguments) if answer is not None), default)

    def demand(self, hook: str, **arguments: Any) -> Any:
        """A question whose failure must not look like silence: the first answer that is not None. Raises what a plugin raises."""
        for plugin, impl in self.impls(hook):
            answer = self._run(plugin, hook, impl, arguments)
            if answer is not None:
                return answer
        return None

    def objections(self, hook: str, **arguments: Any) -> list[str]:
        """Veto: all reasons; a plugin that raises objects."""
        reasons: list[str] = []
        for plugin, impl in self.impls(hook):
            try:
                reasons += self._run(plugin, hook, impl, arguments) or []
            except Exception as error:  # noqa: BLE001
                self.fault(plugin.name, f"hook:{hook}", error)
                reasons.append(f"{plugin.name}: {type(error).__name__}")
        return reasons

    def tell(self, plugin_name: str, hook: str, **arguments: Any) -> None:
        """Fact: tell one plugin. Raises what the plugin raises: the outbox retries it alone."""
        for plugin, impl in self.impls(hook):
            if plugin.name == plugin_name:
                self._run(plugin, hook, impl, arguments)


_current: PluginHost | None = None


def set_current_host(host: PluginHost) -> None:
    global _current
    _current = host


def current_host() -> PluginHost:
    """The host of this process's portal."""
    if _current is None:
        raise RuntimeError("no portal was made in this process")
    return _current
