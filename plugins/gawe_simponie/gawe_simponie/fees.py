"""What a permit costs: formulas by name, their figures given as data by the permit type, every step shown.

Exact fractions inside, whole rupiah at the end (half is rounded up). A new tariff is new data; only a new way of
computing is new code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pendopo import N_, InvalidInput


@dataclass(frozen=True)
class FeeStep:
    """One line of the computation: `label` = `working` = `result`."""

    label: str
    working: str
    result: str


@dataclass(frozen=True)
class Fee:
    amount: int  # whole rupiah
    steps: tuple[FeeStep, ...]
    source: str = ""

    @property
    def as_data(self) -> dict[str, Any]:
        return {"amount": self.amount, "source": self.source, "steps": [[s.label, s.working, s.result] for s in self.steps]}


NO_FEE = Fee(0, (FeeStep(N_("Retribusi"), N_("layanan ini tidak dipungut biaya"), "Rp0"),))


Say = Callable[[str, Any], str]


def as_typed(field: str, value: Any) -> str:
    return str(value).replace("_", " ")


def fee_for(rule: Mapping[str, Any] | None, values: Mapping[str, Any], say: Say = as_typed) -> Fee:
    """The fee of a permit type (`retribusi` of its data) for what was typed. Raises InvalidInput with the field that is missing or wrong.

    `say(field, value)`: a chosen value in words.
    """
    if not rule:
        return NO_FEE
    amount, steps = FORMULAS[rule["rumus"]].compute(rule["parameter"], values, say)
    return Fee(amount, tuple(steps), str(rule.get("sumber", "")))


def inputs_of(rule: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Names of the form's fields that the fee needs."""
    return FORMULAS[rule["rumus"]].inputs(rule["parameter"]) if rule else ()


def problem_of(rule: Mapping[str, Any]) -> str:
    """What is wrong with the formula of a permit type, as a sentence; "" when nothing is."""
    formula = FORMULAS.get(str(rule.get("rumus", "")))
    if formula is None:
        return N_("Rumus tidak dikenal. Pilih: tetap, tabel, perkalian, pbg.")
    parameter = rule.get("parameter")
    if not isinstance(parameter, Mapping):
        return N_("Parameter rumus harus berupa objek.")
    try:
        return formula.problem(parameter)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, InvalidInput):
        return N_("Parameter rumus tidak lengkap atau bukan angka.")


def number(value: Any, field: str = "") -> Decimal:
    """A number as it comes from a form or from JSON. Raises InvalidInput."""
    try:
        found = value if isinstance(value, Decimal) else Decimal(str(value))
    except ArithmeticError as error:
        raise InvalidInput(N_("Isi dengan angka."), field=field or None) from error
    if not found.is_finite() or isinstance(value, bool):
        raise InvalidInput(N_("Isi dengan angka."), field=field or None)
    return found


def given(values: Mapping[str, Any], field: str) -> Decimal:
    """A number above nothing that must have been typed."""
    value = values.get(field)
    if value in (None, ""):
        raise InvalidInput(N_("Bagian ini harus diisi."), field=field)
    found = number(value, field)
    if found <= 0:
        raise InvalidInput(N_("Isi dengan angka lebih dari nol."), field=field)
    return found


