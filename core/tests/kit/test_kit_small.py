"""QR codes, whole addresses and limits of tries."""

from __future__ import annotations

import subprocess
from xml.etree import ElementTree

import pytest
from starlette.requests import Request

from pendopo.http import whole_url
from pendopo.kit import throttle
from pendopo.kit.feeds import FeedItem, rss_response
from pendopo.kit.qr import qr_drawing, qr_png, qr_svg

ADDRESS = "https://sapa.contoh.id/v/Xk3-_9"


@pytest.mark.once
def test_a_phone_reads_what_was_drawn(tmp_path):
    picture = tmp_path / "qr.png"
    picture.write_bytes(qr_png(ADDRESS))
    read = subprocess.run(["zbarimg", "-q", "--raw", str(picture)], capture_output=True, text=True, check=True)
    assert read.stdout.strip() == ADDRESS


@pytest.mark.once
def test_a_code_on_a_page_says_what_it_is_and_brings_no_markup():
    drawn = ElementTree.fromstring(qr_svg(ADDRESS, "Lacak <b> & bayar"))
    assert (drawn.get("role"), drawn.get("class")) == ("img", "qr")
    assert drawn.findtext("{http://www.w3.org/2000/svg}title") == "Lacak <b> & bayar"
    assert "#fff" in qr_svg(ADDRESS, "")
    assert ElementTree.fromstring(qr_drawing(ADDRESS)).find("{http://www.w3.org/2000/svg}title") is None


@pytest.mark.once
def test_after_so_many_tries_no_more_are_allowed_and_others_still_are():
    throttle.forget_cache()
    assert [throttle.allow("uji.cek", "192.0.2.7", most=3, seconds=3600) for _ in range(5)] == [True, True, True, False, False]
    assert throttle.allow("uji.cek", "192.0.2.8", most=3, seconds=3600)
    assert throttle.allow("uji.lain", "192.0.2.7", most=3, seconds=3600)
    throttle.forget_cache()
    assert throttle.allow("uji.cek", "192.0.2.7", most=3, seconds=3600)


@pytest.mark.once
def test_an_address_may_be_unknown():
    assert throttle.address_of(Request({"type": "http", "client": ("192.0.2.7", 1)})) == "192.0.2.7"
    assert throttle.address_of(Request({"type": "http", "client": None})) == ""


def test_a_path_gets_the_public_address_and_a_whole_one_keeps_its_own(house):
    house()
    assert whole_url("/uji?ke=https://lain.id") == "http://testserver/uji?ke=https://lain.id"
    assert whole_url("https://lain.id/x") == "https://lain.id/x"


def test_a_feed_goes_out_with_whole_addresses(house, now):
    house()
    feed = rss_response(
        "Kabar", "/uji/", "Terbaru", [FeedItem("Satu", "/uji/1", "Isi", now), FeedItem("Dua", "https://lain.id/2", "Isi", now)], self_link="/uji/rss"
    )
    channel = ElementTree.fromstring(feed.body).find("channel")
    assert channel.findtext("link") == "http://testserver/uji/"
    assert [item.findtext("guid") for item in channel.iter("item")] == ["http://testserver/uji/1", "https://lain.id/2"]
    assert channel.find("{http://www.w3.org/2005/Atom}link").get("href") == "http://testserver/uji/rss"
