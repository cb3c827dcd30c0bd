"""The wallet, the verification page and the check of a file, as their visitors see them."""

import pytest
from sqlalchemy import func, select

from pendopo.kit.attachments import Attachment
from pendopo.kit.documents import document_bytes, replace, revoke

NOT_A_PAPER = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def upload(client, pdf, name="surat.pdf", language="id"):
    return client.post("/v/", files={"berkas": (name, pdf, "application/pdf")}, headers={"Accept-Language": language})


# ------------------------------------------------------------------------------------------------------------- the wallet


def test_the_wallet_shows_all_papers_of_its_owner_and_nobody_elses(db, client, give, kinds, resident, people):
    give(kinds.letter)
    give(kinds.card)
    stranger = people.resident("Orang Lain")

    page = client.sign_in(resident).get("/dokumen/").text
    assert "400/surat/2026/0001" in page
    assert "3604/UJI/2026/000001" in page
    assert "400/surat" not in client.sign_in(stranger).get("/dokumen/").text


def test_the_wallet_is_filtered_by_kind_and_status(db, client, give, kinds, resident, head, now):
    give(kinds.letter)
    revoke(db, head, give(kinds.card), reason="salah cetak", now=now)
    client.sign_in(resident)

    only_cards = client.get("/dokumen/?jenis=uji.kartu").text
    assert "3604/UJI" in only_cards
    assert "400/surat/2026" not in only_cards
    assert "400/surat/2026" in client.get("/dokumen/?keadaan=berlaku").text
    assert "3604/UJI" not in client.get("/dokumen/?keadaan=berlaku").text
    assert client.get("/dokumen/?jenis=tidak-ada&keadaan=lain&halaman=x").status_code == 200


def test_a_paper_whose_time_is_over_is_shown_as_such(db, client, give, kinds, resident, today):
    document = give(kinds.letter, valid_until=today.replace(year=2025))

    assert document.status_on(today) == "kedaluwarsa"
    client.sign_in(resident)
    assert document.number in client.get("/dokumen/?keadaan=kedaluwarsa").text
    assert document.number not in client.get("/dokumen/?keadaan=berlaku").text
    assert "Kedaluwarsa" in client.get(document.verify_href).text


def test_the_owner_downloads_the_very_file_that_was_sealed(db, client, give, kinds, resident):
    document = give(kinds.letter)

    answer = client.sign_in(resident).get(document.file_href)
    assert answer.content == document_bytes(db, document)
    assert answer.headers["content-type"] == "application/pdf"
    assert "attachment" in answer.headers["content-disposition"]


def test_strangers_and_visitors_get_neither_page_nor_file(db, client, give, kinds, people):
    document = give(kinds.letter)

    assert client.get(document.file_href).status_code == 303
    client.sign_in(people.resident("Orang Lain"))
    assert client.get(document.href).status_code == 404
    assert client.get(document.file_href).status_code == 404
    assert client.get("/dokumen/999999").status_code == 404


def test_staff_read_a_paper_by_the_permission_of_its_kind_in_its_office(db, client, give, kinds, officer):
    document = give(kinds.readable)

    assert client.sign_in(officer("uji.read")).get(document.href).status_code == 200
    assert client.sign_in(officer("uji.read", opd="dinkes")).get(document.href).status_code == 404


def test_the_newest_papers_are_on_the_home_page_and_in_the_search(db, client, give, kinds, resident):
    document = give(kinds.letter)
    client.sign_in(resident)

    assert document.number in client.get("/").text
    assert document.number in client.get("/cari", params={"q": document.number}).text


def test_the_wallet_speaks_english(db, client, give, kinds, resident):
    give(kinds.letter)

    page = client.sign_in(resident).get("/dokumen/", headers={"Cookie": f"{client.portal_here.session_cookie}={client.cookies[client.portal_here.session_cookie]}; bahasa=en"}).text
    assert "My documents" in page
    assert "Valid" in page


# --------------------------------------------------------------------------------------------------- is this paper genuine?


def test_anyone_sees_what_a_paper_is_and_no_name_in_full(db, client, give, kinds):
    document = give(kinds.letter, nama="Rahmawati Contoh")

    page = client.get(document.verify_href).text
    for text in ("400/surat/2026/0001", "24 November 2026", "Dinas Contoh", "Berlaku", document.sha256, "Dra. Ratna Contoh", "TANDA TANGAN ELEKTRONIK UJI"):
        assert text in page
    assert "R******** C*****" in page
    assert "Rahmawati" not in page


def test_a_replaced_paper_leads_to_the_one_that_replaces_it(db, client, give, kinds, head, now):
    old = give(kinds.letter)
    new = replace(db, head, old, kinds.letter, data={"nama": "Siti Contoh", "keperluan": "kuliah"}, reason="salah ketik", now=now)

    page = client.get(old.verify_href).text
    assert "Sudah diganti" in page
    assert "salah ketik" in page
    assert f'href="{new.verify_href}"' in page
    assert f'href="{old.verify_href}"' in client.get(new.verify_href).text


