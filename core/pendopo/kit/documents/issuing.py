"""The verbs: issue, replace, revoke. Who may do it is asked by the plugin's own service, which knows the matter."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from ... import live, outbox
from ...contract import Signer
from ...db import next_number
from ...identity import Actor, Jabatan, Opd, record
from ...identity.loading import regency_day
from .. import settings
from . import drawing, signing
from .errors import NoSigner, NotValid
from .kinds import DocumentKind, Party
from .models import REPLACED, REVOKED, VALID, WAITING, Document, DocumentBook, DocumentSignature

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def issue(
    db: Session,
    actor: Actor,
    kind: DocumentKind,
    *,
    data: dict[str, Any],
    now: datetime,
    opd_id: int | None = None,
    holder_id: int | None = None,
    berkas_id: int | None = None,
    ref: int | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
    signer: int | None = None,
    signers: Sequence[int | Party | None] = (),
    title: str = "",
    number: str = "",
    series: str = "",
    own_number: str = "",
    dated: date | None = None,
    secret: bool = False,
    replaces: Document | None = None,
    quiet: bool = False,
) -> Document:
    """Give a paper its number, draw it, have it signed as its kind says, and keep it, all in the caller's transaction.

    `data`: plain values for the template, dates as words. `signer`: the position that signs (None: the office itself);
    `signers`: several, in order, each at their desk; a `Party` outside the offices agrees first. `holder_id`: in whose wallet it lies. Of a kind that is signed
    "later" or "desk" the paper is `menunggu` until the last signature. `number`, `series`: a pattern and a running number of
    its own, for a kind whose papers are told apart by data (each type of permit). `own_number`: a whole number from a book that
    the plugin keeps itself. `dated`: the day on the paper, when it isn't today. `secret`: whoever checks it learns only that it
    exists. `replaces`: the paper that ends when this one holds (`replace` ends it at once). `quiet`: the holder is not notified of a
    paper that nobody signs at a desk (old papers that are loaded, a receipt after a payment). Raises NoSigner.
    """
    wanted: list[int | Party | None] = list(signers) or [signer]
    outside = [isinstance(one, Party) for one in wanted]
    if outside[-1] or outside != sorted(outside, reverse=True):
        raise ValueError("parties agree first, and an office signs after them")
    by_hand = wanted != [None] and (kind.signed == "desk" or len(wanted) > 1 or signing.needs_passphrase())
    day = regency_day(now)
    opd = db.get(Opd, opd_id) if opd_id is not None else None
    document = Document(
        token=secrets.token_urlsafe(18), plugin=kind.plugin, kind=kind.slug, title=title or drawing.title_of(kind), opd_id=opd_id, holder_id=holder_id,
        number=own_number or _take_number(db, kind, opd, day, data, number or kind.number, series), berkas_id=berkas_id, ref=ref, data=data,
        dated=dated or day, secret=secret, issued_at=now, issued_by=actor.account_id,
        valid_from=valid_from, valid_until=valid_until, replaces_id=replaces.id if replaces else None,
        signing=signing.present_signing(wanted) if kind.signed else "", status=WAITING, reason="", sha256="", signatures=[],
    )
    db.add(document)
    db.flush()
    people = tuple(signing.person_of(db, document, who, day) for who in wanted)
    record(db, actor, "document.issued", f"dokumen:{document.id}", {"kind": kind.owner, "number": document.number})
    if not document.signing and signer is None and not signers:
        people = ()  # nobody signs it, and nobody's name stands under it
    document.signatures = [
        DocumentSignature(
            place=place, by_hand=by_hand and wanted[place - 1] is not None, jabatan_id=one.jabatan_id, account_id=one.account_id, name=one.name,
            post=one.post, nip=one.nip, signed_at=None, sha256="", certificate="",
        )
        for place, one in enumerate(people, 1)
    ]
    db.flush()
    if not document.signing:
        signing.seal(db, document, signing.store(db, document, signing.draw_document(db, document, people), now), now, quiet=quiet)
        return document
    if by_hand or kind.signed == "later":
        signing.invite(db, document, quiet=quiet)
        return document
    work = signing.prepare(db, document.signatures[0], now=now, people=people)
    return signing.keep(db, work, *signing.have_signed(work), now=now, quiet=quiet)


def _take_number(db: Session, kind: DocumentKind, opd: Opd | None, day: date, data: dict[str, Any], number: str, name: str) -> str:
    """The next number of the series, in this transaction: a rollback gives it back, two at once wait for each other."""
    pattern = number if "{" in number else str(settings.value(db, number, day))
    if "{seq" not in pattern:
        raise ValueError(f"the numbers of {kind.owner} have no running number: {pattern!r}")
    series = {"opd_id": opd.id if opd is not None and "{opd" in pattern else 0, "year": day.year if "{year" in pattern else 0}
    seq = next_number(db, DocumentBook, plugin=kind.plugin, kind=f"{kind.slug}:{name}" if name else kind.slug, **series)
    office = (opd.short_name or opd.code) if opd is not None else ""
    return pattern.format(**{**data, "seq": seq, "year": day.year, "month": day.month, "roman": ROMAN[day.month - 1], "opd": office})


def preview(
    db: Session, kind: DocumentKind, *, data: dict[str, Any], now: datetime, opd_id: int | None = None, signer: int | None = None, title: str = "",
    number: str = "", dated: date | None = None, mark: str = "KONSEP",
) -> bytes:
    """What `issue` would draw now, with `mark` across each page and without QR code. A position that nobody holds stands there without a name."""
    day = regency_day(now)
    document = Document(
        plugin=kind.plugin, kind=kind.slug, title=title or drawing.title_of(kind), number=number, opd_id=opd_id, data=data, dated=dated or day, issued_at=now,
        signing="",
    )
    try:
        person = signing.signer_of(db, document, signer, day)
    except NoSigner:
        person = Signer("", post=db.get_one(Jabatan, signer).name)
    return drawing.paper(db, kind, document, [{"name": person.name, "post": person.post, "nip": person.nip, "party": ""}], verify="", draft=mark)


def replace(db: Session, actor: Actor, document: Document, kind: DocumentKind, *, data: dict[str, Any], reason: str, now: datetime, **anew: Any) -> Document:
    """Issue a new paper in place of `document`, which stays as it is and is `diganti` from now on. Raises NotValid.

    `anew`: whatever of `issue` is to be different; the rest is taken from the old paper.
    """
    _close(db, document, REPLACED, reason, now)
    kept = {"opd_id": document.opd_id, "holder_id": document.holder_id, "berkas_id": document.berkas_id, "ref": document.ref, "title": document.title,
            "valid_from": document.valid_from, "valid_until": document.valid_until, "signers": [
                Party(one.name, one.post, one.account_id) if one.is_party else one.jabatan_id for one in document.signatures
            ]}
    new = issue(db, actor, kind, data=data, now=now, replaces=document, **{**kept, **anew})
    record(db, actor, "document.replaced", f"dokumen:{document.id}", {"by": new.number, "reason": reason})
    return new


def revoke(db: Session, actor: Actor, document: Document, *, reason: str, refused_by: str = "", now: datetime) -> Document:
    """Revoke a paper, or one that still waits for a signature. Raises NotValid when it is replaced or revoked already.

    `refused_by`: the signer who sent it back.
    """
    _close(db, document, REVOKED, reason, now)
    record(db, actor, "document.revoked", f"dokumen:{document.id}", {"number": document.number, "reason": reason})
    outbox.tell(
        db, "document_revoked", key=f"document:{document.id}", document_id=document.id, plugin=document.plugin, kind=document.kind, ref=document.ref,
        number=document.number, reason=reason, refused_by=refused_by, at=now,
    )
    signing.tell_holder(db, document, "revoked")
    return document


def hand_over(db: Session, document: Document, holder_id: int) -> bool:
    """Lay a paper that has no holder yet into somebody's wallet: whom a school brought has an account now.

    False when it has one, or when the data of its person were erased. The paper itself stays as it is.
    """
    nobodys = update(Document).where(Document.id == document.id, Document.holder_id.is_(None)).values(holder_id=holder_id)
    if not document.data or db.execute(nobodys.execution_options(synchronize_session=False)).rowcount != 1:
        return False
    db.refresh(document)
    live.publish(db, signing.wallet_topic(holder_id))
    return True


def _close(db: Session, document: Document, status: str, reason: str, now: datetime) -> None:
    """One statement decides: of two who end a paper at once the second is refused."""
    db.flush()
    ending = update(Document).where(Document.id == document.id, Document.status.in_((VALID, WAITING))).values(status=status, reason=reason, closed_at=now)
    if db.execute(ending.execution_options(synchronize_session=False)).rowcount != 1:
        raise NotValid()
    db.refresh(document)
