"""Announcements on devices: a push service of our own receives them, and reads them with the browser's keys."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from gawe_radio.announcements import Words, approve_announcement, cancel_announcement, change_announcement, write_announcement
from gawe_radio.push import secrecy, services
from gawe_radio.push.models import Device
from gawe_radio.push.secrecy import decode, encode, point
from pendopo import InvalidInput
from pendopo.kit import settings

ANYAR, CIRUAS = "36.04.30", "36.04.09"


class Browser:
    """A subscription, and what its owner can read with it."""

    def __init__(self, endpoint, key=None, auth=b"sixteen bytes 16"):
        self.endpoint, self.key, self.auth = endpoint, key or ec.generate_private_key(secrecy.CURVE), auth

    @property
    def subscription(self):
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": {"p256dh": encode(point(self.key.public_key())), "auth": encode(self.auth)}}

    def read(self, body):
        salt, length = body[:16], body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        secret = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(secrecy.CURVE, theirs))
        shared = secrecy._derive(secret, self.auth, b"WebPush: info\0" + point(self.key.public_key()) + theirs, 32)
        cipher = AESGCM(secrecy._derive(shared, salt, b"Content-Encoding: aes128gcm\0", 16))
        text = cipher.decrypt(secrecy._derive(shared, salt, b"Content-Encoding: nonce\0", 12), sealed, None)
        assert text[-1] == 2, "the last record"
        return text[:-1]


class PushService(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Receiver)
        self.received, self.answers = [], {}

    @property
    def host(self):
        return f"127.0.0.1:{self.server_address[1]}"

    def browser(self, name):
        return Browser(f"http://{self.host}/{name}")


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path.strip("/"), dict(self.headers), body))
        self.send_response(self.server.answers.get(self.path.strip("/"), 201))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        """Quiet."""


@pytest.fixture
def push(db, officer, now):
    service = PushService()
    thread = threading.Thread(target=service.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    settings.set_value(db, officer("core.manage_settings", scope="regency"), "radio.push_layanan", service.host, effective_from=now.date(), now=now)
    db.commit()
    yield service
    service.shutdown()
    service.server_close()


@pytest.fixture
def join(client, push):
    def join(name, kecamatan=""):
        browser = push.browser(name)
        assert client.post("/radio/pemberitahuan/perangkat", json={"subscription": browser.subscription, "kecamatan": kecamatan}).status_code == 201
        return browser

    return join


def write(db, announcer, priority="penting", areas=(), **more):
    until = datetime.now(UTC) + timedelta(hours=2)
    return write_announcement(db, announcer, Words("Jalan ditutup", {"id": "Lewat Mancak."}, priority, areas, until, **more), now=datetime.now(UTC))


def test_the_example_of_the_standard_comes_out_as_printed():
    """RFC 8291, appendix A."""
    sender = ec.derive_private_key(int.from_bytes(decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), secrecy.CURVE)
    browser = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    made = secrecy.encrypt(
        b"When I grow up, I want to be a watermelon", browser, "BTBZMqHH6r4Tts7J_aSIgg", key=sender, salt=decode("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert encode(made) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_what_is_published_changed_and_withdrawn_reaches_a_device(db, announcer, push, join, deliver):
    browser = join("a")
    word = write(db, announcer)
    deliver()
    change_announcement(db, announcer, word.id, Words("Jalan dibuka", {"id": "Satu jalur."}), now=datetime.now(UTC))
    deliver()
    cancel_announcement(db, announcer, word.id, "selesai", now=datetime.now(UTC))
    deliver()
    heard = [json.loads(browser.read(body)) for _name, _headers, body in push.received]
    assert [message["title"] for message in heard] == ["Jalan ditutup", "Diperbarui: Jalan dibuka", "Ditarik: Jalan dibuka"]
    assert {message["tag"] for message in heard} == {f"radio-{word.id}"}, "each replaces the one before on the screen"
    assert heard[0]["url"] == f"/radio/pengumuman/{word.id}"


def test_the_sender_proves_who_it_is(db, portal, announcer, push, join, deliver):
    join("a")
    write(db, announcer)
    deliver()
    headers = push.received[0][1]
    proof = dict(part.split("=", 1) for part in headers["Authorization"].removeprefix("vapid ").split(", "))
    told, _, signature = proof["t"].rpartition(".")
    claims = json.loads(decode(told.split(".")[1]))
    assert claims["aud"] == f"http://{push.host}"
    assert claims["sub"].startswith("mailto:")
    assert 0 < claims["exp"] - datetime.now(UTC).timestamp() <= 24 * 3600
    key = ec.EllipticCurvePublicKey.from_encoded_point(secrecy.CURVE, decode(proof["k"]))
    raw = decode(signature)
    signed = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(signed, told.encode(), ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        key.verify(signed, told.encode() + b"x", ec.ECDSA(hashes.SHA256()))
    assert (headers["Content-Encoding"], headers["Urgency"]) == ("aes128gcm", "normal")
    assert 60 <= int(headers["TTL"]) <= 24 * 3600


def test_a_device_is_told_of_its_kecamatan_and_of_every_emergency(db, announcer, official, push, join, deliver):
    here, there, everywhere = join("sini", ANYAR), join("sana", CIRUAS), join("semua")
    write(db, announcer, areas=(ANYAR,))
    deliver()
    assert sorted(name for name, _headers, _body in push.received) == ["semua", "sini"]
    del push.received[:]
    word = write(db, announcer, "darurat", areas=(ANYAR,))
    approve_announcement(db, official, word.id, now=datetime.now(UTC))
    deliver()
    heard = {name: body for name, _headers, body in push.received}
    assert [json.loads(browser.read(heard[name]))["stays"] for name, browser in (("sini", here), ("sana", there), ("semua", everywhere))] == [True] * 3
    assert push.received[0][1]["Urgency"] == "high"


def test_a_drill_says_so_on_the_screen_and_does_not_stay(db, announcer, push, join, deliver):
    browser = join("a")
    write(db, announcer, drill=True)
    deliver()
    message = json.loads(browser.read(push.received[0][2]))
    assert (message["title"], message["drill"], message["stays"]) == ("LATIHAN: Jalan ditutup", True, False)


def test_plain_words_disturb_nobody(db, announcer, push, join, deliver):
    join("a")
    write(db, announcer, "info")
    deliver()
    assert push.received == []


def test_a_device_that_is_gone_is_forgotten_and_a_failing_one_after_a_while(db, announcer, push, join, deliver):
    for name in ("pergi", "rusak", "baik"):
        join(name)
    push.answers.update({"pergi": 410, "rusak": 500})
    for _ in range(services.MOST_FAILURES):
        write(db, announcer)
        deliver()
    db.expire_all()
    assert [device.endpoint.rpartition("/")[2] for device in db.scalars(select(Device))] == ["baik"]
    assert [name for name, _headers, _body in push.received].count("pergi") == 1


def test_many_devices_are_told_in_lots_each_once(db, announcer, push, deliver, monkeypatch):
    monkeypatch.setattr(services, "LOT", 4)
    for number in range(11):
        services.join(db, push.browser(f"p{number}").subscription, kecamatan="", language="id", now=datetime.now(UTC))
    write(db, announcer)
    deliver()
    assert sorted(name for name, _headers, _body in push.received) == sorted(f"p{number}" for number in range(11))


def test_a_device_that_leaves_hears_nothing_more(db, client, announcer, push, join, deliver):
    browser = join("a")
    assert client.post("/radio/pemberitahuan/perangkat/penghapusan", json={"endpoint": browser.endpoint}).status_code == 200
    write(db, announcer)
    deliver()
    assert push.received == []


@pytest.mark.parametrize("given", [
    {}, {"endpoint": "https://fcm.googleapis.com/x"}, {"endpoint": "https://fcm.googleapis.com/x", "keys": {"p256dh": "AA", "auth": "AA"}},
    {"endpoint": "https://fcm.googleapis.com/x", "keys": []}, {"endpoint": "https://fcm.googleapis.com/x", "keys": {"p256dh": "é", "auth": 3}},
])
def test_what_is_no_subscription_is_refused(db, portal, given):
    with pytest.raises(InvalidInput):
        services.join(db, given, kecamatan="", language="id", now=datetime.now(UTC))


@pytest.mark.parametrize(("endpoint", "may"), [
    ("https://fcm.googleapis.com/fcm/send/a", True), ("https://web.push.apple.com/a", True), ("https://push.apple.com.jahat.invalid/a", False),
    ("http://fcm.googleapis.com/a", False), ("https://10.0.0.1/a", False), ("http://127.0.0.1:8100/a", False), ("https://fcm.googleapis.com@jahat.invalid/", False),
    ("file:///etc/passwd", False),
])
def test_only_known_push_services_are_ever_asked(db, endpoint, may):
    assert services.may_send_to(db, endpoint) is may


def test_the_page_offers_it_and_the_worker_may_serve_the_radio(client):
    assert "data-key=" in client.get("/radio/pemberitahuan/").text
    worker = client.get("/radio/pekerja.js")
    assert (worker.status_code, worker.headers["content-type"].partition(";")[0]) == (200, "text/javascript")


def test_the_key_is_made_once_and_kept_from_others(tmp_path):
    path = tmp_path / "radio" / "vapid.pem"
    with ThreadPoolExecutor(8) as pool:
        keys = {encode(point(key.public_key())) for key in pool.map(lambda _: secrecy.own_key(path), range(8))}
    assert len(keys) == 1
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in path.parent.iterdir()] == ["vapid.pem"]
