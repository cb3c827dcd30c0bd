"""Fifty approve at once: the sum approved never passes the budget, on either database."""

from datetime import date

from sqlalchemy import select

from gawe_pemantauan import programs
from gawe_pemantauan.kind import HIBAH_KIND
from gawe_pemantauan.models import Program, Proposal
from pendopo.kit.berkas import PastBerkas, PastStep, move_berkas, plant_berkas
from pendopo.testing.parallel import all_at_once

AMOUNT, FIT, TRIES = 10_000_000, 20, 50


def plant(db, program, now):
    """Fifty proposals that wait for the decree, each asking for the same sum."""
    steps = [PastStep(now, "diajukan", by="applicant"), PastStep(now, "masuk_anggaran", "masukkan_anggaran")]
    ids = plant_berkas(db, HIBAH_KIND, [PastBerkas("HBH", f"Usulan {n}", list(steps), opd_id=program.opd_id, desa_code="36.04.30.2001") for n in range(TRIES)])
    db.add_all(
        Proposal(
            berkas_id=one,
            program_id=program.id,
            purpose="-",
            beneficiaries=1,
            address="",
            asked=AMOUNT,
            eligible=AMOUNT,
            recommended=AMOUNT,
            considered=AMOUNT,
            paid=0,
            checklist={},
            desa_note="",
            camat_note="",
            cause="",
            refusal="",
            budget_ref="",
            nphd_number="",
            bank="",
            rekening_name="",
            rekening_mark="",
            rekening_tail="",
            chair_mark="",
            sent_at=now,
        )
        for one in ids
    )
    db.flush()
    return ids


def decree(actor, berkas_id, now):
    def act(db):
        return move_berkas(db, actor, berkas_id, "tetapkan", data={"sk_number": "400/Kep.1", "sk_date": date(2026, 11, 20)}, now=now).id

    return act


def test_fifty_parallel_approvals_never_pass_the_budget(db, portal, kesra, make_program, now):
    program = make_program(pagu=AMOUNT * FIT + AMOUNT // 2)
    ids = plant(db, program, now)
    given, refused = all_at_once(portal, [decree(kesra, one, now) for one in ids])

    assert (len(given), refused) == (FIT, ["BudgetExceeded"] * (TRIES - FIT))
    db.expire_all()
    assert db.get(Program, program.id).approved == AMOUNT * FIT
    assert programs.budget_error(db) == []
    assert len(db.scalars(select(Proposal).where(Proposal.approved.is_not(None))).unique().all()) == FIT


def test_two_who_determine_the_same_proposal_take_its_money_once(db, portal, kesra, make_program, now):
    program = make_program(pagu=AMOUNT * 5)
    one = plant(db, program, now)[0]
    given, _refused = all_at_once(portal, [decree(kesra, one, now)] * 4)

    assert given == [one]
    db.expire_all()
    assert db.get(Program, program.id).approved == AMOUNT


def test_one_body_is_not_determined_for_two_years_in_the_same_moment(db, portal, kesra, make_program, make_body, now):
    body = make_body()
    ids = [plant(db, make_program(paid_year=year), now)[0] for year in (2027, 2028)]
    for proposal in db.scalars(select(Proposal).where(Proposal.berkas_id.in_(ids))).unique():
        proposal.lembaga_id = body.id
    db.flush()
    given, refused = all_at_once(portal, [decree(kesra, one, now) for one in ids])

    assert (len(given), refused) == (1, ["TooSoon"])
