"""A real Chromium, a real server and a real engine: what a listener hears, reads and can do."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import expect

from pendopo.testing.browser import Visitor, launched
from pendopo.testing.server import Server, until
from pendopo_stream.relay import Engine
from pendopo_stream.testing import sine, write_audio

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PITCH_HZ = 440
IN_TIME_S = 0.7
WORDS = "Jalan raya Cinangka ditutup karena longsor. Kendaraan dialihkan lewat Mancak sampai sore hari."

# Every sound of the page passes an analyser: when did the music sink, and when did the words appear?
WATCH = """
window.radios = [];
document.addEventListener("live:data", ({ detail }) => { if (detail.data.kind === "speaking") window.told = detail.data; });
const Before = Audio;
window.Audio = class extends Before { constructor() { super(); radios.push(this); } };
window.watchMusic = (pitch) => {
  const context = new AudioContext();
  const ear = context.createAnalyser();
  ear.fftSize = 4096;
  ear.smoothingTimeConstant = 0;
  context.createMediaElementSource(radios[0]).connect(ear).connect(context.destination);
  const levels = new Float32Array(ear.frequencyBinCount);
  const bin = Math.round(pitch / (context.sampleRate / ear.fftSize));
  const seen = window.seen = { music: [], sank: null, read: null, ended: null };
  let sunk = [];
  setInterval(() => {
    ear.getFloatFrequencyData(levels);
    const level = Math.max(levels[bin - 1], levels[bin], levels[bin + 1]);
    const usual = seen.music.slice(0, 20).toSorted((a, b) => a - b)[10];
    seen.music.push(level);
    const shown = !document.querySelector("[data-radio-words]").hidden;
    const soft = usual && level < usual - 7 && level > usual - 25; // a gap in the sound would be silent
    sunk = soft ? [...sunk, performance.now()] : [];
    if (sunk.length > 12) seen.sank ??= sunk[0];
    if (shown && seen.read === null) seen.read = performance.now();
    if (!shown && seen.read !== null && seen.ended === null) seen.ended = performance.now();
  }, 25);
};
"""


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A portal whose station plays one long tone."""
    home = tmp_path_factory.mktemp("rumah")
    write_audio(home / "radio/media/music/nada.wav", sine(PITCH_HZ, 240, 0.25), title="Nada", artist="Penala")
    server = Server(home, f"sqlite:///{home / 'pendopo.db'}")
    server.run("migrate", "--quiet")
    server.start()
    try:
        until(lambda: now(server)["position_ms"] > 4000, 60)
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture
def listener(browser: Any, station: Server) -> Iterator[Visitor]:
    visitor = Visitor(browser, station)
    visitor.context.add_init_script(WATCH)
    yield visitor
    visitor.close()
    assert not visitor.wrong


def now(server: Server) -> dict[str, Any]:
    return httpx2.get(f"{server.base}/radio/now.json", timeout=5).json()


def bar(page: Any) -> Any:
    return page.get_by_role("region", name="Radio", exact=True)


def play(page: Any) -> None:
    bar(page).get_by_role("button", name="Putar radio").click()
    sounds_from(page, 0.3)


def sounds_from(page: Any, seconds: float, number: int = 0) -> None:
    """Wait until the page's sound has come beyond `seconds`."""
    page.wait_for_function("([n, s]) => radios[n] && !radios[n].paused && radios[n].currentTime > s", arg=[number, seconds], timeout=30_000)


def source(page: Any) -> str:
    return page.evaluate("radios[0].src")


def announce(station: Server, name: str) -> None:
    Engine(Path(station.home) / "radio").announce({"id": name, "texts": {"id": WORDS}, "priority": "penting", "title": "Jalan Cinangka ditutup"})


def wait_for_silence_of_voice(station: Server) -> None:
    until(lambda: not Engine(Path(station.home) / "radio").ask("queue")["queue"], 60)


