"""Beside real Icecast and nginx, and with another host between."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from pendopo_stream.engine.encoders import Mp3Mount
from pendopo_stream.relay import Hub
from pendopo_stream.relay.icy import IcyReader
from pendopo_stream.relay.remote import Remote
from pendopo_stream.relay.server import About
from pendopo_stream.relay.testing import Ear, Port, StubEngine, Web, encoded, segments, until
from pendopo_stream.testing import RATE_HZ, decode, tone_db

DEPLOY = Path(__file__).parents[1] / "deploy"
ICECAST = """<icecast><location>Gawe FM</location><admin>radio@contoh.invalid</admin><limits><clients>100</clients><sources>4</sources></limits>
<authentication><source-password>uji</source-password><admin-user>admin</admin-user><admin-password>uji</admin-password></authentication>
<hostname>localhost</hostname><listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>{more}
<paths><logdir>{folder}</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
<logging><errorlog>error.log</errorlog><accesslog>access.log</accesslog><loglevel>3</loglevel></logging><security><chroot>0</chroot>{owner}</security></icecast>"""
OWNER = "<changeowner><user>nobody</user><group>nogroup</group></changeowner>"


@pytest.fixture(scope="module")
def tone():
    return {pitch: encoded(Mp3Mount(), pitch, 60) for pitch in (440, 880)}


@pytest.fixture
def stub(tmp_path, tone):
    home = tmp_path / "home"
    home.mkdir()
    with StubEngine(home, {"mp3": tone[440]}, ahead_s=4) as engine:
        yield engine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def run(tmp_path_factory):
    """Start a server; all end with the test."""
    running = []

    def start(command: list[str], port: int) -> None:
        running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

        def answers() -> bool:
            assert running[-1].poll() is None, f"{command[0]} ended"
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        until(answers)

    yield start
    for process in running:
        process.terminate()
        process.wait(10)


@pytest.fixture
def icecast(run, tmp_path_factory):
    """`icecast(more)`: a real one; returns its port."""

    def start(more: str = "") -> int:
        # Icecast gives up root for nobody, who may not enter the folders of tests.
        folder, port = Path(f"/tmp/pendopo-icecast-{os.getpid()}-{free_port()}"), free_port()
        folder.mkdir()
        folders.append(folder)
        root = os.geteuid() == 0
        if root:
            shutil.chown(folder, "nobody", "nogroup")
        (folder / "icecast.xml").write_text(ICECAST.format(port=port, folder=folder, more=more, owner=OWNER if root else ""))
        run([shutil.which("icecast2") or "icecast", "-c", str(folder / "icecast.xml")], port)
        return port

    folders: list[Path] = []
    yield start
    for folder in folders:
        shutil.rmtree(folder)


class Source(threading.Thread):
    """A source client of Icecast that sends chunks at the speed of sound."""

    def __init__(self, port: int, chunks: list, kind: str = "audio/mpeg", mount: str = "/stream.mp3") -> None:
        super().__init__(daemon=True)
        self.chunks, self.ending = chunks, threading.Event()
        self.wire = socket.create_connection(("127.0.0.1", port))
        word = base64.b64encode(b"source:uji").decode()
        self.wire.sendall((
            f"PUT {mount} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {word}\r\nContent-Type: {kind}\r\nIce-Name: Gawe FM\r\nIce-Genre: g\r\n"
            "Ice-Description: d\r\nIce-URL: http://x/\r\nice-audio-info: bitrate=64;channels=1;samplerate=48000\r\n\r\n"
        ).encode())
        self.start()

    def run(self) -> None:
        began = time.monotonic()
        for chunk in self.chunks:
            if self.ending.wait(max(0.0, began + chunk.position_ms / 1000 - 4 - time.monotonic())):
                return
            self.wire.sendall(chunk.data)

    def stop(self) -> None:
        self.ending.set()
        self.join(5)
        self.wire.close()


def get_json(url: str) -> dict:
    with urllib.request.urlopen(url, timeout=15) as answer:
        return json.load(answer)


def icecasts(port: int) -> dict:
    """An Icecast's status; its JSON is broken for a moment after its start (2.4.4)."""
    found: list[dict] = []

    def parses() -> bool:
        try:
            found.append(get_json(f"http://127.0.0.1:{port}/status-json.xsl"))
        except ValueError:
            return False
        return "host" in found[-1]["icestats"]

    until(parses)
    return found[-1]


