"""The page's websocket: who may hear, nothing lost, nobody waited for, every process told."""

import asyncio
import json
import time
from types import SimpleNamespace

import pytest
import uvicorn
from sqlalchemy import text
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from pendopo import live, live_socket
from pendopo.sockets import Straight, straight_of, text_frame
from pendopo.testing.people import settle
from pendopo.testing.server import portal_of

ONLY_A = {"may_join": lambda topic, actor: actor.account_id is not None if topic == "uji:a" else None}


@pytest.fixture
def open_house(house):
    """A client with everything running in the background."""
    client = house(gawe_uji=ONLY_A)
    with client:
        yield client


def publish(portal, topic, **what):
    settle()
    with portal.db.session() as db:
        live.publish(db, topic, **what)


def join(socket, *topics, **more):
    socket.send_json({"join": list(topics), **more})
    return socket.receive_json()


def test_a_page_hears_what_it_joined_in_its_language(open_house):
    with open_house.websocket_connect("/live", headers={"Accept-Language": "en"}) as socket:
        answer = join(socket, "public:kabar")
        assert answer["joined"] == ["public:kabar"]
        publish(open_house.portal_here, "public:lain", html="tidak untuk kita")
        publish(open_house.portal_here, "public:kabar", html={"id": "halo", "en": "hello"})
        message = socket.receive_json()
        assert (message["topic"], message["html"]) == ("public:kabar", "hello")
        publish(open_house.portal_here, "public:kabar")
        assert socket.receive_json()["refresh"] is True
        publish(open_house.portal_here, "public:kabar", data={"n": 1})
        assert socket.receive_json()["data"] == {"n": 1}


@pytest.mark.parametrize(("topic", "anonymous", "signed_in"), [
    ("uji:a", False, True), ("uji:b", False, False), ("account:1", False, True), ("account:2", False, False), ("session:1", False, False), ("~plugins", False, False),
])
def test_joining_asks_permission(open_house, resident, topic, anonymous, signed_in):
    assert resident.account_id == 1
    with open_house.websocket_connect("/live") as socket:
        assert (topic in join(socket, topic)["joined"]) is anonymous
    open_house.sign_in(resident)
    with open_house.websocket_connect("/live") as socket:
        answer = join(socket, topic)
        assert (topic in answer["joined"]) is signed_in
        assert (topic in answer["refused"]) is not signed_in


def test_a_page_that_was_away_gets_what_it_missed_in_order_and_nothing_else(open_house):
    portal = open_house.portal_here
    with open_house.websocket_connect("/live") as socket:
        join(socket, "public:kabar")
        publish(portal, "public:kabar", data={"n": 0})
        last = socket.receive_json()["id"]
    for number in range(1, 6):
        publish(portal, "public:kabar", data={"n": number})
        publish(portal, "public:lain", data={"n": number})
    with open_house.websocket_connect("/live") as socket:
        join(socket, "public:kabar", last=last)
        assert [socket.receive_json()["data"]["n"] for _ in range(5)] == [1, 2, 3, 4, 5]
        publish(portal, "public:kabar", data={"n": 6})
        assert socket.receive_json()["data"]["n"] == 6


@pytest.mark.parametrize("last", [10**9, 0])
def test_a_page_that_missed_too_much_is_told_to_load_again(open_house, last):
    portal = open_house.portal_here
    for number in range(live.REPLAY_MOST + 2):
        publish(portal, "public:kabar", data={"n": number})
    with open_house.websocket_connect("/live") as socket:
        join(socket, "public:kabar", last=last)
        assert socket.receive_json() == {"reset": True}


def test_what_comes_during_the_replay_is_neither_lost_nor_twice_nor_early(portal):
    """A message that is published while the missed ones are being sent waits for its turn."""
    heard = []

    class Slow:
        class state:
            language = "id"

        async def send_text(self, message):
            heard.append(json.loads(message))
            if heard[-1].get("data") == {"n": 1}:
                await hub.fan_out(99, "public:kabar", {"data": {"n": 3}})
                await hub.fan_out(2, "public:kabar", {"data": {"n": 2}})

    async def play():
        socket = Slow()
        listener = live.Listener(None, "id", socket.send_text)
        await live_socket._grant(socket, hub, listener, ["public:kabar"], [], 0)
        await hub.fan_out(100, "public:kabar", {"data": {"n": 4}})

    for number in (1, 2):
        publish(portal, "public:kabar", data={"n": number})
    hub = live.Hub(portal)
    asyncio.run(play())

    assert [message["data"]["n"] for message in heard if "data" in message] == [1, 2, 3, 4]


