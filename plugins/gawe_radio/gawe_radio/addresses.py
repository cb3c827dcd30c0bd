"""What the station is called, and where its pages are found from outside."""

from __future__ import annotations

from starlette.requests import Request


def station_name(request: Request) -> str:
    return f"Radio {request.app.state.portal.settings.regency.portal_gawe}"


def whole(request: Request, path: str) -> str:
    """`path` with the portal's public address in front, for feeds, players and other sites."""
    return request.app.state.portal.settings.public_url.rstrip("/") + path
