"""The listeners' own port: a small process beside the web workers, where the operator asks for one."""

from __future__ import annotations

import os

from pendopo import N_, Service
from pendopo.pages import current_pages

PORT = "PENDOPO_RADIO_PORT"


def port_services() -> list[Service]:
    """One where PENDOPO_RADIO_PORT is set, else none. What people are told of its address is `radio.pendengar_url`."""
    port = os.environ.get(PORT, "")
    if not port:
        return []
    settings = current_pages().portal.settings
    command = (
        "{python}", "-m", "pendopo_stream.relay", "--home", "{home}/radio", "--port", port, "--name", f"Radio {settings.regency.portal_gawe}",
        "--genre", "Pelayanan publik", "--admin", settings.mail_from,
    )
    return [Service("radio-pendengar", N_("Gerbang pendengar radio"), command)]
