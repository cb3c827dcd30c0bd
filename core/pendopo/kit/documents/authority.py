"""The built-in test authority: it signs while no provider is set, and everything it signs is marked as a test.

Its root and one key for each signer are made when they are first needed, in `home/signing`, readable by its owner only.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...contract import Signer, SignRequest
from ...pages import current_pages

FROM, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)
UNIT = "TANDA TANGAN UJI, tidak berkekuatan hukum"
USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only",
    "decipher_only",
)
_signers: dict[Path, Any] = {}


def forget_cache() -> None:
    _signers.clear()


def folder() -> Path:
    return current_pages().portal.settings.home / "signing"


def _once(path: Path, make: Callable[[], bytes]) -> bytes:
    """What is in `path`; made by `make` when nothing is, whole and once however many ask at the same time."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # 0600
        with os.fdopen(handle, "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was faster: then its key counts
            os.link(draft, path)
        os.unlink(draft)
    return path.read_bytes()


def _name(**parts: str) -> Any:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(getattr(NameOID, part), text[:64]) for part, text in parts.items() if text])


def _pem(key: Any, certificate: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)


def _certificate(subject: Any, issuer: Any, key: Any, signing_key: Any, *, is_root: bool) -> Any:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    public = key.public_key()
    wanted = {"key_cert_sign", "crl_sign"} if is_root else {"digital_signature", "content_commitment"}
    usage = {name: name in wanted for name in USAGES}
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(FROM).not_valid_after(UNTIL).add_extension(x509.BasicConstraints(is_root, 0 if is_root else None), critical=True)
    builder = builder.add_extension(x509.KeyUsage(**usage), critical=True).add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
    return builder.sign(signing_key, hashes.SHA256())


def _read(pem: bytes) -> tuple[Any, Any]:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(pem, None), x509.load_pem_x509_certificate(pem)


def root() -> tuple[Any, Any]:
    """The key and the certificate of the test authority."""
    from cryptography.hazmat.primitives.asymmetric import ec

    def make() -> bytes:
        regency = current_pages().portal.settings.regency.name
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(COMMON_NAME=f"Otoritas tanda tangan uji {regency}", ORGANIZATIONAL_UNIT_NAME=UNIT, ORGANIZATION_NAME=f"Pemerintah {regency}")
        return _pem(key, _certificate(name, name, key, key, is_root=True))

    return _read(_once(folder() / "root.pem", make))


def root_pem() -> bytes:
    """The certificate of the test authority, for whoever checks signatures."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return root()[1].public_bytes(Encoding.PEM)


def _path(signer: Signer) -> Path:
    """The key of a person in a position; a stand-in and an office have their own."""
    who = repr((signer.jabatan_id, signer.account_id, signer.post, signer.name, signer.issuer))
    return folder() / f"signer-{hashlib.sha256(who.encode()).hexdigest()[:20]}.pem"


def _signer_of(signer: Signer) -> Any:
    """The pyHanko signer with the key and certificate of `signer`."""
    path = _path(signer)
    if path in _signers and path.exists():
        return _signers[path]
    from asn1crypto import keys, x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    root_key, root_certificate = root()

    def make() -> bytes:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(COMMON_NAME=f"{signer.name} (UJI)", TITLE=signer.post, ORGANIZATIONAL_UNIT_NAME=UNIT, ORGANIZATION_NAME=signer.issuer)
        return _pem(key, _certificate(name, root_certificate.subject, key, root_key, is_root=False))

    key, certificate = _read(_once(path, make))
    store = SimpleCertificateStore.from_certs([x509.Certificate.load(root_certificate.public_bytes(Encoding.DER))])
    found = SimpleSigner(
        signing_cert=x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
        cert_registry=store,
    )
    _signers[path] = found
    return found


def sign(request: SignRequest) -> bytes:
    """`request.pdf` with a test signature of `request.signer`."""
    from .pades import append_signature

    return append_signature(request, _signer_of(request.signer), bytes_reserved=8192)
