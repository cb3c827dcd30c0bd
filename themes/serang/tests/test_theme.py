"""The dress of Serang can be read by everyone, in daylight and at night, and names only files that are there."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "pendopo_theme_serang"
THEME = tomllib.loads((FOLDER / "theme.toml").read_text("utf-8"))
TEXT = 4.5  # WCAG 2.2, 1.4.3
SHAPE = 3.0  # WCAG 2.2, 1.4.11
PAIRS = (
    *((ink, ground, TEXT) for ink in ("ink", "ink-2", "primary", "primary-strong", "accent") for ground in ("ground", "surface", "sunken")),
    ("on-primary", "primary", TEXT), ("primary-strong", "primary-soft", TEXT), ("accent", "accent-soft", TEXT), ("surface", "accent", TEXT),
    ("hero-ink", "hero", TEXT), ("hero-ink", "hero-2", TEXT), ("hero-ink-2", "hero", TEXT), ("hero-ink-2", "hero-2", TEXT), ("gold", "hero", TEXT),
    ("line-strong", "surface", SHAPE), ("line-strong", "ground", SHAPE), ("focus", "ground", SHAPE), ("focus", "surface", SHAPE),
)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_colours_differ_enough_to_be_read(look, ink, ground, least):
    tokens = THEME["tokens"][look]

    assert contrast(tokens[ink], tokens[ground]) >= least


def test_both_looks_set_the_same_tokens():
    assert set(THEME["tokens"]["light"]) == set(THEME["tokens"]["dark"])


def test_every_file_that_the_theme_names_is_there():
    for name in ("logo", "icon", "css"):
        assert (FOLDER / "static" / THEME[name]).is_file()


def test_the_words_of_serang_are_said_in_both_languages():
    assert set(THEME["words"]["id"]) == set(THEME["words"]["en"])
