"""Windows, ceilings, budgets, RAB, pauses between grants, LPJ and flags. Pure: no database, no clock, no request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pendopo import N_, InvalidInput

JENIS = {
    "hibah_uang": N_("Hibah uang"),
    "hibah_barang": N_("Hibah barang"),
    "hibah_jasa": N_("Hibah jasa"),
    "bansos_terencana": N_("Bansos yang direncanakan"),
    "bansos_tak_terencana": N_("Bansos yang tidak dapat direncanakan"),
}
HIBAH = ("hibah_uang", "hibah_barang", "hibah_jasa")
LEMBAGA = {
    "masjid": N_("Masjid"),
    "musala": N_("Musala"),
    "ponpes": N_("Pondok pesantren"),
    "madrasah": N_("Madrasah"),
    "majelis_taklim": N_("Majelis taklim"),
    "ormas": N_("Organisasi kemasyarakatan"),
    "kelompok": N_("Kelompok masyarakat"),
}
CHAIRS = {"ketua": N_("Ketua"), "sekretaris": N_("Sekretaris"), "bendahara": N_("Bendahara")}
CAUSES = {
    "kebakaran": N_("Kebakaran"),
    "banjir": N_("Banjir"),
    "longsor": N_("Tanah longsor"),
    "angin": N_("Angin puting beliung"),
    "gelombang": N_("Gelombang pasang"),
    "sosial": N_("Risiko sosial mendesak"),
}


# ------------------------------------------------------------------------------------------------------------- window


def in_window(day: date, opens: date, closes: date) -> bool:
    """Is a proposal of `day` (of the regency) inside the window? Both ends are included, to their last minute."""
    return opens <= day <= closes


def may_receive_again(last_paid_year: int | None, paid_year: int, jeda_tahun: int) -> bool:
    """Have enough years passed since the last grant? Disbursement years are compared (parameter `jeda_tahun`)."""
    return last_paid_year is None or abs(paid_year - last_paid_year) >= jeda_tahun


def next_allowed_year(last_paid_year: int, jeda_tahun: int) -> int:
    """The first disbursement year for which may be asked again."""
    return last_paid_year + jeda_tahun


def capped(asked: int, plafon: int | None) -> int:
    """What may be granted at most of `asked` rupiah."""
    return asked if plafon is None else min(asked, plafon)


# ---------------------------------------------------------------------------------------------------------------- RAB


@dataclass(frozen=True)
class RabLine:
    """One line of a budget plan (rencana anggaran biaya). `price` is whole rupiah for one `unit`."""

    desc: str
    volume: Decimal
    unit: str
    price: int

    @property
    def amount(self) -> int:
        """Rounded half up to whole rupiah, line by line, as it is written on paper."""
        return int((self.volume * self.price).quantize(Decimal(1), ROUND_HALF_UP))


def rab_total(lines: Iterable[RabLine]) -> int:
    return sum(line.amount for line in lines)


class RabMismatch(InvalidInput):
    message = N_("Jumlah RAB %(total)s tidak sama dengan nilai yang diminta, %(asked)s. Selisih %(gap)s.")


def rupiah(amount: int) -> str:
    return f"{'-' if amount < 0 else ''}Rp{abs(amount):,}".replace(",", ".")


def check_rab(lines: Sequence[RabLine], asked: int) -> int:
    """The total of the lines, which must equal what is asked. Raises RabMismatch, or InvalidInput without lines."""
    if not lines:
        raise InvalidInput(N_("Isi paling sedikit satu baris RAB."), field="rab")
    total = rab_total(lines)
    if total != asked:
        raise RabMismatch(field="rab", total=rupiah(total), asked=rupiah(asked), gap=rupiah(abs(total - asked)))
    return total


# ---------------------------------------------------------------------------------------------------------------- LPJ


def lpj_due(paid_on: date, month_day: str = "01-10") -> date:
    """When the report on the use of the money (LPJ) is due: in the year after the payment, on `month_day` ("01-10")."""
    month, day = (int(part) for part in month_day.split("-"))
    return date(paid_on.year + 1, month, day)


def rest_of(paid: int, realised: int) -> int:
    """What goes back to the regency's treasury (kas daerah)."""
    return max(0, paid - realised)


def is_late(due: date | None, today: date) -> bool:
    return due is not None and today > due


# ---------------------------------------------------------------------------------------------------- silence, budget


