"""Addresses of papers: the citizen's wallet, and the page behind each QR code."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...errors import InvalidInput, NotFound, TooMany
from ...http import form_of, page, path_int, query_int, url
from ...i18n import N_, _
from ...identity import Opd
from ...identity.loading import regency_day
from . import checking, parties, reading, signing, verifying
from .kinds import kind_of
from .models import EXPIRED, REPLACED, REVOKED, VALID, WAITING, Document

TONES = {WAITING: "info", VALID: "ok", REPLACED: "warn", REVOKED: "error", EXPIRED: "muted"}
TITLES = {WAITING: N_("Menunggu tanda tangan"), VALID: N_("Berlaku"), REPLACED: N_("Sudah diganti"), REVOKED: N_("Dicabut"), EXPIRED: N_("Kedaluwarsa")}
NOINDEX = {"X-Robots-Tag": "noindex"}
_tries = SlidingWindowCounterRateLimiter(MemoryStorage())
_PER_ADDRESS = RateLimitItemPerMinute(20, 5)


def row(request: Request, document: Document) -> dict[str, Any]:
    """A paper as lists show it."""
    state = document.status_on(regency_day(request.state.now))
    opd = request.state.db.get(Opd, document.opd_id) if document.opd_id else None
    return {
        "document": document, "title": verifying.title_of(document), "state": state, "state_title": _(TITLES[state]), "tone": TONES[state],
        "issuer": opd.name if opd else "",
    }


# ------------------------------------------------------------------------------------------------------------- the wallet


def index(request: Request) -> Response:
    request.user.require_signed_in()
    db, holder_id = request.state.db, request.user.citizen_id
    owners = [f"{plugin}.{kind}" for plugin, kind in reading.owners_in_wallet(db, holder_id)]
    kind = request.query_params.get("jenis", "")
    status = request.query_params.get("keadaan", "")
    kind, status = kind if kind in owners else "", status if status in TITLES else ""
    now_page = query_int(request, "halaman", 1, least=1, most=10_000)
    documents, total = reading.wallet(db, holder_id, owner=kind, status=status, page=now_page, today=regency_day(request.state.now))
    return page(
        request,
        "documents/wallet.html",
        rows=[row(request, document) for document in documents],
        total=total,
        page=now_page,
        pages=-(-total // reading.PER_PAGE),
        kinds=sorted(((owner, _kind_title(owner)) for owner in owners), key=lambda pair: pair[1]),
        statuses=[(slug, _(title)) for slug, title in TITLES.items()],
        chosen={"jenis": kind, "keadaan": status},
        waiting=[row(request, document) for document in parties.waiting_for(db, request.user)],
        topic=signing.wallet_topic(holder_id),
    )


def _kind_title(owner: str) -> str:
    from ...i18n import words_of
    from ...registry import current

    kind = current().document_kinds.get(owner)
    return words_of(kind.plugin, kind.title) if kind else owner.partition(".")[2]


def show(request: Request) -> Response:
    db = request.state.db
    document = reading.get_document(db, request.user, path_int(request))
    known = verifying.verified(db, document.token)
    is_mine = document.holder_id is not None and document.holder_id == request.user.citizen_id
    crumbs = [(_("Dokumen saya"), url("dokumen:index")), (document.number, "")] if is_mine else []
    can_draw = document.is_sealed or kind_of(document) is not None
    return page(
        request, "documents/show.html", **row(request, document), paper=known, crumbs=crumbs, can_draw=can_draw, scans=parties.scans_of(db, document),
        turn=signing.next_signature(document), my_turn=parties.is_turn_of(request.user, document),
        may_record_paper=parties.may_record_paper(request.user, document),
    )


def file(request: Request) -> Response:
    document = reading.get_document(request.state.db, request.user, path_int(request))
    name = f"{document.title} {document.number}.pdf".replace("/", "-")
    plain = name.encode("ascii", "ignore").decode().replace('"', "")
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(reading.document_bytes(request.state.db, document), media_type="application/pdf", headers=headers)


# --------------------------------------------------------------------------------------------------- is this paper genuine?


def verify(request: Request) -> Response:
    """What is known of the paper with this token. NotFound when nobody issued it."""
    host = request.app.state.portal.host
    paper = host.ask("verify_document", db=request.state.db, token=request.path_params["token"][:200])
    if paper is None:
        raise NotFound(N_("Tidak ada surat atau dokumen dengan kode ini. Pindai lagi QR-nya; bila tetap tidak ditemukan, jangan anggap berkas itu asli."))
    return page(request, "documents/verify.html", paper=paper, titles=TITLES, tones=TONES, headers=NOINDEX)


def check_form(request: Request) -> Response:
    return page(request, "documents/check.html", finding=None, error="", most_mb=checking.MOST_BYTES // (1024 * 1024))


def check(request: Request) -> Response:
    """Look at the PDF that was sent, and keep nothing of it."""
    upload = form_of(request).get("berkas")
    finding, error, status = None, "", 200
    try:
        if not isinstance(upload, UploadFile) or not upload.size:
            raise InvalidInput(N_("Pilih berkas PDF lebih dahulu."))
        if upload.size > checking.MOST_BYTES:
            raise InvalidInput(N_("Berkas ini terlalu besar. Paling besar %(n)s MB."), n=checking.MOST_BYTES // (1024 * 1024))
        if not _tries.hit(_PER_ADDRESS, "periksa", request.client.host if request.client else ""):
            raise TooMany()
        upload.file.seek(0)
        finding = checking.check(request.state.db, upload.file.read())
    except (InvalidInput, TooMany) as refusal:
        error, status = refusal.sentence(), refusal.status
    return page(
        request, "documents/check.html", status=status, finding=finding, error=error, titles=TITLES, tones=TONES, most_mb=checking.MOST_BYTES // (1024 * 1024)
    )


check.looks_at_uploads = False  # type: ignore[attr-defined]

routes = [
    Route("/dokumen/", index, name="dokumen:index"),
    Route("/dokumen/{id:int}", show, name="dokumen:show"),
    Route("/dokumen/{id:int}/berkas.pdf", file, name="dokumen:file"),
    Route("/v/", check_form, name="dokumen:check"),
    Route("/v/", check, methods=["POST"], name="dokumen:check.file"),
    Route("/v/{token}", verify, name="verify"),
]
