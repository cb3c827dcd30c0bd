"""Counting for public figures and charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func
from sqlalchemy.orm import Session

__all__ = ["count_by", "grade", "monthly", "share"]

# PermenPANRB 14/2017
GRADES = ((88.31, "A"), (76.61, "B"), (65.0, "C"), (25.0, "D"))


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


def grade(scores: Sequence[int]) -> tuple[float, str]:
    """IKM of scores from 1 to 4: `(mean x 25, grade)`, for example (80.0, "B"); (0.0, "") when nobody scored."""
    if not scores:
        return 0.0, ""
    value = round(sum(scores) / len(scores) * 25, 2)
    return value, next((letter for least, letter in GRADES if value >= least), "D")
