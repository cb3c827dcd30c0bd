"""What a visitor chose above a table: a year, a kecamatan, or one of a plugin's own choices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ...i18n import N_
from ...identity import Actor
from .. import places

__all__ = ["Filter", "Filters", "by_choice", "by_kecamatan", "by_year"]

Choices = Callable[[Any, date], Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class Filter:
    """One select. `choices(db, today)` gives `(value, words)`. `all` is the word for no choice; "" makes one be chosen, the first."""

    slug: str
    title: str
    choices: Choices
    all: str = ""


@dataclass(frozen=True)
class Filters:
    """What was chosen, for `query` and `drill`: `filters["tahun"]` is "" where nothing was. `actor` asks; `today` is the regency's day."""

    actor: Actor
    today: date
    values: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, slug: str) -> str:
        return self.values.get(slug, "")

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen, without what was not: for addresses and file names."""
        return {slug: value for slug, value in self.values.items() if value}

    @property
    def year(self) -> int | None:
        return int(self["tahun"]) if self["tahun"] else None

    @property
    def kecamatan(self) -> str:
        return self["kecamatan"]


def by_year(first: int, *, all: str = "") -> Filter:
    """`filters.year`, from this year back to `first`. With `all` (N_("Semua tahun")) no year may be chosen."""

    def years(db: Any, today: date) -> list[tuple[str, str]]:
        return [(str(year), str(year)) for year in range(today.year, first - 1, -1)]

    return Filter("tahun", N_("Tahun"), years, all)


def by_kecamatan() -> Filter:
    """`filters.kecamatan`, a code (36.04.05) or ""."""
    return Filter("kecamatan", N_("Kecamatan"), lambda db, today: [(place.code, place.name) for place in places.kecamatan_list()], N_("Semua kecamatan"))


def by_choice(slug: str, title: str, choices: Iterable[tuple[str, str]] | Choices, *, all: str = N_("Semua")) -> Filter:
    """`filters[slug]`, one of `choices`: pairs of value and words, or a function of (db, today) that gives them."""
    if callable(choices):
        return Filter(slug, title, choices, all)
    known = tuple(choices)
    return Filter(slug, title, lambda db, today: known, all)
