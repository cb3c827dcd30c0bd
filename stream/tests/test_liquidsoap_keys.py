"""What opens the Liquidsoap engine's doors: ports, passwords, accounts of sources. No program runs here."""

from __future__ import annotations

import asyncio
import json
import xml.etree.ElementTree as Tree
from dataclasses import asdict
from pathlib import Path

import pytest

from pendopo_stream.engine.liquidsoap import door
from pendopo_stream.engine.liquidsoap.door import Door
from pendopo_stream.engine.liquidsoap.icecast import ICECAST_PORT, SOURCE_PORT, config, free_ports, icecast, keys_of, reach
from pendopo_stream.engine.liquidsoap.script import WORK

ADDRESS = "10.0.0.7"
SECRETS = ("source", "relay", "admin", "tap", "door")


def test_keys_are_made_once_for_their_owner_alone_and_are_never_shown(tmp_path):
    keys = keys_of(tmp_path)
    icecast(tmp_path, keys)
    assert keys_of(tmp_path) == keys
    assert len({asdict(keys)[name] for name in SECRETS}) == len(SECRETS)
    assert not any(asdict(keys)[name] in repr(keys) for name in SECRETS)
    for name in ("keys.json", "icecast.xml"):
        assert (tmp_path / WORK / name).stat().st_mode & 0o777 == 0o600


def test_a_port_that_an_operator_names_is_taken_and_only_that_one_is_open_to_others(tmp_path, monkeypatch):
    monkeypatch.setenv(ICECAST_PORT, "8123")
    monkeypatch.delenv(SOURCE_PORT, raising=False)
    keys = keys_of(tmp_path)
    settings = Tree.fromstring(config(tmp_path, keys))
    assert settings.findtext("listen-socket/port") == "8123"
    assert (settings.findtext("listen-socket/bind-address"), reach(SOURCE_PORT)) == ("0.0.0.0", "127.0.0.1")
    monkeypatch.delenv(ICECAST_PORT)
    assert Tree.fromstring(config(tmp_path, keys)).findtext("listen-socket/bind-address") == "127.0.0.1"


def test_icecast_writes_no_listeners_addresses_and_takes_any_name(tmp_path):
    settings = Tree.fromstring(config(tmp_path, keys_of(tmp_path), name="Gawe <FM> & kawan", areas=("36.04.30",)))
    assert settings.findtext("location") == "Gawe <FM> & kawan"
    assert Path(settings.findtext("paths/logdir", "")) / settings.findtext("logging/accesslog", "") == Path("/dev/null")
    assert "/area/36.04.30.mp3" in [mount.text for mount in settings.iter("mount-name")]


def test_a_source_is_known_by_its_password_which_is_kept_nowhere(tmp_path):
    password = door.add(tmp_path, "budi", "Budi di lapangan")
    kept = tmp_path / WORK / "sources.json"
    assert password not in kept.read_text() and kept.stat().st_mode & 0o777 == 0o600
    assert Door(tmp_path, "k").lets_in("budi", password, ADDRESS)
    assert not Door(tmp_path, "k").lets_in("budi", password + "x", ADDRESS)
    assert not Door(tmp_path, "k").lets_in("sari", password, ADDRESS)
    assert door.remove(tmp_path, "budi")
    assert not Door(tmp_path, "k").lets_in("budi", password, ADDRESS)


@pytest.mark.parametrize("name", ["", "budi sari", "a" * 41, "../x", "budi:x"])
def test_a_name_that_source_programs_cannot_send_is_refused(name, tmp_path):
    with pytest.raises(ValueError):
        door.add(tmp_path, name)


def test_after_five_wrong_passwords_an_address_waits_and_others_do_not(tmp_path):
    password = door.add(tmp_path, "budi")
    gate = Door(tmp_path, "k")
    for _ in range(5):
        assert not gate.lets_in("budi", "salah", ADDRESS)
    assert not gate.lets_in("budi", password, ADDRESS)
    assert gate.lets_in("budi", password, "10.0.0.8")


@pytest.mark.parametrize(("key", "body", "status"), [
    ("k", {"user": "budi", "password": "kopi", "address": ADDRESS}, 200), ("k", {"user": "budi", "password": "teh", "address": ADDRESS}, 403),
    ("x", {"user": "budi", "password": "kopi", "address": ADDRESS}, 403), ("k", {"user": "budi"}, 400), ("k", ["budi"], 400),
])
def test_only_who_knows_the_key_of_the_script_may_ask_at_the_door(key, body, status, tmp_path):
    door.add(tmp_path, "budi", password="kopi")
    port = free_ports(1)[0]

    async def ask() -> bytes:
        gate = Door(tmp_path, "k")
        await gate.open(port)
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            data = json.dumps(body).encode()
            writer.write(f"POST /source HTTP/1.1\r\nX-Station: {key}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)
            answer = await reader.read()
            writer.close()
            await writer.wait_closed()
            return answer
        finally:
            await gate.close()

    assert asyncio.run(ask()).startswith(f"HTTP/1.1 {status} ".encode())