def test_words_are_read_at_the_moment_at_which_they_are_heard(listener, station):
    page = listener.page("/radio/")
    page.wait_for_function("() => document.documentElement.dataset.live === 'joined'")
    play(page)
    page.evaluate(f"watchMusic({PITCH_HZ})")
    page.wait_for_function("() => seen.music.length > 60")
    announce(station, "a1")
    page.wait_for_function("() => seen.sank !== null && seen.read !== null", timeout=30_000)
    seen = page.evaluate("({ read: seen.read, sank: seen.sank, told })")
    chime_ms = seen["told"]["voice_at_ms"] - seen["told"]["position_ms"]  # the music sinks under the chime; the words follow
    assert abs(seen["read"] - seen["sank"] - chime_ms) / 1000 < IN_TIME_S
    expect(bar(page).get_by_text("Jalan Cinangka ditutup").first).to_be_visible()
    expect(bar(page).get_by_text(WORDS)).to_be_visible()
    page.wait_for_function("() => seen.ended !== null", timeout=30_000)
    wait_for_silence_of_voice(station)


def test_the_sound_goes_on_while_walking_and_after_a_full_load(listener):
    page = listener.page("/radio/")
    play(page)
    before = page.evaluate("radios[0].currentTime")
    page.get_by_role("link", name="Jadwal seminggu").first.click()
    page.wait_for_url("**/radio/jadwal/")
    sounds_from(page, before + 0.5)
    assert page.evaluate("radios.length") == 1
    page.reload()
    sounds_from(page, 0.3)
    bar(page).get_by_role("button", name="Hentikan radio").click()
    page.reload()
    expect(bar(page).get_by_role("button", name="Putar radio")).to_be_visible()
    assert page.evaluate("radios.length") == 0


def test_low_data_is_chosen_by_hand_and_kept(listener):
    page = listener.page("/radio/")
    play(page)
    assert "/radio/stream.mp3?posisi=" in source(page)
    bar(page).get_by_role("button", name="Pilihan mendengarkan").click()
    bar(page).get_by_label("Cara mendengar").select_option("low")
    page.wait_for_function("() => radios[0].src.includes('/radio/low.opus') && radios[0].currentTime > 0.3", timeout=30_000)
    page.reload()
    sounds_from(page, 0.3)
    assert "/radio/low.opus" in source(page)


def test_a_listener_rewinds_and_comes_back_to_the_present(listener, station):
    until(lambda: now(station)["position_ms"] > 45_000, 60)
    page = listener.page("/radio/")
    play(page)
    bar(page).get_by_role("button", name="Pilihan mendengarkan").click()
    bar(page).get_by_role("button", name="30 detik").click()
    page.wait_for_function("() => radios[0].src.includes('/radio/ulang.mp3') && radios[0].currentTime > 0.3", timeout=30_000)
    behind = bar(page).locator("[data-radio-behind]")
    expect(behind).to_contain_text("lalu")
    assert 20 <= seconds_of(behind.inner_text()) <= 45
    bar(page).get_by_role("button", name="Langsung").last.click()
    page.wait_for_function("() => radios[0].src.includes('/radio/stream.mp3') && radios[0].currentTime > 0.3", timeout=30_000)
    expect(behind).to_have_text("Langsung")


def seconds_of(text: str) -> int:
    minutes, seconds = text.split()[0].split(".")
    return int(minutes) * 60 + int(seconds)


def test_a_lost_connection_comes_back_by_itself(listener, station):
    page = listener.page("/radio/")
    play(page)
    with listener.unwatched():
        listener.context.set_offline(True)
        page.evaluate("radios[0].dispatchEvent(new Event('error'))")
        expect(bar(page).get_by_role("status")).to_contain_text("Mencoba lagi")
        listener.context.set_offline(False)
    sounds_from(page, 0.3)
    expect(bar(page).get_by_role("status")).to_have_text("Radio diputar")


def test_the_small_player_plays_inside_another_site(listener, station):
    """Its page may be framed by anyone, and no other page may."""
    small = urllib.request.urlopen(f"{station.base}/radio/sematan/")
    assert "frame-ancestors *" in small.headers["content-security-policy"]
    assert small.headers["set-cookie"] is None
    assert "frame-ancestors 'none'" in urllib.request.urlopen(f"{station.base}/radio/").headers["content-security-policy"]
    page = listener.page("/radio/sematan/")
    page.get_by_role("button", name="Putar radio").click()
    sounds_from(page, 0.3)
