"""Windows, ceilings, RAB, years between grants, LPJ, flags, anonymity: the vectors of the domain and what holds for all numbers."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gawe_pemantauan import rules
from gawe_pemantauan.demo_stories import TO
from gawe_pemantauan.kind import DARURAT_KIND, HIBAH_KIND, KINDS
from gawe_pemantauan.lembaga import in_own_name
from gawe_pemantauan.rules import Claim, RabLine, Visit
from gawe_pemantauan.stages import RAIL, STATE
from gawe_pemantauan.watching import NEXT, rail_of
from pendopo import InvalidInput

from .conftest import WAY

pytestmark = pytest.mark.once
WIB = ZoneInfo("Asia/Jakarta")
OPENS, CLOSES = date(2026, 1, 15), date(2026, 3, 31)


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        (datetime(2026, 3, 31, 23, 59, tzinfo=WIB), True),
        (datetime(2026, 4, 1, 0, 0, tzinfo=WIB), False),
        (datetime(2026, 1, 15, 0, 0, tzinfo=WIB), True),
        (datetime(2026, 1, 14, 23, 59, tzinfo=WIB), False),
    ],
)
def test_a_window_is_open_to_the_last_minute_of_its_last_day(moment, inside):
    assert rules.in_window(moment.date(), OPENS, CLOSES) is inside


@pytest.mark.parametrize(("last", "wanted", "allowed"), [(2025, 2027, True), (2026, 2027, False), (None, 2027, True), (2027, 2027, False)])
def test_years_between_grants_count_disbursement_years(last, wanted, allowed):
    assert rules.may_receive_again(last, wanted, 2) is allowed


def test_the_next_allowed_year_is_allowed():
    assert rules.next_allowed_year(2026, 2) == 2028
    assert rules.may_receive_again(2026, rules.next_allowed_year(2026, 2), 2)


def test_a_request_above_the_ceiling_is_capped():
    assert rules.capped(65_000_000, 50_000_000) == 50_000_000
    assert rules.capped(40_000_000, 50_000_000) == 40_000_000
    assert rules.capped(65_000_000, None) == 65_000_000


LINES = (RabLine("Semen", Decimal(120), "sak", 68_000), RabLine("Pasir", Decimal(3), "m3", 310_000), RabLine("Upah", Decimal(1), "ls", 2_500_000))


def test_a_budget_plan_adds_up_to_the_rupiah():
    assert [line.amount for line in LINES] == [8_160_000, 930_000, 2_500_000]
    assert rules.check_rab(LINES, 11_590_000) == 11_590_000


def test_a_plan_that_does_not_add_up_is_refused_with_the_difference():
    with pytest.raises(rules.RabMismatch) as refusal:
        rules.check_rab(LINES, 11_600_000)

    assert refusal.value.field == "rab"
    assert "Rp10.000" in refusal.value.sentence()


def test_a_plan_without_lines_is_refused():
    with pytest.raises(InvalidInput):
        rules.check_rab([], 1_000_000)


def test_the_report_is_due_on_the_tenth_of_january():
    assert rules.lpj_due(date(2026, 1, 1)) == date(2027, 1, 10)
    assert rules.lpj_due(date(2026, 12, 31)) == date(2027, 1, 10)
    assert rules.lpj_due(date(2026, 7, 1), "02-15") == date(2027, 2, 15)


def test_what_was_not_used_goes_back():
    assert rules.rest_of(11_590_000, 11_200_000) == 390_000
    assert rules.rest_of(11_590_000, 12_000_000) == 0


def test_a_report_is_late_only_after_its_day():
    assert not rules.is_late(date(2027, 1, 10), date(2027, 1, 10))
    assert rules.is_late(date(2027, 1, 10), date(2027, 1, 11))


@pytest.mark.parametrize(("days", "amber"), [(14, False), (15, True), (0, False), (None, False)])
def test_silence_turns_amber_after_fourteen_working_days(days, amber):
    assert rules.is_silent(days, 14) is amber


def test_the_same_account_is_flagged_on_both_sides():
    one, two = Claim(1, 10, rekening="a"), Claim(2, 11, rekening="a")
    assert rules.meetings(one, [one, two]) == [("rekening_sama", 2)]
    assert rules.meetings(two, [one, two]) == [("rekening_sama", 1)]


def test_the_same_chairperson_counts_only_in_another_body():
    assert rules.meetings(Claim(1, 10, chair="x"), [Claim(2, 11, chair="x")]) == [("ketua_sama", 2)]
    assert rules.meetings(Claim(1, 10, chair="x"), [Claim(2, 10, chair="x")]) == []


def test_a_family_is_flagged_once_and_a_person_before_the_family():
    assert rules.meetings(Claim(1, nik="n", kk="k"), [Claim(2, nik="n", kk="k"), Claim(3, nik="m", kk="k")]) == [("nik_sama", 2), ("kk_sama", 3)]


def test_empty_marks_never_meet():
    assert rules.meetings(Claim(1), [Claim(2)]) == []


def test_fewer_than_five_persons_are_not_shown():
    shown = rules.desa_totals([("a", 100), ("a", 200), ("a", 300), ("a", 400), ("b", 100), *[("c", 50)] * 5])
    assert shown == [("a", None, None), ("b", None, None), ("c", 5, 250)]


def test_what_is_withheld_can_not_be_found_by_subtracting():
    assert rules.desa_totals([*[("a", 10)] * 9, *[("b", 10)] * 6, *[("c", 10)] * 2]) == [("a", 9, 90), ("b", None, None), ("c", None, None)]
    assert rules.desa_totals([*[("a", 10)] * 9, *[("b", 10)] * 4, ("c", 10)]) == [("a", 9, 90), ("b", None, None), ("c", None, None)]


@given(st.lists(st.sampled_from("abcdef"), max_size=60), st.integers(2, 10))
def test_withheld_persons_are_nobody_or_a_crowd(desa, least):
    told = rules.desa_totals([(one, 1) for one in desa], least)
    shown = sum(count for _desa, count, _amount in told if count is not None)
    withheld = len(desa) - shown
    assert withheld == 0 or withheld >= least or shown == 0
    assert all(count is None or count >= least for _desa, count, _amount in told)


def test_a_body_needs_years():
    assert rules.is_young(date(2025, 1, 1), date(2026, 12, 31), 2)
    assert not rules.is_young(date(2024, 12, 31), date(2026, 12, 31), 2)
    assert rules.is_young(None, date(2026, 1, 1), 2)


def test_the_score_of_a_visit_is_a_hundred_at_most():
    assert sum(rules.POINTS.values()) == 100
    assert rules.visit_score(Visit(True, True, False, True)) == 90
    assert not rules.may_be_recommended(Visit(True, False, True, True))


def test_the_administrative_check_names_what_is_missing():
    assert rules.missing_checks(("surat",), {"surat": "ok", "rab_cocok": "ok", "atas_nama": "kurang"}) == ["atas_nama", "sesuai_program"]


def test_ranked_values_fit_one_after_the_other():
    assert rules.affordable([50, 30, 30, 10], 100) == 2
    assert rules.affordable([], 100) == 0


@pytest.mark.parametrize(
    ("account", "name", "own"),
    [
        ("MUSALA AL-IKHLAS ANYAR", "Musala Al-Ikhlas Anyar", True),
        ("H. Sanusi", "Musala Al-Ikhlas Anyar", False),
        ("Yayasan Musala Al-Ikhlas Anyar", "Musala Al-Ikhlas Anyar", True),
    ],
)
def test_an_account_bears_the_name_of_the_body(account, name, own):
    assert in_own_name(account, name) is own


def test_every_reason_of_refusal_has_a_remedy():
    assert all(reason.title and reason.remedy for reason in rules.REASONS.values())
    assert {"tidak_lengkap", "jeda_tahun"} <= set(rules.REASONS)


# ---------------------------------------------------------------------------------------------------- for all numbers

MONEY = st.integers(1, 10**12)
LINE = st.builds(RabLine, st.just("barang"), st.decimals("0.001", "9999", places=3), st.just("m"), st.integers(1, 10**8))


@given(st.lists(LINE, min_size=1, max_size=20))
def test_a_plan_equals_its_sum_and_nothing_else(lines):
    total = rules.rab_total(lines)
    assert rules.check_rab(lines, total) == total == sum(line.amount for line in lines)
    for wrong in (total - 1, total + 1):
        with pytest.raises(rules.RabMismatch):
            rules.check_rab(lines, wrong)


@given(st.dates(), st.dates(), st.dates())
def test_a_day_is_inside_exactly_between_the_ends(day, opens, closes):
    assert rules.in_window(day, opens, closes) == (not (day < opens or day > closes))


@given(MONEY, st.lists(MONEY, max_size=30))
def test_whatever_fits_never_passes_the_budget(pagu, wishes):
    approved = 0
    for wish in wishes:
        if rules.fits(approved, wish, pagu):
            approved += wish
    assert 0 <= approved <= pagu
    assert 0 <= rules.used_share(approved, pagu) <= 100


@given(MONEY, MONEY)
def test_rest_and_use_make_up_the_payment(paid, realised):
    assert rules.rest_of(paid, realised) + min(paid, realised) == paid


@given(st.integers(2000, 2100), st.integers(2000, 2100), st.integers(0, 10))
def test_the_years_between_are_the_same_in_both_directions(one, other, gap):
    assert rules.may_receive_again(one, other, gap) == rules.may_receive_again(other, one, gap)


# ------------------------------------------------------------------------------------------------------------- the way


def test_every_way_ends_in_a_closed_state():
    for kind in KINDS:
        reached, border = set(), {kind.initial}
        while border:
            reached |= border
            border = {t.to for t in kind.transitions if set(t.frm) & border} - reached
        assert reached == {state.slug for state in kind.states}, kind.slug
        for state in kind.states:
            assert state.open == any(state.slug in t.frm for t in kind.transitions), (kind.slug, state.slug)


def test_the_hibah_passes_every_stage_of_the_law_in_order():
    way = (*WAY, "kirim_lpj", "terima_lpj")
    state = HIBAH_KIND.initial
    for slug in way:
        step = HIBAH_KIND.transition(slug)
        assert state in step.frm, slug
        state = step.to
    assert state == "selesai"


def test_every_open_state_says_what_comes_next_and_has_a_station():
    stations = {state for _title, states in RAIL for state in states}
    for state in {s.slug for kind in KINDS for s in kind.states if s.open}:
        assert NEXT.get(state), state
        assert state in stations, state


def test_the_rail_knows_what_is_done():
    assert [station.state for station in rail_of("disposisi")] == ["done", "done", "now", *["ahead"] * 5]
    assert {station.state for station in rail_of("selesai")} == {"done"}
    assert [station.state for station in rail_of("ditolak", reached="disposisi")] == ["done", "done", *["left"] * 6]


@given(st.sampled_from(KINDS), st.lists(st.integers(0, 20), max_size=25))
def test_no_walk_leaves_the_known_states(kind, choices):
    state = kind.initial
    for choice in choices:
        open_steps = [t for t in kind.transitions if state in t.frm]
        if not open_steps:
            break
        state = open_steps[choice % len(open_steps)].to
    assert state in STATE
    assert kind.state(state)


def test_the_demo_knows_only_steps_that_exist():
    assert set(TO.values()) <= {s.slug for kind in (HIBAH_KIND, DARURAT_KIND) for s in kind.states}
