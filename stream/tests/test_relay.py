"""Listeners over HTTP, on a real server."""

from __future__ import annotations

import asyncio
import socket
import time

import numpy as np
import pytest

from pendopo_stream.engine.encoders import Mp3Mount
from pendopo_stream.relay import EngineAway, Hub, Refused, playlist_m3u, playlist_pls
from pendopo_stream.relay.fan import Listener
from pendopo_stream.relay.icy import IcyReader, IcyWriter
from pendopo_stream.relay.ring import FellBehind, Ring
from pendopo_stream.relay.testing import Ear, Port, StubEngine, Web, encoded, until
from pendopo_stream.testing import RATE_HZ, decode, tone_db
from pendopo_stream.wire import Chunk

SECOND = 8000  # bytes


@pytest.fixture(scope="module")
def tone():
    return encoded(Mp3Mount(), 440, 60)


@pytest.fixture
def stub(tmp_path, tone):
    with StubEngine(tmp_path, {"mp3": tone}, ahead_s=4) as engine:
        yield engine


@pytest.fixture(params=["portal", "port"])
def door(request, stub):
    """Both ways to listeners: a web process and the port of their own. (hub, path of the stream)"""
    if request.param == "portal":
        with Web(stub.home) as running:
            yield running, running.hub, "/mp3"
    else:
        with Port(lambda: Hub(stub.home)) as running:
            yield running, running.ears, "/radio/stream.mp3"


