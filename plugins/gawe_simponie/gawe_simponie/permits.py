"""Permits that are held: ended, renewed, looked up."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, NotFound, PermissionRefused, _
from pendopo.i18n import speaking
from pendopo.identity import Actor
from pendopo.kit.dates import regency_day
from pendopo.kit.documents import Document
from pendopo.kit.documents import revoke as revoke_document

from .documents import ENDING, write_letter
from .models import Izin, Jenis, Permohonan

PURPOSES = {"baru": N_("Baru"), "perpanjangan": N_("Perpanjangan"), "perubahan": N_("Perubahan data"), "pencabutan": N_("Pencabutan atas permintaan pemegang")}
STATUSES = {
    "berlaku": (N_("Berlaku"), "ok"),
    "berakhir": (N_("Berakhir"), "muted"),
    "diganti": (N_("Diganti"), "muted"),
    "dicabut": (N_("Dicabut"), "error"),
}


def close(db: Session, izin: Izin, status: str, on: date, reason: str) -> None:
    """One statement decides: of two who end a permit at once the second is refused."""
    ending = update(Izin).where(Izin.id == izin.id, Izin.status == "berlaku").values(status=status, ended_on=on, reason=reason)
    if db.execute(ending.execution_options(synchronize_session="fetch")).rowcount != 1:
        raise Conflict(N_("Izin ini sudah tidak berlaku."))


def end_paper(db: Session, actor: Actor, izin: Izin, reason: str, now: datetime) -> None:
    """Whoever checks the paper of a permit that ended learns so."""
    paper = db.get(Document, izin.document_id) if izin.document_id else None
    if paper is not None and paper.status == "berlaku":
        revoke_document(db, actor, paper, reason=reason, now=now)


@speaking("id", plugin="gawe_simponie")
def end_permit(db: Session, actor: Actor, row: Permohonan, *, now: datetime) -> None:
    """Revoke the permit of an application (sanction), for `row.reason`, with its letter."""
    izin = db.scalars(select(Izin).where(Izin.berkas_id == row.berkas_id)).one()
    close(db, izin, "dicabut", regency_day(now), row.reason)
    end_paper(db, actor, izin, row.reason, now)
    write_letter(db, actor, row, ENDING, now=now, heading=ending_of(row, izin), paragraphs=ending_words(row.reason))


def ending_of(row: Permohonan, izin: Izin) -> str:
    return _("Mencabut %(name)s nomor %(number)s atas nama %(holder)s.") % {"name": row.type.name, "number": izin.number, "holder": izin.holder_name}


def ending_words(reason: str) -> list[str]:
    return [_("Alasan: %(reason)s") % {"reason": reason}, _("Sejak tanggal surat ini, izin tersebut tidak berlaku lagi.")]


# ------------------------------------------------------------------------------------------------------------- reading


def own_permits(db: Session, account_id: int) -> list[Izin]:
    return list(db.scalars(select(Izin).where(Izin.holder_id == account_id).order_by(Izin.issued_on.desc(), Izin.id.desc())))


def own_permit(db: Session, actor: Actor, izin_id: int) -> Izin:
    """A permit of the one who asks. Raises NotFound or PermissionRefused."""
    actor.require_signed_in()
    izin = db.get(Izin, izin_id)
    if izin is None:
        raise NotFound()
    if izin.holder_id is None or izin.holder_id != actor.citizen_id:
        raise PermissionRefused()
    return izin


def active_count(db: Session, account_id: int | None, code: str, *, on: date) -> int:
    """How many permits of a type somebody holds that are valid."""
    if account_id is None:
        return 0
    valid = (Izin.status == "berlaku") & (Izin.valid_until.is_(None) | (Izin.valid_until >= on))
    return db.scalar(select(func.count()).select_from(Izin).where(Izin.holder_id == account_id, Izin.kode == code, valid)) or 0


def renewable_from(izin: Izin, default_days: int) -> date | None:
    """From when a permit may be renewed; None when it never ends."""
    if izin.valid_until is None:
        return None
    return izin.valid_until - timedelta(days=int(izin.jenis.data.get("perpanjangan_hari", default_days)))


def current_type(db: Session, izin: Izin) -> Jenis | None:
    return db.scalar(select(Jenis).where(Jenis.kode == izin.kode, Jenis.state == "berlaku"))
