"""Whatever is sent is answered with the right status and a sentence; nothing of it is a 500."""

import gzip

import pytest
from sqlalchemy import text
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse
from starlette.routing import Route

from pendopo import Conflict, InvalidInput, NotFound, PermissionRefused, SignInNeeded, TooMany, Unavailable, pagecache
from pendopo.app import best_language, read_flash
from pendopo.http import body_of, flash, form_of, own_path, redirect
from pendopo.identity import Account
from pendopo.security import host_is_allowed
from pendopo.testing.people import settle

WEB = {"Origin": "http://testserver", "Cookie": "x=1"}


def echo(request):
    form = form_of(request)
    return JSONResponse({"form": [(key, value if isinstance(value, str) else len(value.file.read())) for key, value in form.multi_items()], "body": len(body_of(request))})


def store(request):
    request.state.db.execute(text("UPDATE core_account SET name = :name"), {"name": form_of(request).get("name", "") or body_of(request).decode("utf-8", "surrogatepass")})
    return PlainTextResponse("ok")


def big(request):
    return HTMLResponse("<p>halaman</p>" * 500)


def refusing(error):
    def handler(request):
        raise error

    return handler


REFUSALS = {"salah": (InvalidInput, 422), "izin": (PermissionRefused, 403), "hilang": (NotFound, 404), "bentrok": (Conflict, 409), "banyak": (TooMany, 429), "sibuk": (Unavailable, 503)}


@pytest.fixture
def client(house):
    def exempt(request):
        return PlainTextResponse("ok")

    exempt.csrf_exempt = True
    return house(gawe_uji={"routes": lambda: [
        Route("/echo", echo, methods=["POST", "PUT"]), Route("/store", store, methods=["POST"]), Route("/big", big), Route("/api", exempt, methods=["POST"]),
        Route("/item/{id:int}", lambda request: PlainTextResponse(str(request.path_params["id"]))), Route("/masuk", refusing(SignInNeeded())),
        Route("/pesan", lambda request: (flash(request, "Tersimpan"), redirect("/uji/big"))[1]),
        *[Route(f"/{name}", refusing(error())) for name, (error, _) in REFUSALS.items()],
    ]})


def no_fault(client):
    return not any(plugin.faults for plugin in client.portal_here.host)


# ------------------------------------------------------------------------------------------------ writes from elsewhere


@pytest.mark.parametrize(("headers", "allowed"), [
    ({"Sec-Fetch-Site": "same-origin", "Cookie": "x=1"}, True), ({"Sec-Fetch-Site": "none", "Cookie": "x=1"}, True),
    ({"Sec-Fetch-Site": "cross-site"}, False), ({"Sec-Fetch-Site": "same-site"}, False), ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, False),
    ({"Origin": "http://testserver", "Cookie": "x=1"}, True), ({"Origin": "http://situs-lain.invalid"}, False), ({"Origin": "null"}, False),
    ({"Origin": "http://testserver.situs-lain.invalid"}, False), ({"Origin": "http://testserver:81"}, False), ({"Origin": "http://[::1"}, False), ({"Origin": ""}, False),
    ({"Referer": "http://testserver/uji/", "Cookie": "x=1"}, True), ({"Referer": "http://situs-lain.invalid/http://testserver"}, False),
    ({"Cookie": "x=1"}, False), ({}, True),
])
def test_only_our_own_pages_write(client, headers, allowed):
    client.headers.pop("Origin")
    answer = client.post("/uji/echo", data={"a": "1"}, headers=headers)

    assert answer.status_code == (200 if allowed else 403)
    if not allowed:
        assert "situs lain" in answer.text
    assert client.post("/uji/api", headers=headers).status_code == 200


# ------------------------------------------------------------------------------------------------ bodies


