"""A letter on paper: what stands on it, and that tools which we did not write find it whole."""

import hashlib
import json
import subprocess
import sys

import pytest

from kerja_surat import outgoing, sealing
from pendopo.kit.documents import authority, desk, documents_of, signing

# What pyHanko says of the first signature, in a process that knows nothing of the portal: the PDF and the root come as files.
VALIDATOR = """
import json, sys
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

root = x509.Certificate.load(pem.unarmor(open(sys.argv[2], "rb").read())[2])
with open(sys.argv[1], "rb") as file:
    signature = PdfFileReader(file).embedded_regular_signatures[0]
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[root], allow_fetching=False))
    subject = status.signing_cert.subject.native
    print(json.dumps({"holds": status.bottom_line, "intact": status.intact, "name": subject["common_name"], "post": subject["title"]}))
"""


def pdfsig(path):
    return subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout


def validated(path, root):
    done = subprocess.run([sys.executable, "-I", "-c", VALIDATOR, str(path), str(root)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.once
def test_poppler_and_pyhanko_find_a_sealed_letter_whole_and_see_one_changed_byte(db, office, a_draft, tmp_path, now):
    office.stand_in("kadis", "kabid_sda")
    letter = a_draft(reviewers=())
    outgoing.submit(db, office.petugas, letter.id, now=now)
    pdf = sealing.paper_of(db, outgoing.approve(db, office.kabid_sda, letter.id, now=now), now)
    whole, changed, root = tmp_path / "surat.pdf", tmp_path / "ubah.pdf", tmp_path / "root.pem"
    whole.write_bytes(pdf)
    root.write_bytes(authority.root_pem())
    at = pdf.index(b"/ContactInfo") + 20
    changed.write_bytes(pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :])

    said = pdfsig(whole)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert validated(whole, root) == {"holds": True, "intact": True, "name": "Contoh kabid_sda (UJI)", "post": "Plh. Kadis"}
    assert "Signature is Valid" not in pdfsig(changed)
    assert not validated(changed, root)["intact"]


def test_a_paper_says_what_was_written_and_is_kept_with_its_hash(db, sealed, text_of, now):
    letter = sealed(perihal="Jawaban perbaikan jalan", tembusan="Sekretaris Daerah")
    pdf = sealing.paper_of(db, letter, now)
    words = text_of(pdf)

    assert "TANDA TANGAN ELEKTRONIK UJI" in words
    for written in (
        "DINAS PEKERJAAN UMUM",
        "600.1/0001/DPUPR/2026",
        "24 November 2026",
        "Jawaban perbaikan jalan",
        "Contoh kadis",
        "Kadis",
        f"NIP {letter.document.signatures[0].nip}",
        "Sekretaris Daerah",
    ):
        assert written in words
    assert f"/v/{letter.document.token}" in words.replace("\n", "")
    assert hashlib.sha256(pdf).hexdigest() == letter.document.sha256


@pytest.fixture
def at_desk(db, office, a_draft, now, monkeypatch):
    """A letter whose last paraf is given, where each signer must type a passphrase at the desk."""
    monkeypatch.setattr(signing, "needs_passphrase", lambda: True)
    letter = a_draft(reviewers=())
    outgoing.submit(db, office.petugas, letter.id, now=now)
    outgoing.approve(db, office.kadis, letter.id, now=now)
    return letter


def test_where_a_passphrase_is_needed_the_letter_waits_at_the_desk_and_then_holds(db, portal, client, office, at_desk, deliver, now):
    assert (at_desk.status, at_desk.nomor, at_desk.sealed_at) == ("tanda_tangan", "600.1/0001/DPUPR/2026", None)
    kadis, signature_id = office.kadis, at_desk.document.signatures[0].id
    page = client.sign_in(kadis).get(f"/kerja/surat/keluar/{at_desk.id}").text
    assert "/kerja/tanda-tangan/" in page

    db.commit()
    assert desk.sign(portal, kadis, signature_id, now=now).refusal is None
    deliver()
    db.expire_all()

    assert (at_desk.status, at_desk.document.status) == ("disegel", "berlaku")
    assert at_desk.sealed_at is not None


def test_a_letter_sent_back_from_the_desk_is_a_draft_again_and_its_number_stays_void(db, office, at_desk, deliver, now):
    void = at_desk.document
    desk.refuse(db, office.kadis, void.signatures[0].id, reason="Tanggal rapat salah", now=now)
    deliver()
    db.expire_all()

    assert (at_desk.status, at_desk.nomor, at_desk.document) == ("konsep", "", None)
    assert [p.note for p in at_desk.paraf_list] == ["Tanggal rapat salah"]
    assert outgoing.returned_to_me(db, office.petugas) == [at_desk]
    outgoing.submit(db, office.petugas, at_desk.id, now=now)
    outgoing.approve(db, office.kadis, at_desk.id, now=now)
    assert at_desk.nomor == "600.1/0002/DPUPR/2026"
    assert [(one.number[6:10], one.status) for one in documents_of(db, kind=sealing.LETTER, ref=at_desk.id)] == [("0002", "menunggu"), ("0001", "dicabut")]
