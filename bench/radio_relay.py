"""What a listener costs: the portal's own port and the station's listener port, beside Icecast with the same bytes at the same time."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import radio_icecast
from servers import BENCH, LOAD_CORE, Load, Server, child_processes, free_port, get, running

ON_PORTAL = 2000
ON_PORT = (4000, 8000)
WINDOWS = int(os.environ.get("BENCH_ROUNDS", "5"))
WINDOW_S = 3.0
JOIN_S = 60.0
BARE_PATH, PORTAL_PATH = "/stream.mp3", "/radio/stream.mp3"


class Crowd:
    """Listeners in a process of their own, on the load's core."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(BENCH / "radio_listeners.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {LOAD_CORE}),
        )

    def say(self, **job: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("radio_listeners.py ended")
        return json.loads(line)

    def measure(self, server: Server, path: str, count: int) -> dict[str, Any]:
        """Microseconds of CPU for each listener-second, kB of memory for each listener, and how they fared."""
        before = server.memory_mb()
        self.say(port=server.port, path=path, count=count, join_s=JOIN_S, windows=WINDOWS, window_s=WINDOW_S)
        joined = self.hear()
        if not joined["listeners"]:
            raise RuntimeError(f"{server.name} gives no sound")
        costs, got = [], []
        used = cpu_s(server.process.pid)
        for _ in range(WINDOWS):
            window = self.hear()
            now = cpu_s(server.process.pid)
            costs.append((now - used) / window["seconds"] / joined["listeners"] * 1e6)
            got.append(window["bytes"] * 8 / window["seconds"] / joined["listeners"] / 1000)
            used = now
        memory = (server.memory_mb() - before) * 1024 / joined["listeners"]
        return {**joined, "us": median(costs), "spread": f"{min(costs):.1f}-{max(costs):.1f}", "kbit": median(got), "kB": memory, **self.hear()}

    @contextlib.contextmanager
    def holding(self, server: Server, path: str, count: int) -> Iterator[dict[str, Any]]:
        """Listeners who stay while something else is measured."""
        self.say(port=server.port, path=path, count=count, join_s=JOIN_S, hold=True)
        yield self.hear()
        self.say()
        self.hear()

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)


def cpu_s(pid: int) -> float:
    """CPU seconds of all threads, from the scheduler's own count in nanoseconds."""
    return sum(int((task / "schedstat").read_text().split()[0]) for task in Path(f"/proc/{pid}/task").iterdir()) / 1e9


@contextlib.contextmanager
def source(home: Path, icecast_port: int | None = None) -> Iterator[None]:
    """The same numbered bytes for the engine's socket in `home` and for Icecast."""
    command = [sys.executable, str(BENCH / "radio_source.py"), str(home), *([str(icecast_port)] if icecast_port else [])]
    process = subprocess.Popen(command, preexec_fn=lambda: os.sched_setaffinity(0, {LOAD_CORE}))
    try:
        deadline = time.monotonic() + 15
        while not (home / "engine.sock").exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("radio_source.py did not begin")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


def wait_for_sound(server: Server, path: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if get(server.port, path).status == 200:
                return
        time.sleep(0.2)
    raise RuntimeError(f"{server.name} does not answer; see {server.log.name}")


def measure(folder: Path, env: dict[str, str], portal_command: list[str], cookie: str) -> list:
    home = Path(env["PENDOPO_HOME"]) / "radio"
    (folder / "icecast").mkdir()
    folder.chmod(0o755)  # Icecast gives up root, and reads its settings again
    ice_port, bare_port = free_port(), free_port()
    icecast = Server("icecast", radio_icecast.command(folder / "icecast", ice_port), ice_port)
    with running(icecast):
        wait_for_sound(icecast, "/status-json.xsl")
        with source(home, ice_port):
            command = [sys.executable, "-m", "pendopo_stream.relay", "--home", str(home), "--host", "127.0.0.1", "--port", str(bare_port)]
            bare = Server("listeners", command, bare_port)
            portal = Server("portal-radio", portal_command, int(env["PENDOPO_PORT"]), env)
            with running(bare, portal):
                portal.wait()
                wait_for_sound(bare, "/healthz")
                rest(portal)
                return rows(icecast, bare, portal, cookie)


def rest(portal: Server) -> None:
    """Let what begins with a process come to its end, and services sleep."""
    time.sleep(3)
    portal.pause_services()
    if not child_processes(portal.process.pid):
        time.sleep(2)


def rows(icecast: Server, bare: Server, portal: Server, cookie: str) -> list:
    from run import Row

    crowd, made = Crowd(), []
    peers: dict[int, dict[str, Any]] = {}

    def peer(count: int) -> dict[str, Any]:
        if count not in peers:
            peers[count] = crowd.measure(icecast, BARE_PATH, count)
        return peers[count]

    def cost_row(what: str, server: Server, path: str, count: int, target: float) -> dict[str, Any]:
        theirs, ours = peer(count), crowd.measure(server, path, count)
        detail = (
            f"{ours['us']:.1f} us ({ours['spread']}) against {theirs['us']:.1f} ({theirs['spread']}, {theirs['listeners']:,} listeners); "
            f"all joined in {ours['joined_s']:.1f} s, at Icecast in {theirs['joined_s']:.1f} s"
        )
        made.append(Row(f"CPU of a listener, {count:,} on {what} / Icecast's", ours["us"] / theirs["us"], "x", target, detail=detail))
        return ours

    found = [cost_row("the portal's port", portal, PORTAL_PATH, ON_PORTAL, 1.0)]
    found += [cost_row("the listener port", bare, BARE_PATH, count, 0.6) for count in ON_PORT]
    whole = f"the whole process with {ON_PORT[-1]:,}: {bare.memory_mb():.0f} MB"
    made.append(Row("memory of one more listener on the listener port", max(one["kB"] for one in found[1:]), "kB", 3.0, detail=whole))
    made.append(Row("memory of one more listener on the portal's port", found[0]["kB"], "kB"))
    lost = sum(one["torn"] + one["unheard"] + one["ended"] + one["missing"] for one in found)
    slow = min(one["kbit"] for one in found)
    made.append(Row("listeners dropped, left out, or with a byte missing", lost, "", 0, detail=f"{slow:.1f} kbit/s came to each, of 64"))
    made.append(home_row(crowd, portal, cookie))
    crowd.stop()
    return made


def home_row(crowd: Crowd, portal: Server, cookie: str) -> Any:
    """Pages beside listeners: the signed-in home, with and without 2,000 on the same worker."""
    from run import CELL_S, Row

    load = Load()

    def rate() -> float:
        return load.run(portal, CELL_S, headers=[f"Cookie: {cookie}"])["rps"]

    rate()
    ratios, alone, beside = [], [], []
    for _ in range(2):
        alone += [rate() for _ in range(WINDOWS)]
        with crowd.holding(portal, PORTAL_PATH, ON_PORTAL):
            beside += [rate() for _ in range(WINDOWS)]
    alone += [rate() for _ in range(WINDOWS)]
    load.stop()
    ratios = median(beside) / median(alone)
    return Row(f"signed-in home beside {ON_PORTAL:,} listeners / alone", ratios, "x", 0.9, True, f"{median(beside):,.0f}/s against {median(alone):,.0f}/s")
