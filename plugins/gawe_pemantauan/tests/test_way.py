"""From desk to desk: flags, confirmations, visits, refusals; and the short way after a disaster."""

from datetime import date, timedelta

import pytest

from gawe_pemantauan import flags, listing, proposals, work
from gawe_pemantauan.rules import Visit
from gawe_pemantauan.steps import ChecklistOpen, FlagsOpen, VisitMissing
from pendopo import Conflict, InvalidInput, PermissionRefused
from pendopo.kit.berkas import add_message, move_berkas

OTHER_NIK = "3604305708950001"


def test_the_same_account_and_the_same_chair_flag_both_sides(db, make_body, send, flagged):
    one = send(body=make_body())
    two = send(body=make_body(name="Musala Al-Hidayah Anyar"))

    assert set(flagged(one.berkas_id)) == set(flagged(two.berkas_id)) == {"rekening_sama", "ketua_sama"}


def test_a_refused_rival_is_no_rival_any_more(db, make_body, send, go, kesra, now):
    one = send(body=make_body())
    two = send(body=make_body(name="Musala Al-Hidayah Anyar"))
    go(two, "konfirmasi_camat")
    move_berkas(db, kesra, two.berkas_id, "tolak_administrasi", data={"reason": "ganda"}, now=now)

    assert flags.open_count(db, one.berkas_id) == 0


def test_one_family_asking_twice_is_flagged(db, make_program, send, now, person, flagged):
    bansos = make_program("bansos_terencana")
    one = send(to=bansos, person=person(), rab=(), asked=2_000_000)
    two = send(to=bansos, person=person("Budi Contoh", OTHER_NIK), rab=(), asked=2_000_000)

    assert flagged(one.berkas_id) == flagged(two.berkas_id) == ["kk_sama"]


def test_a_repeated_recipient_is_flagged(db, make_program, make_body, send, go, granted, flagged):
    body = make_body()
    granted(2026, body)
    again = send(to=make_program(paid_year=2028), body=body)

    assert flagged(again.berkas_id) == ["penerima_berulang"]


def test_a_young_body_is_flagged(db, make_body, send, flagged):
    assert flagged(send(body=make_body(founded_on=date(2026, 1, 1))).berkas_id) == ["lembaga_muda"]


def test_nothing_is_recommended_before_its_flags_were_looked_at(db, make_body, send, go, kesra, now):
    proposal = send(body=make_body(founded_on=date(2026, 1, 1)))
    go(proposal, "mulai_lapangan")
    with pytest.raises(FlagsOpen), db.begin_nested():
        go(proposal, "rekomendasikan")

    flag = flags.flags_of(db, proposal.berkas_id)[0]
    flags.clear_flag(db, kesra, flag.id, "Akta lama ditunjukkan di lokasi.", now=now)
    assert go(proposal, "rekomendasikan").score == 100
    with pytest.raises(Conflict), db.begin_nested():
        flags.clear_flag(db, kesra, flag.id, "Akta lama ditunjukkan di lokasi.", now=now)


def test_a_flag_is_cleared_by_officers_only_and_with_words(db, make_body, send, resident, kesra, now):
    proposal = send(body=make_body(founded_on=date(2026, 1, 1)))
    flag = flags.flags_of(db, proposal.berkas_id)[0]
    with pytest.raises(PermissionRefused), db.begin_nested():
        flags.clear_flag(db, resident, flag.id, "Saya sendiri yang memeriksa.", now=now)
    with pytest.raises(InvalidInput), db.begin_nested():
        flags.clear_flag(db, kesra, flag.id, "ok", now=now)


def test_desa_and_camat_are_two_people(db, send, people, offices, now):
    both = people.officer("pemantauan.confirm_desa", "pemantauan.confirm_camat", opd="kec_anyar")
    proposal = send()
    move_berkas(db, both, proposal.berkas_id, "konfirmasi_desa", data={"confirmed": "ya"}, now=now)
    with pytest.raises(Conflict), db.begin_nested():
        move_berkas(db, both, proposal.berkas_id, "konfirmasi_camat", data={"confirmed": "ya"}, now=now)


def test_another_kecamatan_may_not_confirm(db, send, people, now):
    people.opd("kec_lain", "Kecamatan Lain")
    stranger = people.officer("pemantauan.confirm_desa", opd="kec_lain")
    with pytest.raises(PermissionRefused), db.begin_nested():
        move_berkas(db, stranger, send().berkas_id, "konfirmasi_desa", data={"confirmed": "ya"}, now=now)


def test_a_desa_that_denies_does_not_refuse_but_flags(db, send, village, now, flagged):
    proposal = send()
    move_berkas(db, village, proposal.berkas_id, "konfirmasi_desa", note="Tidak dikenal di sini.", data={"confirmed": "tidak"}, now=now)

    assert (proposal.berkas.state, proposal.desa_confirmed) == ("konfirmasi_camat", False)
    assert flagged(proposal.berkas_id) == ["tidak_dikonfirmasi"]


