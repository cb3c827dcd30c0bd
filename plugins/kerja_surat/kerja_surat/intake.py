"""Matters of other applications that enter the letter register (`surat_requested`)."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, _, outbox
from pendopo.identity import as_system
from pendopo.kit.calendar import calendar_for

from .chain import head_of
from .models import SuratMasuk
from .registers import register_letter
from .rules import DERAJAT

KLASIFIKASI = "000.8"  # pengaduan masyarakat


def take_matter(db: Session, *, key: str, source: str, berkas_id: int, perihal: str, summary: str, opd_id: int, derajat: str) -> SuratMasuk:
    """Register a matter and lay it before the head of the OPD. Told twice with one key, it is registered once.

    An open letter of the same matter in the same OPD is taken for the same request too.
    """
    origin = f"aplikasi:{source}"
    still_open = (SuratMasuk.source == origin) & (SuratMasuk.source_ref == berkas_id) & (SuratMasuk.opd_id == opd_id) & (SuratMasuk.status != "selesai")
    known = db.scalar(select(SuratMasuk).where((SuratMasuk.source_key == key[:200]) | still_open).limit(1))
    if known is not None:
        return known
    now = datetime.now(UTC)
    head = head_of(db, opd_id)
    letter = register_letter(
        db,
        as_system(N_("Buku agenda")),
        opd_id=opd_id,
        nomor_surat=f"{source}/{berkas_id}",
        tanggal_surat=calendar_for(db).local(now).date(),
        pengirim=_("Aplikasi %(source)s") % {"source": source},
        perihal=perihal[:300],
        ringkasan=summary,
        klasifikasi=KLASIFIKASI,
        derajat=derajat if derajat in DERAJAT else "biasa",
        source=origin,
        source_ref=berkas_id,
        source_key=key[:200],
        before=head.id if head else None,
        now=now,
    )
    outbox.tell(
        db,
        "disposisi_finished",
        key=f"surat:{letter.id}:0:dicatat",
        source=source,
        berkas_id=berkas_id,
        result="dicatat",
        note=f"{letter.agenda_number}/{letter.year}",
        actor_id=None,
        at=now,
    )
    return letter
