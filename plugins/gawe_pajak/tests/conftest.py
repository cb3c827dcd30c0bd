"""What tests of taxes need: Bapenda, an object with its SPPT, a CSV."""

import io
from datetime import date

import pytest
from sqlalchemy import select

from gawe_pajak.importing import import_text
from gawe_pajak.models import SPPT, Impor, Objek, Usaha, WajibPajak
from gawe_pajak.paying import bill_of, hear_paid
from pendopo.kit.dates import regency_day
from pendopo.kit.payments import total_on
from pendopo.kit.payments.receiving import Arrival, receive_payment
from pendopo.kit.throttle import forget_cache

OFFICER = ("pajak.read", "pajak.deliver", "pajak.examine", "pajak.decide", "pajak.assess", "pajak.letters", "pajak.import", "pajak.tariffs")
NOP = "360420000100100010"
HEADER = "nop,tahun,nama,alamat_wp,alamat_objek,luas_bumi,njop_bumi_m2,luas_bangunan,njop_bangunan_m2,pokok,njoptkp,status"
LINE = f"{NOP},2026,Siti Aminah,Kp. Baru,Jl. Raya Anyar,200,300000,60,1200000,97600,10000000,"


@pytest.fixture(autouse=True)
def fresh_looks():
    forget_cache()


@pytest.fixture
def bapenda(people):
    return people.opd("bapenda", "Badan Pendapatan Daerah")


@pytest.fixture
def taxman(bapenda, people):
    """Who may do everything with taxes."""
    return people.officer(*OFFICER, opd="bapenda", name="Tatang Contoh")


@pytest.fixture
def second_taxman(bapenda, people):
    return people.officer(*OFFICER, opd="bapenda", name="Tuti Contoh")


@pytest.fixture
def bring(db, now):
    """`bring(line, ...)`: an import of these lines."""

    def run(*lines, header=HEADER):
        impor = Impor(nama="uji.csv", at=now)
        db.add(impor)
        db.flush()
        return import_text(db, impor, "\n".join((header, *lines)) + "\n", now=now)

    return run


@pytest.fixture
def sppt(db, bapenda, bring):
    """The SPPT of vector 1: 97,600 rupiah for 2026."""
    bring(LINE)
    return db.scalar(select(SPPT).where(SPPT.nop == NOP, SPPT.tahun == 2026))


@pytest.fixture
def owned(db, sppt, resident):
    """The same SPPT, of an object whose taxpayer is the resident."""
    db.get_one(WajibPajak, db.get_one(Objek, NOP).wp_id).account_id = resident.account_id
    db.flush()
    return sppt


@pytest.fixture
def pay(db, now):
    """`pay(row)`: its bill is paid whole, through the one door for money, and the row hears of it; returns the bill."""

    def run(row, *, at=now, kind=None):
        made = bill_of(db, row, kind=kind, now=now)
        amount = total_on(db, made, regency_day(at)).total
        receive_payment(db, Arrival(made.kode_bayar, f"UJI{made.id}", amount, at, "qris", "bank"), now=now)
        db.refresh(made)
        hear_paid(db, made.kind, made.ref, made.id, made.paid_at, made.paid_amount, made.ntpd)
        db.refresh(row)
        return made

    return run


@pytest.fixture
def usaha(db, bapenda, resident):
    """A restaurant of the resident since January 2026."""

    def make(jenis="pbjt_makan", owner=resident):
        wp = WajibPajak(kunci=f"u:{jenis}", npwpd=f"P.2.{jenis[:7]}", nib="", nama="Siti Aminah", alamat="", account_id=owner.account_id)
        db.add(wp)
        db.flush()
        row = Usaha(wp_id=wp.id, jenis=jenis, kelas="umum", nama="RM Sate Bandeng", alamat="", desa_code="36.04.30.2001", sejak=date(2026, 1, 1), aktif=True)
        db.add(row)
        db.flush()
        return row

    return make


@pytest.fixture
def desk(client, taxman):
    return client.sign_in(taxman)


@pytest.fixture
def paper():
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (40, 30), (120, 90, 60)).save(out, "JPEG")
    return {"papers": ("bukti.jpg", out.getvalue(), "image/jpeg")}


def both(client, path):
    whole, piece = client.get(path), client.fragment(path)
    assert (whole.status_code, piece.status_code) == (200, 200), path
    assert "<html" in whole.text and "<html" not in piece.text, path
    return whole.text
