"""PAdES by pyHanko: one signature more at the end of a PDF."""

from __future__ import annotations

import io
from typing import Any

from ...contract import SignRequest


def append_signature(request: SignRequest, signer: Any, *, bytes_reserved: int | None = None) -> bytes:
    """`request.pdf` with an invisible PAdES-B signature by a pyHanko signer, as an incremental update.

    The page that verifies the paper is its contact: so a file that was changed still leads to the one that holds.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    about = PdfSignatureMetadata(
        field_name=request.field_name,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=request.signer.name,
        reason=request.reason,
        location=request.signer.issuer or None,
        contact_info=request.link,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(request.pdf))
    return PdfSigner(about, signer=signer).sign_pdf(writer, bytes_reserved=bytes_reserved).getvalue()
