"""What goes wrong at a station, and that its listeners hear it go on."""

from __future__ import annotations

import os
import resource
import socket
import statistics
import struct
import time
from collections.abc import Callable

import numpy as np
import pytest

from pendopo_stream.engine.testing import Station, levels_dbfs
from pendopo_stream.relay.client import address
from pendopo_stream.relay.testing import Ear
from pendopo_stream.testing import RATE_HZ, decode, sine, tone_db, write_audio
from pendopo_stream.wire import pack_json

KILLS = int(os.environ.get("PENDOPO_KILLS", "3"))
AGAIN_S = 3.0
MOST_S = 10.0  # on a machine that has much else to do at that moment
SILENT_S = 2.0  # more than this is never allowed
SILENCE_DBFS = -50.0
SECOND_BYTES = {"/stream.mp3": 8000, "/low.opus": 3000}
PITCHES_HZ = (440, 550, 660)


def is_music(sound: np.ndarray) -> bool:
    return max(tone_db(sound, pitch) for pitch in PITCHES_HZ) > -25


def test_listeners_stay_connected_and_hear_sound_again_soon_after_each_kill_of_the_engine(station: Station):
    ears = {path: Ear(station.port, path) for path in ("/stream.mp3", "/low.opus")}
    heard = dict.fromkeys(ears, b"")

    def hear_until(true: Callable[[], bool], what: str) -> None:
        def heard_it() -> bool:
            for path, ear in ears.items():
                heard[path] += ear.hear(0.05)
                assert not ear.ended, f"a listener of {path} lost the connection"
            return true()

        station.until(heard_it, what)

    away_s, runs = [], {station.hub.run}
    for _ in range(KILLS):
        killed = time.monotonic()
        station.kill()
        hear_until(lambda: station.hub.run not in runs and station.end_ms() >= 1500, "sound of another engine")
        runs.add(station.hub.run)
        away_s.append(next(kept.at for kept in station.kept["mp3"] if kept.run == station.hub.run) - killed)
        assert is_music(station.sound(500, 1500))
    station.wait_for_programme()
    print(f"{station.engine}: sound again after {', '.join(f'{seconds:.2f}' for seconds in away_s)} s")
    last = {path: len(data) for path, data in heard.items()}
    hear_until(lambda: all(len(heard[path]) - last[path] > SECOND_BYTES[path] for path in ears), "what each listener hears after it all")
    for path, ear in ears.items():
        ear.close()
        sound = decode(heard[path][-24_000:]) if path == "/stream.mp3" else decode(heard[path], "opus")
        assert is_music(sound[-RATE_HZ:]), path
    assert statistics.median(away_s) < AGAIN_S
    assert max(away_s) < MOST_S


def test_files_that_cannot_be_played_are_skipped_and_told_and_nothing_falls_silent(station: Station):
    music = station.home / "media/music"
    whole = write_audio(station.home / "whole.wav", sine(440, 20)).read_bytes()
    bad = {
        "rusak.mp3": os.urandom(50_000), "kosong.mp3": b"", "tulisan.ogg": b"Ini bukan suara.\n" * 500, "gambar.flac": b"\x89PNG\r\n\x1a\n" + bytes(2000),
        "kepala.wav": whole[:44], "terpotong.wav": whole[:200_000],
    }
    for name, data in bad.items():
        (music / name).write_bytes(data)
    for name in ("hilang.wav", "berubah.wav"):
        (music / name).write_bytes(whole)
    station.ask("reload")
    fine = {"music/hilang.wav", "music/berubah.wav", "music/terpotong.wav"}
    station.until(lambda: fine <= {track["id"] for track in station.ask("tracks")["tracks"]}, "the new files")
    assert {f"music/{name}" for name in bad if name != "terpotong.wav"} <= station.ask("tracks")["broken"].keys()
    (music / "hilang.wav").unlink()
    (music / "berubah.wav").write_bytes(os.urandom(len(whole)))
    began = station.end_ms()
    for name in ("hilang.wav", "berubah.wav"):
        station.start(f"music/{name}")
        assert station.told("failed", track=f"music/{name}")["why"]
    at = station.start("music/terpotong.wav")
    station.until(lambda: station.told("track")["position_ms"] > at, "what follows two seconds of twenty")
    ends = station.end_ms() + 2000
    assert station.silent_s(began, ends) < SILENT_S
    assert is_music(station.sound(ends - 1000, ends))
    for name in bad:
        (music / name).unlink()
    (music / "berubah.wav").unlink()
    station.ask("reload")


