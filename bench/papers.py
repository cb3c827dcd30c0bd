"""Applications with papers and money: letters, the collective list of PBB, and the Meja kerja of an office with very much to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from run import Row, pendopo
from servers import BENCH, SERVER_CORE, environment

LETTERS_A_SECOND, IMPORTED_A_SECOND = 20, 5000
LIST_MS, DESK_MS, SEARCH_MS = 50, 60, 100


def ran(program: str, env: dict[str, str]) -> Any:
    """What `program` of the bench printed last, on the server's core."""
    done = subprocess.run(
        [sys.executable, str(BENCH / program)], env=env, capture_output=True, text=True, check=False, preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE})
    )
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stdout[-1000:]}{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def measure(folder: Path) -> list[Row]:
    from pendopo.testing.databases import PostgresServer

    rows = letters(folder) + tax(_migrated(folder / "tax")) + desk(_migrated(folder / "desk"), "SQLite")
    server = PostgresServer().start()
    try:
        return rows + desk(_migrated(folder / "desk-pg", PENDOPO_DATABASE_URL=server.url), "PostgreSQL")
    finally:
        server.stop()


def _migrated(home: Path, **more: str) -> dict[str, str]:
    env = environment(home, 0, BENCH, **more)
    pendopo(env, "migrate", "--quiet")
    return env


def letters(folder: Path) -> list[Row]:
    found = ran("papers_letters.py", environment(folder / "letters", 0, BENCH))
    detail = f"each {found['cpu_ms']:.0f} ms of CPU time, {found['bytes'] / 1024:.0f} KiB; {found['rss_mib']:.0f} MB"
    return [Row("letters numbered, drawn, signed and stored, one core", found["letters_s"], "/s", LETTERS_A_SECOND, True, detail)]


def tax(env: dict[str, str]) -> list[Row]:
    found = ran("papers_tax.py", env)
    first, *others = found["pages"].values()
    return [
        Row("PBB import of 100,000 objects, each row checked", found["rows_s"], "/s", IMPORTED_A_SECOND, True),
        Row("collective list of 100,000 PBB objects, first page", first, "ms", LIST_MS, detail=f"of a kecamatan and a desa {_range(others)}"),
    ]


def desk(env: dict[str, str], database: str) -> list[Row]:
    """The slowest page and search of two officers: one works everywhere, one in one of 25 offices."""
    found = ran("papers_desk.py", env)
    pages = {(who, target): ms for who, one in found["found"].items() for target, ms in one.items() if "q=" not in target}
    searches = {(who, target): ms for who, one in found["found"].items() for target, ms in one.items() if "q=" in target}
    return [
        Row(f"Meja kerja, 100,000 open matters: slowest of its pages, {database}", max(pages.values()), "ms", DESK_MS, detail=_slowest(pages)),
        Row(f"Meja kerja, 100,000 open matters: slowest search, {database}", max(searches.values()), "ms", SEARCH_MS, detail=_slowest(searches)),
    ]


def _range(found: list[float]) -> str:
    return f"{min(found):.0f}-{max(found):.0f} ms"


def _slowest(found: dict[tuple[str, str], float]) -> str:
    who, target = max(found, key=found.__getitem__)
    return f"{_range(list(found.values()))}; slowest {target} ({who})"
