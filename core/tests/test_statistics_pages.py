"""Figures on their pages: what the public sees, what staff see, and the files that hold the same."""

from __future__ import annotations

import csv
import io

import pytest

from pendopo import Permission
from pendopo.kit.statistics import Column, Row, StatisticView, Table, by_choice, by_kecamatan, by_year
from pendopo.testing.reading import text_of

PEOPLE = [("Anyar", 3, 90_000), ("Baros", 12, 480_000), ("Ciruas", 40, 1_250_000)]


def per_kecamatan(db, filters):
    rows = PEOPLE if filters["jenis"] != "kosong" else []
    return Table(
        [Column("Kecamatan"), Column("Wajib pajak", "angka"), Column("Nilai", "rupiah")], [Row(row, key=row[0], href=f"/uji/{row[0]}") for row in rows]
    )


def behind(db, filters, key):
    return Table([Column("Nama"), Column("Nilai", "rupiah")], [Row((f"Warga {key}", 30_000), href="/uji/berkas/1")])


def views():
    kinds = by_choice("jenis", "Jenis", [("pbb", "PBB"), ("kosong", "Tanpa data")])
    return [
        StatisticView("wilayah", "Wajib pajak menurut kecamatan", per_kecamatan, filters=(by_year(2024), kinds), drill=behind, drill_permission="uji.read"),
        StatisticView("internal", "Tunggakan", per_kecamatan, permission="uji.read", chart="none", filters=(by_kecamatan(),)),
    ]


@pytest.fixture
def uji(house):
    return house(gawe_uji={"statistic_views": views, "permissions": lambda: [Permission("uji.read", "Membaca")]})


def test_everyone_finds_the_public_figures_and_only_those(uji):
    page = uji.get("/statistik/")

    assert "Wajib pajak menurut kecamatan" in page.text
    assert "Tunggakan" not in page.text


def test_the_public_sees_no_small_figures_and_none_that_tells_them(uji):
    page = text_of(uji.get("/statistik/uji/wilayah"))

    assert "Anyar disamarkan disamarkan" in page
    assert "Baros disamarkan disamarkan" in page
    assert "Ciruas 40 Rp1.250.000" in page
    assert "Total 55 Rp1.820.000" in page


def test_figures_for_staff_are_no_page_of_the_public(uji):
    assert uji.get("/statistik/uji/internal").status_code == 404
    assert uji.get("/statistik/uji/tiada").status_code == 404


def test_files_hold_what_the_page_shows(uji):
    rows = list(csv.reader(io.StringIO(uji.get("/statistik/uji/wilayah/data.csv").text.removeprefix("\ufeff"))))

    assert rows == [
        ["Kecamatan", "Wajib pajak", "Nilai"],
        ["Ciruas", "40", "1250000"],
        ["Anyar", "disamarkan", "disamarkan"],
        ["Baros", "disamarkan", "disamarkan"],
        ["Total", "55", "1820000"],
    ]


def test_a_workbook_holds_the_same_rows_and_figures_as_figures(uji):
    import python_calamine

    answer = uji.get("/statistik/uji/wilayah/data.xlsx")
    rows = python_calamine.load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()

    assert rows[1] == ["Ciruas", 40, 1_250_000]
    assert rows[-1] == ["Total", 55, 1_820_000]
    assert ["Anyar", "disamarkan", "disamarkan"] in rows
    assert uji.get("/statistik/uji/wilayah/data.exe").status_code == 404


def test_the_chart_says_in_words_what_it_shows_and_hides_what_the_table_hides(uji):
    page = uji.get("/statistik/uji/wilayah").text

    assert 'role="img"' in page
    assert "Ciruas: 40." in page
    assert "style=" not in page


def test_a_filter_that_makes_no_sense_is_as_if_it_were_not_there_and_the_files_keep_the_choice(uji):
    assert "data.csv?tahun=" in uji.get("/statistik/uji/wilayah?tahun=1066&jenis=x").text
    assert "data.csv?tahun=2025&amp;jenis=pbb" in uji.get("/statistik/uji/wilayah?tahun=2025&jenis=pbb").text


def test_no_figures_are_said_to_be_none(uji):
    page = text_of(uji.get("/statistik/uji/wilayah?jenis=kosong"))

    assert "Belum ada angka untuk pilihan ini." in page
    assert uji.get("/statistik/uji/wilayah/data.csv?jenis=kosong").text.count("\n") == 1


def test_who_may_see_the_rows_sees_every_figure_and_the_way_to_its_rows(uji, officer):
    uji.sign_in(officer("uji.read", scope="regency"))
    page = uji.get("/kerja/statistik/uji/wilayah")

    assert "Anyar 3 Rp90.000" in text_of(page)
    assert "rincian?tahun=" in page.text
    behind = uji.get("/kerja/statistik/uji/wilayah/rincian?baris=Anyar")
    assert "Warga Anyar" in behind.text
    assert "/uji/berkas/1" in behind.text
    assert "Tunggakan" in uji.get("/kerja/statistik/").text


def test_staff_without_the_permission_see_what_everyone_sees_and_no_rows(uji, officer):
    uji.sign_in(officer())

    assert "Anyar disamarkan" in text_of(uji.get("/kerja/statistik/uji/wilayah"))
    assert "rincian" not in uji.get("/kerja/statistik/uji/wilayah").text
    assert uji.get("/kerja/statistik/uji/wilayah/rincian?baris=Anyar").status_code == 403
    assert uji.get("/kerja/statistik/uji/internal").status_code == 403


def test_citizens_are_not_shown_the_pages_of_staff(uji, resident):
    assert uji.sign_in(resident).get("/kerja/statistik/uji/wilayah").status_code == 403


def test_figures_speak_english(uji):
    page = text_of(uji.get("/statistik/uji/wilayah", headers={"Accept-Language": "en"}))

    assert "Anyar hidden hidden" in page
    assert "Figures of 1 to 4 are hidden" in page


def test_a_view_that_fails_is_its_plugins_fault_and_the_other_pages_stay(house):
    def broken(db, filters):
        raise RuntimeError("rusak")

    uji = house(gawe_uji={"statistic_views": lambda: [StatisticView("rusak", "Rusak", broken)]})

    assert uji.get("/statistik/uji/rusak").status_code == 500
    assert uji.portal_here.host.plugins["gawe_uji"].faults[-1].where == "statistic:rusak"
    assert "Rusak" in uji.get("/statistik/").text


def test_rows_behind_figures_need_a_permission():
    with pytest.raises(ValueError, match="permission"):
        StatisticView("x", "X", per_kecamatan, drill=behind)


def test_rows_that_do_not_fit_the_columns_are_refused():
    with pytest.raises(ValueError, match="2 cells"):
        Table([Column("A")], [("a", 1)])