def test_a_full_disk_is_told_and_the_sound_goes_on(station: Station):
    station.until(lambda: station.hub.state.get("recording") == "ok" and (station.home / "archive").exists())
    began, seen = station.end_ms(), len(station.events)
    hard = resource.prlimit(station.process.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(station.process.pid, resource.RLIMIT_FSIZE, (1, hard))  # no file grows any more
    try:
        station.ask("skip")
        station.until(lambda: {event["kind"] for event in station.events[seen:] if event["event"] == "alarm"} >= {"recording", "log"}, "alarms")
        station.wait_for(station.end_ms() + 2000)
        assert station.hub.state["recording"] != "ok"
    finally:
        resource.prlimit(station.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
    station.until(lambda: station.hub.state["recording"] == "ok", "a recorder that writes again")
    ends = station.end_ms()
    assert station.silent_s(began, ends) < SILENT_S
    assert is_music(station.sound(ends - 1000, ends))


def test_a_listener_who_never_reads_is_dropped_and_costs_nobody_else_anything(station: Station, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pendopo_stream.relay.fan.SLOW_S", 1.0)
    monkeypatch.setattr("pendopo_stream.relay.fan.MOST_WAITING", 4096)
    monkeypatch.setattr("pendopo_stream.relay.hearing.SEND_BUFFER", 4096)
    with Ear(station.port, "/stream.mp3") as ear, socket.socket() as lazy:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        lazy.connect(("127.0.0.1", station.port))
        lazy.sendall(b"GET /stream.mp3 HTTP/1.1\r\nHost: x\r\n\r\n")
        heard = b""
        station.until(lambda: station.hub.counts["mp3"] == 2, "a second listener")

        def dropped() -> bool:
            nonlocal heard
            heard += ear.hear(0.2)
            return station.hub.counts["mp3"] == 1

        station.until(dropped, "the end of who does not read")
        heard += ear.hear_bytes(16_000)
    sound = decode(heard)
    assert min(levels_dbfs(sound)[2:]) > SILENCE_DBFS  # a piece may begin softly, but nothing is missing
    assert is_music(sound[-RATE_HZ:])


def test_slow_and_dead_clients_of_the_engines_socket_cost_listeners_nothing(station: Station):
    def client() -> socket.socket:
        wire = socket.socket(socket.AF_UNIX)
        wire.settimeout(20)
        with address(station.home) as path:
            wire.connect(path)
        return wire

    run, began = station.hub.run, station.end_ms()
    half, gone, slow = client(), client(), client()
    half.sendall(b"\0\0\1\0J{")  # and never the rest
    gone.sendall(pack_json({"do": "listen", "mount": "mp3"}))
    gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    gone.close()
    for mount in ("mp3", "opus", "hls", "rtc", "call"):
        slow.sendall(pack_json({"do": "listen", "mount": mount}))
    question = pack_json({"do": "status", "re": 1}) * 100
    with pytest.raises(ConnectionError):  # it asks and asks, and reads no answer: it is cut off
        for _ in range(2000):
            slow.sendall(question)
    assert station.ask("status")["ok"]
    ends = station.end_ms() + 1500
    assert station.silent_s(began, ends) < 0.5
    assert is_music(station.sound(ends - 1000, ends))
    assert station.hub.run == run
    half.close()
    slow.close()
