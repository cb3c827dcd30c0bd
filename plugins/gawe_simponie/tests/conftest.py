"""What tests of permits need: the offices, people of each kind, permit types, and applications on their way."""

import io
from datetime import UTC, datetime

import pytest

from gawe_simponie import applications, catalogue, decisions, risk
from gawe_simponie.applications import Application, receive_application
from gawe_simponie.models import Permohonan
from pendopo.identity import as_system
from pendopo.kit.berkas import available_transitions, move_berkas
from pendopo.kit.calendar import calendar_for
from pendopo.kit.documents import signing

OFFICES = ("dpmptsp", "dinkes", "dpupr", "bapperida", "dprkp", "satpolpp", "dishub", "inspektorat", "setda")
MONDAY = datetime(2026, 8, 10, 2, 0, tzinfo=UTC)  # 09.00 WIB
SMALL_HOUSE = {  # what is typed of a building, for its fee
    "fungsi": "hunian",
    "luas_lantai": "60",
    "jumlah_lantai": "1",
    "kompleksitas": "sederhana",
    "permanensi": "permanen",
    "kepemilikan": "perorangan",
    "kegiatan": "baru",
}
VALUES = {
    "SIP-DOKTER": {
        "profesi": "Dokter umum",
        "nomor_str": "STR-1",
        "str_berlaku_sampai": "2029-01-31",
        "jenis_praktik": "mandiri",
        "nama_tempat": "Praktik Contoh",
        "alamat_praktik": "Jalan Contoh 1",
        "jadwal": "Senin sampai Jumat",
    },
    "PENELITIAN": {
        "lembaga": "Universitas Contoh",
        "judul": "Pangan desa",
        "bidang": "sosial",
        "tempat": "Desa Anyar",
        "mulai": "2026-09-01",
        "selesai": "2027-04-01",
    },
    "MAKAM": {"nama_almarhum": "Almarhum Contoh", "tanggal_wafat": "2026-08-01", "tpu": "TPU Contoh", "kelas": "a", "hubungan": "anak"},
    "REKLAME": {"jenis_reklame": "billboard", "isi": "Contoh", "panjang_m": "4", "lebar_m": "6", "sisi": 2, "mulai": "2026-09-01", "selesai": "2027-08-31"},
    "PBG": {
        "nomor_simbg": "PBG-360401-1",
        "fungsi": "usaha",
        "luas_lantai": "200",
        "jumlah_lantai": 2,
        "kompleksitas": "tidak_sederhana",
        "permanensi": "permanen",
        "kepemilikan": "perorangan",
        "kegiatan": "baru",
    },
    "ASET": {"nama_aset": "Lapangan", "kegunaan": "usaha", "luas_m2": "100", "hari": 2, "mulai": "2026-09-01", "selesai": "2026-09-02"},
}


def make_offices(people):
    return {code: people.opd(code, code.upper()) for code in OFFICES}


@pytest.fixture
def offices(people):
    return make_offices(people)


@pytest.fixture
def types(db, offices, now):
    """The example types, published, by code."""
    catalogue.load_shipped(db, as_system("Uji"), now=now)
    db.flush()
    return {row.kode: row for row in catalogue.published(db)}


@pytest.fixture
def front(offices, people):
    return people.officer("simponie.read", "simponie.check", "simponie.draft", "simponie.supervise", opd="dpmptsp", name="Loket Contoh", scope="regency")


@pytest.fixture
def head(offices, people):
    return people.officer("simponie.read", "simponie.sign", "simponie.appeal", "simponie.oversee", opd="dpmptsp", name="Kepala Contoh", scope="regency")


@pytest.fixture
def technician(offices, people):
    return people.officer("simponie.read", "simponie.technical", opd="dinkes", name="Teknisi Contoh")


@pytest.fixture
def surveyor(offices, people):
    return people.officer("simponie.read", "simponie.technical", opd="dpupr", name="Surveyor Contoh")


@pytest.fixture
def keeper(offices, people):
    return people.officer("simponie.read", "simponie.catalogue", opd="dpmptsp", name="Pengelola Contoh", scope="regency")


@pytest.fixture
def undertaker(offices, people):
    return people.officer("simponie.read", "simponie.technical", opd="dprkp", name="Pengelola Makam")


@pytest.fixture
def researcher(offices, people):
    return people.officer("simponie.read", "simponie.technical", opd="bapperida", name="Peneliti Contoh")


@pytest.fixture
def apply_for(db, types, resident, now):
    """`apply_for("SIP-DOKTER", actor=..., at=..., values={...})`: an application that came in."""

    def make(code="PENELITIAN", actor=None, at=None, values=None, **more):
        more.setdefault("desa_code", "36.04.30.2001")
        new = Application(types[code], "Pemohon Contoh", {**VALUES[code], **(values or {})}, applicant_address="Jalan Contoh 1", phone="+6280000000001", **more)
        return receive_application(db, actor or resident, new, now=at or now)

    return make


@pytest.fixture
def walk(db):
    """`walk(row, (actor, "lengkap"), (actor, "tolak", {"note": "..."}), at=...)`: steps one after the other."""

    def go(row: Permohonan, *steps, at):
        for actor, step, *more in steps:
            if step == "tandatangani":
                sign_at_desk(db, actor, row, at=at)
            else:
                move_berkas(db, actor, row.berkas_id, step, **(more[0] if more else {}), now=at)
        return row

    return go


def sign_at_desk(db, actor, row, *, at):
    """What the desk does with the decision, and what the plugin does when it hears of it."""
    paper = decisions.waiting_paper(db, row)
    signature = paper.signatures[0]
    assert signature.account_id == actor.account_id
    work = signing.prepare(db, signature, now=at)
    signing.keep(db, work, *signing.have_signed(work), now=at)
    decisions.hear_signed(db, paper.id, at)


@pytest.fixture
def issued(db, apply_for, walk, front, researcher, head, now):
    """`issued(at=...)`: a permit that was signed (research: no fee, no visit)."""

    def make(at=None, **more):
        at = at or now
        row = apply_for("PENELITIAN", at=at, **more)
        return walk(row, (front, "lengkap"), (researcher, "rekomendasi"), (front, "ajukan_ttd"), (head, "tandatangani"), at=at)

    return make


@pytest.fixture
def picture():
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (64, 48), (120, 90, 60)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def filled(db, types, now):
    """The types, and the risk table that comes with the plugin."""
    risk.import_table(db, as_system("Uji"), risk.shipped_table(), title="Contoh", source="contoh", demo=True, now=now)
    db.commit()
    return types


def local_day(db, moment):
    return calendar_for(db).local(moment).date().isoformat()


def steps_of(db, actor, row):
    return {step.slug for step in available_transitions(db, actor, row.berkas)}


OWNER = applications.OWNER
