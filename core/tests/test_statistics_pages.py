"""Figures on their pages: what the public sees, what staff see, and the files that hold the same."""

from __future__ import annotations

import csv
import io
import re

import pytest

from pendopo import Permission
from pendopo.kit.statistics import Column, Row, StatisticView, Table, by_choice, by_kecamatan, by_year

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


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


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
