"""Receiving, routing, finishing, reopening, supporting: who may, when, and what follows."""

from datetime import UTC, datetime, timedelta

import pytest

from gawe_pelaporan import desk, jobs, keys, listing, privacy, reports
from gawe_pelaporan.models import Laporan
from gawe_pelaporan.reports import find_similar
from gawe_pelaporan.shown import public_timeline
from pendopo import Conflict, InvalidInput, NotFound, PermissionRefused, SignInNeeded, TooMany
from pendopo.identity import ANONYMOUS, as_system
from pendopo.kit import throttle
from pendopo.kit.attachments import attachments_of, store_bytes
from pendopo.kit.berkas import move_berkas, read_register, timeline
from pendopo.kit.calendar import calendar_for

FRIDAY = datetime(2026, 5, 22, 3, 0, tzinfo=UTC)


@pytest.fixture
def forwarded(db, receive, verifier, now):
    def make(**changes):
        laporan = receive(**changes)
        move_berkas(db, verifier, laporan.berkas_id, "disposisi", now=changes.get("at") or now)
        return laporan

    return make


@pytest.fixture
def photo(db, picture):
    def make(actor, owner="draf", ref=None):
        return store_bytes(db, actor, picture, "foto.jpg", owner=owner, ref=ref)

    return make


@pytest.fixture
def finished(db, forwarded, roadworker, photo, now):
    def make(at=None, **changes):
        at = at or now
        laporan = forwarded(at=at, **changes)
        move_berkas(db, roadworker, laporan.berkas_id, "terima", now=at)
        move_berkas(db, roadworker, laporan.berkas_id, "selesaikan", note="Sudah ditambal.", attachments=[photo(roadworker)], now=at)
        return laporan

    return make


def test_a_report_gets_a_register_number_of_its_category_and_a_pin(receive):
    laporan = receive()

    assert laporan.berkas.register.startswith("JLN-2026-")
    assert read_register(laporan.berkas.register) == laporan.berkas.register
    assert len(laporan.berkas.pin) == 6


def test_the_desa_is_found_from_the_point(receive):
    assert receive().desa_code.startswith("36.04.30.")


def test_a_point_far_away_is_refused(receive):
    with pytest.raises(InvalidInput):
        receive(lat=-6.9, lon=107.6)


def test_verification_is_due_after_three_working_days(db, receive):
    laporan = receive(at=FRIDAY)

    assert calendar_for(db).local(laporan.berkas.due_at).date().isoformat() == "2026-05-29"


def test_forwarding_goes_to_the_office_of_the_category_and_starts_the_class_clock(db, receive, verifier, offices):
    laporan = receive(at=FRIDAY)
    move_berkas(db, verifier, laporan.berkas_id, "disposisi", now=FRIDAY + timedelta(hours=2))

    assert laporan.berkas.opd_id == offices["dpupr"]
    assert calendar_for(db).local(laporan.class_due_at).date().isoformat() == "2026-06-17"
    assert laporan.berkas.due_at == laporan.class_due_at


def test_another_class_has_another_deadline(db, receive, verifier):
    laporan = receive(at=FRIDAY)
    move_berkas(db, verifier, laporan.berkas_id, "disposisi", data={"kelas": "informasi"}, now=FRIDAY)

    assert calendar_for(db).local(laporan.class_due_at).date().isoformat() == "2026-06-03"


def test_an_unknown_class_is_refused(db, receive, verifier, now):
    laporan = receive()

    with pytest.raises(InvalidInput):
        move_berkas(db, verifier, laporan.berkas_id, "disposisi", data={"kelas": "gaib"}, now=now)


def test_a_report_is_public_only_after_it_was_forwarded(db, receive, verifier, now):
    laporan = receive()
    with pytest.raises(NotFound):
        reports.get_public(db, laporan.berkas_id)

    move_berkas(db, verifier, laporan.berkas_id, "disposisi", now=now)

    assert reports.get_public(db, laporan.berkas_id) is laporan


def test_personal_data_are_hidden_when_a_report_is_published(forwarded):
    laporan = forwarded(description="Hubungi saya di 0812-3456-7890, NIK 3604301708950000, jalan rusak parah.")

    assert "0812" not in laporan.public_text
    assert "3604" not in laporan.public_text
    assert "0812" in laporan.description