def test_disposition_needs_the_whole_check_list(db, send, go, kesra, now):
    proposal = send()
    go(proposal, "konfirmasi_camat")
    work.check_papers(db, kesra, proposal.berkas_id, {"surat": "ok", "rab_cocok": "kurang"})
    with pytest.raises(ChecklistOpen), db.begin_nested():
        move_berkas(db, kesra, proposal.berkas_id, "disposisi", now=now)


def test_a_recommendation_needs_a_visit_that_found_it(db, send, go, kesra, now):
    proposal = send()
    go(proposal, "mulai_lapangan")
    with pytest.raises(VisitMissing), db.begin_nested():
        move_berkas(db, kesra, proposal.berkas_id, "rekomendasikan", now=now)

    work.add_visit(db, kesra, proposal.berkas_id, work.NewVisit(Visit(True, False, True, True), "Bangunan kosong.", now), now=now)
    with pytest.raises(VisitMissing), db.begin_nested():
        move_berkas(db, kesra, proposal.berkas_id, "rekomendasikan", now=now)


def test_a_visit_sent_twice_is_kept_once(db, send, go, kesra, now):
    proposal = send()
    go(proposal, "mulai_lapangan")
    new = work.NewVisit(Visit(True, True, True, True), "Objek ada dan dipakai.", now, client_key="perangkat-1")

    assert work.add_visit(db, kesra, proposal.berkas_id, new, now=now).id == work.add_visit(db, kesra, proposal.berkas_id, new, now=now).id
    assert len(work.visits_of(db, proposal.berkas_id)) == 1


def test_a_visit_far_from_the_place_is_flagged(db, send, go, kesra, now, flagged):
    proposal = send()
    go(proposal, "mulai_lapangan")
    work.add_visit(db, kesra, proposal.berkas_id, work.NewVisit(Visit(True, True, True, True), "Objek ada dan dipakai.", now, -6.08, 105.92), now=now)

    assert flagged(proposal.berkas_id) == ["jauh_dari_titik"]


def test_word_of_the_office_ends_the_silence_and_the_applicants_own_does_not(db, send, go, kesra, resident, now):
    proposal = go(send(), "masukkan_anggaran")
    later = now + timedelta(days=35)
    silent = listing.proposals(db, kesra, listing.Filters(silent=True), now=later)
    assert listing.silence(db, proposal.berkas, later)[1]
    assert db.scalars(silent).unique().all() == [proposal]

    add_message(db, resident, proposal.berkas_id, "Bagaimana kabarnya?", now=later - timedelta(days=1))
    assert listing.silence(db, proposal.berkas, later)[1]
    assert work.tell_many(db, kesra, [proposal.berkas_id, 0], "RAPBD sedang dibahas DPRD.", now=later - timedelta(days=1)) == 1
    assert listing.silence(db, proposal.berkas, later) == (1, False)
    assert db.scalars(silent).unique().all() == []


def test_a_refusal_has_a_reason_of_the_list(db, send, go, kesra, now):
    proposal = send()
    go(proposal, "konfirmasi_camat")
    with pytest.raises(InvalidInput), db.begin_nested():
        move_berkas(db, kesra, proposal.berkas_id, "tolak_administrasi", data={"reason": "tidak suka"}, now=now)

    move_berkas(db, kesra, proposal.berkas_id, "tolak_administrasi", data={"reason": "tidak_lengkap"}, now=now)
    assert (proposal.refusal, proposal.berkas.is_open) == ("tidak_lengkap", False)


@pytest.fixture
def emergency(db, make_program, village, offices, new_proposal, now, person):
    program = make_program("bansos_tak_terencana", paid_year=now.year, opd_id=offices["bpbd"])
    new = new_proposal(person=person(), rab=(), asked=3_000_000, title="Rumah terbakar di Kampung Sawah", cause="kebakaran")
    return proposals.report_emergency(db, village, program.id, new, now=now)


def test_a_disaster_goes_from_the_desa_to_the_money(db, emergency, camat, kesra, offices, now):
    assert (emergency.berkas.state, (emergency.berkas.due_at - now).days) == ("dilaporkan", 7)
    move_berkas(db, camat, emergency.berkas_id, "sahkan_camat", data={"confirmed": "ya"}, now=now)
    assert emergency.berkas.opd_id == offices["bpbd"]
    work.add_visit(db, kesra, emergency.berkas_id, work.NewVisit(Visit(True, True, False, True), "Rumah habis terbakar.", now), now=now)
    move_berkas(db, kesra, emergency.berkas_id, "selesai_asesmen", now=now)
    move_berkas(db, kesra, emergency.berkas_id, "tetapkan", data={"sk_number": "400/Kep.9/2026", "sk_date": now.date()}, now=now)
    move_berkas(db, kesra, emergency.berkas_id, "cairkan", data={"sp2d": "9/SP2D", "paid_on": now.date()}, now=now)

    assert (emergency.berkas.state, emergency.paid, emergency.lpj_due_on) == ("selesai", 3_000_000, None)


def test_only_a_desa_reports_a_disaster(db, make_program, resident, offices, new_proposal, now, person):
    program = make_program("bansos_tak_terencana", paid_year=now.year)
    with pytest.raises(PermissionRefused), db.begin_nested():
        proposals.report_emergency(db, resident, program.id, new_proposal(person=person(), rab=(), asked=1_000_000, cause="banjir"), now=now)
