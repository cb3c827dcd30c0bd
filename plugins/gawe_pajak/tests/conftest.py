"""What tests of taxes need: Bapenda, an object with its SPPT, a CSV."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from gawe_pajak import look
from gawe_pajak.importing import import_text
from gawe_pajak.models import SPPT, Impor, Objek, WajibPajak

OFFICER = ("pajak.read", "pajak.deliver", "pajak.examine", "pajak.decide", "pajak.assess", "pajak.letters", "pajak.import", "pajak.tariffs")
NOP = "360420000100100010"
HEADER = "nop,tahun,nama,alamat_wp,alamat_objek,luas_bumi,njop_bumi_m2,luas_bangunan,njop_bangunan_m2,pokok,njoptkp,status"
LINE = f"{NOP},2026,Siti Aminah,Kp. Baru,Jl. Raya Anyar,200,300000,60,1200000,97600,10000000,"


@pytest.fixture(autouse=True)
def fresh_looks():
    look.forget_cache()


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


NOV = datetime(2026, 11, 5, 3, 0, tzinfo=UTC)
