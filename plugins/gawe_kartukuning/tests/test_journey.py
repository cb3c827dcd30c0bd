"""From the first step to the card: a citizen's phone and two officers' desks side by side; then the same without JavaScript."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from pendopo.identity import Account, Jabatan, Opd, Penugasan, encrypt_nik, nik_lookup
from pendopo.testing.browser import Visitor, launched, visitors
from pendopo.testing.served import House

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.once]
NOW = datetime.now(UTC)


def plant(house: House) -> None:
    """The office with a pengantar kerja and a head, and two citizens whose accounts hold a nik."""
    with house.database.session() as db:
        office = Opd(code="disnakertrans", name="Dinas Tenaga Kerja dan Transmigrasi", short_name="Disnakertrans", kind="dinas")
        db.add(office)
        db.flush()
        for handle, nip, role, chair in (
            ("vera", "199001012015032001", "pengantar_kerja", "Pengantar Kerja"),
            ("kepala", "198001012005011001", "kartu_kabid", "Kepala Bidang"),
        ):
            account = Account(kind="pegawai", name=f"{handle.title()} Contoh", handle=handle, nip=nip, created_at=NOW)
            post = Jabatan(opd_id=office.id, name=chair, roles=[role])
            db.add_all([account, post])
            db.flush()
            db.add(Penugasan(account_id=account.id, jabatan_id=post.id, kind="definitif", starts_on=datetime(2020, 1, 1, tzinfo=UTC).date()))
        for number, handle in enumerate(("siti", "rudi"), 1):
            nik = f"36043017089500{number:02d}"
            db.add(
                Account(kind="warga", name=f"{handle.title()} Contoh", handle=handle, nik_cipher=encrypt_nik(nik), nik_lookup=nik_lookup(nik), created_at=NOW)
            )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    from pendopo.settings import Settings, set_installation_secret

    served = House(tmp_path_factory.mktemp("kartu"))
    served.run("migrate")
    set_installation_secret(Settings(home=served.home, secret_key=served.environment["PENDOPO_SECRET_KEY"]).secret)
    served.start()
    plant(served)
    yield served
    served.stop()


def picture() -> dict[str, Any]:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (600, 800), (190, 40, 40))
    ImageDraw.Draw(image).ellipse((170, 160, 430, 520), fill=(235, 200, 170))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return {"name": "saya.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def next_step(page: Any) -> None:
    page.get_by_role("button", name="Lanjut").click()


def ask_for_a_card(page: Any, name: str) -> None:
    """Six steps, the way a person takes them."""
    page.goto("/kartu-kuning/")
    page.get_by_role("link", name="Buat kartu kuning").first.click()
    expect(page.get_by_label("Nama sesuai KTP")).to_have_value(name)
    page.get_by_label("Tempat lahir").fill("Serang")
    page.get_by_label("Tanggal lahir").fill("1995-08-17")
    page.get_by_role("radio", name="Laki-laki").check()
    page.get_by_label("Alamat (jalan, kampung, RT/RW)").fill("Kp. Contoh RT 01/02")
    districts = page.get_by_label("Kecamatan", exact=True)  # JavaScript makes two short lists of the long one
    if districts.count():
        districts.select_option(value=districts.locator("option", has_text="Anyar").get_attribute("value"))
    page.get_by_label("Desa", exact=True).select_option(value="36.04.30.2001")
    page.get_by_label("Nomor telepon").fill("0812-3456-7890")
    next_step(page)
    page.get_by_label("Pendidikan terakhir").select_option(label="SMK")
    page.get_by_label(re.compile("^Jurusan")).fill("Teknik Pengelasan")
    page.get_by_label("Nama sekolah atau kampus").fill("SMKN 1 Contoh")
    page.get_by_label("Tahun lulus").fill("2013")
    page.get_by_label("Foto atau PDF ijazah").set_input_files(picture())
    next_step(page)
    page.get_by_label(re.compile("^Keterampilan")).fill("Las SMAW")
    next_step(page)
    page.get_by_label("Pekerjaan yang diminati").select_option(value="7212")
    next_step(page)
    page.get_by_label("Pas foto 3x4").set_input_files(picture())
    next_step(page)
    expect(page.get_by_role("heading", name="Periksa sebelum dikirim")).to_be_visible()
    page.get_by_label(re.compile("Data ini benar")).check()
    page.get_by_role("button", name="Kirim permohonan").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def step(page: Any, title: str, **fields: str) -> None:
    """Open a step of the berkas, fill it, and take it."""
    summary = page.locator("summary").filter(has_text=title)
    form = page.locator("details").filter(has=summary)
    if form.get_attribute("open") is None:
        summary.click()
    for label, value in fields.items():
        form.get_by_label(label).fill(value)
    form.get_by_role("button", name=title, exact=True).click()


def officer_opens(page: Any, name: str) -> None:
    page.goto("/kerja/kartu-kuning/")
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name="Yang ditulis")).to_be_visible()


def number_of(house: House, handle: str) -> str:
    from gawe_kartukuning.models import Kartu, Pencari

    with house.database.session(write=False) as db:
        return db.scalar(
            select(Kartu.nomor).join(Pencari, Pencari.id == Kartu.pencari_id).join(Account, Account.id == Pencari.account_id).where(Account.handle == handle)
        )


def visit_all(browser: Any, house: House, handle: str, javascript: bool) -> None:
    with visitors(browser, house) as visit:
        options = {"javascript": javascript}
        citizen: Any = visit(house.account(handle), size="phone", **options).page("/kartu-kuning/")
        clerk, head = (visit(house.account(who), **options).page("/kerja/") for who in ("vera", "kepala"))
        name = f"{handle.title()} Contoh"
        ask_for_a_card(citizen, name)

        officer_opens(clerk, name)
        expect(clerk.get_by_role("img", name=f"Pas foto {name}")).to_be_visible()
        step(clerk, "Minta perbaikan", **{"Catatan untuk pemohon": "Tambahkan pengalaman magang Anda."})
        if not javascript:
            citizen.reload()
        expect(citizen.get_by_text("Perbaiki dahulu" if not javascript else "Perlu perbaikan").first).to_be_visible()
        citizen.goto("/kartu-kuning/saya/profil")
        part = citizen.locator("#keterampilan")
        part.locator("summary").click()
        part.get_by_label("Keterampilan", exact=True).fill("Magang bengkel")
        part.get_by_role("button", name="Simpan keterampilan").click()
        expect(citizen.locator("#keterampilan")).to_contain_text("Magang bengkel")
        citizen.get_by_role("link", name="Ke permohonan").click()
        step(citizen, "Kirim ulang")

        officer_opens(clerk, name)
        step(clerk, "Setujui")
        expect(clerk.get_by_text("Disetujui").first).to_be_visible()
        head.goto("/kerja/kartu-kuning/?keadaan=disetujui")
        head.get_by_role("checkbox", name=f"Pilih {name}").check()
        head.get_by_role("button", name="Tanda tangani dan terbitkan").click()
        expect(head.get_by_text("1 permohonan diproses.")).to_be_visible()

        citizen.goto("/kartu-kuning/saya")
        expect(citizen.get_by_role("heading", name=number_of(house, handle))).to_be_visible()
        expect(citizen.get_by_role("link", name="Unduh dan cetak kartu (PDF)")).to_be_visible()
        expect(citizen.get_by_text("Lapor berikutnya")).to_be_visible()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as found:
        yield found


def test_a_card_is_asked_for_mended_signed_and_shown(browser: Any, house: House) -> None:
    visit_all(browser, house, "siti", javascript=True)


def test_all_of_it_works_without_javascript(browser: Any, house: House) -> None:
    visit_all(browser, house, "rudi", javascript=False)


def test_main_pages_pass_the_accessibility_checker(browser: Any, house: House) -> None:
    from pathlib import Path

    axe = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
    pages = {"siti": ("/kartu-kuning/saya", "/kartu-kuning/saya/profil", "/kartu-kuning/lowongan"), "vera": ("/kerja/kartu-kuning/", "/kerja/kartu-kuning/1")}
    for who, paths in pages.items():
        visitor = Visitor(browser, house, house.account(who) if who else "", size="phone", bypass_csp=True)
        for path in paths:
            page = visitor.page(path)
            page.evaluate(axe.read_text("utf-8"))
            found = page.evaluate(
                "async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})).violations.map(v => v.id + ': ' + v.nodes[0].html)"
            )
            assert found == [], path
            page.close()
        visitor.close()
