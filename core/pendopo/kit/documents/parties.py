"""Parties: people outside the offices who agree to a paper before the offices sign it.

Nobody has a certificate for them, and nothing says so: what is kept is who agreed, when, to which text, and how: with their
account (an uncertified signature, PP 71/2019 Pasal 60), or on paper, of which the scan is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ...identity import Actor, record
from .. import attachments
from . import reading, signing
from .errors import NotYourSignature, SignedAlready
from .issuing import revoke
from .kinds import kind_of
from .models import WAITING, Document, DocumentSignature
from .signing import BY_ACCOUNT, ON_PAPER

SCANS = "dokumen.pindaian"  # owner of the scans of what was signed on paper


def waiting_for(db: Session, actor: Actor) -> list[Document]:
    """Papers that wait for `actor` to agree, the oldest first."""
    mine = select(Document).join(DocumentSignature).where(
        DocumentSignature.account_id == actor.account_id, DocumentSignature.jabatan_id.is_(None), DocumentSignature.by_hand,
        DocumentSignature.signed_at.is_(None), Document.status == WAITING,
    )
    return [one for one in db.scalars(mine.order_by(Document.issued_at, Document.id)) if is_turn_of(actor, one)]


def is_turn_of(actor: Actor, document: Document) -> bool:
    """Is it `actor`, themselves, who must agree now?"""
    turn = signing.next_signature(document)
    return document.status == WAITING and turn is not None and turn.is_party and turn.account_id == actor.account_id and actor.on_behalf_of is None


def may_record_paper(actor: Actor, document: Document) -> bool:
    """May `actor` record now that the party whose turn it is signed on paper?"""
    turn, kind = signing.next_signature(document), kind_of(document)
    is_open = document.status == WAITING and turn is not None and turn.is_party
    return is_open and kind is not None and bool(kind.permission) and actor.can(kind.permission, document.opd_id)


def _find(db: Session, document_id: int, allowed: Any) -> Document:
    document = db.get(Document, document_id)
    if document is None or not allowed(document):
        raise NotYourSignature()
    return document


def find(db: Session, actor: Actor, document_id: int) -> Document:
    """A paper that waits for `actor`, themselves. Raises NotYourSignature."""
    return _find(db, document_id, lambda document: actor.account_id is not None and is_turn_of(actor, document))


def find_for_officer(db: Session, actor: Actor, document_id: int) -> Document:
    """A paper whose party may have signed on paper. Raises NotYourSignature."""
    return _find(db, document_id, lambda document: may_record_paper(actor, document))


def agree(db: Session, actor: Actor, document_id: int, *, now: datetime) -> Document:
    """The party agrees, with their account. Raises NotYourSignature, or SignedAlready when it was said before."""
    document = find(db, actor, document_id)
    return _agreed(db, actor, document, BY_ACCOUNT, now)


def agree_on_paper(
    db: Session, actor: Actor, document_id: int, scans: Sequence[attachments.Attachment], *, signed_on: date, now: datetime
) -> Document:
    """Record that the party signed on paper that day, as the scan shows. Raises NotYourSignature or SignedAlready."""
    document = find_for_officer(db, actor, document_id)
    attachments.claim(db, scans, owner=SCANS, ref=document.id)
    return _agreed(db, actor, document, f"{ON_PAPER} {signed_on.isoformat()}", now)


def _agreed(db: Session, actor: Actor, document: Document, how: str, now: datetime) -> Document:
    turn = signing.next_signature(document)
    assert turn is not None  # `find` saw it
    text = hashlib.sha256(reading.document_bytes(db, document)).hexdigest()
    mine = update(DocumentSignature).where(DocumentSignature.id == turn.id, DocumentSignature.signed_at.is_(None))
    values = {"signed_at": now, "sha256": text, "certificate": how}
    if db.execute(mine.values(**values).execution_options(synchronize_session=False)).rowcount != 1:
        raise SignedAlready()
    db.refresh(turn)
    record(db, actor, "document.agreed", f"dokumen:{document.id}", {"number": document.number, "as": turn.post, "how": how})
    signing.invite(db, document)
    return document


def refuse(db: Session, actor: Actor, document_id: int, *, reason: str, now: datetime) -> Document:
    """The party doesn't agree: the paper keeps its number and is revoked. Raises NotYourSignature."""
    document = find(db, actor, document_id)
    return revoke(db, actor, document, reason=reason, refused_by=actor.name, now=now)


def scans_of(db: Session, document: Document) -> list[attachments.Attachment]:
    return attachments.attachments_of(db, SCANS, document.id)
