"""A program that the engine starts and watches, and that outlives it: so that the station goes on when we are killed.

It runs in a session of its own. Its number is kept in a file; a fresh engine finds it there and takes it over.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

log = logging.getLogger("pendopo_stream.engine")
SHORTEST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
STEADY_S = 20.0
MOST_LOG_BYTES = 4 * 1024 * 1024


@dataclass
class Service:
    """`command` must name `mark` (a path of this home): so a number that the system gave to somebody else is not mistaken."""

    name: str
    command: list[str]
    mark: Path
    work: Path
    starts: int = 0
    _child: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _pause_s: float = SHORTEST_PAUSE_S
    _not_before: float = 0.0
    _began: float = 0.0

    @property
    def _number_file(self) -> Path:
        return self.work / f"{self.name}.pid"

    @property
    def pid(self) -> int | None:
        """The number of the running program, ours or taken over."""
        if self._child is not None:
            return self._child.pid if self._child.poll() is None else None
        try:
            pid = int(self._number_file.read_text())
            spoken = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return None
        return pid if str(self.mark).encode() in spoken else None

    def keep(self) -> bool:
        """Start it when it is not there, not more often than the pause allows. True when it was started now."""
        now = time.monotonic()
        if self.pid is not None:
            if now - self._began > STEADY_S:
                self._pause_s = SHORTEST_PAUSE_S
            return False
        if now < self._not_before:
            return False
        self._clear()
        self._not_before = now + self._pause_s
        self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)
        self._start()
        self._began = now
        return True

    def _clear(self) -> None:
        """End what a program that died left behind: a helper that went on reading our pipe would steal its sound."""
        try:
            session = int(self._number_file.read_text())
        except (OSError, ValueError):
            return
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                ours = str(self.work).encode() in (folder / "cmdline").read_bytes() and os.getsid(int(folder.name)) == session
                if ours:
                    os.kill(int(folder.name), signal.SIGKILL)
            except (ProcessLookupError, FileNotFoundError):
                continue  # it ended meanwhile

    def _start(self) -> None:
        said = self.work / f"{self.name}.log"
        if said.exists() and said.stat().st_size > MOST_LOG_BYTES:
            said.replace(said.with_suffix(".log.1"))
        with said.open("ab") as out:
            said.chmod(0o600)
            self._child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, cwd=self.work)
        self._number_file.write_text(str(self._child.pid))
        self.starts += 1
        log.info("%s started (%d)", self.name, self._child.pid)

    def stop(self, wait_s: float = 3.0) -> None:
        """End it, by force when asking does not help."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            pid = self.pid
            if pid is None:
                break
            try:
                os.kill(pid, sign)
            except ProcessLookupError:
                break
            end = time.monotonic() + wait_s
            while self.pid is not None and time.monotonic() < end:
                time.sleep(0.05)
        self._clear()
        self._number_file.unlink(missing_ok=True)
        self._child = None
