"""`make bench`: one table of what was measured beside what was promised; ends with 1 when a promise is not kept.

`run.py [pages] [start] [sockets] [radio] [papers]` measures a part (`relay`, `words`, `engine` are parts of `radio`). BENCH_ROUNDS (5)
and BENCH_CELL_S (1.5) make it longer.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import plugin_twin
from servers import BENCH, LOAD_CORE, Load, Server, environment, free_port, get, running

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
CELL_S = float(os.environ.get("BENCH_CELL_S", "1.5"))
MENU = 24
CARDS = BADGES = 6
MANY = 200
SOCKETS = 5000
RADIO = ["relay", "words", "engine", "latency"]
PENDOPO = str(Path(sys.executable).parent / "pendopo")


@dataclass(frozen=True)
class Row:
    """One line of the table. `least`: the figure must reach `target`; otherwise it must stay below. No target: told only."""

    what: str
    figure: float
    unit: str
    target: float | None = None
    least: bool = False
    detail: str = ""

    @property
    def kept(self) -> bool:
        return self.target is None or (self.figure >= self.target if self.least else self.figure <= self.target)

    def __str__(self) -> str:
        promise = "" if self.target is None else f"{'>=' if self.least else '<='} {self.target:g}"
        mark = "" if self.target is None else "ok" if self.kept else "MISSED"
        return f"{self.what:<64} {promise:>8} {self.figure:>8.2f} {self.unit:<4} {mark:<7} {self.detail}"


def pendopo(env: dict[str, str], *words: str) -> None:
    done = subprocess.run([PENDOPO, *words], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"pendopo {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")


def prepared(env: dict[str, str], *words: str) -> dict:
    done = subprocess.run([sys.executable, str(BENCH / "prepare.py"), *words], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"prepare.py: {done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def make_installation(folder: Path) -> tuple[dict[str, str], dict]:
    """A portal with demo data whose home has 24 menu entries: the real plugins', filled up with generated ones."""
    home, twins = folder / "home", folder / "twins"
    twins.mkdir()
    env = environment(home, free_port(), twins)
    pendopo(env, "migrate", "--quiet")
    pendopo(env, "demo", "--scale", "0.05")
    alone = prepared(env, "look")
    plugin_twin.make(twins, max(1, MENU - len(alone["menu"])), badges=max(0, BADGES - len(alone["badges"])), cards=max(0, CARDS - alone["cards"]))
    page = prepared(env)
    (folder / "page.json").write_text(json.dumps(page))
    return env, page


def make_floor(folder: Path, name: str, portal: Server, cookie: str = "") -> Server:
    page = get(portal.port, "/", cookie)
    file = folder / f"{name}.html"
    file.write_bytes(page.body)
    (folder / f"{name}.html.json").write_text(json.dumps(page.headers))
    port = free_port()
    return Server(f"floor-{name}", [sys.executable, str(BENCH / "floor.py"), str(port), str(file)], port)


def make_django(folder: Path) -> tuple[Server, str]:
    """The peer and the cookie that signs in there."""
    env = {**environment(folder, 0, BENCH), "PEER_FOLDER": str(folder)}
    done = subprocess.run([sys.executable, "django_peer.py"], env=env, cwd=BENCH, capture_output=True, text=True, check=True)
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-w", "1", "django_peer:application"]
    return Server("django", command, port, env), f"sessionid={done.stdout.split()[-1]}"


def measure_pages(folder: Path, env: dict[str, str], page: dict) -> list[Row]:
    """Anonymous and signed-in home, each beside a floor of the same bytes; the signed-in one also beside Django's."""
    portal = Server("portal", [PENDOPO, "serve"], int(env["PENDOPO_PORT"]), env)
    with running(portal):
        portal.wait()
        cookie = f"{page['cookie']}={page['token']}"
        floors = {"anonymous": make_floor(folder, "anonymous", portal), "home": make_floor(folder, "home", portal, cookie)}
        django, session = make_django(folder)
        with running(django, *floors.values()):
            for server in floors.values():
                server.wait()
            django.wait(cookie=session)
            peer_bytes = len(get(django.port, "/", session).body)
            portal.pause_services()
            rounds = page_cells({
                "floor-anonymous": (floors["anonymous"], ""),
                "anonymous": (portal, ""),
                "floor-home": (floors["home"], ""),
                "home": (portal, cookie),
                "drawn": (portal, f"{cookie}; baru=1"),  # as right after a write: not from the kept pages
                "django": (django, session),
            })
            memory = portal.memory_mb()
    return page_rows(rounds, page, peer_bytes, memory)


def page_cells(cells: dict[str, tuple[Server, str]]) -> list[dict[str, dict[str, float]]]:
    """All cells one after the other, round after round."""
    load = Load()

    def one(seconds: float) -> dict[str, dict[str, float]]:
        return {name: load.run(server, seconds, headers=[f"Cookie: {cookie}"] if cookie else []) for name, (server, cookie) in cells.items()}

    one(0.5)
    rounds = [one(CELL_S) for _ in range(ROUNDS)]
    load.stop()
    return rounds


