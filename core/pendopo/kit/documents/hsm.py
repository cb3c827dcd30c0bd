"""The regency's own token or HSM, by PKCS#11: key and certificate lie on it under one label."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import structlog

from ...contract import Signer, SignRequest
from ...i18n import _
from ...pages import current_pages
from .errors import NotSigned

log = structlog.get_logger("pendopo.documents")
_one_at_a_time = threading.Lock()  # signing in to a token counts for the whole process


def is_set() -> bool:
    return bool(current_pages().portal.settings.pkcs11_module)


def fault() -> str:
    """What keeps the token from signing, for operators."""
    module = current_pages().portal.settings.pkcs11_module
    return _("Pustaka PKCS#11 tidak ada: %(path)s") % {"path": module} if module and not Path(module).exists() else ""


def sign(request: SignRequest) -> bytes:
    """`request.pdf` signed by the token. Raises NotSigned when it is away or has no key. The PIN stands in the settings only."""
    from pkcs11.exceptions import PKCS11Error
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.pkcs11 import open_pkcs11_session

    settings = current_pages().portal.settings
    criteria = TokenCriteria(label=settings.pkcs11_token) if settings.pkcs11_token else None
    try:
        with _one_at_a_time, open_pkcs11_session(settings.pkcs11_module, token_criteria=criteria, user_pin=settings.pkcs11_pin or None) as session:
            return _sign_in(session, request, settings.pkcs11_key)
    except (PKCS11Error, SigningError) as error:
        log.error("the token did not sign", fault=type(error).__name__, token=settings.pkcs11_token)
        raise NotSigned() from error


def _sign_in(session: Any, request: SignRequest, default: str) -> bytes:
    from pkcs11 import KeyType
    from pyhanko.sign.pkcs11 import PKCS11Signer

    from .pades import append_signature

    key = _key_of(session, request.signer, default)
    # Tokens that hash by themselves are rare for elliptic curves; all sign a hash.
    signer = PKCS11Signer(session, cert_label=key.label, key_label=key.label, use_raw_mechanism=key.key_type == KeyType.EC)
    return append_signature(request, signer)


def _key_of(session: Any, signer: Signer, default: str) -> Any:
    """The signer's own key (`jabatan-<id>`), else the regency's."""
    from pkcs11 import Attribute, ObjectClass

    own = [f"jabatan-{signer.jabatan_id}"] if signer.jabatan_id is not None else []
    for label in [*own, default]:
        for key in session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: label}):
            return key
    log.error("the token has no key", label=default)
    raise NotSigned()
