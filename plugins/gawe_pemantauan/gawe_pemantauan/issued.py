"""The papers of a proposal: receipt, report of a field visit, annex of the decree, draft of the agreement (NPHD)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, NotFound, _
from pendopo.i18n import format_date, format_time
from pendopo.identity import Account, Actor
from pendopo.kit.documents import Document, DocumentKind, document_of, documents_of, issue, mask_name, replace
from pendopo.kit.places import place_name

from .models import Kunjungan, Penetapan, Program, Proposal
from .options import option
from .rules import HIBAH, JENIS, rupiah
from .stages import PAY, READ


def _told(*names: tuple[str, str]) -> Any:
    """Public fields by the names under which the data hold them."""
    return lambda document: [(_(title), str(document.data[name])) for title, name in names if document.data and name in document.data]


RECEIPT = DocumentKind(
    slug="tanda_terima",
    plugin="gawe_pemantauan",
    title=N_("Tanda terima proposal"),
    template="papers/receipt.typ",
    number="{seq:05}/TT-BANTUAN/{year}",
    permission=READ,
    public_fields=_told((N_("Nomor registrasi"), "register"), (N_("Program"), "program"), (N_("Pemohon"), "shown"), (N_("Diterima"), "sent")),
)
VISIT = DocumentKind(
    slug="ba_lapangan",
    plugin="gawe_pemantauan",
    title=N_("Berita acara kunjungan lapangan"),
    template="papers/visit.typ",
    number="{seq:05}/BA-BANTUAN/{year}",
    signed="later",
    permission=READ,
    public_fields=_told((N_("Nomor registrasi"), "register"), (N_("Dikunjungi"), "visited")),
)
ANNEX = DocumentKind(
    slug="lampiran_sk",
    plugin="gawe_pemantauan",
    title=N_("Lampiran SK Bupati"),
    template="papers/annex.typ",
    number="{seq:04}/LAMP-SK/{year}",
    signed="later",
    permission=READ,
    public_fields=_told((N_("SK Bupati"), "sk"), (N_("Program"), "program"), (N_("Jumlah penerima"), "count"), (N_("Jumlah"), "total")),
)
NPHD = DocumentKind(
    slug="rancangan_nphd",
    plugin="gawe_pemantauan",
    title=N_("Rancangan NPHD"),
    template="papers/nphd.typ",
    number="{seq:04}/RANC-NPHD/{year}",
    permission=READ,
    public_fields=_told((N_("Penerima"), "shown"), (N_("Nilai"), "value")),
)
KINDS = (RECEIPT, VISIT, ANNEX, NPHD)


def _name(proposal: Proposal) -> str:
    return proposal.lembaga.name if proposal.lembaga else proposal.person.name if proposal.person else ""


def _shown(proposal: Proposal) -> str:
    """The name as anyone may read it: bodies in full, persons masked."""
    return proposal.lembaga.name if proposal.lembaga else mask_name(proposal.person.name) if proposal.person else ""


def _about(proposal: Proposal) -> dict[str, Any]:
    program = proposal.program
    return {
        "register": proposal.berkas.register,
        "title": proposal.berkas.title,
        "program": program.title,
        "jenis": _(JENIS[program.jenis]),
        "year": str(program.paid_year),
        "name": _name(proposal),
        "shown": _shown(proposal),
        "place": place_name(proposal.berkas.desa_code),
        "address": proposal.address,
        "asked": rupiah(proposal.asked),
        "eligible": rupiah(proposal.eligible),
    }


def _post(actor: Actor) -> int | None:
    """The position that signs what this officer made."""
    return actor.posts[0].jabatan_id if actor.posts else None


def receipt(db: Session, actor: Actor, proposal: Proposal, *, now: datetime) -> Document:
    data = {**_about(proposal), "sent": format_time(proposal.sent_at), "by": actor.name if actor.on_behalf_of else ""}
    return issue(
        db,
        actor,
        RECEIPT,
        data=data,
        opd_id=proposal.program.opd_id,
        holder_id=proposal.berkas.applicant_id,
        berkas_id=proposal.berkas_id,
        ref=proposal.berkas_id,
        now=now,
    )


def field_report(db: Session, actor: Actor, visit: Kunjungan, *, now: datetime) -> Document:
    """The report of a visit, once for each visit."""
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
        **_about(proposal),
        "visited": format_time(visit.visited_at),
        "officer": officer.name if officer else "",
        "note": visit.note,
        "score": str(visit.score),
        "found": [[title, _("Ya") if yes else _("Tidak")] for title, yes in found],
        "point": f"{visit.lat}, {visit.lon}" if visit.lat is not None else "",
        "distance": _("%(n)s meter dari titik usulan") % {"n": visit.distance_m} if visit.distance_m is not None else "",
    }
    return issue(db, actor, VISIT, data=data, opd_id=proposal.berkas.opd_id, berkas_id=proposal.berkas_id, ref=visit.id, signer=_post(actor), now=now)


def decree_annex(db: Session, actor: Actor, program_id: int, sk_number: str, *, now: datetime) -> Document:
    """The list of recipients of a decree; a decree that grew gets a new one that points back. Persons stand there masked."""
    row = db.scalar(select(Penetapan).where(Penetapan.program_id == program_id, Penetapan.sk_number == sk_number.strip()))
    program = db.get(Program, program_id)
    if row is None or program is None:
        raise NotFound()
    query = select(Proposal).where(Proposal.penetapan_id == row.id, Proposal.approved.is_not(None)).order_by(Proposal.berkas_id)
    recipients = list(db.scalars(query).unique())
    data = {
        "sk": row.sk_number,
        "sk_date": format_date(row.sk_date),
        "dpa": row.dpa,
        "program": program.title,
        "jenis": _(JENIS[program.jenis]),
        "year": str(program.paid_year),
        "rows": [
            [str(n), _shown(one), place_name(one.berkas.desa_code), one.berkas.title if one.lembaga else "", rupiah(one.approved or 0)]
            for n, one in enumerate(recipients, 1)
        ],
        "count": str(len(recipients)),
        "total": rupiah(sum(one.approved or 0 for one in recipients)),
    }
    kept = document_of(db, ANNEX, row.id)
    if kept is not None and kept.data == data:
        return kept
    if kept is not None and kept.status in ("berlaku", "menunggu"):
        return replace(db, actor, kept, ANNEX, data=data, reason=_("Daftar penerima berubah"), now=now)
    return issue(db, actor, ANNEX, data=data, opd_id=program.opd_id, ref=row.id, signer=_post(actor), now=now)


def nphd_draft(db: Session, actor: Actor, proposal: Proposal, *, now: datetime) -> Document:
    """The agreement as it will be signed by both sides, filled in."""
    actor.require(PAY, proposal.berkas.opd_id)
    if proposal.program.jenis not in HIBAH or proposal.berkas.state != "ditetapkan" or proposal.penetapan is None:
        raise Conflict(N_("NPHD disusun setelah hibah ditetapkan."))
    chair = proposal.lembaga.chair if proposal.lembaga else None
    data = {
        **_about(proposal),
        "value": rupiah(proposal.approved or 0),
        "sk": proposal.penetapan.sk_number,
        "sk_date": format_date(proposal.penetapan.sk_date),
        "dpa": proposal.penetapan.dpa,
        "chair": chair.name if chair else "",
        "bank": proposal.bank,
        "account": f"•••• {proposal.rekening_tail}",
        "purpose": proposal.purpose,
        "lpj": _day(str(option(db, "lpj_batas"))),
        "rab": [
            [str(one.number), one.desc, f"{one.line.volume.normalize():f}".replace(".", ","), one.unit, rupiah(one.price), rupiah(one.line.amount)]
            for one in proposal.rab
        ],
    }
    kept = document_of(db, NPHD, proposal.berkas_id)
    if kept is not None and kept.data == data:
        return kept
    if kept is not None and kept.status in ("berlaku", "menunggu"):
        return replace(db, actor, kept, NPHD, data=data, reason=_("Naskah diperbarui"), now=now)
    return issue(
        db,
        actor,
        NPHD,
        data=data,
        opd_id=proposal.berkas.opd_id,
        holder_id=proposal.berkas.applicant_id,
        berkas_id=proposal.berkas_id,
        ref=proposal.berkas_id,
        now=now,
    )


def _day(month_day: str) -> str:
    """`01-10` as `10 Januari`."""
    month, day = (int(part) for part in month_day.split("-"))
    return format_date(date(2000, month, day), "d MMMM")


def papers_of(db: Session, proposal: Proposal) -> list[Document]:
    return documents_of(db, berkas_id=proposal.berkas_id)


def decrees_of(db: Session, program_id: int) -> list[tuple[Penetapan, Document | None]]:
    """Decrees of a programme with their annexes, the newest first."""
    rows = db.scalars(select(Penetapan).where(Penetapan.program_id == program_id).order_by(Penetapan.sk_date.desc(), Penetapan.id.desc()))
    return [(row, document_of(db, ANNEX, row.id)) for row in rows]
