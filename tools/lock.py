"""Pin every third-party package that any part of the workspace needs: requirements.lock, with hashes, without addresses.

Run as `make lock`. Our own parts are left out: they are installed from their folders.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
UV = "uv>=0.7"


def wanted() -> list[str]:
    root = tomllib.loads((ROOT / "pyproject.toml").read_text())
    own, needs = set(), [*root["dependency-groups"]["dev"]]
    for part in root["tool"]["pendopo"]["workspace"]["parts"]:
        project = tomllib.loads((ROOT / part / "pyproject.toml").read_text())["project"]
        own.add(project["name"])
        needs += project.get("dependencies", [])
        for extra in project.get("optional-dependencies", {}).values():
            needs += extra
    return sorted({need for need in needs if re.match(r"[\w-]+", need)[0] not in own})


def main() -> None:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", UV], check=True)
    with tempfile.NamedTemporaryFile("w", suffix=".in") as source:
        source.write("\n".join(wanted()))
        source.flush()
        command = [sys.executable, "-m", "uv", "pip", "compile", source.name, "--universal", "--generate-hashes", "--no-annotate", "--no-header",
                   "--no-emit-index-url", "--python-version", "3.11", "--output-file", str(ROOT / "requirements.lock"), "--quiet", *sys.argv[1:]]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
