"""The rules without a database: vectors of gawe.md section 10, and what must hold for every value."""

import contextlib
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gawe_simponie import fees, forms, rules, types
from gawe_simponie.kind import PERMOHONAN, RUNNING, STATE
from pendopo import InvalidInput
from pendopo.kit.calendar import Calendar, seed_rows

pytestmark = pytest.mark.once

DAYS = frozenset(row["day"] for row in seed_rows())
CALENDAR = Calendar(DAYS, frozenset(day.year for day in DAYS))
MONDAY = datetime(2026, 8, 10, 2, 0, tzinfo=UTC)
TYPES = {data["kode"]: data for data in types.shipped()}
PBG = TYPES["PBG"]["retribusi"]
PLAIN = {"kompleksitas": "sederhana", "permanensi": "permanen", "kepemilikan": "perorangan", "kegiatan": "baru"}


# ------------------------------------------------------------------------------------------------------------------ sla


def test_five_working_days_from_monday_the_tenth_end_on_the_eighteenth():
    assert rules.decision_due(CALENDAR, MONDAY, 5) == date(2026, 8, 18)


def test_three_stopped_days_move_the_end_to_the_twenty_first():
    assert rules.decision_due(CALENDAR, MONDAY, 5, 3) == date(2026, 8, 21)


def test_the_permit_is_deemed_granted_at_the_first_minute_of_the_nineteenth():
    due = CALENDAR.at(date(2026, 8, 18), CALENDAR.close)

    assert not rules.is_deemed_granted(CALENDAR, due, datetime(2026, 8, 18, 16, 59, 59, tzinfo=UTC))
    assert rules.is_deemed_granted(CALENDAR, due, datetime(2026, 8, 18, 17, 0, tzinfo=UTC))


def test_without_a_time_of_its_own_a_permit_is_decided_in_five_days():
    assert rules.SLA_DEFAULT_HK == 5


@given(st.integers(0, 200), st.integers(1, 30), st.integers(0, 15))
def test_stopped_days_never_bring_the_deadline_nearer(offset, days, stopped):
    received = datetime(2026, 1, 5, 3, 0, tzinfo=UTC) + timedelta(days=offset)

    assert rules.decision_due(CALENDAR, received, days, stopped) >= rules.decision_due(CALENDAR, received, days)
    assert CALENDAR.is_working(rules.decision_due(CALENDAR, received, days, stopped))


# ----------------------------------------------------------------------------------------------------------------- fees


@pytest.mark.parametrize(
    ("values", "amount"),
    [
        ({"fungsi": "hunian", "luas_lantai": 60, "jumlah_lantai": 1}, 270_000),
        ({"fungsi": "usaha", "luas_lantai": 200, "jumlah_lantai": 2, "kompleksitas": "tidak_sederhana"}, 5_407_500),
        ({"fungsi": "keagamaan", "luas_lantai": 900, "jumlah_lantai": 2}, 0),
        ({"fungsi": "hunian", "luas_lantai": 100, "jumlah_lantai": 1}, 510_000),
        ({"fungsi": "hunian", "luas_lantai": 60, "jumlah_lantai": 1, "kepemilikan": "negara"}, 0),
    ],
)
def test_the_levy_of_a_building(values, amount):
    assert fees.fee_for(PBG, {**PLAIN, **values}).amount == amount


def test_each_step_of_the_levy_is_shown():
    steps = fees.fee_for(PBG, {**PLAIN, "fungsi": "hunian", "luas_lantai": 60, "jumlah_lantai": 1}).steps

    assert [step.result for step in steps] == ["1,2", "0,18", "Rp25.000", "Rp270.000"]
    assert "0,3 × 1 + 0,2 × 2 + 0,5 × 1" in steps[0].working


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"luas_lantai": ""}, "luas_lantai"),
        ({"luas_lantai": -1}, "luas_lantai"),
        ({"jumlah_lantai": 9}, "jumlah_lantai"),
        ({"fungsi": "gaib"}, "fungsi"),
        ({"kompleksitas": None}, "kompleksitas"),
    ],
)
def test_a_figure_that_can_not_be_computed_is_refused_at_its_field(change, field):
    with pytest.raises(InvalidInput) as refused:
        fees.fee_for(PBG, {**PLAIN, "fungsi": "hunian", "luas_lantai": 60, "jumlah_lantai": 1, **change})
    assert refused.value.field == field


@given(
    st.decimals(1, 100_000, places=2),
    st.sampled_from([1, 2, 3]),
    st.sampled_from(["hunian", "usaha", "usaha_umkm"]),
    st.sampled_from(["sederhana", "tidak_sederhana"]),
)
def test_a_larger_building_never_costs_less_and_money_is_whole(area, floors, function, complexity):
    values = {**PLAIN, "fungsi": function, "luas_lantai": area, "jumlah_lantai": floors, "kompleksitas": complexity}
    here, more = fees.fee_for(PBG, values), fees.fee_for(PBG, {**values, "luas_lantai": area + 1})

    assert isinstance(here.amount, int)
    assert 0 < here.amount <= more.amount


