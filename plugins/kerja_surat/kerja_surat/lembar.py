"""The sheet of a letter's disposisi, for whoever wants it on paper. The book that counts is the agenda book."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from pendopo import _
from pendopo.i18n import format_date, format_time
from pendopo.identity import Account, Jabatan, Opd
from pendopo.kit.documents import draw

from .models import Disposisi, SuratMasuk
from .rules import DERAJAT_TITLES, INSTRUKSI, SIFAT_TITLES, STATUS_TITLES, acting


def lembar_disposisi(db: Session, letter: SuratMasuk) -> bytes:
    data = {
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
    return draw("papers/disposisi.typ", data, __package__, title="Lembar disposisi", opd=db.get(Opd, letter.opd_id))


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
