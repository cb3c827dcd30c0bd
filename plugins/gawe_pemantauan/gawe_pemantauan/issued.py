"""What is written about a proposal by the offices: its receipt, the report of a field visit, the annex of the decree."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import NotFound, _
from pendopo.i18n import format_date, format_time, speaking
from pendopo.identity import Account, Actor
from pendopo.kit.documents import Document, document_of, documents_of, issue
from pendopo.kit.places import place_name

from .models import Kunjungan, Penetapan, Program, Proposal
from .papers import ANNEX, RECEIPT, VISIT, about, position, renew, shown_name
from .rules import JENIS, rupiah
from .stages import DECIDE


@speaking("id", plugin="gawe_pemantauan")
def receipt(db: Session, actor: Actor, proposal: Proposal, *, now: datetime) -> Document:
    return issue(
        db,
        actor,
        RECEIPT,
        data={**about(proposal), "sent": format_time(proposal.sent_at), "by": actor.name if actor.on_behalf_of else ""},
        opd_id=proposal.program.opd_id,
        holder_id=proposal.berkas.applicant_id,
        berkas_id=proposal.berkas_id,
        ref=proposal.berkas_id,
        now=now,
    )


@speaking("id", plugin="gawe_pemantauan")
def field_report(db: Session, actor: Actor, visit: Kunjungan, *, now: datetime) -> Document:
    """The report of a visit, once for each visit, signed by who visited."""
    kept = document_of(db, VISIT, visit.id)
    if kept is not None:
        return kept
    proposal = db.get_one(Proposal, visit.berkas_id)
    officer = db.get(Account, visit.by) if visit.by else None
    found = (
        (_("Objek atau lembaga ada"), visit.object_exists),
        (_("Kegiatan berjalan"), visit.active),
        (_("Papan nama ada"), visit.has_board),
        (_("Dokumen asli cocok"), visit.papers_match),
    )
    data = {
        **about(proposal),
        "visited": format_time(visit.visited_at),
        "officer": officer.name if officer else "",
        "note": visit.note,
        "score": str(visit.score),
        "found": [[title, _("Ya") if yes else _("Tidak")] for title, yes in found],
        "point": f"{visit.lat}, {visit.lon}" if visit.lat is not None else "",
        "distance": _("%(n)s meter dari titik usulan") % {"n": visit.distance_m} if visit.distance_m is not None else "",
    }
    signer = actor.posts[0].jabatan_id if actor.posts else None
    return issue(db, actor, VISIT, data=data, opd_id=proposal.berkas.opd_id, berkas_id=proposal.berkas_id, ref=visit.id, signer=signer, now=now)


# -------------------------------------------------------------------------------------------------------------- decree


@speaking("id", plugin="gawe_pemantauan")
def _annex_data(db: Session, row: Penetapan, program: Program) -> dict[str, Any]:
    query = select(Proposal).where(Proposal.penetapan_id == row.id, Proposal.approved.is_not(None)).order_by(Proposal.berkas_id)
    recipients = list(db.scalars(query).unique())
    return {
        "sk": row.sk_number,
        "sk_date": format_date(row.sk_date),
        "dpa": row.dpa,
        "program": program.title,
        "jenis": _(JENIS[program.jenis]),
        "year": str(program.paid_year),
        "rows": [
            [str(n), shown_name(one), place_name(one.berkas.desa_code), one.berkas.title if one.lembaga else "", rupiah(one.approved or 0)]
            for n, one in enumerate(recipients, 1)
        ],
        "count": str(len(recipients)),
        "total": rupiah(sum(one.approved or 0 for one in recipients)),
    }


def decree_annex(db: Session, actor: Actor, penetapan_id: int, *, now: datetime) -> Document:
    """The list of recipients of a decree, to the desk of the Bupati; a decree that changed gets a new one that points back. Persons stand there masked."""
    actor.require(DECIDE)
    row = db.get(Penetapan, penetapan_id)
    program = db.get(Program, row.program_id) if row else None
    if row is None or program is None:
        raise NotFound()
    signer = position(db, "penanda_sk")
    return renew(db, actor, ANNEX, row.id, _annex_data(db, row, program), reason=_("Daftar penerima berubah"), opd_id=program.opd_id, signers=[signer], now=now)


def decrees_of(db: Session, program_id: int) -> list[tuple[Penetapan, Document | None, bool]]:
    """Decrees of a programme, the newest first, with their annexes, and whether an annex no longer says who receives."""
    rows = db.scalars(select(Penetapan).where(Penetapan.program_id == program_id).order_by(Penetapan.sk_date.desc(), Penetapan.id.desc()))
    program = db.get_one(Program, program_id)
    found = [(row, document_of(db, ANNEX, row.id)) for row in rows]
    return [(row, paper, paper is None or paper.status == "dicabut" or paper.data["rows"] != _annex_data(db, row, program)["rows"]) for row, paper in found]


def papers_of(db: Session, proposal: Proposal) -> list[Document]:
    return documents_of(db, berkas_id=proposal.berkas_id)
