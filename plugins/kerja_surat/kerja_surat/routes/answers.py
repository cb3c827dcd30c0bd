"""Answers that several subjects give."""

from __future__ import annotations

import re

from starlette.responses import Response


def pdf(body: bytes, name: str) -> Response:
    """A PDF shown in the browser, with a name to save it under."""
    plain = re.sub(r"[^A-Za-z0-9.-]+", "-", name)
    return Response(body, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{plain}"', "X-Content-Type-Options": "nosniff"})
