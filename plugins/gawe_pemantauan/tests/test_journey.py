"""A proposal in real browsers: applicant and officers side by side, with live pages; and the same without a script."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from playwright.sync_api import expect

from pendopo.identity import Jabatan
from pendopo.testing.browser import launched, visitors
from pendopo.testing.people import settle
from pendopo.testing.served import House

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LONG = "Atap bocor sejak musim hujan lalu, jemaah bergeser ke serambi setiap hujan turun."
ROWS = (
    ("Semen", "120", "sak", "68.000"),
    ("Pasir", "3", "m3", "310.000"),
    ("Paku", "2", "kg", "25.000"),
    ("Triplek", "10", "lembar", "85.000"),
    ("Upah kerja", "1", "ls", "2.500.000"),
)
ASKED = "12.490.000"


def scan():
    out = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(out, "JPEG")
    return {"name": "surat.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.fixture
def served(db, portal, tmp_path, village, camat, kesra, make_program, make_body):
    """A real server with an open programme, a body of the resident, and officers in roles that the plugin gives."""
    today = datetime.now(UTC).date()
    make_program(papers=("surat",), opens_on=today - timedelta(days=5), closes_on=today + timedelta(days=5))
    make_body()
    for who, role in ((village, "pemantauan_desa"), (camat, "pemantauan_camat"), (kesra, "pemantauan_kesra")):
        db.get(Jabatan, who.posts[0].jabatan_id).roles = [role]
    settle()
    house = House(tmp_path, portal.settings.database_url)
    yield house.start()
    house.stop()


@pytest.fixture
def visit(served):
    with launched() as browser, visitors(browser, served) as visit:
        yield visit


def fill_plan(page):
    for number, row in enumerate(ROWS, 1):
        if not page.locator(f"#rab-{number}-uraian").count():
            page.get_by_role("button", name="Tambah baris").click()
        for part, text in zip(("uraian", "volume", "satuan", "harga"), row, strict=True):
            page.locator(f"#rab-{number}-{part}").fill(text)


def ask(page):
    """From the programme to number and PIN."""
    page.get_by_role("link", name=re.compile("^Ajukan")).first.click()
    page.get_by_role("radio", name=re.compile("Musala Al-Ikhlas")).check()
    page.get_by_role("button", name="Simpan dan lanjut").click()
    page.get_by_label("Judul usulan").fill("Perbaikan atap Musala Al-Ikhlas")
    page.get_by_label("Untuk apa, dan mengapa sekarang?").fill(LONG)
    page.get_by_label("Berapa orang mendapat manfaat?").fill("120")
    page.get_by_role("button", name="Simpan dan lanjut").click()
    page.get_by_label("Nilai yang diminta").fill(ASKED)
    fill_plan(page)
    page.get_by_role("button", name="Simpan dan lanjut").click()
    page.get_by_label("Surat permohonan kepada Bupati").set_input_files(scan())
    page.get_by_role("button", name="Simpan dan lanjut").click()
    page.get_by_label("Isian ini benar").check()
    page.get_by_role("button", name="Kirim usulan").click()
    expect(page.get_by_role("heading", name="Usulan Anda sudah kami terima")).to_be_visible()


def confirm(page, title):
    page.get_by_role("link", name="Perbaikan atap Musala Al-Ikhlas").click()
    step = page.locator("details").filter(has=page.locator("summary").filter(has_text=title))
    if step.get_attribute("open") is None:
        step.locator("summary").click()
    step.get_by_role("radio", name=re.compile("^Benar")).check()
    step.get_by_role("button", name=title).click()


def test_the_applicant_sees_each_desk_as_the_file_arrives_there(visit, resident, village, camat, kesra):
    citizen = visit(resident.account_id, size="phone").page("/pemantauan/")
    ask(citizen)
    citizen.get_by_role("link", name="Pantau usulan ini").click()
    citizen.get_by_role("link", name="Layar pantau").click()
    desk = citizen.locator(".desk-name")
    expect(desk).to_have_text("Kecamatan Anyar")

    confirm(visit(village.account_id).page("/kerja/pemantauan/konfirmasi"), "Konfirmasi desa")
    expect(citizen.locator(".desk-card")).to_contain_text("Menunggu konfirmasi camat")
    confirm(visit(camat.account_id).page("/kerja/pemantauan/konfirmasi"), "Konfirmasi camat")
    expect(desk).to_have_text("KESRA")

    officer = visit(kesra.account_id).page("/kerja/pemantauan/?tahap=administrasi")
    officer.get_by_role("link", name="Perbaikan atap Musala Al-Ikhlas").click()
    fine = officer.get_by_role("radio", name=re.compile("^Sesuai"))
    expect(fine).to_have_count(4)
    for box in fine.all():
        box.check()
    officer.get_by_role("button", name="Simpan pemeriksaan").click()
    expect(officer.get_by_text("Hasil pemeriksaan tersimpan.")).to_be_visible()
    officer.locator("summary").filter(has_text="Teruskan ke perangkat daerah").click()
    officer.get_by_role("button", name="Teruskan ke perangkat daerah").click()
    expect(citizen.locator(".desk-card")).to_contain_text("Diteruskan ke perangkat daerah")


def test_the_same_without_javascript_and_followed_by_pin(visit, resident, village):
    citizen = visit(resident.account_id, size="phone", javascript=False).page("/pemantauan/")
    ask(citizen)
    register = re.search(r"HBH-\d{4}-\d{6}-\d", citizen.content())[0]
    pin = citizen.locator(".sent-pin").inner_text()

    guest = visit(javascript=False).page("/pemantauan/pantau")
    guest.get_by_label("Nomor registrasi").fill(register)
    guest.get_by_label("PIN", exact=True).fill(pin)
    guest.get_by_role("button", name="Lihat", exact=True).click()
    expect(guest.locator(".desk-name")).to_have_text("Kecamatan Anyar")
    confirm(visit(village.account_id, javascript=False).page("/kerja/pemantauan/konfirmasi"), "Konfirmasi desa")
    guest.get_by_role("link", name="Muat ulang").click()
    expect(guest.locator(".desk-card")).to_contain_text("Menunggu konfirmasi camat")
