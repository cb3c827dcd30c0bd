"""Processes: web workers sharing one socket, and the services that plugins ask for.

One worker runs in the command's own process. With several, a small parent that imports nothing heavy starts them, and
starts again what dies. Children end when their parent does, however it ends.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from .app import Portal
    from .settings import Settings

log = structlog.get_logger("pendopo.serve")
BACKLOG = 4096
GRACE_S = 8.0


# Loaded before any fork: a child between fork and exec may import nothing, another thread may hold the lock.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def _die_with_parent() -> None:
    """In a child before exec: be told to stop when the parent dies (Linux)."""
    if _prctl is not None:
        _prctl(1, signal.SIGTERM)


def listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(BACKLOG)
    listener.set_inheritable(True)
    return listener


def run_worker(settings: Settings, listener: socket.socket) -> None:
    """Serve in this process until told to stop."""
    import uvicorn

    from .app import create_app

    app = create_app(settings)
    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", ws="websockets-sansio", ws_per_message_deflate=False, ws_max_size=65536, lifespan="on",
        log_level=settings.log_level, access_log=False, timeout_graceful_shutdown=5, server_header=False, proxy_headers=True, backlog=BACKLOG,
    )
    uvicorn.Server(config).run(sockets=[listener])


def serve(settings: Settings) -> None:
    """`pendopo serve`: one worker here, or a parent with several."""
    listener = listen(settings.host, settings.port)
    if settings.workers <= 1:
        run_worker(settings, listener)
        return
    Workers(settings, listener).run()


class Workers:
    """The parent of several web workers."""

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self.settings = settings
        self.listener = listener
        self.children: dict[int, subprocess.Popen[bytes]] = {}
        self.stopping = False

    def _start(self, number: int) -> None:
        environment = {**os.environ, "PENDOPO_WORKER": str(number), "PENDOPO_LISTEN_FD": str(self.listener.fileno())}
        self.children[number] = subprocess.Popen(
            [sys.executable, "-m", "pendopo.serve"], env=environment, pass_fds=[self.listener.fileno()], preexec_fn=_die_with_parent
        )

    def run(self) -> None:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        for number in range(self.settings.workers):
            self._start(number)
        pause = 0.2
        while not self.stopping:
            time.sleep(0.2)
            for number, child in list(self.children.items()):
                if child.poll() is not None and not self.stopping:
                    log.warning("worker ended, starting it again", worker=number, code=child.returncode)
                    time.sleep(pause)
                    pause = min(pause * 2, 5.0)
                    self._start(number)
        deadline = time.monotonic() + GRACE_S
        for child in self.children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()

    def _stop(self, *_: Any) -> None:
        self.stopping = True
        for child in self.children.values():
            child.terminate()


class ServiceKeeper(threading.Thread):
    """Starts the services of enabled plugins, and starts again what dies, with growing pauses up to 30 s."""

    def __init__(self, portal: Portal) -> None:
        super().__init__(name="services", daemon=True)
        self.portal = portal
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.started: dict[str, float] = {}
        self.pause: dict[str, float] = {}
        self.next_try: dict[str, float] = {}
        self._wake = threading.Event()
        self._stop_wanted = False

    def wake(self) -> None:
        self._wake.set()

    def run(self) -> None:
        while not self._stop_wanted:
            self._look()
            self._wake.wait(0.5)
            self._wake.clear()
        for child in self.running.values():
            self._end(child)

    def _look(self) -> None:
        from .registry import current

        wanted = current().services
        for slug in [slug for slug in self.running if slug not in wanted]:
            self._end(self.running.pop(slug))
        for slug, (plugin, service) in wanted.items():
            child = self.running.get(slug)
            if child is not None and child.poll() is None:
                continue
            now = time.monotonic()
            if child is not None:
                self.running.pop(slug)
                lived = now - self.started[slug]
                self.pause[slug] = 0.2 if lived > 60 else min(self.pause.get(slug, 0.1) * 2, 30.0)
                self.next_try[slug] = now + self.pause[slug]
                self.portal.host.fault(plugin, f"service:{slug}", RuntimeError(f"ended with code {child.returncode} after {lived:.1f} s"))
            if now >= self.next_try.get(slug, 0.0):
                self._begin(slug, plugin, service)

    def _begin(self, slug: str, plugin: str, service: Any) -> None:
        settings = self.portal.settings
        fill = {"python": sys.executable, "home": str(settings.home.absolute())}
        command = [part.format(**fill) for part in service.command]
        try:
            self.running[slug] = subprocess.Popen(command, env={**os.environ, **service.environment}, preexec_fn=_die_with_parent)
            self.started[slug] = time.monotonic()
        except OSError as error:
            self.next_try[slug] = time.monotonic() + 30
            self.portal.host.fault(plugin, f"service:{slug}", error)

    @staticmethod
    def _end(child: subprocess.Popen[bytes]) -> None:
        child.terminate()
        try:
            child.wait(3)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(3)

    def stop(self) -> None:
        self._stop_wanted = True
        self._wake.set()
        self.join(10)


if __name__ == "__main__":
    from .settings import Settings

    run_worker(Settings(), socket.socket(fileno=int(os.environ["PENDOPO_LISTEN_FD"])))
