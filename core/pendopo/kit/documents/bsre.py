"""Balai Sertifikasi Elektronik: the e-sign client service that stands in the regency's network.

A person signs with nik and passphrase, which is their own and comes from their desk; an office seals (segel elektronik) by
itself, with the subscriber's id and the activation code that BSrE mails to its keeper. The service has two interfaces:
version 1 (`POST /api/sign/pdf`, a form) and version 2 (`/api/v2/...`, JSON; only it seals).

Its manual is not public. What is here follows what published clients of other governments send and read (version 2.2.1 among
them), and is tried against a simulator of that; before it serves, try it against the regency's own service.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

import structlog

from ...contract import SignRequest
from ...errors import InvalidInput
from ...i18n import N_
from ...pages import current_pages
from .errors import NotSigned

log = structlog.get_logger("pendopo.documents")
TIMEOUT_S = 30.0
REFUSED = (400, 401, 403, 422)  # by what was asked; anything else is the service's trouble


class PassphraseRefused(InvalidInput):
    message = N_("BSrE menolak: periksa frasa sandi, dan apakah sertifikat Anda masih berlaku.")


class NoPassphrase(NotSigned):
    message = N_("BSrE memerlukan frasa sandi penanda tangan: jenis naskah ini harus ditandatangani di meja tanda tangan.")


class NoNik(NotSigned):
    message = N_("Akun penanda tangan belum memiliki NIK, padahal BSrE memerlukannya.")


def is_set() -> bool:
    return bool(current_pages().portal.settings.bsre_url)


def seals() -> bool:
    """Can offices seal papers, without anybody's passphrase?"""
    return is_set() and bool(current_pages().portal.settings.bsre_seal_id)


def sign(request: SignRequest) -> bytes:
    """`request.pdf` signed or sealed by BSrE. Raises PassphraseRefused, NoPassphrase, NoNik or NotSigned; no secret is logged."""
    settings = current_pages().portal.settings
    if request.signer.jabatan_id is None and seals():
        return _seal(request)
    if not request.passphrase:
        raise NoPassphrase()
    if not request.signer.nik:
        raise NoNik()
    who = {"nik": request.signer.nik, "passphrase": request.passphrase}
    return _sign_2(request, who) if settings.bsre_version == 2 else _sign_1(request, who)


def _sign_1(request: SignRequest, who: dict[str, str]) -> bytes:
    form = {**who, "tampilan": "invisible", "reason": request.reason, "location": request.signer.issuer}
    answer = _post("/api/sign/pdf", data=form, files={"file": ("naskah.pdf", request.pdf, "application/pdf")})
    return _signed(answer, answer.content)


def _sign_2(request: SignRequest, who: dict[str, str]) -> bytes:
    answer = _post("/api/v2/sign/pdf", json={**who, **_paper(request)})
    return _signed(answer, _file_in(answer))


def _seal(request: SignRequest) -> bytes:
    """The office's seal: a code for this one paper, then the seal itself."""
    settings = current_pages().portal.settings
    subscriber = {"idSubscriber": settings.bsre_seal_id}
    asked = _said(_post("/api/v2/seal/get/totp", json={**subscriber, "totp": settings.bsre_seal_code, "data": 1}))
    code = asked.get("totp") or (asked.get("data") or {}).get("totp")  # published clients read it in one place or the other
    if not code:
        log.error("BSrE gave no code to seal with")
        raise NotSigned()
    answer = _post("/api/v2/seal/pdf", json={**subscriber, "totp": code, **_paper(request)})
    return _signed(answer, _file_in(answer), refusal=NotSigned)


def _paper(request: SignRequest) -> dict[str, Any]:
    about = {"tampilan": "INVISIBLE", "reason": request.reason, "location": request.signer.issuer, "contactInfo": request.link}
    return {"signatureProperties": [about], "file": [base64.b64encode(request.pdf).decode()]}


def _post(path: str, **what: Any) -> Any:
    import httpx2

    settings = current_pages().portal.settings
    try:
        return httpx2.post(f"{settings.bsre_url.rstrip('/')}{path}", auth=(settings.bsre_user, settings.bsre_password), timeout=TIMEOUT_S, **what)
    except httpx2.HTTPError as error:
        log.error("BSrE did not answer", fault=type(error).__name__)
        raise NotSigned() from None  # the error holds the request, and that the passphrase


def _said(answer: Any) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _file_in(answer: Any) -> bytes:
    """The first file of an answer of version 2."""
    files = _said(answer).get("file")
    try:
        return base64.b64decode(files[0], validate=True) if isinstance(files, list) and files else b""
    except (binascii.Error, ValueError, TypeError):
        return b""


def _signed(answer: Any, pdf: bytes, refusal: type[Exception] = PassphraseRefused) -> bytes:
    if answer.status_code == 200 and pdf.startswith(b"%PDF-"):
        return pdf
    log.error("BSrE did not sign", status=answer.status_code)
    raise refusal() if answer.status_code in REFUSED else NotSigned()
