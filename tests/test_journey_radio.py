"""A word to the people: on an open page at once, and in the sound that listeners hear; and the radio plays on while one walks."""

from __future__ import annotations

import threading
import time
import urllib.request
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from pendopo.testing.browser import Visit
from pendopo.testing.served import House

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TITLE = "Air bersih bergilir di Kramatwatu"
WORDS = "Air bersih di Kramatwatu dibagi bergilir mulai pukul sembilan pagi. Siapkan tempat penampungan di rumah masing-masing."
LISTEN_S = 75.0


class Recording(threading.Thread):
    """A listener that keeps what it hears until it is told to stop."""

    def __init__(self, base: str) -> None:
        super().__init__(daemon=True)
        self.base, self.heard, self.enough = base, bytearray(), threading.Event()

    def run(self) -> None:
        with urllib.request.urlopen(self.base + "/radio/stream.mp3", timeout=20) as stream:
            while not self.enough.is_set():
                self.heard += stream.read(4096)


def on_air(served: House) -> None:
    """Wait until the station sounds."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(served.base + "/radio/stream.mp3", timeout=10) as stream:
                if len(stream.read(2000)) == 2000:
                    return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the station does not sound")


def test_an_announcement_is_seen_at_once_and_heard(visit: Visit, served: House) -> None:
    from pendopo_stream.speech import synthesize
    from pendopo_stream.testing import decode, where

    on_air(served)
    reader = visit(size="phone").page("/pelaporan/")
    ear = Recording(served.base)
    ear.start()

    studio = visit("penyiar").page("/kerja/radio/")
    studio.get_by_role("link", name="Tulis pengumuman").first.click()
    studio.get_by_label("Judul").fill(TITLE)
    studio.get_by_label("Teks yang dibacakan").fill(WORDS)
    studio.get_by_role("radio", name="Penting").check()
    end = datetime.now(ZoneInfo("Asia/Jakarta")) + timedelta(hours=3)
    studio.get_by_label("Berlaku sampai").fill(end.strftime("%Y-%m-%dT%H:%M"))
    studio.get_by_role("button", name="Kirim", exact=True).click()

    expect(reader.get_by_role("link", name=TITLE)).to_be_visible()
    spoken = synthesize(WORDS, "id")
    until = time.monotonic() + LISTEN_S
    alike = 0.0
    while alike < 0.5 and time.monotonic() < until:
        time.sleep(5)
        alike = where(decode(bytes(ear.heard)), spoken)[1]
    ear.enough.set()
    ear.join(10)
    assert alike >= 0.5, f"not found in {len(ear.heard):,} bytes of sound (alike {alike:.2f})"
    other = synthesize("Pertandingan sepak bola antardesa ditunda sampai hari Minggu depan.", "id")
    assert where(decode(bytes(ear.heard)), other)[1] < alike / 2


KEEP_EVERY_AUDIO = """window.radios = []
const Before = Audio
window.Audio = class extends Before { constructor() { super(); radios.push(this) } }"""


def played_s(page: Any) -> float:
    """How far the one player of this page has come; -1 while it does not play."""
    return page.evaluate("radios.length === 1 && !radios[0].paused ? radios[0].currentTime : -1")


def wait_beyond(page: Any, seconds: float) -> None:
    until = time.monotonic() + 20
    while played_s(page) <= seconds:
        assert time.monotonic() < until, f"it stands at {played_s(page):.1f} s"
        time.sleep(0.1)


def test_the_radio_plays_on_while_one_walks(visit: Visit, served: House) -> None:
    on_air(served)
    listener = visit()
    listener.context.add_init_script(KEEP_EVERY_AUDIO)
    page = listener.page("/")
    page.get_by_role("button", name="Putar radio").click()
    wait_beyond(page, 0.5)
    for address in ("/pelaporan/", "/radio/", "/"):
        before = played_s(page)
        page.locator(f"a[href='{address}']").filter(visible=True).first.click()
        page.wait_for_url(f"**{address}")
        wait_beyond(page, before + 0.5)
        expect(page.get_by_role("region", name="Radio").get_by_role("button", name="Hentikan radio")).to_be_visible()
    page.get_by_role("region", name="Radio").get_by_role("button", name="Hentikan radio").click()
    expect(page.get_by_role("region", name="Radio").get_by_role("button", name="Putar radio")).to_be_visible()