@pytest.mark.parametrize(("kind", "body", "status"), [
    ("application/x-www-form-urlencoded", b"a=1&b=%00x&c=%FF%FE&%00=2", 200), ("application/x-www-form-urlencoded", b"&&&===%%%", 200),
    ("application/x-www-form-urlencoded; charset=utf-99", b"a=1", 200), ("application/x-www-form-urlencoded", b"a=1&" * 3000, 422),
    ("multipart/form-data", b"tidak ada batas", 400), ("multipart/form-data; boundary=x", b"", 200), ("multipart/form-data; boundary=x", b"--x\r\nrusak", 200),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n', 200),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n', 400),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"1" * 3_000_000 + b"\r\n--x--\r\n", 400),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="f"; filename="f.bin"\r\n\r\n' + b"1" * 3_000_000 + b"\r\n--x--\r\n", 200),
    ("multipart/form-data; boundary=x; charset=bukan", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--\r\n', 200),
    ("application/x-www-form-urlencoded", b"a=" + b"1" * 3_000_000, 413), ("application/json", b"1" * 9_000_000, 413), ("application/json", b"{", 200), ("", b"\0\xff", 200), ("bukan/jenis; ;;=", b"x", 200),
])
def test_any_body_is_read_or_refused(client, kind, body, status):
    answer = client.post("/uji/echo", content=body, headers={"Content-Type": kind} if kind else {})

    assert answer.status_code == status
    assert no_fault(client)


def test_form_text_is_free_of_nul_characters(client):
    answer = client.post("/uji/echo", content=b"a=b%00c", headers={"Content-Type": "application/x-www-form-urlencoded"})

    assert answer.json()["form"] == [["a", "bc"]]


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "99999999999999999999999"}, {"Content-Length": "-1"}, {"Content-Length": "abc"}, {"Content-Length": "²"}])
def test_too_large_or_unmeasurable_bodies_are_refused(client, headers):
    client.portal_here.settings.max_body_bytes = 1000
    headers = {name: value.encode("latin-1") for name, value in headers.items()}

    def chunks():
        for _ in range(40):
            yield b"x" * 100

    answer = client.post("/uji/echo", content=chunks() if not headers else b"x", headers=headers)
    assert answer.status_code in (413, 422)
    assert no_fault(client)


@pytest.mark.parametrize("value", [b"\xed\xa0\x80", "teks 😀".encode(), b"x" * 100_000])
def test_text_that_no_database_takes_is_a_422(client, resident, value):
    answer = client.post("/uji/store", content=value, headers={"Content-Type": "text/plain"})

    assert answer.status_code in (200, 422)
    assert no_fault(client)


# ------------------------------------------------------------------------------------------------ addresses and methods


@pytest.mark.parametrize("path", [
    "/uji", "/uji//", "//uji/", "//situs-lain.invalid/", "/uji/../inbox", "/uji/%2e%2e/", "/%00", "/uji/%00", "/uji/item/99999999999999999999999999", "/uji/item/-1",
    "/uji/item/x", "/%ff%fe", "/" + "a" * 3000, "/uji/big?%00=%00&a=%ff", "/?q=" + "x" * 5000, "/kerja", "/kerja/", "/kerja/tidak-ada/", "/cari?q=%00", "/;/", "/-/s/", "/-/s/x/../../etc/passwd",
])
def test_any_address_is_answered_and_none_leads_elsewhere(client, path):
    answer = client.get(path)

    assert answer.status_code in (200, 303, 307, 308, 400, 401, 404, 414)
    assert not answer.headers.get("location", "/").startswith(("//", "/\\", "http://situs"))
    assert no_fault(client)


def test_another_method_is_405_with_what_is_allowed(client):
    answer = client.get("/uji/echo")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, PUT")
    assert client.request("DELETE", "/uji/big").headers["Allow"] == "GET, HEAD"
    assert client.request("HALO", "/uji/big").status_code == 405


def test_head_answers_as_get_without_a_body(client):
    head, get = client.head("/uji/big"), client.get("/uji/big")

    assert head.status_code == get.status_code == 200
    assert head.headers["content-length"] == get.headers["content-length"]


