"""Every vector of gawe.md section 3, and what must hold for any amount."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gawe_pajak import rules
from gawe_pajak.nop import InvalidNop, desa_of, kecamatan_of, nop_prefix, parse_nop, show_nop
from gawe_pajak.rules import Ground, Rate, late_interest, late_months, percent_of, round_half_up

pytestmark = pytest.mark.once
DUE = date(2026, 8, 31)
money = st.integers(0, 10**13)
percents = st.decimals("0", "100", places=3)


def rate(percent):
    return Rate(Decimal(str(percent)))


@pytest.mark.parametrize(
    ("ground", "assessed", "tariff", "tax"),
    [
        (Ground(200, 300_000, 60, 1_200_000), 40, "0.2", 97_600),
        (Ground(500, 500_000, 200, 2_500_000), 50, "0.3", 1_110_000),
        (Ground(10_000, 850_000, 5_000, 3_000_000), 100, "0.5", 117_450_000),
        (Ground(50, 64_000), 40, "0.1", 0),
        (Ground(150, 1_147_000, 54, 968_000), 100, "0.1", 214_322),
    ],
)
def test_pbb(ground, assessed, tariff, tax):
    found = rules.pbb(ground, njoptkp=10_000_000, assessed=rate(assessed), rate=rate(tariff))

    assert found.total == tax
    assert found.steps[-1].amount == tax


def test_each_step_of_pbb_stands_in_the_computation():
    found = rules.pbb(Ground(200, 300_000, 60, 1_200_000), njoptkp=10_000_000, assessed=rate(40), rate=rate("0.2"))

    assert [step.amount for step in found.steps] == [60_000_000, 72_000_000, 132_000_000, 10_000_000, 122_000_000, 48_800_000, 97_600]
    assert found.steps[0].formula == "200 m² × Rp300.000"
    assert rules.from_data(found.as_data()) == found


@pytest.mark.parametrize(
    ("paid", "months", "interest"),
    [
        (date(2026, 8, 31), 0, 0),
        (date(2026, 9, 1), 1, 976),
        (date(2026, 9, 30), 1, 976),
        (date(2026, 10, 1), 2, 1_952),
        (date(2026, 11, 5), 3, 2_928),
        (date(2029, 1, 15), 24, 23_424),
    ],
)
def test_interest_of_late_payment(paid, months, interest):
    assert (late_months(DUE, paid), late_interest(97_600, DUE, paid)) == (months, interest)


@pytest.mark.parametrize(
    ("price", "njop", "kind", "first", "tax"),
    [
        (500_000_000, 0, "jual_beli", True, 21_000_000),
        (90_000_000, 120_000_000, "jual_beli", True, 2_000_000),
        (750_000_000, 0, "waris", False, 22_500_000),
        (75_000_000, 0, "jual_beli", True, 0),
        (500_000_000, 0, "jual_beli", False, 25_000_000),
        (90_000_000, 120_000_000, "lelang", True, 500_000),
    ],
)
def test_bphtb(price, njop, kind, first, tax):
    assert rules.bphtb(price, njop, kind, first=first, free_first=80_000_000, free_inherited=300_000_000, rate=rate(5)).total == tax


def test_taxes_of_businesses():
    assert rules.pbjt(48_350_000, rate(10)).total == 4_835_000
    assert rules.pbjt(20_000_000, rate(40)).total == 8_000_000
    assert rules.reklame(12_000_000, rate(25)).total == 3_000_000
    assert rules.groundwater(100, 5_000, "1.5", rate(20)).total == 150_000


def test_mblb_is_paid_with_the_opsen_of_the_province():
    found = rules.mblb(100_000_000, rate(20), rate(25))

    assert [step.amount for step in found.steps] == [100_000_000, 20_000_000, 5_000_000, 25_000_000]


@pytest.mark.parametrize(("provincial", "share", "whole"), [(1_200_000, 792_000, 1_992_000), (12_000_000, 7_920_000, 19_920_000)])
def test_opsen_comes_on_top_of_the_tax_of_the_province(provincial, share, whole):
    found = rules.opsen(provincial, rate(66))

    assert (found.steps[1].amount, found.total) == (share, whole)


def test_the_rental_value_of_a_billboard():
    assert rules.rental_value(400, 600, 2, 365, 5_000) == 87_600_000


def test_njoptkp_goes_to_the_object_of_the_highest_value():
    assert rules.njoptkp_holder([("2", 5), ("1", 9), ("3", 9)]) == "1"


# ------------------------------------------------------------------------------------------------------------------- NOP


def test_a_nop_is_read_and_written():
    assert parse_nop("36.04.200.001.001-0001.0") == "360420000100100010"
    assert show_nop("360420000100100010") == "36.04.200.001.001-0001.0"
    assert kecamatan_of("360420000100100010") == "36.04.30"


@pytest.mark.parametrize("text", ["", "36042000010010001", "3604200001001000100", "36042000010010001x", "٣٦٠٤٢٠٠٠٠١٠٠١٠٠٠١٠"])
def test_another_shape_is_no_nop(text):
    with pytest.raises(InvalidNop):
        parse_nop(text)


def test_the_desa_of_a_nop_can_be_given_by_the_operator():
    assert desa_of("360420000100100010") == "36.04.30.2001"
    assert desa_of("360420000100100010", {"200001": "36.04.30.2005"}) == "36.04.30.2005"
    assert desa_of("360420099900100010") == ""
    assert nop_prefix("36.04.30.2001") == "3604200001"


@given(st.text("0123456789", min_size=18, max_size=18))
def test_writing_and_reading_a_nop_gives_it_back(nop):
    assert parse_nop(show_nop(nop)) == nop


# ------------------------------------------------------------------------------------------------------------ properties


@given(money, percents, st.sampled_from([1, 10, 100, 1000]))
def test_a_percentage_is_exact_to_half_of_the_rounding(amount, percent, to):
    found = percent_of(amount, percent, to=to)
    exact = amount * rules.Fraction(percent) / 100

    assert found % to == 0
    assert -rules.Fraction(to, 2) < found - exact <= rules.Fraction(to, 2)


@given(st.integers(0, 10**9))
def test_the_half_goes_up(amount):
    assert round_half_up(rules.Fraction(2 * amount + 1, 2)) == amount + 1


@given(st.integers(0, 10**6), st.integers(0, 10**7), st.integers(0, 10**5), st.integers(0, 10**7), percents, percents)
def test_pbb_is_never_negative_and_grows_with_the_value(land, value, building, worth, assessed, tariff):
    smaller = rules.pbb(Ground(land, value, building, worth), njoptkp=10_000_000, assessed=rate(assessed), rate=rate(tariff)).total
    larger = rules.pbb(Ground(land + 1, value, building, worth), njoptkp=10_000_000, assessed=rate(assessed), rate=rate(tariff)).total

    assert 0 <= smaller <= larger


@given(money, st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-400, 4000))
def test_interest_grows_with_time_and_stops_at_24_months(tax, due, days):
    paid = due + timedelta(days=days)
    now, later = (late_interest(tax, due, day) for day in (paid, paid + timedelta(days=1)))

    assert 0 <= now <= later <= percent_of(tax, 24)
    assert (now == 0) or days > 0