def test_a_resident_may_not_verify(db, receive, resident, now):
    laporan = receive()

    with pytest.raises(PermissionRefused):
        move_berkas(db, resident, laporan.berkas_id, "disposisi", now=now)


def test_an_officer_of_another_office_may_not_accept(db, forwarded, people, now):
    laporan = forwarded()
    stranger = people.officer("pelaporan.handle", opd="dlh")

    with pytest.raises(PermissionRefused):
        move_berkas(db, stranger, laporan.berkas_id, "terima", now=now)


def test_finishing_needs_a_photo(db, forwarded, roadworker, now):
    laporan = forwarded()
    move_berkas(db, roadworker, laporan.berkas_id, "terima", now=now)

    with pytest.raises(InvalidInput) as refused:
        move_berkas(db, roadworker, laporan.berkas_id, "selesaikan", note="Sudah.", now=now)
    assert refused.value.field == "attachments"


def test_a_complaint_in_the_field_is_not_finished_by_words(db, forwarded, roadworker, now):
    laporan = forwarded()
    move_berkas(db, roadworker, laporan.berkas_id, "terima", now=now)

    with pytest.raises(InvalidInput):
        move_berkas(db, roadworker, laporan.berkas_id, "jawab", note="Akan dicek.", now=now)


def test_a_question_is_finished_by_an_answer(db, receive, verifier, roadworker, now):
    laporan = receive()
    move_berkas(db, verifier, laporan.berkas_id, "disposisi", data={"kelas": "informasi"}, now=now)
    move_berkas(db, roadworker, laporan.berkas_id, "terima", now=now)
    move_berkas(db, roadworker, laporan.berkas_id, "jawab", note="Dikerjakan bulan depan.", now=now)

    assert laporan.berkas.state == "selesai_menurut_opd"
    assert laporan.answered_at == laporan.finished_at == now


def test_photos_of_a_step_in_the_field_become_public(db, finished, deliver):
    laporan = finished()
    deliver()

    ((row, files),) = desk.follow_ups(db, laporan.berkas_id)
    assert (row.kind, row.note, len(files)) == ("pekerjaan", "Sudah ditambal.", 1)


def test_the_sender_confirms_and_the_report_is_closed(db, finished, resident, now):
    laporan = finished()
    move_berkas(db, resident, laporan.berkas_id, "konfirmasi", now=now)

    assert (laporan.berkas.state, laporan.berkas.is_open) == ("dikonfirmasi_pelapor", False)


def test_reopening_goes_to_the_same_office_first_and_then_to_the_inspektorat(db, finished, resident, roadworker, offices, photo, now):
    laporan = finished()
    move_berkas(db, resident, laporan.berkas_id, "buka_kembali", note="Masih berlubang.", now=now)
    assert (laporan.berkas.opd_id, laporan.reopened, laporan.finished_at) == (offices["dpupr"], 1, None)

    move_berkas(db, roadworker, laporan.berkas_id, "terima", now=now)
    move_berkas(db, roadworker, laporan.berkas_id, "selesaikan", note="Ditambal lagi.", attachments=[photo(roadworker)], now=now)
    move_berkas(db, resident, laporan.berkas_id, "buka_kembali", note="Tetap berlubang.", now=now)

    assert (laporan.berkas.opd_id, laporan.reopened) == (offices["inspektorat"], 2)


def test_reopening_after_its_days_is_refused(db, finished, resident):
    laporan = finished(at=FRIDAY)

    with pytest.raises(Conflict):
        move_berkas(db, resident, laporan.berkas_id, "buka_kembali", note="Rusak lagi.", now=FRIDAY + timedelta(days=40))


def test_what_nobody_contradicts_is_closed_after_ten_working_days(db, finished):
    laporan = finished(at=FRIDAY)

    assert jobs.close_settled(db, now=FRIDAY + timedelta(days=12)) == 0
    assert jobs.close_settled(db, now=FRIDAY + timedelta(days=30)) == 1
    assert laporan.berkas.state == "ditutup"


