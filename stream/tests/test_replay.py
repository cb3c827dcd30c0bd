"""Listening later over HTTP: from the recording, at the speed of sound, on into what is recorded meanwhile."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from pendopo_stream.engine.encoders import Mp3Mount
from pendopo_stream.recorder import Recorder
from pendopo_stream.relay.http import moment
from pendopo_stream.relay.testing import Ear, Web, encoded, until
from pendopo_stream.testing import RATE_HZ, decode, tone_db

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def recorded(tmp_path):
    """The last twenty seconds: ten of 440 Hz, ten of 880 Hz."""
    began = datetime.now(UTC) - timedelta(seconds=20)
    recorder = Recorder(tmp_path, "r1")
    first, second = encoded(Mp3Mount(), 440, 10), encoded(Mp3Mount(), 880, 10)
    recorder.put(first, began)
    recorder.put(second, began + timedelta(seconds=10))
    recorder.close()
    return tmp_path, began


def test_a_listener_hears_what_was_and_then_at_the_speed_of_sound(recorded):
    home, began = recorded
    with Web(home) as web, Ear(web.port, "/ulang.mp3?detik=12") as ear:
        since = datetime.fromisoformat(ear.headers["x-sejak"])
        assert abs((datetime.now(UTC) - since).total_seconds() - 12) < 2
        burst = ear.hear(0.4)
        assert 3 < len(burst) / 8000 < 6
        until(lambda: web.hub.counts["ulang"] == 1)
        started = time.monotonic()
        sound = decode(burst + ear.hear_bytes(24_000))
        assert time.monotonic() - started > 1.5
        turn = int((10 - (since - began).total_seconds()) * RATE_HZ)
        assert tone_db(sound[RATE_HZ // 4 : turn - RATE_HZ // 4], 440) > -20
        assert tone_db(sound[turn + RATE_HZ // 4 : turn + RATE_HZ], 880) > -20


def test_what_is_recorded_meanwhile_follows(recorded):
    home, _ = recorded
    with Web(home) as web, Ear(web.port, "/ulang.mp3?detik=3") as ear:
        ear.hear(1.0)
        recorder = Recorder(home, "r1")
        recorder.put(encoded(Mp3Mount(), 1320, 8), datetime.now(UTC))
        assert tone_db(decode(ear.hear_bytes(16_000))[RATE_HZ:], 1320) > -20
        recorder.close()


def test_where_nothing_is_recorded_a_listener_is_told_to_come_back(tmp_path):
    with Web(tmp_path) as web, Ear(web.port, "/ulang.mp3?detik=60") as ear:
        assert ear.status == 503


def test_nobody_goes_back_further_than_is_allowed_nor_ahead_of_now():
    assert moment(NOW, seconds_ago=60, since=None, most_minutes=120) == NOW - timedelta(seconds=60)
    assert moment(NOW, seconds_ago=10**9, since=None, most_minutes=120) == NOW - timedelta(hours=2)
    assert moment(NOW, seconds_ago=None, since=(NOW + timedelta(days=1)).timestamp(), most_minutes=120) == NOW
    assert moment(NOW, seconds_ago=None, since=(NOW - timedelta(minutes=5)).timestamp(), most_minutes=120) == NOW - timedelta(minutes=5)
