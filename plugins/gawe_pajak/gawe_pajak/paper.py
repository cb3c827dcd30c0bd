"""The papers of Bapenda: SPPT, SKPD, letters of arrears. Receipts (SSPD with NTPD) are the payments room's."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from pendopo import N_
from pendopo.identity import Actor, find_opd
from pendopo.kit.documents import Document, DocumentKind, issue
from pendopo.kit.payments import mask_name, show_kode
from pendopo.kit.places import place_name

from .assess import explained
from .models import SPPT, Ketetapan, WajibPajak
from .nop import show_nop
from .options import option
from .paying import NothingToPay, bill_of
from .rules import Calculation, from_data, rp

READ = "pajak.read"


def _public(document: Document) -> list[tuple[str, str]]:
    """What a stranger reads on the verification page: what for, how much, and a masked name."""
    data = document.data
    about = [("NOP", data["nop"])] if "nop" in data else []
    return [*about, (N_("Nama"), mask_name(data["nama"])), (N_("Jumlah"), data["total"])]


def _paper(slug: str, title: str, template: str, signed: bool | str = True) -> DocumentKind:
    return DocumentKind(
        slug, "gawe_pajak", title, f"papers/{template}.typ", f"973/{{seq:06}}/{slug.upper()}/{{year}}", signed=signed, public_fields=_public, permission=READ
    )


SPPT_PAPER = _paper("sppt", N_("Surat Pemberitahuan Pajak Terutang PBB-P2"), "assessment")
SKPD_PAPER = DocumentKind(
    "skpd", "gawe_pajak", N_("Surat Ketetapan Pajak Daerah"), "papers/assessment.typ", "{nomor}.{seq}", signed=True, public_fields=_public, permission=READ
)
LETTERS = {
    "teguran": _paper("teguran", N_("Surat Teguran"), "arrears"),
    "stpd": _paper("stpd", N_("Surat Tagihan Pajak Daerah"), "arrears"),
    "paksa": _paper("paksa", N_("Surat Paksa"), "arrears"),
}
KINDS = [SPPT_PAPER, SKPD_PAPER, *LETTERS.values()]
MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember")


def words(day: date) -> str:
    """A day as papers write it; papers are in Indonesian whatever the reader's language is."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _steps(found: Calculation) -> list[list[str]]:
    return [[step.label, step.formula, rp(step.amount), step.source] for step in found.steps]


def _code(db: Session, row: Any, now: datetime) -> str:
    try:
        return show_kode(bill_of(db, row, now=now).kode_bayar)
    except NothingToPay:
        return ""


def _office(db: Session) -> int | None:
    opd = find_opd(db, str(option(db, "penanda_tangan")))
    return opd.id if opd else None


def issue_sppt(db: Session, actor: Actor, sppt: SPPT, *, now: datetime) -> Document:
    """The SPPT as a signed paper, in the wallet of its taxpayer when that is a person of the portal."""
    data = {
        "nop": show_nop(sppt.nop),
        "nama": sppt.nama,
        "rows": [
            ["Nomor objek pajak", show_nop(sppt.nop)],
            ["Tahun pajak", str(sppt.tahun)],
            ["Wajib pajak", sppt.nama],
            ["Letak objek", place_name(sppt.desa_code)],
            ["Jatuh tempo", words(sppt.jatuh_tempo)],
        ],
        "steps": _steps(explained(db, sppt)),
        "total": rp(sppt.terutang),
        "kode": _code(db, sppt, now),
    }
    holder = db.get_one(WajibPajak, sppt.wp_id).account_id
    return issue(db, actor, SPPT_PAPER, data=data, opd_id=_office(db), holder_id=holder, ref=sppt.id, title=f"SPPT PBB-P2 {sppt.tahun}", now=now)


def issue_assessment(db: Session, actor: Actor, row: Ketetapan, *, now: datetime) -> Document:
    data = {
        "nomor": row.nomor,
        "nama": row.wp.nama,
        "rows": [
            ["Wajib pajak", row.wp.nama],
            ["Untuk", row.uraian],
            ["Masa", f"{MONTHS[row.masa.month - 1]} {row.masa.year}"],
            ["Jatuh tempo", words(row.jatuh_tempo)],
        ],
        "steps": _steps(from_data(row.hitungan)) + ([["Bunga", "", rp(row.bunga), "PP 35/2023"]] if row.bunga else []),
        "total": rp(row.total),
        "kode": _code(db, row, now),
    }
    return issue(
        db, actor, SKPD_PAPER, data=data, opd_id=_office(db), holder_id=row.wp.account_id, ref=row.id, title=f"{row.surat} {row.uraian}"[:120], now=now
    )


def issue_letter(db: Session, actor: Actor, jenis: str, sppt: SPPT, interest: int, *, now: datetime) -> Document:
    data = {
        "nop": show_nop(sppt.nop),
        "nama": sppt.nama,
        "alamat": sppt.alamat,
        "jenis": jenis,
        "rows": [
            ["Nomor objek pajak", show_nop(sppt.nop)],
            ["Letak objek", place_name(sppt.desa_code)],
            ["Tahun pajak", str(sppt.tahun)],
            ["Jatuh tempo", words(sppt.jatuh_tempo)],
            ["Pokok pajak", rp(sppt.terutang)],
            ["Bunga sampai hari ini", rp(interest)],
        ],
        "total": rp(sppt.terutang + interest),
        "kode": _code(db, sppt, now),
    }
    holder = db.get_one(WajibPajak, sppt.wp_id).account_id
    return issue(db, actor, LETTERS[jenis], data=data, opd_id=_office(db), holder_id=holder, ref=sppt.id, now=now)
