"""The papers of Bapenda: SPPT, SKPD, letters of arrears, validated BPHTB, NPWPD. Receipts (SSPD with NTPD) are the payments room's."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from pendopo import N_
from pendopo.identity import Actor, find_opd
from pendopo.kit.documents import Document, DocumentKind, document_of, issue, replace, revoke
from pendopo.kit.payments import mask_name, show_kode
from pendopo.kit.places import place_name

from .explain import explained
from .models import BPHTB, SPPT, SPTPD, Ketetapan, Surat, Usaha, WajibPajak
from .nop import show_nop
from .options import option
from .paying import NothingToPay, bill_of
from .rules import ACQUISITIONS, Calculation, from_data, rp
from .taxes import TAX

READ = "pajak.read"


def _public(document: Document) -> list[tuple[str, str]]:
    """What a stranger reads on the verification page: what for, how much, and a masked name."""
    data = document.data
    about = [("NOP", data["nop"])] if "nop" in data else []
    amount = [(N_("Jumlah"), data["total"])] if "total" in data else []
    return [*about, (N_("Nama"), mask_name(data["nama"])), *amount]


def _paper(slug: str, title: str, template: str, number: str = "") -> DocumentKind:
    number = number or f"973/{{seq:06}}/{slug.upper()}/{{year}}"
    return DocumentKind(slug, "gawe_pajak", title, f"papers/{template}.typ", number, signed=True, public_fields=_public, permission=READ)


SPPT_PAPER = _paper("sppt", N_("Surat Pemberitahuan Pajak Terutang PBB-P2"), "assessment")
SKPD_PAPER = _paper("skpd", N_("Surat Ketetapan Pajak Daerah"), "assessment", "{nomor}.{seq}")
BPHTB_PAPER = _paper("sspd_bphtb", N_("SSPD-BPHTB tervalidasi"), "bphtb", "973/{seq:06}/BPHTB/{year}")
NPWPD_PAPER = _paper("npwpd", N_("Surat Pengukuhan Wajib Pajak Daerah"), "npwpd", "973/{seq:06}/NPWPD/{year}")
STATEMENT = _paper("keterangan", N_("Surat Keterangan Pembayaran PBB-P2"), "statement", "973/{seq:06}/SKP/{year}")
LETTERS = {
    "teguran": _paper("teguran", N_("Surat Teguran"), "arrears"),
    "stpd": _paper("stpd", N_("Surat Tagihan Pajak Daerah"), "arrears"),
    "paksa": _paper("paksa", N_("Surat Paksa"), "arrears"),
}
KINDS = [SPPT_PAPER, SKPD_PAPER, BPHTB_PAPER, NPWPD_PAPER, STATEMENT, *LETTERS.values()]
MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember")


def words(day: date) -> str:
    """A day as papers write it; papers are in Indonesian whatever the reader's language is."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def month_words(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.year}"


def _steps(found: Calculation) -> list[list[str]]:
    return [[step.label, step.formula, rp(step.amount), step.source] for step in found.steps]


def _code(db: Session, row: Any, now: datetime) -> str:
    try:
        return show_kode(bill_of(db, row, now=now).kode_bayar)
    except NothingToPay:
        return ""


def office(db: Session) -> int | None:
    opd = find_opd(db, str(option(db, "penanda_tangan")))
    return opd.id if opd else None


# ----------------------------------------------------------------------------------------------------------- SPPT and SKPD


