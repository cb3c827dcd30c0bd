"""A real `pendopo serve` in a process of its own, over demo data that is made once and copied."""

from __future__ import annotations

import contextlib
import email
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
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

START_S = 60.0
PENDOPO = str(Path(sys.executable).parent / "pendopo")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class House:
    """One installation: its folder, its database, and its server while it runs."""

    def __init__(self, home: Path, database_url: str = "", **settings: str) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PENDOPO_")}
        self.environment = {
            **clean, "PENDOPO_HOME": str(home), "PENDOPO_PORT": str(self.port), "PENDOPO_PUBLIC_URL": self.url, "PENDOPO_DEMO": "1", "PENDOPO_LOG_LEVEL": "warning",
            **({"PENDOPO_DATABASE_URL": database_url} if database_url else {}), **{f"PENDOPO_{name.upper()}": value for name, value in settings.items()},
        }
        self.database_url = database_url or f"sqlite:///{home / 'pendopo.db'}"

    # ------------------------------------------------------------------ its server

    def start(self) -> House:
        with (self.home / "serve.log").open("ab") as log:
            self.process = subprocess.Popen([PENDOPO, "serve"], env=self.environment, cwd=self.home, stdout=log, stderr=log)
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(OSError, urllib.error.URLError), urllib.request.urlopen(self.url + "/healthz", timeout=5):
                return self
            time.sleep(0.05)
        raise RuntimeError(f"the portal did not start: {self.log()[-3000:]}")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None
        if "database" in self.__dict__:
            self.database.dispose()
            del self.__dict__["database"]

    def kill(self) -> None:
        """End the server as a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)
        self.process = None

    def log(self) -> str:
        path = self.home / "serve.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def pendopo(self, *words: str) -> str:
        """Run a command of the operator; what it prints."""
        done = subprocess.run([PENDOPO, *words], env=self.environment, cwd=self.home, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"pendopo {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-3000:]}")
        return done.stdout

    # ------------------------------------------------------------------ looking into it

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

    def session_of(self, handle: str) -> str:
        """The token of a new session of a demo account, as signing in gives it."""
        from ..identity import open_session

        with self.database.session() as db:
            return open_session(db, self.account(handle), now=datetime.now(UTC), user_agent="uji coba", address="127.0.0.1")

    def rows(self, statement: str, **values: Any) -> list[Any]:
        with self.database.session(write=False) as db:
            return list(db.execute(text(statement), values).all())

    def mails(self, to: str = "") -> list[EmailMessage]:
        """Mails that were written to files, oldest first; only those to the address `to` when it is given."""
        paths = sorted((self.home / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime)
        found = [email.message_from_bytes(path.read_bytes(), policy=default) for path in paths]
        return [mail for mail in found if not to or mail["To"] == to]  # type: ignore[misc]


class DemoHouse:
    """The demo installation, made once in `folder` (also when several test processes ask), and copied for each use."""

    def __init__(self, folder: Path, scale: float = 0.05) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "name").exists():
                name = f"pendopo_demo_{uuid.uuid4().hex[:10]}"
                self._make(name, scale)
                (folder / "name").write_text(name)
        self.name = (folder / "name").read_text()

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
        house.pendopo("migrate", "--quiet")
        house.pendopo("demo", "--scale", str(scale))

    def _url(self, name: str) -> str:
        if not self.on_postgres:
            return ""
        return make_url(os.environ["PENDOPO_TEST_POSTGRES_URL"]).set(database=name).render_as_string(hide_password=False)

    @contextlib.contextmanager
    def copy(self, home: Path, **settings: str) -> Iterator[House]:
        """An installation of its own at `home`, not yet serving; its server and database are gone after the block."""
        shutil.copytree(self.folder / "home", home)
        name = f"pendopo_house_{uuid.uuid4().hex[:10]}"
        if self.on_postgres:
            with (self.folder / "lock").open("w") as lock:  # PostgreSQL copies a database for one at a time
                fcntl.flock(lock, fcntl.LOCK_EX)
                _administer(f'CREATE DATABASE "{name}" TEMPLATE "{self.name}"')
        house = House(home, self._url(name), **settings)
        try:
            yield house
        finally:
            house.stop()
            if self.on_postgres:
                _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _administer(statement: str) -> None:
    engine = create_engine(make_url(os.environ["PENDOPO_TEST_POSTGRES_URL"]).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
