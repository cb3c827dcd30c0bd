"""A real browser: walking keeps what stays, history works, news arrive by themselves, nothing is lost to anyone who can't see."""

from __future__ import annotations

from pathlib import Path

import pytest

from pendopo import live
from pendopo.app import Portal
from pendopo.settings import Settings
from pendopo.testing.people import People, open_session_for
from pendopo.testing.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(database_template, tmp_path_factory):
    """One running portal for all tests of this file."""
    with database_template.copy() as url:
        server = Server(tmp_path_factory.mktemp("home"), url)
        server.run("migrate", "--quiet")
        yield server.start()
        server.kill()


@pytest.fixture
def inside(server):
    """The served installation, seen from this process."""
    portal = Portal(Settings(home=server.home, database_url=server.environment["PENDOPO_DATABASE_URL"], secret_key=server.environment["PENDOPO_SECRET_KEY"]))
    yield portal
    portal.answering.close()
    portal.db.dispose()


@pytest.fixture
def open_page(chromium, server):
    contexts = []

    def open_page(path="/", *, token=None, look="terang", width=1280, scripts=True):
        context = chromium.new_context(
            base_url=server.base, viewport={"width": width, "height": 800}, locale="id-ID", java_script_enabled=scripts, reduced_motion="reduce"
        )
        contexts.append(context)
        cookies = [{"name": "tampilan", "value": look, "url": server.base}]
        if token:
            cookies.append({"name": "pendopo", "value": token, "url": server.base})
        context.add_cookies(cookies)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def joined(page):
    """Wait until the page's socket has joined its topics."""
    page.locator("html[data-live=joined]").wait_for()


def test_walking_keeps_what_stays_and_moves_the_focus_to_the_new_heading(open_page):
    page = open_page("/")
    page.evaluate("document.getElementById('menetap').innerHTML = '<p id=radio>radio</p>'; window.here = true")

    page.get_by_role("search", name="Keperluan Anda").get_by_role("searchbox").fill("catatan")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cari?q=catatan")
    page.get_by_role("heading", level=1, name="Cari").wait_for()

    assert page.title() == "Cari: catatan · Serang Gawe"
    assert page.evaluate("window.here") and page.locator("#radio").count() == 1
    page.locator("h1:focus").wait_for()

    page.go_back()
    page.get_by_role("heading", level=1, name="Ada keperluan apa?").wait_for()
    assert page.evaluate("window.here") and page.locator("#radio").count() == 1 and page.locator("main").count() == 1


def test_another_face_is_loaded_whole(open_page, inside):
    officer = People(inside).officer()
    page = open_page("/", token=open_session_for(inside, officer.account_id))
    page.evaluate("window.here = true")

    page.evaluate("document.getElementById('main').insertAdjacentHTML('beforeend', '<a id=ke href=/kerja/>ke</a>'); htmx.process(document.body)")
    page.locator("#ke").click()
    page.wait_for_url("**/kerja/")

    page.locator("html[data-face=kerja]").wait_for()
    assert page.evaluate("window.here") is None


def test_what_is_no_page_is_opened_by_the_browser_itself(open_page):
    page = open_page("/cari")
    page.evaluate("document.getElementById('main').insertAdjacentHTML('beforeend', '<a id=ke href=/robots.txt>ke</a>'); htmx.process(document.body)")

    page.locator("#ke").click()

    page.wait_for_url("**/robots.txt")
    assert page.locator("body").inner_text().startswith("User-agent") and page.locator("main").count() == 0


def test_a_fragment_published_by_anyone_arrives_on_an_open_page(open_page, inside):
    page = open_page("/cari")
    joined(page)

    with inside.db.session() as db:
        live.publish(db, "public:siaran", html={"id": '<div id="siaran" hx-swap-oob="innerHTML"><p>Jalan ditutup</p></div>', "en": "<p></p>"})

    page.get_by_text("Jalan ditutup").wait_for()
    assert page.locator("#siaran").count() == 1


def test_news_of_the_inbox_renew_the_bell(open_page, inside):
    resident = People(inside).resident()
    page = open_page("/", token=open_session_for(inside, resident.account_id))
    joined(page)

    with inside.db.session() as db:
        live.publish(db, f"account:{resident.account_id}", data={"inbox": 3, "subject": "Berkas Anda bergerak"})

    page.get_by_text("Berkas Anda bergerak").wait_for()
    assert page.locator("#kepala [data-badge=inbox]").inner_text() == "3"


