"""A migrated database of its own for each test, copied from a template that is made once.

`PENDOPO_TEST_DATABASE` chooses `sqlite` (default) or `postgresql`; the latter needs `PENDOPO_TEST_POSTGRES_URL`, the
address of a server where databases may be made.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from ..db import make_engine
from ..migrate import migrate_all
from ..plugins import PluginHost


def kind() -> str:
    return os.environ.get("PENDOPO_TEST_DATABASE", "sqlite")


class Template:
    """A migrated, empty database to copy."""

    def __init__(self, host: PluginHost, folder: Path) -> None:
        self.folder = folder
        self.name = f"pendopo_template_{uuid.uuid4().hex[:10]}"
        if kind() == "sqlite":
            self.path = folder / "template.db"
            self._migrate(f"sqlite:///{self.path}", host)
        else:
            self.server = make_url(os.environ["PENDOPO_TEST_POSTGRES_URL"])
            self._administer(f'CREATE DATABASE "{self.name}"')
            self._migrate(self._url(self.name), host)

    def _migrate(self, url: str, host: PluginHost) -> None:
        engine = make_engine(url)
        migrate_all(engine, host)
        if kind() == "sqlite":
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()

    def _url(self, name: str) -> str:
        return self.server.set(database=name).render_as_string(hide_password=False)

    def _administer(self, statement: str) -> None:
        engine = create_engine(self.server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The address of a fresh copy, gone after the block."""
        name = f"pendopo_test_{uuid.uuid4().hex[:12]}"
        if kind() == "sqlite":
            path = self.folder / f"{name}.db"
            shutil.copyfile(self.path, path)
            try:
                yield f"sqlite:///{path}"
            finally:
                for leftover in self.folder.glob(f"{name}.db*"):
                    leftover.unlink()
        else:
            self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{self.name}"')
            try:
                yield self._url(name)
            finally:
                self._administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def drop(self) -> None:
        if kind() != "sqlite":
            self._administer(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
