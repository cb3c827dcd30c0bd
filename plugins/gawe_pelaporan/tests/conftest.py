"""What tests of reports need: the offices, a report, and pictures."""

import io

import pytest

from gawe_pelaporan.reports import NewReport, receive_report

WORDS = "Jalan berlubang sejak bulan lalu, pengendara motor sering jatuh di sini."


def make_offices(people):
    return {code: people.opd(code, code.upper()) for code in ("diskominfo", "dpupr", "dishub", "dlh", "bpbd", "satpolpp", "dinsos", "inspektorat")}


@pytest.fixture
def offices(people):
    """The offices that answer for categories, by code."""
    return make_offices(people)


@pytest.fixture
def verifier(offices, people):
    return people.officer("pelaporan.verify", "pelaporan.read", "pelaporan.keys", opd="diskominfo", name="Vera Contoh", scope="regency")


@pytest.fixture
def roadworker(offices, people):
    return people.officer("pelaporan.handle", "pelaporan.read", opd="dpupr", name="Rudi Contoh")


@pytest.fixture
def head(offices, people):
    return people.officer("pelaporan.handle", "pelaporan.read", "pelaporan.assign", opd="dpupr", name="Kepala Contoh")


@pytest.fixture
def new_report():
    """`new_report(private=True)`: what a report is made of."""

    def make(**changes):
        values = {
            "service_code": "JLN-RSK",
            "title": "Jalan berlubang di depan pasar",
            "description": WORDS,
            "lat": -6.08,
            "lon": 105.925,
            "road": {"length_m": 1500, "width_cm": 550, "damage": "lubang"},
        }
        return NewReport(**{**values, **changes})

    return make


@pytest.fixture
def receive(db, offices, resident, now, new_report):
    """`receive(actor=..., private=True)`: a report that came in."""

    def make(actor=None, at=None, **changes):
        return receive_report(db, actor or resident, new_report(**changes), now=at or now)

    return make


@pytest.fixture
def picture():
    """Bytes of a small JPEG."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (64, 48), (120, 90, 60)).save(out, "JPEG")
    return out.getvalue()
