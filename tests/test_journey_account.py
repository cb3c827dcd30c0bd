"""An account from its beginning: sign-up, the mail's link, a forgotten password, devices; then language and look, and all by keyboard."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import expect

from pendopo.testing.browser import Visit
from pendopo.testing.served import House

pytestmark = [pytest.mark.browser, pytest.mark.slow]
EMAIL = "rini.contoh@contoh.invalid"
FIRST, SECOND = "hujan turun di Anyar", "padi menguning di Tirtayasa"


def link_in_mail(served: House, words: str) -> str:
    """The path of the link in the newest mail to Rini that holds `words` in its address."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for mail in reversed(served.mails(EMAIL)):
            found = re.search(rf"http://\S+?(/{words}/\S+)", mail.get_content())
            if found:
                return found[1]
        time.sleep(0.2)
    raise AssertionError(f"no mail with a link to /{words}/")


def sign_in(page: Any, name: str, password: str) -> None:
    page.goto("/masuk")
    page.get_by_label("Surel, NIK, NIP, atau nama pengguna").fill(name)
    page.get_by_label("Kata sandi").fill(password)
    page.get_by_role("main").get_by_role("button", name="Masuk").click()


def test_an_account_is_made_used_and_won_back(visit: Visit, served: House) -> None:
    rini = visit(size="phone").page("/masuk")
    rini.get_by_role("link", name="Buat akun").last.click()
    rini.get_by_label("Nama lengkap").fill("Rini Contoh")
    rini.get_by_label("Alamat surel").fill(EMAIL)
    rini.get_by_label("Kata sandi").fill(FIRST)
    rini.get_by_label("Saya setuju").check()
    rini.get_by_role("button", name="Buat akun").click()
    expect(rini.get_by_role("heading", name="Periksa surel Anda")).to_be_visible()

    sign_in(rini, EMAIL, FIRST)
    expect(rini.get_by_role("alert")).to_be_visible()  # not before the address is confirmed
    rini.goto(link_in_mail(served, "konfirmasi"))
    rini.get_by_role("button", name="Ya, alamat ini milik saya").click()
    expect(rini.get_by_text("Alamat surel Anda sudah dipastikan.")).to_be_visible()
    sign_in(rini, EMAIL, FIRST)
    expect(rini.get_by_role("button", name="Akun: Rini Contoh")).to_be_visible()

    elsewhere = visit().page("/lupa-sandi")
    elsewhere.get_by_label("Surel, NIK, NIP, atau nama pengguna").fill(EMAIL)
    elsewhere.get_by_role("button", name="Kirim tautan").click()
    expect(elsewhere.get_by_role("heading", name="Periksa surel Anda")).to_be_visible()
    elsewhere.goto(link_in_mail(served, "atur-sandi"))
    elsewhere.get_by_label("Kata sandi baru").fill(SECOND)
    elsewhere.get_by_role("button", name="Simpan kata sandi").click()
    sign_in(elsewhere, EMAIL, SECOND)
    expect(elsewhere.get_by_role("button", name="Akun: Rini Contoh")).to_be_visible()

    rini.goto("/akun/")  # a new password ends what was signed in with the old one
    expect(rini.get_by_role("heading", name="Masuk")).to_be_visible()
    sign_in(rini, EMAIL, SECOND)
    expect(rini.get_by_role("button", name="Akun: Rini Contoh")).to_be_visible()
    elsewhere.goto("/akun/perangkat")
    expect(elsewhere.get_by_role("main").get_by_role("listitem").filter(has=elsewhere.get_by_text("Dipakai terakhir"))).to_have_count(2)
    elsewhere.get_by_role("button", name="Keluarkan semua perangkat lain").click()
    expect(elsewhere.get_by_text("Dipakai terakhir")).to_have_count(1)
    rini.goto("/akun/")
    expect(rini.get_by_role("heading", name="Masuk")).to_be_visible()


def test_an_unknown_address_gets_the_same_answer(visit: Visit, served: House) -> None:
    page = visit().page("/lupa-sandi")
    page.get_by_label("Surel, NIK, NIP, atau nama pengguna").fill("bukan.siapa-siapa@contoh.invalid")
    page.get_by_role("button", name="Kirim tautan").click()
    expect(page.get_by_role("heading", name="Periksa surel Anda")).to_be_visible()


def test_language_and_look_are_remembered(visit: Visit) -> None:
    page = visit("warga").page("/")
    page.get_by_role("button", name=re.compile("^Akun:")).click()
    page.get_by_role("button", name="Gelap").first.click()
    expect(page.locator("html")).to_have_attribute("data-look", "gelap")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.goto("/pelaporan/")
    expect(page.locator("html")).to_have_attribute("data-look", "gelap")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark

    page.get_by_role("button", name="English").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(re.compile("/pelaporan/$"))
    page.goto("/radio/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_attribute("data-look", "gelap")


def focused(page: Any) -> str:
    """What the keyboard is on: its accessible name, near enough."""
    return page.evaluate(
        "() => { const e = document.activeElement; return (e.labels?.[0]?.innerText || e.getAttribute('aria-label') || e.innerText || '').trim() }"
    )


def tab_to(page: Any, words: str) -> None:
    """Press Tab until the thing with `words` has the focus, which must be visible."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if words in focused(page):
            outline = page.evaluate("() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle + s.boxShadow }")
            assert outline != "nonenone", f"the focus on {words} can't be seen"
            return
    raise AssertionError(f"Tab never reaches {words}")


def test_the_keyboard_is_enough(visit: Visit) -> None:
    page = visit().page("/masuk")
    page.keyboard.press("Tab")
    assert focused(page) == "Langsung ke isi"
    page.keyboard.press("Enter")
    tab_to(page, "Surel, NIK, NIP, atau nama pengguna")
    page.keyboard.type("warga")
    tab_to(page, "Kata sandi")
    page.keyboard.type("kopi-pahit-pagi")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Akun:"))).to_be_visible()

    page.goto("/pelaporan/")
    tab_to(page, "Buat laporan")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Buat laporan")).to_be_visible()
    page.keyboard.press("Tab")
    for _ in range(120):  # into the categories; arrows choose among them
        if page.evaluate("document.activeElement.type === 'radio'"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    tab_to(page, "Judul singkat")
    page.keyboard.type("Jalan amblas di tikungan")
    tab_to(page, "Ceritakan keadaannya")
    page.keyboard.type("Tepi jalan amblas setengah meter sejak kemarin sore.")
    tab_to(page, "Alamat atau patokan")
    page.keyboard.type("Tikungan setelah jembatan Pamarayan")
    tab_to(page, "Panjang kerusakan (kilometer)")
    page.keyboard.type("0,05")
    tab_to(page, "Kirim laporan")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("Periksa dulu|sudah kami terima"))).to_be_visible()
    if page.get_by_role("heading", name="Periksa dulu").is_visible():
        tab_to(page, "Saya sudah memeriksa")
        page.keyboard.press("Space")
        tab_to(page, "Kirim laporan")
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Laporan Anda sudah kami terima")).to_be_visible()