def test_unknown_hosts_are_refused_where_the_operator_names_his_own(client):
    client.portal_here.settings.allowed_hosts = ["serangkab.go.id"]

    assert client.get("/", headers={"Host": "jahat.invalid"}).status_code == 400
    assert client.get("/", headers={"Host": "serangkab.go.id"}).status_code == 200
    assert host_is_allowed("serangkab.go.id:8000", ["serangkab.go.id"])
    assert not host_is_allowed("serangkab.go.id.jahat.invalid", ["serangkab.go.id"])


@pytest.mark.parametrize("header", ["Cookie", "Accept-Language", "If-None-Match", "Accept-Encoding", "User-Agent", "HX-Request-Type", "Accept", "Referer"])
@pytest.mark.parametrize("value", [b"\xff\xfe", b"a" * 20_000, b";;;===,,,q=x", b"*"])
def test_any_header_is_taken(client, header, value):
    assert client.get("/", headers={header: value}).status_code in (200, 304)
    assert no_fault(client)


# ------------------------------------------------------------------------------------------------ refusals, headers, flash


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_a_page_a_fragment_or_a_problem_document(client, name):
    status = REFUSALS[name][1]
    sentence = REFUSALS[name][0].message
    page, piece, document = client.get(f"/uji/{name}"), client.fragment(f"/uji/{name}"), client.get(f"/uji/{name}", headers={"Accept": "application/json"})

    assert page.status_code == piece.status_code == document.status_code == status
    assert "<html" in page.text and sentence in page.text
    assert "<html" not in piece.text and sentence in piece.text
    assert document.headers["content-type"].startswith("application/problem+json")
    assert document.json() == {"title": sentence, "status": status}
    assert {"retry-after" in answer.headers for answer in (page, piece, document)} == {status == 503}
    assert no_fault(client)


def test_who_must_sign_in_is_led_there_and_back(client):
    assert client.get("/uji/masuk?a=1").headers["location"] == "/masuk?next=%2Fuji%2Fmasuk%3Fa%3D1"
    assert client.fragment("/uji/masuk").headers["HX-Redirect"].startswith("/masuk")
    assert client.get("/uji/masuk", headers={"Accept": "application/json"}).status_code == 401


