"""Permits of billboards that another application issues: each waits until Bapenda has taxed it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict
from pendopo.db import insert_into
from pendopo.kit.documents import Document

from .models import IzinReklame, Ketetapan, WajibPajak
from .options import option

ASKED = {"naskah": ("isi", "naskah"), "lebar_cm": ("panjang",), "tinggi_cm": ("lebar", "tinggi"), "sisi": ("sisi",), "dari": ("mulai",), "sampai": ("sampai",)}


def hear(db: Session, document_id: int, number: str, holder_id: int | None, at: datetime) -> None:
    """A paper was issued somewhere: when it is a permit for a billboard, its tax is to be assessed. Told twice, it waits once."""
    document = db.get(Document, document_id)
    data = document.data if document is not None else None
    if not data or data.get("jenis") not in option(db, "izin_reklame"):
        return
    values: dict[str, Any] = {"nomor": number[:80], "pemegang": str(data.get("pemegang", ""))[:120], "lokasi": str(data.get("lokasi", ""))[:200]}
    values |= {"holder_id": holder_id, "isian": [[str(cell) for cell in row[:2]] for row in data.get("isian", [])], "at": at}
    db.execute(insert_into(db, IzinReklame).values(document_id=document_id, **values).on_conflict_do_nothing())


def waiting(db: Session, limit: int = 50) -> list[IzinReklame]:
    """Permits without an assessment, the oldest first."""
    return list(db.scalars(select(IzinReklame).where(IzinReklame.ketetapan_id.is_(None)).order_by(IzinReklame.at).limit(limit)))


def prefill(permit: IzinReklame) -> dict[str, Any]:
    """What the permit already says, for the form of a billboard; what can't be read is left to the officer."""
    found: dict[str, Any] = {"nama": permit.pemegang, "alamat": permit.lokasi, "izin": permit.nomor}
    for name, words in ASKED.items():
        answer = next((text for label, text in permit.isian if any(word in label.casefold() for word in words)), "")
        found |= {name: value} if (value := _value(name, answer)) else {}
    return found


def _value(name: str, text: str) -> Any:
    try:
        if name in ("dari", "sampai"):
            return date.fromisoformat(text)
        if name.endswith("_cm"):
            return round(float(text.replace(",", ".")) * 100)
        return int(text) if name == "sisi" else text[:120]
    except ValueError:
        return None


def settle(db: Session, permit: IzinReklame, assessed: Ketetapan) -> None:
    """The permit is taxed, and its holder sees the assessment. Raises Conflict when another officer did it meanwhile."""
    marking = update(IzinReklame).where(IzinReklame.document_id == permit.document_id, IzinReklame.ketetapan_id.is_(None)).values(ketetapan_id=assessed.id)
    if db.execute(marking.execution_options(synchronize_session=False)).rowcount != 1:
        raise Conflict(N_("Izin ini sudah ditetapkan petugas lain."))
    taking = update(WajibPajak).where(WajibPajak.id == assessed.wp_id, WajibPajak.account_id.is_(None)).values(account_id=permit.holder_id)
    db.execute(taking.execution_options(synchronize_session=False))