@pytest.mark.parametrize("said", [
    "halo", "[]", "{", '{"join": "public:a"}', '{"join": [1]}', '{"join": [""]}', '{"last": "x"}', '{"last": -1}', '{"last": true}', "[" * 4000,
    json.dumps({"join": ["x" * 121]}), json.dumps({"join": [f"public:{n}" for n in range(65)]}), json.dumps({"join": ["p" * 100] * 60}),
])
def test_what_is_no_message_of_ours_is_answered_and_closed(open_house, said):
    with open_house.websocket_connect("/live") as socket:
        socket.send_text(said)
        assert "error" in socket.receive_json()
        assert socket.receive()["code"] == 1008
    assert not open_house.portal_here.host.plugins["notifications"].faults


def test_a_binary_frame_is_refused(open_house):
    with open_house.websocket_connect("/live") as socket:
        socket.send_bytes(b"\0\1")
        assert socket.receive()["code"] == 1003


def test_topics_beyond_the_most_are_refused_not_forgotten(open_house):
    with open_house.websocket_connect("/live") as socket:
        topics = [f"public:{n}" for n in range(50)]
        assert join(socket, *topics)["joined"] == topics
        more = join(socket, *[f"public:x{n}" for n in range(50)])
        assert len(more["joined"]) == 14
        assert len(more["refused"]) == 36


def test_a_socket_from_another_site_is_refused(open_house):
    with pytest.raises(WebSocketDisconnect), open_house.websocket_connect("/live", headers={"Origin": "http://situs-lain.invalid"}):
        pass
    with pytest.raises(WebSocketDisconnect), open_house.websocket_connect("/tidak/ada"):
        pass


def test_ending_a_session_closes_its_sockets(open_house, resident):
    open_house.sign_in(resident)
    with open_house.websocket_connect("/live") as socket:
        join(socket, "public:kabar")
        publish(open_house.portal_here, f"session:{resident.session_id + 1}", data={"ended": True})
        codes = [socket.receive() for _ in range(2)]
    assert codes[-1]["code"] in (1013, 1008, 1000)


def test_a_slow_listener_is_dropped_and_the_others_are_not_kept_waiting(portal):
    heard = []

    async def stuck(message):
        await asyncio.sleep(60)

    async def broken(message):
        raise OSError()

    async def ready(message):
        heard.append(message)

    async def play():
        hub = live.Hub(portal)
        listeners = [live.Listener(None, "id", send) for send in (stuck, broken, ready)]
        for listener in listeners:
            hub.join(listener, "public:kabar")
        began = time.monotonic()
        await hub.fan_out(1, "public:kabar", {"refresh": True})
        assert time.monotonic() - began < 0.5
        return [listener.closed for listener in listeners]

    assert asyncio.run(play()) == [True, True, False]
    assert len(heard) == 1


def test_signals_reach_this_process_and_a_failing_one_stops_nobody(open_house):
    heard = []
    end = [live.on_signal("uji", lambda data: 1 / 0), live.on_signal("uji", heard.append)]
    with open_house.portal_here.db.session() as db:
        live.signal(db, "uji", {"n": 1})
    deadline = time.monotonic() + 5
    while not heard and time.monotonic() < deadline:
        time.sleep(0.02)
    for stop in end:
        stop()

    assert heard == [{"n": 1}]


def test_nothing_is_left_behind_by_sockets_that_went_away(open_house):
    hub = open_house.portal_here.background.hub
    for _ in range(20):
        with open_house.websocket_connect("/live") as socket:
            join(socket, "public:kabar", "public:lain")
    deadline = time.monotonic() + 5
    while hub.by_topic and time.monotonic() < deadline:
        time.sleep(0.02)

    assert dict(hub.by_topic) == {}


def test_old_messages_are_forgotten(portal, now):
    publish(portal, "public:kabar")
    with portal.db.session() as db:
        db.execute(text("UPDATE core_live SET created_at = :at"), {"at": now - 2 * live.KEPT})
        assert live.prune(db, now=now) == 1


# ------------------------------------------------------------------------------------------------ real processes


