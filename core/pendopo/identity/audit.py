"""The audit trail: append-only, each line chained to the one before by its hash, its end sealed with the installation's secret.

The chain shows a line that was changed, taken out or put in; the seal shows lines that were cut off at the end, and a
chain that somebody without the secret made anew.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..db import before_commit, in_order_of_commits
from .actor import Actor
from .models import AuditEntry, AuditSeal
from .numbers import hide_numbers
from .secrecy import seal_of

GENESIS = "0" * 64


def _hash(prev: str, entry: AuditEntry) -> str:
    line = [
        prev, entry.at.astimezone(UTC).isoformat(), entry.actor_id, entry.actor_name, entry.on_behalf_of, entry.action, entry.subject, entry.detail,
    ]
    return hashlib.sha256(json.dumps(line, ensure_ascii=False).encode()).hexdigest()


def record(db: Session, actor: Actor, action: str, subject: str, detail: dict[str, Any]) -> None:
    """Append what `actor` did to the trail, with the caller's transaction. Numbers of 16 digits are hidden.

    Written last, in the order of commits: so the chain has one order, and nobody holds its end while they work.
    """
    line = {
        "at": datetime.now(UTC), "actor_id": actor.account_id, "actor_name": hide_numbers(actor.name)[:160], "on_behalf_of": actor.on_behalf_of,
        "action": action[:80], "subject": hide_numbers(subject)[:160],
        "detail": hide_numbers(json.dumps(detail, ensure_ascii=False, default=str, sort_keys=True)),
    }
    before_commit(db, partial(_append, line=line))


def _append(db: Session, *, line: dict[str, Any]) -> None:
    in_order_of_commits(db)
    prev = db.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)) or GENESIS
    entry = AuditEntry(**line, prev_hash=prev)
    entry.hash = _hash(prev, entry)
    db.add(entry)
    _seal(db, entry.hash)
    db.flush()


def _seal(db: Session, last: str) -> None:
    held = db.scalar(select(AuditSeal).where(AuditSeal.id == 1).execution_options(populate_existing=True))
    if held is None:
        held = AuditSeal(id=1, entries=0, seal="")
        db.add(held)
    held.entries += 1
    held.seal = seal_of("audit", f"{held.entries}:{last}")


@dataclass(frozen=True)
class AuditFault:
    """Where the trail stops being what was written. `what`: changed, moved (taken out or put in before it), cut (the end)."""

    entry_id: int | None
    what: Literal["changed", "moved", "cut"]


def verify_audit(db: Session) -> AuditFault | None:
    """The first fault of the whole trail, or None when it is untouched."""
    prev, count, last_id = GENESIS, 0, None
    with db.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000)) as lines:
        for entry in lines:
            if entry.prev_hash != prev:
                return AuditFault(entry.id, "moved")
            if entry.hash != _hash(prev, entry):
                return AuditFault(entry.id, "changed")
            prev, count, last_id = entry.hash, count + 1, entry.id
    seal = db.get(AuditSeal, 1)
    if (seal is None and count) or (seal is not None and (seal.entries != count or seal.seal != seal_of("audit", f"{count}:{prev}"))):
        return AuditFault(last_id, "cut")
    return None
