"""From the proposal to the last rupiah: what is accepted, refused, flagged, determined, paid and returned."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from gawe_pemantauan import flags, issued, jobs, lembaga, privacy, programs, proposals, public, rules, secret, work
from gawe_pemantauan.models import Individu, Lpj, Penetapan, Program, Proposal
from gawe_pemantauan.rules import Visit
from gawe_pemantauan.steps import ChecklistOpen, FlagsOpen, RestNotReturned, VisitMissing
from pendopo import Conflict, InvalidInput, PermissionRefused, SignInNeeded
from pendopo.identity import ANONYMOUS, Account
from pendopo.kit.berkas import move_berkas
from pendopo.kit.documents import document_bytes
from pendopo.kit.settings import set_value

ASKED, DESA, NIK, OTHER_NIK = 11_590_000, "36.04.30.2001", "3604301708950001", "3604305708950001"

PAID = datetime(2027, 3, 5, 3, 0, tzinfo=UTC)
KK = "3604301708951234"


def person(name="Siti Contoh", nik=NIK, kk=KK):
    return proposals.Person(name, nik, kk)


def rows(db, kind):
    return [flag.kind for flag in db.scalars(select(flags.Tanda).where(flags.Tanda.berkas_id == kind))]


# ------------------------------------------------------------------------------------------------------------- sending


def test_a_proposal_gets_a_number_and_waits_at_the_desa(send, offices):
    proposal = send()

    assert proposal.berkas.register.startswith("HBH-2026-000001-")
    assert len(proposal.berkas.pin) == 6
    assert (proposal.berkas.state, proposal.berkas.opd_id) == ("diajukan", offices["kec_anyar"])
    assert [line.line.amount for line in proposal.rab] == [8_160_000, 930_000, 2_500_000]


def test_an_anonymous_visitor_sends_nothing(db, program, new_proposal, now):
    with pytest.raises(SignInNeeded), db.begin_nested():
        proposals.send_proposal(db, ANONYMOUS, program.id, new_proposal(), now=now)


def test_the_last_minute_of_the_window_is_accepted_and_the_next_is_not(db, make_program, send):
    program = make_program(opens_on=date(2026, 1, 15), closes_on=date(2026, 3, 31))

    assert send(to=program, at=datetime(2026, 3, 31, 16, 59, tzinfo=UTC)).berkas_id
    with pytest.raises(programs.WindowClosed), db.begin_nested():
        send(to=program, at=datetime(2026, 3, 31, 17, 0, tzinfo=UTC))


def test_a_paused_programme_takes_nothing(db, kesra, program, send, now):
    programs.pause_program(db, kesra, program.id, "Menunggu perubahan anggaran", now=now)
    with pytest.raises(programs.ProgramPaused), db.begin_nested():
        send()

    programs.resume_program(db, kesra, program.id)
    assert send().berkas.state == "diajukan"


def test_more_than_the_ceiling_is_warned_of_and_then_capped(db, send):
    lines = (rules.RabLine("Bangunan", rules.Decimal(1), "paket", 65_000_000),)
    with pytest.raises(proposals.AboveCeiling), db.begin_nested():
        send(asked=65_000_000, rab=lines)

    proposal = send(asked=65_000_000, rab=lines, accept_cap=True)
    assert (proposal.asked, proposal.eligible) == (65_000_000, 50_000_000)


def test_a_plan_that_does_not_add_up_is_refused(db, send):
    with pytest.raises(rules.RabMismatch), db.begin_nested():
        send(asked=ASKED + 1)


def test_a_body_of_somebody_else_can_not_ask(people, program, make_body, new_proposal, db, now):
    stranger = people.resident("Orang Lain")
    with pytest.raises(PermissionRefused), db.begin_nested():
        proposals.send_proposal(db, stranger, program.id, new_proposal(body=make_body()), now=now)


def granted(db, program, body, go, send):
    """The body received aid for the year of `program`."""
    proposal = send(to=program, body=body)
    return go(proposal, "tetapkan")


def test_aid_of_the_year_before_refuses_and_two_years_do_not(db, make_program, make_body, send, go, kesra, now):
    body = make_body()
    granted(db, make_program(paid_year=2026), body, go, send)

    with pytest.raises(proposals.TooSoon) as refusal, db.begin_nested():
        send(to=make_program(paid_year=2027), body=body)
    assert "2028" in refusal.value.sentence()
    assert send(to=make_program(paid_year=2028), body=body).berkas_id


def test_the_years_between_are_a_setting(db, make_program, make_body, send, go, people, now):
    body = make_body()
    granted(db, make_program(paid_year=2026), body, go, send)
    set_value(db, people.officer("core.manage_settings", scope="regency"), "pemantauan.jeda_tahun", "1", effective_from=date(2020, 1, 1), now=now)

    assert send(to=make_program(paid_year=2027), body=body).berkas_id


def test_an_officer_may_send_for_a_citizen(db, people, resident, program, make_body, new_proposal, now):
    from dataclasses import replace

    helper = replace(people.officer("core.act_for", opd="kec_anyar"), on_behalf_of=resident.account_id, on_behalf_name="Siti")
    proposal = proposals.send_proposal(db, helper, program.id, new_proposal(body=make_body(actor=helper)), now=now)

    assert (proposal.berkas.applicant_id, proposal.berkas.received_by, proposal.berkas.channel) == (resident.account_id, helper.account_id, "loket")


# -------------------------------------------------------------------------------------------------------------- bodies


def test_the_account_must_bear_the_name_of_the_body(db, resident, now):
    new = lembaga.NewLembaga(
        "Musala Al-Ikhlas", "musala", DESA, rekening="0012345678", rekening_name="H. Sanusi", board={"ketua": lembaga.Member("H. Sanusi", NIK)}
    )
    with pytest.raises(InvalidInput), db.begin_nested():
        lembaga.save_lembaga(db, resident, new, now=now)


def test_secret_numbers_are_kept_encrypted_and_can_be_compared(db, make_body):
    one, two = make_body(), make_body(name="Musala Al-Hidayah", rekening="0012345678")

    assert b"0012345678" not in one.rekening_cipher
    assert secret.reveal(one.rekening_cipher) == "0012345678"
    assert one.rekening_mark == two.rekening_mark
    assert lembaga.masked_nik(one.chair) == "3604••••••••0001"


def test_changing_a_body_keeps_the_numbers_that_were_not_typed(db, resident, make_body, now):
    row = make_body()
    new = lembaga.NewLembaga(
        "Musala Al-Ikhlas Anyar", "musala", DESA, izin_operasional="1", rekening_name=row.name, board={"ketua": lembaga.Member("H. Sanusi")}
    )
    lembaga.save_lembaga(db, resident, new, row.id, now=now)

    assert row.rekening_tail == "5678"
    assert lembaga.masked_nik(row.chair) == "3604••••••••0001"


# --------------------------------------------------------------------------------------------------------------- flags


def test_the_same_account_and_the_same_chair_flag_both_sides(db, make_body, send):
    one = send(body=make_body())
    two = send(body=make_body(name="Musala Al-Hidayah Anyar"))

    assert set(rows(db, one.berkas_id)) == set(rows(db, two.berkas_id)) == {"rekening_sama", "ketua_sama"}


def test_a_refused_rival_is_no_rival_any_more(db, make_body, send, go, kesra, now):
    one = send(body=make_body())
    two = send(body=make_body(name="Musala Al-Hidayah Anyar"))
    go(two, "konfirmasi_camat")
    move_berkas(db, kesra, two.berkas_id, "tolak_administrasi", data={"reason": "ganda"}, now=now)

    assert flags.open_count(db, one.berkas_id) == 0


def test_one_family_asking_twice_is_flagged(db, make_program, send, now):
    bansos = make_program("bansos_terencana")
    one = send(to=bansos, person=person(), rab=(), asked=2_000_000)
    two = send(to=bansos, person=person("Budi Contoh", OTHER_NIK), rab=(), asked=2_000_000)

    assert rows(db, one.berkas_id) == rows(db, two.berkas_id) == ["kk_sama"]


def test_a_repeated_recipient_is_flagged(db, make_program, make_body, send, go):
    body = make_body()
    granted(db, make_program(paid_year=2026), body, go, send)
    again = send(to=make_program(paid_year=2028), body=body)

    assert rows(db, again.berkas_id) == ["penerima_berulang"]


def test_a_young_body_is_flagged(db, make_body, send):
    assert rows(db, send(body=make_body(founded_on=date(2026, 1, 1))).berkas_id) == ["lembaga_muda"]


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


# ------------------------------------------------------------------------------------------------------------- the way


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


def test_a_desa_that_denies_does_not_refuse_but_flags(db, send, village, now):
    proposal = send()
    move_berkas(db, village, proposal.berkas_id, "konfirmasi_desa", note="Tidak dikenal di sini.", data={"confirmed": "tidak"}, now=now)

    assert (proposal.berkas.state, proposal.desa_confirmed) == ("konfirmasi_camat", False)
    assert rows(db, proposal.berkas_id) == ["tidak_dikonfirmasi"]


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


def test_a_visit_far_from_the_place_is_flagged(db, send, go, kesra, now):
    proposal = send()
    go(proposal, "mulai_lapangan")
    work.add_visit(db, kesra, proposal.berkas_id, work.NewVisit(Visit(True, True, True, True), "Objek ada dan dipakai.", now, -6.08, 105.92), now=now)

    assert rows(db, proposal.berkas_id) == ["jauh_dari_titik"]


def test_a_refusal_has_a_reason_of_the_list(db, send, go, kesra, now):
    proposal = send()
    go(proposal, "konfirmasi_camat")
    with pytest.raises(InvalidInput), db.begin_nested():
        move_berkas(db, kesra, proposal.berkas_id, "tolak_administrasi", data={"reason": "tidak suka"}, now=now)

    move_berkas(db, kesra, proposal.berkas_id, "tolak_administrasi", data={"reason": "tidak_lengkap"}, now=now)
    assert (proposal.refusal, proposal.berkas.is_open) == ("tidak_lengkap", False)


# ------------------------------------------------------------------------------------------------- money: SK to the rest


def test_the_decree_takes_the_budget_and_never_passes_it(db, make_program, make_body, send, go):
    small = make_program(pagu=ASKED + 1_000_000)
    first = go(send(to=small), "tetapkan")
    second = go(send(to=small, body=make_body(name="Masjid Nurul Huda Anyar", rekening="0099999999", nik=OTHER_NIK)), "masukkan_anggaran")

    assert (first.approved, small.approved) == (ASKED, ASKED)
    with pytest.raises(programs.BudgetExceeded), db.begin_nested():
        go(second, "tetapkan")
    db.refresh(small)
    assert small.approved == ASKED
    assert programs.budget_error(db) == []


def test_many_in_one_decree_stop_at_the_budget(db, make_program, make_body, send, go, kesra, now):
    small = make_program(pagu=2 * ASKED)
    ids = [
        go(
            send(to=small, body=make_body(name=f"Musala Nomor {n} Anyar", rekening=f"00123456{n:02}", nik=f"36043017089500{n:02}")), "masukkan_anggaran"
        ).berkas_id
        for n in range(1, 4)
    ]
    result = work.determine(db, kesra, dict.fromkeys(ids, ASKED), sk_number="400/Kep.1/2026", sk_date=now.date(), now=now)

    assert (len(result.done), len(result.refused)) == (2, 1)
    assert len(db.scalars(select(Penetapan)).all()) == 1
    assert programs.budget_error(db) == []


def test_an_undone_decree_gives_its_money_back(db, program, send, go, kesra, now):
    proposal = go(send(), "tetapkan")
    move_berkas(db, kesra, proposal.berkas_id, "batalkan", note="Lembaga membubarkan diri.", now=now)

    assert (program.approved, proposal.approved, proposal.berkas.state) == (0, None, "dibatalkan")


def test_the_budget_can_not_fall_below_what_is_determined(db, program, send, go, kesra):
    go(send(), "tetapkan")
    new = programs.NewProgram(program.title, program.jenis, program.summary, 2026, 2027, program.opd_id, 1_000_000, program.opens_on, program.closes_on)
    with pytest.raises(Conflict), db.begin_nested():
        programs.change_program(db, kesra, program.id, new)


def test_money_is_paid_once_in_its_year_and_reported_by_january(db, send, go, kesra, now):
    proposal = go(send(), "nphd")
    with pytest.raises(InvalidInput), db.begin_nested():
        go(proposal, "cairkan", paid_on=date(2026, 11, 23))

    go(proposal, "cairkan", at=PAID)
    assert (proposal.paid, proposal.lpj_due_on, proposal.berkas.state) == (ASKED, date(2028, 1, 10), "lpj_ditunggu")


def test_an_sp2d_pays_one_proposal(db, make_body, send, go):
    go(send(), "cairkan", at=PAID)
    other = go(send(body=make_body(name="Masjid Nurul Huda Anyar", rekening="0099999999", nik=OTHER_NIK)), "nphd")
    with pytest.raises(Conflict), db.begin_nested():
        go(other, "cairkan", at=PAID)


def reported(db, proposal, go, resident, scan, realised=11_200_000):
    go(proposal, "cairkan", at=PAID)
    move_berkas(db, resident, proposal.berkas_id, "kirim_lpj", data={"realised": realised}, attachments=[scan], now=PAID + timedelta(days=30))
    return proposal


@pytest.fixture
def scan(db, resident):
    import io

    from PIL import Image

    from pendopo.kit import attachments as files

    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, "JPEG")
    return files.store_bytes(db, resident, out.getvalue(), "nota.jpg", owner="draf")


def test_the_rest_goes_back_before_it_is_finished(db, send, go, resident, kesra, scan):
    proposal = reported(db, send(), go, resident, scan)
    assert db.get(Lpj, proposal.berkas_id).rest == 390_000
    with pytest.raises(RestNotReturned), db.begin_nested():
        move_berkas(db, kesra, proposal.berkas_id, "terima_lpj", now=PAID + timedelta(days=40))

    move_berkas(db, kesra, proposal.berkas_id, "terima_lpj", data={"sts": "STS-1", "returned_on": date(2027, 4, 10)}, now=PAID + timedelta(days=40))
    assert (db.get(Lpj, proposal.berkas_id).returned, proposal.berkas.state) == (390_000, "selesai")


def test_a_late_report_is_marked_and_can_still_come(db, send, go, resident, scan):
    proposal = go(send(), "cairkan", at=PAID)
    assert jobs.mark_late(db, now=datetime(2028, 1, 10, 12, 0, tzinfo=UTC)) == 0
    assert jobs.mark_late(db, now=datetime(2028, 1, 11, 1, 0, tzinfo=UTC)) == 1
    assert proposal.berkas.state == "terlambat_lpj"

    move_berkas(db, resident, proposal.berkas_id, "kirim_lpj", data={"realised": ASKED}, attachments=[scan], now=datetime(2028, 1, 12, tzinfo=UTC))
    assert proposal.berkas.state == "lpj_diperiksa"


def test_the_applicant_is_reminded_a_month_before(db, send, go):
    go(send(), "cairkan", at=PAID)
    assert jobs.remind(db, now=datetime(2027, 12, 11, 1, 0, tzinfo=UTC)) == 1
    assert jobs.remind(db, now=datetime(2027, 12, 12, 1, 0, tzinfo=UTC)) == 0


def test_what_is_not_corrected_is_closed_with_its_reason(db, send, go, kesra, now):
    proposal = go(send(), "konfirmasi_camat")
    move_berkas(db, kesra, proposal.berkas_id, "minta_perbaikan", note="Foto belum jelas.", now=now)
    assert jobs.drop_uncorrected(db, now=now + timedelta(days=29)) == 0
    assert jobs.drop_uncorrected(db, now=now + timedelta(days=31)) == 1
    assert (proposal.berkas.state, proposal.refusal) == ("ditolak", "tidak_dilengkapi")


# ------------------------------------------------------------------------------------------------------- after a disaster


@pytest.fixture
def emergency(db, make_program, village, offices, new_proposal, now):
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


def test_only_a_desa_reports_a_disaster(db, make_program, resident, offices, new_proposal, now):
    program = make_program("bansos_tak_terencana", paid_year=now.year)
    with pytest.raises(PermissionRefused), db.begin_nested():
        proposals.report_emergency(db, resident, program.id, new_proposal(person=person(), rab=(), asked=1_000_000, cause="banjir"), now=now)


# --------------------------------------------------------------------------------------------------------------- privacy


def test_the_decile_is_encrypted_and_only_for_who_verifies(db, make_program, send, go, kesra, resident, now):
    proposal = send(to=make_program("bansos_terencana"), person=person(), rab=(), asked=2_000_000)
    go(proposal, "mulai_lapangan")
    work.set_desil(db, kesra, proposal.berkas_id, 2)

    assert work.desil_of(proposal) == 2
    assert proposal.person.desil_cipher != b"2"
    assert work.may_see_desil(kesra, proposal)
    assert not work.may_see_desil(resident, proposal)
    with pytest.raises(InvalidInput), db.begin_nested():
        work.set_desil(db, kesra, proposal.berkas_id, 11)


def test_the_public_never_reads_the_name_of_a_person(db, make_program, send, go, now):
    bansos = make_program("bansos_terencana")
    go(send(to=bansos, person=person("Aminah Rahasia"), rab=(), asked=2_000_000), "tetapkan")
    found = public.recipients(db)

    assert [(row.name, row.count, row.amount) for row in found] == [("Perorangan", None, None)]
    assert public.as_geojson(db)["features"] == []


def test_a_body_stands_in_the_public_list_with_its_value(db, send, go):
    go(send(), "tetapkan")
    assert [(row.name, row.amount, row.is_body) for row in public.recipients(db)] == [("Musala Al-Ikhlas Anyar", ASKED, True)]


def test_a_person_gets_a_copy_and_is_forgotten(db, make_program, send, resident):
    proposal = send(to=make_program("bansos_terencana"), person=person(), rab=(), asked=2_000_000, rekening="0099887766", rekening_name="Siti")
    held = privacy.held_of(db, resident.account_id)
    assert held[0][3][0]["nik"] == "3604••••••••0001"

    privacy.forget(db, resident.account_id)
    db.expire_all()
    kept = db.get(Individu, proposal.berkas_id)
    assert (kept.name, kept.nik_cipher, kept.nik_mark, kept.kk_cipher) == ("", None, "", None)
    assert db.get(Proposal, proposal.berkas_id).rekening_cipher is None


def test_who_sits_on_a_board_is_told_of_it_and_forgotten(db, resident, make_body):
    make_body()
    account = db.get(Account, resident.account_id)
    account.nik_lookup = secret.nik_mark(NIK)
    db.flush()
    titles = [title for title, _purpose, _basis, _rows in privacy.held_of(db, account.id)]
    assert "Jabatan Anda di lembaga" in titles

    privacy.forget(db, account.id)
    assert "Jabatan Anda di lembaga" not in [title for title, *_rest in privacy.held_of(db, account.id)]


# --------------------------------------------------------------------------------------------------------------- papers


def test_the_annex_grows_with_its_decree_and_hides_persons(db, make_program, send, go, kesra, now):
    bansos = make_program("bansos_terencana")
    go(send(to=bansos, person=person("Aminah Rahasia"), rab=(), asked=2_000_000), "tetapkan")
    first = issued.decree_annex(db, kesra, bansos.id, "400/Kep.12/2026", now=now)
    assert "Aminah" not in str(first.data)
    assert issued.decree_annex(db, kesra, bansos.id, "400/Kep.12/2026", now=now).id == first.id

    go(send(to=bansos, person=person("Budi Contoh", OTHER_NIK, "3604301708951111"), rab=(), asked=1_000_000), "tetapkan")
    second = issued.decree_annex(db, kesra, bansos.id, "400/Kep.12/2026", now=now)
    assert (second.replaces_id, second.data["count"], second.data["total"]) == (first.id, "2", "Rp3.000.000")
    assert document_bytes(db, second).startswith(b"%PDF")


def test_the_agreement_is_drafted_after_the_decree_only(db, send, go, kesra, now):
    proposal = send()
    with pytest.raises(Conflict), db.begin_nested():
        issued.nphd_draft(db, kesra, proposal, now=now)
    go(proposal, "tetapkan")
    draft = issued.nphd_draft(db, kesra, proposal, now=now)

    assert draft.data["value"] == "Rp11.590.000"
    assert "0012345678" not in str(draft.data)
    assert document_bytes(db, draft).startswith(b"%PDF")


def test_health_sees_a_budget_that_does_not_add_up(db, program, send, go):
    go(send(), "tetapkan")
    assert programs.budget_error(db) == []
    db.get(Program, program.id).approved += 1
    db.flush()
    assert programs.budget_error(db) == [(program.id, ASKED + 1, ASKED)]
