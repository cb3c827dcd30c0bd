"""A damaged road, from the citizen's phone to the last word: with live pages in two browsers, and without JavaScript."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from pendopo.testing.browser import Visit
from pendopo.testing.served import House

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WORDS = "Lubang besar di tengah jalan sejak hujan pekan lalu, truk harus berhenti bergantian."


def photo(colour: str = "gray") -> dict[str, Any]:
    picture = io.BytesIO()
    Image.new("RGB", (1200, 900), colour).save(picture, "JPEG")
    return {"name": "jalan.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}


def fill_report(page: Any, title: str) -> None:
    page.get_by_role("radio", name="Jalan rusak").check()
    page.get_by_label("Judul singkat").fill(title)
    page.get_by_label("Ceritakan keadaannya").fill(WORDS)
    page.get_by_label("Panjang kerusakan (kilometer)").fill("0,25")
    page.get_by_label("Lebar jalan (meter)").fill("4,5")
    page.get_by_label(re.compile(r"^Foto\b")).set_input_files(photo())


def send(page: Any) -> None:
    """Send, and confirm when similar reports nearby are shown first."""
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_role("heading", name=re.compile("Periksa dulu|sudah kami terima"))).to_be_visible()
    if page.get_by_role("heading", name="Periksa dulu").is_visible():
        page.get_by_label("Saya sudah memeriksa").check()
        page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_role("heading", name="Laporan Anda sudah kami terima")).to_be_visible()


def step(page: Any, title: str, **fields: str) -> None:
    """Open a step, fill its fields by label, and take it."""
    summary = page.locator("summary").filter(has_text=title)
    form = page.locator("details").filter(has=summary)
    if form.get_attribute("open") is None:
        summary.click()
    for label, value in fields.items():
        field = form.get_by_label(label)
        if value == "photo":
            field.set_input_files(photo("green"))
        elif field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    form.get_by_role("button", name=title, exact=True).click()


def test_a_report_is_followed_live_to_its_end(visit: Visit, served: House) -> None:
    citizen = visit("warga", size="phone").page("/pelaporan/")
    desk = visit("admin").page("/kerja/meja/")

    citizen.get_by_role("link", name="Buat laporan").first.click()
    citizen.get_by_role("group", name="Peta untuk memilih titik").click(position={"x": 120, "y": 120})
    expect(citizen.get_by_label("Lintang")).to_have_value(re.compile(r"-\d+\.\d+"))
    fill_report(citizen, "Jalan berlubang di depan balai desa")
    send(citizen)
    citizen.get_by_role("link", name="Ikuti laporan ini").click()
    expect(citizen.get_by_role("heading", name="Jalan berlubang di depan balai desa")).to_be_visible()
    here = citizen.get_by_role("region", name="Perjalanan berkas")
    expect(here.get_by_role("status")).to_contain_text("Diterima")

    # It appears on the desk by itself.
    row = desk.get_by_role("link", name="Jalan berlubang di depan balai desa")
    expect(row).to_be_visible()
    row.click()
    step(desk, "Teruskan kepada dinas")
    expect(here.get_by_role("status")).to_contain_text("Didisposisi")

    officer = visit("petugas").page(desk.url)
    for title, state, fields in (
        ("Terima", "Diterima dinas", {}),
        ("Survei lapangan", "Survei lapangan", {}),
        ("Mulai kerjakan", "Dikerjakan", {}),
        ("Nyatakan selesai", "Selesai menurut dinas", {"Catatan untuk pemohon": "Lubang sudah ditambal.", "Foto atau dokumen": "photo"}),
    ):
        step(officer, title, **fields)
        expect(officer.locator("#main")).to_contain_text(state)  # the officer's own page is through, before the next step is opened on it
        expect(here.get_by_role("status")).to_contain_text(state)
    expect(here.get_by_text("Lubang sudah ditambal.")).to_be_visible()

    step(citizen, "Ya, sudah selesai")
    expect(here.get_by_role("status")).to_contain_text("Dibenarkan pelapor")
    expect(officer.get_by_role("region", name="Perjalanan berkas").get_by_role("status")).to_contain_text("Dibenarkan pelapor")

    rating = citizen.get_by_role("region", name="Bagaimana pelayanan kami?")
    rating.get_by_role("radio").last.check()
    rating.get_by_role("button", name="Kirim penilaian").click()
    expect(citizen.get_by_role("region", name="Bagaimana pelayanan kami?")).to_have_count(0)
    assert served.rows("SELECT count(*) FROM core_berkas_rating WHERE berkas_id = :id", id=int(desk.url.rstrip("/").split("/")[-1]))[0][0] == 1


def test_the_same_without_javascript(visit: Visit) -> None:
    citizen = visit("warga", size="phone", javascript=False).page("/pelaporan/baru")
    fill_report(citizen, "Aspal mengelupas dekat pasar desa")
    citizen.get_by_label("Alamat atau patokan").fill("Sebelah timur pasar Ciruas")
    citizen.get_by_label("Lintang").fill("-6,120000")
    citizen.get_by_label("Bujur").fill("106,230000")
    send(citizen)
    citizen.get_by_role("link", name="Ikuti laporan ini").click()
    here = citizen.get_by_role("region", name="Perjalanan berkas")
    expect(here.get_by_role("status")).to_contain_text("Diterima")

    desk = visit("admin", javascript=False).page("/kerja/meja/")
    desk.get_by_role("link", name="Aspal mengelupas dekat pasar desa").click()
    step(desk, "Teruskan kepada dinas")
    officer = visit("petugas", javascript=False).page(desk.url)
    step(officer, "Terima")
    step(officer, "Nyatakan selesai", **{"Catatan untuk pemohon": "Sudah ditambal hari ini.", "Foto atau dokumen": "photo"})
    citizen.reload()
    expect(here.get_by_role("status")).to_contain_text("Selesai menurut dinas")
    step(citizen, "Belum selesai, buka kembali", Catatan="Masih ada satu lubang di ujungnya.")
    expect(here.get_by_role("status")).to_contain_text("Dibuka kembali")


def test_what_was_typed_is_still_there_after_a_refusal(visit: Visit) -> None:
    citizen = visit("warga", size="phone").page("/pelaporan/baru")
    citizen.get_by_role("radio", name="Jalan rusak").check()
    citizen.get_by_label("Judul singkat").fill("Jalan retak panjang")
    citizen.get_by_label(re.compile(r"^Foto\b")).set_input_files(photo())
    citizen.get_by_role("button", name="Kirim laporan").click()
    expect(citizen.get_by_role("alert").filter(has_text="perlu diperbaiki")).to_be_focused()
    expect(citizen.get_by_label("Judul singkat")).to_have_value("Jalan retak panjang")
    expect(citizen.get_by_role("radio", name="Jalan rusak")).to_be_checked()
    expect(citizen.get_by_text("jalan.jpg").first).to_be_visible()
