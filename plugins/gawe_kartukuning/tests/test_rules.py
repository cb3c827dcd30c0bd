"""Dates, states and matching: the vectors of the domain, and what must hold for any day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gawe_kartukuning import kbji
from gawe_kartukuning.kind import AK1_KIND, SIGN, STATE, TRANSITIONS, VERIFY
from gawe_kartukuning.matching import Offer, Person, Wish, match
from gawe_kartukuning.rules import (
    CardFacts,
    age_group,
    check_age,
    check_graduation,
    check_period,
    initials,
    is_minor,
    is_usable,
    months_worked,
    parse_nib,
    parse_npsn,
    reminder_due,
    report_dates,
    report_number,
    status_on,
)
from pendopo import InvalidInput
from pendopo.i18n import speaking
from pendopo.kit.dates import add_months

pytestmark = pytest.mark.once

VECTORS = [
    ("2026-02-10", ["2026-08-10", "2027-02-10", "2027-08-10", "2028-02-10"]),
    ("2026-08-31", ["2027-02-28", "2027-08-31", "2028-02-29", "2028-08-31"]),
]
days = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))


def d(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize(("issued", "dues"), VECTORS)
def test_reports_fall_on_the_days_of_the_domain(issued, dues):
    assert report_dates(d(issued)) == tuple(d(day) for day in dues)


def test_a_card_without_its_first_report_needs_one_and_ends_after_its_last_day():
    card = CardFacts(report_dates(d("2026-02-10")))

    assert status_on(card, d("2026-08-10")) == "aktif"
    assert status_on(card, d("2026-09-15")) == "perlu_lapor"
    assert status_on(card, d("2028-02-10")) == "perlu_lapor"
    assert status_on(card, d("2028-02-11")) == "kedaluwarsa"


def test_in_the_grace_a_card_is_still_used_and_after_it_only_when_reported():
    dues = report_dates(d("2026-02-10"))
    card = CardFacts(dues)

    assert is_usable(card, d("2026-09-09"), grace_days=30)
    assert not is_usable(card, d("2026-09-10"), grace_days=30)
    assert is_usable(CardFacts(dues, last_report=1), d("2026-09-10"), grace_days=30)


@pytest.mark.parametrize(
    ("last", "on", "number"),
    [
        (0, "2026-07-10", 0),
        (0, "2026-07-11", 1),
        (0, "2026-12-01", 1),
        (0, "2027-01-20", 2),
        (1, "2026-09-01", 0),
        (1, "2027-01-11", 2),
        (3, "2028-02-10", 4),
        (4, "2028-02-10", 0),
    ],
)
def test_the_newest_open_report_counts_and_missed_ones_stay_missed(last, on, number):
    assert report_number(CardFacts(report_dates(d("2026-02-10")), last), d(on), early_days=30) == number


@pytest.mark.parametrize(
    ("situation", "revoked", "status"),
    [("bekerja", False, "bekerja"), ("wirausaha", False, "bekerja"), ("sekolah", False, "aktif"), ("bekerja", True, "dicabut")],
)
def test_work_closes_a_card_and_revoking_ends_it(situation, revoked, status):
    assert status_on(CardFacts(report_dates(d("2026-02-10")), 0, situation, revoked), d("2026-03-01")) == status


@given(days, st.integers(1, 5), st.integers(1, 12))
def test_reports_are_in_order_and_end_with_the_card(day, count, every):
    dues = report_dates(day, months=count * every, every=every)

    assert len(dues) == count
    assert list(dues) == sorted(set(dues))
    assert dues[-1] == add_months(day, count * every)


@given(days, st.integers(0, 900), st.lists(st.integers(0, 800), max_size=6))
def test_every_day_has_one_status_and_no_report_is_counted_twice(issued, on_day, report_days):
    dues = report_dates(issued)
    card, given_numbers = CardFacts(dues), []
    for offset in sorted(report_days):
        number = report_number(card, issued + timedelta(days=offset))
        if number:
            given_numbers.append(number)
            card = CardFacts(dues, number)
    on = issued + timedelta(days=on_day)

    assert given_numbers == sorted(set(given_numbers))
    assert status_on(card, on) in ("aktif", "perlu_lapor", "kedaluwarsa")
    assert not is_usable(card, on) or on <= dues[-1]


@given(days, st.lists(st.integers(0, 60), min_size=1, max_size=80))
def test_each_reminder_is_sent_once_and_the_nearest_wins(due, offsets):
    told, sent = None, []
    for left in sorted(offsets, reverse=True):
        step = reminder_due(due, due - timedelta(days=left), told)
        if step is not None:
            sent.append(step)
            told = step

    assert sent == sorted(set(sent), reverse=True)
    assert all(step in (30, 7, 1) for step in sent)


def test_people_under_fifteen_are_refused_and_under_eighteen_flagged():
    on = d("2026-11-24")
    check_age(d("2011-11-24"), on)
    with pytest.raises(InvalidInput):
        check_age(d("2011-11-25"), on)
    with pytest.raises(InvalidInput):
        check_age(d("2026-11-25"), on)
    assert is_minor(d("2008-11-25"), on)
    assert not is_minor(d("2008-11-24"), on)


@pytest.mark.parametrize("year", [2006, 2027])
def test_a_school_is_left_five_years_after_the_birth_and_not_tomorrow(year):
    check_graduation(d("2002-08-17"), 2020, d("2026-11-24"))
    with pytest.raises(InvalidInput):
        check_graduation(d("2002-08-17"), year, d("2026-11-24"))


def test_work_begins_before_it_ends_and_not_in_the_future():
    on = d("2026-11-24")
    check_period(d("2024-01-01"), None, on)
    for start, end in ((d("2024-01-01"), d("2024-01-01")), (d("2026-11-25"), None)):
        with pytest.raises(InvalidInput):
            check_period(start, end, on)


def test_overlapping_work_counts_once():
    assert months_worked([(d("2024-01-01"), d("2025-01-01")), (d("2024-06-01"), d("2025-01-01"))], d("2026-01-01")) == 12


@pytest.mark.parametrize(("text", "clean"), [("1234567890123", "1234567890123"), ("1234 5678 90123", "1234567890123")])
def test_a_nib_has_thirteen_digits(text, clean):
    assert parse_nib(text) == clean
    for wrong in ("123456789012", "12345678901234", "123456789012A", ""):
        with pytest.raises(InvalidInput):
            parse_nib(wrong)
    assert parse_npsn("2060 1234") == "20601234"


def test_the_public_sees_initials():
    assert initials("Siti Nur Aminah") == "S. N. A."
    assert initials("M. Ali") == "M. A."
    assert initials("") == ""


def test_ages_fall_into_groups():
    assert [age_group(age) for age in (15, 18, 24, 29, 34, 44, 54, 70)] == ["15-17", "18-19", "20-24", "25-29", "30-34", "35-44", "45-54", "55+"]


# ----------------------------------------------------------------------------------------------------- the way of a berkas


@given(st.lists(st.integers(0, 20), max_size=30))
def test_every_way_through_the_office_can_still_end_with_a_card_or_an_end_and_never_leaves_one(choices):
    state, seen = AK1_KIND.initial, []
    for choice in choices:
        steps = [step for step in TRANSITIONS if state in step.frm]
        if not steps:
            break
        step = steps[choice % len(steps)]
        state = step.to
        seen.append(state)
        assert step.permission in (VERIFY, SIGN) or step.actors in (("applicant",), ("system",))

    assert STATE[state].open == any(state in step.frm for step in TRANSITIONS)
    assert "kartu_terbit" not in seen[:-1]
    reachable, ends = {state}, {slug for slug, one in STATE.items() if not one.open}
    for _round in STATE:
        reachable |= {step.to for step in TRANSITIONS if reachable & set(step.frm)}
    assert reachable & ends
    assert not STATE[state].open or "kartu_terbit" in reachable


def test_a_card_is_issued_only_by_who_signs_and_only_after_approval():
    assert [(step.slug, step.frm, step.permission) for step in TRANSITIONS if step.to == "kartu_terbit"] == [("terbitkan", ("disetujui",), SIGN)]


# ------------------------------------------------------------------------------------------------------------ matching

WELDER = Person("SMK", "Teknik Pengelasan", "L", "36.04.30", [Wish("7212", "kabupaten", 4_000_000)], ["7212"], ["Las SMAW"], 18)
WELDING = Offer("7212", "SMK", ["Pengelasan"], 0, 0, 4, "kabupaten", "36.04.30", ["las smaw"], 12, 5_000_000)


def test_a_perfect_match_has_all_points():
    found = match(WELDER, WELDING)

    assert (found.score, found.possible) == (100, True)
    assert all(reason.fits for reason in found.reasons)


def test_what_an_employer_demands_excludes():
    too_low = match(Person("SMP", sex="L"), WELDING)
    women_only = match(WELDER, Offer("7212", "SMA", women=3, anyone=0))

    assert not too_low.possible
    assert not women_only.possible
    assert [reason.text for reason in women_only.reasons if reason.fits is False]


def test_nearer_jobs_and_places_give_more_points():
    same, near, far = (match(WELDER, Offer(code, "SMK")).score for code in ("7212", "7213", "5223"))
    here, elsewhere = (match(WELDER, Offer("7212", "SMK", kecamatan=code)).score for code in ("36.04.30", "36.04.05"))

    assert same > near > far
    assert here > elsewhere


@given(
    st.builds(
        Person,
        level=st.sampled_from(["TS", "SMA", "SMK", "S1"]),
        sex=st.sampled_from(["L", "P"]),
        major=st.text(max_size=8),
        months=st.integers(0, 200),
        wishes=st.lists(st.builds(Wish, kbji=st.sampled_from(sorted(kbji.TITLES)), pay=st.integers(0, 9_000_000)), max_size=3),
    ),
    st.builds(
        Offer,
        kbji=st.sampled_from(sorted(kbji.TITLES)),
        level=st.sampled_from(["TS", "SMA", "SMK", "S1"]),
        men=st.integers(0, 3),
        women=st.integers(0, 3),
        anyone=st.integers(0, 3),
        months=st.integers(0, 60),
        pay=st.integers(0, 9_000_000),
        majors=st.lists(st.text(min_size=1, max_size=6), max_size=2),
    ),
)
def test_points_stay_between_nought_and_a_hundred_and_every_point_has_a_reason(person, offer):
    found = match(person, offer)

    assert 0 <= found.score <= 100
    assert found.reasons
    assert found.possible == all(reason.fits is not False for reason in found.reasons)


def test_occupations_are_found_by_code_and_name():
    assert kbji.find("7212") == "7212"
    assert kbji.find("juru  las dan POTONG") == "7212"
    assert kbji.find("penyihir") == ""
    assert all(len(code) == 4 and code[0] in kbji.GROUPS for code in kbji.TITLES)


def test_occupations_have_english_names(portal):
    with speaking("en", plugin="gawe_kartukuning"):
        assert kbji.title_of("7212") == "Welder and flame cutter"
        assert kbji.find("welder and flame cutter") == "7212"
        assert len({title for _code, title in kbji.choices()}) == len(kbji.TITLES) + 1
