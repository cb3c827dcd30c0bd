"""What must happen after a change and never be lost: written in the same transaction, done afterwards, at least once.

A fact is expanded to one row for each plugin that hears it, so that each is retried alone. The row is marked done in the
very transaction in which the plugin does its work: within this database it happens exactly once, whenever a process
dies. What leaves the house (mail, messages) is claimed first and sent outside of a transaction: at least once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import JSON, Index, String, Text, UniqueConstraint, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from .db import Base, after_commit, before_commit, insert_into

if TYPE_CHECKING:
    from .app import Portal

__all__ = ["NotNow", "tell"]

log = structlog.get_logger("pendopo.outbox")

CLAIM = timedelta(seconds=60)
MOST_ATTEMPTS = 12
LONGEST_PAUSE_S = 3600
CHANNEL = "pendopo_outbox"
POLL_S = 2.0
MOST_WAIT_S = 0.5
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
Sender = Callable[["Portal", OutboxRow], dict[str, Any] | None]
_handlers: dict[str, Handler] = {}
_senders: dict[str, Sender] = {}
_dispatchers: list[Dispatcher] = []


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register what does rows of `kind`, in the transaction that marks them done: work in this database, and quick."""

    def keep(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return keep


def sender(kind: str) -> Callable[[Sender], Sender]:
    """Register what hands rows of `kind` to somebody outside (a mail server), without holding a transaction meanwhile.

    The row is claimed for a minute first. What the function returns replaces the row's payload. A process that dies
    between sending and noting it sends again.
    """

    def keep(function: Sender) -> Sender:
        _senders[kind] = function
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
    now = datetime.now(UTC)
    values = {"kind": kind, "target": target, "key": key[:200], "payload": pack(payload or {}), "created_at": now, "run_after": run_after or now}
    writing = insert_into(db, OutboxRow).values(**values, attempts=0, error="").on_conflict_do_nothing(index_elements=["kind", "target", "key"])
    written = db.execute(writing.returning(OutboxRow.id)).first()
    if written is not None:
        before_commit(db, _notify, key="outbox")
        after_commit(db, _wake_all, key="outbox")
    return written is not None


def _notify(db: Session) -> None:
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text(f"NOTIFY {CHANNEL}"))


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


def _due(now: datetime, kinds: dict[str, Any]) -> Any:
    return (
        select(OutboxRow)
        .where(
            OutboxRow.kind.in_(list(kinds)), OutboxRow.done_at.is_(None), OutboxRow.failed_at.is_(None), OutboxRow.run_after <= now,
            OutboxRow.claimed_until.is_(None) | (OutboxRow.claimed_until < now),
        )
        .order_by(OutboxRow.run_after, OutboxRow.id).limit(1).with_for_update(skip_locked=True)  # SQLite has one writer anyway
    )


def _is_idle(portal: Portal, now: datetime, kinds: dict[str, Any]) -> bool:
    """On SQLite, look before asking for the one write lock."""
    if not portal.db.is_sqlite:
        return False
    with portal.db.session(write=False) as db:
        return db.scalar(_due(now, kinds)) is None


def _handle_one(portal: Portal, now: datetime) -> bool:
    """Do one due row in one transaction. False when there was none."""
    row_id = 0
    try:
        with portal.db.session() as db:
            row = db.scalar(_due(now, _handlers))
            if row is None:
                return False
            row_id, kind, target = row.id, row.kind, row.target
            _handlers[kind](portal, db, row)
            row.done_at, row.error = datetime.now(UTC), ""
    except NotNow as reason:
        _later(portal, row_id, str(reason), counted=False)
    except Exception as error:
        if not row_id:
            raise
        _later(portal, row_id, f"{type(error).__name__}: {error}", counted=True)
        _blame(portal, row_id, kind, target, error)
    return True


def _send_one(portal: Portal, now: datetime) -> bool:
    """Claim one due row, hand it over outside of any transaction, and note that. False when there was none."""
    with portal.db.session() as db:
        row = db.scalar(_due(now, _senders))
        if row is None:
            return False
        row.claimed_until = now + CLAIM
    try:
        payload = _senders[row.kind](portal, row)
    except Exception as error:  # noqa: BLE001  the edge may fail in any way
        _later(portal, row.id, f"{type(error).__name__}: {error}", counted=True)
        _blame(portal, row.id, row.kind, row.target, error)
        return True
    with portal.db.session() as db:
        done = {"done_at": datetime.now(UTC), "claimed_until": None, "error": ""}
        db.execute(update(OutboxRow).where(OutboxRow.id == row.id).values(**done, **({"payload": payload} if payload is not None else {})))
    return True


