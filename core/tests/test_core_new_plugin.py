"""`pendopo new-plugin` gives a plugin that passes `pendopo check` at once, and every rule of the check can fail."""

import os
import subprocess
import sys
import zipfile

import httpx2
import pytest

from pendopo.new_plugin import create_plugin
from pendopo.testing.conformance import RULES, answers
from pendopo.testing.server import make_findable

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def run(*command, cwd, path, **variables):
    environment = {**os.environ, "PYTHONPATH": str(path), "PENDOPO_HOME": str(cwd / "var"), "PENDOPO_LOG_LEVEL": "critical", **variables}
    return subprocess.run([sys.executable, "-m", *command], cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def outcomes(text):
    """Rule -> passed, as `pendopo check` prints it."""
    return {line[7:].split("  ")[0]: line.startswith("baik") for line in text.splitlines() if line.startswith(("baik", "GAGAL"))}


@pytest.mark.parametrize("name", ["gawe_contoh", "kerja_contoh"])
def test_a_new_plugin_installed_from_its_wheel_passes_the_check_and_its_own_tests(tmp_path, name):
    made = run("pendopo.cli", "new-plugin", name, "--folder", str(tmp_path), cwd=tmp_path, path="")
    assert made.returncode == 0, made.stderr
    built = run("hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist"), cwd=tmp_path / name, path="")
    assert built.returncode == 0, built.stderr
    site = tmp_path / "site"
    with zipfile.ZipFile(next((tmp_path / "dist").glob("*.whl"))) as wheel:
        wheel.extractall(site)

    check = run("pendopo.cli", "check", name, cwd=tmp_path, path=site)
    assert check.returncode == 0, check.stdout
    assert outcomes(check.stdout) == dict.fromkeys(RULES, True)
    tests = run("pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "--import-mode=importlib", str(tmp_path / name / "tests"), cwd=tmp_path, path=site)
    assert tests.returncode == 0, tests.stdout


ROUTES = '''
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from pendopo import N_

UNTRANSLATED = N_("Kalimat tanpa terjemahan")


def index(request):
    return HTMLResponse("<html><body><img src=x><div style='color:red' id='a'></div><div id='a'></div></body></html>")


def fragile(request):
    return PlainTextResponse(str(1 // (request.path_params["id"] - 999999999)))


def open_write(request):
    return PlainTextResponse("ditulis")


open_write.csrf_exempt = True
routes = [Route("/", index), Route("/{id:int}", fragile), Route("/tulis", open_write, methods=["POST"])]


def borrow():
    import kerja_surat
    return kerja_surat
'''


def spoil(folder, name):
    """Break everything in a new plugin that a rule looks at."""
    package = folder / name
    (package / "routes.py").write_text(ROUTES)
    plugin = package / "plugin.py"
    text = plugin.read_text()
    text = text.replace('N_("Catatan singkat: ganti dengan layanan Anda."), "notebook-pen")', '"", "")', 1)
    text = text.replace('Permission("contoh.close"', 'Permission("lain.close"').replace('"/contoh/", "gawe", "notebook-pen"', '"/tidak-ada/", "gawe", "x"')
    text = text.replace("services.count_open(db)", "1 // 0").replace("def personal_data", "def _personal_data").replace("@hookimpl\ndef _personal_data", "def _personal_data")
    plugin.write_text(text)
    models = package / "models.py"
    models.write_text(models.read_text() + "    more: Mapped[int]\n")
    migration = next((package / "migrations" / "versions").glob("*.py"))
    migration.write_text(migration.read_text().replace('op.drop_table("gawe_contoh_note")', "pass"))


def test_a_plugin_with_everything_wrong_fails_every_rule(tmp_path):
    spoil(create_plugin(tmp_path, "gawe_contoh"), "gawe_contoh")
    make_findable(tmp_path / "gawe_contoh", "gawe_contoh")
    check = run("pendopo.cli", "check", "gawe_contoh", cwd=tmp_path, path=tmp_path / "gawe_contoh")

    # No plugin can open Serang Kerja to everyone: the core guards it. The rule watches over the core.
    expected = dict.fromkeys(RULES, False) | {"pegawai saja di Serang Kerja": True}
    assert outcomes(check.stdout) == expected, check.stdout
    assert check.returncode == 1


def test_a_broken_or_missing_plugin_fails_the_check(tmp_path):
    folder = make_findable(create_plugin(tmp_path, "gawe_contoh"), "gawe_contoh")
    (folder / "gawe_contoh" / "plugin.py").write_text("import tidak_ada")

    broken = run("pendopo.cli", "check", "gawe_contoh", cwd=tmp_path, path=folder)
    assert (broken.returncode, outcomes(broken.stdout)) == (1, {"dapat dimuat": False})
    missing = run("pendopo.cli", "check", "gawe_lain", cwd=tmp_path, path=folder)
    assert (missing.returncode, outcomes(missing.stdout)) == (1, {"terpasang": False})


@pytest.mark.parametrize(("status", "headers", "well"), [
    (200, {}, True), (404, {}, True), (500, {}, False), (503, {}, False), (503, {"Retry-After": "5"}, True), (500, {"Retry-After": "5"}, False),
])
def test_what_is_away_says_when_to_ask_again(status, headers, well):
    assert answers(httpx2.Response(status, headers=headers)) is well


@pytest.mark.parametrize("name", ["contoh", "gawe_", "gawe_Contoh", "gawe_x", "lain_contoh", "gawe_../x"])
def test_a_name_of_another_shape_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match="gawe_"):
        create_plugin(tmp_path, name)


def test_what_exists_is_not_overwritten(tmp_path):
    create_plugin(tmp_path, "gawe_contoh")
    with pytest.raises(ValueError, match="sudah ada"):
        create_plugin(tmp_path, "gawe_contoh")
