"""Each page of bills and of the treasury: as a page, as a piece, for whom it is, and as a refusal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pendopo.kit.payments import excess, reconciling, routes
from pendopo.kit.payments.receiving import Arrival, receive_payment

from .conftest import OWN

ALL = ("tagihan.read", "tagihan.receive_cash", "tagihan.reconcile", "tagihan.propose_refund", "tagihan.approve_refund")


@pytest.fixture(autouse=True)
def nobody_guessed_before():
    routes._tries.storage.reset()


@pytest.fixture
def real_now():
    return datetime.now(UTC)


@pytest.fixture
def treasurer(officer):
    return officer(*ALL, scope="regency")


@pytest.fixture
def paid_twice(db, make_bill, real_now, resident):
    bill = make_bill(payer_id=resident.account_id, at=real_now)
    for ref in ("B1", "B2"):
        receive_payment(db, Arrival(bill.kode_bayar, ref, bill.amount, real_now, "va", "snap"), now=real_now)
    return bill


def test_my_bills_are_mine(client, resident, people, make_bill, real_now):
    make_bill(payer_id=resident.account_id, desc="PBB saya", due=real_now.date() + timedelta(days=3))
    make_bill(payer_id=resident.account_id, desc="PBB lama", due=real_now.date() - timedelta(days=40))
    make_bill(payer_id=people.resident().account_id, desc="PBB orang")
    answer = client.sign_in(resident).get("/tagihan/")

    assert "PBB saya" in answer.text
    assert "Lewat jatuh tempo" in answer.text
    assert "termasuk denda" in answer.text
    assert "PBB orang" not in answer.text
    assert "<html" not in client.fragment("/tagihan/").text


def test_a_stranger_with_the_code_sees_a_masked_name(client, make_bill):
    bill = make_bill(payer_name="Siti Aminah")
    found = client.post("/tagihan/cari", data={"kode": f"{bill.kode_bayar[:4]}-{bill.kode_bayar[4:]}"})
    page = client.get(found.headers["location"])

    assert "S••• A•••••" in page.text
    assert "Siti" not in page.text
    assert page.headers["cache-control"] == "no-store"


def test_a_bill_for_its_owner_only_is_not_shown_to_strangers(client, people, resident, make_bill):
    bill = make_bill(OWN, payer_id=resident.account_id)

    assert client.get(bill.href).status_code == 303  # to sign in
    assert client.sign_in(people.resident()).get(bill.href).status_code == 404
    assert client.sign_in(resident).get(bill.href).status_code == 200


def test_who_guesses_codes_is_stopped(client, people, make_bill):
    client.sign_in(people.resident())
    answers = [client.get(f"/tagihan/{number:012d}").status_code for number in range(22)]

    assert answers[0] == 404
    assert answers[-1] == 429


def test_a_wrong_code_is_told_at_its_field(client):
    answer = client.post("/tagihan/cari", data={"kode": "123"})

    assert answer.status_code == 422
    assert "12 angka" in answer.text


def test_without_a_bank_there_is_the_counter(client, make_bill):
    bill = make_bill()
    page = client.get(f"{bill.href}?cara=loket")

    assert "Bayar tunai di loket" in page.text
    assert "Virtual account" not in page.text
    assert client.post(f"{bill.href}/cara", data={"cara": "qris"}).status_code == 503


def test_a_way_is_prepared_by_its_provider_and_shown(client, db, portal, keys, monkeypatch, make_bill, deliver):
    for name, value in keys.as_environment("http://bank.invalid").items():
        monkeypatch.setenv(name, value)
    bill = make_bill()
    chosen = client.post(f"{bill.href}/cara", data={"cara": "va"})
    assert "Bank sedang menyiapkan kode" in client.get(chosen.headers["location"]).text
    deliver()

    assert f"83604{bill.kode_bayar}" in client.get(chosen.headers["location"]).text


def test_a_bank_that_is_away_is_asked_again_and_told_of(client, db, portal, keys, monkeypatch, make_bill, deliver):
    for name, value in keys.as_environment("http://127.0.0.1:9").items():
        monkeypatch.setenv(name, value)
    bill = make_bill()
    client.post(f"{bill.href}/cara", data={"cara": "qris"})
    deliver()
    from pendopo.kit.payments.duties import health

    assert {one.slug: one.ok for one in health(db)}["bank_snap"] is False
    assert "Bank sedang menyiapkan kode" in client.get(f"{bill.href}?cara=qris").text


def test_the_receipt_of_a_paid_bill_is_issued_once(client, db, resident, people, paid_twice, deliver):
    assert client.sign_in(resident).get(f"{paid_twice.href}/bukti").status_code == 404
    assert "Bukti bayar sedang dibuat" in client.get(paid_twice.href).text
    deliver()
    bill = paid_twice
    mine = client.sign_in(resident).get(f"{bill.href}/bukti")
    theirs = client.sign_in(people.resident()).get(f"{bill.href}/bukti")

    assert mine.status_code == 303
    assert "/v/" in theirs.headers["location"]
    proof = client.get(theirs.headers["location"])
    assert bill.ntpd in proof.text
    assert "Siti Aminah" not in proof.text
    paper = client.sign_in(resident).get(mine.headers["location"])
    assert paper.status_code == 200


def test_the_receipt_says_what_was_paid_in_words_and_numbers(db, resident, paid_twice, deliver, tmp_path):
    import shutil
    import subprocess

    from pendopo.kit.documents import document_bytes
    from pendopo.kit.payments.receipts import receipt_of

    deliver()
    path = tmp_path / "bukti.pdf"
    path.write_bytes(document_bytes(db, receipt_of(db, paid_twice)))
    assert shutil.which("pdftotext")
    said = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout

    for text in ("Rp97.600", "sembilan puluh tujuh ribu enam ratus rupiah", paid_twice.ntpd, paid_twice.kode_bayar, "Siti Aminah"):
        assert text in said


def test_a_receipt_is_signed_and_told_of_by_the_payment_alone(client, db, resident, paid_twice, deliver):
    from pendopo.kit.documents import checking, document_bytes
    from pendopo.kit.documents.inspecting import signatures_in
    from pendopo.kit.payments.receipts import receipt_of

    deliver()
    paper = receipt_of(db, paid_twice)
    [signature] = signatures_in(document_bytes(db, paper), checking._roots())

    assert (paper.status, signature["intact"], signature["whole"], signature["trust"]) == ("berlaku", True, True, "uji")
    assert "Terbit: Bukti bayar" not in client.sign_in(resident).get("/inbox/").text


def test_every_page_of_the_treasury_is_drawn(client, db, treasurer, make_bill, paid_twice, real_now):
    data = b"tanggal;keterangan;referensi;debit;kredit\n24/11/2026;asing;X1;;5000\n24/11/2026;kembali;X2;700;"
    statement = reconciling.enter_statement(db, treasurer, "a.csv", data, now=real_now)
    line = reconciling.report(db, treasurer, statement.id).unknown[0].id
    one = excess.queue(db, treasurer)[0][0].id
    today = real_now.date().isoformat()
    client.sign_in(treasurer)
    for path in (
        "/kerja/kas/", f"/kerja/kas/loket/{paid_twice.kode_bayar}", f"/kerja/kas/loket/{make_bill().kode_bayar}", f"/kerja/kas/tutup/{today}",
        "/kerja/kas/rekonsiliasi", f"/kerja/kas/rekonsiliasi/{statement.id}", f"/kerja/kas/rekonsiliasi/baris/{line}", "/kerja/kas/kelebihan",
        "/kerja/kas/kelebihan?status=dikembalikan", f"/kerja/kas/kelebihan/{one}", "/kerja/kas/buku", f"/kerja/kas/buku?sampai={today}",
        "/kerja/kas/buku/dalam_perjalanan", "/kerja/kas/buku/4.1.01.15",
    ):
        whole, piece = client.get(path), client.fragment(path)
        assert (path, whole.status_code, piece.status_code) == (path, 200, 200)
        assert "<html" in whole.text
        assert "<html" not in piece.text
    for path in ("/kerja/kas/buku/tidak-ada", "/kerja/kas/tutup/besok", "/kerja/kas/kelebihan/999999", "/kerja/kas/rekonsiliasi/999999", "/kerja/kas/loket/1"):
        assert client.get(path).status_code == 404


def test_who_has_no_part_in_the_treasury_is_refused(client, officer, resident, paid_twice):
    paths = ("/kerja/kas/", "/kerja/kas/rekonsiliasi", "/kerja/kas/kelebihan", "/kerja/kas/buku", f"/kerja/kas/loket/{paid_twice.kode_bayar}", "/kerja/kas/tutup/2026-11-24")
    client.sign_in(officer("lain.hal"))
    assert {client.get(path).status_code for path in paths} == {403}
    client.sign_in(resident)
    assert {client.get(path).status_code for path in paths} == {403}


def test_cash_is_taken_over_the_page_once(client, db, treasurer, make_bill):
    bill = make_bill(amount=50_000)
    client.sign_in(treasurer)
    first = client.post(f"/kerja/kas/loket/{bill.kode_bayar}", data={"given": "60.000"})
    second = client.post(f"/kerja/kas/loket/{bill.kode_bayar}", data={"given": "60.000"})

    assert "kembalian=10000" in first.headers["location"]
    assert second.status_code == 303
    assert "Rp50.000" in client.get("/kerja/kas/").text


def test_a_statement_is_uploaded_and_its_faults_are_told(client, treasurer, kinds):
    client.sign_in(treasurer)
    good = ("a.csv", b"tanggal;keterangan;referensi;debit;kredit\n24/11/2026;asing;X1;;5000", "text/csv")

    assert client.post("/kerja/kas/rekonsiliasi").status_code == 422
    assert client.post("/kerja/kas/rekonsiliasi", files={"file": ("a.csv", b"rusak", "text/csv")}).status_code == 422
    assert client.post("/kerja/kas/rekonsiliasi", files={"file": good}).status_code == 303
    assert client.post("/kerja/kas/rekonsiliasi", files={"file": good}).status_code == 409


def test_money_goes_back_over_the_pages(client, db, officer, paid_twice):
    proposer, approver = officer("tagihan.propose_refund"), officer("tagihan.approve_refund")
    one = excess.queue(db, proposer)[0][0].id
    path = f"/kerja/kas/kelebihan/{one}"
    client.sign_in(proposer)
    assert client.post(path, data={"bank": "BJB"}).status_code == 422
    assert client.post(path, data={"bank": "BJB", "account_number": "1", "account_name": "Siti"}).status_code == 303
    assert client.post(f"{path}/persetujuan").status_code == 403
    assert client.sign_in(approver).post(f"{path}/persetujuan").status_code == 303
    assert client.post(path, data={"ref_bank": "K1"}).status_code == 403
    assert client.sign_in(proposer).post(path, data={"ref_bank": "K1"}).status_code == 303
    assert "Dikembalikan" in client.get(path).text


def test_a_bill_is_found_by_its_code_and_by_its_words(db, portal, resident, make_bill):
    from pendopo.identity import ANONYMOUS
    from pendopo.kit.payments import views

    bill = make_bill(payer_id=resident.account_id, desc="PBB Jalan Raya Anyer")

    assert [found.id for found, _words, _score in views.found(db, "raya anyer", resident, 5)] == [bill.id]
    assert [found.id for found, _words, _score in views.found(db, bill.kode_bayar, ANONYMOUS, 5)] == [bill.id]
    assert views.found(db, "raya anyer", ANONYMOUS, 5) == []


def test_only_the_concerned_hear_of_a_bill(db, portal, resident, people, make_bill):
    from pendopo.kit.payments.plugin import may_join

    bill, other = make_bill(OWN, payer_id=resident.account_id), people.resident()

    assert may_join(db, f"tagihan:{bill.id}", resident) is True
    assert may_join(db, f"tagihan:{bill.id}", other) is False
    assert may_join(db, f"tagihan-saya:{resident.account_id}", other) is False
    assert may_join(db, "tagihan:²", resident) is False
    assert may_join(db, "berkas:1", resident) is None
