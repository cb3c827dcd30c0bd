"""The addresses that players know, without an engine; what they hear is tested with the station."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from gawe_radio.listening.port import port_services
from pendopo.kit.settings import set_value


def test_players_of_all_kinds_find_the_streams(client):
    m3u = client.get("/radio/dengar.m3u")
    assert m3u.headers["content-type"].startswith("audio/x-mpegurl")
    assert "http://testserver/radio/stream.mp3" in m3u.text and "http://testserver/radio/low.opus" in m3u.text
    pls = client.get("/radio/dengar.pls").text
    assert "File1=http://testserver/radio/stream.mp3" in pls and "NumberOfEntries=2" in pls


def test_listeners_are_sent_to_the_stations_own_port_where_the_operator_named_one(db, client, officer):
    operator = officer("core.manage_settings", scope="semua")
    set_value(db, operator, "radio.pendengar_url", "https://siaran.contoh.go.id/", effective_from=date(2026, 1, 1), now=datetime.now(UTC))
    db.commit()
    assert "https://siaran.contoh.go.id/stream.mp3" in client.get("/radio/dengar.m3u").text
    assert "https://siaran.contoh.go.id/low.opus" in client.get("/radio/dengar.m3u").text


def test_without_an_engine_every_address_says_so(client):
    assert client.get("/radio/now.json").json()["on_air"] is False
    status = client.get("/radio/status-json.xsl")
    assert "source" not in status.json()["icestats"]
    assert status.headers["access-control-allow-origin"] == "*"
    for path in ("/radio/stream.mp3", "/radio/low.opus", "/radio/low.ogg", "/radio/area/36.04.30.mp3", "/radio/ulang.mp3?detik=60"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["retry-after"], answer.headers["access-control-allow-origin"]) == (503, "5", "*"), path


@pytest.mark.parametrize("path", ["/radio/stream.exe", "/radio/hls/live.m3u8", "/radio/hls/x/1.m4s"])
def test_what_does_not_exist_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_the_listeners_port_is_a_process_of_its_own_where_it_is_asked_for(monkeypatch, portal):
    assert port_services() == []
    monkeypatch.setenv("PENDOPO_RADIO_PORT", "8100")
    (service,) = port_services()
    assert service.command[5:7] == ("--port", "8100")
    assert f"Radio {portal.settings.regency.portal_gawe}" in service.command
