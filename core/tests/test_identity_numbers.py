"""Numbers of people, with the vectors of the domain papers."""

from datetime import date

import pytest

from pendopo.errors import InvalidInput
from pendopo.identity.numbers import hide_numbers, mask_nik, parse_nik, parse_nip, parse_npwp, parse_phone, show_npwp, show_phone

TODAY = date(2026, 11, 24)
pytestmark = pytest.mark.once


@pytest.mark.parametrize(("nik", "born", "sex"), [
    ("3604301708950002", date(1995, 8, 17), "L"), ("3604305708950001", date(1995, 8, 17), "P"), ("3604 3017 0805 0002", date(2005, 8, 17), "L"),
    ("3604012902000001", date(2000, 2, 29), "L"), ("3604100101270001", date(1927, 1, 1), "L"),
])
def test_a_nik_tells_birth_and_sex(nik, born, sex):
    parts = parse_nik(nik, today=TODAY)

    assert (parts.birth_date, parts.sex) == (born, sex)


@pytest.mark.parametrize("nik", [
    "3604300008950002", "3604303208950002", "3604304008950002", "3604307208950002", "3604301713950002", "3604303102950002", "3604301708950000",
    "360430170895000", "36043017089500021", "360430170895000a", "",
])
def test_an_impossible_nik_is_refused(nik):
    with pytest.raises(InvalidInput):
        parse_nik(nik, today=TODAY)


def test_old_places_of_issue_are_never_refused():
    for place in ("360401", "360410", "360421", "327301"):
        assert parse_nik(f"{place}1708950002", today=TODAY).wilayah == place


def test_a_nik_is_shown_masked():
    assert mask_nik("3604301708950002") == "3604••••••••0002"


def test_a_nip_tells_its_status():
    pns, pppk = parse_nip("196303121991021005"), parse_nip("199507172023212010")

    assert (pns.birth_date, pns.status, pns.appointed, pns.sex, pns.serial) == (date(1963, 3, 12), "PNS", (1991, 2), "L", "005")
    assert (pppk.birth_date, pppk.status, pppk.appointed, pppk.sex, pppk.serial) == (date(1995, 7, 17), "PPPK", (2023, 21), "P", "010")


@pytest.mark.parametrize("nip", [
    "198513122010012003", "199002302015031001", "19900101201503300", "200501012015031001", "199001012015131001", "199001012015033001",
])
def test_an_impossible_nip_is_refused(nip):
    with pytest.raises(InvalidInput):
        parse_nip(nip)


@pytest.mark.parametrize("text", ["0812-3456-7890", "+62 812 3456 7890", "62812.3456.7890"])
def test_a_telephone_number_is_kept_in_one_form_and_shown_as_people_write_it(text):
    assert parse_phone(text) == "+6281234567890"
    assert show_phone(parse_phone(text)) == "0812-3456-7890"


@pytest.mark.parametrize("text", ["12345", "0254-123456", "abc", "08", "+1 212 555 0100"])
def test_what_is_no_mobile_number_is_refused(text):
    with pytest.raises(InvalidInput):
        parse_phone(text)


def test_an_npwp_has_an_old_and_a_new_form():
    assert show_npwp(parse_npwp("01.234.567.8-901.000")) == "01.234.567.8-901.000"
    assert show_npwp(parse_npwp("3604301708950002")) == "3604301708950002"
    with pytest.raises(InvalidInput):
        parse_npwp("123")


def test_sixteen_digits_are_hidden_wherever_they_stand():
    assert "3604301708950002" not in hide_numbers("nik=3604301708950002&x=1")
    assert hide_numbers("2026-000123-3 196303121991021005") == "2026-000123-3 196303121991021005"
