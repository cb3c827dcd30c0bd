"""Tables that people hand in, and tables to take away."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pendopo.errors import InvalidInput
from pendopo.i18n import speaking
from pendopo.kit.sheets import SheetColumn, read_sheet, sheet_response, xlsx_bytes

pytestmark = pytest.mark.once

COLUMNS = (
    SheetColumn("nama", "Nama lengkap", required=True, aliases=("Nama siswa",)),
    SheetColumn("nik", "NIK", "nik", required=True),
    SheetColumn("lahir", "Tanggal lahir", "date"),
    SheetColumn("hp", "No. HP", "phone"),
    SheetColumn("nilai", "Nilai", "decimal"),
    SheetColumn("biaya", "Biaya", "rupiah"),
    SheetColumn("jk", "Jenis kelamin", "choice", choices=(("L", "Laki-laki"), ("P", "Perempuan"))),
    SheetColumn("ikut", "Ikut", "bool"),
    SheetColumn("jumlah", "Jumlah", "int"),
)
HEADER = [column.title for column in COLUMNS]
GOOD = ["Siti Aminah", "3604305708950001", "17-08-1995", "0812-3456-7890", "87,5", "Rp1.250.000", "perempuan", "ya", "1.200"]


def csv_bytes(rows, mark=",", encoding="utf-8"):
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows(rows)
    return out.getvalue().encode(encoding)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_csv_of_any_usual_kind_is_read(mark, encoding):
    sheet = read_sheet(csv_bytes([HEADER, GOOD], mark, encoding), COLUMNS)
    assert sheet.errors == []
    assert sheet.rows[0].values == {
        "nama": "Siti Aminah", "nik": "3604305708950001", "lahir": date(1995, 8, 17), "hp": "+6281234567890", "nilai": Decimal("87.5"), "biaya": 1_250_000,
        "jk": "P", "ikut": True, "jumlah": 1200,
    }


def test_a_spreadsheet_says_the_same():
    row = ["Siti Aminah", "3604305708950001", date(1995, 8, 17), "0812-3456-7890", 87.5, 1250000, "P", True, 1200]
    sheet = read_sheet(xlsx_bytes(HEADER, [row]), COLUMNS)
    assert sheet.errors == []
    assert sheet.rows[0].values["lahir"] == date(1995, 8, 17)
    assert sheet.rows[0].values["nilai"] == Decimal("87.5")
    assert (sheet.rows[0].number, sheet.rows[0].values["biaya"]) == (2, 1_250_000)


def test_headings_are_found_in_any_order_case_and_spacing_below_a_title():
    rows = [["Daftar lulusan SMKN 1"], [], ["  nik ", "NAMA  SISWA", "Kelas"], ["3604305708950001", "Siti", "XII"], ["", "", ""], ["3604305708950002", "Budi", "XII"]]
    sheet = read_sheet(csv_bytes(rows), COLUMNS)
    assert [(row.number, row.values["nama"]) for row in sheet.rows] == [(4, "Siti"), (6, "Budi")]
    assert sheet.unknown == ["Kelas"]


def test_a_missing_column_is_named():
    with pytest.raises(InvalidInput) as refusal:
        read_sheet(csv_bytes([["Nama lengkap", "Kelas"], ["Siti", "XII"]]), COLUMNS)
    assert refusal.value.sentence() == "Kolom ini tidak ditemukan: NIK."


@pytest.mark.parametrize(
    ("place", "typed", "said"),
    [
        (0, "", "Harus diisi."), (1, "123", "NIK terdiri dari 16 angka"), (2, "31-02-2026", "Tulis tanggal"), (3, "12", "Nomor telepon"), (4, "satu", "angka"),
        (5, "1,5", "rupiah bulat"), (6, "lain", "Laki-laki, Perempuan"), (7, "mungkin", "ya atau tidak"), (8, "1,5", "angka bulat"), (0, "x" * 301, "Paling banyak 300"),
    ],
)
def test_what_is_wrong_is_told_with_its_row_and_column(place, typed, said):
    sheet = read_sheet(csv_bytes([HEADER, GOOD, [*GOOD[:place], typed, *GOOD[place + 1 :]]]), COLUMNS)
    (error,) = sheet.errors
    assert (error.row, error.column) == (3, HEADER[place])
    assert said in error.sentence
    assert str(error).startswith(f"Baris 3, kolom {HEADER[place]}: ")
    assert [row.number for row in sheet.good] == [2]


def test_errors_speak_the_users_language():
    with speaking("en"):
        (error,) = read_sheet(csv_bytes([HEADER, [*GOOD[:8], "x"]]), COLUMNS).errors
        assert str(error) == "Row 2, column Count: Enter a whole number. (x)"


def test_personal_values_are_masked_in_errors():
    wrong = ["Siti", "3604305732950001", "", "0812", "", "", "", "", ""]
    sheet = read_sheet(csv_bytes([HEADER, wrong]), COLUMNS)
    told = " ".join(map(str, sheet.errors))
    assert "36••••••" in told
    assert "3604305732950001" not in told
    assert "(08••••••)" in told
    name = SheetColumn("nama", "Nama", "int", personal=True)
    assert "Siti" not in str(read_sheet(csv_bytes([["Nama"], ["Siti"]]), [name]).errors[0])


def test_a_nik_that_became_a_number_is_refused_with_the_reason():
    sheet = read_sheet(xlsx_bytes(HEADER, [["Siti", None, None, None, None, None, None, None, None], ["Budi", 36.5]]), COLUMNS)
    assert [error.sentence[:30] for error in sheet.errors] == ["Harus diisi.", "NIK tertulis sebagai angka seh"]


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"PK\x03\x04nonsense", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, b"%PDF-1.7", b"a,b\n1,2"])
def test_what_is_no_such_table_is_refused(data):
    with pytest.raises(InvalidInput):
        read_sheet(data, COLUMNS)


def test_rows_and_bytes_are_bounded():
    rows = [["Nama lengkap", "NIK"], *(["Siti", "3604305708950001"] for _n in range(30))]
    sheet = read_sheet(csv_bytes(rows), COLUMNS, most_rows=10)
    assert (len(sheet.rows), sheet.cut) == (10, True)
    sheet = read_sheet(xlsx_bytes(rows[0], rows[1:]), COLUMNS, most_rows=10)
    assert (len(sheet.rows), sheet.cut) == (10, True)
    with pytest.raises(InvalidInput, match="terlalu besar"):
        read_sheet(csv_bytes(rows), COLUMNS, most_bytes=100)


def _with(data, name, text):
    """The spreadsheet with one of its parts replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.namelist():
            new.writestr(item, text if item == name else old.read(item))
    return out.getvalue()


