"""QR codes as pictures."""

from __future__ import annotations

from io import BytesIO

from markupsafe import Markup


def qr_svg(text: str, label: str) -> Markup:
    """An inline SVG of a QR code with what it is as text; its own ground stays white in the dark look, or scanners fail."""
    import segno

    out = BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, border=4, light="#fff", dark="#000", omitsize=True, svgclass="qr", lineclass=None, title=label
    )
    return Markup(out.getvalue().decode().replace("<svg ", '<svg role="img" ', 1))  # noqa: S704  segno escapes the title


def qr_png(text: str) -> bytes:
    """The same as a picture that a phone can keep and open in a payment app."""
    import segno

    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=10, border=4)
    return out.getvalue()
