"""The way of an application: who may, what follows, when it is deemed granted."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from gawe_simponie import board, levies, permits
from gawe_simponie.deemed import grant_overdue
from gawe_simponie.documents import BAP, DEEMED, ENDING, PERMIT, REFUSAL, SKRD
from gawe_simponie.inspections import Visit, record_visit, visits_of
from gawe_simponie.jobs import drop_unrepaired, remind_holders
from gawe_simponie.models import Izin, Tahap
from pendopo import Conflict, InvalidInput, PermissionRefused, SignInNeeded
from pendopo.identity import ANONYMOUS
from pendopo.kit.berkas import StepNotOpen, available_transitions, move_berkas
from pendopo.kit.calendar import calendar_for
from pendopo.kit.documents import document_of
from pendopo.kit.payments import bill_for
from pendopo.kit.payments.receiving import Arrival, receive_payment

MONDAY = datetime(2026, 8, 10, 2, 0, tzinfo=UTC)


def local_day(db, moment):
    return calendar_for(db).local(moment).date().isoformat()


def steps_of(db, actor, row):
    return {step.slug for step in available_transitions(db, actor, row.berkas)}


# ------------------------------------------------------------------------------------------------------------ receiving


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


# -------------------------------------------------------------------------------------------------------------- the way


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


# ----------------------------------------------------------------------------------------------------- fiktif positif


def test_the_day_after_the_deadline_an_application_is_deemed_granted_with_statement_and_alert(db, apply_for, people, deliver):
    sekda = people.officer("simponie.oversee", opd="setda", name="Sekda Contoh", scope="regency")
    row = apply_for("SIP-DOKTER", at=MONDAY)

    assert grant_overdue(db, now=datetime(2026, 8, 18, 16, 59, tzinfo=UTC)) == 0  # 23.59 WIB of the last day
    assert grant_overdue(db, now=datetime(2026, 8, 18, 17, 0, tzinfo=UTC)) == 1  # 2026-08-19 00.00 WIB
    assert row.berkas.state == "dianggap_dikabulkan"
    assert document_of(db, DEEMED, row.berkas_id).status == "berlaku"
    deliver()
    assert _inbox(db, sekda)


def _inbox(db, actor):
    from pendopo.notifications.models import InboxMessage

    return list(db.scalars(select(InboxMessage).where(InboxMessage.account_id == actor.account_id, InboxMessage.topic == "simponie.fiktif_positif")))


def test_stopped_days_put_off_the_deemed_grant(db, apply_for, walk, front, resident):
    row = walk(apply_for("SIP-DOKTER", at=MONDAY), (front, "minta_perbaikan", {"note": "STR."}), at=MONDAY)
    walk(row, (resident, "perbaiki", {"note": "Sudah."}), at=MONDAY + timedelta(days=3))

    assert grant_overdue(db, now=datetime(2026, 8, 21, 16, 0, tzinfo=UTC)) == 0
    assert grant_overdue(db, now=datetime(2026, 8, 21, 17, 0, tzinfo=UTC)) == 1


def test_while_it_waits_for_the_applicant_nothing_is_deemed_granted(db, apply_for, walk, front):
    walk(apply_for(at=MONDAY), (front, "minta_perbaikan", {"note": "Kurang."}), at=MONDAY)

    assert grant_overdue(db, now=MONDAY + timedelta(days=60)) == 0


def test_what_was_deemed_granted_is_signed_without_another_application(db, apply_for, walk, head):
    row = apply_for("SIP-DOKTER", at=MONDAY)
    later = MONDAY + timedelta(days=10)
    grant_overdue(db, now=later)

    walk(row, (head, "tandatangani"), at=later)
    assert row.berkas.state == "terbit"
    assert document_of(db, PERMIT, row.berkas_id).data["dianggap"] is True


# --------------------------------------------------------------------------------------------------------------- levy


def pay(db, row, deliver, at):
    one = bill_for(db, levies.LEVY, row.berkas_id)
    receive_payment(db, Arrival(one.kode_bayar, f"R{one.id}", one.amount, at, "va", "uji"), now=at)
    db.commit()
    deliver()
    db.expire_all()


def test_a_permit_with_a_fee_waits_for_its_payment_and_is_signed_only_after_it(db, apply_for, walk, front, surveyor, head, deliver, now):
    row = walk(apply_for("PBG"), (front, "lengkap"), at=now)
    assert steps_of(db, surveyor, row) >= {"rekomendasi_berbayar"}
    assert "rekomendasi" not in steps_of(db, surveyor, row)

    walk(row, (surveyor, "rekomendasi_berbayar"), at=now)
    assert (row.berkas.state, row.fee_amount, row.berkas.clock) == ("menunggu_bayar", 5_407_500, "pause")
    assert bill_for(db, levies.LEVY, row.berkas_id).amount == 5_407_500
    assert document_of(db, SKRD, row.berkas_id).status == "berlaku"

    pay(db, row, deliver, now + timedelta(days=1))
    assert (row.berkas.state, row.paid_at is not None) == ("draf_izin", True)
    walk(row, (front, "ajukan_ttd"), (head, "tandatangani"), at=now + timedelta(days=1))
    assert row.berkas.state == "terbit"


def test_being_told_of_a_payment_twice_changes_nothing(db, apply_for, walk, front, surveyor, deliver, now):
    row = walk(apply_for("PBG"), (front, "lengkap"), (surveyor, "rekomendasi_berbayar"), at=now)
    pay(db, row, deliver, now)
    version = row.berkas.version
    levies.hear_paid(db, row.bill_id, row.berkas_id, now, "NTPD")

    assert row.berkas.version == version


def test_measured_figures_count_for_the_levy(db, apply_for, walk, front, surveyor, now):
    row = walk(apply_for("PBG"), (front, "lengkap"), at=now)
    levies.measure(
        db,
        surveyor,
        row.berkas_id,
        {
            "fungsi": "hunian",
            "luas_lantai": "60",
            "jumlah_lantai": 1,
            "kompleksitas": "sederhana",
            "permanensi": "permanen",
            "kepemilikan": "perorangan",
            "kegiatan": "baru",
        },
    )

    assert row.data["luas_lantai"] == "200"
    walk(row, (surveyor, "rekomendasi_berbayar"), at=now)
    assert row.fee_amount == 270_000


def test_a_levy_that_was_set_is_not_measured_again(db, apply_for, walk, front, surveyor, now):
    row = walk(apply_for("PBG"), (front, "lengkap"), (surveyor, "rekomendasi_berbayar"), at=now)

    with pytest.raises((Conflict, PermissionRefused)):
        levies.measure(db, surveyor, row.berkas_id, {"luas_lantai": "60"})


def test_a_fee_of_nothing_needs_no_bill(db, apply_for, walk, front, undertaker, now):
    row = walk(apply_for("MAKAM", values={"kelas": "tidak_mampu"}), (front, "lengkap"), at=now)

    assert "rekomendasi" in steps_of(db, undertaker, row)
    assert "rekomendasi_berbayar" not in steps_of(db, undertaker, row)


def test_the_penalty_is_one_per_cent_for_each_month_begun(db, apply_for, walk, front, surveyor, now):
    row = walk(apply_for("PBG"), (front, "lengkap"), (surveyor, "rekomendasi_berbayar"), at=now)
    one = bill_for(db, levies.LEVY, row.berkas_id)

    assert levies.penalty(db, one, one.due) == 0
    assert levies.penalty(db, one, one.due + timedelta(days=1)) == 54_075
    assert levies.penalty(db, one, one.due + timedelta(days=4000)) == 24 * 54_075


# ------------------------------------------------------------------------------------------------------ decision, appeal


def test_a_signed_permit_has_a_number_by_the_pattern_of_its_type_and_a_paper(db, issued, now):
    row = issued()
    izin = db.scalar(select(Izin).where(Izin.berkas_id == row.berkas_id))

    assert izin.number == f"070/0001/PENELITIAN/{now.year}"
    assert document_of(db, PERMIT, row.berkas_id).number == izin.number
    assert izin.valid_until == date(2027, 4, 1)  # not longer than the research itself


def test_numbers_of_each_type_are_counted_for_themselves_without_gaps(db, issued):
    numbers = [db.scalar(select(Izin.number).where(Izin.berkas_id == issued().berkas_id)) for _n in range(3)]

    assert [number.split("/")[1] for number in numbers] == ["0001", "0002", "0003"]


def test_a_refusal_tells_its_reason_on_paper_and_may_be_appealed(db, apply_for, walk, front, researcher, head, resident, now):
    row = walk(apply_for(), (front, "lengkap"), (researcher, "tidak_rekomendasi", {"note": "Di luar wilayah."}), at=now)
    assert "ajukan_ttd" not in steps_of(db, front, row)

    walk(row, (head, "tolak", {"note": "Tempat penelitian di luar kabupaten."}), at=now)
    assert "di luar kabupaten" in " ".join(document_of(db, REFUSAL, row.berkas_id).data["alinea"])

    walk(row, (resident, "ajukan_keberatan", {"note": "Tempatnya di Anyar."}), at=now)
    walk(row, (head, "terima_keberatan", {"note": "Benar, di Anyar."}), (front, "ajukan_ttd"), (head, "tandatangani"), at=now)
    assert row.berkas.state == "terbit"


def test_an_appeal_after_its_days_is_refused(db, apply_for, walk, front, researcher, head, resident):
    row = walk(apply_for(at=MONDAY), (front, "lengkap"), (researcher, "tidak_rekomendasi", {"note": "Tidak."}), (head, "tolak", {"note": "Tidak."}), at=MONDAY)

    with pytest.raises(Conflict):
        move_berkas(db, resident, row.berkas_id, "ajukan_keberatan", note="Terlambat.", now=MONDAY + timedelta(days=45))


def test_revoking_ends_permit_and_paper_with_a_letter(db, issued, walk, head, now):
    row = walk(issued(), (head, "cabut", {"note": "Melanggar ketentuan."}), at=now)

    izin = db.scalar(select(Izin).where(Izin.berkas_id == row.berkas_id))
    assert (row.berkas.state, izin.status, izin.reason) == ("dicabut", "dicabut", "Melanggar ketentuan.")
    assert document_of(db, PERMIT, row.berkas_id).status == "dicabut"
    assert document_of(db, ENDING, row.berkas_id).status == "berlaku"


def test_a_front_officer_signs_nothing(db, apply_for, walk, front, researcher, now):
    row = walk(apply_for(), (front, "lengkap"), (researcher, "rekomendasi"), (front, "ajukan_ttd"), at=now)

    with pytest.raises(PermissionRefused):
        move_berkas(db, front, row.berkas_id, "tandatangani", now=now)


# ------------------------------------------------------------------------------------------------- renewal, change, end


def test_a_permit_is_renewed_from_its_day_on_and_the_new_paper_points_back(db, issued, apply_for, walk, front, researcher, head, resident, now):
    row = issued()
    izin = permits.own_permits(db, resident.account_id)[0]
    with pytest.raises(Conflict):
        apply_for("PENELITIAN", purpose="perpanjangan", izin=izin, at=now)

    late = calendar_for(db).at(izin.valid_until, calendar_for(db).close) - timedelta(days=3)
    new = apply_for("PENELITIAN", purpose="perpanjangan", izin=izin, at=late, values={"selesai": "2027-09-01"})
    walk(new, (front, "lengkap"), (researcher, "rekomendasi"), (front, "ajukan_ttd"), (head, "tandatangani"), at=late)

    again = db.scalar(select(Izin).where(Izin.berkas_id == new.berkas_id))
    assert (db.get(Izin, izin.id).status, again.replaces_id) == ("diganti", izin.id)
    assert document_of(db, PERMIT, row.berkas_id).status == "diganti"
    assert document_of(db, PERMIT, new.berkas_id).replaces_id == izin.document_id


def test_only_one_application_runs_for_a_permit(issued, apply_for, db, resident, now):
    issued()
    izin = permits.own_permits(db, resident.account_id)[0]
    apply_for("PENELITIAN", purpose="perubahan", izin=izin)

    with pytest.raises(Conflict):
        apply_for("PENELITIAN", purpose="pencabutan", izin=izin)


def test_a_holder_may_give_a_permit_back(db, issued, apply_for, walk, front, head, resident, now):
    issued()
    izin = permits.own_permits(db, resident.account_id)[0]
    row = walk(apply_for("PENELITIAN", purpose="pencabutan", izin=izin), (front, "lengkap_langsung"), (front, "ajukan_ttd"), (head, "tandatangani"), at=now)

    assert db.get(Izin, izin.id).status == "dicabut"
    assert document_of(db, ENDING, row.berkas_id).status == "berlaku"


def test_nobody_renews_the_permit_of_another(issued, apply_for, db, resident, people):
    issued()
    izin = permits.own_permits(db, resident.account_id)[0]

    with pytest.raises(InvalidInput):
        apply_for("PENELITIAN", actor=people.resident("Orang lain"), purpose="perubahan", izin=izin)


def test_a_doctor_has_at_most_three_places_of_practice(db, apply_for, walk, front, technician, head, now):
    for _n in range(3):
        walk(apply_for("SIP-DOKTER"), (front, "lengkap"), (technician, "rekomendasi"), (front, "ajukan_ttd"), (head, "tandatangani"), at=now)

    with pytest.raises(InvalidInput):
        apply_for("SIP-DOKTER")


def test_an_sip_holds_no_longer_than_five_years_and_the_str(db, apply_for, walk, front, technician, head, now):
    row = walk(
        apply_for("SIP-DOKTER", values={"str_berlaku_sampai": "2049-01-31"}),
        (front, "lengkap"),
        (technician, "rekomendasi"),
        (front, "ajukan_ttd"),
        (head, "tandatangani"),
        at=now,
    )
    izin = db.scalar(select(Izin).where(Izin.berkas_id == row.berkas_id))
    day = calendar_for(db).local(now).date()

    assert izin.valid_until == day.replace(year=day.year + 5) - timedelta(days=1)


def test_holders_are_reminded_once(db, issued, resident, deliver, now):
    issued()
    izin = permits.own_permits(db, resident.account_id)[0]
    near = calendar_for(db).at(izin.valid_until, calendar_for(db).close) - timedelta(days=10)

    assert (remind_holders(db, now=near), remind_holders(db, now=near)) == (1, 0)


# --------------------------------------------------------------------------------------------------------- inspection


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


# -------------------------------------------------------------------------------------------------------------- board


def test_the_board_tells_what_is_late_where_and_why(db, apply_for, walk, front, head):
    row = walk(apply_for(at=MONDAY), (front, "lengkap"), at=MONDAY)
    rows = board.running(db, head, now=MONDAY + timedelta(days=2))

    assert [late.row.berkas_id for late in rows] == [row.berkas_id]
    assert (rows[0].office, rows[0].over) == ("BAPPERIDA", 1)
    assert "lewat 1 hari" in rows[0].why


def test_a_citizen_does_not_see_the_board(db, resident, now):
    with pytest.raises(PermissionRefused):
        board.running(db, resident, now=now)
