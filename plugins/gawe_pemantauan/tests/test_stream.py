"""The live view as Server-Sent Events, over a real server: every event once, resumed by its number, with a heartbeat."""

import asyncio
import json
import threading

import httpx2
import pytest

from gawe_pemantauan import watching
from pendopo.identity import Jabatan
from pendopo.kit.berkas import add_message, move_berkas
from pendopo.testing.people import open_session_for, settle
from pendopo.testing.server import Server, until


class Ear:
    """Reads a stream in a thread of its own, until the server ends it or is gone."""

    def __init__(self, client, register, seen=None):
        self.events, self.kind = [], ""
        headers = {} if seen is None else {"Last-Event-ID": str(seen)}
        threading.Thread(target=self._listen, args=(client, f"/pemantauan/pantau/{register}/stream", headers), daemon=True).start()

    def _listen(self, client, path, headers):
        try:
            with client.stream("GET", path, headers=headers) as answer:
                self.kind = answer.headers.get("content-type", "")
                self._read(answer.iter_lines())
        except httpx2.TransportError:
            return  # the server was killed: what a browser would take for a reason to come back

    def _read(self, lines):
        event = {}
        for line in lines:
            if line.startswith(":"):
                continue
            if not line:
                if "id" in event:
                    self.events.append((int(event["id"]), event["event"], json.loads(event["data"])))
                event = {}
            else:
                name, _colon, value = line.partition(": ")
                event[name] = value

    @property
    def numbers(self):
        return [number for number, _kind, _data in self.events]


@pytest.fixture
def served(portal, tmp_path):
    server = Server(tmp_path, portal.settings.database_url)
    settle()
    yield server.start()
    server.kill()


@pytest.fixture
def browser_of(served, portal):
    """`browser_of(resident)`: signed in to the real server; without anybody a visitor."""
    clients = []

    def make(who=None):
        client = served.client(open_session_for(portal, who.account_id) if who else "")
        client.timeout = httpx2.Timeout(60)
        clients.append(client)
        return client

    yield make
    served.kill()
    for client in clients:
        client.close()


def take_real_role(db, who, role):
    """The server knows only roles that plugins give."""
    chair = db.get(Jabatan, who.posts[0].jabatan_id)
    chair.roles = [role]
    settle()


def confirm(db, village, proposal, now):
    move_berkas(db, village, proposal.berkas_id, "konfirmasi_desa", note="Benar, ada di sini.", data={"confirmed": "ya"}, now=now)
    settle()


@pytest.mark.slow
def test_each_event_comes_once_and_is_resumed_by_its_number(db, served, browser_of, resident, send, village, camat, kesra, now):
    proposal = send()
    settle()
    register = proposal.berkas.register
    owner = browser_of(resident)
    ear = Ear(owner, register)
    until(lambda: ear.numbers == [1])
    assert ear.kind.startswith("text/event-stream")

    confirm(db, village, proposal, now)
    until(lambda: ear.numbers == [1, 2])
    told = ear.events[-1][2]
    assert (told["keadaan"], told["catatan"], told["meja"]) == ("konfirmasi_camat", "Benar, ada di sini.", "Kecamatan Anyar")
    assert told["berikutnya"]

    served.kill()
    move_berkas(db, camat, proposal.berkas_id, "konfirmasi_camat", data={"confirmed": "ya"}, now=now)
    settle()
    served.start()
    again, fresh = Ear(owner, register, seen=2), Ear(owner, register, seen=3)
    until(lambda: again.numbers == [3])
    assert again.events[0][2]["keadaan"] == "cek_administrasi"

    until(lambda: fresh.kind)
    add_message(db, kesra, proposal.berkas_id, "Berkas kami periksa pekan ini.", now=now)
    settle()
    until(lambda: fresh.numbers == [4] and again.numbers == [3, 4])


async def quiet_wire(_portal, _topics):
    await asyncio.Event().wait()
    yield


def test_a_heartbeat_comes_while_nothing_happens(portal, monkeypatch):
    assert watching.HEARTBEAT_S == 15, "as promised"
    monkeypatch.setattr(watching, "HEARTBEAT_S", 0.01)
    monkeypatch.setattr(watching, "subscribe", quiet_wire)

    async def listen():
        told = watching._tell(portal, 1, lambda seen: (1, []), 0)
        heard = [await anext(told) for _n in range(3)]
        await told.aclose()
        return heard

    assert asyncio.run(listen()) == ["retry: 3000\n\n", ": hb\n\n", ": hb\n\n"]


def test_the_stream_is_for_the_applicant_the_officers_and_who_knows_the_pin(db, browser_of, people, resident, kesra, send):
    proposal = send()
    register, pin = proposal.berkas.register, proposal.berkas.pin
    settle()
    path = f"/pemantauan/pantau/{register}/stream"
    assert browser_of().get(path, headers={"Accept": "text/event-stream"}).status_code == 303
    assert browser_of(people.resident("Orang Lain")).get(path).status_code == 403
    assert browser_of(resident).get("/pemantauan/pantau/HBH-2026-999999-0/stream").status_code == 404

    take_real_role(db, kesra, "pemantauan_kesra")
    officer = Ear(browser_of(kesra), register)
    guest = browser_of()
    assert guest.post("/pemantauan/pantau", data={"register": register, "pin": pin}).status_code == 303
    by_pin = Ear(guest, register)
    until(lambda: officer.numbers == [1] and by_pin.numbers == [1])
