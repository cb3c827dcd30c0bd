"""The signatures in a PDF, looked at by pyHanko. As a program of its own for what strangers send: limited in memory and time.

`python -I inspecting.py`: reads a line of JSON (`{"roots": {"uji": [PEM], "tepercaya": [PEM]}}`) and the
PDF, writes JSON: `{"readable": bool, "signatures": [...]}`.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import datetime
from typing import Any

MOST_MEMORY_BYTES = 1 << 30
MOST_SECONDS = 15
MOST_SIGNATURES = 20


def signatures_in(pdf: bytes, roots: dict[str, list[str]]) -> list[dict[str, Any]]:
    """What holds of each signature, in the order of signing. Raises whatever an unreadable PDF makes pyHanko raise.

    `intact`: what it covers was not changed. `whole`: it covers the whole file, or only signatures came after it.
    `trust`: which of `roots` its certificate comes from, or "".
    """
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader = PdfFileReader(io.BytesIO(pdf), strict=False)
    found = reader.embedded_regular_signatures[:MOST_SIGNATURES]
    return [_look_at(signature, roots, is_last=signature is found[-1]) for signature in found]


def _look_at(signature: Any, roots: dict[str, list[str]], *, is_last: bool) -> dict[str, Any]:
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import SignatureCoverageLevel

    statuses = {name: _validated(signature, pems) for name, pems in roots.items()}
    status = next(iter(statuses.values()))
    entire = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    # What may come after: proofs for the archive, and before the last signature the next one (a form field being filled).
    lawful = (ModificationLevel.LTA_UPDATES,) if is_last else (ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING)
    only_signed = status.coverage == SignatureCoverageLevel.ENTIRE_REVISION and status.modification_level in lawful
    at: datetime | None = status.signer_reported_dt
    return {
        "field": signature.field_name,
        "intact": bool(status.intact and status.valid),
        "whole": bool(entire or only_signed),
        "trust": next((name for name, one in statuses.items() if one.trusted), ""),
        "name": _part(status.signing_cert, "common_name"),
        "post": _part(status.signing_cert, "title"),
        "issuer": _part(status.signing_cert, "organization_name"),
        "subject": status.signing_cert.subject.human_friendly,
        "at": at.isoformat() if at else "",
    }


def _part(certificate: Any, name: str) -> str:
    found = certificate.subject.native.get(name, "")
    return found if isinstance(found, str) else ", ".join(map(str, found))


def _validated(signature: Any, pems: list[str]) -> Any:
    from asn1crypto import pem, x509
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    anchors = [x509.Certificate.load(der) for text in pems for _kind, _headers, der in pem.unarmor(text.encode(), multiple=True)]
    return validate_pdf_signature(signature, ValidationContext(trust_roots=anchors, allow_fetching=False))


def main() -> None:
    import logging
    import resource

    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    asked = json.loads(sys.stdin.buffer.readline())
    try:
        answer = {"readable": True, "signatures": signatures_in(sys.stdin.buffer.read(), asked["roots"])}
    except Exception as error:  # noqa: BLE001  a broken file breaks the reader in any way
        answer = {"readable": False, "signatures": [], "error": type(error).__name__}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
