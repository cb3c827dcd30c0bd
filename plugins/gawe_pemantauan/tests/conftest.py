"""What tests of aid need: the offices, a programme, a body, a proposal and how it goes on."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from PIL import Image

from gawe_pemantauan import agreement, flags, lembaga, programs, proposals, work
from gawe_pemantauan.rules import ALWAYS_CHECKED, RabLine, Visit
from gawe_pemantauan.stages import EVERY
from pendopo.kit import attachments as files
from pendopo.kit.berkas import move_berkas

DESA = "36.04.30.2001"
NIK = "3604301708950001"
OTHER_NIK = "3604305708950001"
RAB = (RabLine("Semen", Decimal(120), "sak", 68_000), RabLine("Pasir", Decimal(3), "m3", 310_000), RabLine("Upah", Decimal(1), "ls", 2_500_000))
ASKED = 11_590_000
LONG = "Atap bocor sejak musim hujan lalu, jemaah bergeser ke serambi setiap hujan turun."


@pytest.fixture
def offices(people, portal):
    """The offices that matter: Kesra, the treasury, and the kecamatan of the desa, by code."""
    from pendopo.identity import Opd

    found = {code: people.opd(code, code.upper()) for code in ("kesra", "setda", "dinsos", "bpbd")}
    found["kec_anyar"] = people.opd("kec_anyar", "Kecamatan Anyar")
    with portal.db.session() as db:
        row = db.get(Opd, found["kec_anyar"])
        row.kind, row.place_code = "kecamatan", DESA[:8]
    return found


@pytest.fixture
def kesra(offices, people):
    """Somebody who may do everything."""
    return people.officer(*EVERY, opd="kesra", name="Kesra Contoh", scope="regency")


@pytest.fixture
def village(offices, people):
    return people.officer("pemantauan.confirm_desa", opd="kec_anyar", name="Desa Contoh")


@pytest.fixture
def camat(offices, people):
    return people.officer("pemantauan.confirm_camat", opd="kec_anyar", name="Camat Contoh")


@pytest.fixture
def make_program(db, kesra, offices, now):
    """`make_program(pagu=..., jenis=...)`: a published programme whose window is open now."""

    def make(jenis="hibah_uang", pagu=100_000_000, published=True, **changes):
        today = now.date()
        values = {
            "summary": "Uang untuk sarana ibadah, langsung ke rekening.",
            "proposal_year": today.year,
            "paid_year": today.year + 1,
            "opd_id": offices["kesra"],
            "opens_on": today - timedelta(days=10),
            "closes_on": today + timedelta(days=10),
        }
        new = programs.NewProgram("Hibah sarana ibadah", jenis, pagu=pagu, **{**values, **changes})
        program = programs.create_program(db, kesra, new, now=now)
        if published:
            programs.publish_program(db, kesra, program.id)
        return program

    return make


@pytest.fixture
def program(make_program):
    return make_program()


@pytest.fixture
def make_body(db, resident, now):
    """`make_body(rekening=..., nik=...)`: a body of the resident."""

    def make(actor=None, name="Musala Al-Ikhlas Anyar", rekening="0012345678", nik=NIK, founded_on=date(2010, 1, 5)):
        new = lembaga.NewLembaga(
            name=name,
            jenis="musala",
            desa_code=DESA,
            address="Kampung Sawah RT 02",
            izin_operasional="12/IZOP/2015",
            founded_on=founded_on,
            bank="bjb",
            rekening=rekening,
            rekening_name=name,
            board={"ketua": lembaga.Member("H. Sanusi", nik)},
        )
        return lembaga.save_lembaga(db, actor or resident, new, now=now)

    return make


@pytest.fixture
def new_proposal(make_body):
    """What a proposal is made of, as a body sends it."""

    def make(body=None, **changes):
        values = {
            "title": "Perbaikan atap Musala Al-Ikhlas",
            "purpose": LONG,
            "asked": ASKED,
            "desa_code": DESA,
            "rab": RAB,
            "address": "Kampung Sawah RT 02",
            "beneficiaries": 120,
            "lat": -6.06,
            "lon": 105.92,
        }
        if "person" not in changes:
            values["lembaga_id"] = (body or make_body()).id
        return proposals.NewProposal(**{**values, **changes})

    return make


@pytest.fixture
def send(db, resident, program, new_proposal, now):
    """`send(program=..., asked=...)`: a proposal that came in."""

    def make(actor=None, to=None, at=None, **changes):
        return proposals.send_proposal(db, actor or resident, (to or program).id, new_proposal(**changes), now=at or now)

    return make


@pytest.fixture
def person():
    """`person("Aminah", nik)`: somebody who asks for bansos."""

    def make(name="Siti Contoh", nik=NIK, kk="3604301708951234"):
        return proposals.Person(name, nik, kk)

    return make


@pytest.fixture
def flagged(db):
    """`flagged(berkas_id)`: the kinds of its flags."""
    return lambda berkas_id: [flag.kind for flag in flags.flags_of(db, berkas_id)]


@pytest.fixture
def granted(make_program, send, go):
    """`granted(2026, body)`: aid that was determined for that year."""
    return lambda year, body: go(send(to=make_program(paid_year=year), body=body), "tetapkan")


@pytest.fixture
def scan(db, resident):
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, "JPEG")
    return files.store_bytes(db, resident, out.getvalue(), "nota.jpg", owner="draf")


@pytest.fixture
def reported(db, send, go, resident, scan):
    """`reported(11_200_000)`: paid in March, its use reported a month later."""

    def make(realised=11_200_000):
        paid = datetime(2027, 3, 5, 3, 0, tzinfo=UTC)
        proposal = go(send(), "cairkan", at=paid)
        move_berkas(db, resident, proposal.berkas_id, "kirim_lpj", data={"realised": realised}, attachments=[scan], now=paid + timedelta(days=30))
        return proposal

    return make


WAY = (
    "konfirmasi_desa",
    "konfirmasi_camat",
    "disposisi",
    "mulai_lapangan",
    "rekomendasikan",
    "ke_tapd",
    "masukkan_anggaran",
    "tetapkan",
    "nphd_lengkap",
    "cairkan",
)
DATA = {
    "konfirmasi_desa": {"confirmed": "ya"},
    "konfirmasi_camat": {"confirmed": "ya"},
    "tetapkan": {"sk_number": "400/Kep.12/2026", "sk_date": date(2026, 11, 20)},
    "nphd_lengkap": {"nphd_number": "7/NPHD/2027", "nphd_date": date(2026, 11, 21)},
    "cairkan": {"sp2d": "001/SP2D", "paid_on": date(2027, 3, 4)},
}


@pytest.fixture
def go(db, kesra, village, camat, now):
    """`go(proposal, "ke_tapd")`: every step up to and with that one, each by who may take it."""

    def walk(proposal, until, at=None, **data):
        moment = at or now
        state = proposal.berkas.state
        for slug in WAY:
            step = next(t for t in proposal_kind(proposal).transitions if t.slug == slug)
            if state not in step.frm:
                continue
            if slug == "disposisi":
                work.check_papers(db, kesra, proposal.berkas_id, dict.fromkeys((*proposal.program.papers, *ALWAYS_CHECKED), "ok"))
            if slug == "rekomendasikan":
                work.add_visit(db, kesra, proposal.berkas_id, work.NewVisit(Visit(True, True, True, True), "Objek ada dan dipakai.", moment), now=moment)
            who = {"konfirmasi_desa": village, "konfirmasi_camat": camat, "nphd_lengkap": agreement.SYSTEM}.get(slug, kesra)
            given = {**DATA.get(slug, {}), **(data if slug == until else {})}
            move_berkas(db, who, proposal.berkas_id, slug, data=given, now=moment)
            state = proposal.berkas.state
            if slug == until:
                return proposal
        raise AssertionError(f"{until} was not reached from {proposal.berkas.state}")

    return walk


def proposal_kind(proposal):
    from gawe_pemantauan.kind import KIND_OF_JENIS

    return KIND_OF_JENIS[proposal.program.jenis]
