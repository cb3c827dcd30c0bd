"""The taxes of a regency (UU 1/2022): what each is called, its ceiling, how it is collected, its account, an example tariff.

Tariffs in force are rows of `Tarif`; the first migration fills that table with examples, marked "contoh", since the Perda
of Kabupaten Serang has to be confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pendopo import N_


@dataclass(frozen=True)
class Tax:
    """`ceiling`: the highest percentage that the law allows. `how` it is collected: sendiri (self-assessed), ditetapkan (assessed),
    samsat (the regency's share, collected there), titipan (the province's share, collected here and passed on).
    """

    slug: str
    title: str
    ceiling: Decimal
    how: str
    account: str  # kode rekening, to be confirmed with the chart of accounts in force
    icon: str = "receipt-text"
    monthly: bool = False
    base: str = ""


ALL = (
    Tax("pbb", N_("PBB-P2"), Decimal("0.5"), "ditetapkan", "4.1.01.15", "house", base=N_("NJOP")),
    Tax("bphtb", N_("BPHTB"), Decimal(5), "sendiri", "4.1.01.16", "file-signature", base=N_("Harga atau NJOP")),
    Tax("pbjt_makan", N_("PBJT makanan dan minuman"), Decimal(10), "sendiri", "4.1.01.19.01", "utensils", True, N_("Omzet")),
    Tax("pbjt_listrik", N_("PBJT tenaga listrik"), Decimal(10), "sendiri", "4.1.01.19.02", "zap", True, N_("Nilai jual tenaga listrik")),
    Tax("pbjt_hotel", N_("PBJT jasa perhotelan"), Decimal(10), "sendiri", "4.1.01.19.03", "bed-double", True, N_("Omzet")),
    Tax("pbjt_parkir", N_("PBJT jasa parkir"), Decimal(10), "sendiri", "4.1.01.19.04", "square-parking", True, N_("Omzet")),
    Tax("pbjt_hiburan", N_("PBJT kesenian dan hiburan"), Decimal(10), "sendiri", "4.1.01.19.05", "ticket", True, N_("Omzet")),
    Tax("pbjt_khusus", N_("PBJT diskotek, karaoke, kelab malam, bar, spa"), Decimal(75), "sendiri", "4.1.01.19.06", "mic-vocal", True, N_("Omzet")),
    Tax("reklame", N_("Pajak reklame"), Decimal(25), "ditetapkan", "4.1.01.09", "presentation", base=N_("Nilai sewa reklame")),
    Tax("pat", N_("Pajak air tanah"), Decimal(20), "ditetapkan", "4.1.01.12", "droplets", True, N_("Volume air (m³)")),
    Tax("mblb", N_("Pajak mineral bukan logam dan batuan"), Decimal(20), "sendiri", "4.1.01.14", "mountain", True, N_("Nilai jual hasil")),
    Tax("opsen_mblb", N_("Opsen MBLB untuk provinsi"), Decimal(25), "titipan", "2.1.01.05", "mountain", base=N_("Pajak MBLB")),
    Tax("walet", N_("Pajak sarang burung walet"), Decimal(10), "sendiri", "4.1.01.13", "bird", True, N_("Nilai jual")),
    Tax("opsen_pkb", N_("Opsen PKB"), Decimal(66), "samsat", "4.1.01.20", "car", base=N_("PKB terutang")),
    Tax("opsen_bbnkb", N_("Opsen BBNKB"), Decimal(66), "samsat", "4.1.01.21", "car-front", base=N_("BBNKB terutang")),
)
TAX = {tax.slug: tax for tax in ALL}
OURS = tuple(tax for tax in ALL if tax.how != "titipan")  # the regency's own revenue
DECLARED = tuple(tax.slug for tax in ALL if tax.monthly and tax.how == "sendiri")  # by SPTPD each month
NIGHT_FLOOR = Decimal(40)  # diskotek, karaoke and the like: from 40 % to 75 % (UU 1/2022)

KELAS = {
    "umum": N_("Umum"),
    "pangan": N_("Lahan pangan dan ternak"),
    "industri": N_("Listrik sumber lain untuk industri"),
    "sendiri": N_("Listrik dihasilkan sendiri"),
}
