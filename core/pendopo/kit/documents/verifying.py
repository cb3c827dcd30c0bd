"""What anyone may know of a paper, from the token in its QR code."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...contract import VerifiedDocument, VerifiedSigner
from ...i18n import _, speaking, words_of
from ...identity import Opd
from ...identity.loading import regency_day
from ...pages import current_pages
from ...plugins import current_host
from .kinds import kind_of
from .models import WAITING, Document
from .signing import how_agreed


def verified(db: Session, token: str) -> VerifiedDocument | None:
    """Status, number, issuer, signers, hash and the kind's public fields; None for a token that is not ours."""
    document = db.scalar(select(Document).where(Document.token == token))
    if document is None:
        return None
    opd = db.get(Opd, document.opd_id) if document.opd_id else None
    status = document.status_on(regency_day(datetime.now(UTC)))
    if document.secret:
        return VerifiedDocument(_kind_title(document), status, note=_("Naskah ini rahasia. Hanya keberadaannya yang dapat kami benarkan."))
    after = db.scalar(select(Document).where(Document.replaces_id == document.id))
    before = db.get(Document, document.replaces_id) if document.replaces_id else None
    return VerifiedDocument(
        title_of(document),
        status,
        status_note=document.reason,
        number=document.number,
        dated=document.dated,
        issuer=opd.name if opd is not None else f"{_('Pemerintah')} {current_pages().portal.settings.regency.name}",
        signer="" if document.signing else "; ".join(", ".join(filter(None, (one.name, one.post))) for one in document.signatures),
        signed=document.signing != "" and document.status != WAITING,
        sha256=document.sha256,
        valid_from=document.valid_from,
        valid_until=document.valid_until,
        test=document.signing == "uji",
        signers=_signers(document),
        fields=_public_fields(document),
        replaced_by=_pointer(after),
        replaces=_pointer(before),
    )


def _pointer(document: Document | None) -> tuple[str, str] | None:
    """Number and address of another paper, unless it is secret."""
    return (document.number, document.verify_href) if document is not None and not document.secret else None


def _signers(document: Document) -> list[VerifiedSigner]:
    """Who signed or will sign; nobody of a paper that goes out unsigned."""
    is_test = document.signing == "uji"
    return [
        VerifiedSigner(one.name, one.post, one.signed_at, "", how=how_agreed(one)) if one.is_party
        else VerifiedSigner(one.name, one.post, one.signed_at, one.certificate, is_test)
        for one in document.signatures
    ] if document.signing else []


def title_of(document: Document) -> str:
    """What the paper is called, in the present language."""
    kind = kind_of(document)
    if kind is None:
        return document.title
    return words_of(document.plugin, kind.title if _is_kinds_own(document.title, document.plugin, kind.title) else document.title)


def _kind_title(document: Document) -> str:
    kind = kind_of(document)
    return words_of(kind.plugin, kind.title) if kind is not None else _("Naskah dinas")


def _is_kinds_own(title: str, plugin: str, kind_title: str) -> bool:
    with speaking("id"):
        return title == words_of(plugin, kind_title)


def _public_fields(document: Document) -> list[tuple[str, str]]:
    kind = kind_of(document)
    if kind is None or kind.public_fields is None or not document.data:
        return []
    try:
        with speaking(plugin=document.plugin):
            return kind.public_fields(document)
    except Exception as error:  # noqa: BLE001  a genuine paper must not look unknown because a plugin can't describe it
        current_host().fault(document.plugin, f"public_fields:{document.kind}", error)
        return []
