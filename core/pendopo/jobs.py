"""Background and scheduled work on huey: a file on SQLite, the same database on PostgreSQL.

Jobs are thin: they carry a slug and plain ids, open their own session and may run twice. What must not be lost starts
from the outbox. huey pickles its messages, so they are signed with the installation's secret: a row that somebody else
wrote is refused, not unpickled.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import String, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column

from .db import Base

if TYPE_CHECKING:
    from .app import Portal

log = structlog.get_logger("pendopo.jobs")
LEASE = timedelta(seconds=90)


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
    """Who does what only one process may do."""

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
        db.add(JobRun(slug=slug, plugin=plugin, started_at=started, ended_at=datetime.now(UTC), ok=error is None, error=f"{type(error).__name__}: {error}"[:2000] if error else ""))
    if error is not None:
        raise error


def take_lease(portal: Portal, name: str, holder: str, *, now: datetime) -> bool:
    """Hold `name` for a while, alone among all processes. True when it is ours."""
    from sqlalchemy.dialects import postgresql, sqlite

    dialect = sqlite if portal.db.is_sqlite else postgresql
    with portal.db.session() as db:
        db.execute(dialect.insert(Lease).values(name=name, holder=holder, until=now).on_conflict_do_nothing())
        taken = db.execute(update(Lease).where(Lease.name == name, (Lease.holder == holder) | (Lease.until <= now)).values(holder=holder, until=now + LEASE))
        return taken.rowcount == 1


class Runner:
    """The consumer of one process, and the clock that starts scheduled jobs in whichever process holds the lease."""

    def __init__(self, portal: Portal) -> None:
        import os
        import socket

        self.portal = portal
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.huey = make_huey(portal)
        self.task = self.huey.task(retries=3, retry_delay=30, name="pendopo_job")(lambda slug, *ids: run_job(portal, slug, *ids))
        self.consumer = self.huey.create_consumer(workers=1, periodic=False, worker_type="thread", check_worker_health=False, initial_delay=0.2, max_delay=2.0)
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

    def _tick(self) -> None:
        while not self._stop.wait(1.0):
            try:
                self.enqueue_due(datetime.now(UTC))
            except Exception:
                log.exception("scheduled jobs could not be started")

    def enqueue_due(self, now: datetime) -> list[str]:
        """Enqueue the jobs of this minute, once a minute, in the one process that holds the lease."""
        from .registry import current

        minute = now.replace(second=0, microsecond=0)
        if minute == self._last_minute:
            return []
        self._last_minute = minute
        if not take_lease(self.portal, "jobs", self.name, now=now):
            return []
        local = minute.astimezone(self.portal.settings.zone)
        due = [slug for slug, (_plugin, job) in current().jobs.items() if job.cron and is_due(job.cron, local)]
        for slug in due:
            self.task(slug)
        return due


def is_due(cron: str, local: datetime) -> bool:
    """Does a five-field cron line (`minute hour day month weekday`) name this minute of the regency's clock?"""
    from huey import crontab

    minute, hour, day, month, weekday = cron.split()
    return crontab(minute=minute, hour=hour, day=day, month=month, day_of_week=weekday)(local)


_runner: Runner | None = None


def start_consumer(portal: Portal) -> Runner:
    global _runner
    _runner = Runner(portal).start()
    return _runner


def enqueue(slug: str, *ids: Any) -> None:
    """Do a job soon, in the background. Pass ids only. Must-not-lose work goes through the outbox instead."""
    if _runner is None:
        raise RuntimeError("jobs run in the web process; none was started here")
    _runner.task(slug, *ids)


def recent_runs(db: Any, limit: int = 50) -> list[JobRun]:
    return list(db.scalars(select(JobRun).order_by(JobRun.id.desc()).limit(limit)))