@pytest.mark.timeout(120)
def test_500_sockets_in_two_processes_hear_in_a_moment_and_a_stuck_one_is_dropped(serve):
    server = serve(workers=2)
    portal = portal_of(server)
    address = server.base.replace("http", "ws") + "/live"

    async def play():
        sockets = await asyncio.gather(*(connect(address, ping_interval=None, compression=None) for _ in range(500)))
        for socket in sockets:
            await socket.send(json.dumps({"join": ["public:kabar"]}))
        await asyncio.gather(*(socket.recv() for socket in sockets))
        began = time.monotonic()
        await asyncio.to_thread(publish, portal, "public:kabar", html={"id": "halo"})
        heard = await asyncio.wait_for(asyncio.gather(*(socket.recv() for socket in sockets)), 10)
        took = time.monotonic() - began
        sockets[0].transport.pause_reading()
        big = "x" * 200_000
        for _ in range(30):
            await asyncio.to_thread(publish, portal, "public:kabar", html={"id": big})
        fast = 0
        while fast < 30:
            fast += "html" in json.loads(await asyncio.wait_for(sockets[1].recv(), 10))
        sockets[0].transport.resume_reading()
        with pytest.raises(ConnectionClosed):
            while True:
                await asyncio.wait_for(sockets[0].recv(), 15)
        for socket in sockets:
            socket.transport.abort()
        return heard, took

    heard, took = asyncio.run(play())
    portal.db.dispose()

    assert {json.loads(message)["html"] for message in heard} == {"halo"}
    assert took < 3
    with server.client() as client:
        assert client.get("/healthz").status_code == 200


@pytest.mark.timeout(120)
def test_a_page_loses_nothing_when_its_server_is_killed_and_comes_back(serve):
    server = serve()
    portal = portal_of(server)
    address = server.base.replace("http", "ws") + "/live"
    heard = []

    async def listen(last, until):
        async with connect(address, compression=None) as socket:
            await socket.send(json.dumps({"join": ["public:kabar"], **({"last": last} if last is not None else {})}))
            while len(heard) < until:
                message = json.loads(await asyncio.wait_for(socket.recv(), 10))
                if "data" in message:
                    heard.append(message["data"]["n"])
                    last = message["id"]
                elif "joined" in message and last is None:
                    await asyncio.to_thread(publish, portal, "public:kabar", data={"n": 0})
                    await asyncio.to_thread(publish, portal, "public:kabar", data={"n": 1})
        return last

    last = asyncio.run(listen(None, 2))
    server.kill()
    for number in range(2, 6):
        publish(portal, "public:kabar", data={"n": number})
    server.start()
    asyncio.run(listen(last, 6))
    portal.db.dispose()

    assert heard == [0, 1, 2, 3, 4, 5]


# ------------------------------------------------------------------------------------------------- written straight


class Wire:
    """What `Straight` needs of a server's connection."""

    def __init__(self, waiting: int = 0, state: State = State.OPEN) -> None:
        self.written: list[bytes] = []
        self.waiting, self.close_sent = waiting, False
        self.transport, self.conn = self, SimpleNamespace(state=state)

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def write(self, frame: bytes) -> None:
        self.written.append(frame)


@pytest.mark.parametrize(("wire", "told", "written"), [
    (Wire(), True, 1), (Wire(waiting=10**6), False, 0), (Wire(state=State.CLOSING), True, 0), (Wire(state=State.CLOSED), True, 0),
])
def test_straight_writing_minds_a_close_and_who_does_not_read(wire, told, written):
    assert Straight(wire).write(b"frame") is told
    assert len(wire.written) == written


def test_straight_frames_and_usual_ones_keep_their_order_on_a_real_connection():
    asyncio.run(_straight_and_usual())


async def _straight_and_usual():
    async def app(scope, receive, send):
        websocket = WebSocket(scope, receive, send)
        await websocket.accept()
        straight = straight_of(websocket)
        assert straight is not None
        straight.write(text_frame("satu"))
        await websocket.send_text("dua")
        straight.write(text_frame("tiga"))
        await websocket.close(1000)
        straight.write(text_frame("terlambat"))

    config = uvicorn.Config(app, port=0, ws="websockets-sansio", ws_per_message_deflate=False, lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with connect(f"ws://127.0.0.1:{port}/") as client:
        assert [text async for text in client] == ["satu", "dua", "tiga"]
    server.should_exit = True
    await serving


def test_another_server_is_spoken_to_as_usual(open_house):
    with open_house.websocket_connect("/live") as socket:
        socket.send_json({"join": ["public:kabar"]})
        assert socket.receive_json()["joined"] == ["public:kabar"]
        assert [listener.straight for listener in open_house.portal_here.background.hub.by_topic["public:kabar"]] == [None]