@pytest.mark.parametrize("path", ["/", "/uji/big", "/tidak-ada", "/uji/salah", "/healthz"])
def test_every_answer_carries_the_strict_headers(client, path):
    headers = client.get(path).headers

    policy = headers["content-security-policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_a_message_is_shown_once_on_the_page_after_a_redirect(client):
    client.get("/uji/pesan")

    assert "Tersimpan" in client.get("/masuk").text
    assert "Tersimpan" not in client.get("/masuk").text


@pytest.mark.parametrize("cookie", ["", "x", "e30=", "W10=", "WzFd", "%%%", "W3sidGV4dCI6MX1d", "é"])
def test_an_unreadable_message_cookie_holds_no_message(cookie):
    assert read_flash(cookie) == []


@pytest.mark.parametrize("path", ["//jahat.invalid", "/\\jahat.invalid", "http://jahat.invalid", "", None, "/a\nb", "jahat"])
def test_nobody_is_sent_elsewhere(path):
    assert own_path(path) == "/"


@pytest.mark.parametrize(("header", "language"), [
    ("en", "en"), ("en-GB,en;q=0.9", "en"), ("id,en;q=0.9", "id"), ("fr, en;q=0.2, id;q=0.1", "en"), ("", "id"), ("*", "id"), ("en;q=x", "en"), (",,,", "id"),
])
def test_the_best_known_language_is_spoken(header, language):
    assert best_language(header, ["id", "en"]) == language


# ------------------------------------------------------------------------------------------------ kept pages


def test_a_large_text_is_squeezed_and_says_on_what_it_depends(client):
    answer = client.get("/uji/big", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["vary"]
    assert len(gzip.compress(answer.content)) < len(answer.content)
    assert "content-encoding" not in client.get("/uji/big", headers={"Accept-Encoding": "identity"}).headers


def test_an_unchanged_page_is_a_304(client):
    etag = client.get("/uji/big").headers["etag"]

    for _ in range(2):
        answer = client.get("/uji/big", headers={"If-None-Match": etag})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
    assert client.get("/uji/big", headers={"If-None-Match": '"lain"'}).status_code == 200


@pytest.fixture
def named(house):
    """A page that greets by name, and a handler that renames."""
    drawn = []

    def greet(request):
        request.state.keep_for_person = True
        drawn.append(request.user.account_id)
        name = request.state.db.get(Account, request.user.account_id).name if request.user.is_signed_in else "tamu"
        return HTMLResponse(f"{name} {request.state.language} {request.headers.get('HX-Request-Type', '')}")

    def slow(request):
        name = request.state.db.get(Account, request.user.account_id).name
        request.state.keep_for_person = True
        with request.app.state.portal.db.session() as db:  # somebody else commits while this page is being drawn
            db.get(Account, request.user.account_id).name = "Nama Ketiga"
        return HTMLResponse(name)

    def rename(request):
        request.state.db.get(Account, request.user.account_id).name = form_of(request)["name"]
        return redirect("/uji/")

    client = house(gawe_uji={"routes": lambda: [Route("/", greet), Route("/slow", slow), Route("/", rename, methods=["POST"])]})
    client.drawn = drawn
    return client


def test_a_persons_page_is_never_older_than_any_commit(named, resident, db):
    named.sign_in(resident)
    for name in ("Satu", "Dua", "Tiga"):
        db.get(Account, resident.account_id).name = name  # by another connection
        settle()
        assert named.get("/uji/").text.startswith(name)
    assert named.post("/uji/", data={"name": "Empat"}).status_code == 303
    assert named.get("/uji/").text.startswith("Empat")


def test_a_page_that_became_old_while_it_was_drawn_is_not_kept(named, resident):
    named.sign_in(resident)

    assert named.get("/uji/slow").text == "Siti Contoh"
    assert named.get("/uji/slow").text == "Nama Ketiga"


def test_nobody_meets_the_page_of_another_person_language_host_or_form(named, people):
    first, second = people.resident("Orang Pertama"), people.resident("Orang Kedua")
    for _ in range(2):
        named.sign_out()
        assert named.get("/uji/").text.startswith("tamu id")
        assert named.get("/uji/", headers={"Accept-Language": "en"}).text.startswith("tamu en")
        assert named.fragment("/uji/").text.strip().endswith("partial")
        named.sign_in(first)
        assert named.get("/uji/").text.startswith("Orang Pertama")
        named.sign_in(second)
        assert named.get("/uji/").text.startswith("Orang Kedua")


def test_a_person_who_signed_out_meets_no_kept_page(named, resident, db):
    named.sign_in(resident)
    assert named.get("/uji/").text.startswith("Siti")
    db.execute(text("UPDATE core_session SET revoked_at = created_at"))
    settle()

    assert named.get("/uji/").text.startswith("tamu")


def test_an_old_kept_page_is_drawn_anew_by_one_of_those_who_ask(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(pagecache, "monotonic", lambda: now[0])
    cache = pagecache.PageCache()
    cache.keep(("/",), 0, 1.0, 200, [], b"halaman", b'"e"')
    assert cache.find(("/",), 0) is not None

    now[0] = 101.1
    assert [cache.find(("/",), 0) is None for _ in range(3)] == [True, False, False]
    now[0] = 101.4  # the one did not come back with a new page
    assert cache.find(("/",), 0) is None


def test_kept_pages_take_little_room(named):
    cache = named.portal_here.cache
    for number in range(300):
        named.get(f"/uji/?n={number}")
    assert cache.bytes == sum(len(kept.rest["body"]) for kept in cache.entries.values())
    cache.keep(("x",), 0, 1.0, 200, [], b"x" * 600_000, b'"e"')
    assert ("x",) not in cache.entries
