"""The invented year: equal for equal seed, and true to its own rules."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from gawe_pajak import assess, demo, look
from gawe_pajak.explain import explained
from gawe_pajak.models import SPPT, SPTPD, Ketetapan, Objek, Permohonan
from pendopo.identity import Account
from pendopo.kit.berkas import Berkas, verify_timeline
from pendopo.kit.payments import Bill
from pendopo.kit.payments.books import proof
from pendopo.kit.payments.models import LedgerMove

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.fixture
def year(db, bapenda, people):
    for n in range(8):
        people.resident(f"Warga {n}")
    people.resident("Warga Contoh", handle="warga")
    demo.fill(db, seed=7, now=NOW, scale=0.02)
    return db


def test_every_object_has_three_years_that_can_be_explained_and_njoptkp_once(year):
    objects = year.scalar(select(func.count()).select_from(Objek))

    assert year.scalar(select(func.count()).select_from(SPPT)) == objects * 3
    for sppt in year.scalars(select(SPPT).limit(40)):
        assert explained(year, sppt).total == sppt.terutang

    twice = select(SPPT.wp_id).where(SPPT.tahun == 2026, SPPT.njoptkp > 0).group_by(SPPT.wp_id).having(func.count() > 1)

    assert year.scalars(twice).all() == []

    account_id = year.scalar(select(Account.id).where(Account.handle == "warga"))
    years = [sppt for nop in look.own_objects(year, account_id) for sppt in assess.years_of(year, nop, 1)]
    assert len(years) == 2
    assert "belum" in {sppt.status for sppt in years}


def test_matters_of_each_sort_have_whole_timelines_and_the_books_hold_what_is_paid(year):
    assert all(at < NOW for at in year.scalars(select(SPPT.paid_at).where(SPPT.paid_at.is_not(None))))
    assert all(verify_timeline(year, berkas_id) for berkas_id in year.scalars(select(Berkas.id).where(Berkas.plugin == "gawe_pajak").limit(60)))

    assert {jenis for (jenis,) in year.execute(select(Ketetapan.jenis).distinct())} == {"pat", "reklame"}
    assert year.scalar(select(func.count()).select_from(SPTPD)) > 80
    assert year.scalar(select(func.count()).select_from(Permohonan)) >= 6

    assert proof(year).holds
    for model, kind in (
        (SPPT, Bill.kind == "pbb"),
        (SPTPD, Bill.kind.startswith("pbjt") | Bill.kind.in_(("mblb", "walet"))),
        (Ketetapan, Bill.kind.startswith("skpd_")),
    ):
        told = year.scalar(select(func.sum(model.dibayar)))
        assert told == year.scalar(select(func.sum(Bill.paid_amount)).where(kind))
    opsen = year.scalar(select(func.sum(SPTPD.opsen)).where(SPTPD.opsen_paid_at.is_not(None)))
    assert year.scalar(select(func.sum(LedgerMove.amount)).where(LedgerMove.credit == "2.1.01.05")) >= opsen > 0
