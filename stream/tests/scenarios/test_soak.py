"""A station left to itself for a while, with everything that an ordinary day has in it: it is never silent, and as loud as it should be.

PENDOPO_SOAK_S says how long (30 s). All kinds of engines run side by side.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from pendopo_stream.demo_audio import PIECES, compose, spoken
from pendopo_stream.engine.library import TARGET_LUFS, Library, measure
from pendopo_stream.engine.testing import STATION_KINDS, Station, possible
from pendopo_stream.speech import synthesize
from pendopo_stream.testing import RATE_HZ, write_audio

SOAK_S = float(os.environ.get("PENDOPO_SOAK_S", "30"))
SILENT_S = 2.0
LATE_S = 2.0  # so much less sound than time may have been made, on a machine that has other things to do
LATE_PART = 0.01
EVERY_S = 60.0
TROUBLE = ("fallback", "alarm", "silence", "failed", "unspoken")
WORDS = "Posyandu dibuka besok pagi di balai desa."
PLAN = {
    "wheels": {"jam": [{"kind": "block", "name": "lagu", "count": 1}, {"kind": "jingle"}]}, "wheel": "jam", "blocks": {"lagu": {}},
    "rotation": {"artist_min": 0, "title_min": 0, "ident_min": 0},
}
pytestmark = [pytest.mark.timeout(SOAK_S + 270), pytest.mark.slow, pytest.mark.once]


class Soaked(NamedTuple):
    """What was heard of a station from `from_ms` to `to_ms`, in `took_s`."""

    station: Station
    from_ms: int
    to_ms: int
    took_s: float


def fill(home: Path) -> None:
    for piece in PIECES[:6]:
        write_audio(home / f"media/music/{piece.seed}.wav", compose(replace(piece, seconds=16)), title=piece.title, artist=piece.artist)
    write_audio(home / "media/jingle/gawe.wav", spoken("Serang Gawe."), title="Jingle")
    (home / "station.json").write_text(json.dumps(PLAN))
    list(Library(home / "media", home / "library.json").measure_new())


@pytest.fixture(scope="module")
def soaked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Soaked]]:
    with ExitStack() as stack:
        stations = {}
        for engine in filter(possible, STATION_KINDS):
            home = tmp_path_factory.mktemp(engine)
            fill(home)
            stations[engine] = stack.enter_context(Station(home, engine))
        for station in stations.values():
            station.until(lambda station=station: station.end_ms() > 1000, "sound")
            station.wait_for_programme()
        began, starts = time.monotonic(), {engine: station.end_ms() for engine, station in stations.items()}
        number = 0
        while (passed := time.monotonic() - began) < SOAK_S:
            if passed > 8 + number * EVERY_S:
                for station in stations.values():
                    station.announce(f"posyandu{number}", WORDS, title="Posyandu")
                number += 1
            time.sleep(0.5)
        took_s, ends = time.monotonic() - began, {engine: station.end_ms() for engine, station in stations.items()}
        yield {engine: Soaked(station, starts[engine], ends[engine], took_s) for engine, station in stations.items()}


@pytest.fixture
def heard(station_kind: str, soaked: dict[str, Soaked]) -> Soaked:
    return soaked[station_kind]


def test_nothing_longer_than_two_seconds_is_silent(heard: Soaked):
    assert heard.station.silent_s(heard.from_ms, heard.to_ms) <= SILENT_S
    assert len({kept.run for kept in heard.station.kept["mp3"]}) == 1, "the engine ended and began anew"


def test_as_much_sound_comes_out_as_time_passes(heard: Soaked):
    assert (heard.to_ms - heard.from_ms) / 1000 == pytest.approx(heard.took_s, abs=LATE_S + LATE_PART * heard.took_s)


def test_several_pieces_jingles_and_words_were_on_the_air(heard: Soaked):
    labels = [event["track"]["label"] for event in heard.station.events if event["event"] == "track"]
    assert "Jingle" in labels
    assert len(set(labels)) >= 3
    assert [event for event in heard.station.events if event["event"] in TROUBLE] == []
    clip = synthesize(WORDS)
    spoken_at = [event["voice_at_ms"] for event in heard.station.events if event["event"] == "speaking" and event["ends_at_ms"] < heard.to_ms]
    assert spoken_at
    for at in spoken_at:
        assert heard.station.find(clip, at - 2000, at + 2000 + len(clip) * 1000 / RATE_HZ)[1] > 0.7


def test_it_is_as_loud_as_it_should_be(heard: Soaked, tmp_path: Path):
    recording = tmp_path / "soak.mp3"
    recording.write_bytes(b"".join(kept.chunk.data for kept in heard.station.kept["mp3"]))
    loudness = measure(recording)[0]
    print(f"{heard.station.engine}: {loudness:.1f} LUFS in {SOAK_S:.0f} s")
    assert loudness == pytest.approx(TARGET_LUFS, abs=1.0)