def is_silent(working_days: int | None, limit: int) -> bool:
    """Has nothing been heard for more than `limit` working days?"""
    return working_days is not None and working_days > limit


def fits(approved: int, more: int, pagu: int) -> bool:
    """Does `more` still fit into the budget? The database asks the same in one statement (`programs.take_budget`)."""
    return more > 0 and approved + more <= pagu


def used_share(used: int, pagu: int) -> int:
    """Per cent of the budget, never rounded up to full."""
    return min(100, used * 100 // pagu) if pagu > 0 else 0


def affordable(values: Sequence[int], left: int) -> int:
    """How many of the ranked values fit one after the other into `left`, from the first on."""
    count = 0
    for value in values:
        if value > left:
            break
        left -= value
        count += 1
    return count


# -------------------------------------------------------------------------------------------------------------- score


@dataclass(frozen=True)
class Visit:
    """What was seen in the field."""

    object_exists: bool
    active: bool
    has_board: bool
    papers_match: bool


POINTS = {"object_exists": 40, "active": 30, "has_board": 10, "papers_match": 20}


def visit_score(visit: Visit, points: dict[str, int] = POINTS) -> int:
    """0 to 100; the weights are a setting."""
    return sum(points[name] for name in POINTS if getattr(visit, name))


def may_be_recommended(visit: Visit) -> bool:
    """Aid to what does not exist or does not work was the finding: both must hold."""
    return visit.object_exists and visit.active


# -------------------------------------------------------------------------------------------------------------- flags

FLAGS = {
    "rekening_sama": N_("Rekening yang sama dipakai proposal lain"),
    "ketua_sama": N_("Ketua yang sama memimpin lembaga lain"),
    "nik_sama": N_("NIK yang sama pada proposal lain"),
    "kk_sama": N_("Satu keluarga mengajukan lebih dari satu kali"),
    "penerima_berulang": N_("Pernah menerima bantuan"),
    "lembaga_muda": N_("Lembaga belum cukup lama berdiri"),
    "jauh_dari_titik": N_("Kunjungan jauh dari titik usulan"),
    "tidak_dikonfirmasi": N_("Desa atau kecamatan tidak membenarkan"),
}


@dataclass(frozen=True)
class Claim:
    """What of a proposal can meet another one. Marks are keyed hashes: equal for equal numbers, and nothing else."""

    id: int
    lembaga_id: int | None = None
    rekening: str = ""
    chair: str = ""
    nik: str = ""
    kk: str = ""


def meetings(one: Claim, others: Iterable[Claim]) -> list[tuple[str, int]]:
    """`(flag, id of the other)` wherever `one` meets another claim."""
    found: list[tuple[str, int]] = []
    for other in others:
        if other.id == one.id:
            continue
        if one.rekening and one.rekening == other.rekening:
            found.append(("rekening_sama", other.id))
        if one.chair and one.chair == other.chair and one.lembaga_id != other.lembaga_id:
            found.append(("ketua_sama", other.id))
        if one.nik and one.nik == other.nik:
            found.append(("nik_sama", other.id))
        elif one.kk and one.kk == other.kk:
            found.append(("kk_sama", other.id))
    return found


def is_young(founded_on: date | None, today: date, years: int) -> bool:
    """Is a body younger than `years`, or of unknown age?"""
    if founded_on is None:
        return True
    month, day = founded_on.month, min(founded_on.day, 28)
    return today < date(founded_on.year + years, month, day)


# ------------------------------------------------------------------------------------------------------------ refusal


@dataclass(frozen=True)
class Reason:
    """Why a proposal is refused, and what helps: from a fixed list, so that nobody has to guess."""

    slug: str
    title: str
    remedy: str


REASONS = {
    reason.slug: reason
    for reason in (
        Reason("tidak_lengkap", N_("Berkas tidak lengkap"), N_("Lengkapi persyaratan program, lalu ajukan lagi pada masa usulan berikutnya.")),
        Reason("jeda_tahun", N_("Bantuan sudah diterima pada tahun yang berdekatan"), N_("Ajukan untuk tahun pencairan sesudah masa jeda berakhir.")),
        Reason(
            "lembaga_tidak_aktif",
            N_("Lembaga atau kegiatannya tidak ditemukan di lapangan"),
            N_("Hidupkan kegiatan dan papan nama, lalu minta keterangan desa."),
        ),
        Reason("domisili", N_("Domisili tidak dibenarkan desa atau kecamatan"), N_("Minta surat domisili yang sesuai dari desa tempat lembaga berada.")),
        Reason("legalitas", N_("Legalitas lembaga belum sah atau sudah habis masa berlakunya"), N_("Perbarui izin operasional atau pengesahan Kemenkumham.")),
        Reason("rekening", N_("Rekening bukan atas nama penerima"), N_("Buka rekening atas nama lembaga atau penerima sendiri, lalu perbarui data.")),
        Reason("rab", N_("RAB tidak wajar atau bukan untuk tujuan program"), N_("Susun RAB menurut standar harga kabupaten dan tujuan program.")),
        Reason("ganda", N_("Usulan yang sama sudah diajukan"), N_("Ikuti proposal yang pertama; tidak perlu mengajukan dua kali.")),
        Reason("bukan_sasaran", N_("Bukan sasaran program ini"), N_("Lihat program lain di halaman Bantuan; petugas desa dapat membantu memilih.")),
        Reason(
            "anggaran",
            N_("Anggaran program tidak cukup untuk peringkat ini"),
            N_("Anda boleh mengajukan lagi pada masa usulan berikutnya; berkas lama dapat dipakai."),
        ),
        Reason("tidak_dilengkapi", N_("Perbaikan tidak dikirim sampai batas waktunya"), N_("Ajukan lagi setelah berkas lengkap; bantuan desa gratis.")),
    )
}


# ------------------------------------------------------------------------------------------------------------- papers

PAPERS = {
    "surat": N_("Surat permohonan kepada Bupati"),
    "domisili": N_("Surat keterangan domisili dari desa"),
    "legalitas": N_("Akta, SK Kemenkumham, atau izin operasional"),
    "pengurus": N_("SK susunan pengurus"),
    "ktp": N_("KTP pemohon atau pengurus"),
    "rekening": N_("Halaman depan buku rekening"),
    "npwp": N_("NPWP"),
    "foto": N_("Foto keadaan sekarang"),
    "kk": N_("Kartu keluarga"),
    "sktm": N_("Surat keterangan tidak mampu"),
    "kejadian": N_("Surat keterangan kejadian dari desa"),
}
USUAL_PAPERS = {
    "hibah_uang": ("surat", "domisili", "legalitas", "pengurus", "ktp", "rekening", "npwp", "foto"),
    "hibah_barang": ("surat", "domisili", "legalitas", "pengurus", "ktp", "foto"),
    "hibah_jasa": ("surat", "domisili", "legalitas", "pengurus", "ktp"),
    "bansos_terencana": ("ktp", "kk", "sktm", "rekening"),
    "bansos_tak_terencana": ("kejadian",),
}
ALWAYS_CHECKED = {
    "rab_cocok": N_("RAB sama dengan nilai yang diminta"),
    "atas_nama": N_("Rekening atas nama penerima"),
    "sesuai_program": N_("Usulan sesuai tujuan program"),
}


def missing_checks(wanted: Sequence[str], checklist: dict[str, Any]) -> list[str]:
    """Which items of the administrative check are not yet in order."""
    return [slug for slug in (*wanted, *ALWAYS_CHECKED) if checklist.get(slug) != "ok"]


# ---------------------------------------------------------------------------------------------------------- anonymity


def desa_totals(rows: Iterable[tuple[str, int]], least: int = 5) -> list[tuple[str, int | None, int | None]]:
    """`(desa, persons, rupiah)` from `(desa, rupiah)` of each person; both numbers are withheld below `least` persons.

    The total of a programme is public. So that nobody subtracts, what is withheld makes up at least `least` persons too: where
    it does not, the smallest desa that would be shown is withheld as well.
    """
    sums: dict[str, tuple[int, int]] = {}
    for desa, amount in rows:
        count, total = sums.get(desa, (0, 0))
        sums[desa] = (count + 1, total + amount)
    hidden = {desa for desa, (count, _total) in sums.items() if count < least}
    if hidden and sum(sums[desa][0] for desa in hidden) < least:
        hidden |= set(sorted(sums.keys() - hidden, key=lambda desa: (sums[desa][0], desa))[:1])
    return [(desa, None, None) if desa in hidden else (desa, count, total) for desa, (count, total) in sorted(sums.items())]
