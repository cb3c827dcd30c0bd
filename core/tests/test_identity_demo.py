"""The example regency: believable, equal for equal seed, and nobody's real number in it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from pendopo.demo import fill, make_people
from pendopo.identity import Account, Jabatan, Opd, Penugasan, find_opd, parse_nik, parse_nip
from pendopo.identity.demo import DEMO_ACCOUNTS, DEMO_PASSWORD
from pendopo.identity.people import find_account, sign_in
from pendopo.identity.secrecy import decrypt_nik

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
OFFICES = (
    "setda dpupr dlh dishub dinkes dinsos disdikbud diskominfo satpolpp bpbd dpmptsp disnakertrans bapenda bapperida inspektorat bkpsdm dprkp dkpp "
    "disdukcapil dpmd rsud kec_anyar kec_pulo_ampel kec_tunjung_teja"
)


@pytest.fixture
def regency(db):
    make_people(db, seed=3604, now=NOW, scale=0.25)
    return db


def everyone(db):
    return db.execute(select(Account.name, Account.email, Account.nip, Account.phone, Account.desa_code, Account.nik_lookup).order_by(Account.id)).all()


def test_equal_seeds_make_equal_people_and_another_seed_makes_others(db):
    made = []
    for seed in (1, 1, 2):
        make_people(db, seed=seed, now=NOW, scale=0.05)
        made.append(everyone(db))
        db.rollback()

    assert made[0] == made[1]
    assert made[0] != made[2]


def test_the_offices_that_services_know_are_there(regency):
    for code in OFFICES.split():
        assert find_opd(regency, code) is not None, code
    assert regency.scalar(select(func.count()).select_from(Opd).where(Opd.kind == "kecamatan")) == 29


def test_every_number_is_well_made_and_can_not_be_anybodys(regency):
    for account in regency.scalars(select(Account)):
        assert account.phone.startswith("+628000000")
        if account.nip:
            assert parse_nip(account.nip).serial == "000"
        else:
            nik = decrypt_nik(account.nik_cipher)
            assert parse_nik(nik, today=NOW.date(), invented=True).serial == "0000"
    assert regency.scalar(select(func.count()).select_from(Account).where(Account.kind == "warga")) == 50


def test_everyone_in_the_line_stands_below_the_regent(regency):
    above = dict(regency.execute(select(Jabatan.id, Jabatan.atasan_id)).all())
    top = [jabatan_id for jabatan_id, atasan in above.items() if atasan is None]

    assert len(top) == 1
    for jabatan_id in above:
        line = [jabatan_id]
        while above[line[-1]] is not None:
            line.append(above[line[-1]])
            assert len(line) < 10
        assert line[-1] == top[0]


def test_a_disposisi_of_the_leader_reaches_the_head_of_roads(regency):
    def chair(handle):
        account = find_account(regency, handle)
        return regency.scalar(select(Jabatan).join(Penugasan, Penugasan.jabatan_id == Jabatan.id).where(Penugasan.account_id == account.id))

    leader, current, line = chair("pimpinan"), chair("petugas"), []
    while current is not None:
        line.append(current.id)
        current = regency.get(Jabatan, current.atasan_id) if current.atasan_id else None
    assert chair("kabid").id in line
    assert leader.id in line


def test_every_demo_account_opens_with_the_printed_password(regency):
    for handle in DEMO_ACCOUNTS:
        account = sign_in(regency, handle, DEMO_PASSWORD, address="127.0.0.1", now=NOW)
        assert account.handle == handle
    kinds = {account.handle: account.kind for account in regency.scalars(select(Account).where(Account.handle.is_not(None)))}
    assert kinds == {handle: "warga" if handle == "warga" else "pegawai" for handle in DEMO_ACCOUNTS}


def test_a_broken_plugin_leaves_the_rest_of_the_example_regency(portal, db, monkeypatch):
    said = []

    def tell(plugin, hook, db, **values):
        db.add(Opd(code=f"dari_{plugin}", name="Contoh", short_name="C", kind="dinas"))
        db.flush()
        if plugin == "kerja_surat":
            raise RuntimeError("patah")

    monkeypatch.setattr(portal.host, "tell", tell)
    fill(portal, seed=1, scale=0.02, if_empty=True, say=said.append)

    assert find_opd(db, "dari_gawe_pelaporan") is not None
    assert find_opd(db, "dari_kerja_surat") is None
    assert any("kerja_surat: data contoh GAGAL" in line for line in said)
    assert DEMO_PASSWORD in said[-1]


def test_an_example_regency_that_is_broken_off_is_begun_anew(portal, db, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(portal.host, "tell", interrupt)
        fill(portal, seed=1, scale=0.02, if_empty=True, say=lambda line: None)
    assert db.scalar(select(func.count()).select_from(Account)) == 0
    db.rollback()

    monkeypatch.setattr(portal.host, "tell", lambda *_, **__: None)
    fill(portal, seed=1, scale=0.02, if_empty=True, say=lambda line: None)
    assert db.scalar(select(func.count()).select_from(Account)) > 0
