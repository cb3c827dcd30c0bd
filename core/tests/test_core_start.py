"""The portal starts light: nothing heavy is imported before it is needed, with three plugins or with two hundred."""

import json
import os
import subprocess
import sys

import pytest

from pendopo.new_plugin import create_plugin
from pendopo.testing.server import make_findable

pytestmark = [pytest.mark.once, pytest.mark.timeout(300)]

HEAVY = {"av", "numpy", "typst", "shapely", "alembic", "PIL", "hypothesis", "aiortc", "apprise", "psycopg", "fsspec", "cryptography", "webauthn", "xlsxwriter",
         "aiosmtplib", "pytest", "django", "playwright", "babel.messages.frontend"}
START = """
import json, os, sys, time
from pendopo.app import create_app
app = create_app()
states = [plugin.state for plugin in app.portal.host]
print(json.dumps({"cpu_s": time.process_time(), "modules": sorted(sys.modules), "broken": states.count("broken"), "enabled": states.count("enabled")}))
"""


def started(home, *path):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PENDOPO_") and key != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PENDOPO_HOME": str(home), "PYTHONPATH": os.pathsep.join(map(str, path))}
    migrated = subprocess.run([sys.executable, "-m", "pendopo.cli", "migrate", "--quiet"], env=environment, cwd=home, capture_output=True, text=True, check=False)
    assert migrated.returncode == 0, migrated.stderr[-2000:]
    runs = [subprocess.run([sys.executable, "-c", START], env=environment, cwd=home, capture_output=True, text=True, check=True) for _ in range(2)]
    return min((json.loads(run.stdout.splitlines()[-1]) for run in runs), key=lambda found: found["cpu_s"])


def test_nothing_heavy_is_imported_at_the_start(tmp_path):
    found = started(tmp_path)

    assert HEAVY & set(found["modules"]) == set()
    assert found["broken"] == 0
    assert found["cpu_s"] < 1.5


@pytest.mark.slow
def test_two_hundred_plugins_start_in_less_than_four_seconds(tmp_path):
    for number in range(200):
        name = f"gawe_uji{number}"
        make_findable(create_plugin(tmp_path / "plugins", name), name).rename(tmp_path / name)
    found = started(tmp_path, *(tmp_path / f"gawe_uji{number}" for number in range(200)))

    assert found["enabled"] >= 200
    assert found["cpu_s"] < 4
