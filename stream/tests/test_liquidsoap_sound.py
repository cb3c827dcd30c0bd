"""The Liquidsoap engine with real programs: what comes out at Icecast, at the door for sources, and when something dies."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pendopo_stream.engine.liquidsoap import door
from pendopo_stream.engine.liquidsoap.client import Version
from pendopo_stream.engine.liquidsoap.icecast import Keys
from pendopo_stream.engine.liquidsoap.script import WORK, Ways, check, installed, script, write_script
from pendopo_stream.engine.testing import Station
from pendopo_stream.relay.client import address
from pendopo_stream.relay.testing import Ear
from pendopo_stream.testing import RATE_HZ, decode, sine, tone_db, write_audio
from pendopo_stream.wire import pack_json

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not (shutil.which("liquidsoap") and shutil.which("icecast2")), reason="apt install liquidsoap icecast2"),
]
AREA = "36.04.30"
LOUD, SOFT = -25, -40
FRAME_BYTES = 192  # 64 kbit/s at 48 kHz


def keys_of(home: Path) -> Keys:
    return Keys(**json.loads((home / WORK / "keys.json").read_text()))


def pid_of(home: Path, name: str) -> int:
    return int((home / WORK / f"{name}.pid").read_text())


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """One long piece of 440 Hz on both engines' loudness; Liquidsoap plays it."""
    home = tmp_path_factory.mktemp("liquidsoap")
    write_audio(home / "media/music/440.wav", sine(440, 240), title="Nada 440", artist="Penala")
    write_audio(home / "media/reserve/550.wav", sine(550, 60), title="Nada 550", artist="Penala")
    (home / "station.json").write_text(json.dumps({"areas": [AREA]}))
    with Station(home, "liquidsoap") as station:
        station.until(lambda: mounted(home), "Icecast's mounts")
        yield station


def mounted(home: Path) -> set[str]:
    if not (home / WORK / "keys.json").exists():
        return set()
    try:
        with Ear(keys_of(home).icecast_port, "/status-json.xsl") as ear:
            sources = json.loads(ear.hear(0.5))["icestats"].get("source", [])
    except (OSError, ValueError):
        return set()
    return {source["listenurl"].rpartition(":")[2].partition("/")[2] for source in ([sources] if isinstance(sources, dict) else sources)}


def icecast_hears(home: Path, seconds: float, mount: str = "/stream.mp3") -> np.ndarray:
    with Ear(keys_of(home).icecast_port, mount) as ear:
        return decode(ear.hear(seconds), "opus") if mount.endswith("ogg") else decode(whole_frames(ear.hear(seconds)))


def whole_frames(data: bytes) -> bytes:
    """From the first frame on: Icecast lets listeners begin in the middle of one."""
    return data[next(at for at in range(len(data)) if all(data[at + n * FRAME_BYTES :][:2] == b"\xff\xfb" for n in range(4))) :]


@pytest.mark.parametrize("number", ["2.1.3", "2.2.5", "2.4.0"])
def test_the_script_is_made_for_the_version_that_is_there(number, tmp_path):
    ways = Ways(1, 2, 3, 4, "tap", "door", "icecast")
    text = script(tmp_path, ways, Version.read(number), name='Radio "Gawe" #{x}', areas=(AREA,))
    assert ("cue_cut(" in text) == (number < "2.2.4")
    assert ("!said" in text) == (number < "2.2")
    assert ("synchronous=false" in text) == (number >= "2.4")
    assert "area_36_04_30" in text
    if installed() == Version.read(number):
        check(write_script(tmp_path, text))


def test_icecast_carries_the_programme_with_its_title_in_two_qualities_and_for_areas(station: Station):
    station.until(lambda: {"stream.mp3", "low.ogg", f"area/{AREA}.mp3"} <= mounted(station.home))
    for mount in ("/stream.mp3", "/low.ogg", f"/area/{AREA}.mp3"):
        assert tone_db(icecast_hears(station.home, 3, mount)[-RATE_HZ:], 440) > LOUD
    with Ear(keys_of(station.home).icecast_port, "/status-json.xsl") as ear:
        assert "Penala - Nada 440" in ear.hear(0.5).decode()
    assert (station.home / "hls/aac.m3u8").read_text().count("#EXTINF") >= 2


