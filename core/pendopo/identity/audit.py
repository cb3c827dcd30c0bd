"""The audit trail: append-only, each line chained to the one before by its hash."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from .actor import Actor
from .models import AuditEntry
from .numbers import hide_numbers

GENESIS = "0" * 64
LOCK = 7403605


def _hash(prev: str, entry: AuditEntry) -> str:
    line = [prev, entry.at.astimezone(UTC).isoformat(), entry.actor_id, entry.actor_name, entry.on_behalf_of, entry.action, entry.subject, entry.detail]
    return hashlib.sha256(json.dumps(line, ensure_ascii=False).encode()).hexdigest()


def record(db: Session, actor: Actor, action: str, subject: str, detail: dict[str, Any]) -> AuditEntry:
    """Append what `actor` did to the trail, in the caller's transaction. Numbers of 16 digits are hidden.

    Writers wait for each other, so that the chain has one order.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    prev = db.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)) or GENESIS
    entry = AuditEntry(
        at=datetime.now(UTC), actor_id=actor.account_id, actor_name=hide_numbers(actor.name)[:160], on_behalf_of=actor.on_behalf_of, action=action,
        subject=hide_numbers(subject)[:160], detail=hide_numbers(json.dumps(detail, ensure_ascii=False, default=str, sort_keys=True)), prev_hash=prev,
    )
    entry.hash = _hash(prev, entry)
    db.add(entry)
    db.flush()
    return entry


def verify_audit(db: Session) -> int | None:
    """The id of the first line that does not fit the chain, or None when all do."""
    prev = GENESIS
    for entry in db.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000)):
        if entry.prev_hash != prev or entry.hash != _hash(prev, entry):
            return entry.id
        prev = entry.hash
    return None
