"""How an SPPT was computed, step by step with sources, from what was kept with it."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from pendopo import N_

from .models import SPPT
from .options import first_day, option
from .rules import Calculation, Rate, Step, number, pbb, rp
from .tariffs import NoTariff, rates_on


def explained(db: Session, sppt: SPPT) -> Calculation:
    """How an SPPT was computed, step by step with sources, from what was kept with it."""
    if not sppt.njkp_persen:
        steps = (
            Step(
                N_("NJOP seluruhnya"),
                f"{number(sppt.luas_bumi)} m² × {rp(sppt.njop_bumi_m2)} + {number(sppt.luas_bangunan)} m² × {rp(sppt.njop_bangunan_m2)}",
                sppt.njop,
                "UU 1/2022",
            ),
            Step(N_("PBB-P2 terutang"), "", sppt.pokok, N_("Menurut SPPT yang diambil dari sistem sebelumnya")),
        )
        computed = Calculation(steps, sppt.pokok)
    else:
        assessed, rate = Rate(Decimal(sppt.njkp_persen), *_source(db, "pbb_njkp", sppt)), Rate(Decimal(sppt.tarif_persen), *_source(db, "pbb", sppt))
        to = int(option(db, "pembulatan", first_day(sppt.tahun)))
        computed = pbb(sppt.ground, njoptkp=sppt.njoptkp, assessed=assessed, rate=rate, to=to, njoptkp_source="UU 1/2022")
    if sppt.pengurangan:
        less = Step(N_("Pengurangan"), f"− {rp(sppt.pengurangan)}", sppt.pengurangan, sppt.sebab)
        computed = Calculation((*computed.steps, less), sppt.terutang)
    if sppt.kompensasi:
        used = Step(N_("Kompensasi kelebihan bayar"), f"− {rp(sppt.kompensasi)}", sppt.kompensasi, "UU 1/2022; PP 35/2023")
        computed = Calculation((*computed.steps, used), sppt.terutang)
    if sppt.pengurangan or sppt.kompensasi:
        parts = [amount for amount in (sppt.pokok, sppt.pengurangan, sppt.kompensasi) if amount]
        last = Step(N_("Yang harus dibayar"), " − ".join(rp(amount) for amount in parts), sppt.terutang)
        computed = Calculation((*computed.steps, last), sppt.terutang)
    return computed


def _source(db: Session, jenis: str, sppt: SPPT) -> tuple[str, bool]:
    try:
        rate = rates_on(db, first_day(sppt.tahun)).rate(jenis, sppt.peruntukan, sppt.njop)
    except NoTariff:
        return "", False
    return rate.source, rate.example
