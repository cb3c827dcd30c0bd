"""`pendopo-stream serve`: a station without a portal, as its operator and its listeners meet it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime

import httpx2
import pytest
from websockets.sync.client import connect

from pendopo_stream.standalone.settings import BadSettings, read_settings, write_plan
from pendopo_stream.testing import decode, sine, tone_db, write_audio

TOKEN = "rahasia-uji"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Alone:
    def __init__(self, home) -> None:
        self.home, self.port = home, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "pendopo_stream.cli", "serve", "--home", str(self.home), "--port", str(self.port)]
        with (self.home / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "PENDOPO_STREAM_TOKEN": TOKEN})
        deadline = time.monotonic() + 30
        while self.get("/healthz") != 200:
            assert self.process.poll() is None and time.monotonic() < deadline, (self.home / "serve.log").read_text()
            time.sleep(0.1)

    def get(self, path: str) -> int:
        try:
            return httpx2.get(self.at(path), timeout=5).status_code
        except httpx2.TransportError:
            return 0

    def at(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def announce(self, *, token: str = TOKEN, **item):
        return httpx2.post(self.at("/announcements"), json=item, headers={"Authorization": f"Bearer {token}"}, timeout=30)

    def stop(self, how: int = signal.SIGTERM) -> None:
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(15)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    home = tmp_path_factory.mktemp("alone")
    write_audio(home / "media/music/lagu.wav", sine(440, 20), title="Lagu Uji", artist="Penguji")
    station = Alone(home)
    station.start()
    yield station
    if station.process is not None and station.process.poll() is None:
        station.stop()


def until(socket_, kind: str) -> dict:
    while True:
        message = json.loads(socket_.recv(timeout=20))
        if message["type"] == kind:
            return message


def test_listeners_hear_it_and_read_what_plays(alone):
    data = b""
    with httpx2.stream("GET", alone.at("/stream.mp3"), timeout=20) as answer:
        for piece in answer.iter_bytes():
            data += piece
            if len(data) > 24_000:
                break
    assert tone_db(decode(data)[-48_000:], 440) > -30
    assert httpx2.get(alone.at("/now.json")).json()["title"] == "Penguji - Lagu Uji"
    assert alone.at("/stream.mp3") in httpx2.get(alone.at("/dengar.m3u")).text
    assert httpx2.get(alone.at("/status-json.xsl")).json()["icestats"]["server_id"] == "pendopo-stream"


def test_an_announcement_reaches_sockets_page_and_air(alone):
    with connect(f"ws://127.0.0.1:{alone.port}/ws") as wire:
        assert until(wire, "hello")["station"] == "Radio"
        made = alone.announce(texts={"id": "Pasar pindah ke lapangan."}, title="Pasar pindah", priority="penting").json()
        assert until(wire, "announcement")["announcement"]["title"] == "Pasar pindah"
        assert until(wire, "speaking")["id"] == made["id"]
        assert "Pasar pindah ke lapangan." in httpx2.get(alone.at("/")).text
        gone = httpx2.delete(alone.at(f"/announcements/{made['id']}"), headers={"Authorization": f"Bearer {TOKEN}"})
        assert gone.status_code == 204 and until(wire, "cancel")["id"] == made["id"]
    assert "Pasar pindah" not in httpx2.get(alone.at("/")).text


def test_who_shows_no_token_announces_nothing(alone):
    assert alone.announce(token="salah", texts={"id": "Palsu."}).status_code == 401
    assert "Palsu" not in httpx2.get(alone.at("/")).text


@pytest.mark.parametrize("item", [{"texts": {}}, {"texts": "kata"}, {"texts": {"id": "a"}, "priority": "gawat"}, {"texts": {"id": "kata " * 400}}])
def test_what_cannot_be_said_is_refused_with_a_reason(alone, item):
    answer = alone.announce(**item)
    assert answer.status_code == 422 and answer.json()["error"]


def test_what_was_acknowledged_is_said_after_a_kill(alone):
    made = alone.announce(texts={"id": "Air padam."}, title="Air padam", until="2099-01-01T00:00:00+00:00", every_s=3600).json()
    alone.stop(signal.SIGKILL)
    subprocess.run(["pkill", "-9", "-f", str(alone.home)], check=False)
    alone.start()
    with connect(f"ws://127.0.0.1:{alone.port}/ws") as wire:
        assert made["id"] in [item["id"] for item in until(wire, "hello")["announcements"]]
    deadline = time.monotonic() + 20
    from pendopo_stream.relay import Engine

    while made["id"] not in [item["id"] for item in Engine(alone.home).ask("queue")["queue"]]:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_the_command_line_asks_the_same_station(alone):
    run = [sys.executable, "-m", "pendopo_stream.cli"]
    told = subprocess.run([*run, "now", "--home", str(alone.home)], capture_output=True, text=True, check=True).stdout
    assert "Penguji - Lagu Uji" in told
    none = subprocess.run([*run, "now", "--home", "/nowhere"], capture_output=True, text=True, check=False)
    assert none.returncode == 1 and "no engine answers" in none.stderr


# ------------------------------------------------------------------------------------------------------- station.toml


def test_programmes_of_the_file_are_planned_by_their_rule(tmp_path):
    (tmp_path / "station.toml").write_text(
        'name = "Radio Desa"\n[[programme]]\ntitle = "Warta"\nstart = 2026-01-05T07:00:00\nminutes = 30\nrrule = "FREQ=DAILY"\ntags = ["pagi"]\n'
    )
    settings = read_settings(tmp_path)
    assert write_plan(tmp_path, settings, datetime(2026, 3, 1, tzinfo=UTC))
    slots = json.loads((tmp_path / "station.json").read_text())["slots"]
    assert {(slot["title"], slot["start"][11:16], tuple(slot["tags"])) for slot in slots} == {("Warta", "07:00", ("pagi",))}
    assert len(slots) == 4


@pytest.mark.parametrize("text", [
    "name = ", 'zone = "Asia/Serang"', "[[programme]]\ntitle = 'Tanpa waktu'\n", "[[programme]]\ntitle = 'a'\nstart = 2026-01-05T07:00:00\nminutes = 30\nrrule = 'FREQ=SOMETIMES'\n",
])
def test_settings_that_cannot_be_read_say_where(tmp_path, text):
    (tmp_path / "station.toml").write_text(text)
    with pytest.raises(BadSettings, match=r"station\.toml"):
        read_settings(tmp_path)
