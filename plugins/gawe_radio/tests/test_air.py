"""From the studio to the ear: a real server, a real engine, and what a listener records."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from pendopo_stream.relay import Engine, EngineAway
from pendopo_stream.relay.icy import IcyReader
from pendopo_stream.speech import synthesize
from pendopo_stream.testing import RATE_HZ, decode, sine, tone_db, where, write_audio

WORDS = "Perhatian. Jalan raya Cinangka ditutup karena longsor. Gunakan jalan Mancak."
PITCH_HZ = 440

pytestmark = pytest.mark.slow


def until(true: Callable[[], Any], seconds: float, what: str) -> Any:
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, what
        time.sleep(0.1)
    return found


class Portal:
    """`pendopo serve` as operators run it, in a home of its own."""

    def __init__(self, home: Path, database_url: str) -> None:
        self.home = home
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ, "PENDOPO_HOME": str(home), "PENDOPO_PORT": str(self.port), "PENDOPO_DATABASE_URL": database_url, "PENDOPO_PUBLIC_URL": self.address,
            "PENDOPO_SECRET_KEY": "uji-coba-bukan-rahasia", "PENDOPO_WORKER": "0",
        }
        with (home / "serve.err").open("ab") as errors:
            self.process = subprocess.Popen([Path(sys.executable).with_name("pendopo"), "serve"], env=self.environment, stdout=errors, stderr=errors)

    def answers(self) -> bool:
        assert self.process.poll() is None, (self.home / "serve.err").read_text()
        try:
            return httpx2.get(f"{self.address}/radio/now.json", timeout=2).json()["on_air"]
        except httpx2.HTTPError:
            return False

    def engine_pid(self) -> int:
        return int((self.home / "radio/engine.lock").read_text())

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)


class Ear:
    """A player that asks for titles and keeps all it hears."""

    def __init__(self, port: int) -> None:
        self.wire = socket.create_connection(("127.0.0.1", port), 10)
        self.wire.sendall(b"GET /radio/stream.mp3 HTTP/1.0\r\nHost: 127.0.0.1\r\nIcy-MetaData: 1\r\n\r\n")
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.wire.recv(1)
        assert head.split(b"\r\n")[0].endswith(b"200 OK"), head
        self.titles = IcyReader(int(re.search(rb"icy-metaint: (\d+)", head)[1]))
        self.sound = b""

    def hear(self, seconds: float) -> int:
        """Record for `seconds`; how many bytes came."""
        before, end = len(self.sound), time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.wire.settimeout(max(0.02, left))
            try:
                piece = self.wire.recv(65536)
            except TimeoutError:
                break
            assert piece, "the connection was closed"
            self.sound += self.titles.feed(piece)
        return len(self.sound) - before


@pytest.fixture
def portal_at_work(portal: Any, tmp_path: Path) -> Iterator[Portal]:
    home = tmp_path / "rumah"
    write_audio(home / "radio/media/music/nada.wav", sine(PITCH_HZ, 170, 0.25), title="Nada", artist="Penala")
    running = Portal(home, portal.settings.database_url)
    try:
        until(running.answers, 45, "the station is not on the air")
        yield running
    finally:
        running.stop()


@pytest.fixture
def ear(portal_at_work: Portal) -> Iterator[Ear]:
    listener = Ear(portal_at_work.port)
    yield listener
    listener.wire.close()


@pytest.fixture
def studio(portal_at_work: Portal, portal: Any, announcer: Any) -> Iterator[httpx2.Client]:
    from pendopo.identity import Jabatan
    from pendopo.testing.people import open_session_for

    with portal.db.session() as db:  # a role that the other process knows too
        db.get(Jabatan, announcer.posts[0].jabatan_id).roles = ["radio_penyiar"]
    cookies = {portal.session_cookie: open_session_for(portal, announcer.account_id)}
    with httpx2.Client(base_url=portal_at_work.address, cookies=cookies, headers={"Origin": portal_at_work.address}, timeout=20) as client:
        yield client


def send(studio: httpx2.Client, priority: str) -> str:
    """Write `WORDS` in the studio; the address of the page that follows."""
    tomorrow = time.strftime("%Y-%m-%dT%H:%M", time.localtime(time.time() + 86400))
    typed = {"title": "Jalan Cinangka ditutup", "text_id": WORDS, "priority": priority, "until": tomorrow, "repeat_min": "0", "aksi": "kirim"}
    answer = studio.post("/kerja/radio/pengumuman/baru", data=typed)
    assert answer.status_code == 303, answer.text[:2000]
    return answer.headers["location"]


def test_an_announcement_is_found_in_the_recorded_sound_over_softened_music(portal_at_work, studio, ear):
    ear.hear(2)
    page = send(studio, "penting")
    clip = synthesize(WORDS)
    length_s = len(clip) / RATE_HZ
    ear.hear(length_s + 9)
    sound = decode(ear.sound)
    at, alike = where(sound, clip)
    assert alike > 0.5
    under, after = sound[at + RATE_HZ : at + RATE_HZ * 3], sound[-RATE_HZ:]
    before = sound[RATE_HZ // 2 : RATE_HZ * 3 // 2]
    assert tone_db(before, PITCH_HZ) - tone_db(under, PITCH_HZ) >= 9
    assert tone_db(after, PITCH_HZ) == pytest.approx(tone_db(before, PITCH_HZ), abs=1.5)
    assert ear.titles.titles[-1] in ("Jalan Cinangka ditutup", "Penala - Nada")
    assert "Jalan Cinangka ditutup" in ear.titles.titles
    until(lambda: "1 kali" in studio.get(page).text, 10, "the log does not say that it was spoken")


def test_a_listener_keeps_hearing_while_the_engine_is_killed_and_a_waiting_word_survives(portal_at_work, studio, ear):
    assert ear.hear(1)
    send(studio, "info")
    until(lambda: waiting(portal_at_work) == ["p1v1"], 10, "the word does not wait for its break")
    pid = portal_at_work.engine_pid()
    os.kill(pid, signal.SIGKILL)
    until(lambda: portal_at_work.engine_pid() != pid and ear.hear(0.5), 15, "the engine did not come back")
    assert ear.hear(3) > 12_000
    assert tone_db(decode(ear.sound[-20_000:])[RATE_HZ // 2 : RATE_HZ], PITCH_HZ) > -30
    until(lambda: waiting(portal_at_work) == ["p1v1"], 10, "the word was lost")


def waiting(portal: Portal) -> list[str]:
    """What waits to be said, by the engine; nothing while it is away."""
    try:
        return [item["id"] for item in Engine(portal.home / "radio").ask("queue")["queue"]]
    except EngineAway:
        return []