def test_what_is_not_completed_is_dropped_after_thirty_days(db, receive, verifier, now):
    laporan = receive()
    move_berkas(db, verifier, laporan.berkas_id, "minta_lengkapi", note="Sebutkan nama jalannya.", now=now)
    assert laporan.berkas.clock == "pause"

    assert jobs.drop_incomplete(db, now=now + timedelta(days=29)) == 0
    assert jobs.drop_incomplete(db, now=now + timedelta(days=31)) == 1
    assert laporan.berkas.state == "ditutup"


def test_a_report_for_others_is_forwarded_outside_and_stays_open(db, receive, verifier, offices, now):
    laporan = receive()
    move_berkas(db, verifier, laporan.berkas_id, "teruskan_luar", data={"forwarded_to": "BBPJN Banten", "sp4n_id": "SP4N-1"}, now=now)

    assert (laporan.berkas.state, laporan.berkas.is_open, laporan.forwarded_to) == ("diteruskan_eksternal", True, "BBPJN Banten")
    assert laporan.berkas.opd_id == offices["diskominfo"]


def test_a_national_number_is_used_once(db, receive, verifier, now):
    first, second = receive(), receive()
    move_berkas(db, verifier, first.berkas_id, "teruskan_luar", data={"forwarded_to": "BBPJN", "sp4n_id": "SP4N-1"}, now=now)

    with pytest.raises(Conflict):
        move_berkas(db, verifier, second.berkas_id, "teruskan_luar", data={"forwarded_to": "BBPJN", "sp4n_id": "SP4N-1"}, now=now)


def test_budgeting_tells_year_and_reference_and_stops_the_clock(db, forwarded, roadworker, now):
    laporan = forwarded()
    for step in ("terima", "survei"):
        move_berkas(db, roadworker, laporan.berkas_id, step, now=now)
    with pytest.raises(InvalidInput), db.begin_nested():
        move_berkas(db, roadworker, laporan.berkas_id, "anggarkan", note="Perlu dana.", data={"budget_year": 2024, "budget_ref": "RKPD"}, now=now)
    db.expire_all()
    move_berkas(db, roadworker, laporan.berkas_id, "anggarkan", note="Perlu dana.", data={"budget_year": 2027, "budget_ref": "RKPD 2027"}, now=now)

    assert (laporan.budget_year, laporan.budget_ref, laporan.berkas.clock) == (2027, "RKPD 2027", "stop")
    assert laporan.berkas.is_open


def test_merging_makes_the_sender_a_supporter_of_the_first(db, forwarded, receive, people, verifier, now):
    first = forwarded()
    other = people.resident("Ani Contoh")
    second = receive(actor=other)
    move_berkas(db, verifier, second.berkas_id, "gabung", data={"duplicate_of": first.berkas.register}, now=now)

    db.refresh(first)
    assert (second.berkas.state, second.duplicate_of, first.supports) == ("duplikat", first.berkas_id, 1)


def test_merging_with_itself_or_nothing_is_refused(db, receive, verifier, now):
    laporan = receive()

    for register in (laporan.berkas.register, "JLN-2026-999999-9", "bukan nomor"):
        with pytest.raises(InvalidInput) as refused, db.begin_nested():
            move_berkas(db, verifier, laporan.berkas_id, "gabung", data={"duplicate_of": register}, now=now)
        assert refused.value.field == "duplicate_of"


def test_similar_reports_are_same_in_category_near_recent_and_public(db, forwarded, receive, now):
    public = forwarded()
    receive()
    forwarded(service_code="PJU-MTI", road=None)
    forwarded(private=True)

    assert [s.laporan.berkas_id for s in find_similar(db, "JLN-RSK", -6.0804, 105.925, now=now)] == [public.berkas_id]
    assert find_similar(db, "JLN-RSK", -6.082, 105.925, now=now) == []
    assert find_similar(db, "JLN-RSK", -6.08, 105.925, now=now + timedelta(days=31)) == []


def test_support_counts_once_and_raises_the_priority(db, forwarded, people, now):
    laporan = forwarded(school_route=True)
    assert laporan.priority == 3
    friends = [people.resident(f"Warga {n}") for n in range(20)]
    for friend in friends:
        reports.support(db, friend, laporan.berkas_id, now=now)
        reports.support(db, friend, laporan.berkas_id, now=now)

    assert (laporan.supports, laporan.priority) == (20, 2)


