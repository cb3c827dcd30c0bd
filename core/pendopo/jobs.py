"""Background and scheduled work on huey: a file on SQLite, the same database on PostgreSQL.

Jobs are thin: they carry a slug and plain ids, open their own session and may run twice. What must not be lost starts
from the outbox. huey pickles its messages, so they are signed with the installation's secret: a row that somebody else
wrote is refused, not unpickled.
"""

from __future__ import annotations

import os
import socket
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from .db import Base, insert_into

if TYPE_CHECKING:
    from .app import Portal

__all__ = ["enqueue"]

log = structlog.get_logger("pendopo.jobs")
CLOCK = "jobs"
CATCH_UP = timedelta(hours=6)  # scheduled minutes that passed while no process ran are made up for, this far back


class JobRun(Base):
    """That a job ran, for operators."""

    __tablename__ = "core_job_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), index=True)
    plugin: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ok: Mapped[bool | None]
    error: Mapped[str] = mapped_column(Text, default="")


class Lease(Base):
    """What only one process may do: who did it last, and up to when it is done."""

    __tablename__ = "core_lease"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime]


def make_huey(portal: Portal) -> Any:
    from huey import SqliteHuey
    from huey.serializer import SignedSerializer

    serializer = SignedSerializer(secret=portal.settings.secret.decode(), salt="pendopo-jobs")
    options = {"serializer": serializer, "results": False, "utc": True}
    if portal.db.is_sqlite:
        return SqliteHuey("pendopo", filename=str(portal.settings.home / "jobs.db"), fsync=True, **options)
    from huey import PostgresHuey

    address = portal.db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return PostgresHuey("pendopo", dsn=address, **options)


def run_job(portal: Portal, slug: str, *ids: Any) -> None:
    """Run one job now and note how it went. Its fault is its plugin's; raises it for huey to try again."""
    from .i18n import current_zone, speaking
    from .registry import current

    found = current().jobs.get(slug)
    if found is None or not portal.host.is_enabled(found[0]):
        return
    plugin, job = found
    started = datetime.now(UTC)
    current_zone.set(portal.settings.zone)
    error: Exception | None = None
    try:
        with speaking("id", plugin):
            job.run(portal, started, *ids)
    except Exception as caught:  # noqa: BLE001
        error = caught
        portal.host.fault(plugin, f"job:{slug}", caught)
    with portal.db.session() as db:
        sentence = f"{type(error).__name__}: {error}"[:2000] if error else ""
        db.add(JobRun(slug=slug, plugin=plugin, started_at=started, ended_at=datetime.now(UTC), ok=error is None, error=sentence))
    if error is not None:
        raise error


def claim_minutes(portal: Portal, holder: str, *, now: datetime) -> list[datetime]:
    """The minutes whose scheduled jobs this process must start, and no other: those since they were last claimed."""
    minute = now.replace(second=0, microsecond=0)
    with portal.db.session() as db:
        first = {"name": CLOCK, "holder": holder, "until": minute - timedelta(minutes=1)}
        db.execute(insert_into(db, Lease).values(**first).on_conflict_do_nothing())
        row = db.scalar(select(Lease).where(Lease.name == CLOCK).with_for_update())
        if row is None or row.until >= minute:
            return []
        since = max(row.until, minute - CATCH_UP)
        row.until, row.holder = minute, holder
    return [since + timedelta(minutes=n) for n in range(1, int((minute - since).total_seconds() // 60) + 1)]


class Queue:
    """Where jobs wait. Every process may put jobs in; one runs them."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.huey = make_huey(portal)
        self.huey.on_shutdown(name="close")(self.huey.storage.close)  # the worker's own connection
        self.task = self.huey.task(retry_delay=30, name="pendopo_job")(lambda slug, *ids: run_job(portal, slug, *ids))

    def put(self, slug: str, *ids: Any) -> None:
        from .registry import current

        found = current().jobs.get(slug)
        if found is None:
            raise LookupError(f"no job named {slug!r}")
        task = self.task.s(slug, *ids)
        task.retries = found[1].retries
        self.huey.enqueue(task)

    def close(self) -> None:
        global _queue
        self.huey.storage.close()
        if _queue is self:
            _queue = None


class Runner:
    """The consumer of one process, and the clock that starts scheduled jobs in one process of all."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self.portal = queue.portal
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.consumer = queue.huey.create_consumer(workers=1, periodic=False, worker_type="thread", check_worker_health=False, initial_delay=0.2, max_delay=2.0)
        self._stop = threading.Event()
        self._clock = threading.Thread(target=self._tick, name="job-clock", daemon=True)
        self._last_minute: datetime | None = None

    def start(self) -> Runner:
        self.consumer._set_signal_handlers = lambda: None  # signals belong to the web server
        self.consumer.start()
        self._clock.start()
        return self

    def stop(self) -> None:
        self._stop.set()
        self._clock.join(3)
        self.consumer.stop(graceful=False)
        for _worker, thread in self.consumer.worker_threads:
            thread.join(3)  # a job that runs longer is cut off, and its outcome not noted
        self.consumer.scheduler.join(3)

    def _tick(self) -> None:
        while not self._stop.wait(1.0):
            now = datetime.now(UTC)
            minute = now.replace(second=0, microsecond=0)
            if minute == self._last_minute:
                continue
            try:
                self.enqueue_due(now)
                self._last_minute = minute
            except Exception:
                log.exception("scheduled jobs could not be started")

    def enqueue_due(self, now: datetime) -> list[str]:
        """Enqueue what is scheduled for the minutes that no process has claimed yet, each job once."""
        from .registry import current

        local = [minute.astimezone(self.portal.settings.zone) for minute in claim_minutes(self.portal, self.name, now=now)]
        due: list[str] = []
        for slug, (plugin, job) in current().jobs.items():
            try:
                if job.cron and any(is_due(job.cron, minute) for minute in local):
                    self.queue.put(slug)
                    due.append(slug)
            except ValueError as error:  # a cron line that nobody can read
                self.portal.host.fault(plugin, f"job:{slug}", error)
        return due


def is_due(cron: str, local: datetime) -> bool:
    """Does a five-field cron line (`minute hour day month weekday`) name this minute of the regency's clock?"""
    from huey import crontab

    minute, hour, day, month, weekday = cron.split()
    return crontab(minute=minute, hour=hour, day=day, month=month, day_of_week=weekday)(local)


_queue: Queue | None = None


def open_queue(portal: Portal) -> Queue:
    """Make `enqueue` work in this process."""
    global _queue
    _queue = Queue(portal)
    return _queue


def enqueue(slug: str, *ids: Any) -> None:
    """Do a job soon, in the background. Pass ids only. Must-not-lose work goes through the outbox instead."""
    if _queue is None:
        raise RuntimeError("no queue was opened in this process")
    _queue.put(slug, *ids)


def recent_runs(db: Any, limit: int = 50) -> list[JobRun]:
    return list(db.scalars(select(JobRun).order_by(JobRun.id.desc()).limit(limit)))
