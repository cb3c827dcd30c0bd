"""Amounts in words (terbilang), as receipts have them."""

from __future__ import annotations

_ONES = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")
_STEPS = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (10**3, "ribu"), (100, "ratus"))


def spelled(number: int) -> str:
    """`97600` as "sembilan puluh tujuh ribu enam ratus". Raises ValueError below nought."""
    if number < 0:
        raise ValueError("nothing is spelled below nought")
    if number < 12:
        return _ONES[number]
    if number < 20:
        return f"{_ONES[number - 10]} belas"
    if number < 100:
        return _joined(f"{_ONES[number // 10]} puluh", number % 10)
    for size, name in _STEPS:
        if number >= size:
            head = f"se{name}" if number // size == 1 and name in ("ratus", "ribu") else f"{spelled(number // size)} {name}"
            return _joined(head, number % size)
    raise AssertionError(number)


def _joined(head: str, rest: int) -> str:
    return f"{head} {spelled(rest)}" if rest else head
