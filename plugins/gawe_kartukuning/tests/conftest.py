"""What tests of the card need: the office, its people, a person who looks for work, and a photo."""

import io
from datetime import date, timedelta

import pytest

from gawe_kartukuning import applications, employers, mitra, seekers
from gawe_kartukuning.employers import Vacancy
from gawe_kartukuning.seekers import Seeker
from pendopo.identity import Actor, encrypt_nik, nik_lookup
from pendopo.kit.berkas import move_berkas

NIK = "36043017089500{:02d}"


@pytest.fixture
def office(people):
    return people.opd("disnakertrans", "Dinas Tenaga Kerja dan Transmigrasi")


@pytest.fixture
def clerk(office, people):
    """A pengantar kerja."""
    return people.officer("kartu-kuning.read", "kartu-kuning.verify", "kartu-kuning.employers", opd="disnakertrans", name="Vera Contoh")


@pytest.fixture
def head(office, people):
    """The head of division, who signs."""
    return people.officer("kartu-kuning.read", "kartu-kuning.sign", opd="disnakertrans", name="Kepala Contoh")


@pytest.fixture
def person(people):
    """`person(3)`: a citizen whose account holds a nik."""

    def make(number=1, name="Siti Contoh"):
        nik = NIK.format(number)
        return people.resident(name, nik_cipher=encrypt_nik(nik), nik_lookup=nik_lookup(nik))

    return make


@pytest.fixture
def citizen(office, person):
    return person()


@pytest.fixture
def new_seeker():
    """`new_seeker(jenjang="S1")`: what somebody says of themselves."""

    def make(**changes):
        values = {
            "nama": "Siti Contoh",
            "tempat_lahir": "Serang",
            "tanggal_lahir": date(2002, 8, 17),
            "jk": "P",
            "jenjang": "SMK",
            "jurusan": "Teknik Pengelasan",
            "institusi": "SMKN 1 Contoh",
            "tahun_lulus": 2020,
            "alamat": "Kp. Contoh RT 01/02",
            "desa_code": "36.04.30.2001",
            "hp": "+6281234567890",
            "minat": [{"kbji": "7212", "lokasi": "kabupaten", "upah_min": 4_000_000}],
            "keterampilan": ["Las SMAW"],
        }
        return Seeker(**{**values, **changes})

    return make


@pytest.fixture
def enrol(db, now, today, new_seeker):
    """`enrol(citizen)`: a profile for an account."""

    def make(actor, **changes):
        return seekers.register_seeker(db, actor, new_seeker(**changes), account_id=actor.account_id, on=today, now=now)

    return make


@pytest.fixture
def applied(db, citizen, enrol, now):
    """An application that was sent."""
    return applications.apply(db, citizen, enrol(citizen), now=now)


@pytest.fixture
def approve(db, clerk, now):
    def make(application, at=None):
        move_berkas(db, clerk, application.berkas_id, "setujui", now=at or now)
        return application

    return make


@pytest.fixture
def issue(db, head, approve, now):
    """`issue(application)`: the card, through approval and signature."""
    from sqlalchemy import select

    from gawe_kartukuning.models import Kartu

    def make(application, at=None, signer=head):
        approve(application, at)
        move_berkas(db, signer, application.berkas_id, "terbitkan", now=at or now)
        return db.scalar(select(Kartu).where(Kartu.berkas_id == application.berkas_id))

    return make


@pytest.fixture
def card(applied, issue):
    return issue(applied)


@pytest.fixture
def company(db, people, clerk, office, now):
    """A verified employer, and the person who speaks for it."""
    owner = people.resident("Juragan Contoh")
    row = mitra.register(db, owner, mitra.COMPANY, nib="1234567890123", nama="PT Contoh Baja", bidang="Baja", now=now)
    return owner, mitra.decide(db, clerk, mitra.COMPANY, row.id, True, "", now=now)


@pytest.fixture
def setting(db, now):
    """`setting("umk", "5000000")`: what an operator set."""
    from pendopo.kit.settings import MANAGE, set_value

    def make(name, text):
        set_value(db, Actor(kind="pegawai", permissions={MANAGE: None}), f"kartukuning.{name}", text, effective_from=date(2020, 1, 1), now=now)
        db.commit()

    return make


@pytest.fixture
def picture():
    """`picture(600, 800)`: bytes of a JPEG that is not empty."""
    from PIL import Image, ImageDraw

    def make(width=600, height=800, blank=False):
        image = Image.new("RGB", (width, height), (190, 60, 50))
        if not blank:
            draw = ImageDraw.Draw(image)
            draw.ellipse((width * 0.25, height * 0.15, width * 0.75, height * 0.6), fill=(235, 200, 170))
            draw.rectangle((width * 0.1, height * 0.65, width * 0.9, height), fill=(40, 50, 90))
        out = io.BytesIO()
        image.save(out, "JPEG", quality=90)
        return out.getvalue()

    return make


@pytest.fixture
def vacancy(db, company, clerk, today, now):
    """`vacancy(jumlah=2)`: one that appeared."""

    def make(**changes):
        values = {
            "kbji": "7212",
            "judul": "Juru las",
            "uraian": "Mengelas rangka baja.",
            "upah_min": 5_000_000,
            "penutupan": today + timedelta(days=30),
            "jumlah": 2,
            "jenjang": "SMK",
        }
        owner, row = company
        offered = employers.offer_vacancy(db, owner, row.id, Vacancy(**{**values, **changes}), on=today, now=now)
        return employers.decide_vacancy(db, clerk, offered.id, True, "", now=now)

    return make
