"""What holds of a PDF that somebody hands in, and what does not."""

from __future__ import annotations

from ...contract import SignRequest
from .errors import NotSigned


def check_answer(request: SignRequest, pdf: bytes) -> str:
    """Whose certificate the new signature has. Raises NotSigned unless `pdf` is the request's with one more signature."""
    if not pdf.startswith(request.pdf):
        raise NotSigned()
    return ""
