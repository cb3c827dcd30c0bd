"""Who signs a paper, and the three parts of it: read what is to be signed, have it signed, keep it.

The middle part may take seconds at a provider and holds no transaction when the outbox or a desk does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ... import live, outbox
from ...contract import Signer, SignRequest
from ...http import url
from ...i18n import N_, _, format_date, format_time, speaking
from ...identity import Account, Jabatan, Opd, Penugasan, as_system, holder_of
from ...identity.loading import regency_day
from ...identity.secrecy import decrypt_nik
from ...notifications import notify
from ...pages import current_pages
from ...plugins import current_host
from .. import attachments
from . import authority, bsre, drawing, hsm
from .errors import NoSigner, NotSigned, SignedAlready, SignerChanged
from .kinds import Party, kind_of
from .models import REPLACED, VALID, WAITING, Document, DocumentSignature

OWNER = "dokumen"  # of the files in the store
STAND_IN = {"plt": "Plt. ", "plh": "Plh. "}
OWN_PLUGIN = "documents"
SIGN = "document_sign"  # outbox
BY_ACCOUNT, ON_PAPER = "akun", "kertas"  # how a party agreed


def has_provider() -> bool:
    """Is anybody there to sign for real: a plugin, or this room by the operator's settings?"""
    return bsre.is_set() or _signs_alone()


def _signs_alone() -> bool:
    """Is there a provider that needs nobody's passphrase?"""
    return hsm.is_set() or any(plugin.name != OWN_PLUGIN for plugin, _ in current_host().impls("sign_document"))


def needs_passphrase() -> bool:
    """Only BSrE signs here: each person types their passphrase, so that everything but seals is signed at a desk."""
    return bsre.is_set() and not _signs_alone()


def present_signing(wanted: Sequence[int | Party | None]) -> str:
    """How a paper issued now is signed: "penyedia", "uji", or "" not at all. `wanted`: the positions, None for the office itself."""
    if needs_passphrase() and None in wanted and not bsre.seals():
        return ""  # an office has no passphrase
    return "penyedia" if has_provider() else "uji" if current_pages().portal.settings.test_signatures else ""


# ------------------------------------------------------------------------------------------------------------- who signs


def signer_of(db: Session, document: Document, jabatan_id: int | None, day: date) -> Signer:
    """Who signs for a position that day, a stand-in named as such; without a position the office as such. Raises NoSigner."""
    opd = db.get(Opd, document.opd_id) if document.opd_id else None
    office = opd.name if opd is not None and opd.kind != "pemda" else f"Pemerintah {current_pages().portal.settings.regency.name}"
    if jabatan_id is None:
        return Signer(office, issuer=office)
    jabatan, account_id = db.get(Jabatan, jabatan_id), holder_of(db, jabatan_id, day)
    if jabatan is None or account_id is None:
        raise NoSigner()
    account = db.get(Account, account_id)
    kind = _assignment(db, jabatan_id, account_id, day)
    nik = decrypt_nik(account.nik_cipher) if account.nik_cipher and document.signing == "penyedia" else ""
    return Signer(account.name, STAND_IN.get(kind, "") + jabatan.name, account.nip or "", office, jabatan_id, account_id, nik)


def person_of(db: Session, document: Document, who: int | Party | None, day: date) -> Signer:
    """`signer_of`, or the party as such."""
    return Signer(who.name, who.role, account_id=who.account_id) if isinstance(who, Party) else signer_of(db, document, who, day)


def _assignment(db: Session, jabatan_id: int, account_id: int, day: date) -> str:
    """How the holder holds the position: definitif, plt or plh."""
    here = select(Penugasan.kind).where(Penugasan.jabatan_id == jabatan_id, Penugasan.account_id == account_id)
    kinds = set(db.scalars(here.where(Penugasan.starts_on <= day, (Penugasan.ends_on.is_(None)) | (Penugasan.ends_on >= day))))
    return next((kind for kind in STAND_IN if kind in kinds), "definitif")


def printed(signature: DocumentSignature) -> Signer:
    """The signer as the row remembers them."""
    return Signer(signature.name, signature.post, signature.nip, jabatan_id=signature.jabatan_id, account_id=signature.account_id)


def as_printed(signature: DocumentSignature, signer: Signer) -> dict[str, str]:
    """What stands on paper of a signature. `party`: how somebody outside the offices agreed, or that they have not yet."""
    with speaking("id"):
        return {"name": signer.name, "post": signer.post, "nip": signer.nip, "party": how_agreed(signature) if signature.is_party else ""}