def test_what_was_said_while_the_page_was_away_arrives_when_it_is_back(open_page, inside):
    page = open_page("/cari")
    joined(page)
    page.context.set_offline(True)
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")

    with inside.db.session() as db:
        live.publish(db, "public:siaran", html='<div id="siaran" hx-swap-oob="innerHTML"><p>Air naik</p></div>')
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")

    page.get_by_text("Air naik").wait_for()


def test_the_look_changes_at_once_and_is_remembered(open_page):
    page = open_page("/")
    page.get_by_role("button", name="Akun, bahasa, dan tampilan").click()
    with page.expect_response("**/tampilan"):
        page.locator("#akun-menu").get_by_role("button", name="Gelap").click()

    assert page.evaluate("document.documentElement.dataset.look") == "gelap"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.look") == "gelap"


def test_without_javascript_menus_open_and_pages_follow(open_page):
    page = open_page("/", scripts=False)

    page.get_by_role("button", name="Layanan").click()
    page.get_by_role("navigation", name="Semua layanan").get_by_role("link").first.wait_for(state="visible")
    page.keyboard.press("Escape")
    page.get_by_role("search", name="Keperluan Anda").get_by_role("searchbox").fill("catatan")
    page.keyboard.press("Enter")

    page.wait_for_url("**/cari?q=catatan")


def test_a_point_is_chosen_with_the_keyboard_alone(open_page):
    page = open_page("/-/gaya")
    page.get_by_role("button", name="Pilih titik di tengah peta").wait_for()
    before = page.locator("#peta-lat").input_value()

    page.locator(".map-area").focus()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    page.wait_for_timeout(400)
    page.get_by_role("button", name="Pilih titik di tengah peta").press("Enter")

    assert float(page.locator("#peta-lat").input_value()) > float(before)


@pytest.mark.parametrize("look", ["terang", "gelap"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_house_passes_axe_and_fits_the_screen(open_page, inside, look, width):
    officer = People(inside).officer("core.manage_plugins", scope="regency")
    token = open_session_for(inside, officer.account_id)
    for path, who in (("/", None), ("/", token), ("/kerja/", token), ("/cari?q=xyz", None), ("/-/gaya", None), ("/tidak-ada", None)):
        page = open_page(path, token=who, look=look, width=width)
        tall = page.evaluate("document.scrollingElement.scrollHeight")  # nothing lies under what is fixed to the screen's edge
        page.set_viewport_size({"width": width, "height": max(700, min(tall, 8000))})
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]

        assert not found, (path, [(v["id"], [n["target"] for n in v["nodes"]]) for v in found])
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_refused_write_keeps_the_address_so_that_reloading_is_safe(open_page):
    page = open_page("/cari")
    page.evaluate("window.here = true")
    page.evaluate(
        "document.getElementById('main').insertAdjacentHTML('beforeend', "
        "'<form method=post action=/bahasa><button name=bahasa value=xx>Coba</button></form>'); htmx.process(document.body)"
    )

    page.get_by_role("button", name="Coba").click()
    page.get_by_text("Pilihan ini tidak dikenal.").wait_for()

    assert page.url.endswith("/cari") and page.evaluate("window.here")


def test_a_wrong_sign_in_leads_the_focus_to_what_is_wrong(open_page):
    page = open_page("/masuk")
    page.locator("main input[type=password]").fill("salah sekali")
    page.locator("main form[method=post] input:not([type=hidden])").first.fill("bukan-siapa-siapa@contoh.invalid")
    page.locator("main form[method=post] button").first.click()

    page.locator("#salah:focus").wait_for()
    assert page.locator("main form[method=post] input:not([type=hidden])").first.input_value() == "bukan-siapa-siapa@contoh.invalid"


def test_the_word_after_a_boosted_write_appears_once_as_a_toast(open_page, inside):
    resident = People(inside).resident()
    page = open_page("/inbox/", token=open_session_for(inside, resident.account_id))
    page.evaluate("window.here = true")
    page.evaluate(
        "document.getElementById('main').insertAdjacentHTML('beforeend', "
        "'<form method=post action=/inbox/semua-dibaca><button>Coba</button></form>'); htmx.process(document.body)"
    )

    page.get_by_role("button", name="Coba").click()
    page.locator("#toasts .toast").wait_for()

    assert page.evaluate("window.here") and page.locator("#toasts .toast").count() == 1
    page.reload()
    assert page.locator("#toasts .toast").count() == 0
