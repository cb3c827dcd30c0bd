"""Steps that many kinds of matters have."""

from __future__ import annotations

import pytest

from pendopo.kit.berkas import (
    BerkasKind,
    Deadline,
    State,
    Transition,
    ask_step,
    available_transitions,
    lapse_step,
    move_berkas,
    receive_berkas,
    refuse_step,
    repair_step,
    withdraw_step,
)
from pendopo.registry import current

REPAIRED = BerkasKind(
    slug="uji_perbaikan",
    plugin="",
    title="Urusan uji",
    deadline=Deadline(3),
    initial="diterima",
    states=(
        State("diterima", "Diterima"),
        State("perbaikan", "Perlu diperbaiki", "warn"),
        State("ditolak", "Ditolak", "error", open=False),
        State("gugur", "Gugur", open=False),
        State("ditarik", "Ditarik", open=False),
    ),
    transitions=(
        ask_step("minta", "Minta diperbaiki", ("diterima",), "perbaikan", "uji.verify"),
        repair_step("perbaiki", "Kirim perbaikan", ("perbaikan",), "diterima", "Tuliskan yang sudah diperbaiki."),
        lapse_step("gugurkan", "Gugur", ("perbaikan",), "gugur"),
        refuse_step("tolak", "Tolak", ("diterima",), "ditolak", "uji.verify"),
        withdraw_step("tarik", "Tarik", ("diterima", "perbaikan"), "ditarik"),
    ),
)


@pytest.fixture
def matter(portal, db, resident, now):
    current().berkas_kinds[REPAIRED.slug] = REPAIRED
    return receive_berkas(db, resident, REPAIRED, title="Izin warung", register_code="UJI", applicant_id=resident.account_id, now=now)


def steps(db, actor, berkas):
    return {step.slug for step in available_transitions(db, actor, berkas)}


def test_the_clock_stands_still_until_the_applicant_has_mended_it(db, matter, officer, resident, now):
    verifier = officer("uji.verify")
    assert (steps(db, verifier, matter), steps(db, resident, matter)) == ({"minta", "tolak"}, {"tarik"})
    matter = move_berkas(db, verifier, matter.id, "minta", note="Foto KTP kurang jelas.", now=now)
    assert matter.clock == "pause"
    assert (steps(db, verifier, matter), steps(db, resident, matter)) == (set(), {"perbaiki", "tarik"})
    matter = move_berkas(db, resident, matter.id, "perbaiki", note="Foto baru.", now=now)
    assert (matter.state, matter.clock) == ("diterima", "run")


@pytest.mark.once
def test_an_officer_may_end_what_nobody_completed_only_where_the_kind_says_so():
    assert lapse_step("gugurkan", "Gugur", ("a",), "b").actors == ("system",)
    both = lapse_step("gugurkan", "Gugur", ("a",), "b", "uji.verify")
    assert (both.actors, both.permission, both.note) == (("officer", "system"), "uji.verify", "required")


@pytest.mark.once
def test_a_step_may_say_more_than_its_shape():
    assert repair_step("kirim", "Kirim ulang", ("a",), "b", note="optional", fields=()) == Transition(
        "kirim", "Kirim ulang", ("a",), "b", by="applicant", notify="officer", tone="primary"
    )
    assert refuse_step("tolak", "Tolak", ("a",), "b", "uji.verify", bulk=True).bulk