def shape(value):
    """Names and types of a JSON value."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__


def test_the_status_has_the_fields_and_types_of_a_real_icecast(stub, icecast, tone):
    port = icecast()
    about = About("Gawe FM", "", "g", "d", "radio@contoh.invalid")
    with Port(lambda: Hub(stub.home), about) as ours:
        until(lambda: ours.ears.connected)
        stub.title = ""
        until(lambda: ours.ears.title == "")
        ours.about.url = "http://x"
        source = Source(port, tone[440])
        until(lambda: "source" in icecasts(port)["icestats"])
        with Ear(port, "/stream.mp3", "1.0"), Ear(ours.port, "/stream.mp3"):
            untitled = [get_json(f"http://127.0.0.1:{number}/status-json.xsl") for number in (port, ours.port)]
            assert shape(untitled[0]) == shape(untitled[1])
            song = urllib.request.Request(f"http://127.0.0.1:{port}/admin/metadata?mount=/stream.mp3&mode=updinfo&song=A+-+B")
            song.add_header("Authorization", "Basic " + base64.b64encode(b"admin:uji").decode())
            urllib.request.urlopen(song, timeout=10).close()
            stub.title = "A - B"
            until(lambda: ours.ears.title == "A - B")
            theirs, mine = (get_json(f"http://127.0.0.1:{number}/status-json.xsl")["icestats"] for number in (port, ours.port))
        assert shape(theirs) == shape(mine)
        alike = ("bitrate", "channels", "samplerate", "audio_info", "genre", "server_name", "server_description", "server_type", "title", "listeners")
        assert {name: theirs["source"][name] for name in alike} == {name: mine["source"][name] for name in alike}
        for name in ("server_start", "server_start_iso8601"):
            assert re.sub(r"\w{3},? |\d", "0", theirs[name]) == re.sub(r"\w{3},? |\d", "0", mine[name])
        source.stop()


def test_without_sound_the_status_is_as_that_of_an_empty_icecast(tmp_path, icecast):
    port = icecast()
    with Port(lambda: Hub(tmp_path), About("Gawe FM", "", "g", "d", "a@b.c")) as ours:
        assert shape(icecasts(port)) == shape(get_json(f"http://127.0.0.1:{ours.port}/status-json.xsl"))


def hears(port: int, path: str, pitch_hz: float, titles: list[str] | None = None) -> None:
    with Ear(port, path, "1.0", Icy_MetaData="1") as ear:
        reader = IcyReader(int(ear.headers["icy-metaint"]))
        sound = decode(reader.feed(ear.hear_bytes(40_000)))
    assert tone_db(sound[-RATE_HZ:], pitch_hz) > -20
    if titles is not None:
        assert reader.titles == titles


def test_an_icecast_relays_the_station_with_titles(stub, icecast):
    with Port(lambda: Hub(stub.home)) as ours:
        relay = (DEPLOY / "icecast-relay.xml").read_text().replace("<port>8000</port>", f"<port>{ours.port}</port>")
        port = icecast(relay)
        until(lambda: "source" in icecasts(port)["icestats"])
        hears(port, "/stream.mp3", 440, ["Penala - Nada A"])


def test_a_relay_of_another_host_keeps_its_listeners_while_that_host_is_away(stub, tone):
    with (
        Port(lambda: Hub(stub.home)) as first,
        Port(lambda: Remote(f"http://127.0.0.1:{first.port}/stream.mp3")) as second,
        Ear(second.port, "/stream.mp3", "1.0") as ear,
    ):
        assert tone_db(decode(ear.hear_bytes(24_000))[RATE_HZ:], 440) > -20
        assert second.ears.title == "Penala - Nada A"
        first.do(first.finish())
        until(lambda: not second.ears.connected)
        until(lambda: not ear.hear(0.5))
        stub.kill()
        stub.restart("run2", {"mp3": tone[880]})
        with Port(lambda: Hub(stub.home)) as again:
            second.ears.url = f"http://127.0.0.1:{again.port}/stream.mp3"
            assert tone_db(decode(ear.hear_bytes(24_000))[RATE_HZ:], 880) > -20
            assert get_json(f"http://127.0.0.1:{second.port}/status-json.xsl")["icestats"]["source"]["listeners"] == 1


def test_an_icecast_is_relayed_by_our_port(icecast, tone):
    port = icecast()
    source = Source(port, tone[440])
    with Port(lambda: Remote(f"http://127.0.0.1:{port}/stream.mp3")) as ours:
        until(lambda: ours.ears.connected)
        hears(ours.port, "/stream.mp3", 440)
    source.stop()


def test_an_upstream_that_refuses_is_tried_again_and_says_so_to_listeners(caplog, monkeypatch):
    monkeypatch.setattr("pendopo_stream.relay.server.FIRST_SOUND_S", 0.3)
    with Port(lambda: Remote(f"http://127.0.0.1:{free_port()}/stream.mp3")) as ours:
        with Ear(ours.port, "/stream.mp3") as ear:
            assert (ear.status, ear.headers["retry-after"]) == (503, "5")
        with Ear(ours.port, "/healthz") as ear:
            assert ear.status == 503
        until(lambda: caplog.text.count("upstream") >= 2)


@pytest.fixture
def nginx(run, tmp_path):
    """nginx with the settings that the documentation gives, in front of `port`; returns its own."""

    def start(port: int) -> int:
        own = free_port()
        text = (DEPLOY / "nginx.conf").read_text()
        for old, new in (("127.0.0.1:8000", f"127.0.0.1:{port}"), ("listen 80;", f"listen 127.0.0.1:{own};"), ("/var/cache/nginx/radio", str(tmp_path / "cache"))):
            assert old in text
            text = text.replace(old, new)
        temporary = "".join(f"{name}_temp_path {tmp_path}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        text = text.replace("http {", f"http {{ {temporary}", 1)
        user = "user root;" if os.geteuid() == 0 else ""
        (tmp_path / "nginx.conf").write_text(f"daemon off; master_process off; pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log; {user}\n{text}")
        run([shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")], own)
        return own

    return start


def test_hls_behind_nginx_comes_from_its_cache(tmp_path, nginx):
    home = tmp_path / "home"
    home.mkdir()
    with StubEngine(home, {"hls": segments(tmp_path / "a", 440, 30, first=1000)}, ahead_s=13) as engine, Port(lambda: Hub(engine.home)) as ours:
        port = nginx(ours.port)
        cached = []
        for _ in range(5):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/radio/hls/run1/1002.m4s", timeout=15) as answer:
                cached.append(answer.headers["x-cache"])
        assert cached == ["MISS", "HIT", "HIT", "HIT", "HIT"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/radio/hls/live.m3u8", timeout=15) as answer:
            assert answer.headers["cache-control"] == "public, max-age=1"
        command = ["ffmpeg", "-loglevel", "error", "-live_start_index", "0", "-i", f"http://127.0.0.1:{port}/radio/hls/master.m3u8", "-t", "6", "-f", "mp3", "-"]
        sound = decode(subprocess.run(command, capture_output=True, timeout=60, check=True).stdout)
        assert tone_db(sound[RATE_HZ : 2 * RATE_HZ], 440) > -25


def test_the_endless_stream_passes_nginx_as_it_comes(stub, nginx):
    with Port(lambda: Hub(stub.home)) as ours, Ear(nginx(ours.port), "/radio/stream.mp3") as ear:
        assert ear.status == 200
        assert 1.5 < len(ear.hear(0.3)) / 8000 < 3
        assert tone_db(decode(ear.hear_bytes(16_000))[RATE_HZ // 2 :], 440) > -20


def test_a_web_process_passes_nginx_too(stub, nginx):
    with Web(stub.home) as web, Ear(nginx(web.port), "/mp3") as ear:
        ear.hear_bytes(16_000)
