"""An editor uploads a piece, puts it into a playlist and the playlist into a day, and the station plays it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from gawe_radio.live.testing import Station
from gawe_radio.planning.testing import wav
from pendopo.testing.browser import SIZES, launched
from pendopo.testing.server import until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.once]
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    home = tmp_path_factory.mktemp("rencana")
    station = Station(home, f"sqlite:///{home / 'pendopo.db'}", PENDOPO_LOG_LEVEL="warning")
    try:
        yield station.begin()
    finally:
        station.end()


@pytest.fixture
def page(planned: Station) -> Iterator[Any]:
    with launched() as browser:
        context = browser.new_context(base_url=planned.base, viewport=SIZES["phone"], locale="id-ID")
        context.add_cookies([{"name": "pendopo", "value": planned.token(planned.nina), "url": planned.base, "httpOnly": True, "sameSite": "Lax"}])
        yield context.new_page()
        context.close()


def test_a_new_piece_is_chosen_from_its_playlist(planned: Station, page: Any, tmp_path: Path) -> None:
    (tmp_path / "Ombak Pasauran.wav").write_bytes(wav(90, 660))
    page.goto("/kerja/radio/pustaka/unggahan")
    page.get_by_label("Berkas suara").set_input_files(tmp_path / "Ombak Pasauran.wav")
    page.get_by_label("Label").fill("pesisir")
    page.get_by_role("button", name="Unggah").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ombak pasauran")

    page.goto("/kerja/radio/pustaka/daftar/baru")
    page.get_by_label("Nama").fill("Pesisir")
    page.get_by_role("button", name="Simpan").click()
    page.get_by_label("ombak pasauran").check()
    page.get_by_role("button", name="Tambahkan").click()
    expect(page.get_by_text("Isi daftar putar diubah.")).to_be_visible()

    page.goto("/kerja/radio/acara/baru")
    page.get_by_label("Nama acara").fill("Sehari di pesisir")
    for day in DAYS:
        page.get_by_label(day, exact=True).check()
    page.get_by_label("Mulai pukul").fill("00:00")
    page.get_by_label("Lama (menit)").fill("1440")
    page.get_by_label("Daftar putar").select_option("Pesisir")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Acara tersimpan.")).to_be_visible()

    until(lambda: (planned.engine().status()["now"]["programme"] or {}).get("title") == "Sehari di pesisir", 30)
    planned.engine().ask("skip")
    until(lambda: planned.engine().status()["now"]["track"]["title"] == "ombak pasauran", 30)
