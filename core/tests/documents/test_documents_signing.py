"""Papers are signed, and tools that we did not write agree: poppler, pyHanko's own validator, zbar, SoftHSM2."""

import hashlib
import re
import subprocess

import pytest
from pyhanko_certvalidator import ValidationContext

from pendopo.kit.documents import authority, checking, document_bytes, issue, signing
from pendopo.kit.documents.errors import NotSigned
from pendopo.kit.documents.inspecting import signatures_in

pytestmark = pytest.mark.once  # what is on the paper is the same on every database


def pdfsig(tmp_path, pdf):
    path = tmp_path / "surat.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout


def validated(pdf):
    """What pyHanko's own validator says of the first signature, trusting the test authority."""
    import io

    from asn1crypto import pem, x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature

    root = x509.Certificate.load(pem.unarmor(authority.root_pem())[2])
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[0]
    return validate_pdf_signature(signature, ValidationContext(trust_roots=[root], allow_fetching=False))


@pytest.fixture
def signed(db, give, kinds):
    return document_bytes(db, give(kinds.letter))


def test_a_signed_letter_is_accepted_by_poppler(signed, tmp_path):
    said = pdfsig(tmp_path, signed)

    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "Dra. Ratna Contoh (UJI)" in said


def test_a_signed_letter_is_accepted_by_pyhanko(signed):
    status = validated(signed)

    assert status.bottom_line
    assert status.trusted


