"""What becomes of a warning of others: the trigger rules of gawe.md section 8."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gawe_radio.warnings import reading, rules, wording
from gawe_radio.warnings.reading import Area, Unreadable, read_alert, read_index, read_quakes
from gawe_radio.warnings.simulator import alert_xml, index_xml, quake_json
from pendopo.kit.places import kecamatan_list
from pendopo_stream.announcements import LONGEST_READING_S, reading_time_s
from pendopo_stream.spoken_text import speakable

NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
FAR = "-2.50,140.60 -2.50,140.80 -2.70,140.80 -2.70,140.60 -2.50,140.60"
ANYAR = "36.04.30"


def alert(**given):
    return read_alert(alert_xml("satu", NOON, **given))


def quake(**given):
    return read_quakes(quake_json(NOON, **given))[0]


FAR_QUAKE = {"Coordinates": "-2.50,140.70", "Dirasakan": "", "Magnitude": "7.1"}


@pytest.mark.parametrize(("given", "direct", "outcome"), [
    ({"severity": "Severe"}, True, "alarm"),
    ({"severity": "Extreme"}, True, "siar"),
    ({"severity": "Extreme"}, False, "alarm"),
    ({"severity": "Moderate"}, True, "catat"),
    ({"severity": "Unknown"}, True, "catat"),
    ({"severity": "Extreme", "polygon": FAR}, True, "catat"),
    ({"severity": "Extreme", "status": "Exercise"}, True, "catat"),
    ({"severity": "Extreme", "status": "Test"}, True, "catat"),
    ({"severity": "Extreme", "status": "Draft"}, True, "catat"),
    ({"severity": "Extreme", "status": "System"}, True, "catat"),
    ({"severity": "Extreme", "kind": "Cancel"}, True, "catat"),
    ({"severity": "Extreme", "kind": "Ack"}, True, "catat"),
    ({"severity": "Extreme", "kind": "Error"}, True, "catat"),
    ({"severity": "Extreme", "kind": "Update"}, True, "siar"),
    ({"severity": "Extreme", "hours": 0}, True, "catat"),
])
def test_an_alert_is_judged_by_status_area_severity_and_time(given, direct, outcome):
    assert rules.judge_alert(alert(**given), NOON, direct=direct).outcome == outcome


def test_an_alert_of_an_hour_ago_that_ended_is_not_aired():
    assert rules.judge_alert(alert(severity="Extreme", hours=1), NOON + timedelta(hours=1), direct=True).outcome == "catat"


@pytest.mark.parametrize(("potential", "may"), [
    ("Tidak berpotensi tsunami", False), ("Berpotensi tsunami", True), ("TIDAK BERPOTENSI TSUNAMI", False), ("Gempa ini berpotensi TSUNAMI", True),
    ("Tidak berpotensi tsunami. Waspadai gempa susulan.", False), ("", False), ("Gempa ini dirasakan untuk diteruskan pada masyarakat", False),
    ("Peringatan dini tsunami untuk Banten", True), ("Tidak  berpotensi\ntsunami", False), ("Tsunami terdeteksi", True),
])
def test_only_the_plain_denial_of_a_tsunami_is_no_alarm(potential, may):
    assert rules.may_bring_tsunami(potential) is may
    assert (rules.judge_quake(quake(Potensi=potential), direct=True).outcome == "siar") is may


def test_a_tsunami_concerns_the_coast_and_one_far_away_is_decided_by_people():
    near, far = (rules.judge_quake(quake(Potensi="Berpotensi tsunami", **more), direct=True) for more in ({}, FAR_QUAKE))
    names = {place.name for place in kecamatan_list() if place.code in near.areas}
    assert {"Anyar", "Cinangka", "Bojonegara", "Pulo Ampel", "Kramatwatu", "Pontang", "Tirtayasa", "Tanara"} == names
    assert (near.outcome, near.priority, far.outcome) == ("siar", "darurat", "alarm")
    assert rules.judge_quake(quake(Potensi="Berpotensi tsunami"), direct=False).outcome == "alarm"


@pytest.mark.parametrize(("given", "outcome"), [
    ({"Magnitude": "5.0", "Dirasakan": ""}, "naskah"),
    ({"Magnitude": "4.9", "Dirasakan": ""}, "catat"),
    ({"Magnitude": "4.1", "Dirasakan": "III Serang"}, "naskah"),
    ({"Magnitude": "4.1", "Dirasakan": "II-III Cilegon, II Bandung"}, "naskah"),
    ({"Magnitude": "4.1", "Dirasakan": "II Serang, IV Bandung"}, "catat"),
    ({"Magnitude": "4.1", "Dirasakan": "III - IV Anyer"}, "naskah"),
    (FAR_QUAKE, "catat"),
    ({**FAR_QUAKE, "Magnitude": "5.0", "Coordinates": "-6.15,104.15"}, "naskah"),  # about 190 km west of Cinangka
    ({**FAR_QUAKE, "Magnitude": "9.0", "Coordinates": "-6.15,103.90"}, "catat"),  # about 220 km
])
def test_an_earthquake_is_read_out_when_it_was_near_and_strong_or_felt_here(given, outcome):
    assert rules.judge_quake(quake(**given), direct=True).outcome == outcome


@pytest.mark.parametrize(("felt", "mmi"), [
    ("", 0), ("III Serang", 3), ("IV-V Anyer, II Jakarta", 5), ("II Kota Serang", 2), ("V Sukabumi", 0), ("III-IV Bayah, III Pandeglang, II Cilegon", 2),
    ("I Serang", 1), ("IX Cilegon", 9), ("tidak dirasakan di Serang", 0),
])
def test_what_was_felt_here_is_read_from_the_list(felt, mmi):
    assert rules.felt_here(felt) == mmi


@pytest.mark.parametrize(("area", "codes"), [
    (Area(geocodes=(("KODE_WILAYAH", ANYAR),)), {ANYAR}),
    (Area(geocodes=(("KODE_WILAYAH", "36.04.30.2001"),)), {ANYAR}),
    (Area(geocodes=(("KODE_WILAYAH", "99.01.01"),)), set()),
    (Area(description="Kecamatan Cinangka dan Mancak"), {"36.04.31", "36.04.32"}),
    (Area(description="Jawa Barat"), set()),
    (Area(circles=((-6.08, 105.925, 1.0),)), {ANYAR}),
])
def test_an_area_is_known_by_code_drawing_or_name(area, codes):
    found = set(rules.kecamatan_of([area]))
    assert found == codes if not area.circles else codes <= found


def test_a_warning_for_all_of_banten_is_for_everybody_here():
    assert len(rules.kecamatan_of([Area(description="Banten")])) == len(kecamatan_list())


@pytest.mark.parametrize("data", [
    b"", b"no xml", b"<alert/>", b"\xff\xfe<\0a\0", b'<!DOCTYPE a [<!ENTITY x "y">]><alert>&x;</alert>',
    alert_xml("satu dua", NOON), alert_xml("satu", NOON).replace(b"-00:00</sent>", b"</sent>"), alert_xml("satu", NOON, polygon="1,2 x,4 5,6"),
    alert_xml("satu", NOON, polygon="91,2 1,4 5,6"), alert_xml("satu", NOON, references="a,b"),
])
def test_what_is_no_alert_is_unreadable(data):
    with pytest.raises(Unreadable):
        read_alert(data)


def test_entities_are_never_expanded():
    bomb = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel><item><link>&b;</link></item></channel></rss>'
    with pytest.raises(Unreadable, match="document type"):
        read_index(bomb)


def test_an_index_is_rss_or_atom():
    assert [entry.link for entry in read_index(index_xml({"a": "1", "b": "2"}))] == ["a.xml", "b.xml"]
    atom = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="alternate" type="text/html" href="/h"/>'
        b'<link type="application/cap+xml" href="/c.xml"/><updated>2026</updated></entry></feed>'
    )
    assert [(entry.link, entry.mark) for entry in read_index(atom)] == [("/c.xml", "2026")]
    with pytest.raises(Unreadable):
        read_index(b"<html/>")


@pytest.mark.parametrize("given", [{"Coordinates": "x"}, {"Coordinates": "nan,1"}, {"Magnitude": "besar"}, {"Magnitude": "nan"}, {"DateTime": "kemarin"}])
def test_an_earthquake_without_place_size_or_time_is_unreadable(given):
    with pytest.raises(Unreadable):
        read_quakes(quake_json(NOON, **given))


def test_one_broken_line_does_not_hide_the_others():
    good = quake_json(NOON)[len(b'{"Infogempa": {"gempa": ') : -2]
    assert len(read_quakes(b'{"Infogempa": {"gempa": [7, {"Magnitude": 5}, ' + good + b"]}}")) == 1


@given(st.text(max_size=3000), st.text(max_size=300))
def test_whatever_a_warning_says_it_is_short_enough_to_read_and_names_its_source(description, headline):
    info = reading.Info("id-ID", "Cuaca", "Severe", headline=reading.clean(headline, 300), description=reading.clean(description))
    _title, text = wording.alert_words(reading.Alert("a", "b", NOON, "Actual", "Alert", infos=(info,)), "BMKG")
    assert "BMKG" in text["id"]
    assert reading_time_s(speakable(text["id"], "id")) <= LONGEST_READING_S


def test_an_earthquake_in_words_says_where_when_how_strong_and_by_whom():
    title, text = wording.quake_words(quake(), "BMKG")
    assert title == "Gempa magnitudo 5,2"
    for part in ("BMKG", "12.00 WIB", "Tidak berpotensi tsunami", "10 km", "III Serang"):
        assert part in text["id"]