def how_agreed(signature: DocumentSignature) -> str:
    """In words how a party agreed."""
    if signature.signed_at is None:
        return _("belum menyetujui")
    if signature.certificate.startswith(ON_PAPER):
        day = date.fromisoformat(signature.certificate.removeprefix(ON_PAPER).strip())
        return _("ditandatangani di atas kertas %(day)s, pindaiannya tersimpan") % {"day": format_date(day)}
    return _("disetujui dengan akun portal %(at)s") % {"at": format_time(signature.signed_at)}


# -------------------------------------------------------------------------------------------- read, have signed, and keep


@dataclass(frozen=True)
class Work:
    """A signature to be made. `people`: who stands on a paper that nobody signed yet, in order."""

    signature_id: int
    document_id: int
    signing: str
    request: SignRequest
    people: tuple[Signer, ...]


def verify_address(document: Document) -> str:
    return current_pages().portal.settings.public_url.rstrip("/") + document.verify_href


def next_signature(document: Document) -> DocumentSignature | None:
    """The signature whose turn it is."""
    return next((one for one in document.signatures if one.signed_at is None), None)


def prepare(db: Session, signature: DocumentSignature, *, now: datetime, passphrase: str = "", people: tuple[Signer, ...] = ()) -> Work:
    """What is to be signed. Before the first signature the paper is drawn, with whoever holds the positions today
    (`people`, when the caller has just asked).

    Raises SignedAlready, NoSigner or SignerChanged.
    """
    document = db.get(Document, signature.document_id)
    if document is None or document.status != WAITING or next_signature(document) is not signature:
        raise SignedAlready()
    day = regency_day(now)
    first = next(at for at, one in enumerate(document.signatures) if not one.is_party)
    if signature is document.signatures[first]:
        people = people or tuple(printed(one) if one.is_party else signer_of(db, document, one.jabatan_id, day) for one in document.signatures)
        signer, pdf = people[first], draw_document(db, document, people)
    else:
        signer = signer_of(db, document, signature.jabatan_id, day)
        if (signer.account_id, signer.post) != (signature.account_id, signature.post):
            raise SignerChanged()
        pdf = attachments.read_bytes(attachments.attachments_of(db, OWNER, document.id)[-1])
    about = f"{document.title} {document.number}"
    request = SignRequest(pdf, f"TandaTangan{signature.place}", signer, about, verify_address(document), now, passphrase)
    return Work(signature.id, document.id, document.signing, request, people)


def draw_document(db: Session, document: Document, people: tuple[Signer, ...], *, draft: str = "") -> bytes:
    kind = kind_of(document)
    if kind is None:
        raise LookupError(f"no document_kinds gives {document.plugin}.{document.kind}: is its plugin switched off?")
    printed_signers = [as_printed(one, person) for one, person in zip(document.signatures, people, strict=True)]
    return drawing.paper(db, kind, document, printed_signers, verify=verify_address(document), draft=draft)


def have_signed(work: Work) -> tuple[bytes, str]:
    """`(the signed PDF, whose certificate)`. Raises NotSigned when the provider gives something else than that.

    The test authority never steps in for a provider: a paper that was begun without its mark must not be signed by it.
    """
    if work.signing == "uji":
        return authority.sign(work.request), f"{work.request.signer.name} (UJI)"
    from .checking import check_answer

    pdf = current_host().demand("sign_document", request=work.request)
    if pdf is None:
        raise NotSigned()
    return pdf, check_answer(work.request, pdf)


def keep(db: Session, work: Work, pdf: bytes, certificate: str, *, now: datetime, quiet: bool = False) -> Document:
    """Keep the signed file in place of the one before. Of two who signed at once the first counts: SignedAlready."""
    document = db.get(Document, work.document_id)
    if document.status != WAITING:
        raise SignedAlready()
    for one, person in zip(document.signatures, work.people, strict=False):
        one.name, one.post, one.nip, one.account_id = person.name, person.post, person.nip, person.account_id
    db.flush()
    mine = update(DocumentSignature).where(DocumentSignature.id == work.signature_id, DocumentSignature.signed_at.is_(None))
    stored = store(db, document, pdf, now)
    values = {"signed_at": now, "sha256": stored, "certificate": certificate[:300]}
    if db.execute(mine.values(**values).execution_options(synchronize_session=False)).rowcount != 1:
        raise SignedAlready()
    db.refresh(db.get(DocumentSignature, work.signature_id))
    if next_signature(document) is None:
        seal(db, document, stored, now, quiet=quiet)
    else:
        invite(db, document)
    return document


