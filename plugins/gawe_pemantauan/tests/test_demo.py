"""The invented programmes and proposals: in every state, within every budget, equal for equal seed."""

import pytest
from sqlalchemy import func, select

from gawe_pemantauan import demo, programs
from gawe_pemantauan.kind import KINDS
from gawe_pemantauan.models import Program, Proposal
from pendopo.demo import make_people
from pendopo.kit.berkas import Berkas, verify_timeline


@pytest.fixture
def filled(db, now):
    make_people(db, seed=7, now=now, scale=0.2)
    demo.fill(db, seed=7, now=now, scale=0.4)
    db.flush()
    return db


def test_the_demo_has_proposals_in_most_states_and_every_budget_holds(filled):
    db = filled
    states = set(db.scalars(select(Berkas.state).where(Berkas.plugin == "gawe_pemantauan")))
    known = {state.slug for kind in KINDS for state in kind.states}

    assert states <= known
    assert {"diajukan", "cek_administrasi", "verifikasi_lapangan", "masuk_anggaran", "lpj_ditunggu", "selesai", "ditolak"} <= states
    assert programs.budget_error(db) == []
    assert db.scalar(select(func.count()).select_from(Program).where(Program.approved > Program.pagu)) == 0


def test_invented_trails_are_whole_and_plans_add_up(filled):
    db = filled
    rows = db.scalars(select(Proposal).limit(40)).unique().all()

    assert all(verify_timeline(db, row.berkas_id) for row in rows)
    assert all(sum(line.line.amount for line in row.rab) == row.asked for row in rows if row.rab)
    assert all(row.eligible <= (row.program.plafon or row.eligible) for row in rows)