def sounds(sound: np.ndarray) -> bool:
    return tone_db(sound[RATE_HZ // 2 : RATE_HZ], 440) > -20


def test_a_listener_hears_two_seconds_at_once_and_then_what_comes(door):
    server, _, path = door
    Ear(server.port, path).close()
    time.sleep(0.5)
    with Ear(server.port, path) as ear:
        assert (ear.status, ear.headers["content-type"], ear.headers["icy-name"]) == (200, "audio/mpeg", "Gawe FM")
        burst = ear.hear(0.2)
        assert 1.5 < len(burst) / SECOND < 3
        assert sounds(decode(burst + ear.hear_bytes(SECOND)))


def test_a_listener_who_wants_no_delay_gets_no_burst(door):
    server, _, path = door
    with Ear(server.port, path) as first, Ear(server.port, path + "?live=1") as ear:
        first.hear_bytes(SECOND)
        assert len(ear.hear(0.2)) < SECOND
        ear.hear_bytes(SECOND)


def test_a_listener_begins_at_the_position_that_a_page_asks_for(door, tone):
    server, _, path = door
    with Ear(server.port, path) as first:
        first.hear_bytes(2 * SECOND)
        run, start = first.headers["x-posisi"].split(":")
        wanted = int(start) + 1000
        with Ear(server.port, f"{path}?posisi={run}:{wanted}") as ear:
            began = int(ear.headers["x-posisi"].split(":")[1])
            assert 0 <= wanted - began <= 24
            first_frames = b"".join(chunk.data for chunk in tone if began <= chunk.position_ms)[:2000]
            assert ear.hear_bytes(2000).startswith(first_frames)
        with Ear(server.port, f"{path}?posisi=other:{wanted}") as ear:
            assert ear.headers["x-posisi"].startswith(run)


def test_titles_come_inside_the_stream_for_those_who_ask(door, stub):
    server, _, path = door
    with Ear(server.port, path, Icy_MetaData="1") as ear:
        reader = IcyReader(int(ear.headers["icy-metaint"]))
        sound = reader.feed(ear.hear_bytes(17_000))
        stub.title = "Penala - Nada B"
        sound += reader.feed(ear.hear_bytes(33_000))
        assert reader.titles == ["Penala - Nada A", "Penala - Nada B"]
        assert sounds(decode(sound))
    with Ear(server.port, path) as ear:
        assert "icy-metaint" not in ear.headers


def test_a_player_of_http_1_0_gets_bare_sound_without_chunks(door):
    server, _, path = door
    with Ear(server.port, path, "1.0") as ear:
        assert "transfer-encoding" not in ear.headers
        body = ear.hear_bytes(3 * SECOND)
        assert body[0] == 0xFF
        assert sounds(decode(body))


def test_a_range_is_answered_as_a_whole_without_an_end(door):
    server, _, path = door
    with Ear(server.port, path, Range="bytes=0-") as ear:
        assert (ear.status, ear.headers["accept-ranges"], ear.headers["access-control-allow-origin"]) == (200, "none", "*")
        assert "content-length" not in ear.headers and "content-range" not in ear.headers
        ear.hear_bytes(SECOND)


def test_a_head_is_answered_without_sound(door):
    server, hub, path = door
    with Ear(server.port, path, method="HEAD", Connection="close") as ear:
        assert (ear.status, ear.headers["content-type"]) == (200, "audio/mpeg")
        assert ear.hear(0.5) == b""
    assert hub.ears == 0


def test_listeners_are_counted_for_each_mount_and_forgotten(door, stub):
    server, hub, path = door
    ears = [Ear(server.port, path) for _ in range(3)]
    until(lambda: hub.listeners == 3)
    until(lambda: {"do": "ears", "count": 3, "counts": {"mp3": 3}} in stub.commands)
    for ear in ears:
        ear.close()
    until(lambda: hub.listeners == 0)
    until(lambda: stub.commands[-1] == {"do": "ears", "count": 0, "counts": {}})


def test_the_end_of_the_station_ends_the_answers(door):
    server, hub, path = door
    with Ear(server.port, path) as ear:
        ear.hear_bytes(100)
        asyncio.run_coroutine_threadsafe(hub.stop(), server.loop).result(5)
        ear.hear(2)
        assert ear.ended


def test_a_listener_who_never_reads_is_dropped_and_costs_nobody_else_anything(door, monkeypatch):
    server, hub, path = door
    monkeypatch.setattr("pendopo_stream.relay.fan.SLOW_S", 1.0)
    monkeypatch.setattr("pendopo_stream.relay.fan.MOST_WAITING", 4096)
    lazy = socket.socket()
    lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    lazy.connect(("127.0.0.1", server.port))
    lazy.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    with Ear(server.port, path) as ear:
        until(lambda: hub.ears == 2)
        _flood(server, hub)
        until(lambda: ear.hear(0.05) is not None and hub.ears == 1, 20)
        ear.hear_bytes(SECOND)
    lazy.close()


def _flood(server, hub) -> None:
    """More sound at once than kernels keep for one who does not read."""

    def put() -> None:
        ring = hub.rings["mp3"]
        last = ring.entries(1)[0].chunk
        ring.put(Chunk("mp3", last.sequence + 1, last.position_ms, b"\xff" * 8_000_000))

    server.loop.call_soon_threadsafe(put)


def test_without_an_engine_a_listener_is_told_to_come_back(tmp_path, monkeypatch):
    monkeypatch.setattr("pendopo_stream.relay.http.FIRST_SOUND_S", 0.3)
    monkeypatch.setattr("pendopo_stream.relay.server.FIRST_SOUND_S", 0.3)
    with Web(tmp_path) as web, Port(lambda: Hub(tmp_path)) as port:
        for number, path in ((web.port, "/mp3"), (port.port, "/stream.mp3")):
            with Ear(number, path) as ear:
                assert (ear.status, ear.headers["retry-after"], ear.headers["access-control-allow-origin"]) == (503, "5", "*")


def test_a_server_that_hides_its_connections_serves_listeners_too(stub):
    with Web(stub.home, http="h11") as web, Ear(web.port, "/mp3", Icy_MetaData="1") as ear:
        reader = IcyReader(int(ear.headers["icy-metaint"]))
        assert sounds(decode(reader.feed(ear.hear_bytes(5 * SECOND))))
        assert reader.titles == ["Penala - Nada A"]


def test_a_listener_leaves_neither_a_task_nor_a_request_with_the_web_server(stub):
    with Web(stub.home) as web:
        ears = [Ear(web.port, "/mp3") for _ in range(10)]
        until(lambda: web.hub.ears == 10)
        until(lambda: not web.server.server_state.tasks and not web.server.server_state.connections)
        for ear in ears:
            ear.hear_bytes(3 * SECOND)
            ear.close()
        until(lambda: web.hub.ears == 0)


def test_a_connection_that_breaks_leaves_the_others_their_sound(stub):
    class Broken:
        aborted = False

        def is_closing(self):
            return self.aborted

        def write(self, data):
            raise RuntimeError("the handler is closed")

        def abort(self):
            self.aborted = True

    with Port(lambda: Hub(stub.home)) as port, Ear(port.port, "/stream.mp3") as ear:
        ear.hear_bytes(SECOND)
        broken = Broken()
        fan = port.ears.fan("mp3")
        port.loop.call_soon_threadsafe(lambda: fan.add(Listener(broken, fan.ring.end)))
        until(lambda: broken.aborted)
        ear.hear_bytes(2 * SECOND)


def test_an_areas_mount_is_asked_for_while_somebody_listens(tmp_path, tone, monkeypatch):
    monkeypatch.setattr("pendopo_stream.relay.hub.IDLE_S", 0.5)
    area = "mp3@36.04.30"
    local = [Chunk(area, chunk.sequence, chunk.position_ms, chunk.data, duration_ms=chunk.duration_ms) for chunk in tone]
    with StubEngine(tmp_path, {"mp3": tone, area: local}, ahead_s=4) as engine, Port(lambda: Hub(tmp_path)) as port:
        until(lambda: port.ears.connected)
        for _ in range(2):
            with Ear(port.port, "/radio/area/36.04.30.mp3") as ear:
                ear.hear_bytes(SECOND)
                until(lambda: port.ears.counts[area] == 1)
            until(lambda: engine.commands[-1] == {"do": "deaf", "mount": area})
        assert engine.commands.count({"do": "listen", "mount": area}) == 2
        with Ear(port.port, "/radio/area/36.04.99.mp3") as ear:
            assert ear.status == 404


def test_a_real_engine_is_killed_and_started_again_under_a_listener(engine):
    with Web(engine.home) as web, Ear(web.port, "/mp3") as ear:
        ear.hear_bytes(SECOND)
        engine.kill()
        ear.hear(1)
        engine.start()
        assert sounds(decode(ear.hear_bytes(3 * SECOND)))


# ---------------------------------------------------------------- the hub alone


def with_hub(home, work):
    async def life():
        hub = Hub(home)
        hub.start()
        while not hub.connected:
            await asyncio.sleep(0.02)
        try:
            return await work(hub)
        finally:
            await hub.stop()

    return asyncio.run(life())


def test_the_hub_carries_questions_to_the_engine(stub):
    async def work(hub):
        answer = await hub.ask({"do": "status"})
        with pytest.raises(Refused, match="no"):
            await hub.ask({"do": "refuse"})
        return answer["echo"]

    assert with_hub(stub.home, work) == "status"


def test_nobody_answers_for_an_engine_that_is_away(tmp_path):
    async def work():
        with pytest.raises(EngineAway):
            await Hub(tmp_path).ask({"do": "status"})

    asyncio.run(work())


def test_who_takes_every_chunk_gets_it_at_once_and_tells_the_engine_when_it_ends(stub):
    async def work(hub):
        got = []
        stop = hub.on_chunk("mp3", got.append)
        while len(got) < 20:
            await asyncio.sleep(0.02)
        stop()
        await hub.ask({"do": "status"})
        return got

    got = with_hub(stub.home, work)
    assert [chunk.sequence for chunk in got] == list(range(got[0].sequence, got[0].sequence + len(got)))
    assert {"do": "deaf", "mount": "mp3"} in stub.commands


def test_a_page_learns_where_the_sound_is_and_where_a_listener_would_begin(stub):
    async def work(hub):
        assert await hub.wait_for_sound("mp3", 5)
        await asyncio.sleep(0.3)
        return hub.where()

    where = with_hub(stub.home, work)
    assert where["run"] == "run1"
    assert 1900 <= where["position_ms"] - where["join_ms"] <= 2100


def test_a_page_that_asks_when_a_new_engine_began_is_told_a_place_in_its_run(tmp_path, tone):
    low = [Chunk("opus", chunk.sequence, chunk.position_ms, chunk.data, duration_ms=chunk.duration_ms) for chunk in tone]
    with StubEngine(tmp_path, {"opus": low}) as engine, Port(lambda: Hub(tmp_path)) as port:
        port.loop.call_soon_threadsafe(port.ears.want, "opus")
        until(lambda: port.ears.where("opus")["position_ms"] > 0)
        engine.hurry(20)
        until(lambda: port.ears.where("opus")["position_ms"] > 20_000)
        assert 14_900 <= port.ears.where("opus")["position_ms"] - port.ears.where("opus")["join_ms"] <= 15_100
        engine.kill()
        engine.restart("run2", {"opus": low})
        until(lambda: port.ears.where("opus")["run"] == "run2" and port.ears.where("opus")["join_ms"] is not None)
        assert port.ears.where("opus")["join_ms"] < 5000


# ---------------------------------------------------------------- without a server


def test_metadata_survive_any_cut():
    writer, reader = IcyWriter(100), IcyReader(100)
    data = bytes(range(256)) * 5
    stream = writer.feed(data[:700], "Lagu 'satu'; dua") + writer.feed(data[700:], "Lagu tiga")
    out = b"".join(reader.feed(stream[i : i + 7]) for i in range(0, len(stream), 7))
    assert out == data[: len(out)]
    assert len(out) == len(data)
    assert reader.titles == ["Lagu \u2019satu\u2019, dua", "Lagu tiga"]


def test_a_very_long_title_fits_a_metadata_block():
    assert IcyWriter(10).feed(b"0123456789", "é" * 9000)[10] <= 255


def test_a_ring_keeps_thirty_seconds_and_tells_who_fell_behind():
    ring = Ring("mp3")
    for number in range(1, 50):
        ring.put(Chunk("mp3", number, number * 1000, bytes([number])))
    assert ring.end - ring.first == 31
    with pytest.raises(FellBehind):
        ring.read(0)
    data, at = ring.read(ring.join(2))
    assert data == bytes([47, 48, 49])
    assert ring.read(at) == (b"", at)


def test_a_new_run_goes_on_in_the_same_ring():
    ring = Ring("opus")
    ring.put(Chunk("opus", 1, 0, b"H1", header=True))
    ring.put(Chunk("opus", 2, 60_000, b"a"))
    at = ring.end
    ring.new_run()
    ring.put(Chunk("opus", 1, 0, b"H2", header=True))
    ring.put(Chunk("opus", 2, 200, b"b"))
    assert ring.headers == [b"H2"]
    assert ring.read(at)[0] == b"H2b"


def test_playlists_name_every_address():
    assert playlist_m3u([("Gawe FM", "http://x/a.mp3")]).splitlines() == ["#EXTM3U", "#EXTINF:-1,Gawe FM", "http://x/a.mp3"]
    assert "File2=http://x/b" in playlist_pls([("Gawe FM", "http://x/a"), ("hemat", "http://x/b")])


def test_who_connects_again_to_the_same_run_hears_nothing_twice():
    ring = Ring("mp3")
    ring.new_run("r1")
    for sequence in (1, 2, 3, 2, 3, 4):
        ring.put(Chunk("mp3", sequence, sequence * 20, bytes([sequence])))
    assert ring.read(0)[0] == bytes([1, 2, 3, 4])
    ring.new_run("r2")
    ring.put(Chunk("mp3", 1, 20, b"new"))
    assert ring.read(4)[0] == b"new"


def test_a_listener_can_begin_at_a_position_of_a_run_while_the_ring_holds_it():
    ring = Ring("mp3")
    for run in ("r1", "r2"):
        ring.new_run(run)
        for sequence in range(10):
            ring.put(Chunk("mp3", sequence, sequence * 24, f"{run}{sequence}".encode()))
    assert ring.read(ring.find("r1", 217))[0].startswith(b"r19r20")
    assert ring.read(ring.find("r2", 95))[0].startswith(b"r23")
    assert ring.find("r0", 50) is None


def test_a_chained_stream_is_joined_with_the_headers_of_the_place():
    ring = Ring("opus")
    ring.new_run("r1")
    for sequence, (data, header) in enumerate([(b"H1", True), (b"T1", True), (b"a", False), (b"H2", True), (b"T2", True), (b"b", False)]):
        ring.put(Chunk("opus", sequence, sequence * 250, data, header))
    assert ring.begin(2)[0] == b"H1T1aH2T2b"
    assert ring.begin(3)[0] == b"H2T2b"
    assert ring.begin(4)[0] == b"H2T2b"
    assert ring.begin(5)[0] == b"H2T2b"
    assert ring.begin(6)[0] == b"H2T2"
