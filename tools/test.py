"""What `make test` runs: words, style, import walls, then every test on SQLite and again on PostgreSQL.

`make test ONLY="lint sqlite"` or `test.py sqlite -- -k berkas` runs a part; what follows `--` goes to pytest.
PostgreSQL is started for the run (pendopo.testing). Tests marked `once` do not touch the database and stream/ has none:
they run with SQLite only. So do those of a browser: what it shows does not depend on the database, and `-m browser` runs them on either.

`soak` leaves stations to themselves for PENDOPO_SOAK_S (600 s), heard all the while. It is begun before `sqlite`, runs beside
what follows, and is joined after the last part; what pytest is given by hand leaves it out, unless it is named.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parent.parent
BIN = ROOT / ".venv" / "bin"
PYTEST = [str(BIN / "python"), "-m", "pytest", "-q", "-n", str(min(os.cpu_count() or 1, 4)), "--dist", "worksteal"]
WITH_DATABASE = ["core", "themes", "plugins", "tests"]
SOAK = "stream/tests/scenarios/test_soak.py"


@dataclass(frozen=True)
class Step:
    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    beside: bool = False  # the others need not wait for it


def steps(options: list[str]) -> list[Step]:
    """Everything, in its order. `options`: what the caller has for pytest."""
    rooms = [part for part in WITH_DATABASE if (ROOT / part).is_dir()]
    chosen = any(Path(option.split("::")[0]).exists() for option in options)
    return [
        Step("words", [str(BIN / "python"), "tools/words.py", "compile"]),
        Step("lint", [str(BIN / "ruff"), "check", "--quiet", "."]),
        Step("lint", [str(BIN / "lint-imports"), "--no-cache"]),
        Step("lint", [str(BIN / "python"), "tools/words.py", "check"]),
        Step("soak", [*PYTEST[:4], SOAK, *options], {"PENDOPO_SOAK_S": os.environ.get("PENDOPO_SOAK_S", "600")}, beside=True),
        Step("sqlite", [*PYTEST, f"--ignore={SOAK}", *options], {"PENDOPO_TEST_DATABASE": "sqlite"}),
        Step("postgresql", [*PYTEST, "-m", "not once and not browser", *([] if chosen else rooms), *options],
             {"PENDOPO_TEST_DATABASE": "postgresql"}),
    ]


def start(step: Step, output: IO[bytes] | None = None) -> tuple[subprocess.Popen[bytes], float]:
    print(f"\n== {step.name}: {' '.join(step.command[-8:]).replace(str(ROOT) + '/', '')}", flush=True)
    # Settings of an installation must not reach the tests.
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PENDOPO_") or key.startswith("PENDOPO_TEST_")}
    clean.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of servers are started: compiled once, as in any installation
    return subprocess.Popen(step.command, cwd=ROOT, env={**clean, **step.environment}, stdout=output, stderr=output), time.monotonic()


def join(step: Step, process: subprocess.Popen[bytes], began: float) -> tuple[bool, float]:
    code = process.wait()
    return code in (0, 5) if step.name in ("sqlite", "postgresql") and "-k" in step.command else code == 0, time.monotonic() - began


def run_all(wanted: list[Step]) -> list[tuple[Step, bool, float]]:
    """Each after the other. What runs beside them is begun in its turn; its output is shown at the end."""
    results, running = [], []
    with tempfile.TemporaryFile() as output:
        for step in wanted:
            if step.beside:
                running.append((step, *start(step, output)))
            else:
                results.append((step, *join(step, *start(step))))
        results += [(step, *join(step, process, began)) for step, process, began in running]
        output.seek(0)
        print(output.read().decode(errors="replace"), flush=True)
    return results


def main() -> None:
    words = sys.argv[1:]
    names, options = (words[: words.index("--")], words[words.index("--") + 1 :]) if "--" in words else (words, [])
    names = names or os.environ.get("ONLY", "").split()
    known = {step.name for step in steps([])}
    if unknown := set(names) - known:
        sys.exit(f"unknown part: {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}\n{__doc__}")
    results = run_all([step for step in steps(options) if (step.name in names if names else not (options and step.beside))])
    print("\n== summary")
    for step, good, seconds in results:
        print(f"{'ok    ' if good else 'FAILED'} {seconds:7.1f} s  {step.name:<11} {Path(step.command[0]).name} {' '.join(step.command[1:3])}")
    print(f"       {sum(seconds for *_, seconds in results):7.1f} s  in all")
    sys.exit(0 if all(good for _, good, _ in results) else 1)


if __name__ == "__main__":
    main()
