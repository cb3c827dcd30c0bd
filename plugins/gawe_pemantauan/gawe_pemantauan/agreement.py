"""The agreement on a grant (NPHD): the body agrees first, then the regency signs; only then may money go out."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from pendopo import N_, Conflict, _, live
from pendopo.i18n import format_date, speaking
from pendopo.identity import Actor, as_system
from pendopo.kit.berkas import add_message, move_berkas
from pendopo.kit.documents import Document, Party, document_of, revoke

from .models import Proposal
from .options import option
from .papers import NPHD, about, position, renew
from .rules import HIBAH, rupiah
from .stages import PAY

SYSTEM = as_system(N_("Tanda tangan NPHD"))


@speaking("id", plugin="gawe_pemantauan")
def draw_up(db: Session, actor: Actor, proposal: Proposal, *, now: datetime) -> Document:
    """The agreement, filled in, sent to the body to agree and then to the desk of who signs for the regency."""
    actor.require(PAY, proposal.berkas.opd_id)
    decree, body = proposal.penetapan, proposal.lembaga
    if proposal.program.jenis not in HIBAH or proposal.berkas.state != "ditetapkan" or decree is None or body is None:
        raise Conflict(N_("NPHD disusun setelah hibah ditetapkan."))
    chair = body.chair
    name = (chair.name if chair else "") or body.name
    data = {
        **about(proposal),
        "value": rupiah(proposal.approved or 0),
        "sk": decree.sk_number,
        "sk_date": format_date(decree.sk_date),
        "dpa": decree.dpa,
        "chair": name,
        "bank": proposal.bank,
        "account": f"•••• {proposal.rekening_tail}",
        "purpose": proposal.purpose,
        "lpj": _day(str(option(db, "lpj_batas"))),
        "rab": [
            [str(one.number), one.desc, f"{one.line.volume.normalize():f}".replace(".", ","), one.unit, rupiah(one.price), rupiah(one.line.amount)]
            for one in proposal.rab
        ],
    }
    live.publish(db, f"berkas:{proposal.berkas_id}")
    return renew(
        db,
        actor,
        NPHD,
        proposal.berkas_id,
        data,
        reason=_("Naskah diperbarui"),
        opd_id=proposal.berkas.opd_id,
        holder_id=proposal.berkas.applicant_id,
        berkas_id=proposal.berkas_id,
        signers=[Party(name, _("Ketua %(body)s") % {"body": body.name}, proposal.berkas.applicant_id), position(db, "penanda_nphd")],
        now=now,
    )


def _day(month_day: str) -> str:
    """`01-10` as `10 Januari`."""
    month, day = (int(part) for part in month_day.split("-"))
    return format_date(date(2000, month, day), "d MMMM")


def with_body(db: Session, proposal: Proposal) -> Document | None:
    """The agreement, while it waits for the body to agree."""
    paper = document_of(db, NPHD, proposal.berkas_id) if proposal.berkas.state == "ditetapkan" else None
    turn = next((one for one in paper.signatures if one.signed_at is None), None) if paper is not None and paper.status == "menunggu" else None
    return paper if turn is not None and turn.is_party else None


def waiting_for(db: Session, actor: Actor, proposal: Proposal) -> Document | None:
    """The agreement, while it is this person's turn to agree."""
    paper = with_body(db, proposal)
    return paper if paper is not None and paper.holder_id == actor.account_id else None


def hear_issued(db: Session, document_id: int, at: datetime) -> None:
    """Both sides have signed: the money may be prepared. A paper that goes out unsigned proves nothing, and is recorded by hand."""
    document = db.get_one(Document, document_id)
    proposal = db.get_one(Proposal, document.ref)
    if document.signing and proposal.berkas.state == "ditetapkan":
        move_berkas(db, SYSTEM, proposal.berkas_id, "nphd_lengkap", data={"nphd_number": document.number, "nphd_date": document.dated}, now=at)


def hear_refused(db: Session, berkas_id: int, refused_by: str, reason: str, at: datetime) -> None:
    """One side sent it back: both read why, and a new one can be drawn up."""
    text = _("NPHD dikembalikan oleh %(who)s: %(why)s") % {"who": refused_by, "why": reason}
    add_message(db, SYSTEM, berkas_id, text, now=at)


def withdraw(db: Session, actor: Actor, berkas_id: int, reason: str, *, now: datetime) -> None:
    """What still waits for a signature is no longer to be signed."""
    waiting = document_of(db, NPHD, berkas_id)
    if waiting is not None and waiting.status == "menunggu":
        revoke(db, actor, waiting, reason=reason, now=now)
