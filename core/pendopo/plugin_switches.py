"""Switching plugins while the portal runs: the database is the truth, the live wire tells every process."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .db import Base
from .errors import N_, Conflict, NotFound
from .identity.actor import Actor
from .plugins import current_host

SIGNAL = "plugins"


class PluginSwitch(Base):
    __tablename__ = "core_plugin"

    name: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool]
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None]


class StoredFault(Base):
    """A fault of a plugin, kept for operators of every process."""

    __tablename__ = "core_fault"

    id: Mapped[int] = mapped_column(primary_key=True)
    plugin: Mapped[str]
    place: Mapped[str]
    summary: Mapped[str]
    detail: Mapped[str]
    at: Mapped[datetime]


def disabled_plugins(db: Session) -> set[str]:
    return set(db.scalars(select(PluginSwitch.name).where(PluginSwitch.enabled.is_(False))))


def switch_plugin(db: Session, actor: Actor, name: str, enabled: bool, *, now: datetime) -> None:
    """Turn a plugin on or off for every process. Its data stay. Raises NotFound, Conflict."""
    from . import live
    from .identity import record

    actor.require("core.manage_plugins")
    plugin = current_host().plugins.get(name)
    if plugin is None:
        raise NotFound(N_("Tidak ada layanan bernama %(name)s."), name=name)
    if plugin.builtin:
        raise Conflict(N_("Bagian inti tidak dapat dimatikan."))
    if not enabled:
        needing = [p.name for p in current_host().enabled() if p.card and name in p.card.requires]
        if needing:
            raise Conflict(N_("Layanan ini masih diperlukan oleh: %(names)s."), names=", ".join(needing))
    row = db.get(PluginSwitch, name) or PluginSwitch(name=name)
    row.enabled, row.changed_at, row.changed_by = enabled, now, actor.account_id
    db.add(row)
    db.flush()
    record(db, actor, "plugin.enabled" if enabled else "plugin.disabled", name, {})
    live.signal(db, SIGNAL, {"name": name, "enabled": enabled})
