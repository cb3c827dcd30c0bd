"""Papers that the regency issues: numbered, drawn, signed, kept, and checked by anyone.

A plugin declares a `DocumentKind` (hook `document_kinds`), draws it in a typst file of its package and calls `issue`.
"""

from ...contract import Signer, SignRequest
from .drawing import draw
from .errors import NoSigner, NotSigned, NotValid, NotYourSignature, SignedAlready, SignerChanged
from .issuing import hand_over, issue, preview, replace, revoke
from .kinds import DocumentKind, Party, mask_name
from .models import Document, DocumentSignature
from .reading import document_bytes, document_of, documents_of, usable_papers
from .signing import needs_passphrase

__all__ = [
    "Document",
    "DocumentKind",
    "DocumentSignature",
    "NoSigner",
    "NotSigned",
    "NotValid",
    "NotYourSignature",
    "Party",
    "SignRequest",
    "SignedAlready",
    "Signer",
    "SignerChanged",
    "document_bytes",
    "document_of",
    "documents_of",
    "draw",
    "hand_over",
    "issue",
    "mask_name",
    "needs_passphrase",
    "preview",
    "replace",
    "revoke",
    "usable_papers",
]
