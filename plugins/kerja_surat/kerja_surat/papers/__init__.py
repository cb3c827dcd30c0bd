"""Letters and disposisi sheets as PDF by typst. Plainly marked as not yet signed electronically."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from pendopo import _
from pendopo.i18n import format_date, format_time
from pendopo.identity import Account, Jabatan, Opd
from pendopo.settings import Settings

from ..models import Disposisi, SuratKeluar, SuratMasuk
from ..rules import DERAJAT_TITLES, INSTRUKSI, NASKAH, SIFAT_TITLES

HERE = Path(__file__).parent


def compile_paper(template: str, data: dict[str, Any]) -> bytes:
    """The PDF of `template` with `data`. What people typed goes in as data, never as markup."""
    import typst

    return typst.compile(str(HERE / template), root=str(HERE), sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, format="pdf")


def letter_paper(db: Session, letter: SuratKeluar, settings: Settings) -> bytes:
    opd = db.get(Opd, letter.opd_id)
    sealed = letter.status == "disegel"
    signer = db.get(Jabatan, letter.signer_jabatan_id)
    data = {
        "regency": settings.regency.name, "opd": opd.name, "address": settings.regency.name, "title": NASKAH[letter.jenis], "jenis": letter.jenis,
        "nomor": letter.nomor or _("(belum bernomor)"), "sifat": SIFAT_TITLES[letter.sifat], "perihal": letter.perihal,
        "date": format_date(letter.letter_date) if letter.letter_date else "", "tujuan": [line for line in letter.tujuan.splitlines() if line.strip()],
        "paragraphs": [part.strip() for part in letter.body.replace("\r\n", "\n").split("\n\n") if part.strip()],
        "tembusan": [line for line in letter.tembusan.splitlines() if line.strip()],
        "post": letter.signer_post or signer.name, "signer": letter.signer_name, "sealed": sealed,
        "mark": "BELUM DITANDATANGANI SECARA ELEKTRONIK" if sealed else "KONSEP",
        "qr": _qr(f"{settings.public_url}/surat/v/{letter.token}") if sealed else "", "verify": f"{settings.public_url}/surat/v/{letter.token}" if sealed else "",
    }
    return compile_paper("letter.typ", data)


def lembar_disposisi(db: Session, letter: SuratMasuk, settings: Settings) -> bytes:
    opd = db.get(Opd, letter.opd_id)
    rows = [
        {
            "from": _post(db, d.from_jabatan_id), "to": _post(db, d.to_jabatan_id), "instruksi": [INSTRUKSI[i] for i in d.instruksi if i in INSTRUKSI],
            "catatan": d.catatan, "due": format_time(d.due_at), "status": d.status, "result": d.result, "by": _person(db, d.sent_by), "sent": format_time(d.sent_at),
        }
        for d in _tree(letter.disposisi_list)
    ]
    data = {
        "regency": settings.regency.name, "opd": opd.name, "agenda": f"{letter.agenda_number}/{letter.year}", "nomor": letter.nomor_surat,
        "date": format_date(letter.tanggal_surat), "received": format_time(letter.received_at), "pengirim": letter.pengirim, "perihal": letter.perihal,
        "sifat": SIFAT_TITLES[letter.sifat], "derajat": DERAJAT_TITLES[letter.derajat], "klasifikasi": letter.klasifikasi, "rows": rows,
    }
    return compile_paper("disposisi.typ", data)


def _tree(disposisi_list: list[Disposisi]) -> list[Disposisi]:
    return sorted(disposisi_list, key=lambda d: (d.sent_at, d.id))


def _post(db: Session, jabatan_id: int | None) -> str:
    jabatan = db.get(Jabatan, jabatan_id) if jabatan_id else None
    return jabatan.name if jabatan else _("Buku agenda")


def _person(db: Session, account_id: int | None) -> str:
    account = db.get(Account, account_id) if account_id else None
    return account.name if account else ""


def _qr(text: str) -> str:
    """An SVG of the QR code of `text`."""
    import io

    import segno

    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", xmldecl=False, border=1)
    return out.getvalue().decode()
