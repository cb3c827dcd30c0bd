"""The decision on an application: written for the desk of who signs, in force with the signature, sent back without it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, NotFound, _
from pendopo.i18n import format_date, speaking
from pendopo.identity import Actor, as_system
from pendopo.kit.berkas import move_berkas
from pendopo.kit.dates import regency_day
from pendopo.kit.documents import Document, DocumentKind, DocumentSignature, document_of, issue
from pendopo.kit.documents import revoke as revoke_document

from .documents import GIVEN_BACK, PERMIT, facts_of, letter_of, signing_post
from .models import Izin, Permohonan
from .permits import PURPOSES, close, end_paper, ending_of, ending_words
from .rules import as_date, valid_until
from .steps import office

AT_DESK = as_system(N_("Tanda tangan keputusan"))
DESK_KINDS = (PERMIT.slug, GIVEN_BACK.slug)
SIGNABLE = ("ttd", "dianggap_dikabulkan")


def waiting_paper(db: Session, row: Permohonan) -> Document | None:
    """The decision that lies unsigned at a desk."""
    paper = document_of(db, _kind_of(row), row.berkas_id)
    return paper if paper is not None and paper.status == "menunggu" else None


def _kind_of(row: Permohonan) -> DocumentKind:
    return GIVEN_BACK if row.tujuan == "pencabutan" else PERMIT


@speaking("id", plugin="gawe_simponie")
def draft_decision(db: Session, actor: Actor, row: Permohonan, *, now: datetime, kind: DocumentKind | None = None, quiet: bool = False) -> Document:
    """Write the decision and lay it on the desk of the position that signs. Raises Conflict while something stands in its way.

    `kind`, `quiet`: a past that is loaded is signed at once, and nobody is told.
    """
    if row.bill_id is not None and row.paid_at is None:
        raise Conflict(N_("Retribusi belum lunas, maka keputusannya belum dapat ditandatangani."))
    opd, today = office(db, row.type.data["opd"]), regency_day(now)
    signer = signing_post(db, opd, on=today)
    if signer is None:
        raise Conflict(N_("Belum ada pejabat yang menandatangani izin. Hubungi pengelola portal."))
    old = db.get(Izin, row.izin_id) if row.izin_id else None
    if old is not None and old.status != "berlaku":
        raise Conflict(N_("Izin ini sudah tidak berlaku."))
    kept = {"opd_id": opd.id, "signer": signer, "holder_id": row.berkas.applicant_id, "berkas_id": row.berkas_id, "ref": row.berkas_id}
    if row.tujuan == "pencabutan":
        if old is None:
            raise NotFound()
        words = letter_of(row, ending_of(row, old), ending_words(_("Atas permintaan pemegang izin")))
        return issue(db, actor, kind or GIVEN_BACK, data=words, now=now, quiet=quiet, **kept)
    until = _until(row, old, today)
    return issue(
        db,
        actor,
        kind or PERMIT,
        data=_permit_words(row, today, until),
        number=row.type.data["nomor"],
        series=row.type.code,
        title=row.type.data["dokumen"]["judul"],
        valid_from=today,
        valid_until=until,
        replaces=_replaced(db, old),
        now=now,
        quiet=quiet,
        **kept,
    )


def _replaced(db: Session, old: Izin | None) -> Document | None:
    """The paper in whose place the new one comes. Only one points back to it: after a draft was sent back, the next one doesn't."""
    paper = db.get(Document, old.document_id) if old is not None and old.document_id else None
    if paper is None or paper.status != "berlaku":
        return None
    return None if db.scalar(select(Document.id).where(Document.replaces_id == paper.id)) is not None else paper


def _permit_words(row: Permohonan, today: date, until: date | None) -> dict[str, Any]:
    permit = row.type
    return {
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


def withdraw_draft(db: Session, actor: Actor, row: Permohonan, reason: str, *, now: datetime) -> None:
    """What lies at the desk is no longer to be signed."""
    paper = waiting_paper(db, row)
    if paper is not None:
        revoke_document(db, actor, paper, reason=reason, now=now)


# --------------------------------------------------------------------------------------------------- told by the desk


def hear_signed(db: Session, document_id: int, at: datetime) -> None:
    """The decision is signed: the permit is there, or ended. Hearing it twice changes nothing."""
    paper = db.get_one(Document, document_id)
    row = db.get(Permohonan, paper.ref)
    if row is None or paper.status != "berlaku" or row.berkas.state not in SIGNABLE:
        return
    enact(db, row, paper, at)
    move_berkas(db, AT_DESK, row.berkas_id, "tandatangani", now=at)


@speaking("id", plugin="gawe_simponie")
def enact(db: Session, row: Permohonan, paper: Document, at: datetime) -> Izin | None:
    """What a signed decision does: a permit in the register in place of the old one; None where it ends one."""
    old = db.get(Izin, row.izin_id) if row.izin_id else None
    row.decided_at = at
    if old is not None:
        status, reason = ("dicabut", _("Atas permintaan pemegang izin")) if row.tujuan == "pencabutan" else ("diganti", _(PURPOSES[row.tujuan]))
        close(db, old, status, regency_day(at), reason)
        end_paper(db, AT_DESK, old, reason, at)
    if row.tujuan == "pencabutan":
        return None
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
        issued_on=paper.valid_from,
        valid_until=paper.valid_until,
        status="berlaku",
        document_id=paper.id,
        replaces_id=old.id if old else None,
        reason="",
        reminded=False,
    )
    db.add(izin)
    db.flush()
    return izin


def hear_sent_back(db: Session, berkas_id: int, refused_by: str, reason: str, at: datetime) -> None:
    """Whoever was to sign sent it back: it is written anew. A deemed grant stays one."""
    row = db.get(Permohonan, berkas_id)
    if row is not None and row.berkas.state == "ttd":
        move_berkas(db, AT_DESK, berkas_id, "kembalikan", note=_("Dikembalikan oleh %(who)s: %(why)s") % {"who": refused_by, "why": reason}, now=at)


def waiting_signatures(db: Session, actor: Actor, limit: int = 50) -> list[tuple[DocumentSignature, Document]]:
    """Decisions that wait for the signature of `actor`, the oldest first."""
    posts = [post.jabatan_id for post in actor.posts]
    query = (
        select(DocumentSignature, Document)
        .join(Document, Document.id == DocumentSignature.document_id)
        .where(
            Document.plugin == PERMIT.plugin,
            Document.status == "menunggu",
            DocumentSignature.jabatan_id.in_(posts),
            DocumentSignature.by_hand,
            DocumentSignature.signed_at.is_(None),
        )
        .order_by(Document.issued_at, DocumentSignature.id)
        .limit(limit)
    )
    return [(one, paper) for one, paper in db.execute(query)] if posts else []
