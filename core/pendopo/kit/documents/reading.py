"""Papers as others see them: by row, by holder, and the file; who may read one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from ...errors import NotFound
from ...identity import Actor
from ...identity.loading import regency_day
from ...plugins import current_host
from .. import attachments
from . import signing
from .kinds import DocumentKind, kind_of
from .models import EXPIRED, VALID, Document

NOT_SIGNED_YET = "BELUM DITANDATANGANI"
PER_PAGE = 20


def document_of(db: Session, kind: DocumentKind, ref: int) -> Document | None:
    """The newest paper of a kind for the plugin's row `ref`, whatever its status."""
    return next(iter(documents_of(db, kind=kind, ref=ref)), None)


def documents_of(
    db: Session, *, kind: DocumentKind | None = None, ref: int | None = None, holder_id: int | None = None, berkas_id: int | None = None
) -> list[Document]:
    """Papers, the newest first."""
    query = _newest_first()
    if kind is not None:
        query = query.where(Document.plugin == kind.plugin, Document.kind == kind.slug)
    for column, wanted in ((Document.ref, ref), (Document.holder_id, holder_id), (Document.berkas_id, berkas_id)):
        if wanted is not None:
            query = query.where(column == wanted)
    return list(db.scalars(query))


def usable_papers(
    db: Session, holder_id: int | None, kinds: Sequence[str], *, now: datetime, most: int = 5
) -> list[tuple[Document, attachments.Attachment]]:
    """Papers of a person that hold today, the newest first, each with its file. `kinds`: slugs, of whichever plugin."""
    today = regency_day(now)
    holds = (Document.status == VALID, or_(Document.valid_until.is_(None), Document.valid_until >= today))
    mine = _newest_first().where(Document.holder_id == holder_id, Document.kind.in_(kinds), *holds).limit(most)
    return [(one, attachments.attachments_of(db, signing.OWNER, one.id)[-1]) for one in db.scalars(mine)] if holder_id is not None else []


def _newest_first() -> Select[Any]:
    return select(Document).order_by(Document.issued_at.desc(), Document.id.desc())


def document_bytes(db: Session, document: Document) -> bytes:
    """The PDF: the very file that was sealed, or what the paper will look like, marked as not signed across each page."""
    if document.is_sealed:
        return attachments.read_bytes(attachments.attachments_of(db, signing.OWNER, document.id)[-1])
    people = tuple(signing.printed(one) for one in document.signatures)
    return signing.draw_document(db, document, people, draft=NOT_SIGNED_YET)


# ------------------------------------------------------------------------------------------------------------ who may read


def may_read(db: Session, actor: Actor, document: Document) -> bool:
    """May `actor` see the paper: its holder, who signs it, staff by the kind's permission, whoever may see its matter?"""
    if not actor.is_signed_in:
        return False
    if document.holder_id is not None and document.holder_id == actor.citizen_id:
        return True
    if any(one.jabatan_id in {post.jabatan_id for post in actor.posts} or one.account_id == actor.account_id for one in document.signatures):
        return True
    kind = kind_of(document)
    if kind is not None and kind.permission and actor.can(kind.permission, document.opd_id):
        return True
    return _may_see_matter(db, actor, document) or _plugin_lets(db, actor, document)


def _may_see_matter(db: Session, actor: Actor, document: Document) -> bool:
    from ..berkas import Berkas, may_see

    berkas = db.get(Berkas, document.berkas_id) if document.berkas_id else None
    return berkas is not None and may_see(db, actor, berkas)


def _plugin_lets(db: Session, actor: Actor, document: Document) -> bool:
    if document.ref is None:
        return False
    return bool(current_host().ask("may_read_attachment", db=db, owner=f"{document.plugin}.{document.kind}", ref=document.ref, actor=actor))


def get_document(db: Session, actor: Actor, document_id: int) -> Document:
    """A paper that `actor` may see. Raises SignInNeeded, and NotFound for all others: that it exists is no one's business."""
    actor.require_signed_in()
    document = db.get(Document, document_id)
    if document is None or not may_read(db, actor, document):
        raise NotFound()
    return document


# ------------------------------------------------------------------------------------------------------------- the wallet


def wallet(db: Session, holder_id: int, *, owner: str = "", status: str = "", page: int = 1, today: date) -> tuple[list[Document], int]:
    """A page of the papers of a person, and how many there are. `owner`: `<plugin>.<kind>`."""
    query = _newest_first().where(Document.holder_id == holder_id)
    if owner:
        plugin, _sep, kind = owner.partition(".")
        query = query.where(Document.plugin == plugin, Document.kind == kind)
    over = Document.valid_until < today
    if status == EXPIRED:
        query = query.where(Document.status == VALID, over)
    elif status:
        query = query.where(Document.status == status, *([or_(Document.valid_until.is_(None), ~over)] if status == VALID else []))
    total = db.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    return list(db.scalars(query.limit(PER_PAGE).offset((page - 1) * PER_PAGE))), total


def owners_in_wallet(db: Session, holder_id: int) -> list[tuple[str, str]]:
    """`(plugin, kind)` of the papers of a person."""
    found = select(Document.plugin, Document.kind).where(Document.holder_id == holder_id).distinct().order_by(Document.plugin, Document.kind)
    return [(row.plugin, row.kind) for row in db.execute(found)]
