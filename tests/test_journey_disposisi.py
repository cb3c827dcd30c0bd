"""A matter goes down the line of command and its result comes back up: a letter, and a citizen's report."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from pendopo.testing.browser import Visit
from pendopo.testing.served import House

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LETTER = "Undangan rapat koordinasi banjir tingkat provinsi"
HEAD = "Kepala Dinas Pekerjaan Umum dan Penataan Ruang"


def send_on(page: Any, to: str, note: str) -> None:
    form = page.get_by_role("region", name="disposisi").filter(has=page.get_by_role("button", name="Kirim disposisi"))
    form.get_by_role("checkbox", name=to).first.check()
    form.get_by_role("checkbox", name="Tindak lanjuti").first.check()
    form.get_by_role("textbox", name="Catatan").fill(note)
    form.get_by_role("button", name="Kirim disposisi").click()


def finish(page: Any, result: str) -> None:
    mine = page.get_by_role("region", name="Disposisi untuk Anda")
    mine.get_by_label("Hasil, atau alasan bila dikembalikan").fill(result)
    mine.get_by_role("button", name="Selesai").click()


def sent_to(page: Any, jabatan: str) -> Any:
    """The disposisi to `jabatan` in the tree on the letter's page."""
    return page.get_by_role("region", name="Perjalanan disposisi").get_by_role("article").filter(has=page.get_by_role("heading", name=f"kepada {jabatan}"))


def test_a_letter_goes_down_and_its_result_comes_up(visit: Visit, served: House) -> None:
    boss = visit("pimpinan").page("/kerja/surat/")
    boss.get_by_role("link", name=LETTER).first.click()
    send_on(boss, HEAD, "Siapkan bahan dan hadiri.")
    down = sent_to(boss, HEAD)
    expect(down).to_contain_text("Belum dibaca")

    head = visit(served.holder(HEAD)).page("/kerja/surat/")
    head.get_by_role("link", name=LETTER).first.click()
    expect(down).to_contain_text("Dibaca")  # by itself, on the page of the one who sent it
    send_on(head, "Kepala Bidang Bina Marga", "Bahan tentang jalan tergenang.")
    expect(down).to_contain_text("Diteruskan")

    kabid = visit("kabid").page("/kerja/surat/")
    kabid.get_by_role("link", name=LETTER).first.click()
    send_on(kabid, "Petugas Survei Jalan", "Petakan titiknya hari ini.")

    officer = visit("petugas", size="phone").page("/kerja/surat/")
    officer.get_by_role("link", name=LETTER).first.click()
    finish(officer, "Tujuh titik tergenang sudah dipetakan.")
    expect(sent_to(boss, "Petugas Survei Jalan")).to_contain_text("Tujuh titik tergenang sudah dipetakan.")

    finish(kabid, "Bahan sudah lengkap.")
    finish(head, "Siap hadir dengan bahan.")
    expect(down).to_contain_text("Selesai")
    expect(down).to_contain_text("Siap hadir dengan bahan.")


def test_a_report_goes_down_by_disposisi_and_comes_back(visit: Visit, served: House) -> None:
    number = open_report(served)
    kabid = visit("kabid").page(f"/kerja/pelaporan/{number}")
    kabid.locator("summary").filter(has_text="Kirim ke surat dan disposisi").click()
    kabid.get_by_role("button", name="Kirim ke buku agenda").click()
    trail = kabid.get_by_role("region", name="Perjalanan berkas")
    expect(kabid.get_by_text("Laporan dikirim ke buku agenda surat.")).to_be_visible()
    title = kabid.get_by_role("heading", level=1).inner_text()

    head = visit(served.holder(HEAD)).page("/kerja/surat/")
    head.get_by_role("link", name=title).first.click()
    send_on(head, "Petugas Survei Jalan", "Cek lapangan, laporkan dengan foto.")
    officer = visit("petugas").page("/kerja/surat/")
    officer.get_by_role("link", name=title).first.click()
    finish(officer, "Sudah disurvei, panjang kerusakan 250 meter.")
    finish(head, "Dijadwalkan pekan depan.")
    expect(trail).to_contain_text("Dijadwalkan pekan depan.")


def open_report(served: House) -> int:
    """A report that is at work in the public works office, from the demo year."""
    rows = served.rows(
        "SELECT b.id FROM core_berkas b JOIN core_opd o ON o.id = b.opd_id JOIN gawe_pelaporan_laporan l ON l.berkas_id = b.id"
        " WHERE o.code = 'dpupr' AND b.state IN ('didisposisi', 'diterima_opd', 'survei', 'dijadwalkan', 'dikerjakan') AND l.letter = '' ORDER BY b.id DESC"
    )
    assert rows, "the demo year has no report that is at work in the public works office"
    return rows[0][0]
