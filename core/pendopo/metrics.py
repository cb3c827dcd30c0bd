"""Figures for operators' monitoring, as Prometheus reads them: this process's own, and what waits in the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from .errors import NotFound
from .outbox import OutboxRow

LOCAL = ("127.0.0.1", "::1")
TYPE = "text/plain; version=0.0.4"


def figures(portal: Any, db: Session) -> Iterator[tuple[str, str, str, dict[str, str], float]]:
    """`(name, type, help, labels, value)` of everything that is counted."""
    undone = OutboxRow.done_at.is_(None)
    for state, condition in (("waiting", OutboxRow.failed_at.is_(None)), ("failed", OutboxRow.failed_at.is_not(None))):
        count = db.scalar(select(func.count()).select_from(OutboxRow).where(undone, condition)) or 0
        yield "pendopo_outbox_rows", "gauge", "What the outbox has not done yet.", {"state": state}, count
    hub = getattr(portal.background, "hub", None)
    sockets = {listener for listeners in hub.by_topic.values() for listener in listeners} if hub is not None else set()
    yield "pendopo_live_sockets", "gauge", "Open pages that hear this process.", {}, len(sockets)
    yield "pendopo_kept_pages_bytes", "gauge", "Room that kept pages take.", {}, portal.cache.bytes
    for plugin in portal.host:
        yield "pendopo_plugin_enabled", "gauge", "1 when the plugin serves.", {"plugin": plugin.name}, int(plugin.state == "enabled")
    for plugin in portal.host:
        yield "pendopo_plugin_faults", "gauge", "Faults remembered of the plugin, at most 20.", {"plugin": plugin.name}, len(plugin.faults)
    for name, help_, value in (
        ("pendopo_hook_calls_total", "Calls of the plugin's hooks.", lambda time: time.calls),
        ("pendopo_hook_seconds_total", "Time spent in the plugin's hooks.", lambda time: time.total_s),
    ):
        for plugin in portal.host:
            for hook, time in sorted(plugin.times.items()):
                yield name, "counter", help_, {"plugin": plugin.name, "hook": hook}, value(time)


def exposition(portal: Any, db: Session) -> str:
    lines: list[str] = []
    known = ""
    for name, kind, help_, labels, value in figures(portal, db):
        if name != known:
            lines += [f"# HELP {name} {help_}", f"# TYPE {name} {kind}"]
            known = name
        inside = ",".join(f'{key}="{text}"' for key, text in labels.items())
        lines.append(f"{name}{{{inside}}} {value:g}" if inside else f"{name} {value:g}")
    return "\n".join(lines) + "\n"


def metrics(request: Request) -> PlainTextResponse:
    """For this machine's own monitoring, and for operators; to anyone else there is no such page."""
    if (request.client is None or request.client.host not in LOCAL) and not request.user.can("core.manage_plugins"):
        raise NotFound()
    return PlainTextResponse(exposition(request.app.state.portal, request.state.db), media_type=TYPE, headers={"Cache-Control": "no-store"})
