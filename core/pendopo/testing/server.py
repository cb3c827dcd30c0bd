"""A real `pendopo serve` for tests: processes, sockets, kill -9."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2

from ..serve import _die_with_parent

if TYPE_CHECKING:
    from ..app import Portal


__all__ = ["Server", "free_port", "make_findable", "portal_of", "until"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_findable(folder: Path, name: str, version: str = "0.1.0") -> Path:
    """Let Python find the plugin package `name` in `folder` as if it were installed, wherever `folder` is on the path."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {version}\n")
    (info / "entry_points.txt").write_text(f"[pendopo.plugins]\n{name} = {name}.plugin\n")
    return folder


class Server:
    """`pendopo serve` in `home` on the database at `url`. `path`: folders with more plugins."""

    def __init__(self, home: Path, url: str, *, workers: int = 1, path: tuple[Path, ...] = (), **variables: str) -> None:
        self.home = home
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        clean = {key: value for key, value in os.environ.items() if not key.startswith("PENDOPO_")}
        self.environment = {
            **clean, "PENDOPO_HOME": str(home), "PENDOPO_DATABASE_URL": url, "PENDOPO_PORT": str(self.port), "PENDOPO_WORKERS": str(workers),
            "PENDOPO_SECRET_KEY": "uji-coba-bukan-rahasia", "PENDOPO_PUBLIC_URL": self.base, "PENDOPO_DATABASE_POOL_SIZE": "6",
            "PYTHONPATH": os.pathsep.join(str(folder) for folder in path), **variables,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.log = home / "server.log"

    def run(self, *arguments: str) -> str:
        """Run another `pendopo` command on the same installation and return what it printed."""
        command = [sys.executable, "-m", "pendopo.cli", *arguments]
        done = subprocess.run(command, env=self.environment, cwd=self.home, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(f"pendopo {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self) -> Server:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pendopo.cli", "serve"], env=self.environment, cwd=self.home, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=_die_with_parent,  # also when the tests themselves are killed
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if httpx2.get(f"{self.base}/healthz", timeout=2).status_code == 200:
                    return self
            except httpx2.HTTPError:
                time.sleep(0.05)
        raise AssertionError(f"the server did not start: {self.log.read_text()[-3000:]}")

    def kill(self) -> None:
        """kill -9, the whole group at once: as a power cut does."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> int:
        """Ask it to stop; how it ended."""
        assert self.process is not None
        self.process.terminate()
        try:
            return self.process.wait(20)
        finally:
            self.kill()

    def client(self, token: str = "") -> httpx2.Client:
        """A browser: sends `Origin`, follows no redirect; with `token`, signed in."""
        cookies = {"pendopo": token} if token else {}
        return httpx2.Client(base_url=self.base, headers={"Origin": self.base}, cookies=cookies, timeout=30)


def portal_of(server: Server) -> Portal:
    """The installation of `server`, seen from this process, to make people and to count."""
    from ..app import Portal
    from ..settings import Settings

    return Portal(Settings(home=server.home, database_url=server.environment["PENDOPO_DATABASE_URL"], secret_key="uji-coba-bukan-rahasia"))


def until(condition: Callable[[], Any], seconds: float = 15.0) -> Any:
    """What `condition` gives once it gives something true. Raises AssertionError when that takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")
