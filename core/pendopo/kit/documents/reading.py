"""Papers as others see them: by row, by holder, by token, and the file."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import attachments
from . import signing
from .kinds import DocumentKind
from .models import Document

NOT_SIGNED_YET = "BELUM DITANDATANGANI"


def document_of(db: Session, kind: DocumentKind, ref: int) -> Document | None:
    """The newest paper of a kind for the plugin's row `ref`, whatever its status."""
    return next(iter(documents_of(db, kind=kind, ref=ref)), None)


def documents_of(
    db: Session, *, kind: DocumentKind | None = None, ref: int | None = None, holder_id: int | None = None, berkas_id: int | None = None
) -> list[Document]:
    """Papers, the newest first."""
    query = select(Document).order_by(Document.issued_at.desc(), Document.id.desc())
    if kind is not None:
        query = query.where(Document.plugin == kind.plugin, Document.kind == kind.slug)
    for column, wanted in ((Document.ref, ref), (Document.holder_id, holder_id), (Document.berkas_id, berkas_id)):
        if wanted is not None:
            query = query.where(column == wanted)
    return list(db.scalars(query))


def document_bytes(db: Session, document: Document) -> bytes:
    """The PDF: the very file that was sealed, or what the paper will look like, marked as not signed across each page."""
    if document.is_sealed:
        return attachments.read_bytes(attachments.attachments_of(db, signing.OWNER, document.id)[-1])
    people = tuple(signing.printed(one) for one in document.signatures)
    return signing.draw_document(db, document, people, draft=NOT_SIGNED_YET)
