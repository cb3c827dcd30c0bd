"""What must happen after a change and never be lost: written in the same transaction, done afterwards, at least once.

A fact is expanded to one row for each plugin that hears it, so that each is retried alone. The row is marked done in the
very transaction in which the plugin does its work: within this database it happens exactly once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import JSON, Index, String, Text, UniqueConstraint, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from .db import Base, after_commit

if TYPE_CHECKING:
    from .app import Portal

log = structlog.get_logger("pendopo.outbox")

CLAIM = timedelta(seconds=60)
MOST_ATTEMPTS = 12
LONGEST_PAUSE_S = 3600
CHANNEL = "pendopo_outbox"
POLL_S = 2.0
BATCH = 20


class OutboxRow(Base):
    """One thing to do. `kind`: fact (expand), hook (tell one plugin), or the name of a handler. `target`: for whom."""

    __tablename__ = "core_outbox"
    __table_args__ = (UniqueConstraint("kind", "target", "key"), Index("ix_core_outbox_due", "done_at", "failed_at", "run_after"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    target: Mapped[str] = mapped_column(String(120), default="")
    key: Mapped[str] = mapped_column(String(200))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    run_after: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")


Handler = Callable[["Portal", Session, OutboxRow], None]
_handlers: dict[str, Handler] = {}
_dispatchers: list[Dispatcher] = []


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register what does rows of `kind`, in the transaction that marks them done."""

    def keep(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return keep


def pack(value: Any) -> Any:
    """Plain values as JSON; times and dates keep their type."""
    if isinstance(value, datetime):
        return {"$time": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, dict):
        return {str(key): pack(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [pack(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"a fact carries plain values, not {type(value).__name__}")


def unpack(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"$time"}:
            return datetime.fromisoformat(value["$time"])
        if set(value) == {"$date"}:
            return date.fromisoformat(value["$date"])
        return {key: unpack(item) for key, item in value.items()}
    return [unpack(item) for item in value] if isinstance(value, list) else value


def put(db: Session, kind: str, *, key: str, target: str = "", payload: dict[str, Any] | None = None, run_after: datetime | None = None) -> bool:
    """Write a row in the caller's transaction. False when the same (kind, target, key) is there already."""
    dialect = _insert_for(db)
    now = datetime.now(UTC)
    values = {"kind": kind, "target": target, "key": key[:200], "payload": pack(payload or {}), "created_at": now, "run_after": run_after or now, "attempts": 0, "error": ""}
    written = db.execute(dialect(OutboxRow).values(**values).on_conflict_do_nothing(index_elements=["kind", "target", "key"]).returning(OutboxRow.id)).first()
    if written is not None and not db.info.get("outbox_wake"):
        db.info["outbox_wake"] = True
        if db.get_bind().dialect.name == "postgresql":
            db.execute(text(f"NOTIFY {CHANNEL}"))
        after_commit(db, _wake_all)
    return written is not None


def _insert_for(db: Session) -> Any:
    from sqlalchemy.dialects import postgresql, sqlite

    return sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert


def _wake_all() -> None:
    for dispatcher in list(_dispatchers):
        dispatcher.wake()


def tell(db: Session, hook: str, *, key: str, **values: Any) -> None:
    """Tell the fact `hook` to every plugin that hears it, after commit, at least once, de-duplicated by `key`."""
    put(db, "fact", target=hook, key=key, payload=values)


@handler("fact")
def _expand(portal: Portal, db: Session, row: OutboxRow) -> None:
    for plugin, _impl in portal.host.impls(row.target):
        put(db, "hook", target=f"{plugin.name}:{row.target}", key=row.key, payload=unpack(row.payload))


@handler("hook")
def _tell_plugin(portal: Portal, db: Session, row: OutboxRow) -> None:
    plugin, _, hook = row.target.partition(":")
    if not portal.host.is_enabled(plugin):
        raise NotNow(f"{plugin} is switched off")
    portal.host.tell(plugin, hook, db=db, key=row.key, **unpack(row.payload))


class NotNow(Exception):
    """This can't be done now, and that is nobody's fault: try later without counting."""


def _claim(portal: Portal, now: datetime) -> int | None:
    """Take one due row for this process for a minute; its id, or None when nothing is due."""
    due = (
        select(OutboxRow.id)
        .where(OutboxRow.done_at.is_(None), OutboxRow.failed_at.is_(None), OutboxRow.run_after <= now, (OutboxRow.claimed_until.is_(None)) | (OutboxRow.claimed_until < now))
        .order_by(OutboxRow.run_after, OutboxRow.id).limit(1)
    )
    if portal.db.is_sqlite:
        with portal.db.session(write=False) as db:
            if db.scalar(due) is None:
                return None
    with portal.db.session() as db:
        if not portal.db.is_sqlite:
            due = due.with_for_update(skip_locked=True)
        row_id = db.scalar(due)
        if row_id is not None:
            db.execute(update(OutboxRow).where(OutboxRow.id == row_id).values(claimed_until=now + CLAIM, attempts=OutboxRow.attempts + 1))
        return row_id


def _do(portal: Portal, row_id: int) -> None:
    try:
        with portal.db.session() as db:
            row = db.get(OutboxRow, row_id)
            if row is None or row.done_at is not None:
                return
            _handlers[row.kind](portal, db, row)
            row.done_at, row.claimed_until, row.error = datetime.now(UTC), None, ""
    except NotNow as reason:
        _later(portal, row_id, str(reason), counted=False)
    except Exception as error:  # noqa: BLE001  whatever a plugin raises, its row waits and the others go on
        _later(portal, row_id, f"{type(error).__name__}: {error}", counted=True, fault=error)


def _later(portal: Portal, row_id: int, reason: str, *, counted: bool, fault: Exception | None = None) -> None:
    now = datetime.now(UTC)
    with portal.db.session() as db:
        row = db.get(OutboxRow, row_id)
        if row is None:
            return
        attempts = row.attempts if counted else max(row.attempts - 1, 0)
        row.attempts, row.claimed_until, row.error = attempts, None, reason[:2000]
        row.run_after = now + timedelta(seconds=min(2 ** min(max(attempts, 1), 12), LONGEST_PAUSE_S) if counted else 60)
        if counted and attempts >= MOST_ATTEMPTS:
            row.failed_at = now
        target = row.target
    if fault is not None:
        portal.host.fault(target.partition(":")[0], f"outbox:{target}", fault)


def deliver_due(portal: Portal, *, now: datetime | None = None, most: int = 10_000) -> int:
    """Do everything that is due, one row after the other, and return how many were tried."""
    done = 0
    while done < most and (row_id := _claim(portal, now or datetime.now(UTC))) is not None:
        _do(portal, row_id)
        done += 1
    return done


class Dispatcher(threading.Thread):
    """Does what is due, in a thread of each web process."""

    def __init__(self, portal: Portal) -> None:
        super().__init__(name="outbox", daemon=True)
        self.portal = portal
        self._wake = threading.Event()
        self._stopping = threading.Event()

    def start(self) -> None:
        _dispatchers.append(self)
        super().start()

    def wake(self) -> None:
        self._wake.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                if deliver_due(self.portal, most=BATCH) >= BATCH:
                    continue
            except Exception:
                log.exception("the outbox could not be read")
            self._wake.wait(POLL_S)
            self._wake.clear()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self in _dispatchers:
            _dispatchers.remove(self)
        self.join(10)


def waiting(db: Session, *, state: str = "waiting", limit: int = 100) -> list[OutboxRow]:
    """Rows for operators: waiting, failed or done."""
    query = select(OutboxRow).order_by(OutboxRow.id.desc()).limit(limit)
    if state == "failed":
        query = query.where(OutboxRow.failed_at.is_not(None))
    elif state == "done":
        query = query.where(OutboxRow.done_at.is_not(None))
    else:
        query = query.where(OutboxRow.done_at.is_(None), OutboxRow.failed_at.is_(None))
    return list(db.scalars(query))


def retry(db: Session, row_id: int, *, now: datetime) -> bool:
    """Try a failed or waiting row again at once."""
    changed = db.execute(update(OutboxRow).where(OutboxRow.id == row_id, OutboxRow.done_at.is_(None)).values(failed_at=None, attempts=0, run_after=now, claimed_until=None))
    after_commit(db, _wake_all)
    return changed.rowcount == 1


def drop(db: Session, row_id: int, *, now: datetime) -> bool:
    """Give a failed row up for good; it stays as done with its error."""
    return db.execute(update(OutboxRow).where(OutboxRow.id == row_id, OutboxRow.failed_at.is_not(None), OutboxRow.done_at.is_(None)).values(done_at=now)).rowcount == 1