def test_a_revoked_paper_says_why(db, client, give, kinds, head, now):
    document = give(kinds.letter)
    revoke(db, head, document, reason="terbit karena data yang keliru", now=now)

    page = client.get(document.verify_href).text
    assert "Dicabut" in page
    assert "terbit karena data yang keliru" in page


def test_of_a_secret_paper_only_the_existence_is_told(db, client, give, kinds, head, now):
    secret = give(kinds.letter, secret=True)
    new = replace(db, head, secret, kinds.letter, data=secret.data, reason="Salah nama.", now=now)

    page = client.get(secret.verify_href).text
    assert "Hanya keberadaannya yang dapat kami benarkan" in page
    assert "Sudah diganti" in page
    for hidden in (secret.number, new.number, secret.sha256, "Dra. Ratna", "Salah nama"):
        assert hidden not in page
    assert secret.number not in client.get(new.verify_href).text


def test_an_unsigned_paper_names_whose_name_stands_under_it(db, client, give, kinds, text_of):
    document = give(kinds.plain)

    assert "Dra. Ratna Contoh" in text_of(document_bytes(db, document))
    page = client.get(document.verify_href).text
    assert "Dra. Ratna Contoh" in page
    assert "belum menandatangani" not in page


def test_a_genuine_paper_that_its_plugin_can_t_describe_is_still_known(db, client, give, kinds, portal):
    document = give(kinds.make("aneh", public_fields=lambda document: document.data["tidak ada"]))

    answer = client.get(document.verify_href)
    assert answer.status_code == 200
    assert document.number in answer.text


def test_an_unknown_token_is_not_found(client):
    assert client.get("/v/tidak-ada-token-seperti-ini").status_code == 404


def test_the_verification_page_speaks_english(db, client, give, kinds):
    document = give(kinds.letter)

    page = client.get(document.verify_href, headers={"Accept-Language": "en"}).text
    assert "Checking a document" in page
    assert "TEST ELECTRONIC SIGNATURE" in page


def test_the_file_that_was_issued_is_recognised(db, client, give, kinds, deliver):
    document = give(kinds.letter)
    page = upload(client, document_bytes(db, document)).text

    assert "Berkas ini asli dan tidak berubah, tetapi hanya bertanda tangan uji, tanpa kekuatan hukum." in page
    assert "Tanda tangan utuh dan melindungi seluruh berkas." in page
    assert "Dra. Ratna Contoh (UJI)" in page
    assert "Dari otoritas uji portal ini" in page
    assert f'href="{document.verify_href}"' in page


def test_a_changed_byte_is_told_and_the_genuine_paper_shown(db, client, give, kinds):
    document = give(kinds.letter)
    pdf = bytearray(document_bytes(db, document))
    pdf[5000] ^= 1

    page = upload(client, bytes(pdf)).text
    assert "Berkas ini TIDAK sama dengan yang kami terbitkan." in page
    assert "berkas diubah sesudah ditandatangani" in page or "rusak atau diubah" in page
    assert document.number in page


def test_a_draft_of_a_paper_that_waits_is_called_a_draft(db, client, give, kinds, chair):
    paper = give(kinds.desk, signer=None, signers=[chair])
    answer = client.post("/v/", files={"berkas": ("rancangan.pdf", document_bytes(db, paper), "application/pdf")})

    assert "paling jauh rancangannya" in answer.text
    assert "TIDAK sama" not in answer.text


def test_a_genuine_file_of_a_revoked_paper_is_not_called_valid(db, client, give, kinds, head, now):
    document = give(kinds.letter)
    revoke(db, head, document, reason="keliru", now=now)

    page = upload(client, document_bytes(db, document)).text
    assert "Berkas ini asli" not in page
    assert "Dicabut" in page


def test_a_strange_pdf_is_not_ours_in_either_language(db, client):
    assert "bukan berkas yang kami terbitkan" in upload(client, NOT_A_PAPER).text
    assert "not a file that we issued" in upload(client, NOT_A_PAPER, language="en").text


@pytest.mark.parametrize(("sent", "said"), [(b"halo", "Berkas ini bukan PDF."), (b"%PDF-" + b"0" * (15 * 1024 * 1024), "terlalu besar"), (b"", "Pilih berkas PDF")])
def test_what_is_no_pdf_or_too_large_is_refused(db, client, sent, said):
    answer = upload(client, sent)

    assert answer.status_code == 422
    assert said in answer.text


def test_nothing_of_a_checked_file_is_kept(db, client, give, kinds, portal):
    before = {path for path in portal.settings.home.rglob("*") if path.is_file()}
    upload(client, NOT_A_PAPER)

    after = {path for path in portal.settings.home.rglob("*") if path.is_file()}
    assert {path for path in after - before if "signing" not in path.parts} == set()
    assert db.scalar(select(func.count()).select_from(Attachment)) == 0
