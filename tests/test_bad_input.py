"""Rubbish sent to every form and API of the served demo regency: always a plain refusal with a sentence, never a 500."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_from_bytes

import httpx2
import pytest

from pendopo.testing.conformance import answers
from pendopo.testing.served import House
from pendopo.testing.walk import EVERYBODY, Found, RouteInfo, routes, walk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
PEOPLE = ["", "warga", "admin"]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
VALUES = {
    "empty": "",
    "long": "x" * 20_000,
    "nul": "a\0b",
    "huge number": "9" * 40,
    "negative": "-1",
    "not a number": "1e999",
    "markup": "<script>alert(1)</script>",
    "formula": "=HYPERLINK(\"http://x\")",
    "odd letters": "\u202e\ufeff\U0001f9a0\u0000 \u2028 ı",
    "a date of no calendar": "2026-02-31",
    "a path": "../../etc/passwd",
}
NAME = re.compile(r'name="([\w.\-]+)"')


@pytest.fixture(scope="module")
def known(served: House) -> list[RouteInfo]:
    return routes(served)


@pytest.fixture(scope="module")
def reached(served: House, known: list[RouteInfo]) -> dict[str, Found]:
    return {who: walk(served, known, who, begin=("/", "/kerja/")) for who in EVERYBODY}


@pytest.fixture(scope="module")
def targets(reached: dict[str, Found], known: list[RouteInfo]) -> list[tuple[str, str]]:
    """`(method, address)` of everything that takes a write: with a real id where the demo has one, and with impossible ones."""
    real: dict[str, str] = {}
    for found_by_one in reached.values():
        real |= found_by_one.forms
    found: list[tuple[str, str]] = []
    for route in known:
        for method in sorted(set(route.methods) - {"GET", "HEAD", "OPTIONS"}):
            addresses = [real[route.name]] if route.name in real else []
            if not route.is_plain:
                addresses += [re.sub(r"{\w+(:\w+)?}", value, route.path) for value in ("1", "999999999", "9" * 30)]
            found += [(method, address) for address in addresses or [route.path]]
    return [target for target in found if not target[1].startswith(("/admin/plugins/", "/keluar"))] + [("POST", "/admin/plugins/tidak-ada/tombol")]


@pytest.fixture(scope="module")
def names(served: House, reached: dict[str, Found]) -> list[str]:
    """Every input's name that stands on any page."""
    found: set[str] = set()
    seen: set[str] = set()
    for who in reversed(EVERYBODY):  # first whoever sees most of a page
        with served.client(served.session_of(who) if who else "") as client:
            for key, path in reached[who].pages.items():
                if key not in seen:
                    seen.add(key)
                    found |= set(NAME.findall(client.get(path).text))
    return sorted(found - {"viewport"})


@pytest.fixture(params=PEOPLE)
def client(request: pytest.FixtureRequest, served: House) -> Iterator[httpx2.Client]:
    with served.client(served.session_of(request.param) if request.param else "") as client:
        client.who = request.param
        yield client


def judge(answer: Any, what: str) -> list[str]:
    if not answers(answer):
        return [f"{what}: {answer.status_code}"]
    if answer.status_code >= 400 and "html" in answer.headers.get("content-type", ""):
        main = re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2] or answer.text)
        if len(main.split()) < 3:
            return [f"{what}: {answer.status_code} without a sentence"]
    return []


def look(client: httpx2.Client, address: str) -> httpx2.Response:
    """Sound may have no end, so it is not read."""
    with client.stream("GET", address) as answer:
        if not answer.headers.get("content-type", "").startswith("audio/"):
            answer.read()
    return answer


def test_values_of_the_wrong_kind(client: httpx2.Client, targets: list[tuple[str, str]], names: list[str], served: House) -> None:
    wrong: list[str] = []
    for number, (method, address) in enumerate(targets):
        chosen = random.Random(number).sample(list(VALUES.items()), 4) if number % 3 else list(VALUES.items())  # each target a third of it, each kind many times
        for kind, value in chosen:
            answer = client.request(method, address, data=dict.fromkeys(names, value))
            wrong += judge(answer, f"{method} {address} with {kind} as {client.who or 'anonymous'}")
        wrong += judge(client.request(method, address, data={name: ["1", "1"] for name in names}), f"{method} {address} with everything twice")
        if client.who and client.get("/akun/").status_code != 200:  # one of these ended the session
            client.cookies.set("pendopo", served.session_of(client.who))
    wrong += served.faults()
    assert not wrong, "\n".join(wrong)


@pytest.mark.once  # they are refused before anything is asked of a database
def test_bodies_of_the_wrong_shape(client: httpx2.Client, targets: list[tuple[str, str]], served: House) -> None:
    shapes: dict[str, tuple[bytes, dict[str, str]]] = {
        "bytes that are no UTF-8": (b"title=" + quote_from_bytes(b"\xff\xfe\xc0").encode() + b"&x=\xff\xfe", FORM),
        "a multipart without its boundary": (b"--x\r\nnothing", {"Content-Type": "multipart/form-data"}),
        "a cut multipart": (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb', {"Content-Type": "multipart/form-data; boundary=x"}),
        "JSON": (b'{"a": [1, {"b": null}]}', {"Content-Type": "application/json"}),
        "broken JSON": (b'{"a": ', {"Content-Type": "application/json"}),
        "deep JSON": (b"[" * 20_000 + b"]" * 20_000, {"Content-Type": "application/json"}),
        "too many fields": (b"&".join(b"a%d=1" % n for n in range(3_000)), FORM),
        "no body": (b"", {}),
    }
    wrong: list[str] = []
    for method, address in targets:
        for shape, (body, headers) in shapes.items():
            wrong += judge(client.request(method, address, content=body, headers=headers), f"{method} {address}, {shape}, as {client.who or 'anonymous'}")
    wrong += served.faults()
    assert not wrong, "\n".join(wrong)


def test_queries_and_addresses_of_nobody(client: httpx2.Client, known: list[RouteInfo], served: House) -> None:
    wrong: list[str] = []
    queries = ("?halaman=-1&q=%00&dari=x&sampai=2026-13-45&kategori=%ff", "?halaman=99999999999999999999&q=" + "y" * 1500 + "&page=1e9&tahun=0")
    for route in known:
        if "GET" not in route.methods or route.path == "/readyz":
            continue
        for value in ("999999999", "0", "9" * 30, "%00", "..%2f..", "a" * 300):
            address = re.sub(r"{\w+(:\w+)?}", value, route.path)
            for query in queries:
                wrong += judge(look(client, address + query), f"GET {address[:80]}{query[:40]} as {client.who or 'anonymous'}")
            if route.is_plain:
                break
    wrong += served.faults()
    assert not wrong, "\n".join(wrong)

