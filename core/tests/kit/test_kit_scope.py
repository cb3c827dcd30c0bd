"""Which matters of many an officer reads: of their offices, and those given to them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from pendopo.identity import as_system
from pendopo.kit.berkas import Berkas, lies_with


@pytest.fixture
def matters(people, open_one):
    return {code: open_one(opd_id=people.opd(code)) for code in ("uji-satu", "uji-dua")}


def found(db, actor, *permissions):
    return set(db.scalars(select(Berkas.id).where(lies_with(actor, *permissions))))


def test_an_officer_reads_what_lies_in_their_office(db, matters, officer):
    actor = officer("uji.work", opd="uji-satu")
    assert found(db, actor, "uji.verify", "uji.work") == {matters["uji-satu"].id}
    assert found(db, actor, "uji.verify") == set()


def test_what_was_given_to_an_officer_they_read_wherever_it_lies(db, matters, officer):
    actor = officer("uji.work", opd="uji-satu")
    matters["uji-dua"].officer_id = actor.account_id
    db.flush()
    assert found(db, actor, "uji.work") == {matter.id for matter in matters.values()}


def test_who_holds_a_permission_everywhere_reads_all(db, matters, officer):
    everyone = {matter.id for matter in matters.values()}
    assert found(db, officer("uji.work", scope="regency"), "uji.verify", "uji.work") == everyone
    assert found(db, as_system("Uji")) == everyone
