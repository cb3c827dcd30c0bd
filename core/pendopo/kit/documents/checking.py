"""What holds of a PDF that somebody hands in, and what does not. Nothing of it is kept."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...contract import SignRequest, VerifiedDocument
from ...errors import InvalidInput, TooMany
from ...http import url
from ...i18n import N_
from ...pages import current_pages
from ...plugins import current_host
from . import authority
from .errors import NotSigned
from .inspecting import MOST_SECONDS, signatures_in
from .models import Document, DocumentSignature

MOST_BYTES = 15 * 1024 * 1024
_LINK = re.compile(rb"/v/([A-Za-z0-9_-]{16,60})")
_at_once = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class FoundSignature:
    """A signature in the file. `trust`: "uji" the test authority, "tepercaya" one that the operator trusts, "" neither."""

    name: str
    post: str
    issuer: str
    at: datetime | None
    intact: bool
    whole: bool
    trust: str


@dataclass(frozen=True)
class Finding:
    """`known`: the file as we issued it ("same"), before its last signature ("earlier"), one that was changed ("changed"), or "".

    `paper`: what our book says of the paper it is or claims to be, at `href`.
    """

    sha256: str
    readable: bool
    known: Literal["same", "earlier", "changed", ""] = ""
    paper: VerifiedDocument | None = None
    href: str = ""
    signatures: list[FoundSignature] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Is it our file, unchanged, valid today, with every signature intact?"""
        return self.known == "same" and self.paper is not None and self.paper.status == "berlaku" and all(one.intact and one.whole for one in self.signatures)


def _roots() -> dict[str, list[str]]:
    file = current_pages().portal.settings.signature_roots
    return {"uji": [authority.root_pem().decode()], "tepercaya": [Path(file).read_text()] if file else []}


def check_answer(request: SignRequest, pdf: bytes) -> str:
    """Whose certificate the new signature has. Raises NotSigned unless `pdf` is the request's with one signature more that holds."""
    if not pdf.startswith(request.pdf) or len(pdf) == len(request.pdf):
        raise NotSigned()
    last = signatures_in(pdf, _roots())[-1:]
    if not last or not last[0]["intact"] or not last[0]["whole"]:
        raise NotSigned()
    return last[0]["subject"]


def inspect(pdf: bytes) -> dict[str, Any]:
    """The signatures of a file that a stranger sent, by a process that can be killed. Raises TooMany when two are looked at already."""
    if not _at_once.acquire(timeout=2):
        raise TooMany()
    try:
        asked = json.dumps({"roots": _roots()}).encode() + b"\n" + pdf
        done = subprocess.run(
            [sys.executable, "-I", str(Path(__file__).with_name("inspecting.py"))], input=asked, capture_output=True, timeout=MOST_SECONDS + 5, check=False
        )
        return json.loads(done.stdout) if done.returncode == 0 else {"readable": False, "signatures": []}
    except subprocess.TimeoutExpired:
        return {"readable": False, "signatures": []}
    finally:
        _at_once.release()


def check(db: Session, pdf: bytes) -> Finding:
    """Look at a file: is it ours, unchanged, and what of its signatures holds? Raises InvalidInput for what is no PDF."""
    if not pdf.startswith(b"%PDF-"):
        raise InvalidInput(N_("Berkas ini bukan PDF."), field="berkas")
    if len(pdf) > MOST_BYTES:
        raise InvalidInput(N_("Berkas ini terlalu besar. Paling besar %(n)s MB."), field="berkas", n=MOST_BYTES // (1024 * 1024))
    seen = inspect(pdf)  # before the database is asked anything: nobody waits for us meanwhile
    sha256 = hashlib.sha256(pdf).hexdigest()
    token, known = _known(db, sha256)
    paper = current_host().ask("verify_document", db=db, token=token) if token else None
    if not token:
        for match in dict.fromkeys(_LINK.findall(pdf)[:20]):
            paper = current_host().ask("verify_document", db=db, token=match.decode())
            if paper is not None:
                token, known = match.decode(), "same" if paper.sha256 == sha256 else "changed"
                break
    signatures = [
        FoundSignature(
            one["name"], one["post"], one["issuer"], datetime.fromisoformat(one["at"]) if one["at"] else None, one["intact"], one["whole"], one["trust"]
        )
        for one in seen["signatures"]
    ]
    return Finding(sha256, seen["readable"], known, paper, url("verify", token=token) if token else "", signatures)


def _known(db: Session, sha256: str) -> tuple[str, Literal["same", "earlier", ""]]:
    """`(token, how)` of the paper whose file has this hash, sealed or before its last signature."""
    token = db.scalar(select(Document.token).where(Document.sha256 == sha256))
    if token:
        return token, "same"
    earlier = select(Document.token).join(DocumentSignature).where(DocumentSignature.sha256 == sha256)
    token = db.scalar(earlier.limit(1))
    return (token, "earlier") if token else ("", "")