def signed_ranges(pdf):
    start, first, second, rest = map(int, re.search(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)", pdf).groups())
    assert start == 0
    return first, second, rest


@pytest.mark.parametrize("part", ["content", "text", "end"])
def test_a_changed_byte_is_detected_by_both(signed, tmp_path, part):
    first, second, rest = signed_ranges(signed)
    place = {"content": first // 3, "text": signed.index(b"/ContactInfo") + 20, "end": second + rest // 2}[part]
    broken = bytearray(signed)
    broken[place] ^= 1

    assert "Signature is Valid" not in pdfsig(tmp_path, bytes(broken))
    try:
        assert not validated(bytes(broken)).intact
    except Exception as error:  # noqa: BLE001  so broken that it can't be read is detected too
        assert type(error).__module__.startswith(("pyhanko", "asn1crypto", "builtins"))


def test_what_is_added_after_the_signature_is_detected(signed, tmp_path):
    more = signed + b"\n% lebih\n"

    assert "Not total document signed" in pdfsig(tmp_path, more)
    assert [one["whole"] for one in signatures_in(more, checking._roots())] == [False]


def test_the_qr_code_on_paper_leads_to_the_verification_page(db, give, kinds, tmp_path, portal):
    for kind in (kinds.letter, kinds.card):
        document = give(kind)
        (tmp_path / "p.pdf").write_bytes(document_bytes(db, document))
        subprocess.run(["pdftoppm", "-r", "200", "-f", "1", "-l", "1", "-png", str(tmp_path / "p.pdf"), str(tmp_path / kind.slug)], check=True)
        page = next(tmp_path.glob(f"{kind.slug}*.png"))
        read = subprocess.run(["zbarimg", "--raw", "-q", str(page)], capture_output=True, text=True, check=True).stdout.strip()
        assert read == portal.settings.public_url + document.verify_href


def test_a_paper_is_tagged_archival_and_brings_its_fonts(signed, tmp_path):
    (tmp_path / "p.pdf").write_bytes(signed)
    fonts = subprocess.run(["pdffonts", str(tmp_path / "p.pdf")], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    about = subprocess.run(["pdfinfo", str(tmp_path / "p.pdf")], capture_output=True, text=True, check=True).stdout

    assert fonts
    assert all(line.split()[-5] == "yes" for line in fonts), "each font is embedded"
    assert re.search(r"Tagged: +yes", about)
    assert b"<pdfaid:part>2</pdfaid:part>" in signed
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in signed


def test_a_card_has_the_size_of_an_identity_card(db, give, kinds, tmp_path):
    (tmp_path / "p.pdf").write_bytes(document_bytes(db, give(kinds.card)))
    about = subprocess.run(["pdfinfo", str(tmp_path / "p.pdf")], capture_output=True, text=True, check=True).stdout

    width, height = map(float, re.search(r"Page size: +([\d.]+) x ([\d.]+)", about).groups())
    assert (round(width / 72 * 25.4, 1), round(height / 72 * 25.4, 1)) == (85.6, 54.0)
    assert "Pages:           2" in about


def test_the_words_of_a_paper_can_be_read_out_of_it(db, give, kinds, text_of):
    text = text_of(document_bytes(db, give(kinds.letter, nama="Ni'mah #strong[Contoh] $x$")))

    for part in ("DINAS CONTOH", "Nomor: 400/surat/2026/0001", "Ni'mah #strong[Contoh] $x$", "Serang, 24 November 2026", "TANDA TANGAN ELEKTRONIK UJI", "NIP"):
        assert part in text


def test_without_a_provider_and_without_the_test_authority_a_paper_says_that_it_is_not_signed(db, give, kinds, portal, monkeypatch, text_of, client):
    monkeypatch.setattr(portal.settings, "test_signatures", False)
    document = give(kinds.letter)

    assert document.status == "berlaku"
    assert "BELUM DITANDATANGANI SECARA ELEKTRONIK" in text_of(document_bytes(db, document))
    assert b"/ByteRange" not in document_bytes(db, document)
    assert "belum ditandatangani dengan sertifikat elektronik" in client.get(document.verify_href).text


# ------------------------------------------------------------------------------------------------------ the test authority


def test_keys_of_the_test_authority_are_made_once_and_readable_by_their_owner_only(db, give, kinds, portal):
    give(kinds.letter)
    before = {path: path.read_bytes() for path in (portal.settings.home / "signing").iterdir()}
    give(kinds.letter)

    assert {path: path.read_bytes() for path in (portal.settings.home / "signing").iterdir()} == before
    assert len(before) == 2
    assert {path.stat().st_mode & 0o777 for path in before} == {0o600}
    assert (portal.settings.home / "signing").stat().st_mode & 0o777 == 0o700


def test_each_signer_has_a_certificate_that_names_person_position_and_test(db, give, kinds):
    document = give(kinds.letter)
    subject = validated(document_bytes(db, document)).signing_cert.subject.native

    assert subject["common_name"] == "Dra. Ratna Contoh (UJI)"
    assert subject["title"] == document.signatures[0].post
    assert subject["organizational_unit_name"] == authority.UNIT


def test_an_office_signs_as_such_when_no_position_is_named(db, give, kinds):
    document = give(kinds.letter, signer=None)

    assert document.signatures[0].name == "Dinas Contoh"
    assert validated(document_bytes(db, document)).signing_cert.subject.native["common_name"] == "Dinas Contoh (UJI)"


# ---------------------------------------------------------------------------------------------------------------- SoftHSM2

MODULE = "/usr/lib/softhsm/libsofthsm2.so"


@pytest.fixture
def token(portal, tmp_path, monkeypatch):
    """A real SoftHSM2 token with a key made in it and a certificate for it, set as the provider."""
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    subprocess.run(["softhsm2-util", "--init-token", "--free", "--label", "uji", "--pin", "1234", "--so-pin", "5678"], check=True, capture_output=True)
    key, certificate = made_for_token()
    (tmp_path / "key.pem").write_bytes(key)
    subprocess.run(
        ["softhsm2-util", "--import", str(tmp_path / "key.pem"), "--token", "uji", "--label", "pendopo", "--id", "01", "--pin", "1234"], check=True, capture_output=True
    )
    import pkcs11

    with pkcs11.lib(MODULE).get_token(token_label="uji").open(rw=True, user_pin="1234") as session:
        about = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE, pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509}
        session.create_object({
            **about, pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: "pendopo", pkcs11.Attribute.ID: b"\x01", pkcs11.Attribute.VALUE: certificate,
            pkcs11.Attribute.SUBJECT: b"",
        })
    for name, text in {"pkcs11_module": MODULE, "pkcs11_token": "uji", "pkcs11_pin": "1234"}.items():
        monkeypatch.setattr(portal.settings, name, text)


def made_for_token():
    """`(key as PKCS#8 PEM, certificate as DER)` of the regency, signed by itself."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = rsa.generate_private_key(65537, 2048)
    name = authority._name(COMMON_NAME="Kabupaten Serang HSM")
    certificate = authority._certificate(name, name, key, key, is_root=False)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), certificate.public_bytes(Encoding.DER)


def test_a_hardware_token_signs(db, give, kinds, token, tmp_path, text_of, client):
    document = give(kinds.letter)

    assert document.signing == "penyedia"
    pdf = document_bytes(db, document)
    said = pdfsig(tmp_path, pdf)
    assert "Signature is Valid" in said
    assert "Kabupaten Serang HSM" in said
    assert "UJI" not in text_of(pdf)
    assert "Kabupaten Serang HSM" in document.signatures[0].certificate
    assert "TANDA TANGAN ELEKTRONIK UJI" not in client.get(document.verify_href).text


def test_a_token_that_fails_is_never_replaced_by_the_test_authority(db, give, kinds, token, portal, monkeypatch):
    monkeypatch.setattr(portal.settings, "pkcs11_pin", "salah")

    with pytest.raises(NotSigned):
        give(kinds.letter)


# -------------------------------------------------------------------------------------------------------- a plugin's answer


@pytest.mark.parametrize("answer", [None, b"%PDF-1.7 lain", "same"])
def test_an_answer_that_is_no_signature_is_refused(db, give, kinds, portal, monkeypatch, answer):
    monkeypatch.setattr(signing, "_signs_alone", lambda: True)
    monkeypatch.setattr(portal.host, "demand", lambda hook, request: request.pdf if answer == "same" else answer)

    with pytest.raises(NotSigned):
        give(kinds.letter)


def test_the_hash_of_a_paper_is_that_of_its_file(db, give, kinds):
    document = give(kinds.letter)

    assert document.sha256 == hashlib.sha256(document_bytes(db, document)).hexdigest() == document.signatures[-1].sha256


def test_issuing_needs_somebody_in_the_position(db, head, kinds, opd_id, now):
    from pendopo.identity import Jabatan
    from pendopo.kit.documents import NoSigner

    empty = Jabatan(opd_id=opd_id, name="Kosong", roles=[])
    db.add(empty)
    db.flush()
    with pytest.raises(NoSigner):
        issue(db, head, kinds.letter, data={"nama": "x", "keperluan": "y"}, now=now, opd_id=opd_id, signer=empty.id)
