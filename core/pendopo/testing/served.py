"""A real portal over the demo regency, which is made once and copied for each use."""

from __future__ import annotations

import contextlib
import email
import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, select, text

from ..db import Database
from . import databases
from .server import Server


class House(Server):
    """`pendopo serve` with demo data, and a look into what it keeps."""

    def __init__(self, home: Path, url: str = "", **variables: str) -> None:
        url = url or f"sqlite:///{home / 'pendopo.db'}"
        super().__init__(home, url, PENDOPO_DEMO="1", PENDOPO_LOG_LEVEL="warning", **variables)
        self.database_url = url

    def kill(self) -> None:
        if "database" in self.__dict__:
            self.__dict__.pop("database").dispose()
        super().kill()

    @cached_property
    def database(self) -> Database:
        return Database(self.database_url, pool_size=2)

    def account(self, handle: str) -> int:
        """The id of a demo account: warga, petugas, kabid, pimpinan, penyiar, admin."""
        from ..identity import Account

        with self.database.session(write=False) as db:
            found = db.scalar(select(Account.id).where(Account.handle == handle))
        assert found is not None, f"there is no demo account {handle}"
        return found

    def holder(self, jabatan: str) -> int:
        """The account id of whoever holds the position of this name."""
        from ..identity import Jabatan, Penugasan

        holding = select(Penugasan.account_id).join(Jabatan, Jabatan.id == Penugasan.jabatan_id).where(Jabatan.name == jabatan)
        with self.database.session(write=False) as db:
            found = db.scalars(holding).first()
        assert found is not None, f"nobody holds {jabatan}"
        return found

    def session_of(self, who: str | int) -> str:
        """The token of a new session of a demo account (its handle or id), as signing in gives it."""
        from ..identity import open_session

        account_id = who if isinstance(who, int) else self.account(who)
        with self.database.session() as db:
            return open_session(db, account_id, now=datetime.now(UTC), user_agent="uji coba", address="127.0.0.1")

    def rows(self, statement: str, **values: Any) -> list[Any]:
        with self.database.session(write=False) as db:
            return list(db.execute(text(statement), values).all())

    def mails(self, to: str = "") -> list[EmailMessage]:
        """Mails that were written to files, oldest first; only those to the address `to` when it is given."""
        paths = sorted((self.home / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime)
        found = [email.message_from_bytes(path.read_bytes(), policy=default) for path in paths]
        return [mail for mail in found if not to or mail["To"] == to]  # type: ignore[misc]

    def faults(self) -> list[str]:
        """What went wrong in plugins, as operators see it."""
        return [f"{row.plugin}, {row.place}: {row.summary}" for row in self.rows("SELECT plugin, place, summary FROM core_fault ORDER BY id")]


class DemoHouse:
    """The demo installation, made once in `folder` (also when several test processes ask), and copied for each use."""

    def __init__(self, folder: Path, scale: float = 0.05) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if not (folder / "name").exists():
                name = f"pendopo_demo_{uuid.uuid4().hex[:10]}"
                self._make(name, scale)
                (folder / "name").write_text(name)
        self.name = (folder / "name").read_text()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time, which is also what PostgreSQL asks for when a database is copied."""
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @property
    def on_postgres(self) -> bool:
        return databases.kind() != "sqlite"

    def _make(self, name: str, scale: float) -> None:
        home = self.folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        if self.on_postgres:
            _administer(f'CREATE DATABASE "{name}"')
        house = House(home, self._url(name))
        house.run("migrate", "--quiet")
        house.run("demo", "--scale", str(scale))

    def _url(self, name: str) -> str:
        if not self.on_postgres:
            return ""
        return make_url(os.environ["PENDOPO_TEST_POSTGRES_URL"]).set(database=name).render_as_string(hide_password=False)

    @contextlib.contextmanager
    def copy(self, home: Path, **variables: str) -> Iterator[House]:
        """An installation of its own at `home`, not yet serving; its server and database are gone after the block."""
        shutil.copytree(self.folder / "home", home)
        name = f"pendopo_house_{uuid.uuid4().hex[:10]}"
        if self.on_postgres:
            with self._alone():
                _administer(f'CREATE DATABASE "{name}" TEMPLATE "{self.name}"')
        house = House(home, self._url(name), **variables)
        try:
            yield house
        finally:
            if house.process is not None:
                house.stop()
            if self.on_postgres:
                _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _administer(statement: str) -> None:
    engine = create_engine(make_url(os.environ["PENDOPO_TEST_POSTGRES_URL"]).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
