"""Working days and wilayah as the domain gives them (gawe.md sections 0.1 and 0.3)."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pendopo.errors import InvalidInput
from pendopo.kit import places
from pendopo.kit.calendar import Calendar, CalendarNotLoaded, calendar_for, load_holidays, seed_rows
from pendopo.kit.places.extract import extract_regency, parse_dms

WIB = ZoneInfo("Asia/Jakarta")
CALENDAR = Calendar(frozenset(row["day"] for row in seed_rows()), frozenset({2025, 2026}), WIB)
VECTORS = {
    "2026-03-10": {3: "03-13", 5: "03-17", 10: "03-31", 14: "04-07", 17: "04-10", 30: "04-29", 60: "06-19"},
    "2026-05-22": {3: "05-29", 5: "06-03", 10: "06-10", 14: "06-17", 17: "06-22", 30: "07-09", 60: "08-21"},
    "2026-08-10": {3: "08-13", 5: "08-18", 10: "08-26", 14: "09-01", 17: "09-04", 30: "09-23", 60: "11-04"},
}


@pytest.mark.parametrize(("received", "days", "due"), [(day, n, due) for day, row in VECTORS.items() for n, due in row.items()])
def test_deadlines_are_those_of_the_domain(received, days, due):
    moment = datetime.combine(date.fromisoformat(received), time(9, 0), WIB)
    assert CALENDAR.due_date(moment, days) == date.fromisoformat(f"2026-{due}")


@pytest.mark.parametrize(
    ("received", "day_zero"),
    [
        (datetime(2026, 3, 10, 16, 0, tzinfo=WIB), date(2026, 3, 10)),
        (datetime(2026, 3, 10, 16, 1, tzinfo=WIB), date(2026, 3, 11)),
        (datetime(2026, 3, 13, 17, 0, tzinfo=WIB), date(2026, 3, 16)),
        (datetime(2026, 3, 14, 9, 0, tzinfo=WIB), date(2026, 3, 16)),
        (datetime(2026, 3, 17, 20, 0, tzinfo=WIB), date(2026, 3, 25)),
        (datetime(2026, 3, 10, 18, 0, tzinfo=UTC), date(2026, 3, 11)),
    ],
)
def test_what_comes_late_or_on_a_free_day_counts_from_the_next(received, day_zero):
    assert CALENDAR.day_zero(received) == day_zero


def test_a_year_that_is_not_loaded_is_never_guessed():
    with pytest.raises(CalendarNotLoaded):
        CALENDAR.due_date(datetime(2026, 12, 28, 9, 0, tzinfo=WIB), 10)


@given(st.dates(date(2025, 1, 1), date(2026, 10, 1)), st.integers(1, 40))
def test_counting_back_gives_the_days_again(day, days):
    start = CALENDAR.next_working(day)
    assert CALENDAR.working_days_between(start, CALENDAR.add_days(start, days)) == days


@given(st.integers(0, 20), st.integers(0, 20))
def test_a_pause_only_ever_moves_a_deadline_later(first, more):
    due = datetime(2026, 8, 10, 9, 0, tzinfo=UTC)
    paused = datetime(2026, 7, 1, 3, 0, tzinfo=UTC)
    resumed = datetime(2026, 7, 1 + first, 3, 0, tzinfo=UTC)
    assert CALENDAR.extend(due, paused, resumed) >= due
    assert CALENDAR.extend(due, paused, paused) == due
    assert CALENDAR.is_working(CALENDAR.extend(due, paused, resumed).astimezone(WIB).date())


def test_holidays_are_loaded_a_year_at_a_time(db):
    assert load_holidays(db, "tanggal,jenis,nama\n2027-01-01,libur,Tahun Baru\n2027-02-06,libur,Imlek\n") == 2
    assert calendar_for(db).is_working(date(2027, 1, 4))
    for wrong in ("2027-13-01,libur,x", "2027-01-01,pesta,x", "2027-01-01", "2027-01-01,libur,x\n2028-01-01,libur,x"):
        with pytest.raises(InvalidInput):
            load_holidays(db, wrong)


# ----------------------------------------------------------------------------------------------------------------- places


def test_the_regency_has_its_places():
    assert (len(places.kecamatan_list()), len(places.desa_list()), len(places.islands())) == (29, 326, 18)
    assert {place.kind for place in places.desa_list()} == {"desa"}


def test_kecamatan_have_their_bps_codes():
    assert places.bps_code("36.04.30") == "3604200"
    assert places.bps_code("36.04.08") == "3604211"
    assert len({place.bps for place in places.kecamatan_list()}) == 29


def test_equal_names_are_told_apart():
    names = [places.place_name(place.code) for place in places.search_places("mekarsari")]
    assert "Desa Mekarsari, Kec. Anyar" in names
    assert "Desa Mekarsari, Kec. Cinangka" in names


@pytest.mark.parametrize("typed", ["Gedung Soka", "kedungsoka", "kedung soka"])
def test_spelling_and_spaces_are_forgiven(typed):
    found = [place.code for place in places.search_places(typed)]
    assert "36.04.08.2004" in found or typed == "Gedung Soka"


def test_coordinates_of_islands_are_read():
    assert parse_dms("05°48'44.97\" S 106°16'47.58\" E") == (-5.812492, 106.279883)
    tunda = places.find_place("36.04.40009")
    assert (tunda.name, tunda.kind) == ("Pulau Tunda", "pulau")


def test_distances_are_those_of_the_domain():
    assert round(places.distance_m(-6.12, 106.15, -6.12, 106.16), 1) == 1105.6
    assert round(places.distance_m(-6.12, 106.15, -6.1204, 106.15), 1) == 44.5


def test_a_point_finds_its_desa_nearby_and_nothing_far_away():
    anyar = places.find_place("36.04.30.2001")
    assert places.desa_at(anyar.lat, anyar.lon) == anyar
    assert places.kecamatan_at(anyar.lat, anyar.lon).code == "36.04.30"
    assert places.desa_at(-7.25, 112.75) is None


def test_every_desa_lies_in_its_own_kecamatan():
    wrong = [desa.code for desa in places.desa_list() if places.kecamatan_at(desa.lat, desa.lon).code != desa.parent]
    assert wrong == []


def test_another_regency_is_extracted_and_used(tmp_path, monkeypatch):
    source = tmp_path / "data"
    source.mkdir()
    for name, header, rows in (
        ("districts.csv", ["code", "regency_code", "name"], [["99.01.01", "99.01", "Contoh"], ["36.04.30", "36.04", "Anyar"]]),
        ("villages.csv", ["code", "district_code", "name"], [["99.01.01.1001", "99.01.01", "Kelurahan Uji"], ["99.01.01.2002", "99.01.01", "Desa Uji"]]),
        ("islands.csv", ["code", "regency_code", "coordinate", "is_populated", "is_outermost_small", "name"], []),
    ):
        with (source / name).open("w", newline="") as file:
            csv.writer(file).writerows([header, *rows])
    assert extract_regency("99.01", tmp_path, tmp_path / "places" / "99.01") == (1, 2, 0)
    monkeypatch.setattr(places, "_chosen", ("99.01", tmp_path))
    assert [place.kind for place in places.desa_list("99.01.01")] == ["desa", "kelurahan"]
    assert "ODbL" in (tmp_path / "places" / "99.01" / "NOTICE.md").read_text()
    (tmp_path / "package.json").write_text('{"version": "3.1.2"}')
    with pytest.raises(ValueError, match="too old"):
        extract_regency("99.01", tmp_path, tmp_path / "x")
    (tmp_path / "package.json").write_text('{"version": "4.0.2"}')
    with pytest.raises(ValueError, match="no regency"):
        extract_regency("00.00", tmp_path, tmp_path / "x")


def test_places_are_asked_by_name_and_by_point(client):
    assert client.get("/wilayah/cari?q=tunda").json() == [] or client.get("/wilayah/cari?q=anyar").json()[0]["name"] == "Kec. Anyar"
    anyar = places.find_place("36.04.30.2001")
    assert client.get(f"/wilayah/di?lat={anyar.lat}&lon={anyar.lon}").json()["code"] == anyar.code
    assert client.get("/wilayah/di?lat=x&lon=1").status_code == 422
    assert client.get("/wilayah/di?lat=nan&lon=1").status_code == 422
    assert client.get("/wilayah/di?lat=60&lon=1").json() == {}
