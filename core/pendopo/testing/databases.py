"""A migrated database of its own for each test, copied from a template that is made once.

`PENDOPO_TEST_DATABASE` chooses `sqlite` (default) or `postgresql`. The latter uses the server at
`PENDOPO_TEST_POSTGRES_URL`; without one, a server is started for the run, in a folder of its own, and removed after it.
"""

from __future__ import annotations

import ctypes
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from ..db import make_engine
from ..migrate import migrate_all
from ..plugins import PluginHost

_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def kind() -> str:
    return os.environ.get("PENDOPO_TEST_DATABASE", "sqlite")


class PostgresServer:
    """A throw-away PostgreSQL on a Unix socket: no port, no password, no durable writes."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pendopo-pg-"))
        self.data = self.folder / "data"
        self._as_other: dict[str, int] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            other = next((entry for name in ("postgres", "nobody") if (entry := _user(name))), None)
            if other is None:
                raise RuntimeError("PostgreSQL can't run as root, and there is no user postgres or nobody to run it")
            os.chown(self.folder, other.pw_uid, other.pw_gid)
            self._as_other = {"user": other.pw_uid, "group": other.pw_gid}

    @property
    def url(self) -> str:
        return f"postgresql://pendopo@/postgres?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [_program(program), *arguments], cwd=self.folder, capture_output=True, text=True, check=False,
            env={**os.environ, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}, **self._as_other,  # type: ignore[arg-type]
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout[-1000:]}{done.stderr[-1000:]}")

    def start(self) -> PostgresServer:
        self._run("initdb", "-D", str(self.data), "-U", "pendopo", "-A", "trust", "-E", "UTF8", "--no-sync")
        wishes = ("listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB")
        options = f"-k {self.folder} " + " ".join(f"-c {wish}" for wish in wishes)
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [_program("postgres"), "-D", str(self.data), *options.split()], cwd=self.folder, stdout=log, stderr=log,
                preexec_fn=_stop_with_parent, **self._as_other,  # type: ignore[arg-type]
            )
        deadline = time.monotonic() + 60
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-1000:]}")
            time.sleep(0.1)
        return self

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.url).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        self._process.send_signal(signal.SIGQUIT)  # at once: nothing here is worth a clean end
        self._process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


def _stop_with_parent() -> None:
    """In the child: end when the tests end, however they end (Linux)."""
    if _prctl is not None:
        _prctl(1, signal.SIGQUIT)


def _user(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _program(name: str) -> str:
    """Where a program of PostgreSQL's server is: on the path, or where Debian keeps the newest version."""
    found = shutil.which(name) or next(iter(sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), None)
    if found is None:
        raise RuntimeError(f"{name} of PostgreSQL is not installed: install the package postgresql")
    return found


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