@given(st.decimals("0.01", 100_000, places=2), st.integers(1, 366))
def test_a_product_is_half_rounded_up_to_whole_rupiah(area, days):
    rule = {"rumus": "perkalian", "parameter": {"tarif": "12.5", "kali": ["luas", "hari"]}, "sumber": "uji"}
    exact = Decimal("12.5") * area * days

    assert abs(Decimal(fees.fee_for(rule, {"luas": area, "hari": days}).amount) - exact) <= Decimal("0.5")


def test_a_chosen_answer_is_said_in_words():
    permit = types.PermitType(TYPES["MAKAM"])

    assert fees.fee_for(permit.fee_rule, {"kelas": "b"}, permit.say).steps[0].working == "Blok B"


def test_a_table_and_a_fixed_tariff():
    assert fees.fee_for(TYPES["MAKAM"]["retribusi"], {"kelas": "b"}).amount == 150_000
    assert fees.fee_for({"rumus": "tetap", "parameter": {"jumlah": 25_000}, "sumber": "uji"}, {}).amount == 25_000
    assert fees.fee_for(None, {}).amount == 0


@pytest.mark.parametrize(
    "rule",
    [
        {"rumus": "gaib", "parameter": {}},
        {"rumus": "tetap", "parameter": {}},
        {"rumus": "tetap", "parameter": {"jumlah": -1}},
        {"rumus": "tabel", "parameter": {"isian": "a", "tarif": {"x": "abc"}}},
        {"rumus": "perkalian", "parameter": {"tarif": -5}},
        {"rumus": "pbg", "parameter": {**PBG["parameter"], "ketinggian": {"bobot": 0.4, "indeks": {"1": 1}}}},
        {"rumus": "tetap", "parameter": 7},
    ],
)
def test_a_wrong_formula_is_told(rule):
    assert fees.problem_of(rule)


# ----------------------------------------------------------------------------------------------------------------- risk


@pytest.mark.parametrize(
    ("risk", "codes"),
    [
        ("rendah", ["nib"]),
        ("menengah_rendah", ["nib", "sertifikat_standar"]),
        ("menengah_tinggi", ["nib", "sertifikat_standar_terverifikasi"]),
        ("tinggi", ["nib", "izin"]),
    ],
)
def test_the_risk_tells_the_papers(risk, codes):
    assert [paper.code for paper in rules.papers_for(risk)] == codes


def test_only_what_is_verified_or_licensed_must_be_there_before_the_business_runs():
    assert [[paper.before for paper in rules.papers_for(risk)][-1] for risk in rules.RISKS] == [False, False, True, True]


def test_who_builds_needs_a_building_approval_too():
    assert [paper.code for paper in rules.basic_requirements("sppl", builds=True)] == ["kkpr", "lingkungan", "pbg"]
    assert [paper.code for paper in rules.basic_requirements("amdal", builds=False)] == ["kkpr", "lingkungan"]


# ------------------------------------------------------------------------------------------------------------- validity


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(1, 120), st.dates(date(2020, 1, 1), date(2060, 1, 1)))
def test_a_permit_never_outlives_its_five_years_or_its_str(issued, months, str_until):
    until = rules.valid_until(issued, months, not_after=str_until, most_months=60)

    assert until <= str_until
    assert until < rules.add_months(issued, 60)


def test_the_last_day_is_the_day_before_the_anniversary():
    assert rules.valid_until(date(2026, 3, 10), 12) == date(2027, 3, 9)
    assert rules.valid_until(date(2024, 2, 29), 12) == date(2025, 2, 27)
    assert rules.valid_until(date(2026, 3, 10), None) is None


# --------------------------------------------------------------------------------------------------------------- numbers


def test_numbers_follow_their_pattern():
    assert rules.number_from("503/{seq:04}/SIP/{roman}/{year}", 7, date(2026, 8, 1)) == "503/0007/SIP/VIII/2026"


@pytest.mark.parametrize(
    "pattern", ["", "503/{year}", "503/{seq}", "{seq}{seq}{year}", "{seq}/{year}/{nik}", "{seq:x}/{year}", "{seq}/{year}/{0.__class__}", "{seq/{year}"]
)
def test_a_wrong_pattern_is_told(pattern):
    assert rules.number_problem(pattern)


