"""Keys for Open311: who may send reports for others. A key is shown once; only its hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import NotFound
from pendopo.identity import Actor, record

from .kind import KEYS
from .models import ApiKey


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def list_keys(db: Session, actor: Actor) -> list[ApiKey]:
    actor.require(KEYS)
    return list(db.scalars(select(ApiKey).order_by(ApiKey.revoked_at.is_not(None), ApiKey.id)))


def make_key(db: Session, actor: Actor, name: str, contact: str, *, now: datetime) -> tuple[ApiKey, str]:
    """The row, and the key itself, which nobody can read again."""
    actor.require(KEYS)
    key = f"lapor_{secrets.token_urlsafe(27)}"
    row = ApiKey(name=name, contact=contact, start=key[6:12], key_hash=hash_of(key), made_by=actor.account_id, made_at=now)
    db.add(row)
    db.flush()
    record(db, actor, "pelaporan.key_made", f"kunci:{row.id}", {"name": name})
    return row, key


def revoke_key(db: Session, actor: Actor, key_id: int, *, now: datetime) -> ApiKey:
    actor.require(KEYS)
    row = db.get(ApiKey, key_id)
    if row is None:
        raise NotFound()
    if row.revoked_at is None:
        row.revoked_at = now
        record(db, actor, "pelaporan.key_revoked", f"kunci:{row.id}", {"name": row.name})
        db.flush()
    return row


def find_key(db: Session, key: str, *, now: datetime) -> ApiKey | None:
    """The valid key that this is; notes the day of use."""
    row = db.scalar(select(ApiKey).where(ApiKey.key_hash == hash_of(key), ApiKey.revoked_at.is_(None))) if 10 < len(key) < 100 else None
    if row is not None and row.last_used_on != now.date():
        row.last_used_on = now.date()
    return row
