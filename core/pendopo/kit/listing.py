"""Lists that people search, narrow down and turn over: what the address asks, the words of a search, one page of rows."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from .places import Place, find_place

__all__ = ["Asked", "Page", "matches", "turn"]

PER_PAGE = 20
MOST_WORDS = 6
BIGGEST = 2**31 - 1  # of a row id


@dataclass(frozen=True)
class Asked:
    """The query of an address, read so that nothing in it can be wrong: what makes no sense is as if it were not there.

    `asked = Asked(request.query_params)`
    """

    query: Mapping[str, str]

    def text(self, name: str = "q", most: int = 80) -> str:
        return self.query.get(name, "").strip()[:most]

    def one_of(self, name: str, values: Container[str], usual: str = "") -> str:
        found = self.query.get(name, "")
        return found if found in values else usual

    def whole(self, name: str, most: int = BIGGEST) -> int | None:
        """A whole number from 1 to `most`."""
        found = self.query.get(name, "")
        return int(found) if found.isascii() and found.isdigit() and len(found) <= 10 and 0 < int(found) <= most else None

    def is_ticked(self, name: str) -> bool:
        return self.query.get(name, "") == "1"

    def kecamatan(self, name: str = "kecamatan") -> str:
        """The code of a kecamatan ("36.04.05")."""
        return self._place(name, "kecamatan")

    def desa(self, name: str = "desa") -> str:
        """The code of a desa or kelurahan ("36.04.05.2001")."""
        return self._place(name, "desa", "kelurahan")

    @property
    def page(self) -> int:
        return self.whole("halaman", 100_000) or 1

    def _place(self, name: str, *kinds: str) -> str:
        place: Place | None = find_place(self.query.get(name, "")[:13])
        return place.code if place is not None and place.kind in kinds else ""


def matches(text: str, *columns: Any) -> ColumnElement[bool]:
    """Every word of `text` somewhere in the columns, in capitals or not; `%` and `_` are letters like others.

    It reads every row that the rest of the query leaves over: for many thousands take `kit.berkas.searching`.
    """
    words = text.casefold().split()[:MOST_WORDS]
    return and_(true(), *(or_(*(func.lower(column).contains(word, autoescape=True) for column in columns)) for word in words))


@dataclass(frozen=True)
class Page:
    """One page of a list: its rows, its number and how many there are, for the macro `pagination`. `total` counts all rows."""

    rows: list[Any]
    total: int
    number: int
    pages: int


def turn(db: Session, query: Select[Any], number: int, *order: Any, per_page: int = PER_PAGE) -> Page:
    """Page `number` of what `query` finds, in this order; a number behind the end shows the last one.

    `order` ends with something unique, or rows wander between pages. A query of one model gives its objects, one of more columns gives rows.
    """
    total = db.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, -(-total // per_page))
    here = min(max(number, 1), pages)
    found = db.execute(query.order_by(*order).limit(per_page).offset((here - 1) * per_page)).unique()
    rows = found.scalars() if len(query.column_descriptions) == 1 else found
    return Page(list(rows), total, here, pages)
