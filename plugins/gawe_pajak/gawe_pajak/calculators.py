"""Calculators: which there are, what each asks, and how it computes with the tariffs of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from pendopo import N_

from . import rules
from .acquiring import compute_bphtb
from .assess import compute
from .business import billboard_tax, computed
from .forms import BaseForm, BillboardForm, BphtbCalculatorForm, CalculatorForm
from .options import option
from .rules import Calculation, Ground
from .tariffs import rates_on
from .taxes import TAX


@dataclass(frozen=True)
class Calculator:
    slug: str
    title: str
    summary: str
    icon: str
    form: Any


CALCULATORS = {
    one.slug: one
    for one in (
        Calculator("pbb", N_("PBB-P2"), N_("Dari luas dan NJOP di SPPT sampai pajaknya."), "house", CalculatorForm),
        Calculator("bphtb", N_("BPHTB"), N_("Saat membeli, mewarisi, atau menerima hibah."), "file-signature", BphtbCalculatorForm),
        *(Calculator(slug, TAX[slug].title, TAX[slug].base, TAX[slug].icon, BaseForm) for slug in TAX if slug.startswith("pbjt")),
        Calculator("reklame", TAX["reklame"].title, N_("Ukuran, sisi, tempat, dan lama tayang."), "presentation", BillboardForm),
        *(Calculator(slug, TAX[slug].title, TAX[slug].base, TAX[slug].icon, BaseForm) for slug in ("pat", "mblb", "walet", "opsen_pkb", "opsen_bbnkb")),
    )
}


def calculate(db: Session, one: Calculator, form: Any, *, on: date) -> Calculation:
    """The steps and the total for what was typed. Raises NoTariff."""
    if one.slug == "pbb":
        ground = Ground(form.luas_bumi.data, form.njop_bumi_m2.data, form.luas_bangunan.data or 0, form.njop_bangunan_m2.data or 0)
        free = int(option(db, "njoptkp", on)) if form.bebas.data else 0
        return compute(ground, form.peruntukan.data, rates_on(db, on), free, int(option(db, "pembulatan", on)), "UU 1/2022")[0]
    if one.slug == "bphtb":
        return compute_bphtb(db, harga=form.harga.data, njop=form.njop.data, jenis=form.jenis.data, pertama=form.pertama.data, on=on)
    if one.slug == "reklame":
        values = {name: form[name].data for name in ("lebar_cm", "tinggi_cm", "sisi", "dari", "sampai")}
        return billboard_tax(db, **values, lokasi=form.lokasi_kelas.data)
    if one.slug.startswith("opsen"):
        return rules.opsen(form.dasar.data, rates_on(db, on).rate(one.slug), int(option(db, "pembulatan", on)))
    return computed(db, one.slug, form.kelas.data, form.dasar.data, on)
