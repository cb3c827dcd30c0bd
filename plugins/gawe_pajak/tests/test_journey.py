"""A house that somebody else's name stands on: claimed with JavaScript, granted by an officer side by side, then paid and corrected without it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from pendopo.testing.browser import Visitor, launched
from pendopo.testing.people import open_session_for, settle
from pendopo.testing.server import Server

from .conftest import NOP

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOWN = "36.04.200.001.001-0001.0"


class Known:
    """A server, and the sessions of people who were made in its database."""

    def __init__(self, server: Server, portal: Any) -> None:
        self.server, self.portal, self.base = server, portal, server.base

    def session_of(self, who: int) -> str:
        return open_session_for(self.portal, who)


@pytest.fixture
def house(portal: Any, sppt: Any, taxman: Any, tmp_path: Path) -> Iterator[Known]:
    from pendopo.identity import Jabatan

    settle()
    with portal.db.session() as db:  # a role that the other process knows too
        db.get_one(Jabatan, taxman.posts[0].jabatan_id).roles = ["pajak_kabid"]
    server = Server(tmp_path / "rumah", portal.settings.database_url)
    server.home.mkdir()
    server.start()
    yield Known(server, portal)
    server.stop()


def proof() -> dict[str, Any]:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "gray").save(out, "JPEG")
    return {"name": "sppt-lama.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_an_object_is_claimed_granted_side_by_side_paid_and_corrected(house, resident, taxman):
    """A citizen and an officer with JavaScript side by side; a stranger who pays and an officer who corrects without it."""
    with launched() as browser:
        citizen, desk = Visitor(browser, house, resident.account_id, size="phone"), Visitor(browser, house, taxman.account_id)
        claims(citizen, desk)
        assert citizen.wrong == [] and desk.wrong == []
        pays_for_a_parent(Visitor(browser, house, javascript=False, size="phone"))
        corrects_and_calculates(Visitor(browser, house, taxman.account_id, javascript=False))


def claims(citizen, desk):
    page = citizen.page("/pajak/")
    page.get_by_label("Nomor objek pajak (NOP)").fill(SHOWN)
    page.get_by_role("button", name="Cek tagihan").click()
    expect(page.get_by_text("S••• A•••••")).to_be_visible()
    expect(page.get_by_text("Siti Aminah")).to_have_count(0)
    page.get_by_role("link", name="Ini objek saya").click()
    page.get_by_label("Hubungan Anda dengan objek ini").fill("Rumah peninggalan ibu saya")
    page.get_by_label("Bukti: SPPT lama, sertifikat, atau AJB").set_input_files(proof())
    page.get_by_role("button", name="Kirim permohonan").click()
    expect(page.get_by_text("Diajukan").first).to_be_visible()

    work = desk.page("/kerja/pajak/antrean")
    work.get_by_role("link", name="POB-").first.click()
    expect(work.get_by_text("Rumah peninggalan ibu saya")).to_be_visible()
    step = work.locator("details.step", has_text="Kabulkan").last
    step.locator("summary").click()
    step.locator("textarea").first.fill("Bukti sesuai.")
    step.get_by_role("button", name="Kabulkan").click()
    expect(work.get_by_text("Dikabulkan").first).to_be_visible()
    expect(page.get_by_text("Dikabulkan").first).to_be_visible()  # by itself, over the live wire

    page.goto(page.url.partition("/pajak/")[0] + f"/pajak/sppt/{NOP}/2026")
    expect(page.get_by_text("200 m² × Rp300.000").first).to_be_visible()


def pays_for_a_parent(stranger):
    page = stranger.page("/pajak/")
    page.get_by_label("Nomor objek pajak (NOP)").fill(SHOWN)
    page.get_by_role("button", name="Cek tagihan").click()
    expect(page.get_by_role("heading", name="Harus dibayar")).to_be_visible()
    page.get_by_role("button", name="Bayar PBB 2026").click()
    expect(page).to_have_url(re.compile("/tagihan/"))
    expect(page.get_by_text("97.600").first).to_be_visible()


def corrects_and_calculates(desk):
    page = desk.page(f"/kerja/pajak/objek/{NOP}")
    page.get_by_role("link", name="2026", exact=True).click()
    page.get_by_text("Betulkan", exact=True).click()
    page.get_by_label("Luas bumi (m²)").fill("150")
    page.get_by_label("Alasan pembetulan").fill("Luas menurut sertifikat")
    page.get_by_role("button", name="Terbitkan SPPT baru").click()
    expect(page.get_by_text("SPPT baru terbit")).to_be_visible()
    expect(page.get_by_text("Luas menurut sertifikat").first).to_be_visible()
    page.goto(page.url.partition("/kerja/")[0] + "/pajak/hitung/pbjt_makan")
    page.get_by_label("Omzet").fill("48.350.000")
    page.get_by_role("button", name="Hitung").click()
    expect(page.get_by_text("Rp4.835.000").first).to_be_visible()
