"""What has its second: an adzan that was put into its folder just before, heard when it is due, and the music after it."""

from __future__ import annotations

import json
import shutil
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from pendopo_stream.engine.testing import Station
from pendopo_stream.speech import synthesize
from pendopo_stream.testing import RATE_HZ, tone_db, write_audio

NEAR_MS = 1500.0  # from the second it was due to the moment it came out of the engine, the encoder's time included
SURE = 0.6
AHEAD_S = 6.0
ADZAN = "adzan/uji.wav"
EMERGENCY = "Gelombang tinggi di pantai Anyar. Jauhi pantai sekarang juga."


def call() -> np.ndarray:
    """Six seconds that are like nothing else on the air: a rising and falling voice."""
    at = np.arange(6 * RATE_HZ) / RATE_HZ
    return (0.5 * np.sin(2 * np.pi * (500 * at + 60 * np.sin(2 * np.pi * 0.7 * at)))).astype(np.float32)


def planned(station: Station, at: datetime) -> None:
    plan = {"events": [{"at": at.isoformat(), "kind": "adzan", "name": "magrib", "title": "Adzan Magrib"}]}
    (station.home / "station.json").write_text(json.dumps(plan))
    station.ask("reload")


def heard_at(station: Station, position_ms: float) -> datetime:
    """When the sound of `position_ms` came out of the engine."""
    piece = next(kept for kept in station.kept["mp3"] if kept.run == station.hub.run and kept.end_ms >= position_ms)
    return datetime.now(UTC) - timedelta(seconds=time.monotonic() - piece.at)


def found_adzan(station: Station) -> tuple[float, float, datetime]:
    """Where the adzan is heard, how sure that is, and when it was due."""
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=AHEAD_S)
    planned(station, at)
    told = station.told("exact_time", id=f"adzan:{at.isoformat()}")
    position, alike = station.find(call(), told["position_ms"] - 3000, told["position_ms"] + 8000)
    return position, alike, at


def test_a_file_that_was_just_put_there_is_measured_at_once_when_the_engine_is_told(station: Station):
    write_audio(station.home / "media" / ADZAN, call(), title="Adzan")
    shutil.copy(station.home / "media/music/440.wav", station.home / "media/music/kembar.wav")
    station.ask("reload")
    station.until(lambda: any("music/440.wav" in same and "music/kembar.wav" in same for same in station.ask("tracks")["doubles"]), "the double", 30)
    assert any(track["id"] == ADZAN for track in station.ask("tracks")["tracks"])


def test_an_adzan_is_heard_on_its_second_and_music_is_back_after_it(station: Station):
    station.start("music/550.wav")
    position, alike, at = found_adzan(station)
    assert alike > SURE
    late_ms = (heard_at(station, position) - at).total_seconds() * 1000
    print(f"{station.engine}: the adzan came out {late_ms:+.0f} ms from its second")
    assert -200 < late_ms < NEAR_MS
    ends = position + 6000
    assert tone_db(station.sound(position + 2000, position + 4000), 550) < -45, "the music plays under the adzan"
    after = station.sound(ends + 2500, ends + 4500)
    assert max(tone_db(after, pitch) for pitch in (440, 550, 660)) > -35


def test_it_is_heard_although_the_programme_is_held_for_a_live_voice(station: Station):
    station.start("music/660.wav")
    station.ask("hold", on=True)
    try:
        _, alike, _ = found_adzan(station)
    finally:
        station.ask("hold", on=False)
    assert alike > SURE


def test_only_an_emergency_speaks_over_it(station: Station):
    station.start("music/660.wav")
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=AHEAD_S)
    planned(station, at)
    adzan = station.told("exact_time", id=f"adzan:{at.isoformat()}")
    station.announce("pasar", "Pasar Ciruas buka sampai malam.")
    station.announce("ombak", EMERGENCY, "darurat")
    over = station.told("speaking", id="ombak")
    assert over["voice_at_ms"] < adzan["position_ms"] + 6000
    assert station.find(synthesize(EMERGENCY), over["voice_at_ms"] - 1500, over["ends_at_ms"])[1] > SURE
    waited = station.told("speaking", id="pasar")
    assert waited["voice_at_ms"] >= adzan["position_ms"] + 5000
    station.told("spoken", id="pasar")
    assert [event["id"] for event in station.events if event["event"] == "speaking"][-2:] == ["ombak", "pasar"]


@pytest.fixture(autouse=True)
def nothing_planned(station: Station):
    yield
    (station.home / "station.json").unlink(missing_ok=True)
