"""What is accepted and refused at the door: windows, ceilings, plans, years between grants, bodies."""

from datetime import UTC, date, datetime

import pytest

from gawe_pemantauan import flags, lembaga, programs, proposals, rules, secret
from pendopo import InvalidInput, PermissionRefused, SignInNeeded
from pendopo.identity import ANONYMOUS
from pendopo.kit.settings import set_value

ASKED, DESA, NIK = 11_590_000, "36.04.30.2001", "3604301708950001"


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


def test_aid_of_the_year_before_refuses_and_two_years_do_not(db, make_program, make_body, send, go, kesra, now, granted):
    body = make_body()
    granted(2026, body)

    with pytest.raises(flags.TooSoon) as refusal, db.begin_nested():
        send(to=make_program(paid_year=2027), body=body)
    assert "2028" in refusal.value.sentence()
    assert send(to=make_program(paid_year=2028), body=body).berkas_id


def test_the_years_between_are_a_setting(db, make_program, make_body, send, go, people, now, granted):
    body = make_body()
    granted(2026, body)
    set_value(db, people.officer("core.manage_settings", scope="regency"), "pemantauan.jeda_tahun", "1", effective_from=date(2020, 1, 1), now=now)

    assert send(to=make_program(paid_year=2027), body=body).berkas_id


def test_an_officer_may_send_for_a_citizen(db, people, resident, program, make_body, new_proposal, now):
    from dataclasses import replace

    helper = replace(people.officer("core.act_for", opd="kec_anyar"), on_behalf_of=resident.account_id, on_behalf_name="Siti")
    proposal = proposals.send_proposal(db, helper, program.id, new_proposal(body=make_body(actor=helper)), now=now)

    assert (proposal.berkas.applicant_id, proposal.berkas.received_by, proposal.berkas.channel) == (resident.account_id, helper.account_id, "loket")


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
