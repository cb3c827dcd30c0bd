"""Matters of other applications that enter the letter register (`surat_requested`)."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, outbox
from pendopo.identity import Jabatan, as_system, holders_of
from pendopo.kit.calendar import calendar_for
from pendopo.notifications import notify

from .models import Disposisi, SuratMasuk
from .registers import due_for, register_letter


def head_of(db: Session, opd_id: int) -> Jabatan | None:
    """The position that leads an OPD: the one in it whose superior sits elsewhere or nowhere."""
    here = db.scalars(select(Jabatan).where(Jabatan.opd_id == opd_id).order_by(Jabatan.id)).all()
    ids = {jabatan.id for jabatan in here}
    return next((jabatan for jabatan in here if jabatan.atasan_id not in ids), None)


def take_matter(db: Session, *, source: str, berkas_id: int, perihal: str, summary: str, opd_id: int, derajat: str) -> SuratMasuk:
    """Register a matter and lay it before the head of the OPD. Told twice, it is registered once."""
    origin = f"aplikasi:{source}"
    known = db.scalar(select(SuratMasuk).where(SuratMasuk.source == origin, SuratMasuk.source_ref == berkas_id))
    if known is not None:
        return known
    now = datetime.now(UTC)
    actor = as_system(N_("Buku agenda"))
    letter = register_letter(
        db, actor, opd_id=opd_id, nomor_surat=f"{source}/{berkas_id}", tanggal_surat=calendar_for(db).local(now).date(), pengirim=source, perihal=perihal[:300],
        ringkasan=summary, klasifikasi="000.8", derajat=derajat, source=origin, source_ref=berkas_id, now=now,
    )
    head = head_of(db, opd_id)
    if head is not None:
        disposisi = Disposisi(
            surat_id=letter.id, from_jabatan_id=None, to_jabatan_id=head.id, instruksi=["tindak_lanjuti"], catatan="", due_at=due_for(db, derajat, now),
            status="dikirim", sent_by=None, sent_at=now,
        )
        db.add(disposisi)
        letter.status = "didisposisi"
        db.flush()
        notify(
            db, topic="surat.disposisi", to=holders_of(db, head.id, now.date()), template="kerja_surat/notify/disposisi",
            context={"perihal": letter.perihal, "derajat": derajat, "due": disposisi.due_at.isoformat()}, url=f"/kerja/surat/masuk/{letter.id}", key=f"disposisi:{disposisi.id}",
        )
    outbox.tell(
        db, "disposisi_finished", key=f"surat:{letter.id}:0:dicatat", source=source, berkas_id=berkas_id, result="dicatat",
        note=f"{letter.agenda_number}/{letter.year}", actor_id=None, at=now,
    )
    return letter
