"""Real players on both kinds of port, while the engine dies and comes back with another sound."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import av
import numpy as np
import pytest

from pendopo_stream.engine.encoders import Mp3Mount, OpusMount
from pendopo_stream.relay import Hub
from pendopo_stream.relay.testing import Port, StubEngine, Web, encoded
from pendopo_stream.testing import RATE_HZ, tone_db

FIRST, SECOND = 440, 880


def sounds(pitch_hz: float, seconds: float) -> dict:
    return {"mp3": encoded(Mp3Mount(), pitch_hz, seconds), "opus": encoded(OpusMount(), pitch_hz, seconds)}


def ffmpeg(url: str, out: Path) -> subprocess.Popen:
    return subprocess.Popen(["ffmpeg", "-loglevel", "error", "-i", url, "-ac", "1", "-ar", str(RATE_HZ), "-flush_packets", "1", "-f", "wav", str(out)],
                            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)


def mpv(url: str, out: Path) -> subprocess.Popen:
    return subprocess.Popen(["mpv", "--no-config", "--no-terminal", "--no-video", "--ao=pcm", f"--ao-pcm-file={out}", "--cache=no", url], stderr=subprocess.PIPE)


def heard(file: Path) -> np.ndarray:
    """What a player wrote so far, whatever the length in its header says."""
    with av.open(str(file)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        return np.concatenate([out.to_ndarray()[0] for frame in container.decode(audio=0) for out in resampler.resample(frame)] or [np.zeros(0, np.float32)])


@pytest.fixture
def recordings(tmp_path):
    """What every player heard: 4 s of the first run, its death, then the second run."""
    home, out = tmp_path / "home", tmp_path / "out"
    home.mkdir()
    out.mkdir()
    first, second = sounds(FIRST, 30), sounds(SECOND, 30)
    players = {}
    with StubEngine(home, first, "run1", ahead_s=3) as engine, Web(home) as web, Port(lambda: Hub(home)) as port:
        time.sleep(0.5)
        for kind, base in (("portal", f"http://127.0.0.1:{web.port}/"), ("port", f"http://127.0.0.1:{port.port}/radio/")):
            for mount, path in (("mp3", "mp3" if kind == "portal" else "stream.mp3"), ("opus", "opus" if kind == "portal" else "low.opus")):
                for player in (ffmpeg, mpv):
                    file = out / f"{kind}-{mount}-{player.__name__}.wav"
                    players[kind, mount, player.__name__] = (player(base + path, file), file)
        time.sleep(5)
        engine.kill()
        time.sleep(1)
        engine.restart("run2", second)
        time.sleep(7)
        alive = {name: child.poll() is None for name, (child, _) in players.items()}
        for child, _ in players.values():
            child.terminate()
        for child, _ in players.values():
            child.communicate(timeout=10)
    return {name: (alive[name], heard(file)) for name, (_, file) in players.items()}


def test_players_hear_both_runs_of_the_engine_on_one_connection(recordings):
    assert len(recordings) == 8
    for name, (alive, sound) in recordings.items():
        assert alive, f"{name} stopped"
        assert len(sound) > 6 * RATE_HZ, name
        parts = [sound[at : at + RATE_HZ // 2] for at in range(RATE_HZ // 2, len(sound) - RATE_HZ // 2, RATE_HZ // 2)]
        first = [tone_db(part, FIRST) > -20 for part in parts]
        second = [tone_db(part, SECOND) > -20 for part in parts]
        assert sum(first) >= 4 and sum(second) >= 4, name
        assert first.index(True) < second.index(True), name
        assert sum(first) + sum(second) >= len(parts) - 2, name
