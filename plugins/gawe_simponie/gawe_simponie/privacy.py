"""What is held of a person, and how it is forgotten (UU 27/2022)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pendopo import _
from pendopo.kit.berkas import Berkas

from .models import Izin, Kalender, Kasus, Pengikut, Permohonan

BASIS = "UU 25/2009; Permendagri 138/2017; PP 28/2025"


def held_of(db: Session, account_id: int) -> list[tuple[str, str, str, list[dict[str, Any]], str]]:
    """`(title, purpose, basis, rows, kept for)` of each sort of data that is there."""
    applications = [
        {
            "nomor": row.berkas.register,
            "jenis": row.kode,
            "nama": row.applicant_name,
            "alamat": row.applicant_address,
            "telepon": row.phone,
            "isian": row.data,
            "lintang": row.lat,
            "bujur": row.lon,
            "lokasi": row.address,
            "diajukan": row.submitted_at.isoformat(),
            "keadaan": row.berkas.state,
        }
        for row in db.scalars(select(Permohonan).join(Permohonan.berkas).where(Berkas.applicant_id == account_id).order_by(Permohonan.berkas_id))
    ]
    permits = [
        {
            "nomor": row.number,
            "jenis": row.kode,
            "terbit": row.issued_on.isoformat(),
            "berlaku_sampai": row.valid_until.isoformat() if row.valid_until else None,
            "status": row.status,
        }
        for row in db.scalars(select(Izin).where(Izin.holder_id == account_id).order_by(Izin.id))
    ]
    cases = [
        {"sistem": channel, "nomor": reference}
        for channel, reference in db.execute(
            select(Kasus.channel, Kasus.reference).join(Pengikut, Pengikut.kasus_id == Kasus.id).where(Pengikut.account_id == account_id)
        )
    ]
    address = db.get(Kalender, account_id)
    calendar = [{"alamat": address.token}] if address is not None else []
    held = [
        (_("Permohonan izin Anda"), _("Memproses perizinan"), applications, _("Sepuluh tahun setelah izin berakhir, lalu tanpa nama")),
        (_("Izin Anda"), _("Register izin"), permits, _("Selama register izin disimpan")),
        (_("Kasus nasional yang Anda ikuti"), _("Memberi kabar"), cases, _("Sampai Anda berhenti mengikuti")),
        (_("Alamat kalender Anda"), _("Menunjukkan tanggal izin di kalender Anda"), calendar, _("Sampai Anda membuat yang baru")),
    ]
    return [(title, purpose, BASIS, rows, keep) for title, purpose, rows, keep in held if rows]


def forget(db: Session, account_id: int) -> None:
    """Applications and permits stay as acts of the office, without the person; what was typed goes."""
    mine = select(Berkas.id).where(Berkas.applicant_id == account_id, Berkas.kind == "permohonan_izin")
    emptied = {"applicant_name": "", "applicant_address": "", "phone": "", "data": {}, "measured": {}, "address": "", "lat": None, "lon": None, "fee": None}
    db.execute(update(Permohonan).where(Permohonan.berkas_id.in_(mine)).values(**emptied).execution_options(synchronize_session=False))
    db.execute(
        update(Izin)
        .where(Izin.holder_id == account_id)
        .values(holder_id=None, holder_name="", place="", lat=None, lon=None)
        .execution_options(synchronize_session=False)
    )
    for table in (Pengikut, Kalender):
        db.execute(delete(table).where(table.account_id == account_id))
