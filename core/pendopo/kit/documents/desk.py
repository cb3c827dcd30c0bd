"""The signer's desk: what waits for the positions that somebody holds today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from ...errors import DomainError
from ...identity import Actor, holder_of, record
from ...identity.loading import regency_day
from . import signing
from .errors import NotYourSignature
from .issuing import revoke
from .models import WAITING, Document, DocumentSignature

MOST_AT_ONCE = 50
MOST_SHOWN = MOST_AT_ONCE


def _waiting(actor: Actor) -> Select[Any]:
    """Signatures by hand whose turn it is, of the positions of `actor`."""
    earlier = aliased(DocumentSignature)
    before = select(earlier.id).where(
        earlier.document_id == DocumentSignature.document_id, earlier.place < DocumentSignature.place, earlier.signed_at.is_(None)
    )
    return (
        select(DocumentSignature)
        .join(Document)
        .where(
            DocumentSignature.jabatan_id.in_([post.jabatan_id for post in actor.posts]),
            DocumentSignature.signed_at.is_(None), DocumentSignature.by_hand, Document.status == WAITING, ~before.exists(),
        )
    )


def count_waiting(db: Session, actor: Actor) -> int:
    return (db.scalar(select(func.count()).select_from(_waiting(actor).subquery())) or 0) if actor.posts else 0


def waiting_for(db: Session, actor: Actor) -> list[tuple[DocumentSignature, Document]]:
    """What waits for `actor`, the oldest first."""
    return _with_papers(db, _waiting(actor).order_by(Document.issued_at, DocumentSignature.id))


def signed_by(db: Session, actor: Actor) -> list[tuple[DocumentSignature, Document]]:
    """What `actor` signed by hand last."""
    mine = (DocumentSignature.account_id == actor.account_id) & DocumentSignature.signed_at.is_not(None) & DocumentSignature.by_hand
    return _with_papers(db, select(DocumentSignature).where(mine).order_by(DocumentSignature.signed_at.desc()), most=10)


def _with_papers(db: Session, query: Select[Any], most: int = MOST_SHOWN) -> list[tuple[DocumentSignature, Document]]:
    return [(one, db.get(Document, one.document_id)) for one in db.scalars(query.limit(most))]


def _mine(db: Session, actor: Actor, signature_id: int, now: datetime) -> DocumentSignature:
    """A signature that is the actor's to give now. Raises NotYourSignature."""
    signature = db.scalar(_waiting(actor).where(DocumentSignature.id == signature_id)) if actor.posts else None
    if signature is None or holder_of(db, signature.jabatan_id, regency_day(now)) != actor.account_id:
        raise NotYourSignature()
    return signature


def find(db: Session, actor: Actor, signature_id: int, now: datetime) -> tuple[DocumentSignature, Document]:
    """A signature that waits for `actor` and its paper. Raises NotYourSignature."""
    signature = _mine(db, actor, signature_id, now)
    return signature, db.get(Document, signature.document_id)


@dataclass(frozen=True)
class Outcome:
    """What became of one paper. `refusal` is None when it is signed."""

    number: str
    refusal: DomainError | None = None


def sign(portal: Any, actor: Actor, signature_id: int, *, passphrase: str = "", now: datetime) -> Outcome:
    """Sign one paper at the desk. While the provider works no transaction is open."""
    number = ""
    try:
        with portal.db.session(write=False) as db:
            signature = _mine(db, actor, signature_id, now)
            number = db.get(Document, signature.document_id).number
            work = signing.prepare(db, signature, now=now, passphrase=passphrase)
        pdf, certificate = signing.have_signed(work)
        with portal.db.session() as db:
            _mine(db, actor, signature_id, now)
            document = signing.keep(db, work, pdf, certificate, now=now)
            record(db, actor, "document.signed", f"dokumen:{document.id}", {"number": document.number, "as": work.request.signer.post})
    except DomainError as refusal:
        return Outcome(number, refusal)
    return Outcome(number)


def sign_many(portal: Any, actor: Actor, signature_ids: Sequence[int], *, passphrase: str = "", now: datetime) -> list[Outcome]:
    """Each paper alone: what one refuses doesn't keep the others from being signed."""
    return [sign(portal, actor, one, passphrase=passphrase, now=now) for one in list(dict.fromkeys(signature_ids))[:MOST_AT_ONCE]]


def refuse(db: Session, actor: Actor, signature_id: int, *, reason: str, now: datetime) -> Document:
    """Send a paper back unsigned: it keeps its number and is revoked. Raises NotYourSignature."""
    signature, document = find(db, actor, signature_id, now)
    return revoke(db, actor, document, reason=reason, refused_by=", ".join(filter(None, (actor.name, signature.post))), now=now)
