"""What can be reported: the service codes of the regency, with who answers for each by default."""

from __future__ import annotations

from dataclasses import dataclass

from pendopo import N_


@dataclass(frozen=True)
class Category:
    """`code` is the Open311 service code; its first part opens the register number (`JLN-2026-000123-3`).

    `kelas`: the usual class of SP4N-LAPOR!, which a moderator may change. `duty_of_care`: may be a danger to life, so it
    can be marked urgent and then bypasses the queue. `road`: asks for kilometres and width.
    """

    code: str
    title: str
    hint: str
    icon: str
    group: str
    opd: str
    kelas: str = "tidak_berkadar"
    keywords: str = ""
    road: bool = False
    duty_of_care: bool = False
    responsive: bool = True  # has a place in the field that can be repaired

    @property
    def prefix(self) -> str:
        return self.code.partition("-")[0]


JALAN, AIR, LINGKUNGAN, KEAMANAN, PELAYANAN = (
    N_("Jalan dan jembatan"),
    N_("Air dan irigasi"),
    N_("Lingkungan"),
    N_("Keamanan dan bencana"),
    N_("Pelayanan dan bantuan"),
)

CATEGORIES: tuple[Category, ...] = (
    Category(
        "JLN-RSK",
        N_("Jalan rusak"),
        N_("Lubang, retak, amblas, bergelombang, atau tergenang."),
        "route",
        JALAN,
        "dpupr",
        keywords="jalan, aspal, lubang, amblas, road",
        road=True,
        duty_of_care=True,
    ),
    Category(
        "JMB-RSK",
        N_("Jembatan rusak"),
        N_("Retak, pagar putus, lantai berlubang, atau ambruk."),
        "construction",
        JALAN,
        "dpupr",
        keywords="jembatan, bridge",
        duty_of_care=True,
    ),
    Category(
        "PJU-MTI",
        N_("Lampu jalan mati"),
        N_("Lampu penerangan padam, tiang miring, atau kabel menjuntai."),
        "lamp",
        JALAN,
        "dishub",
        keywords="lampu, pju, tiang, kabel, street light",
        duty_of_care=True,
    ),
    Category("DRN-MPT", N_("Saluran mampet"), N_("Drainase tersumbat, meluap, atau rusak."), "waves", AIR, "dpupr", keywords="drainase, got, banjir, drain"),
    Category(
        "IRG-RSK",
        N_("Irigasi rusak"),
        N_("Saluran, pintu air, atau tanggul irigasi rusak."),
        "sprout",
        AIR,
        "dpupr",
        keywords="irigasi, sawah, tanggul, irrigation",
    ),
    Category("AIR-BRS", N_("Air bersih"), N_("Air tidak mengalir, keruh, atau pipa bocor."), "droplets", AIR, "dpupr", keywords="air, pipa, pdam, water"),
    Category("SMP-TPS", N_("Sampah"), N_("Tumpukan liar, bak penuh, atau tidak diangkut."), "trash-2", LINGKUNGAN, "dlh", keywords="sampah, tps, waste"),
    Category(
        "CMR-LNG",
        N_("Pencemaran"),
        N_("Asap, bau, limbah ke sungai, atau kebisingan."),
        "factory",
        LINGKUNGAN,
        "dlh",
        "berkadar",
        keywords="limbah, asap, bau, pollution",
    ),
    Category(
        "RWN-BNC",
        N_("Rawan bencana"),
        N_("Longsor, banjir, pohon tumbang, atau abrasi."),
        "triangle-alert",
        KEAMANAN,
        "bpbd",
        keywords="bencana, longsor, banjir, pohon, disaster",
        duty_of_care=True,
    ),
    Category(
        "TRT-UMM",
        N_("Ketertiban umum"),
        N_("Bangunan liar, parkir liar, atau gangguan ketertiban."),
        "shield",
        KEAMANAN,
        "satpolpp",
        keywords="ketertiban, pkl, parkir, public order",
    ),
    Category(
        "PLY-PBL",
        N_("Pelayanan publik"),
        N_("Pelayanan lambat, pungutan liar, atau petugas tidak ramah."),
        "building-2",
        PELAYANAN,
        "inspektorat",
        "berkadar",
        keywords="pelayanan, pungli, kantor, public service",
        responsive=False,
    ),
    Category(
        "BNS-SLH",
        N_("Bantuan sosial salah sasaran"),
        N_("Penerima tidak tepat, bantuan tidak sampai, atau dipotong."),
        "hand-heart",
        PELAYANAN,
        "dinsos",
        "berkadar",
        keywords="bansos, bantuan, social aid",
        responsive=False,
    ),
)
BY_CODE: dict[str, Category] = {category.code: category for category in CATEGORIES}
OPD_DEFAULT: dict[str, str] = {category.code: category.opd for category in CATEGORIES}


def grouped() -> dict[str, list[Category]]:
    """Categories by group, in the order of this page."""
    found: dict[str, list[Category]] = {}
    for category in CATEGORIES:
        found.setdefault(category.group, []).append(category)
    return found
