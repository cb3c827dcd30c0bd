"""What is held of a person, and how it is forgotten (UU 27/2022)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pendopo import _
from pendopo.kit.berkas import Berkas

from .categories import BY_CODE
from .models import Dukungan, Komentar, Laporan

BASIS = "UU 25/2009; Perpres 76/2013"


def held_of(db: Session, account_id: int) -> list[tuple[str, str, str, list[dict[str, Any]]]]:
    """`(title, purpose, basis, rows)` of each sort of data that is there."""
    reports = [
        {
            "nomor": row.berkas.register,
            "kategori": _(BY_CODE[row.service_code].title),
            "judul": row.title,
            "uraian": row.description,
            "alamat": row.address,
            "lintang": row.lat,
            "bujur": row.lon,
            "dikirim": row.received_at.isoformat(),
            "keadaan": row.berkas.state,
            "rahasia": row.private,
            "tanpa_nama": row.anonymous,
        }
        for row in db.scalars(select(Laporan).join(Laporan.berkas).where(Berkas.applicant_id == account_id).order_by(Laporan.berkas_id))
    ]
    supports = [
        {"laporan": register, "waktu": at.isoformat()}
        for register, at in db.execute(
            select(Berkas.register, Dukungan.at).join(Dukungan, Dukungan.berkas_id == Berkas.id).where(Dukungan.account_id == account_id)
        )
    ]
    comments = [
        {"laporan": register, "komentar": text, "waktu": at.isoformat()}
        for register, text, at in db.execute(
            select(Berkas.register, Komentar.text, Komentar.at).join(Komentar, Komentar.berkas_id == Berkas.id).where(Komentar.account_id == account_id)
        )
    ]
    held = [
        (_("Laporan yang Anda kirim"), _("Menindaklanjuti pengaduan masyarakat"), reports),
        (_("Laporan yang Anda dukung"), _("Menghitung dukungan"), supports),
        (_("Komentar Anda"), _("Percakapan umum tentang laporan"), comments),
    ]
    return [(title, purpose, BASIS, rows) for title, purpose, rows in held if rows]


def forget(db: Session, account_id: int) -> None:
    """Comments and supports go, reports stay as public matters without their sender."""
    supported = select(Dukungan.berkas_id).where(Dukungan.account_id == account_id)
    db.execute(
        update(Laporan)
        .where(Laporan.berkas_id.in_(supported), Laporan.supports > 0)
        .values(supports=Laporan.supports - 1)
        .execution_options(synchronize_session=False)
    )
    db.execute(delete(Dukungan).where(Dukungan.account_id == account_id))
    db.execute(delete(Komentar).where(Komentar.account_id == account_id))
    mine = select(Berkas.id).where(Berkas.applicant_id == account_id, Berkas.kind == "laporan")
    db.execute(
        update(Laporan)
        .where(Laporan.berkas_id.in_(mine))
        .values(contact_name="", contact_phone="", contact_email="", anonymous=True)
        .execution_options(synchronize_session=False)
    )
