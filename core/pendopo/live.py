"""The page's websocket: what changed, told to every open page that may know.

The table `core_live` is the truth: a message is written in the transaction that causes it, and read by the hub of every
process once it is committed. Wake-ups only make that quick: an event inside the process, NOTIFY on PostgreSQL, a look at
SQLite's `data_version` for other processes. A page that was away asks again from the last id that it saw.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import JSON, String, delete, func, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import outbox
from .db import Base, after_commit, before_commit, in_order_of_commits
from .sockets import Straight, text_frame

if TYPE_CHECKING:
    from .app import Portal

__all__ = ["REPLAY_MOST", "Listener", "as_message", "on_signal", "publish", "signal", "subscribe"]

log = structlog.get_logger("pendopo.live")

CHANNEL = "pendopo_live"
KEPT = timedelta(hours=24)
HEARTBEAT_S = 20.0
MOST_TOPICS = 64
MOST_BYTES = 4096
REPLAY_MOST = 500
POLL_S = 0.2
CROWD = 1000


class LiveMessage(Base):
    __tablename__ = "core_live"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(String(120), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]


_hubs: list[Hub] = []
_signals: dict[str, list[Callable[[Any], None]]] = defaultdict(list)


def publish(db: Session, topic: str, html: str | dict[str, str] | None = None, data: dict[str, Any] | None = None) -> None:
    """Tell everyone who joined `topic`, once the transaction of `db` is committed.

    `html`: out-of-band fragments, the same for all or by language. `data`: JSON for a page's own script. Neither: every
    element of the topic fetches itself again.
    """
    payload: dict[str, Any] = {}
    if html is not None:
        payload["html"] = html if isinstance(html, dict) else {"*": html}
    elif data is not None:
        payload["data"] = data
    else:
        payload["refresh"] = True
    once = ("live", topic) if "refresh" in payload else None  # once a transaction is enough to fetch again
    before_commit(db, partial(_write, topic=topic, payload=payload), key=once)
    after_commit(db, _wake_all, key="live")


def _write(db: Session, *, topic: str, payload: dict[str, Any]) -> None:
    """Written last, so that ids appear in the order of their commits and nobody waits long for the lock that sees to it."""
    if any(hub.has_crowd(topic) for hub in _hubs):
        outbox.crowd_comes()
    in_order_of_commits(db)
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text(f"NOTIFY {CHANNEL}"))  # PostgreSQL folds equal ones of a transaction into one
    db.execute(insert(LiveMessage).values(topic=topic, payload=payload, created_at=datetime.now(UTC)))


def _wake_all() -> None:
    for hub in list(_hubs):
        hub.wake()


def signal(db: Session, name: str, data: dict[str, Any]) -> None:
    """Tell every process of this installation after commit; nobody on a page hears it."""
    publish(db, f"~{name}", data=data)


def on_signal(name: str, callback: Callable[[Any], None]) -> Callable[[], None]:
    """Call `callback(data)` in this process, in a thread, whenever anyone signals `name`. Returns what ends that."""
    _signals[name].append(callback)
    return lambda: _signals[name].remove(callback)


class Listener:
    """One open socket: its language, its topics, and how to send to it. `held`: what comes while it is told what it missed.

    `straight`: its connection, where frames can be written past the server. `pick(message)`: the frame that it is told for
    a message, None for nothing; without it the message is told as it is.
    """

    __slots__ = ("actor", "closed", "held", "language", "on_drop", "pick", "send", "straight", "topics")

    def __init__(self, actor: Any, language: str, send: Callable[[str], Any], on_drop: Callable[[], Any] | None = None) -> None:
        self.actor, self.language, self.send, self.on_drop = actor, language, send, on_drop
        self.straight: Straight | None = None
        self.pick: Callable[[str], bytes | None] | None = None
        self.topics: set[str] = set()
        self.held: list[tuple[int, str]] | None = None
        self.closed = False

    def close(self) -> None:
        """Send nothing more, and end the socket."""
        if not self.closed:
            self.closed = True
            if self.on_drop is not None:
                self.on_drop()


class Hub:
    """Reads new messages and hands them to this process's sockets."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.by_topic: dict[str, set[Listener]] = defaultdict(set)
        self.last = 0
        self.loop: asyncio.AbstractEventLoop | None = None
        self._event: asyncio.Event | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    # ------------------------------------------------------------------ life

    async def start(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._event = asyncio.Event()
        self.last = await self.portal.answering.in_thread(self._newest)
        _hubs.append(self)
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._beat())]
        self._thread = threading.Thread(target=self._watch_sqlite if self.portal.db.is_sqlite else self._watch_postgres, name="live-watch", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        self._stopping.set()
        if self in _hubs:
            _hubs.remove(self)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, 3)

    def wake(self) -> None:
        """There may be something new. From any thread."""
        if self.loop is not None and self._event is not None and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._event.set)

    def _watch_sqlite(self) -> None:
        import sqlite3

        connection = sqlite3.connect(self.portal.db.engine.url.database, check_same_thread=False, isolation_level=None)
        before = None
        while not self._stopping.wait(POLL_S):
            version = connection.execute("PRAGMA data_version").fetchone()[0]
            if version != before:
                before = version
                self.wake()
                outbox.wake_dispatchers()
        connection.close()

    def _watch_postgres(self) -> None:
        import psycopg

        address = self.portal.db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while not self._stopping.is_set():
            try:
                with psycopg.connect(address, autocommit=True) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    connection.execute(f"LISTEN {outbox.CHANNEL}")
                    self.wake()  # what came while nobody listened
                    while not self._stopping.is_set():
                        for notice in connection.notifies(timeout=1.0, stop_after=1):
                            outbox.wake_dispatchers() if notice.channel == outbox.CHANNEL else self.wake()
            except psycopg.Error as error:
                log.warning("live connection lost, trying again", kind=type(error).__name__)
                self._stopping.wait(1.0)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            await self._send_all({listener for listeners in self.by_topic.values() for listener in listeners}, 0, '{"hb":1}')

    # ------------------------------------------------------------------ reading and sending

    def _newest(self) -> int:
        with self.portal.db.session(write=False) as db:
            return db.scalar(select(func.max(LiveMessage.id))) or 0

    def _read(self) -> list[tuple[int, str, dict[str, Any]]]:
        with self.portal.db.session(write=False) as db:
            newer = select(LiveMessage.id, LiveMessage.topic, LiveMessage.payload).where(LiveMessage.id > self.last)
            rows = db.execute(newer.order_by(LiveMessage.id).limit(1000)).all()
            return [(row.id, row.topic, row.payload) for row in rows]

    async def _run(self) -> None:
        assert self._event is not None
        while True:
            await self._event.wait()
            self._event.clear()
            try:
                while rows := await self.portal.answering.in_thread(self._read):
                    for message_id, topic, payload in rows:
                        self.last = message_id
                        if topic.startswith("~"):
                            await self._signalled(topic[1:], payload.get("data"))
                        else:
                            await self.fan_out(message_id, topic, payload)
            except Exception:
                log.exception("live messages could not be read")
                await asyncio.sleep(1.0)
                self._event.set()

    def has_crowd(self, topic: str) -> bool:
        return len(self.by_topic.get(topic, ())) >= CROWD

    async def _signalled(self, name: str, data: Any) -> None:
        for callback in _signals.get(name, []):
            try:
                await self.portal.answering.in_thread(callback, data)
            except Exception:
                log.exception("signal failed", name=name)

    async def fan_out(self, message_id: int, topic: str, payload: dict[str, Any]) -> None:
        listeners = self.by_topic.get(topic)
        if not listeners:
            return
        by_language: dict[str, set[Listener]] = defaultdict(set)
        for listener in listeners:
            by_language[listener.language].add(listener)
        for language, some in by_language.items():
            await self._send_all(some, message_id, as_message(message_id, topic, payload, language))
        if self.has_crowd(topic):
            outbox.crowd_was_told()
        if topic.startswith("session:"):
            for listener in list(listeners):
                listener.close()

    async def _send_all(self, listeners: set[Listener], message_id: int, message: str) -> None:
        """One after the other, without tasks or queues. A socket without room is dropped, not waited for: its page comes
        back and asks for what it missed.
        """
        slow: list[Listener] = []
        frame = text_frame(message)
        for listener in listeners:
            if listener.closed:
                continue
            if listener.held is not None:
                if len(listener.held) >= REPLAY_MOST:
                    slow.append(listener)
                elif message_id:
                    listener.held.append((message_id, message))
                continue
            try:
                if listener.straight is not None:
                    told = frame if listener.pick is None else listener.pick(message)
                    if told is not None and not listener.straight.write(told):
                        slow.append(listener)
                    continue
                sending = listener.send(message)
                try:
                    sending.send(None)  # a socket with room takes the text at once
                except StopIteration:
                    continue
                sending.close()
                slow.append(listener)
            except Exception:  # noqa: BLE001  whoever is gone is simply no longer told
                slow.append(listener)
        for listener in slow:
            listener.close()

    # ------------------------------------------------------------------ joining

    def join(self, listener: Listener, topic: str) -> None:
        listener.topics.add(topic)
        self.by_topic[topic].add(listener)

    def leave(self, listener: Listener, topic: str) -> None:
        listener.topics.discard(topic)
        self.by_topic[topic].discard(listener)
        if not self.by_topic[topic]:
            del self.by_topic[topic]

    def drop(self, listener: Listener) -> None:
        listener.closed = True
        for topic in list(listener.topics):
            self.leave(listener, topic)

    def allowed(self, actor: Any, topics: list[str]) -> list[str]:
        """Which of `topics` this actor may hear now."""
        found: list[str] = []
        with self.portal.db.session(write=False) as db:
            for topic in topics:
                name, _, ref = topic.partition(":")
                if name == "public":
                    found.append(topic)
                elif name == "account":
                    if actor.account_id is not None and ref == str(actor.account_id):
                        found.append(topic)
                elif name == "session" or topic.startswith("~"):
                    continue  # the house's own
                elif self.portal.host.ask("may_join", default=False, db=db, topic=topic, actor=actor):
                    found.append(topic)
        return found

    def missed(self, topics: list[str], last: int) -> tuple[bool, list[tuple[int, str, dict[str, Any]]]]:
        """`(too old to tell, messages since last)` of these topics."""
        with self.portal.db.session(write=False) as db:
            oldest = db.scalar(select(func.min(LiveMessage.id)))
            newest = db.scalar(select(func.max(LiveMessage.id))) or 0
            if last > newest or (oldest is not None and last < oldest - 1):
                return True, []
            rows = db.execute(
                select(LiveMessage.id, LiveMessage.topic, LiveMessage.payload)
                .where(LiveMessage.id > last, LiveMessage.topic.in_(topics)).order_by(LiveMessage.id).limit(REPLAY_MOST + 1)
            ).all()
            if len(rows) > REPLAY_MOST:
                return True, []
            return False, [(row.id, row.topic, row.payload) for row in rows]


def as_message(message_id: int, topic: str, payload: dict[str, Any], language: str) -> str:
    message: dict[str, Any] = {"id": message_id, "topic": topic}
    if "html" in payload:
        message["html"] = payload["html"].get(language) or payload["html"].get("*") or next(iter(payload["html"].values()), "")
    elif "data" in payload:
        message["data"] = payload["data"]
    else:
        message["refresh"] = True
    return json.dumps(message, ensure_ascii=False)


async def subscribe(portal: Portal, topics: list[str], *, language: str = "id") -> AsyncIterator[dict[str, Any]]:
    """Messages of `topics` as they come, for other sockets and streams. The caller has asked for permission."""
    hub: Hub = portal.background.hub
    queue: asyncio.Queue[str] = asyncio.Queue(maxsize=200)

    async def put(message: str) -> None:
        queue.put_nowait(message)

    listener = Listener(None, language, put)
    for topic in topics:
        hub.join(listener, topic)
    try:
        while not listener.closed:
            yield json.loads(await queue.get())
    finally:
        hub.drop(listener)


def prune(db: Session, *, now: datetime) -> int:
    """Forget messages older than a day."""
    return db.execute(delete(LiveMessage).where(LiveMessage.created_at < now - KEPT)).rowcount
