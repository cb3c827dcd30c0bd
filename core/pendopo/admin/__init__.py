"""Operators' pages. Each part of the house has one; the plugin joins them in one menu."""

from collections.abc import Iterable

from wtforms.fields.choices import SelectChoice


def choices_of(pairs: Iterable[tuple[int, str]], nothing: str) -> list[SelectChoice]:
    """A menu of rows, headed by the choice of none (0)."""
    return [SelectChoice("0", nothing), *(SelectChoice(str(value), label) for value, label in pairs)]
