"""Addresses of papers: the citizen's wallet and the page that verifies."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...errors import NotFound
from ...http import path_int
from .models import Document
from .reading import document_bytes


def _mine(request: Request) -> Document:
    document = request.state.db.get(Document, path_int(request))
    request.user.require_signed_in()
    if document is None or document.holder_id != request.user.citizen_id:
        raise NotFound()
    return document


def file(request: Request) -> Response:
    document = _mine(request)
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox", "Content-Disposition": "attachment"}
    return Response(document_bytes(request.state.db, document), media_type="application/pdf", headers=headers)


routes = [
    Route("/dokumen/{id:int}", file, name="dokumen:show"),
    Route("/dokumen/{id:int}/berkas.pdf", file, name="dokumen:file"),
]
