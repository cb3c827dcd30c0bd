"""One synchronous engine, SQLite or PostgreSQL, and the sessions that plugins write against.

Synchronous on purpose: measured, it is both the simplest and the fastest here (short SQLite reads cost less than a hop
to another thread; psycopg in the thread pool equals asyncpg). Handlers run in the thread pool inside one transaction.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Engine, MetaData, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class TimestampUTC(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone can't be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The one model base. Table names start with the plugin's name (`gawe_pajak_...`); the core's with `core_`."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: TimestampUTC}


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def pragmas(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's events below begin transactions, not the driver
        cursor = connection.cursor()
        for pragma in (
            "busy_timeout=10000",
            "journal_mode=WAL",
            "synchronous=FULL",  # NORMAL can lose the last commits in a power cut
            "foreign_keys=ON",
            "mmap_size=268435456",
            "cache_size=-32000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")


def make_engine(url: str, *, pool_size: int = 8, **options: Any) -> Engine:
    if url.startswith("postgres://"):
        url = url.replace("postgres://", "postgresql://", 1)
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if url.startswith("sqlite"):
        engine = create_engine(url, pool_size=pool_size + 8, max_overflow=16, connect_args={"check_same_thread": False}, **options)
        _prepare_sqlite(engine)
        return engine
    return create_engine(url, pool_size=pool_size, max_overflow=0, pool_pre_ping=True, **options)


class Database:
    """The installation's database. `session()` for a unit of work, `after_commit` for what must wait for it."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.engine = make_engine(url, pool_size=pool_size)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._writing = self.engine.execution_options(sqlite_begin="IMMEDIATE")

    @contextmanager
    def session(self, *, write: bool = True) -> Iterator[Session]:
        """A session that commits at the end of the block and rolls back when it raises.

        On SQLite a writing session takes the write lock at its first statement (`BEGIN IMMEDIATE`), so that a read
        followed by a write can't fail for having read too early.
        """
        session = Session(self._writing if write else self.engine, expire_on_commit=False)
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            session.info.pop("after_commit", None)
            raise
        finally:
            session.close()
        for act in session.info.pop("after_commit", []):
            act()

    def dispose(self) -> None:
        self.engine.dispose()


def after_commit(db: Session, act: Callable[[], None]) -> None:
    """Run `act` once the transaction of `db` is committed; never when it is rolled back."""
    db.info.setdefault("after_commit", []).append(act)


def table_prefix(plugin: str) -> str:
    return re.sub(r"\W", "_", plugin) + "_"


def next_number(db: Session, counter: type[Base], **key: Any) -> int:
    """The next number of a gapless book: one row of `counter` (primary key plus `last`) per `key`.

    Taken inside the caller's transaction, so a rollback gives the number back and two at once wait for each other.
    """
    from sqlalchemy import update
    from sqlalchemy.dialects import postgresql, sqlite

    table = counter.__table__
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    db.execute(dialect.insert(table).values(**key, last=0).on_conflict_do_nothing())
    conditions = [table.c[name] == wanted for name, wanted in key.items()]
    return db.execute(update(table).where(*conditions).values(last=table.c.last + 1).returning(table.c.last)).scalar_one()