def test_a_cell_at_the_far_corner_takes_no_memory_with_it():
    """`A1:XFD1048576` as a full table would be hundreds of gigabytes."""
    far = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
    far += '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    with pytest.raises(InvalidInput):
        read_sheet(_with(xlsx_bytes(["a"], []), "xl/worksheets/sheet1.xml", far), COLUMNS)


@given(st.lists(st.lists(st.text(max_size=12), max_size=5), max_size=6))
def test_any_csv_gives_rows_or_a_refusal(rows):
    try:
        sheet = read_sheet(csv_bytes([HEADER, *rows]), COLUMNS)
    except InvalidInput:
        return
    assert all(set(row.values) <= {column.name for column in COLUMNS} for row in sheet.rows)


WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc"), max_codepoint=0xFFFF), min_size=1, max_size=30).map(lambda t: " ".join(t.split())).filter(bool)


@settings(max_examples=8)
@given(st.lists(WORDS, min_size=1, max_size=60))
def test_text_leaves_and_comes_back_unchanged(texts):
    sheet = read_sheet(xlsx_bytes(["Nama"], [[text] for text in texts]), [SheetColumn("nama", "Nama", required=True)])
    assert [row.values["nama"] for row in sheet.rows] == texts


@pytest.mark.parametrize("text", ["=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "{=1}", "http://contoh.invalid", "mailto:a@b"])
def test_no_text_becomes_a_formula_or_a_link(text):
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes(["Nama"], [[text]]))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet
    assert read_sheet(xlsx_bytes(["Nama"], [[text]]), [SheetColumn("nama", "Nama")]).rows[0].values["nama"] == text
    line = sheet_response("x", ["Nama"], [[text]], kind="csv").body.decode().split("\r\n")[1]
    assert not line.strip('"').startswith(("=", "+", "-", "@"))


def test_a_table_is_taken_away_as_a_spreadsheet():
    answer = sheet_response("lowongan per bulan", ["Bulan", "Jumlah", "Kode"], [[date(2026, 3, 1), 5, 3604301708950002], ["x", Decimal("1.5"), None]])
    assert answer.headers["content-disposition"] == 'attachment; filename="lowonganperbulan.xlsx"'
    assert answer.media_type.startswith("application/vnd.openxmlformats")
    kinds = [SheetColumn("bulan", "Bulan"), SheetColumn("jumlah", "Jumlah", "decimal"), SheetColumn("kode", "Kode")]
    rows = read_sheet(answer.body, kinds).rows
    assert [row.values for row in rows] == [
        {"bulan": "2026-03-01", "jumlah": Decimal(5), "kode": "3604301708950002"}, {"bulan": "x", "jumlah": Decimal("1.5"), "kode": None},
    ]
