"""QR codes as pictures: on pages, on papers, as a file."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from markupsafe import Markup

__all__ = ["qr_drawing", "qr_png", "qr_svg"]


def qr_svg(text: str, label: str) -> Markup:
    """For a page: an inline SVG (class `qr`) that says what it is. Its ground stays white in the dark look, or scanners fail."""
    drawn = _saved(text, kind="svg", xmldecl=False, svgns=True, border=4, light="#fff", dark="#000", omitsize=True, svgclass="qr", lineclass=None, title=label)
    return Markup(drawn.decode().replace("<svg ", '<svg role="img" ', 1))  # noqa: S704  segno escapes the title


def qr_drawing(text: str) -> str:
    """For a paper: an SVG without ground or words, whose size the template gives."""
    return _saved(text, kind="svg", xmldecl=False, border=1).decode()


def qr_png(text: str) -> bytes:
    """A picture that a phone can keep and open in another app."""
    return _saved(text, kind="png", scale=10, border=4)


def _saved(text: str, **options: Any) -> bytes:
    """One mask for all: choosing among eight costs more than all else of it, and every reader knows each."""
    import segno

    out = BytesIO()
    segno.make(text, error="m", mask=2, micro=False).save(out, **options)
    return out.getvalue()
