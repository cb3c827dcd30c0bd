"""Settings and their secret, words per plugin, logs without a NIK, services that die."""

import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from pendopo import Service, i18n
from pendopo.i18n import add_catalogue, speaking, translate
from pendopo.logs import _Masking, hide_nik
from pendopo.serve import ServiceKeeper
from pendopo.settings import Settings
from pendopo.testing.server import until

NIK = "3604010101900000"


@pytest.mark.once
def test_the_secret_is_made_once_and_whole_however_many_ask_at_once(tmp_path):
    code = "from pendopo.settings import Settings; import sys; sys.stdout.write(Settings(home=sys.argv[1]).secret.decode())"

    def ask(_):
        return subprocess.run([sys.executable, "-c", code, str(tmp_path / "rumah")], capture_output=True, text=True, check=True).stdout

    with ThreadPoolExecutor(6) as pool:
        secrets = set(pool.map(ask, range(6)))
    assert len(secrets) == 1
    assert len(secrets.pop()) >= 60
    assert (tmp_path / "rumah" / "secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "rumah").iterdir()] == ["secret"]


@pytest.mark.once
def test_variables_win_over_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pendopo.toml").write_text('workers = 3\ntheme = "lain"\n[regency]\nname = "Kabupaten Uji"\n')
    monkeypatch.setenv("PENDOPO_WORKERS", "2")
    monkeypatch.setenv("PENDOPO_REGENCY__CODE", "99.01")
    settings = Settings()

    assert (settings.workers, settings.theme, settings.regency.name, settings.regency.code) == (2, "lain", "Kabupaten Uji", "99.01")


def words(folder, text):
    path = folder / "en" / "LC_MESSAGES"
    path.mkdir(parents=True)
    (path / "x.po").write_text(f'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Simpan"\nmsgstr "{text}"\n')


@pytest.mark.once
def test_two_plugins_translate_the_same_sentence_each_in_its_way(tmp_path):
    for name, text in (("gawe_satu", "Keep"), ("gawe_dua", "Store")):
        words(tmp_path / name, text)
        add_catalogue(name, tmp_path / name)
    try:
        with speaking("en", "gawe_satu"):
            assert translate("Simpan") == "Keep"
            with speaking(plugin="gawe_dua"):
                assert translate("Simpan") == "Store"
            assert translate("Simpan") == "Keep"
            assert translate("Isian belum benar.") != "Isian belum benar."  # the core's word behind it
        with speaking("id", "gawe_dua"):
            assert translate("Simpan") == "Simpan"
    finally:
        for name in ("gawe_satu", "gawe_dua"):
            i18n._folders.pop(name)
        i18n.catalogue.cache_clear()


@pytest.mark.once
def test_changed_words_are_read_without_compiling(tmp_path):
    words(tmp_path, "Old")
    path = tmp_path / "en" / "LC_MESSAGES" / "x.po"
    (path.with_suffix(".mo")).write_bytes(i18n._compile(path).getvalue())
    path.write_text(path.read_text().replace("Old", "New"))
    os.utime(path, (2**31 - 1, 2**31 - 1))
    add_catalogue("gawe_uji", tmp_path)
    try:
        with speaking("en", "gawe_uji"):
            assert translate("Simpan") == "New"
    finally:
        i18n._folders.pop("gawe_uji")
        i18n.catalogue.cache_clear()


@pytest.mark.once
def test_a_nik_never_reaches_a_log():
    assert NIK not in str(hide_nik(None, "info", {"event": f"orang {NIK}", "detail": NIK}))
    record = logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, "gagal: %s", (NIK,), None)
    assert NIK not in _Masking("%(message)s").format(record)


def test_a_service_that_dies_is_started_again_and_its_fault_is_seen(house, tmp_path):
    mark = tmp_path / "tanda"
    command = ("{python}", "-c", f"open({str(mark)!r}, 'a').write('x')")
    client = house(gawe_uji={"services": lambda: [Service("sebentar", "Sebentar", command), Service("tidak_ada", "Tidak ada", ("/tidak/ada",))]})
    keeper = ServiceKeeper(client.portal_here)
    keeper.start()
    try:
        until(lambda: mark.exists() and len(mark.read_text()) >= 2)
    finally:
        keeper.stop()

    faults = {fault.where for fault in client.portal_here.host.plugins["gawe_uji"].faults}
    assert faults == {"service:sebentar", "service:tidak_ada"}
    assert client.get("/").status_code == 200


def test_a_service_ends_when_its_plugin_is_switched_off(house):
    client = house(gawe_uji={"services": lambda: [Service("lama", "Lama", ("{python}", "-c", "import time; time.sleep(600)"))]})
    portal = client.portal_here
    keeper = ServiceKeeper(portal)
    keeper.start()
    try:
        child = until(lambda: keeper.running.get("lama"))
        portal.host.switch({"gawe_uji"})
        portal.refresh()
        keeper.wake()
        until(lambda: child.poll() is not None)
    finally:
        keeper.stop()

    assert keeper.running == {}
