"""A citizen with a phone, an officer at the counter, and the board between them."""

from __future__ import annotations

import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from pendopo.app import Portal
from pendopo.identity import Jabatan
from pendopo.kit.appointments import Appointment, Counter
from pendopo.kit.calendar import Holiday, calendar_for
from pendopo.settings import Settings
from pendopo.testing.people import People, open_session_for
from pendopo.testing.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(180)]
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def inside(database_template, tmp_path):
    """A served installation, seen from this process; its `server` beside it."""
    with database_template.copy() as url:
        server = Server(tmp_path, url)
        server.run("migrate", "--quiet")
        server.start()
        environment = server.environment
        portal = Portal(Settings(home=server.home, database_url=environment["PENDOPO_DATABASE_URL"], secret_key=environment["PENDOPO_SECRET_KEY"]))
        portal.server = server
        yield portal
        portal.answering.close()
        portal.db.dispose()
        server.kill()


@pytest.fixture
def open_page(inside):
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])

        def open_page(path, who=None, *, width=1280, scripts=True):
            context = browser.new_context(
                base_url=inside.server.base, viewport={"width": width, "height": 800}, locale="id-ID", java_script_enabled=scripts, reduced_motion="reduce",
                device_scale_factor=2,
            )
            context.set_default_timeout(20_000)
            if who:
                context.add_cookies([{"name": "pendopo", "value": open_session_for(inside, who.account_id), "url": inside.server.base}])
            page = context.new_page()
            page.goto(path)
            return page

        yield open_page
        browser.close()


def make_counter(portal):
    """A counter that is open whenever this runs."""
    now = datetime.now(UTC)
    opd_id = People(portal).opd("disnakertrans", "Disnakertrans")
    with portal.db.session() as db:
        for year in {now.year, now.year + 1} - calendar_for(db).years:
            db.add(Holiday(day=date(year, 1, 1), kind="libur", name="Tahun Baru"))
        row = Counter(
            opd_id=opd_id, service="kartu-kuning", title="Loket AK/1", place="Lantai 1", hours={str(n): [["00:00", "23:55"]] for n in range(7)},
            slot_minutes=30, capacity=1, lead_minutes=0,
        )
        db.add(row)
        db.flush()
        return row.id


def make_clerk(portal):
    """Somebody of the office with a role that the served portal knows too."""
    clerk = People(portal).officer(opd="disnakertrans")
    with portal.db.session() as db:
        db.get_one(Jabatan, clerk.posts[0].jabatan_id).roles = ["petugas_layanan"]
    return clerk


def faults(page):
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    return [(item["id"], [node["target"] for node in item["nodes"]]) for item in found]


def test_booked_on_a_phone_scanned_at_the_counter_and_called_on_the_board(inside, open_page, tmp_path):
    counter_id = make_counter(inside)
    citizen = People(inside).resident("Siti Aminah")
    clerk = make_clerk(inside)

    phone = open_page("/janji/", citizen, width=360)
    phone.get_by_role("link", name="Loket AK/1").click()
    phone.get_by_role("radio").and_(phone.locator(":enabled")).last.check()
    phone.get_by_label("Keperluan Anda").fill("Kartu hilang")
    assert faults(phone) == []
    phone.get_by_role("button", name="Pesan waktu ini").click()
    phone.get_by_role("heading", level=1, name="Janji A001").wait_for()
    assert faults(phone) == []
    phone.goto(phone.url)  # later, without messages over the code, and with room below it for the bar of a phone
    phone.set_viewport_size({"width": 360, "height": 1600})
    phone.locator(".ticket-qr svg").screenshot(path=str(tmp_path / "tiket.png"))
    read = subprocess.run(["zbarimg", "--raw", "-q", str(tmp_path / "tiket.png")], capture_output=True, text=True, check=True).stdout.strip()

    with inside.db.session() as db:  # its day comes
        row = db.scalars(select(Appointment)).one()
        assert read.endswith(row.token)
        row.day = calendar_for(db).local(datetime.now(UTC)).date()

    board = open_page(f"/janji/loket/{counter_id}")
    board.locator("html[data-live=joined]").wait_for()
    assert faults(board) == []
    desk = open_page(urlsplit(read).path, clerk)
    desk.get_by_role("button", name="Catat hadir").click()
    desk.get_by_role("heading", level=1, name="Loket AK/1").wait_for()
    board.get_by_role("region", name="Berikutnya").get_by_text("A001").wait_for()

    desk.get_by_role("button", name="Panggil berikutnya").click()
    board.get_by_role("status").filter(has_text="A001").wait_for()
    phone.get_by_text("Nomor Anda dipanggil").wait_for()
    assert "Siti" not in board.content()
    assert faults(desk) == []

    desk.get_by_role("button", name="Selesai A001").click()
    phone.locator("#tiket").get_by_text("Selesai").wait_for()
    board.get_by_role("region", name="Sudah dipanggil").get_by_text("A001").wait_for()


def test_everything_works_without_javascript(inside, open_page):
    make_counter(inside)
    page = open_page("/janji/", People(inside).resident("Siti Aminah"), width=360, scripts=False)
    page.get_by_role("link", name="Loket AK/1").click()
    page.get_by_role("radio").and_(page.locator(":enabled")).last.check()
    page.get_by_role("button", name="Pesan waktu ini").click()
    page.get_by_role("heading", level=1, name="Janji A001").wait_for()
    page.get_by_role("button", name="Batalkan").click()
    page.get_by_role("button", name="Ya, batalkan janji").click()
    page.get_by_text("Janji dibatalkan").wait_for()
