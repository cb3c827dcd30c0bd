"""A station that plays one long tone, and a page whose every sound passes an analyser: for tests of listening in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from pendopo.testing.server import Server, until
from pendopo_stream.relay import Engine
from pendopo_stream.testing import sine, write_audio

PITCH_HZ = 440

# When did the music sink under an announcement, and when did its words appear?
WATCH = """
window.radios = [];
document.addEventListener("live:data", ({ detail }) => { if (detail.data.kind === "speaking") window.told = detail.data; });
const Before = Audio;
window.Audio = class extends Before { constructor() { super(); radios.push(this); } };
let context, ear;
const listenTo = (audio) => {
  if (audio.srcObject) return context.createMediaStreamSource(audio.srcObject).connect(ear);
  audio.heard ??= context.createMediaElementSource(audio);
  audio.heard.connect(ear).connect(context.destination);
};
window.watchMusic = (pitch) => {
  context ??= new AudioContext();
  ear?.disconnect();
  ear = context.createAnalyser();
  ear.fftSize = 4096;
  ear.smoothingTimeConstant = 0;
  listenTo(radios[0]);
  const levels = new Float32Array(ear.frequencyBinCount);
  const bin = Math.round(pitch / (context.sampleRate / ear.fftSize));
  const seen = window.seen = { music: [], sank: null, read: null, ended: null };
  let sunk = [];
  clearInterval(window.watching);
  window.watching = setInterval(() => {
    ear.getFloatFrequencyData(levels);
    const level = Math.max(levels[bin - 1], levels[bin], levels[bin + 1]);
    if (level < -100) return; // no sound yet
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


@contextmanager
def toned(home: Path) -> Iterator[Server]:
    """`pendopo serve` with its engine, which plays a tone."""
    write_audio(home / "radio/media/music/nada.wav", sine(PITCH_HZ, 240, 0.25), title="Nada", artist="Penala")
    server = Server(home, f"sqlite:///{home / 'pendopo.db'}")
    server.run("migrate", "--quiet")
    server.start()
    try:
        until(lambda: now(server)["position_ms"] > 4000, 60)
        yield server
    finally:
        server.stop()


def now(server: Server) -> dict[str, Any]:
    return httpx2.get(f"{server.base}/radio/now.json", timeout=5).json()


def engine(server: Server) -> Engine:
    return Engine(server.home / "radio")


def bar(page: Any) -> Any:
    return page.get_by_role("region", name="Radio", exact=True)


def play(page: Any) -> None:
    bar(page).get_by_role("button", name="Putar radio").click()
    sounds_from(page, 0.3)


def choose(page: Any, way: str) -> None:
    """ "Cara mendengar" in the bar."""
    bar(page).get_by_role("button", name="Pilihan mendengarkan").click()
    bar(page).get_by_label("Cara mendengar").select_option(way)


def sounds_from(page: Any, seconds: float, number: int = 0) -> None:
    """Wait until the page's sound has come beyond `seconds`."""
    page.wait_for_function("([n, s]) => radios[n] && !radios[n].paused && radios[n].currentTime > s", arg=[number, seconds], timeout=30_000)


def reading_delay_s(page: Any) -> float:
    """How long after their sound the words appear that are said next; `watchMusic` watches already."""
    page.wait_for_function("() => seen.sank !== null && seen.read !== null", timeout=30_000)
    seen = page.evaluate("({ read: seen.read, sank: seen.sank, told })")
    chime_ms = seen["told"]["voice_at_ms"] - seen["told"]["position_ms"]  # the music sinks under the chime; the words follow
    return (seen["read"] - seen["sank"] - chime_ms) / 1000


def wait_for_silence_of_voice(station: Server) -> None:
    until(lambda: not engine(station).ask("queue")["queue"], 60)
