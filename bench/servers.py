"""Processes of the bench: each on its own core, gone when the bench ends."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BENCH = Path(__file__).parent
SERVER_CORE = 0
LOAD_CORE = min(1, (os.cpu_count() or 1) - 1)
TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(home: Path, port: int, *folders: Path, **more: str) -> dict[str, str]:
    """Settings of one installation, and nothing of the caller's."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PENDOPO_", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE"))}
    return {
        **clean, "PENDOPO_HOME": str(home), "PENDOPO_PORT": str(port), "PENDOPO_PUBLIC_URL": f"http://127.0.0.1:{port}", "PENDOPO_LOG_LEVEL": "error",
        "PYTHONPATH": os.pathsep.join(str(folder) for folder in folders), **more,
    }


class Server:
    """One server on the server's core."""

    def __init__(self, name: str, command: list[str], port: int, env: dict[str, str] | None = None) -> None:
        self.name, self.port = name, port
        self.began = time.perf_counter()
        self.log = open(BENCH.parent / "var" / f"bench-{name}.log", "w")  # noqa: SIM115  as long as the process
        self.process = subprocess.Popen(
            command, env=env, cwd=BENCH, stdout=self.log, stderr=self.log, preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE})
        )

    def wait(self, path: str = "/", cookie: str = "", timeout_s: float = 60.0) -> float:
        """Seconds from the start until `path` is answered."""
        while time.perf_counter() - self.began < timeout_s:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                if get(self.port, path, cookie).status == 200:
                    return time.perf_counter() - self.began
            time.sleep(0.005)
        raise RuntimeError(f"{self.name} does not answer; see {self.log.name}")

    @property
    def workers(self) -> list[int]:
        """The process that answers: itself, or gunicorn's child."""
        children = child_processes(self.process.pid)
        return children if self.name == "django" else [self.process.pid]

    def busy_s(self) -> float:
        """CPU seconds that the answering process has used."""
        total = 0
        for pid in self.workers:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICK

    def memory_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def pause_services(self) -> list[int]:
        """Processes beside the web worker (the radio's engine) sleep while pages are measured."""
        children = child_processes(self.process.pid)
        for pid in children:
            os.kill(pid, signal.SIGSTOP)
        return children

    def stop(self) -> None:
        for pid in child_processes(self.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def child_processes(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return found


@dataclass(frozen=True)
class Page:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def get(port: int, path: str, cookie: str = "") -> Page:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        return Page(answer.status, [(name.lower(), value) for name, value in answer.getheaders() if name.lower() not in ("date", "server")], answer.read())
    finally:
        connection.close()


class Load:
    """The load generator, on the other core for the whole bench."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(BENCH / "load.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {LOAD_CORE}),
        )

    def run(self, server: Server, seconds: float, *, path: str = "/", headers: list[str] | None = None, connections: int = 16) -> dict[str, float]:
        job = {"url": f"http://127.0.0.1:{server.port}{path}", "seconds": seconds, "connections": connections, "headers": headers or []}
        busy, began = server.busy_s(), time.perf_counter()
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        found = json.loads(self.process.stdout.readline())
        found["busy"] = (server.busy_s() - busy) / (time.perf_counter() - began)
        if found["bad"]:
            raise RuntimeError(f"{server.name} answered {found['bad']} times with something else than 200; see {server.log.name}")
        return found

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)


@contextlib.contextmanager
def running(*servers: Server) -> Iterator[None]:
    try:
        yield
    finally:
        for server in servers:
            server.stop()
