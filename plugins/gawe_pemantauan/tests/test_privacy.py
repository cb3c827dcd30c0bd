"""Persons: what officers see, what the public never reads, what a person gets and how they are forgotten."""

import pytest

from gawe_pemantauan import opening, privacy, public, secret, work
from gawe_pemantauan.models import Individu, Proposal
from pendopo import InvalidInput
from pendopo.identity import Account

ASKED, NIK = 11_590_000, "3604301708950001"


def test_the_decile_is_encrypted_and_only_for_who_verifies(db, make_program, send, go, kesra, resident, now, person):
    proposal = send(to=make_program("bansos_terencana"), person=person(), rab=(), asked=2_000_000)
    go(proposal, "mulai_lapangan")
    work.set_desil(db, kesra, proposal.berkas_id, 2)

    assert work.desil_of(proposal) == 2
    assert proposal.person.desil_cipher != b"2"
    assert work.may_see_desil(kesra, proposal)
    assert not work.may_see_desil(resident, proposal)
    with pytest.raises(InvalidInput), db.begin_nested():
        work.set_desil(db, kesra, proposal.berkas_id, 11)


def test_the_public_never_reads_the_name_of_a_person(db, make_program, send, go, now, person):
    bansos = make_program("bansos_terencana")
    go(send(to=bansos, person=person("Aminah Rahasia"), rab=(), asked=2_000_000), "tetapkan")
    found = public.recipients(db)

    assert [(row.name, row.count, row.amount) for row in found] == [("Perorangan", None, None)]
    assert public.as_geojson(db)["features"] == []


def test_a_body_stands_in_the_public_list_with_its_value(db, send, go):
    go(send(), "tetapkan")
    assert [(row.name, row.amount, row.is_body) for row in public.recipients(db)] == [("Musala Al-Ikhlas Anyar", ASKED, True)]


def test_a_person_gets_a_copy_and_is_forgotten(db, make_program, send, resident, person):
    proposal = send(to=make_program("bansos_terencana"), person=person(), rab=(), asked=2_000_000, rekening="0099887766", rekening_name="Siti")
    held = privacy.held_of(db, resident.account_id)
    assert held[0][3][0]["nik"] == "3604••••••••0001"

    privacy.forget(db, resident.account_id)
    db.expire_all()
    kept = db.get(Individu, proposal.berkas_id)
    assert (kept.name, kept.nik_cipher, kept.nik_mark, kept.kk_cipher) == ("", None, "", None)
    assert db.get(Proposal, proposal.berkas_id).rekening_cipher is None


def test_who_sits_on_a_board_is_told_of_it_and_forgotten(db, resident, make_body):
    make_body()
    account = db.get(Account, resident.account_id)
    account.nik_lookup = secret.nik_mark(NIK)
    db.flush()
    titles = [title for title, _purpose, _basis, _rows in privacy.held_of(db, account.id)]
    assert "Jabatan Anda di lembaga" in titles

    privacy.forget(db, account.id)
    assert "Jabatan Anda di lembaga" not in [title for title, *_rest in privacy.held_of(db, account.id)]


def test_what_somebody_follows_is_told_to_them_and_forgotten(db, resident, now):
    opening.follow(db, resident, ["bansos"], now=now)
    assert [(title, rows[0]["jenis"]) for title, _purpose, _basis, rows in privacy.held_of(db, resident.account_id)] == [
        ("Kabar program yang Anda ikuti", "Bansos untuk perorangan")
    ]

    privacy.forget(db, resident.account_id)
    assert privacy.held_of(db, resident.account_id) == []
