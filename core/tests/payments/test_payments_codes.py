"""QRIS payloads, payment codes, virtual accounts and amounts in words: the vectors of the domain paper and properties."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pendopo.kit.payments import codes, qris
from pendopo.kit.payments.options import MERCHANT
from pendopo.kit.payments.spelling import spelled
from pendopo.kit.qr import qr_png, qr_svg
from pendopo.settings import set_installation_secret

pytestmark = pytest.mark.once

# domain/gawe.md section 3: fictitious, not payable
VECTOR = (
    "00020101021226710019ID.CO.BJBBANTEN.WWW01189360013700000123450215SRGPBB0000000010303UME51440014ID.CO.QRIS.WWW0215ID10200000000010303UME"
    "52049311530336054061875005802ID5918BAPENDA KAB SERANG6011KAB. SERANG61054218262290116PBB20260000001230705SGW016304EB1E"
)
PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=99)
AMOUNTS = st.integers(1, 10**12)


@pytest.fixture(autouse=True)
def secret():
    set_installation_secret(b"uji-coba-bukan-rahasia")


def read_independently(payload):
    """Another reader of EMVCo TLV, written from the standard and not from our code."""
    tags, rest = {}, payload
    while rest:
        tag, length, rest = rest[:2], int(rest[2:4]), rest[4:]
        tags[tag], rest = rest[:length], rest[length:]
    return tags


def crc_independently(text):
    """CRC-16/CCITT-FALSE by a table, beside our bit by bit."""
    table = []
    for number in range(256):
        value = number << 8
        for _ in range(8):
            value = (value << 1) ^ 0x1021 if value & 0x8000 else value << 1
        table.append(value & 0xFFFF)
    crc = 0xFFFF
    for byte in text.encode():
        crc = ((crc << 8) & 0xFFFF) ^ table[(crc >> 8) ^ byte]
    return crc


def test_the_check_value_of_the_crc_holds():
    assert qris.crc16(b"123456789") == 0x29B1


def test_the_payload_of_the_domain_paper_is_made_letter_by_letter():
    merchant = qris.Merchant.from_setting(MERCHANT)

    assert qris.qris_payload(merchant, 187_500, "PBB2026000000123") == VECTOR


def test_the_payload_of_the_domain_paper_is_understood():
    read = qris.read_qris(VECTOR)

    assert (read.amount, read.nmid, read.bill_number, read.is_dynamic) == (187_500, "ID1020000000001", "PBB2026000000123", True)


@given(AMOUNTS, st.text(st.characters(whitelist_categories=("L", "N", "Zs", "P")), max_size=60), st.text(st.sampled_from("0123456789ABC"), min_size=1, max_size=40))
def test_any_payload_is_read_back_by_independent_code(amount, name, number):
    payload = qris.qris_payload(qris.Merchant.from_setting({**MERCHANT, "name": name}), amount, number)
    tags = read_independently(payload)

    assert tags["54"] == str(amount)
    assert read_independently(tags["62"])["01"] == number[:25]
    assert len(tags.get("59", "")) <= 25
    assert payload[-4:] == f"{crc_independently(payload[:-4]):04X}"
    assert qris.read_qris(payload).amount == amount


@given(st.lists(st.tuples(st.sampled_from([f"{n:02d}" for n in range(100)]), PRINTABLE), max_size=20))
def test_tags_come_back_as_they_went(fields):
    assert qris.read_tlv(qris.tlv(fields)) == fields


@given(st.integers(0, len(VECTOR) - 1), st.characters(min_codepoint=32, max_codepoint=126))
def test_one_changed_letter_is_noticed(place, letter):
    changed = VECTOR[:place] + letter + VECTOR[place + 1 :]
    if changed.upper() == VECTOR:
        return
    with pytest.raises(qris.QrisUnreadable):
        qris.read_qris(changed)


@given(st.text(max_size=200))
def test_rubbish_is_refused_and_nothing_else(text):
    with pytest.raises(qris.QrisUnreadable):
        qris.read_qris(text)


@pytest.mark.skipif(not shutil.which("zbarimg"), reason="zbar-tools is not installed")
def test_a_scanner_that_we_did_not_write_reads_the_code(tmp_path):
    path = tmp_path / "qris.png"
    path.write_bytes(qr_png(VECTOR))
    read = subprocess.run(["zbarimg", "--quiet", "--raw", str(path)], capture_output=True, text=True, check=True)

    assert read.stdout.strip() == VECTOR


def test_the_picture_on_the_page_says_what_it_is():
    drawn = qr_svg(VECTOR, "Kode QRIS <sebesar>")

    assert 'role="img"' in drawn
    assert "<title>Kode QRIS &lt;sebesar&gt;</title>" in drawn
    assert "style=" not in drawn


@pytest.mark.parametrize(("digits", "check"), [("2026000001", 1), ("2026000123", 3), ("2026123456", 9)])
def test_the_luhn_vectors_hold(digits, check):
    assert codes.luhn_digit(digits) == check


@given(st.text(min_size=1, max_size=80))
def test_a_payment_code_is_its_own_proof(key):
    code = codes.make_kode_bayar(key)

    assert codes.is_kode_bayar(code)
    assert codes.read_kode_bayar(codes.show_kode(code)) == code
    assert codes.make_kode_bayar(key) == code
    assert codes.make_kode_bayar(key, 1) != code


@given(st.text(min_size=1), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(key, place, more):
    code = codes.make_kode_bayar(key)
    wrong = code[:place] + str((int(code[place]) + more) % 10) + code[place + 1 :]

    assert codes.read_kode_bayar(wrong) is None


@given(st.text(min_size=1), st.text(st.sampled_from("0123456789"), min_size=3, max_size=8))
def test_a_code_is_found_in_its_virtual_account_and_in_a_bank_line(key, prefix):
    code = codes.make_kode_bayar(key)
    number = codes.va_number(prefix, code)

    assert number[:-1] == prefix + code
    assert codes.kode_bayar_in(f"TRF VA {number} SITI", prefix) == code
    assert codes.kode_bayar_in(f"TRF {code}", prefix) == code


@given(st.text(max_size=30))
def test_what_is_typed_is_a_code_or_nothing(text):
    read = codes.read_kode_bayar(text)
    assert read is None or codes.is_kode_bayar(read)


def test_an_ntpd_has_sixteen_letters_and_is_its_payments_own():
    first = codes.make_ntpd("123456789012", "A1")

    assert len(first) == 16
    assert set(first) <= set(codes.NTPD_LETTERS)
    assert len(set(codes.NTPD_LETTERS)) == 32
    assert first != codes.make_ntpd("123456789012", "A2")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"), (11, "sebelas"), (17, "tujuh belas"), (100, "seratus"), (1_000, "seribu"), (97_600, "sembilan puluh tujuh ribu enam ratus"),
        (1_110_000, "satu juta seratus sepuluh ribu"), (117_450_000, "seratus tujuh belas juta empat ratus lima puluh ribu"), (2_000_000_001, "dua miliar satu"),
    ],
)
def test_amounts_are_spelled(number, words):
    assert spelled(number) == words
