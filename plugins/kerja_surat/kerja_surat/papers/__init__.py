"""Letters and disposisi sheets as PDF by typst. Plainly marked as not yet signed electronically."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from pendopo import _
from pendopo.http import url
from pendopo.i18n import format_date, format_time, speaking
from pendopo.identity import Account, Jabatan, Opd
from pendopo.pages import current_pages

from ..models import Disposisi, SuratKeluar, SuratMasuk
from ..rules import DERAJAT_TITLES, INSTRUKSI, NASKAH, SIFAT_TITLES, STATUS_TITLES, acting

HERE = Path(__file__).parent
UNSIGNED = "BELUM DITANDATANGANI SECARA ELEKTRONIK"


def compile_paper(template: str, data: dict[str, Any]) -> bytes:
    """The PDF of `template` with `data`. What people typed goes in as data, never as markup."""
    import typst

    return typst.compile(str(HERE / template), root=str(HERE), sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, format="pdf")


def letter_paper(db: Session, letter: SuratKeluar) -> bytes:
    """A letter as it goes out; a draft bears KONSEP across each page. Letters are written in Indonesian, whoever looks."""
    with speaking("id"):
        return compile_paper("letter.typ", letter_data(db, letter))


def letter_data(db: Session, letter: SuratKeluar) -> dict[str, Any]:
    settings = current_pages().portal.settings
    opd = db.get(Opd, letter.opd_id)
    signer = db.get(Jabatan, letter.signer_jabatan_id)
    old = db.get(SuratKeluar, letter.corrects_id) if letter.corrects_id else None
    sealed = letter.status == "disegel"
    verify = settings.public_url.rstrip("/") + url("verify", token=letter.token) if sealed else ""
    return {
        "regency": settings.regency.name,
        "opd": opd.name,
        "is_head": opd.kind == "pemda",
        "title": NASKAH[letter.jenis],
        "jenis": letter.jenis,
        "nomor": letter.nomor or "(belum bernomor)",
        "sifat": SIFAT_TITLES[letter.sifat],
        "perihal": letter.perihal,
        "date": format_date(letter.letter_date) if letter.letter_date else "",
        "tujuan": _lines(letter.tujuan),
        "tembusan": _lines(letter.tembusan),
        "paragraphs": [part.strip() for part in letter.body.replace("\r\n", "\n").split("\n\n") if part.strip()],
        "corrects": f"{old.nomor} tanggal {format_date(old.letter_date)}" if old else "",
        "post": letter.signer_post or signer.name,
        "signer": letter.signer_name,
        "nip": letter.signer_nip,
        "sealed": sealed,
        "mark": UNSIGNED if sealed else "KONSEP",
        "verify": verify,
        "qr": _qr(verify) if sealed else "",
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def lembar_disposisi(db: Session, letter: SuratMasuk) -> bytes:
    return compile_paper("disposisi.typ", lembar_data(db, letter))


def lembar_data(db: Session, letter: SuratMasuk) -> dict[str, Any]:
    opd = db.get(Opd, letter.opd_id)
    return {
        "regency": current_pages().portal.settings.regency.name,
        "opd": opd.name,
        "agenda": f"{letter.agenda_number}/{letter.year}",
        "nomor": letter.nomor_surat,
        "date": format_date(letter.tanggal_surat),
        "received": format_time(letter.received_at),
        "due": format_time(letter.due_at),
        "pengirim": letter.pengirim,
        "perihal": letter.perihal,
        "sifat": _(SIFAT_TITLES[letter.sifat]),
        "derajat": _(DERAJAT_TITLES[letter.derajat]),
        "klasifikasi": letter.klasifikasi,
        "rows": [_row(db, d, depth) for d, depth in in_order(letter.disposisi_list)],
    }


def _row(db: Session, d: Disposisi, depth: int) -> dict[str, Any]:
    return {
        "depth": depth,
        "from": acting(d.sent_as, _post(db, d.from_jabatan_id)),
        "to": _post(db, d.to_jabatan_id),
        "instruksi": [_(INSTRUKSI[item]) for item in d.instruksi if item in INSTRUKSI],
        "catatan": d.catatan,
        "due": format_time(d.due_at),
        "status": _(STATUS_TITLES[d.status]),
        "result": d.result,
        "by": _person(db, d.sent_by),
        "sent": format_time(d.sent_at),
        "read": format_time(d.read_at),
    }


def in_order(disposisi_list: list[Disposisi]) -> list[tuple[Disposisi, int]]:
    """Each disposisi under the one it continues, with how deep it lies."""
    children: dict[int | None, list[Disposisi]] = {}
    for d in disposisi_list:
        children.setdefault(d.parent_id, []).append(d)

    def walk(parent: int | None, depth: int) -> list[tuple[Disposisi, int]]:
        return [pair for d in children.get(parent, []) for pair in [(d, depth), *walk(d.id, depth + 1)]]

    return walk(None, 0)


def _post(db: Session, jabatan_id: int | None) -> str:
    jabatan = db.get(Jabatan, jabatan_id) if jabatan_id else None
    return jabatan.name if jabatan else _("Buku agenda")


def _person(db: Session, account_id: int | None) -> str:
    account = db.get(Account, account_id) if account_id else None
    return account.name if account else ""


def _qr(text: str) -> str:
    """An SVG of the QR code of `text`."""
    import segno

    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", xmldecl=False, border=1)
    return out.getvalue().decode()
