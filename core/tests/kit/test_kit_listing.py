"""Lists: what an address asks, words of a search, pages."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from pendopo.identity import Opd
from pendopo.kit.listing import Asked, matches, turn
from pendopo.kit.places import kecamatan_list


@pytest.fixture
def offices(db):
    """Seven offices of one letter each, and two with odd names."""
    names = [*(f"Uji daftar {letter}" for letter in "ABCDEFG"), "Uji daftar 100%", "Uji_daftar H"]
    db.add_all(Opd(code=f"uji-{number}", name=name, short_name=name, kind="dinas") for number, name in enumerate(names))
    db.flush()
    return select(Opd).where(Opd.code.startswith("uji-"))


def found(db, query, text):
    return db.scalars(query.where(matches(text, Opd.name, Opd.short_name)).order_by(Opd.id).with_only_columns(Opd.name)).all()


def test_a_page_knows_its_number_and_how_many_there_are(db, offices):
    page = turn(db, offices, 2, Opd.name, Opd.id, per_page=4)
    assert (page.number, page.pages, page.total) == (2, 3, 9)
    assert [opd.name for opd in page.rows] == ["Uji daftar D", "Uji daftar E", "Uji daftar F", "Uji daftar G"]


@pytest.mark.parametrize("number", [4, 100_000])
def test_a_number_behind_the_end_shows_the_last_page(db, offices, number):
    assert turn(db, offices, number, Opd.id, per_page=4).number == 3


def test_nothing_found_is_one_empty_page(db, offices):
    page = turn(db, offices.where(Opd.name == "tidak ada"), 3, Opd.id)
    assert (page.rows, page.total, page.number, page.pages) == ([], 0, 1, 1)


def test_a_query_of_groups_gives_rows_and_counts_the_groups(db, offices):
    groups = offices.with_only_columns(func.length(Opd.name), func.count()).group_by(func.length(Opd.name))
    page = turn(db, groups, 1, func.length(Opd.name))
    assert [tuple(row) for row in page.rows] == [(12, 8), (15, 1)]
    assert page.total == 2


def test_every_word_is_found_in_some_column_in_any_case(db, offices):
    assert found(db, offices, "DAFTAR uji b") == ["Uji daftar B"]
    assert found(db, offices, "uji tidak-ada") == []
    assert len(found(db, offices, "  ")) == 9


def test_signs_of_patterns_are_letters_like_others(db, offices):
    assert found(db, offices, "0%") == ["Uji daftar 100%"]
    assert found(db, offices, "i_d") == ["Uji_daftar H"]
    assert found(db, offices, "\\") == []


@pytest.mark.once
def test_an_address_is_read_without_being_believed():
    place = kecamatan_list()[0]
    asked = Asked({"q": "  jalan rusak ", "urut": "baru", "opd": "12", "lewat": "1", "kecamatan": place.code, "halaman": "3"})
    assert (asked.text(), asked.one_of("urut", ("baru", "lama")), asked.whole("opd"), asked.page) == ("jalan rusak", "baru", 12, 3)
    assert asked.is_ticked("lewat")
    assert asked.kecamatan() == place.code
    assert asked.desa("kecamatan") == ""


@pytest.mark.once
@pytest.mark.parametrize("wrong", ["", "0", "-1", "²", "1e3", "99999999999999999999", "2147483648", "١٢"])
def test_what_is_no_row_id_is_not_there(wrong):
    asked = Asked({"opd": wrong, "halaman": wrong, "urut": wrong, "kecamatan": wrong})
    assert (asked.whole("opd"), asked.page, asked.one_of("urut", ("baru",), "baru"), asked.kecamatan(), asked.is_ticked("opd")) == (None, 1, "baru", "", False)