def page_rows(rounds: list[dict], page: dict, peer_bytes: int, memory: float) -> list[Row]:
    def ratio(name: str, to: str) -> tuple[float, str]:
        found = sorted(one[name]["rps"] / one[to]["rps"] for one in rounds)
        speed = median(one[name]["rps"] for one in rounds)
        peer = median(one[to]["rps"] for one in rounds)
        late = median(one[name]["p99_ms"] for one in rounds)
        cpu = median(one[name]["rps"] / one[name]["busy"] * one[to]["busy"] / one[to]["rps"] for one in rounds)
        return median(found), f"{found[0]:.2f}-{found[-1]:.2f}, by CPU time {cpu:.2f}; {speed:,.0f}/s against {peer:,.0f}/s, p99 {late:.1f} ms"

    rows = []
    for what, name, to, target in (
        ("anonymous portal page / floor", "anonymous", "floor-anonymous", 0.85),
        ("signed-in home / floor", "home", "floor-home", 0.15),
        ("signed-in home / Django's", "home", "django", 5.0),
        ("signed-in home drawn anew each time / floor", "drawn", "floor-home", None),
        ("signed-in home drawn anew each time / Django's", "drawn", "django", None),
    ):
        figure, detail = ratio(name, to)
        rows.append(Row(what, figure, "x", target, True, detail))
    busy = median(one["floor-home"]["busy"] for one in rounds)
    limit = "the server is the limit" if busy > 0.85 else "the load is the limit, so the ratios to the floor flatter"
    print(f"home: {page['bytes']:,} bytes, {len(page['menu'])} menu entries, {len(page['badges'])} badges, {page['cards']} cards, {page['queries']} queries")
    print(f"when drawn; Django's: {peer_bytes:,} bytes, as many queries. The floor kept its core busy for {busy:.0%} of the time: {limit}.")
    rows.append(Row("memory of one worker after these pages", memory, "MB", 150))
    return rows


def measure_start(folder: Path, env: dict[str, str]) -> list[Row]:
    """From the command to the first answered page, files warm; the median of five."""
    rows = []
    for count, target in ((0, 1.5), (MANY, 4.0)):
        twins = folder / f"twins-{count}"
        twins.mkdir()
        plugin_twin.make(twins, count)
        taken, memory = [], 0.0
        for _ in range(ROUNDS + 1):  # the first one compiles
            port = free_port()
            server = Server(f"start-{count}", [PENDOPO, "serve"], port, {**env, "PYTHONPATH": str(twins), "PENDOPO_PORT": str(port)})
            with running(server):
                taken.append(server.wait())
                memory = server.memory_mb()
        found = sorted(taken[1:])
        plugins = "its plugins" if not count else f"its plugins and {count} generated"
        rows.append(Row(f"start of the portal with {plugins}", median(found), "s", target, detail=f"{found[0]:.2f}-{found[-1]:.2f} s, {memory:.0f} MB"))
    return rows


def measure_sockets(env: dict[str, str]) -> list[Row]:
    """A fragment to 5,000 open pages: until the last one has it, beside `websockets.broadcast` of the same text."""
    port = free_port()
    portal = Server("portal-live", [PENDOPO, "serve"], int(env["PENDOPO_PORT"]), env)
    bare = Server("bare", [sys.executable, str(BENCH / "bare_sockets.py"), str(port)], port)
    with running(portal, bare):
        portal.wait()
        portal.pause_services()
        done = subprocess.run(
            [sys.executable, str(BENCH / "listeners.py"), str(portal.port), str(port), str(SOCKETS), str(ROUNDS + 2)],
            capture_output=True, text=True, check=False, preexec_fn=lambda: os.sched_setaffinity(0, {LOAD_CORE}),
        )
        if done.returncode:
            raise RuntimeError(f"listeners.py: {done.stderr[-2000:]}")
        memory = portal.memory_mb()
    found = json.loads(done.stdout)
    ratios = sorted(ours / theirs for ours, theirs in found)
    ours, theirs = median(pair[0] for pair in found) * 1000, median(pair[1] for pair in found) * 1000
    detail = f"{ratios[0]:.2f}-{ratios[-1]:.2f}; {ours:.0f} ms against {theirs:.0f} ms, {memory:.0f} MB"
    return [Row(f"fragment to {SOCKETS:,} sockets / websockets.broadcast", median(ratios), "x", 1.5, detail=detail)]


def measure_radio(folder: Path, env: dict[str, str], page: dict, parts: list[str]) -> list[Row]:
    import radio_engine
    import radio_latency
    import radio_relay
    import radio_sockets

    rows: list[Row] = []
    if "relay" in parts:
        rows += radio_relay.measure(folder, env, [PENDOPO, "serve"], f"{page['cookie']}={page['token']}")
    if "words" in parts:
        rows += radio_sockets.measure(env, [PENDOPO, "serve"])
    if "engine" in parts:
        rows += radio_engine.measure(folder)
    if "latency" in parts:
        rows += radio_latency.measure(folder)
    return rows


def measure_portal(folder: Path, parts: list[str]) -> list[Row]:
    """The parts that need an installation with demo data."""
    env, page = make_installation(folder)
    rows: list[Row] = []
    if "pages" in parts:
        rows += measure_pages(folder, env, page)
    if "start" in parts:
        rows += measure_start(folder, env)
    if "sockets" in parts:
        rows += measure_sockets(env)
    return rows + measure_radio(folder, env, page, parts)


def main() -> None:
    parts = sys.argv[1:] or ["pages", "start", "sockets", "radio", "papers"]
    if "radio" in parts:
        parts += RADIO
    sys.modules["run"] = sys.modules["__main__"]  # parts in files of their own make the same rows
    (BENCH.parent / "var").mkdir(exist_ok=True)
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    folder = Path(tempfile.mkdtemp(prefix="pendopo-bench-"))
    rows: list[Row] = []
    try:
        if parts != ["papers"]:
            rows += measure_portal(folder, parts)
        if "papers" in parts:
            import papers

            rows += papers.measure(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\nPython {platform.python_version()}, {os.cpu_count()} cores, {ROUNDS} rounds of {CELL_S:g} s; servers on one core, the load on another")
    print(f"{'what':<64} {'promised':>8} {'measured':>8}")
    for row in rows:
        print(row)
    sys.exit(0 if all(row.kept for row in rows) else 1)


if __name__ == "__main__":
    main()