def store(db: Session, document: Document, pdf: bytes, now: datetime) -> str:
    """Keep the file of the paper, and forget the one before it. Returns its SHA-256."""
    for old in attachments.attachments_of(db, OWNER, document.id):
        attachments.discard(db, old)
    name = f"{document.title} {document.number}".replace("/", "-")
    return attachments.store_bytes(db, as_system(N_("Penerbitan dokumen")), pdf, name, owner=OWNER, ref=document.id, now=now).sha256


def seal(db: Session, document: Document, sha256: str, now: datetime, *, quiet: bool = False) -> None:
    """From here on the paper holds and never changes. `quiet`: its holder is not notified."""
    document.sha256, document.sealed_at, document.status = sha256, now, VALID
    db.flush()
    _end_replaced(db, document, now)
    outbox.tell(
        db, "document_issued", key=f"document:{document.id}", document_id=document.id, plugin=document.plugin, kind=document.kind, ref=document.ref,
        number=document.number, holder_id=document.holder_id, replaces_id=document.replaces_id, at=now,
    )
    if not quiet:
        tell_holder(db, document, "issued")


def _end_replaced(db: Session, document: Document, now: datetime) -> None:
    """The paper that this one replaces holds until this one does: while it waited at a desk nothing had changed."""
    if document.replaces_id is None:
        return
    with speaking("id"):
        reason = _("Diganti dengan nomor %(number)s") % {"number": document.number}
    ending = update(Document).where(Document.id == document.replaces_id, Document.status == VALID)
    db.execute(ending.values(status=REPLACED, reason=reason, closed_at=now).execution_options(synchronize_session="fetch"))


def wallet_topic(account_id: int) -> str:
    return f"dokumen-saya:{account_id}"


def desk_topic(jabatan_id: int) -> str:
    return f"tanda-tangan:{jabatan_id}"


def invite(db: Session, document: Document, *, quiet: bool = False) -> None:
    """Call whoever's turn it is. `quiet`: the holder is not notified of the paper that the portal signs later."""
    signature = next_signature(document)
    if signature is None:
        return
    if signature.is_party:
        _call_party(db, document, signature)
    elif not signature.by_hand:
        outbox.put(db, SIGN, key=f"{signature.id}", payload={"signature_id": signature.id, "quiet": quiet})
    elif signature.account_id is not None and signature.jabatan_id is not None:
        live.publish(db, desk_topic(signature.jabatan_id))
        _notify(db, "dokumen.tanda_tangan", signature.account_id, "documents/notify/to_sign", document, url("dokumen:kerja.desk"), f"tanda:{signature.id}")


def _call_party(db: Session, document: Document, signature: DocumentSignature) -> None:
    if signature.account_id is not None:
        live.publish(db, wallet_topic(signature.account_id))
        href = url("dokumen:agree", id=document.id)
        _notify(db, "dokumen.persetujuan", signature.account_id, "documents/notify/to_agree", document, href, f"setuju:{signature.id}")


def _notify(db: Session, topic: str, account_id: int, template: str, document: Document, href: str, key: str) -> None:
    context = {"title": document.title, "number": document.number, "reason": document.reason}
    notify(db, topic=topic, to=[account_id], template=template, context=context, url=href, key=key)


def tell_holder(db: Session, document: Document, word: str) -> None:
    """Tell whom the paper is for: `word` is issued, replaced or revoked."""
    if document.holder_id is not None:
        live.publish(db, wallet_topic(document.holder_id))
        _notify(db, "dokumen.terbit", document.holder_id, f"documents/notify/{word}", document, document.href, f"{word}:{document.id}")


@outbox.sender(SIGN)
def sign_from_outbox(portal: Any, row: outbox.OutboxRow) -> None:
    """Sign what was issued to be signed later. What was signed or revoked meanwhile is done."""
    from datetime import UTC

    now = datetime.now(UTC)
    try:
        with portal.db.session(write=False) as db:
            signature = db.get(DocumentSignature, row.payload["signature_id"])
            work = prepare(db, signature, now=now)
        pdf, certificate = have_signed(work)
        with portal.db.session() as db:
            keep(db, work, pdf, certificate, now=now, quiet=row.payload.get("quiet", False))
    except SignedAlready:
        return