def _sppt_data(db: Session, sppt: SPPT, now: datetime) -> dict[str, Any]:
    return {
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


def issue_sppt(db: Session, actor: Actor, sppt: SPPT, *, now: datetime) -> Document:
    """The SPPT as a signed paper, in the wallet of its taxpayer when that is a person of the portal."""
    holder = db.get_one(WajibPajak, sppt.wp_id).account_id
    data, title = _sppt_data(db, sppt, now), f"SPPT PBB-P2 {sppt.tahun}"
    return issue(db, actor, SPPT_PAPER, data=data, opd_id=office(db), holder_id=holder, ref=sppt.id, title=title, now=now)


def renew_paper(db: Session, actor: Actor, old: SPPT, new: SPPT | None, *, now: datetime) -> None:
    """The paper of an SPPT that is no longer in force says so; a new one points back to it."""
    paper = document_of(db, SPPT_PAPER, old.id)
    if paper is None or paper.status not in ("berlaku", "menunggu"):
        return
    if new is None:
        revoke(db, actor, paper, reason=old.sebab or "SPPT dibatalkan", now=now)
    else:
        holder = db.get_one(WajibPajak, new.wp_id).account_id
        replace(db, actor, paper, SPPT_PAPER, data=_sppt_data(db, new, now), reason=new.sebab, ref=new.id, holder_id=holder, now=now)


def issue_assessment(db: Session, actor: Actor, row: Ketetapan, *, replaces: Ketetapan | None = None, now: datetime) -> Document:
    """SKPD, SKPDKB or SKPDN; one that corrects another points back to its paper."""
    data = {
        "nomor": row.nomor,
        "nama": row.wp.nama,
        "rows": [
            ["Wajib pajak", row.wp.nama],
            *([["NPWPD", row.wp.npwpd]] if row.wp.npwpd else []),
            ["Untuk", row.uraian],
            ["Masa", month_words(row.masa)],
            ["Jatuh tempo", words(row.jatuh_tempo)],
        ],
        "steps": _steps(from_data(row.hitungan)) + ([["Bunga", "", rp(row.bunga), "PP 35/2023"]] if row.bunga else []),
        "total": rp(row.total),
        "kode": _code(db, row, now),
    }
    title = f"{row.surat} {row.uraian}"[:120]
    before = document_of(db, SKPD_PAPER, replaces.id) if replaces is not None else None
    if before is not None and before.status == "berlaku":
        return replace(db, actor, before, SKPD_PAPER, data=data, reason=row.sebab, ref=row.id, title=title, now=now)
    return issue(db, actor, SKPD_PAPER, data=data, opd_id=office(db), holder_id=row.wp.account_id, ref=row.id, title=title, now=now)


def revoke_assessment(db: Session, actor: Actor, row: Ketetapan, reason: str, *, now: datetime) -> None:
    """The paper of an assessment that nobody has to pay any more says so."""
    paper = document_of(db, SKPD_PAPER, row.id)
    if paper is not None and paper.status == "berlaku":
        revoke(db, actor, paper, reason=reason, now=now)


# ----------------------------------------------------------------------------------------------------------------- letters


def issue_letter(db: Session, actor: Actor, letter: Surat, row: Any, *, now: datetime) -> Document:
    """The paper of a letter about an unpaid SPPT, declaration or assessment."""
    wp, about = _about(db, row)
    data = {
        "nama": row.nama if isinstance(row, SPPT) else wp.nama,
        "alamat": row.alamat if isinstance(row, SPPT) else wp.alamat,
        "jenis": letter.jenis,
        "rows": [*about, ["Pokok pajak", rp(letter.pokok)], ["Bunga sampai hari ini", rp(letter.bunga)]],
        "total": rp(letter.pokok + letter.bunga),
        "kode": _code(db, row, now),
    } | ({"nop": show_nop(row.nop)} if isinstance(row, SPPT) else {})
    return issue(db, actor, LETTERS[letter.jenis], data=data, opd_id=office(db), holder_id=wp.account_id, ref=letter.id, now=now)


def _about(db: Session, row: Any) -> tuple[WajibPajak, list[list[str]]]:
    """Whom a letter is for, and what it is about."""
    if isinstance(row, SPPT):
        place = [["Nomor objek pajak", show_nop(row.nop)], ["Letak objek", place_name(row.desa_code)], ["Tahun pajak", str(row.tahun)]]
        return db.get_one(WajibPajak, row.wp_id), [*place, ["Jatuh tempo", words(row.jatuh_tempo)]]
    if isinstance(row, SPTPD):
        due = [["Batas bayar", words(row.batas_bayar)]] if row.batas_bayar else []
        return row.usaha.wp, [["Pajak", str(TAX[row.usaha.jenis].title)], ["Usaha", row.usaha.nama], ["Masa pajak", month_words(row.masa)], *due]
    about = [["Ketetapan", f"{row.surat} {row.nomor}"], ["Pajak", str(TAX[row.jenis].title)], ["Untuk", row.uraian], ["Jatuh tempo", words(row.jatuh_tempo)]]
    return row.wp, about


# ------------------------------------------------------------------------------------------------------------ other papers


def issue_bphtb(db: Session, actor: Actor, row: BPHTB, *, now: datetime) -> Document:
    """The validated SSPD-BPHTB, to be shown to the PPAT and the land office."""
    paid = [["Dibayar", rp(row.dibayar)], ["NTPD", row.ntpd]] if row.paid_at else [["Pembayaran", "Nihil"]]
    data = {
        "nop": show_nop(row.nop),
        "nama": row.penerima,
        "rows": [
            ["Nomor", row.berkas.register],
            ["Nomor objek pajak", show_nop(row.nop)],
            ["Yang memperoleh hak", row.penerima],
            ["Cara perolehan", str(ACQUISITIONS[row.jenis])],
            ["Luas", f"bumi {row.luas_bumi} m², bangunan {row.luas_bangunan} m²"],
            *([["PPAT", row.ppat]] if row.ppat else []),
            *paid,
        ],
        "steps": _steps(from_data(row.hitungan)),
        "total": rp(row.pajak),
    }
    holder = row.berkas.applicant_id
    return issue(db, actor, BPHTB_PAPER, data=data, opd_id=office(db), holder_id=holder, berkas_id=row.berkas_id, ref=row.berkas_id, now=now)


def issue_npwpd(db: Session, actor: Actor, usaha: Usaha, *, berkas_id: int | None = None, now: datetime) -> Document:
    """That a business is known as a taxpayer, under which number and for which tax."""
    data = {
        "nama": usaha.wp.nama,
        "rows": [
            ["NPWPD", usaha.wp.npwpd or ""],
            ["Wajib pajak", usaha.wp.nama],
            ["Alamat", usaha.wp.alamat],
            *([["NIB", usaha.wp.nib]] if usaha.wp.nib else []),
            ["Usaha", usaha.nama],
            ["Letak usaha", ", ".join(part for part in (usaha.alamat, place_name(usaha.desa_code) if usaha.desa_code else "") if part)],
            ["Jenis pajak", str(TAX[usaha.jenis].title)],
            ["Wajib lapor sejak", words(usaha.sejak)],
        ],
        "lapor": TAX[usaha.jenis].how == "sendiri",
    }
    return issue(db, actor, NPWPD_PAPER, data=data, opd_id=office(db), holder_id=usaha.wp.account_id, berkas_id=berkas_id, ref=usaha.id, now=now)


def issue_statement(db: Session, actor: Actor, sppt: list[SPPT], *, now: datetime) -> Document:
    """What is paid and what is not of an object, as of today: for its owner, newest year first."""
    newest = sppt[0]
    said = {"lunas": "Lunas", "belum": "Belum dibayar", "nihil": "Nihil"}
    open_years = [row.tahun for row in sppt if row.status == "belum"]
    data = {
        "nop": show_nop(newest.nop),
        "nama": newest.nama,
        "rows": [["Nomor objek pajak", show_nop(newest.nop)], ["Letak objek", place_name(newest.desa_code)], ["Wajib pajak", newest.nama]],
        "years": [[str(row.tahun), rp(row.terutang), said[row.status], row.ntpd or "-"] for row in sppt],
        "arrears": ", ".join(str(year) for year in sorted(open_years)),
    }
    holder = db.get_one(WajibPajak, newest.wp_id).account_id or actor.citizen_id
    return issue(db, actor, STATEMENT, data=data, opd_id=office(db), holder_id=holder, now=now)