@given(st.integers(1, 99_999), st.integers(1, 99_999), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_different_numbers_never_look_alike(a, b, day):
    assert (rules.number_from("{seq:04}/{year}", a, day) == rules.number_from("{seq:04}/{year}", b, day)) == (a == b)


@given(st.text(max_size=20))
def test_reading_nib_and_kbli_never_breaks(text):
    for read in (rules.read_nib, rules.read_kbli):
        with contextlib.suppress(InvalidInput):
            assert read(text).isdigit()


# ----------------------------------------------------------------------------------------------------------- permit types


@pytest.mark.parametrize("code", sorted(TYPES))
def test_every_type_that_ships_is_right_and_has_fourteen_components(code):
    assert types.problems_of(TYPES[code]) == []
    standard = list(types.PermitType(TYPES[code]).standard())
    assert len(standard) == 14
    assert all(words for _slug, _title, words in standard)


@pytest.mark.parametrize("code", sorted(code for code, data in TYPES.items() if data["tahap"]))
def test_the_form_of_an_officer_says_a_type_without_losing_anything(code):
    class Field:
        def __init__(self, data):
            self.data = data

    class Typed:
        pass

    typed = Typed()
    for name, value in forms.lines_from(TYPES[code]).items():
        setattr(typed, name, Field(value))
    again = forms.type_from(typed, TYPES[code], 5)

    assert {**again, "contoh": True} == TYPES[code]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"kode": "kecil"}, "kode"),
        ({"sla_hk": 0}, "sla_hk"),
        ({"kanal": "gaib"}, "kanal"),
        ({"tambahan": 1}, ""),
        ({"nomor": "tanpa urutan"}, "nomor"),
        ({"tahap": [{"tahap": "penandatanganan", "opd": "dpmptsp", "sla_hk": 1}]}, "tahap"),
        ({"formulir": {"type": "object", "properties": {"a": {"type": "gaib", "title": "A"}}, "required": []}}, "formulir"),
        ({"formulir": {"type": "object", "properties": {"nama": {"type": "string", "title": "A"}}, "required": []}}, "formulir"),
        ({"retribusi": {"rumus": "tabel", "parameter": {"isian": "tidak_ada", "tarif": {"a": 1}}, "sumber": "uji"}}, "retribusi"),
        ({"aturan": [{"nama": "gaib"}]}, "aturan/0"),
        ({"aturan": [{"nama": "masih_berlaku"}]}, "aturan/0"),
        ({"batas_masa": "lembaga"}, "batas_masa"),
        ({"syarat": [{"kode": "a", "nama": "Kertas A", "wajib": {"isian": "tidak_ada"}}]}, "syarat/0/wajib"),
        ({"syarat": [{"kode": "a", "nama": "Kertas A"}, {"kode": "a", "nama": "Kertas B"}]}, "syarat"),
    ],
)
def test_what_is_wrong_with_a_type_is_told_with_its_place(change, where):
    problems = types.problems_of({**TYPES["PENELITIAN"], **change})

    assert where in [problem.where for problem in problems]


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 200) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(TYPES["PBG"])), _json)
@settings(max_examples=150, deadline=None)
def test_any_part_may_be_nonsense_and_is_told_not_raised(key, value):
    data = json.loads(json.dumps(TYPES["PBG"]))
    data[key] = value

    assert isinstance(types.problems_of(data), list)


def test_a_paper_is_needed_when_its_condition_holds():
    paper = {"wajib": {"isian": "penonton", "paling_sedikit": 1000}}

    assert types.is_required(paper, {"penonton": 1000})
    assert not types.is_required(paper, {"penonton": 999})
    assert not types.is_required(paper, {})
    assert types.is_required({"wajib": {"isian": "jenis", "bernilai": "billboard"}}, {"jenis": "billboard"})


# --------------------------------------------------------------------------------------------------------------- states

STEPS_FROM = {state.slug: [step for step in PERMOHONAN.transitions if state.slug in step.frm] for state in PERMOHONAN.states}


@given(st.lists(st.integers(0, 30), max_size=25))
def test_on_no_way_a_permit_is_issued_without_a_signature_or_held_up_for_ever(choices):
    state, way = PERMOHONAN.initial, []
    for choice in choices:
        steps = STEPS_FROM[state]
        if not steps:
            break
        step = steps[choice % len(steps)]
        way.append(step.slug)
        state = step.to
        if state == "terbit":
            assert step.slug == "tandatangani" and ("ajukan_ttd" in way or "fiktif_positif" in way)
        if STATE[state].open:
            assert any(next_one.actors for next_one in STEPS_FROM[state])
    assert not STATE[state].open or any(not STATE[end].open for end in _reachable(state))


@pytest.mark.parametrize("state", RUNNING)
def test_wherever_the_offices_clock_runs_the_law_may_grant(state):
    assert "fiktif_positif" in {step.slug for step in STEPS_FROM[state]}


def _reachable(state):
    seen, wave = set(), [state]
    while wave:
        one = wave.pop()
        seen.add(one)
        wave += [step.to for step in STEPS_FROM[one] if step.to not in seen]
    return seen