def test_an_emergency_is_heard_at_icecast_within_a_second(station: Station):
    write_audio(station.home / "voices/awas.wav", sine(1500, 2))
    with Ear(keys_of(station.home).icecast_port, "/stream.mp3") as ear:
        ear.hear(3)
        called = time.monotonic()
        station.announce("awas", "Awas.", "darurat", voice="voices/awas.wav")
        answered = time.monotonic() - called
        sound = decode(whole_frames(ear.hear(2.5)))
    heard = [tone_db(sound[at : at + RATE_HZ // 20], 440) < SOFT for at in range(0, len(sound) - RATE_HZ // 20, RATE_HZ // 20)]
    assert any(heard), "the music was not silenced"
    assert heard.index(True) / 20 + answered < 1.5  # a second, and what the ear holds back
    station.told("spoken", id="awas")


def test_words_for_one_area_are_heard_there_and_not_by_all(station: Station):
    write_audio(station.home / "voices/desa.wav", sine(1500, 6))
    station.announce("desa", "Desa.", voice="voices/desa.wav", areas=[AREA], only_areas=True)
    told = station.told("speaking", id="desa")
    there, everywhere = icecast_hears(station.home, 5, f"/area/{AREA}.mp3"), icecast_hears(station.home, 1)
    assert tone_db(there[-RATE_HZ:], 1500) > LOUD
    assert tone_db(everywhere, 1500) < SOFT
    station.told("spoken", id="desa")
    assert tone_db(station.sound(told["voice_at_ms"], told["ends_at_ms"] - 500), 1500) < SOFT


def send(home: Path, name: str, password: str) -> subprocess.Popen[bytes]:
    """What BUTT and others do."""
    address = f"icecast://{name}:{password}@127.0.0.1:{keys_of(home).source_port}/live"
    made = ["ffmpeg", "-v", "error", "-re", "-f", "lavfi", "-i", "sine=2500:d=60", "-c:a", "libmp3lame", "-b:a", "128k", "-content_type", "audio/mpeg", "-f", "mp3"]
    return subprocess.Popen([*made, address], stderr=subprocess.DEVNULL)


def test_a_programme_from_outside_is_named_heard_alone_and_gives_the_music_back(station: Station):
    password = door.add(station.home, "pasar", "Studio Pasar Rau")
    assert send(station.home, "pasar", "salah").wait(20) != 0
    source = send(station.home, "pasar", password)
    try:
        live = station.told("live", on=True, name="Studio Pasar Rau")
        assert (live["kind"], live["holder"]) == ("source", "source:pasar")
        at = live["position_ms"] + 3000
        assert tone_db(station.sound(at, at + 1000), 2500) > LOUD
        assert tone_db(station.sound(at, at + 1000), 440) < SOFT
    finally:
        source.kill()
        source.wait()
    closed = station.told("live_closed", holder="source:pasar")["position_ms"]
    assert tone_db(station.sound(closed + 3000, closed + 4000), 440) > LOUD
    assert station.silent_s(live["position_ms"], closed + 4000) < 3


def test_a_programme_from_outside_pushes_nobody_aside_who_has_the_microphone(station: Station):
    password = door.add(station.home, "lapangan")
    with socket.socket(socket.AF_UNIX) as studio, address(station.home) as path:
        studio.connect(path)
        studio.sendall(pack_json({"do": "live_open", "holder": "7", "name": "Sari"}))
        station.told("live", name="Sari")
        source = send(station.home, "lapangan", password)
        assert source.wait(30) != 0
        station.told("alarm", text="the source lapangan was sent away: Sari has the microphone")
        assert station.told("live")["name"] == "Sari"


def test_no_password_is_written_to_a_log(station: Station):
    keys, work = keys_of(station.home), station.home / WORK
    assert send(station.home, "budi", "kata-yang-salah").wait(20) != 0
    written = "".join(path.read_text(errors="replace") for path in (*work.glob("*.log"), *(station.home / "log").glob("*"), *station.home.glob("*.err")))
    assert "Liquidsoap 2" in written
    for secret in (keys.source, keys.relay, keys.admin, keys.tap, keys.door, "kata-yang-salah"):
        assert secret not in written


@pytest.mark.parametrize("name", ["liquidsoap", "icecast"])
def test_when_one_of_the_programs_is_killed_our_listeners_go_on_hearing(station: Station, name: str):
    before = station.end_ms()
    with Ear(station.port, "/stream.mp3") as ear:
        ear.hear(1)
        killed = pid_of(station.home, name)
        os.kill(killed, signal.SIGKILL)
        station.until(lambda: pid_of(station.home, name) != killed, f"another {name}")
        station.until(lambda: "stream.mp3" in mounted(station.home), "the mount at Icecast")
        station.wait_for(station.end_ms() + 3000)
        assert len(ear.hear(1)) > 4000
    assert station.silent_s(before, station.end_ms() - 100) < 3
    after = station.end_ms()
    assert tone_db(station.sound(after, after + 1000), 440) > LOUD


def test_icecasts_listeners_stay_and_hear_the_piece_go_on_while_liquidsoap_begins_anew(station: Station):
    station.until(lambda: "stream.mp3" in mounted(station.home))
    with Ear(keys_of(station.home).icecast_port, "/stream.mp3") as ear:
        ear.hear(2)
        killed = pid_of(station.home, "liquidsoap")
        os.kill(killed, signal.SIGKILL)
        meanwhile = ear.hear(2)
        station.until(lambda: pid_of(station.home, "liquidsoap") != killed, "another liquidsoap")
        station.until(lambda: "stream.mp3" in mounted(station.home), "the mount at Icecast")
        after = ear.hear(4)
        assert not ear.ended
    assert tone_db(decode(whole_frames(meanwhile))[-RATE_HZ // 2 :], 440) > LOUD
    assert tone_db(decode(whole_frames(after))[-RATE_HZ:], 440) > LOUD


def test_when_our_own_process_is_killed_icecast_plays_on_and_the_next_one_takes_over(station: Station):
    with Ear(keys_of(station.home).icecast_port, "/stream.mp3") as ear:
        ear.hear(1)
        run, liquidsoap = station.hub.run, pid_of(station.home, "liquidsoap")
        station.kill()
        station.until(lambda: station.hub.run != run and station.end_ms() > 6000, "a fresh engine")
        sound = decode(whole_frames(ear.hear(4)))
    assert pid_of(station.home, "liquidsoap") == liquidsoap
    assert tone_db(sound[-RATE_HZ:], 440) > LOUD


def test_both_programs_end_with_the_engine(tmp_path):
    write_audio(tmp_path / "media/music/440.wav", sine(440, 60))
    with Station(tmp_path, "liquidsoap") as station:
        station.until(lambda: "stream.mp3" in mounted(tmp_path))
        pids = [pid_of(tmp_path, name) for name in ("liquidsoap", "icecast")]
    station.until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), "their end", 10)


def test_a_liquidsoap_that_refuses_the_script_is_told_and_the_station_plays_and_speaks_without_it(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    refusing = tmp_path / "bin/liquidsoap"
    refusing.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Liquidsoap 9.1.0 && exit 0\necho Error 99: no such thing\nexit 1\n')
    refusing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    write_audio(tmp_path / "media/music/440.wav", sine(440, 4), title="Pendek")
    write_audio(tmp_path / "voices/kabar.wav", sine(1500, 2))
    with Station(tmp_path, "liquidsoap") as station:
        station.until(lambda: any(event["event"] == "alarm" and "no such thing" in event["text"] for event in station.events), "an alarm")
        station.until(lambda: sum(event["event"] == "track" for event in station.events) >= 2, "one piece after another")
        station.announce("kabar", "Kabar.", voice="voices/kabar.wav")
        begins = station.told("speaking", id="kabar")["voice_at_ms"]
        assert tone_db(station.sound(begins + 500, begins + 1500), 1500) > LOUD
        station.told("spoken", id="kabar")
