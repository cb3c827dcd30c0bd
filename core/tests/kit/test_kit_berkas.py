"""A matter on its way: register numbers, steps, clock, timeline, tracking, satisfaction."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from pendopo.errors import DomainError, InvalidInput, PermissionRefused, SignInNeeded
from pendopo.identity import ANONYMOUS, as_system
from pendopo.kit import berkas as b
from pendopo.kit.berkas import clock, escalation
from pendopo.kit.berkas.models import Berkas, BerkasEvent, RegisterBook
from pendopo.kit.berkas.register import compose, luhn_digit, next_register, read_register
from pendopo.kit.berkas.workflow import as_data, from_data
from pendopo.live import LiveMessage
from pendopo.notifications.models import InboxMessage
from pendopo.outbox import OutboxRow

TUESDAY = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)  # 09.00 WIB


def open_one(db, kind, actor=ANONYMOUS, **more):
    return b.receive_berkas(db, actor, kind, **{"title": "Jalan berlubang", "register_code": "UJI", "now": TUESDAY, **more})


# ------------------------------------------------------------------------------------------------------------- register


@pytest.mark.parametrize(("digits", "check"), [("2026000001", 1), ("2026000123", 3), ("2026123456", 9)])
def test_check_digits_are_those_of_the_domain(digits, check):
    assert luhn_digit(digits) == check


@given(st.integers(2000, 2999), st.integers(1, 999_999), st.integers(0, 9), st.integers(0, 9))
def test_one_wrong_digit_is_always_found(year, number, place, other):
    register = compose("JLN", year, number)
    digits = f"{year}{number:06d}"
    if digits[place] == str(other):
        assert read_register(register) == register
        return
    wrong = digits[:place] + str(other) + digits[place + 1 :]
    assert read_register(f"JLN-{wrong[:4]}-{wrong[4:]}-{register[-1]}") is None


@given(st.text(max_size=40))
def test_any_text_can_be_typed_as_a_register(text):
    found = read_register(text)
    assert found is None or read_register(found) == found


def test_a_register_is_read_as_people_type_it():
    assert read_register(" jln 2026 000123 3") == "JLN-2026-000123-3"


def test_parallel_registers_have_no_gap_and_no_twin(portal):
    found, lock = [], threading.Lock()

    def take(n):
        for k in range(5):
            try:
                with portal.db.session() as db:
                    register = next_register(db, "JLN", 2026)
                    if (n + k) % 4 == 0:
                        raise RuntimeError("changed my mind")
            except RuntimeError:
                continue
            with lock:
                found.append(register)

    threads = [threading.Thread(target=take, args=(n,)) for n in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(found) == [compose("JLN", 2026, n + 1) for n in range(15)]
    with portal.db.session(write=False) as db:
        assert db.get(RegisterBook, ("JLN", 2026)).last == 15


# ---------------------------------------------------------------------------------------------------------------- opening


def test_a_matter_that_is_opened_quietly_is_told_to_no_officer(db, kind, resident, officer):
    verifier = officer("uji.verify", scope="regency")
    open_one(db, kind, resident, applicant_id=resident.account_id, quiet=True)
    told = set(db.scalars(select(InboxMessage.account_id)))
    assert resident.account_id in told and verifier.account_id not in told


def test_an_opened_matter_is_told_to_everyone_concerned(db, kind, resident, officer):
    verifier = officer("uji.verify", scope="regency")
    matter = open_one(db, kind, resident, applicant_id=resident.account_id, desa_code="36.04.30.2001")
    assert (matter.state, matter.is_open, matter.kecamatan_code) == ("diterima", True, "36.04.30")
    assert len(matter.pin) == 6
    assert matter.pin not in matter.pin_hash
    inbox = {m.account_id: m.subject for m in db.scalars(select(InboxMessage))}
    assert inbox[resident.account_id] == "Kami terima: Jalan berlubang"
    assert inbox[verifier.account_id] == "Di meja Anda: Jalan berlubang"
    assert {"berkas_moved"} == {row.target for row in db.scalars(select(OutboxRow).where(OutboxRow.kind == "fact"))}
    db.commit()
    topics = set(db.scalars(select(LiveMessage.topic)))
    assert {f"berkas:{matter.id}", "meja:0", f"berkas-saya:{resident.account_id}"} <= topics


def test_the_first_deadline_runs_from_the_kind(db, kind):
    matter = open_one(db, kind, now=datetime(2026, 5, 22, 3, 0, tzinfo=UTC))
    assert clock.calendar_for(db).local(matter.due_at).date() == date(2026, 5, 29)


# ----------------------------------------------------------------------------------------------------------------- moving


def test_a_step_goes_where_the_kind_says(db, kind, resident, officer):
    verifier = officer("uji.verify", scope="regency")
    matter = open_one(db, kind, resident, applicant_id=resident.account_id)
    b.move_berkas(db, verifier, matter.id, "verifikasi", note="Lengkap.", internal_note="Cek lapangan Kamis.", now=TUESDAY)
    assert matter.state == "diperiksa"
    lines = b.timeline(db, resident, matter)
    assert [line.title for line in lines] == ["Diterima", "Diperiksa"]
    assert lines[1].text == "Lengkap."
    assert lines[1].internal == ""
    assert b.timeline(db, verifier, matter)[1].internal == "Cek lapangan Kamis."
    assert "Diperiksa: Jalan berlubang" in set(db.scalars(select(InboxMessage.subject).where(InboxMessage.account_id == resident.account_id)))


def test_a_step_without_permission_is_refused(db, kind, resident, officer):
    matter = open_one(db, kind, resident, applicant_id=resident.account_id)
    for actor, refusal in ((resident, PermissionRefused), (officer("uji.lain"), PermissionRefused), (ANONYMOUS, SignInNeeded)):
        with pytest.raises(refusal):
            b.move_berkas(db, actor, matter.id, "verifikasi", now=TUESDAY)


def test_an_officer_of_another_opd_is_refused(db, kind, officer, people):
    dlh = people.opd("dlh")
    matter = open_one(db, kind, opd_id=dlh)
    with pytest.raises(PermissionRefused):
        b.move_berkas(db, officer("uji.verify", opd="dishub"), matter.id, "verifikasi", now=TUESDAY)


def test_a_step_that_does_not_go_from_here_is_refused(db, kind, officer):
    matter = open_one(db, kind)
    with pytest.raises(b.StepNotOpen):
        b.move_berkas(db, officer("uji.work", scope="regency"), matter.id, "selesaikan", note="x", now=TUESDAY)


def test_a_required_note_and_input_are_asked(db, kind, officer, people):
    boss = officer("uji.verify", "uji.work", scope="regency")
    matter = open_one(db, kind)
    with pytest.raises(b.NoteMissing) as missing:
        b.move_berkas(db, boss, matter.id, "tolak", note="  ", now=TUESDAY)
    assert missing.value.field == "note"
    b.move_berkas(db, boss, matter.id, "verifikasi", now=TUESDAY)
    with pytest.raises(InvalidInput) as missing:
        b.move_berkas(db, boss, matter.id, "teruskan", now=TUESDAY)
    assert missing.value.field == "opd"
    b.move_berkas(db, boss, matter.id, "teruskan", opd_id=people.opd("dlh"), now=TUESDAY)
    assert matter.opd_id == people.opd("dlh")


def test_what_the_page_showed_must_still_hold(db, kind, officer):
    boss = officer("uji.verify", scope="regency")
    matter = open_one(db, kind)
    seen = matter.version
    b.add_message(db, boss, matter.id, "Sebentar.", now=TUESDAY)
    with pytest.raises(b.BerkasMovedAlready):
        b.move_berkas(db, boss, matter.id, "verifikasi", expected_version=seen, now=TUESDAY)


def test_two_officers_at_once_do_not_both_win(portal, db, kind, officer):
    officers = [officer("uji.verify", scope="regency") for _ in range(4)]
    matter = open_one(db, kind)
    db.commit()
    results, barrier = [], threading.Barrier(len(officers))

    def move(actor):
        barrier.wait()
        try:
            with portal.db.session() as own:
                b.move_berkas(own, actor, matter.id, "verifikasi", now=TUESDAY)
            results.append("won")
        except DomainError as refusal:
            results.append(type(refusal).__name__)

    threads = [threading.Thread(target=move, args=(actor,)) for actor in officers]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(results).count("won") == 1
    assert set(results) <= {"won", "StepNotOpen", "BerkasMovedAlready"}
    with portal.db.session(write=False) as own:
        assert len(list(own.scalars(select(BerkasEvent).where(BerkasEvent.kind == "moved")))) == 1


def test_a_veto_is_shown_with_its_reason(db, kind, officer, monkeypatch, portal):
    monkeypatch.setattr(portal.host, "objections", lambda hook, **_: ["retribusi belum dibayar"])
    matter = open_one(db, kind)
    with pytest.raises(b.BerkasObjected) as refusal:
        b.move_berkas(db, officer("uji.verify", scope="regency"), matter.id, "verifikasi", now=TUESDAY)
    assert "retribusi belum dibayar" in refusal.value.sentence()


def test_a_running_matter_keeps_the_version_it_began_with(db, kind, next_version, officer):
    matter = open_one(db, kind)
    next_version()
    boss = officer("uji.verify", "uji.work", scope="regency")
    assert [t.slug for t in b.available_transitions(db, boss, matter)] == ["verifikasi", "tolak"]
    newer = open_one(db, next_version.kind)
    assert [t.slug for t in b.available_transitions(db, boss, newer)] == ["langsung"]
    b.move_berkas(db, boss, matter.id, "verifikasi", now=TUESDAY)
    assert matter.state == "diperiksa"


def test_a_stored_workflow_is_the_same_again(kind):
    assert from_data(as_data(kind), kind) == kind


def test_hooks_of_the_kind_may_refuse_inside_the_move(db, kind, officer):
    boss = officer("uji.verify", scope="regency")
    matter = open_one(db, kind)
    with pytest.raises(InvalidInput):
        b.move_berkas(db, boss, matter.id, "verifikasi", data={"alasan": "buruk"}, now=TUESDAY)


# ------------------------------------------------------------------------------------------------------------------ clock


def test_the_clock_pauses_and_goes_on(db, kind, officer):
    boss = officer("uji.verify", "uji.work", scope="regency")
    matter = open_one(db, kind)
    b.move_berkas(db, boss, matter.id, "verifikasi", now=TUESDAY)  # 10 working days: 31 March
    local = clock.calendar_for(db).local
    assert local(matter.due_at).date() == date(2026, 3, 31)
    b.move_berkas(db, boss, matter.id, "tanya", note="Mana fotonya?", now=TUESDAY + timedelta(days=1))
    assert matter.clock == "pause"
    b.move_berkas(db, boss, matter.id, "lanjut", now=TUESDAY + timedelta(days=6))  # Wednesday to Monday: 3 working days
    assert matter.clock == "run"
    assert local(matter.due_at).date() == date(2026, 4, 6)  # 3 and 5 April are free


def test_a_closed_matter_knows_whether_it_was_in_time(db, kind, officer):
    boss = officer("uji.verify", "uji.work", scope="regency")
    for late, expected in ((2, True), (60, False)):
        matter = open_one(db, kind)
        b.move_berkas(db, boss, matter.id, "verifikasi", now=TUESDAY)
        b.move_berkas(db, boss, matter.id, "selesaikan", note="Sudah.", now=TUESDAY + timedelta(days=late))
        assert b.was_in_time(matter) is expected
        assert matter.closed_at is not None


def test_deadlines_are_told_before_and_after_they_pass(db, kind, officer):
    verifier = officer("uji.verify", scope="regency")
    head = officer("uji.head", scope="regency")
    matter = open_one(db, kind, now=datetime(2026, 3, 10, 2, tzinfo=UTC))  # due Friday 13th, warned on Thursday 12th
    assert escalation.escalate(db, now=datetime(2026, 3, 11, 2, tzinfo=UTC)) == 0
    assert escalation.escalate(db, now=datetime(2026, 3, 12, 10, tzinfo=UTC)) == 1
    assert escalation.escalate(db, now=datetime(2026, 3, 12, 11, tzinfo=UTC)) == 0
    assert escalation.escalate(db, now=datetime(2026, 3, 13, 10, tzinfo=UTC)) == 1
    assert matter.escalation == 2
    subjects = {m.account_id: m.subject for m in db.scalars(select(InboxMessage).where(InboxMessage.topic == "berkas.tenggat").order_by(InboxMessage.id))}
    assert subjects == {verifier.account_id: "Tenggat lewat: Jalan berlubang", head.account_id: "Tenggat lewat: Jalan berlubang"}


def test_without_a_calendar_the_date_waits_and_nobody_is_refused(db, kind):
    from pendopo.kit.calendar import load_holidays

    matter = open_one(db, kind, now=datetime(2026, 12, 30, 3, tzinfo=UTC))
    assert matter.due_at is None
    load_holidays(db, "2027-01-01,libur,Tahun Baru")
    escalation.escalate(db, now=datetime(2026, 12, 30, 4, tzinfo=UTC))
    assert clock.calendar_for(db).local(matter.due_at).date() == date(2027, 1, 5)


# -------------------------------------------------------------------------------------------------------- talk, hand over


def test_messages_go_both_ways(db, kind, resident, officer):
    verifier = officer("uji.verify", scope="regency")
    matter = open_one(db, kind, resident, applicant_id=resident.account_id)
    b.add_message(db, resident, matter.id, "Kapan diperbaiki?", now=TUESDAY)
    b.add_message(db, verifier, matter.id, "Minggu depan.", now=TUESDAY)
    told = [(m.account_id, m.subject) for m in db.scalars(select(InboxMessage)) if m.subject.startswith("Pesan")]
    assert {account for account, _ in told} == {resident.account_id, verifier.account_id}
    assert [line.text for line in b.timeline(db, resident, matter) if line.kind == "message"] == ["Kapan diperbaiki?", "Minggu depan."]


def test_internal_notes_are_not_for_the_applicant(db, kind, resident, officer):
    matter = open_one(db, kind, resident, applicant_id=resident.account_id)
    b.add_internal_note(db, officer("uji.verify", scope="regency"), matter.id, "Pelapor sering melapor.", now=TUESDAY)
    assert [line.kind for line in b.timeline(db, resident, matter)] == ["opened"]
    with pytest.raises(PermissionRefused):
        b.add_internal_note(db, resident, matter.id, "x", now=TUESDAY)


def test_a_stranger_sees_nothing(db, kind, resident, people):
    matter = open_one(db, kind, resident, applicant_id=resident.account_id)
    with pytest.raises(PermissionRefused):
        b.get_berkas(db, people.resident(), matter.id)
    with pytest.raises(SignInNeeded):
        b.get_berkas(db, ANONYMOUS, matter.id)


def test_only_those_who_can_work_on_it_are_given_a_matter(db, kind, resident, officer):
    one, two = officer("uji.verify", scope="regency"), officer("uji.work", scope="regency")
    matter = open_one(db, kind)
    b.assign_officer(db, one, matter.id, two.account_id, now=TUESDAY)
    assert matter.officer_id == two.account_id
    with pytest.raises(InvalidInput):
        b.assign_officer(db, one, matter.id, resident.account_id, now=TUESDAY)


def test_disposisi_moves_the_matter_to_another_desk(db, kind, officer, people):
    boss = officer("uji.verify", scope="regency")
    there = officer("uji.work", opd="dlh")
    matter = open_one(db, kind, opd_id=people.opd("dpupr"))
    with pytest.raises(PermissionRefused):
        b.get_berkas(db, there, matter.id)
    b.send_to_opd(db, boss, matter.id, people.opd("dlh"), note="Mohon ditindaklanjuti.", now=TUESDAY)
    assert b.get_berkas(db, there, matter.id).opd_id == people.opd("dlh")
    db.commit()
    topics = set(db.scalars(select(LiveMessage.topic)))
    assert {f"meja:{people.opd('dpupr')}", f"meja:{people.opd('dlh')}"} <= topics


def test_disposisi_is_for_who_works_on_an_open_matter(db, kind, resident, officer, people):
    boss = officer("uji.verify", scope="regency")
    dlh = people.opd("dlh")
    matter = open_one(db, kind, resident, applicant_id=resident.account_id, opd_id=people.opd("dpupr"))
    for stranger in (resident, officer("uji.work", opd="dlh"), officer("core.see_berkas", scope="regency")):
        with pytest.raises(PermissionRefused):
            b.send_to_opd(db, stranger, matter.id, dlh, now=TUESDAY)
    for wrong in (people.opd("dpupr"), 999_999):
        with pytest.raises(InvalidInput):
            b.send_to_opd(db, boss, matter.id, wrong, now=TUESDAY)
    b.move_berkas(db, boss, matter.id, "tolak", note="Bukan di sini.", now=TUESDAY)
    with pytest.raises(b.StepNotOpen):
        b.send_to_opd(db, boss, matter.id, dlh, now=TUESDAY)


def test_satisfaction_is_asked_once_and_only_of_the_applicant(db, kind, resident, officer, people):
    boss = officer("uji.verify", "uji.work", scope="regency")
    matter = open_one(db, kind, resident, applicant_id=resident.account_id)
    with pytest.raises(b.StepNotOpen):
        b.rate(db, resident, matter.id, 4, now=TUESDAY)
    b.move_berkas(db, boss, matter.id, "tolak", note="Bukan di sini.", now=TUESDAY)
    with pytest.raises(PermissionRefused):
        b.rate(db, people.resident(), matter.id, 4, now=TUESDAY)
    b.rate(db, resident, matter.id, 3, "Cukup cepat", now=TUESDAY)
    with pytest.raises(b.AlreadyRated):
        b.rate(db, resident, matter.id, 4, now=TUESDAY)


def test_a_changed_line_of_the_timeline_is_found(db, kind, officer):
    boss = officer("uji.verify", scope="regency")
    matter = open_one(db, kind)
    b.move_berkas(db, boss, matter.id, "verifikasi", note="Lengkap.", now=TUESDAY)
    b.add_message(db, boss, matter.id, "Halo", now=TUESDAY)
    assert b.verify_timeline(db, matter.id)
    line = db.scalar(select(BerkasEvent).where(BerkasEvent.kind == "moved"))
    line.text = "Tidak lengkap."
    db.flush()
    assert not b.verify_timeline(db, matter.id)


def test_an_anonymous_reporter_is_named_nowhere(db, kind, resident, officer):
    boss = officer("uji.verify", scope="regency")
    matter = open_one(db, kind, resident, applicant_id=resident.account_id, anonymous=True)
    b.add_message(db, resident, matter.id, "Tolong.", now=TUESDAY)
    assert resident.name not in [line.who for line in b.timeline(db, boss, matter)]
    assert {e.actor_id for e in db.scalars(select(BerkasEvent))} == {None}


# --------------------------------------------------------------------------------------------------------------- tracking


def test_number_and_pin_belong_together(db, kind):
    matter, other = open_one(db, kind), open_one(db, kind)
    assert b.find_by_register(db, matter.register.lower(), matter.pin.lower(), now=TUESDAY).id == matter.id
    assert b.find_by_register(db, matter.register, other.pin, now=TUESDAY) is None
    assert b.find_by_register(db, "UJI-2026-999999-0", matter.pin, now=TUESDAY) is None


def test_five_wrong_pins_lock_the_number_for_an_hour(db, kind):
    matter = open_one(db, kind)
    for _ in range(5):
        assert b.find_by_register(db, matter.register, "XXXXXX", now=TUESDAY) is None
    with pytest.raises(b.PinLocked):
        b.find_by_register(db, matter.register, matter.pin, now=TUESDAY)
    assert b.find_by_register(db, matter.register, matter.pin, now=TUESDAY + timedelta(hours=2)) is not None


def test_the_system_may_move_and_says_so(db, kind):
    matter = open_one(db, kind)
    b.move_berkas(db, as_system("Uji"), matter.id, "verifikasi", now=TUESDAY)
    assert db.scalar(select(BerkasEvent.by).where(BerkasEvent.kind == "moved")) == "system"
    assert db.scalar(select(Berkas.state)) == "diperiksa"


def test_an_erased_person_leaves_the_record_but_not_their_name(portal, db, kind, resident):
    matter = open_one(db, kind, resident, applicant_id=resident.account_id)
    b.add_message(db, resident, matter.id, "Tolong.", now=TUESDAY)
    portal.host.tell("berkas", "person_erased", db=db, key="x", account_id=resident.account_id)
    db.expire_all()
    assert (matter.applicant_id, matter.anonymous) == (None, True)
    assert set(db.scalars(select(BerkasEvent.actor_name))) == {""}
    assert b.verify_timeline(db, matter.id)


def test_what_is_held_of_a_person_is_told(portal, db, kind, resident, people):
    matter = open_one(db, kind, resident, applicant_id=resident.account_id)
    b.add_message(db, resident, matter.id, "Tolong.", now=TUESDAY)
    b.add_message(db, as_system("Uji"), matter.id, "Dijawab.", now=TUESDAY)
    held = {item.title: item.rows for item in portal.host.call_each("personal_data", db=db, account_id=resident.account_id)}
    assert [row["register"] for row in held["Berkas Anda"]] == [matter.register]
    assert [row["text"] for row in held["Pesan dan catatan Anda pada berkas"]] == ["Tolong."]
    assert "Berkas Anda" not in {item.title for item in portal.host.call_each("personal_data", db=db, account_id=people.resident().account_id)}
