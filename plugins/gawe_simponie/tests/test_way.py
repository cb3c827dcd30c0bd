"""The way of an application: who may, what follows, how its clock runs."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from gawe_simponie import board
from gawe_simponie.documents import BAP
from gawe_simponie.inspections import Visit, record_visit, visits_of
from gawe_simponie.jobs import drop_unrepaired
from gawe_simponie.models import Tahap
from pendopo import Conflict, InvalidInput, PermissionRefused, SignInNeeded
from pendopo.identity import ANONYMOUS
from pendopo.kit.berkas import StepNotOpen, move_berkas
from pendopo.kit.documents import document_of

from .conftest import MONDAY, local_day, steps_of


def test_an_application_gets_a_number_an_office_and_the_deadline_of_its_type(db, apply_for, offices):
    row = apply_for("SIP-DOKTER", at=MONDAY)

    assert row.berkas.register.startswith("IZN-2026-")
    assert row.berkas.opd_id == offices["dpmptsp"]
    assert local_day(db, row.berkas.due_at) == "2026-08-18"


def test_an_anonymous_visitor_applies_for_nothing(apply_for):
    with pytest.raises(SignInNeeded):
        apply_for(actor=ANONYMOUS)


def test_an_str_that_ran_out_is_refused_at_its_field(apply_for):
    with pytest.raises(InvalidInput) as refused:
        apply_for("SIP-DOKTER", values={"str_berlaku_sampai": "2020-01-31"})
    assert refused.value.field == "str_berlaku_sampai"


def test_a_permit_that_needs_a_place_is_refused_without_one(apply_for):
    with pytest.raises(InvalidInput) as refused:
        apply_for("SIP-DOKTER", desa_code="")
    assert refused.value.field == "desa"


def test_what_belongs_to_oss_is_not_applied_for_here(db, types, resident, now):
    from gawe_simponie.applications import Application, receive_application

    with pytest.raises(Conflict):
        receive_application(db, resident, Application(types["OSS-NIB"], "Contoh", {}), now=now)


def test_technical_checks_lie_with_the_technical_office_and_come_back(apply_for, walk, front, technician, offices, now):
    row = walk(apply_for("SIP-DOKTER"), (front, "lengkap"), at=now)
    assert row.berkas.opd_id == offices["dinkes"]

    walk(row, (technician, "rekomendasi"), at=now)
    assert (row.berkas.state, row.berkas.opd_id) == ("draf_izin", offices["dpmptsp"])


def test_another_technical_office_may_not_decide(db, apply_for, walk, front, surveyor, now):
    row = walk(apply_for("SIP-DOKTER"), (front, "lengkap"), at=now)

    with pytest.raises(PermissionRefused):
        move_berkas(db, surveyor, row.berkas_id, "rekomendasi", now=now)


def test_where_a_visit_is_required_there_is_no_recommendation_without_its_bap(db, apply_for, walk, front, surveyor, now):
    row = walk(apply_for("REKLAME"), (front, "lengkap"), at=now)
    assert "rekomendasi" not in steps_of(db, surveyor, row)

    walk(row, (surveyor, "tinjau", {"data": {"inspect_on": now.date() + timedelta(days=1)}}), at=now)
    with pytest.raises(StepNotOpen):
        move_berkas(db, surveyor, row.berkas_id, "rekomendasi", now=now)
    record_visit(db, surveyor, row.berkas_id, Visit("k1", now, "sesuai", "Sesuai gambar.", "Surveyor"), now=now)

    walk(row, (surveyor, "rekomendasi"), at=now)
    assert row.berkas.state == "draf_izin"


def test_a_visit_in_the_past_is_not_planned(db, apply_for, walk, front, surveyor, now):
    row = walk(apply_for("REKLAME"), (front, "lengkap"), at=now)

    with pytest.raises(InvalidInput):
        move_berkas(db, surveyor, row.berkas_id, "tinjau", data={"inspect_on": now.date() - timedelta(days=1)}, now=now)


def test_the_clock_stands_while_the_applicant_repairs_and_the_deadline_moves(db, apply_for, walk, front, resident):
    row = walk(apply_for("SIP-DOKTER", at=MONDAY), (front, "minta_perbaikan", {"note": "STR tidak terbaca."}), at=MONDAY + timedelta(hours=2))
    assert row.berkas.clock == "pause"

    move_berkas(db, resident, row.berkas_id, "perbaiki", note="Sudah.", now=MONDAY + timedelta(days=3))
    assert local_day(db, row.berkas.due_at) == "2026-08-21"


def test_what_is_not_repaired_in_fourteen_days_lapses(db, apply_for, walk, front):
    row = walk(apply_for(at=MONDAY), (front, "minta_perbaikan", {"note": "Kurang."}), at=MONDAY)

    assert drop_unrepaired(db, now=MONDAY + timedelta(days=13)) == 0
    assert drop_unrepaired(db, now=MONDAY + timedelta(days=14)) == 1
    assert row.berkas.state == "gugur"


def test_each_stage_is_noted_with_its_office_and_plan(db, apply_for, walk, front, researcher, offices):
    row = walk(apply_for(at=MONDAY), (front, "lengkap"), at=MONDAY)
    walk(row, (researcher, "rekomendasi"), at=MONDAY + timedelta(days=2))

    stages = list(db.scalars(select(Tahap).where(Tahap.berkas_id == row.berkas_id).order_by(Tahap.id)))
    assert [(s.state, s.opd_id) for s in stages] == [
        ("diajukan", offices["dpmptsp"]),
        ("verifikasi_teknis", offices["bapperida"]),
        ("draf_izin", offices["dpmptsp"]),
    ]
    assert stages[1].due_on == date(2026, 8, 11)
    assert [s.until is None for s in stages] == [False, False, True]


def test_days_are_told_for_each_office_and_the_applicant(db, apply_for, walk, front, resident, researcher):
    row = walk(apply_for(at=MONDAY), (front, "minta_perbaikan", {"note": "Kurang."}), at=MONDAY + timedelta(days=1))
    walk(row, (resident, "perbaiki", {"note": "Sudah."}), at=MONDAY + timedelta(days=3))

    spent = {one.office: one.days for one in board.days_spent(db, row.berkas_id, now=MONDAY + timedelta(days=4))}
    assert spent == {"DPMPTSP": 2, "Pemohon": 2}


def test_a_draft_that_is_sent_twice_is_one_bap(db, apply_for, walk, front, surveyor, now):
    row = walk(apply_for("REKLAME"), (front, "lengkap"), (surveyor, "tinjau", {"data": {"inspect_on": now.date() + timedelta(days=1)}}), at=now)
    visit = Visit("kunci-draf", now, "sesuai", "Sesuai gambar.", "Surveyor", lat=-6.08, lon=105.9, accuracy_m=12)
    first = record_visit(db, surveyor, row.berkas_id, visit, now=now)
    again = record_visit(db, surveyor, row.berkas_id, visit, now=now)

    assert first.id == again.id
    assert len(visits_of(db, row.berkas_id)) == 1
    assert document_of(db, BAP, row.berkas_id).data["posisi"] == "-6.080000, 105.900000 (± 12 m)"


def test_a_front_officer_writes_no_bap(db, apply_for, walk, front, surveyor, now):
    row = walk(apply_for("REKLAME"), (front, "lengkap"), (surveyor, "tinjau", {"data": {"inspect_on": now.date() + timedelta(days=1)}}), at=now)

    with pytest.raises(PermissionRefused):
        record_visit(db, front, row.berkas_id, Visit("k", now, "sesuai", "Sesuai.", "Loket"), now=now)


def test_the_board_tells_what_is_late_where_and_why(db, apply_for, walk, front, head):
    row = walk(apply_for(at=MONDAY), (front, "lengkap"), at=MONDAY)
    rows = board.running(db, head, now=MONDAY + timedelta(days=2))

    assert [late.row.berkas_id for late in rows] == [row.berkas_id]
    assert (rows[0].office, rows[0].over) == ("BAPPERIDA", 1)
    assert "lewat 1 hari" in rows[0].why


def test_a_citizen_does_not_see_the_board(db, resident, now):
    with pytest.raises(PermissionRefused):
        board.running(db, resident, now=now)
