"""Permits: issued, renewed, changed, ended."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, NotFound, PermissionRefused, _
from pendopo.i18n import format_date
from pendopo.identity import Actor
from pendopo.kit.calendar import calendar_for
from pendopo.kit.documents import Document, issue
from pendopo.kit.documents import replace as replace_document
from pendopo.kit.documents import revoke as revoke_document

from .documents import ENDING, PERMIT, REFUSAL, facts_of, signing_post
from .models import Izin, Jenis, Permohonan
from .rules import as_date, valid_until
from .steps import office

PURPOSES = {"baru": N_("Baru"), "perpanjangan": N_("Perpanjangan"), "perubahan": N_("Perubahan data"), "pencabutan": N_("Pencabutan atas permintaan pemegang")}
STATUSES = {
    "berlaku": (N_("Berlaku"), "ok"),
    "berakhir": (N_("Berakhir"), "muted"),
    "diganti": (N_("Diganti"), "muted"),
    "dicabut": (N_("Dicabut"), "error"),
}


def issue_permit(db: Session, actor: Actor, row: Permohonan, *, now: datetime, quiet: bool = False) -> Izin | None:
    """The decision of a granted application: a new permit with its paper; for `pencabutan` the end of the old one (None).

    `quiet`: nobody is told (a past that is loaded).
    """
    today = calendar_for(db).local(now).date()
    old = db.get(Izin, row.izin_id) if row.izin_id else None
    if row.tujuan == "pencabutan":
        _end(db, actor, row, old, reason=_("Atas permintaan pemegang izin"), now=now)
        return None
    permit, opd = row.type, office(db, row.type.data["opd"])
    until = _until(row, old, today)
    data = {
        "jenis": permit.name,
        "pemegang": row.applicant_name,
        "alamat": row.applicant_address,
        "lokasi": row.address,
        "isian": facts_of(row),
        "ketentuan": list(permit.data["dokumen"]["ketentuan"]),
        "dasar": dict(permit.data["standar"]).get("dasar_hukum", ""),
        "register": row.berkas.register,
        "mulai": format_date(today),
        "sampai": format_date(until) if until else "",
        "dianggap": bool(row.deemed_at),
    }
    common: dict[str, Any] = {
        "data": data,
        "number": permit.data["nomor"],
        "series": permit.code,
        "title": permit.data["dokumen"]["judul"],
        "valid_from": today,
        "valid_until": until,
        "opd_id": opd.id,
        "holder_id": row.berkas.applicant_id,
        "berkas_id": row.berkas_id,
        "ref": row.berkas_id,
        "now": now,
        "quiet": quiet,
    }
    signer = signing_post(db, actor, opd, on=today)
    before = db.get(Document, old.document_id) if old is not None and old.document_id else None
    if before is not None and before.status == "berlaku":
        paper = replace_document(db, actor, before, PERMIT, reason=_(PURPOSES[row.tujuan]), signers=[signer], **common)
    else:
        paper = issue(db, actor, PERMIT, signer=signer, **common)
    if old is not None:
        _close(db, old, "diganti", today, _(PURPOSES[row.tujuan]))
    izin = Izin(
        berkas_id=row.berkas_id,
        jenis_id=row.jenis_id,
        kode=row.kode,
        number=paper.number,
        holder_id=row.berkas.applicant_id,
        holder_name=row.applicant_name,
        place=row.address,
        desa_code=row.berkas.desa_code,
        lat=row.lat,
        lon=row.lon,
        issued_on=today,
        valid_until=until,
        status="berlaku",
        document_id=paper.id,
        replaces_id=old.id if old else None,
        reason="",
        reminded=False,
    )
    db.add(izin)
    db.flush()
    return izin


def _until(row: Permohonan, old: Izin | None, today: date) -> date | None:
    """How long: by the type, its longest time, and the date in the form that ends it (an STR). A change keeps the old end."""
    if row.tujuan == "perubahan" and old is not None:
        return old.valid_until
    permit = row.type
    limit = permit.data.get("batas_masa")
    until = valid_until(
        today, permit.data.get("masa_berlaku_bulan"), not_after=as_date(row.values.get(limit)) if limit else None, most_months=permit.most_months
    )
    return max(until, today) if until else None


def _close(db: Session, izin: Izin, status: str, on: date, reason: str) -> None:
    """One statement decides: of two who end a permit at once the second is refused."""
    ending = update(Izin).where(Izin.id == izin.id, Izin.status == "berlaku").values(status=status, ended_on=on, reason=reason)
    if db.execute(ending.execution_options(synchronize_session="fetch")).rowcount != 1:
        raise Conflict(N_("Izin ini sudah tidak berlaku."))


def _end(db: Session, actor: Actor, row: Permohonan, izin: Izin | None, *, reason: str, now: datetime) -> None:
    if izin is None:
        raise NotFound()
    today = calendar_for(db).local(now).date()
    _close(db, izin, "dicabut", today, reason)
    paper = db.get(Document, izin.document_id) if izin.document_id else None
    if paper is not None and paper.status == "berlaku":
        revoke_document(db, actor, paper, reason=reason, now=now)
    write_letter(
        db,
        actor,
        row,
        ENDING,
        now=now,
        heading=_("Mencabut %(name)s nomor %(number)s atas nama %(holder)s.") % {"name": row.type.name, "number": izin.number, "holder": izin.holder_name},
        paragraphs=[_("Alasan: %(reason)s") % {"reason": reason}, _("Sejak tanggal surat ini, izin tersebut tidak berlaku lagi.")],
    )


def end_permit(db: Session, actor: Actor, row: Permohonan, *, now: datetime) -> None:
    """Revoke the permit of an application (sanction), for `row.reason`."""
    izin = db.scalar(select(Izin).where(Izin.berkas_id == row.berkas_id))
    _end(db, actor, row, izin, reason=row.reason, now=now)


def write_letter(db: Session, actor: Actor, row: Permohonan, kind: Any, *, heading: str, paragraphs: list[str], now: datetime) -> Document:
    """A letter about an application: refusal, deemed grant, revocation."""
    opd = office(db, row.type.data["opd"])
    data = {
        "jenis": row.type.name,
        "pemegang": row.applicant_name,
        "alamat": row.applicant_address,
        "register": row.berkas.register,
        "kepala": heading,
        "alinea": paragraphs,
    }
    signer = signing_post(db, actor, opd, on=calendar_for(db).local(now).date())
    return issue(
        db, actor, kind, data=data, opd_id=opd.id, signer=signer, holder_id=row.berkas.applicant_id, berkas_id=row.berkas_id, ref=row.berkas_id, now=now
    )


def write_refusal(db: Session, actor: Actor, row: Permohonan, *, appeal_days: int, now: datetime) -> Document:
    return write_letter(
        db,
        actor,
        row,
        REFUSAL,
        now=now,
        heading=_("Permohonan %(name)s nomor register %(register)s belum dapat dikabulkan.") % {"name": row.type.name, "register": row.berkas.register},
        paragraphs=[
            _("Alasan: %(reason)s") % {"reason": row.reason},
            _("Anda dapat mengajukan keberatan melalui halaman permohonan paling lambat %(n)s hari kerja sejak tanggal surat ini, tanpa biaya (UU 30/2014).")
            % {"n": appeal_days},
            _("Anda juga dapat memperbaiki kekurangannya dan mengajukan permohonan baru kapan saja."),
        ],
    )


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
