"""One synchronous engine, SQLite or PostgreSQL, and the sessions that plugins write against.

Synchronous on purpose: measured, it is both the simplest and the fastest here (short SQLite reads cost less than a hop
to another thread; psycopg in the thread pool equals asyncpg). Handlers run in the thread pool inside one transaction.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar

import structlog
from sqlalchemy import DateTime, Engine, MetaData, bindparam, create_engine, event, text
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

__all__ = [
    "Base",
    "Database",
    "TimestampUTC",
    "after_commit",
    "before_commit",
    "in_order_of_commits",
    "insert_into",
    "insert_once",
    "next_number",
    "run_after_commit",
]


log = structlog.get_logger("pendopo.db")
COMMITTING = 7403606  # PostgreSQL advisory lock
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
    type_annotation_map: ClassVar = {datetime: TimestampUTC}

    def __init_subclass__(cls, **more: Any) -> None:
        package = cls.__module__.partition(".")[0]
        if package == __name__.partition(".")[0]:
            super().__init_subclass__(**more)
        else:
            _models_of(package, cls.__name__).mapped(cls)


_registries: dict[str, tuple[registry, dict[str, Any]]] = {}


def _models_of(package: str, new: str) -> registry:
    """The models of one plugin. By name it knows its own and the core's: two plugins may name theirs alike, and one whose
    models can't be understood fails alone.
    """
    if package not in _registries:
        names: dict[str, Any] = {}
        _registries[package] = registry(metadata=Base.metadata, type_annotation_map=Base.type_annotation_map, class_registry=names), names
    models, names = _registries[package]
    for mapper in Base.registry.mappers:
        names.setdefault(mapper.class_.__name__, mapper.class_)
    if new in names and names[new].__module__.startswith(f"{__name__.partition('.')[0]}."):
        del names[new]  # the plugin's own goes before the core's
    return models


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
        engine = create_engine(url, pool_size=pool_size + 8, max_overflow=16, connect_args={"check_same_thread": False}, hide_parameters=True, **options)
        _prepare_sqlite(engine)
        return engine
    return create_engine(url, pool_size=pool_size, max_overflow=0, pool_pre_ping=True, hide_parameters=True, **options)


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
        session = Session(self._writing if write else self.engine, expire_on_commit=False, info={} if write else {"reads": True})
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()
        run_after_commit(session)

    def dispose(self) -> None:
        self.engine.dispose()


@dataclass
class _Waiting:
    """Something to do at or after the commit. `inside`: the savepoints around it, whose undoing undoes it too."""

    act: Callable[..., None]
    key: Any
    inside: tuple[Any, ...]


def _savepoints(db: Session) -> tuple[Any, ...]:
    found = []
    savepoint = db.get_nested_transaction()
    while savepoint is not None and savepoint.nested:
        found.append(savepoint)
        savepoint = savepoint.parent
    return tuple(found)


def _wait(db: Session, when: str, act: Callable[..., None], key: Any) -> None:
    waiting = db.info.setdefault(when, [])
    inside = _savepoints(db)
    if key is not None and any(known.key == key and set(known.inside) <= set(inside) for known in waiting):
        return
    waiting.append(_Waiting(act, key, inside))


def before_commit(db: Session, act: Callable[[Session], None], *, key: Any = None) -> None:
    """Run `act(db)` as the last thing inside the transaction: for what takes a lock that others wait for.

    Undone with the savepoint or transaction that it was asked in. With a `key`, only once.
    """
    _wait(db, "before_commit", act, key)


def after_commit(db: Session, act: Callable[[], None], *, key: Any = None) -> None:
    """Run `act` once the transaction of `db` is committed; never when it, or the savepoint around this call, is rolled back."""
    _wait(db, "after_commit", act, key)


def run_after_commit(db: Session) -> None:
    """Do what waited for the commit. `Database.session` calls it; whoever commits a session by hand calls it too.

    What fails is logged: the write is kept, and must not look refused because a wake-up did not get through.
    """
    for waiting in db.info.pop("after_commit", []):
        try:
            waiting.act()
        except Exception:
            log.exception("failed after the commit", act=getattr(waiting.act, "__qualname__", repr(waiting.act)))


def in_order_of_commits(db: Session) -> None:
    """Wait until no other transaction is about to commit: for rows whose order must be that of their commits.

    Only inside `before_commit`. One lock for all who need it, so that two of them can't wait for each other. SQLite has
    one writer at a time anyway.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": COMMITTING})


@event.listens_for(Session, "before_commit")
def _run_before_commit(db: Session) -> None:
    if db.in_nested_transaction():
        return
    while acts := db.info.pop("before_commit", []):
        for waiting in acts:
            waiting.act(db)


@event.listens_for(Session, "after_soft_rollback")
def _forget_waiting(db: Session, undone: Any) -> None:
    for when in ("before_commit", "after_commit"):
        if when in db.info:
            db.info[when] = [waiting for waiting in db.info[when] if undone.nested and undone not in waiting.inside]


def table_prefix(plugin: str) -> str:
    return re.sub(r"\W", "_", plugin) + "_"


def insert_into(db: Session, table: Any) -> Any:
    """An INSERT of this database's own kind, which knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return _insert(table, db.get_bind().dialect.name)


def _insert(table: Any, dialect: str) -> Any:
    from sqlalchemy.dialects import postgresql, sqlite  # not at the start: it brings every driver that exists

    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


def insert_once(db: Session, model: type[Base], unique: tuple[str, ...] = (), **values: Any) -> Any:
    """Write a row unless it is there: what comes twice is kept once.

    The id of the new row (of a key of several columns the first one); None when there is one with the same `unique`
    columns, or against any constraint when they are not named. Two at once wait for each other, and one gets None.
    """
    return db.execute(_insertion(model.__table__, db.get_bind().dialect.name, tuple(values), unique), values).scalar()


@cache  # the statement of a place in the code is always the same, and making it costs more than running it
def _insertion(table: Any, dialect: str, names: tuple[str, ...], unique: tuple[str, ...]) -> Any:
    writing = _insert(table, dialect).values({name: bindparam(name) for name in names})
    return writing.on_conflict_do_nothing(index_elements=list(unique) or None).returning(*table.primary_key.columns)


def next_number(db: Session, counter: type[Base], **key: Any) -> int:
    """The next number of a gapless book: one row of `counter` (primary key plus `last`) per `key`.

    Taken inside the caller's transaction, so a rollback gives the number back and two at once wait for each other.
    """
    from sqlalchemy import update
    table = counter.__table__
    db.execute(insert_into(db, table).values(**key, last=0).on_conflict_do_nothing())
    conditions = [table.c[name] == wanted for name, wanted in key.items()]
    return db.execute(update(table).where(*conditions).values(last=table.c.last + 1).returning(table.c.last)).scalar_one()
