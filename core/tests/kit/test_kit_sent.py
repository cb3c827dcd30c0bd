"""The page right after sending: number and PIN, once, for the browser that sent."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from pendopo.kit.berkas import Berkas, sent_of, tell_sent


def send(request):
    berkas = request.state.db.get_one(Berkas, request.path_params["id"])
    berkas.pin = "K7M4PX"
    return tell_sent(request, berkas, to="/uji/terkirim")


def sent(request):
    told = sent_of(request)
    return PlainTextResponse(f"{told.register} {told.pin} {told.qr}" if told else "tidak ada")


def away(request):
    return PlainTextResponse("terkirim" if "terkirim" in request.cookies else "bersih")


@pytest.fixture
def client(house):
    return house(gawe_uji={"routes": lambda: [Route("/kirim/{id:int}", send, methods=["POST"]), Route("/terkirim", sent), Route("/lain", away)]})


def test_who_sent_reads_number_pin_and_the_way_to_track(client, db, open_one):
    matter = open_one()
    db.commit()
    there = client.post(f"/uji/kirim/{matter.id}")
    assert (there.status_code, there.headers["location"]) == (303, "/uji/terkirim")
    page = client.get("/uji/terkirim").text
    assert page.startswith(f"{matter.register} K7M4PX <svg")
    assert "halaman lacak" in page
    assert client.get("/uji/lain").text == "bersih"  # the PIN goes to its page only


def test_the_cookie_holds_for_a_quarter_of_an_hour_and_no_script_reads_it(client, db, open_one):
    matter = open_one()
    db.commit()
    cookie = client.post(f"/uji/kirim/{matter.id}").headers["set-cookie"]
    assert "Max-Age=900" in cookie
    assert "HttpOnly" in cookie
    assert "Path=/uji/terkirim" in cookie
    assert "K7M4PX" not in cookie


@pytest.mark.parametrize(
    "change", [lambda text: "", lambda text: "x" + text, lambda text: text[:-1], lambda text: text.partition(".")[0], lambda text: "é." + text]
)
def test_another_matter_can_not_be_asked_for(client, db, open_one, change):
    matter = open_one()
    db.commit()
    text = re.search("terkirim=([^;]+)", client.post(f"/uji/kirim/{matter.id}").headers["set-cookie"])[1]
    request = SimpleNamespace(cookies={"terkirim": change(text.strip('"'))}, state=SimpleNamespace(db=db))
    assert sent_of(request) is None
    request.cookies = {"terkirim": text.strip('"')}
    assert sent_of(request).pin == "K7M4PX"