def test_support_is_withdrawn(db, forwarded, people, now):
    laporan = forwarded()
    friend = people.resident("Ani Contoh")
    reports.support(db, friend, laporan.berkas_id, now=now)
    reports.withdraw_support(db, friend, laporan.berkas_id)

    assert laporan.supports == 0


def test_nobody_supports_their_own_report_or_without_an_account(db, forwarded, resident, now):
    laporan = forwarded()

    with pytest.raises(Conflict):
        reports.support(db, resident, laporan.berkas_id, now=now)
    with pytest.raises(SignInNeeded):
        reports.support(db, ANONYMOUS, laporan.berkas_id, now=now)


def test_a_comment_with_personal_data_is_refused(db, forwarded, people, now):
    laporan = forwarded()

    with pytest.raises(InvalidInput):
        reports.comment(db, people.resident(), laporan.berkas_id, "telepon saya 081234567890", now=now)


def test_a_second_comment_replaces_the_first(db, forwarded, people, now):
    laporan = forwarded()
    friend = people.resident()
    reports.comment(db, friend, laporan.berkas_id, "Betul, parah.", now=now)
    reports.comment(db, friend, laporan.berkas_id, "Sudah agak baik.", now=now)

    assert [c.text for c in reports.comments_of(db, laporan.berkas_id)] == ["Sudah agak baik."]


def test_a_hidden_comment_is_gone_for_everyone_else(db, forwarded, people, verifier, now):
    laporan = forwarded()
    row = reports.comment(db, people.resident(), laporan.berkas_id, "Kata kasar", now=now)
    reports.hide_comment(db, verifier, row.id, now=now)

    assert reports.comments_of(db, laporan.berkas_id) == []
    with pytest.raises(PermissionRefused):
        reports.hide_comment(db, people.resident(), row.id, now=now)


def test_an_urgent_report_bypasses_the_queue_and_is_due_within_the_hour(db, receive, roadworker, offices, now):
    laporan = receive(urgent=True)

    assert (laporan.berkas.state, laporan.berkas.opd_id, laporan.priority) == ("didisposisi", offices["dpupr"], 1)
    assert laporan.berkas.due_at == now + timedelta(hours=1)


def test_only_categories_with_danger_can_be_urgent(receive):
    assert receive(service_code="PLY-PBL", road=None, urgent=True).urgent is False


def test_unsigned_reports_are_limited_for_each_address(db, now):
    throttle.forget_cache()
    for _n in range(5):
        reports.check_unsigned(db, ANONYMOUS, "192.0.2.1")
    with pytest.raises(TooMany):
        reports.check_unsigned(db, ANONYMOUS, "192.0.2.1")
    reports.check_unsigned(db, ANONYMOUS, "192.0.2.2")
    throttle.forget_cache()


def test_the_public_timeline_never_tells_who_wrote_or_what(db, finished, resident, now):
    laporan = finished()
    move_berkas(db, resident, laporan.berkas_id, "buka_kembali", note="Rumah saya nomor 5 masih banjir", now=now)
    shown = public_timeline(db, laporan)

    assert all(resident.name not in entry.who for entry in shown)
    assert all("nomor 5" not in entry.text for entry in shown)
    assert any("ditambal" in entry.text for entry in shown)


def test_the_photos_of_a_private_report_are_for_its_two_sides(db, receive, resident, roadworker, people, verifier, photo, now):
    from gawe_pelaporan.cards import may_see_photo

    laporan = receive(private=True, photos=[photo(resident)])
    move_berkas(db, verifier, laporan.berkas_id, "disposisi", now=now)

    def seen(who):
        return may_see_photo(db, reports.OWNER, laporan.berkas_id, who)

    assert attachments_of(db, reports.OWNER, laporan.berkas_id)
    assert seen(resident)
    assert seen(roadworker)
    assert not seen(people.resident("Orang lain"))
    assert not seen(ANONYMOUS)


