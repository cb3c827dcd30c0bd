"""The announcer's desk in a real Chromium whose microphone plays a tone: one press, and listeners hear it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, expect, sync_playwright

from gawe_radio.live.testing import MUSIC_HZ, VOICE_HZ, Ear, Station
from pendopo.testing.browser import ARGUMENTS, SIZES, chromium
from pendopo.testing.server import free_port, until
from pendopo_stream.live.testing import loudness_of
from pendopo_stream.testing import sine, write_audio

DESK = "/kerja/radio/siaran/"
LOUD_DB = -20  # the music of this station when nobody speaks over it
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.once]


class Browser:
    """Chromium as a process of its own, so that it can be killed; its microphone plays `VOICE_HZ`."""

    def __init__(self, playwright: Any, folder: Path, station: Station, actor: Any, size: str) -> None:
        tone = write_audio(folder / "suara.wav", sine(VOICE_HZ, 5, 0.5))
        port = free_port()
        command = [
            chromium(), *ARGUMENTS, "--headless=new", f"--remote-debugging-port={port}", f"--user-data-dir={folder / 'profil'}",
            "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={tone}", "about:blank",
        ]
        with (folder / "chromium.err").open("ab") as errors:
            self.process = subprocess.Popen(command, stdout=errors, stderr=errors, start_new_session=True)
        self.browser = until(lambda: self._connect(playwright, port), 30)
        self.context = self.browser.contexts[0]
        self.context.add_cookies([{"name": "pendopo", "value": station.token(actor), "url": station.base, "httpOnly": True, "sameSite": "Lax"}])
        self.page = self.context.new_page()
        self.page.set_viewport_size(SIZES[size])
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda message: self.wrong.append(message.text) if message.type == "error" else None)
        self.base = station.base

    def _connect(self, playwright: Any, port: int) -> Any:
        try:
            return playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        except Error:
            return None

    def open(self, path: str) -> Any:
        self.page.goto(self.base + path)
        return self.page

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)


@pytest.fixture
def announcer_at(tmp_path: Path, live_station: Station) -> Iterator[Any]:
    """`announcer_at(actor, size="phone")`: somebody at the desk."""
    with sync_playwright() as playwright:
        here: list[Browser] = []

        def sit_down(actor: Any, size: str = "desktop") -> Browser:
            folder = tmp_path / str(len(here))
            folder.mkdir()
            here.append(Browser(playwright, folder, live_station, actor, size))
            return here[-1]

        yield sit_down
        for browser in here:
            browser.kill()


def free(station: Station) -> None:
    until(lambda: station.live()["holder"] == "", 15)


@pytest.mark.parametrize("way", ["webrtc", "pcm"])
def test_one_press_and_listeners_hear_the_microphone(announcer_at, live_station, live_ear, way):
    quiet = live_ear.loudness(VOICE_HZ)
    browser = announcer_at(live_station.rara, size="phone" if way == "pcm" else "desktop")
    page = browser.open(DESK)
    expect(page.locator("[data-link]")).to_have_text("Tersambung", timeout=15_000)
    if way != "webrtc":
        page.get_by_text("Alat dan jalur suara").click()
        page.get_by_label("Jalur suara").select_option(way)
    page.get_by_role("button", name="Mengudara", exact=True).click()
    expect(page.locator("[data-lamp]")).to_have_text("DI UDARA", timeout=20_000)
    expect(page.get_by_role("status").filter(has_text="Anda di udara")).to_contain_text("WebRTC" if way == "webrtc" else "websocket")
    until(lambda: live_ear.hears(VOICE_HZ), 20)
    assert quiet < -45
    page.get_by_role("button", name="Turun dari udara").click()
    expect(page.locator("[data-lamp]")).to_have_text("TIDAK DI UDARA")
    until(lambda: not live_ear.hears(VOICE_HZ) and live_ear.loudness(MUSIC_HZ) > LOUD_DB, 15)
    free(live_station)
    assert browser.wrong == []


def test_where_webrtc_can_not_pass_opus_goes_by_the_websocket_and_a_closed_page_is_off_the_air(announcer_at, live_station, live_ear):
    browser = announcer_at(live_station.rara)
    browser.context.add_init_script("delete globalThis.RTCPeerConnection")
    page = browser.open(DESK)
    page.get_by_role("button", name="Mengudara", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Anda di udara")).to_contain_text("Opus", timeout=20_000)
    until(lambda: live_ear.hears(VOICE_HZ), 20)
    page.close(run_before_unload=False)
    free(live_station)
    until(lambda: not live_ear.hears(VOICE_HZ), 15)


def test_when_the_browser_is_killed_the_music_is_back_within_a_second(announcer_at, live_station, live_ear):
    browser = announcer_at(live_station.rara)
    page = browser.open(DESK)
    expect(page.locator("[data-link]")).to_have_text("Tersambung", timeout=15_000)
    page.get_by_role("button", name="Mengudara", exact=True).click()
    until(lambda: live_ear.hears(VOICE_HZ), 25)
    browser.kill()
    at = len(live_ear.ear.heard)
    until(lambda: live_ear.loudness(MUSIC_HZ, 0.2) > LOUD_DB and len(live_ear.ear.heard) > at + 150, 20)
    sound = [block for _, block in live_ear.ear.heard]
    last = max(number for number, block in enumerate(sound) if loudness_of(VOICE_HZ, block) > -35)
    back = next(number for number in range(last, len(sound)) if loudness_of(MUSIC_HZ, sound[number]) > LOUD_DB)
    print(f"\nfull music {(back - last) * 20} ms after the last sound of the voice")
    assert (back - last) * 20 < 1000
    free(live_station)


def test_the_server_begins_anew_and_the_voice_comes_back_by_itself(announcer_at, live_station, live_ear):
    page = announcer_at(live_station.rara).open(DESK)
    page.get_by_role("button", name="Mengudara", exact=True).click()
    until(lambda: live_ear.hears(VOICE_HZ), 25)
    live_ear.stop()
    live_station.stop()
    expect(page.locator("[data-link]")).to_have_attribute("data-state", "off")
    live_station.start()
    expect(page.get_by_role("status").filter(has_text="Tersambung lagi")).to_be_visible(timeout=45_000)
    ear = Ear(live_station.base)
    until(lambda: ear.hears(VOICE_HZ), 20)
    page.close(run_before_unload=False)
    until(lambda: not ear.hears(VOICE_HZ), 20)
    ear.stop()


def test_the_microphone_is_asked_for_and_given_from_desk_to_desk(announcer_at, live_station, live_ear):
    rara, budi = announcer_at(live_station.rara), announcer_at(live_station.budi, size="phone")
    hers, his = rara.open(DESK), budi.open(DESK)
    hers.get_by_role("button", name="Mengudara", exact=True).click()
    expect(his.locator("[data-lamp]")).to_have_text("Rara Contoh DI UDARA", timeout=20_000)
    his.get_by_role("button", name="Mengudara", exact=True).click()
    expect(his.get_by_role("status").filter(has_text="Rara Contoh sedang memegang mikrofon")).to_be_visible(timeout=15_000)
    his.get_by_role("button", name="Minta mikrofon").click()
    expect(hers.locator("[data-ask]")).to_contain_text("Budi Contoh meminta mikrofon", timeout=15_000)
    hers.locator("[data-ask-yes]").click()
    his.get_by_role("button", name="Terima dan mengudara").click()
    expect(his.locator("[data-lamp]")).to_have_text("DI UDARA", timeout=20_000)
    expect(hers.get_by_role("status").filter(has_text="diambil penyiar lain")).to_be_visible(timeout=15_000)
    until(lambda: live_ear.hears(VOICE_HZ), 20)
    his.get_by_role("button", name="Turun dari udara").click()
    free(live_station)
    assert rara.wrong == []
    assert budi.wrong == []


def test_a_cart_is_heard_by_a_key_and_the_programme_in_the_headphones(announcer_at, live_station, live_ear):
    browser = announcer_at(live_station.rara)
    page = browser.open(DESK)
    expect(page.locator("[data-link]")).to_have_text("Tersambung", timeout=15_000)
    page.keyboard.press("1")
    until(lambda: live_ear.hears(2500), 15)
    page.get_by_role("button", name="Dengar siaran").click()
    heard = page.wait_for_function("() => document.querySelector('[data-monitor]').getAttribute('aria-pressed') === 'true'")
    assert heard
    time.sleep(1)
    assert browser.wrong == []


def test_a_listener_calls_in_from_a_phone_and_is_put_on_the_air(announcer_at, live_station, live_ear):
    caller = announcer_at(live_station.warga, size="phone")
    phone = caller.open("/radio/telepon/")
    phone.get_by_label("Tentang apa").fill("Jalan rusak")
    phone.get_by_label("Saya setuju").check()
    phone.get_by_role("button", name="Telepon sekarang").click()
    expect(phone.get_by_role("status").filter(has_text="Menunggu produser")).to_be_visible(timeout=15_000)

    producer = announcer_at(live_station.nina)
    desk = producer.open(DESK)
    desk.get_by_role("button", name="Terima Siti").click()
    expect(phone.get_by_role("status").filter(has_text="ruang tunggu")).to_be_visible(timeout=15_000)
    talk = desk.get_by_role("button", name="Bicara Siti")
    talk.click()
    expect(phone.get_by_role("status").filter(has_text="Produser berbicara")).to_be_visible(timeout=15_000)
    talk.click()
    expect(phone.get_by_role("status").filter(has_text="ruang tunggu")).to_be_visible(timeout=15_000)
    desk.get_by_role("button", name="Naikkan ke udara Siti").click()
    expect(phone.get_by_text("ANDA DI UDARA", exact=True)).to_be_visible(timeout=15_000)
    until(lambda: live_ear.hears(VOICE_HZ), 20)
    desk.get_by_role("button", name="Akhiri Siti").click()
    expect(phone.get_by_role("status").filter(has_text="Telepon selesai")).to_be_visible(timeout=15_000)
    until(lambda: not live_ear.hears(VOICE_HZ), 15)
    assert caller.wrong == []
    assert producer.wrong == []
