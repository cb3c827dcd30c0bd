"""Chromium listens: HLS by the vendored hls.js, and the endless MP3, while the engine is replaced by another."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pendopo_stream.engine.encoders import Mp3Mount, OpusMount
from pendopo_stream.relay.testing import StubEngine, Web, encoded, segments, until

pytestmark = pytest.mark.browser
HLS_JS = Path(__file__).parents[2] / "core/pendopo/layout/static/vendor/hls.js"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
PAGE = """
<audio id="hls" crossorigin="anonymous"></audio><audio id="mp3" crossorigin="anonymous"></audio>
<script type="module">
import Hls from "/vendor.js";
window.errors = [];
window.spoken = [];
const hls = new Hls({ liveSyncDurationCount: 2 });
hls.on(Hls.Events.ERROR, (event, data) => { if (data.fatal) window.errors.push(data.details); });
hls.on(Hls.Events.LEVEL_UPDATED, (event, data) => { window.spoken = Object.values(data.details.dateRanges).map((range) => range.attr["X-TITLE"]); });
hls.on(Hls.Events.LEVEL_LOADED, (event, data) => { window.codec = hls.levels[0].audioCodec; });
const context = new AudioContext();
window.pitch = {};
for (const name of ["hls", "mp3"]) {
  const audio = document.getElementById(name);
  const looking = new AnalyserNode(context, { fftSize: 8192 });
  context.createMediaElementSource(audio).connect(looking);
  window.pitch[name] = () => {
    const bins = new Float32Array(looking.frequencyBinCount);
    looking.getFloatFrequencyData(bins);
    const most = bins.indexOf(Math.max(...bins));
    return bins[most] > -70 ? Math.round(most * context.sampleRate / 8192) : 0;
  };
}
hls.loadSource("BASE/hls/master.m3u8");
hls.attachMedia(document.getElementById("hls"));
document.getElementById("mp3").src = "BASE/mp3";
for (const name of ["hls", "mp3"]) document.getElementById(name).play();
await context.resume();
</script>
"""


@pytest.fixture
def page():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium") or shutil.which("google-chrome"), args=ARGUMENTS)
        opened = browser.new_page()
        opened.set_default_timeout(40_000)
        yield opened
        browser.close()


def sounds(pitch_hz: float, folder: Path, first: int) -> dict:
    return {"hls": segments(folder, pitch_hz, 30, first=first), "mp3": encoded(Mp3Mount(), pitch_hz, 60)}


def test_chromium_hears_both_runs_of_the_engine_in_hls_and_in_mp3(tmp_path, page):
    home = tmp_path / "home"
    home.mkdir()
    first, second = sounds(440, tmp_path / "a", 1000), sounds(880, tmp_path / "b", 1020)
    with StubEngine(home, first, ahead_s=13) as engine, Web(home) as web:
        base = f"http://127.0.0.1:{web.port}"
        page.route(f"{base}/vendor.js", lambda route: route.fulfill(body=HLS_JS.read_text(), content_type="text/javascript"))
        page.route(f"{base}/page", lambda route: route.fulfill(body=PAGE.replace("BASE", base), content_type="text/html"))
        page.goto(f"{base}/page")
        for name in ("hls", "mp3"):
            page.wait_for_function(f"Math.abs(window.pitch?.{name}() - 440) < 8")
        engine.tell({"event": "speaking", "id": "a1", "title": "Jalan ditutup", "texts": {"id": "x"}, "voice_at_ms": 14_000, "length_s": 2.5})
        page.wait_for_function("window.spoken.includes('Jalan ditutup')")
        assert page.evaluate("window.codec") == "mp4a.40.2"
        engine.kill()
        engine.restart("run2", second)
        for name in ("mp3", "hls"):
            page.wait_for_function(f"Math.abs(window.pitch.{name}() - 880) < 8")
        assert page.evaluate("window.errors") == []
        assert page.evaluate("document.getElementById('mp3').error") is None


LOW = """
<audio id="low"></audio>
<script type="module">
const audio = document.getElementById("low");
const asked = performance.now();
window.pauses = 0;
audio.addEventListener("waiting", () => { if (window.began_s) window.pauses += 1; });
audio.addEventListener("timeupdate", () => { window.from ??= audio.currentTime; if (audio.currentTime > window.from) window.began_s ??= (performance.now() - asked) / 1000; });
audio.src = "BASE/opus";
audio.play();
</script>
"""


def test_chromium_begins_low_data_sound_within_three_seconds_and_goes_on_without_a_pause(tmp_path, page):
    """It paused at the end of the first block of 32 KiB, which lasts some eleven seconds."""
    with StubEngine(tmp_path, {"opus": encoded(OpusMount(), 440, 90)}) as engine, Web(tmp_path) as web:
        web.hub.want("opus")
        until(lambda: web.hub.rings["opus"].end > 0)
        engine.hurry(16)
        until(lambda: web.hub.where("opus")["position_ms"] > 16_000)
        base = f"http://127.0.0.1:{web.port}"
        page.route(f"{base}/page", lambda route: route.fulfill(body=LOW.replace("BASE", base), content_type="text/html"))
        page.goto(f"{base}/page")
        page.wait_for_function("window.began_s")
        assert page.evaluate("window.began_s") < 3
        page.wait_for_function("document.getElementById('low').currentTime > window.from + 14")
        assert page.evaluate("window.pauses") == 0
