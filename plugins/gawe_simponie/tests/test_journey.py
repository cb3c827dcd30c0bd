"""A permit from the citizen's phone to the signature, officers side by side; without JavaScript; an inspection without a line."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

from gawe_simponie.models import Bap
from pendopo.identity import Jabatan
from pendopo.kit.attachments import attachments_of
from pendopo.testing.browser import Visitor, launched
from pendopo.testing.people import open_session_for, settle
from pendopo.testing.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Known:
    """A server, and the sessions of people who were made in its database."""

    def __init__(self, server: Server, portal: Any) -> None:
        self.server, self.portal, self.base = server, portal, server.base

    def session_of(self, who: int) -> str:
        return open_session_for(self.portal, who)


@pytest.fixture
def house(portal: Any, types: Any, front: Any, researcher: Any, surveyor: Any, head: Any, tmp_path: Path) -> Iterator[Known]:
    settle()
    with portal.db.session() as db:  # roles that the other process knows too
        for actor, role in ((front, "simponie_verifikator"), (researcher, "simponie_teknis"), (surveyor, "simponie_teknis"), (head, "simponie_kepala")):
            db.get_one(Jabatan, actor.posts[0].jabatan_id).roles = [role]
    server = Server(tmp_path / "rumah", portal.settings.database_url)
    server.home.mkdir()
    server.start()
    yield Known(server, portal)
    server.stop()


def picture(name: str) -> dict[str, Any]:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "gray").save(out, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def step(page: Any, title: str, **fields: str) -> None:
    summary = page.locator("summary").filter(has_text=title)
    form = page.locator("details").filter(has=summary)
    if form.get_attribute("open") is None:
        summary.click()
    for label, value in fields.items():
        form.get_by_label(label).fill(value)
    form.get_by_role("button", name=title, exact=True).click()


def apply_for_research(page: Any) -> None:
    page.get_by_label("Ceritakan dengan kata Anda sendiri").fill("penelitian untuk skripsi")
    page.get_by_role("button", name="Cari", exact=True).click()
    expect(page.get_by_text("untuk “penelitian untuk skripsi”")).to_be_visible()
    page.get_by_role("heading", name="Surat Keterangan Penelitian").get_by_role("link").click()
    page.get_by_role("link", name="Ajukan").first.click()
    page.get_by_label("Nama pemohon").fill("Siti Contoh")
    page.get_by_label("Alamat").fill("Kampung Contoh 1")
    page.get_by_label("Nomor telepon").fill("0800 0000 001")
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_label("Kampus atau lembaga").fill("Universitas Contoh")
    page.get_by_label("Judul penelitian").fill("Pangan desa pesisir")
    page.get_by_label("Sosial dan kemasyarakatan").check()
    page.get_by_label("Tempat penelitian").fill("Desa Anyar")
    page.get_by_label("Mulai").fill("2026-12-01")
    page.get_by_label("Sampai", exact=True).fill("2027-06-01")
    page.get_by_role("button", name="Lanjut").click()
    for label in ("KTP pemohon", "Surat pengantar", "Proposal penelitian"):
        page.get_by_label(re.compile(label)).set_input_files(picture(f"{label}.jpg"))
    page.get_by_role("button", name="Lanjut").click()
    expect(page.get_by_text("Pangan desa pesisir")).to_be_visible()
    page.get_by_label("Isian dan berkas ini benar").check()
    page.get_by_role("button", name="Kirim permohonan").click()
    expect(page.get_by_role("heading", name="Surat Keterangan Penelitian: Siti Contoh")).to_be_visible()


def test_a_permit_is_asked_for_on_a_phone_and_signed_side_by_side_and_the_same_without_javascript(house, resident, people, front, researcher, head):
    neighbour = people.resident("Tetangga Contoh")
    settle()
    with launched() as browser:
        citizen = Visitor(browser, house, resident.account_id, size="phone")
        desk, bappeda, boss = (Visitor(browser, house, actor.account_id) for actor in (front, researcher, head))
        page = citizen.page("/simponie/")
        apply_for_research(page)
        number = page.url.rsplit("/", 1)[1]
        now = page.get_by_role("region", name="Perjalanan berkas").get_by_role("status")

        step(desk.page(f"/kerja/simponie/{number}"), "Lengkap, teruskan ke dinas teknis")
        expect(now).to_contain_text("Verifikasi teknis")
        step(bappeda.page(f"/kerja/simponie/{number}"), "Rekomendasikan terbit")
        expect(now).to_contain_text("Penyusunan keputusan")
        step(desk.page(f"/kerja/simponie/{number}"), "Ajukan tanda tangan")
        board = boss.page("/kerja/simponie/papan")
        board.get_by_role("checkbox").check()
        board.get_by_role("button", name="Tandatangani yang dipilih").click()

        expect(now).to_contain_text("Terbit", timeout=90_000)  # the first paper of a house makes its keys
        expect(page.get_by_role("region", name="Dokumen").get_by_role("link", name="Surat Keterangan Penelitian")).to_be_visible()
        assert [v.wrong for v in (citizen, desk, bappeda, boss)] == [[]] * 4
        the_same_way_without_javascript(browser, house, neighbour, front)


def the_same_way_without_javascript(browser, house, resident, front):
    citizen = Visitor(browser, house, resident.account_id, size="phone", javascript=False)
    desk = Visitor(browser, house, front.account_id, javascript=False)
    page = citizen.page("/simponie/")
    apply_for_research(page)
    number = page.url.rsplit("/", 1)[1]
    step(desk.page(f"/kerja/simponie/{number}"), "Minta diperbaiki", **{"Catatan untuk pemohon": "Judulnya kurang jelas."})
    page.reload()
    page.get_by_role("link", name="Perbaiki isian dan berkas").click()
    expect(page.get_by_text("Judulnya kurang jelas.")).to_be_visible()
    page.get_by_label("Judul penelitian").fill("Pangan desa pesisir di Anyar")
    page.get_by_label("Yang sudah Anda perbaiki").fill("Judul saya perjelas.")
    page.get_by_role("button", name="Kirim perbaikan").click()
    expect(page.get_by_role("region", name="Perjalanan berkas").get_by_role("status")).to_contain_text("Cek kelengkapan")


def test_an_inspection_is_written_without_a_line_and_arrives_once(house, db, apply_for, walk, front, surveyor, now):
    berkas_id = walk(apply_for("REKLAME", at=now), (front, "lengkap"), (surveyor, "tinjau", {"data": {"inspect_on": now.date()}}), at=now).berkas_id
    settle()  # from here on the test holds no lock: the server writes
    with launched() as browser:
        officer = Visitor(
            browser,
            house,
            surveyor.account_id,
            size="phone",
            geolocation={"latitude": -6.0812, "longitude": 105.9256, "accuracy": 9},
            permissions=["geolocation"],
        )
        page = officer.page(f"/kerja/simponie/{berkas_id}/lapangan")
        page.get_by_role("button", name="Gunakan posisi saya").click()
        expect(page.get_by_label("Lintang")).to_have_value("-6.081200")
        with officer.unwatched():
            officer.context.set_offline(True)
            page.get_by_label("Waktu pemeriksaan").fill("2026-11-20T10:00")
            page.get_by_label("Temuan").fill("Konstruksi sesuai gambar.")
            page.get_by_role("radio", name="Sesuai", exact=True).check()
            page.get_by_label(re.compile("^Foto")).set_input_files(picture("papan.jpg"))
            page.get_by_role("button", name="Kirim berita acara").click()
            expect(page.locator("#draf-lapangan")).to_contain_text("Tidak ada sambungan")
            officer.context.set_offline(False)
            page.evaluate("dispatchEvent(new Event('online'))")
            expect(page.get_by_role("heading", name="Peninjauan lapangan")).to_be_visible(timeout=90_000)  # the first paper of a house makes its keys

    def arrived() -> Any:
        db.rollback()
        return db.scalar(select(Bap))

    bap = until(arrived)
    assert len(list(db.scalars(select(Bap)))) == 1
    assert (bap.findings, bap.accuracy_m, round(bap.lat, 4)) == ("Konstruksi sesuai gambar.", 9, -6.0812)
    assert len(attachments_of(db, "gawe_simponie.bap", bap.id)) == 1
