"""Rupiah as people read them."""

import pytest

from pendopo.i18n import current_language, format_rupiah, format_rupiah_short

pytestmark = pytest.mark.once


@pytest.fixture(params=["id", "en"])
def language(request):
    kept = current_language.set(request.param)
    yield request.param
    current_language.reset(kept)


def test_a_sum_is_written_the_same_way_in_every_language(language):
    assert [format_rupiah(value) for value in (0, 1_250_000, -950, None)] == ["Rp0", "Rp1.250.000", "-Rp950", ""]


def test_a_figure_is_short_from_a_million_on_and_whole_below(language):
    words = {"id": ("Rp117,8 miliar", "Rp1,2 juta", "-Rp12 triliun"), "en": ("Rp117.8 billion", "Rp1.2 million", "-Rp12 trillion")}[language]
    assert tuple(format_rupiah_short(value) for value in (117_800_330_045, 1_250_000, -12_000_000_000_000)) == words
    assert [format_rupiah_short(value) for value in (999_999, 0, None)] == ["Rp999.999", "Rp0", ""]