def _blame(portal: Portal, row_id: int, kind: str, target: str, error: Exception) -> None:
    """Note the fault. The target of a message is an address, and is not written down again."""
    plugin, _, hook = target.partition(":") if kind == "hook" else ("outbox", "", kind)
    portal.host.fault(plugin, f"outbox:{hook}#{row_id}", error)


def _later(portal: Portal, row_id: int, reason: str, *, counted: bool) -> None:
    now = datetime.now(UTC)
    with portal.db.session() as db:
        row = db.get(OutboxRow, row_id)
        if row is None:
            return
        row.claimed_until, row.error = None, reason[:2000]
        row.attempts += counted
        row.run_after = now + timedelta(seconds=min(2**row.attempts, LONGEST_PAUSE_S) if counted else 60)
        if counted and row.attempts >= MOST_ATTEMPTS:
            row.failed_at = now


def deliver_due(portal: Portal, *, now: datetime | None = None, most: int = 10_000, outside: bool | None = None) -> int:
    """Do what is due, one row after the other, and return how many were tried. `outside`: only senders, or only handlers."""
    tried = 0
    for one, kinds in ((_handle_one, _handlers), (_send_one, _senders)):
        if outside is not None and outside != (kinds is _senders):
            continue
        while tried < most and not _is_idle(portal, now or datetime.now(UTC), kinds) and one(portal, now or datetime.now(UTC)):
            tried += 1
    return tried


class _Crowd:
    """Whether thousands of sockets of this process are about to be told something: work in other threads would take turns
    with that, and the last one would hear it late. It is soon over, and never waited for longer than MOST_WAIT_S.
    """

    def __init__(self) -> None:
        self._until = 0.0
        self._told = threading.Event()

    def comes(self) -> None:
        self._told.clear()
        self._until = time.monotonic() + MOST_WAIT_S

    def was_told(self) -> None:
        self._until = 0.0
        self._told.set()

    def is_near(self) -> bool:
        return time.monotonic() < self._until

    def wait(self) -> None:
        self._told.wait(max(0.0, self._until - time.monotonic()))


_crowd = _Crowd()
crowd_comes, crowd_was_told, is_crowd_near = _crowd.comes, _crowd.was_told, _crowd.is_near


class Dispatcher:
    """Does what is due in two threads of each web process: a mail server that hangs does not keep facts waiting."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self._stopping = threading.Event()
        self._wakes = {outside: threading.Event() for outside in (False, True)}
        self._threads = [threading.Thread(target=self._run, args=(outside,), name=f"outbox-{outside}", daemon=True) for outside in self._wakes]

    def start(self) -> None:
        _dispatchers.append(self)
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        for event in self._wakes.values():
            event.set()

    def _run(self, outside: bool) -> None:
        wake = self._wakes[outside]
        while not self._stopping.is_set():
            wake.clear()
            _crowd.wait()
            try:
                if deliver_due(self.portal, most=BATCH, outside=outside) >= BATCH:
                    continue
            except Exception:
                log.exception("the outbox could not be read")
                self._stopping.wait(POLL_S)
            wake.wait(POLL_S)

    def stop(self) -> None:
        self._stopping.set()
        self.wake()
        if self in _dispatchers:
            _dispatchers.remove(self)
        for thread in self._threads:
            thread.join(10)


def wake_dispatchers() -> None:
    """There may be something to do, written by another process."""
    _wake_all()


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
    anew = {"failed_at": None, "attempts": 0, "run_after": now, "claimed_until": None}
    changed = db.execute(update(OutboxRow).where(OutboxRow.id == row_id, OutboxRow.done_at.is_(None)).values(**anew))
    after_commit(db, _wake_all, key="outbox")
    return changed.rowcount == 1


def drop(db: Session, row_id: int, *, now: datetime) -> bool:
    """Give a failed row up for good; it stays as done with its error."""
    failed = update(OutboxRow).where(OutboxRow.id == row_id, OutboxRow.failed_at.is_not(None), OutboxRow.done_at.is_(None))
    return db.execute(failed.values(done_at=now)).rowcount == 1