def test_a_follow_up_is_written_by_the_office_alone(db, forwarded, roadworker, resident, people, now):
    laporan = forwarded()
    desk.add_follow_up(db, roadworker, laporan.berkas_id, kind="survei", note="Diukur 1,5 km.", volume="1,5 km", now=now)

    assert laporan.answered_at == now
    for stranger in (resident, people.officer("pelaporan.handle", "pelaporan.read", opd="dlh")):
        with pytest.raises(PermissionRefused):
            desk.add_follow_up(db, stranger, laporan.berkas_id, kind="survei", note="Bukan tugas saya.", now=now)


def test_a_report_goes_to_the_letter_register_once_and_its_news_comes_back(db, forwarded, head, now):
    laporan = forwarded()
    desk.send_to_letters(db, head, laporan.berkas_id, derajat="segera", summary="Jalan rusak di depan pasar, mohon arahan.", now=now)
    with pytest.raises(Conflict):
        desk.send_to_letters(db, head, laporan.berkas_id, derajat="segera", summary="Jalan rusak di depan pasar.", now=now)

    desk.hear_of_letter(db, laporan.berkas_id, "selesai", "Dijadwalkan minggu depan.", now)

    assert laporan.letter == "selesai"
    assert any("Dijadwalkan minggu depan." in entry.internal for entry in timeline(db, as_system("uji"), laporan.berkas))


def test_an_officer_without_that_permission_sends_no_letter(db, forwarded, roadworker, now):
    with pytest.raises(PermissionRefused):
        desk.send_to_letters(db, roadworker, forwarded().berkas_id, derajat="biasa", summary="Ringkasan untuk pimpinan.", now=now)


def test_the_radio_is_asked_only_for_verified_dangers(db, receive, forwarded, verifier, now):
    with pytest.raises(Conflict):
        desk.ask_radio(db, verifier, forwarded().berkas_id, now=now)

    urgent = receive(urgent=True)
    desk.ask_radio(db, verifier, urgent.berkas_id, now=now)
    with pytest.raises(Conflict):
        desk.ask_radio(db, verifier, urgent.berkas_id, now=now)


def test_an_office_sees_its_own_reports(db, forwarded, roadworker, people, now):
    laporan = forwarded()
    other = people.officer("pelaporan.read", opd="dlh")

    def seen(actor):
        return [row.berkas_id for row in db.scalars(listing.staff_reports(actor, listing.Filters(), now=now))]

    assert seen(roadworker) == [laporan.berkas_id]
    assert seen(other) == []


@pytest.mark.parametrize(("query", "found"), [("pasar", 1), ("PASAR depan", 1), ("gunung", 0), ("100%", 0), ("_", 0)])
def test_words_find_reports_as_letters_not_as_patterns(db, forwarded, query, found):
    forwarded()

    assert len(db.scalars(listing.public_reports(listing.Filters(text=query))).all()) == found


def test_a_private_report_is_not_found_by_its_words(db, forwarded):
    laporan = forwarded(private=True)

    assert db.scalars(listing.public_reports(listing.Filters(text="pasar"))).all() == []
    assert db.scalars(listing.public_reports(listing.Filters(text=laporan.berkas.register))).all() == [laporan]


def test_a_key_is_kept_as_a_hash_and_can_be_revoked(db, verifier, roadworker, now):
    row, key = keys.make_key(db, verifier, "Aplikasi warga", "dev@contoh.id", now=now)

    assert key not in (row.key_hash, row.start)
    assert keys.find_key(db, key, now=now) is row
    keys.revoke_key(db, verifier, row.id, now=now)
    assert keys.find_key(db, key, now=now) is None
    with pytest.raises(PermissionRefused):
        keys.make_key(db, roadworker, "Lain", "x@contoh.id", now=now)


def test_a_person_is_exported_and_forgotten(db, forwarded, people, resident, now):
    laporan = forwarded()
    friend = people.resident("Ani Contoh")
    reports.support(db, friend, laporan.berkas_id, now=now)
    reports.comment(db, friend, laporan.berkas_id, "Saya juga lewat sini.", now=now)

    assert len(privacy.held_of(db, friend.account_id)) == 2
    assert len(privacy.held_of(db, resident.account_id)) == 1
    privacy.forget(db, friend.account_id)
    db.expire_all()
    assert privacy.held_of(db, friend.account_id) == []
    assert db.get(Laporan, laporan.berkas_id).supports == 0
