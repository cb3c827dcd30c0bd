"""Fifty approve at once: the sum approved never passes the budget, on either database."""

import threading
from datetime import date

from sqlalchemy import select

from gawe_pemantauan import programs
from gawe_pemantauan.kind import HIBAH_KIND
from gawe_pemantauan.models import Program, Proposal
from pendopo import DomainError
from pendopo.kit.berkas import PastBerkas, PastStep, move_berkas, plant_berkas
from pendopo.testing.people import settle

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


def approve_all(portal, actor, ids, now):
    """Everybody at once; `(register, refusal)` of each."""
    start, results = threading.Barrier(len(ids)), []

    def approve(berkas_id):
        start.wait()
        try:
            with portal.db.session() as db:
                move_berkas(db, actor, berkas_id, "tetapkan", data={"sk_number": "400/Kep.1", "sk_date": date(2026, 11, 20)}, now=now)
            results.append((berkas_id, ""))
        except DomainError as refusal:
            results.append((berkas_id, type(refusal).__name__))

    threads = [threading.Thread(target=approve, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results


def test_fifty_parallel_approvals_never_pass_the_budget(db, portal, kesra, make_program, now):
    program = make_program(pagu=AMOUNT * FIT + AMOUNT // 2)
    ids = plant(db, program, now)
    settle()
    results = approve_all(portal, kesra, ids, now)

    assert len(results) == TRIES
    assert [why for _one, why in results].count("") == FIT
    assert {why for _one, why in results} == {"", "BudgetExceeded"}
    db.expire_all()
    assert db.get(Program, program.id).approved == AMOUNT * FIT
    assert programs.budget_error(db) == []
    assert len(db.scalars(select(Proposal).where(Proposal.approved.is_not(None))).unique().all()) == FIT


def test_two_who_determine_the_same_proposal_take_its_money_once(db, portal, kesra, make_program, now):
    program = make_program(pagu=AMOUNT * 5)
    one = plant(db, program, now)[0]
    settle()
    results = approve_all(portal, kesra, [one] * 4, now)

    assert [why for _one, why in results].count("") == 1
    db.expire_all()
    assert db.get(Program, program.id).approved == AMOUNT
