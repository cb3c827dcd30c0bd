"""What the station is called."""

from __future__ import annotations

from starlette.requests import Request


def station_name(request: Request) -> str:
    return f"Radio {request.app.state.portal.settings.regency.portal_gawe}"
