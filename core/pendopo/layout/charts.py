"""Where the parts of a chart stand, and what it says to whoever can't see it. Drawn as SVG by `layout/charts.html`.

A row is `(label, value, ...)`, one value for each series; None is a figure that is not shown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from ..i18n import _, current_language, format_number, format_rupiah

__all__ = ["Bars", "Lines", "drawn_bars", "drawn_lines", "short"]

SERIES = 6  # colours; the seventh series is drawn like the first
WIDTH, HEIGHT, FOOT, HEAD, SIDE = 640, 300, 34, 26, 84
MOST_LABELS = 6
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Bar:
    """`parts`: (series, start, length) in per cent of the longest bar."""

    label: str
    parts: list[tuple[int, float, float]]
    text: str


@dataclass(frozen=True)
class Bars:
    id: str
    says: str
    bars: list[Bar]
    series: Sequence[str] = ()


@dataclass(frozen=True)
class Line:
    """`path`: the line, broken where a figure is not shown. `dots`: where its figures are."""

    path: str
    dots: list[tuple[float, float]]


@dataclass(frozen=True)
class Lines:
    id: str
    says: str
    rules: list[tuple[float, str]]  # height and words
    marks: list[tuple[float, str]]  # place and words
    lines: list[Line]
    series: Sequence[str] = ()
    width: int = WIDTH
    height: int = HEIGHT


def short(value: float | None, unit: str = "") -> str:
    """A figure for a narrow place: Rp1,25 M, 12.400, 87,5%."""
    from babel.numbers import format_compact_decimal

    if value is None:
        return _("disamarkan")
    if unit in ("persen", "%"):
        return f"{format_number(value)}%"
    if abs(value) < 1_000_000:
        return format_rupiah(round(value)) if unit == "rupiah" else format_number(value)
    words = format_compact_decimal(value, locale=current_language.get(), fraction_digits=2)
    return f"Rp{words}" if unit == "rupiah" else words


def drawn_bars(rows: Rows, title: str, *, series: Sequence[str] = (), unit: str = "") -> Bars:
    """Bars, one below the other; with several series, parts of one bar."""
    sums = [None if None in row[1:] else sum(row[1:]) for row in rows]
    longest = max((value for value in sums if value is not None), default=0) or 1
    bars = []
    for row, whole in zip(rows, sums, strict=True):
        start, parts = 0.0, []
        for number, value in enumerate(row[1:] if whole is not None else ()):
            length = 100 * max(0, value) / longest
            parts.append((number % SERIES + 1, round(start, 2), round(length, 2)))
            start += length
        bars.append(Bar(str(row[0]), parts, short(whole, unit)))
    return Bars(_id(title), _said_of_bars(rows, sums, series, unit), bars, series)


def _id(title: str) -> str:
    return f"grafik-{crc32(title.encode()):x}"


def _said_of_bars(rows: Rows, sums: list[Any], series: Sequence[str], unit: str) -> str:
    known = [(value, str(row[0])) for row, value in zip(rows, sums, strict=True) if value is not None]
    if not known:
        return _("Tidak ada angka yang ditampilkan.")
    (most, top), (least, low) = max(known, key=lambda pair: pair[0]), min(known, key=lambda pair: pair[0])
    parts = [_("Tiap batang terdiri dari %(parts)s.") % {"parts": ", ".join(series)}] if len(series) > 1 else []
    if most == least:
        parts.append(_("Semua %(value)s.") % {"value": short(most, unit)} if len(known) > 1 else f"{top}: {short(most, unit)}.")
    else:
        words = {"top": top, "most": short(most, unit), "low": low, "least": short(least, unit)}
        parts.append(_("Terbanyak %(top)s, %(most)s. Paling sedikit %(low)s, %(least)s.") % words)
    return " ".join(parts)


def drawn_lines(rows: Rows, title: str, *, series: Sequence[str] = (), unit: str = "") -> Lines:
    """A line for each series over the rows, from left to right."""
    count = max((len(row) - 1 for row in rows), default=0)
    columns = [[row[n + 1] for row in rows] for n in range(count)]
    steps = _steps(max((value for column in columns for value in column if value is not None), default=0))
    floor, across = HEIGHT - FOOT, (WIDTH - SIDE - 24) / max(1, len(rows) - 1)

    def place(number: int, value: float) -> tuple[float, float]:
        x = (WIDTH + SIDE) / 2 if len(rows) == 1 else SIDE + number * across
        return round(x, 1), round(floor - (floor - HEAD) * max(0, value) / steps[-1], 1)

    lines = [_line([None if value is None else place(n, value) for n, value in enumerate(column)]) for column in columns]
    rules = [(place(0, step)[1], short(step, unit)) for step in steps]
    every = math.ceil(len(rows) / MOST_LABELS)
    marks = [(place(n, 0)[0], str(row[0])) for n, row in enumerate(rows) if n % every == 0]
    return Lines(_id(title), _said_of_lines(rows, columns, series, unit), rules, marks, lines, series)


def _steps(most: float) -> list[float]:
    """Three or four round steps from 0 up to at least `most`; whole ones for small figures."""
    size = 10.0 ** math.floor(math.log10(most)) if most > 0 else 1
    step = max(1, next(size * part for part in (0.25, 0.5, 1, 2.5, 5) if size * part * 4 >= most)) if most > 0 else 1
    return [step * n for n in range(max(1, math.ceil(most / step)) + 1)]


def _line(places: list[tuple[float, float] | None]) -> Line:
    path, before = [], None
    for place in places:
        if place is not None:
            path.append(f"{'L' if before else 'M'}{place[0]} {place[1]}")
        before = place
    return Line(" ".join(path), [place for place in places if place is not None])


def _said_of_lines(rows: Rows, columns: list[list[Any]], series: Sequence[str], unit: str) -> str:
    said = []
    for number, column in enumerate(columns):
        known = [(value, str(row[0])) for row, value in zip(rows, column, strict=True) if value is not None]
        if not known:
            continue
        (first, start), (last, end), (most, when) = known[0], known[-1], max(known, key=lambda pair: pair[0])
        words = {"first": short(first, unit), "start": start, "last": short(last, unit), "end": end, "most": short(most, unit), "when": when}
        text = _("dari %(first)s (%(start)s) menjadi %(last)s (%(end)s); tertinggi %(most)s (%(when)s).") % words
        said.append(f"{series[number]}: {text}" if number < len(series) and len(columns) > 1 else text[0].upper() + text[1:])
    return " ".join(said) or _("Tidak ada angka yang ditampilkan.")
