"""`pendopo doctor`: what must work, looked at one by one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from .app import Portal

FREE_BYTES = 500 * 1024 * 1024


def examine(portal: Portal) -> Iterator[tuple[bool, str, str]]:
    """Yield `(ok, what, detail)`."""
    from . import migrate as migrations

    settings = portal.settings
    free = shutil.disk_usage(settings.home).free
    yield free > FREE_BYTES, "disk", f"{free // 2**20} MiB bebas di {settings.home}"
    yield os.access(settings.home, os.W_OK), "home", str(settings.home)
    yield bool(settings.secret), "rahasia", "ada"
    try:
        with portal.db.session(write=False) as db:
            db.execute(text("SELECT 1"))
        yield True, "basis data", portal.db.engine.dialect.name
    except Exception as error:  # noqa: BLE001  the point is to report it
        yield False, "basis data", type(error).__name__
        return
    for history in migrations.histories(portal.host):
        at, wanted = migrations.current(portal.db.engine, history), migrations.head(history)
        yield at == wanted, f"migrasi {history.name}", at or "belum dijalankan"
    portal.load_switches()
    for plugin in portal.host:
        if not plugin.builtin:
            yield not plugin.broken, f"plugin {plugin.name}", plugin.broken or plugin.state
    with portal.db.session(write=False) as db:
        for check in portal.host.call_each("health", db=db):
            yield check.ok, f"layanan {check.slug}", check.detail
    yield bool(settings.smtp_url) or settings.demo, "surel", "SMTP" if settings.smtp_url else f"ditulis ke {settings.home / 'mail'} (setel PENDOPO_SMTP_URL)"