def whole(amount: Decimal) -> int:
    """Whole rupiah, half rounded up."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def rupiah(amount: Decimal | int) -> str:
    return "Rp" + f"{whole(Decimal(amount)):,}".replace(",", ".")


def plain(value: Decimal) -> str:
    """`1.545` as `1,545`; `25000` as `25.000`."""
    text = f"{value.normalize():f}"
    head, _dot, tail = text.partition(".")
    head = f"{int(head):,}".replace(",", ".")
    return f"{head},{tail}" if tail else head


def chosen(table: Mapping[str, Any], values: Mapping[str, Any], field: str) -> Decimal:
    key = str(values.get(field) or "")
    if key not in table:
        raise InvalidInput(N_("Pilih salah satu dari daftar."), field=field)
    return number(table[key])


# --------------------------------------------------------------------------------------------------------------- tetap


def _fixed(p: Mapping[str, Any], values: Mapping[str, Any], say: Say) -> tuple[int, list[FeeStep]]:
    amount = whole(number(p["jumlah"]))
    return amount, [FeeStep(N_("Retribusi"), N_("tarif tetap"), rupiah(amount))]


def _fixed_problem(p: Mapping[str, Any]) -> str:
    return "" if number(p["jumlah"]) >= 0 else N_("Tarif tidak boleh kurang dari nol.")


# --------------------------------------------------------------------------------------------------------------- tabel


def _table(p: Mapping[str, Any], values: Mapping[str, Any], say: Say) -> tuple[int, list[FeeStep]]:
    amount = whole(chosen(p["tarif"], values, p["isian"]))
    return amount, [FeeStep(N_("Retribusi"), say(p["isian"], values[p["isian"]]), rupiah(amount))]


def _table_problem(p: Mapping[str, Any]) -> str:
    return "" if p["isian"] and p["tarif"] and all(number(value) >= 0 for value in p["tarif"].values()) else N_("Tabel tarif kosong atau kurang dari nol.")


# ----------------------------------------------------------------------------------------------------------- perkalian


def _product(p: Mapping[str, Any], values: Mapping[str, Any], say: Say) -> tuple[int, list[FeeStep]]:
    """A rate times typed numbers times factors of choices: `tarif x luas x hari x kelas`."""
    total, working, steps = number(p["tarif"]), [rupiah(number(p["tarif"]))], []
    for name in p.get("kali", ()):
        value = given(values, name)
        total *= value
        working.append(plain(value))
    for name, table in p.get("faktor", {}).items():
        value = chosen(table, values, name)
        total *= value
        working.append(plain(value))
        steps.append(FeeStep(N_("Faktor"), say(name, values[name]), plain(value)))
    amount = whole(total)
    return amount, [*steps, FeeStep(N_("Retribusi"), " × ".join(working), rupiah(amount))]


def _product_problem(p: Mapping[str, Any]) -> str:
    wrong = number(p["tarif"]) < 0 or any(number(v) < 0 for table in p.get("faktor", {}).values() for v in table.values())
    return N_("Tarif tidak boleh kurang dari nol.") if wrong else ""


# ----------------------------------------------------------------------------------------------------------------- pbg

PBG_INPUTS = ("fungsi", "luas_lantai", "jumlah_lantai", "kompleksitas", "permanensi", "kepemilikan", "kegiatan")


def _pbg(p: Mapping[str, Any], values: Mapping[str, Any], say: Say) -> tuple[int, list[FeeStep]]:
    """`R = LLt x (Ilo x SHST) x It x Ibg`, `It = If x sum(bp x Ip) x Fm` (PP 16/2021, annex)."""
    area = given(values, "luas_lantai")
    floors = given(values, "jumlah_lantai")
    if floors != floors.to_integral_value():
        raise InvalidInput(N_("Jumlah lantai berupa bilangan bulat."), field="jumlah_lantai")
    height_table = p["ketinggian"]["indeks"]
    if str(int(floors)) not in height_table:
        raise InvalidInput(N_("Koefisien untuk jumlah lantai ini belum ada dalam tabel. Tanyakan kepada DPMPTSP."), field="jumlah_lantai")
    parts = []
    for name, key in (("kompleksitas", values.get("kompleksitas")), ("permanensi", values.get("permanensi")), ("ketinggian", str(int(floors)))):
        table = p[name]["indeks"]
        if str(key or "") not in table:
            raise InvalidInput(N_("Pilih salah satu dari daftar."), field=name)
        parts.append((name, number(p[name]["bobot"]), number(table[str(key)])))
    total_index = sum((weight * index for _name, weight, index in parts), Decimal(0))
    function = _function_index(p, values, area, floors)
    owner = chosen(p["kepemilikan"], values, "kepemilikan")
    works = chosen(p["kegiatan"], values, "kegiatan")
    integrated = function * total_index * owner
    unit = number(p["ilo_persen"]) / 100 * number(p["shst"])
    amount = whole(area * unit * integrated * works)
    words = " + ".join(f"{plain(weight)} × {plain(index)}" for _name, weight, index in parts)
    return amount, [
        FeeStep(N_("Jumlah bobot (kompleksitas, permanensi, ketinggian)"), words, plain(total_index)),
        FeeStep(N_("Indeks terintegrasi (It)"), f"If {plain(function)} × {plain(total_index)} × Fm {plain(owner)}", plain(integrated)),
        FeeStep(N_("Harga satuan"), f"Ilo {plain(number(p['ilo_persen']))}% × SHST {rupiah(number(p['shst']))}", rupiah(unit)),
        FeeStep(N_("Retribusi PBG"), f"{plain(area)} m² × {rupiah(unit)} × It {plain(integrated)} × Ibg {plain(works)}", rupiah(amount)),
    ]


def _function_index(p: Mapping[str, Any], values: Mapping[str, Any], area: Decimal, floors: Decimal) -> Decimal:
    """`If`: a small house of one floor has an index of its own."""
    key = str(values.get("fungsi") or "")
    if key == "hunian" and "hunian_kecil" in p["fungsi"] and area < number(p["hunian_kecil_m2"]) and floors < 2:
        key = "hunian_kecil"
    if key not in p["fungsi"]:
        raise InvalidInput(N_("Pilih salah satu dari daftar."), field="fungsi")
    return number(p["fungsi"][key])


def _pbg_problem(p: Mapping[str, Any]) -> str:
    weights = sum((number(p[name]["bobot"]) for name in ("kompleksitas", "permanensi", "ketinggian")), Decimal(0))
    if weights != 1:
        return N_("Bobot kompleksitas, permanensi dan ketinggian harus berjumlah 1.")
    tables = (p["fungsi"], p["kepemilikan"], p["kegiatan"], *(p[name]["indeks"] for name in ("kompleksitas", "permanensi", "ketinggian")))
    low = [number(value) < 0 for table in tables for value in table.values()] + [number(p[name]) < 0 for name in ("ilo_persen", "shst", "hunian_kecil_m2")]
    return N_("Tarif tidak boleh kurang dari nol.") if any(low) or not all(tables) else ""


@dataclass(frozen=True)
class Formula:
    title: str
    compute: Callable[[Mapping[str, Any], Mapping[str, Any], Say], tuple[int, list[FeeStep]]]
    problem: Callable[[Mapping[str, Any]], str]
    inputs: Callable[[Mapping[str, Any]], tuple[str, ...]]


FORMULAS = {
    "tetap": Formula(N_("Tarif tetap"), _fixed, _fixed_problem, lambda p: ()),
    "tabel": Formula(N_("Tarif menurut pilihan"), _table, _table_problem, lambda p: (p["isian"],)),
    "perkalian": Formula(N_("Tarif dikalikan isian"), _product, _product_problem, lambda p: (*p.get("kali", ()), *p.get("faktor", {}))),
    "pbg": Formula(N_("Retribusi PBG"), _pbg, _pbg_problem, lambda p: PBG_INPUTS),
}
