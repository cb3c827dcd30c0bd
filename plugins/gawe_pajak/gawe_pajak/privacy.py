"""What is held of a person, and what can be forgotten (UU 27/2022): tax records stay by law, their tie to the account goes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pendopo import _
from pendopo.kit.berkas import Berkas

from .models import BPHTB, SPPT, SPTPD, IzinReklame, Ketetapan, Lebih, Objek, Pendaftaran, Permohonan, Simpanan, Usaha, WajibPajak

BASIS = "UU 1/2022; PP 35/2023"


def held_of(db: Session, account_id: int) -> list[tuple[str, str, str, list[dict[str, Any]]]]:
    """`(title, purpose, basis, rows)` of each sort of data that is there."""
    levy = _("Memungut pajak daerah")
    levied = [(title, levy, rows) for title, rows in [*_of_taxpayer(db, account_id), *_of_account(db, account_id)]]
    kept = [{"nop": k.nop, "sebutan": k.sebutan, "terbukti": k.terbukti} for k in db.scalars(select(Simpanan).where(Simpanan.account_id == account_id))]
    asked = [
        {"nomor": p.berkas.register, "jenis": p.jenis, "nop": p.nop, "alasan": p.alasan, "isi": p.isi}
        for p in db.scalars(select(Permohonan).join(Permohonan.berkas).where(Berkas.applicant_id == account_id))
    ]
    others = [
        (_("NOP yang Anda simpan"), _("Membayarkan pajak"), kept),
        (_("Permohonan pajak"), _("Melayani permohonan wajib pajak"), asked),
    ]
    return [(title, purpose, BASIS, rows) for title, purpose, rows in [*levied, *others] if rows]


def _of_taxpayer(db: Session, account_id: int) -> list[tuple[str, list[dict[str, Any]]]]:
    """What belongs to the taxpayers that this account is."""
    mine = WajibPajak.account_id == account_id
    wp_ids = select(WajibPajak.id).where(mine)
    declared = select(SPTPD).join(Usaha, Usaha.id == SPTPD.usaha_id).where(Usaha.wp_id.in_(wp_ids))
    return [
        (
            _("Data wajib pajak"),
            [{"nama": r.nama, "alamat": r.alamat, "npwpd": r.npwpd, "nib": r.nib} for r in db.scalars(select(WajibPajak).where(mine))],
        ),
        (
            _("Objek PBB"),
            [
                {"nop": o.nop, "alamat": o.alamat, "luas_bumi": o.luas_bumi, "luas_bangunan": o.luas_bangunan}
                for o in db.scalars(select(Objek).where(Objek.wp_id.in_(wp_ids)))
            ],
        ),
        (
            _("SPPT"),
            [
                {"nop": s.nop, "tahun": s.tahun, "terutang": s.terutang, "status": s.status, "dibayar": s.dibayar}
                for s in db.scalars(select(SPPT).where(SPPT.wp_id.in_(wp_ids)).order_by(SPPT.tahun))
            ],
        ),
        (
            _("Usaha dan SPTPD"),
            [{"usaha": d.usaha.nama, "masa": d.masa.isoformat(), "dasar": d.dasar, "pajak": d.pajak} for d in db.scalars(declared)],
        ),
        (
            _("Ketetapan"),
            [{"nomor": k.nomor, "uraian": k.uraian, "total": k.total} for k in db.scalars(select(Ketetapan).where(Ketetapan.wp_id.in_(wp_ids)))],
        ),
        (
            _("Kelebihan bayar"),
            [{"jumlah": k.jumlah, "cara": k.cara, "terpakai": k.terpakai, "sebab": k.sebab} for k in db.scalars(select(Lebih).where(Lebih.wp_id.in_(wp_ids)))],
        ),
    ]


def _of_account(db: Session, account_id: int) -> list[tuple[str, list[dict[str, Any]]]]:
    """What hangs on the account itself: permits that it holds, and what it applied for."""
    return [
        (
            _("Izin reklame"),
            [
                {"nomor": i.nomor, "pemegang": i.pemegang, "lokasi": i.lokasi}
                for i in db.scalars(select(IzinReklame).where(IzinReklame.holder_id == account_id))
            ],
        ),
        (
            _("Pendaftaran usaha"),
            [
                {"nomor": d.berkas.register, "usaha": d.usaha, "wajib_pajak": d.wajib_pajak, "alamat": d.alamat_wp, "nib": d.nib}
                for d in db.scalars(select(Pendaftaran).join(Pendaftaran.berkas).where(Berkas.applicant_id == account_id))
            ],
        ),
        (
            _("BPHTB"),
            [
                {"nop": b.nop, "harga": b.harga, "pajak": b.pajak, "penerima": b.penerima, "ppat": b.ppat}
                for b in db.scalars(select(BPHTB).join(BPHTB.berkas).where(Berkas.applicant_id == account_id))
            ],
        ),
    ]


def forget(db: Session, account_id: int) -> None:
    """The list of kept NOPs goes, and the tie between taxpayer and account; what was said in requests is emptied."""
    db.execute(delete(Simpanan).where(Simpanan.account_id == account_id))
    db.execute(update(WajibPajak).where(WajibPajak.account_id == account_id).values(account_id=None).execution_options(synchronize_session=False))
    db.execute(update(IzinReklame).where(IzinReklame.holder_id == account_id).values(holder_id=None).execution_options(synchronize_session=False))
    mine = select(Berkas.id).where(Berkas.applicant_id == account_id, Berkas.plugin == "gawe_pajak")
    db.execute(update(Permohonan).where(Permohonan.berkas_id.in_(mine)).values(alasan="", isi={}).execution_options(synchronize_session=False))
    refused = select(Pendaftaran.berkas_id).where(Pendaftaran.berkas_id.in_(mine), Pendaftaran.usaha_id.is_(None))
    gone = {"wajib_pajak": "", "alamat_wp": "", "nib": "", "alamat": ""}
    db.execute(update(Pendaftaran).where(Pendaftaran.berkas_id.in_(refused)).values(**gone).execution_options(synchronize_session=False))
