"""What every answer carries and what every write must show."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from .errors import N_, PermissionRefused
from .settings import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class CrossSiteWrite(PermissionRefused):
    message = N_("Permintaan ini datang dari situs lain. Buka halamannya di portal ini, lalu kirim lagi.")


def security_headers(settings: Settings) -> list[tuple[bytes, bytes]]:
    """Strict by default: no inline script or style, nothing from other hosts but a map that the operator chose."""
    map_host = f" {urlsplit(settings.map_base).scheme}://{urlsplit(settings.map_base).netloc}" if "://" in settings.map_base else ""
    policy = "; ".join((
        "default-src 'self'", "script-src 'self'", "style-src 'self'", f"img-src 'self' data: blob:{map_host}",
        f"connect-src 'self'{map_host}", "media-src 'self' blob:", "font-src 'self'", "worker-src 'self' blob:", "object-src 'none'",
        "base-uri 'self'", "form-action 'self'", "frame-ancestors 'none'",
    ))
    headers = [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"permissions-policy", b"geolocation=(self), microphone=(self), camera=(self), payment=()"),
        (b"cross-origin-opener-policy", b"same-origin"),
    ]
    if settings.public_url.startswith("https:"):
        headers.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
    return headers


def host_is_allowed(host: str, allowed: list[str]) -> bool:
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return "*" in allowed or name in allowed


def is_own_origin(connection: HTTPConnection, origin: str) -> bool:
    try:
        netloc = urlsplit(origin).netloc
    except ValueError:
        return False
    return bool(netloc) and netloc == connection.headers.get("host", "")


def check_write(connection: HTTPConnection) -> None:
    """Refuse a write that another site made the browser send. Raises CrossSiteWrite.

    `Sec-Fetch-Site` decides where the browser sends it; else `Origin`, else `Referer`. A client that sends none of the
    three is let through only without cookies: it then has no authority that could be abused.
    """
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        if site in ("same-origin", "none"):
            return
        raise CrossSiteWrite()
    for header in ("origin", "referer"):
        value = connection.headers.get(header)
        if value is not None:
            if is_own_origin(connection, value):
                return
            raise CrossSiteWrite()
    if connection.headers.get("cookie"):
        raise CrossSiteWrite()


def check_socket(connection: HTTPConnection) -> bool:
    """May this websocket be opened? Browsers always send `Origin`; a client without one must come without cookies."""
    origin = connection.headers.get("origin")
    return is_own_origin(connection, origin) if origin is not None else not connection.headers.get("cookie")


def add_headers(send: Any, extra: list[tuple[bytes, bytes]]) -> Any:
    """A `send` that adds `extra` to a response, without replacing what the handler set itself."""

    async def sending(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            present = {key for key, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(pair for pair in extra if pair[0] not in present)]
        await send(message)

    return sending
