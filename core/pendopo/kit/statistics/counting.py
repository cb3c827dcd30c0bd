"""Counting rows and months."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Select, func
from sqlalchemy.orm import Session

__all__ = ["count_by", "monthly", "share"]


def count_by(db: Session, query: Select[Any], column: Any, *, limit: int = 0) -> list[tuple[Any, int]]:
    """`(value, count)` of `column` over the rows of `query`, most frequent first."""
    counted = func.count()
    grouped = query.with_only_columns(column, counted, maintain_column_froms=True).group_by(column).order_by(counted.desc(), column)
    return [(row[0], row[1]) for row in db.execute(grouped.limit(limit) if limit else grouped)]


def monthly(days: Iterable[date], *, first: date, last: date) -> list[tuple[date, int]]:
    """How many of `days` fall into each month from `first` to `last`, empty months included."""
    counts: dict[date, int] = {}
    month = first.replace(day=1)
    while month <= last:
        counts[month] = 0
        month = (month.replace(day=28) + _FIVE_DAYS).replace(day=1)
    for day in days:
        if day.replace(day=1) in counts:
            counts[day.replace(day=1)] += 1
    return list(counts.items())


_FIVE_DAYS = date(2000, 1, 6) - date(2000, 1, 1)


def share(part: int, whole: int) -> float:
    """Per cent with one decimal; 0 of nothing is 0."""
    return round(100 * part / whole, 1) if whole else 0.0
