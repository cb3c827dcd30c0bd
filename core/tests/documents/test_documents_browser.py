"""A journey in a real browser: an official signs, the citizen's wallet shows it by itself, anyone checks the file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from pendopo.kit.documents import Document, DocumentKind, document_bytes, issue
from pendopo.registry import current
from pendopo.testing.browser import launched, visitors
from pendopo.testing.people import People
from pendopo.testing.served import House
from pendopo.testing.server import make_findable, portal_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.once, pytest.mark.timeout(300)]
AXE = Path(__file__).parents[3] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
HERE = Path(__file__).parent
PLUGIN = f'''
from pathlib import Path

from pendopo import PluginCard, hookimpl
from pendopo.kit.documents import DocumentKind


@hookimpl
def plugin_card():
    return PluginCard("surat-uji", "Surat uji", "gawe", "Uji coba")


@hookimpl
def document_kinds():
    return [DocumentKind("surat", "gawe_uji", "Surat keterangan", "papers/letter.typ", "400/{{seq:04}}/{{year}}", signed="desk", package=Path({str(HERE)!r}))]
'''


@pytest.fixture
def house(tmp_path):
    package = tmp_path / "gawe_uji"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "plugin.py").write_text(PLUGIN)
    make_findable(tmp_path, "gawe_uji")
    home = tmp_path / "rumah"
    home.mkdir()
    house = House(home)
    house.environment["PYTHONPATH"] = str(tmp_path)
    house.run("migrate", "--quiet")
    yield house.start()
    house.stop()


def without_fault(page):
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("async rules => (await axe.run(document, {runOnly: rules})).violations.map(v => v.id + ': ' + v.nodes[0].html)", RULES)
    assert found == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} is wider than the screen"


def test_an_official_signs_and_the_citizen_sees_it_at_once(house, tmp_path):
    portal = portal_of(house)
    people = People(portal)
    head, citizen = people.officer("dokumen.sign", name="Dra. Ratna Contoh"), people.resident("Siti Contoh")
    post = head.posts[0]
    kind = DocumentKind("surat", "gawe_uji", "Surat keterangan", "papers/letter.typ", "400/{seq:04}/{year}", signed="desk", package=HERE)
    current().document_kinds[kind.owner] = kind
    with launched() as browser, visitors(browser, house) as visit:
        desk = visit(head.account_id).page("/kerja/tanda-tangan/")
        wallet = visit(citizen.account_id, size="phone").page("/dokumen/")
        expect(wallet.get_by_text("Belum ada dokumen.")).to_be_visible()
        wallet.locator("html[data-live=joined]").wait_for()
        desk.locator("html[data-live=joined]").wait_for()
        with portal.db.session() as db:
            data = {"nama": "Siti Contoh", "keperluan": "kuliah"}
            issue(db, head, kind, data=data, now=datetime.now(UTC), opd_id=post.opd_id, holder_id=citizen.account_id, signer=post.jabatan_id)

        desk.get_by_role("checkbox", name="Surat keterangan").check()
        without_fault(desk)
        desk.get_by_role("button", name="Tandatangani yang dipilih").click()
        expect(desk.get_by_text("1 naskah ditandatangani.")).to_be_visible()
        expect(wallet.get_by_role("link", name="Unduh 400/0001/2026")).to_be_visible()
        without_fault(wallet)
        with wallet.expect_download() as download:
            wallet.get_by_role("link", name="Unduh 400/0001/2026").click()
        download.value.save_as(tmp_path / "surat.pdf")
        with portal.db.session(write=False) as db:
            document = db.query(Document).one()
            assert (tmp_path / "surat.pdf").read_bytes() == document_bytes(db, document)
            verify_href = document.verify_href

        anyone = visit(size="phone", javascript=False).page(verify_href)
        expect(anyone.get_by_text("TANDA TANGAN ELEKTRONIK UJI")).to_be_visible()
        anyone.get_by_role("link", name="Periksa berkas PDF").click()
        anyone.get_by_label("Berkas PDF", exact=True).set_input_files(tmp_path / "surat.pdf")
        anyone.get_by_role("button", name="Periksa", exact=True).click()
        expect(anyone.get_by_text("Berkas ini asli dan tidak berubah")).to_be_visible()
        looking = visit(size="phone").page(verify_href)
        without_fault(looking)
        looking.goto("/v/")
        without_fault(looking)
    portal.db.dispose()
