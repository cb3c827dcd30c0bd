"""How each tax is computed: pure functions. Money is whole rupiah, percentages are exact decimals, nothing is a float.

Figures that a law or Perda gives come in as arguments (`tariffs.py`, `options.py`); gawe.md section 3 has the vectors.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pendopo import N_

Percent = Decimal | int | str
HKPD = "UU 1/2022 (HKPD)"
PP35 = "PP 35/2023"


def round_half_up(value: Fraction | int, to: int = 1) -> int:
    """The multiple of `to` rupiah nearest to `value`; the half goes up. `value` is not negative."""
    return math.floor(Fraction(value) / to + Fraction(1, 2)) * to


def percent_of(amount: int, *percents: Percent, to: int = 1) -> int:
    """`amount` times each percentage, rounded once at the end."""
    top, bottom = amount, 1
    for percent in percents:
        part, whole = Decimal(percent).as_integer_ratio()
        top, bottom = top * part, bottom * whole * 100
    return (2 * top + bottom * to) // (2 * bottom * to) * to


def rp(amount: int) -> str:
    return f"Rp{amount:,}".replace(",", ".")


def number(value: int | Decimal | Fraction) -> str:
    """Indonesian: a point between thousands, a comma before decimals."""
    text = f"{Decimal(value) if not isinstance(value, Fraction) else Decimal(value.numerator) / Decimal(value.denominator):,f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).translate(str.maketrans(",.", ".,"))


def per_cent(value: Percent) -> str:
    return f"{number(Decimal(value))}%"


@dataclass(frozen=True)
class Step:
    """One line of a computation: what, how, how much, by which rule. `label` is translated when shown."""

    label: str
    formula: str
    amount: int
    source: str = ""


@dataclass(frozen=True)
class Calculation:
    """`total`: what is paid in all; `opsen`: how much of it is the province's."""

    steps: tuple[Step, ...]
    total: int
    opsen: int = 0

    @property
    def tax(self) -> int:
        return self.total - self.opsen

    def as_data(self) -> list[list[Any]]:
        """Plain values to be kept with an assessment."""
        return [[s.label, s.formula, s.amount, s.source] for s in self.steps]


def from_data(rows: Iterable[Iterable[Any]]) -> Calculation:
    steps = tuple(Step(*row) for row in rows)
    return Calculation(steps, steps[-1].amount if steps else 0)


@dataclass(frozen=True)
class Rate:
    """A percentage with its source, as the table of tariffs gives it."""

    percent: Decimal
    source: str = ""
    example: bool = False


# --------------------------------------------------------------------------------------------------------------- PBB-P2


@dataclass(frozen=True)
class Ground:
    """What an object is: areas in square metres, values in rupiah for a square metre."""

    land_m2: int
    land_value: int
    building_m2: int = 0
    building_value: int = 0

    @property
    def njop(self) -> int:
        return self.land_m2 * self.land_value + self.building_m2 * self.building_value


def pbb(ground: Ground, *, njoptkp: int, assessed: Rate, rate: Rate, to: int = 1, njoptkp_source: str = "") -> Calculation:
    """PBB = max(0, NJOP − NJOPTKP) × assessed share × tariff. `njoptkp` is 0 when the taxpayer has it on another object."""
    land, building = ground.land_m2 * ground.land_value, ground.building_m2 * ground.building_value
    taxable = max(0, ground.njop - njoptkp)
    due = percent_of(taxable, assessed.percent, rate.percent, to=to)
    steps = (
        Step(N_("NJOP bumi"), f"{number(ground.land_m2)} m² × {rp(ground.land_value)}", land, HKPD),
        Step(N_("NJOP bangunan"), f"{number(ground.building_m2)} m² × {rp(ground.building_value)}", building, HKPD),
        Step(N_("NJOP seluruhnya"), f"{rp(land)} + {rp(building)}", ground.njop, HKPD),
        Step(N_("NJOP tidak kena pajak"), f"− {rp(njoptkp)}", njoptkp, njoptkp_source),
        Step(N_("NJOP kena pajak"), f"{rp(ground.njop)} − {rp(njoptkp)}", taxable, HKPD),
        Step(N_("Bagian yang dinilai"), f"{rp(taxable)} × {per_cent(assessed.percent)}", percent_of(taxable, assessed.percent), assessed.source),
        Step(N_("PBB-P2 terutang"), f"{rp(taxable)} × {per_cent(assessed.percent)} × {per_cent(rate.percent)}", due, rate.source),
    )
    return Calculation(steps, due)


def njoptkp_holder(objects: Iterable[tuple[str, int]]) -> str:
    """Of one taxpayer's objects `(nop, njop)`, the one that has NJOPTKP: the highest NJOP; of equal ones the smallest NOP."""
    return min(objects, key=lambda item: (-item[1], item[0]))[0]


# ------------------------------------------------------------------------------------------------------------- interest


def late_months(due: date, paid: date, most: int = 24) -> int:
    """Months of lateness: part of a month counts as a whole one, at most `most`; 0 when paid by the due date."""
    if paid <= due:
        return 0
    months = (paid.year - due.year) * 12 + paid.month - due.month + (1 if paid.day > due.day else 0)
    return min(months, most)


def late_interest(tax: int, due: date, paid: date, *, percent: Percent = 1, most: int = 24) -> int:
    """Interest on unpaid tax: `percent` for each month (PP 35/2023, to be confirmed)."""
    return round_half_up(Fraction(tax) * late_months(due, paid, most) * Fraction(Decimal(percent)) / 100)


# ---------------------------------------------------------------------------------------------------------------- BPHTB

