"""Balai Sertifikasi Elektronik: the e-sign client service that stands in the regency's network.

It takes the PDF, the signer's nik and passphrase, and gives the signed PDF back (API version 1, `POST /api/sign/pdf`). The
passphrase is the signer's own and comes from their desk, so papers of kinds that are signed without a person wait.
"""

from __future__ import annotations

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


def sign(request: SignRequest) -> bytes:
    """`request.pdf` signed by BSrE. Raises PassphraseRefused, NoPassphrase, NoNik or NotSigned; neither nik nor passphrase is logged."""
    import httpx2

    settings = current_pages().portal.settings
    if not request.passphrase:
        raise NoPassphrase()
    if not request.signer.nik:
        raise NoNik()
    form = {"nik": request.signer.nik, "passphrase": request.passphrase, "tampilan": "invisible", "reason": request.reason, "location": request.signer.issuer}
    try:
        answer = httpx2.post(
            f"{settings.bsre_url.rstrip('/')}/api/sign/pdf",
            data=form,
            files={"file": ("naskah.pdf", request.pdf, "application/pdf")},
            auth=(settings.bsre_user, settings.bsre_password),
            timeout=TIMEOUT_S,
        )
    except httpx2.HTTPError as error:
        log.error("BSrE did not answer", fault=type(error).__name__)
        raise NotSigned() from None  # the error holds the request, and that the passphrase
    if answer.status_code == 200 and answer.content.startswith(b"%PDF-"):
        return answer.content
    log.error("BSrE did not sign", status=answer.status_code)
    raise PassphraseRefused() if answer.status_code in REFUSED else NotSigned()
