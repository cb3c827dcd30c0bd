"""Which views there are, who may see what of them, and their figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from ...contract import StatisticView
from ...errors import DomainError, NotFound, PermissionRefused
from ...i18n import N_, _, speaking, words_of
from ...identity import Actor
from ...plugins import Plugin, current_host
from .filters import Filter, Filters
from .guarding import guarded
from .tables import Finished, Row, Table, finished

__all__ = ["StatisticFailed"]


class StatisticFailed(DomainError):
    status = 500
    message = N_("Angka ini sedang tidak dapat dihitung. Petugas kami sudah diberi tahu.")


@dataclass(frozen=True)
class Found:
    """A view and the plugin that gave it."""

    plugin: Plugin
    view: StatisticView

    @property
    def title(self) -> str:
        return words_of(self.plugin.name, self.view.title)

    @property
    def summary(self) -> str:
        return words_of(self.plugin.name, self.view.summary)

    @property
    def source(self) -> str:
        return words_of(self.plugin.name, self.view.source)

    @property
    def service(self) -> str:
        return words_of(self.plugin.name, self.plugin.card.title) if self.plugin.card else self.plugin.slug

    def may_see(self, actor: Actor) -> bool:
        return not self.view.permission or actor.can(self.view.permission)

    def may_drill(self, actor: Actor) -> bool:
        return self.view.drill is not None and self.may_see(actor) and actor.can(self.view.drill_permission or self.view.permission)

    def is_exact_for(self, actor: Actor) -> bool:
        """May they know small figures too: whoever may see the rows, or what the public may not see at all?"""
        needed = self.view.drill_permission or self.view.permission
        return bool(needed) and actor.can(needed)


def every_view() -> list[Found]:
    """The views of all plugins, in the plugins' order."""
    return [Found(plugin, view) for plugin, views in current_host().each("statistic_views") for view in views]


def find_view(plugin: str, slug: str, actor: Actor, *, staff: bool) -> Found:
    """Raises NotFound, also for what the public may not see, and PermissionRefused."""
    found = next((one for one in every_view() if one.plugin.slug == plugin and one.view.slug == slug), None)
    if found is None or (found.view.permission and not staff):
        raise NotFound()
    if not found.may_see(actor):
        raise PermissionRefused()
    return found


# ------------------------------------------------------------------------------------------------------------- filters


@dataclass(frozen=True)
class Choice:
    """A filter as it stands above the table: its options, and the value that was chosen."""

    filter: Filter
    title: str
    options: list[tuple[str, str]]
    value: str


def choices_of(db: Session, found: Found, asked: Mapping[str, str], filters: Filters) -> list[Choice]:
    """The filters of a view with what `asked` chose; what makes no sense is as if it were not there."""
    with speaking(plugin=found.plugin.name):
        return [_choice(db, one, asked.get(one.slug, ""), filters) for one in found.view.filters]


def _choice(db: Session, one: Filter, asked: str, filters: Filters) -> Choice:
    options = [("", _(one.all))] if one.all else []
    options += [(str(value), _(words)) for value, words in one.choices(db, filters.today)]
    known = {value for value, _words in options}
    value = asked if asked in known else options[0][0] if options else ""
    return Choice(one, _(one.title), options, value)


# ------------------------------------------------------------------------------------------------------------- figures


def figures(db: Session, found: Found, filters: Filters, *, exact: bool) -> Finished:
    """What the page, its chart and its files show."""
    table = _asked(found, lambda: found.view.query(db, filters))
    with speaking(plugin=found.plugin.name):
        whole = _spoken(finished(_spoken(table), _("Total")))
    return whole if exact else guarded(whole, keep_order=found.view.chart == "line")


def rows_behind(db: Session, found: Found, filters: Filters, key: str) -> Finished:
    """The rows that one figure counts. Raises PermissionRefused, or NotFound when nothing has this key."""
    if not found.may_drill(filters.actor):
        raise PermissionRefused()
    table = _asked(found, lambda: found.view.drill(db, filters, key) if found.view.drill else None)
    if table is None:
        raise NotFound()
    with speaking(plugin=found.plugin.name):
        return finished(replace(_spoken(table), total=False), "")


def _asked(found: Found, ask: Any) -> Any:
    """What the plugin answers, in its own words. What it raises is its fault, and told as such."""
    try:
        with speaking(plugin=found.plugin.name):
            return ask()
    except DomainError:
        raise
    except Exception as error:
        current_host().fault(found.plugin.name, f"statistic:{found.view.slug}", error)
        raise StatisticFailed() from error


def _spoken(table: Any) -> Any:
    """Titles of columns in the reader's language."""
    if isinstance(table, Table):
        return replace(table, columns=[replace(column, title=_(column.title)) for column in table.columns], across=_(table.across))
    return table


def label_of(table: Finished, key: str) -> str:
    row: Row | None = next((row for row in table.rows if row.key == key), None)
    return str(row.cells[0]) if row else ""