ACQUISITIONS = {  # jenis perolehan: title
    "jual_beli": N_("Jual beli"),
    "tukar": N_("Tukar-menukar"),
    "hibah": N_("Hibah"),
    "waris": N_("Waris"),
    "hibah_wasiat": N_("Hibah wasiat"),
    "lelang": N_("Penunjukan pembeli dalam lelang"),
    "putusan": N_("Putusan hakim berkekuatan tetap"),
    "pemberian_hak": N_("Pemberian hak baru"),
}
INHERITED = ("waris", "hibah_wasiat")


def bphtb(price: int, njop: int, kind: str, *, first: bool, free_first: int, free_inherited: int, rate: Rate, to: int = 1) -> Calculation:
    """BPHTB on an acquisition of `kind`. NPOP is the higher of price and NJOP; in an auction the price governs."""
    value = price if kind == "lelang" else max(price, njop)
    free = free_inherited if kind in INHERITED else free_first if first else 0
    taxable = max(0, value - free)
    due = percent_of(taxable, rate.percent, to=to)
    how = rp(price) if kind == "lelang" else f"maks({rp(price)}; {rp(njop)})"
    steps = (
        Step(N_("Nilai perolehan (NPOP)"), how, value, HKPD + " Pasal 46"),
        Step(N_("NPOP tidak kena pajak"), f"− {rp(free)}", free, HKPD + " Pasal 46"),
        Step(N_("NPOP kena pajak"), f"{rp(value)} − {rp(free)}", taxable, HKPD + " Pasal 46"),
        Step(N_("BPHTB terutang"), f"{rp(taxable)} × {per_cent(rate.percent)}", due, rate.source),
    )
    return Calculation(steps, due)


# -------------------------------------------------------------------------------------------------------- taxes on sales


def simple(base: int, rate: Rate, base_label: str, due_label: str, to: int = 1) -> Calculation:
    """Base times tariff: PBJT and sarang burung walet."""
    due = percent_of(base, rate.percent, to=to)
    return Calculation((Step(base_label, rp(base), base, HKPD), Step(due_label, f"{rp(base)} × {per_cent(rate.percent)}", due, rate.source)), due)


def pbjt(turnover: int, rate: Rate, to: int = 1) -> Calculation:
    return simple(turnover, rate, N_("Omzet masa ini"), N_("PBJT terutang"), to)


def walet(value: int, rate: Rate, to: int = 1) -> Calculation:
    return simple(value, rate, N_("Nilai jual sarang burung walet"), N_("Pajak terutang"), to)


def rental_value(width_cm: int, height_cm: int, sides: int, days: int, rate_m2_day: int) -> int:
    """NSR of a billboard: area × sides × days × value for a square metre and day."""
    return round_half_up(Fraction(width_cm * height_cm, 10_000) * sides * days * rate_m2_day)


def reklame(nsr: int, rate: Rate, how: str = "", to: int = 1) -> Calculation:
    due = percent_of(nsr, rate.percent, to=to)
    steps = (
        Step(N_("Nilai sewa reklame (NSR)"), how or rp(nsr), nsr, HKPD),
        Step(N_("Pajak reklame terutang"), f"{rp(nsr)} × {per_cent(rate.percent)}", due, rate.source),
    )
    return Calculation(steps, due)


def groundwater(volume_m3: int, price_m3: int, factor: Percent, rate: Rate, to: int = 1) -> Calculation:
    """PAT: nilai perolehan air = volume × harga dasar × faktor."""
    value = round_half_up(Fraction(volume_m3) * price_m3 * Fraction(Decimal(factor)))
    due = percent_of(value, rate.percent, to=to)
    steps = (
        Step(N_("Nilai perolehan air"), f"{number(volume_m3)} m³ × {rp(price_m3)} × {number(Decimal(factor))}", value, HKPD),
        Step(N_("Pajak air tanah terutang"), f"{rp(value)} × {per_cent(rate.percent)}", due, rate.source),
    )
    return Calculation(steps, due)


def mblb(sales: int, rate: Rate, opsen: Rate, to: int = 1) -> Calculation:
    """MBLB with the province's opsen: a share of the tax, paid beside it. `total` is what the taxpayer pays in all."""
    tax = percent_of(sales, rate.percent, to=to)
    extra = percent_of(tax, opsen.percent, to=to)
    steps = (
        Step(N_("Nilai jual hasil pengambilan"), rp(sales), sales, HKPD),
        Step(N_("Pajak MBLB terutang"), f"{rp(sales)} × {per_cent(rate.percent)}", tax, rate.source),
        Step(N_("Opsen untuk provinsi"), f"{rp(tax)} × {per_cent(opsen.percent)}", extra, opsen.source),
        Step(N_("Dibayar seluruhnya"), f"{rp(tax)} + {rp(extra)}", tax + extra, ""),
    )
    return Calculation(steps, tax + extra, extra)


def opsen(provincial: int, rate: Rate, to: int = 1) -> Calculation:
    """Opsen PKB or BBNKB: the regency's share on top of the province's tax, paid together at Samsat."""
    share = percent_of(provincial, rate.percent, to=to)
    steps = (
        Step(N_("Pajak provinsi"), rp(provincial), provincial, HKPD),
        Step(N_("Opsen untuk kabupaten"), f"{rp(provincial)} × {per_cent(rate.percent)}", share, rate.source),
        Step(N_("Dibayar pemilik seluruhnya"), f"{rp(provincial)} + {rp(share)}", provincial + share, ""),
    )
    return Calculation(steps, provincial + share)
